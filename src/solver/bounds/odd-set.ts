/**
 * Odd sets: a migration between two nodes of a set S holds one slot of each, so at most ⌊Σ slots(S) / 2⌋ of them run at once, and no
 * more than the slots of all nodes of S but any one. No plan ends before that capacity, integrated over the time in which the nodes of
 * S are open, holds the work that stays inside S (the blossom inequality of fractional edge colouring: Edmonds 1965, Seymour 1979).
 *
 * The matching LP knows all sets at once, but not on large clusters and not for plans that leave VMs unplaced. Here sets are looked for:
 * every one of few nodes, else pairs and triangles with little time to spare, grown greedily, and the whole set with the idlest
 * nodes peeled off. Which sets are found decides how strong the bound is, never whether it holds.
 */
import type { Instance, Intervals } from '../../model/instance.js'
import { freeTimeBefore, intersectIntervals, NO_INTERVALS } from '../../model/intervals.js'
import { pairsOf } from '../schedule/resources.js'
import type { ForbiddenIntervals } from '../wishes/forbidden.js'
import type { Wish } from '../wishes/wish.js'
import { isBipartite } from './bipartite.js'
import { removableValue } from './knapsack.js'
import { closeShortGaps } from './node-availability.js'
import type { BoundParameters } from './parameters.js'

export interface OddSetBound {
  /** Ticks, at least `known`. */
  makespan: number
  /** Indices of the set that decides, ascending; empty: none raised the bound. */
  nodes: number[]
}

/** Wishes with live choices only whose migrations stay among the same nodes whatever is chosen. */
export interface OddSetGroup {
  /** Source and possible targets. */
  ends: number[]
  /** By wish: ticks of its shortest choice, times the pairs of slots that it takes, and its weight. */
  durations: number[]
  weights: number[]
  /** Pairs of slots that its migrations can hold at once, were all as wide as they may be. */
  atOnce: number
  /** Sum of the durations. */
  work: number
  /** Closed to every member, whatever is chosen. */
  closed: Intervals
}

/**
 * Makespan bound of the sets that are found. Holds for plans that leave at most `spareWeight` of the wishes unplaced and send none by
 * way of a parking node, which may lie outside the set.
 *
 * @param groups of the wishes with a choice that were asked for.
 * @param known a bound that holds already, ticks, at least that of the busiest node: sets that cannot raise it are passed over.
 */
export function oddSetBound(
  instance: Instance,
  groups: readonly OddSetGroup[],
  spareWeight: number,
  known: number,
  parameters: BoundParameters,
): OddSetBound {
  if (groups.length === 0 || known >= instance.horizon) return { makespan: known, nodes: [] }
  return new OddSetSearch(instance, groups, spareWeight, known, parameters).find()
}

/**
 * Without windows and odd cycles, with one slot a node and nothing left unplaced, no set says more than its busiest node: what lies inside goes
 * through the nodes of its smaller side, and these are at most half of it. (A node may have more slots than migrations to fill them.)
 */
export function loadsSayAsMuch(instance: Instance, groups: readonly OddSetGroup[]): boolean {
  const { clusterWindows, nodeWindows, nodeSlots } = instance
  if (clusterWindows.length > 0) return false
  const isPlain = (n: number) => nodeWindows[n].length === 0 && nodeSlots[n] === 1
  const plain = groups.every(
    ({ ends, closed }) => ends.length === 2 && closed.length === 0 && ends.every(isPlain),
  )
  return plain && isBipartite(groups.map(({ ends }) => ({ from: ends[0], to: ends[1] })))
}

/** Nodes that a set is named by. */
const MOST_NAMED = 13

/** As `odd-set A+B+C`; large sets by their size. */
export function oddSetName(instance: Instance, nodes: readonly number[]): string {
  if (nodes.length > MOST_NAMED) return `odd-set of ${nodes.length} nodes`
  return `odd-set ${nodes.map((n) => instance.problem.nodes[n].id).join('+')}`
}

/** @param wishes those with a choice that were asked for. */
export function oddSetGroups(
  instance: Instance,
  forbidden: ForbiddenIntervals,
  wishes: readonly Wish[],
  { oddSetMostGrown }: BoundParameters,
): OddSetGroup[] {
  // Most wishes have two ends: a number is a quicker key for them than a text.
  const groups = new Map<number | string, OddSetGroup>()
  for (const { vm, choices } of wishes) {
    const from = instance.vmNode[vm]
    const ends = new Set([from])
    let duration = Number.POSITIVE_INFINITY
    let atOnce = 1
    for (const choice of choices) {
      ends.add(choice.node)
      duration = Math.min(duration, choice.kind === 'live' ? choice.duration * pairsOf(choice) : 0)
      atOnce = Math.max(atOnce, pairsOf(choice))
      if (duration === 0 || ends.size > oddSetMostGrown) break
    }
    if (duration === 0 || ends.size > oddSetMostGrown) continue
    let closed = closeShortGaps(forbidden.of(vm, from, choices[0].node), choices[0].duration)
    for (let c = 1; c < choices.length && closed.length > 0; c++) {
      const { node, duration } = choices[c]
      closed = intersectIntervals(closed, closeShortGaps(forbidden.of(vm, from, node), duration))
    }
    const sorted = [...ends].sort((a, b) => a - b)
    const key = sorted.length === 2 ? sorted[0] * instance.nodeCount + sorted[1] : sorted.join()
    const group = groups.get(key)
    if (group === undefined) {
      const weights = [instance.vmWeight[vm]]
      groups.set(key, { ends: sorted, durations: [duration], weights, atOnce, work: duration, closed })
    } else {
      group.durations.push(duration)
      group.weights.push(instance.vmWeight[vm])
      group.atOnce += atOnce
      group.work += duration
      if (group.closed !== closed) group.closed = intersectIntervals(group.closed, closed)
    }
  }
  return [...groups.values()]
}

/** A set of nodes that knows the work inside it, and what each node adds to it or takes from it. */
class InnerSet {
  readonly nodes = new Set<number>()
  /** Ticks of the groups that lie inside. */
  work = 0
  /** [N] ticks that lie inside with the node and would not without it. */
  readonly gain: Float64Array
  /** [groups] ends that are not in the set. */
  readonly missing: Int32Array
  readonly #groups: readonly OddSetGroup[]
  readonly groupsAt: readonly number[][]

  constructor(groups: readonly OddSetGroup[], groupsAt: readonly number[][]) {
    this.#groups = groups
    this.groupsAt = groupsAt
    this.gain = new Float64Array(groupsAt.length)
    this.missing = Int32Array.from(groups, (g) => g.ends.length)
  }

  add(node: number): void {
    this.nodes.add(node)
    for (const g of this.groupsAt[node]) {
      const { work } = this.#groups[g]
      const left = --this.missing[g]
      if (left === 0) this.work += work
      this.#credit(g, node, left, work)
    }
  }

  remove(node: number): void {
    this.nodes.delete(node)
    for (const g of this.groupsAt[node]) {
      const { work } = this.#groups[g]
      const left = this.missing[g]++
      if (left === 0) this.work -= work
      this.#credit(g, node, left, -work)
    }
  }

  clear(): void {
    for (const node of [...this.nodes]) this.remove(node)
  }

  /** With `left` ends missing beside `node`: all other ends inside depend on it, or the one that is missing does. */
  #credit(g: number, node: number, left: number, work: number): void {
    if (left > 1) return
    for (const end of this.#groups[g].ends) {
      if (end !== node && (left === 0 || !this.nodes.has(end))) this.gain[end] += work
    }
  }
}

class OddSetSearch {
  readonly #instance: Instance
  readonly #groups: readonly OddSetGroup[]
  readonly #spareWeight: number
  /** [N] slots that the node can have in use at once. */
  readonly #slots: Int32Array
  /** [N] closed to every group of the node. */
  readonly #closed: Intervals[]
  /** [N] slot-ticks that the node has before the best bound. */
  readonly #free: Float64Array
  readonly #set: InnerSet
  readonly #parameters: BoundParameters
  #best: OddSetBound
  #steps = 0

  constructor(
    instance: Instance,
    groups: readonly OddSetGroup[],
    spareWeight: number,
    known: number,
    parameters: BoundParameters,
  ) {
    this.#parameters = parameters
    this.#instance = instance
    this.#groups = groups
    this.#spareWeight = spareWeight
    const groupsAt: number[][] = Array.from({ length: instance.nodeCount }, () => [])
    this.#slots = new Int32Array(instance.nodeCount)
    groups.forEach(({ ends, atOnce }, g) => {
      for (const n of ends) {
        groupsAt[n].push(g)
        this.#slots[n] = Math.min(this.#slots[n] + atOnce, instance.nodeSlots[n])
      }
    })
    this.#closed = groupsAt.map((list) => {
      if (list.length === 0) return NO_INTERVALS
      return list.map((g) => groups[g].closed).reduce(intersectIntervals)
    })
    this.#set = new InnerSet(groups, groupsAt)
    this.#free = new Float64Array(instance.nodeCount)
    this.#best = { makespan: known, nodes: [] }
    this.#measure()
  }

  find(): OddSetBound {
    const nodes = this.#within()
    if (nodes.length <= this.#parameters.oddSetEnumeratedNodes) this.#enumerate(nodes)
    else {
      this.#peel(nodes)
      this.#growFromPairs()
    }
    return this.#best
  }

  /** Slot-ticks of every node before the best bound. */
  #measure(): void {
    const { makespan } = this.#best
    for (let n = 0; n < this.#free.length; n++) {
      if (this.#slots[n] === 0) continue
      this.#free[n] = this.#slots[n] * freeTimeBefore(this.#closed[n], makespan)
    }
  }

  /**
   * Nodes that a set of three or more can have without being bound to fail: in a set that beats the bound T, what the nodes have to spare
   * before T is less than T altogether, as the capacity loses at most half a slot at a time to being whole.
   */
  #within(): number[] {
    const { groupsAt } = this.#set
    const spare: { node: number; ticks: number }[] = []
    let owed = 0
    groupsAt.forEach((list, node) => {
      if (list.length === 0) return
      const ticks = this.#free[node] - list.reduce((sum, g) => sum + this.#groups[g].work, 0)
      spare.push({ node, ticks })
      owed += Math.min(0, ticks)
    })
    spare.sort((a, b) => a.ticks - b.ticks || a.node - b.node)
    const two = spare.slice(0, 2).reduce((sum, s) => sum + Math.max(0, s.ticks), 0)
    return spare
      .filter((s, i) => i < 2 || s.ticks + owed + two < this.#best.makespan)
      .map((s) => s.node)
      .sort((a, b) => a - b)
  }

  /** All sets, each from the one before by one node (Gray code). */
  #enumerate(nodes: readonly number[]): void {
    for (let i = 1; i < 1 << nodes.length; i++) {
      const node = nodes[31 - Math.clz32(i & -i)]
      if (this.#set.nodes.has(node)) this.#set.remove(node)
      else this.#set.add(node)
      this.#test()
    }
    this.#set.clear()
  }

  /** From all nodes, off goes the one that has the most to spare inside what is left. */
  #peel(nodes: readonly number[]): void {
    const set = this.#set
    for (const node of nodes) set.add(node)
    while (set.nodes.size > 2 && this.#steps < this.#parameters.oddSetSteps / 2) {
      this.#test()
      let idlest = -1
      let most = Number.NEGATIVE_INFINITY
      for (const node of set.nodes) {
        const ticks = this.#free[node] - 2 * set.gain[node]
        if (ticks > most) {
          most = ticks
          idlest = node
        }
      }
      this.#steps += set.nodes.size + set.groupsAt[idlest].length
      set.remove(idlest)
    }
    set.clear()
  }

  #growFromPairs(): void {
    const { oddSetMostGrown, oddSetSteps, oddSetThirds } = this.#parameters
    const free = this.#free
    // A set of k nodes beats the bound only with a pair in it that does about 1/k of what a node has time for.
    const pairs = this.#groups.filter(({ ends, work }) => {
      return ends.length === 2 && 2 * oddSetMostGrown * work >= Math.min(free[ends[0]], free[ends[1]])
    })
    const slack = ({ ends: [a, b], work }: OddSetGroup) => free[a] + free[b] - 2 * work
    pairs.sort((a, b) => slack(a) - slack(b) || a.ends[0] - b.ends[0] || a.ends[1] - b.ends[1])
    for (const { ends } of pairs) {
      if (this.#steps >= oddSetSteps) return
      for (const n of ends) this.#set.add(n)
      this.#test()
      for (const third of this.#bestToAdd(oddSetThirds)) {
        this.#set.add(third)
        this.#grow()
        for (const n of [...this.#set.nodes].slice(2)) this.#set.remove(n)
      }
      this.#set.clear()
    }
  }

  /** Adds the node that costs the set the least of what it has to spare, until there is no hope in it. */
  #grow(): void {
    const set = this.#set
    for (;;) {
      const spare = this.#test()
      if (set.nodes.size >= this.#parameters.oddSetMostGrown || spare > 2 * this.#best.makespan) return
      const [next] = this.#bestToAdd(1)
      if (next === undefined) return
      set.add(next)
    }
  }

  /** Nodes that share work with the set, the one that takes the least of what it has to spare first. */
  #bestToAdd(count: number): number[] {
    const { gain, nodes: taken, groupsAt } = this.#set
    const best: number[] = []
    const cost = (n: number) => this.#free[n] - 2 * gain[n]
    const offer = (n: number) => {
      if (gain[n] === 0 || taken.has(n) || best.includes(n)) return
      if (best.length === count && cost(n) >= cost(best[count - 1])) return
      let at = best.length
      while (at > 0 && cost(n) < cost(best[at - 1])) at--
      best.splice(at, 0, n)
      best.length = Math.min(best.length, count)
    }
    for (const member of taken) {
      for (const g of groupsAt[member]) for (const n of this.#groups[g].ends) offer(n)
      this.#steps += 2 * groupsAt[member].length
    }
    return best
  }

  /** Raises the bound where the set does. Returns the slot-ticks that it has to spare before the bound. */
  #test(): number {
    const set = this.#set
    const { makespan } = this.#best
    let spare = -2 * set.work
    for (const n of set.nodes) spare += this.#free[n]
    this.#steps += set.nodes.size
    if (set.work === 0 || spare >= makespan) return spare
    const bound = this.#boundOf()
    if (bound > makespan) {
      this.#best = { makespan: bound, nodes: [...set.nodes].sort((a, b) => a - b) }
      this.#measure()
    }
    return spare
  }

  #boundOf(): number {
    const { nodes, missing, groupsAt } = this.#set
    const inside = new Set<number>()
    for (const n of nodes) for (const g of groupsAt[n]) if (missing[g] === 0) inside.add(g)
    const closed = new Map<number, Intervals>()
    const count = new Map<number, number>()
    const durations: number[] = []
    const weights: number[] = []
    for (const g of inside) {
      const group = this.#groups[g]
      for (const n of group.ends) {
        const before = closed.get(n)
        closed.set(n, before === undefined ? group.closed : intersectIntervals(before, group.closed))
        count.set(n, (count.get(n) ?? 0) + group.atOnce)
      }
      if (this.#spareWeight > 0) {
        for (const d of group.durations) durations.push(d)
        for (const w of group.weights) weights.push(w)
      }
      this.#steps += group.ends.length + group.durations.length
    }
    // A fraction of a tick that the knapsack left is not worth one of the bound.
    const removable = removableValue(durations, weights, this.#spareWeight)
    const work = removable === 0 ? this.#set.work : Math.ceil(this.#set.work - removable - 1e-6)
    const ends = [...closed].map(([n, list]) => ({
      slots: Math.min(this.#instance.nodeSlots[n], count.get(n) ?? 0),
      closed: list,
    }))
    return leastTime(ends, work, this.#instance.horizon)
  }
}

/**
 * The least T by which migrations among these nodes can do `work`; the horizon where they cannot by then. All are integers below 2^53:
 * exact.
 */
function leastTime(
  ends: readonly { slots: number; closed: Intervals }[],
  work: number,
  horizon: number,
): number {
  if (work <= 0) return 0
  const slots = ends.map((e) => e.slots)
  const events: { at: number; end: number; slots: number }[] = []
  ends.forEach(({ closed, slots }, end) => {
    for (let i = 0; i < closed.length; i++)
      events.push({ at: closed[i], end, slots: i % 2 === 0 ? 0 : slots })
  })
  events.sort((a, b) => a.at - b.at)
  let now = 0
  let left = work
  for (let i = 0; ; ) {
    while (i < events.length && events[i].at <= now) slots[events[i].end] = events[i++].slots
    let sum = 0
    let most = 0
    for (const s of slots) {
      sum += s
      if (s > most) most = s
    }
    const atOnce = Math.min(sum >> 1, sum - most)
    const until = i < events.length ? events[i].at : horizon
    const done = atOnce * (until - now)
    if (done >= left) return Math.min(horizon, now + Math.ceil(left / atOnce))
    if (i >= events.length) return horizon
    left -= done
    now = until
  }
}
