/** Collects faults, and says what a faulty value looks like without ever trusting it. */
import { InvalidProblemError, type Issue } from '../errors.js'

/** Faults listed before the collection stops. */
export const MAX_ISSUES = 1_000
/** Longest id, in UTF-16 units. */
export const MAX_ID_LENGTH = 1_024

const SHOWN_CHARACTERS = 60
/** Longest word for which a near match is looked for. */
const HINT_LENGTH = 64

export class IssueList {
  readonly items: Issue[] = []
  /** No more faults are taken: loops over the input may stop. */
  full = false

  add(path: string, message: string): void {
    if (this.full) return
    this.items.push({ path, message })
    if (this.items.length < MAX_ISSUES) return
    this.full = true
    this.items.push({
      path: '',
      message: `only the first ${MAX_ISSUES} faults are listed; there may be more`,
    })
  }

  /** @throws InvalidProblemError with every fault, if there is one. */
  throwIfAny(): void {
    if (this.items.length > 0) throw new InvalidProblemError(this.items)
  }
}

/** Control, format and unpaired characters: they would garble a terminal or turn the direction of the text. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

function escapeUnsafe(text: string): string {
  return text.replace(UNSAFE, (character) => {
    const code = character.codePointAt(0)!.toString(16)
    return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`
  })
}

/** A string in quotes, at most about 60 characters of it, with control characters escaped. */
export function quote(text: string): string {
  const long = text.length > SHOWN_CHARACTERS
  const head = (long ? text.slice(0, SHOWN_CHARACTERS) : text).replace(/[\\"]/g, '\\$&')
  return long ? `"${escapeUnsafe(head)}…" (${text.length} characters)` : `"${escapeUnsafe(head)}"`
}

/** A value of any kind, as a message shows it. Reads nothing of objects but an array's length. */
export function show(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return quote(value)
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value)
    case 'boolean':
    case 'undefined':
      return String(value)
    case 'object':
      if (value === null) return 'null'
      return isArray(value) ? `an array of ${value.length}` : 'an object'
    default:
      return `a ${typeof value}`
  }
}

/** `Array.isArray` that answers false, rather than throwing, for a revoked proxy. */
export function isArray(value: unknown): value is unknown[] {
  try {
    return Array.isArray(value)
  } catch {
    return false
  }
}

/** `path.key`, or `path["odd key"]` where the key is not a plain word. */
export function childPath(path: string, key: string): string {
  if (!/^[A-Za-z_$][\w$-]{0,63}$/.test(key)) return `${path}[${quote(key)}]`
  return path === '' ? key : `${path}.${key}`
}

/** Levenshtein distance, or `limit + 1` as soon as it exceeds `limit`. */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    let least = i
    for (let j = 1; j <= b.length; j++) {
      const substituted = previous[j - 1] + (a.charCodeAt(i - 1) === b.charCodeAt(j - 1) ? 0 : 1)
      const distance = Math.min(substituted, previous[j] + 1, row[j - 1] + 1)
      row.push(distance)
      if (distance < least) least = distance
    }
    if (least > limit) return limit + 1
    previous = row
  }
  return Math.min(previous[b.length], limit + 1)
}

/** The nearest of `known` within `edits` (at most 3), case aside; undefined where none is near. */
export function nearest(
  word: string,
  known: Iterable<string>,
  edits: number = word.length / 3,
): string | undefined {
  if (word.length > HINT_LENGTH) return undefined
  const wanted = word.toLowerCase()
  let limit = Math.min(3, Math.floor(edits))
  let best: string | undefined
  for (const candidate of known) {
    if (Math.abs(candidate.length - wanted.length) > limit) continue
    const distance = editDistance(wanted, candidate.toLowerCase(), limit)
    if (distance > limit || (best !== undefined && distance === limit)) continue
    best = candidate
    if (distance === 0) return best
    limit = distance
  }
  return best
}

/** `; did you mean "x"?`, or nothing. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const near = nearest(word, known)
  return near === undefined ? '' : `; did you mean ${quote(near)}?`
}
