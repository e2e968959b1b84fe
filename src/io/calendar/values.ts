/** Values of properties: dates and times, and text. */
import { daysInMonth, utcMs } from '../../model/instant.js'
import { quote } from '../../model/issues.js'
import { CalendarFault, type Component, type Property } from './content.js'

/** A date or a time as it is written; which instant it is, its zone says. */
export interface CalendarDate {
  /** Milliseconds of wall-clock time; of a date alone, midnight. */
  wallMs: number
  isDate: boolean
  isUtc: boolean
  /** The parameter TZID. */
  zone: string | undefined
  /** For messages. */
  property: Property
}

/** The property of this name; undefined where there is none. @throws CalendarFault where it is there twice */
export function only(component: Component, name: string): Property | undefined {
  const [first, second] = component.properties.filter((property) => property.name === name)
  if (second !== undefined)
    throw new CalendarFault(
      second.line,
      `${name.toUpperCase()} is there twice; the first is at line ${first.line}`,
    )
  return first
}

export function textOf({ values }: Property): string {
  return String(values[0] ?? '').trim()
}

const PATTERN = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}):(\d{2})(Z)?)?$/

/** @throws CalendarFault */
export function dateOf(property: Property, index = 0): CalendarDate {
  return readDate(property, String(property.values[index] ?? ''))
}

/** @throws CalendarFault */
export function readDate(property: Property, value: string): CalendarDate {
  const match = PATTERN.exec(value)
  const wrong = (why: string) => new CalendarFault(property.line, `${quote(property.text)} ${why}`)
  if (match === null) throw wrong('has no date such as 20261123T220000Z, 20261123T220000 or 20261123')
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0))
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month))
    throw wrong('has a date that is not in the calendar')
  // 60 is a leap second.
  if (hour > 23 || minute > 59 || second > 60) throw wrong('has a time of day that does not exist')
  const { tzid } = property.parameters
  return {
    wallMs: utcMs(year, month, day, hour, minute, second),
    isDate: match[4] === undefined,
    isUtc: match[7] !== undefined,
    zone: typeof tzid === 'string' ? tzid : undefined,
    property,
  }
}
