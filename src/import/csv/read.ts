/** Source `csv`: a table of nodes and a table of VMs, in any number of files, told apart by their columns. */

import { given } from '../../given.js'
import { addAll } from '../../lists.js'
import { didYouMean, quote } from '../../model/issues.js'
import type { Compatibility, NodeState, VmState } from '../../model/problem.js'
import { FaultList } from '../failure.js'
import { isKnownFlag, knownFeatures } from '../flags.js'
import type {
  Assumption,
  InputFile,
  Inventory,
  InventoryCpu,
  InventoryNode,
  InventoryVm,
} from '../inventory.js'
import type { ReaderOptions } from '../options.js'
import { Skipped } from '../skipped.js'
import {
  type Column,
  type Columns,
  checkColumns,
  hasColumn,
  RowReader,
  type TableContext,
} from './columns.js'
import { type CsvRow, type CsvTable, readCsvTable } from './table.js'
import * as words from './words.js'

const MIB = 1_048_576

/** How a number without unit is taken: as so many MiB, as bytes, or not at all. */
type Bare = number | 'bytes' | undefined

const MEMORY: readonly (readonly [Column, bare: Bare])[] = [
  [{ name: 'memoryMiB', aliases: ['memoryMB', 'memory (MiB)', 'memory (MB)'], words: words.MEMORY.mib }, 1],
  [
    { name: 'memoryGiB', aliases: ['memoryGB', 'memory (GiB)', 'memory (GB)'], words: words.MEMORY.gib },
    1024,
  ],
  [{ name: 'memory', aliases: ['ram'], words: words.MEMORY.withUnit }, undefined],
  [{ name: 'memoryBytes', words: words.MEMORY.bytes }, 'bytes'],
  [{ name: 'memoryStartup' }, 'bytes'],
]
const NETWORK: readonly (readonly [Column, bare: number | undefined])[] = [
  [{ name: 'migrationMbps', aliases: ['mbps'] }, 1],
  [{ name: 'migrationGbps', aliases: ['gbps'] }, 1000],
  [{ name: 'migration', aliases: ['link'] }, undefined],
]

const NODE_COLUMNS = {
  id: { name: 'id', aliases: ['node', 'name', 'host', 'hostname'], words: words.NODE.id, yields: true },
  aliases: { name: 'aliases', aliases: ['other names'] },
  cpu: { name: 'cpu', aliases: ['cpu model', 'processor'], words: words.NODE.cpu },
  vendor: { name: 'vendor', aliases: ['cpu vendor'] },
  features: { name: 'features', aliases: ['cpu features', 'flags'] },
  slots: { name: 'slots' },
  cores: { name: 'cores', aliases: ['logical processors'], words: words.NODE.cores },
  offloads: { name: 'offloads' },
  state: { name: 'state', words: words.NODE.state },
  maintenance: { name: 'maintenance', aliases: ['maintenance mode', 'in maintenance mode'] },
} as const satisfies Columns<string>

const VM_COLUMNS = {
  id: { name: 'id', aliases: ['vm', 'name'], words: words.VM.id, yields: true },
  node: { name: 'node', aliases: ['host', 'owner', 'owner node'], words: words.VM.node },
  state: { name: 'state', words: words.VM.state },
  dirty: { name: 'dirtyMiBps', aliases: ['dirty rate'] },
  workingSet: { name: 'workingSetMiB', aliases: ['working set'] },
  bootNode: { name: 'bootNode' },
  compatibility: { name: 'compatibility' },
  offloads: { name: 'offloads' },
  allowedNodes: { name: 'allowedNodes', aliases: ['possible owners'] },
  antiAffinity: { name: 'antiAffinity' },
  affinity: { name: 'affinity' },
  priority: { name: 'priority' },
  vcpus: { name: 'vcpus', words: words.VM.vcpus },
  restartable: { name: 'restartable' },
  template: { name: 'template', aliases: ['is template'] },
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
export async function readCsv(files: readonly InputFile[], options: ReaderOptions = {}): Promise<Inventory> {
  const faults = new FaultList()
  const assumptions: Assumption[] = []
  const skipped = new Skipped()
  const context = { faults, assumptions, ignoreColumns: options.ignoreColumns }
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
      checkTable(table, kind, context)
      if (faults.items.length > before) continue
      for (const row of table.rows) {
        if (kind === 'nodes') addAll(nodes, readNode(row, faults))
        else addAll(vms, readVm(row, table, faults, skipped))
      }
    } catch (error) {
      faults.take(error)
      return { nodes, vms, windows: [], assumptions, issues: faults.items }
    }
  }
  const place = { file: files.map(({ name }) => name).join(', '), place: '' }
  if (faults.items.length === 0 && tables.nodes === 0)
    faults.add(place, 'no table of nodes; add a file with the columns id, cpu and memoryMiB')
  if (faults.items.length === 0 && tables.vms === 0)
    faults.add(place, 'no table of VMs; add a file with the columns id, node and memoryMiB')
  addAll(assumptions, skipped.assumptions())
  return { nodes, vms, windows: [], assumptions, issues: faults.items }
}

const NAMES = ['name', 'display name', 'machine name', 'server name']
/** Columns of Hyper-V's `Get-VMHost`. */
const HYPERV_HOST = ['LogicalProcessorCount', 'VirtualHardDiskPath']

/** Whether there are CPUs by their names: a table of VMs may have their number in a column CPU. */
function namesCpus(table: CsvTable): boolean {
  const { name, aliases, words: others } = NODE_COLUMNS.cpu
  return (
    hasColumn(table, NODE_COLUMNS.cpu) &&
    !table.rows.every((row) => /^\d{1,4}$/.test(row.get(name, ...aliases, ...others) ?? ''))
  )
}

/** A table of VMs says for each on which node it is. */
function kindOf(table: CsvTable, faults: FaultList): 'nodes' | 'vms' | undefined {
  const isNodes = hasColumn(table, NODE_COLUMNS.features) || namesCpus(table) || table.has(...HYPERV_HOST)
  const isPlaced = hasColumn(table, VM_COLUMNS.id) && hasColumn(table, VM_COLUMNS.node)
  // A node's own name may stand under several of the words for a node, as Name and ComputerName do.
  if (table.has('vm', ...words.VM_ONLY) || (isPlaced && table.has('id', ...NAMES) && !isNodes)) {
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

function checkTable(table: CsvTable, kind: 'nodes' | 'vms', context: TableContext): void {
  const { faults } = context
  checkColumns(
    table,
    kind === 'nodes' ? ALL_NODE_COLUMNS : ALL_VM_COLUMNS,
    `a table of ${kind === 'nodes' ? 'nodes' : 'VMs'}`,
    context,
  )
  const origin = { file: table.file, place: `line ${table.headerLine}` }
  const require = (present: boolean, what: string): void => {
    if (!present)
      faults.add(origin, `no column ${what}; every one of the ${kind === 'nodes' ? 'nodes' : 'VMs'} needs it`)
  }
  const present = (pairs: readonly (readonly [Column, ...unknown[]])[]): Column[] =>
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
  several(kind === 'nodes' ? present(NETWORK) : [])
}

/** RVTools counts MiB in a column Memory. */
const isRvTools = (table: CsvTable): boolean => table.has('powerstate') && table.has('template')

/** Of the first column that tells it. Where a second one of the same does, they have to agree, as far as they are rounded. */
function memoryOf(row: RowReader, ofRvTools = false): number | undefined {
  let told: { column: Column; mib: number } | undefined
  for (const [column, bare] of MEMORY) {
    const mib = readMemory(row, column, bare === undefined && ofRvTools ? 1 : bare)
    if (mib === undefined) continue
    // What is assigned now, and what a VM starts with, are two things.
    if (told === undefined) told = { column, mib }
    else if (bare !== 'bytes' && Math.abs(mib - told.mib) > Math.max(1024, mib / 50))
      row.fault(
        column,
        `${mib} MiB, where ${told.column.name} has ${told.mib} MiB; remove one of the columns`,
      )
  }
  return told?.mib
}

function readMemory(row: RowReader, column: Column, bare: Bare): number | undefined {
  const text = row.text(column)
  // A VM that is off has 0 bytes assigned.
  if (bare === 'bytes' && text !== undefined && /^\d+$/.test(text) && (text === '0' || Number(text) >= MIB))
    return text === '0' ? undefined : Number(text) / MIB
  const factor = typeof bare === 'number' ? bare : undefined
  return row.quantity(column, 'MiB', factor, factor === undefined ? '64 GiB' : '64 or 64 GiB')
}

function readNode(source: CsvRow, faults: FaultList): InventoryNode[] {
  const row = new RowReader(source, faults)
  const id = row.required(NODE_COLUMNS.id, 'the name of the node')
  const node: Omit<InventoryNode, 'id'> = given({
    origin: source.origin(),
    aliases: row.list(NODE_COLUMNS.aliases),
    cpu: readCpu(row),
    memoryMiB: memoryOf(row),
  })
  for (const [column, bare] of NETWORK) {
    const mbps = row.quantity(column, 'Mbps', bare, '25 Gbit/s')
    if (mbps !== undefined) node.migrationMbps = mbps
  }
  const rest = given({
    slots: row.number(NODE_COLUMNS.slots),
    cores: row.number(NODE_COLUMNS.cores),
    offloads: row.list(NODE_COLUMNS.offloads, true),
    state: row.oneOf<NodeState>(NODE_COLUMNS.state, ['up', 'paused', 'down'], words.NODE_STATES),
  })
  const maintenance = row.boolean(NODE_COLUMNS.maintenance)
  if (maintenance !== undefined && rest.state !== 'down') rest.state = maintenance ? 'paused' : 'up'
  return id === undefined ? [] : [{ id, ...node, ...rest }]
}

function readCpu(row: RowReader): InventoryCpu | undefined {
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
  const column: Column = features === undefined ? NODE_COLUMNS.cpu : NODE_COLUMNS.features
  return given({ texts: text === undefined ? [] : [text], origin: row.origin(column), features, vendor })
}

function readVm(source: CsvRow, table: CsvTable, faults: FaultList, skipped: Skipped): InventoryVm[] {
  const row = new RowReader(source, faults)
  const id = row.required(VM_COLUMNS.id, 'the name of the VM')
  if (row.boolean(VM_COLUMNS.template) === true) {
    skipped.add('templates, which never run', row.origin(VM_COLUMNS.id), id ?? '')
    return []
  }
  const node = row.text(VM_COLUMNS.node) ?? ''
  const nodeOrigin = row.origin(VM_COLUMNS.node)
  const state = row.oneOf<VmState>(VM_COLUMNS.state, ['running', 'saved', 'off'], words.VM_STATES)
  const told = memoryOf(row, isRvTools(table))
  const vm: Omit<InventoryVm, 'id' | 'node'> = given({
    origin: source.origin(),
    nodeOrigin,
    state,
    // What is assigned to a VM that is off, in whatever unit.
    memoryMiB: told === 0 && state === 'off' ? undefined : told,
    dirtyMiBps: row.quantity(VM_COLUMNS.dirty, 'MiB per second', 1, '20 or 20 MiB/s'),
    workingSetMiB: row.quantity(VM_COLUMNS.workingSet, 'MiB', 1, '4096 or 4 GiB'),
    vcpus: row.number(VM_COLUMNS.vcpus),
    bootNode: row.text(VM_COLUMNS.bootNode),
    compatibility: row.oneOf<Compatibility>(VM_COLUMNS.compatibility, ['off', 'minimum', 'cluster']),
    offloads: row.list(VM_COLUMNS.offloads, true),
    allowedNodes: row.list(VM_COLUMNS.allowedNodes),
    antiAffinity: row.list(VM_COLUMNS.antiAffinity),
    affinity: row.list(VM_COLUMNS.affinity),
    priority: readPriority(row),
    restartable: row.boolean(VM_COLUMNS.restartable),
  })
  return id === undefined ? [] : [{ id, node, ...vm }]
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
