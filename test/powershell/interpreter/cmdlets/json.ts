/** ConvertTo-Json and ConvertFrom-Json. */
import type { CommandContext, CommandDefinition } from '../commands.js'
import { enumerable, isNull, numberText, numeric, toText } from '../convert.js'
import { epochMsOfTicks, formatDateTime, formatDateTimeOffset, secondsOfTicks } from '../datetime.js'
import { UnsupportedError } from '../errors.js'
import { dateFromText } from '../types.js'
import {
  Char,
  DateTime,
  DateTimeOffset,
  Double,
  PSEnum,
  PSHashtable,
  PSObject,
  PSSwitch,
  ScriptBlock,
  TimeSpan,
  type Value,
} from '../values.js'
import { flag, on, stateful, text } from './define.js'

/** Windows PowerShell escapes what would be markup; PowerShell 7 does not. */
function quote(value: string, version: string): string {
  const plain = JSON.stringify(value)
  return version === '5.1'
    ? plain.replace(/[<>&']/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
    : plain
}

interface Writer {
  ctx: CommandContext
  indent: string
  compress: boolean
  enumsAsText: boolean
}

function write(value: Value, depth: number, level: number, writer: Writer): string {
  const { version } = writer.ctx.rt
  if (isNull(value) || value instanceof ScriptBlock) return 'null'
  if (typeof value === 'boolean') return String(value)
  if (value instanceof PSSwitch) return `{"IsPresent":${writer.compress ? '' : ' '}${value.isPresent}}`
  if (typeof value === 'string' || value instanceof Char) return quote(toText(value), version)
  const number = numeric(value)
  if (number !== undefined) return value instanceof Double ? `${numberText(number)}.0` : numberText(number)
  if (value instanceof PSEnum) return writer.enumsAsText ? quote(value.name, version) : String(value.value)
  if (value instanceof DateTime)
    return version === '5.1'
      ? `"\\/Date(${Math.floor(epochMsOfTicks(value.ticks) - value.offsetMinutes * 60000)})\\/"`
      : JSON.stringify(
          formatDateTime(value, 'yyyy-MM-ddTHH:mm:ss.FFFFFFFK')
            .replace('.Z', 'Z')
            .replace(/\.([+-])/, '$1')
            .replace(/\.$/, ''),
        )
  if (value instanceof DateTimeOffset) return JSON.stringify(formatDateTimeOffset(value, 'o'))
  if (value instanceof TimeSpan)
    return `{"Ticks":${value.ticks},"TotalSeconds":${secondsOfTicks(value.ticks)}}`
  const items = enumerable(value)
  if (items) {
    if (depth < 0) return quote(toText(value), version)
    return wrap(
      '[',
      ']',
      items.map((item) => write(item, depth - 1, level + 1, writer)),
      level,
      writer,
    )
  }
  const pairs = pairsOf(value)
  if (!pairs) throw new UnsupportedError('ConvertTo-Json of an object of this kind')
  if (depth < 0) return quote(toText(value), version)
  const colon = writer.compress ? ':' : version === '5.1' ? ':  ' : ': '
  return wrap(
    '{',
    '}',
    pairs.map(([name, held]) => quote(name, version) + colon + write(held, depth - 1, level + 1, writer)),
    level,
    writer,
  )
}

function pairsOf(value: Value): [string, Value][] | undefined {
  if (value instanceof PSHashtable) return value.entries.map((e) => [toText(e.key), e.value])
  if (value instanceof PSObject) return value.properties.map((p) => [p.name, p.get()])
  return undefined
}

function wrap(open: string, close: string, parts: string[], level: number, writer: Writer): string {
  if (parts.length === 0) return open + close
  if (writer.compress) return open + parts.join(',') + close
  const pad = writer.indent.repeat(level + 1)
  return `${open}\r\n${pad}${parts.join(`,\r\n${pad}`)}\r\n${writer.indent.repeat(level)}${close}`
}

const toJson = stateful(
  'ConvertTo-Json',
  {
    InputObject: { position: 0, pipeline: true, mandatory: false },
    Depth: { type: 'int' },
    Compress: flag,
    EnumsAsStrings: flag,
    AsArray: flag,
  },
  (ctx, args) => {
    const given: Value[] = []
    const piped = args.InputObject === undefined
    return {
      process({ InputObject }) {
        if (InputObject !== undefined) given.push(InputObject)
      },
      end() {
        if (given.length === 0) return
        if ((args.AsArray ?? args.EnumsAsStrings) !== undefined && ctx.rt.version === '5.1')
          ctx.fail("A parameter cannot be found that matches parameter name 'AsArray' or 'EnumsAsStrings'.")
        const value = piped && given.length > 1 ? given : given[0]
        const writer = {
          ctx,
          compress: on(args.Compress),
          indent: ctx.rt.version === '5.1' ? '    ' : '  ',
          enumsAsText: on(args.EnumsAsStrings),
        }
        const json = write(
          on(args.AsArray) && !Array.isArray(value) ? [value] : value,
          (args.Depth as number | undefined) ?? 2,
          0,
          writer,
        )
        ctx.write(json)
      },
    }
  },
)

function read(value: unknown, zone: number, convertDates: boolean): Value {
  if (value === null || typeof value === 'boolean') return value
  if (typeof value === 'number') return value
  if (typeof value === 'string') {
    // PowerShell 7 makes dates of strings that look like one, silently.
    if (convertDates && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(value))
      return dateFromText(value, zone) ?? value
    return value
  }
  if (Array.isArray(value)) return value.map((item) => read(item, zone, convertDates))
  const object = new PSObject()
  for (const [name, held] of Object.entries(value as object)) object.set(name, read(held, zone, convertDates))
  return object
}

const fromJson = stateful(
  'ConvertFrom-Json',
  {
    InputObject: { type: 'string', position: 0, pipeline: true, mandatory: true },
    AsHashtable: flag,
    Depth: { type: 'int' },
  },
  (ctx, args) => {
    const lines: string[] = []
    return {
      process({ InputObject }) {
        lines.push(text(InputObject))
      },
      end() {
        if (args.AsHashtable !== undefined)
          throw new UnsupportedError('ConvertFrom-Json -AsHashtable: not in Windows PowerShell')
        let parsed: unknown
        try {
          parsed = JSON.parse(lines.join('\n'))
        } catch (error) {
          return ctx.fail(`Invalid JSON primitive: ${(error as Error).message}`, {
            exceptionType: 'System.ArgumentException',
          })
        }
        const value = read(parsed, ctx.rt.zone, ctx.rt.version !== '5.1')
        // Windows PowerShell puts an array out as one object; PowerShell 7 puts its elements out.
        if (Array.isArray(value) && ctx.rt.version !== '5.1') for (const item of value) ctx.write(item)
        else ctx.write(value)
      },
    }
  },
)

export const JSON_CMDLETS: CommandDefinition[] = [toJson, fromJson]
