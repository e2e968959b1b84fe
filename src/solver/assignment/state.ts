/**
 * An assignment of wishes to choices, kept incrementally: work and content of every node, anti-affinity counts, penalties and unplaced
 * weight, and what the makespan can be at best (each node's work around its windows). Affinity sets move as one: `admits` and `set` speak
 * of a wish with all that belong to it.
 */
import type { Instance } from '../../model/instance.js'
import { doneBy } from '../../model/intervals.js'
import { isInPlace } from '../../model/ways.js'
import type { NodeAvailability } from '../bounds/node-availability.js'
import { networkWorkOf, workOf } from '../schedule/resources.js'
import { SoftCounts } from '../wishes/soft-rules.js'
import type { Wish } from '../wishes/wishes.js'
import { Companions } from './companions.js'

/** What a wish, with its affinity set, held before a change: a choice, or one for each of the set. */
export type Held = number | Int32Array

/** Ticks that a choice would hold the whole of a network for. */
interface Crossing {
  network: number
  work: number
}

export class AssignmentState {
  readonly instance: Instance
  readonly wishes: readonly Wish[]
  /** [wishes] index into the wish's choices, −1 unplaced. */
  readonly chosen: Int32Array
  /** [N] slot-ticks of live work. */
  readonly work: Float64Array
  /** By network: ticks that it is held for as a whole. */
  readonly #networkWork: Float64Array
  /** By wish and choice. */
  readonly #crossings: (readonly Crossing[])[][] = []
  /** By space: [N] in use at the end. */
  readonly used: readonly Float64Array[]
  /** [N] least instant by which the node can have done its work, with its packing allowance. */
  readonly finish: Float64Array
  /** [N] ticks that packing was seen to lose on the node; added to `finish`. */
  readonly allowance: Float64Array
  unplacedWeight = 0
  /** Latest of the chosen choices' earliest ends; stale after the choice that had it was left. */
  #latestEnd = 0
  #latestEndStale = false
  readonly #earliestEnd: readonly Int32Array[]
  readonly #availability: NodeAvailability
  /** VMs of each group that end on each node: groups × N. */
  readonly #groupCount: Int32Array
  /** Those of them that come from elsewhere. */
  readonly #arrived: Int32Array
  /** By space: [N] what ends there and comes from elsewhere. */
  readonly #arrivedOf: readonly Float64Array[]
  /** By space: what a company brings, for `admits`. */
  readonly #brought: Float64Array
  readonly #companions: Companions
  /** Ticks for what is chosen, and for VMs that stay. */
  #penalty: number
  readonly #soft: SoftCounts

  /** @param earliestEnd by wish and choice: end of the choice were it alone, ticks. */
  constructor(
    instance: Instance,
    wishes: readonly Wish[],
    availability: NodeAvailability,
    earliestEnd: readonly Int32Array[],
  ) {
    this.instance = instance
    this.wishes = wishes
    this.chosen = new Int32Array(wishes.length).fill(-1)
    this.work = new Float64Array(instance.nodeCount)
    this.#networkWork = new Float64Array(instance.networks.length)
    this.used = instance.spaces.map(({ used }) => used.slice())
    this.finish = new Float64Array(instance.nodeCount)
    this.allowance = new Float64Array(instance.nodeCount)
    this.#earliestEnd = earliestEnd
    this.#availability = availability
    for (const wish of wishes) this.unplacedWeight += instance.vmWeight[wish.vm]
    this.#arrivedOf = instance.spaces.map(() => new Float64Array(instance.nodeCount))
    this.#brought = new Float64Array(instance.spaces.length)
    this.#companions = new Companions(instance, wishes)
    this.#penalty = instance.stayPenalty.reduce((sum, penalty) => sum + penalty, 0)
    this.#soft = new SoftCounts(instance, instance.vmNode)

    const { groups, groupPlaces, vmGroups } = instance
    this.#groupCount = new Int32Array(groups.length * instance.nodeCount)
    this.#arrived = new Int32Array(groups.length * instance.nodeCount)
    vmGroups.forEach((groups, vm) => {
      for (const g of groups) this.#groupCount[g * instance.nodeCount + groupPlaces[g][instance.vmNode[vm]]]++
    })
  }

  /** Ticks of cost besides the makespan. */
  get penalty(): number {
    return this.#penalty + this.#soft.penalty
  }

  /** Could wish w take choice c, with its affinity set, given where all others end? Its own present place counts as free. */
  admits(w: number, c: number): boolean {
    const { node, kind } = this.wishes[w].choices[c]
    if (isInPlace(kind) || node === this.placeOf(w)) return true
    const set = this.#companions.of(w)
    const { vm } = this.wishes[w]
    const scattered = this.#companions.isScattered(w)
    if (set === undefined || scattered) {
      const open = this.lacking(node, vm) < 0 && !this.groupBlocks(vm, node, this.placeOf(w))
      if (!open || !scattered) return open
      const before = this.held(w)
      const follows = this.#gather(w, c) && [...this.company(w)].every((member) => this.#mayEndThere(member))
      this.giveBack(w, before)
      return follows
    }
    if (!this.#companions.canMeet(w, node)) return false
    const { spaces } = this.instance
    this.#brought.fill(0)
    for (const member of set) {
      if (this.placeOf(member) === node) continue
      const { vm } = this.wishes[member]
      if (this.groupBlocks(vm, node, this.placeOf(member))) return false
      for (let s = 0; s < spaces.length; s++) this.#brought[s] += spaces[s].size[vm]
    }
    return spaces.every((_, s) => this.#hasRoom(s, node, this.#brought[s]))
  }

  /** One that another of its groups has come to cannot stay, and one that has moved shares its place with none. */
  #mayEndThere(w: number): boolean {
    const { vm } = this.wishes[w]
    const node = this.placeOf(w)
    if (node !== this.instance.vmNode[vm]) return !this.groupShared(vm, node)
    return this.overfull(node) < 0 && !this.groupArrivedAtHome(vm)
  }

  /** What takes nothing of a space finds room even where that is used up. */
  #hasRoom(space: number, node: number, size: number): boolean {
    return size === 0 || this.used[space][node] + size <= this.instance.spaces[space].capacity[node]
  }

  /** The first space of which the node has too little left for the VM, which ends elsewhere; −1: none. */
  lacking(node: number, vm: number): number {
    const { spaces } = this.instance
    for (let s = 0; s < spaces.length; s++) if (!this.#hasRoom(s, node, spaces[s].size[vm])) return s
    return -1
  }

  /** The first space of which the node has too little for what has arrived, −1: none. What it holds by itself is no fault. */
  overfull(node: number): number {
    const { spaces } = this.instance
    for (let s = 0; s < spaces.length; s++)
      if (this.used[s][node] > spaces[s].capacity[node] && this.#arrivedOf[s][node] > 0) return s
    return -1
  }

  /** Can all VMs of the wish's affinity set be on the node, as far as their choices go? */
  canMeet(w: number, node: number): boolean {
    return this.#companions.canMeet(w, node)
  }

  /** Do the two wishes move, or stay, as one? */
  together(a: number, b: number): boolean {
    return this.#companions.together(a, b)
  }

  /** Wishes that move or stay with wish w: itself, or its whole affinity set. */
  company(w: number): Iterable<number> {
    return this.#companions.of(w) ?? [w]
  }

  /** How many wishes that are. */
  companySize(w: number): number {
    return this.#companions.of(w)?.length ?? 1
  }

  /** What the wish and its affinity set have now, for `giveBack`. */
  held(w: number): Held {
    return this.#companions.of(w)?.map((member) => this.chosen[member]) ?? this.chosen[w]
  }

  /** Undoes changes of the wish and its affinity set since `held`. */
  giveBack(w: number, held: Held): void {
    if (typeof held === 'number') this.#set(w, held)
    else {
      this.#companions.of(w)?.forEach((member, i) => {
        this.#set(member, held[i])
      })
    }
  }

  /** Is it a group, not a lack of room, that keeps the VM off the node? It ends elsewhere, on `now`. */
  groupBlocks(vm: number, node: number, now: number): boolean {
    const { vmGroups, groupPlaces, nodeCount } = this.instance
    return vmGroups[vm].some((g) => {
      const place = groupPlaces[g][node]
      // In the domain where it ends now it is one of those that are counted.
      return this.#groupCount[g * nodeCount + place] > (groupPlaces[g][now] === place ? 1 : 0)
    })
  }

  /** Does the VM, which ends on the node, share its place with another of one of its groups? */
  groupShared(vm: number, node: number): boolean {
    const { vmGroups, groupPlaces, nodeCount } = this.instance
    return vmGroups[vm].some((g) => this.#groupCount[g * nodeCount + groupPlaces[g][node]] > 1)
  }

  /** Has one of the VM's groups arrived on the node where the VM is now? It could not stay there. */
  groupArrivedAtHome(vm: number): boolean {
    const { vmGroups, groupPlaces, vmNode, nodeCount } = this.instance
    return vmGroups[vm].some((g) => this.#arrived[g * nodeCount + groupPlaces[g][vmNode[vm]]] > 0)
  }

  /** Node where the wish's VM ends as things stand. */
  placeOf(w: number): number {
    const c = this.chosen[w]
    return c < 0 ? this.instance.vmNode[this.wishes[w].vm] : this.wishes[w].choices[c].node
  }

  /**
   * Takes choice c for wish w (−1: leaves it unplaced). Its affinity set comes along, each member by its cheapest choice there unless it
   * is there already; where one cannot, all of them stay at home, and so they do with −1, or where w is handled in place. Does not ask
   * `admits`.
   */
  set(w: number, c: number): void {
    const set = this.#companions.of(w)
    if (this.chosen[w] === c) return
    const { vm, choices } = this.wishes[w]
    const node = c < 0 ? this.instance.vmNode[vm] : choices[c].node
    if (set === undefined || node === this.placeOf(w)) {
      this.#set(w, c)
      return
    }
    if (this.#companions.isScattered(w)) {
      if (this.#gather(w, c)) return
      for (const member of set) this.#set(member, -1)
      if (c < 0 || isInPlace(choices[c].kind)) this.#set(w, c)
      return
    }
    const atHome = c < 0 || isInPlace(choices[c].kind)
    if (atHome || !this.#companions.canMeet(w, node)) {
      for (const member of set) this.#set(member, -1)
      if (atHome) this.#set(w, c)
      return
    }
    this.#set(w, c)
    for (const member of set) {
      if (this.placeOf(member) === node) continue
      this.#set(member, this.#companions.choiceOf(w, member, node) ?? -1)
    }
  }

  /** Takes choice c for wish w, and for all that are tied to it by domains, and end elsewhere, the cheapest that lets them end with it. False: one cannot. */
  #gather(w: number, c: number): boolean {
    const { vmNode, affinitySets, affinityOf, domainSets, domainSetsOf } = this.instance
    const before = this.placeOf(w)
    this.#set(w, c)
    // What stays where it was has moved nobody.
    if (this.placeOf(w) === before && before === vmNode[this.wishes[w].vm]) return true
    const decided = new Set([w])
    for (const mover of decided) {
      const { vm } = this.wishes[mover]
      const node = this.placeOf(mover)
      const near = affinityOf[vm] < 0 ? [] : [{ vms: affinitySets[affinityOf[vm]], places: undefined }]
      for (const { vms, places } of [...near, ...[...domainSetsOf[vm]].map((d) => domainSets[d])]) {
        const isThere = (end: number) => (places === undefined ? end === node : places[end] === places[node])
        for (const other of vms) {
          const o = this.#companions.wishOf(other)
          if (isThere(o < 0 ? vmNode[other] : this.placeOf(o))) continue
          if (o < 0 || decided.has(o) || !this.#follow(o, isThere)) return false
          decided.add(o)
        }
      }
    }
    return true
  }

  /** Takes the cheapest choice that leads to such a node, or the wish's own node where that is one; false: none does. */
  #follow(w: number, isThere: (node: number) => boolean): boolean {
    const { vm, choices } = this.wishes[w]
    const now = this.placeOf(w)
    let best = -1
    choices.forEach(({ node, kind, penalty, duration }, c) => {
      if (isInPlace(kind) || !isThere(node) || this.lacking(node, vm) >= 0 || this.groupBlocks(vm, node, now))
        return
      if (best < 0 || penalty + duration < choices[best].penalty + choices[best].duration) best = c
    })
    if (best < 0 && !isThere(this.instance.vmNode[vm])) return false
    this.#set(w, best)
    return true
  }

  #set(w: number, c: number): void {
    const before = this.chosen[w]
    if (before === c) return
    if (before >= 0) {
      this.#apply(w, before, -1)
      if (this.#earliestEnd[w][before] >= this.#latestEnd) this.#latestEndStale = true
    }
    if (c >= 0) {
      this.#apply(w, c, 1)
      if (this.#earliestEnd[w][c] > this.#latestEnd) this.#latestEnd = this.#earliestEnd[w][c]
    }
    this.chosen[w] = c
  }

  #apply(w: number, c: number, sign: 1 | -1): void {
    const { vm, choices } = this.wishes[w]
    const { instance } = this
    const { node, kind, penalty } = choices[c]
    const from = instance.vmNode[vm]
    const inPlace = isInPlace(kind)
    this.#penalty += sign * (penalty - instance.stayPenalty[vm])
    this.unplacedWeight -= sign * instance.vmWeight[vm]
    for (let s = 0; s < instance.spaces.length; s++) {
      const { size, heldInAnyState } = instance.spaces[s]
      if (!inPlace || !heldInAnyState) this.used[s][from] -= sign * size[vm]
      if (inPlace) continue
      this.used[s][node] += sign * size[vm]
      this.#arrivedOf[s][node] += sign * size[vm]
    }
    if (inPlace) return
    for (const g of instance.vmGroups[vm]) {
      const row = g * instance.nodeCount
      const places = instance.groupPlaces[g]
      this.#groupCount[row + places[from]] -= sign
      this.#groupCount[row + places[node]] += sign
      this.#arrived[row + places[node]] += sign
    }
    if (sign > 0) this.#soft.move(vm, from, node)
    else this.#soft.move(vm, node, from)
    if (kind === 'live') {
      const { atSource, atTarget } = workOf(choices[c])
      this.work[from] += sign * atSource
      this.work[node] += sign * atTarget
      this.#refresh(from)
      this.#refresh(node)
      if (instance.networks.length > 0)
        for (const { network, work } of this.#crossingsOf(w, c)) this.#networkWork[network] += sign * work
    }
  }

  /** What a choice takes of each network that it crosses: worked out once, for the search tries it again and again. */
  #crossingsOf(w: number, c: number): readonly Crossing[] {
    this.#crossings[w] ??= []
    let known = this.#crossings[w][c]
    if (known === undefined) {
      const { vm, choices } = this.wishes[w]
      const migration = { ...choices[c], from: this.instance.vmNode[vm], to: choices[c].node }
      known = this.instance.networks.flatMap((each, network) => {
        const work = networkWorkOf(each, migration)
        return work > 0 ? [{ network, work }] : []
      })
      this.#crossings[w][c] = known
    }
    return known
  }

  #refresh(n: number): void {
    this.finish[n] = this.work[n] === 0 ? 0 : this.#availability.earliest(n, this.work[n]) + this.allowance[n]
  }

  /** Sets what packing loses on a node. */
  allow(n: number, ticks: number): void {
    this.allowance[n] = ticks
    this.#refresh(n)
  }

  /** Ticks: no schedule of this assignment ends earlier (allowances apart): the nodes' work, and each choice by itself. */
  makespan(): number {
    let latest = this.#latestSingleEnd()
    for (let n = 0; n < this.finish.length; n++) if (this.finish[n] > latest) latest = this.finish[n]
    return Math.max(latest, this.#networkFinish())
  }

  /** Least instant by which what crosses a network can have done so. */
  #networkFinish(): number {
    const { clusterWindows } = this.instance
    let latest = 0
    for (const work of this.#networkWork)
      latest = Math.max(latest, doneBy(clusterWindows, 0, Math.floor(work)))
    return latest
  }

  #latestSingleEnd(): number {
    if (this.#latestEndStale) {
      this.#latestEndStale = false
      this.#latestEnd = 0
      for (let w = 0; w < this.chosen.length; w++) {
        const c = this.chosen[w]
        if (c >= 0 && this.#earliestEnd[w][c] > this.#latestEnd) this.#latestEnd = this.#earliestEnd[w][c]
      }
    }
    return this.#latestEnd
  }

  /** When choice c of wish w would end were it alone, ticks. */
  earliestEnd(w: number, c: number): number {
    return this.#earliestEnd[w][c]
  }
}
