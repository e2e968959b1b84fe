/** How long a migration takes, by the pre-copy model of docs/format.md. Seconds are not rounded, only ticks are. */
import { crosses, MBPS_PER_MIBPS, type Network, networksOf } from './networks.js'
import type { Policy, ResolvedNode, ResolvedProblem, ResolvedVm } from './problem.js'
import { durationToTicks } from './ticks.js'

export interface LiveDuration {
  /** From start to end, set-up and blackout included. */
  seconds: number
  /** How long the VM stands still at the end of it. */
  blackoutSeconds: number
  /** The passes leave no more than the threshold; false: they end because they stop shrinking, or by their number. */
  converges: boolean
}

export type Link = Pick<ResolvedNode, 'migrationMbps' | 'slots' | 'linkEfficiency' | 'streamMbps'>

/** How many slots a live migration takes of its source and of its target: one or all. */
export interface Slots {
  from: number
  to: number
}

export const ONE_SLOT: Slots = Object.freeze({ from: 1, to: 1 })

function linkMiBps(node: Link, taken: number): number {
  const mbps = node.migrationMbps * node.linkEfficiency
  return (taken === node.slots ? mbps : (mbps / node.slots) * taken) / MBPS_PER_MIBPS
}

/** MiB per second that one stream between the two nodes carries; Infinity where neither has a limit. */
function streamMiBps(a: Link, b: Link): number {
  return Math.min(a.streamMbps, b.streamMbps) / MBPS_PER_MIBPS
}

/** MiB per second that one migration between the two nodes gets: the lesser of what it takes of both links, and no more than one stream. */
export function bandwidthMiBps(a: Link, b: Link, slots: Slots): number {
  return Math.min(linkMiBps(a, slots.from), linkMiBps(b, slots.to), streamMiBps(a, b))
}

/** Whether it is one stream's rate, and not a link's, that decides how long a migration takes. */
export function isLimitedByStream(a: Link, b: Link, slots: Slots): boolean {
  return streamMiBps(a, b) < Math.min(linkMiBps(a, slots.from), linkMiBps(b, slots.to))
}

/** Live migration of a running VM over a link of `bandwidth` MiB per second, > 0. At most `maxPasses` passes. */
export function liveDuration(
  vm: Pick<ResolvedVm, 'copyMiB' | 'dirtyMiBps' | 'workingSetMiB' | 'durationFactor'>,
  bandwidth: number,
  policy: Pick<Policy, 'setupSeconds' | 'maxPasses' | 'stopThresholdMiB'>,
): LiveDuration {
  let remaining = vm.copyMiB
  let copying = 0
  for (let pass = 0; ; pass++) {
    const passSeconds = remaining / bandwidth
    copying += passSeconds
    const dirtied = Math.min(vm.workingSetMiB, vm.dirtyMiBps * passSeconds)
    const converges = dirtied <= policy.stopThresholdMiB
    if (converges || dirtied >= remaining || pass + 1 >= policy.maxPasses) {
      const blackoutSeconds = vm.durationFactor * (dirtied / bandwidth)
      const seconds = policy.setupSeconds + vm.durationFactor * copying + blackoutSeconds
      return { seconds, blackoutSeconds, converges }
    }
    remaining = dirtied
  }
}

/** Save, move, resume: seconds, all of them without the VM. Its memory is written once and read once. */
export function saveDuration(memoryMiB: number, policy: Pick<Policy, 'setupSeconds' | 'saveMiBps'>): number {
  return policy.setupSeconds + (2 * memoryMiB) / policy.saveMiBps
}

/** Save where the VM is: seconds. */
export function saveInPlaceDuration(memoryMiB: number, policy: Pick<Policy, 'saveMiBps'>): number {
  return memoryMiB / policy.saveMiBps
}

/** What a migration takes of the schedule, and for how long its VM stands still. */
export interface Duration {
  ticks: number
  /** To the microsecond, as plans tell it. */
  blackoutSeconds: number
  /** False: passes end without little enough being left. */
  converges?: boolean
}

/** What a live migration takes of both ends, and what it then comes to. */
export interface LiveWay extends Duration {
  slots: Slots
  /** MiB per second that it holds of every network it crosses; 0 where no memory is copied. */
  mibps: number
}

const toTheMicrosecond = (seconds: number) => Math.round(seconds * 1e6) / 1e6

/** Durations of a problem's migrations by index, each rounded once. */
export class Durations {
  readonly #problem: ResolvedProblem
  /** Live durations repeat: VMs come in sizes, links in speeds. */
  readonly #live = new Map<string, Duration>()
  readonly #networks: readonly Network[]

  constructor(problem: ResolvedProblem, networks: readonly Network[] = networksOf(problem)) {
    this.#problem = problem
    this.#networks = networks
  }

  /** What takes `seconds`, all of them without the VM. */
  whole(seconds: number): Duration {
    return { ticks: this.#ticks(seconds), blackoutSeconds: toTheMicrosecond(seconds) }
  }

  /**
   * A live leg; a VM that is saved or off moves without a memory copy.
   *
   * @param given by a move (`whole`), undefined: the model decides.
   */
  live(vm: number, from: number, to: number, slots: Slots, given?: Duration): LiveWay {
    const { nodes, vms } = this.#problem
    if (vms[vm].state !== 'running') {
      const idle = { ticks: this.#ticks(this.#problem.policy.setupSeconds), blackoutSeconds: 0 }
      return { ...idle, ...(given && { ticks: given.ticks }), slots, mibps: 0 }
    }
    let mibps = bandwidthMiBps(nodes[from], nodes[to], slots)
    for (const network of this.#networks) {
      if (crosses(network, from, to)) mibps = Math.min(mibps, network.mibps)
    }
    const model = this.#modelled(vm, mibps)
    if (given === undefined) return { ...model, slots, mibps }
    const blackoutSeconds = Math.min(model.blackoutSeconds, given.blackoutSeconds)
    return { ...model, ticks: given.ticks, blackoutSeconds, slots, mibps }
  }

  /**
   * What a live leg may take of its ends, fewest slots first; at least one way. Left out is what takes more than another and is neither
   * shorter nor easier on the VM. A given duration holds whatever is taken: it takes one slot.
   */
  liveWays(vm: number, from: number, to: number, given?: Duration): readonly LiveWay[] {
    const { nodes, vms, policy } = this.#problem
    const one = this.live(vm, from, to, ONE_SLOT, given)
    const [all, allOfTarget] = [nodes[from].slots, nodes[to].slots]
    const choice = policy.wideMigrations && given === undefined && vms[vm].state === 'running'
    if (!choice || (all === 1 && allOfTarget === 1)) return [one]
    const standing = ({ blackoutSeconds }: Duration) =>
      vms[vm].maxBlackoutSeconds === undefined
        ? policy.blackoutPenaltySeconds * Math.max(0, blackoutSeconds - 1)
        : blackoutSeconds
    const ways = [one]
    for (const slots of [
      { from: 1, to: allOfTarget },
      { from: all, to: 1 },
      { from: all, to: allOfTarget },
    ]) {
      const way = this.live(vm, from, to, slots)
      const isDominated = ways.some(
        (w) =>
          w.slots.from <= slots.from &&
          w.slots.to <= slots.to &&
          w.ticks <= way.ticks &&
          standing(w) <= standing(way),
      )
      if (!isDominated) ways.push(way)
    }
    return ways
  }

  /** Those of them that the VM bears. */
  bearableWays(vm: number, from: number, to: number, given?: Duration): readonly LiveWay[] {
    const { maxBlackoutSeconds: most = Number.POSITIVE_INFINITY } = this.#problem.vms[vm]
    return this.liveWays(vm, from, to, given).filter(({ blackoutSeconds }) => blackoutSeconds <= most)
  }

  save(vm: number): Duration {
    const { vms, policy } = this.#problem
    return this.whole(saveDuration(vms[vm].memoryMiB, policy))
  }

  saveInPlace(vm: number): Duration {
    const { vms, policy } = this.#problem
    return this.whole(saveInPlaceDuration(vms[vm].memoryMiB, policy))
  }

  restart(): Duration {
    return this.whole(this.#problem.policy.restartSeconds)
  }

  stop(): Duration {
    return this.whole(this.#problem.policy.stopSeconds)
  }

  #modelled(v: number, bandwidth: number): Duration {
    const { vms, policy } = this.#problem
    const vm = vms[v]
    const key = `${bandwidth},${vm.copyMiB},${vm.dirtyMiBps},${vm.workingSetMiB},${vm.durationFactor}`
    let known = this.#live.get(key)
    if (known === undefined) {
      const { seconds, blackoutSeconds, converges } = liveDuration(vm, bandwidth, policy)
      known = { ticks: this.#ticks(seconds), blackoutSeconds: toTheMicrosecond(blackoutSeconds), converges }
      this.#live.set(key, known)
    }
    return known
  }

  #ticks(seconds: number): number {
    return durationToTicks(seconds + this.#problem.policy.startLagSeconds)
  }
}
