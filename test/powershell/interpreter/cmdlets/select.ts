/** Select-Object and Add-Member. */
import type { CommandContext, CommandDefinition } from '../commands.js'
import { equal } from '../compare.js'
import { isNull, itemsOf, numeric, toNumber, toText } from '../convert.js'
import { UnsupportedError } from '../errors.js'
import { emitAll } from '../execute.js'
import { hasProperty } from '../members.js'
import { hasWildcard, wildcard } from '../patterns.js'
import { PSHashtable, PSObject, type Value } from '../values.js'
import { cmdlet, flag, input, on, stateful, text } from './define.js'

import { calculated, lenient, read } from './properties.js'

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

export const SHAPES: CommandDefinition[] = [select, addMember]
