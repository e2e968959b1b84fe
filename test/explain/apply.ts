/** JSON Patch as a reader of docs/explain.md would apply it: in place, on a deep copy, sharing nothing with the library's own. */
import type { PatchOperation } from '../../src/model/explanation.js'

export function applied<T>(document: T, patch: readonly PatchOperation[]): T {
  const copy = structuredClone(document)
  for (const operation of patch) {
    const keys = operation.path.split('/').slice(1)
    const last = keys.pop() as string
    // biome-ignore lint/suspicious/noExplicitAny: it walks any document
    const parent = keys.reduce<any>((value, key) => value[key], copy)
    if (operation.op === 'remove') {
      if (Array.isArray(parent)) parent.splice(Number(last), 1)
      else delete parent[last]
    } else parent[last] = operation.value
  }
  return copy
}
