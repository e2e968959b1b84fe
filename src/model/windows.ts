/** From windows as written (seconds, instants, rules) to their occurrences within the horizon. */
import { append } from '../lists.js'
import type { IdRegister } from './ids.js'
import { type ParsedInstant, parseInstant } from './instant.js'
import { type IssueList, quote, show } from './issues.js'
import { DEFAULT_POLICY, type Instant, type ResolvedProblem, type ResolvedWindow } from './problem.js'
import { expandRule, RuleError } from './rrule.js'
import { expandRuleInZone } from './rrule-zone.js'
import { LEAST_SPAN_SECONDS, MAX_INSTANT_SECONDS, windowSchema } from './schema.js'
import { eachElement, parseObject } from './shape.js'
import { ianaZone, type Zone } from './zone.js'

/** The problem's `start`; `faulty` where it has one that was reported. */
export type PlanStart = ParsedInstant | 'faulty' | undefined

/** Occurrences of all windows together. */
const MAX_WINDOWS = 1_000_000
/** Candidates that all rules together may look at: a few seconds at the worst. */
const MAX_CANDIDATES = 300_000

/** What an instant is read with. */
export interface InstantContext {
  start: PlanStart
  issues: IssueList
}

export interface WindowContext extends InstantContext {
  nodeIds: IdRegister
  vmIds: IdRegister
  /** Undefined where it has a fault: the default then serves to find other faults. */
  horizonSeconds: number | undefined
}

/** An instant in seconds from the plan's start, and the offset of its clock in minutes. */
interface Moment {
  seconds: number
  offsetMinutes: number
}

/**
 * `windows`: every occurrence of every window that meets [0, horizon), cut to it, sorted by start, then by index in the problem. Occurrences
 * of one rule may overlap. A rule counts in the wall-clock time of its zone, else of its start's offset (a numeric start has the problem's).
 */
export function readWindows(
  list: unknown,
  context: WindowContext,
): Pick<ResolvedProblem, 'windows' | 'noWorkWindows' | 'windowsBeyond' | 'foreignOffsets'> {
  const { nodeIds, vmIds, issues } = context
  const horizon = context.horizonSeconds ?? DEFAULT_POLICY.horizonSeconds
  const rules = new Map<string, readonly number[] | RuleError>()
  const zones = new Map<string, Zone | undefined>()
  const foreign = new Map<number, number[]>()
  let windowsBeyond = false
  const budget = { candidates: MAX_CANDIDATES }
  const windows: ResolvedWindow[] = []
  const noWorkWindows: Omit<ResolvedWindow, 'vm' | 'kind'>[] = []

  eachElement(list, 'windows', issues, (raw, path, source) => {
    const { value, record } = parseObject(windowSchema, raw, path, issues)
    vmIds.check(record.vm, `${path}.vm`)
    nodeIds.check(record.node, `${path}.node`)
    if (value === undefined) return
    const { vm, node, rrule, zone, kind } = value
    if (vm !== undefined && node !== undefined) {
      issues.add(path, 'has both "vm" and "node"; write one of them, or neither for the whole cluster')
    }
    if (vm !== undefined && kind === 'no-work') {
      issues.add(`${path}.vm`, 'is of a window that forbids works, and no VM has any; name a node, or none')
    }

    const start = readMoment(value.start, `${path}.start`, context, OPEN_ALREADY)
    const duration = readDuration(value, start, path, context)
    if (rrule !== undefined && context.start === undefined) {
      issues.add(
        `${path}.rrule`,
        `${quote(rrule)} needs the problem's "start"; write it, as "2026-11-23T20:00:00+01:00"`,
      )
      return
    }
    const clock = zone === undefined ? undefined : readZone(zone, rrule, path)
    if (start === undefined || duration === undefined) return
    const occurrences = rrule === undefined ? [start.seconds] : readRule(rrule, start, duration, clock, path)
    if (rrule !== undefined && zone === undefined) noteOffset(start.offsetMinutes, source)
    if (rrule !== undefined || start.seconds + duration > horizon) windowsBeyond = true
    for (const at of occurrences) {
      const startSeconds = Math.max(0, at)
      const endSeconds = Math.min(horizon, at + duration)
      if (startSeconds >= endSeconds) continue
      const scope = vm !== undefined ? { vm } : node !== undefined ? { node } : {}
      const occurrence = { ...scope, startSeconds, endSeconds, source }
      if (kind === 'no-work') noWorkWindows.push(occurrence)
      else windows.push({ ...occurrence, kind })
    }
    if (windows.length + noWorkWindows.length > MAX_WINDOWS) {
      issues.add(path, `makes more than ${MAX_WINDOWS} occurrences in all; shorten policy.horizonSeconds`)
      issues.full = true
    }
  })
  for (const list of [windows, noWorkWindows])
    list.sort((a, b) => a.startSeconds - b.startSeconds || a.source - b.source)
  return {
    windows,
    noWorkWindows,
    windowsBeyond,
    foreignOffsets: [...foreign].map(([offsetMinutes, sources]) => ({ offsetMinutes, sources })),
  }

  /** A rule that keeps an offset other than that of the plan's start may be an hour off, since clocks are changed. */
  function noteOffset(offsetMinutes: number, source: number): void {
    if (typeof context.start !== 'object' || offsetMinutes === context.start.offsetMinutes) return
    append(foreign, offsetMinutes, source)
  }

  function readZone(
    name: string,
    rrule: string | undefined,
    path: string,
  ): { name: string; zone: Zone } | undefined {
    if (rrule === undefined)
      issues.add(
        `${path}.zone`,
        'is there without "rrule"; write a rule too, or leave it out: an instant has an offset',
      )
    // What runtimes take for a zone beside names of the database.
    if (!zones.has(name)) zones.set(name, /^[+-]/.test(name) ? undefined : ianaZone(name))
    const zone = zones.get(name)
    if (zone !== undefined) return { name, zone }
    issues.add(
      `${path}.zone`,
      `${quote(name)} is no time zone; write a name of the IANA database, as "Europe/Berlin"`,
    )
    return undefined
  }

  function readRule(
    rrule: string,
    first: Moment,
    duration: number,
    clock: { name: string; zone: Zone } | undefined,
    path: string,
  ): readonly number[] {
    if (context.start === undefined || context.start === 'faulty') return []
    const { epochMs } = context.start
    const key = `${first.seconds} ${clock?.name ?? first.offsetMinutes} ${duration} ${rrule}`
    let starts = rules.get(key)
    if (starts === undefined) {
      try {
        starts = (clock === undefined ? atOffset() : inZone(clock.zone)).map((ms) => (ms - epochMs) / 1000)
      } catch (error) {
        if (!(error instanceof RuleError)) throw error
        starts = error
      }
      rules.set(key, starts)
    }
    if (!(starts instanceof RuleError)) return starts
    issues.add(`${path}.rrule`, `${quote(rrule)}: ${starts.message}`)
    return []

    function atOffset(): number[] {
      const shift = first.offsetMinutes * 60_000
      const range = {
        firstMs: epochMs + shift + first.seconds * 1000,
        fromMs: epochMs + shift - duration * 1000,
        toMs: epochMs + shift + horizon * 1000,
        offsetMinutes: first.offsetMinutes,
      }
      return expandRule(rrule, range, budget).map((ms) => ms - shift)
    }

    function inZone(zone: Zone): number[] {
      const firstMs = epochMs + first.seconds * 1000
      const span = { fromMs: epochMs - duration * 1000, toMs: epochMs + horizon * 1000 }
      return expandRuleInZone(rrule, zone, firstMs + zone.offsetMs(firstMs), span, budget)
    }
  }
}

/** Seconds from start to end, > 0. */
function readDuration(
  window: { end?: Instant | undefined; durationSeconds?: number | undefined },
  start: Moment | undefined,
  path: string,
  context: WindowContext,
): number | undefined {
  const { end, durationSeconds } = window
  const { issues } = context
  if (end === undefined && durationSeconds === undefined) {
    issues.add(path, 'has neither "end" nor "durationSeconds"; write one of them')
    return undefined
  }
  if (end === undefined) return durationSeconds
  const finish = readMoment(end, `${path}.end`, context, OPEN_ALREADY)
  if (durationSeconds !== undefined) {
    issues.add(path, 'has both "end" and "durationSeconds"; write one of them')
    return undefined
  }
  if (start === undefined || finish === undefined) return undefined
  const seconds = finish.seconds - start.seconds
  // Half of it, since a difference of floats may be a trace shorter.
  if (seconds > LEAST_SPAN_SECONDS / 2) return seconds
  const distance = seconds > 0 ? 'less than a microsecond after its start' : `${-seconds} s before it starts`
  const when = seconds === 0 ? 'the instant at which it starts' : distance
  issues.add(`${path}.end`, `${show(end)} is ${when}; write a later end`)
  return undefined
}

const OPEN_ALREADY = ' (0 for a window that is open already)'

/**
 * Undefined where it is none, which is reported.
 *
 * @param zero what the message says of 0
 */
export function readMoment(
  instant: Instant,
  path: string,
  { start, issues }: InstantContext,
  zero = '',
): Moment | undefined {
  if (typeof instant === 'number') {
    if (instant >= 0 && instant <= MAX_INSTANT_SECONDS) {
      return { seconds: instant, offsetMinutes: typeof start === 'object' ? start.offsetMinutes : 0 }
    }
    const wanted = `write seconds from the start of the plan, at least 0${zero} and at most ${MAX_INSTANT_SECONDS}`
    issues.add(path, `${show(instant)} is out of range; ${wanted}`)
    return undefined
  }
  const parsed = parseInstant(instant)
  if (typeof parsed === 'string') {
    const number = /^\s*\d+(\.\d+)?\s*$/.test(instant)
      ? `; for seconds write ${Number(instant)}, without quotes`
      : ''
    issues.add(path, `${quote(instant)} ${parsed}${number}`)
    return undefined
  }
  if (start === undefined) {
    const message = `${quote(instant)} is a date, and the problem has no "start"; write one, or seconds here`
    issues.add(path, message)
    return undefined
  }
  if (start === 'faulty') return undefined
  return { seconds: (parsed.epochMs - start.epochMs) / 1000, offsetMinutes: parsed.offsetMinutes }
}
