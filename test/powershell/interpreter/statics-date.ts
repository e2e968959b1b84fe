import { itemsOf, numeric, toNumber, toText } from './convert.js'
import { parseDate, parseExact, ticksOfEpochMs, ticksOfSeconds, toLocal } from './datetime.js'
import { raise, UnsupportedError } from './errors.js'
import type { Runtime } from './runtime.js'
import { unknown } from './unknown.js'
import { DateTime, DateTimeOffset, type PSType, Reference, TimeSpan, type Value } from './values.js'

const STYLE_NAMES = /RoundtripKind|AssumeUniversal|AssumeLocal|AdjustToUniversal/gi

function stylesOf(args: Value[]): Set<string> {
  return new Set(
    args.flatMap((arg) => toText(arg).match(STYLE_NAMES) ?? []).map((name) => name.toLowerCase()),
  )
}

/** As .NET: with an offset it becomes local time, unless the styles say otherwise. */
function dateOf(
  rt: Runtime,
  parsed: { ticks: bigint; offsetMinutes: number | undefined },
  styles: Set<string>,
): DateTime {
  const assumed = styles.has('assumeuniversal') ? 0 : styles.has('assumelocal') ? rt.zone : undefined
  const offset = parsed.offsetMinutes ?? assumed
  if (offset === undefined) return new DateTime(parsed.ticks, 'Unspecified')
  const utc = new DateTime(parsed.ticks - BigInt(offset) * 600_000_000n, 'Utc')
  if (styles.has('adjusttouniversal')) return utc
  if (styles.has('roundtripkind') && parsed.offsetMinutes === 0) return utc
  return toLocal(utc, rt.zone)
}

export function dateStatic(rt: Runtime, type: PSType, name: string, args: Value[]): Value {
  const withOffset = type.name === 'datetimeoffset'
  const make = (parsed: { ticks: bigint; offsetMinutes: number | undefined }, styles: Set<string>): Value =>
    withOffset
      ? new DateTimeOffset(
          parsed.ticks,
          parsed.offsetMinutes ?? (styles.has('assumeuniversal') ? 0 : rt.zone),
        )
      : dateOf(rt, parsed, styles)
  const refuse = () =>
    raise('String was not recognized as a valid DateTime.', 'FormatException', 'System.FormatException')
  const text = toText(args[0])
  switch (name.toLowerCase()) {
    case 'parse': {
      const parsed = parseDate(text)
      return parsed ? make(parsed, stylesOf(args.slice(1))) : refuse()
    }
    case 'parseexact': {
      const parsed = itemsOf(args[1])
        .map((pattern) => parseExact(text, toText(pattern)))
        .find((each) => each)
      return parsed ? make(parsed, stylesOf(args.slice(2))) : refuse()
    }
    case 'tryparse':
    case 'tryparseexact': {
      const target = args.at(-1)
      if (!(target instanceof Reference)) throw new UnsupportedError(`[${type.name}]::${name} without [ref]`)
      const parsed =
        name.toLowerCase() === 'tryparse'
          ? parseDate(text)
          : itemsOf(args[1])
              .map((pattern) => parseExact(text, toText(pattern)))
              .find((each) => each)
      target.set(parsed ? make(parsed, stylesOf(args.slice(1, -1))) : new DateTime(0n, 'Unspecified'))
      return parsed !== undefined
    }
    case 'specifykind':
      return new DateTime(
        (args[0] as DateTime).ticks,
        toText(args[1]) as DateTime['kind'],
        /local/i.test(toText(args[1])) ? rt.zone : 0,
      )
    case 'fromunixtimeseconds':
      return new DateTimeOffset(ticksOfEpochMs(numeric(toNumber(args[0]))! * 1000), 0)
    case 'fromunixtimemilliseconds':
      return new DateTimeOffset(ticksOfEpochMs(numeric(toNumber(args[0]))!), 0)
    default:
      return unknown(type, name)
  }
}

const SPAN_UNITS: Record<string, number> = {
  fromseconds: 1,
  fromminutes: 60,
  fromhours: 3600,
  fromdays: 86400,
  frommilliseconds: 0.001,
}

export function spanStatic(type: PSType, name: string, args: Value[]): Value {
  const key = name.toLowerCase()
  if (key in SPAN_UNITS) return new TimeSpan(ticksOfSeconds(numeric(toNumber(args[0]))! * SPAN_UNITS[key]))
  return unknown(type, name)
}
