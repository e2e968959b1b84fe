/** All bounds that need no search, together: the busiest node, the single VM, the cluster's limits, and the Lagrangian bounds of node prices. */
import { append, greatest, least } from '../../lists.js'
import type { Instance } from '../../model/instance.js'
import { firstGap } from '../../model/intervals.js'
import { pairsOf } from '../schedule/resources.js'
import type { ForbiddenIntervals } from '../wishes/forbidden.js'
import { softFloor } from '../wishes/soft-rules.js'
import type { Wish } from '../wishes/wish.js'
import { removableValue } from './knapsack.js'
import { limitBound } from './limit.js'
import { networkBound } from './network.js'
import type { NodeAvailability } from './node-availability.js'
import { type Floors, nodeLoadBound, singleWishBound } from './node-load.js'
import { orderBound } from './order.js'
import { priceBound } from './price-bound.js'

export interface PlanBound {
  /** Ticks: no plan that leaves at most `spare` weight unplaced ends earlier. */
  makespan: number
  /** Ticks: none costs less. */
  cost: number
  /** Ticks of penalty that every such plan has: cost ≥ makespan + this. */
  leastPenalty: number
  /** Weight that may stay unplaced. */
  spare: number
  /** Name of the bound that decided the makespan. */
  by: string
  /** Indices of the nodes that it rests on; empty where it rests on no certain ones. */
  nodes: readonly number[]
}

/**
 * @param wishes those with a choice that were asked for.
 * @param floors what deadlines leave behind.
 * @param forbidden undefined: the single-VM bound is left out (parked legs have intervals of their own).
 */
export function makespanAndCostBound(
  instance: Instance,
  forbidden: ForbiddenIntervals | undefined,
  availability: NodeAvailability,
  wishes: readonly Wish[],
  prices: readonly Float64Array[],
  spare: number,
  floors?: Floors,
): PlanBound {
  const weights = wishes.map((w) => instance.vmWeight[w.vm])
  const penalties = wishes.map((w) =>
    w.choices.reduce((least, c) => Math.min(least, c.penalty), Number.POSITIVE_INFINITY),
  )
  const floor = softFloor(instance, wishes, spare)
  const leastPenalty =
    Math.max(0, penalties.reduce((a, b) => a + b, 0) - removableValue(penalties, weights, spare)) +
    floor.fixed +
    floor.least
  let makespan = 0
  let by = 'none'
  let nodes: readonly number[] = []
  const raise = (value: number, name: string, at: readonly number[] = []) => {
    if (value <= makespan) return
    makespan = value
    by = name
    nodes = at
  }
  if (wishes.length > 0) {
    const load = nodeLoadBound(instance, availability, wishes, spare, floors)
    if (load.node >= 0) raise(load.makespan, `node-load ${instance.problem.nodes[load.node].id}`, [load.node])
    if (spare === 0 && forbidden !== undefined) {
      const lists = (wish: Wish, node: number) => forbidden.of(wish.vm, instance.vmNode[wish.vm], node)
      raise(singleWishBound(wishes, lists, instance.horizon), 'single-vm')
      const ordered = orderBound(instance, forbidden, availability, wishes)
      raise(ordered.makespan, 'order', ordered.nodes)
    }
  }
  let cost = 0
  for (const limit of instance.limits) {
    const bound = limitBound(instance, limit, wishes, spare)
    raise(bound.makespan, `limit ${limit.policy}`)
    cost = Math.max(cost, bound.cost)
  }
  for (const network of instance.networks) {
    const bound = networkBound(instance, network, wishes, spare)
    raise(bound.makespan, `network ${network.id}`)
    cost = Math.max(cost, bound.cost)
  }
  for (const [group, members] of bySerialGroup(instance, wishes)) {
    if (members.length > 1)
      raise(limitBound(instance, { most: 1 }, members, spare).makespan, `serial ${instance.serials[group]}`)
  }
  if (spare === 0 && forbidden !== undefined) {
    // The VM that ends last pays for its own choice, all others at least their least penalty.
    earliestEnds(instance, forbidden, wishes).forEach((ends, w) => {
      const { choices } = wishes[w]
      const own = choices.reduce(
        (least, c, i) => Math.min(least, ends[i] + c.penalty),
        Number.POSITIVE_INFINITY,
      )
      cost = Math.max(cost, own + leastPenalty - penalties[w])
    })
  }
  for (const candidate of [...prices, ...plainPrices(instance, wishes)]) {
    const bound = priceBound(instance, availability, wishes, candidate, spare, 0)
    raise(bound.makespan, 'assignment')
    cost = Math.max(cost, bound.cost + floor.fixed + floor.least)
  }
  return { makespan, cost: Math.max(cost, makespan + leastPenalty), leastPenalty, spare, by, nodes }
}

/** The wishes of each serial group. */
export function bySerialGroup({ vmSerials }: Instance, wishes: readonly Wish[]): Map<number, Wish[]> {
  const groups = new Map<number, Wish[]>()
  for (const wish of wishes) {
    for (const group of vmSerials[wish.vm]) {
      append(groups, group, wish)
    }
  }
  return groups
}

/** Prices that need no LP: all sources alike, all targets alike, all nodes alike. Only useful where there is a choice of target. */
function plainPrices(instance: Instance, wishes: readonly Wish[]): Float64Array[] {
  if (wishes.every((w) => w.choices.length === 1)) return []
  const sends = new Float64Array(instance.nodeCount)
  const receives = new Float64Array(instance.nodeCount)
  for (const wish of wishes) {
    sends[instance.vmNode[wish.vm]] = 1
    for (const { node, kind } of wish.choices) if (kind === 'live') receives[node] = 1
  }
  const both = sends.map((s, n) => Math.max(s, receives[n]))
  return [sends, receives, both].map((side) => {
    let slots = 0
    side.forEach((s, n) => {
      slots += s * instance.nodeSlots[n]
    })
    return side.map((s) => (slots > 0 ? s / slots : 0))
  })
}

/** By wish and choice: when the choice would end were it alone, ticks. */
export function earliestEnds(
  instance: Instance,
  forbidden: ForbiddenIntervals,
  wishes: readonly Wish[],
): Int32Array[] {
  return wishes.map((wish) =>
    Int32Array.from(wish.choices, ({ node, duration }) => {
      const start = firstGap(
        forbidden.of(wish.vm, instance.vmNode[wish.vm], node),
        0,
        duration,
        instance.horizon,
      )
      return start < 0 ? instance.horizon : start + duration
    }),
  )
}

/** A live migration that every plan has which places all, by what it takes at least. */
export interface FixedLeg {
  vm: number
  from: number
  to: number
  /** Ticks of its shortest choice. */
  shortest: number
  /** Ticks, times the pairs of slots that it takes, of the choice with the least. */
  work: number
  /** Most pairs of slots that a choice of it takes. */
  atOnce: number
}

/** Of the wishes whose choices are all live and lead to one node. */
export function fixedLegs({ vmNode }: Instance, wishes: readonly Wish[]): FixedLeg[] {
  return wishes.flatMap(({ vm, choices, makesRoom }): FixedLeg[] => {
    if (choices.length === 0 || makesRoom) return []
    const { node: to } = choices[0]
    if (choices.some(({ kind, node }) => kind !== 'live' || node !== to)) return []
    const shortest = least(choices.map(({ duration }) => duration))
    const work = least(choices.map((choice) => choice.duration * pairsOf(choice)))
    return [{ vm, from: vmNode[vm], to, shortest, work, atOnce: greatest(choices.map(pairsOf)) }]
  })
}
