/** What kept a VM off a node where it could end beside everything else: time, room on the way, or its affinity set. */
import type { Instance, Space } from '../../model/instance.js'
import { MAX_TICK } from '../../model/ticks.js'
import { restoreDecisions } from '../assignment/search.js'
import type { AssignmentState } from '../assignment/state.js'
import { bindingNodes, type Decision, legsOf } from '../schedule/legs.js'
import { solveTimeline } from '../schedule/timeline.js'
import type { Wish } from '../wishes/wishes.js'
import type { PlannerContext } from './context.js'
import type { Incumbent } from './incumbent.js'

/** Room on the way: the space that lacks it. */
export type Blocked = Pick<Space, 'reason' | 'device'> | 'horizon' | 'affinity'

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

  const endless = { ...context, instance: { ...instance, horizon: MAX_TICK } }
  const { schedule, seed } = run.options
  let tries = run.parameters.planner.reasonTries
  const withoutHorizon = async (w: number, choice: Decision['choice']): Promise<Blocked> => {
    const wider = decisions.map((decision, i) => (i === w ? { choice, parking: -1 } : decision))
    const legs = legsOf(instance, wishes, wider)
    const binding = instance.spaces.filter((space) => bindingNodes(space, legs).includes(1))
    const [onTarget] = binding.filter((space) => bindingNodes(space, legs)[choice?.node ?? -1] === 1)
    if (binding.length === 0) return 'horizon'
    if (tries-- <= 0) return onTarget ?? 'horizon'
    const isPossible = async (wherein: typeof context) => {
      const timeline = await solveTimeline(wherein, legs, { schedule, target: MAX_TICK, work: 1, seed })
      return timeline.unscheduledWeight === 0
    }
    if (await isPossible(endless)) return 'horizon'
    // The one without which the others leave it room is nearest to the truth.
    if (binding.length > 1) {
      for (const space of binding) {
        if (tries-- <= 0) break
        if (await isPossible({ ...endless, instance: withoutLimit(endless.instance, space) })) return space
      }
    }
    return onTarget ?? binding[0]
  }

  const found = new Map<Wish, ReadonlyMap<number, Blocked>>()
  for (const w of left) {
    const followed = wanted.includes(w) && !leftOut.has(w) && instance.affinityOf[wishes[w].vm] >= 0
    const blocked = new Map<number, Blocked>()
    for (const [c, choice] of wishes[w].choices.entries()) {
      if (followed) blocked.set(choice.node, 'affinity')
      else if (blocked.get(choice.node) !== 'horizon' && state.admits(w, c))
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
  return { ...instance, spaces: [lift(memory), ...others.map(lift)] }
}
