import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { InputFile, Inventory } from '../../../src/import/inventory.js'
import { modelOfEvc } from '../../../src/import/rvtools/hosts.js'
import { readRvTools } from '../../../src/import/rvtools/read.js'
import { cases } from '../../cases.js'
import { type Cell, type WorkbookOptions, workbook } from '../workbooks.js'
import { change, csv, prefixed, utf8, utf16, V_HOST, V_INFO } from './fixtures.js'

const xlsx = (sheets: Record<string, Cell[][]>, options: WorkbookOptions = {}): InputFile => ({
  name: 'rvtools.xlsx',
  bytes: workbook(sheets, options),
})
const csvFile = (name: string, rows: Cell[][], delimiter = ',', encode = utf8): InputFile => ({
  name,
  bytes: encode(csv(rows, delimiter)),
})
const read = async (...files: InputFile[]): Promise<Inventory> => readRvTools(files)
/** From the CSV files of both tabs. */
const readCsv = (info: Cell[][], delimiter = ',', host: Cell[][] = V_HOST) =>
  read(csvFile('a.csv', info, delimiter), csvFile('b.csv', host, delimiter))
const readTabs = (info: Cell[][], host: Cell[][] = V_HOST) => read(xlsx({ vInfo: info, vHost: host }))
const faults = ({ issues }: Inventory): string[] =>
  issues.map(({ origin, message }) => `${origin.file}: ${origin.place}: ${message}`)
const texts = ({ assumptions }: Inventory): string => assumptions.map(({ text }) => text).join('\n')

/** What both kinds of files and headers must give. */
const VMS = [
  { id: 'web-01', node: 'esx1.corp.local', memoryMiB: 16384, vcpus: 4, state: 'running', priority: 2000 },
  { id: 'web-02', node: 'esx1.corp.local', memoryMiB: 8192, vcpus: 4, state: 'off', priority: 3000 },
  { id: 'old-01', node: 'esx2.corp.local', memoryMiB: 512, vcpus: 1, state: 'saved', priority: 0 },
]
const NODES = [
  { id: 'esx1.corp.local', memoryMiB: 786419, cores: 80, state: 'up' },
  { id: 'esx2.corp.local', memoryMiB: 786419, cores: 40, state: 'paused' },
]
const plain = ({ nodes, vms }: Inventory) => ({
  nodes: nodes.map(({ origin, cpu, ...node }) => node),
  vms: vms.map(({ origin, nodeOrigin, ...vm }) => vm),
})

const PREFIXED_INFO = prefixed('vInfo', V_INFO)
const PREFIXED_HOST = prefixed('vHost', V_HOST)

describe('RVTools', () => {
  it.each<[string, InputFile[]]>([
    ['a workbook', [xlsx({ vInfo: V_INFO, vCPU: [['VM']], vHost: V_HOST })]],
    [
      'a workbook as ClosedXML writes it',
      [xlsx({ vInfo: V_INFO, vHost: V_HOST }, { prefix: 'x', strings: 'inline' })],
    ],
    ['a workbook with prefixed headers', [xlsx({ vInfo: PREFIXED_INFO, vHost: PREFIXED_HOST })]],
    ['CSV files', [csvFile('RVTools_tabvInfo.csv', V_INFO), csvFile('RVTools_tabvHost.csv', V_HOST)]],
    [
      'CSV files with semicolons, in UTF-16',
      [csvFile('b.csv', V_HOST, ';', utf16), csvFile('a.csv', V_INFO, ';', utf16)],
    ],
    ['CSV files with prefixed headers', [csvFile('a.csv', PREFIXED_INFO), csvFile('b.csv', PREFIXED_HOST)]],
  ])('reads hosts and VMs of %s', async (_, files) => {
    const inventory = await read(...files)
    expect(faults(inventory)).toEqual([])
    expect(plain(inventory)).toEqual({ nodes: NODES, vms: VMS })
    expect(inventory.nodes[0].cpu?.texts).toEqual([
      'Intel(R) Xeon(R) Gold 6248 CPU @ 2.50GHz',
      'Cascadelake-Server',
    ])
    expect(texts(inventory)).toContain('left out templates, which never run: golden')
    expect(texts(inventory)).toContain(
      'left out placeholders of Site Recovery Manager, which hold no memory here: srm-01',
    )
    expect(texts(inventory)).toContain('(vCLS), which vCenter places itself: vCLS-4c4c4544')
  })

  it('says where each value is from', async () => {
    const { nodes, vms } = await readTabs(V_INFO)
    expect(vms[1].origin).toEqual({ file: 'rvtools.xlsx', place: 'vInfo!A3' })
    expect(nodes[0].cpu?.origin.place).toBe('vHost!E2')
    const fromCsv = await readCsv(V_INFO)
    expect(fromCsv.vms[1].origin).toEqual({ file: 'a.csv', place: 'line 3, column "VM"' })
  })

  it.each(['16,384', '16.384', '16 384', '16\u00a0384', '16\u202f384', "16'384", '16’384', '16384'])(
    'reads %s as 16384 in CSV',
    async (memory) => {
      const info = change(V_INFO, 'web-01', { Memory: memory }).filter(
        ([vm]) => vm !== 'web-02' && vm !== 'golden',
      )
      const inventory = await readCsv(info, ';')
      expect(faults(inventory)).toEqual([])
      expect(inventory.vms[0].memoryMiB).toBe(16384)
    },
  )

  it.each(['16,38', '16.5', '16,384.00', '1,6384', '0,512', '16 GB', '-4', '0', '1e3', 'NaN'])(
    'refuses a memory of %s, with its cell',
    async (memory) => {
      const info = change(V_INFO, 'web-01', { Memory: memory })
      const inventory = await readCsv(info)
      expect(faults(inventory)).toEqual([
        `a.csv: line 2, column "Memory": "${memory}" is not a whole number of MiB such as 16384, as RVTools writes it`,
      ])
    },
  )

  it('refuses columns in which thousands are marked in two ways', async () => {
    const info = change(change(V_INFO, 'web-01', { Memory: '16,384' }), 'web-02', { Memory: '8.192' })
    const inventory = await readCsv(info, ';')
    expect(faults(inventory)).toEqual([
      expect.stringContaining('a.csv: line 3, column "Memory": "8.192" could be misread'),
    ])
  })

  it('refuses a number of a workbook that is not whole', async () => {
    expect(faults(await readTabs(change(V_INFO, 'web-01', { Memory: 16.384 })))).toEqual([
      'rvtools.xlsx: vInfo!G2: 16.384 is not a whole number of MiB such as 16384, as RVTools writes it',
    ])
  })

  it('refuses what it does not know, with its cell', async () => {
    const info = change(change(V_INFO, 'web-01', { Powerstate: 'eingeschaltet' }), 'web-02', {
      Template: 'maybe',
      Host: '',
    })
    expect(faults(await readTabs(info))).toEqual([
      'rvtools.xlsx: vInfo!B2: "eingeschaltet" is not a power state: poweredOn, poweredOff or suspended',
      'rvtools.xlsx: vInfo!C3: "maybe" is neither True nor False',
    ])
  })

  it('reads truth values as Excel stores them', async () => {
    const inventory = await readTabs(
      change(V_INFO, 'golden', { Template: true }),
      change(V_HOST, 'esx2.corp.local', { 'in Maintenance Mode': true }),
    )
    expect(plain(inventory)).toEqual({ nodes: NODES, vms: VMS })
  })

  it('says which tab or column is missing', async () => {
    expect(faults(await read(xlsx({ vInfo: V_INFO })))).toEqual([
      'rvtools.xlsx: : there is no tab vHost; give the workbook, or the CSV files of both tabs, vInfo and vHost',
    ])
    expect(faults(await readTabs(V_INFO.map((row) => row.slice(0, 6))))).toEqual([
      'rvtools.xlsx: vInfo: the tab lacks the columns "Memory", "Host"; export it again with all columns',
    ])
    const other = await read(
      { name: 'vCPU.csv', bytes: utf8('VM,Powerstate,CPUs\r\na,poweredOn,2\r\n') },
      xlsx({ vInfo: V_INFO, vHost: V_HOST }),
    )
    expect(faults(other)).toEqual([])
    expect(texts(other)).toContain('neither the tab vInfo nor the tab vHost')
  })

  it('takes an EVC mode for the CPU, and says so', async () => {
    const host = change(V_HOST, 'esx1.corp.local', { 'Current EVC': 'intel-broadwell' })
    const inventory = await readTabs(V_INFO, host)
    expect(inventory.nodes[0].cpu?.texts).toEqual([
      'Broadwell',
      'Intel(R) Xeon(R) Gold 6248 CPU @ 2.50GHz',
      'Cascadelake-Server',
    ])
    expect(texts(inventory)).toContain(
      'EVC mode "intel-broadwell" (one host) is taken as CPU model Broadwell',
    )
    const unknown = await readTabs(
      V_INFO,
      change(V_HOST, 'esx1.corp.local', { 'Current EVC': 'intel-merom' }),
    )
    expect(unknown.nodes[0].cpu?.texts[0]).toMatch(/Gold 6248/)
    expect(texts(unknown)).toContain('EVC mode "intel-merom" (one host) is of no CPU model')
  })

  it.each([
    ['intel-penryn', 'Penryn'],
    ['intel-westmere', 'Westmere'],
    ['intel-skylake', 'Skylake-Server'],
    ['intel-icelake', 'Icelake-Server'],
    ['Intel-SapphireRapids', 'SapphireRapids'],
    ['amd-bulldozer', 'Opteron_G4'],
    ['amd-zen', 'EPYC'],
    ['amd-zen4', 'EPYC-Genoa'],
    ['amd-skylake', undefined],
    ['intel-merom', undefined],
    ['', undefined],
  ])('knows the EVC mode %s as %s', (key, model) => {
    expect(modelOfEvc(key)).toBe(model)
  })

  it('reads the DRS rules that keep VMs apart or together, and says what it left out', async () => {
    const rule = (kinds: string, names: string) => ({
      'Cluster rule(s)': kinds,
      'Cluster rule name(s)': names,
    })
    const info = [
      ['web-01', rule('ClusterAntiAffinityRuleSpec, ClusterVmHostRuleInfo', 'web apart, licensed hosts')],
      ['web-02', rule('ClusterAntiAffinityRuleSpec; ClusterAffinityRuleSpec', 'web apart; with db')],
      ['old-01', rule('ClusterAntiAffinityRuleSpec', 'a, b')],
    ].reduce((rows, [vm, cells]) => change(rows, vm as string, cells as Record<string, Cell>), V_INFO)
    const inventory = await readTabs(info)
    expect(faults(inventory)).toEqual([])
    expect(inventory.vms.map(({ antiAffinity, affinity }) => [antiAffinity, affinity])).toEqual([
      [['Prod/web apart'], undefined],
      [['Prod/web apart'], ['Prod/with db']],
      [undefined, undefined],
    ])
    expect(texts(inventory)).toContain('the rule "licensed hosts" binds VMs to hosts')
    expect(texts(inventory)).toContain('"ClusterAntiAffinityRuleSpec / a, b" were not understood')
  })

  it('keeps VMs in their cluster where there are several', async () => {
    const host = [...V_HOST, change(V_HOST, 'esx1.corp.local', { Host: 'esx9', Cluster: 'Lab' })[1]]
    const inventory = await readTabs(V_INFO, host)
    expect(inventory.vms[0].allowedNodes).toEqual(['esx1.corp.local', 'esx2.corp.local'])
    expect(texts(inventory)).toContain('the hosts are of 2 clusters (Prod and Lab)')
  })

  it('tells VMs of one name apart', async () => {
    const inventory = await readTabs(change(V_INFO, 'web-02', { VM: 'web-01' }))
    expect(inventory.vms.map(({ id }) => id)).toEqual(['web-01 (vm-1)', 'web-01 (vm-2)', 'old-01'])
    expect(texts(inventory)).toContain('2 VMs are named "web-01"')
  })

  it('says which priority it does not know, and leaves out what vCenter cannot migrate', async () => {
    const info = change(change(V_INFO, 'web-01', { 'HA Restart Priority': 'urgent' }), 'web-02', {
      'Connection state': 'orphaned',
    })
    const inventory = await readTabs(info)
    expect(inventory.vms.map(({ id, priority }) => [id, priority])).toEqual([
      ['web-01', undefined],
      ['old-01', 0],
    ])
    expect(texts(inventory)).toContain('HA restart priority "urgent" is not known')
    expect(texts(inventory)).toContain('connection state is orphaned')
  })

  it('gives an inventory for any cells, and never throws', async () => {
    const cell = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom('', 'True', 'poweredOn', '16,384', '__proto__', 'constructor', '=1+1', '\u202e'),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
    )
    const rows = (head: Cell[]) =>
      fc.array(fc.tuple(...head.map(() => cell)), { maxLength: 6 }).map((body) => [head, ...body])
    await fc.assert(
      fc.asyncProperty(rows(V_INFO[0]), rows(V_HOST[0]), async (info, host) => {
        // What XML cannot hold no workbook has.
        const clean = (table: Cell[][]) =>
          table.map((row) =>
            row.map((value) =>
              typeof value === 'string' ? value.replace(/\p{Cc}|\p{Cs}|\p{Cn}/gu, '') : value,
            ),
          )
        const { nodes, vms, issues } = await readTabs(clean(info), clean(host))
        for (const { memoryMiB } of [...nodes, ...vms])
          if (memoryMiB !== undefined) expect(memoryMiB).toBeGreaterThan(0)
        for (const { origin } of issues) expect(origin.file).toBe('rvtools.xlsx')
      }),
      { numRuns: cases(550) },
    )
  })

  it('reports any bytes as a fault of the file', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        const { issues } = await read({ name: 'x', bytes })
        expect(issues.length).toBeGreaterThan(0)
      }),
      { numRuns: cases(1100) },
    )
  })
})
