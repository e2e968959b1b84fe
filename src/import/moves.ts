/** Reads the moves that the user wants, from CSV. */

import { PLAN_COLUMNS } from '../io/csv.js'
import { quote } from '../model/issues.js'
import type { ProblemMove } from '../model/problem.js'
import { type Columns, checkColumns, hasColumn, RowReader, type TableContext } from './csv/columns.js'
import { type CsvRow, type CsvTable, readCsvTable } from './csv/table.js'
import type { FaultList } from './failure.js'
import type { InputFile, Origin } from './inventory.js'
import type { Found, NodeNames, VmNames } from './names.js'

export const MOVE_COLUMNS = {
  vm: { name: 'vm', aliases: ['id', 'name'] },
  to: { name: 'to', aliases: ['target', 'destination'] },
  durationSeconds: { name: 'durationSeconds', aliases: ['duration'] },
} as const satisfies Columns<string>

export interface ReadMoves {
  moves: ProblemMove[]
  /** Of each move. */
  origins: Origin[]
}

/** Faults are reported, and those moves left out. */
export async function readMoves(
  file: InputFile,
  nodes: NodeNames,
  vms: VmNames,
  context: TableContext,
): Promise<ReadMoves> {
  const { faults } = context
  const read: ReadMoves = { moves: [], origins: [] }
  const table = await readCsvTable(file)
  const before = faults.items.length
  if (isPlan(table)) return readPlan(table, nodes, vms, faults)
  checkColumns(table, Object.values(MOVE_COLUMNS), 'a table of moves', context)
  for (const column of [MOVE_COLUMNS.vm, MOVE_COLUMNS.to]) {
    if (!hasColumn(table, column))
      faults.add(
        { file: file.name, place: `line ${table.headerLine}` },
        `no column ${column.name}; every move needs it`,
      )
  }
  if (faults.items.length > before) return read
  for (const row of table.rows) {
    const move = readMove(row, nodes, vms, faults)
    if (move === undefined) continue
    read.moves.push(move)
    read.origins.push(row.origin())
  }
  return read
}

/** What `--format csv` writes of a plan. */
const isPlan = (table: CsvTable): boolean => PLAN_COLUMNS.every((column) => table.has(column))

/** The node to which each VM goes in the end, whatever it is parked on between. */
function readPlan(table: CsvTable, nodes: NodeNames, vms: VmNames, faults: FaultList): ReadMoves {
  const last = new Map<string, { move: ProblemMove; origin: Origin }>()
  for (const row of table.rows) {
    const move = readMove(row, nodes, vms, faults)
    if (move === undefined) continue
    last.delete(move.vm)
    // Saved where it is.
    if (row.get('kind') !== 'save-in-place') last.set(move.vm, { move, origin: row.origin() })
  }
  const read = [...last.values()]
  return { moves: read.map(({ move }) => move), origins: read.map(({ origin }) => origin) }
}

/** Without the apostrophe that keeps spreadsheets from taking a name of a plan for a formula, unless it belongs to the name. */
function findVm(name: string, vms: VmNames): Found {
  const found = vms.find(name)
  if (found.id !== undefined || !name.startsWith("'")) return found
  const bare = vms.find(name.slice(1))
  return bare.id === undefined ? found : bare
}

function readMove(
  source: CsvRow,
  nodes: NodeNames,
  vms: VmNames,
  faults: FaultList,
): ProblemMove | undefined {
  const row = new RowReader(source, faults)
  const vmName = row.required(MOVE_COLUMNS.vm, 'the name of the VM')
  const nodeName = row.required(MOVE_COLUMNS.to, 'the node to which it goes')
  const durationSeconds = row.quantity(MOVE_COLUMNS.durationSeconds, 'seconds', 1, '54 or 2min')
  if (vmName === undefined || nodeName === undefined) return undefined
  const vm = findVm(vmName, vms)
  const to = nodes.find(nodeName)
  if (vm.id === undefined) row.fault(MOVE_COLUMNS.vm, `${quote(vmName)} ${vm.fault}`)
  if (to.id === undefined) row.fault(MOVE_COLUMNS.to, `${quote(nodeName)} ${to.fault}`)
  if (vm.id === undefined || to.id === undefined) return undefined
  const move: ProblemMove = { vm: vm.id, to: to.id }
  if (durationSeconds !== undefined) move.durationSeconds = durationSeconds
  return move
}
