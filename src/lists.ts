/** Lists of any length: what is spread into arguments (`push(...list)`, `Math.max(...list)`) stands on the stack, which ends at some 100,000. */

/** Appends all of `items`. */
export function addAll<T>(list: T[], items: Iterable<T>): void {
  for (const item of items) list.push(item)
}

/** Adds to the list that the map has for the key, or begins it. */
export function append<K, T>(map: Map<K, T[]>, key: K, item: T): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [item])
  else list.push(item)
}

/** The least integer from 0 on for which it holds, by bisection: it holds for all above it, too. `high` where it holds for none below that. */
export function firstWhere(high: number, holds: (at: number) => boolean): number {
  let low = 0
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}

/** The greatest of the values, and of `floor`. */
export function greatest(values: Iterable<number>, floor: number = Number.NEGATIVE_INFINITY): number {
  let best = floor
  for (const value of values) if (value > best) best = value
  return best
}

/** The least of the values; infinity where there is none. */
export function least(values: Iterable<number>): number {
  let best = Number.POSITIVE_INFINITY
  for (const value of values) if (value < best) best = value
  return best
}
