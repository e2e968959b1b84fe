/** What the phases may spend, and when what is left is not worth it. */
import type { Instance } from '../../model/instance.js'
import { pairCount } from '../exact/dead-ends.js'
import type { Run } from '../run.js'
import { type Leg, spaceBinds } from '../schedule/legs.js'
import type { Reached } from './standing.js'

/** So large and so near its bound that what is left is not worth a night's waiting. */
export function isNearEnough(run: Run, { incumbent, bound }: Reached): boolean {
  const { timeline, cost, unplacedWeight } = incumbent
  const { near, nearPairs } = run.parameters.planner
  if (unplacedWeight !== bound.spare || cost - bound.cost >= near * cost) return false
  return pairCount(timeline.legs) > nearPairs
}

/** Dead ends that the exact search of these legs may meet with a share of its budget. */
export function deadEnds(instance: Instance, run: Run, legs: readonly Leg[], share: number): number {
  const { planner, exact } = run.parameters
  const pairs = Math.max(exact.fewestPairs, pairCount(legs))
  const binding = spaceBinds(instance, legs)
  return Math.ceil((share * planner.proofWork) / (pairs * (binding ? planner.deadEndWithMemory : 1)))
}
