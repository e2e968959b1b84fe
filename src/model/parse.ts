/**
 * JSON text to a value. `JSON.parse` words its errors differently in every engine, keeps the last of two equal keys in silence, and
 * what it returns may be nested deeper than a stack: so the text is scanned first, without recursion.
 */
import { InvalidProblemError } from '../errors.js'
import { childPath, IssueList, quote } from './issues.js'

/** Levels of arrays and objects. A problem has six. */
export const MAX_DEPTH = 200

/** Characters shown on each side of a syntax error. */
const EXCERPT = 20

/**
 * Parses one JSON document; a byte order mark in front is skipped.
 *
 * @throws InvalidProblemError with line, column and an excerpt for a syntax error, nesting deeper than `MAX_DEPTH`, or every key that
 * an object has twice (with its path).
 */
export function parseJson(text: string): unknown {
  const issues = new IssueList()
  const json = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  try {
    new Scanner(json, issues).document()
  } catch (error) {
    if (!(error instanceof ScanError)) throw error
    throw new InvalidProblemError([{ path: '', message: describe(json, error) }], 'document')
  }
  if (issues.items.length > 0) throw new InvalidProblemError(issues.items, 'document')
  return JSON.parse(json)
}

class ScanError extends Error {
  readonly offset: number
  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

function describe(text: string, { message, offset }: ScanError): string {
  let line = 1
  let lineStart = 0
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) {
    line++
    lineStart = at + 1
  }
  const excerpt = text.slice(Math.max(0, offset - EXCERPT), offset + EXCERPT)
  const near = excerpt === '' ? '' : `; near ${quote(excerpt)}`
  return `line ${line}, column ${offset - lineStart + 1}: ${message}${near}`
}

/** An array or object that is open. */
interface Level {
  /** Keys so far; undefined for an array. */
  keys: Set<string> | undefined
  /** The key or index at which the scan is. */
  key: string
  index: number
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d

class Scanner {
  readonly #text: string
  readonly #issues: IssueList
  readonly #levels: Level[] = []
  #at = 0

  constructor(text: string, issues: IssueList) {
    this.#text = text
    this.#issues = issues
  }

  document(): void {
    this.#skipSpace()
    if (this.#at === this.#text.length) this.#fail('the document is empty; write a JSON object')
    // One turn for each value; what follows a value closes or continues the levels around it.
    do this.#value()
    while (this.#levels.length > 0 && this.#continues())
    this.#skipSpace()
    if (this.#at < this.#text.length) this.#fail('there is more text behind the end of the document')
  }

  /** Reads a scalar or an empty container whole, or goes into a container, up to its first value. */
  #value(): void {
    for (;;) {
      this.#skipSpace()
      const code = this.#text.charCodeAt(this.#at)
      if (code !== OPEN_BRACE && code !== OPEN_BRACKET) {
        this.#scalar(code)
        return
      }
      if (this.#levels.length === MAX_DEPTH)
        this.#fail(`arrays and objects are nested deeper than ${MAX_DEPTH} levels`)
      this.#at++
      this.#skipSpace()
      const isObject = code === OPEN_BRACE
      if (this.#text.charCodeAt(this.#at) === (isObject ? CLOSE_BRACE : CLOSE_BRACKET)) {
        this.#at++
        return
      }
      this.#levels.push({ keys: isObject ? new Set() : undefined, key: '', index: 0 })
      if (isObject) this.#key()
    }
  }

  /** After a value: closes levels, and says whether another value follows. */
  #continues(): boolean {
    while (this.#levels.length > 0) {
      const level = this.#levels[this.#levels.length - 1]
      const isObject = level.keys !== undefined
      this.#skipSpace()
      const code = this.#text.charCodeAt(this.#at)
      if (code === COMMA) {
        this.#at++
        level.index++
        this.#skipSpace()
        if (this.#text.charCodeAt(this.#at) === (isObject ? CLOSE_BRACE : CLOSE_BRACKET)) {
          this.#fail(`there is a comma before the closing ${isObject ? '}' : ']'}; remove it`)
        }
        if (isObject) this.#key()
        return true
      }
      if (code !== (isObject ? CLOSE_BRACE : CLOSE_BRACKET)) {
        this.#fail(`expected a comma or ${isObject ? '}' : ']'}, found ${this.#found()}`)
      }
      this.#at++
      this.#levels.pop()
    }
    return false
  }

  #key(): void {
    this.#skipSpace()
    const start = this.#at
    if (this.#text.charCodeAt(start) !== QUOTE)
      this.#fail(`expected a key in double quotes, found ${this.#found()}`)
    const escaped = this.#string()
    const key = escaped
      ? (JSON.parse(this.#text.slice(start, this.#at)) as string)
      : this.#text.slice(start + 1, this.#at - 1)
    const level = this.#levels[this.#levels.length - 1]
    if (level.keys!.has(key)) {
      this.#issues.add(this.#path(key), `the key ${quote(key)} is there twice in one object; write it once`)
    }
    level.keys!.add(key)
    level.key = key
    this.#skipSpace()
    if (this.#text.charCodeAt(this.#at) !== COLON) this.#fail(`expected a colon, found ${this.#found()}`)
    this.#at++
  }

  #path(last: string): string {
    let path = ''
    for (const level of this.#levels.slice(0, -1)) {
      path = level.keys === undefined ? `${path}[${level.index}]` : childPath(path, level.key)
    }
    return childPath(path, last)
  }

  #scalar(code: number): void {
    if (code === QUOTE) {
      this.#string()
      return
    }
    const token = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y
    token.lastIndex = this.#at
    if (!token.test(this.#text)) this.#fail(`expected a value, found ${this.#found()}`)
    this.#at = token.lastIndex
    // A letter or digit behind it belongs to the same, wrong, word: 01, 1.5.2, nullx.
    if (/[\w.+]/.test(this.#text.charAt(this.#at)))
      this.#fail(`expected the end of the value, found ${this.#found()}`)
  }

  /** Reads a string; whether it has escapes. */
  #string(): boolean {
    const text = this.#text
    const start = this.#at++
    let escaped = false
    for (;;) {
      const code = text.charCodeAt(this.#at)
      if (code === QUOTE) {
        this.#at++
        return escaped
      }
      if (code === BACKSLASH) {
        escaped = true
        this.#escape()
      } else if (code >= 0x20) this.#at++
      else if (this.#at >= text.length) {
        this.#at = start
        this.#fail('a string begins here and never ends')
      } else this.#fail('a string has a line break or another control character; escape it, as \\n')
    }
  }

  #escape(): void {
    const valid = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y
    valid.lastIndex = this.#at
    if (!valid.test(this.#text))
      this.#fail('a backslash stands before a character that needs none; write \\\\ for a backslash')
    this.#at = valid.lastIndex
  }

  #skipSpace(): void {
    const text = this.#text
    for (;;) {
      const code = text.charCodeAt(this.#at)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return
      this.#at++
    }
  }

  #found(): string {
    const rest = this.#text.slice(this.#at, this.#at + 2)
    if (rest === '') return 'the end of the text'
    if (rest === '//' || rest === '/*') return `a comment; JSON has none`
    if (rest[0] === "'") return 'a single quote; write double quotes'
    return quote(String.fromCodePoint(this.#text.codePointAt(this.#at)!))
  }

  #fail(message: string): never {
    throw new ScanError(message, this.#at)
  }
}
