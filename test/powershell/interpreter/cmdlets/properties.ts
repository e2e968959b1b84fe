/** How cmdlets read a property that is given by name, by script block, or as a calculated one. */
import type { CommandContext } from '../commands.js'
import { collected, toBool, toText } from '../convert.js'
import { getMember, hasProperty } from '../members.js'
import { PSHashtable, PSObject, ScriptBlock, type Value } from '../values.js'

/**
 * A property by name, or a script block of `$_`. A property that is missing is `$null`, strict or not, as cmdlets read it. The keys of a hashtable
 * are no properties for Sort-, Group-, Select- and Measure-Object of Windows PowerShell; for Where-Object and ForEach-Object they are (`keys`).
 */
export function read(
  ctx: CommandContext,
  value: Value,
  selector: Value,
  keys = ctx.rt.version !== '5.1',
): Value {
  if (selector instanceof ScriptBlock) {
    const output: Value[] = []
    ctx.invoke(selector, value, (each) => output.push(each))
    return collected(output)
  }
  const name = toText(selector)
  if (value instanceof PSHashtable) return keys && value.has(name) ? (value.get(name) ?? null) : null
  if (value instanceof PSObject) return hasProperty(value, name) ? getMember(ctx.rt, value, name) : null
  return lenient(ctx, value, name)
}

export function lenient(ctx: CommandContext, value: Value, name: string): Value {
  const { strict } = ctx.rt.scope
  ctx.rt.scope.strict = 0
  try {
    return getMember(ctx.rt, value, name)
  } finally {
    ctx.rt.scope.strict = strict
  }
}

/** `@{ Name = 'x'; Expression = { … } }`, with the short keys too. */
export function calculated(
  ctx: CommandContext,
  spec: PSHashtable,
): { name: string; selector: Value; descending: boolean } {
  let [name, selector, descending]: [string, Value, boolean] = ['', null, false]
  for (const { key, value } of spec.entries) {
    const word = toText(key).toLowerCase()
    if (['n', 'name', 'l', 'label'].includes(word)) name = toText(value)
    else if ('expression'.startsWith(word)) selector = value
    else if (word === 'descending') descending = toBool(value)
    else if (word === 'ascending') descending = !toBool(value)
    else ctx.fail(`The ${toText(key)} key is not valid.`, { errorId: 'DictionaryKeyIllegal' })
  }
  return { name: name || toText(selector), selector, descending }
}
