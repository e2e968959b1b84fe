/** What decides a plan, as one name: the same problem, options and version give the same plan, which then need not be made again. */
import { createHash } from 'node:crypto'
import type { JobOptions } from './runner.js'

/** Keys of objects sorted at every depth: their order decides nothing. */
function canonical(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(canonical)
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, canonical(inner)]),
  )
}

/**
 * @param content the problem as it was read: its text, or its bytes
 * @param version of this package
 * @returns 64 hexadecimal digits: SHA-256
 */
export function contentKey(content: string | Uint8Array, options: JobOptions, version: string): string {
  const hash = createHash('sha256')
  hash.update(`${version}\0${JSON.stringify(canonical(options))}\0`)
  return hash.update(content).digest('hex')
}

/** Of a result as it was written; how long the search took is no part of it. */
export function resultDigest(text: string): string {
  return createHash('sha256').update(withoutRuntime(text)).digest('hex')
}

export function withoutRuntime(text: string): string {
  return text.replace(/("runtimeSeconds": ?)[0-9.e+-]+/, '$10')
}
