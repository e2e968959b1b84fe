/**
 * JSON Patch (RFC 6902), the part that changes of a problem need: `add`, `replace` and `remove` by JSON Pointer (RFC 6901). The document
 * is left as it is: only what lies on the path is copied.
 */
import { requireObjects } from '../arguments.js'
import { InvalidOptionError } from '../errors.js'
import type { PatchOperation } from '../model/explanation.js'
import { show } from '../model/issues.js'

/**
 * The document after all operations, in order; it shares with the given one what did not change.
 *
 * @throws InvalidOptionError for a patch that is no array, an operation that is none of the three, or whose path leads nowhere.
 */
export function applyPatch<T>(document: T, patch: readonly PatchOperation[]): T {
  requireObjects('the patch', patch)
  return patch.reduce<unknown>((value, operation) => apply(value, operation), document) as T
}

function apply(document: unknown, operation: PatchOperation): unknown {
  const { op, path } = operation
  if (op !== 'add' && op !== 'replace' && op !== 'remove')
    throw new InvalidOptionError(`op is ${show(op)}; it must be "add", "replace" or "remove"`)
  if (path === '') {
    if (op === 'remove') throw new InvalidOptionError('the whole document cannot be removed')
    return operation.value
  }
  if (typeof path !== 'string' || !path.startsWith('/')) throw leadsNowhere(path)
  const keys = path
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
  return changed(document, keys, 0, operation)
}

function leadsNowhere(path: unknown): InvalidOptionError {
  return new InvalidOptionError(`path ${show(path)} leads nowhere in the document`)
}

function changed(
  parent: unknown,
  keys: readonly string[],
  depth: number,
  operation: PatchOperation,
): unknown {
  const key = keys[depth]
  const last = depth === keys.length - 1
  if (Array.isArray(parent)) {
    const adds = last && operation.op === 'add'
    const index = key === '-' && adds ? parent.length : arrayIndex(key)
    if (index === undefined || index >= parent.length + (adds ? 1 : 0)) throw leadsNowhere(operation.path)
    if (!last) return parent.with(index, changed(parent[index], keys, depth + 1, operation))
    if (operation.op === 'remove') return parent.toSpliced(index, 1)
    return parent.toSpliced(index, operation.op === 'add' ? 0 : 1, operation.value)
  }
  if (typeof parent !== 'object' || parent === null) throw leadsNowhere(operation.path)
  const copy: Record<string, unknown> = { ...parent }
  const known = Object.hasOwn(copy, key)
  if (!known && !(last && operation.op === 'add')) throw leadsNowhere(operation.path)
  if (!last) define(copy, key, changed(copy[key], keys, depth + 1, operation))
  else if (operation.op === 'remove') delete copy[key]
  else define(copy, key, operation.value)
  return copy
}

/** As own data, also where the key is `__proto__`. */
function define(object: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
}

/** Decimal digits without leading zeros. */
function arrayIndex(key: string): number | undefined {
  return /^(?:0|[1-9]\d*)$/.test(key) ? Number(key) : undefined
}
