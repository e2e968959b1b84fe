/** Methods of [string]. They distinguish case, as those of .NET do, where PowerShell's operators do not. */
import { enumerable, numeric, toBool, toNumber, toText } from './convert.js'
import { raise, UnsupportedError } from './errors.js'
import { noMethod } from './methods.js'
import { Char, PSEnum, type Value } from './values.js'

const IGNORE_CASE = /ignorecase/i

/** Whether an argument `[StringComparison]::OrdinalIgnoreCase`, as a value or by name, is among them. */
const ignoresCase = (args: Value[]): boolean =>
  args.some((arg) => arg instanceof PSEnum && IGNORE_CASE.test(arg.name)) ||
  args.slice(1).some((arg) => typeof arg === 'string' && IGNORE_CASE.test(arg))

export function stringMethod(text: string, name: string, args: Value[]): Value {
  const fold = (value: string) => (ignoresCase(args) ? value.toUpperCase() : value)
  const first = () => fold(toText(args[0]))
  const int = (index: number) => numeric(toNumber(args[index]))!
  const chars = () =>
    args
      .flatMap((arg) => enumerable(arg) ?? [arg])
      .map(toText)
      .join('')
  switch (name.toLowerCase()) {
    case 'trim':
      return args.length === 0 ? text.trim() : trimEnd(trimStart(text, chars()), chars())
    case 'trimstart':
      return args.length === 0 ? text.trimStart() : trimStart(text, chars())
    case 'trimend':
      return args.length === 0 ? text.trimEnd() : trimEnd(text, chars())
    case 'tolower':
    case 'tolowerinvariant':
      return text.toLowerCase()
    case 'toupper':
    case 'toupperinvariant':
      return text.toUpperCase()
    case 'tostring':
      return text
    case 'contains':
      return fold(text).includes(first())
    case 'startswith':
      return fold(text).startsWith(first())
    case 'endswith':
      return fold(text).endsWith(first())
    case 'indexof':
      return fold(text).indexOf(first(), typeof args[1] === 'number' ? args[1] : 0)
    case 'lastindexof':
      return fold(text).lastIndexOf(first())
    case 'replace':
      if (toText(args[0]) === '')
        return raise('String cannot be of zero length.', 'Argument', 'System.ArgumentException')
      return text.replaceAll(toText(args[0]), () => toText(args[1]))
    case 'substring': {
      const from = int(0)
      const length = args.length > 1 ? int(1) : text.length - from
      if (from < 0 || length < 0 || from + length > text.length)
        return raise(
          'Index and length must refer to a location within the string.',
          'ArgumentOutOfRange',
          'System.ArgumentOutOfRangeException',
        )
      return text.slice(from, from + length)
    }
    case 'remove':
      return text.slice(0, int(0)) + (args.length > 1 ? text.slice(int(0) + int(1)) : '')
    case 'insert':
      return text.slice(0, int(0)) + toText(args[1]) + text.slice(int(0))
    case 'padleft':
      return text.padStart(int(0), args.length > 1 ? toText(args[1]) : ' ')
    case 'padright':
      return text.padEnd(int(0), args.length > 1 ? toText(args[1]) : ' ')
    case 'split':
      return splitText(text, args)
    case 'tochararray':
      return [...text].map((char) => new Char(char))
    case 'equals':
      return fold(text) === first()
    case 'compareto':
      return text < toText(args[0]) ? -1 : text > toText(args[0]) ? 1 : 0
    case 'normalize':
      return text.normalize()
    default:
      return noMethod(text, name)
  }
}

/** Windows PowerShell splits at every character of a string argument, PowerShell 7 at the string: only one character means the same in both. */
function splitText(text: string, args: Value[]): Value {
  if (args.length === 0) return text.split(/\s/)
  const separators = (enumerable(args[0]) ?? [args[0]]).map(toText)
  if (separators.some((each) => each.length !== 1))
    throw new UnsupportedError('.Split() by more than one character: means different things in 5.1 and 7')
  const options = args.slice(1).filter((arg) => typeof arg !== 'number')
  const limit = args.slice(1).find((arg) => typeof arg === 'number')
  if (limit !== undefined) throw new UnsupportedError('.Split() with a number of pieces')
  const removeEmpty = options.some(
    (option) =>
      /removeemptyentries/i.test(toText(option)) ||
      (option !== undefined && toBool(option) && toText(option) === '1'),
  )
  let pieces = [text]
  for (const separator of separators) pieces = pieces.flatMap((piece) => piece.split(separator))
  return removeEmpty ? pieces.filter((piece) => piece !== '') : pieces
}

function trimStart(text: string, chars: string): string {
  let from = 0
  while (from < text.length && chars.includes(text[from])) from++
  return text.slice(from)
}

function trimEnd(text: string, chars: string): string {
  let to = text.length
  while (to > 0 && chars.includes(text[to - 1])) to--
  return text.slice(0, to)
}
