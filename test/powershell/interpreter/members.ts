/** Properties and elements. */
import {
  enumerable,
  isCustom,
  isNull,
  itemsOf,
  numeric,
  roundHalfEven,
  toNumber,
  toText,
  typeNameOf,
} from './convert.js'
import { DAYS, datePartsOf, secondsOfTicks, TICKS_PER_DAY, UNIX_TICKS, utcTicks } from './datetime.js'
import { raise, UnsupportedError } from './errors.js'
import { type Runtime, strictLevel } from './runtime.js'
import {
  Char,
  DateTime,
  DateTimeOffset,
  ErrorRecord,
  PSEnum,
  PSException,
  PSHashtable,
  PSList,
  PSObject,
  PSRegexMatch,
  PSSwitch,
  PSType,
  psObject,
  Reference,
  TimeSpan,
  toDouble,
  type Value,
  viewOf,
} from './values.js'

/** `undefined` where the value has no such property; a property that holds nothing gives `{ value: null }`. */
type Found = { value: Value } | undefined

export function getMember(rt: Runtime, target: Value, name: string): Value {
  const key = name.toLowerCase()
  const own = ownProperty(rt, target, key, name)
  if (own) return own.value
  const items = isNull(target) ? undefined : enumerable(target)
  if (items) {
    // Of a collection: the property of each element that has it.
    const values: Value[] = []
    for (const item of items) {
      const found = ownProperty(rt, item, key, name)
      if (found) values.push(...itemsOf(found.value))
    }
    if (values.length > 0) return values.length === 1 ? values[0] : values
  }
  // Since PowerShell 6.1 a custom object has these two, in strict mode too.
  const counts =
    strictLevel(rt) < 2 || (rt.version !== '5.1' && target instanceof PSObject && isCustom(target))
  if ((key === 'count' || key === 'length') && counts) return scalarCount(rt, target)
  if (strictLevel(rt) >= 2)
    return raise(
      `The property '${name}' cannot be found on this object. Verify that the property exists.`,
      'PropertyNotFoundStrict',
    )
  return null
}

/** Every single value counts 1, and nothing 0; in Windows PowerShell a custom object has no count. */
function scalarCount(rt: Runtime, target: Value): Value {
  if (isNull(target)) return 0
  return rt.version === '5.1' && target instanceof PSObject && isCustom(target) ? null : 1
}

function ownProperty(rt: Runtime, target: Value, key: string, name: string): Found {
  if (isNull(target)) return undefined
  if (key === 'psobject') return { value: psObjectOf(target) }
  if (target instanceof PSObject) {
    const property = target.property(key)
    return property && { value: property.get() ?? null }
  }
  if (target instanceof PSHashtable) return hashtableProperty(target, key, name)
  if (typeof target === 'string') return key === 'length' ? { value: target.length } : undefined
  if (Array.isArray(target)) {
    if (key === 'length' || key === 'count' || key === 'longlength') return { value: target.length }
    return key === 'rank' ? { value: 1 } : undefined
  }
  if (target instanceof PSList) {
    if (key === 'count') return { value: target.items.length }
    return key === 'capacity' ? { value: target.items.length } : undefined
  }
  const table = otherProperties(rt, target)
  return Object.hasOwn(table, key) ? { value: table[key]() } : undefined
}

function hashtableProperty(table: PSHashtable, key: string, name: string): Found {
  if (table.has(name)) return { value: table.get(name) ?? null }
  if (key === 'count') return { value: table.size }
  if (key === 'keys')
    return {
      value: viewOf(
        table,
        table.entries.map((e) => e.key),
      ),
    }
  if (key === 'values')
    return {
      value: viewOf(
        table,
        table.entries.map((e) => e.value),
      ),
    }
  return undefined
}

type Table = Record<string, () => Value>

function otherProperties(rt: Runtime, target: Value): Table {
  if (target instanceof DateTime) return dateProperties(target)
  if (target instanceof DateTimeOffset)
    return {
      ...dateProperties(new DateTime(target.ticks, 'Unspecified')),
      utcdatetime: () => new DateTime(utcTicks(target), 'Utc'),
      localdatetime: () => new DateTime(utcTicks(target) + BigInt(rt.zone) * 600_000_000n, 'Local', rt.zone),
      offset: () => new TimeSpan(BigInt(target.offsetMinutes) * 600_000_000n),
      datetime: () => new DateTime(target.ticks, 'Unspecified'),
    }
  if (target instanceof TimeSpan) return spanProperties(target)
  if (target instanceof ErrorRecord)
    return {
      exception: () => target.exception,
      fullyqualifiederrorid: () => target.errorId,
      targetobject: () => target.targetObject,
      categoryinfo: () =>
        psObject({
          Category: target.category,
          TargetName: toText(target.targetObject),
          Reason: target.exception.typeName.replace(/^.*\./, ''),
        }),
      invocationinfo: () =>
        psObject({
          ScriptLineNumber: target.line,
          PositionMessage: `At ${rt.scriptPath}:${target.line}`,
          MyCommand: null,
          ScriptName: rt.scriptPath,
        }),
      errordetails: () => null,
      scriptstacktrace: () => `at <ScriptBlock>, ${rt.scriptPath}: line ${target.line}`,
    }
  if (target instanceof PSException)
    return {
      message: () => target.message,
      innerexception: () => target.inner,
      hresult: () => -2146233088,
      stacktrace: () => null,
      data: () => new PSHashtable(),
    }
  if (target instanceof PSEnum) return { value__: () => target.value }
  if (target instanceof PSSwitch) return { ispresent: () => target.isPresent }
  if (target instanceof PSType)
    return {
      name: () => (target.array ? `${target.fullName}[]` : target.fullName).replace(/^.*\.(?=[^.]*$)/, ''),
      fullname: () => toText(target),
      isarray: () => target.array,
    }
  if (target instanceof PSRegexMatch)
    return {
      success: () => target.match !== null,
      value: () => target.match?.[0] ?? '',
      index: () => target.match?.index ?? 0,
      length: () => target.match?.[0].length ?? 0,
      groups: () => groupsOf(target),
    }
  if (target instanceof Reference) return { value: () => target.get() }
  return {}
}

function groupsOf(found: PSRegexMatch): PSHashtable {
  const groups = new PSHashtable('dictionary')
  const group = (text: string | undefined) =>
    psObject({ Success: text !== undefined, Value: text ?? '' }, 'System.Text.RegularExpressions.Group')
  found.match?.forEach((text, index) => {
    groups.set(index, group(text))
  })
  for (const [name, text] of Object.entries(found.match?.groups ?? {})) groups.set(name, group(text))
  return groups
}

function dateProperties(date: DateTime): Table {
  const p = () => datePartsOf(date.ticks)
  return {
    year: () => p().year,
    month: () => p().month,
    day: () => p().day,
    hour: () => p().hour,
    minute: () => p().minute,
    second: () => p().second,
    millisecond: () => Math.floor(p().fraction / 10_000),
    dayofweek: () =>
      new PSEnum('System.DayOfWeek', DAYS[p().dayOfWeek], Object.fromEntries(DAYS.map((d, i) => [d, i]))),
    date: () => new DateTime(date.ticks - (date.ticks % TICKS_PER_DAY), date.kind, date.offsetMinutes),
    timeofday: () => new TimeSpan(date.ticks % TICKS_PER_DAY),
    kind: () => new PSEnum('System.DateTimeKind', date.kind, { Unspecified: 0, Utc: 1, Local: 2 }),
    ticks: () => Number(date.ticks),
  }
}

function spanProperties(span: TimeSpan): Table {
  const seconds = secondsOfTicks(span.ticks)
  const whole = (value: number) => Math.trunc(value) + 0
  return {
    totalseconds: () => toDouble(seconds),
    totalmilliseconds: () => toDouble(Number(span.ticks) / 10_000),
    totalminutes: () => toDouble(seconds / 60),
    totalhours: () => toDouble(seconds / 3600),
    totaldays: () => toDouble(seconds / 86400),
    days: () => whole(seconds / 86400),
    hours: () => whole((seconds / 3600) % 24),
    minutes: () => whole((seconds / 60) % 60),
    seconds: () => whole(seconds % 60),
    milliseconds: () => whole((seconds * 1000) % 1000),
    ticks: () => Number(span.ticks),
  }
}

/** `.PSObject.Properties`: enumerable, and indexed by name. */
function psObjectOf(target: Value): PSObject {
  const own = target instanceof PSObject ? target : new PSObject()
  const properties = new PSObject('System.Management.Automation.PSMemberInfoCollection')
  const list = own.properties.map((p) =>
    psObject({ Name: p.name, Value: p.get(), MemberType: 'NoteProperty' }),
  )
  for (const item of list) properties.set(toText(item.get('Name')), item)
  const result = new PSObject('System.Management.Automation.PSObject')
  result.define({ name: 'Properties', get: () => new PropertyList(list), set: undefined })
  result.define({ name: 'TypeNames', get: () => [typeNameOf(target)], set: undefined })
  properties.methods.set('remove', ([name]) => own.remove(toText(name)) as undefined)
  return result
}

/** A list that is also indexed by name. */
export class PropertyList extends PSList {
  constructor(items: PSObject[]) {
    super('List', items)
  }
  named(name: string): Value {
    return (
      this.items.find(
        (item) => toText((item as PSObject).get('Name')).toLowerCase() === name.toLowerCase(),
      ) ?? null
    )
  }
}

export function setMember(rt: Runtime, target: Value, name: string, value: Value): void {
  if (target instanceof PSHashtable) {
    target.set(name, value)
    return
  }
  if (target instanceof Reference && name.toLowerCase() === 'value') {
    target.set(value)
    return
  }
  const property = target instanceof PSObject ? target.property(name) : undefined
  if (property?.set) {
    property.set(value)
    return
  }
  if (property) {
    raise(`'${name}' is a ReadOnly property.`, 'PropertyAssignmentException')
  }
  if (isNull(target))
    raise(
      `The property '${name}' cannot be found on this object. Verify that the property exists and can be set.`,
      'PropertyNotFound',
    )
  if (Array.isArray(target) && ownProperty(rt, target, name.toLowerCase(), name))
    raise(`'${name}' is a ReadOnly property.`)
  raise(
    `The property '${name}' cannot be found on this object. Verify that the property exists and can be set.`,
    'PropertyNotFound',
  )
}

export function getIndex(rt: Runtime, target: Value, index: Value): Value {
  if (isNull(target)) return raise('Cannot index into a null array.', 'NullArray')
  if (target instanceof PSHashtable) {
    const many = enumerable(index)
    if (many && index !== undefined) return many.map((each) => target.get(each) ?? null)
    if (isNull(index))
      return raise('Index operation failed; the array index evaluated to null.', 'NullArrayIndex')
    // An [ordered] is indexed by place when the index is an integer.
    if (target.kind === 'ordered' && typeof index === 'number')
      return target.entries[index < 0 ? index + target.size : index]?.value ?? null
    return target.get(index) ?? null
  }
  if (target instanceof PropertyList && typeof index === 'string') return target.named(index)
  const items =
    typeof target === 'string'
      ? [...target].map((c) => new Char(c))
      : Array.isArray(target) || target instanceof PSList
        ? enumerable(target)!
        : undefined
  if (!items) {
    if (target instanceof PSObject || target instanceof ErrorRecord)
      return raise(`Unable to index into an object of type ${typeNameOf(target)}.`, 'CannotIndex')
    return position(index) === 0 || position(index) === -1 ? target : null
  }
  const many = index === undefined ? undefined : enumerable(index)
  if (many) return many.map((each) => items[place(items, each)]).filter((item) => item !== undefined)
  const at = place(items, index)
  if (at >= 0 && at < items.length) return items[at] ?? null
  if (target instanceof PSList)
    return raise(
      'Index was out of range. Must be non-negative and less than the size of the collection.',
      'ArgumentOutOfRange',
      'System.ArgumentOutOfRangeException',
    )
  if (strictLevel(rt) >= 3)
    return raise(
      'Index was outside the bounds of the array.',
      'IndexOutOfRange',
      'System.IndexOutOfRangeException',
    )
  return null
}

const position = (index: Value): number => roundHalfEven(numeric(toNumber(index))!)

function place(items: Value[], index: Value): number {
  if (isNull(index))
    return raise('Index operation failed; the array index evaluated to null.', 'NullArrayIndex')
  const at = position(index)
  return at < 0 ? at + items.length : at
}

export function setIndex(target: Value, index: Value, value: Value): void {
  if (isNull(target)) {
    raise('Cannot index into a null array.', 'NullArray')
  }
  if (target instanceof PSHashtable) {
    if (isNull(index)) raise('Index operation failed; the array index evaluated to null.', 'NullArrayIndex')
    if (target.kind === 'ordered' && typeof index === 'number')
      throw new UnsupportedError('assignment to a place of an [ordered]')
    target.set(index, value)
    return
  }
  const items = Array.isArray(target) || target instanceof PSList ? enumerable(target)! : undefined
  if (!items) {
    raise(`Unable to index into an object of type ${typeNameOf(target)}.`, 'CannotIndex')
  }
  const at = place(items, index)
  if (at < 0 || at >= items.length)
    raise('Index was outside the bounds of the array.', 'IndexOutOfRange', 'System.IndexOutOfRangeException')
  items[at] = value
}

export const hasProperty = (target: Value, name: string): boolean =>
  (target instanceof PSObject && target.property(name) !== undefined) ||
  (target instanceof PSHashtable && target.has(name))

export const epochSeconds = (date: DateTimeOffset): number =>
  Math.floor(secondsOfTicks(utcTicks(date) - UNIX_TICKS))
