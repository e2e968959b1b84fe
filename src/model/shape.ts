/**
 * Reads untrusted values one level at a time: own keys only, each read once, so that prototypes, getters, proxies, cycles and deep
 * nesting cannot reach the rest of the program. Nothing here recurses.
 */
import * as v from 'valibot'
import type { Issue } from '../errors.js'
import { childPath, didYouMean, type IssueList, isArray, quote, show } from './issues.js'

type ObjectSchema<Output> = v.BaseSchema<unknown, Output, v.BaseIssue<unknown>> & { readonly entries: object }

export interface Parsed<T> {
  /** Undefined where a known key has a fault, which has been reported (as are unknown keys, which leave it defined). */
  value: T | undefined
  /** The keys that the schema knows, unchecked, on no prototype: for what can be checked in spite of a fault elsewhere. */
  record: Readonly<Record<string, unknown>>
}

/** Makes objects that inherit nothing, and that engines keep in their fast form (unlike those of `Object.create(null)`). */
const Bare = (() => {
  class Bare {}
  Object.setPrototypeOf(Bare.prototype, null)
  Reflect.deleteProperty(Bare.prototype, 'constructor')
  return Bare as new () => Record<string, unknown>
})()

const EMPTY: Readonly<Record<string, unknown>> = Object.freeze(new Bare())

/** Own properties of a plain object, on no prototype; undefined, and reported, where it is none. */
function snapshot(
  raw: unknown,
  known: readonly string[],
  path: string,
  issues: IssueList,
): Record<string, unknown> | undefined {
  if (typeof raw !== 'object' || raw === null || isArray(raw)) {
    issues.add(
      path,
      raw === undefined ? 'is missing; write an object' : `${show(raw)} is not an object; write one, in { }`,
    )
    return undefined
  }
  const record = new Bare()
  // Absent keys are set too: every schema then sees them as undefined and words its own message.
  for (const key of known) record[key] = undefined
  try {
    const prototype: unknown = Object.getPrototypeOf(raw)
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
      issues.add(path, 'is an instance of a class; write a plain object')
      return undefined
    }
    for (const key of Reflect.ownKeys(raw)) {
      if (typeof key === 'string' && key in record) record[key] = (raw as Record<string, unknown>)[key]
      else {
        reportUnknownKey(key, known, path, issues)
        if (issues.full) return undefined
      }
    }
  } catch (error) {
    issues.add(path, `cannot be read: ${reason(error)}; write plain data`)
    return undefined
  }
  return record
}

function reportUnknownKey(
  key: string | symbol,
  known: readonly string[],
  path: string,
  issues: IssueList,
): void {
  const name = typeof key === 'symbol' ? 'symbol' : key
  const wanted = known.length > 4 ? '' : `; known here: ${known.join(', ')}`
  const shown = typeof key === 'symbol' ? 'a symbol as key' : `unknown key ${quote(name)}`
  issues.add(childPath(path, name), `${shown}${didYouMean(name, known) || wanted}`)
}

/** What a foreign throw says, if reading that does not throw again. */
function reason(error: unknown): string {
  try {
    return error instanceof Error ? quote(String(error.message)) : show(error)
  } catch {
    return 'it throws'
  }
}

const knownKeys = new WeakMap<object, readonly string[]>()

/** Checks one object against its strict schema. Every fault goes to `issues`, with `path` in front. */
export function parseObject<T>(
  schema: ObjectSchema<T>,
  raw: unknown,
  path: string,
  issues: IssueList,
): Parsed<T> {
  let known = knownKeys.get(schema)
  if (known === undefined) {
    known = Object.keys(schema.entries)
    knownKeys.set(schema, known)
  }
  const record = snapshot(raw, known, path, issues)
  if (record === undefined) return { value: undefined, record: EMPTY }
  return { value: parseValue(schema, record, path, issues), record }
}

/** Checks one value against its schema; undefined where it has a fault, which has been reported. */
export function parseValue<T>(
  schema: v.BaseSchema<unknown, T, v.BaseIssue<unknown>>,
  value: unknown,
  path: string,
  issues: IssueList,
): T | undefined {
  try {
    const result = v.safeParse(schema, value)
    if (!result.success) for (const issue of result.issues) issues.add(issuePath(path, issue), issue.message)
    return result.success ? result.output : undefined
  } catch (error) {
    // Elements of nested lists are read by the schema: a proxy may throw there.
    issues.add(path, `cannot be read: ${reason(error)}; write plain data`)
    return undefined
  }
}

function issuePath(path: string, issue: v.BaseIssue<unknown>): string {
  let full = path
  for (const item of issue.path ?? []) {
    full = item.type === 'array' ? `${full}[${String(item.key)}]` : childPath(full, String(item.key))
  }
  return full
}

/**
 * Visits each element, until the faults are too many. A hole is a fault and ends the visit. What is no array has none: the schema
 * has reported it.
 */
export function eachElement(
  list: unknown,
  path: string,
  issues: IssueList,
  visit: (element: unknown, path: string, index: number) => void,
): void {
  if (!isArray(list)) return
  try {
    for (let index = 0; index < list.length && !issues.full; index++) {
      const here = `${path}[${index}]`
      const element = list[index]
      if (element === undefined && !(index in list)) {
        issues.add(here, 'is a hole in the array; write every element')
        return
      }
      visit(element, here, index)
    }
  } catch (error) {
    issues.add(path, `cannot be read: ${reason(error)}; write plain data`)
  }
}

/** What a schema of a whole document says of a fault, as the project words it. */
export function schemaIssue(issue: v.BaseIssue<unknown>): Issue {
  let path = ''
  for (const { type, key } of issue.path ?? []) {
    path += type === 'array' ? `[${String(key)}]` : path === '' ? String(key) : `.${String(key)}`
  }
  if (issue.expected === 'never') return { path, message: 'unknown key; the format has none of this name' }
  if (issue.received === 'undefined')
    return { path, message: `missing; expected ${issue.expected ?? 'a value'}` }
  return { path, message: issue.message }
}
