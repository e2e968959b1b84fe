/** Decisions that memory blocks, brought about by an order in which each migration fits: with stop-overs where it takes them. */
import { append } from '../../lists.js'
import type { Instance, Space } from '../../model/instance.js'
import { bulkOf, takesNothing } from '../../model/spaces.js'
import { isInPlace } from '../../model/ways.js'
import type { SearchContext } from '../context.js'
import { type Decision, type Leg, legsOf } from '../schedule/legs.js'
import { goesAfter } from '../schedule/order.js'
import { isBetter, solveTimeline, type Timeline, type TimelineSearch } from '../schedule/timeline.js'
import type { WishMaker } from '../wishes/maker.js'
import type { Wish } from '../wishes/wish.js'
import { findSequence, otherSequences, type SequenceOutcome } from './find-sequence.js'
import type { Mover, Places, Step } from './places.js'
import { scheduleInOrder } from './sequence-schedule.js'

export interface TransitContext extends SearchContext {
  maker: WishMaker
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
  const { instance, maker, run, wishes } = context
  const { places, wishOf } = placesOf(instance, maker, wishes, decisions)
  const breathe = () => run.breathe()
  const parameters = run.parameters.transit
  const limits = { states, evictions: 0, parameters, breathe }
  const outcome = await findSequence(places, limits)
  if (outcome.status !== 'found')
    return { status: outcome.status, passage: undefined, states: outcome.states }
  const parks = outcome.steps.length - wishOf.length
  const variants = await otherSequences(places, parks, parameters.variants, {
    ...limits,
    states: parameters.variantStates,
  })
  let best: (Passage & { order: Int32Array }) | undefined
  for (const steps of [outcome.steps, ...variants.sequences]) {
    const parked = withStops(decisions, steps, wishOf, instance.nodeCount)
    const legs = legsOf(instance, wishes, parked)
    const order = legOrder(legs, steps, wishOf)
    const timeline = await timeInOrder(context, legs, order, parameters.quickEvaluations * legs.length)
    if (best === undefined || isBetter(timeline, best.timeline)) best = { decisions: parked, timeline, order }
    if (await run.breathe()) break
  }
  const spent = outcome.states + variants.states
  if (best === undefined || best.timeline.unscheduledWeight > 0)
    return { status: 'found', passage: undefined, states: spent }
  const timeline = await timeInOrder(context, best.timeline.legs, best.timeline.order, context.search.work)
  const passage = isBetter(timeline, best.timeline) ? { decisions: best.decisions, timeline } : best
  return { status: 'found', passage, states: spent }
}

/** The better of the order itself, each leg as early as it can be, and what a search finds that begins with it. */
async function timeInOrder(
  context: TransitContext,
  legs: readonly Leg[],
  order: Int32Array,
  work: number,
): Promise<Timeline> {
  const { instance, forbidden, search } = context
  const inOrder = scheduleInOrder(instance, forbidden, legs, order, search.schedule)
  const found = await solveTimeline(context, legs, { ...search, work, orders: [order] })
  return inOrder !== undefined && isBetter(inOrder, found) ? inOrder : found
}

/** The decided wishes as movers; `wishOf` by mover. */
export function placesOf(
  instance: Instance,
  maker: WishMaker,
  wishes: readonly Wish[],
  decisions: readonly Decision[],
): { places: Places; wishOf: number[]; spaces: readonly Space[] } {
  const { nodeCount, vmNode, problem } = instance
  const spaces = [...instance.spaces, ...bindingGroups(instance, wishes, decisions)]
  const free = spaces.map(({ capacity, used }) => {
    const left = capacity.map((most, n) => most - used[n])
    return Float64Array.from([...left, Number.POSITIVE_INFINITY])
  })
  const movers: Mover[] = []
  const wishOf: number[] = []
  decisions.forEach(({ choice }, w) => {
    if (choice === undefined) return
    const { vm } = wishes[w]
    const home = vmNode[vm]
    const takesNone = takesNothing(instance, vm)
    const inPlace = isInPlace(choice.kind)
    const stops: number[] = []
    for (let n = 0; n < nodeCount && problem.policy.allowParking && choice.kind === 'live'; n++) {
      if (n === home || n === choice.node || takesNone) continue
      const fits = spaces.every(({ size, capacity }) => size[vm] <= capacity[n])
      if (fits && maker.canStopOver(vm, n, choice.node, wishes[w].given)) stops.push(n)
    }
    // A VM that takes nothing finds room even where a reserve is used up.
    const target = inPlace || takesNone ? nodeCount : choice.node
    movers.push({
      ...sizesOf(instance, spaces, vm, inPlace),
      home,
      targets: [target],
      stops,
      evictable: false,
      after: [],
    })
    wishOf.push(w)
  })
  const moverOf = new Map(wishOf.map((w, m) => [wishes[w].vm, m]))
  const after = goesAfter(instance, new Set(moverOf.keys()))
  movers.forEach((mover, m) => {
    mover.after = (after.get(wishes[wishOf[m]].vm) ?? []).flatMap((vm) => moverOf.get(vm) ?? [])
  })
  return { places: { free, movers }, wishOf, spaces }
}

/**
 * Groups that hold in transit and may be in the way: one of theirs goes where another is. Those about domains are left out, so that an order
 * may turn out to have no schedule, and never the other way round; so are all that only a stop-over could break.
 */
function bindingGroups(
  { inTransit, vmGroups }: Instance,
  wishes: readonly Wish[],
  decisions: readonly Decision[],
): Space[] {
  if (inTransit.length === 0) return []
  const used = new Map(inTransit.map(({ group = -1, used, places }) => [group, places ? undefined : used]))
  const binding = new Set<number>()
  decisions.forEach(({ choice }, w) => {
    if (choice === undefined || isInPlace(choice.kind)) return
    for (const group of vmGroups[wishes[w].vm])
      if ((used.get(group)?.[choice.node] ?? 0) > 0) binding.add(group)
  })
  return inTransit.filter(({ group = -1 }) => binding.has(group))
}

/** @param spaces those of the places that the mover is for */
export function sizesOf(
  instance: Instance,
  spaces: readonly Space[],
  vm: number,
  savedInPlace = false,
): Pick<Mover, 'sizes' | 'bulk'> {
  const sizes = spaces.map(({ size, heldInAnyState }) => (savedInPlace && heldInAnyState ? 0 : size[vm]))
  return { sizes, bulk: bulkOf(instance, vm) }
}

function withStops(
  decisions: readonly Decision[],
  steps: readonly Step[],
  wishOf: readonly number[],
  nodeCount: number,
): Decision[] {
  const parked = decisions.map(({ choice }) => ({ choice, parking: -1 }))
  for (const { mover, to } of steps) {
    const decision = parked[wishOf[mover]]
    // Behind the nodes is where those end that take nothing: it is no stop.
    if (to < nodeCount && decision.choice?.node !== to) decision.parking = to
  }
  return parked
}

/** The legs in the order of the steps. */
function legOrder(legs: readonly Leg[], steps: readonly Step[], wishOf: readonly number[]): Int32Array {
  const legsOfWish = new Map<number, number[]>()
  legs.forEach((leg, i) => {
    append(legsOfWish, leg.wish, i)
  })
  return Int32Array.from(steps, ({ mover }) => legsOfWish.get(wishOf[mover])?.shift() ?? -1)
}
