/** Foreign text in PowerShell. */

/** PowerShell ends a single-quoted literal at any of these five, not only at the ASCII apostrophe. */
const SINGLE_QUOTES = /['\u2018-\u201b]/g
/** Would break a comment's line, or show something else than what is run. */
const UNQUOTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u

/** Whether a literal on one line can hold the text so that it reads as what it is. */
export function canQuote(text: string): boolean {
  return !UNQUOTABLE.test(text)
}

/**
 * A single-quoted literal, in which nothing is expanded: every quote is doubled.
 * @throws Error where `canQuote` is false
 */
export function quotePowerShell(text: string): string {
  if (!canQuote(text)) throw new Error('a control or format character cannot stand in a PowerShell literal')
  return `'${text.replace(SINGLE_QUOTES, '$&$&')}'`
}

/**
 * With a byte order mark where it is not all ASCII: Windows PowerShell reads a script without one in the ANSI code page, in which an
 * octet of some letter (0x92 of U+0412) is a quote that ends the literal.
 */
export function markEncoding(script: string): string {
  return /^\p{ASCII}*$/u.test(script) ? script : `\ufeff${script}`
}
