/**
 * Recurrence rules (RFC 5545, section 3.3.10) over wall-clock time, by ical.js's iterator. What that iterator gets wrong or takes
 * for ever is refused, with a reason: see `checkCombination`.
 */
import ICAL from 'ical.js'
import { utcMs } from './instant.js'
import { type Frequency, parseRule, type Rule, RuleError } from './rrule-parse.js'

export { RuleError }

/** Occurrences that one rule may have within the horizon. */
const MAX_OCCURRENCES = 10_000
/** Steps of the iterator, so that a rule costs some milliseconds at most. */
const MAX_STEPS = 40_000

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Of the frequencies whose periods have one length (wall-clock time at a fixed offset knows no summer time). */
const EVEN_UNIT_MS: Readonly<Partial<Record<Frequency, number>>> = {
  HOURLY: HOUR_MS,
  DAILY: DAY_MS,
  WEEKLY: 7 * DAY_MS,
}

export interface RuleRange {
  /** The rule's first instant, as milliseconds of wall-clock time. */
  firstMs: number
  /** Only occurrences that start after this matter … */
  fromMs: number
  /** … and before this. */
  toMs: number
  /** Of the wall clock: an `UNTIL` in UTC is read with it. */
  offsetMinutes: number
}

/**
 * Starts of the rule's occurrences in (fromMs, toMs), ascending, in milliseconds of wall-clock time. The first instant counts only if it
 * fits the rule.
 *
 * @throws RuleError
 */
export function expandRule(text: string, range: RuleRange): number[] {
  const rule = parseRule(text, range.offsetMinutes)
  const { fromMs, toMs } = range
  // The iterator counts whole seconds.
  const fractionMs = range.firstMs - Math.floor(range.firstMs / 1000) * 1000
  const firstMs = skipAhead(rule, range.firstMs - fractionMs, fromMs - fractionMs)
  const next = openEven(rule, range.firstMs - fractionMs, firstMs) ?? openIterator(rule, firstMs, toMs)
  const starts: number[] = []
  for (;;) {
    const ms = next()
    if (ms === undefined || ms + fractionMs >= toMs) return starts
    if (ms + fractionMs <= fromMs) continue
    if (starts.length === MAX_OCCURRENCES) {
      const most = `more than ${MAX_OCCURRENCES} occurrences within the horizon`
      throw new RuleError(`it has ${most}; write a rarer one, or shorten policy.horizonSeconds`)
    }
    starts.push(ms + fractionMs)
  }
}

/** Milliseconds between the occurrences of a rule without BY parts; undefined where they are not even. */
function evenPeriod(rule: Rule): number | undefined {
  const unit = EVEN_UNIT_MS[rule.freq]
  const plain = rule.byDay.length === 0 && Object.keys(rule.by).length === 0
  return unit !== undefined && plain ? unit * rule.interval : undefined
}

/** The occurrences from `atMs` on of a rule whose occurrences are evenly spaced from `firstMs`: no iterator is needed. */
function openEven(rule: Rule, firstMs: number, atMs: number): (() => number | undefined) | undefined {
  const period = evenPeriod(rule)
  if (period === undefined) return undefined
  const countedMs = rule.count === undefined ? Number.POSITIVE_INFINITY : firstMs + (rule.count - 1) * period
  const lastMs = Math.min(countedMs, rule.untilMs ?? Number.POSITIVE_INFINITY)
  let ms = atMs - period
  return () => {
    ms += period
    return ms <= lastMs ? ms : undefined
  }
}

/** The rule's first instant, moved by whole periods to just before `fromMs` where that changes no later occurrence. */
function skipAhead(rule: Rule, firstMs: number, fromMs: number): number {
  // Occurrences that count cannot be left out, unless they are even.
  if (rule.count !== undefined && evenPeriod(rule) === undefined) return firstMs
  const unit = EVEN_UNIT_MS[rule.freq]
  if (unit !== undefined) {
    const period = rule.interval * unit
    return firstMs + period * Math.max(0, Math.floor((fromMs - firstMs) / period) - 1)
  }
  const first = new Date(firstMs)
  // A day that not every month has cannot be moved.
  if (first.getUTCDate() > 28) return firstMs
  const from = new Date(fromMs)
  const years = from.getUTCFullYear() - first.getUTCFullYear()
  const months = years * 12 + from.getUTCMonth() - first.getUTCMonth()
  const step = rule.interval * (rule.freq === 'YEARLY' ? 12 : 1)
  return first.setUTCMonth(first.getUTCMonth() + step * Math.max(0, Math.floor(months / step) - 1))
}

class PastHorizon extends Error {}

/** Of the iterator that is running: ical.js sets it going in its constructor, before a subclass has fields. */
const limits = { steps: 0, lastYear: 0 }

function spendStep(last: InstanceType<typeof ICAL.Time> | null): void {
  if (last !== null && last.year > limits.lastYear) throw new PastHorizon()
  if (++limits.steps > MAX_STEPS) {
    throw new RuleError(
      `it takes more than ${MAX_STEPS} steps to follow; begin it nearer to the start of the plan`,
    )
  }
}

/** ical.js's iterator, stopped where a rule never matches again or goes on for too long. */
class BoundedIterator extends ICAL.RecurIterator {
  override check_contracting_rules(): boolean {
    spendStep(this.last)
    return super.check_contracting_rules()
  }

  override increment_month(): void {
    spendStep(this.last)
    super.increment_month()
  }

  override increment_year(by: number): void {
    spendStep(this.last)
    super.increment_year(by)
  }
}

/** The rule's occurrences one by one, from `firstMs` on; undefined at their end, or past `toMs`. */
function openIterator(rule: Rule, firstMs: number, toMs: number): () => number | undefined {
  limits.steps = 0
  // Occurrences ascend year by year at least: past this one, none can lie in the range.
  limits.lastYear =
    Math.max(new Date(firstMs).getUTCFullYear(), new Date(Math.min(toMs, LAST_MS)).getUTCFullYear()) + 1
  const recur = ICAL.Recur.fromData({
    freq: rule.freq,
    interval: rule.interval,
    wkst: rule.weekStart,
    ...(rule.count === undefined ? {} : { count: rule.count }),
    ...(rule.untilMs === undefined ? {} : { until: toTime(rule.untilMs) }),
    ...(rule.byDay.length === 0 ? {} : { byday: [...rule.byDay] }),
    ...Object.fromEntries(
      Object.entries(rule.by).map(([part, numbers]) => [part.toLowerCase(), [...numbers]]),
    ),
  } as never)
  const guarded = <T>(step: () => T): T | undefined => {
    try {
      return step()
    } catch (error) {
      if (error instanceof PastHorizon) return undefined
      if (error instanceof RuleError) throw error
      throw new RuleError(error instanceof Error ? error.message : 'it cannot be followed')
    }
  }
  const iterator = guarded(() => new BoundedIterator({ rule: recur, dtstart: toTime(firstMs) }))
  return () => guarded(() => toMilliseconds(iterator?.next()))
}

/** End of the year 9999: beyond it dates have no four digits, and no horizon is that long. */
const LAST_MS = Date.UTC(9999, 11, 31)

function toTime(ms: number): InstanceType<typeof ICAL.Time> {
  const date = new Date(ms)
  return ICAL.Time.fromData({
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
  })
}

function toMilliseconds(time: InstanceType<typeof ICAL.Time> | null | undefined): number | undefined {
  return time ? utcMs(time.year, time.month, time.day, time.hour, time.minute, time.second) : undefined
}
