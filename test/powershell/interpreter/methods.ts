/** Methods of objects. */
import { equal } from './compare.js'
import { isNull, itemsOf, numeric, toBool, toNumber, toText, typeNameOf } from './convert.js'
import { PSThrow, raise, UnsupportedError } from './errors.js'
import { formatValue } from './format.js'
import { runScriptBlock } from './invoke.js'
import { dateMethod, dateOffsetMethod, spanMethod } from './methods-date.js'
import { stringMethod } from './methods-string.js'
import type { Runtime } from './runtime.js'
import { resolveType } from './types.js'
import {
  DateTime,
  DateTimeOffset,
  ErrorRecord,
  PSEnum,
  PSException,
  PSHashtable,
  PSList,
  PSObject,
  PSType,
  psObject,
  ScriptBlock,
  TimeSpan,
  type Value,
  viewOf,
} from './values.js'

export const noMethod = (target: Value, name: string): never =>
  raise(
    `Method invocation failed because [${typeNameOf(target)}] does not contain a method named '${name}'.`,
    'MethodNotFound',
  )

/** What is thrown inside a .NET method comes wrapped, as PowerShell does: `Exception calling "Parse" with "1" argument(s): "…"`. */
export function wrapped<T>(name: string, args: Value[], run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof PSThrow) || error.scope === 'script' || error.record.errorId === 'MethodNotFound')
      throw error
    const inner = error.record.exception
    const outer = new PSException(
      'System.Management.Automation.MethodInvocationException',
      `Exception calling "${name}" with "${args.length}" argument(s): "${inner.message}"`,
      inner,
    )
    throw new PSThrow(new ErrorRecord(outer, error.record.errorId, error.record.category, null))
  }
}

export function callMethod(rt: Runtime, target: Value, name: string, args: Value[]): Value {
  if (isNull(target))
    return raise('You cannot call a method on a null-valued expression.', 'InvokeMethodOnNull')
  const key = name.toLowerCase()
  if (target instanceof PSObject) {
    const method = target.methods.get(key)
    if (method) return method(args)
    // A property that holds a script block is no method; `& $object.Block` calls it.
  }
  if (key === 'gettype' && args.length === 0) return typeOf(target)
  return wrapped(name, args, () => dispatch(rt, target, name, key, args))
}

export function typeOf(target: Value): PSType {
  if (Array.isArray(target)) return new PSType('object', 'System.Object', true)
  const full = typeNameOf(target)
  try {
    return resolveType({ name: full.replace(/`.*$/, ''), array: false, generic: [] })
  } catch {
    return new PSType(full.toLowerCase(), full)
  }
}

function dispatch(rt: Runtime, target: Value, name: string, key: string, args: Value[]): Value {
  if (typeof target === 'string') return stringMethod(target, name, args)
  if (target instanceof DateTime) return dateMethod(target, name, args, rt.zone)
  if (target instanceof DateTimeOffset) return dateOffsetMethod(target, name, args)
  if (target instanceof TimeSpan) return spanMethod(target, name, args)
  if (target instanceof PSHashtable) return hashtableMethod(target, name, args)
  if (target instanceof PSList) return listMethod(target, name, args)
  if (Array.isArray(target)) return arrayMethod(rt, target, name, key, args)
  if (target instanceof ScriptBlock) {
    if (key === 'invoke') return runScriptBlock(rt, target.block, args)
    if (key === 'invokereturnasis') {
      const output = runScriptBlock(rt, target.block, args)
      return output.length === 1 ? output[0] : output
    }
  }
  if (key === 'tostring') {
    if (args.length === 0) return toText(target)
    if (numeric(target) !== undefined || target instanceof PSEnum) return formatValue(target, toText(args[0]))
  }
  if (key === 'equals') return equal(target, args[0], true)
  if (key === 'compareto' && numeric(target) !== undefined)
    return Math.sign(numeric(target)! - numeric(toNumber(args[0]))!)
  if (key === 'hasflag' && target instanceof PSEnum) {
    const flag = args[0] instanceof PSEnum ? args[0].value : target.members[toText(args[0])]
    return (target.value & flag) === flag
  }
  return noMethod(target, name)
}

function hashtableMethod(table: PSHashtable, name: string, args: Value[]): Value {
  const [key, value] = args
  switch (name.toLowerCase()) {
    case 'containskey':
    case 'contains':
      return table.has(key)
    case 'containsvalue':
      return table.entries.some((entry) => equal(entry.value, key, true))
    case 'add':
      if (isNull(key))
        return raise(
          'Key cannot be null. Parameter name: key',
          'ArgumentNull',
          'System.ArgumentNullException',
        )
      if (table.has(key))
        return raise(
          `Item has already been added. Key in dictionary: '${toText(key)}'  Key being added: '${toText(key)}'`,
          'Argument',
          'System.ArgumentException',
        )
      table.set(key, value)
      return undefined
    case 'remove': {
      const removed = table.delete(key)
      return table.kind === 'dictionary' ? removed : undefined
    }
    case 'clear':
      table.clear()
      return undefined
    case 'clone': {
      const copy = new PSHashtable(table.kind, table.caseSensitive)
      for (const entry of table.entries) copy.set(entry.key, entry.value)
      return copy
    }
    case 'getenumerator':
      return viewOf(
        table,
        table.entries.map((e) =>
          psObject({ Key: e.key, Value: e.value, Name: e.key }, 'System.Collections.DictionaryEntry'),
        ),
      )
    case 'item':
    case 'get_item':
      return table.get(key) ?? null
    case 'set_item':
      table.set(key, value)
      return undefined
    case 'tostring':
      return toText(table)
    default:
      return noMethod(table, name)
  }
}

const VOID = undefined

function listMethod(list: PSList, name: string, args: Value[]): Value {
  const same = (value: Value) => (item: Value) =>
    typeof value === 'string' && typeof item === 'string'
      ? equal(item, value, list.caseSensitive)
      : equal(item, value, true)
  const [first, second] = args
  const at = (index: Value) => numeric(toNumber(index))!
  switch (name.toLowerCase()) {
    case 'add':
      if (list.kind === 'HashSet' && list.items.some(same(first))) return false
      list.items.push(first)
      return list.kind === 'HashSet' ? true : list.kind === 'ArrayList' ? list.items.length - 1 : VOID
    case 'addrange':
      list.items.push(...itemsOf(first))
      return VOID
    case 'unionwith':
      for (const item of itemsOf(first)) if (!list.items.some(same(item))) list.items.push(item)
      return VOID
    case 'remove': {
      const index = list.items.findIndex(same(first))
      if (index >= 0) list.items.splice(index, 1)
      return list.kind === 'ArrayList' ? VOID : index >= 0
    }
    case 'removeat': {
      const index = at(first)
      if (index < 0 || index >= list.items.length)
        return raise('Index was out of range. Must be non-negative and less than the size of the collection.')
      list.items.splice(index, 1)
      return VOID
    }
    case 'removerange':
      list.items.splice(at(first), at(second))
      return VOID
    case 'insert':
      if (at(first) < 0 || at(first) > list.items.length)
        return raise('Index must be within the bounds of the List.')
      list.items.splice(at(first), 0, second)
      return VOID
    case 'clear':
      list.items.length = 0
      return VOID
    case 'contains':
      return list.items.some(same(first))
    case 'indexof':
      return list.items.findIndex(same(first))
    case 'toarray':
      return [...list.items]
    case 'reverse':
      list.items.reverse()
      return VOID
    case 'getenumerator':
      return list
    case 'enqueue':
    case 'push':
      list.items.push(first)
      return VOID
    case 'dequeue':
      return list.items.length > 0
        ? list.items.shift()
        : raise('Queue empty.', 'InvalidOperation', 'System.InvalidOperationException')
    case 'pop':
      return list.items.length > 0
        ? list.items.pop()
        : raise('Stack empty.', 'InvalidOperation', 'System.InvalidOperationException')
    case 'peek':
      if (list.items.length === 0)
        return raise('The collection is empty.', 'InvalidOperation', 'System.InvalidOperationException')
      return list.kind === 'Stack' ? list.items.at(-1) : list.items[0]
    case 'tostring':
      return typeNameOf(list)
    default:
      return noMethod(list, name)
  }
}

function arrayMethod(rt: Runtime, items: Value[], name: string, key: string, args: Value[]): Value {
  const [first] = args
  switch (key) {
    case 'contains':
      return items.some((item) => equal(item, first, true))
    case 'indexof':
      return items.findIndex((item) => equal(item, first, true))
    case 'getlength':
      return items.length
    case 'clone':
      return [...items]
    case 'getenumerator':
      return items
    case 'add':
    case 'remove':
    case 'clear':
      return raise('Collection was of a fixed size.', 'NotSupported', 'System.NotSupportedException')
    case 'where':
      if (first instanceof ScriptBlock)
        return items.filter((item) => runScriptBlock(rt, first.block, [], { _: item }).some(toBool))
      break
    case 'foreach':
      if (first instanceof ScriptBlock)
        return items.flatMap((item) => runScriptBlock(rt, first.block, [], { _: item }))
      break
    case 'tostring':
      return 'System.Object[]'
  }
  if (key === 'where' || key === 'foreach')
    throw new UnsupportedError(`.${name}() of an array with these arguments`)
  const values = items.flatMap((item) => itemsOf(callMethod(rt, item, name, args)))
  return values.length === 0 ? null : values.length === 1 ? values[0] : values
}
