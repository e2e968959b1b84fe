/**
 * What is asked for, VM by VM: a wish, with every way to fulfil it (node and kind of migration) and the reason why each other
 * node is out. What a wish cannot get by itself, no plan can give it: these reasons are proofs.
 */
import type { Kernel } from '../kernel/types.js'
import {
  bandwidthMiBps,
  liveDuration,
  saveDuration,
  saveInPlaceDuration,
  scheduledTicks,
} from '../model/duration.js'
import type { Instance, Intervals } from '../model/instance.js'
import { firstGap, unionIntervals } from '../model/intervals.js'
import type { MigrationKind, UnplacedReason } from '../model/plan.js'
import { penaltyToTicks } from '../model/ticks.js'

/** One way to fulfil a wish. */
export interface Choice {
  /** Target node; of a save in place, the VM's own. */
  node: number
  kind: MigrationKind
  /** Ticks. */
  duration: number
  blackoutSeconds: number
  /** Ticks of cost besides the makespan; a fraction where the policy's penalties are finer than a tick. */
  penalty: number
}

/** Why a VM cannot go to a node: in words, and what the words rest on. */
export interface Refusal {
  reason: UnplacedReason
  detail: string
  /** Of `cpu-features`: those that the VM sees and the node lacks, sorted. */
  missingFeatures?: string[]
  /** Of `memory`: MiB, rounded up. */
  missingMiB?: number
  /** Of `anti-affinity`: the group, and the VM of it that stays there. */
  group?: string
  rival?: string
}

export interface Wish {
  vm: number
  /** The only target, −1 where the planner chooses. */
  target: number
  /** Duration that the request gives for the leg that ends at `target`, undefined: the model decides. */
  givenSeconds: number | undefined
  /** Asked for, or moved so that another finds room. */
  makesRoom: boolean
  choices: Choice[]
  /** By node index: why it is out. Nodes with a choice have none. */
  refusals: Map<number, Refusal>
}

export interface Request {
  wishes: Wish[]
  /** Requested moves of VMs that are at their target already. */
  alreadyThere: number[]
  /** [N] 1: drained live, 2: drained by saving; such nodes receive nothing. */
  drained: Uint8Array
  /** [V] index into `wishes`, −1: not asked for. */
  wishOf: Int32Array
}

/** Facts about VM × node that every choice rests on: made once, by the kernel. */
export class Compatibility {
  /** [V × N] 1: the node has every feature that the VM sees. */
  readonly fits: Uint8Array
  /** [V × vendors] features of the VM's boot node that the vendor's baseline lacks. */
  readonly lost: Uint16Array
  readonly #instance: Instance

  constructor(instance: Instance, kernel: Kernel) {
    this.#instance = instance
    const words = instance.maskWords
    this.fits = kernel.subsetMatrix(instance.vmMask, instance.nodeMask, words)
    const boot = new Uint32Array(instance.vmCount * words)
    instance.problem.vms.forEach((vm, v) => {
      const n = instance.nodeIndex.get(vm.bootNode) ?? 0
      boot.set(instance.bootMask.subarray(n * words, (n + 1) * words), v * words)
    })
    this.lost = kernel.missingCounts(boot, instance.baselineMask, words)
  }

  sameVendor(vm: number, node: number): boolean {
    return this.#instance.vmVendor[vm] === this.#instance.nodeVendor[node]
  }

  /** A running or saved VM can go on running on the node. */
  runsOn(vm: number, node: number): boolean {
    return this.sameVendor(vm, node) && this.fits[vm * this.#instance.nodeCount + node] === 1
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
}

interface LiveLeg {
  ticks: number
  blackoutSeconds: number
}

/** Makes wishes and their choices. */
export class WishMaker {
  readonly #instance: Instance
  readonly #compatibility: Compatibility
  readonly #forbidden: ForbiddenIntervals
  readonly #drained: Uint8Array
  /** Live durations repeat: VMs come in sizes, links in speeds. */
  readonly #liveCache = new Map<string, LiveLeg>()

  constructor(
    instance: Instance,
    compatibility: Compatibility,
    forbidden: ForbiddenIntervals,
    drained: Uint8Array,
  ) {
    this.#instance = instance
    this.#compatibility = compatibility
    this.#forbidden = forbidden
    this.#drained = drained
  }

  /**
   * A live leg (a VM that is saved or off moves without a memory copy).
   *
   * @param givenSeconds duration that a move gives, undefined: the model decides.
   */
  liveLeg(vm: number, from: number, to: number, givenSeconds?: number): LiveLeg {
    const model = this.#modelledLeg(vm, from, to)
    if (givenSeconds === undefined) return model
    return {
      ticks: this.#ticks(givenSeconds),
      blackoutSeconds: Math.min(model.blackoutSeconds, givenSeconds),
    }
  }

  #modelledLeg(vm: number, from: number, to: number): LiveLeg {
    const { problem } = this.#instance
    const { policy } = problem
    const v = problem.vms[vm]
    if (v.state !== 'running') return { ticks: this.#ticks(policy.setupSeconds), blackoutSeconds: 0 }
    const bandwidth = bandwidthMiBps(problem.nodes[from], problem.nodes[to], policy)
    const key = `${bandwidth},${v.memoryMiB},${v.dirtyMiBps},${v.workingSetMiB}`
    let known = this.#liveCache.get(key)
    if (known === undefined) {
      const { seconds, blackoutSeconds } = liveDuration(v, bandwidth, policy)
      known = { ticks: this.#ticks(seconds), blackoutSeconds }
      this.#liveCache.set(key, known)
    }
    return known
  }

  #ticks(seconds: number): number {
    return scheduledTicks(seconds, this.#instance.problem.policy)
  }

  /** A wish for one given target, or (target −1) for any node but the VM's own. */
  wish(vm: number, target: number, givenSeconds: number | undefined, makesRoom = false): Wish {
    const made: Wish = {
      vm,
      target,
      givenSeconds,
      makesRoom,
      choices: [],
      refusals: new Map(),
    }
    const own = this.#instance.vmNode[vm]
    const first = Math.max(target, 0)
    const last = target >= 0 ? target : this.#instance.nodeCount - 1
    for (let node = first; node <= last; node++) {
      if (node === own) continue
      const [refusal] = this.#nodeRefusals(vm, own, node)
      if (refusal !== undefined) made.refusals.set(node, refusal)
      else this.#addChoices(made, own, node, givenSeconds, this.cpuRefusal(vm, node))
    }
    return made
  }

  /** Saving a running VM where it is. */
  saveInPlace(vm: number): Wish {
    const { problem, vmNode } = this.#instance
    const own = vmNode[vm]
    const made: Wish = {
      vm,
      target: own,
      givenSeconds: undefined,
      makesRoom: false,
      choices: [],
      refusals: new Map(),
    }
    const seconds = saveInPlaceDuration(problem.vms[vm].memoryMiB, problem.policy)
    if (problem.nodes[own].state === 'down') {
      made.refusals.set(own, {
        reason: 'node-state',
        detail: `${problem.nodes[own].id} is down: nothing can be saved there`,
      })
      return made
    }
    const choice: Choice = {
      node: own,
      kind: 'save-in-place',
      duration: this.#ticks(seconds),
      blackoutSeconds: seconds,
      penalty: penaltyToTicks(problem.policy.savePenaltySeconds),
    }
    this.#addIfItFits(made, own, choice)
    return made
  }

  /** Could the VM stop over, or end, on this node at all (state, owners, CPU)? */
  canStand(vm: number, node: number): boolean {
    const own = this.#instance.vmNode[vm]
    if (this.#nodeRefusals(vm, own, node).length > 0) return false
    return this.#instance.problem.vms[vm].state === 'off' || this.#compatibility.runsOn(vm, node)
  }

  /**
   * What speaks for and against one node that is not the VM's own, each by itself: reasons in the order in which a wish tells the first of
   * them, and ways there as far as state and owners do not matter.
   *
   * @param givenSeconds duration that a move gives, undefined: the model decides.
   * @param cpuFits as if its CPU were no reason.
   */
  consider(
    vm: number,
    node: number,
    givenSeconds: number | undefined,
    cpuFits = false,
  ): { choices: Choice[]; refusals: Refusal[] } {
    const own = this.#instance.vmNode[vm]
    const tried: Wish = {
      vm,
      target: node,
      givenSeconds: undefined,
      makesRoom: false,
      choices: [],
      refusals: new Map(),
    }
    this.#addChoices(tried, own, node, givenSeconds, cpuFits ? undefined : this.cpuRefusal(vm, node))
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
    if (this.#drained[node] !== 0) stateForbids(`${target.id} is being drained: it receives nothing`)
    const allowed = problem.vms[vm].allowedNodes
    if (allowed !== undefined && !allowed.has(target.id))
      found.push({ reason: 'allowed-nodes', detail: `${target.id} is not among its allowed nodes` })
    return found
  }

  #addChoices(
    made: Wish,
    own: number,
    node: number,
    givenSeconds: number | undefined,
    cpu: Refusal | undefined,
  ): void {
    const { problem } = this.#instance
    const { policy } = problem
    const vm = problem.vms[made.vm]
    const offloads = this.offloadPenaltyTicks(made.vm, node)
    if (cpu === undefined) {
      const { ticks: duration, blackoutSeconds } = this.liveLeg(made.vm, own, node, givenSeconds)
      this.#addIfItFits(made, own, { node, kind: 'live', duration, blackoutSeconds, penalty: offloads })
      if (policy.allowSave && vm.state === 'running') {
        const seconds = saveDuration(vm.memoryMiB, policy)
        const penalty = offloads + penaltyToTicks(policy.savePenaltySeconds)
        this.#addIfItFits(made, own, {
          node,
          kind: 'save',
          duration: this.#ticks(seconds),
          blackoutSeconds: seconds,
          penalty,
        })
      }
    }
    if (policy.allowRestart && vm.restartable && vm.state === 'running') {
      const vendors = this.#instance.vendors.length
      const lost = this.#compatibility.lost[made.vm * vendors + this.#instance.nodeVendor[node]]
      const penalty =
        offloads + penaltyToTicks(policy.restartPenaltySeconds + lost * policy.featureLossPenaltySeconds)
      this.#addIfItFits(made, own, {
        node,
        kind: 'restart',
        duration: this.#ticks(policy.restartSeconds),
        blackoutSeconds: policy.restartSeconds,
        penalty,
      })
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
    const missing: string[] = []
    for (let bit = 0; bit < features.length; bit++) {
      const word = bit >>> 5
      const seen = vmMask[vm * maskWords + word] & ~nodeMask[node * maskWords + word]
      if ((seen >>> (bit & 31)) & 1) missing.push(features[bit])
    }
    missing.sort()
    const detail = `${target.id} lacks ${missing.join(', ')}`
    return { reason: 'cpu-features', detail, missingFeatures: missing }
  }

  offloadPenaltyTicks(vm: number, node: number): number {
    const { problem } = this.#instance
    const offered = problem.nodes[node].offloads
    let lost = 0
    for (const offload of problem.vms[vm].offloads) if (!offered.includes(offload)) lost++
    return penaltyToTicks(lost * problem.policy.offloadPenaltySeconds)
  }

  #addIfItFits(made: Wish, own: number, choice: Choice): void {
    const { horizon, problem } = this.#instance
    const forbidden = this.#forbidden.of(made.vm, own, choice.node)
    if (firstGap(forbidden, 0, choice.duration, horizon) >= 0) {
      made.choices.push(choice)
    } else {
      made.refusals.set(choice.node, {
        reason: 'window',
        detail: `no ${choice.duration / 1000} s free of windows before the horizon for ${problem.nodes[own].id} and ${problem.nodes[choice.node].id} together`,
      })
    }
  }
}

/** The request as wishes: moves first, then drains in the order asked. */
export function makeWishes(instance: Instance, maker: WishMaker, drained: Uint8Array): Request {
  const { problem, nodeIndex, vmIndex, vmNode, vmCount } = instance
  const wishes: Wish[] = []
  const alreadyThere: number[] = []
  const wishOf = new Int32Array(vmCount).fill(-1)
  const add = (wish: Wish) => {
    wishOf[wish.vm] = wishes.length
    wishes.push(wish)
  }
  const asked = new Uint8Array(vmCount)
  for (const move of problem.moves) {
    const vm = vmIndex.get(move.vm) ?? -1
    const to = nodeIndex.get(move.to) ?? -1
    asked[vm] = 1
    if (vmNode[vm] === to) alreadyThere.push(vm)
    else add(maker.wish(vm, to, move.durationSeconds))
  }
  for (let vm = 0; vm < vmCount; vm++) {
    const mode = drained[vmNode[vm]]
    if (mode === 0 || asked[vm] === 1) continue
    if (mode === 1) add(maker.wish(vm, -1, undefined))
    else if (problem.vms[vm].state === 'running') add(maker.saveInPlace(vm))
  }
  return { wishes, alreadyThere, drained, wishOf }
}

/** [N] 0 not drained, 1 live, 2 save. */
export function drainedNodes(instance: Instance): Uint8Array {
  const drained = new Uint8Array(instance.nodeCount)
  for (const drain of instance.problem.drains) {
    drained[instance.nodeIndex.get(drain.node) ?? -1] = drain.mode === 'live' ? 1 : 2
  }
  return drained
}
