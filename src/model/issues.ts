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

/** A row of the table for words of usual length: one that is made for each pair would be most of the work. */
const distances = new Uint32Array(128)

/** Levenshtein distance, or `limit + 1` as soon as it exceeds `limit`. Only the band that can stay within it is filled. */
export function editDistance(a: string, b: string, limit: number): number {
  const tooFar = limit + 1
  if (Math.abs(a.length - b.length) > limit) return tooFar
  // Names of one fleet differ in a few places: what is the same at both ends costs nothing.
  let start = 0
  while (start < a.length && a.charCodeAt(start) === b.charCodeAt(start)) start++
  let [endA, endB] = [a.length, b.length]
  while (endA > start && endB > start && a.charCodeAt(endA - 1) === b.charCodeAt(endB - 1)) {
    endA--
    endB--
  }
  const columns = endB - start
  const row = distances.length > columns ? distances : new Uint32Array(columns + 1)
  for (let j = 0; j <= columns; j++) row[j] = j <= limit ? j : tooFar
  for (let i = 1; i <= endA - start; i++) {
    const from = Math.max(1, i - limit)
    let diagonal = row[from - 1]
    row[from - 1] = from === 1 && i <= limit ? i : tooFar
    let least = row[from - 1]
    for (let j = from; j <= Math.min(columns, i + limit); j++) {
      const same = a.charCodeAt(start + i - 1) === b.charCodeAt(start + j - 1)
      const distance = Math.min(diagonal + (same ? 0 : 1), row[j] + 1, row[j - 1] + 1)
      diagonal = row[j]
      row[j] = distance
      if (distance < least) least = distance
    }
    if (least > limit) return tooFar
  }
  return Math.min(row[columns], tooFar)
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

/** Near matches that the faults of one document get, … */
const MAX_HINTS = 20
/** … and names that they are looked for among, altogether: some tenths of a second. */
const MAX_COMPARED = 500_000

/** `didYouMean` for the faults of one document: there may be thousands of them, each over thousands of names. */
export class Hints {
  #left = MAX_HINTS
  #comparisons = MAX_COMPARED

  /** `; did you mean "x"?`; nothing where none is near, or too much has been looked for. */
  for(word: string, known: Iterable<string>): string {
    if (this.#left-- <= 0) return ''
    const hint = didYouMean(word, this.#metered(known))
    // The nearest of a part of the names may be far from the nearest.
    return this.#comparisons > 0 ? hint : ''
  }

  *#metered(known: Iterable<string>): Generator<string> {
    for (const name of known) {
      if (this.#comparisons-- <= 0) return
      yield name
    }
  }
}
