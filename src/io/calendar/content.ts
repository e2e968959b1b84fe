/**
 * iCalendar text to components and properties (RFC 5545, sections 3.1 and 3.4), each with the line on which it stands. ical.js
 * reads the properties, one at a time: it keeps no line numbers, and one broken line would end its reading.
 */
import type ICAL from 'ical.js'
import { quote } from '../../model/issues.js'

/** Something in the file that cannot be understood. */
export class CalendarFault extends Error {
  readonly line: number
  /** That of the whole file, which then says nothing that can be relied on, or of a question to the user: not of one event. */
  readonly isOfFile: boolean
  constructor(line: number, message: string, isOfFile = false) {
    super(message)
    this.line = line
    this.isOfFile = isOfFile
  }
}

export interface Property {
  /** Lower case. */
  name: string
  line: number
  /** The unfolded line, for messages. */
  text: string
  /** Names in lower case. */
  parameters: Readonly<Record<string, string | string[]>>
  /** `date`, `date-time`, `period`, `text`, … */
  type: string
  /** As ical.js gives them: dates as `2026-11-23T22:00:00Z`, text without escapes. */
  values: unknown[]
}

export interface Component {
  /** Lower case. */
  name: string
  line: number
  properties: Property[]
  components: Component[]
  /** A line of it could not be read, and was reported. */
  broken: boolean
}

type ParseProperty = (text: string) => [string, Record<string, string | string[]>, string, ...unknown[]]

/** Components that matter, and their properties that do. What else a calendar holds need not even be well-formed. */
const OBSERVANCE = new Set(['dtstart', 'rrule', 'rdate', 'tzoffsetfrom', 'tzoffsetto'])
const PROPERTIES: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['vcalendar', new Set(['calscale', 'x-wr-timezone'])],
  ['vtimezone', new Set(['tzid'])],
  ['standard', OBSERVANCE],
  ['daylight', OBSERVANCE],
  [
    'vevent',
    new Set([
      'uid',
      'sequence',
      'dtstart',
      'dtend',
      'duration',
      'rrule',
      'exrule',
      'rdate',
      'exdate',
      'recurrence-id',
      'status',
      'transp',
      'summary',
      'location',
      'categories',
      'x-vmferry-vm',
      'x-vmferry-node',
    ]),
  ],
])

/** Where each of them may stand. */
const PARENTS: ReadonlyMap<string, string | undefined> = new Map([
  ['vcalendar', undefined],
  ['vtimezone', 'vcalendar'],
  ['vevent', 'vcalendar'],
  ['standard', 'vtimezone'],
  ['daylight', 'vtimezone'],
])

const MAX_DEPTH = 20

/**
 * The calendars of a file.
 *
 * @param faults gets every line that cannot be read; what is around it is read all the same
 */
export function readContent(text: string, ical: typeof ICAL, faults: CalendarFault[]): Component[] {
  const parse = ical.parse.property as unknown as ParseProperty
  const calendars: Component[] = []
  const open: Component[] = []
  const fault = (line: number, message: string, isOfFile = true): void =>
    void faults.push(new CalendarFault(line, message, isOfFile))
  for (const { line, content } of unfold(text)) {
    const [, name = '', rest = ''] = /^([\w.-]+)([:;].*)?$/s.exec(content) ?? []
    if (rest === '') {
      const within = open.at(-1)
      fault(
        line,
        `${quote(content)} is no line of a calendar: a name, a colon and a value`,
        within === undefined,
      )
      if (within !== undefined) within.broken = true
      continue
    }
    const parent = open.at(-1)
    if (/^begin$/i.test(name)) {
      const component: Component = {
        name: rest.slice(1).trim().toLowerCase(),
        line,
        properties: [],
        components: [],
        broken: false,
      }
      if (PARENTS.has(component.name) && PARENTS.get(component.name) !== parent?.name)
        fault(line, `BEGIN:${shown(component)} stands ${inside(parent)}`)
      if (open.length === MAX_DEPTH) {
        fault(line, `components are nested deeper than ${MAX_DEPTH} levels`)
        return calendars
      }
      if (component.name === 'vcalendar') calendars.push(component)
      else parent?.components.push(component)
      open.push(component)
    } else if (/^end$/i.test(name)) {
      const ended = rest.slice(1).trim().toLowerCase()
      if (parent?.name !== ended) {
        // What follows belongs to nobody knows what.
        fault(line, `${quote(content)} ends a component that is not open; it stands ${inside(parent)}`)
        return calendars
      }
      open.pop()
    } else if (parent === undefined) {
      fault(line, `${quote(content)} stands before BEGIN:VCALENDAR, or behind END:VCALENDAR`)
    } else if (PROPERTIES.get(parent.name)?.has(name.toLowerCase())) {
      const property = readProperty(content.trimEnd(), line, parse)
      if (property instanceof CalendarFault) {
        faults.push(property)
        parent.broken = true
      } else parent.properties.push(property)
    }
  }
  for (const { name, line } of open)
    fault(line, `BEGIN:${name.toUpperCase()} has no END; the file is cut off`)
  return calendars
}

function shown({ name }: Component): string {
  return quote(name.toUpperCase()).slice(1, -1)
}

function inside(parent: Component | undefined): string {
  return parent === undefined
    ? 'outside every calendar'
    : `in ${shown(parent)}, which begins at line ${parent.line}`
}

/** Lines without their folds (a line that begins with a space or a tab goes on from the one before), and without empty ones. */
function* unfold(text: string): Generator<{ line: number; content: string }> {
  const physical = (text.charCodeAt(0) === 0xfeff ? text.slice(1) : text).split(/\r\n|\n|\r/)
  let parts: string[] = []
  let line = 0
  for (const [index, part] of physical.entries()) {
    if (parts.length > 0 && (part.startsWith(' ') || part.startsWith('\t'))) {
      parts.push(part.slice(1))
      continue
    }
    if (parts.length > 0) yield { line, content: parts.join('') }
    parts = part === '' ? [] : [part]
    line = index + 1
  }
  if (parts.length > 0) yield { line, content: parts.join('') }
}

/** For each parameter ical.js looks through the whole line: long lists of dates have few, and what has many is short. */
const LONG_LINE = 4_000
const MOST_IN_LONG_LINE = 50

function takesLong(text: string): boolean {
  if (text.length <= LONG_LINE) return false
  let at = -1
  for (let count = 0; count <= MOST_IN_LONG_LINE; count++) {
    at = text.indexOf(';', at + 1)
    if (at < 0) return false
  }
  return true
}

const DATES: ReadonlySet<string> = new Set(['date', 'date-time', 'period'])

function readProperty(text: string, line: number, parse: ParseProperty): Property | CalendarFault {
  const [, rule, value] = /^(rrule|exrule):(.*)$/is.exec(text) ?? []
  // What ical.js makes of a rule has lost what it does not know.
  if (rule !== undefined)
    return { name: rule.toLowerCase(), line, text, parameters: {}, type: 'recur', values: [value] }
  if (takesLong(text)) {
    const facts = `is longer than ${LONG_LINE} characters, with more than ${MOST_IN_LONG_LINE} semicolons`
    return new CalendarFault(line, `${quote(text)} ${facts}; write fewer parameters`)
  }
  try {
    // What is a date and nothing else needs no parameter to say so.
    const bare = /^(DTSTART|DTEND|RDATE|EXDATE|RECURRENCE-ID)(:\d{8}(?:,\d{8})*)$/i.exec(text)
    const [name, parameters, type, ...values] = parse(
      bare === null ? text : `${bare[1]};VALUE=DATE${bare[2]}`,
    )
    // ical.js reads dates by the place of their digits and passes over what does not belong to one.
    if (DATES.has(type) && !text.toUpperCase().endsWith(`:${values.map(written).join(',')}`))
      return new CalendarFault(line, `${quote(text)} has no date such as 20261123T220000Z`)
    return { name, line, text, parameters, type, values }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return new CalendarFault(line, `${quote(text)} cannot be read: ${quote(why)}`)
  }
}

/** A date or a period as the file has it. */
function written(value: unknown): string {
  if (Array.isArray(value)) return value.map(written).join('/')
  return String(value).replace(/[-:]/g, '')
}
