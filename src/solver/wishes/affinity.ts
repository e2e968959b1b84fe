/**
 * Choices that affinity sets rule out for certain: where one VM of a set moves, all of it ends on one node, so that node has to be open to
 * every one of them. What is refused here no plan can do.
 */
import type { Instance } from '../../model/instance.js'
import { isInPlace } from '../../model/ways.js'
import { staysInPlace } from '../assignment/companions.js'
import { lacks } from './lack.js'
import type { Refusal, Request } from './wishes.js'

/** What is known to end on each node whatever is planned. */
export interface Staying {
  /** [V] 1: the VM stays where it is, and is counted in `used`. */
  counted: Uint8Array
  /** By space: [N] at the end. */
  used: readonly Float64Array[]
}

/** Takes choices from VMs of affinity sets; true where it took one. */
export function refuseByAffinity(instance: Instance, request: Request, staying: Staying): boolean {
  let changed = false
  const alreadyThere = new Set(request.alreadyThere)
  const known = new Map<number, AffinitySet>()
  for (const wish of request.wishes) {
    const index = instance.affinityOf[wish.vm]
    if (index < 0 || wish.choices.length === 0 || staysInPlace(wish)) continue
    const set = known.get(index) ?? new AffinitySet(instance, request, alreadyThere, staying, index)
    known.set(index, set)
    const rival = set.rivalOf(wish.vm)
    const kept = wish.choices.filter(({ node, kind }) => {
      if (isInPlace(kind)) return true
      const found = set.refusal(rival, node)
      if (found !== undefined) wish.refusals.set(node, found)
      return found === undefined
    })
    if (kept.length === wish.choices.length) continue
    wish.choices = kept
    changed = true
  }
  return changed
}

/** The same for sets that end in one domain: it has to be open to every one of them. */
export function refuseByDomains(instance: Instance, request: Request): boolean {
  const { problem, domainSets, vmNode, nodeCount } = instance
  const { wishes, wishOf } = request
  const alreadyThere = new Set(request.alreadyThere)
  let changed = false
  for (const { vms, places } of domainSets) {
    /** [N] by place: the first VM that cannot end there, −1 none. */
    const blocker = new Int32Array(nodeCount).fill(-1)
    for (const vm of vms) {
      const asked = wishOf[vm] >= 0
      if (!asked && isFree(instance, alreadyThere, vm)) continue
      const comes = new Uint8Array(nodeCount)
      comes[places[vmNode[vm]]] = 1
      if (asked) for (const { node } of wishes[wishOf[vm]].choices) comes[places[node]] = 1
      for (const place of places) if (comes[place] === 0 && blocker[place] < 0) blocker[place] = vm
    }
    for (const vm of vms) {
      if (wishOf[vm] < 0) continue
      const wish = wishes[wishOf[vm]]
      const kept = wish.choices.filter(({ node, kind }) => {
        const other = blocker[places[node]]
        if (isInPlace(kind) || other < 0) return true
        const detail = `${problem.vms[other].id} of its affinity group cannot end in one domain with it there`
        wish.refusals.set(node, { reason: 'affinity', detail })
        return false
      })
      if (kept.length < wish.choices.length) changed = true
      wish.choices = kept
    }
  }
  return changed
}

/** Is it open where the VM, for which there is no wish, ends? */
function isFree({ problem, mayStay }: Instance, alreadyThere: ReadonlySet<number>, vm: number): boolean {
  return mayStay[vm] === 1 || (problem.policy.allowMakeRoom && !alreadyThere.has(vm))
}

/** Another member of a VM's set that one of its anti-affinity groups keeps apart from it. */
interface Rival {
  /** Among the members. */
  place: number
  group: number
}

/** What one set asks of each node, read once for all its members. */
class AffinitySet {
  readonly #instance: Instance
  readonly #members: Int32Array
  readonly #placeOf = new Map<number, number>()
  /** [N] the first member, by its place, that cannot come there; −1: all can. */
  readonly #blocker: Int32Array
  /** By space: [N] what comes from elsewhere. */
  readonly #arriving: readonly Float64Array[]
  /** By space: [N] what the set takes there beside what is known to stay. */
  readonly #taken: readonly Float64Array[]
  /** Places of the first two members of each group. */
  readonly #ofGroup = new Map<number, number[]>()
  readonly #refusals = new Map<number, Refusal | undefined>()
  readonly #staying: Staying

  constructor(
    instance: Instance,
    request: Request,
    alreadyThere: ReadonlySet<number>,
    staying: Staying,
    index: number,
  ) {
    const { nodeCount, vmNode, spaces, vmGroups, affinitySets } = instance
    const { wishes, wishOf } = request
    this.#instance = instance
    this.#staying = staying
    this.#members = affinitySets[index]
    this.#blocker = new Int32Array(nodeCount).fill(-1)
    const whole = spaces.map(({ size }) => this.#members.reduce((sum, vm) => sum + size[vm], 0))
    this.#arriving = whole.map((all) => new Float64Array(nodeCount).fill(all))
    this.#taken = whole.map((all) => new Float64Array(nodeCount).fill(all))
    this.#members.forEach((vm, place) => {
      this.#placeOf.set(vm, place)
      const home = vmNode[vm]
      spaces.forEach(({ size }, s) => {
        this.#arriving[s][home] -= size[vm]
        if (staying.counted[vm] === 1) this.#taken[s][home] -= size[vm]
      })
      for (const group of vmGroups[vm]) {
        const places = this.#ofGroup.get(group)
        if (places === undefined) this.#ofGroup.set(group, [place])
        else if (places.length === 1) places.push(place)
      }
      // Of one that may only make room it is left open where it may go.
      const asked = wishOf[vm] >= 0
      if (!asked && isFree(instance, alreadyThere, vm)) return
      const comes = new Uint8Array(nodeCount)
      comes[home] = 1
      if (asked) for (const { node } of wishes[wishOf[vm]].choices) comes[node] = 1
      for (let node = 0; node < nodeCount; node++)
        if (comes[node] === 0 && this.#blocker[node] < 0) this.#blocker[node] = place
    })
  }

  rivalOf(vm: number): Rival | undefined {
    const own = this.#placeOf.get(vm)
    let nearest: Rival | undefined
    for (const group of this.#instance.vmGroups[vm]) {
      const place = this.#ofGroup.get(group)?.find((each) => each !== own)
      if (place !== undefined && (nearest === undefined || place < nearest.place)) nearest = { place, group }
    }
    return nearest
  }

  /** Why a member cannot go to the node, which is one of its choices, by the first member that is in the way. */
  refusal(rival: Rival | undefined, node: number): Refusal | undefined {
    const blocker = this.#blocker[node]
    if (rival !== undefined && (blocker < 0 || rival.place <= blocker)) {
      const { problem, groups } = this.#instance
      const other = problem.vms[this.#members[rival.place]].id
      return refuse(
        `its affinity group keeps it with ${other}, its group ${groups[rival.group]} apart from it`,
      )
    }
    if (!this.#refusals.has(node)) this.#refusals.set(node, this.#refusalOfAll(node))
    return this.#refusals.get(node)
  }

  #refusalOfAll(node: number): Refusal | undefined {
    const { problem, spaces } = this.#instance
    const target = problem.nodes[node].id
    const blocker = this.#blocker[node]
    if (blocker >= 0) {
      const other = problem.vms[this.#members[blocker]].id
      return refuse(`${other} of its affinity group cannot move to ${target} with it`)
    }
    const rest = 'for its affinity group, even once all that can leave has left'
    for (let s = 0; s < spaces.length; s++) {
      const missing = this.#taken[s][node] - (spaces[s].capacity[node] - this.#staying.used[s][node])
      if (this.#arriving[s][node] > 0 && missing > 0)
        return { ...lacks(spaces[s], target, missing, rest), reason: 'affinity' }
    }
    return undefined
  }
}

function refuse(detail: string): Refusal {
  return { reason: 'affinity', detail }
}
