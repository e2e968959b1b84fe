/** Static properties and methods of .NET types: those that scripts of this project use. */
import { equal } from './compare.js'
import { construct } from './construct.js'
import {
  enumerable,
  isDouble,
  itemsOf,
  numeric,
  parseNumber,
  roundHalfEven,
  toNumber,
  toText,
} from './convert.js'
import { ticksOfEpochMs, toLocal } from './datetime.js'
import { raise, UnsupportedError } from './errors.js'
import { normalise } from './files.js'
import { formatOperator } from './format.js'
import { wrapped } from './methods.js'
import { toRegExp } from './patterns.js'
import type { Runtime } from './runtime.js'
import { dateStatic, spanStatic } from './statics-date.js'
import { cast } from './types.js'
import { unknown } from './unknown.js'
import {
  DateTime,
  DateTimeOffset,
  Double,
  PSEnum,
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
      if (toText(args[3]).toLowerCase() !== 'none')
        throw new UnsupportedError('a shared [System.IO.File]::Open')
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
