/** Reads the text of a recurrence rule strictly: every fault names the part that is bad. */

import { daysInMonth, utcMs } from './instant.js'
import { didYouMean, quote } from './issues.js'

/** What is wrong with a rule. The message goes behind the quoted rule. */
export class RuleError extends Error {}

export type Frequency = 'HOURLY' | 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY'
export type NumericPart =
  | 'BYMONTH'
  | 'BYMONTHDAY'
  | 'BYYEARDAY'
  | 'BYHOUR'
  | 'BYMINUTE'
  | 'BYSECOND'
  | 'BYSETPOS'

export interface Rule {
  freq: Frequency
  /** 1 to 1,000. */
  interval: number
  count: number | undefined
  /** Milliseconds of wall-clock time, inclusive. */
  untilMs: number | undefined
  /** As `MO`, the default. */
  weekStart: string
  /** As `2TU`, `-1FR`, `MO`; empty where absent. */
  byDay: readonly string[]
  /** Ascending, without repeats. */
  by: Partial<Record<NumericPart, readonly number[]>>
}

const FREQUENCIES: readonly string[] = ['HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY']
/** In the order in which the calendar counts them here: Monday is 0. */
export const WEEKDAYS: readonly string[] = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']
const MAX_LENGTH = 1_000
const MAX_INTERVAL = 1_000
const MAX_COUNT = 1_000_000

/** Least and greatest value; 0 is refused where the least is negative. */
const RANGES: Readonly<Record<NumericPart, readonly [number, number]>> = {
  BYMONTH: [1, 12],
  BYMONTHDAY: [-31, 31],
  BYYEARDAY: [-366, 366],
  BYHOUR: [0, 23],
  BYMINUTE: [0, 59],
  BYSECOND: [0, 59],
  BYSETPOS: [-366, 366],
}
const PARTS = ['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'WKST', 'BYDAY', ...Object.keys(RANGES)]

/** @throws RuleError */
export function parseRule(text: string, offsetMinutes: number): Rule {
  const parts = splitParts(text)
  const rule: Rule = {
    freq: readFrequency(parts.get('FREQ')),
    interval: readCount(parts, 'INTERVAL', MAX_INTERVAL) ?? 1,
    count: readCount(parts, 'COUNT', MAX_COUNT),
    untilMs: parts.has('UNTIL') ? readUntil(parts.get('UNTIL')!, offsetMinutes) : undefined,
    weekStart: parts.get('WKST') ?? 'MO',
    byDay: parts.has('BYDAY') ? readWeekdays(parts.get('BYDAY')!) : [],
    by: {},
  }
  if (!WEEKDAYS.includes(rule.weekStart)) fail('WKST', rule.weekStart, `write one of ${WEEKDAYS.join(', ')}`)
  if (rule.count !== undefined && rule.untilMs !== undefined)
    throw new RuleError('it has both COUNT and UNTIL; write one')
  for (const part of Object.keys(RANGES) as NumericPart[]) {
    if (parts.has(part)) rule.by[part] = readNumbers(part, parts.get(part)!)
  }
  checkCombination(rule)
  return rule
}

function fail(part: string, value: string, wanted: string): never {
  throw new RuleError(`${part}=${quote(value)} is not valid; ${wanted}`)
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
    if (name === 'BYWEEKNO')
      throw new RuleError('BYWEEKNO is not supported; write BYMONTH, BYMONTHDAY or BYDAY instead')
    if (!PARTS.includes(name)) {
      throw new RuleError(
        `${quote(name)} is not a part of a rule${didYouMean(name, PARTS) || `; known: ${PARTS.join(', ')}`}`,
      )
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
  if (!FREQUENCIES.includes(value)) fail('FREQ', value, wanted + didYouMean(value, FREQUENCIES))
  return value as Frequency
}

function readCount(parts: ReadonlyMap<string, string>, part: string, max: number): number | undefined {
  const value = parts.get(part)
  if (value === undefined) return undefined
  const number = /^\d{1,9}$/.test(value) ? Number(value) : 0
  if (number < 1 || number > max) fail(part, value, `write an integer from 1 to ${max}`)
  return number
}

/** A date alone includes that whole day; a time with Z is moved to the wall clock. */
function readUntil(value: string, offsetMinutes: number): number {
  const match = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z)?)?$/.exec(value)
  const wanted = 'write it as 20261130T220000Z, 20261130T220000 or 20261130'
  if (match === null) fail('UNTIL', value, wanted)
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
    const match = /^([+-]?)(\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)$/.exec(item)
    const position = Number(match?.[2] ?? 1)
    if (match === null || position < 1 || position > 53 || (match[1] !== '' && match[2] === undefined)) {
      const example = 'write days such as MO,TU, with a position where wanted: 2TU, -1FR'
      throw new RuleError(`BYDAY has ${quote(item)}; ${example}`)
    }
    days.add(`${match[1] === '-' ? '-' : ''}${match[2] === undefined ? '' : position}${match[3]}`)
  }
  return [...days]
}

function readNumbers(part: NumericPart, value: string): number[] {
  const [min, max] = RANGES[part]
  const numbers = new Set<number>()
  for (const item of value.split(',')) {
    const number = /^[+-]?\d{1,3}$/.test(item) ? Number(item) : Number.NaN
    if (!(number >= min && number <= max) || (min < 0 && number === 0)) {
      const range = min < 0 ? `1 to ${max} or ${min} to -1` : `${min} to ${max}`
      throw new RuleError(`${part} has ${quote(item)}; write integers from ${range}, with commas between`)
    }
    numbers.add(number)
  }
  return [...numbers].sort((a, b) => a - b)
}

/** Parts that RFC 5545 does not let go together. */
function checkCombination({ freq, byDay, by }: Rule): void {
  const position = byDay.find((day) => day.length > 2)
  if (position !== undefined && freq !== 'MONTHLY' && freq !== 'YEARLY') {
    throw new RuleError(
      `BYDAY=${position} has a position, which FREQ=${freq} does not take; write ${position.slice(-2)}`,
    )
  }
  if (position !== undefined && (freq === 'MONTHLY' || by.BYMONTH !== undefined)) {
    const far = byDay.find((day) => Math.abs(Number.parseInt(day, 10)) > 5)
    if (far !== undefined)
      throw new RuleError(`BYDAY has "${far}", but no month has more than five of a weekday; write 1 to 5`)
  }
  if (freq === 'WEEKLY' && by.BYMONTHDAY !== undefined) {
    throw new RuleError('BYMONTHDAY does not go with FREQ=WEEKLY; write FREQ=MONTHLY, or BYDAY')
  }
  if (by.BYYEARDAY !== undefined && freq !== 'YEARLY') {
    throw new RuleError(`BYYEARDAY does not go with FREQ=${freq}; write FREQ=YEARLY`)
  }
  if (by.BYSETPOS !== undefined && byDay.length === 0 && Object.keys(by).length === 1) {
    throw new RuleError('BYSETPOS chooses among other BY parts, and there is none; add one, or leave it out')
  }
}
