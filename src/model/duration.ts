/** How long a migration takes, by the pre-copy model of docs/format.md. Seconds are not rounded, only ticks are. */
import type { Policy, ResolvedNode, ResolvedProblem, ResolvedVm } from './problem.js'
import { durationToTicks } from './ticks.js'

/** Megabits (10^6 bits) per second in one MiB (2^20 bytes) per second. */
export const MBPS_PER_MIBPS = 8.388608

export interface LiveDuration {
  /** From start to end, set-up and blackout included. */
  seconds: number
  /** How long the VM stands still at the end of it. */
  blackoutSeconds: number
  /** The passes leave no more than the threshold; false: they end because they stop shrinking, or by their number. */
  converges: boolean
}

export type Link = Pick<ResolvedNode, 'migrationMbps' | 'slots' | 'linkEfficiency' | 'streamMbps'>

function linkMiBps(node: Link): number {
  return (node.migrationMbps * node.linkEfficiency) / node.slots / MBPS_PER_MIBPS
}

/** MiB per second that one stream between the two nodes carries; Infinity where neither has a limit. */
function streamMiBps(a: Link, b: Link): number {
  return Math.min(a.streamMbps, b.streamMbps) / MBPS_PER_MIBPS
}

/** MiB per second that one migration between the two nodes gets: the slower end's link, shared by all its slots, and no more than one stream. */
export function bandwidthMiBps(a: Link, b: Link): number {
  return Math.min(linkMiBps(a), linkMiBps(b), streamMiBps(a, b))
}

/** Whether it is one stream's rate, and not a link's, that decides how long a migration takes. */
export function isLimitedByStream(a: Link, b: Link): boolean {
  return streamMiBps(a, b) < Math.min(linkMiBps(a), linkMiBps(b))
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

const toTheMicrosecond = (seconds: number) => Math.round(seconds * 1e6) / 1e6

/** Durations of a problem's migrations by index, each rounded once. */
export class Durations {
  readonly #problem: ResolvedProblem
  /** Live durations repeat: VMs come in sizes, links in speeds. */
  readonly #live = new Map<string, Duration>()

  constructor(problem: ResolvedProblem) {
    this.#problem = problem
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
  live(vm: number, from: number, to: number, given?: Duration): Duration {
    const model = this.#modelled(vm, from, to)
    if (given === undefined) return model
    const blackoutSeconds = Math.min(model.blackoutSeconds, given.blackoutSeconds)
    return { ...model, ticks: given.ticks, blackoutSeconds }
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

  #modelled(v: number, from: number, to: number): Duration {
    const { nodes, vms, policy } = this.#problem
    const vm = vms[v]
    if (vm.state !== 'running') return { ticks: this.#ticks(policy.setupSeconds), blackoutSeconds: 0 }
    const bandwidth = bandwidthMiBps(nodes[from], nodes[to])
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
