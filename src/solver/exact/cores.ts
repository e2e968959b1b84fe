/** How many threads this machine runs at once. */
export const MOST_THREADS = 64

/** Cores that this process may use, as Node or the browser counts them; 1 where neither says, 64 at most. */
export function coreCount(): number {
  const os = globalThis.process?.getBuiltinModule?.('node:os')
  const cores = os?.availableParallelism?.() ?? globalThis.navigator?.hardwareConcurrency ?? 1
  return Math.max(1, Math.min(MOST_THREADS, cores))
}
