/** ISO 8601 instants with an offset, and the wall-clock time at that offset. */

/** A point in time, and the offset at which it was written. */
export interface ParsedInstant {
  /** Milliseconds since 1970-01-01T00:00Z. */
  epochMs: number
  offsetMinutes: number
}

const PATTERN =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?([Zz]|[+-]\d{2}(?::?\d{2})?)?$/
/** The same for JSON Schema: what `parseInstant` takes, but for days that a month does not have. */
export const INSTANT_PATTERN =
  '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])[Tt]([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d([.,]\\d{1,9})?)?([Zz]|[+-]((0\\d|1[0-7])(:?[0-5]\\d)?|18(:?00)?))$'
const EXAMPLE = '"2026-11-23T22:00:00+01:00"'
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Days of a month (1 to 12) in the Gregorian calendar. */
export function daysInMonth(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return month === 2 && leap ? 29 : MONTH_DAYS[month - 1]
}

/** `Date.UTC` without its special meaning of the years 0 to 99. */
export function utcMs(year: number, month: number, day: number, hour = 0, minute = 0, second = 0): number {
  return new Date(0).setUTCFullYear(year, month - 1, day) + ((hour * 60 + minute) * 60 + second) * 1000
}

/** The instant that `text` names, or, as text, what is wrong with it (to go behind the quoted value). */
export function parseInstant(text: string): ParsedInstant | string {
  const match = text.length <= 64 ? PATTERN.exec(text) : null
  if (match === null) {
    if (/^\d{4}-\d{2}-\d{2}$/.test(text))
      return `is a date without a time; write an instant such as ${EXAMPLE}`
    return `is no ISO 8601 instant; write one such as ${EXAMPLE}`
  }
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0))
  if (month < 1 || month > 12) return 'has no such month; write 01 to 12'
  const days = daysInMonth(year, month)
  if (day < 1 || day > days) return `is no date of the calendar; that month has the days 01 to ${days}`
  if (hour > 23 || minute > 59 || second > 59) return 'has no such time of day; write 00:00:00 to 23:59:59'
  const offset = match[8]
  if (offset === undefined) return `has no offset from UTC; write it at the end, as in ${EXAMPLE}, or Z`
  const offsetMinutes = parseOffset(offset)
  if (offsetMinutes === undefined) return 'has an offset that no place on earth has; write -18:00 to +18:00'
  const fraction = match[7] === undefined ? 0 : Number(`0.${match[7]}`)
  const epochMs = utcMs(year, month, day, hour, minute, second) + fraction * 1000 - offsetMinutes * 60_000
  return { epochMs, offsetMinutes }
}

function parseOffset(text: string): number | undefined {
  if (text === 'Z' || text === 'z') return 0
  const digits = text.slice(1).replace(':', '').padEnd(4, '0')
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))
  if (Number(digits.slice(2)) > 59 || minutes > 18 * 60) return undefined
  return text[0] === '-' ? -minutes : minutes
}
