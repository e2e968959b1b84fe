/** Conversions to text, number and truth, as operators and strings use them. Casts to named types are in `types.ts`. */
import { formatDateTime, formatDateTimeOffset, formatTimeSpan } from './datetime.js'
import { raise } from './errors.js'
import {
  Char,
  DateTime,
  DateTimeOffset,
  Double,
  ErrorRecord,
  PSEnum,
  PSException,
  PSHashtable,
  PSList,
  PSObject,
  PSRegexMatch,
  PSSwitch,
  PSType,
  Reference,
  ScriptBlock,
  TimeSpan,
  toDouble,
  type Value,
} from './values.js'

export const isNull = (value: Value): value is null | undefined => value === null || value === undefined

/** `undefined` where `value` is no number. */
export function numeric(value: Value): number | undefined {
  if (typeof value === 'number') return value
  return value instanceof Double ? value.value : undefined
}

export const isDouble = (value: Value): boolean =>
  value instanceof Double || (typeof value === 'number' && !Number.isInteger(value))

/** A double as .NET Core prints it: the shortest digits that read back. Windows PowerShell prints at most 15. */
export function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity'
  const size = Math.abs(value)
  if (
    size !== 0 &&
    (size >= 1e15 || size < 1e-4) &&
    !(Number.isInteger(value) && Number.isSafeInteger(value))
  ) {
    const [digits, exponent] = value.toExponential().split('e')
    const power = Number(exponent)
    return `${digits}E${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
  }
  return String(value)
}

/** As in `"$value"`: invariant culture, arrays joined by a space. */
export function toText(value: Value): string {
  if (isNull(value)) return ''
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'number') return numberText(value)
  if (Array.isArray(value)) return value.map(toText).join(' ')
  if (value instanceof Double) return numberText(value.value)
  if (value instanceof Char) return value.text
  if (value instanceof PSSwitch) return value.isPresent ? 'True' : 'False'
  if (value instanceof PSEnum) return value.name
  if (value instanceof DateTime) return formatDateTime(value, 'MM/dd/yyyy HH:mm:ss')
  if (value instanceof DateTimeOffset) return formatDateTimeOffset(value, '')
  if (value instanceof TimeSpan) return formatTimeSpan(value)
  if (value instanceof PSList) return value.items.map(toText).join(' ')
  if (value instanceof PSHashtable) return hashtableTypeName(value)
  if (value instanceof PSType) return value.array ? `${value.fullName}[]` : value.fullName
  if (value instanceof ScriptBlock) return value.block.text.replace(/^\{|\}$/g, '')
  if (value instanceof ErrorRecord) return value.exception.message
  if (value instanceof PSException) return `${value.typeName}: ${value.message}`
  if (value instanceof PSRegexMatch) return value.match?.[0] ?? ''
  if (value instanceof Reference) return toText(value.get())
  return objectText(value)
}

export const hashtableTypeName = (table: PSHashtable): string =>
  ({
    hashtable: 'System.Collections.Hashtable',
    ordered: 'System.Collections.Specialized.OrderedDictionary',
    dictionary: 'System.Collections.Generic.Dictionary`2[System.String,System.Object]',
  })[table.kind]

const CUSTOM = 'System.Management.Automation.PSCustomObject'

export const isCustom = (object: PSObject): boolean => object.typeName === CUSTOM

function objectText(object: PSObject): string {
  if (object.display) return object.display()
  if (!isCustom(object)) return object.typeName
  return `@{${object.properties.map((p) => `${p.name}=${toText(p.get())}`).join('; ')}}`
}

export function toBool(value: Value): boolean {
  if (isNull(value)) return false
  if (typeof value === 'boolean') return value
  if (typeof value === 'string') return value.length > 0
  const number = numeric(value)
  if (number !== undefined) return number !== 0
  if (value instanceof PSSwitch) return value.isPresent
  if (value instanceof PSEnum) return value.value !== 0
  if (value instanceof Char) return value.text !== '\0'
  const items = Array.isArray(value)
    ? value
    : value instanceof PSList && isIList(value)
      ? value.items
      : undefined
  if (!items) return true
  return items.length === 0 ? false : items.length === 1 ? toBool(items[0]) : true
}

const isIList = (list: PSList): boolean => list.kind === 'List' || list.kind === 'ArrayList'

const SUFFIX: Record<string, number> = { kb: 2 ** 10, mb: 2 ** 20, gb: 2 ** 30, tb: 2 ** 40, pb: 2 ** 50 }

/** As operators read a string beside a number: `' 0x1F '`, `'1e3'`, `'2GB'`; empty is 0. Undefined: no number. */
export function parseNumber(text: string): number | Double | undefined {
  const trimmed = text.trim()
  if (trimmed === '') return 0
  const match = /^([+-]?)(0x[0-9a-f]+|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?)l?(kb|mb|gb|tb|pb)?$/i.exec(
    trimmed,
  )
  if (!match) return undefined
  const size = Number(match[2]) * (SUFFIX[match[4]?.toLowerCase() ?? ''] ?? 1)
  const value = match[1] === '-' ? -size : size
  const real = !/^0x/i.test(match[2]) && /[.e]/i.test(match[2])
  return real ? toDouble(value) : value
}

/** The number that an arithmetic operator sees. Throws where there is none. */
export function toNumber(value: Value, targetType = 'System.Int32'): number | Double {
  if (isNull(value)) return 0
  if (typeof value === 'number' || value instanceof Double) return value
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value instanceof PSSwitch) return value.isPresent ? 1 : 0
  if (value instanceof PSEnum) return value.value
  if (value instanceof Char) return value.text.charCodeAt(0)
  if (typeof value === 'string') {
    const parsed = parseNumber(value)
    if (parsed !== undefined) return parsed
    return raise(
      `Cannot convert value "${value}" to type "${targetType}". Error: "Input string was not in a correct format."`,
      'InvalidCastFromStringToInteger',
      'System.Management.Automation.PSInvalidCastException',
    )
  }
  return cannotConvert(value, targetType)
}

export function cannotConvert(value: Value, type: string): never {
  return raise(
    `Cannot convert the "${toText(value)}" value of type "${typeNameOf(value)}" to type "${type}".`,
    'ConvertToFinalInvalidCastException',
    'System.Management.Automation.PSInvalidCastException',
  )
}

/** Full .NET name of the value's type. */
export function typeNameOf(value: Value): string {
  if (isNull(value)) return 'null'
  if (typeof value === 'string') return 'System.String'
  if (typeof value === 'boolean') return 'System.Boolean'
  if (isDouble(value)) return 'System.Double'
  if (typeof value === 'number')
    return value > 2147483647 || value < -2147483648 ? 'System.Int64' : 'System.Int32'
  if (Array.isArray(value)) return 'System.Object[]'
  if (value instanceof Char) return 'System.Char'
  if (value instanceof PSSwitch) return 'System.Management.Automation.SwitchParameter'
  if (value instanceof PSEnum || value instanceof PSObject) return value.typeName
  if (value instanceof PSException) return value.typeName
  if (value instanceof DateTime) return 'System.DateTime'
  if (value instanceof DateTimeOffset) return 'System.DateTimeOffset'
  if (value instanceof TimeSpan) return 'System.TimeSpan'
  if (value instanceof PSHashtable) return hashtableTypeName(value)
  if (value instanceof PSList)
    return value.kind === 'ArrayList'
      ? 'System.Collections.ArrayList'
      : `System.Collections.Generic.${value.kind}\`1[System.Object]`
  if (value instanceof PSType) return 'System.RuntimeType'
  if (value instanceof ScriptBlock) return 'System.Management.Automation.ScriptBlock'
  if (value instanceof ErrorRecord) return 'System.Management.Automation.ErrorRecord'
  if (value instanceof PSRegexMatch) return 'System.Text.RegularExpressions.Match'
  return 'System.Management.Automation.PSReference'
}

/** What a pipeline, `@()` and `foreach` take one by one. `undefined`: the value counts as one. */
export function enumerable(value: Value): Value[] | undefined {
  if (value === undefined) return []
  if (Array.isArray(value)) return value
  return value instanceof PSList ? value.items : undefined
}

export const itemsOf = (value: Value): Value[] => enumerable(value) ?? [value]

/** What a statement's output is worth as a value: nothing, the one, or an array. */
export const collected = (output: Value[]): Value =>
  output.length === 0 ? undefined : output.length === 1 ? output[0] : output

/** Half to even, as [int] rounds. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  if (rest !== 0.5) return Math.round(value) + 0
  return floor % 2 === 0 ? floor : floor + 1
}
