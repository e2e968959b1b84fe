/** A VEVENT, read: when it is for the first time, how long, how it comes again. */
import type ICAL from 'ical.js'
import { quote } from '../../model/issues.js'
import { CalendarFault, type Component, type Property } from './content.js'
import { type CalendarDate, dateOf, only, readDate, textOf } from './values.js'

/** How long an occurrence lasts. */
export interface Length {
  /** Days of the wall clock: one may have 23 or 25 hours. */
  days: number
  /** Behind them, exactly. */
  ms: number
}

export interface Additional {
  start: CalendarDate
  /** Of a period; else the event's own. */
  end?: CalendarDate
  length?: Length
}

export interface CalendarEvent {
  component: Component
  line: number
  /** `''` where there is none. */
  uid: string
  sequence: number
  /** Cancelled, or marked as free time. */
  isFree: boolean
  isCancelled: boolean
  start: CalendarDate
  /** Undefined: `length` holds. */
  end: CalendarDate | undefined
  length: Length | undefined
  rule: Property | undefined
  additional: Additional[]
  excluded: CalendarDate[]
  /** Which occurrence of its series it stands for. */
  recurrence: CalendarDate | undefined
}

/** @throws CalendarFault */
export function readEvent(component: Component, ical: typeof ICAL): CalendarEvent {
  const uid = only(component, 'uid')
  const status = only(component, 'status')
  const transparency = only(component, 'transp')
  const isCancelled = status !== undefined && /^cancelled$/i.test(textOf(status))
  const isFree = isCancelled || (transparency !== undefined && /^transparent$/i.test(textOf(transparency)))
  const exrule = only(component, 'exrule')
  if (exrule !== undefined)
    throw new CalendarFault(exrule.line, `${quote(exrule.text)}: EXRULE is not supported; write EXDATE`)
  const start = only(component, 'dtstart')
  if (start === undefined) throw new CalendarFault(component.line, 'the event has no DTSTART')
  const first = dateOf(start)
  const recurrence = only(component, 'recurrence-id')
  const rule = only(component, 'rrule')
  if (recurrence !== undefined && rule !== undefined)
    throw new CalendarFault(rule.line, `${quote(rule.text)} stands in an event that has a RECURRENCE-ID`)
  if (recurrence?.parameters.range !== undefined)
    throw new CalendarFault(
      recurrence.line,
      `${quote(recurrence.text)}: RANGE is not supported; end the series with UNTIL and begin another`,
    )
  return {
    component,
    line: component.line,
    uid: uid === undefined ? '' : textOf(uid),
    sequence: sequenceOf(only(component, 'sequence')),
    isFree,
    isCancelled,
    start: first,
    // What takes no time may have no length either.
    ...(isFree ? { end: undefined, length: undefined } : lengthOf(component, first, ical)),
    rule,
    additional: listOf(component, 'rdate').map(([property, index]) =>
      additionalOf(property, index, first, ical),
    ),
    excluded: listOf(component, 'exdate').map(([property, index]) => dateOf(property, index)),
    recurrence: recurrence === undefined ? undefined : dateOf(recurrence),
  }
}

function sequenceOf(property: Property | undefined): number {
  if (property === undefined) return 0
  const [, digits] = /^[^:]*:\s*(\d{1,9})$/.exec(property.text) ?? []
  if (digits !== undefined) return Number(digits)
  throw new CalendarFault(property.line, `${quote(property.text)} is no whole number`)
}

function listOf(component: Component, name: string): [Property, number][] {
  return component.properties
    .filter((property) => property.name === name)
    .flatMap((property) => property.values.map((_, index): [Property, number] => [property, index]))
}

function lengthOf(
  component: Component,
  start: CalendarDate,
  ical: typeof ICAL,
): Pick<CalendarEvent, 'end' | 'length'> {
  const end = only(component, 'dtend')
  const duration = only(component, 'duration')
  if (end !== undefined && duration !== undefined)
    throw new CalendarFault(
      duration.line,
      'the event has both DTEND and DURATION; only one of them may be there',
    )
  if (duration !== undefined) {
    const length = readLength(duration, textOf(duration), ical)
    if (start.isDate && length.ms !== 0)
      throw new CalendarFault(
        duration.line,
        `${quote(duration.text)}: an event that begins on a date lasts whole days`,
      )
    return { end: undefined, length }
  }
  if (end === undefined) {
    // Without either a time is a moment, a date a day (RFC 5545, section 3.6.1).
    return { end: undefined, length: { days: start.isDate ? 1 : 0, ms: 0 } }
  }
  const last = dateOf(end)
  if (last.isDate !== start.isDate)
    throw new CalendarFault(
      end.line,
      `${quote(end.text)}: one of DTSTART and DTEND is a date, the other a time`,
    )
  // From a date to a date are days of the clock, of which one may have 23 or 25 hours.
  if (last.isDate && last.wallMs >= start.wallMs)
    return { end: undefined, length: { days: (last.wallMs - start.wallMs) / DAY_MS, ms: 0 } }
  return { end: last, length: undefined }
}

const DAY_MS = 86_400_000

/** A duration of at least 0. @throws CalendarFault */
function readLength(property: Property, text: string, ical: typeof ICAL): Length {
  const wrong = () =>
    new CalendarFault(
      property.line,
      `${quote(property.text)} is no duration of at least 0, such as PT2H or P1D`,
    )
  // The library reads what it can of a duration, and passes over the rest.
  if (!/^\+?P(?=[\dT])(?:\d+W|(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?)$/i.test(text)) throw wrong()
  const { weeks, days, hours, minutes, seconds } = ical.Duration.fromString(
    text.toUpperCase().replace('+', ''),
  )
  const length = { days: weeks * 7 + days, ms: ((hours * 60 + minutes) * 60 + seconds) * 1000 }
  if (length.days <= MAX_DAYS && length.ms <= MAX_DAYS * DAY_MS) return length
  throw wrong()
}

/** Ten years. */
const MAX_DAYS = 3660

function additionalOf(property: Property, index: number, first: CalendarDate, ical: typeof ICAL): Additional {
  const value = property.values[index]
  const [begin, end] = Array.isArray(value) ? (value as string[]) : [String(value)]
  const start = readDate(property, begin)
  if (start.isDate !== first.isDate)
    throw new CalendarFault(
      property.line,
      `${quote(property.text)}: one of DTSTART and RDATE is a date, the other a time`,
    )
  if (end === undefined) return { start }
  if (/^[+-]?P/i.test(end)) return { start, length: readLength(property, end, ical) }
  return { start, end: readDate(property, end) }
}
