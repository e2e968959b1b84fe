/**
 * Lagrangian bounds from node prices. For any prices λ ≥ 0 (cost ticks per slot-tick of each node), every plan that places what must be
 * placed has Σ λ_n · load_n ≥ Σ_v min over the choices of v of its priced work; and no node can do more by T than it has
 * time for. So the least T with Σ λ_n · available_n(T) ≥ that sum bounds the makespan, and the same with penalties in the
 * minimum bounds the cost. Where the prices come from (an LP's duals, one node alone) does not matter: a bad price makes a weak
 * bound, never a wrong one.
 */
import { firstWhere } from '../../lists.js'
import type { Instance } from '../../model/instance.js'
import { workOf } from '../schedule/resources.js'
import type { Wish } from '../wishes/wish.js'
import { removableValue } from './knapsack.js'
import type { NodeAvailability } from './node-availability.js'

export interface PriceBound {
  /** Ticks. */
  makespan: number
  /** Ticks. */
  cost: number
}

/** What float summation may lose, in ticks, before a bound is rounded up. */
const FLOAT_SLACK = 1e-3

/** The LPs' own prices sum to 1. */
const MAX_TOTAL_PRICE = 1e6

/** Priced work of each wish, and the same with penalties. */
function minima(instance: Instance, wishes: readonly Wish[], prices: Float64Array) {
  const work = new Float64Array(wishes.length)
  const cost = new Float64Array(wishes.length)
  wishes.forEach((wish, w) => {
    const from = prices[instance.vmNode[wish.vm]]
    let leastWork = Number.POSITIVE_INFINITY
    let leastCost = Number.POSITIVE_INFINITY
    for (const choice of wish.choices) {
      const { atSource, atTarget } = workOf(choice)
      const priced = from * atSource + prices[choice.node] * atTarget
      if (priced < leastWork) leastWork = priced
      if (priced + choice.penalty < leastCost) leastCost = priced + choice.penalty
    }
    work[w] = leastWork
    cost[w] = leastCost
  })
  return { work, cost }
}

const sum = (values: Float64Array) => values.reduce((a, b) => a + b, 0)

/**
 * @param wishes those with at least one choice.
 * @param prices [N], ≥ 0.
 * @param spareWeight weight that a plan may leave unplaced among `wishes`.
 * @param knownMakespan a makespan bound that holds already, ticks.
 */
export function priceBound(
  instance: Instance,
  availability: NodeAvailability,
  wishes: readonly Wish[],
  prices: Float64Array,
  spareWeight: number,
  knownMakespan: number,
): PriceBound {
  // Above Σ λ_n · slots_n = 1 a bound only gets weaker and its sums less exact; what is no price at all proves nothing.
  let total = 0
  let valid = true
  prices.forEach((price, n) => {
    total += price * instance.nodeSlots[n]
    if (!(price >= 0)) valid = false
  })
  if (!valid || !(total <= MAX_TOTAL_PRICE)) return { makespan: knownMakespan, cost: 0 }
  const weights = wishes.map((w) => instance.vmWeight[w.vm])
  const { work, cost } = minima(instance, wishes, prices)
  const priced: number[] = []
  for (let n = 0; n < prices.length; n++) if (prices[n] > 0) priced.push(n)

  const need = sum(work) - removableValue(work, weights, spareWeight)
  const makespan = Math.max(knownMakespan, leastTime(availability, priced, prices, need, instance.horizon))

  const needCost = sum(cost) - removableValue(cost, weights, spareWeight)
  // cost = T + penalties ≥ needCost + min over T of (T − Σ λ_n available_n(T)): piecewise linear, so its least value is at a
  // breakpoint, at the known bound, or at the horizon.
  let slack = Number.POSITIVE_INFINITY
  const look = (t: number) => {
    let available = 0
    for (const n of priced) available += prices[n] * availability.freeBefore(n, t)
    if (t - available < slack) slack = t - available
  }
  look(makespan)
  look(instance.horizon)
  for (const n of priced) for (const t of availability.boundaries(n)) if (t > makespan) look(t)
  // Penalties that are whole ticks make every cost a whole number of ticks.
  const whole = wishes.every((w) => w.choices.every((c) => Number.isInteger(c.penalty)))
  const bound = needCost + slack - FLOAT_SLACK
  return { makespan, cost: whole ? Math.ceil(bound) : bound }
}

/** The least whole tick T with Σ λ_n available_n(T) ≥ need; monotone, so by bisection. */
function leastTime(
  availability: NodeAvailability,
  priced: readonly number[],
  prices: Float64Array,
  need: number,
  horizon: number,
): number {
  const enough = (t: number) => {
    let available = 0
    for (const n of priced) available += prices[n] * availability.freeBefore(n, t)
    return available >= need * (1 - 1e-12) - FLOAT_SLACK * Number.EPSILON
  }
  if (need <= 0) return 0
  return firstWhere(horizon, enough)
}
