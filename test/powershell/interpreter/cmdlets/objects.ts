/** Where-Object, ForEach-Object, Select-Object, Sort-Object, Group-Object, Measure-Object, Add-Member. */
import type { CommandContext, CommandDefinition } from '../commands.js'
import { compare, comparison, contains, equal } from '../compare.js'
import { collected, isNull, itemsOf, numeric, toBool, toNumber, toText } from '../convert.js'
import { UnsupportedError } from '../errors.js'
import { emitAll } from '../execute.js'
import { getMember, hasProperty } from '../members.js'
import { callMethod } from '../methods.js'
import { hasWildcard, toRegExp, wildcard } from '../patterns.js'
import { PSHashtable, PSList, PSObject, psObject, ScriptBlock, toDouble, type Value } from '../values.js'
import { cmdlet, flag, input, on, stateful, text } from './define.js'

const CORE_MODULE = { module: 'Microsoft.PowerShell.Core' }

/**
 * A property by name, or a script block of `$_`. A property that is missing is `$null`, strict or not, as cmdlets read it. The keys of a hashtable
 * are no properties for Sort-, Group-, Select- and Measure-Object of Windows PowerShell; for Where-Object and ForEach-Object they are (`keys`).
 */
function read(ctx: CommandContext, value: Value, selector: Value, keys = ctx.rt.version !== '5.1'): Value {
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

function lenient(ctx: CommandContext, value: Value, name: string): Value {
  const { strict } = ctx.rt.scope
  ctx.rt.scope.strict = 0
  try {
    return getMember(ctx.rt, value, name)
  } finally {
    ctx.rt.scope.strict = strict
  }
}

/** `@{ Name = 'x'; Expression = { … } }`, with the short keys too. */
function calculated(
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

const COMPARISONS = [
  'EQ',
  'NE',
  'GT',
  'GE',
  'LT',
  'LE',
  'Like',
  'NotLike',
  'Match',
  'NotMatch',
  'In',
  'NotIn',
  'Contains',
  'NotContains',
]

const where = stateful(
  'Where-Object',
  {
    FilterScript: { position: 0 },
    Value: { position: 1 },
    Property: { type: 'string' },
    InputObject: input,
    ...Object.fromEntries(COMPARISONS.map((name) => [name, flag])),
  },
  (ctx, args) => {
    const block = args.FilterScript
    const property = block instanceof ScriptBlock ? undefined : text(args.Property ?? block)
    const op = COMPARISONS.find((name) => args[name] !== undefined)?.toLowerCase()
    const fits = (value: Value): boolean => {
      if (block instanceof ScriptBlock) {
        const output: Value[] = []
        ctx.invoke(block, value, (each) => output.push(each))
        return toBool(collected(output))
      }
      const held = read(ctx, value, property!, true)
      if (!op) return toBool(held)
      const wanted = args.Value
      if (op === 'in' || op === 'notin') return contains(wanted, held) === (op === 'in')
      if (op === 'contains' || op === 'notcontains') return contains(held, wanted) === (op === 'contains')
      if (op === 'match' || op === 'notmatch')
        return toRegExp(toText(wanted), false).test(toText(held)) === (op === 'match')
      return toBool(comparison(`-${op}`, held, wanted))
    }
    return {
      process({ InputObject }) {
        if (InputObject !== undefined && fits(InputObject)) ctx.write(InputObject)
      },
    }
  },
  CORE_MODULE,
)

const forEach = stateful(
  'ForEach-Object',
  {
    Process: { position: 0, mandatory: true, aliases: ['MemberName'] },
    ArgumentList: { position: 1 },
    Begin: { type: 'scriptblock' },
    End: { type: 'scriptblock' },
    InputObject: input,
  },
  (ctx, args) => {
    const out = (value: Value) => ctx.write(value)
    const { Process: work } = args
    if (Array.isArray(work)) throw new UnsupportedError('ForEach-Object with several blocks')
    let begun = false
    const begin = () => {
      if (!begun && args.Begin) ctx.invoke(args.Begin as ScriptBlock, null, out)
      begun = true
    }
    return {
      process({ InputObject }) {
        begin()
        if (InputObject === undefined) return
        if (work instanceof ScriptBlock) return ctx.invoke(work, InputObject, out)
        const name = text(work)
        const isMethod =
          InputObject instanceof PSObject
            ? InputObject.methods.has(name.toLowerCase())
            : !isNull(InputObject) && /^(ToString|Trim|ToUpper|ToLower|GetType|Split|Replace)$/i.test(name)
        if (isMethod)
          emitAll(
            callMethod(
              ctx.rt,
              InputObject,
              name,
              args.ArgumentList === undefined ? [] : itemsOf(args.ArgumentList),
            ),
            out,
          )
        else emitAll(getMember(ctx.rt, InputObject, name), out)
      },
      end() {
        begin()
        if (args.End) ctx.invoke(args.End as ScriptBlock, null, out)
      },
    }
  },
  CORE_MODULE,
)

const select = stateful(
  'Select-Object',
  {
    Property: { position: 0 },
    ExcludeProperty: { type: 'string[]' },
    ExpandProperty: { type: 'string' },
    First: { type: 'int' },
    Last: { type: 'int' },
    Skip: { type: 'int' },
    Unique: flag,
    InputObject: input,
  },
  (ctx, args) => {
    let skip = numeric(toNumber(args.Skip))!
    let left = args.First === undefined ? Number.POSITIVE_INFINITY : (args.First as number)
    const last: Value[] = []
    const seen: Value[] = []
    const put = (value: Value) => {
      const chosen = shape(ctx, args.Property, args.ExcludeProperty, value)
      if (args.ExpandProperty !== undefined) {
        const name = text(args.ExpandProperty)
        if (!hasProperty(value, name) && value instanceof PSObject)
          return ctx.error(`Property "${name}" cannot be found.`, { errorId: 'ExpandPropertyNotFound' })
        return emitAll(lenient(ctx, value, name), (each) => ctx.write(each))
      }
      if (on(args.Unique)) {
        // Of strings -Unique is case-sensitive.
        if (seen.some((each) => same(each, chosen))) return
        seen.push(chosen)
      }
      ctx.write(chosen)
    }
    return {
      process({ InputObject }) {
        if (InputObject === undefined) return
        if (left <= 0) ctx.stop()
        if (args.Last !== undefined) {
          last.push(InputObject)
          return
        }
        if (skip > 0) {
          skip--
          return
        }
        put(InputObject)
        if (--left <= 0) ctx.stop()
      },
      end() {
        const count = (args.Last as number | undefined) ?? 0
        if (count > 0) last.slice(-count).forEach(put)
      },
    }
  },
)

function same(a: Value, b: Value): boolean {
  if (!(a instanceof PSObject) || !(b instanceof PSObject)) return equal(a, b, true)
  return (
    a === b ||
    (a.properties.length === b.properties.length &&
      a.properties.every((p) => equal(p.get(), b.get(p.name), true)))
  )
}

function shape(ctx: CommandContext, properties: Value, excluded: Value, value: Value): Value {
  if (isNull(properties)) return value
  const out = new PSObject('Selected.System.Management.Automation.PSCustomObject')
  out.display = () => `@{${out.properties.map((p) => `${p.name}=${toText(p.get())}`).join('; ')}}`
  const drop = isNull(excluded) ? [] : itemsOf(excluded).map((each) => wildcard(toText(each)))
  for (const property of itemsOf(properties)) {
    if (property instanceof PSHashtable) {
      const { name, selector } = calculated(ctx, property)
      const output = read(ctx, value, selector)
      out.set(name, output ?? null)
    } else if (typeof property === 'string' && hasWildcard(property)) {
      const pattern = wildcard(property)
      const own = value instanceof PSObject ? value.properties : []
      for (const each of own)
        if (pattern.test(each.name) && !drop.some((d) => d.test(each.name)))
          out.set(each.name, each.get() ?? null)
    } else {
      const name =
        value instanceof PSObject
          ? (value.property(toText(property))?.name ?? toText(property))
          : toText(property)
      out.set(name, lenient(ctx, value, name) ?? null)
    }
  }
  return out
}

interface Key {
  selector: Value
  descending: boolean
}

function keysOf(ctx: CommandContext, property: Value, descending: boolean): Key[] {
  if (isNull(property)) return []
  return itemsOf(property).map((each) =>
    each instanceof PSHashtable ? calculated(ctx, each) : { selector: each, descending },
  )
}

/** Values of different kinds come in the order of their text; `$null` first. */
function order(a: Value, b: Value, caseSensitive: boolean): number {
  if (isNull(a) || isNull(b)) return Number(!isNull(a)) - Number(!isNull(b))
  try {
    return compare(a, b, caseSensitive)
  } catch {
    return compare(toText(a), toText(b), caseSensitive)
  }
}

const sort = stateful(
  'Sort-Object',
  {
    Property: { position: 0 },
    Descending: flag,
    Unique: flag,
    CaseSensitive: flag,
    Stable: flag,
    InputObject: input,
  },
  (ctx, args) => {
    const items: Value[] = []
    return {
      process({ InputObject }) {
        if (InputObject !== undefined) items.push(InputObject)
      },
      end() {
        const descending = on(args.Descending)
        const given = keysOf(ctx, args.Property, descending)
        const keys = given.length > 0 ? given : [{ selector: null, descending }]
        const caseSensitive = on(args.CaseSensitive)
        const rows = items.map((item) => ({
          item,
          values: keys.map((key) => (key.selector === null ? item : read(ctx, item, key.selector))),
        }))
        const difference = (a: (typeof rows)[0], b: (typeof rows)[0]) => {
          for (let i = 0; i < keys.length; i++) {
            const d = order(a.values[i], b.values[i], caseSensitive)
            if (d !== 0) return keys[i].descending ? -d : d
          }
          return 0
        }
        // Windows PowerShell promises no stable order of equals: they come reversed here, so that a script which relies on it fails.
        if (ctx.rt.version === '5.1' && !on(args.Stable)) rows.reverse()
        rows.sort(difference)
        rows.forEach((row, index) => {
          if (!on(args.Unique) || index === 0 || difference(rows[index - 1], row) !== 0) ctx.write(row.item)
        })
      },
    }
  },
)

const group = stateful(
  'Group-Object',
  {
    Property: { position: 0 },
    AsHashTable: flag,
    AsString: flag,
    NoElement: flag,
    CaseSensitive: flag,
    InputObject: input,
  },
  (ctx, args) => {
    const groups: { values: Value[]; name: string; items: Value[] }[] = []
    const keys = keysOf(ctx, args.Property, false)
    return {
      process({ InputObject }) {
        if (InputObject === undefined) return
        const values =
          keys.length > 0 ? keys.map((key) => read(ctx, InputObject, key.selector)) : [InputObject]
        const name = values.map(toText).join(', ')
        const found = groups.find((each) =>
          on(args.CaseSensitive) ? each.name === name : each.name.toLowerCase() === name.toLowerCase(),
        )
        if (found) found.items.push(InputObject)
        else groups.push({ values, name, items: [InputObject] })
      },
      end() {
        if (on(args.AsHashTable)) {
          const table = new PSHashtable()
          for (const each of groups) table.set(on(args.AsString) ? each.name : each.values[0], each.items)
          return ctx.write(table)
        }
        const sorted = [...groups].sort((a, b) => order(a.values[0], b.values[0], false))
        for (const each of sorted)
          ctx.write(
            psObject(
              {
                Count: each.items.length,
                Name: each.name,
                Group: on(args.NoElement) ? null : new PSList('List', each.items),
                Values: each.values,
              },
              'Microsoft.PowerShell.Commands.GroupInfo',
            ),
          )
      },
    }
  },
)

const measure = stateful(
  'Measure-Object',
  { Property: { position: 0 }, Sum: flag, Average: flag, Maximum: flag, Minimum: flag, InputObject: input },
  (ctx, args) => {
    const values: Value[] = []
    return {
      process({ InputObject }) {
        if (isNull(InputObject)) return
        if (isNull(args.Property)) values.push(InputObject)
        else {
          const held = read(ctx, InputObject, itemsOf(args.Property)[0])
          if (!isNull(held)) values.push(held)
        }
      },
      end() {
        const numbers =
          on(args.Sum) || on(args.Average) ? values.map((value) => numeric(toNumber(value))!) : []
        const total = numbers.reduce((a, b) => a + b, 0)
        const extreme = (sign: number) =>
          values.reduce(
            (best, value) => (isNull(best) || sign * compare(value, best) > 0 ? value : best),
            null as Value,
          )
        ctx.write(
          psObject(
            {
              Count: values.length,
              Average: on(args.Average) && values.length > 0 ? toDouble(total / values.length) : null,
              // Of nothing there is no sum.
              Sum: on(args.Sum) && values.length > 0 ? toDouble(total) : null,
              Maximum: on(args.Maximum) ? extreme(1) : null,
              Minimum: on(args.Minimum) ? extreme(-1) : null,
              Property: isNull(args.Property) ? null : toText(args.Property),
            },
            'Microsoft.PowerShell.Commands.GenericMeasureInfo',
          ),
        )
      },
    }
  },
)

const addMember = cmdlet(
  'Add-Member',
  {
    InputObject: { pipeline: true, mandatory: true },
    NotePropertyName: { type: 'string', position: 0, aliases: ['Name'] },
    NotePropertyValue: { position: 1, aliases: ['Value'] },
    MemberType: { type: 'string', values: ['NoteProperty'] },
    Force: flag,
    PassThru: flag,
  },
  (args, ctx) => {
    const { InputObject: target } = args
    const name = text(args.NotePropertyName)
    if (!(target instanceof PSObject))
      throw new UnsupportedError('Add-Member to something that is no custom object')
    if (target.property(name) && !on(args.Force))
      return ctx.error(
        `Cannot add a member with the name "${name}" because a member with that name already exists.`,
        { errorId: 'MemberAlreadyExists' },
      )
    target.set(name, args.NotePropertyValue ?? null)
    if (on(args.PassThru)) ctx.write(target)
  },
)

export const OBJECTS: CommandDefinition[] = [where, forEach, select, sort, group, measure, addMember]
