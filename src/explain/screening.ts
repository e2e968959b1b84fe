/** What a change can gain at most, by the bounds that need no search: where that is next to nothing, no plan has to be made to know. */
import type { Kernel } from '../kernel/types.js'
import { compileInstance } from '../model/compile.js'
import type { ResolvedProblem } from '../model/problem.js'
import { toMicroseconds } from '../model/ticks.js'
import { NodeAvailability } from '../solver/bounds/node-availability.js'
import { shortestByNode } from '../solver/bounds/node-load.js'
import { makespanAndCostBound } from '../solver/bounds/plan-bound.js'
import { readAsked } from '../solver/wishes/asked.js'
import type { Facts } from './facts.js'

/**
 * Seconds of cost that no plan of the changed problem can save over today's more of, if that is too little to look for; undefined where
 * a plan has to tell: more may be gained, or VMs that stay today may move.
 */
export function negligibleGain(facts: Facts, changed: ResolvedProblem, kernel: Kernel): number | undefined {
  const { plan, limits } = facts
  // The bounds are about direct migrations; a stop-over may hold its nodes for less.
  if (plan.migrations.some((m) => m.parking === true)) return undefined
  const instance = compileInstance(changed)
  const { request, forbidden } = readAsked(instance, kernel)
  const closed = request.wishes.filter((wish) => wish.choices.length === 0)
  const certain = new Set(closed.map((wish) => changed.vms[wish.vm].id))
  if (!plan.unplaced.every(({ vm }) => certain.has(vm))) return undefined
  const open = request.wishes.filter((wish) => wish.choices.length > 0)
  const availability = new NodeAvailability(instance, shortestByNode(instance, open))
  const bound = makespanAndCostBound(instance, forbidden, availability, open, [], 0)
  const atMost = Math.max(0, plan.cost - toMicroseconds(bound.cost))
  return atMost <= limits.leastGain * plan.cost ? Math.round(atMost * 1e6) / 1e6 : undefined
}
