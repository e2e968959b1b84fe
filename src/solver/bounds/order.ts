/**
 * Bounds of the request's order: the longest path through it, and, of what a node or a serial group has to do one after another, the work behind the
 * heads and before the tails that the order gives it (Carlier 1982). They hold for plans that leave nothing unplaced.
 */
import { append } from '../../lists.js'
import type { Instance } from '../../model/instance.js'
import { firstGap } from '../../model/intervals.js'
import { goesAfter } from '../schedule/order.js'
import type { ForbiddenIntervals } from '../wishes/forbidden.js'
import type { Wish } from '../wishes/wish.js'
import type { NodeAvailability } from './node-availability.js'
import { leastWorkOf } from './node-load.js'

/** Different heads, and tails, that are tried of one resource. */
const MOST_LEVELS = 32

export interface OrderBound {
  /** Ticks. */
  makespan: number
  /** Nodes that it rests on; none: it rests on a path. */
  nodes: readonly number[]
}

interface Job {
  head: number
  work: number
  tail: number
}

/** @param wishes all with a choice. */
export function orderBound(
  instance: Instance,
  forbidden: ForbiddenIntervals,
  availability: NodeAvailability,
  wishes: readonly Wish[],
): OrderBound {
  const best = { makespan: 0, nodes: [] as readonly number[] }
  if (instance.order.length === 0) return best
  const raise = (makespan: number, nodes: readonly number[]) => {
    if (makespan > best.makespan) Object.assign(best, { makespan, nodes })
  }
  const { heads, tails, longest } = paths(instance, forbidden, wishes)
  raise(longest, [])
  const nodes = new Map<number, Job[]>()
  const serials = new Map<number, Job[]>()
  const add = (jobs: Map<number, Job[]>, key: number, job: Job) => {
    append(jobs, key, job)
  }
  for (const wish of wishes) {
    const head = heads.get(wish.vm) ?? 0
    const tail = tails.get(wish.vm) ?? 0
    const { atSource, target, atTarget } = leastWorkOf(wish)
    add(nodes, instance.vmNode[wish.vm], { head, work: atSource, tail })
    if (target >= 0) add(nodes, target, { head, work: atTarget, tail })
    for (const group of instance.vmSerials[wish.vm])
      add(serials, group, { head, work: shortestOf(wish), tail })
  }
  for (const [node, jobs] of nodes) {
    const slots = instance.nodeSlots[node]
    const doneBy = (work: number, from: number) =>
      Math.max(availability.earliest(node, work), from + Math.ceil(work / slots))
    raise(betweenHeadsAndTails(jobs, doneBy), [node])
  }
  for (const jobs of serials.values())
    raise(
      betweenHeadsAndTails(jobs, (work, from) => from + work),
      [],
    )
  best.makespan = Math.min(best.makespan, instance.horizon)
  return best
}

function shortestOf({ choices }: Wish): number {
  return choices.reduce((least, c) => Math.min(least, c.duration), Number.POSITIVE_INFINITY)
}

/** Before what instant no VM of the order begins, how long it goes on at least once the VM is done, and when its last one can be done. */
function paths(instance: Instance, forbidden: ForbiddenIntervals, wishes: readonly Wish[]) {
  const wishOf = new Map(wishes.map((wish) => [wish.vm, wish]))
  const after = goesAfter(instance, new Set(wishOf.keys()))
  const heads = new Map<number, number>()
  const tails = new Map<number, number>()
  const ends = new Map<number, number>()
  const order = topological(after)
  let longest = 0
  for (const vm of order) {
    const wish = wishOf.get(vm)!
    const head = (after.get(vm) ?? []).reduce((most, before) => Math.max(most, ends.get(before) ?? 0), 0)
    const end = wish.choices.reduce((first, { node, duration }) => {
      const closed = forbidden.ofMigration(vm, instance.vmNode[vm], node, duration)
      const start = firstGap(closed, head, duration, instance.horizon)
      return start < 0 ? first : Math.min(first, start + duration)
    }, instance.horizon)
    heads.set(vm, head)
    ends.set(vm, end)
    longest = Math.max(longest, end)
  }
  for (const vm of order.reverse()) {
    const through = shortestOf(wishOf.get(vm)!) + (tails.get(vm) ?? 0)
    for (const before of after.get(vm) ?? []) tails.set(before, Math.max(tails.get(before) ?? 0, through))
  }
  return { heads, tails, longest }
}

/** Every VM after all that go before it. */
function topological(after: ReadonlyMap<number, readonly number[]>): number[] {
  const order = new Set<number>()
  for (const vm of after.keys()) {
    const path = [vm]
    while (path.length > 0) {
      const next = after.get(path[path.length - 1])?.find((before) => !order.has(before))
      if (next === undefined) order.add(path.pop()!)
      else path.push(next)
    }
  }
  return [...order]
}

/**
 * Of all jobs with no less of a head and of a tail, the work lies between the two.
 *
 * @param doneBy when so much work is done that begins no earlier
 */
function betweenHeadsAndTails(jobs: readonly Job[], doneBy: (work: number, from: number) => number): number {
  if (jobs.every(({ head, tail }) => head === 0 && tail === 0)) return 0
  let most = 0
  for (const head of levels(jobs.map((job) => job.head))) {
    const behind = jobs.filter((job) => job.head >= head)
    for (const tail of levels(behind.map((job) => job.tail))) {
      const work = behind.reduce((sum, job) => (job.tail >= tail ? sum + job.work : sum), 0)
      if (work > 0) most = Math.max(most, doneBy(work, head) + tail)
    }
  }
  return most
}

/** Some of the values, the least and the greatest among them. */
function levels(values: readonly number[]): number[] {
  const sorted = [...new Set(values)].sort((a, b) => a - b)
  const step = Math.max(1, (sorted.length - 1) / (MOST_LEVELS - 1))
  const chosen: number[] = []
  for (let i = 0; i < sorted.length - 1; i += step) chosen.push(sorted[Math.floor(i)])
  return [...chosen, ...sorted.slice(-1)]
}
