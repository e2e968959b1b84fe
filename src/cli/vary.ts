/** `--vary NAME=VALUES`: what a sweep changes in a problem, and to what. */
import { findZone, isoAt } from '../io/calendar/zones.js'
import { parseInstant } from '../model/instant.js'
import { didYouMean, quote } from '../model/issues.js'
import type { Problem, ProblemDrain } from '../model/problem.js'
import { instantOf, type Zone } from '../model/zone.js'
import type { SweepCell, SweepDimension } from '../sweep/sweep.js'
import { CliError } from './failure.js'
import { durationOption } from './numbers.js'

/** Plans of one sweep. */
const MOST_CELLS = 10_000
const DAY_MS = 86_400_000
const NAMES = ['slots', 'start', 'night', 'drain', 'seed', 'effort', 'schedule'] as const
const POLICY = 'policy.'

/** What a cell becomes, before its start is known. */
interface Draft extends SweepCell {
  /** As the clock on the wall shows it: ms since 1970-01-01T00:00 there. */
  wallMs: number | undefined
  nights: number
}
interface Setting {
  label: string
  apply(draft: Draft): void
}
interface Dimension {
  name: string
  settings: Setting[]
}

/** The problem's own start, and the zone in which times without a date are meant. */
interface Base {
  zone: Zone
  wallMs: number
}

/**
 * Every cell of the grid, the last name changing fastest.
 *
 * @param problem valid
 * @param zone of times without an offset; undefined: the offset of the problem's start
 * @throws CliError that says what is wrong with which `--vary`, and what would be right
 */
export async function gridOf(
  texts: readonly string[],
  problem: Problem,
  zone: string | undefined,
): Promise<{ dimensions: SweepDimension[]; cells: SweepCell[] }> {
  const base = await baseOf(problem, zone)
  const dimensions: Dimension[] = []
  for (const text of texts) {
    const dimension = parse(text, problem, base)
    if (dimensions.some(({ name }) => name === dimension.name))
      throw new CliError(
        `--vary ${text}: ${dimension.name} is varied twice; give all of its values in one --vary`,
      )
    dimensions.push(dimension)
  }
  const size = dimensions.reduce((product, { settings }) => product * settings.length, 1)
  if (size > MOST_CELLS)
    throw new CliError(
      `--vary: that is ${size} plans, more than ${MOST_CELLS}; vary less, or in larger steps`,
    )
  const cells = Array.from({ length: size }, (_, index) => cellAt(index, dimensions, problem, base))
  return {
    dimensions: dimensions.map(({ name, settings }) => ({
      name,
      values: settings.map(({ label }) => label),
    })),
    cells,
  }
}

function cellAt(
  index: number,
  dimensions: readonly Dimension[],
  problem: Problem,
  base: Base | undefined,
): SweepCell {
  const draft: Draft = { problem: { ...problem }, options: {}, settings: {}, wallMs: undefined, nights: 0 }
  let rest = index
  for (const { name, settings } of [...dimensions].reverse()) {
    const setting = settings[rest % settings.length]!
    rest = Math.floor(rest / settings.length)
    draft.settings[name] = setting.label
    setting.apply(draft)
  }
  const { wallMs, nights, settings, ...cell } = draft
  if (base !== undefined && (wallMs !== undefined || nights > 0)) {
    const wall = (wallMs ?? base.wallMs) + nights * DAY_MS
    cell.problem = { ...cell.problem, start: isoAt(base.zone, instantOf(base.zone, wall)) }
  }
  const ordered = Object.fromEntries(dimensions.map(({ name }) => [name, settings[name]!]))
  return { ...cell, settings: ordered }
}

async function baseOf({ start }: Problem, name: string | undefined): Promise<Base | undefined> {
  const parsed = start === undefined ? undefined : parseInstant(start)
  if (parsed === undefined || typeof parsed === 'string') return undefined
  const { findIana } = await import('windows-iana')
  const offsetMs = parsed.offsetMinutes * 60_000
  const zone =
    name === undefined
      ? { offsetMs: () => offsetMs }
      : findZone(name, findIana as Parameters<typeof findZone>[1])
  if (zone === undefined)
    throw new CliError(`--zone ${name}: is no time zone; write a name such as Europe/Berlin, or an offset`)
  return { zone, wallMs: parsed.epochMs + zone.offsetMs(parsed.epochMs) }
}

function parse(text: string, problem: Problem, base: Base | undefined): Dimension {
  const fail = (message: string): never => {
    throw new CliError(`--vary ${text}: ${message}`)
  }
  const at = text.indexOf('=')
  const [name, values] = [text.slice(0, at), text.slice(at + 1)]
  if (at < 1 || values === '') return fail('write NAME=VALUES, as in slots=1,2 or start=20:00..23:00/30m')
  const known = [...NAMES, 'policy.KEY']
  const settings = settingsOf(name, values, problem, base, fail)
  if (settings === undefined)
    return fail(`${quote(name)} cannot be varied${didYouMean(name, NAMES)}; known are ${known.join(', ')}`)
  const twice = settings.find(({ label }, i) => settings.findIndex((other) => other.label === label) !== i)
  if (twice !== undefined) return fail(`${quote(twice.label)} comes twice`)
  return { name, settings }
}

type Fail = (message: string) => never

function settingsOf(
  name: string,
  values: string,
  problem: Problem,
  base: Base | undefined,
  fail: Fail,
): Setting[] | undefined {
  const requireStart = (): Base =>
    base ?? fail('the problem has no start to be moved; write one, as "start": "2026-11-23T20:00:00+01:00"')
  switch (name) {
    case 'slots':
      return integers(values, 1, 1_000_000, fail).map((slots) => ({
        label: String(slots),
        apply(draft) {
          draft.problem.nodes = draft.problem.nodes.map((node) => ({ ...node, slots }))
        },
      }))
    case 'night':
      return nights(values, requireStart(), fail)
    case 'start':
      return starts(values, requireStart(), fail)
    case 'drain':
      return drains(values, problem, fail)
    case 'seed':
      return integers(values, 0, 0xffff_ffff, fail).map((seed) => option('seed', seed))
    case 'effort':
      return integers(values, 1, 5, fail).map((effort) => option('effort', effort as 1 | 2 | 3 | 4 | 5))
    case 'schedule':
      return values.split(',').map((schedule) => {
        if (schedule !== 'timeline' && schedule !== 'rounds')
          return fail('write timeline, rounds, or both with a comma between')
        return option('schedule', schedule)
      })
    default:
      if (name.length <= POLICY.length || !name.startsWith(POLICY)) return undefined
      return values.split(',').map((text) => policy(name.slice(POLICY.length), text))
  }
}

function option<K extends 'seed' | 'effort' | 'schedule'>(
  key: K,
  value: NonNullable<SweepCell['options'][K]>,
): Setting {
  return {
    label: String(value),
    apply(draft) {
      draft.options[key] = value
    },
  }
}

/** Whether the value fits is the validator's to say. */
function policy(key: string, text: string): Setting {
  const value =
    text === 'true' ? true : text === 'false' ? false : /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
  return {
    label: text,
    apply(draft) {
      draft.problem.policy = { ...draft.problem.policy, [key]: value }
    },
  }
}

/** `1,2,4`, `1..4`, `10..50/10`, or several of these. */
function integers(values: string, least: number, most: number, fail: Fail): number[] {
  const found: number[] = []
  for (const part of values.split(',')) {
    const [, from = '', to = from, step = '1'] = /^(\d+)(?:\.\.(\d+)(?:\/(\d+))?)?$/.exec(part) ?? []
    const [first, last, by] = [from, to, step].map(Number) as [number, number, number]
    if (from === '' || first < least || last > most || first > last || by < 1)
      return fail(
        `${quote(part)} must be an integer from ${least} to ${most}, or a range of them, as in 1..4 or 10..50/10`,
      )
    if ((last - first) / by > MOST_CELLS) return fail(`${quote(part)} has more than ${MOST_CELLS} values`)
    for (let value = first; value <= last; value += by) found.push(value)
  }
  return found
}

const dateOf = (wallMs: number): string => new Date(wallMs).toISOString().slice(0, 10)

/** `7`: tonight and the six nights after. */
function nights(values: string, { wallMs }: Base, fail: Fail): Setting[] {
  if (!/^\d{1,3}$/.test(values) || Number(values) < 1 || Number(values) > 366)
    return fail(
      'night is how many nights, from that of the problem on: an integer from 1 to 366, as in night=7',
    )
  return Array.from({ length: Number(values) }, (_, night) => ({
    label: dateOf(wallMs + night * DAY_MS),
    apply(draft) {
      draft.nights = night
    },
  }))
}

const MINUTE_MS = 60_000
const wallText = (wallMs: number): string => new Date(wallMs).toISOString().slice(0, 16)

/** `20:00,21:30`, `20:00..23:00/30m`, with dates or without. */
function starts(values: string, base: Base, fail: Fail): Setting[] {
  const walls: number[] = []
  let dated = false
  const read = (text: string): number => {
    const clock = /^(\d{1,2}):(\d{2})$/.exec(text)
    const parsed = parseInstant(
      clock !== null
        ? `${dateOf(base.wallMs)}T${text.padStart(5, '0')}Z`
        : /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}$/.test(text)
          ? `${text.replace(' ', 'T')}Z`
          : text,
    )
    if (typeof parsed === 'string')
      return fail(
        `${quote(text)} must be a time of day, as 20:00, one with its date, as 2026-11-24T20:00, or an instant`,
      )
    if (clock === null) dated = true
    const isWall = clock !== null || /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}$/.test(text)
    return isWall ? parsed.epochMs : parsed.epochMs + base.zone.offsetMs(parsed.epochMs)
  }
  for (const part of values.split(',')) {
    const [range = '', step, ...more] = part.split('/')
    const [from = '', to, ...others] = range.split('..')
    if (more.length + others.length > 0 || (to === undefined) !== (step === undefined))
      return fail(`${quote(part)} must be a time, or a range with its step, as in 20:00..23:00/30m`)
    const first = read(from)
    if (to === undefined) {
      walls.push(first)
      continue
    }
    const end = read(to)
    // Over midnight.
    const last = end < first && !dated ? end + DAY_MS : end
    const stepMs = seconds(step ?? '', fail) * 1000
    if (stepMs < MINUTE_MS || last < first || (last - first) / stepMs > MOST_CELLS)
      return fail(
        `${quote(part)} must go forward, in steps of a minute or more, ${MOST_CELLS} of them at most`,
      )
    for (let wall = first; wall <= last; wall += stepMs) walls.push(wall)
  }
  const sameDay = walls.every((wall) => dateOf(wall) === dateOf(base.wallMs))
  return walls.map((wallMs) => ({
    label: sameDay && !dated ? wallText(wallMs).slice(11) : wallText(wallMs),
    apply(draft) {
      draft.wallMs = wallMs
    },
  }))
}

function seconds(text: string, fail: Fail): number {
  try {
    return durationOption(text)
  } catch {
    return fail(`${quote(text)} must be a length of time, as in 30m or 1h`)
  }
}

/** `HV01|HV02+HV03`: one alternative after another, each one node or several. */
function drains(values: string, problem: Problem, fail: Fail): Setting[] {
  const ids = problem.nodes.map(({ id }) => id)
  const own = new Map<string, ProblemDrain>(
    (problem.request.drain ?? []).map((drain) => [typeof drain === 'string' ? drain : drain.node, drain]),
  )
  return values.split('|').map((label) => {
    const drain = label.split('+').map((id) => {
      if (!ids.includes(id))
        return fail(
          `${quote(id)} is no node of the problem${didYouMean(id, ids)}; write HV01|HV02+HV03: | between alternatives, + between nodes`,
        )
      return own.get(id) ?? id
    })
    return {
      label,
      apply(draft: Draft) {
        draft.problem.request = { ...draft.problem.request, drain }
      },
    }
  })
}

/** What stays behind when a start moves, to be said once. */
export function notesOfSweep(dimensions: readonly SweepDimension[], { windows = [] }: Problem): string[] {
  if (!dimensions.some(({ name }) => name === 'start' || name === 'night')) return []
  const relative = windows.filter(({ start }) => typeof start === 'number').length
  if (relative === 0) return []
  const [has, moves] = relative === 1 ? ['window is', 'moves'] : ['windows are', 'move']
  return [
    `${relative} ${has} written in seconds from the start and ${moves} with it; one that is written as an instant stays where it is`,
  ]
}
