/** Decisions that memory blocks, brought about by an order in which each migration fits: with stop-overs where it takes them. */
import type { Kernel } from '../../kernel/types.js'
import type { Instance } from '../../model/instance.js'
import { type Decision, type Leg, legsOf } from '../legs.js'
import type { Run } from '../run.js'
import { isBetter, solveTimeline, type Timeline, type TimelineSearch } from '../timeline.js'
import type { ForbiddenIntervals, Wish, WishMaker } from '../wishes.js'
import { findSequence, type SequenceOutcome } from './find-sequence.js'
import type { Mover, Places, Step } from './places.js'
import { scheduleInOrder } from './sequence-schedule.js'

export interface TransitContext {
  instance: Instance
  kernel: Kernel
  forbidden: ForbiddenIntervals
  maker: WishMaker
  run: Run
  wishes: readonly Wish[]
  search: TimelineSearch
}

export interface Passage {
  decisions: Decision[]
  timeline: Timeline
}

export interface PassageOutcome {
  status: SequenceOutcome['status']
  /** An order was found and there is time for it. */
  passage: Passage | undefined
  /** States looked at. */
  states: number
}

/**
 * @param decisions what shall be; their stop-overs are chosen anew.
 * @param states to look at, at most.
 */
export async function findPassage(
  context: TransitContext,
  decisions: readonly Decision[],
  states: number,
): Promise<PassageOutcome> {
  const { instance, forbidden, maker, run, wishes, search } = context
  const { places, wishOf } = placesOf(instance, maker, wishes, decisions)
  const breathe = () => run.breathe()
  const outcome = await findSequence(places, { states, evictions: 0, breathe })
  if (outcome.status !== 'found')
    return { status: outcome.status, passage: undefined, states: outcome.states }
  const parked = withStops(decisions, outcome.steps, wishOf)
  const legs = legsOf(instance, maker, wishes, parked)
  const order = legOrder(legs, outcome.steps, wishOf)
  let timeline = scheduleInOrder(instance, forbidden, legs, order, search.schedule)
  const listed = await solveTimeline(instance, context.kernel, forbidden, run, legs, {
    ...search,
    orders: [order],
  })
  if (timeline === undefined || isBetter(listed, timeline)) timeline = listed
  const passage = timeline.unscheduledWeight === 0 ? { decisions: parked, timeline } : undefined
  return { status: 'found', passage, states: outcome.states }
}

/** The decided wishes as movers; `wishOf` by mover. */
export function placesOf(
  instance: Instance,
  maker: WishMaker,
  wishes: readonly Wish[],
  decisions: readonly Decision[],
): { places: Places; wishOf: number[] } {
  const { nodeCount, nodeMemory, nodeUsed, vmMemory, vmNode, problem } = instance
  const free = new Float64Array(nodeCount + 1)
  for (let n = 0; n < nodeCount; n++) free[n] = nodeMemory[n] - nodeUsed[n]
  free[nodeCount] = Number.POSITIVE_INFINITY
  const movers: Mover[] = []
  const wishOf: number[] = []
  decisions.forEach(({ choice }, w) => {
    if (choice === undefined) return
    const { vm } = wishes[w]
    const home = vmNode[vm]
    const stops: number[] = []
    for (let n = 0; n < nodeCount && problem.policy.allowParking && choice.kind === 'live'; n++) {
      if (n === home || n === choice.node || vmMemory[vm] === 0) continue
      if (vmMemory[vm] <= nodeMemory[n] && maker.canStand(vm, n)) stops.push(n)
    }
    const target = choice.kind === 'save-in-place' ? nodeCount : choice.node
    movers.push({ memory: vmMemory[vm], home, targets: [target], stops, evictable: false })
    wishOf.push(w)
  })
  return { places: { free, movers }, wishOf }
}

function withStops(
  decisions: readonly Decision[],
  steps: readonly Step[],
  wishOf: readonly number[],
): Decision[] {
  const parked = decisions.map(({ choice }) => ({ choice, parking: -1 }))
  for (const { mover, to } of steps) {
    const decision = parked[wishOf[mover]]
    if (decision.choice?.kind !== 'save-in-place' && decision.choice?.node !== to) decision.parking = to
  }
  return parked
}

/** The legs in the order of the steps. */
function legOrder(legs: readonly Leg[], steps: readonly Step[], wishOf: readonly number[]): Int32Array {
  const legsOfWish = new Map<number, number[]>()
  legs.forEach((leg, i) => {
    const list = legsOfWish.get(leg.wish)
    if (list === undefined) legsOfWish.set(leg.wish, [i])
    else list.push(i)
  })
  return Int32Array.from(steps, ({ mover }) => legsOfWish.get(wishOf[mover])?.shift() ?? -1)
}
