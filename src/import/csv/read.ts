/** Source `csv`: a table of nodes and a table of VMs, in any number of files, told apart by their columns. */
import { didYouMean, quote } from '../../model/issues.js'
import type { Compatibility, NodeState, VmState } from '../../model/problem.js'
import { FaultList } from '../failure.js'
import { isKnownFlag, knownFeatures } from '../flags.js'
import type { InputFile, Inventory, InventoryCpu, InventoryNode, InventoryVm } from '../inventory.js'
import { type Column, type Columns, checkColumns, hasColumn, RowReader } from './columns.js'
import { type CsvRow, type CsvTable, readCsvTable } from './table.js'

const MEMORY: readonly (readonly [Column, bare: number | undefined])[] = [
  [{ name: 'memoryMiB', aliases: ['memoryMB', 'memory (MiB)', 'memory (MB)'] }, 1],
  [{ name: 'memoryGiB', aliases: ['memoryGB', 'memory (GiB)', 'memory (GB)'] }, 1024],
  [{ name: 'memory', aliases: ['ram'] }, undefined],
]
const NETWORK: readonly (readonly [Column, bare: number | undefined])[] = [
  [{ name: 'migrationMbps', aliases: ['mbps'] }, 1],
  [{ name: 'migrationGbps', aliases: ['gbps'] }, 1000],
  [{ name: 'migration', aliases: ['link'] }, undefined],
]

const NODE_COLUMNS = {
  id: { name: 'id', aliases: ['node', 'name', 'host', 'hostname'] },
  aliases: { name: 'aliases', aliases: ['other names'] },
  cpu: { name: 'cpu', aliases: ['cpu model', 'processor'] },
  vendor: { name: 'vendor', aliases: ['cpu vendor'] },
  features: { name: 'features', aliases: ['cpu features', 'flags'] },
  slots: { name: 'slots' },
  offloads: { name: 'offloads' },
  state: { name: 'state' },
} as const satisfies Columns<string>

const VM_COLUMNS = {
  id: { name: 'id', aliases: ['vm', 'name'] },
  node: { name: 'node', aliases: ['host', 'owner', 'owner node'] },
  state: { name: 'state' },
  dirty: { name: 'dirtyMiBps', aliases: ['dirty rate'] },
  workingSet: { name: 'workingSetMiB', aliases: ['working set'] },
  bootNode: { name: 'bootNode' },
  compatibility: { name: 'compatibility' },
  offloads: { name: 'offloads' },
  allowedNodes: { name: 'allowedNodes', aliases: ['possible owners'] },
  antiAffinity: { name: 'antiAffinity' },
  affinity: { name: 'affinity' },
  priority: { name: 'priority' },
  restartable: { name: 'restartable' },
} as const satisfies Columns<string>

const PRIORITIES: Readonly<Record<string, number>> = { high: 3000, medium: 2000, low: 1000, none: 0 }

/** Every column that a table of nodes may have. */
export const ALL_NODE_COLUMNS: readonly Column[] = [
  ...Object.values(NODE_COLUMNS),
  ...[...MEMORY, ...NETWORK].map(([column]) => column),
]
export const ALL_VM_COLUMNS: readonly Column[] = [
  ...Object.values(VM_COLUMNS),
  ...MEMORY.map(([column]) => column),
]

/** Reads nodes and VMs. */
export async function readCsv(files: readonly InputFile[]): Promise<Inventory> {
  const faults = new FaultList()
  const nodes: InventoryNode[] = []
  const vms: InventoryVm[] = []
  const tables = { nodes: 0, vms: 0 }
  for (const file of files) {
    try {
      const table = await readCsvTable(file)
      const kind = kindOf(table, faults)
      if (kind === undefined) continue
      tables[kind]++
      // A row stands for nothing once a column may be missing or mean something else.
      const before = faults.items.length
      checkTable(table, kind, faults)
      if (faults.items.length > before) continue
      for (const row of table.rows) {
        if (kind === 'nodes') nodes.push(...readNode(row, faults))
        else vms.push(...readVm(row, faults))
      }
    } catch (error) {
      faults.take(error)
      return { nodes, vms, windows: [], assumptions: [], issues: faults.items }
    }
  }
  const place = { file: files.map(({ name }) => name).join(', '), place: '' }
  if (faults.items.length === 0 && tables.nodes === 0)
    faults.add(place, 'no table of nodes; add a file with the columns id, cpu and memoryMiB')
  if (faults.items.length === 0 && tables.vms === 0)
    faults.add(place, 'no table of VMs; add a file with the columns id, node and memoryMiB')
  return { nodes, vms, windows: [], assumptions: [], issues: faults.items }
}

/** A table of VMs says for each on which node it is. */
function kindOf(table: CsvTable, faults: FaultList): 'nodes' | 'vms' | undefined {
  const hasCpu = hasColumn(table, NODE_COLUMNS.cpu) || hasColumn(table, NODE_COLUMNS.features)
  if (table.has('vm') || (table.has('id', 'name') && hasColumn(table, VM_COLUMNS.node) && !hasCpu)) {
    const stray = table.has('to', 'target')
      ? ['moves', '--moves']
      : table.has('start')
        ? ['windows', '--windows']
        : undefined
    if (stray === undefined) return 'vms'
    faults.add({ file: table.file, place: '' }, `a table of ${stray[0]}; give it with ${stray[1]}`)
    return undefined
  }
  if (hasColumn(table, NODE_COLUMNS.id)) return 'nodes'
  const columns = table.headers.map(quote).join(', ')
  faults.add(
    { file: table.file, place: `line ${table.headerLine}` },
    `the columns ${columns} are neither those of nodes (id, cpu, memoryMiB, …) nor those of VMs (id, node, memoryMiB, …)`,
  )
  return undefined
}

function checkTable(table: CsvTable, kind: 'nodes' | 'vms', faults: FaultList): void {
  checkColumns(
    table,
    kind === 'nodes' ? ALL_NODE_COLUMNS : ALL_VM_COLUMNS,
    `a table of ${kind === 'nodes' ? 'nodes' : 'VMs'}`,
    faults,
  )
  const origin = { file: table.file, place: `line ${table.headerLine}` }
  const require = (present: boolean, what: string): void => {
    if (!present)
      faults.add(origin, `no column ${what}; every one of the ${kind === 'nodes' ? 'nodes' : 'VMs'} needs it`)
  }
  const present = (pairs: typeof MEMORY): Column[] =>
    pairs.map(([column]) => column).filter((column) => hasColumn(table, column))
  const several = (columns: readonly Column[]): void => {
    if (columns.length < 2) return
    faults.add(
      origin,
      `the columns ${columns.map(({ name }) => name).join(' and ')} say the same; remove one of them`,
    )
  }
  if (kind === 'vms') {
    require(hasColumn(table, VM_COLUMNS.id), 'id')
    require(hasColumn(table, VM_COLUMNS.node), 'node')
  }
  require(present(MEMORY).length > 0, 'memoryMiB')
  several(present(MEMORY))
  several(kind === 'nodes' ? present(NETWORK) : [])
}

function memoryOf(row: RowReader): number | undefined {
  for (const [column, bare] of MEMORY) {
    const value = row.quantity(column, 'MiB', bare, bare === undefined ? '64 GiB' : '64 or 64 GiB')
    if (value !== undefined) return value
  }
  return undefined
}

function readNode(source: CsvRow, faults: FaultList): InventoryNode[] {
  const row = new RowReader(source, faults)
  const id = row.required(NODE_COLUMNS.id, 'the name of the node')
  const node: Omit<InventoryNode, 'id'> = { origin: source.origin() }
  const aliases = row.list(NODE_COLUMNS.aliases)
  if (aliases !== undefined) node.aliases = aliases
  const cpu = readCpu(source, row)
  if (cpu !== undefined) node.cpu = cpu
  const memoryMiB = memoryOf(row)
  if (memoryMiB !== undefined) node.memoryMiB = memoryMiB
  for (const [column, bare] of NETWORK) {
    const mbps = row.quantity(column, 'Mbps', bare, '25 Gbit/s')
    if (mbps !== undefined) node.migrationMbps = mbps
  }
  const slots = row.number(NODE_COLUMNS.slots)
  if (slots !== undefined) node.slots = slots
  const offloads = row.list(NODE_COLUMNS.offloads, true)
  if (offloads !== undefined) node.offloads = offloads
  const state = row.oneOf<NodeState>(NODE_COLUMNS.state, ['up', 'paused', 'down'])
  if (state !== undefined) node.state = state
  return id === undefined ? [] : [{ id, ...node }]
}

function readCpu(source: CsvRow, row: RowReader): InventoryCpu | undefined {
  const text = row.text(NODE_COLUMNS.cpu)
  const vendor = row.text(NODE_COLUMNS.vendor)
  const features = row.list(NODE_COLUMNS.features, true)
  if (text === undefined && features === undefined) return undefined
  for (const name of features ?? []) {
    if (isKnownFlag(name)) continue
    row.fault(
      NODE_COLUMNS.features,
      `${quote(name)} is no feature that is known${didYouMean(name, knownFeatures()) || '; docs/cpu.md says how they are spelt'}`,
    )
    break
  }
  const column = features === undefined ? NODE_COLUMNS.cpu : NODE_COLUMNS.features
  const cpu: InventoryCpu = {
    texts: text === undefined ? [] : [text],
    origin: source.origin(column.name, ...column.aliases),
  }
  if (features !== undefined) cpu.features = features
  if (vendor !== undefined) cpu.vendor = vendor
  return cpu
}

function readVm(source: CsvRow, faults: FaultList): InventoryVm[] {
  const row = new RowReader(source, faults)
  const id = row.required(VM_COLUMNS.id, 'the name of the VM')
  const node = row.required(VM_COLUMNS.node, 'the node where the VM is')
  const vm: Omit<InventoryVm, 'id' | 'node'> = { origin: source.origin() }
  const memoryMiB = memoryOf(row)
  if (memoryMiB !== undefined) vm.memoryMiB = memoryMiB
  const state = row.oneOf<VmState>(VM_COLUMNS.state, ['running', 'saved', 'off'])
  if (state !== undefined) vm.state = state
  const dirty = row.quantity(VM_COLUMNS.dirty, 'MiB per second', 1, '20 or 20 MiB/s')
  if (dirty !== undefined) vm.dirtyMiBps = dirty
  const workingSet = row.quantity(VM_COLUMNS.workingSet, 'MiB', 1, '4096 or 4 GiB')
  if (workingSet !== undefined) vm.workingSetMiB = workingSet
  const bootNode = row.text(VM_COLUMNS.bootNode)
  if (bootNode !== undefined) vm.bootNode = bootNode
  const compatibility = row.oneOf<Compatibility>(VM_COLUMNS.compatibility, ['off', 'minimum', 'cluster'])
  if (compatibility !== undefined) vm.compatibility = compatibility
  const offloads = row.list(VM_COLUMNS.offloads, true)
  if (offloads !== undefined) vm.offloads = offloads
  for (const key of ['allowedNodes', 'antiAffinity', 'affinity'] as const) {
    const list = row.list(VM_COLUMNS[key])
    if (list !== undefined) vm[key] = list
  }
  const priority = readPriority(row)
  if (priority !== undefined) vm.priority = priority
  const restartable = row.boolean(VM_COLUMNS.restartable)
  if (restartable !== undefined) vm.restartable = restartable
  return id === undefined || node === undefined ? [] : [{ id, node, ...vm }]
}

function readPriority(row: RowReader): number | undefined {
  const text = row.text(VM_COLUMNS.priority)?.toLowerCase()
  if (text !== undefined && Object.hasOwn(PRIORITIES, text)) return PRIORITIES[text]
  if (text === undefined || /^\d/.test(text)) return row.number(VM_COLUMNS.priority)
  return row.fault(
    VM_COLUMNS.priority,
    `${quote(text)} is no priority; write high, medium, low, none or an integer`,
  )
}
