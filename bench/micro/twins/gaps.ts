/**
 * Free time of resources of capacity 1: gaps in one typed array, linked into a list for each class of durations, as in
 * assembly/gaps.ts. A resource is a record in the same array, so that it can stand before the first gap of its lists.
 */
import { durationClasses } from '../../../src/kernel/schedule-tables.js'

/** A tick that never comes. Ticks stay below half of it. */
export const NEVER = 0x7fff_ffff

// Words of a record: a gap, or the head of a resource's lists.
export const RECORD = 16
export const START = 0
export const END = 1
/** Highest class in whose list the gap is. */
const CLASS = 2
/** By class. */
export const NEXT = 3
const PREVIOUS = 9
/** In a head: latest end of the resource's tasks, and the shortest duration of any. */
export const FINISH = 0
export const SHORTEST = 1

const CLASSES = 6
// Record 0 stands behind the last gap of every list; where it has no use of its own it keeps the pool's state.
const BEYOND = 0
const FRESH = 0
const SPARE = 1

export interface Gaps {
  records: Int32Array
  /** [CLASSES] shortest duration of each class. */
  shortest: Int32Array
  /** [n] class of each task's duration. */
  classOf: Int32Array
  resourceCount: number
}

export function createGaps(resourceCount: number, duration: Int32Array): Gaps {
  const classes = durationClasses(duration)
  return {
    records: new Int32Array((1 + 2 * resourceCount + 2 * duration.length) * RECORD),
    shortest: Int32Array.from(classes.shortest, (ticks) => Math.min(ticks, NEVER)),
    classOf: classes.of,
    resourceCount,
  }
}

/** The record of a resource. */
export function headOf(resource: number): number {
  return (1 + resource) * RECORD
}

/** One gap for ever on every resource. */
export function resetGaps({ records, resourceCount }: Gaps): void {
  let gap = headOf(resourceCount)
  for (let head = RECORD; head <= resourceCount * RECORD; head += RECORD, gap += RECORD) {
    records[head + FINISH] = 0
    records[gap + START] = 0
    records[gap + END] = NEVER
    records[gap + CLASS] = CLASSES - 1
    for (let k = 0; k < CLASSES; k++) {
      records[head + NEXT + k] = gap
      records[gap + NEXT + k] = BEYOND
      records[gap + PREVIOUS + k] = head
    }
  }
  records[FRESH] = gap
  records[SPARE] = 0
}

function classBelow(shortest: Int32Array, length: number, highest: number): number {
  while (highest > 0 && shortest[highest] > length) highest--
  return highest
}

/** Takes the gap out of the lists above `kept`. */
function demote(records: Int32Array, gap: number, highest: number, kept: number): void {
  for (let k = highest; k > kept; k--) {
    const next = records[gap + NEXT + k]
    const previous = records[gap + PREVIOUS + k]
    records[previous + NEXT + k] = next
    records[next + PREVIOUS + k] = previous
  }
  records[gap + CLASS] = kept
}

/** Cuts the gap into [from, start), which it remains, and [end, until). */
function split(gaps: Gaps, gap: number, start: number, end: number): void {
  const { records, shortest } = gaps
  const highest = records[gap + CLASS]
  const until = records[gap + END]
  let other = records[SPARE]
  if (other !== 0) {
    records[SPARE] = records[other + NEXT]
  } else {
    other = records[FRESH]
    records[FRESH] = other + RECORD
  }
  const kept = classBelow(shortest, start - records[gap + START], highest)
  const given = classBelow(shortest, until - end, highest)
  records[gap + END] = start
  records[gap + CLASS] = kept
  records[other + START] = end
  records[other + END] = until
  records[other + CLASS] = given
  for (let k = highest; k >= 0; k--) {
    const next = records[gap + NEXT + k]
    const previous = k > kept ? records[gap + PREVIOUS + k] : gap
    if (k <= given) {
      records[other + NEXT + k] = next
      records[other + PREVIOUS + k] = previous
      records[previous + NEXT + k] = other
      records[next + PREVIOUS + k] = other
    } else if (k > kept) {
      records[previous + NEXT + k] = next
      records[next + PREVIOUS + k] = previous
    }
  }
}

/** Takes [start, end) out of a gap that has it. What is left counts only where a task of the resource could fit in. */
export function takeFromGap(gaps: Gaps, head: number, gap: number, start: number, end: number): void {
  const { records, shortest } = gaps
  const least = records[head + SHORTEST]
  const before = start - records[gap + START]
  const after = records[gap + END] - end
  if (before >= least) {
    if (after >= least) {
      split(gaps, gap, start, end)
    } else {
      records[gap + END] = start
      const highest = records[gap + CLASS]
      demote(records, gap, highest, classBelow(shortest, before, highest))
    }
  } else if (after >= least) {
    records[gap + START] = end
    const highest = records[gap + CLASS]
    demote(records, gap, highest, classBelow(shortest, after, highest))
  } else {
    demote(records, gap, records[gap + CLASS], -1)
    records[gap + NEXT] = records[SPARE]
    records[SPARE] = gap
  }
  if (end > records[head + FINISH]) records[head + FINISH] = end
}
