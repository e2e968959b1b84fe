/**
 * Bounds of networks: what has to cross one, each migration its share of it times its time, fits into no less. Shares do not add up to the
 * whole at will: of streams that each need more than half there is one at a time, of those that need more than a third two. Dual feasible
 * functions (Fekete & Schepers 2001) say so: each weighs shares such that those that fit together weigh no more than 1.
 */
import type { Instance } from '../../model/instance.js'
import { doneBy, freeTimeBefore } from '../../model/intervals.js'
import type { Network } from '../../model/networks.js'
import { NETWORK_UNITS, unitsOf } from '../schedule/resources.js'
import type { Choice, Wish } from '../wishes/wish.js'
import { removableValue } from './knapsack.js'

/** Functions that count streams, of which up to so many fit beside each other. */
const MOST_STREAMS = 16
/** What sums of fractions may lose, ticks. */
const SLACK = 1e-3

/** Weighs shares of a network, in `NETWORK_UNITS`; the first leaves them as they are. */
function weighings(): ((units: number) => number)[] {
  const plain = (units: number) => units / NETWORK_UNITS
  const counting = Array.from({ length: MOST_STREAMS }, (_, i) => (units: number) => {
    const parts = (units * (i + 2)) / NETWORK_UNITS
    return Number.isInteger(parts) ? plain(units) : Math.floor(parts) / (i + 1)
  })
  return [plain, ...counting]
}

/**
 * @param wishes those with a choice; straight ways only.
 * @param spare weight that a plan may leave unplaced among them.
 * @returns ticks: no plan ends, and none costs less, than that.
 */
export function networkBound(
  { clusterWindows, horizon, vmWeight, vmNode }: Instance,
  network: Network,
  wishes: readonly Wish[],
  spare: number,
): { makespan: number; cost: number } {
  const weights = wishes.map(({ vm }) => vmWeight[vm])
  const unitsBy = wishes.map(({ vm, choices }) =>
    choices.map((c) => unitsOf(network, { ...c, from: vmNode[vm], to: c.node })),
  )
  const sumOf = (of: (choice: Choice, units: number) => number) => {
    const least = wishes.map(({ choices }, w) =>
      choices.reduce((min, choice, c) => Math.min(min, of(choice, unitsBy[w][c])), Infinity),
    )
    return least.reduce((a, b) => a + b, 0) - removableValue(least, weights, spare)
  }
  let makespan = 0
  let cost = 0
  for (const weigh of weighings()) {
    const ticks = Math.ceil(sumOf(({ duration }, units) => weigh(units) * duration) - SLACK)
    if (ticks > 0) makespan = Math.max(makespan, Math.min(doneBy(clusterWindows, 0, ticks), horizon))
    cost = Math.max(
      cost,
      sumOf(({ duration, penalty }, units) => weigh(units) * duration + penalty),
    )
  }
  const closed = makespan - freeTimeBefore(clusterWindows, makespan)
  const whole = wishes.every(({ choices }) => choices.every(({ penalty }) => Number.isInteger(penalty)))
  const bound = cost + closed - SLACK
  return { makespan, cost: whole ? Math.ceil(bound) : bound }
}
