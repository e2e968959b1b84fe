/** By when a VM that cannot keep its deadline may be able to: counted on from what keeps it, not guessed. */
import type { Instance } from '../../model/instance.js'
import { firstGap } from '../../model/intervals.js'
import { ticksToSeconds } from '../../model/ticks.js'
import { deadlineOf, ForbiddenIntervals, type Wish } from '../wishes/wishes.js'

/** As much time more as so many migrations like its own take: others may be in the way. */
const MORE = [1, 2, 4]

/** Seconds, ascending; none where the VM has no deadline, or no way to move. */
export function laterDeadlines(instance: Instance, { vm, given, targets }: Wish): number[] {
  const { vmNode, nodeCount, durations, drained, horizon } = instance
  const home = vmNode[vm]
  const by = deadlineOf(instance, vm, home)
  if (by >= horizon) return []
  const undated = new ForbiddenIntervals({ ...instance, ...instance.undated })
  let shortest = Number.POSITIVE_INFINITY
  let alone = Number.POSITIVE_INFINITY
  const consider = (node: number, ticks: number) => {
    const start = firstGap(undated.of(vm, home, node), 0, ticks, horizon)
    if (start < 0) return
    shortest = Math.min(shortest, ticks)
    alone = Math.min(alone, start + ticks)
  }
  if (drained[home] === 2 && targets === undefined) consider(home, durations.saveInPlace(vm).ticks)
  for (let n = 0; n < nodeCount; n++) {
    if (n === home || drained[n] !== 0 || targets?.includes(n) === false) continue
    for (const { ticks } of durations.liveWays(vm, home, n, given)) consider(n, ticks)
  }
  if (alone === Number.POSITIVE_INFINITY) return []
  const later = MORE.map((times) => Math.max(alone, Math.max(0, by) + times * shortest))
  return [...new Set(later)].filter((ticks) => ticks <= horizon).map(ticksToSeconds)
}
