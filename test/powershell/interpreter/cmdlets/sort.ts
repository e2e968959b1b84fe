/** Sort-Object, Group-Object and Measure-Object. */
import type { CommandContext, CommandDefinition } from '../commands.js'
import { compare } from '../compare.js'
import { isNull, itemsOf, numeric, toNumber, toText } from '../convert.js'
import { PSHashtable, PSList, psObject, toDouble, type Value } from '../values.js'
import { flag, input, on, stateful } from './define.js'

import { calculated, read } from './properties.js'

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
        // Without -Stable, which Windows PowerShell does not have, no order of equals is promised: here they come reversed.
        if (args.Stable !== undefined && ctx.rt.version === '5.1')
          ctx.fail("A parameter cannot be found that matches parameter name 'Stable'.")
        if (!on(args.Stable)) rows.reverse()
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

export const SUMMARIES: CommandDefinition[] = [sort, group, measure]
