/** Bounds of single nodes and single wishes: the busiest node's work around its windows, and the latest earliest end. */
import { append } from '../../lists.js'
import type { Instance } from '../../model/instance.js'
import { doneBy, firstGap, unionIntervals } from '../../model/intervals.js'
import { workOf } from '../schedule/resources.js'
import type { Wish } from '../wishes/wish.js'
import { removableValue } from './knapsack.js'
import type { NodeAvailability } from './node-availability.js'

/** VMs in groups, no VM in two, and the least weight of each group that stays. */
export interface Floors {
  /** [V] index of the group, −1: in none. */
  groupOf: Int32Array
  weight: Float64Array
  /** Of all groups together. */
  sum: number
  /** [V] 1: one of those of so little weight without which, as far as this bound sees, all others can be in time. */
  stays: Uint8Array
}

/** Slot-ticks of live work that a wish with a choice brings to its source, and to `target` where all its choices go there (−1: they differ). */
export function leastWorkOf(wish: Wish): { atSource: number; target: number; atTarget: number } {
  const least = { atSource: Number.POSITIVE_INFINITY, atTarget: Number.POSITIVE_INFINITY }
  let target = wish.choices[0].node
  for (const choice of wish.choices) {
    const { atSource, atTarget } = workOf(choice)
    least.atSource = Math.min(least.atSource, atSource)
    least.atTarget = Math.min(least.atTarget, atTarget)
    if (choice.node !== target) target = -1
  }
  return { atSource: least.atSource, target, atTarget: target >= 0 ? least.atTarget : 0 }
}

/**
 * [N] least live work, in ticks, that each node must carry whatever is chosen, plans with `spareWeight` unplaced included.
 *
 * @param floors weight that stays in any case: of VMs that have nothing to do with a node, it leaves that node no less.
 */
export function leastNodeWork(
  instance: Instance,
  wishes: readonly Wish[],
  spareWeight: number,
  floors?: Floors,
): Float64Array {
  const least = new Float64Array(instance.nodeCount)
  const values: number[][] = spareWeight > 0 ? Array.from(least, () => []) : []
  const weights: number[][] = spareWeight > 0 ? Array.from(least, () => []) : []
  const groups = Array.from(floors === undefined ? [] : least, () => new Set<number>())
  const add = (node: number, ticks: number, wish: Wish) => {
    if (ticks === 0) return
    least[node] += ticks
    if (spareWeight > 0) {
      values[node].push(ticks)
      weights[node].push(instance.vmWeight[wish.vm])
      if (floors !== undefined) groups[node].add(floors.groupOf[wish.vm])
    }
  }
  const spareOf = (node: number) => {
    if (floors === undefined) return spareWeight
    let elsewhere = floors.sum
    for (const group of groups[node]) elsewhere -= floors.weight[group] ?? 0
    return spareWeight - elsewhere
  }
  for (const wish of wishes) {
    const { atSource, target, atTarget } = leastWorkOf(wish)
    add(instance.vmNode[wish.vm], atSource, wish)
    if (target >= 0) add(target, atTarget, wish)
  }
  if (spareWeight > 0) {
    for (let n = 0; n < least.length; n++) least[n] -= removableValue(values[n], weights[n], spareOf(n))
  }
  return least
}

export interface NodeLoadBound {
  /** Ticks. */
  makespan: number
  /** The node that decides, −1 where a single VM does. */
  node: number
}

/** The makespan bound of the busiest node. */
export function nodeLoadBound(
  instance: Instance,
  availability: NodeAvailability,
  wishes: readonly Wish[],
  spareWeight: number,
  floors?: Floors,
): NodeLoadBound {
  const least = leastNodeWork(instance, wishes, spareWeight, floors)
  const saves = savesByNode(wishes)
  let makespan = 0
  let node = -1
  for (let n = 0; n < least.length; n++) {
    // A fraction of a tick that the knapsack left is not worth one of the bound.
    const t = Math.max(
      availability.earliest(n, Math.ceil(least[n] - 1e-6)),
      earliestSaves(instance, n, saves.get(n), spareWeight),
    )
    if (t > makespan) {
      makespan = t
      node = n
    }
  }
  return { makespan: Math.min(makespan, instance.horizon), node }
}

/** Wishes that are saved in place, by node. */
function savesByNode(wishes: readonly Wish[]): Map<number, Wish[]> {
  const saves = new Map<number, Wish[]>()
  for (const wish of wishes) {
    const { node } = wish.choices[0]
    if (wish.choices.some(({ kind }) => kind !== 'save-in-place')) continue
    append(saves, node, wish)
  }
  return saves
}

/** A node saves one VM at a time, around its own windows; 0 where it saves none. */
function earliestSaves(
  instance: Instance,
  node: number,
  saves: readonly Wish[] | undefined,
  spareWeight: number,
): number {
  if (saves === undefined) return 0
  const ticks = saves.map((w) => w.choices[0].duration)
  const weights = saves.map((w) => instance.vmWeight[w.vm])
  const work = Math.ceil(
    ticks.reduce((a, b) => a + b, 0) - removableValue(ticks, weights, spareWeight) - 1e-6,
  )
  if (work <= 0) return 0
  return doneBy(unionIntervals(instance.clusterWindows, instance.nodeWindows[node]), 0, work)
}

/** No plan ends before each of its VMs could at the earliest, were it alone. Void where some VM may stay unplaced. */
export function singleWishBound(
  wishes: readonly Wish[],
  forbidden: (wish: Wish, node: number) => Int32Array,
  horizon: number,
): number {
  let bound = 0
  for (const wish of wishes) {
    let earliest = horizon
    for (const choice of wish.choices) {
      const start = firstGap(forbidden(wish, choice.node), 0, choice.duration, horizon)
      if (start >= 0) earliest = Math.min(earliest, start + choice.duration)
    }
    if (earliest > bound) bound = earliest
  }
  return bound
}

/** [N] the shortest live choice that touches each node; the horizon where none does. */
export function shortestByNode(instance: Instance, wishes: readonly Wish[]): Int32Array {
  const shortest = new Int32Array(instance.nodeCount).fill(instance.horizon)
  for (const wish of wishes) {
    for (const choice of wish.choices) {
      if (choice.kind !== 'live') continue
      const from = instance.vmNode[wish.vm]
      if (choice.duration < shortest[from]) shortest[from] = choice.duration
      if (choice.duration < shortest[choice.node]) shortest[choice.node] = choice.duration
    }
  }
  return shortest
}
