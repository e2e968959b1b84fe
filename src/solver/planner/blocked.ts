/** What kept a VM off a node where it could end beside everything else: time, room on the way, or its affinity set. */
import type { Instance, Space } from '../../model/instance.js'
import { placeIn } from '../../model/spaces.js'
import { MAX_TICK } from '../../model/ticks.js'
import { restoreDecisions } from '../assignment/search.js'
import type { AssignmentState } from '../assignment/state.js'
import type { Blocked } from '../report/unplaced.js'
import { bindingNodes, type Decision, type Leg, legsOf, spacesOf } from '../schedule/legs.js'
import { solveTimeline } from '../schedule/timeline.js'
import { deadlineOf, ForbiddenIntervals } from '../wishes/forbidden.js'
import type { Wish } from '../wishes/wish.js'
import type { PlannerContext } from './context.js'
import type { Incumbent } from './incumbent.js'

/**
 * By node, for each wish that the incumbent leaves unplaced. It would be the horizon where the plan's migrations and this one have a
 * schedule that takes longer. The state then says where everything ends.
 */
export async function whatBlocks(
  context: PlannerContext,
  state: AssignmentState,
  { decisions, leftOut }: Incumbent,
): Promise<ReadonlyMap<Wish, ReadonlyMap<number, Blocked>>> {
  const { instance, run } = context
  const { wishes } = state
  const left = wishes.map((_, w) => w).filter((w) => decisions[w].choice === undefined)
  const wanted = left.filter((w) => state.chosen[w] >= 0)
  restoreDecisions(state, decisions)

  const without = (change: Partial<Instance>) => {
    const changed = { ...instance, ...change }
    return { ...context, instance: changed, forbidden: new ForbiddenIntervals(changed) }
  }
  const endless = without({ horizon: MAX_TICK })
  const dated = instance.vmDeadline !== instance.undated.vmDeadline
  const undated = without(instance.undated)
  const { schedule, seed } = run.options
  let tries = run.parameters.planner.reasonTries
  /** Is there time for the legs in that context? */
  const hasTime = async (where: PlannerContext, legs: readonly Leg[]) => {
    const search = { schedule, target: MAX_TICK, work: 1, seed }
    return (await solveTimeline(where, legs, search)).unscheduledWeight === 0
  }
  const isDated = (w: number) =>
    deadlineOf(instance, wishes[w].vm, instance.vmNode[wishes[w].vm]) < instance.horizon
  const outOfTime = async (w: number, legs: readonly Leg[]): Promise<Blocked> => {
    if (!dated) return 'horizon'
    const isLate = tries-- > 0 ? await hasTime(undated, legs) : isDated(w)
    return isLate ? 'deadline' : 'horizon'
  }
  /** What the incumbent alone makes scarce on a node. */
  let scarce: readonly { space: Space; nodes: ArrayLike<number> }[] | undefined
  const scarceOn = (node: number): Space | undefined => {
    if (scarce === undefined) {
      const legs = legsOf(instance, wishes, decisions)
      scarce = spacesOf(instance, legs).map((space) => ({ space, nodes: bindingNodes(space, legs) }))
    }
    return scarce.find(({ space, nodes }) => nodes[placeIn(space, node)] === 1)?.space
  }
  const withoutHorizon = async (w: number, choice: Decision['choice']): Promise<Blocked> => {
    // Legs by the thousand, for each node of each VM that stays: what is nearest will do.
    if (tries-- <= 0) return isDated(w) ? 'deadline' : (scarceOn(choice?.node ?? -1) ?? 'horizon')
    const wider = decisions.map((decision, i) => (i === w ? { choice, parking: -1 } : decision))
    const legs = legsOf(instance, wishes, wider)
    const binding = spacesOf(instance, legs).filter((space) => bindingNodes(space, legs).includes(1))
    const target = choice?.node ?? -1
    const [onTarget] = binding.filter((space) => bindingNodes(space, legs)[placeIn(space, target)] === 1)
    if (binding.length === 0) return outOfTime(w, legs)
    if (await hasTime(endless, legs)) return outOfTime(w, legs)
    // The one without which the others leave it room is nearest to the truth.
    for (const space of binding.length > 1 ? binding : []) {
      if (tries-- <= 0) break
      if (await hasTime({ ...endless, instance: withoutLimit(endless.instance, space) }, legs)) return space
    }
    return onTarget ?? binding[0]
  }

  const found = new Map<Wish, ReadonlyMap<number, Blocked>>()
  for (const w of left) {
    const { vm } = wishes[w]
    const isTied = instance.affinityOf[vm] >= 0 || instance.domainSetsOf[vm].length > 0
    const followed = wanted.includes(w) && !leftOut.has(w) && isTied
    const blocked = new Map<number, Blocked>()
    for (const [c, choice] of wishes[w].choices.entries()) {
      if (followed) blocked.set(choice.node, 'affinity')
      else if (!isOfTime(blocked.get(choice.node)) && state.admits(w, c))
        blocked.set(choice.node, await withoutHorizon(w, choice))
    }
    found.set(wishes[w], blocked)
  }
  return found
}

function withoutLimit(instance: Instance, space: Space): Instance {
  const [memory, ...others] = instance.spaces
  const lift = (each: Space) =>
    each === space ? { ...each, capacity: each.capacity.map(() => Number.POSITIVE_INFINITY) } : each
  return { ...instance, spaces: [lift(memory), ...others.map(lift)], inTransit: instance.inTransit.map(lift) }
}

function isOfTime(reason: Blocked | undefined): boolean {
  return reason === 'horizon' || reason === 'deadline'
}
