/** JSON of an export, by the program's own parser: syntax errors with line and column, no key twice, nesting limited. */
import { InvalidProblemError } from '../errors.js'
import { isArray } from '../model/issues.js'
import { parseJson } from '../model/parse.js'
import { ImportError } from './failure.js'

export type JsonObject = Readonly<Record<string, unknown>>

/** @throws ImportError */
export function parseJsonFile(file: string, text: string): unknown {
  try {
    return parseJson(text)
  } catch (error) {
    if (!(error instanceof InvalidProblemError)) throw error
    const issues = error.issues.map(({ path, message }) => ({ origin: { file, place: path }, message }))
    throw new ImportError(issues)
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !isArray(value)
}

/** The value of a key of its own, or undefined. */
export function field(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined
}
