/** Where a level that rises and falls over time stands above its limit. */
import { TIME_TOLERANCE } from './tolerance.js'

/** At `atSeconds` the level changes by `delta`, because of `vm`. */
export interface Change {
  atSeconds: number
  delta: number
  vm: string
  /** A rise that is no arrival: it opens no overload. */
  waking?: true
}

/** One unbroken time above the limit. */
export interface Overload {
  fromSeconds: number
  /** Infinity where the level never comes down again. */
  untilSeconds: number
  /** Highest level of this time. */
  peak: number
  /** The VM whose rise opened it. */
  vm: string
}

/**
 * Every overload, in order of time. A fall counts before a rise at the same instant (within `TIME_TOLERANCE`), only a rise can open
 * an overload, and one that ends at the instant at which another begins is the same.
 *
 * @param initial level before the first change
 * @param limit the level may reach `limit + tolerance`
 */
export function overloads(
  initial: number,
  changes: readonly Change[],
  limit: number,
  tolerance: number,
): Overload[] {
  const order = changes
    .map((change) => ({
      change,
      key: change.delta < 0 ? change.atSeconds - TIME_TOLERANCE : change.atSeconds,
    }))
    .sort((a, b) => a.key - b.key || a.change.delta - b.change.delta)
  const found: Overload[] = []
  let level = initial
  let open: Overload | undefined
  for (const { change } of order) {
    level += change.delta
    if (level <= limit + tolerance) {
      if (open) open.untilSeconds = change.atSeconds
      open = undefined
    } else if (open) {
      open.peak = Math.max(open.peak, level)
    } else if (change.delta > 0 && change.waking !== true) {
      const before = found.at(-1)
      if (before && change.atSeconds - before.untilSeconds <= TIME_TOLERANCE) {
        open = before
        open.untilSeconds = Infinity
        open.peak = Math.max(open.peak, level)
        continue
      }
      open = { fromSeconds: change.atSeconds, untilSeconds: Infinity, peak: level, vm: change.vm }
      found.push(open)
    }
  }
  return found
}

/** Appends to the list kept under a key. */
export function append<K, T>(lists: Map<K, T[]>, key: K, item: T): void {
  const existing = lists.get(key)
  if (existing) existing.push(item)
  else lists.set(key, [item])
}
