/**
 * A night of maintenance, compiled: what is fixed about works, VMs and nodes, in arrays. N nodes, V VMs.
 */

import { preferencePenalty } from '../../model/compile.js'
import { ONE_SLOT, type Slots } from '../../model/duration.js'
import type { Instance, Intervals } from '../../model/instance.js'
import { firstGap, mergeIntervals, NO_INTERVALS, unionIntervals } from '../../model/intervals.js'
import type { ResolvedWork } from '../../model/problem.js'
import { durationToTicks, penaltyToTicks, windowStartToTicks } from '../../model/ticks.js'
import { crewsByMemory, memoryOf } from '../bounds/night/memory.js'
import type { Compatibility } from '../wishes/compatibility.js'
import type { ForbiddenIntervals } from '../wishes/forbidden.js'
import { softGroupPenalty } from '../wishes/soft-rules.js'
import { EndGroups } from './end-groups.js'
import type { Failures } from './failures.js'
import { Links } from './links.js'
import { CARRY, LEAVES, LIVE, RESTART, RESTS, ROAMS, STAYS, STOP, Ways } from './ways.js'

export { LEAVES, RESTS, ROAMS, STAYS } from './ways.js'

const RANK = { first: 0, any: 1, last: 2 }

export class Night {
  readonly instance: Instance
  readonly nodes: number
  readonly vms: number
  /** Nodes to be worked on, in the order asked. */
  readonly worked: Int32Array
  /** [N] index into the problem's works, −1 none. */
  readonly workOf: Int32Array
  /** [N] ticks; 0 where there is no work. */
  readonly workTicks: Int32Array
  readonly earliest: Float64Array
  readonly latest: Float64Array
  readonly settle: Float64Array
  /** [N] 0 first, 1 any, 2 last. */
  readonly rank: Uint8Array
  /** [N] 1: its VMs are saved. */
  readonly saves: Uint8Array
  /** [N] nodes whose works go before. */
  readonly after: readonly (readonly number[])[]
  /** [N] nodes that are never worked on together with it. */
  readonly apart: readonly ReadonlySet<number>[]
  /** [N] priority + 1 of the work. */
  readonly weight: Float64Array
  /** [N] when no work may be under way. */
  readonly workClosed: readonly Intervals[]
  readonly ways: Ways
  /** [V] STAYS, ROAMS, RESTS, LEAVES. */
  readonly role: Uint8Array
  /** [V] node to which it returns. */
  readonly home: Int32Array
  /** Some VM that roams begins away from its home. */
  readonly displaced: boolean
  /** [V] the targets of one that leaves; undefined: any. */
  readonly goals: (readonly number[] | undefined)[]
  /** [V × N] 1: it may run there, as far as CPU and owners go, before the node's work; 2: and as a return home only. */
  readonly #may: Uint8Array
  /** [V × N] the same after the node's work. */
  readonly #mayAfter: Uint8Array
  /** [V × N] the same, whatever the CPU. */
  readonly #place: Uint8Array
  readonly #placeAfter: Uint8Array
  /** [V × vendors] features that a restart loses. */
  readonly #lost: Uint16Array
  /** How migrations use the links. */
  readonly links: Links
  readonly #closed: (Intervals | undefined)[]
  /** [V] ticks of a migration of it, or of its saving; 0: it stays. */
  readonly usual: Float64Array
  /** [N] KiB that a node may hold when something arrives, and holds at the start. */
  readonly capacity: Float64Array
  readonly held: Float64Array
  /** [N] KiB of memory, with the reserve. */
  readonly size: Float64Array
  readonly ends: EndGroups
  readonly failures: Failures
  /** [V] its home, also where nothing returns. */
  readonly #homeAsked: Int32Array
  /** By group: places where a VM of it is for good. */
  readonly #taken: readonly ReadonlySet<number>[]
  /** More than all that may be left undone weighs: what is worse than any plan. */
  readonly allWeight: number
  readonly returnHome: boolean
  /** Works at once that the policy allows, … */
  readonly allowed: number
  /** … and that memory admits by its sum as well: no plan has more. */
  readonly crews: number

  /** Migrations take all slots of both ends, or one. */
  readonly wide: boolean
  /** [N] migrations that a node carries at once. */
  readonly lanes: Int32Array

  /** @param wide every migration takes all slots of both ends; else one */
  constructor(
    instance: Instance,
    compatibility: Compatibility,
    forbidden: ForbiddenIntervals,
    wide: boolean,
    failures: Failures,
  ) {
    this.failures = failures
    this.instance = instance
    this.wide = wide
    this.lanes = wide ? new Int32Array(instance.nodeCount).fill(1) : instance.nodeSlots
    const { problem, nodeCount, vmCount, nodeIndex, horizon } = instance
    const works = problem.works ?? []
    this.nodes = nodeCount
    this.vms = vmCount
    this.returnHome = problem.policy.returnHome
    this.allowed = problem.policy.maintenanceAtOnce
    const at = (id: string) => nodeIndex.get(id)!
    this.worked = Int32Array.from(works, ({ node }) => at(node))
    this.workOf = new Int32Array(nodeCount).fill(-1)
    this.worked.forEach((n, w) => {
      this.workOf[n] = w
    })
    const workAt = <T>(read: (work: ResolvedWork) => T, otherwise: T): T[] =>
      Array.from(this.workOf, (w) => (w < 0 ? otherwise : read(works[w])))
    this.workTicks = Int32Array.from(
      workAt((w) => Math.min(durationToTicks(w.durationSeconds), horizon + 1), 0),
    )
    this.earliest = Float64Array.from(workAt((w) => durationToTicks(w.earliestStartSeconds), 0))
    this.latest = Float64Array.from(
      workAt((w) => Math.min(horizon, windowStartToTicks(w.latestEndSeconds)), horizon),
    )
    this.settle = Float64Array.from(workAt((w) => durationToTicks(w.settleSeconds), 0))
    this.rank = Uint8Array.from(workAt((w) => RANK[w.position], 1))
    this.saves = Uint8Array.from(workAt((w) => (w.mode === 'save' ? 1 : 0), 0))
    this.after = workAt<number[]>((w) => w.after.map(at), [])
    this.weight = Float64Array.from(workAt((w) => w.priority + 1, 0))
    this.apart = this.#apartSets()
    this.workClosed = this.#workWindows()
    this.size = Float64Array.from(problem.nodes, ({ memoryMiB }) => Math.floor(memoryMiB * 1024 + 1e-6))
    this.ends = new EndGroups(instance)
    this.ways = new Ways(instance)
    this.role = this.ways.role
    this.goals = this.ways.goals
    this.home = Int32Array.from(problem.vms, ({ home }, v) =>
      problem.policy.returnHome ? at(home) : instance.vmNode[v],
    )
    this.#homeAsked = Int32Array.from(problem.vms, ({ home }) => at(home))
    this.displaced = this.home.some((n, v) => this.role[v] === ROAMS && n !== instance.vmNode[v])
    const stays = (v: number) => this.role[v] === STAYS || this.role[v] === RESTS
    this.#taken = this.ends.members.map(
      (vms, g) => new Set(vms.filter(stays).map((v) => instance.groupPlaces[g][instance.vmNode[v]])),
    )
    this.capacity = instance.spaces[0].capacity
    this.held = instance.spaces[0].used
    const weights = [...this.weight, ...instance.vmWeight.filter((_, v) => this.isAsked(v))]
    this.allWeight = weights.reduce((sum, weight) => sum + weight, 1)
    this.#may = new Uint8Array(vmCount * nodeCount)
    this.#mayAfter = new Uint8Array(vmCount * nodeCount)
    this.#place = new Uint8Array(vmCount * nodeCount)
    this.#placeAfter = new Uint8Array(vmCount * nodeCount)
    this.#lost = compatibility.lost
    this.#readTargets(compatibility)
    this.#given = new Set(instance.moves.flatMap(({ vm, given }) => (given === undefined ? [] : [vm])))
    this.links = new Links(instance, (v, from, to) => this.slotsOf(v, from, to))
    const memory = memoryOf(this)
    this.crews = Math.min(
      this.allowed,
      memory === undefined ? this.allowed : crewsByMemory(memory, this.worked),
    )
    this.usual = Float64Array.from(this.role, (role, v) => {
      const home = instance.vmNode[v]
      if (role === RESTS) return this.restTicks(v) * this.lanes[home]
      if (role === STAYS || nodeCount < 2) return 0
      if (this.ways.live[v] === 0) return this.ways.ticks(v, this.ways.carry[v] === 1 ? CARRY : RESTART)
      return this.ticks(v, home, home === 0 ? 1 : 0)
    })
    this.#closed = new Array(nodeCount * nodeCount).fill(undefined)
    this.#forbidden = forbidden
    const { policy, nodes } = problem
    this.#endings = problem.vms.map((vm) => {
      if (vm.offloads.length === 0 && vm.preferredNodes === undefined) return undefined
      return Float64Array.from(nodes, ({ id, offloads }) => {
        const lost = vm.offloads.filter((offload) => !offloads.includes(offload)).length
        return lost * instance.penalties.offload + penaltyToTicks(preferencePenalty(policy, vm, id))
      })
    })
  }

  readonly #endings: readonly (Float64Array | undefined)[]

  readonly #forbidden: ForbiddenIntervals
  /** VMs whose moves say how long they take. */
  readonly #given: ReadonlySet<number>

  #apartSets(): Set<number>[] {
    const { problem, nodeIndex, nodeCount } = this.instance
    const sets = Array.from({ length: nodeCount }, () => new Set<number>())
    const keepApart = (a: number, b: number) => {
      if (a !== b) sets[a].add(b)
    }
    for (const list of problem.notTogether)
      for (const a of list) for (const b of list) keepApart(nodeIndex.get(a)!, nodeIndex.get(b)!)
    const kind = problem.policy.maintenanceDomain
    if (kind === undefined) return sets
    const domains = problem.nodes.map(({ domains: of }, n) => of.get(kind) ?? n)
    for (const a of this.worked) for (const b of this.worked) if (domains[a] !== domains[b]) keepApart(a, b)
    return sets
  }

  #workWindows(): Intervals[] {
    const { problem, clusterWindows, nodeWindows, horizon } = this.instance
    const spans = (node: string | undefined) =>
      mergeIntervals(
        problem.noWorkWindows
          .filter((w) => w.node === node)
          .flatMap((w) => [windowStartToTicks(w.startSeconds), durationToTicks(w.endSeconds)]),
        horizon,
      )
    const cluster = unionIntervals(clusterWindows, spans(undefined))
    return problem.nodes.map(({ id }, n) =>
      this.workOf[n] < 0 ? NO_INTERVALS : unionIntervals(unionIntervals(cluster, nodeWindows[n]), spans(id)),
    )
  }

  #readTargets(compatibility: Compatibility): void {
    const { problem, vmNode, drained, nodeCount, features, maskWords, vmMask } = this.instance
    const bit = new Map(features.map((name, i) => [name, i]))
    const masks = problem.nodes.map((_, n) => {
      const after = this.workOf[n] < 0 ? undefined : problem.works![this.workOf[n]].featuresAfter
      if (after === undefined) return undefined
      const mask = new Uint32Array(maskWords)
      for (const name of after) {
        const i = bit.get(name)
        if (i !== undefined) mask[i >>> 5] |= 1 << (i & 31)
      }
      return mask
    })
    const sees = (v: number, mask: Uint32Array) => {
      for (let w = 0; w < maskWords; w++) if ((vmMask[v * maskWords + w] & ~mask[w]) !== 0) return false
      return true
    }
    for (let v = 0; v < this.vms; v++) {
      if (this.role[v] === STAYS || this.role[v] === RESTS) continue
      const vm = problem.vms[v]
      if (problem.nodes[vmNode[v]].state === 'down') continue
      for (let n = 0; n < nodeCount; n++) {
        const { id, state } = problem.nodes[n]
        if (drained[n] !== 0 || state === 'down') continue
        const home = this.returnHome && n === this.home[v]
        if (!home && vm.allowedNodes !== undefined && !vm.allowedNodes.has(id)) continue
        const owner = vm.allowedNodes === undefined || vm.allowedNodes.has(id) ? 1 : 2
        const runs = vm.state === 'off' || compatibility.runsOn(v, n)
        const opens = state === 'up' || this.workOf[n] >= 0
        if (state === 'up') this.#place[v * nodeCount + n] = owner
        if (opens) this.#placeAfter[v * nodeCount + n] = owner
        if (runs && state === 'up') this.#may[v * nodeCount + n] = owner
        const mask = masks[n]
        const after =
          mask === undefined ? runs : vm.state === 'off' || (compatibility.sameVendor(v, n) && sees(v, mask))
        if (after && opens) this.#mayAfter[v * nodeCount + n] = owner
      }
    }
  }

  /** May the VM run there, before or after the node's work, as far as CPU, owners and state go? 2: only because it is its home. */
  may(v: number, n: number, done: boolean): number {
    return done ? this.#mayAfter[v * this.nodes + n] : this.#may[v * this.nodes + n]
  }

  /** The same for one that is started there. */
  mayStart(v: number, n: number, done: boolean): number {
    return done ? this.#placeAfter[v * this.nodes + n] : this.#place[v * this.nodes + n]
  }

  /** The same for one that the night has started on a node of this vendor: it sees what all of them have. */
  mayOnceStarted(v: number, n: number, done: boolean, vendor: number): number {
    const { nodeVendor, problem, nodeMask, maskWords, features } = this.instance
    if (nodeVendor[n] !== vendor) return 0
    const after = done && this.workOf[n] >= 0 ? problem.works![this.workOf[n]].featuresAfter : undefined
    if (after !== undefined) {
      const all = features.filter((_, f) =>
        nodeVendor.every(
          (of, m) => of !== vendor || ((nodeMask[m * maskWords + (f >>> 5)] >>> (f & 31)) & 1) === 1,
        ),
      )
      if (all.some((feature) => !after.includes(feature))) return 0
    }
    return this.mayStart(v, n, done)
  }

  /** Does a move or a drain ask for it? */
  isAsked(v: number): boolean {
    if (this.role[v] === LEAVES || this.ways.wanted[v] !== undefined) return true
    return this.role[v] === RESTS && this.workOf[this.instance.vmNode[v]] < 0
  }

  /** Is it where its move, or the drain of its node, asks it to be? */
  isPlaced(v: number, at: number, rests: boolean): boolean {
    return this.ways.wanted[v]?.has(at) ?? (at !== this.instance.vmNode[v] || rests)
  }

  /** Ticks to put the VM to rest where it is. */
  restTicks(v: number): number {
    return this.ways.ticks(v, this.ways.rest[v])
  }

  /** Is its blackout on the way short enough? */
  admits(v: number, from: number, to: number): boolean {
    return this.links.admits(v, from, to)
  }

  /** Ticks of a migration, live or of the kind given. */
  ticks(v: number, from: number, to: number, kind = LIVE): number {
    return kind === LIVE ? this.links.ticks(v, from, to) : this.ways.ticks(v, kind)
  }

  /** Ticks of cost of a migration, live or of the kind given. */
  penalty(v: number, from: number, to: number, kind = LIVE): number {
    if (kind !== LIVE) {
      const { nodeVendor, vendors, penalties } = this.instance
      const lost =
        kind === RESTART ? this.#lost[v * vendors.length + nodeVendor[to]] * penalties.featureLoss : 0
      return this.ways.penalty(kind) + lost
    }
    const policy = penaltyToTicks(this.instance.problem.policy.migrationPenaltySeconds)
    return this.links.blackout(v, from, to) + policy
  }

  /** [N] ticks of cost for the VM to end there once it has moved: of what it prefers, and offloads that it loses. Undefined: none anywhere. */
  ending(v: number): Float64Array | undefined {
    return this.#endings[v]
  }

  /** Ticks of cost for where all VMs end. */
  endPenalty(at: Int32Array, moved: (v: number) => boolean): number {
    let sum = softGroupPenalty(this.instance, at)
    for (let v = 0; v < this.vms; v++) {
      const ending = this.#endings[v]
      if (ending !== undefined) sum += moved(v) ? ending[at[v]] : this.instance.stayPenalty[v]
    }
    return sum
  }

  /** The least that a migration of the VM between the node and any other takes of the node's slots, in ticks times slots. */
  content(v: number, n: number): number {
    // Only live migrations take slots.
    if (this.ways.plain[v] === 0 || this.ways.stops[v] === 1) return 0
    const home = this.instance.vmNode[v]
    let least = Number.POSITIVE_INFINITY
    for (let m = 0; m < this.nodes; m++)
      if (m !== n && (m === home || this.mayBe(v, m))) least = Math.min(least, this.links.content(v, n, m))
    return least
  }

  slotsOf(v: number, from: number, to: number): Slots {
    const { problem, nodeSlots } = this.instance
    if (!this.wide || problem.vms[v].state !== 'running' || this.#given.has(v)) return ONE_SLOT
    return { from: nodeSlots[from], to: nodeSlots[to] }
  }

  /** May it ever come to the node without a start: as far as CPU, owners and state go, and VMs that never leave? */
  mayBe(v: number, n: number): boolean {
    return (this.may(v, n, false) !== 0 || this.may(v, n, true) !== 0) && !this.#isBarred(v, n)
  }

  /** A VM of one of its hard groups is there for good, and where it was it is no return. */
  #isBarred(v: number, n: number): boolean {
    const { vmGroups, groupPlaces, vmNode } = this.instance
    return vmGroups[v].some((g) => {
      const places = groupPlaces[g]
      const returns = places[vmNode[v]] === places[n] || places[this.#homeAsked[v]] === places[n]
      return !returns && this.#taken[g].has(places[n])
    })
  }

  /** Can a VM that has left its home never come back once that has been worked on? */
  isBarredFromHome(v: number): boolean {
    const home = this.home[v]
    const { stops, restart } = this.ways
    if (stops[v] === 1 || this.may(v, home, true) !== 0) return false
    return restart[v] === 0 || this.mayStart(v, home, true) === 0
  }

  /** Is there a node to which the VM may migrate live from there, at any time? */
  goesLive(v: number, from: number): boolean {
    for (let n = 0; n < this.nodes; n++) {
      if (n === from || !this.mayBe(v, n)) continue
      if (this.links.least(v, from, n) < Number.POSITIVE_INFINITY) return true
    }
    return false
  }

  /** The least ticks that anything takes by which the VM no longer runs on the node, whatever it takes of links; infinity: there is nothing. */
  fastest(v: number, from: number): number {
    const { ways } = this
    let fastest = ways.rest[v] === 0 ? Number.POSITIVE_INFINITY : this.restTicks(v)
    if (ways.stops[v] === 1) fastest = Math.min(fastest, ways.ticks(v, STOP))
    for (let n = 0; n < this.nodes; n++) {
      if (n === from) continue
      if (this.instance.spaces.some(({ size, capacity }) => size[v] > capacity[n])) continue
      if (this.mayBe(v, n)) {
        if (ways.live[v] === 1) fastest = Math.min(fastest, this.links.least(v, from, n))
        if (ways.carry[v] === 1) fastest = Math.min(fastest, ways.ticks(v, CARRY))
      }
      if (ways.restart[v] === 1 && (this.mayStart(v, n, false) !== 0 || this.mayStart(v, n, true) !== 0))
        fastest = Math.min(fastest, ways.ticks(v, RESTART))
    }
    return fastest
  }

  /** Earliest start at or after `t` of a migration of so many ticks; −1: never. */
  start(v: number, from: number, to: number, t: number, ticks: number): number {
    const { vmWindows, horizon } = this.instance
    if (ticks === 0) return t <= horizon ? t : -1
    const key = from * this.nodes + to
    let closed = this.#closed[key]
    if (closed === undefined) {
      closed = this.#forbidden.ofNodes(from, to)
      this.#closed[key] = closed
    }
    const own = vmWindows[v]
    if (own.length === 0 && closed.length === 0) return t + ticks <= horizon ? t : -1
    for (let s = t; ; ) {
      const a = firstGap(closed, s, ticks, horizon)
      if (a < 0 || own.length === 0) return a
      const b = firstGap(own, a, ticks, horizon)
      if (b < 0 || b === a) return b
      s = b
    }
  }

  /** Earliest start at or after `t` of the work on the node; −1: never. */
  workStart(n: number, t: number): number {
    return firstGap(this.workClosed[n], Math.max(t, this.earliest[n]), this.workTicks[n], this.latest[n])
  }
}
