/** `collect/Get-VmferryInventory.ps1` in a real PowerShell: what it reads, whatever fails, and what is imported from that. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { COLLECTED_TABLES } from '../../src/import/hyperv/kinds.js'
import { readHyperV } from '../../src/import/hyperv/read.js'
import { importProblem, plan } from '../../src/index.js'
import type { ScriptRequest } from '../powershell/pwsh.js'
import { type Collected, collect, guid, inventoryWorld, NODES, type Row, vmRow } from './world.js'

const ALL = { Cluster: 'CL01', IncludeBackups: true }

describe('the script', () => {
  it('reads all of a cluster into flat rows, which import to the right problem', async () => {
    const { error, left, json, warnings, file } = await collect(inventoryWorld(), ALL)
    expect([error, left]).toEqual([null, []])
    expect(warnings).toEqual(['HV04 Get-ClusterNode: the node is down and was not read'])
    const tables = Object.entries(json!).filter(([, value]) => Array.isArray(value))
    expect(tables.map(([name]) => name).sort()).toEqual(Object.keys(COLLECTED_TABLES).sort())
    for (const [name, rows] of tables)
      for (const value of rows.flatMap((row) => Object.values(row)))
        expect(value === null || typeof value !== 'object', name).toBe(true)
    // HV03 does not have the feature, HV02 has it and no limit.
    expect(json!.SmbLimits).toEqual([
      { Node: 'HV01', Category: 'LiveMigration', BytesPerSecond: 2 ** 30 },
      { Node: 'HV02', Category: 'None', BytesPerSecond: null },
      { Node: 'HV03', Category: 'None', BytesPerSecond: null },
    ])
    const { problem } = await importProblem('hyperv', [file], {
      start: '2026-11-23T20:00:00+01:00',
      drain: ['HV02'],
    })
    expect(problem.policy).toEqual({ setupSeconds: 3 })
    expect(problem.nodes).toEqual(
      NODES.map((id, i) => ({
        id,
        cpu: { model: 'Cascadelake-Server' },
        memoryMiB: (200 + [8, 8, 8][i]) * 1024,
        migrationMbps: 25_000,
        cores: 40,
        slots: 1,
        linkEfficiency: 2,
        streamMbps: 14_000,
        offloads: ['rdma'],
        state: 'up',
      })),
    )
    const vm = { memoryMiB: 8192, vcpus: 4, compatibility: 'minimum', state: 'running', priority: 2000 }
    expect(problem.vms).toEqual([
      {
        ...vm,
        id: 'vm-1',
        node: 'HV01',
        priority: 3000,
        allowedNodes: ['HV01', 'HV02'],
        preferredNodes: ['HV02'],
        antiAffinity: [{ group: 'SQL', penaltySeconds: 300 }],
      },
      {
        ...vm,
        id: 'vm-2',
        node: 'HV02',
        antiAffinity: [{ group: 'SQL', penaltySeconds: 300 }],
        affinity: ['shop'],
      },
      { ...vm, id: 'vm-3', node: 'HV03', memoryMiB: 4096, state: 'off', affinity: ['shop'] },
      { ...vm, id: 'vm-4', node: 'HV03' },
    ])
    const windows = problem.windows!.map((window) => [
      window.node ?? window.vm,
      `${window.start}`.slice(11, 16),
      window.durationSeconds! / 60,
      window.rrule,
    ])
    // The longest run counts, not the last.
    expect(windows).toEqual([
      ...NODES.flatMap((node) => ['21:00', '03:30'].map((time) => [node, time, 100, 'FREQ=DAILY'])),
      ...['vm-1', 'vm-2'].map((id) => [id, '22:30', 40, 'FREQ=WEEKLY;BYDAY=MO,FR']),
      ['vm-3', '04:00', 60, 'FREQ=MONTHLY;BYMONTHDAY=15;BYMONTH=1,7'],
    ])
  })

  it('reads what ties VMs to their hosts: of 22 that cannot be migrated live, none is', async () => {
    const shared = 'C:\\ClusterStorage\\Volume1\\a.vhdx'
    // Rows of a cmdlet for a VM, and what the report says of it.
    const kinds: [cmdlet: string, row: Row, line: string][] = [
      ['Get-VMAssignableDevice', { InstanceID: 'PCIP', LocationPath: 'PCIROOT(0)' }, 'devices of their host'],
      ['Get-VMGpuPartitionAdapter', { SupportsOutgoingLiveMigration: true }, "partition of their host's GPU"],
      ['Get-VMProcessor', { ExposeVirtualizationExtensions: true }, 'virtual machines of their own'],
      ['Get-VMHardDiskDrive', { Path: 'Disk 3', DiskNumber: 3 }, 'passed through'],
      ['Get-VMHardDiskDrive', { Path: shared, ControllerType: 'PMEM' }, 'persistent memory'],
      ['Get-VMHardDiskDrive', { Path: 'D:\\a.vhdx' }, ': 64 GiB)'],
      ['Get-VMDvdDrive', { DvdMediaType: 'ISO', Path: 'C:\\a.iso' }, 'image of a local disk'],
      ['Get-VMDvdDrive', { DvdMediaType: 'PassThrough', Path: 'D:' }, 'DVD drive of their host'],
      ['Get-VMNetworkAdapter', { SwitchName: 'Lab' }, 'virtual switch'],
      ['Get-VMSecurity', { TpmEnabled: true, Shielded: false }, 'virtual TPM'],
      ['Get-VMSecurity', { TpmEnabled: true, Shielded: true }, 'shielded'],
      ['Get-VM', { Version: '13.0' }, 'support their version'],
      ['Get-VM', { ConfigurationLocation: 'D:\\VMs' }, 'configuration on storage of their host alone'],
      ['Get-VM', { State: 'Paused' }, 'paused'],
      ['Get-VM', { State: 'Starting' }, 'starting'],
      ['Get-VM', { State: 'RunningCritical' }, 'lost their storage'],
      ['Get-VM', { SecondaryOperationalStatus: 'BackingUpVirtualMachine' }, 'busy: BackingUpVirtualMachine'],
      ['Get-VM', { SecondaryOperationalStatus: 'MergingDisks' }, 'busy: MergingDisks'],
      ['Get-ClusterGroup', { LockedFromMoving: 1 }, 'role is locked'],
      ['Get-ClusterGroup', { StatusInformation: 1 }, 'role is locked'],
      ['Get-ClusterGroup', { StatusInformation: 4 }, 'waits for a migration'],
      ['', {}, 'only their own node'],
    ]
    const vms = [...kinds, []].map(([cmdlet], i) => ({
      name: `vm-${i + 1}`,
      id: guid(i + 1),
      node: 'HV01',
      memoryMiB: 1024,
      ...(cmdlet === '' ? { allowedNodes: ['HV01'] } : {}),
    }))
    const tables: Record<string, Row[]> = {
      'Get-VMProcessor': [],
      'Get-VMNetworkAdapter': [],
      'Get-VMHardDiskDrive': vms.map((_, i) => vmRow(i + 1, { Path: shared })),
      'Get-VMDvdDrive': [],
      'Get-VMSecurity': [],
      'Get-VMSnapshot': [],
      'Get-VM': [],
      'Get-VHD': [{ Node: 'HV01', VMId: guid(6), Path: 'D:\\a.vhdx', FileSize: 2 ** 36 }],
      'Get-ClusterGroup': [],
      'Get-ClusterAffinityRule': [],
      'Get-ClusterResource': [{ Name: 'Cluster Disk 1', ResourceType: 'Physical Disk', OwnerGroup: 'vm-23' }],
      'Get-HgsClientConfiguration': [{ Node: 'HV01', IsHostGuarded: true, Mode: 'HostGuardianService' }],
    }
    for (const [i, [cmdlet, row]] of kinds.entries()) {
      const who =
        cmdlet === 'Get-VM'
          ? { VMId: guid(i + 1) }
          : cmdlet === 'Get-ClusterGroup'
            ? { Name: `vm-${i + 1}` }
            : vmRow(i + 1)
      if (cmdlet !== '') tables[cmdlet] = [...(tables[cmdlet] ?? []), { ...who, ...row }]
    }
    const { error, json, file } = await collect(inventoryWorld({ vms, tables }))
    expect(error).toBeNull()
    expect(json!.Guardians.map(({ Node, Mode }) => [Node, Mode])).toEqual([
      ['HV01', 'HostGuardianService'],
      ['HV02', ''],
      ['HV03', ''],
    ])
    const disk = { Group: 'vm-23', Resource: 'Cluster Disk 1', ResourceType: 'Physical Disk', VMId: '' }
    expect(json!.Resources).toContainEqual(disk)
    const { problem, report } = await importProblem('hyperv', [file], { drain: ['HV01'] })
    const { migrations } = await plan(problem, { effort: 1 })
    expect(migrations.map(({ vm }) => vm)).toEqual(['vm-23'])
    for (const [i, [, , line]] of kinds.entries()) {
      const told = report.assumptions.map(({ text }) => text).find((text) => text.includes(line))
      expect(told, line).toMatch(new RegExp(`\\bvm-${i + 1}\\b`))
    }
  })

  it('asks by object, and keeps names as they are', async () => {
    const names = ['[ab]c', 'bc', ' x ', "o'b`r$i\u2019en"]
    const vms = names.map((name, i) => ({
      name,
      id: guid(i + 1),
      node: 'HV01',
      memoryMiB: 1024,
      allowedNodes: ['HV01', NODES[i % 3]],
    }))
    const world = inventoryWorld({ vms, tables: { 'Get-ClusterGroup': [], 'Get-ClusterOwnerNode': [] } })
    const { json, file } = await collect(world)
    expect(json!.Vms.map(({ Name }) => Name)).toEqual(names)
    expect(json!.PossibleOwners.filter(({ Group }) => Group === '[ab]c').map(({ Node }) => Node)).toEqual(
      Array(4).fill('HV01'),
    )
    expect(readHyperV([file]).vms.map(({ id, allowedNodes }) => [id, allowedNodes])).toEqual([
      ['[ab]c', ['HV01']],
      ['bc', ['HV01', 'HV02']],
      [' x ', ['HV01', 'HV03']],
      ["o'b`r$i\u2019en", ['HV01']],
    ])
  })
})

describe('a caller', () => {
  let plain: Collected | undefined

  it.each<[string, Partial<ScriptRequest>]>([
    ['in strict mode', { prelude: 'Set-StrictMode -Version Latest' }],
    ['for whom errors go on', { prelude: '$global:ErrorActionPreference = "SilentlyContinue"' }],
    ['for whom warnings are errors', { prelude: '$global:WarningPreference = "Stop"' }],
    [
      'who tries things out',
      { prelude: '$global:WhatIfPreference = $true; $global:ConfirmPreference = "Low"' },
    ],
    [
      'with defaults of his own',
      { prelude: '$global:PSDefaultParameterValues["Out-File:Encoding"] = "unicode"' },
    ],
    ['who dot-sources it', { dotSource: true }],
    ['in constrained language mode', { constrained: true }],
    ['in another culture', { prelude: '[cultureinfo]::CurrentCulture = "tr-TR"' }],
    [
      'whose PowerCLI and SCVMM have cmdlets of the same names',
      {
        prelude: ['Get-VM', 'Get-VMHost', 'Get-Cluster', 'Get-CimInstance']
          .map((name) => `function global:${name} { throw 'this is VMware' }`)
          .join('; '),
      },
    ],
  ])('%s gets the same file, and keeps the session', async (_, how) => {
    const { error, left, json } = await collect(inventoryWorld(), ALL, how)
    expect([error, left]).toEqual([null, []])
    plain ??= await collect(inventoryWorld(), ALL)
    expect(json).toEqual(plain.json)
  })
})

describe('what fails', () => {
  const readings = Object.keys(inventoryWorld().tables!).filter((name) => name !== 'Get-WBJob')
  // Without these the import refuses to go on. Of the first two, one has to answer for a node to be read.
  const unsafe =
    /^(?:Get-VM|Get-ClusterGroup|Get-ClusterResource|Get-ClusterAffinityRule|Get-VBRJob\w*|Get-WB\w+)$/
  const safe = readings.filter((name) => !unsafe.test(name))
  const denied = (names: readonly string[]) =>
    names.flatMap((name) => (name.startsWith('Get-') ? [name] : NODES.map((node) => `${name} ${node}`)))
  const failing = (names: readonly string[]) =>
    collect(
      inventoryWorld({ errors: Object.fromEntries(denied(names).map((key) => [key, 'Access is denied.'])) }),
      ALL,
    )

  it.each(['Win32_OperatingSystem', 'Get-VMHost'])(
    'stops nothing else: all that is safe, but %s',
    async (but) => {
      const names = safe.filter((name) => name !== but)
      const { error, json, file } = await failing(names)
      expect(error).toBeNull()
      const told = json!.Warnings.filter(({ Text }) => Text === 'Access is denied.').map(
        ({ Source }) => `${Source}`,
      )
      for (const name of names)
        expect(
          told.some((source) => source.startsWith(name)),
          name,
        ).toBe(true)
      const { issues, vms } = readHyperV([file])
      expect([issues, vms.length]).toEqual([[], 4])
    },
  )

  it.each([...readings.filter((name) => unsafe.test(name)), 'Get-ClusterResource'])(
    'makes no unsafe import: %s',
    async (name) => {
      const { error, file } = await failing([name])
      expect(error).toBeNull()
      expect(
        readHyperV([file])
          .issues.map(({ message }) => message)
          .join(),
      ).toContain('(Access is denied.)')
    },
  )

  it('once is tried again', async () => {
    const world = inventoryWorld({
      errors: { 'Get-VMSwitch': 'The connection was lost.' },
      happenings: [{ at: 0.5, set: { errors: {} } }],
    })
    const { json } = await collect(world)
    expect(json!.Switches).toHaveLength(3)
    expect(json!.Warnings).toHaveLength(1)
  })

  it('on a node that does not answer is asked for no more, and the import can leave it out', async () => {
    const world = inventoryWorld()
    world.nodes![1].answers = false
    const { json, file } = await collect(world)
    expect(json!.Warnings.map(({ Node, Source }) => `${Node} ${Source}`)).toEqual([
      'HV04 Get-ClusterNode',
      'HV02 Win32_OperatingSystem',
      'HV02 Get-VMHost',
      'HV02 Node',
    ])
    await expect(importProblem('hyperv', [file])).rejects.toThrow('--exclude HV02')
    const { problem } = await importProblem('hyperv', [file], { exclude: ['HV02'] })
    expect(problem.nodes.map(({ id }) => id)).toEqual(['HV01', 'HV03'])
    const excluded = await collect(world, { Cluster: 'CL01', Exclude: ['hv02', 'HV04'] })
    expect(excluded.json!.Nodes.map(({ Name }) => Name)).toEqual(['HV01', 'HV03'])
    expect(readHyperV([excluded.file]).issues).toEqual([])
  })

  it('because the cluster is older than the question means that there is nothing', async () => {
    const errors = { 'Get-ClusterAffinityRule': 'Invalid class ', 'Get-ClusterFaultDomain': 'Invalid class ' }
    const { json, file } = await collect(inventoryWorld({ version: 2019, errors }))
    expect([json!.AffinityRules, json!.FaultDomains, json!.Warnings.length]).toEqual([[], [], 1])
    expect(readHyperV([file]).issues).toEqual([])
  })

  it('of the cluster itself ends the script with its error', async () => {
    for (const cmdlet of ['Get-Cluster', 'Get-ClusterNode']) {
      const { error, json, exitCode } = await collect(
        inventoryWorld({ errors: { [cmdlet]: 'The RPC server is unavailable.' } }),
      )
      expect(error).toContain('The RPC server is unavailable.')
      expect([json, exitCode]).toEqual([undefined, 1])
    }
  })
})

describe('without -Cluster', () => {
  const service = (StartMode: string) => ({ Win32_Service: [{ Name: 'ClusSvc', StartMode }] })
  const alone = (more: object) => collect(inventoryWorld(more), {})

  it('the cluster of this machine is read', async () => {
    expect((await alone({ tables: service('Auto') })).json!.Cluster[0].Name).toBe('CL01')
  })

  it('this machine is read alone where it has no cluster service, and only there', async () => {
    for (const tables of [{}, service('Disabled')]) {
      const { json } = await alone({ answers: false, tables })
      expect([json!.Cluster, json!.Nodes.map(({ Name }) => Name)]).toEqual([[], ['HV01']])
    }
    const stopped = await alone({ answers: false, tables: service('Auto') })
    expect([stopped.json, stopped.error]).toEqual([
      undefined,
      expect.stringContaining('is a node of a cluster'),
    ])
    for (const text of ['Access is denied.', 'The RPC server is unavailable.']) {
      const { json, error } = await alone({ errors: { 'Get-Cluster': text } })
      expect([json, error]).toEqual([undefined, expect.stringContaining(text)])
    }
    const missing = { without: ['FailoverClusters'] }
    expect((await collect(inventoryWorld(), {}, missing)).json!.Nodes).toHaveLength(1)
    const node = await collect(inventoryWorld({ tables: service('Auto') }), {}, missing)
    expect(node.error).toContain('FailoverClusters is missing')
  })

  it('single hosts are read by their names', async () => {
    const { json, file } = await collect(inventoryWorld(), { ComputerName: ['HV01', 'HV02'] })
    expect(json!.Cluster).toEqual([])
    const { problem } = await importProblem('hyperv', [file])
    expect(problem.nodes.map(({ id, slots }) => [id, slots])).toEqual([
      ['HV01', 2],
      ['HV02', 2],
    ])
  })
})

describe('parameters', () => {
  it('that cannot be met end the script before anything is read', async () => {
    for (const [given, text] of [
      [{ Cluster: 'CL01', ComputerName: ['HV01'] }, 'not both'],
      [{ Cluster: 'CL01', Coreinfo: '/no/such/folder' }, 'no folder /no/such/folder'],
      [{ Cluster: 'CL01', OutFile: '/no/such/folder/x.json' }, '/no/such/folder/x.json'],
      [{ Cluster: 'CL01', OutFile: import.meta.dirname }, 'is a folder'],
      [{ Cluster: 'CL01', BackupMinutes: 0 }, 'BackupMinutes'],
    ] as const) {
      const { error, shown, calls } = await collect(inventoryWorld(), given as never)
      expect(error ?? shown[0].text).toContain(text)
      expect(calls).toBe(0)
    }
    const { error } = await collect(inventoryWorld(), { Cluster: 'CL01', Exclude: ['HV09'] })
    expect(error).toContain('HV09 is none of the nodes')
  })

  it('replace an old file only by one that is whole', async () => {
    const { folder } = await collect(inventoryWorld())
    const OutFile = join(folder, '[1] new.json')
    writeFileSync(OutFile, 'old')
    const failed = await collect(inventoryWorld({ errors: { 'Get-ClusterNode': 'no' } }), {
      Cluster: 'CL01',
      OutFile,
    })
    expect([failed.exitCode, readFileSync(OutFile, 'utf8')]).toEqual([1, 'old'])
    await collect(inventoryWorld(), { Cluster: 'CL01', OutFile })
    expect(readFileSync(OutFile, 'utf8')).toContain('vmferry-inventory')
    expect(readdirSync(folder).sort()).toEqual(['[1] new.json', 'inventory.json'])
  })

  it('take Coreinfo of a folder, and say where it has nothing', async () => {
    const { folder } = await collect(inventoryWorld())
    const Coreinfo = join(folder, '[core]')
    mkdirSync(Coreinfo)
    const empty = await collect(inventoryWorld(), { Cluster: 'CL01', Coreinfo })
    expect(empty.warnings).toContain(`Coreinfo: ${Coreinfo} gave nothing of any node`)
    writeFileSync(join(Coreinfo, 'HV01.txt'), 'GenuineIntel\r\nAVX2\t*\tx\r\n')
    const { json } = await collect(inventoryWorld(), { Cluster: 'CL01', Coreinfo })
    expect(json!.Coreinfo).toEqual([{ Node: 'HV01', Text: 'GenuineIntel\nAVX2\t*\tx' }])
  })

  it('do without backup software', async () => {
    const without = ['WindowsServerBackup', 'Veeam.Backup.PowerShell']
    const { json, error } = await collect(inventoryWorld(), ALL, { without })
    expect([error, json!.Backups, json!.Warnings.length]).toEqual([null, [], 1])
    const { json: guessed } = await collect(inventoryWorld({ errors: { 'Get-WBJob': 'no' } }), {
      ...ALL,
      BackupMinutes: 15,
    })
    expect(guessed!.Backups[0]).toMatchObject({ DurationMinutes: 15, DurationFrom: 'BackupMinutes' })
  })
})
