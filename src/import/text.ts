/** Bytes of an export to text. Windows tools write UTF-16 and code pages as readily as UTF-8; nothing is guessed that could be misread. */
import { firstBadByte, lineOfByte } from '../io/utf8.js'
import { importFault } from './failure.js'
import type { InputFile } from './inventory.js'

/** A string of V8 holds little more. */
const MAX_BYTES = 512_000_000
/** Bytes from the start that show whether a text without a mark is UTF-16. */
const PROBE_BYTES = 512

/** What a file that is not UTF-8 may be taken for, where the user says so. */
export type FallbackEncoding = 'windows-1252'

type Utf16 = 'utf-16le' | 'utf-16be'

/** What stands at 0x80 to 0x9f; U+FFFD where the code page has nothing. */
const WINDOWS_1252_HIGH = '€�‚ƒ„…†‡ˆ‰Š‹Œ�Ž��‘’“”•–—˜™š›œ�žŸ'

/** First bytes of files that are no text, and what they are. */
const BINARY: readonly (readonly [signature: readonly number[], what: string])[] = [
  [[0x50, 0x4b, 0x03, 0x04], 'a ZIP archive or an Excel workbook (.xlsx)'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'an old Excel workbook (.xls)'],
  [[0x1f, 0x8b], 'compressed by gzip'],
  [[0x25, 0x50, 0x44, 0x46], 'a PDF'],
]

function startsWith(bytes: Uint8Array, signature: readonly number[]): boolean {
  return signature.every((byte, i) => bytes[i] === byte)
}

/**
 * The text of a file: UTF-8 with or without a byte order mark, or UTF-16 with one, or without one where every other byte of its
 * beginning is zero.
 *
 * @throws ImportError where the file is empty, no text, or broken; it says what to save it as.
 */
export function decodeInput(file: InputFile): string {
  const { name, bytes } = file
  if (bytes.length > MAX_BYTES)
    throw importFault(name, 'larger than 512 MB, which is more than vmferry reads')
  const binary = binaryKind(bytes)
  if (binary !== undefined) throw importFault(name, `${binary}, not text`)
  const utf16 = utf16Of(bytes)
  const text = utf16 === undefined ? decodeUtf8(file) : decodeUtf16(file, utf16)
  if (text.trim() === '') throw importFault(name, 'empty')
  const nul = text.indexOf('\0')
  if (nul >= 0) {
    const line = text.slice(0, nul).split(/\r\n|\r|\n/).length
    throw importFault(
      name,
      'there is a NUL character, which no text has; save the file again',
      `line ${line}`,
    )
  }
  return text
}

/**
 * The same file in UTF-8 where it is text in `encoding`; as it is where it is UTF-8 or UTF-16 already, or no text at all.
 *
 * @throws ImportError where it is in none of these encodings
 */
export function recode(file: InputFile, encoding: FallbackEncoding): InputFile {
  const { name, bytes } = file
  if (binaryKind(bytes) !== undefined || utf16Of(bytes) !== undefined || isUtf8(bytes)) return file
  const read = { 'windows-1252': decodeWindows1252 }[encoding]
  return { name, bytes: new TextEncoder().encode(read(name, bytes)) }
}

function binaryKind(bytes: Uint8Array): string | undefined {
  return BINARY.find(([signature]) => startsWith(bytes, signature))?.[1]
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

/** By the byte order mark, or by the zero bytes of ASCII characters: half of all characters at least have one, always on one side. */
function utf16Of(bytes: Uint8Array): Utf16 | undefined {
  if (startsWith(bytes, [0xff, 0xfe])) return 'utf-16le'
  if (startsWith(bytes, [0xfe, 0xff])) return 'utf-16be'
  const units = Math.min(PROBE_BYTES, bytes.length) >> 1
  let high = 0
  let low = 0
  for (let i = 0; i < units; i++) {
    if (bytes[2 * i] === 0) high++
    if (bytes[2 * i + 1] === 0) low++
  }
  if (low * 2 >= units && low > 0 && high === 0) return 'utf-16le'
  if (high * 2 >= units && high > 0 && low === 0) return 'utf-16be'
  return undefined
}

function decodeUtf16({ name, bytes }: InputFile, encoding: Utf16): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    const what = bytes.length % 2 === 0 ? 'half a character' : 'an odd number of bytes: it was cut off'
    throw importFault(name, `broken UTF-16 text, with ${what}; save it as UTF-8`)
  }
}

function decodeUtf8({ name, bytes }: InputFile): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    const at = firstBadByte(bytes)
    throw importFault(
      name,
      `not UTF-8: ${hex(bytes[at])} at offset ${at}; save it as UTF-8 ("CSV UTF-8" in Excel), or, if it is a text of Windows in a Western language, give --encoding windows-1252`,
      `line ${lineOfByte(bytes, at)}`,
      { option: 'encoding' },
    )
  }
}

/** By a table of its own: some versions of Node take the label for ISO 8859-1. */
function decodeWindows1252(name: string, bytes: Uint8Array): string {
  const parts: string[] = []
  for (let start = 0; start < bytes.length; start += 8192) {
    const slice = bytes.subarray(start, start + 8192)
    // biome-ignore lint/plugin/no-spread: at most 8,192
    const text = String.fromCharCode(...slice)
    parts.push(text.replace(/[\x80-\x9f]/g, (c) => WINDOWS_1252_HIGH[c.charCodeAt(0) - 0x80]))
  }
  const text = parts.join('')
  const bad = text.indexOf('�')
  if (bad < 0) return text
  throw importFault(
    name,
    `not Windows-1252 either: ${hex(bytes[bad])} at offset ${bad} is no character of it; save it as UTF-8`,
    `line ${lineOfByte(bytes, bad)}`,
  )
}

function hex(byte: number): string {
  return `byte 0x${byte.toString(16).padStart(2, '0')}`
}
