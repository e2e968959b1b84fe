/**
 * What is asked for, VM by VM: a wish, with every way to fulfil it (node and kind of migration) and the reason why each other
 * node is out. What a wish cannot get by itself, no plan can give it: these reasons are proofs.
 */
import { InvalidProblemError } from '../../errors.js'
import type { Kernel } from '../../kernel/types.js'
import { preferencePenalty } from '../../model/compile.js'
import { type Duration, type LiveWay, ONE_SLOT, type Slots } from '../../model/duration.js'
import type { Instance, Intervals } from '../../model/instance.js'
import { firstGap, NO_INTERVALS, unionIntervals } from '../../model/intervals.js'
import type { MigrationKind, UnplacedReason } from '../../model/plan.js'
import type { ResolvedVm, Way } from '../../model/problem.js'
import { penaltyToTicks, ticksToSeconds } from '../../model/ticks.js'
import { allowsSaveInPlace, allowsWay } from '../../model/ways.js'

/** One way to fulfil a wish. */
export interface Choice {
  /** Target node; of a save or a stop in place, the VM's own. */
  node: number
  kind: MigrationKind
  /** Ticks. */
  duration: number
  blackoutSeconds: number
  /** What it takes of its ends, and of networks, as in `LiveWay`; of other kinds one place in a round. */
  slots: Slots
  mibps: number
  /** Ticks of cost besides the makespan; a fraction where the policy's penalties are finer than a tick. */
  penalty: number
}

/** Why a VM cannot go to a node: in words, and what the words rest on. */
export interface Refusal {
  reason: UnplacedReason
  detail: string
  /** Of `cpu-features`: those that the VM sees and the node lacks, sorted. */
  missingFeatures?: string[]
  /** Of `memory`, and of `affinity` where that is for want of memory: MiB, rounded up. */
  missingMiB?: number
  /** Of `vcpus` and `devices`, and of `affinity` where that is for want of them: how many, and of which kind of device. */
  missing?: number
  device?: string
  /** Of `anti-affinity`: the group, and the VM of it that stays there. */
  group?: string
  rival?: string
}

export interface Wish {
  vm: number
  /** Where it may end as far as the request goes, its own node for what stays in place; undefined: on any other. */
  targets: readonly number[] | undefined
  /** Duration that the request gives for the leg that ends where the VM ends, undefined: the model decides. */
  given: Duration | undefined
  /** It need not move: moved so that another finds room, or on one of several nodes where it may end. */
  makesRoom: boolean
  choices: Choice[]
  /** By node index: why it is out. Nodes with a choice have none. */
  refusals: Map<number, Refusal>
}

export interface Request {
  wishes: Wish[]
  /** Requested moves of VMs that are at their target already. */
  alreadyThere: number[]
  /** [V] index into `wishes`, −1: not asked for. */
  wishOf: Int32Array
}

/** [rows × W] the masks of the rows that are named. */
function rowsOf(masks: Uint32Array, words: number, rows: readonly number[]): Uint32Array {
  const chosen = new Uint32Array(rows.length * words)
  rows.forEach((row, i) => {
    chosen.set(masks.subarray(row * words, (row + 1) * words), i * words)
  })
  return chosen
}

/** [vendors × W] the features that every node of the vendor has. */
function vendorBaselines(instance: Instance, kernel: Kernel): Uint32Array {
  const { vendors, nodeVendor, nodeMask, maskWords } = instance
  const baselines = new Uint32Array(vendors.length * maskWords)
  vendors.forEach((_, vendor) => {
    const own = [...nodeVendor.keys()].filter((n) => nodeVendor[n] === vendor)
    baselines.set(kernel.intersection(rowsOf(nodeMask, maskWords, own), maskWords), vendor * maskWords)
  })
  return baselines
}

/** Facts about VM × node that every choice rests on: made once, by the kernel. */
export class Compatibility {
  /** [sets × N] 1: the node has every feature of the set. VMs see few different sets. */
  readonly #fits: Uint8Array
  /** [V] the set that the VM sees. */
  readonly #setOf: Int32Array
  /** [V × vendors] features of the VM's boot node that the vendor's baseline lacks. */
  readonly lost: Uint16Array
  readonly #instance: Instance

  constructor(instance: Instance, kernel: Kernel) {
    this.#instance = instance
    const words = instance.maskWords
    const sets = new Map<readonly string[], number>()
    const examples: number[] = []
    this.#setOf = Int32Array.from(instance.problem.vms, ({ features }, vm) => {
      const known = sets.get(features) ?? sets.size
      if (known === sets.size) {
        sets.set(features, known)
        examples.push(vm)
      }
      return known
    })
    this.#fits = kernel.subsetMatrix(rowsOf(instance.vmMask, words, examples), instance.nodeMask, words)
    const boot = instance.problem.vms.map((vm) => instance.nodeIndex.get(vm.bootNode) ?? 0)
    const seen = rowsOf(instance.bootMask, words, boot)
    this.lost = kernel.missingCounts(seen, vendorBaselines(instance, kernel), words)
  }

  sameVendor(vm: number, node: number): boolean {
    return this.#instance.vmVendor[vm] === this.#instance.nodeVendor[node]
  }

  /** A running or saved VM can go on running on the node. */
  runsOn(vm: number, node: number): boolean {
    return this.sameVendor(vm, node) && this.#fits[this.#setOf[vm] * this.#instance.nodeCount + node] === 1
  }
}

/** The union of all windows that a migration of `vm` from `from` to `to` must avoid; lists are shared where they are equal. */
export class ForbiddenIntervals {
  readonly #instance: Instance
  readonly #cache = new Map<string, Intervals>()

  constructor(instance: Instance) {
    this.#instance = instance
  }

  of(vm: number, from: number, to: number): Intervals {
    const { clusterWindows, nodeWindows, vmWindows } = this.#instance
    const own = vmWindows[vm]
    const low = nodeWindows[from].length === 0 ? -1 : from
    const high = nodeWindows[to].length === 0 ? -1 : to
    const key = `${Math.min(low, high)},${Math.max(low, high)},${own.length === 0 ? -1 : vm}`
    let list: Intervals | undefined = this.#cache.get(key)
    if (list === undefined) {
      list = [nodeWindows[from], nodeWindows[to], own].reduce(unionIntervals, clusterWindows)
      this.#cache.set(key, list)
    }
    return list
  }

  /** Of the two nodes and the cluster alone. */
  ofNodes(from: number, to: number): Intervals {
    const { clusterWindows, nodeWindows } = this.#instance
    return [nodeWindows[from], nodeWindows[to]].reduce(unionIntervals, clusterWindows)
  }

  /** The same for a migration of that many ticks: one of none occupies no instant, and meets no window. It keeps its deadline. */
  ofMigration(vm: number, from: number, to: number, duration: number): Intervals {
    if (duration > 0) return this.of(vm, from, to)
    const { horizon } = this.#instance
    const by = deadlineOf(this.#instance, vm, from)
    // An instant inside is in it, one at its start is not; so the horizon has to be inside.
    return by < horizon ? Int32Array.of(Math.max(0, by), horizon + 1) : NO_INTERVALS
  }
}

/** By when a migration of the VM that leaves the node has to end, ticks; negative where that is over. */
export function deadlineOf(
  { vmDeadline, nodeDeadline }: Pick<Instance, 'vmDeadline' | 'nodeDeadline'>,
  vm: number,
  from: number,
): number {
  return Math.min(vmDeadline[vm], nodeDeadline[from])
}

/** How many offloads that a VM uses each node lacks. Counted for all nodes at once, since wishes go from VM to VM. */
class OffloadLosses {
  readonly #instance: Instance
  /** Nodes by the offload that they offer. */
  readonly #offering = new Map<string, number[]>()
  #vm = -1
  /** [N] */
  readonly #kept: Int32Array

  constructor(instance: Instance) {
    this.#instance = instance
    this.#kept = new Int32Array(instance.nodeCount)
    instance.problem.nodes.forEach(({ offloads }, node) => {
      for (const offload of offloads) {
        const nodes = this.#offering.get(offload)
        if (nodes === undefined) this.#offering.set(offload, [node])
        else nodes.push(node)
      }
    })
  }

  lost(vm: number, node: number): number {
    const { offloads } = this.#instance.problem.vms[vm]
    if (offloads.length === 0) return 0
    if (vm !== this.#vm) {
      this.#vm = vm
      this.#kept.fill(0)
      for (const offload of offloads) for (const n of this.#offering.get(offload) ?? []) this.#kept[n]++
    }
    return offloads.length - this.#kept[node]
  }
}

/** Ticks of cost for the time that the VM stands still beyond the first second. */
export function blackoutPenalty(
  { penalties }: Instance,
  { blackoutSeconds }: Pick<Duration, 'blackoutSeconds'>,
): number {
  return penalties.blackout * Math.max(0, blackoutSeconds - 1)
}

function emptyWish(vm: number, targets?: readonly number[], given?: Duration, makesRoom = false): Wish {
  return { vm, targets, given, makesRoom, choices: [], refusals: new Map() }
}

function lacksWay({ ways }: ResolvedVm, needed: string): Refusal {
  const has = ways === undefined || ways.size === 0 ? 'none' : [...ways].join(', ')
  return { reason: 'ways', detail: `its ways have no ${needed}: they are ${has}` }
}

/** Makes wishes and their choices. */
export class WishMaker {
  readonly #instance: Instance
  readonly #compatibility: Compatibility
  readonly #forbidden: ForbiddenIntervals
  readonly #offloads: OffloadLosses
  /** The same as `forbidden` but for deadlines; made where one keeps a VM where it is. */
  #undated: ForbiddenIntervals | undefined
  /** By the features that a VM sees, by node. */
  readonly #lacks = new Map<readonly string[], Map<number, Refusal>>()

  constructor(instance: Instance, compatibility: Compatibility, forbidden: ForbiddenIntervals) {
    this.#instance = instance
    this.#offloads = new OffloadLosses(instance)
    this.#compatibility = compatibility
    this.#forbidden = forbidden
  }

  /** A wish for one of the targets, or (undefined) for any node but the VM's own. */
  wish(
    vm: number,
    targets: readonly number[] | undefined,
    given: Duration | undefined,
    makesRoom = false,
  ): Wish {
    const made = emptyWish(vm, targets, given, makesRoom)
    const { vmNode, nodeCount } = this.#instance
    const own = vmNode[vm]
    const consider = (node: number) => {
      if (node === own) return
      const [refusal] = this.#nodeRefusals(vm, own, node)
      if (refusal !== undefined) made.refusals.set(node, refusal)
      else this.#addChoices(made, own, node, given, this.cpuRefusal(vm, node))
    }
    if (targets === undefined) for (let node = 0; node < nodeCount; node++) consider(node)
    else for (const node of targets) consider(node)
    return made
  }

  /** Off a node that is drained live: away, or shut down where it is. */
  leave(vm: number): Wish {
    const { vmNode, drainTargets } = this.#instance
    const own = vmNode[vm]
    const made = this.wish(vm, drainTargets.get(own), undefined)
    if (this.#mayStop(vm) && this.#instance.problem.nodes[own].state !== 'down') this.#addStop(made, own)
    return made
  }

  /** Saving a running VM where it is, or shutting it down. */
  saveInPlace(vm: number): Wish {
    const { problem, vmNode, durations, penalties, stayPenalty } = this.#instance
    const own = vmNode[vm]
    const made = emptyWish(vm, [own])
    if (problem.nodes[own].state === 'down') {
      made.refusals.set(own, {
        reason: 'node-state',
        detail: `${problem.nodes[own].id} is down: nothing can be saved there`,
      })
      return made
    }
    if (allowsSaveInPlace(problem.vms[vm])) {
      const penalty = penalties.save + stayPenalty[vm]
      this.#addIfItFits(made, own, 'save-in-place', durations.saveInPlace(vm), penalty)
    }
    if (this.#mayStop(vm)) this.#addStop(made, own)
    if (made.choices.length > 0) made.refusals.delete(own)
    else if (!made.refusals.has(own)) made.refusals.set(own, lacksWay(problem.vms[vm], 'save, nor stop'))
    return made
  }

  #mayStop(vm: number): boolean {
    const { vms, policy } = this.#instance.problem
    return vms[vm].state === 'running' && allowsWay(vms[vm], policy, 'stop')
  }

  #addStop(made: Wish, own: number): void {
    const { durations, penalties, stayPenalty } = this.#instance
    this.#addIfItFits(made, own, 'stop-in-place', durations.stop(), penalties.stop + stayPenalty[made.vm])
  }

  /** Could the VM stop over on this node at all (ways, state, owners, CPU)? */
  canStand(vm: number, node: number): boolean {
    const own = this.#instance.vmNode[vm]
    if (this.#nodeRefusals(vm, own, node).length > 0) return false
    const { vms, policy } = this.#instance.problem
    if (vms[vm].state === 'running' && !allowsWay(vms[vm], policy, 'live')) return false
    return vms[vm].state === 'off' || this.#compatibility.runsOn(vm, node)
  }

  /**
   * What speaks for and against one node that is not the VM's own, each by itself: reasons in the order in which a wish tells the first of
   * them, and ways there as far as state and owners do not matter.
   *
   * @param given duration that a move gives, undefined: the model decides.
   * @param cpuFits as if its CPU were no reason.
   */
  consider(
    vm: number,
    node: number,
    given: Duration | undefined,
    cpuFits = false,
  ): { choices: Choice[]; refusals: Refusal[] } {
    const own = this.#instance.vmNode[vm]
    const tried = emptyWish(vm, [node])
    this.#addChoices(tried, own, node, given, cpuFits ? undefined : this.cpuRefusal(vm, node))
    const last = tried.refusals.get(node)
    const first = this.#nodeRefusals(vm, own, node)
    return { choices: tried.choices, refusals: last === undefined ? first : [...first, last] }
  }

  /** Reasons that hold for every kind of migration. */
  #nodeRefusals(vm: number, own: number, node: number): Refusal[] {
    const { problem } = this.#instance
    const target = problem.nodes[node]
    const found: Refusal[] = []
    const stateForbids = (detail: string) => found.push({ reason: 'node-state', detail })
    if (problem.nodes[own].state === 'down')
      stateForbids(`${problem.nodes[own].id}, where the VM is, is down: it cannot send`)
    if (target.state !== 'up') stateForbids(`${target.id} is ${target.state}: it receives nothing`)
    if (this.#instance.drained[node] !== 0) stateForbids(`${target.id} is being drained: it receives nothing`)
    const allowed = problem.vms[vm].allowedNodes
    if (allowed !== undefined && !allowed.has(target.id))
      found.push({ reason: 'allowed-nodes', detail: `${target.id} is not among its allowed nodes` })
    return found
  }

  #addChoices(
    made: Wish,
    own: number,
    node: number,
    given: Duration | undefined,
    cpu: Refusal | undefined,
  ): void {
    const { problem, durations, penalties, vendors, nodeVendor } = this.#instance
    const { policy } = problem
    const vm = problem.vms[made.vm]
    const running = vm.state === 'running'
    const goes = (way: Way) => running && allowsWay(vm, policy, way)
    const ending =
      this.#offloads.lost(made.vm, node) * penalties.offload + this.#preferencePenalty(made.vm, node)
    const add = (kind: MigrationKind, duration: Duration | LiveWay, penalty: number) =>
      this.#addIfItFits(made, node, kind, duration, ending + penalty)
    if (cpu === undefined) {
      if (!running || goes('live')) {
        const ways = durations.bearableWays(made.vm, own, node, given)
        for (const live of ways) add('live', live, blackoutPenalty(this.#instance, live))
        if (ways.length === 0) made.refusals.set(node, this.#blackoutRefusal(made.vm, own, node, given))
      } else made.refusals.set(node, lacksWay(vm, 'live'))
      if (goes('save')) add('save', durations.save(made.vm), penalties.save)
    }
    if (goes('restart')) {
      const lost = this.#compatibility.lost[made.vm * vendors.length + nodeVendor[node]]
      add('restart', durations.restart(), penalties.restart + lost * penalties.featureLoss)
    }
    if (cpu !== undefined && !made.choices.some((c) => c.node === node)) made.refusals.set(node, cpu)
    if (made.choices.some((c) => c.node === node)) made.refusals.delete(node)
  }

  /** Why the VM cannot go on running there; undefined where it can. */
  cpuRefusal(vm: number, node: number): Refusal | undefined {
    const { problem, features, maskWords, vmMask, nodeMask } = this.#instance
    const v = problem.vms[vm]
    const target = problem.nodes[node]
    if (v.state === 'off' || this.#compatibility.runsOn(vm, node)) return undefined
    if (!this.#compatibility.sameVendor(vm, node)) {
      return {
        reason: 'cpu-vendor',
        detail: `${target.id} is ${target.vendor}, the VM was started on ${v.vendor}`,
      }
    }
    const known = this.#lacks.get(v.features) ?? new Map<number, Refusal>()
    this.#lacks.set(v.features, known)
    let lack = known.get(node)
    if (lack === undefined) {
      const missing: string[] = []
      for (let bit = 0; bit < features.length; bit++) {
        const word = bit >>> 5
        const seen = vmMask[vm * maskWords + word] & ~nodeMask[node * maskWords + word]
        if ((seen >>> (bit & 31)) & 1) missing.push(features[bit])
      }
      missing.sort()
      const detail = `${target.id} lacks ${missing.join(', ')}`
      lack = { reason: 'cpu-features', detail, missingFeatures: missing }
      known.set(node, lack)
    }
    return lack
  }

  /** Could the VM go on to its target by way of this node: state, owners, CPU, and how long it would stand still on either leg? */
  canStopOver(vm: number, node: number, target: number, given: Duration | undefined): boolean {
    const { durations, vmNode } = this.#instance
    if (!this.canStand(vm, node)) return false
    const legs = [
      durations.bearableWays(vm, vmNode[vm], node),
      durations.bearableWays(vm, node, target, given),
    ]
    return legs.every((ways) => ways.length > 0)
  }

  #blackoutRefusal(vm: number, own: number, node: number, given: Duration | undefined): Refusal {
    const { durations, problem } = this.#instance
    const most = problem.vms[vm].maxBlackoutSeconds
    const ways = durations.liveWays(vm, own, node, given)
    const blackoutSeconds = ways.reduce((min, way) => Math.min(min, way.blackoutSeconds), Infinity)
    const { id } = problem.nodes[node]
    const detail = `a live migration to ${id} has a blackout of ${blackoutSeconds} s, and the VM admits ${most} s`
    return { reason: 'blackout', detail }
  }

  #preferencePenalty(vm: number, node: number): number {
    const { vms, nodes, policy } = this.#instance.problem
    return penaltyToTicks(preferencePenalty(policy, vms[vm], nodes[node].id))
  }

  #addIfItFits(
    made: Wish,
    node: number,
    kind: MigrationKind,
    duration: Duration | LiveWay,
    penalty: number,
  ): void {
    const { horizon, vmNode } = this.#instance
    const { ticks, blackoutSeconds, slots, mibps } = { slots: ONE_SLOT, mibps: 0, ...duration }
    const own = vmNode[made.vm]
    const inTime = ticks <= deadlineOf(this.#instance, made.vm, own)
    if (inTime && firstGap(this.#forbidden.of(made.vm, own, node), 0, ticks, horizon) >= 0) {
      made.choices.push({ node, kind, duration: ticks, blackoutSeconds, slots, mibps, penalty })
      return
    }
    const refusal = this.#timeRefusal(made.vm, node, ticks)
    const known = TIME_REASONS.indexOf(made.refusals.get(node)?.reason ?? 'horizon')
    // Of several kinds of migration, the one that is nearer to a placement is told.
    if (known < 0 || TIME_REASONS.indexOf(refusal.reason) >= known) made.refusals.set(node, refusal)
  }

  /** Why there is no time for a migration of that many ticks, were it alone. */
  #timeRefusal(vm: number, node: number, ticks: number): Refusal {
    const { horizon, problem, vmNode } = this.#instance
    const own = vmNode[vm]
    const by = deadlineOf(this.#instance, vm, own)
    const { id } = problem.nodes[node]
    if (by < horizon) {
      this.#undated ??= new ForbiddenIntervals({ ...this.#instance, ...this.#instance.undated })
      if (firstGap(this.#undated.of(vm, own, node), 0, ticks, horizon) >= 0) {
        const when = by < 0 ? 'which has passed' : `${ticksToSeconds(by)} s`
        const detail = `it takes ${ticksToSeconds(ticks)} s to ${id}, for which there is no time before its deadline, ${when}`
        return { reason: 'deadline', detail }
      }
    }
    if (ticks > horizon) {
      const detail = `it takes ${ticksToSeconds(ticks)} s to ${id}, longer than the horizon of ${ticksToSeconds(horizon)} s`
      return { reason: 'horizon', detail }
    }
    const where = `${problem.nodes[own].id} and ${id} together`
    const detail = `no ${ticksToSeconds(ticks)} s free of windows before the horizon for ${where}`
    return { reason: 'window', detail }
  }
}

/** Of one node, the nearest to a placement last. */
const TIME_REASONS: readonly UnplacedReason[] = ['horizon', 'window', 'deadline']

/** Ways from VMs to nodes that a request may leave open: each is an object, and some hundred bytes with what is made of it. */
const MOST_WAYS = 10_000_000

/** @throws InvalidProblemError where the request leaves so many VMs so many nodes that no memory holds them. */
function requireManageable({ problem, vmNode, drained, drainTargets, moves, nodeCount }: Instance): void {
  let vms = 0
  let ways = 0
  const moved = new Map(moves.map(({ vm, to }) => [vm, to]))
  problem.vms.forEach(({ allowedNodes }, vm) => {
    const isMoved = moved.has(vm)
    if (!isMoved && drained[vmNode[vm]] !== 1) return
    const targets = isMoved ? moved.get(vm) : drainTargets.get(vmNode[vm])
    vms++
    ways += Math.min(targets?.length ?? nodeCount, allowedNodes?.size ?? nodeCount)
  })
  if (ways <= MOST_WAYS) return
  const facts = `leaves ${vms} VMs the choice among ${ways} ways to nodes; vmferry holds ${MOST_WAYS}`
  throw new InvalidProblemError([
    { path: 'request.drain', message: `${facts}: drain fewer nodes at once, or give VMs fewer allowedNodes` },
  ])
}

/** The request as wishes: moves first, then drains in the order asked. @throws InvalidProblemError */
export function makeWishes(instance: Instance, maker: WishMaker): Request {
  requireManageable(instance)
  const { problem, vmNode, vmCount, drained } = instance
  const wishes: Wish[] = []
  const alreadyThere: number[] = []
  const wishOf = new Int32Array(vmCount).fill(-1)
  const add = (wish: Wish) => {
    wishOf[wish.vm] = wishes.length
    wishes.push(wish)
  }
  const asked = new Uint8Array(vmCount)
  for (const { vm, to, given } of instance.moves) {
    asked[vm] = 1
    if (to?.includes(vmNode[vm])) alreadyThere.push(vm)
    else add(maker.wish(vm, to, given))
  }
  for (let vm = 0; vm < vmCount; vm++) {
    const mode = drained[vmNode[vm]]
    if (mode === 0 || asked[vm] === 1) continue
    if (mode === 1) add(maker.leave(vm))
    else if (problem.vms[vm].state === 'running') add(maker.saveInPlace(vm))
  }
  return { wishes, alreadyThere, wishOf }
}
