/** Methods of [datetime], [DateTimeOffset] and [timespan]. */
import { compare } from './compare.js'
import { numeric, toNumber, toText } from './convert.js'
import {
  datePartsOf,
  epochMsOfTicks,
  formatDateTime,
  formatDateTimeOffset,
  formatTimeSpan,
  ticksOfParts,
  ticksOfSeconds,
  toLocal,
  toUtc,
  utcTicks,
} from './datetime.js'
import { raise, UnsupportedError } from './errors.js'
import { noMethod } from './methods.js'
import { toTimeSpan } from './types.js'
import { DateTime, DateTimeOffset, TimeSpan, type Value } from './values.js'

const UNIT_SECONDS: Record<string, number> = {
  addmilliseconds: 0.001,
  addseconds: 1,
  addminutes: 60,
  addhours: 3600,
  adddays: 86400,
}

/** Ticks after an `Add…` method; undefined: another method. */
function added(ticks: bigint, key: string, args: Value[]): bigint | undefined {
  if (key === 'add' || key === 'subtract') {
    const span = toTimeSpan(args[0]).ticks
    return key === 'add' ? ticks + span : ticks - span
  }
  if (key in UNIT_SECONDS) return ticks + ticksOfSeconds(numeric(toNumber(args[0]))! * UNIT_SECONDS[key])
  if (key === 'addticks') return ticks + BigInt(numeric(toNumber(args[0]))!)
  if (key === 'addmonths' || key === 'addyears') {
    const p = datePartsOf(ticks)
    const months = p.year * 12 + p.month - 1 + numeric(toNumber(args[0]))! * (key === 'addyears' ? 12 : 1)
    const [year, month] = [Math.floor(months / 12), (((months % 12) + 12) % 12) + 1]
    const last = new Date(Date.UTC(year, month, 0)).getUTCDate()
    return (
      ticksOfParts(year, month, Math.min(p.day, last), p.hour, p.minute, p.second, p.fraction) ??
      raise('The added or subtracted value results in an un-representable DateTime.')
    )
  }
  return undefined
}

export function dateMethod(date: DateTime, name: string, args: Value[], zone: number): Value {
  const key = name.toLowerCase()
  if (key === 'subtract' && args[0] instanceof DateTime) return new TimeSpan(date.ticks - args[0].ticks)
  const ticks = added(date.ticks, key, args)
  if (ticks !== undefined) return new DateTime(ticks, date.kind, date.offsetMinutes)
  switch (key) {
    case 'tostring':
      // A second argument is a culture; only the invariant one has a name here.
      if (args.length === 0) return formatDateTime(date, 'M/d/yyyy h:mm:ss tt')
      return formatDateTime(date, toText(args[0]))
    case 'touniversaltime':
      return toUtc(date, zone)
    case 'tolocaltime':
      return date.kind === 'Local' ? date : toLocal(new DateTime(date.ticks, 'Utc'), zone)
    case 'compareto':
      return compare(date, args[0])
    case 'equals':
      return args[0] instanceof DateTime && args[0].ticks === date.ticks
    case 'toshortdatestring':
    case 'tolongdatestring':
    case 'toshorttimestring':
      throw new UnsupportedError(`.${name}(): depends on the culture`)
    default:
      return noMethod(date, name)
  }
}

export function dateOffsetMethod(date: DateTimeOffset, name: string, args: Value[]): Value {
  const key = name.toLowerCase()
  if (key === 'subtract' && args[0] instanceof DateTimeOffset)
    return new TimeSpan(utcTicks(date) - utcTicks(args[0]))
  const ticks = added(date.ticks, key, args)
  if (ticks !== undefined) return new DateTimeOffset(ticks, date.offsetMinutes)
  switch (key) {
    case 'tostring':
      return formatDateTimeOffset(date, args.length === 0 ? '' : toText(args[0]))
    case 'touniversaltime':
      return new DateTimeOffset(utcTicks(date), 0)
    case 'tooffset': {
      const minutes = Number(toTimeSpan(args[0]).ticks / 600_000_000n)
      return new DateTimeOffset(utcTicks(date) + BigInt(minutes) * 600_000_000n, minutes)
    }
    case 'tounixtimeseconds':
      return Math.floor(epochMsOfTicks(utcTicks(date)) / 1000)
    case 'tounixtimemilliseconds':
      return Math.floor(epochMsOfTicks(utcTicks(date)))
    case 'compareto':
      return compare(date, args[0])
    default:
      return noMethod(date, name)
  }
}

export function spanMethod(span: TimeSpan, name: string, args: Value[]): Value {
  switch (name.toLowerCase()) {
    case 'tostring':
      return formatTimeSpan(span, args.length === 0 ? 'c' : toText(args[0]))
    case 'add':
      return new TimeSpan(span.ticks + toTimeSpan(args[0]).ticks)
    case 'subtract':
      return new TimeSpan(span.ticks - toTimeSpan(args[0]).ticks)
    case 'negate':
      return new TimeSpan(-span.ticks)
    case 'duration':
      return new TimeSpan(span.ticks < 0n ? -span.ticks : span.ticks)
    default:
      return noMethod(span, name)
  }
}
