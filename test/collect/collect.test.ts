/** `collect/Get-VmferryInventory.ps1`: parses, reads and nothing else, and what it writes imports to the right problem. */
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { COLLECTED_TABLES } from '../../src/import/hyperv/kinds.js'
import { readHyperV } from '../../src/import/hyperv/read.js'
import { importProblem } from '../../src/import/import.js'
import { compile } from '../powershell/interpreter/index.js'
import {
  commandsCalled,
  comments,
  functionsDefined,
  parseStrictly,
  parseTree,
  syntaxProblems,
  walk,
} from '../powershell/parse.js'
import { guid, interpreter, vm, type World, world } from './fakes.js'

const SCRIPT = readFileSync(new URL('../../collect/Get-VmferryInventory.ps1', import.meta.url), 'utf8')
const script = compile(SCRIPT)
const OUT = 'C:\\work\\vmferry-inventory.json'

interface Collected {
  text: string
  json: Record<string, never[]> & Record<string, unknown>
  warnings: string[]
}

async function collect(
  at: World,
  args: Record<string, never> | object = {},
  version: '5.1' | '7.4' = '5.1',
): Promise<Collected> {
  const ps = interpreter(at, { version })
  ps.files.makeFolder('C:\\coreinfo')
  ps.files.write(
    'C:\\coreinfo\\HV01.txt',
    'Intel64 Family 6 Model 85 Stepping 7, GenuineIntel\r\nAVX2\t*\tx\r\n',
  )
  const { error, exitCode, records } = ps.runBlock(await script, { Cluster: 'CL01', ...args } as never)
  expect(error?.exception.message).toBeUndefined()
  expect(exitCode).toBe(0)
  const text = ps.files.read(OUT) ?? ''
  const warnings = records.filter(({ stream }) => stream === 'warning').map((each) => each.text)
  return { text, json: JSON.parse(text.replace(/^\ufeff/, '')), warnings }
}

const asFile = ({ text }: Collected) => ({ name: 'inventory.json', bytes: new TextEncoder().encode(text) })

describe('the script', () => {
  it('is PowerShell', async () => {
    expect(syntaxProblems(await parseTree(SCRIPT))).toEqual([])
  })

  it('calls nothing that changes anything but its own file', async () => {
    const root = await parseStrictly(SCRIPT)
    const own = new Set(functionsDefined(root).map((name) => name.toLowerCase()))
    const plain = new Set(
      [
        'Invoke-Command',
        'ForEach-Object',
        'Where-Object',
        'Select-Object',
        'Sort-Object',
        'Write-Warning',
        'Write-Output',
        'ConvertTo-Json',
        'Join-Path',
        'Test-Path',
      ].map((name) => name.toLowerCase()),
    )
    const others = commandsCalled(root)
      .map(({ text }) => text)
      .filter(
        (text) =>
          !/^Get-[A-Za-z]+$/.test(text) && !own.has(text.toLowerCase()) && !plain.has(text.toLowerCase()),
      )
    // The file it writes.
    expect(others.sort()).toEqual(['Out-File'])
    // What runs by a variable: a block of its own, and Coreinfo where the user named it.
    expect(SCRIPT.match(/& \$\w+/g)).toEqual(['& $Read', '& $Tool'])
    expect(
      SCRIPT.match(/Invoke-Expression|\biex\b|\.Invoke\(|Add-Type|::Start\(|\[System\.Diagnostics/gi),
    ).toBeNull()
  })

  it('calls no method but those of dates, spans, texts and numbers', async () => {
    const root = await parseStrictly(SCRIPT)
    const called = [...walk(root)]
      .filter(({ type }) => type === 'invokation_expression')
      .map(({ text }) => text.replace(/^.*(?:\.|::)(\w+)\(.*$/s, '$1'))
    expect([...new Set(called)].sort()).toEqual(['Ceiling', 'Trim'])
  })

  it('documents every cmdlet that it calls and every field that it writes', async () => {
    const docs = readFileSync(new URL('../../docs/collect.md', import.meta.url), 'utf8')
    const root = await parseStrictly(SCRIPT)
    const own = new Set(functionsDefined(root))
    for (const { text } of commandsCalled(root))
      if (text.startsWith('Get-') && !own.has(text)) expect(docs, text).toContain(`\`${text}\``)
    const { json } = await collect(world(), { IncludeBackups: true, Coreinfo: 'C:\\coreinfo' })
    for (const [name, value] of Object.entries(json)) {
      expect(docs, name).toContain(`\`${name}\``)
      for (const row of Array.isArray(value) ? (value as object[]) : [])
        for (const field of Object.keys(row)) expect(docs, `${name}.${field}`).toContain(`\`${field}\``)
    }
  })

  it('has help for every parameter', async () => {
    const root = await parseStrictly(SCRIPT)
    const help = comments(root).find(({ text }) => text.startsWith('<#'))!
    const block = SCRIPT.slice(SCRIPT.indexOf('\nparam('), SCRIPT.indexOf('\n)\n'))
    const parameters = [...block.matchAll(/^ {4}\[[\w[\]]+\]\$(\w+)/gm)].map(([, name]) => name)
    expect(parameters).toEqual([
      'Cluster',
      'ComputerName',
      'OutFile',
      'Coreinfo',
      'IncludeBackups',
      'BackupMinutes',
    ])
    for (const name of parameters) expect(help.text).toContain(`.PARAMETER ${name}\n`)
    for (const part of ['.SYNOPSIS', '.DESCRIPTION', '.EXAMPLE']) expect(help.text).toContain(part)
  })

  it('is ASCII, since Windows PowerShell takes other bytes for its code page', () => {
    expect(SCRIPT).toMatch(/^\p{ASCII}*$/u)
  })
})

describe.each(['5.1', '7.4'] as const)('in PowerShell %s', (version) => {
  let run: Collected
  beforeAll(async () => {
    run = await collect(world(), { IncludeBackups: true, Coreinfo: 'C:\\coreinfo' }, version)
  })

  it('writes flat rows of scalars, and every table that the reader knows', () => {
    for (const table of Object.keys(COLLECTED_TABLES)) {
      const rows = run.json[table] as unknown
      expect(Array.isArray(rows), table).toBe(true)
      for (const row of rows as object[])
        for (const value of Object.values(row)) expect(value === null || typeof value !== 'object').toBe(true)
    }
    const tables = Object.entries(run.json).filter(([, value]) => Array.isArray(value))
    expect(tables.map(([name]) => name).sort()).toEqual(Object.keys(COLLECTED_TABLES).sort())
  })

  it('reads what the cmdlets say', () => {
    expect(run.json.Vms).toHaveLength(4)
    expect(run.json.Vms[0]).toMatchObject({
      Node: 'HV01',
      Name: 'vm-1',
      VMId: guid(1),
      State: 'Running',
      MemoryAssigned: 2 ** 33,
      UptimeSeconds: 108_000,
    })
    expect(run.json.Nodes[3]).toEqual({
      Name: 'HV04',
      State: 'Down',
      DrainStatus: 'NotInitiated',
      StatusInformation: 'Normal',
    })
    expect(run.json.Resources[0]).toEqual({
      Group: 'role vm-1',
      Resource: 'Virtual Machine vm-1',
      VMId: guid(1),
    })
    expect(run.json.PreferredOwners).toEqual([{ Group: 'role vm-1', Node: 'HV02', Order: 1 }])
    expect(run.json.AntiAffinity).toEqual([
      { Group: 'role vm-1', ClassName: 'SQL' },
      { Group: 'role vm-2', ClassName: 'SQL' },
    ])
    expect(run.json.Adapters[1]).toMatchObject({
      Node: 'HV01',
      Name: 'LM',
      Speed: 25e9,
      Rdma: true,
      Vmq: null,
    })
    expect(run.json.Coreinfo).toEqual([
      { Node: 'HV01', Text: 'Intel64 Family 6 Model 85 Stepping 7, GenuineIntel\nAVX2\t*\tx' },
    ])
    expect(run.warnings).toEqual(['HV04 Get-ClusterNode: the node is down and was not read'])
  })

  it('reads backups', () => {
    const backups = run.json.Backups as unknown as Record<string, unknown>[]
    expect(
      backups
        .slice(0, 2)
        .map(({ Node, Time, DurationMinutes, DurationFrom }) => [Node, Time, DurationMinutes, DurationFrom]),
    ).toEqual([
      ['HV01', '21:00', 50, 'last run'],
      ['HV01', '03:30', 50, 'last run'],
    ])
    expect(
      backups
        .filter(({ Source }) => Source === 'Veeam')
        .map(({ Job, Object: of, Schedule, Time, Days, DurationMinutes }) => [
          Job,
          of,
          Schedule,
          Time,
          Days,
          DurationMinutes,
        ]),
    ).toEqual([
      ['Nightly', 'vm-1', 'Daily', '22:30', 'Monday,Friday', 40],
      ['Nightly', 'vm-2', 'Daily', '22:30', 'Monday,Friday', 40],
      ['Monthly', 'vm-3', 'Monthly', '04:00', 'Saturday', 60],
      ['Often', 'vm-3', 'Periodically', '', '', 60],
    ])
  })

  it('imports to the right problem', async () => {
    const { problem } = await importProblem('hyperv', [asFile(run)], {
      start: '2026-11-23T20:00:00+01:00',
      drain: ['HV02'],
    })
    expect(problem.name).toBe('CL01')
    expect(problem.nodes.map(({ id }) => id)).toEqual(['HV01', 'HV02', 'HV03'])
    expect(problem.nodes[1]).toEqual({
      id: 'HV02',
      // As a list: Coreinfo gave one for another node.
      cpu: { vendor: 'Intel', features: expect.arrayContaining(['avx512f']) },
      memoryMiB: (200 + 8) * 1024,
      migrationMbps: 25_000,
      slots: 1,
      offloads: ['rdma', 'vmq'],
      state: 'up',
    })
    expect(problem.vms).toEqual([
      {
        id: 'vm-1',
        node: 'HV01',
        memoryMiB: 8192,
        compatibility: 'off',
        state: 'running',
        priority: 3000,
        offloads: ['vmq'],
        allowedNodes: ['HV01', 'HV02'],
        antiAffinity: ['SQL'],
      },
      {
        id: 'vm-2',
        node: 'HV02',
        memoryMiB: 8192,
        compatibility: 'minimum',
        state: 'running',
        priority: 2000,
        antiAffinity: ['SQL'],
        affinity: ['shop'],
      },
      {
        id: 'vm-3',
        node: 'HV03',
        memoryMiB: 4096,
        compatibility: 'off',
        state: 'off',
        priority: 2000,
        affinity: ['shop'],
      },
      {
        id: 'vm-4',
        node: 'HV03',
        memoryMiB: 8192,
        compatibility: 'off',
        state: 'running',
        priority: 2000,
        allowedNodes: ['HV03'],
      },
    ])
    expect(problem.windows).toHaveLength(6 + 3)
    expect(problem.windows).toContainEqual({
      node: 'HV03',
      start: '2026-11-21T21:00:00+01:00',
      durationSeconds: 3000,
      rrule: 'FREQ=DAILY',
      kind: 'backup',
    })
    expect(problem.windows).toContainEqual({
      vm: 'vm-3',
      start: '2026-11-21T04:00:00+01:00',
      durationSeconds: 3600,
      rrule: 'FREQ=MONTHLY;BYDAY=2SA',
      kind: 'backup',
    })
  })
})

const ESSENTIAL =
  /^(?:Get-VM|Get-ClusterGroup|Get-ClusterResource|Get-ClusterAffinityRule|Get-VBRJob|Get-VBRJobObject|Get-VBRJobScheduleOptions|Get-WBSchedule|Get-WBPolicy|Invoke-Command)$/

describe('what fails', () => {
  it('on one node is a warning, and the rest is read', async () => {
    const at = world()
    at.failing = {
      'Get-VMProcessor HV02': 'Access is denied.',
      'Get-CimInstance MSFT_NetAdapter HV01': 'The client cannot connect.',
    }
    const run = await collect(at)
    expect((run.json.Warnings as unknown[]).slice(1)).toEqual([
      { Node: 'HV01', Source: 'MSFT_NetAdapter', Text: 'The client cannot connect.' },
      { Node: 'HV02', Source: 'Get-VMProcessor', Text: 'Access is denied.' },
    ])
    expect(run.json.VmProcessors).toHaveLength(3)
    expect(readHyperV([asFile(run)]).issues).toEqual([])
  })

  it.each([false, true])(
    'of each cmdlet never stops the others, and never makes an unsafe import (gently: %s)',
    async (gently) => {
      const first = world()
      await collect(first, { IncludeBackups: true })
      const calls = first.calls.map((call) =>
        call.startsWith('Get-CimInstance') ? call : call.split(' ')[0],
      )
      for (const call of new Set(calls)) {
        if (/^(?:Get-Cluster|Get-ClusterNode)$|HV0[23]$/.test(call)) continue
        const at = world()
        at.failing = { [call]: 'Access is denied.' }
        at.gently = gently
        const run = await collect(at, { IncludeBackups: true })
        const { issues, vms } = readHyperV([asFile(run)])
        // Get-WBJob alone may fail without a word: the length is then that of -BackupMinutes.
        if (call !== 'Get-WBJob') expect(run.json.Warnings.length, call).toBeGreaterThan(1)
        if (ESSENTIAL.test(call)) expect(issues.length, call).toBeGreaterThan(0)
        else expect(issues.length === 0 && vms.length === 4, call).toBe(true)
      }
    },
    300_000,
  )

  it('of possible owners keeps those VMs in place', async () => {
    const at = world()
    at.failing = { 'Get-ClusterOwnerNode Virtual Machine vm-2': 'Access is denied.' }
    const { vms, issues } = readHyperV([asFile(await collect(at))])
    expect(issues).toEqual([])
    expect(vms.find(({ id }) => id === 'vm-2')?.allowedNodes).toEqual(['HV02'])
  })

  it.each([false, true])(
    'of the cluster itself ends the script with its error (gently: %s)',
    async (gently) => {
      for (const cmdlet of ['Get-Cluster', 'Get-ClusterNode']) {
        const at = world()
        at.failing = { [cmdlet]: 'The RPC server is unavailable.' }
        at.gently = gently
        const ps = interpreter(at)
        const { error } = ps.runBlock(await script, { Cluster: 'CL01' })
        expect(error?.exception.message).toContain('The RPC server is unavailable.')
        expect(ps.files.read(OUT)).toBeUndefined()
      }
    },
  )
})

describe('parameters', () => {
  it('without any, take the cluster of this machine, or the machine alone', async () => {
    const clustered = interpreter(world())
    clustered.runBlock(await script)
    expect(JSON.parse(clustered.files.read(OUT)!.replace(/^\ufeff/, '')).Cluster[0].Name).toBe('CL01')
    const at = world()
    at.cluster = undefined
    at.vms = [vm(1, 'ADMIN01', { IsClustered: false })]
    const alone = interpreter(at)
    const { error } = alone.runBlock(await script)
    expect(error?.exception.message).toBeUndefined()
    const json = JSON.parse(alone.files.read(OUT)!.replace(/^\ufeff/, ''))
    expect(json.Cluster).toEqual([])
    expect(json.Nodes).toEqual([{ Name: 'ADMIN01', State: 'Up', DrainStatus: '', StatusInformation: '' }])
    expect(json.Vms).toHaveLength(1)
  })

  it('name single hosts, which import with limits of their own', async () => {
    const at = world()
    at.vms = [vm(1, 'HV01', { IsClustered: false }), vm(2, 'HV02', { IsClustered: false })]
    const run = await collect(at, { Cluster: '', ComputerName: ['HV01', 'HV02'] })
    const { problem } = await importProblem('hyperv', [asFile(run)])
    expect(problem.nodes.map(({ id, slots }) => [id, slots])).toEqual([
      ['HV01', 2],
      ['HV02', 2],
    ])
    expect(problem.vms.every(({ allowedNodes }) => allowedNodes === undefined)).toBe(true)
    expect(at.calls.some((call) => call.startsWith('Get-Cluster'))).toBe(false)
  })

  it('that contradict each other end it before anything is read', async () => {
    const at = world()
    const { error } = interpreter(at).runBlock(await script, { Cluster: 'CL01', ComputerName: ['HV01'] })
    expect(error?.exception.message).toBe('Give -Cluster or -ComputerName, not both.')
    expect(at.calls).toEqual([])
  })

  it('give another file, and Coreinfo as a tool on the nodes', async () => {
    const ps = interpreter(world())
    ps.runBlock(await script, {
      Cluster: 'CL01',
      OutFile: 'C:\\work\\other.json',
      Coreinfo: 'C:\\Tools\\Coreinfo.exe',
    })
    const json = JSON.parse(ps.files.read('C:\\work\\other.json')!.replace(/^\ufeff/, ''))
    expect(json.Coreinfo).toHaveLength(3)
    expect(json.Coreinfo[0].Text).toContain('AVX2')
    expect(ps.files.read(OUT)).toBeUndefined()
  })

  it('give the length of backups that never ran, and are in range', async () => {
    const run = await collect(world(), { IncludeBackups: true, BackupMinutes: 15 })
    const backups = run.json.Backups as unknown as {
      Job: string
      DurationMinutes: number
      DurationFrom: string
    }[]
    expect(backups.find(({ Job }) => Job === 'Monthly')).toMatchObject({
      DurationMinutes: 15,
      DurationFrom: 'BackupMinutes',
    })
    const { error } = interpreter(world()).runBlock(await script, { Cluster: 'CL01', BackupMinutes: 0 })
    expect(error).toBeDefined()
  })

  it('do without Windows Server Backup and Veeam where they are not there', async () => {
    const at = world()
    const ps = interpreter(at)
    ps.declareMissing('Get-WBPolicy', 'Get-VBRJob', 'Get-ClusterAffinityRule')
    const { error } = ps.runBlock(await script, { Cluster: 'CL01', IncludeBackups: true })
    expect(error?.exception.message).toBeUndefined()
    const json = JSON.parse(ps.files.read(OUT)!.replace(/^\ufeff/, ''))
    expect(json.Backups).toEqual([])
    expect(json.Warnings).toHaveLength(1)
  })
})
