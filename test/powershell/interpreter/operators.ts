/** Arithmetic, range, join, split, replace, bit operators. The left operand decides what an operator means. */
import {
  cannotConvert,
  enumerable,
  isDouble,
  isNull,
  itemsOf,
  numeric,
  roundHalfEven,
  toNumber,
  toText,
  typeNameOf,
} from './convert.js'
import { raise } from './errors.js'
import { toRegExp, toReplacement } from './patterns.js'
import {
  Char,
  DateTime,
  DateTimeOffset,
  Double,
  PSHashtable,
  TimeSpan,
  toDouble,
  type Value,
} from './values.js'

export function arithmetic(op: string, left: Value, right: Value): Value {
  switch (op) {
    case '+':
      return add(left, right)
    case '-':
      return subtract(left, right)
    case '*':
      return multiply(left, right)
    case '/':
      return divide(left, right)
    default:
      return remainder(left, right)
  }
}

function add(left: Value, right: Value): Value {
  if (isNull(left)) return right ?? null
  if (typeof left === 'string') return left + toText(right)
  if (left instanceof Char) return left.text + toText(right)
  const items = enumerable(left)
  if (items) return [...items, ...itemsOf(right === undefined ? null : right)]
  if (left instanceof PSHashtable) return merge(left, right)
  if (left instanceof DateTime && right instanceof TimeSpan)
    return new DateTime(left.ticks + right.ticks, left.kind, left.offsetMinutes)
  if (left instanceof DateTimeOffset && right instanceof TimeSpan)
    return new DateTimeOffset(left.ticks + right.ticks, left.offsetMinutes)
  if (left instanceof TimeSpan && right instanceof TimeSpan) return new TimeSpan(left.ticks + right.ticks)
  return compute('+', left, right, (a, b) => a + b)
}

function merge(left: PSHashtable, right: Value): Value {
  if (!(right instanceof PSHashtable)) return noOperator('op_Addition', left)
  const merged = new PSHashtable(left.kind, left.caseSensitive)
  for (const { key, value } of left.entries) merged.set(key, value)
  for (const { key, value } of right.entries) {
    if (merged.has(key))
      return raise(
        `Item has already been added. Key in dictionary: '${toText(key)}'  Key being added: '${toText(key)}'`,
      )
    merged.set(key, value)
  }
  return merged
}

function subtract(left: Value, right: Value): Value {
  if (left instanceof DateTime && right instanceof DateTime) return new TimeSpan(left.ticks - right.ticks)
  if (left instanceof DateTime && right instanceof TimeSpan)
    return new DateTime(left.ticks - right.ticks, left.kind, left.offsetMinutes)
  if (left instanceof DateTimeOffset && right instanceof DateTimeOffset)
    return new TimeSpan(
      left.ticks - right.ticks - BigInt(left.offsetMinutes - right.offsetMinutes) * 600_000_000n,
    )
  if (left instanceof TimeSpan && right instanceof TimeSpan) return new TimeSpan(left.ticks - right.ticks)
  return compute('-', left, right, (a, b) => a - b)
}

function multiply(left: Value, right: Value): Value {
  if (typeof left === 'string') return left.repeat(count(right))
  const items = enumerable(left)
  if (items && left !== undefined) return Array.from({ length: count(right) }, () => items).flat()
  return compute('*', left, right, (a, b) => a * b)
}

function count(value: Value): number {
  const times = roundHalfEven(numeric(toNumber(value))!)
  return times >= 0 ? times : raise('Specified argument was out of the range of valid values.')
}

function divide(left: Value, right: Value): Value {
  const [a, b] = [toNumber(operand('op_Division', left)), toNumber(right)]
  const [x, y] = [numeric(a)!, numeric(b)!]
  if (isDouble(a) || isDouble(b)) return toDouble(x / y)
  if (y === 0)
    return raise('Attempted to divide by zero.', 'RuntimeException', 'System.DivideByZeroException')
  return x / y
}

function remainder(left: Value, right: Value): Value {
  const [a, b] = [toNumber(operand('op_Modulus', left)), toNumber(right)]
  const [x, y] = [numeric(a)!, numeric(b)!]
  if (isDouble(a) || isDouble(b)) return toDouble(x % y)
  if (y === 0)
    return raise('Attempted to divide by zero.', 'RuntimeException', 'System.DivideByZeroException')
  return (x % y) + 0
}

function compute(op: string, left: Value, right: Value, apply: (a: number, b: number) => number): Value {
  const name = { '+': 'op_Addition', '-': 'op_Subtraction', '*': 'op_Multiply' }[op]!
  const a = toNumber(operand(name, left))
  const b = toNumber(right)
  const result = apply(numeric(a)!, numeric(b)!)
  return isDouble(a) || isDouble(b) || !Number.isSafeInteger(result) ? toDouble(result) : result + 0
}

/** A left operand that converts to a number. */
function operand(name: string, value: Value): Value {
  const fits =
    isNull(value) ||
    typeof value === 'number' ||
    value instanceof Double ||
    typeof value === 'string' ||
    typeof value === 'boolean'
  return fits || typeNameOf(value).endsWith('SwitchParameter') || value instanceof Char
    ? value
    : noOperator(name, value)
}

function noOperator(name: string, left: Value): never {
  return raise(
    `Method invocation failed because [${typeNameOf(left)}] does not contain a method named '${name}'.`,
    'MethodNotFound',
  )
}

export function negate(value: Value): Value {
  if (value instanceof TimeSpan) return new TimeSpan(-value.ticks)
  const number = toNumber(value)
  return number instanceof Double ? new Double(-number.value) : 0 - number
}

export function range(left: Value, right: Value): Value {
  const [from, to] = [left, right].map((value) => roundHalfEven(numeric(toNumber(value))!))
  const step = from <= to ? 1 : -1
  if (Math.abs(to - from) > 1_000_000) return raise('The range is too large for this interpreter.')
  return Array.from({ length: Math.abs(to - from) + 1 }, (_, index) => from + index * step)
}

export const join = (left: Value, separator: string): string => itemsOf(left).map(toText).join(separator)

/** `-split`: by a regular expression; `right` may be `(pattern, most pieces)`. */
export function split(left: Value, right: Value, caseSensitive: boolean): Value {
  const [pattern, most = 0, options] = itemsOf(right)
  const limit = numeric(toNumber(most))!
  if (limit < 0) return raise('a negative number of pieces is not in the subset')
  const simple = toText(options).toLowerCase() === 'simplematch'
  const source = simple ? toText(pattern).replace(/[.*+?^${}()|[\]\\]/g, '\\$&') : toText(pattern)
  return itemsOf(left).flatMap((item) => splitBy(toText(item), toRegExp(source, caseSensitive, 'g'), limit))
}

export function splitBy(text: string, pattern: RegExp, limit: number): string[] {
  const pieces: string[] = []
  let from = 0
  for (const match of text.matchAll(pattern)) {
    if (limit > 0 && pieces.length === limit - 1) break
    if (match[0] === '' && (match.index === 0 || match.index === text.length)) continue
    pieces.push(text.slice(from, match.index), ...match.slice(1).filter((group) => group !== undefined))
    from = match.index + match[0].length
  }
  return [...pieces, text.slice(from)]
}

export const splitWords = (value: Value): string[] =>
  itemsOf(value).flatMap((item) =>
    toText(item)
      .split(/\s+/)
      .filter((word) => word !== ''),
  )

export function replace(left: Value, right: Value, caseSensitive: boolean): Value {
  const [pattern, replacement = ''] = itemsOf(right)
  const regex = toRegExp(toText(pattern), caseSensitive, 'g')
  const one = (value: Value) => toText(value).replace(regex, toReplacement(toText(replacement)))
  const items = enumerable(left)
  return items && left !== undefined ? items.map(one) : one(left)
}

export function bitwise(op: string, left: Value, right: Value): Value {
  const integer = (value: Value) => {
    const number = numeric(toNumber(value))!
    return Number.isSafeInteger(number) ? BigInt(number) : cannotConvert(value, 'System.Int64')
  }
  const [a, b] = [integer(left), integer(right)]
  switch (op) {
    case '-band':
      return Number(a & b)
    case '-bor':
      return Number(a | b)
    case '-bxor':
      return Number(a ^ b)
    case '-shl':
      return Number(BigInt.asIntN(32, a << (b & 31n)))
    default:
      return Number(a >> (b & 31n))
  }
}
