/** Static properties and methods of .NET types: those that scripts of this project use. */
import { equal } from './compare.js'
import {
  enumerable,
  isDouble,
  isNull,
  itemsOf,
  numeric,
  parseNumber,
  roundHalfEven,
  toNumber,
  toText,
} from './convert.js'
import { parseDate, parseExact, ticksOfEpochMs, ticksOfParts, ticksOfSeconds, toLocal } from './datetime.js'
import { raise, UnsupportedError } from './errors.js'
import { normalise } from './files.js'
import { formatOperator } from './format.js'
import { wrapped } from './methods.js'
import { toRegExp } from './patterns.js'
import type { Runtime } from './runtime.js'
import { cast, LIST_KINDS } from './types.js'
import {
  DateTime,
  DateTimeOffset,
  Double,
  PSEnum,
  PSException,
  PSHashtable,
  PSList,
  PSObject,
  PSRegexMatch,
  type PSType,
  psObject,
  Reference,
  TimeSpan,
  toDouble,
  type Value,
} from './values.js'

const ENUMS: Record<string, Record<string, number>> = {
  stringcomparison: {
    CurrentCulture: 0,
    CurrentCultureIgnoreCase: 1,
    InvariantCulture: 2,
    InvariantCultureIgnoreCase: 3,
    Ordinal: 4,
    OrdinalIgnoreCase: 5,
  },
  stringsplitoptions: { None: 0, RemoveEmptyEntries: 1 },
  datetimestyles: {
    None: 0,
    AllowWhiteSpaces: 7,
    AdjustToUniversal: 16,
    AssumeLocal: 32,
    AssumeUniversal: 64,
    RoundtripKind: 128,
  },
}

const unknown = (type: PSType, name: string): never => {
  throw new UnsupportedError(`[${type.fullName}]::${name}`)
}

const utcNow = (rt: Runtime) => new DateTime(ticksOfEpochMs(rt.clock.nowMs), 'Utc')
const localNow = (rt: Runtime) => toLocal(utcNow(rt), rt.zone)

export function getStatic(rt: Runtime, type: PSType, name: string): Value {
  const key = name.toLowerCase()
  const members = ENUMS[type.name]
  if (members) {
    const found = Object.keys(members).find((each) => each.toLowerCase() === key)
    return found ? new PSEnum(type.fullName, found, members) : unknown(type, name)
  }
  switch (`${type.name}.${key}`) {
    case 'datetime.utcnow':
      return utcNow(rt)
    case 'datetime.now':
      return localNow(rt)
    case 'datetime.today':
      return new DateTime(localNow(rt).ticks - (localNow(rt).ticks % 864_000_000_000n), 'Local', rt.zone)
    case 'datetime.minvalue':
      return new DateTime(0n, 'Unspecified')
    case 'datetime.maxvalue':
      return new DateTime(3_155_378_975_999_999_999n, 'Unspecified')
    case 'datetimeoffset.utcnow':
      return new DateTimeOffset(utcNow(rt).ticks, 0)
    case 'datetimeoffset.now':
      return new DateTimeOffset(localNow(rt).ticks, rt.zone)
    case 'timespan.zero':
      return new TimeSpan(0n)
    case 'string.empty':
      return ''
    case 'int.maxvalue':
      return 2147483647
    case 'int.minvalue':
      return -2147483648
    case 'long.maxvalue':
      return 2 ** 63
    case 'double.maxvalue':
      return new Double(Number.MAX_VALUE)
    case 'double.positiveinfinity':
      return Number.POSITIVE_INFINITY
    case 'double.nan':
      return Number.NaN
    case 'math.pi':
      return Math.PI
    case 'cultureinfo.invariantculture':
      return psObject({ Name: '' }, 'System.Globalization.CultureInfo')
    case 'stringcomparer.ordinalignorecase':
    case 'stringcomparer.invariantcultureignorecase':
    case 'stringcomparer.currentcultureignorecase':
      return psObject({ IgnoreCase: true }, 'System.StringComparer')
    case 'stringcomparer.ordinal':
      return psObject({ IgnoreCase: false }, 'System.StringComparer')
    case 'environment.newline':
      return '\r\n'
    case 'environment.machinename':
      return rt.environment.get('computername') ?? 'ADMIN01'
    case 'environment.username':
      return rt.environment.get('username') ?? 'operator'
    case 'environment.userinteractive':
      return true
    case 'encoding.utf8':
      return psObject({ WebName: 'utf-8', Bom: true }, 'System.Text.UTF8Encoding')
    case 'path.directoryseparatorchar':
      return '\\'
    default:
      return unknown(type, name)
  }
}

export function callStatic(rt: Runtime, type: PSType, name: string, args: Value[]): Value {
  return wrapped(name, args, () => dispatch(rt, type, name, args))
}

function dispatch(rt: Runtime, type: PSType, name: string, args: Value[]): Value {
  const key = name.toLowerCase()
  if (key === 'new') return construct(rt, type, args)
  switch (type.name) {
    case 'string':
      return stringStatic(type, name, args)
    case 'math':
      return mathStatic(type, name, args)
    case 'datetime':
    case 'datetimeoffset':
      return dateStatic(rt, type, name, args)
    case 'timespan':
      return spanStatic(type, name, args)
    case 'regex':
      return regexStatic(type, name, args)
    case 'int':
    case 'long':
    case 'double':
    case 'bool':
      return numberStatic(rt, type, name, args)
    case 'guid':
      if (key === 'newguid') return `00000000-0000-4000-8000-${String(++rt.steps).padStart(12, '0')}`
      break
    case 'environment':
      if (key === 'getenvironmentvariable') return rt.environment.get(toText(args[0]).toLowerCase()) ?? null
      break
    case 'file':
    case 'path':
    case 'directory':
      return fileStatic(rt, type, name, args)
    case 'convert':
      if (/^to(int32|int64|double|string|boolean|datetime)$/.test(key))
        return cast(
          {
            ...type,
            name: {
              toint32: 'int',
              toint64: 'long',
              todouble: 'double',
              tostring: 'string',
              toboolean: 'bool',
              todatetime: 'datetime',
            }[key]!,
          } as PSType,
          args[0],
          rt.zone,
        )
      break
  }
  return unknown(type, name)
}

function stringStatic(type: PSType, name: string, args: Value[]): Value {
  const [first, second] = args
  switch (name.toLowerCase()) {
    case 'isnullorempty':
      return toText(first) === ''
    case 'isnullorwhitespace':
      return toText(first).trim() === ''
    case 'join':
      return (args.length === 2 ? itemsOf(second) : args.slice(1)).map(toText).join(toText(first))
    case 'format':
      return formatOperator(first, args.length === 2 && enumerable(second) ? second : args.slice(1))
    case 'concat':
      return args.flatMap(itemsOf).map(toText).join('')
    case 'compare': {
      const [a, b] = [toText(first), toText(second)]
      const [x, y] = /true|ignorecase/i.test(toText(args[2])) ? [a.toUpperCase(), b.toUpperCase()] : [a, b]
      return x < y ? -1 : x > y ? 1 : 0
    }
    case 'equals':
      return equal(first, second, !/ignorecase/i.test(toText(args[2])))
    default:
      return unknown(type, name)
  }
}

function mathStatic(type: PSType, name: string, args: Value[]): Value {
  const values = args
    .filter((arg) => !(arg instanceof PSEnum) && typeof arg !== 'string')
    .map((arg) => toNumber(arg))
  const real = values.some(isDouble)
  const [a, b] = values.map((value) => numeric(value)!)
  const typed = (value: number): Value => (real ? toDouble(value) : value)
  switch (name.toLowerCase()) {
    case 'max':
      return typed(Math.max(a, b))
    case 'min':
      return typed(Math.min(a, b))
    case 'abs':
      return typed(Math.abs(a))
    case 'floor':
      return toDouble(Math.floor(a))
    case 'ceiling':
      return toDouble(Math.ceil(a))
    case 'truncate':
      return toDouble(Math.trunc(a))
    case 'round': {
      const scale = 10 ** (b ?? 0)
      const away = args.some((arg) => /awayfromzero/i.test(toText(arg)))
      const scaled = Number((a * scale).toPrecision(15))
      return toDouble(
        (away ? Math.sign(scaled) * Math.round(Math.abs(scaled)) : roundHalfEven(scaled)) / scale,
      )
    }
    case 'sqrt':
      return toDouble(Math.sqrt(a))
    case 'pow':
      return toDouble(a ** b)
    case 'sign':
      return Math.sign(a)
    case 'log':
      return toDouble(b === undefined ? Math.log(a) : Math.log(a) / Math.log(b))
    default:
      return unknown(type, name)
  }
}

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

function dateStatic(rt: Runtime, type: PSType, name: string, args: Value[]): Value {
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

function spanStatic(type: PSType, name: string, args: Value[]): Value {
  const key = name.toLowerCase()
  if (key in SPAN_UNITS) return new TimeSpan(ticksOfSeconds(numeric(toNumber(args[0]))! * SPAN_UNITS[key]))
  return unknown(type, name)
}

function regexStatic(type: PSType, name: string, args: Value[]): Value {
  const [text, pattern, replacement] = args.map(toText)
  const regex = () => toRegExp(pattern, !/ignorecase/i.test(toText(args[args.length - 1])), 'g')
  switch (name.toLowerCase()) {
    case 'escape':
      return text.replace(/[\\*+?|{[()^$.# ]/g, '\\$&')
    case 'ismatch':
      return regex().test(text)
    case 'match':
      return new PSRegexMatch(regex().exec(text))
    case 'replace':
      return text.replace(regex(), replacement)
    default:
      return unknown(type, name)
  }
}

function numberStatic(rt: Runtime, type: PSType, name: string, args: Value[]): Value {
  const text = toText(args[0])
  const key = name.toLowerCase()
  const plain =
    /^\s*[+-]?\d+\s*$/.test(text) ||
    (type.name === 'double' && /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text))
  const parsed =
    type.name === 'bool'
      ? { true: true, false: false }[text.trim().toLowerCase()]
      : plain
        ? parseNumber(text)
        : undefined
  if (key === 'parse') {
    if (parsed === undefined)
      return raise('Input string was not in a correct format.', 'FormatException', 'System.FormatException')
    return type.name === 'bool' ? parsed : cast(type, parsed, rt.zone)
  }
  if (key === 'tryparse') {
    const target = args.at(-1)
    if (!(target instanceof Reference)) return unknown(type, name)
    target.set(parsed === undefined ? (type.name === 'bool' ? false : 0) : parsed)
    return parsed !== undefined
  }
  if (key === 'isnan') return Number.isNaN(numeric(args[0]))
  return unknown(type, name)
}

function fileStatic(rt: Runtime, type: PSType, name: string, args: Value[]): Value {
  const [path, text] = args.map((arg) => toText(arg))
  const absolute = () => {
    // .NET has its own current folder, which is not that of PowerShell: a relative path is a bug.
    if (!/^([A-Za-z]:)?[\\/]/.test(path))
      raise(`[${type.fullName}]::${name} with the relative path ${path} depends on the process's own folder`)
    return path
  }
  switch (`${type.name}.${name.toLowerCase()}`) {
    case 'file.exists':
      return rt.files.isFile(absolute())
    case 'directory.exists':
      return rt.files.isFolder(absolute())
    case 'file.readalltext':
      return (
        rt.files.read(absolute()) ??
        raise(`Could not find file '${path}'.`, 'FileNotFound', 'System.IO.FileNotFoundException')
      )
    case 'file.writealltext':
      if (!rt.files.parentExists(absolute()))
        raise(
          `Could not find a part of the path '${path}'.`,
          'DirectoryNotFound',
          'System.IO.DirectoryNotFoundException',
        )
      rt.files.write(path, text)
      return undefined
    case 'file.appendalltext':
      rt.files.write(absolute(), (rt.files.read(path) ?? '') + text)
      return undefined
    case 'file.move':
      if (!rt.files.isFile(absolute()))
        raise(`Could not find file '${path}'.`, 'FileNotFound', 'System.IO.FileNotFoundException')
      if (rt.files.exists(text))
        raise('Cannot create a file when that file already exists.', 'IO', 'System.IO.IOException')
      rt.files.move(path, text)
      return undefined
    case 'file.replace':
      if (!rt.files.isFile(absolute()) || !rt.files.isFile(text))
        raise(`Could not find file '${path}'.`, 'FileNotFound', 'System.IO.FileNotFoundException')
      rt.files.move(path, text)
      return undefined
    case 'file.open': {
      // Only FileShare None, as a lock: a second open fails until the first is disposed, or its process has ended.
      const held = normalise(absolute()).toLowerCase()
      if (toText(args[3]).toLowerCase() !== 'none') throw new UnsupportedError('a shared [System.IO.File]::Open')
      if (rt.locks.has(held))
        raise(
          `The process cannot access the file '${path}' because it is being used by another process.`,
          'IO',
          'System.IO.IOException',
        )
      if (!rt.files.parentExists(path))
        raise(`Could not find a part of the path '${path}'.`, 'IO', 'System.IO.DirectoryNotFoundException')
      if (!rt.files.isFile(path)) rt.files.write(path, '')
      rt.locks.add(held)
      const stream = new PSObject('System.IO.FileStream')
      stream.methods.set('dispose', () => {
        rt.locks.delete(held)
        return undefined
      })
      return stream
    }
    case 'file.delete':
      rt.files.remove(absolute())
      return undefined
    case 'path.combine':
      return args
        .map(toText)
        .reduce((a, b) => (/^([A-Za-z]:)?[\\/]/.test(b) ? b : `${a.replace(/[\\/]$/, '')}\\${b}`))
    case 'path.getfilename':
      return path.replace(/^.*[\\/]/, '')
    case 'path.getfilenamewithoutextension':
      return path.replace(/^.*[\\/]/, '').replace(/\.[^.]*$/, '')
    case 'path.getextension':
      return /\.[^.\\/]*$/.exec(path)?.[0] ?? ''
    case 'path.getdirectoryname':
      return path.replace(/[\\/][^\\/]*$/, '')
    case 'path.ispathrooted':
      return /^([A-Za-z]:)?[\\/]/.test(path)
    case 'path.changeextension':
      return path.replace(/(\.[^.\\/]*)?$/, text.startsWith('.') ? text : `.${text}`)
    default:
      return unknown(type, name)
  }
}

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
