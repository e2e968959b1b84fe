/** Reads backup windows, from CSV or from a calendar. */
import { InvalidProblemError } from '../errors.js'
import { given } from '../given.js'
import { isLocalTime, LocalTimeError, readLocalTime } from '../io/local-time.js'
import { formatCount } from '../io/table/clock.js'
import { parseInstant } from '../model/instant.js'
import { quote } from '../model/issues.js'
import { DEFAULT_POLICY, type Instant, type ProblemWindow, type WindowKind } from '../model/problem.js'
import {
  type Column,
  type Columns,
  checkColumns,
  hasColumn,
  RowReader,
  type TableContext,
} from './csv/columns.js'
import { type CsvRow, parseCsvTable } from './csv/table.js'
import type { FaultList } from './failure.js'
import type { Assumption, InputFile, Origin } from './inventory.js'
import type { Found, NodeNames, VmNames } from './names.js'
import { decodeInput } from './text.js'

export const WINDOW_COLUMNS = {
  scope: { name: 'scope' },
  vm: { name: 'vm' },
  node: { name: 'node', aliases: ['host'] },
  start: { name: 'start' },
  end: { name: 'end' },
  duration: { name: 'duration', aliases: ['durationSeconds'] },
  rrule: { name: 'rrule' },
  kind: { name: 'kind' },
} as const satisfies Columns<string>

export interface ReadWindows {
  windows: ProblemWindow[]
  /** Of each window. */
  origins: Origin[]
}

export interface WindowNames {
  nodes: NodeNames
  vms: VmNames
}

/** What the times of a calendar are read by. */
export interface WindowTimes {
  /** Second 0 of the plan. */
  start: string | undefined
  zone: string | undefined
  /** Whether events that cannot be understood are faults. */
  strict: boolean | undefined
}

/** Faults are reported, and those windows left out. */
export async function readWindows(
  file: InputFile,
  times: WindowTimes,
  names: WindowNames,
  context: TableContext,
): Promise<ReadWindows> {
  const { faults, assumptions } = context
  const text = decodeInput(file)
  if (/^\s*BEGIN:VCALENDAR/i.test(text) || /\.ics$/i.test(file.name))
    return await readCalendar(file, text, times, names, faults, assumptions)
  const read: ReadWindows = { windows: [], origins: [] }
  const table = await parseCsvTable(file.name, text)
  const before = faults.items.length
  checkColumns(table, Object.values(WINDOW_COLUMNS), 'a table of windows', context)
  const { scope, vm, node, end, duration } = WINDOW_COLUMNS
  const require = (columns: readonly Column[]): void => {
    if (columns.some((column) => hasColumn(table, column))) return
    const wanted = columns.map(({ name }) => name).join(' or ')
    faults.add(
      { file: file.name, place: `line ${table.headerLine}` },
      `no column ${wanted}; every window needs it`,
    )
  }
  require([scope, vm, node])
  require([WINDOW_COLUMNS.start])
  require([end, duration])
  if (faults.items.length > before) return read
  for (const row of table.rows) {
    const window = await readWindow(row, times, names, faults)
    if (window === undefined) continue
    read.windows.push(window)
    read.origins.push(row.origin())
  }
  return read
}

/** The one place where calendars come in. */
async function readCalendar(
  { name }: InputFile,
  text: string,
  { start, zone, strict }: WindowTimes,
  names: WindowNames,
  faults: FaultList,
  assumptions: Assumption[],
): Promise<ReadWindows> {
  if (start === undefined) {
    faults.add(
      { file: name, place: '' },
      'a calendar needs the start of the plan; give --start, as in 2026-11-24T20:00:00+01:00',
      { option: 'start' },
    )
    return { windows: [], origins: [] }
  }
  const { readCalendar: readWindows } = await import('../io/calendar/read.js')
  const { horizonSeconds } = DEFAULT_POLICY
  const scope = { vms: names.vms.known(), nodes: names.nodes.known() }
  try {
    const read = await readWindows(text, {
      start,
      horizonSeconds,
      scope,
      ...given({ zone, strict }),
    })
    const { windows, momentary } = read
    const origin = { file: name, place: '' }
    if (momentary > 0)
      assumptions.push({ origin, text: `left out ${formatCount(momentary, 'event')} without any length` })
    for (const { path, message } of read.faults)
      assumptions.push({
        origin: { file: name, place: path },
        text: `left out, unless --strict is given: ${message}`,
      })
    const origins = windows.map((_, index) => ({ file: name, place: `window ${index + 1}` }))
    return { windows: resolveScopes(windows, (index) => origins[index], names, faults), origins }
  } catch (error) {
    if (!(error instanceof InvalidProblemError)) throw error
    for (const { path, message } of error.issues) faults.add({ file: name, place: path }, message)
    return { windows: [], origins: [] }
  }
}

/** Windows whose VMs and nodes have any of their names, with ids in their place; what names none is reported, and kept as it is. */
export function resolveScopes(
  windows: readonly ProblemWindow[],
  originOf: (index: number) => Origin,
  { nodes, vms }: WindowNames,
  faults: FaultList,
): ProblemWindow[] {
  return windows.map((window, index) => {
    const resolved = { ...window }
    const resolve = (key: 'vm' | 'node', { id, fault }: Found): void => {
      if (id === undefined) faults.add(originOf(index), `${key} ${quote(window[key]!)} ${fault}`)
      else resolved[key] = id
    }
    if (window.vm !== undefined) resolve('vm', vms.find(window.vm))
    if (window.node !== undefined) resolve('node', nodes.find(window.node))
    return resolved
  })
}

type Scope = { vm?: string; node?: string }

async function readWindow(
  source: CsvRow,
  { start: zero, zone }: WindowTimes,
  names: WindowNames,
  faults: FaultList,
): Promise<ProblemWindow | undefined> {
  const row = new RowReader(source, faults)
  const scope = readScope(row, names)
  const start = await readInstant(row, WINDOW_COLUMNS.start, zero, zone)
  // A time of day is the first behind the window's own start.
  const end = await readInstant(row, WINDOW_COLUMNS.end, typeof start === 'string' ? start : zero, zone)
  const durationSeconds = row.quantity(WINDOW_COLUMNS.duration, 'seconds', 1, '5400, 90min or 2h')
  const kind = row.oneOf<WindowKind>(WINDOW_COLUMNS.kind, ['backup', 'blackout'])
  const rrule = row.text(WINDOW_COLUMNS.rrule)
  if (start === undefined)
    row.required(WINDOW_COLUMNS.start, 'seconds from the start of the plan, or an instant')
  if (scope === undefined || start === undefined) return undefined
  return given({ ...scope, start, end, durationSeconds, rrule, kind })
}

/** Seconds where it is a number; the instant of a local time; else as it is, for the problem's own validation to judge. */
async function readInstant(
  row: RowReader,
  column: Column,
  after: string | undefined,
  zone: string | undefined,
): Promise<Instant | undefined> {
  // As spreadsheets write it.
  const text = row.text(column)?.replace(/^(\d{4}-\d{2}-\d{2}) +(?=\d)/, '$1T')
  if (isLocalTime(text)) {
    const parsed = after === undefined ? undefined : parseInstant(after)
    try {
      return await readLocalTime(text, { start: typeof parsed === 'object' ? parsed : undefined, zone })
    } catch (error) {
      if (!(error instanceof LocalTimeError)) throw error
      return row.fault(column, error.ofZone ? error.message : `${quote(text)}: ${error.message}`)
    }
  }
  if (text === undefined || /^\d{4}-/.test(text)) return text
  return row.quantity(
    column,
    'seconds',
    1,
    '3600 (seconds from the start), 02:00 or 2026-11-23T22:00:00+01:00',
  )
}

/** Whom a window covers: by the columns `vm` and `node`, or by `scope`: `vm:NAME`, `node:NAME`, a name that only one of them has, `cluster`. */
function readScope(row: RowReader, { nodes, vms }: WindowNames): Scope | undefined {
  const { scope: scopeColumn, vm: vmColumn, node: nodeColumn } = WINDOW_COLUMNS
  const given = [scopeColumn, vmColumn, nodeColumn].filter((column) => row.text(column) !== undefined)
  if (given.length !== 1) {
    const what =
      given.length === 0 ? 'says whom the window covers in no column' : 'says whom the window covers twice'
    return row.fault(scopeColumn, `${what}; write vm:NAME, node:NAME or cluster`)
  }
  const [column] = given
  const text = row.text(column)!
  const [, kind, rest = ''] =
    column === scopeColumn ? (/^(vm|node):\s*(.*)$/is.exec(text) ?? []) : [text, column.name, text]
  const find = (which: 'vm' | 'node', name: string): Scope | undefined => {
    const { id, fault } = which === 'vm' ? vms.find(name) : nodes.find(name)
    return id === undefined ? row.fault(column, `${quote(name)} ${fault}`) : { [which]: id }
  }
  if (kind !== undefined) return find(kind.toLowerCase() as 'vm' | 'node', rest)
  const [vm, node] = [vms.find(text).id, nodes.find(text).id]
  if (/^cluster$/i.test(text) && vm === undefined && node === undefined) return {}
  if (vm !== undefined && node !== undefined)
    return row.fault(column, `${quote(text)} is a VM and a node; write vm:${text} or node:${text}`)
  if (vm !== undefined) return { vm }
  if (node !== undefined) return { node }
  return row.fault(
    column,
    `${quote(text)} is none of the VMs and nodes; write the name of one of them, or cluster`,
  )
}
