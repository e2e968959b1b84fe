/** Type names, `-is`, and casts. */
import type { TypeName } from './ast.js'
import { sameText } from './compare.js'
import {
  cannotConvert,
  enumerable,
  isDouble,
  isNull,
  itemsOf,
  numeric,
  roundHalfEven,
  toBool,
  toNumber,
  toText,
  typeNameOf,
} from './convert.js'
import { parseDate, toLocal } from './datetime.js'
import { raise, UnsupportedError } from './errors.js'
import {
  Char,
  DateTime,
  DateTimeOffset,
  Double,
  ErrorRecord,
  PSEnum,
  PSException,
  PSHashtable,
  PSList,
  PSObject,
  PSSwitch,
  PSType,
  ScriptBlock,
  TimeSpan,
  toDouble,
  type Value,
} from './values.js'

/** Short name → full name. */
const TYPES: Record<string, string> = {
  object: 'System.Object',
  psobject: 'System.Management.Automation.PSObject',
  pscustomobject: 'System.Management.Automation.PSCustomObject',
  string: 'System.String',
  char: 'System.Char',
  bool: 'System.Boolean',
  byte: 'System.Byte',
  int: 'System.Int32',
  long: 'System.Int64',
  uint32: 'System.UInt32',
  uint64: 'System.UInt64',
  double: 'System.Double',
  float: 'System.Single',
  decimal: 'System.Decimal',
  datetime: 'System.DateTime',
  datetimeoffset: 'System.DateTimeOffset',
  timespan: 'System.TimeSpan',
  hashtable: 'System.Collections.Hashtable',
  ordered: 'System.Collections.Specialized.OrderedDictionary',
  array: 'System.Array',
  list: 'System.Collections.Generic.List',
  arraylist: 'System.Collections.ArrayList',
  queue: 'System.Collections.Generic.Queue',
  stack: 'System.Collections.Generic.Stack',
  hashset: 'System.Collections.Generic.HashSet',
  dictionary: 'System.Collections.Generic.Dictionary',
  idictionary: 'System.Collections.IDictionary',
  ienumerable: 'System.Collections.IEnumerable',
  scriptblock: 'System.Management.Automation.ScriptBlock',
  switch: 'System.Management.Automation.SwitchParameter',
  void: 'System.Void',
  ref: 'System.Management.Automation.PSReference',
  math: 'System.Math',
  convert: 'System.Convert',
  environment: 'System.Environment',
  regex: 'System.Text.RegularExpressions.Regex',
  guid: 'System.Guid',
  version: 'System.Version',
  type: 'System.Type',
  stringcomparer: 'System.StringComparer',
  stringcomparison: 'System.StringComparison',
  stringsplitoptions: 'System.StringSplitOptions',
  cultureinfo: 'System.Globalization.CultureInfo',
  datetimestyles: 'System.Globalization.DateTimeStyles',
  file: 'System.IO.File',
  path: 'System.IO.Path',
  directory: 'System.IO.Directory',
  encoding: 'System.Text.Encoding',
  utf8encoding: 'System.Text.UTF8Encoding',
  stringbuilder: 'System.Text.StringBuilder',
  stopwatch: 'System.Diagnostics.Stopwatch',
  errorrecord: 'System.Management.Automation.ErrorRecord',
}
const ALIASES: Record<string, string> = {
  int32: 'int',
  int64: 'long',
  boolean: 'bool',
  single: 'float',
  switchparameter: 'switch',
  ordereddictionary: 'ordered',
  uint: 'uint32',
  ulong: 'uint64',
  psreference: 'ref',
}
const FULL = new Map(Object.entries(TYPES).map(([short, full]) => [full.toLowerCase(), short]))

/** Exceptions are taken by any name that ends so; catch clauses match by it and its ancestors. */
const isExceptionName = (name: string): boolean => /exception$/i.test(name)

/** The same name in a script is looked up once. */
const resolved = new WeakMap<TypeName, PSType>()

export function resolveType(type: TypeName): PSType {
  const known = resolved.get(type) ?? lookUpType(type)
  resolved.set(type, known)
  return known
}

function lookUpType(type: TypeName): PSType {
  const lower = type.name.toLowerCase()
  const short = ALIASES[lower] ?? (Object.hasOwn(TYPES, lower) ? lower : undefined)
  const full =
    FULL.get(lower) ??
    FULL.get(`system.${lower}`) ??
    FULL.get(lower.replace(/^(collections|text|io|globalization)\./, 'system.$1.'))
  const name = short ?? full ?? ALIASES[lower.replace(/^system\.(management\.automation\.)?/, '')]
  const generic = type.generic.map(resolveType)
  if (name !== undefined) return new PSType(name, TYPES[name], type.array, generic)
  if (isExceptionName(lower))
    return new PSType('exception', type.name.includes('.') ? type.name : `System.${type.name}`, type.array)
  throw new UnsupportedError(`type [${type.name}]`)
}

const INTEGERS: Record<string, [number, number]> = {
  byte: [0, 255],
  int: [-2147483648, 2147483647],
  uint32: [0, 4294967295],
  long: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  uint64: [0, Number.MAX_SAFE_INTEGER],
}

/** `zone`: minutes that the local clock is before UTC. */
export function cast(type: PSType, value: Value, zone: number): Value {
  if (type.array) {
    if (isNull(value)) return null
    const element = new PSType(type.name, type.fullName)
    return itemsOf(value).map((item) => cast(element, item, zone))
  }
  if (type.name in INTEGERS) return toInteger(type, value)
  switch (type.name) {
    case 'object':
    case 'psobject':
      return value ?? null
    case 'void':
      return undefined
    case 'string':
      return toText(value)
    case 'bool':
      if (typeof value === 'string') return cannotConvertText(value, 'System.Boolean')
      return toBool(value)
    case 'double':
    case 'float':
    case 'decimal':
      return toDouble(numeric(toNumber(value, type.fullName))!)
    case 'char': {
      if (value instanceof Char) return value
      if (typeof value === 'string' && value.length === 1) return new Char(value)
      const code = numeric(value)
      return code === undefined ? cannotConvert(value, 'System.Char') : new Char(String.fromCharCode(code))
    }
    case 'switch':
      return value instanceof PSSwitch ? value : new PSSwitch(toBool(value))
    case 'array':
      return isNull(value) ? null : [...itemsOf(value)]
    case 'datetime':
      return toDateTime(value, zone)
    case 'datetimeoffset':
      return toDateTimeOffset(value, zone)
    case 'timespan':
      return toTimeSpan(value)
    case 'pscustomobject':
      return toCustomObject(value)
    case 'hashtable':
    case 'ordered':
    case 'idictionary':
      if (isNull(value) || value instanceof PSHashtable) return value
      return cannotConvert(value, type.fullName)
    case 'scriptblock':
      return isNull(value) || value instanceof ScriptBlock ? value : cannotConvert(value, type.fullName)
    case 'list':
    case 'arraylist':
    case 'hashset':
    case 'queue':
    case 'stack': {
      if (isNull(value)) return null
      const element = type.generic[0]
      const items = itemsOf(value).map((item) => (element ? cast(element, item, zone) : item))
      return new PSList(LIST_KINDS[type.name], items)
    }
    case 'exception':
      if (value instanceof PSException) return value
      return new PSException(type.fullName, toText(value))
    case 'errorrecord':
      return value instanceof ErrorRecord ? value : cannotConvert(value, type.fullName)
    default:
      throw new UnsupportedError(`cast to [${type.fullName}]`)
  }
}

export const LIST_KINDS: Record<string, PSList['kind']> = {
  list: 'List',
  arraylist: 'ArrayList',
  hashset: 'HashSet',
  queue: 'Queue',
  stack: 'Stack',
}

function toInteger(type: PSType, value: Value): number {
  const rounded = roundHalfEven(numeric(toNumber(value, type.fullName))!)
  const [min, max] = INTEGERS[type.name]
  if (rounded >= min && rounded <= max) return rounded
  return raise(
    `Cannot convert value "${toText(value)}" to type "${type.fullName}". Error: "Value was either too large or too small for an ${type.fullName.replace('System.', '')}."`,
    'InvalidCastIConvertible',
    'System.Management.Automation.PSInvalidCastException',
  )
}

function cannotConvertText(text: string, type: string): never {
  return raise(
    `Cannot convert value "${text}" to type "${type}". Boolean parameters accept only Boolean values and numbers, such as $True, $False, 1 or 0.`,
    'InvalidCast',
    'System.Management.Automation.PSInvalidCastException',
  )
}

/** A text without an offset stays unspecified; one with an offset becomes local time. */
export function dateFromText(text: string, zone: number): DateTime | undefined {
  const parsed = parseDate(text)
  if (!parsed) return undefined
  if (parsed.offsetMinutes === undefined) return new DateTime(parsed.ticks, 'Unspecified')
  return toLocal(new DateTime(parsed.ticks - BigInt(parsed.offsetMinutes) * 600_000_000n, 'Utc'), zone)
}

function toDateTime(value: Value, zone: number): DateTime {
  if (value instanceof DateTime) return value
  if (typeof value === 'number') return new DateTime(BigInt(value), 'Unspecified')
  const date = typeof value === 'string' ? dateFromText(value, zone) : undefined
  if (date) return date
  if (typeof value !== 'string') return cannotConvert(value, 'System.DateTime')
  return raise(
    `Cannot convert value "${value}" to type "System.DateTime". Error: "String was not recognized as a valid DateTime."`,
    'InvalidCastParseTargetInvocation',
    'System.Management.Automation.PSInvalidCastException',
  )
}

function toDateTimeOffset(value: Value, zone: number): DateTimeOffset {
  if (value instanceof DateTimeOffset) return value
  if (value instanceof DateTime) {
    const offset = value.kind === 'Utc' ? 0 : value.kind === 'Local' ? value.offsetMinutes : zone
    return new DateTimeOffset(value.ticks, offset)
  }
  const parsed = typeof value === 'string' ? parseDate(value) : undefined
  if (!parsed) return cannotConvert(value, 'System.DateTimeOffset')
  return new DateTimeOffset(parsed.ticks, parsed.offsetMinutes ?? zone)
}

export function toTimeSpan(value: Value): TimeSpan {
  if (value instanceof TimeSpan) return value
  if (typeof value === 'number') return new TimeSpan(BigInt(value))
  const match = /^\s*(-)?(?:(\d+)\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,7}))?)?\s*$/.exec(
    toText(value),
  )
  if (!match) return cannotConvert(value, 'System.TimeSpan')
  const seconds =
    Number(match[2] ?? 0) * 86400 + Number(match[3]) * 3600 + Number(match[4]) * 60 + Number(match[5] ?? 0)
  const ticks = BigInt(seconds) * 10_000_000n + BigInt((match[6] ?? '').padEnd(7, '0'))
  return new TimeSpan(match[1] ? -ticks : ticks)
}

function toCustomObject(value: Value): Value {
  if (!(value instanceof PSHashtable)) return value ?? null
  const object = new PSObject()
  for (const entry of value.entries) object.set(toText(entry.key), entry.value ?? null)
  return object
}

export function isOfType(type: PSType, value: Value): boolean {
  if (isNull(value)) return false
  if (type.array) return Array.isArray(value)
  switch (type.name) {
    case 'object':
      return true
    case 'psobject':
    case 'pscustomobject':
      return value instanceof PSObject
    case 'array':
      return Array.isArray(value)
    case 'idictionary':
      return value instanceof PSHashtable
    case 'hashtable':
    case 'ordered':
    case 'dictionary':
      return value instanceof PSHashtable && value.kind === type.name
    case 'ienumerable':
      return enumerable(value) !== undefined || value instanceof PSHashtable || typeof value === 'string'
    case 'double':
      return isDouble(value)
    case 'long':
    case 'int':
      return !(value instanceof Double) && typeNameOf(value) === type.fullName
    case 'list':
    case 'arraylist':
    case 'hashset':
    case 'queue':
    case 'stack':
      return value instanceof PSList && value.kind === LIST_KINDS[type.name]
    case 'exception':
      return value instanceof PSException && exceptionIs(value.typeName, type.fullName)
    default:
      if (value instanceof PSEnum) return sameText(value.typeName, type.fullName)
      return sameText(typeNameOf(value), type.fullName)
  }
}

const BASES: Record<string, string[]> = {
  'system.management.automation.actionpreferencestopexception': [
    'system.management.automation.runtimeexception',
  ],
  'system.management.automation.commandnotfoundexception': ['system.management.automation.runtimeexception'],
  'system.management.automation.parameterbindingexception': ['system.management.automation.runtimeexception'],
  'system.management.automation.psinvalidcastexception': ['system.invalidcastexception'],
  'system.management.automation.itemnotfoundexception': [
    'system.management.automation.sessionstateexception',
  ],
  'system.io.filenotfoundexception': ['system.io.ioexception'],
  'system.io.directorynotfoundexception': ['system.io.ioexception'],
  'system.argumentnullexception': ['system.argumentexception'],
  'system.argumentoutofrangeexception': ['system.argumentexception'],
}

export function exceptionIs(actual: string, wanted: string): boolean {
  const [a, w] = [actual.toLowerCase(), wanted.toLowerCase()]
  return a === w || w === 'system.exception' || (BASES[a] ?? []).includes(w)
}
