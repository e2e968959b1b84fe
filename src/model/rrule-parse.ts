/** Checks the text of a recurrence rule part by part, so that every fault names what is bad. */
import { daysInMonth, utcMs } from './instant.js'
import { didYouMean, quote } from './issues.js'

/** What is wrong with a rule. The message goes behind the quoted rule. */
export class RuleError extends Error {}

const FREQUENCIES = ['HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'] as const
export type Frequency = (typeof FREQUENCIES)[number]

export interface RuleParts {
  /** The rule again, normalised, without `UNTIL`. */
  text: string
  freq: Frequency
  /** 1 to 1,000. */
  interval: number
  /** Whether it has a `COUNT`. */
  counts: boolean
  /** Whether it has a part that begins with `BY`. */
  limited: boolean
  /** Milliseconds of wall-clock time, inclusive. */
  untilMs: number | undefined
  /** Values of each part with a list. */
  sizes: ReadonlyMap<string, number>
}

const MAX_LENGTH = 1_000
/** Least and greatest value; 0 is refused where the least is negative. */
const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  INTERVAL: [1, 1_000],
  COUNT: [1, 1_000_000],
  BYMONTH: [1, 12],
  BYMONTHDAY: [-31, 31],
  BYYEARDAY: [-366, 366],
  BYHOUR: [0, 23],
  BYMINUTE: [0, 59],
  BYSECOND: [0, 59],
  BYSETPOS: [-366, 366],
}
const PARTS = ['FREQ', 'UNTIL', 'WKST', 'BYDAY', ...Object.keys(RANGES)]
const WEEKDAY = /^(MO|TU|WE|TH|FR|SA|SU)$/
const POSITION_AND_WEEKDAY = /^([+-]?(?:0?[1-9]|[1-4]\d|5[0-3]))?(MO|TU|WE|TH|FR|SA|SU)$/

/** @throws RuleError */
export function readRule(text: string, offsetMinutes: number): RuleParts {
  const parts = splitParts(text)
  const freq = readFrequency(parts.get('FREQ'))
  const sizes = new Map<string, number>()
  const normal: string[] = []
  let untilMs: number | undefined
  for (const [part, value] of parts) {
    if (part === 'UNTIL') {
      untilMs = readUntil(value, offsetMinutes)
      continue
    }
    if (part === 'WKST' && !WEEKDAY.test(value)) fail(part, value, 'write MO, TU, WE, TH, FR, SA or SU')
    let items = [value]
    if (part === 'BYDAY') items = readWeekdays(value)
    else if (part in RANGES) items = readNumbers(part, value)
    if (part === 'BYDAY') checkWeekdays(items, freq, parts)
    sizes.set(part, items.length)
    normal.push(`${part}=${items.join(',')}`)
  }
  if (freq === 'YEARLY' && parts.has('BYYEARDAY')) {
    const other = ['BYMONTHDAY', 'BYDAY'].find((part) => parts.has(part))
    if (other !== undefined) refuse(`BYYEARDAY together with ${other}`, 'write one of them')
  }
  return {
    text: normal.join(';'),
    freq,
    interval: Number(parts.get('INTERVAL') ?? 1),
    counts: parts.has('COUNT'),
    limited: [...parts.keys()].some((part) => part.startsWith('BY')),
    untilMs,
    sizes,
  }
}

function fail(part: string, value: string, wanted: string): never {
  throw new RuleError(`${part}=${quote(value)} is not valid; ${wanted}`)
}

/** For what RFC 5545 allows and rrule-temporal 2.2.8 was found to expand wrongly. */
function refuse(what: string, wanted: string): never {
  throw new RuleError(`${what} is not supported with FREQ=YEARLY; ${wanted}`)
}

function splitParts(text: string): Map<string, string> {
  if (text.length > MAX_LENGTH) throw new RuleError(`it is longer than ${MAX_LENGTH} characters`)
  const parts = new Map<string, string>()
  const rule = text.trim().toUpperCase()
  if (rule === '') throw new RuleError('it is empty; write one such as "FREQ=DAILY;COUNT=3"')
  if (rule.startsWith('RRULE:')) throw new RuleError('write it without "RRULE:" in front')
  for (const piece of rule.split(';')) {
    const at = piece.indexOf('=')
    const name = at < 0 ? piece : piece.slice(0, at)
    // Which days of a week that two years share count for which year, RFC 5545 leaves open.
    if (name === 'BYWEEKNO')
      throw new RuleError('BYWEEKNO is not supported; write BYMONTH, BYMONTHDAY or BYDAY instead')
    if (!PARTS.includes(name)) {
      const known = didYouMean(name, PARTS) || `; known: ${PARTS.join(', ')}`
      throw new RuleError(`${quote(name)} is not a part of a rule${known}`)
    }
    if (at < 0) throw new RuleError(`${name} has no value; write ${name}=…`)
    if (parts.has(name)) throw new RuleError(`${name} is there twice; write it once`)
    parts.set(name, piece.slice(at + 1))
  }
  return parts
}

function readFrequency(value: string | undefined): Frequency {
  const wanted = `write one of ${FREQUENCIES.join(', ')}`
  if (value === undefined) throw new RuleError(`FREQ is missing; ${wanted}`)
  if (value === 'SECONDLY' || value === 'MINUTELY') {
    const reason = 'a backup or blackout that often leaves no time to migrate'
    throw new RuleError(`FREQ=${value} is not supported: ${reason}; ${wanted}`)
  }
  const freq = FREQUENCIES.find((known) => known === value)
  return freq ?? fail('FREQ', value, wanted + didYouMean(value, FREQUENCIES))
}

/** A date alone includes that whole day; a time with Z is moved to the wall clock. */
function readUntil(value: string, offsetMinutes: number): number {
  const match = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z)?)?$/.exec(value)
  if (match === null) fail('UNTIL', value, 'write it as 20261130T220000Z, 20261130T220000 or 20261130')
  const [year, month, day] = match.slice(1, 4).map(Number)
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month))
    fail('UNTIL', value, 'there is no such date')
  if (match[4] === undefined) return utcMs(year, month, day, 23, 59, 59)
  const [hour, minute, second] = match.slice(4, 7).map(Number)
  if (hour > 23 || minute > 59 || second > 59) fail('UNTIL', value, 'there is no such time of day')
  return utcMs(year, month, day, hour, minute, second) + (match[7] === 'Z' ? offsetMinutes * 60_000 : 0)
}

function readWeekdays(value: string): string[] {
  const days = new Set<string>()
  for (const item of value.split(',')) {
    const match = POSITION_AND_WEEKDAY.exec(item)
    if (match === null) {
      const example = 'write days such as MO,TU, with a position where wanted: 2TU, -1FR'
      throw new RuleError(`BYDAY has ${quote(item)}; ${example}`)
    }
    days.add(`${match[1] === undefined ? '' : Number(match[1])}${match[2]}`)
  }
  return [...days]
}

function checkWeekdays(days: readonly string[], freq: Frequency, parts: ReadonlyMap<string, string>): void {
  const placed = days.filter((day) => day.length > 2)
  if (placed.length === 0) return
  if (freq === 'MONTHLY' || parts.has('BYMONTH')) {
    const far = placed.find((day) => Math.abs(Number.parseInt(day, 10)) > 5)
    if (far !== undefined)
      throw new RuleError(`BYDAY has "${far}", but no month has more than five of a weekday; write 1 to 5`)
  }
  if (freq !== 'YEARLY') return
  if (placed.length < days.length)
    refuse('BYDAY with and without positions', 'write two windows, one for each kind')
  if (parts.has('BYMONTHDAY')) refuse(`BYMONTHDAY together with BYDAY=${placed[0]}`, 'write one of them')
}

function readNumbers(part: string, value: string): string[] {
  const [min, max] = RANGES[part]
  const single = part === 'INTERVAL' || part === 'COUNT'
  const numbers = new Set<string>()
  for (const item of single ? [value] : value.split(',')) {
    const number = (min < 0 ? /^[+-]?\d{1,3}$/ : /^\d{1,9}$/).test(item) ? Number(item) : Number.NaN
    if (number >= min && number <= max && (min >= 0 || number !== 0)) {
      numbers.add(String(number))
      continue
    }
    if (single) fail(part, value, `write an integer from ${min} to ${max}`)
    const range = min < 0 ? `1 to ${max} or ${min} to -1` : `${min} to ${max}`
    throw new RuleError(`${part} has ${quote(item)}; write integers from ${range}, with commas between`)
  }
  return [...numbers]
}
