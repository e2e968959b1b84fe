/**
 * What plans pay for where VMs end: soft groups, and nodes that VMs prefer. A choice's own penalty has what its VM prefers; VMs that stay have
 * `stayPenalty`, and groups are counted over all VMs.
 */
import type { Instance, SoftGroup } from '../../model/instance.js'
import type { Wish } from './wishes.js'

/** How many VMs of each soft group end at each place, and what that costs. */
export class SoftCounts {
  readonly #instance: Instance
  /** By group: [N] by place. */
  readonly #counts: readonly Int32Array[]
  /** By affinity group: [VMs + 1] places with so many of them, but for 0; and the most on one place. */
  readonly #places: readonly (Int32Array | undefined)[]
  readonly #most: Int32Array
  /** Ticks. */
  penalty = 0

  /** @param end [V] node of each VM */
  constructor(instance: Instance, end: Int32Array) {
    const { softGroups, nodeCount } = instance
    this.#instance = instance
    this.#counts = softGroups.map(() => new Int32Array(nodeCount))
    this.#places = softGroups.map(({ kind, vms }) =>
      kind === 'affinity' ? new Int32Array(vms.length + 1) : undefined,
    )
    this.#most = new Int32Array(softGroups.length)
    softGroups.forEach(({ vms, places, penalty, kind }, g) => {
      // Nobody is anywhere yet: all of an affinity group are away from where most are.
      if (kind === 'affinity') this.penalty += penalty * vms.length
      for (const vm of vms) this.#arrive(g, places[end[vm]])
    })
  }

  move(vm: number, from: number, to: number): void {
    for (const g of this.#instance.vmSoftGroups[vm]) {
      const { places } = this.#instance.softGroups[g]
      if (places[from] === places[to]) continue
      this.#leave(g, places[from])
      this.#arrive(g, places[to])
    }
  }

  #arrive(g: number, place: number): void {
    const { penalty } = this.#instance.softGroups[g]
    const count = ++this.#counts[g][place]
    const places = this.#places[g]
    if (places === undefined) {
      if (count > 1) this.penalty += penalty
      return
    }
    places[count - 1]--
    places[count]++
    if (count <= this.#most[g]) return
    this.#most[g] = count
    this.penalty -= penalty
  }

  #leave(g: number, place: number): void {
    const { penalty } = this.#instance.softGroups[g]
    const count = --this.#counts[g][place]
    const places = this.#places[g]
    if (places === undefined) {
      if (count > 0) this.penalty -= penalty
      return
    }
    places[count + 1]--
    places[count]++
    if (count + 1 < this.#most[g] || places[count + 1] > 0) return
    this.#most[g] = count
    this.penalty += penalty
  }
}

/** Ticks that soft groups cost where each VM ends on `end`. */
export function softGroupPenalty(instance: Instance, end: Int32Array): number {
  return instance.softGroups.length === 0 ? 0 : new SoftCounts(instance, end).penalty
}

/** What every plan pays that fulfils some of the wishes, besides the penalties of its choices. */
export interface SoftFloor {
  /** Ticks for VMs that stay whatever is chosen, and for groups all of whose VMs do. */
  fixed: number
  /** Ticks at least for all other groups. */
  least: number
  /** Indices of these groups. */
  open: number[]
}

/**
 * @param spare weight that may stay unplaced: above 0, a wish's VM may stay where it is.
 */
export function softFloor(instance: Instance, wishes: readonly Wish[], spare: number): SoftFloor {
  const { stayPenalty, softGroups, othersMayMove } = instance
  const floor: SoftFloor = { fixed: 0, least: 0, open: [] }
  // A VM that was not asked for may be moved to make room: then nothing is certain of it.
  if (othersMayMove) return floor
  if (softGroups.length === 0 && !stayPenalty.some((penalty) => penalty > 0)) return floor
  const wishOf = new Map(wishes.map((wish) => [wish.vm, wish]))
  stayPenalty.forEach((penalty, vm) => {
    if (penalty > 0 && !wishOf.has(vm)) floor.fixed += penalty
  })
  softGroups.forEach((group, g) => {
    const least = group.penalty * leastBroken(instance, group, wishOf, spare)
    if (group.vms.some((vm) => wishOf.has(vm))) {
      floor.open.push(g)
      floor.least += least
    } else floor.fixed += least
  })
  return floor
}

/** VMs that break the rule at least; exact where each has one place where it may end. */
function leastBroken(
  { vmNode, nodeCount }: Instance,
  { kind, vms, places }: SoftGroup,
  wishOf: ReadonlyMap<number, Wish>,
  spare: number,
): number {
  /** By place: VMs that may end there, the last of them, and whether one can end nowhere else. */
  const could = new Int32Array(nodeCount)
  const latest = new Int32Array(nodeCount).fill(-1)
  const certain = new Uint8Array(nodeCount)
  let undecided = 0
  for (const vm of vms) {
    const wish = wishOf.get(vm)
    const home = places[vmNode[vm]]
    const first = wish === undefined || spare > 0 ? home : places[wish.choices[0].node]
    let more = false
    const count = (place: number) => {
      if (latest[place] === vm) return
      latest[place] = vm
      could[place]++
      if (place !== first) more = true
    }
    count(first)
    for (const { node } of wish?.choices ?? []) count(places[node])
    if (more) undecided++
    else certain[first] = 1
  }
  if (kind === 'affinity') return vms.length - could.reduce((most, n) => Math.max(most, n), 0)
  // Those with one place occupy no more than these; each other one takes one more at best.
  let possible = 0
  let occupied = undecided
  for (let place = 0; place < nodeCount; place++) {
    if (could[place] > 0) possible++
    occupied += certain[place]
  }
  return vms.length - Math.min(possible, occupied)
}
