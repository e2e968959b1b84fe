/** What the phases may spend, and when what is left is not worth it. */
import type { Instance } from '../../model/instance.js'
import type { PlanBound } from '../bounds/plan-bound.js'
import { pairCount } from '../dead-ends.js'
import { bindingMemoryNodes, type Leg } from '../legs.js'
import type { Run } from '../run.js'
import type { Incumbent } from './incumbent.js'

/** What a dead end costs where memory binds, against one where it does not. */
const MEMORY_FACTOR = 4
/** Below so many pairs a dead end costs no less. */
const MIN_PAIRS = 50

/** On so many pairs a gap below this share of the makespan gets only this share of the search, and no other targets. */
const NEAR_PAIRS = 5000
const NEAR = 5e-4
export const NEAR_SHARE = 0.1

/** So large and so near its bound that what is left is not worth a night's waiting. */
export function isNearEnough({ timeline, cost, unplacedWeight }: Incumbent, bound: PlanBound): boolean {
  if (unplacedWeight !== bound.spare || cost - bound.cost >= NEAR * cost) return false
  return pairCount(timeline.legs) > NEAR_PAIRS
}

/** Dead ends that the exact search of these legs may meet with a share of its budget. */
export function deadEnds(instance: Instance, run: Run, legs: readonly Leg[], share: number): number {
  const pairs = Math.max(MIN_PAIRS, pairCount(legs))
  const binding = bindingMemoryNodes(instance, legs).includes(1)
  return Math.ceil((share * run.proofWork) / (pairs * (binding ? MEMORY_FACTOR : 1)))
}
