/** The `-f` operator and `.ToString('pattern')`, in the invariant culture. */
import { isDouble, itemsOf, numeric, toText } from './convert.js'
import { formatDateTime, formatDateTimeOffset, formatTimeSpan } from './datetime.js'
import { raise, UnsupportedError } from './errors.js'
import { DateTime, DateTimeOffset, PSEnum, TimeSpan, type Value } from './values.js'

const bad = (message: string) =>
  raise(`Error formatting a string: ${message}`, 'FormatError', 'System.FormatException')

export function formatOperator(pattern: Value, right: Value): string {
  const values = itemsOf(right === undefined ? null : right)
  const text = toText(pattern)
  return text.replace(/\{\{|\}\}|\{(\d+)(?:,(-?\d+))?(?::([^{}]*))?\}|[{}]/g, (all, index, width, spec) => {
    if (all === '{{' || all === '}}') return all[0]
    if (index === undefined) return bad('Input string was not in a correct format.')
    if (Number(index) >= values.length)
      return bad(
        'Index (zero based) must be greater than or equal to zero and less than the size of the argument list.',
      )
    const formatted = formatValue(values[Number(index)], spec ?? '')
    const size = Math.abs(Number(width ?? 0))
    return Number(width ?? 0) < 0 ? formatted.padEnd(size) : formatted.padStart(size)
  })
}

/** `spec` empty: the value's plain text. Values that know no patterns ignore them, as .NET does. */
export function formatValue(value: Value, spec: string): string {
  if (value instanceof DateTime) return formatDateTime(value, spec === '' ? 'G' : spec)
  if (value instanceof DateTimeOffset) return formatDateTimeOffset(value, spec)
  if (value instanceof TimeSpan) return formatTimeSpan(value, spec || 'c')
  const number = numeric(value)
  if (number !== undefined && spec !== '') return formatNumber(number, spec, isDouble(value))
  if (value instanceof PSEnum && /^d$/i.test(spec)) return String(value.value)
  return toText(value)
}

const grouped = (digits: string): string => digits.replace(/\B(?=(\d{3})+(?!\d))/g, ',')

/** Half away from zero, as .NET formats the decimal digits of a number. */
function fixed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits)
  const shortest = Math.abs(value)
  // toFixed rounds the binary value; .NET Framework rounds its 15 decimal digits.
  const rounded = Number(`${Math.round(Number(`${shortest.toPrecision(15)}e${digits}`))}e-${digits}`)
  return Number.isFinite(rounded) ? rounded.toFixed(digits) : text
}

function formatNumber(value: number, spec: string, real: boolean): string {
  const standard = /^([a-z])(\d*)$/i.exec(spec)
  const sign = value < 0 ? '-' : ''
  if (!standard) return formatCustom(value, spec)
  const digits = standard[2] === '' ? undefined : Number(standard[2])
  switch (standard[1].toUpperCase()) {
    case 'N': {
      const [whole, fraction] = fixed(value, digits ?? 2).split('.')
      return sign + grouped(whole) + (fraction ? `.${fraction}` : '')
    }
    case 'F':
      return sign + fixed(value, digits ?? 2)
    case 'P': {
      const [whole, fraction] = fixed(value * 100, digits ?? 2).split('.')
      return `${sign}${grouped(whole)}${fraction ? `.${fraction}` : ''} %`
    }
    case 'D':
      if (real) return bad('Format specifier was invalid.')
      return sign + String(Math.abs(value)).padStart(digits ?? 1, '0')
    case 'X': {
      if (real || value < 0) return bad('Format specifier was invalid.')
      const hex = value.toString(16).padStart(digits ?? 1, '0')
      return standard[1] === 'X' ? hex.toUpperCase() : hex
    }
    case 'G':
      return digits === undefined ? toText(value) : String(Number(value.toPrecision(digits)))
    default:
      throw new UnsupportedError(`number format ${spec}`)
  }
}

/** `0`, `#`, `.` and `,`, with literal text around: `0.00`, `#,##0`, `0000`. */
function formatCustom(value: number, spec: string): string {
  const match = /^((?:[^0#.,'"\\;%])*)([0#,]*)(?:\.([0#]*))?((?:[^0#.,'"\\;%])*)$/.exec(spec)
  if (!match) throw new UnsupportedError(`number format ${spec}`)
  const [, before, whole, fraction = '', after] = match
  const most = fraction.length
  const least = fraction.lastIndexOf('0') + 1
  let [w, f = ''] = fixed(value, most).split('.')
  while (f.length > least && f.endsWith('0')) f = f.slice(0, -1)
  const minimum = whole.replace(/[^0]/g, '').length
  w = w.replace(/^0+/, '').padStart(minimum, '0')
  return before + (value < 0 ? '-' : '') + (whole.includes(',') ? grouped(w) : w) + (f ? `.${f}` : '') + after
}
