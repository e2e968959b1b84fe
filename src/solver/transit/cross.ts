/**
 * What schedule generation and exact search leave out for want of memory, brought about all the same: by an order of single migrations, by
 * stop-overs, or by leaving behind as little as can be.
 */
import { allowsWay, isInPlace } from '../../model/ways.js'
import { type Decision, legsOf } from '../schedule/legs.js'
import { isBetter, solveTimeline, type Timeline } from '../schedule/timeline.js'
import type { Wish } from '../wishes/wishes.js'
import { departWithMost } from './leave-behind.js'
import { park } from './parking.js'
import type { TransitContext } from './transit.js'

export interface Crossing {
  decisions: Decision[]
  timeline: Timeline
  /** No plan leaves less weight of these wishes unplaced; −1: not proven. */
  least: number
}

/**
 * @param decisions what is chosen; wishes that have only one target are tried even where nothing is chosen for them.
 * @param timeline the best schedule of the decisions so far, which leaves some out.
 * @param pool states that all crossings of a plan may look at together.
 */
export async function cross(
  context: TransitContext,
  decisions: readonly Decision[],
  timeline: Timeline,
  pool: { states: number },
): Promise<Crossing> {
  const { instance, wishes } = context
  const fixed = wishes.every(hasOneTarget)
  const all = decisions.map(({ choice }, w) => ({
    choice: choice ?? (fixed && !wishes[w].makesRoom ? wishes[w].choices[0] : undefined),
    parking: -1,
  }))
  const known = weightLeft(context, all, timeline)
  const movers = Math.max(1, all.filter((d) => d.choice !== undefined).length)
  // A state costs about as much as looking at each mover once or twice.
  const { passage, least, states } = await departWithMost(
    context,
    all,
    known,
    Math.ceil(pool.states / movers),
  )
  pool.states -= states * movers
  const sure = fixed && isExhaustive(context, all) ? least : -1
  if (passage !== undefined) {
    // Stop-overs chosen by time instead of by number may end earlier; where none is needed, none may be taken.
    const { decisions: chosen, timeline: found } = passage
    const parks = chosen.filter((d) => d.parking >= 0).length
    const tooMany =
      movers ** 2 * context.run.parameters.transit.greedyWork > context.run.parameters.planner.work
    if (parks === 0 || tooMany) return { ...passage, least: sure }
    const greedy = chosen.map(({ choice }) => ({ choice, parking: -1 }))
    const parked = await park(context, greedy, await timed(context, greedy), parks)
    const other = parked.unscheduledWeight > 0 ? parked : await timed(context, greedy, parked.order)
    return isBetter(other, found)
      ? { decisions: greedy, timeline: other, least: sure }
      : { ...passage, least: sure }
  }
  const parked = decisions.slice()
  if (least >= 0 || !instance.problem.policy.allowParking) return { decisions: parked, timeline, least: sure }
  return { decisions: parked, timeline: await park(context, parked, timeline), least: -1 }
}

async function timed(
  context: TransitContext,
  decisions: readonly Decision[],
  order?: Int32Array,
): Promise<Timeline> {
  const orders = order === undefined ? [] : [order]
  const legs = legsOf(context.instance, context.wishes, decisions)
  return solveTimeline(context, legs, { ...context.search, orders })
}

function hasOneTarget({ choices }: Wish): boolean {
  return choices.every((c) => c.node === choices[0].node)
}

/** Weight of the wishes that the timeline does not fulfil. */
function weightLeft(
  { instance, wishes }: TransitContext,
  all: readonly Decision[],
  timeline: Timeline,
): number {
  const done = new Uint8Array(wishes.length)
  timeline.legs.forEach((leg, i) => {
    if (!leg.parking && timeline.start[i] >= 0) done[leg.wish] = 1
  })
  return wishes.reduce((sum, wish, w) => {
    const left = done[w] === 0 && !wish.makesRoom && all[w].choice !== undefined
    return left ? sum + instance.vmWeight[wish.vm] : sum
  }, 0)
}

/**
 * Did the search know every way? VMs that were not asked for stay where they are, only VMs that are moved live stop over, and no VM changes the
 * CPU features that it sees on the way.
 */
function isExhaustive({ instance, wishes }: TransitContext, decisions: readonly Decision[]): boolean {
  const { problem, othersMayMove } = instance
  const { policy, vms } = problem
  if (othersMayMove) return false
  if (!policy.allowParking) return true
  return decisions.every(({ choice }, w) => {
    const vm = vms[wishes[w].vm]
    if (vm.state === 'running' && allowsWay(vm, policy, 'restart')) return false
    return choice?.kind === 'live' || (choice !== undefined && isInPlace(choice.kind))
  })
}
