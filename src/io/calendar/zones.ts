/** Time zones of a calendar: VTIMEZONE blocks of the file, names of the IANA database, and names of Windows. */
import { firstWhere } from '../../lists.js'
import { quote } from '../../model/issues.js'
import { expandRule, type RuleBudget, RuleError } from '../../model/rrule.js'
import { ianaZone, type Zone } from '../../model/zone.js'
import { CalendarFault, type Component, type Property } from './content.js'
import { dateOf, only, textOf } from './values.js'

function fixedZone(text: string): Zone | undefined {
  const [, sign, hours, minutes, seconds = '0'] = /^([+-])(\d{2}):?(\d{2})(?::?(\d{2}))?$/.exec(text) ?? []
  if (sign === undefined || Number(hours) > 18 || Number(minutes) > 59) return undefined
  const size = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000
  const offset = sign === '-' ? -size : size
  return { offsetMs: () => offset }
}

/** `windows-iana`: the zones of a Windows name in a territory, `001` for the one that stands for it everywhere. */
export type FindIana = (windowsName: string, territory?: string) => string[]

/** Parts behind a slash that may be a zone's name: `America/Argentina/Salta` has three. */
const MOST_PARTS = 3

/** By the name of the IANA database or of Windows, or an offset such as `+01:00`; undefined where it is none. */
export function findZone(name: string, findIana: FindIana): Zone | undefined {
  const [windows] = findIana(name, '001')
  if (windows !== undefined) return ianaZone(windows)
  if (!name.startsWith('/')) return fixedZone(name) ?? ianaZone(name)
  // Programs put a path of their own in front: /freeassociation.sourceforge.net/Tzfile/Europe/Berlin
  const parts = name.split('/').slice(2).slice(-MOST_PARTS)
  for (let from = 0; from < parts.length; from++) {
    const zone = findZone(parts.slice(from).join('/'), findIana)
    if (zone !== undefined) return zone
  }
  return undefined
}

interface Change {
  atMs: number
  fromMs: number
  toMs: number
}

const DAY_MS = 86_400_000
const FIRST_MS = Date.UTC(1970, 0, 1)

/** The zone that a VTIMEZONE describes, for instants up to `untilMs`. @throws CalendarFault */
export function definedZone(block: Component, untilMs: number, budget: RuleBudget): Zone {
  const broken = [block, ...block.components].find((component) => component.broken)
  if (broken !== undefined)
    throw new CalendarFault(broken.line, 'a part of the VTIMEZONE cannot be read: its offsets are not known')
  const changes = block.components
    .filter(({ name }) => name === 'standard' || name === 'daylight')
    .flatMap((observance) => changesOf(observance, untilMs, budget))
    .sort((a, b) => a.atMs - b.atMs)
  const [first] = changes
  if (first === undefined)
    throw new CalendarFault(block.line, 'VTIMEZONE has neither STANDARD nor DAYLIGHT; it says no offset')
  return {
    offsetMs(epochMs) {
      const low = firstWhere(changes.length, (middle) => changes[middle].atMs > epochMs)
      return low === 0 ? first.fromMs : changes[low - 1].toMs
    },
  }
}

function changesOf(observance: Component, untilMs: number, budget: RuleBudget): Change[] {
  const fromMs = offsetOf(observance, 'tzoffsetfrom')
  const toMs = offsetOf(observance, 'tzoffsetto')
  const start = only(observance, 'dtstart')
  if (start === undefined) throw new CalendarFault(observance.line, 'the observance has no DTSTART')
  const firstMs = dateOf(start).wallMs
  const walls = new Set([firstMs])
  for (const dates of observance.properties.filter(({ name }) => name === 'rdate'))
    for (const index of dates.values.keys()) walls.add(dateOf(dates, index).wallMs)
  const rule = only(observance, 'rrule')
  if (rule !== undefined)
    for (const wall of expandObservance(rule, firstMs, fromMs, untilMs, budget)) walls.add(wall)
  return [...walls].map((wall) => ({ atMs: wall - fromMs, fromMs, toMs }))
}

function expandObservance(
  rule: Property,
  firstMs: number,
  offsetMs: number,
  untilMs: number,
  budget: RuleBudget,
): number[] {
  const range = { firstMs, fromMs: Math.max(firstMs - 1, FIRST_MS), toMs: untilMs + DAY_MS }
  try {
    return expandRule(textOf(rule), { ...range, offsetMinutes: offsetMs / 60_000 }, budget)
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
    throw new CalendarFault(rule.line, `${quote(rule.text)}: ${error.message}`, budget.candidates < 0)
  }
}

function offsetOf(observance: Component, name: string): number {
  const property = only(observance, name)
  const missing = `the observance has no ${name.toUpperCase()}`
  if (property === undefined) throw new CalendarFault(observance.line, missing)
  const zone = fixedZone(textOf(property))
  if (zone !== undefined) return zone.offsetMs(0)
  throw new CalendarFault(property.line, `${quote(property.text)} is no offset such as +0100`)
}

/** ISO 8601 at the offset of the zone at that instant; in UTC where that has seconds. */
export function isoAt(zone: Zone, epochMs: number): string {
  const offsetMs = zone.offsetMs(epochMs)
  const size = Math.abs(offsetMs) / 60_000
  const text = (ms: number) => new Date(ms).toISOString().slice(0, 19)
  if (offsetMs === 0 || !Number.isInteger(size)) return `${text(epochMs)}Z`
  const two = (value: number) => String(value).padStart(2, '0')
  return `${text(epochMs + offsetMs)}${offsetMs < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
}
