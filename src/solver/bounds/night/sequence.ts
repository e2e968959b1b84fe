/**
 * One work after another, in every order: the earliest end of each work for each set of works that are done by then (Held & Karp 1962). Whatever
 * comes later only waits, so that of one set and one last work the earliest end is the best.
 */
import { doneBy, unionIntervals } from '../../../model/intervals.js'
import type { Night } from '../../rolling/night.js'
import type { Ends } from './ends.js'

/** Works of which all sets are looked at. */
const MOST = 14

/**
 * Ticks; 0 where there are too many works.
 *
 * @param gap ticks that m's slots are taken between the end of the work on n and the start of that on m; infinity: that cannot be
 */
export function sequenceBound(
  night: Night,
  { nodes, head, finish }: Ends,
  gap: (n: number, m: number) => number,
): number {
  const count = nodes.length
  if (count > MOST) return 0
  const { instance, after, rank, settle, workTicks } = night
  const { clusterWindows, nodeWindows } = instance
  const closed = nodes.map((n) => unionIntervals(clusterWindows, nodeWindows[n]))
  const before = nodes.map((n) =>
    nodes.reduce((set, m, j) => (after[n].includes(m) || rank[m] < rank[n] ? set | (1 << j) : set), 0),
  )
  const gaps = nodes.map((n) => nodes.map((m) => (n === m ? 0 : gap(n, m))))
  /** [sets × nodes] earliest end of the node's work, the last of the set. */
  const end = new Float64Array(count << count).fill(Number.POSITIVE_INFINITY)
  const put = (set: number, j: number, ready: number) => {
    const start = night.workStart(nodes[j], ready)
    const at = set * count + j
    if (start >= 0) end[at] = Math.min(end[at], start + workTicks[nodes[j]])
  }
  for (let j = 0; j < count; j++) if (before[j] === 0) put(1 << j, j, head[nodes[j]])
  for (let set = 1; set < 1 << count; set++) {
    for (let i = 0; i < count; i++) {
      const from = end[set * count + i]
      if (from === Number.POSITIVE_INFINITY) continue
      for (let j = 0; j < count; j++) {
        if ((set & (1 << j)) !== 0 || (before[j] & ~set) !== 0) continue
        const taken = gaps[i][j]
        if (taken === Number.POSITIVE_INFINITY) continue
        const emptied = taken > 0 ? doneBy(closed[j], from, taken) : from
        put(set | (1 << j), j, Math.max(head[nodes[j]], emptied, from + settle[nodes[i]]))
      }
    }
  }
  let best = Number.POSITIVE_INFINITY
  const all = (1 << count) - 1
  for (let j = 0; j < count; j++) {
    const last = end[all * count + j]
    if (last < Number.POSITIVE_INFINITY) best = Math.min(best, finish(nodes[j], last))
  }
  // No order of all of them: they cannot all be done, and the night may last.
  return best === Number.POSITIVE_INFINITY ? instance.horizon : best
}
