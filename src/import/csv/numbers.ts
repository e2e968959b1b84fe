/**
 * Numbers as spreadsheets of any locale write them. `65.536` is sixty-five to one reader and sixty-five thousand to another: what can be
 * read in two ways is refused, never guessed.
 */
import { quote } from '../../model/issues.js'
import { parseQuantity, type Unit } from '../../model/units.js'

export type NumberReading = { value: number; fault?: never } | { value?: never; fault: string }

/** Spaces and apostrophes that group digits. */
const GROUP = "[ '’\u00a0\u2009\u202f]"
const GROUPED_BY_SPACE = new RegExp(`^\\d{1,3}(?:(${GROUP})\\d{3})(?:\\1\\d{3})*(?:[.,]\\d+)?$`, 'u')

const NO_NUMBER = 'is no number'

/** Text to go behind the quoted value. */
const bad = (text: string, why: string): NumberReading => ({ fault: `${quote(text)} ${why}` })

/** A number of at least 0 without unit. */
export function readNumber(text: string): NumberReading {
  if (text.length > 40) return bad(text, NO_NUMBER)
  if (/^\d+$/.test(text)) return { value: Number(text) }
  if (/^(?:\d+(?:[.,]\d+)?|[.,]\d+)e[+-]?\d+$/i.test(text))
    return bad(text, 'is in scientific notation, which may have been rounded; write all digits')
  if (/^#+$/.test(text))
    return bad(text, 'is what a spreadsheet shows for a narrow column; widen it and save again')
  if (/^[-−(]/u.test(text)) return bad(text, 'is below 0')
  if (GROUPED_BY_SPACE.test(text))
    return { value: Number(text.replace(new RegExp(GROUP, 'gu'), '').replace(',', '.')) }
  const [, whole, separator, fraction] = /^(\d+)([.,])(\d+)$/.exec(text) ?? []
  if (separator !== undefined) {
    // Groups of digits are three long, at most three lead, and none leads with a zero.
    if (fraction.length !== 3 || whole.length > 3 || whole.startsWith('0'))
      return { value: Number(`${whole}.${fraction}`) }
    const [thousands, decimals] = [`${whole}${fraction}`, `${whole}.${fraction}`]
    const is = Number(fraction) === 0 ? whole : `${decimals}0`
    return bad(text, `may be ${thousands} or ${decimals}; write ${thousands}, or ${is}`)
  }
  const grouped = /^\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*(?:([.,])\d+)?$/.exec(text)
  if (grouped !== null && grouped[1] !== grouped[2])
    return { value: Number(text.replaceAll(grouped[1], '').replace(',', '.')) }
  return bad(text, NO_NUMBER)
}

/**
 * A number with a unit behind it, as in `64 GiB`, or without one, which is then taken in `bare` times `unit`.
 *
 * @param bare undefined: a number without unit is refused
 * @param example what is right, for messages
 */
export function readQuantity(
  text: string,
  unit: Unit,
  bare: number | undefined,
  example: string,
): NumberReading {
  const [, digits = text, suffix = ''] = /^(.*?\d)\s*([a-z/]*)$/iu.exec(text) ?? []
  const { value, fault } = readNumber(digits)
  if (value === undefined)
    return { fault: fault.endsWith(NO_NUMBER) ? `${fault}; write it as in ${example}` : fault }
  if (suffix === '') {
    if (bare !== undefined) return { value: value * bare }
    return bad(text, `has no unit; write it as in ${example}`)
  }
  const factor = parseQuantity(`1${suffix}`, unit)
  if (factor === undefined) return bad(text, `has a unit that is not known here; write it as in ${example}`)
  return { value: value * factor }
}
