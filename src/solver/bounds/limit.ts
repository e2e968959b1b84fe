/**
 * Bounds of what migrations share, limits of the cluster and serial groups: migrations of which at most k are under way at once are k parallel machines (Graham 1969), closed while
 * the whole cluster is. What a VM may also do in another way, which does not count, weighs nothing in the makespan, and its penalty in the cost.
 */
import type { Instance, Limit } from '../../model/instance.js'
import { doneBy, freeTimeBefore } from '../../model/intervals.js'
import { countsTowards } from '../schedule/resources.js'
import type { Choice, Wish } from '../wishes/wish.js'
import { removableValue } from './knapsack.js'

/** What sums of fractions may lose, ticks. */
const SLACK = 1e-3

/** `live` undefined: migrations of every kind count. */
export type SharedLimit = Pick<Limit, 'most'> & { live?: boolean }

/**
 * @param wishes those with a choice; of a serial group its own.
 * @param spare weight that a plan may leave unplaced among them.
 * @returns ticks: no plan ends, and none costs less, than that.
 */
export function limitBound(
  { clusterWindows, horizon, vmWeight }: Instance,
  limit: SharedLimit,
  wishes: readonly Wish[],
  spare: number,
): { makespan: number; cost: number } {
  const { most, live } = limit
  const counts = (choice: Choice) => live === undefined || countsTowards({ live }, choice)
  const weights = wishes.map(({ vm }) => vmWeight[vm])
  const least = (of: (ticks: number, penalty: number) => number) =>
    wishes.map(({ choices }) =>
      choices.reduce((min, c) => Math.min(min, of(counts(c) ? c.duration : 0, c.penalty)), Infinity),
    )
  const sum = (values: readonly number[]) =>
    values.reduce((a, b) => a + b, 0) - removableValue(values, weights, spare)

  const work = least((ticks) => ticks)
  const busy = Math.ceil(sum(work) / most - SLACK)
  const ticks = Math.max(busy, spare === 0 ? longestChain(work, most) : 0)
  const makespan = ticks <= 0 ? 0 : Math.min(doneBy(clusterWindows, 0, ticks), horizon)
  // Makespan ≥ work ÷ k + closed time before it, and there is no less of that than before the bound.
  const closed = makespan - freeTimeBefore(clusterWindows, makespan)
  const cost = sum(least((each, penalty) => each / most + penalty)) + closed - SLACK
  const whole = wishes.every(({ choices }) => choices.every(({ penalty }) => Number.isInteger(penalty)))
  return { makespan, cost: whole ? Math.ceil(cost) : cost }
}

/** Of the q·k + 1 longest, q + 1 share a machine: at least the shortest of these. The most over all q, ticks. */
function longestChain(work: readonly number[], most: number): number {
  const sorted = [...work].sort((a, b) => b - a)
  let longest = 0
  for (let q = 0; q * most < sorted.length; q++) {
    const end = q * most + 1
    longest = Math.max(
      longest,
      sorted.slice(end - q - 1, end).reduce((a, b) => a + b, 0),
    )
  }
  return longest
}
