/** Control characters in foreign text: in JSON, by its own escapes, and in formats that have none for them. */
import { escapeText } from './table/text.js'

/** C0, DEL and C1 but tab and line breaks; marks and overrides of direction, line and paragraph separators, lone surrogates. */
const CONTROLS = /(?![\t\n\r])[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu

/** Spelt out as in tables (`\x1b`, `\u{202e}`), so that neither a terminal nor a reader's eye obeys them; tabs and line breaks stay. */
export function escapeControls(text: string): string {
  return text.replace(CONTROLS, escapeText)
}

/** `JSON.stringify` lets DEL, C1 controls and bidi overrides through. */
const UNSAFE_IN_JSON = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** JSON text that means the same, and in which nothing can reach a terminal. */
export function escapeJson(text: string): string {
  return text.replace(UNSAFE_IN_JSON, (c) => `\\u${(c.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`)
}
