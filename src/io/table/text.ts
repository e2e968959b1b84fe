/** Text for a terminal: what may be shown of a foreign string, how many columns it takes, and how it is cut and wrapped. */

/** Controls, format characters (bidi overrides, zero-width), separators, lone surrogates, private use and unassigned. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/gu

const PLAIN = /^[\x20-\x7e]*$/

const NAMED_ESCAPES: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function escapeCharacter(character: string): string {
  const named = NAMED_ESCAPES[character]
  if (named !== undefined) return named
  const code = character.codePointAt(0) ?? 0
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
}

/** Shows every character that could move the cursor, change colours, reorder the line or hide as an escape. One line in, one line out. */
export function escapeText(text: string): string {
  // Most text is plain, and the first use of Unicode's tables takes longer than many a plan.
  if (PLAIN.test(text)) return text
  return text.replace(UNSAFE, escapeCharacter)
}

const ASCII_SPELLING: Record<string, string> = {
  '…': '...',
  '→': '->',
  '←': '<-',
  '×': 'x',
  '÷': '/',
  '−': '-',
  '–': '-',
  '—': '-',
  '≤': '<=',
  '≥': '>=',
  '≠': '!=',
  '·': '.',
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  '\u00a0': ' ',
}

/** Like `escapeText`, and everything beyond ASCII spelt in ASCII or escaped. */
export function escapeTextToAscii(text: string): string {
  return escapeText(text).replace(/[^\x20-\x7e]/gu, (c) => ASCII_SPELLING[c] ?? escapeCharacter(c))
}

/** An integer with a comma before every three digits. */
export function formatInteger(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** Ranges of East Asian Width W and F (UAX #11) beside emoji, which a Unicode property covers. Flat pairs, ascending. */
const WIDE = [
  0x1100, 0x115f, 0x2329, 0x232a, 0x2e80, 0x303e, 0x3041, 0xa4cf, 0xa960, 0xa97f, 0xac00, 0xd7a3, 0xf900,
  0xfaff, 0xfe10, 0xfe19, 0xfe30, 0xfe6f, 0xff01, 0xff60, 0xffe0, 0xffe6, 0x16fe0, 0x18dff, 0x1aff0, 0x1b2ff,
  0x1f200, 0x1f2ff, 0x20000, 0x2fffd, 0x30000, 0x3fffd,
]
const ZERO_WIDTH = /[\p{Mn}\p{Me}\p{Cf}\p{Emoji_Modifier}\u1160-\u11ff\ud7b0-\ud7ff]/u
const EMOJI = /\p{Emoji_Presentation}/u
const REGIONAL_INDICATOR = /\p{Regional_Indicator}/u
const VARIATION_EMOJI = 0xfe0f

function isWide(code: number): boolean {
  for (let i = 0; i < WIDE.length; i += 2) {
    if (code < WIDE[i]) return false
    if (code <= WIDE[i + 1]) return true
  }
  return false
}

/** Columns that the text takes in a terminal: 2 for wide characters and emoji, 0 for combining marks. */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length
  let width = 0
  let last = 0
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    if (code === VARIATION_EMOJI) {
      width += last === 1 ? 1 : 0
      last = 2
      continue
    }
    if (ZERO_WIDTH.test(character)) continue
    last = isWide(code) || (EMOJI.test(character) && !REGIONAL_INDICATOR.test(character)) ? 2 : 1
    width += last
  }
  return width
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)))
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - displayWidth(text))) + text
}

let segmenter: Intl.Segmenter | undefined

function clustersOf(text: string): string[] {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  return Array.from(segmenter.segment(text), (s) => s.segment)
}

/** Grapheme clusters from one end, as many as fit into `width` columns. */
function take(clusters: readonly string[], width: number, fromEnd: boolean): string {
  const taken: string[] = []
  let used = 0
  for (let i = 0; i < clusters.length; i++) {
    const cluster = clusters[fromEnd ? clusters.length - 1 - i : i]
    used += displayWidth(cluster)
    if (used > width) break
    taken.push(cluster)
  }
  return (fromEnd ? taken.reverse() : taken).join('')
}

/** Cut in the middle, since ids of one fleet mostly differ at their ends. At most `width` columns. */
export function shorten(text: string, width: number, ellipsis: string): string {
  if (displayWidth(text) <= width) return text
  const room = width - displayWidth(ellipsis)
  if (room < 0) return ''
  const tail = room - Math.ceil(room / 2)
  if (PLAIN.test(text)) return text.slice(0, room - tail) + ellipsis + text.slice(text.length - tail)
  const clusters = clustersOf(text)
  const head = take(clusters, Math.ceil(room / 2), false)
  return head + ellipsis + take(clusters, room - displayWidth(head), true)
}

/** Columns from which on every id, cut to them, still differs from each other one; at least `least`, at most what the longest takes. */
export function distinctWidth(ids: readonly string[], least: number): number {
  const all = [...new Set(ids)]
  const longest = all.reduce((width, id) => Math.max(width, displayWidth(id)), 0)
  for (let width = least; width < longest; width++) {
    const cuts = new Set<string>()
    // Any ellipsis of one column will do.
    if (all.every((id) => cuts.size < cuts.add(shorten(id, width, '~')).size)) return width
  }
  return Math.max(least, longest)
}

/** Words on lines of at most `width` columns; a word that is longer than a line is broken. Always at least one line. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ').filter((w) => w !== '')) {
    const joined = line === '' ? word : `${line} ${word}`
    if (displayWidth(joined) <= width) {
      line = joined
      continue
    }
    if (line !== '') lines.push(line)
    line = word
    while (displayWidth(line) > width) {
      const clusters = clustersOf(line)
      const head = take(clusters, width, false) || clusters[0]
      lines.push(head)
      line = line.slice(head.length)
    }
  }
  if (line !== '' || lines.length === 0) lines.push(line)
  return lines
}
