/** Where-Object and ForEach-Object. */
import type { CommandDefinition } from '../commands.js'
import { comparison, contains } from '../compare.js'
import { collected, isNull, itemsOf, toBool, toText } from '../convert.js'
import { UnsupportedError } from '../errors.js'
import { emitAll } from '../execute.js'
import { getMember } from '../members.js'
import { callMethod } from '../methods.js'
import { toRegExp } from '../patterns.js'
import { PSObject, ScriptBlock, type Value } from '../values.js'
import { flag, input, stateful, text } from './define.js'

import { read } from './properties.js'

const CORE_MODULE = { module: 'Microsoft.PowerShell.Core' }

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

export const FILTERS: CommandDefinition[] = [where, forEach]
