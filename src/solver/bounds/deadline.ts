/**
 * Weight that deadlines leave behind. What leaves a node with its deadlines before it is 1 | | Σ wⱼUⱼ (Lawler & Moore 1969) in the time that the
 * node has before each of them, all its slots together: by ascending deadline, every VM is taken in or left, and of as much work taken in only the least weight
 * left counts. VMs of different nodes never are the same, so that the nodes' weights add up; the same holds of what arrives on nodes.
 */
import { append } from '../../lists.js'
import type { Instance } from '../../model/instance.js'
import { deadlineOf } from '../wishes/forbidden.js'
import type { WishMaker } from '../wishes/maker.js'
import type { Wish } from '../wishes/wish.js'
import { NodeAvailability } from './node-availability.js'
import { type Floors, leastWorkOf } from './node-load.js'

/** Partial sums that are kept; beyond it neighbours are one, with the less work and the less weight of both. */
const MOST_SUMS = 4096

interface Job {
  vm: number
  weight: number
  /** Slot-ticks. */
  work: number
  /** Ticks. */
  deadline: number
}

/**
 * @param wishes those with a choice.
 * @returns undefined where no deadline leaves anything behind.
 */
export function deadlineFloors(
  instance: Instance,
  maker: WishMaker,
  wishes: readonly Wish[],
): Floors | undefined {
  const leaving = new Map<number, Job[]>()
  const arriving = new Map<number, Job[]>()
  const add = (jobs: Map<number, Job[]>, node: number, job: Job) => {
    append(jobs, node, job)
  }
  for (const wish of wishes) {
    const { vm } = wish
    const home = instance.vmNode[vm]
    const weight = instance.vmWeight[vm]
    const deadline = deadlineOf(instance, vm, home)
    if (deadline >= instance.horizon) continue
    const { atSource, target, atTarget } = leastWorkByAnyWay(instance, maker, wish)
    add(leaving, home, { vm, weight, work: atSource, deadline })
    // By way of other nodes a VM has left its own in time before it arrives.
    const own = instance.vmDeadline[vm]
    if (own < instance.horizon && target >= 0)
      add(arriving, target, { vm, weight, work: atTarget, deadline: own })
  }
  if (leaving.size === 0) return undefined
  // Some migration that nobody looked at may be shorter than a gap between windows.
  const open = new NodeAvailability(instance, new Int32Array(instance.nodeCount))
  const floors = [leaving, arriving].map((jobs) => floorsOf(instance, open, jobs))
  const [best] = floors.sort((a, b) => b.sum - a.sum)
  return best.sum > 0 ? best : undefined
}

/** The same as `leastWorkOf`, of plans too in which the VM goes by way of another node. */
function leastWorkByAnyWay(instance: Instance, maker: WishMaker, wish: Wish): ReturnType<typeof leastWorkOf> {
  const least = leastWorkOf(wish)
  const { durations, nodeCount, problem, vmNode } = instance
  const { vm, given } = wish
  if (!problem.policy.allowParking) return least
  for (let n = 0; n < nodeCount; n++) {
    if (n === vmNode[vm] || !maker.canStand(vm, n)) continue
    for (const { ticks, slots } of durations.bearableWays(vm, vmNode[vm], n))
      least.atSource = Math.min(least.atSource, ticks * slots.from)
    if (least.target < 0 || n === least.target) continue
    for (const { ticks, slots } of durations.bearableWays(vm, n, least.target, given))
      least.atTarget = Math.min(least.atTarget, ticks * slots.to)
  }
  return least
}

function floorsOf(
  instance: Instance,
  availability: NodeAvailability,
  jobs: ReadonlyMap<number, readonly Job[]>,
): Floors {
  const groupOf = new Int32Array(instance.vmCount).fill(-1)
  const stays = new Uint8Array(instance.vmCount)
  const weight: number[] = []
  for (const [node, list] of jobs) {
    const least = leastWeightLeft(list, (deadline) => availability.freeBefore(node, deadline))
    if (least.left === 0) continue
    for (const { vm } of list) groupOf[vm] = weight.length
    for (let each = least.staying; each !== undefined; each = each.before) stays[each.vm] = 1
    weight.push(least.left)
  }
  return { groupOf, weight: Float64Array.from(weight), sum: weight.reduce((a, b) => a + b, 0), stays }
}

/** @param freeBefore slot-ticks before an instant */
export function leastWeightLeft(
  jobs: readonly Job[],
  freeBefore: (deadline: number) => number,
): Pick<Sum, 'left' | 'staying'> {
  const byDeadline = [...jobs].sort((a, b) => a.deadline - b.deadline || a.work - b.work)
  /** By ascending work, and so by descending weight left. */
  let sums: Sum[] = [{ work: 0, left: 0, staying: undefined }]
  for (const { vm, work, weight, deadline } of byDeadline) {
    const free = freeBefore(deadline)
    const taken = sums.flatMap((sum) => (sum.work + work <= free ? [{ ...sum, work: sum.work + work }] : []))
    const stayed = sums.map(({ work: before, left, staying }) => {
      return { work: before, left: left + weight, staying: { vm, before: staying } }
    })
    sums = thinned(undominated(taken, stayed))
  }
  return sums[sums.length - 1]
}

interface Sum {
  work: number
  left: number
  staying: Staying | undefined
}

/** VMs that are left, the last of them first. */
interface Staying {
  vm: number
  before: Staying | undefined
}

/** Two lists, each by ascending work, as one, without what another does with no more work and no more weight left. */
function undominated(a: readonly Sum[], b: readonly Sum[]): Sum[] {
  const merged: Sum[] = []
  for (let i = 0, k = 0; i < a.length || k < b.length; ) {
    const isFirst =
      k >= b.length ||
      (i < a.length && (a[i].work < b[k].work || (a[i].work === b[k].work && a[i].left <= b[k].left)))
    const next = isFirst ? a[i++] : b[k++]
    if (merged.length === 0 || next.left < merged[merged.length - 1].left) merged.push(next)
  }
  return merged
}

function thinned(sums: Sum[]): Sum[] {
  if (sums.length <= MOST_SUMS) return sums
  const few: Sum[] = []
  for (let i = 0; i < sums.length; i += 2)
    few.push({ ...sums[i], left: sums[Math.min(i + 1, sums.length - 1)].left })
  return few
}
