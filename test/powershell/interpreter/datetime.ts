/** Dates: ticks, parsing and formatting. The calendar is Gregorian, the culture invariant (or en-US for `.ToString()`), the local zone fixed. */
import { raise } from './errors.js'
import { DateTime, type DateTimeOffset, type TimeSpan } from './values.js'

export const TICKS_PER_SECOND = 10_000_000n
const TICKS_PER_MS = 10_000n
const TICKS_PER_MINUTE = 600_000_000n
export const TICKS_PER_DAY = 864_000_000_000n
/** Ticks at 1970-01-01. */
export const UNIX_TICKS = 621_355_968_000_000_000n

export const ticksOfSeconds = (seconds: number): bigint => BigInt(Math.round(seconds * 1e7))
export const secondsOfTicks = (ticks: bigint): number => Number(ticks) / 1e7
export const ticksOfEpochMs = (ms: number): bigint => BigInt(Math.round(ms * 1e4)) + UNIX_TICKS
export const epochMsOfTicks = (ticks: bigint): number => Number(ticks - UNIX_TICKS) / 1e4

export const toUtc = (date: DateTime, zone: number): DateTime => {
  if (date.kind === 'Utc') return date
  // .NET takes an unspecified time for a local one.
  const offset = date.kind === 'Local' ? date.offsetMinutes : zone
  return new DateTime(date.ticks - BigInt(offset) * TICKS_PER_MINUTE, 'Utc')
}

export const toLocal = (date: DateTime, zone: number): DateTime =>
  date.kind === 'Local' ? date : new DateTime(date.ticks + BigInt(zone) * TICKS_PER_MINUTE, 'Local', zone)

export const utcTicks = (date: DateTimeOffset): bigint =>
  date.ticks - BigInt(date.offsetMinutes) * TICKS_PER_MINUTE

export interface DateParts {
  year: number
  month: number
  day: number
  hour: number
  minute: number
  second: number
  /** Ticks below the second. */
  fraction: number
  dayOfWeek: number
}

export function datePartsOf(ticks: bigint): DateParts {
  const date = new Date(
    Number(
      (ticks - UNIX_TICKS) / TICKS_PER_MS - (ticks < UNIX_TICKS && ticks % TICKS_PER_MS !== 0n ? 1n : 0n),
    ),
  )
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    fraction: Number(ticks % TICKS_PER_SECOND),
    dayOfWeek: date.getUTCDay(),
  }
}

export function ticksOfParts(
  year: number,
  month: number,
  day: number,
  hour = 0,
  minute = 0,
  second = 0,
  fraction = 0,
): bigint | undefined {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  date.setUTCHours(hour, minute, second)
  const valid =
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    hour < 24 &&
    minute < 60 &&
    second < 60
  return valid && year >= 1
    ? BigInt(date.getTime()) * TICKS_PER_MS + UNIX_TICKS + BigInt(fraction)
    : undefined
}

export const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
const STANDARD: Record<string, string> = {
  o: "yyyy'-'MM'-'dd'T'HH':'mm':'ss'.'fffffffK",
  O: "yyyy'-'MM'-'dd'T'HH':'mm':'ss'.'fffffffK",
  s: "yyyy'-'MM'-'dd'T'HH':'mm':'ss",
  u: "yyyy'-'MM'-'dd HH':'mm':'ss'Z'",
  R: "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
  r: "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
  d: 'MM/dd/yyyy',
  D: 'dddd, dd MMMM yyyy',
  t: 'HH:mm',
  T: 'HH:mm:ss',
  g: 'MM/dd/yyyy HH:mm',
  G: 'MM/dd/yyyy HH:mm:ss',
}

const TOKEN = /'([^']*)'|"([^"]*)"|\\(.)|%?(y+|M+|d+|H+|h+|m+|s+|f+|F+|t+|z+|K)|([\s\S])/g

const offsetText = (minutes: number): string => {
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${String(Math.floor(size / 60)).padStart(2, '0')}:${String(size % 60).padStart(2, '0')}`
}

/** `suffix`: what `K` stands for. */
function format(ticks: bigint, pattern: string, suffix: string, offsetMinutes: number): string {
  const p = datePartsOf(ticks)
  const pad = (value: number, digits: number) => String(value).padStart(digits, '0')
  const spelled = pattern.length === 1 ? STANDARD[pattern] : pattern
  if (spelled === undefined)
    return raise('Input string was not in a correct format.', 'FormatException', 'System.FormatException')
  return spelled.replace(TOKEN, (all, single, double, escaped, token?: string) => {
    if (!token) return single ?? double ?? escaped ?? all
    const n = token.length
    switch (token[0]) {
      case 'y':
        return n === 2 ? pad(p.year % 100, 2) : pad(p.year, n)
      case 'M':
        return n === 4 ? MONTHS[p.month - 1] : n === 3 ? MONTHS[p.month - 1].slice(0, 3) : pad(p.month, n)
      case 'd':
        return n >= 4 ? DAYS[p.dayOfWeek] : n === 3 ? DAYS[p.dayOfWeek].slice(0, 3) : pad(p.day, n)
      case 'H':
        return pad(p.hour, Math.min(n, 2))
      case 'h':
        return pad(p.hour % 12 || 12, Math.min(n, 2))
      case 'm':
        return pad(p.minute, Math.min(n, 2))
      case 's':
        return pad(p.second, Math.min(n, 2))
      case 'f':
        return pad(p.fraction, 7).slice(0, n)
      case 'F':
        return pad(p.fraction, 7).slice(0, n).replace(/0+$/, '')
      case 't':
        return (p.hour < 12 ? 'AM' : 'PM').slice(0, n)
      case 'z':
        return n === 3 ? offsetText(offsetMinutes) : offsetText(offsetMinutes).slice(0, 3)
      default:
        return suffix
    }
  })
}

export function formatDateTime(date: DateTime, pattern: string): string {
  const suffix = date.kind === 'Utc' ? 'Z' : date.kind === 'Local' ? offsetText(date.offsetMinutes) : ''
  return format(date.ticks, pattern, suffix, date.offsetMinutes)
}

export function formatDateTimeOffset(date: DateTimeOffset, pattern: string): string {
  const suffix = offsetText(date.offsetMinutes)
  return pattern === 'u'
    ? format(utcTicks(date), pattern, suffix, 0)
    : format(date.ticks, pattern === '' ? 'MM/dd/yyyy HH:mm:ss zzz' : pattern, suffix, date.offsetMinutes)
}

/** `[-][d.]hh:mm:ss[.fffffff]`, or a custom pattern. */
export function formatTimeSpan(span: TimeSpan, pattern = 'c'): string {
  const negative = span.ticks < 0n
  const ticks = negative ? -span.ticks : span.ticks
  const days = ticks / TICKS_PER_DAY
  const seconds = Number((ticks % TICKS_PER_DAY) / TICKS_PER_SECOND)
  const fraction = String(ticks % TICKS_PER_SECOND).padStart(7, '0')
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const two = (value: number) => String(value).padStart(2, '0')
  if (pattern === 'c' || pattern === 't' || pattern === 'T' || pattern === '')
    return `${negative ? '-' : ''}${days > 0n ? `${days}.` : ''}${two(h)}:${two(m)}:${two(s)}${fraction === '0000000' ? '' : `.${fraction}`}`
  if (pattern === 'g') return `${negative ? '-' : ''}${days > 0n ? `${days}:` : ''}${h}:${two(m)}:${two(s)}`
  return pattern.replace(
    /'([^']*)'|\\(.)|%?(d+|h+|m+|s+|f+)|([\s\S])/g,
    (_, quoted, escaped, token?: string, other?: string) => {
      if (!token) {
        if (other !== undefined)
          return raise(
            'Input string was not in a correct format.',
            'FormatException',
            'System.FormatException',
          )
        return quoted ?? escaped
      }
      const value = { d: Number(days), h, m, s }[token[0]]
      return value === undefined ? fraction.slice(0, token.length) : String(value).padStart(token.length, '0')
    },
  )
}

const ISO =
  /^\s*(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,7})\d*)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?\s*$/i
const SLASHED = /^\s*(\d{1,2})\/(\d{1,2})\/(\d{4})(?:\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*(AM|PM)?)?\s*$/i

export interface ParsedDate {
  ticks: bigint
  /** Undefined: the text names no offset. */
  offsetMinutes: number | undefined
}

export function offsetOf(text: string): number {
  if (/^z$/i.test(text)) return 0
  const sign = text.startsWith('-') ? -1 : 1
  const digits = text.replace(/\D/g, '')
  return sign * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || 0))
}

/** ISO 8601 and the invariant culture's MM/dd/yyyy. Undefined: neither. */
export function parseDate(text: string): ParsedDate | undefined {
  const iso = ISO.exec(text)
  if (iso) {
    const n = (index: number) => Number(iso[index] ?? 0)
    const ticks = ticksOfParts(n(1), n(2), n(3), n(4), n(5), n(6), Number((iso[7] ?? '').padEnd(7, '0')))
    return ticks === undefined
      ? undefined
      : { ticks, offsetMinutes: iso[8] === undefined ? undefined : offsetOf(iso[8]) }
  }
  const us = SLASHED.exec(text)
  if (!us) return undefined
  const n = (index: number) => Number(us[index] ?? 0)
  const half = us[7]?.toUpperCase()
  const hour = half ? (n(4) % 12) + (half === 'PM' ? 12 : 0) : n(4)
  const ticks = ticksOfParts(n(3), n(1), n(2), hour, n(5), n(6))
  return ticks === undefined ? undefined : { ticks, offsetMinutes: undefined }
}

/** By a custom or standard pattern of numbers. Undefined: the text does not fit. */
export function parseExact(text: string, pattern: string): ParsedDate | undefined {
  const names: string[] = []
  const spelled = pattern.length === 1 ? STANDARD[pattern] : pattern
  if (spelled === undefined) return undefined
  const source = spelled.replace(TOKEN, (all, single, double, escaped, token?: string) => {
    if (!token) return (single ?? double ?? escaped ?? all).replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
    names.push(token[0])
    if (token[0] === 'K') return '(Z|[+-]\\d{2}:\\d{2}|)'
    if (token[0] === 'z') return '([+-]\\d{1,2}(?::\\d{2})?)'
    if (token[0] === 't') return '([AP]M?)'
    if (token[0] === 'F') return `(\\d{0,${token.length}})`
    return token.length === 1 ? '(\\d{1,2})' : `(\\d{${token.length}})`
  })
  const match = new RegExp(`^${source}$`, 'i').exec(text)
  if (!match) return undefined
  const value = (letter: string) => {
    const index = names.indexOf(letter)
    return index < 0 ? undefined : match[index + 1]
  }
  const n = (letter: string, otherwise: number) => Number(value(letter) ?? otherwise)
  const half = value('t')?.toUpperCase()
  const hour = value('h') === undefined ? n('H', 0) : (n('h', 0) % 12) + (half?.startsWith('P') ? 12 : 0)
  const fraction = Number((value('f') ?? value('F') ?? '').padEnd(7, '0'))
  const ticks = ticksOfParts(n('y', 1), n('M', 1), n('d', 1), hour, n('m', 0), n('s', 0), fraction)
  const offset = value('K') || value('z')
  return ticks === undefined ? undefined : { ticks, offsetMinutes: offset ? offsetOf(offset) : undefined }
}
