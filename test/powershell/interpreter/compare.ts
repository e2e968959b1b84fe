/** Comparison operators. The right operand becomes what the left one is; a collection on the left is filtered. */
import { enumerable, isNull, numeric, parseNumber, toBool, toText, typeNameOf } from './convert.js'
import { parseDate, utcTicks } from './datetime.js'
import { raise } from './errors.js'
import { wildcard } from './patterns.js'
import {
  Char,
  DateTime,
  DateTimeOffset,
  Double,
  PSEnum,
  PSSwitch,
  PSType,
  TimeSpan,
  type Value,
} from './values.js'

const collator = new Intl.Collator('en-US', { sensitivity: 'accent', ignorePunctuation: false })
const caseCollator = new Intl.Collator('en-US', { sensitivity: 'variant', caseFirst: 'lower' })

export const sameText = (a: string, b: string, caseSensitive = false): boolean =>
  caseSensitive ? a === b : a === b || a.toUpperCase() === b.toUpperCase()

export function equal(left: Value, right: Value, caseSensitive = false): boolean {
  if (isNull(left) || isNull(right)) return isNull(left) && isNull(right)
  if (typeof left === 'string') return sameText(left, toText(right), caseSensitive)
  if (left instanceof Char) return sameText(left.text, toText(right), caseSensitive)
  if (typeof left === 'boolean') return left === toBool(right)
  if (left instanceof PSSwitch) return left.isPresent === toBool(right)
  if (left instanceof PSEnum) {
    if (right instanceof PSEnum) return left.value === right.value && left.typeName === right.typeName
    if (typeof right === 'string')
      return sameText(left.name, right.trim()) || right.trim() === String(left.value)
    return left.value === numeric(right)
  }
  if (left instanceof PSType)
    return right instanceof PSType && left.fullName === right.fullName && left.array === right.array
  const order = ordinal(left, right)
  return order === undefined ? left === right : order === 0
}

/** Negative, 0, positive; throws where the two cannot be compared. */
export function compare(left: Value, right: Value, caseSensitive = false): number {
  if (isNull(left)) return isNull(right) ? 0 : -besideNull(right)
  if (isNull(right)) return besideNull(left)
  if (typeof left === 'string' || left instanceof Char)
    return (caseSensitive ? caseCollator : collator).compare(toText(left), toText(right))
  if (typeof left === 'boolean' || left instanceof PSSwitch)
    return Number(toBool(left)) - Number(toBool(right))
  if (left instanceof PSEnum && (typeof right === 'string' || right instanceof PSEnum)) {
    const other = right instanceof PSEnum ? right.value : memberOf(left, right)
    if (other !== undefined) return left.value - other
  }
  const order = ordinal(left, right)
  if (order !== undefined) return order
  return raise(
    `Cannot compare "${toText(left)}" to "${toText(right)}" because the objects are not the same type or the object "${toText(left)}" does not implement "IComparable".`,
    'ComparisonFailure',
  )
}

/** Numbers of 0 and more, and everything else, come after `$null`. */
const besideNull = (value: Value): number => ((numeric(value) ?? 0) < 0 ? -1 : 1)

const memberOf = (left: PSEnum, text: string): number | undefined =>
  Object.entries(left.members).find(([name]) => sameText(name, text))?.[1]

/** Of numbers and times. Undefined: not comparable. */
function ordinal(left: Value, right: Value): number | undefined {
  const number = numeric(left) ?? (left instanceof PSEnum ? left.value : undefined)
  if (number !== undefined) {
    const other = asNumber(right)
    return other === undefined ? undefined : number - other
  }
  const sign = (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0)
  if (left instanceof DateTime) {
    const other =
      right instanceof DateTime
        ? right.ticks
        : typeof right === 'string'
          ? parseDate(right)?.ticks
          : undefined
    return other === undefined ? undefined : sign(left.ticks, other)
  }
  if (left instanceof DateTimeOffset && right instanceof DateTimeOffset)
    return sign(utcTicks(left), utcTicks(right))
  if (left instanceof TimeSpan && right instanceof TimeSpan) return sign(left.ticks, right.ticks)
  return undefined
}

function asNumber(value: Value): number | undefined {
  if (typeof value === 'string') {
    const parsed = parseNumber(value)
    return parsed instanceof Double ? parsed.value : parsed
  }
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value instanceof PSEnum) return value.value
  return numeric(value)
}

const TESTS: Record<string, (order: number) => boolean> = {
  '-lt': (order) => order < 0,
  '-le': (order) => order <= 0,
  '-gt': (order) => order > 0,
  '-ge': (order) => order >= 0,
}

/** `-eq`, `-ne`, `-lt`, `-le`, `-gt`, `-ge`, `-like`, `-notlike`, and the case-sensitive ones (`-ceq`). */
export function comparison(op: string, left: Value, right: Value): Value {
  const caseSensitive = /^-c(?!ontains)/.test(op)
  const plain = caseSensitive ? `-${op.slice(2)}` : op
  const test = (value: Value): boolean => {
    if (plain === '-eq') return equal(value, right, caseSensitive)
    if (plain === '-ne') return !equal(value, right, caseSensitive)
    if (plain === '-like') return wildcard(toText(right), caseSensitive).test(toText(value))
    if (plain === '-notlike') return !wildcard(toText(right), caseSensitive).test(toText(value))
    return TESTS[plain](compareOrExplain(value, right, caseSensitive))
  }
  const items = left === undefined ? undefined : enumerable(left)
  return items ? items.filter(test) : test(left)
}

function compareOrExplain(left: Value, right: Value, caseSensitive: boolean): number {
  if (numeric(left) !== undefined && typeof right === 'string' && parseNumber(right) === undefined)
    return raise(
      `Could not compare "${toText(left)}" to "${right}". Error: "Cannot convert value "${right}" to type "${typeNameOf(left)}". Error: "Input string was not in a correct format.""`,
      'ComparisonFailure',
    )
  return compare(left, right, caseSensitive)
}

export const contains = (collection: Value, item: Value, caseSensitive = false): boolean =>
  (enumerable(collection) ?? [collection]).some((each) => equal(each, item, caseSensitive))
