/** When an event takes place: from a start, a rule, and dates added and left out, to instants. */
import { quote } from '../../model/issues.js'
import { type RuleBudget, RuleError } from '../../model/rrule.js'
import { expandRuleInZone } from '../../model/rrule-zone.js'
import { instantOf, UTC, type Zone } from '../../model/zone.js'
import { CalendarFault } from './content.js'
import type { CalendarEvent, Length } from './event.js'
import { type CalendarDate, textOf } from './values.js'

/** Of an event, `[startMs, endMs)` in milliseconds since 1970. */
export interface Occurrence {
  startMs: number
  endMs: number
}

export interface Span {
  fromMs: number
  toMs: number
}

/** Finds the zone of a date. @throws CalendarFault where the file has none for it */
export type ZoneOf = (date: CalendarDate) => Zone

const DAY_MS = 86_400_000

/**
 * The occurrences of an event that meet the span, without those that other events of its series stand for.
 *
 * @param replaced what the RECURRENCE-ID of those events say
 * @throws CalendarFault
 */
export function occurrencesOf(
  event: CalendarEvent,
  replaced: readonly CalendarDate[],
  zoneOf: ZoneOf,
  span: Span,
  budget: RuleBudget,
): Occurrence[] {
  const zone = zoneOf(event.start)
  const exactMs = exactLength(event, zoneOf)
  const lengthMs = exactMs ?? event.length!.days * DAY_MS + event.length!.ms
  const endOf = (startMs: number, length = event.length): number =>
    length === undefined ? startMs + exactMs! : endAfter(zone, startMs, length)

  const left = leftOut([...event.excluded, ...replaced], zoneOf)
  const found = new Map<number, number>()
  for (const startMs of startsOf(event, zone, lengthMs, span, budget)) found.set(startMs, endOf(startMs))
  for (const { start, end, length } of event.additional) {
    const startMs = instantOf(zoneOf(start), start.wallMs)
    const endMs = end === undefined ? endOf(startMs, length) : instantOf(zoneOf(end), end.wallMs)
    if (endMs < startMs)
      throw new CalendarFault(start.property.line, `${quote(start.property.text)} ends before it begins`)
    found.set(startMs, endMs)
  }
  return [...found]
    .filter(
      ([startMs, endMs]) =>
        startMs < span.toMs && endMs > span.fromMs && endMs > startMs && !left(startMs, zone),
    )
    .map(([startMs, endMs]) => ({ startMs, endMs }))
}

/** Whether no occurrence of the event can last any time. @throws CalendarFault */
export function takesNoTime(event: CalendarEvent, zoneOf: ZoneOf): boolean {
  const { length, additional } = event
  const none = (each: Length | undefined): boolean => each !== undefined && each.days + each.ms === 0
  const lasts = exactLength(event, zoneOf) === 0 || none(length)
  return (
    lasts &&
    additional.every((each) => each.end === undefined && (each.length === undefined || none(each.length)))
  )
}

/**
 * Milliseconds from DTSTART to DTEND: all occurrences last as long, whatever the clocks do (RFC 5545, section 3.8.5.3). Undefined
 * where the event has a DURATION, or dates: their days are those of the clock.
 */
function exactLength({ start, end, length, line }: CalendarEvent, zoneOf: ZoneOf): number | undefined {
  if (end === undefined) {
    if (length === undefined) throw new Error(`the event at line ${line} has no length`)
    return undefined
  }
  const startMs = instantOf(zoneOf(start), start.wallMs)
  const exact = instantOf(zoneOf(end), end.wallMs) - startMs
  if (exact >= 0) return exact
  const { line: place, text } = end.property
  throw new CalendarFault(place, `${quote(text)} is before the start, ${quote(start.property.text)}`)
}

function endAfter(zone: Zone, startMs: number, { days, ms }: Length): number {
  if (days === 0) return startMs + ms
  const wallMs = startMs + zone.offsetMs(startMs)
  return instantOf(zone, wallMs + days * DAY_MS) + ms
}

function startsOf(
  event: CalendarEvent,
  zone: Zone,
  lengthMs: number,
  span: Span,
  budget: RuleBudget,
): number[] {
  const { start, rule } = event
  if (rule === undefined) return [instantOf(zone, start.wallMs)]
  const before = { fromMs: span.fromMs - lengthMs, toMs: span.toMs }
  try {
    return expandRuleInZone(textOf(rule), zone, start.wallMs, before, budget)
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
    throw new CalendarFault(rule.line, `${quote(rule.text)}: ${error.message}`, budget.candidates < 0)
  }
}

/** Whether a start is left out: by its instant, or, where a date alone is given, by its day. */
function leftOut(dates: readonly CalendarDate[], zoneOf: ZoneOf): (startMs: number, zone: Zone) => boolean {
  const instants = new Set<number>()
  const days = new Set<number>()
  for (const date of dates) {
    if (date.isDate) days.add(date.wallMs)
    else instants.add(instantOf(zoneOf(date), date.wallMs))
  }
  return (startMs, zone) => {
    if (instants.has(startMs)) return true
    if (days.size === 0) return false
    const wallMs = startMs + zone.offsetMs(startMs)
    return days.has(wallMs - (((wallMs % DAY_MS) + DAY_MS) % DAY_MS))
  }
}

/** The zone of times that end in Z. */
export function zoneOfUtc(date: CalendarDate): Zone | undefined {
  return date.isUtc ? UTC : undefined
}
