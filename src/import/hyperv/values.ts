/**
 * Values as `ConvertTo-Json` writes them. Windows PowerShell 5.1 and PowerShell 7 differ: enums are numbers or names, dates `/Date(…)/` or
 * ISO 8601, TimeSpans objects or texts, a list of one its only element, and what lay beyond `-Depth` the name of a .NET type.
 */
import { parseInstant } from '../../model/instant.js'
import { isArray } from '../../model/issues.js'

/** A JSON object by its keys in lower case: PowerShell does not care about case, and nor do those who rename columns. */
export type Fields = ReadonlyMap<string, unknown>

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !isArray(value)
}

export function fieldsOf(object: Record<string, unknown>): Fields {
  const fields = new Map<string, unknown>()
  for (const [key, value] of Object.entries(object)) {
    const folded = key.toLowerCase()
    // Remote objects have enums as { "value": 2, "Value": "Running" }: the later one, a name, says more.
    if (value !== null || !fields.has(folded)) fields.set(folded, value)
  }
  return fields
}

/** What stands inside of `{ "value": …, "Count": … }`, which Windows PowerShell wraps around some arrays, and remoting around enums. */
export function unwrap(value: unknown): unknown {
  if (!isObject(value)) return value
  const keys = Object.keys(value)
  if (keys.length === 0 || keys.length > 3) return value
  const fields = fieldsOf(value)
  return fields.has('value') && [...fields.keys()].every((key) => key === 'value' || key === 'count')
    ? fields.get('value')
    : value
}

/** What became of an object beyond `-Depth`: its type's name, and nothing of what it held. */
export function isCutOff(value: unknown): boolean {
  return typeof value === 'string' && /^(?:System|Microsoft)\.[\w.`]+(?:\[.*\])?$/.test(value)
}

/** Text without the space around it; undefined where there is none. Numbers count as text; objects are told by their `Name`. */
export function asText(raw: unknown): string | undefined {
  const value = unwrap(raw)
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return value.trim() === '' ? undefined : value.trim()
  return isObject(value) ? asText(fieldsOf(value).get('name') ?? undefined) : undefined
}

/** A name as it is, with the spaces around it, which tell it from another. */
export function asName(raw: unknown): string | undefined {
  const value = unwrap(raw)
  return typeof value === 'string' && value.trim() !== '' ? value : asText(value)
}

/** A finite number, also where it stands in quotes; undefined for anything else. */
export function asNumber(raw: unknown): number | undefined {
  const value = unwrap(raw)
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  if (typeof value !== 'string' || !/^\s*-?\d{1,20}(?:\.\d{1,20})?\s*$/.test(value)) return undefined
  return Number(value)
}

/** A whole number of at least 1. */
export function asCount(raw: unknown): number | undefined {
  const value = asNumber(raw)
  return value !== undefined && Number.isSafeInteger(value) && value >= 1 ? value : undefined
}

export function asBoolean(raw: unknown): boolean | undefined {
  const value = unwrap(raw)
  if (typeof value === 'boolean') return value
  const text = asText(value)?.toLowerCase()
  if (text === 'true' || text === '1') return true
  return text === 'false' || text === '0' ? false : undefined
}

/** Texts of an array, or the one that stands for it; `{}`, null and nothing are no texts. Undefined where the list was cut off. */
export function asTexts(raw: unknown): string[] | undefined {
  const value = unwrap(raw)
  if (isCutOff(value)) return undefined
  if (isArray(value)) {
    if (value.some(isCutOff)) return undefined
    return value.map(asText).filter((text) => text !== undefined)
  }
  const text = asText(value)
  return text === undefined ? [] : [text]
}

/** A value of an enum by name or number, as the name in `names`; undefined where it is neither, or missing. */
export function asEnum<T extends string>(raw: unknown, names: Readonly<Record<T, number>>): T | undefined {
  const text = asText(raw)?.toLowerCase()
  if (text === undefined) return undefined
  const known = Object.keys(names) as T[]
  return known.find((name) => name.toLowerCase() === text || String(names[name]) === text)
}

/** Flags by name, in any number, or as the sum of their bits. */
export function asFlags<T extends string>(raw: unknown, names: Readonly<Record<T, number>>): ReadonlySet<T> {
  const known = Object.keys(names) as T[]
  const bits = asNumber(raw)
  if (bits !== undefined) return new Set(known.filter((name) => Math.floor(bits / names[name]) % 2 === 1))
  const told = (asText(raw) ?? '').toLowerCase().split(/[,\s]+/)
  return new Set(known.filter((name) => told.includes(name.toLowerCase())))
}

/** An instant with the offset at which it was written. `/Date(…)/` has none, and is UTC. */
export function asInstant(raw: unknown): { epochMs: number; offsetMinutes: number } | undefined {
  const text = asText(raw)
  if (text === undefined) return undefined
  const ticks = /^\\?\/Date\((-?\d{1,15})(?:[+-]\d{4})?\)\\?\/$/.exec(text)
  if (ticks !== null) return { epochMs: Number(ticks[1]), offsetMinutes: 0 }
  const parsed = parseInstant(text)
  return typeof parsed === 'string' ? undefined : parsed
}

/** A span in minutes: a number of minutes, a TimeSpan object, or `[d.]hh:mm:ss[.fraction]`. */
export function asMinutes(raw: unknown): number | undefined {
  const value = unwrap(raw)
  if (isObject(value)) {
    const fields = fieldsOf(value)
    const ticks = asNumber(fields.get('ticks'))
    return asNumber(fields.get('totalminutes')) ?? (ticks === undefined ? undefined : ticks / 600_000_000)
  }
  const span =
    typeof value === 'string'
      ? /^(?:(\d{1,4})\.)?(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d{1,9})?))?$/.exec(value.trim())
      : null
  if (span === null) return asNumber(value)
  const [, days = '0', hours, minutes, seconds = '0'] = span
  return Number(days) * 1440 + Number(hours) * 60 + Number(minutes) + Number(seconds) / 60
}
