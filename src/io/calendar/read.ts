/** Backup calendars: iCalendar files (RFC 5545) to windows of a problem (docs/calendars.md). */
import type ICAL from 'ical.js'
import { InvalidProblemError } from '../../errors.js'
import { parseInstant } from '../../model/instant.js'
import { Hints, IssueList, quote } from '../../model/issues.js'
import type { ProblemWindow } from '../../model/problem.js'
import type { Zone } from '../../model/zone.js'
import { CalendarFault, type Component, type Property, readContent } from './content.js'
import { type CalendarEvent, readEvent } from './event.js'
import { occurrencesOf, type Span, takesNoTime, type ZoneOf, zoneOfUtc } from './occurrences.js'
import type { CalendarOptions, CalendarWindows } from './options.js'
import { type KnownNames, kindOf, type Target, targetsOf } from './scope.js'
import { only, textOf } from './values.js'
import { definedZone, type FindIana, findZone, isoAt } from './zones.js'

/** Windows that one calendar may give. */
const MAX_WINDOWS = 100_000
/** Beyond this nobody knows how clocks will be changed. */
const LAST_MS = Date.UTC(2200, 0, 1)
/** Of events and time zones together, as for the rules of a problem: a few seconds at the worst. */
const MAX_CANDIDATES = 300_000

/** `readCalendarWindows` of on-demand.ts. */
export async function readCalendar(text: string, options: CalendarOptions): Promise<CalendarWindows> {
  const [{ default: ical }, { findIana }] = await Promise.all([import('ical.js'), import('windows-iana')])
  const reader = new Reader(options, findIana as FindIana)
  const result = reader.read(text, ical)
  const what = options.file === undefined ? 'calendar' : `calendar ${options.file}`
  if (reader.issues.items.length > 0) throw new InvalidProblemError(reader.issues.items, what)
  return result
}

class Reader {
  readonly issues = new IssueList()
  /** Those of single events, which do not keep the others from being read. */
  readonly #faults: IssueList
  readonly #findIana: FindIana
  readonly #span: Span | undefined
  readonly #given: Zone | undefined
  readonly #known: KnownNames | undefined
  readonly #hints = new Hints()
  readonly #budget = { candidates: MAX_CANDIDATES }

  constructor({ start, horizonSeconds, scope, zone, strict }: CalendarOptions, findIana: FindIana) {
    this.#faults = strict === true ? this.issues : new IssueList()
    this.#findIana = findIana
    this.#span = this.#readSpan(start, horizonSeconds)
    if (zone !== undefined) {
      this.#given = findZone(zone, findIana)
      if (this.#given === undefined) this.issues.add('zone', this.#noZone(zone))
    }
    if (scope !== undefined)
      this.#known = { vm: new Set(scope.vms), node: new Set(scope.nodes), hints: this.#hints }
  }

  #readSpan(start: string, horizonSeconds: number): Span | undefined {
    const instant = parseInstant(start)
    if (typeof instant === 'string') {
      this.issues.add('start', `${quote(start)} ${instant}`)
      return undefined
    }
    return { fromMs: instant.epochMs, toMs: instant.epochMs + horizonSeconds * 1000 }
  }

  read(text: string, ical: typeof ICAL): CalendarWindows {
    const result: CalendarWindows = {
      windows: [],
      events: 0,
      free: 0,
      momentary: 0,
      unread: 0,
      faults: this.#faults.items,
    }
    const faults: CalendarFault[] = []
    const calendars = readContent(text, ical, faults)
    for (const fault of faults) this.#report(fault)
    if (calendars.length === 0 && faults.length === 0)
      this.issues.add('', 'has no BEGIN:VCALENDAR; a calendar in the format of RFC 5545 (.ics) is expected')
    const found: { startMs: number; window: ProblemWindow }[] = []
    for (const calendar of calendars) this.#readCalendar(calendar, ical, found, result)
    found.sort((a, b) => a.startMs - b.startMs)
    result.windows = found.map(({ window }) => window)
    return result
  }

  #report(error: unknown, uid = ''): void {
    if (!(error instanceof CalendarFault)) throw error
    const event = uid === '' ? '' : `event ${quote(uid)}: `
    const list = error.isOfFile ? this.issues : this.#faults
    list.add(`line ${error.line}`, `${event}${error.message}`)
  }

  #readCalendar(
    calendar: Component,
    ical: typeof ICAL,
    found: { startMs: number; window: ProblemWindow }[],
    result: CalendarWindows,
  ): void {
    const zoneOf = this.#zonesOf(calendar)
    const scale = calendar.properties.find(({ name }) => name === 'calscale')
    if (scale !== undefined && !/^gregorian$/i.test(textOf(scale)))
      this.#report(
        new CalendarFault(scale.line, `${quote(scale.text)}: only the Gregorian calendar is known`, true),
      )
    const events: CalendarEvent[] = []
    for (const component of calendar.components.filter(({ name }) => name === 'vevent')) {
      if (component.broken) {
        result.unread++
        continue
      }
      try {
        events.push(readEvent(component, ical))
      } catch (error) {
        result.unread++
        this.#report(error, component.properties.find(({ name }) => name === 'uid')?.values.join(''))
      }
    }
    for (const series of this.#seriesOf(events, result)) {
      // Each fault looks for names that are near: thousands of them would take their time.
      if (this.issues.full) return
      const [master] = series.filter(({ recurrence }) => recurrence === undefined)
      const replaced = series.flatMap(({ recurrence }) => recurrence ?? [])
      for (const event of series) {
        if (event.isFree || master?.isCancelled === true) {
          result.free++
          continue
        }
        try {
          if (takesNoTime(event, zoneOf)) result.momentary++
          else {
            this.#addWindows(event, event === master ? replaced : [], master, zoneOf, found)
            result.events++
          }
        } catch (error) {
          result.unread++
          this.#report(error, event.uid)
        }
      }
    }
  }

  /** Events of one UID belong together: the series, and occurrences of it that are different. */
  #seriesOf(events: readonly CalendarEvent[], result: CalendarWindows): CalendarEvent[][] {
    const series = new Map<string, Map<string, CalendarEvent>>()
    for (const [index, event] of events.entries()) {
      const uid = event.uid === '' ? `\0${index}` : event.uid
      const members = series.get(uid) ?? new Map<string, CalendarEvent>()
      series.set(uid, members)
      const { recurrence } = event
      const which =
        recurrence === undefined ? '' : `${recurrence.zone ?? ''} ${recurrence.property.values.join()}`
      const other = members.get(which)
      if (other === undefined || other.sequence < event.sequence) members.set(which, event)
      else if (other.sequence === event.sequence) {
        const message = `the same UID, SEQUENCE and RECURRENCE-ID as the event at line ${other.line}; write another UID`
        result.unread++
        this.#report(new CalendarFault(event.line, message), event.uid)
      }
    }
    return [...series.values()].map((members) => [...members.values()])
  }

  #addWindows(
    event: CalendarEvent,
    replaced: CalendarEvent['excluded'],
    master: CalendarEvent | undefined,
    zoneOf: ZoneOf,
    found: { startMs: number; window: ProblemWindow }[],
  ): void {
    // Clients that change one occurrence may lose the properties that they do not know.
    let targets = targetsOf(event.component, this.#known)
    if (targets.length === 0 && master !== undefined && master !== event)
      targets = targetsOf(master.component, this.#known)
    const scopes: Target[] = targets.length === 0 ? [{}] : targets
    const kind = kindOf(event.component)
    if (this.#span === undefined) return
    const zone = zoneOf(event.start)
    for (const { startMs, endMs } of occurrencesOf(event, replaced, zoneOf, this.#span, this.#budget)) {
      for (const target of scopes) {
        const window = { ...target, start: isoAt(zone, startMs), end: isoAt(zone, endMs), kind }
        found.push({ startMs, window })
      }
      if (found.length > MAX_WINDOWS)
        throw new CalendarFault(
          event.line,
          `the calendar has more than ${MAX_WINDOWS} windows within the horizon`,
          true,
        )
    }
  }

  #zonesOf(calendar: Component): ZoneOf {
    const blocks = new Map<string, Component>()
    for (const block of calendar.components.filter(({ name }) => name === 'vtimezone')) {
      const id = block.properties.find(({ name }) => name === 'tzid')
      if (id === undefined) this.#report(new CalendarFault(block.line, 'VTIMEZONE has no TZID'))
      else blocks.set(textOf(id), block)
    }
    const zones = new Map<string, Zone | CalendarFault>()
    const untilMs = Math.min((this.#span?.toMs ?? 0) + 366 * 86_400_000, LAST_MS)
    const find = (name: string, line: number): Zone | CalendarFault => {
      // A name that everybody knows means what it says: many programs list only the changes of the clocks of some years.
      const zone = findZone(name, this.#findIana)
      if (zone !== undefined) return zone
      const block = blocks.get(name)
      if (block === undefined)
        return new CalendarFault(
          line,
          `TZID ${this.#noZone(name)}, and the file has no VTIMEZONE of this name`,
        )
      try {
        return definedZone(block, untilMs, this.#budget)
      } catch (error) {
        if (error instanceof CalendarFault) return error
        throw error
      }
    }
    const named = (name: string, line: number): Zone => {
      const zone = zones.get(name) ?? find(name, line)
      zones.set(name, zone)
      if (zone instanceof CalendarFault) throw zone
      return zone
    }
    // The list of its properties may be long, and every date may ask.
    let own: { property: Property | undefined } | undefined
    return (date) => {
      const utc = zoneOfUtc(date)
      if (utc !== undefined) return utc
      if (date.zone !== undefined) return named(date.zone, date.property.line)
      if (this.#given !== undefined) return this.#given
      own ??= { property: only(calendar, 'x-wr-timezone') }
      const { property } = own
      if (property !== undefined && textOf(property) !== '') return named(textOf(property), property.line)
      const what = date.isDate ? 'a date' : 'a time without a zone'
      const message = `${quote(date.property.text)} is ${what}; say in which zone it is meant, as --zone Europe/Berlin`
      throw new CalendarFault(date.property.line, message, true)
    }
  }

  #noZone(name: string): string {
    const hint = this.#hints.for(name, Intl.supportedValuesOf('timeZone'))
    return `${quote(name)} is no time zone; write a name such as Europe/Berlin or W. Europe Standard Time, or an offset such as +01:00${hint}`
  }
}
