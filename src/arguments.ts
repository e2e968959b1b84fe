/** What the public functions are given where types are not checked: a wrong argument is named, as a wrong option is. */
import { InvalidOptionError } from './errors.js'
import { isArray, show } from './model/issues.js'

function refuse(what: string, value: unknown, wanted: string): never {
  throw new InvalidOptionError(`${what} is ${show(value)}; it must be ${wanted}`)
}

export function requireText(what: string, value: unknown): asserts value is string {
  if (typeof value !== 'string') refuse(what, value, 'text')
}

export function requireObject(what: string, value: unknown, wanted = 'an object'): asserts value is object {
  if (typeof value !== 'object' || value === null) refuse(what, value, wanted)
}

/** An array of objects. */
export function requireObjects(what: string, value: unknown): asserts value is object[] {
  if (!isArray(value)) refuse(what, value, 'an array')
  value.forEach((each, i) => {
    requireObject(`${what}[${i}]`, each)
  })
}

/** Anything that gives texts one after another; a text by itself would be taken for its letters. */
export function requireTexts(what: string, value: unknown): asserts value is Iterable<string> {
  const iterable = typeof value === 'object' && value !== null && Symbol.iterator in value
  if (!iterable) refuse(what, value, 'an array of texts')
}
