/**
 * Half-open integer intervals [start, end) as flat pairs. A *normal* list is sorted, disjoint and not touching, and every function
 * but `mergeIntervals` takes normal lists. All are pure and linear, or logarithmic where they only look up.
 */
import type { Intervals } from './instance.js'

/** The list without any interval. */
export const NO_INTERVALS: Intervals = new Int32Array(0)

/**
 * Any pairs, in any order, overlapping or empty (end ≤ start: dropped), cut to [0, horizon), as a normal list.
 * Takes O(n log n).
 */
export function mergeIntervals(pairs: ArrayLike<number>, horizon: number): Intervals {
  const starts: number[] = []
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    if (Math.max(0, pairs[i]) < Math.min(horizon, pairs[i + 1])) starts.push(i)
  }
  if (starts.length === 0) return NO_INTERVALS
  starts.sort((a, b) => pairs[a] - pairs[b])
  const merged: number[] = []
  for (const i of starts) {
    const start = Math.max(0, pairs[i])
    const end = Math.min(horizon, pairs[i + 1])
    const last = merged.length - 1
    if (last > 0 && start <= merged[last]) merged[last] = Math.max(merged[last], end)
    else merged.push(start, end)
  }
  return Int32Array.from(merged)
}

/** Every tick that is in `a` or in `b`. O(a + b); returns an operand itself where the other is empty. */
export function unionIntervals(a: Intervals, b: Intervals): Intervals {
  if (a.length === 0) return b
  if (b.length === 0) return a
  const merged = new Int32Array(a.length + b.length)
  let length = 0
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    const fromA = j >= b.length || (i < a.length && a[i] <= b[j])
    const start = fromA ? a[i] : b[j]
    const end = fromA ? a[i + 1] : b[j + 1]
    if (fromA) i += 2
    else j += 2
    if (length > 0 && start <= merged[length - 1]) {
      if (end > merged[length - 1]) merged[length - 1] = end
    } else {
      merged[length++] = start
      merged[length++] = end
    }
  }
  return merged.slice(0, length)
}

/** Every tick that is in `a` and in `b`. O(a + b). */
export function intersectIntervals(a: Intervals, b: Intervals): Intervals {
  const common: number[] = []
  let i = 0
  let j = 0
  while (i < a.length && j < b.length) {
    const start = Math.max(a[i], b[j])
    const end = Math.min(a[i + 1], b[j + 1])
    if (start < end) common.push(start, end)
    if (a[i + 1] < b[j + 1]) i += 2
    else j += 2
  }
  return common.length === 0 ? NO_INTERVALS : Int32Array.from(common)
}

/** `intervals` ∩ [0, horizon). O(n), or nothing where all lie inside. */
export function cutToHorizon(intervals: Intervals, horizon: number): Intervals {
  const length = intervals.length
  if (length === 0 || (intervals[0] >= 0 && intervals[length - 1] <= horizon)) return intervals
  return mergeIntervals(intervals, horizon)
}

/** Offset (even) of the first interval that ends after tick `t`; the list's length where none does. O(log n). */
export function firstEndingAfter(intervals: Intervals, t: number): number {
  let low = 0
  let high = intervals.length >> 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (intervals[2 * middle + 1] > t) high = middle
    else low = middle + 1
  }
  return 2 * low
}

/** Whether [start, end) meets an interval; an empty [start, start) meets none. O(log n). */
export function overlapsIntervals(intervals: Intervals, start: number, end: number): boolean {
  if (end <= start) return false
  const i = firstEndingAfter(intervals, start)
  return i < intervals.length && intervals[i] < end
}

/**
 * Earliest t ≥ max(from, 0) such that [t, t + duration) meets no interval and t + duration ≤ horizon; −1 where there is none.
 * A duration of 0 fits wherever no interval goes on: it occupies no tick.
 */
export function firstGap(intervals: Intervals, from: number, duration: number, horizon: number): number {
  let t = Math.max(from, 0)
  for (let i = firstEndingAfter(intervals, t); i < intervals.length && intervals[i] < t + duration; i += 2) {
    t = intervals[i + 1]
  }
  return t + duration <= horizon ? t : -1
}

/** Ticks of [0, t) that no interval covers. O(n). */
export function freeTimeBefore(intervals: Intervals, t: number): number {
  let free = Math.max(t, 0)
  for (let i = 0; i < intervals.length && intervals[i] < t; i += 2) {
    free -= Math.max(0, Math.min(intervals[i + 1], t) - Math.max(intervals[i], 0))
  }
  return free
}

/** When `work` > 0 ticks are done that begin at `from` ≥ 0 and stop inside each interval. O(n). */
export function doneBy(intervals: Intervals, from: number, work: number): number {
  let t = from
  let left = work
  for (let i = 0; i < intervals.length; i += 2) {
    if (intervals[i + 1] <= t) continue
    const open = intervals[i] - t
    if (open >= left) break
    if (open > 0) left -= open
    t = intervals[i + 1]
  }
  return t + left
}
