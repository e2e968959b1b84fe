/**
 * Recurrence rules (RFC 5545, section 3.3.10) over wall-clock time at one offset. Days are walked one by one and each is asked
 * whether it belongs to the rule: what a rule takes is bounded by the calendar, whatever it says, and a rule that never matches
 * merely finds nothing.
 */
import { daysInMonth, utcMs } from './instant.js'
import { type Frequency, parseRule, type Rule, RuleError, WEEKDAYS } from './rrule-parse.js'

export { RuleError }

/** Occurrences that one rule may have within the horizon. */
const MAX_OCCURRENCES = 10_000
/** End of the last year with four digits: no walk goes further. */
const LAST_MS = Date.UTC(10_000, 0, 1)

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const LONGEST_PERIOD_MS: Readonly<Record<Frequency, number>> = {
  HOURLY: HOUR_MS,
  DAILY: DAY_MS,
  WEEKLY: 7 * DAY_MS,
  MONTHLY: 31 * DAY_MS,
  YEARLY: 366 * DAY_MS,
}
/** 1970-01-01 was a Thursday; weekdays count from Monday, 0. */
const EPOCH_WEEKDAY = 3

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

/** Days that may still be walked, for all rules of a problem together. */
export interface WalkBudget {
  days: number
}

/**
 * Starts of the rule's occurrences in (fromMs, toMs), ascending, in milliseconds of wall-clock time. The first instant counts only if it
 * fits the rule.
 *
 * @throws RuleError
 */
export function expandRule(text: string, range: RuleRange, budget: WalkBudget): number[] {
  const rule = parseRule(text, range.offsetMinutes)
  const found = new Occurrences(rule, range)
  if (range.firstMs >= Math.min(range.toMs, LAST_MS)) return found.starts
  const period = evenPeriod(rule)
  if (period === undefined) walk(rule, range, found, budget)
  else {
    // Evenly spaced: those before the range need not be looked at, only counted.
    const skipped = Math.max(0, Math.floor((range.fromMs - range.firstMs) / period))
    found.skip(skipped)
    let at = range.firstMs + skipped * period
    while (found.take(at)) at += period
  }
  return found.starts
}

/** Milliseconds between the occurrences of a rule without BY parts; undefined where they are not even. */
function evenPeriod({ freq, interval, byDay, by }: Rule): number | undefined {
  if (byDay.length > 0 || Object.keys(by).length > 0) return undefined
  if (freq === 'HOURLY') return interval * HOUR_MS
  if (freq === 'DAILY') return interval * DAY_MS
  return freq === 'WEEKLY' ? 7 * interval * DAY_MS : undefined
}

/** Takes candidates in ascending order, and applies what does not depend on the calendar. */
class Occurrences {
  readonly starts: number[] = []
  private readonly range: RuleRange
  private readonly untilMs: number
  private left: number

  constructor(rule: Rule, range: RuleRange) {
    this.range = range
    this.untilMs = rule.untilMs ?? Number.POSITIVE_INFINITY
    this.left = rule.count ?? Number.POSITIVE_INFINITY
  }

  /** Counts occurrences before the range without naming them. */
  skip(count: number): void {
    this.left -= count
  }

  /** False once nothing that follows can count. */
  take(ms: number): boolean {
    const { firstMs, fromMs, toMs } = this.range
    if (ms < firstMs) return true
    if (ms >= toMs || ms > this.untilMs || ms >= LAST_MS || --this.left < 0) return false
    if (ms <= fromMs) return true
    if (this.starts.length === MAX_OCCURRENCES) {
      const most = `more than ${MAX_OCCURRENCES} occurrences within the horizon`
      throw new RuleError(`it has ${most}; write a rarer one, or shorten policy.horizonSeconds`)
    }
    this.starts.push(ms)
    return true
  }
}

/** A day of the calendar, moved forward one by one. */
class CalendarDay {
  /** Midnight, milliseconds of wall-clock time. */
  ms: number
  year: number
  /** 1 to 12. */
  month: number
  day: number
  monthDays: number
  /** 1 to 366. */
  yearDay: number
  yearDays: number
  /** 0 Monday to 6 Sunday. */
  weekday: number

  constructor(ms: number) {
    const date = new Date(ms)
    this.year = date.getUTCFullYear()
    this.month = date.getUTCMonth() + 1
    this.day = date.getUTCDate()
    this.ms = utcMs(this.year, this.month, this.day)
    this.monthDays = daysInMonth(this.year, this.month)
    this.yearDay = (this.ms - utcMs(this.year, 1, 1)) / DAY_MS + 1
    this.yearDays = 337 + daysInMonth(this.year, 2)
    this.weekday = (((this.ms / DAY_MS + EPOCH_WEEKDAY) % 7) + 7) % 7
  }

  next(): void {
    this.ms += DAY_MS
    this.weekday = this.weekday === 6 ? 0 : this.weekday + 1
    this.yearDay++
    if (++this.day <= this.monthDays) return
    this.day = 1
    if (++this.month > 12) {
      this.month = 1
      this.yearDay = 1
      this.year++
      this.yearDays = 337 + daysInMonth(this.year, 2)
    }
    this.monthDays = daysInMonth(this.year, this.month)
  }
}

function walk(rule: Rule, range: RuleRange, found: Occurrences, budget: WalkBudget): void {
  const { firstMs, fromMs, toMs } = range
  const first = new CalendarDay(firstMs)
  // Only a rule that counts must be followed from its first instant.
  const nearMs = rule.count === undefined ? Math.max(firstMs, fromMs) : firstMs
  // A position from the end needs the whole of the last period.
  const beyondMs = rule.by.BYSETPOS === undefined ? 0 : LONGEST_PERIOD_MS[rule.freq]
  const lastMs = Math.min(toMs, LAST_MS, rule.untilMs ?? LAST_MS) + beyondMs
  const fits = dayTest(rule, first)
  const times = timesOfDay(rule, firstMs - first.ms)
  const weekStart = WEEKDAYS.indexOf(rule.weekStart)
  const firstPeriod = periodOf(rule, first, weekStart)
  const positions = rule.by.BYSETPOS
  let buffer: number[] = []
  let bufferPeriod = Number.NaN
  const flush = (): boolean => {
    const chosen = positions === undefined ? buffer : choose(buffer, positions)
    buffer = []
    return chosen.every((ms) => found.take(ms))
  }

  for (const day = new CalendarDay(periodStart(rule, nearMs, weekStart)); day.ms <= lastMs; day.next()) {
    if (--budget.days < 0) {
      throw new RuleError(
        'the rules of this problem begin too long ago to be followed; begin them nearer to the start',
      )
    }
    if (!fits(day)) continue
    if (rule.freq === 'HOURLY') {
      for (let hour = 0; hour < 24; hour++) {
        const at = day.ms + hour * HOUR_MS
        const hours = Math.floor(at / HOUR_MS) - Math.floor(firstMs / HOUR_MS)
        if (hours % rule.interval !== 0 || rule.by.BYHOUR?.includes(hour) === false) continue
        for (const time of times) buffer.push(at + time)
        if (!flush()) return
      }
      continue
    }
    const period = periodOf(rule, day, weekStart)
    if ((period - firstPeriod) % rule.interval !== 0) continue
    // Without positions, nothing depends on the rest of the period.
    if (period !== bufferPeriod || positions === undefined) {
      if (!flush()) return
      bufferPeriod = period
    }
    for (const time of times) buffer.push(day.ms + time)
  }
  flush()
}

/** Those at the given positions, 1 the first and −1 the last; ascending. */
function choose(times: readonly number[], positions: readonly number[]): number[] {
  return times.filter((_, i) => positions.includes(i + 1) || positions.includes(i - times.length))
}

/** Midnight of the day on which the period of `ms` begins. */
function periodStart(rule: Rule, ms: number, weekStart: number): number {
  const day = new CalendarDay(ms)
  if (rule.freq === 'WEEKLY') return day.ms - ((day.weekday - weekStart + 7) % 7) * DAY_MS
  if (rule.freq === 'MONTHLY') return day.ms - (day.day - 1) * DAY_MS
  if (rule.freq === 'YEARLY') return day.ms - (day.yearDay - 1) * DAY_MS
  return day.ms
}

/** Number of the day's period; consecutive periods have consecutive numbers. */
function periodOf(rule: Rule, day: CalendarDay, weekStart: number): number {
  if (rule.freq === 'WEEKLY') return Math.floor((day.ms / DAY_MS + EPOCH_WEEKDAY - weekStart) / 7)
  if (rule.freq === 'MONTHLY') return day.year * 12 + day.month
  return rule.freq === 'YEARLY' ? day.year : day.ms / DAY_MS
}

/** Milliseconds since midnight (since the full hour, where the rule goes by hours), ascending. */
function timesOfDay(rule: Rule, firstTimeMs: number): number[] {
  const hourly = rule.freq === 'HOURLY'
  const hours = hourly ? [0] : (rule.by.BYHOUR ?? [Math.floor(firstTimeMs / HOUR_MS)])
  const minutes = rule.by.BYMINUTE ?? [Math.floor((firstTimeMs % HOUR_MS) / 60_000)]
  const seconds = rule.by.BYSECOND ?? [Math.floor((firstTimeMs % 60_000) / 1000)]
  const fractionMs = firstTimeMs % 1000
  const inMinute = (hour: number, minute: number) => (second: number) =>
    hour * HOUR_MS + minute * 60_000 + second * 1000 + fractionMs
  return hours.flatMap((hour) => minutes.flatMap((minute) => seconds.map(inMinute(hour, minute))))
}

/** Whether a day may hold occurrences, its period aside. Parts that are absent come from the first instant, as the frequency has it. */
function dayTest(rule: Rule, first: CalendarDay): (day: CalendarDay) => boolean {
  const { freq, by, byDay } = rule
  const { BYMONTH, BYMONTHDAY, BYYEARDAY } = by
  const named = byDay.length > 0 || BYMONTHDAY !== undefined || BYYEARDAY !== undefined
  const months = BYMONTH ?? (freq === 'YEARLY' && !named ? [first.month] : undefined)
  const monthDays =
    BYMONTHDAY ?? ((freq === 'YEARLY' || freq === 'MONTHLY') && !named ? [first.day] : undefined)
  const weekdays = byDay.map((item) => ({
    weekday: WEEKDAYS.indexOf(item.slice(-2)),
    position: item.length > 2 ? Number.parseInt(item, 10) : 0,
  }))
  if (freq === 'WEEKLY' && !named) weekdays.push({ weekday: first.weekday, position: 0 })
  // A position counts within the month, or within the year where a yearly rule names no month.
  const inMonth = freq === 'MONTHLY' || BYMONTH !== undefined

  return (day) => {
    if (months !== undefined && !months.includes(day.month)) return false
    if (monthDays !== undefined && !counts(monthDays, day.day, day.monthDays)) return false
    if (BYYEARDAY !== undefined && !counts(BYYEARDAY, day.yearDay, day.yearDays)) return false
    if (weekdays.length === 0) return true
    const index = inMonth ? day.day : day.yearDay
    const size = inMonth ? day.monthDays : day.yearDays
    const forward = Math.ceil(index / 7)
    const backward = -Math.ceil((size - index + 1) / 7)
    return weekdays.some(
      ({ weekday, position }) =>
        weekday === day.weekday && (position === 0 || position === forward || position === backward),
    )
  }
}

/** Whether a list with numbers from either end names the index-th of `size`. */
function counts(list: readonly number[], index: number, size: number): boolean {
  return list.includes(index) || list.includes(index - size - 1)
}
