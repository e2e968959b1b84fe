/** Decisions as migrations without times (legs), and legs as the kernel's scheduling problem. */
import type { ScheduleProblem, Transfers } from '../../kernel/types.js'
import { least } from '../../lists.js'
import type { LiveWay, Slots } from '../../model/duration.js'
import type { Instance, Space } from '../../model/instance.js'
import type { MigrationKind, ScheduleKind } from '../../model/plan.js'
import { placeIn } from '../../model/spaces.js'
import { isInPlace } from '../../model/ways.js'
import { softGroupPenalty } from '../wishes/soft-rules.js'
import { blackoutPenalty, type Choice, type ForbiddenIntervals, type Wish } from '../wishes/wishes.js'
import { IntervalClasses } from './interval-classes.js'
import { orderOf } from './order.js'
import { holdingsOf } from './resources.js'

/** A migration that is to be scheduled. */
export interface Leg {
  /** Index into the request's wishes. */
  wish: number
  vm: number
  from: number
  to: number
  kind: MigrationKind
  /** Ticks. */
  duration: number
  blackoutSeconds: number
  /** As in `Choice`. */
  slots: Slots
  mibps: number
  /** Index of the VM's own leg before this one, which must have ended, −1 none. */
  predecessor: number
  /** First of two legs. */
  parking: boolean
}

/** What is chosen for one wish: a choice, by way of a parking node or straight; `undefined` leaves the VM where it is. */
export interface Decision {
  choice: Choice | undefined
  /** Node of the stop-over, −1 none. */
  parking: number
  /** What the two legs of a stop-over take; undefined: what makes them shortest. */
  via?: Via | undefined
}

export type Via = readonly [first: LiveWay, last: LiveWay]

/** All that the two legs by way of a node may take together; none: the VM does not bear one of them. */
export function viasOf(instance: Instance, { vm, given }: Wish, parking: number, target: number): Via[] {
  const { durations, vmNode } = instance
  const lasts = durations.bearableWays(vm, parking, target, given)
  return durations
    .bearableWays(vm, vmNode[vm], parking)
    .flatMap((first) => lasts.map((last): Via => [first, last]))
}

function shortestVia(instance: Instance, wish: Wish, parking: number, target: number): Via {
  const vias = viasOf(instance, wish, parking, target)
  const ticks = ([first, last]: Via) => first.ticks + last.ticks
  const shortest = least(vias.map(ticks))
  const via = vias.find((each) => ticks(each) === shortest)
  if (via === undefined) throw new Error(`VM ${wish.vm} cannot go by way of node ${parking}`)
  return via
}

/** The legs of all decisions, in the order of the wishes. */
export function legsOf(instance: Instance, wishes: readonly Wish[], decisions: readonly Decision[]): Leg[] {
  const legs: Leg[] = []
  decisions.forEach(({ choice, parking, via }, w) => {
    if (choice === undefined) return
    const wish = wishes[w]
    const { vm } = wish
    const from = instance.vmNode[vm]
    if (parking < 0) {
      const { kind, duration, blackoutSeconds, slots, mibps, node } = choice
      legs.push({
        wish: w,
        vm,
        from,
        to: node,
        kind,
        duration,
        blackoutSeconds,
        slots,
        mibps,
        predecessor: -1,
        parking: false,
      })
      return
    }
    const [first, last] = via ?? shortestVia(instance, wish, parking, choice.node)
    legs.push({
      wish: w,
      vm,
      from,
      to: parking,
      kind: 'live',
      duration: first.ticks,
      blackoutSeconds: first.blackoutSeconds,
      slots: first.slots,
      mibps: first.mibps,
      predecessor: -1,
      parking: true,
    })
    legs.push({
      wish: w,
      vm,
      from: parking,
      to: choice.node,
      kind: 'live',
      duration: last.ticks,
      blackoutSeconds: last.blackoutSeconds,
      slots: last.slots,
      mibps: last.mibps,
      predecessor: legs.length - 1,
      parking: false,
    })
  })
  return legs
}

/**
 * Ticks of cost besides the makespan: of all that is chosen, and of where every VM ends.
 *
 * @param legs of the decisions, by `legsOf`
 */
export function penaltyOf(
  instance: Instance,
  wishes: readonly Wish[],
  decisions: readonly Decision[],
  legs: readonly Leg[],
): number {
  const end = instance.vmNode.slice()
  let penalty = 0
  for (const stay of instance.stayPenalty) penalty += stay
  decisions.forEach(({ choice, parking }, w) => {
    if (choice === undefined) return
    const { vm } = wishes[w]
    end[vm] = choice.node
    penalty += choice.penalty - instance.stayPenalty[vm]
    // The choice has the blackout of one leg.
    if (parking >= 0) penalty -= blackoutPenalty(instance, choice)
  })
  for (const leg of legs) if (leg.parking || leg.predecessor >= 0) penalty += blackoutPenalty(instance, leg)
  return penalty + softGroupPenalty(instance, end)
}

/** What the legs may find too little of on their way: memory first. */
export function spacesOf(
  { spaces, inTransit, vmGroups }: Instance,
  legs: readonly Leg[],
): Instance['spaces'] {
  if (inTransit.length === 0) return spaces
  const moved = new Set(legs.flatMap(({ vm }) => [...vmGroups[vm]]))
  return [...spaces, ...inTransit.filter(({ group = -1 }) => moved.has(group))]
}

/** Places on which the space can bind: what arrives, were nothing to leave before, exceeds what is free. */
export function bindingNodes(space: Space, legs: readonly Leg[]): Uint8Array {
  const { capacity, used, size } = space
  const arriving = new Float64Array(capacity.length)
  for (const leg of legs) if (changesPlace(space, leg)) arriving[placeIn(space, leg.to)] += size[leg.vm]
  const binding = new Uint8Array(capacity.length)
  for (let n = 0; n < binding.length; n++) {
    if (arriving[n] > 0 && arriving[n] > capacity[n] - used[n]) binding[n] = 1
  }
  return binding
}

/** Does the leg take something of the space where it arrives? */
export function changesPlace(space: Space, { kind, from, to }: Pick<Leg, 'kind' | 'from' | 'to'>): boolean {
  return !isInPlace(kind) && placeIn(space, from) !== placeIn(space, to)
}

/** Can any space bind on any node? */
export function spaceBinds(instance: Instance, legs: readonly Leg[]): boolean {
  return spacesOf(instance, legs).some((space) => bindingNodes(space, legs).includes(1))
}

/** Reservoirs are kept only where a space can bind. */
export function scheduleProblemOf(
  instance: Instance,
  forbidden: ForbiddenIntervals,
  legs: readonly Leg[],
  schedule: ScheduleKind = 'timeline',
): ScheduleProblem {
  const n = legs.length
  const free: number[] = []
  const spaces = spacesOf(instance, legs)
  const [reservoir, ...others] = spaces.map((space) => {
    const binding = bindingNodes(space, legs)
    return Int32Array.from(binding, (binds, n) =>
      binds === 0 ? -1 : free.push(space.capacity[n] - space.used[n]) - 1,
    )
  })
  const transfers = transfersOfLegs(spaces.slice(1), others, legs)

  const problem: ScheduleProblem = {
    taskCount: n,
    ...holdingsOf(instance, legs, schedule),
    duration: Int32Array.from(legs, (l) => l.duration),
    predecessor: Int32Array.from(legs, (l) => l.predecessor),
    ...orderOf(instance, legs),
    forbiddenClass: new Int32Array(n),
    forbiddenOffset: new Int32Array(1),
    forbidden: new Int32Array(0),
    memoryNodeCount: free.length,
    freeMemory: Float64Array.from(free),
    memoryFrom: new Int32Array(n).fill(-1),
    memoryTo: new Int32Array(n).fill(-1),
    memory: Float64Array.from(legs, (l) => instance.vmMemory[l.vm]),
    ...(transfers.of.length === 0 ? {} : { transfers }),
    // A parked VM's two legs together are worth no more than one direct leg.
    weight: Float64Array.from(
      legs,
      (l) => instance.vmWeight[l.vm] * (l.parking || l.predecessor >= 0 ? 0.5 : 1),
    ),
    horizon: instance.horizon,
  }

  const classes = new IntervalClasses()
  legs.forEach((leg, i) => {
    // What takes no memory waits for none, not even where a reserve is used up.
    if (instance.vmMemory[leg.vm] > 0) {
      problem.memoryFrom[i] = reservoir[leg.from]
      if (!isInPlace(leg.kind)) problem.memoryTo[i] = reservoir[leg.to]
    }
    problem.forbiddenClass[i] = classes.of(forbidden.ofMigration(leg.vm, leg.from, leg.to, leg.duration))
  })
  return { ...problem, ...classes.flat() }
}

/** Saved or shut down where it is, the VM holds nothing that only running ones hold. */
export function freesInPlace({ heldInAnyState }: Space, { kind }: Pick<Leg, 'kind'>): boolean {
  return isInPlace(kind) && !heldInAnyState
}

/** What legs take and give back besides memory, by the reservoirs of each space: [N], −1 where none is kept. */
function transfersOfLegs(
  spaces: readonly Space[],
  reservoirs: readonly Int32Array[],
  legs: readonly Leg[],
): Transfers {
  const of: number[] = []
  const amount: number[] = []
  const offset = [0]
  const put = (reservoir: number, by: number) => {
    if (reservoir < 0 || by === 0) return
    of.push(reservoir)
    amount.push(by)
  }
  for (const leg of legs) {
    spaces.forEach((space, s) => {
      const size = space.size[leg.vm]
      const moves = changesPlace(space, leg)
      if (moves) put(reservoirs[s][placeIn(space, leg.to)], size)
      if (moves || freesInPlace(space, leg)) put(reservoirs[s][placeIn(space, leg.from)], -size)
    })
    offset.push(of.length)
  }
  return { offset: Int32Array.from(offset), of: Int32Array.from(of), amount: Float64Array.from(amount) }
}
