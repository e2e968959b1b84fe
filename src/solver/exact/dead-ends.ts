/** The work of the exact search: what a dead end costs, and how many it meets between two looks at the clock. */
import type { ExactRun, ExactSearch } from '../../kernel/types.js'
import type { Run } from '../run.js'
import type { Leg } from '../schedule/legs.js'

/** Dead ends times pairs between two looks at the clock, and the most dead ends. */
const SLICE_WORK = 20_000
const MOST_SLICE = 200

/** Pairs of legs that share a node: what the search decides between. */
export function pairCount(legs: readonly Leg[]): number {
  const onNode = new Map<number, number>()
  for (const { from, to } of legs) {
    onNode.set(from, (onNode.get(from) ?? 0) + 1)
    onNode.set(to, (onNode.get(to) ?? 0) + 1)
  }
  let pairs = 0
  for (const count of onNode.values()) pairs += (count * (count - 1)) / 2
  return pairs
}

/** Runs the search that was begun until it answers or `allowed` dead ends are spent. */
export async function spend(
  search: ExactSearch,
  run: Run,
  pairs: number,
  allowed: number,
): Promise<{ status: ExactRun['status']; start: Int32Array; spent: number }> {
  const slice = Math.max(1, Math.min(MOST_SLICE, Math.floor(SLICE_WORK / Math.max(1, pairs))))
  const { nodesPerDeadEnd } = run.parameters.exact
  let spent = 0
  // A slice without a dead end has looked around all the same: it counts as one, so that this ends.
  for (let turns = 0; turns + spent < allowed; turns++) {
    const { status, start, failures, nodes } = search.run(Math.min(slice, allowed - spent))
    spent += Math.max(failures, Math.floor(nodes / nodesPerDeadEnd))
    run.count('failures', failures)
    if (status !== 'limit') return { status, start, spent }
    if (await run.breathe()) break
  }
  return { status: 'limit', start: new Int32Array(0), spent: Math.max(1, spent) }
}
