/** Backup windows, from the schedules that the collect script read. */
import type { ProblemWindow } from '../../model/problem.js'
import { type Findings, Remarks } from '../findings.js'
import type { NodeRows } from './node-rows.js'
import { type Collected, mustBe, originOf, type Row, rawOf } from './rows.js'
import { asInstant, asMinutes, asText, asTexts } from './values.js'
import type { ReadVm } from './vms.js'

/** What is said once of many, `{names}`. */
const REMARKS = {
  guessed: 'backups without an earlier run are taken to last as long as -BackupMinutes said: {names}',
  measured: 'backups are taken to last as long as earlier runs did, at the UTC offset of the export: {names}',
  everything:
    'backups of something that is no VM and no node here close the whole cluster: {names}; narrow their windows in the problem',
  untimed:
    'no time of day tells when these run, so that no plan keeps clear of them: {names}; disable them while it runs',
}

const DAY_MINUTES = 1440
/** A backup that runs longer than this is one that hung. */
const MAX_MINUTES = 7 * DAY_MINUTES
const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
]
const WEEKS: Readonly<Record<string, number>> = { first: 1, second: 2, third: 3, fourth: 4, last: -1 }

export function readBackups(
  collected: Collected,
  nodes: NodeRows,
  vms: readonly ReadVm[],
  cluster: string | undefined,
  findings: Findings,
): ProblemWindow[] {
  const windows = new Map<string, ProblemWindow>()
  const remarks = new Remarks()
  const vmByName = new Map(vms.map(({ vm }) => [vm.id.toLowerCase(), vm.id]))
  for (const row of collected.rows.get('backup') ?? []) {
    const rule = readRule(row, remarks, findings)
    const span = rule === undefined ? undefined : readSpan(row, remarks, findings)
    if (rule === undefined || span === undefined) continue
    const scope = readScope(row, { nodes, vmByName, cluster }, remarks)
    const window: ProblemWindow = { ...scope, ...span, rrule: rule, kind: 'backup' }
    windows.set(JSON.stringify(window), window)
  }
  remarks.tell(findings, REMARKS)
  return [...windows.values()]
}

/** What a message calls the job. */
function jobOf(row: Row): string {
  const source = asText(rawOf(row, 'Source')) ?? 'backup'
  const job = asText(rawOf(row, 'Job')) ?? asText(rawOf(row, 'Node'))
  return job === undefined ? source : `${source} ${job}`
}

interface Known {
  nodes: NodeRows
  vmByName: ReadonlyMap<string, string>
  cluster: string | undefined
}

/** A VM, a node, or, where the job names something else (a folder, a tag, a VM of another cluster), everything: rather too much than too little. */
function readScope(
  row: Row,
  { nodes, vmByName, cluster }: Known,
  remarks: Remarks,
): { vm?: string; node?: string } {
  const host = asText(rawOf(row, 'Node'))
  const object = asText(rawOf(row, 'Object'))
  const vm = object === undefined ? undefined : vmByName.get(object.toLowerCase())
  if (vm !== undefined) return { vm }
  const node = nodes.names.find(object ?? host ?? '').id
  if (node !== undefined) return { node }
  const whole = object !== undefined && object.toLowerCase() === cluster?.toLowerCase()
  if (!whole) remarks.add('everything', `${jobOf(row)} (${object ?? host ?? 'no object'})`, originOf(row))
  return {}
}

/** The recurrence; undefined where no rule can tell when the job runs, which is said. */
function readRule(row: Row, remarks: Remarks, findings: Findings): string | undefined {
  const schedule = asText(rawOf(row, 'Schedule'))?.toLowerCase()
  if (schedule === 'daily') {
    const days = readDays(row, findings)
    if (days === undefined) return undefined
    return days.length === 0 || days.length === 7 ? 'FREQ=DAILY' : `FREQ=WEEKLY;BYDAY=${days.join(',')}`
  }
  if (schedule === 'monthly') return readMonthly(row, findings)
  remarks.add('untimed', `${jobOf(row)} (${schedule ?? 'no schedule'})`, originOf(row, 'Schedule'))
  return undefined
}

const weekday = (name: string) => DAYS[DAYS.indexOf(name.toLowerCase())]?.slice(0, 2).toUpperCase()

const listed = (row: Row, property: string): string[] =>
  (asTexts(rawOf(row, property)) ?? []).flatMap((text) => text.split(/[\s,;]+/)).filter(Boolean)

function readDays(row: Row, findings: Findings): string[] | undefined {
  const names = listed(row, 'Days')
  const days = names.map((name) => (/^[0-6]$/.test(name) ? weekday(DAYS[Number(name)]) : weekday(name)))
  if (days.every((day) => day !== undefined)) return [...new Set(days)]
  return mustBe(findings, row, 'Days', 'days of the week, as in "Monday,Friday"')
}

function readMonthly(row: Row, findings: Findings): string | undefined {
  const names = listed(row, 'Months')
  const months = names.map((name) => MONTHS.indexOf(name.toLowerCase()) + 1)
  if (months.includes(0)) {
    return mustBe(findings, row, 'Months', 'months, as in "January,July"')
  }
  const day = readDayOfMonth(row, findings)
  const some = months.length > 0 && months.length < 12
  return day === undefined || !some ? day : `${day};BYMONTH=${months.join(',')}`
}

function readDayOfMonth(row: Row, findings: Findings): string | undefined {
  const week = asText(rawOf(row, 'WeekOfMonth'))?.toLowerCase() ?? ''
  if (week === 'onday') {
    const day = asText(rawOf(row, 'DayOfMonth'))?.toLowerCase() ?? ''
    const number = day === 'last' ? -1 : Number(day)
    if (number === -1 || (Number.isInteger(number) && number >= 1 && number <= 31))
      return `FREQ=MONTHLY;BYMONTHDAY=${number}`
    return mustBe(findings, row, 'DayOfMonth', '1 to 31, or Last')
  }
  const days = readDays(row, findings)
  if (days === undefined) return undefined
  if (Object.hasOwn(WEEKS, week) && days.length === 1) return `FREQ=MONTHLY;BYDAY=${WEEKS[week]}${days[0]}`
  return mustBe(
    findings,
    row,
    'WeekOfMonth',
    'First, Second, Third, Fourth or Last, with one day in Days, or OnDay',
  )
}

/** First occurrence and length. It begins so long before the export that one still running then is inside. */
function readSpan(
  row: Row,
  remarks: Remarks,
  findings: Findings,
): { start: string; durationSeconds: number } | undefined {
  const time = /^(\d{1,2}):(\d{2})$/.exec(asText(rawOf(row, 'Time')) ?? '')
  const clock = asInstant(rawOf(row, 'Clock'))
  const minutes = asMinutes(rawOf(row, 'DurationMinutes'))
  const fault = (property: string, right: string) => {
    return mustBe(findings, row, property, right)
  }
  if (time === null || Number(time[1]) > 23 || Number(time[2]) > 59)
    return fault('Time', 'a time of day, as in 22:30')
  if (clock === undefined) return fault('Clock', 'an ISO 8601 instant with an offset, of when it was read')
  if (minutes === undefined || !(minutes > 0) || minutes > MAX_MINUTES)
    return fault('DurationMinutes', `a number of minutes, above 0, at most ${MAX_MINUTES}`)
  const from = asText(rawOf(row, 'DurationFrom'))
  remarks.add(
    from === 'longest run' || from === 'last run' ? 'measured' : 'guessed',
    `${jobOf(row)} ${Math.ceil(minutes)} min`,
    originOf(row, 'DurationMinutes'),
  )
  const back = 1 + Math.ceil(minutes / DAY_MINUTES)
  const wall = new Date(clock.epochMs + clock.offsetMinutes * 60_000 - back * DAY_MINUTES * 60_000)
  if (Number.isNaN(wall.getTime()) || wall.getUTCFullYear() < 1970 || wall.getUTCFullYear() > 9998)
    return fault('Clock', 'an instant of our time')
  const date = wall.toISOString().slice(0, 10)
  const start = `${date}T${time[1].padStart(2, '0')}:${time[2]}:00${offsetText(clock.offsetMinutes)}`
  return { start, durationSeconds: Math.ceil(minutes * 60) }
}

function offsetText(minutes: number): string {
  const size = Math.abs(minutes)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
}
