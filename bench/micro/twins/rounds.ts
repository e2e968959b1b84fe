/** Scores rounds over typed arrays: a count for each node, binary search in the forbidden intervals. */
import type { RoundBatch, RoundScores, RoundTasks } from '../../../src/kernel/types.js'

const OVER_SLOTS = 1
const FORBIDDEN = 2

/** Whether an interval of entries `low` … `high` − 1, sorted and disjoint, meets [start, end). */
function meets(forbidden: Int32Array, low: number, high: number, start: number, end: number): boolean {
  const last = high
  while (low < high) {
    const middle = (low + high) >> 1
    if (forbidden[2 * middle + 1] > start) high = middle
    else low = middle + 1
  }
  return low < last && forbidden[2 * low] < end
}

export function scoreRounds(tasks: RoundTasks, batch: RoundBatch): RoundScores {
  const { source, target, slots, forbiddenClass, forbiddenOffset, forbidden } = tasks
  const { count, stride, start: starts, tasks: members } = batch
  const flags = new Uint8Array(count)
  const duration = new Int32Array(count)
  const work = new Float64Array(count)
  const penalty = new Float64Array(count)
  const held = new Int32Array(tasks.nodeCount)
  for (let round = 0; round < count; round++) {
    const first = round * stride
    const end = first + stride
    const start = starts[round]
    let flag = 0
    let longest = 0
    let ticks = 0
    let price = 0
    for (let k = first; k < end; k++) {
      const task = members[k]
      if (task < 0) continue
      const from = source[task]
      const to = target[task]
      if (from >= 0 && ++held[from] > slots[from]) flag |= OVER_SLOTS
      if (to >= 0 && to !== from && ++held[to] > slots[to]) flag |= OVER_SLOTS
      const own = tasks.duration[task]
      if (own > longest) longest = own
      ticks += own
      price += tasks.penalty[task]
      const list = forbiddenClass[task]
      if (meets(forbidden, forbiddenOffset[list], forbiddenOffset[list + 1], start, start + own))
        flag |= FORBIDDEN
    }
    for (let k = first; k < end; k++) {
      const task = members[k]
      if (task < 0) continue
      if (source[task] >= 0) held[source[task]] = 0
      if (target[task] >= 0) held[target[task]] = 0
    }
    flags[round] = flag
    duration[round] = longest
    work[round] = ticks
    penalty[round] = price
  }
  return { flags, duration, work, penalty }
}
