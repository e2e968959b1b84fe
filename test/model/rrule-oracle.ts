/**
 * A slow twin of rule expansion, straight from the definitions of RFC 5545: looks at every hour or day from the first instant on and
 * asks whether it belongs to the rule.
 */
import { daysInMonth, utcMs } from '../../src/model/instant.js'

type NumericPart = 'BYMONTH' | 'BYMONTHDAY' | 'BYYEARDAY' | 'BYHOUR' | 'BYMINUTE' | 'BYSECOND' | 'BYSETPOS'

export interface Rule {
  freq: 'HOURLY' | 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY'
  interval: number
  count: number | undefined
  /** Milliseconds of wall-clock time, inclusive. */
  untilMs: number | undefined
  weekStart: string
  /** As `2TU`, `-1FR`, `MO`. */
  byDay: readonly string[]
  by: Partial<Record<NumericPart, readonly number[]>>
}

/** Reads a rule that is known to be right; an `UNTIL` with Z is moved by the offset. */
export function readKnownRule(text: string, offsetMinutes = 0): Rule {
  const parts = new Map(text.split(';').map((part) => part.split('=') as [string, string]))
  const rule: Rule = {
    freq: parts.get('FREQ') as Rule['freq'],
    interval: Number(parts.get('INTERVAL') ?? 1),
    count: parts.has('COUNT') ? Number(parts.get('COUNT')) : undefined,
    untilMs: undefined,
    weekStart: parts.get('WKST') ?? 'MO',
    byDay: parts.get('BYDAY')?.split(',') ?? [],
    by: {},
  }
  for (const [part, value] of parts) {
    if (part.startsWith('BY') && part !== 'BYDAY') rule.by[part as NumericPart] = value.split(',').map(Number)
  }
  const until = parts.get('UNTIL')
  if (until === undefined) return rule
  const date = until.replace(/^(....)(..)(..).*/, '$1-$2-$3')
  const time = until.length === 8 ? '23:59:59' : until.slice(9, 15).replace(/(..)(..)(..)/, '$1:$2:$3')
  rule.untilMs = Date.parse(`${date}T${time}Z`) + (until.endsWith('Z') ? offsetMinutes * 60_000 : 0)
  return rule
}

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** In the order of `Date.getUTCDay`. */
const DAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA']

/** Starts in (fromMs, toMs), ascending. */
export function bruteForce(rule: Rule, firstMs: number, fromMs: number, toMs: number): number[] {
  const unit = rule.freq === 'HOURLY' ? HOUR : DAY
  const first = new Date(firstMs)
  const periods = new Map<number, number[]>()
  // From the start of the first period: a set position counts what lies before the first instant, too.
  const begin = rule.freq === 'HOURLY' ? floor(firstMs, HOUR) : periodStart(rule, firstMs)
  // … and one from the end of a period, what lies behind the last one asked for.
  for (let at = begin; at < toMs + 366 * DAY; at += unit) {
    const period = periodOf(rule, first, new Date(at))
    if (period % rule.interval !== 0 || !fits(rule, first, new Date(at))) continue
    const times = timesOf(rule, first, at)
    periods.set(period, [...(periods.get(period) ?? []), ...times])
  }
  const all: number[] = []
  for (const times of periods.values()) {
    times.sort((a, b) => a - b)
    const positions = rule.by.BYSETPOS
    const chosen = positions
      ? new Set(positions.map((position) => times[position > 0 ? position - 1 : times.length + position]))
      : new Set(times)
    for (const time of times) if (chosen.has(time)) all.push(time)
  }
  return all
    .sort((a, b) => a - b)
    .filter((ms) => ms >= firstMs && (rule.untilMs === undefined || ms <= rule.untilMs))
    .slice(0, rule.count)
    .filter((ms) => ms > fromMs && ms < toMs)
}

function floor(ms: number, unit: number): number {
  return Math.floor(ms / unit) * unit
}

function weekStart(rule: Rule, ms: number): number {
  const day = floor(ms, DAY)
  const behind = (new Date(day).getUTCDay() - DAYS.indexOf(rule.weekStart) + 7) % 7
  return day - behind * DAY
}

function periodStart(rule: Rule, ms: number): number {
  const date = new Date(ms)
  if (rule.freq === 'WEEKLY') return weekStart(rule, ms)
  if (rule.freq === 'MONTHLY') return utcMs(date.getUTCFullYear(), date.getUTCMonth() + 1, 1)
  if (rule.freq === 'YEARLY') return utcMs(date.getUTCFullYear(), 1, 1)
  return floor(ms, DAY)
}

function periodOf(rule: Rule, first: Date, at: Date): number {
  const years = at.getUTCFullYear() - first.getUTCFullYear()
  switch (rule.freq) {
    case 'HOURLY':
      return (floor(at.getTime(), HOUR) - floor(first.getTime(), HOUR)) / HOUR
    case 'DAILY':
      return (floor(at.getTime(), DAY) - floor(first.getTime(), DAY)) / DAY
    case 'WEEKLY':
      return (weekStart(rule, at.getTime()) - weekStart(rule, first.getTime())) / (7 * DAY)
    case 'MONTHLY':
      return years * 12 + at.getUTCMonth() - first.getUTCMonth()
    case 'YEARLY':
      return years
  }
}

function fits(rule: Rule, first: Date, at: Date): boolean {
  const { freq, by, byDay } = rule
  const year = at.getUTCFullYear()
  const month = at.getUTCMonth() + 1
  const day = at.getUTCDate()
  const monthDays = daysInMonth(year, month)
  const yearDays = (utcMs(year + 1, 1, 1) - utcMs(year, 1, 1)) / DAY
  const yearDay = (floor(at.getTime(), DAY) - utcMs(year, 1, 1)) / DAY + 1
  const has = (list: readonly number[] | undefined, value: number, size: number): boolean =>
    list === undefined || list.includes(value) || list.includes(value - size - 1)
  if (by.BYMONTH && !by.BYMONTH.includes(month)) return false
  if (!has(by.BYMONTHDAY, day, monthDays) || !has(by.BYYEARDAY, yearDay, yearDays)) return false
  if (freq === 'HOURLY' && by.BYHOUR && !by.BYHOUR.includes(at.getUTCHours())) return false
  if (byDay.length > 0) {
    const inMonth = freq === 'MONTHLY' || by.BYMONTH !== undefined
    const [index, size] = inMonth ? [day, monthDays] : [yearDay, yearDays]
    const forward = Math.ceil(index / 7)
    const backward = -Math.ceil((size - index + 1) / 7)
    const name = DAYS[at.getUTCDay()]
    return byDay.some((item) => {
      const position = Number.parseInt(item, 10)
      return item.endsWith(name) && (Number.isNaN(position) || position === forward || position === backward)
    })
  }
  if (by.BYMONTHDAY || by.BYYEARDAY) return true
  if (freq === 'WEEKLY') return at.getUTCDay() === first.getUTCDay()
  if (freq === 'MONTHLY') return day === first.getUTCDate()
  if (freq === 'YEARLY')
    return day === first.getUTCDate() && (by.BYMONTH !== undefined || month === first.getUTCMonth() + 1)
  return true
}

function timesOf(rule: Rule, first: Date, at: number): number[] {
  const hours =
    rule.freq === 'HOURLY' ? [new Date(at).getUTCHours()] : (rule.by.BYHOUR ?? [first.getUTCHours()])
  const times: number[] = []
  for (const hour of hours) {
    for (const minute of rule.by.BYMINUTE ?? [first.getUTCMinutes()]) {
      for (const second of rule.by.BYSECOND ?? [first.getUTCSeconds()]) {
        times.push(floor(at, DAY) + hour * HOUR + minute * 60_000 + second * 1000)
      }
    }
  }
  return times
}
