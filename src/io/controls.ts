/** Control characters in foreign text, for formats that have no escape of their own for them. */
import { escapeText } from './table/text.js'

/** C0, DEL and C1 but tab and line breaks; marks and overrides of direction, line and paragraph separators, lone surrogates. */
const CONTROLS = /(?![\t\n\r])[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu

/** Spelt out as in tables (`\x1b`, `\u{202e}`), so that neither a terminal nor a reader's eye obeys them; tabs and line breaks stay. */
export function escapeControls(text: string): string {
  return text.replace(CONTROLS, escapeText)
}
