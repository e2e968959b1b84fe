/** Reads the moves that the user wants, from CSV. */
import { quote } from '../model/issues.js'
import type { ProblemMove } from '../model/problem.js'
import { type Columns, checkColumns, hasColumn, RowReader } from './csv/columns.js'
import { type CsvRow, readCsvTable } from './csv/table.js'
import type { FaultList } from './failure.js'
import type { InputFile, Origin } from './inventory.js'
import type { NodeNames, VmNames } from './names.js'

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
  faults: FaultList,
): Promise<ReadMoves> {
  const read: ReadMoves = { moves: [], origins: [] }
  const table = await readCsvTable(file)
  const before = faults.items.length
  checkColumns(table, Object.values(MOVE_COLUMNS), 'a table of moves', faults)
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
  const vm = vms.find(vmName)
  const to = nodes.find(nodeName)
  if (vm.id === undefined) row.fault(MOVE_COLUMNS.vm, `${quote(vmName)} ${vm.fault}`)
  if (to.id === undefined) row.fault(MOVE_COLUMNS.to, `${quote(nodeName)} ${to.fault}`)
  if (vm.id === undefined || to.id === undefined) return undefined
  const move: ProblemMove = { vm: vm.id, to: to.id }
  if (durationSeconds !== undefined) move.durationSeconds = durationSeconds
  return move
}
