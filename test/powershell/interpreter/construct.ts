import { enumerable, isNull, numeric, toNumber, toText } from './convert.js'
import { ticksOfParts, ticksOfSeconds } from './datetime.js'
import { raise } from './errors.js'
import type { Runtime } from './runtime.js'
import { LIST_KINDS } from './types.js'
import { unknown } from './unknown.js'
import {
  DateTime,
  PSException,
  PSHashtable,
  PSList,
  type PSObject,
  type PSType,
  psObject,
  TimeSpan,
  type Value,
} from './values.js'

export function construct(rt: Runtime, type: PSType, args: Value[]): Value {
  const [first, second] = args
  if (type.name in LIST_KINDS) {
    const comparer = args.find(
      (arg) =>
        arg !== null &&
        typeof arg === 'object' &&
        'typeName' in arg &&
        arg.typeName === 'System.StringComparer',
    )
    const items = enumerable(first) && first !== undefined ? [...enumerable(first)!] : []
    return new PSList(
      LIST_KINDS[type.name],
      items,
      !(comparer && (comparer as PSObject).get('IgnoreCase') === true),
    )
  }
  const numbers = () => args.map((arg) => numeric(toNumber(arg))!)
  switch (type.name) {
    case 'dictionary':
    case 'hashtable': {
      const ignore = args.some(
        (arg) =>
          (arg as PSObject | null)?.typeName === 'System.StringComparer' &&
          (arg as PSObject).get('IgnoreCase') === true,
      )
      return type.name === 'dictionary'
        ? new PSHashtable('dictionary', !ignore)
        : new PSHashtable('hashtable', !ignore)
    }
    case 'exception':
      return new PSException(
        type.fullName,
        isNull(first) ? `Exception of type '${type.fullName}' was thrown.` : toText(first),
        second instanceof PSException ? second : null,
      )
    case 'datetime': {
      const [y, mo, d, h = 0, mi = 0, s = 0] = numbers().slice(0, 6)
      if (args.length === 1) return new DateTime(BigInt(y), 'Unspecified')
      const kind = args[6] === undefined ? 'Unspecified' : (toText(args[6]) as DateTime['kind'])
      const ticks =
        ticksOfParts(y, mo, d, h, mi, s) ??
        raise(
          'Year, Month, and Day parameters describe an un-representable DateTime.',
          'ArgumentOutOfRange',
          'System.ArgumentOutOfRangeException',
        )
      return new DateTime(ticks, kind, kind === 'Local' ? rt.zone : 0)
    }
    case 'timespan': {
      const n = numbers()
      const [d, h, m, s] = n.length === 4 ? n : n.length === 3 ? [0, ...n] : unknown(type, 'new')
      return new TimeSpan(ticksOfSeconds(d * 86400 + h * 3600 + m * 60 + s))
    }
    case 'object':
    case 'psobject':
      return args.length === 0 ? psObject({}) : unknown(type, 'new')
    case 'utf8encoding':
      return psObject({ WebName: 'utf-8', Bom: first === true }, 'System.Text.UTF8Encoding')
    default:
      return unknown(type, 'new')
  }
}
