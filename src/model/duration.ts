/** How long a migration takes, by the pre-copy model of docs/format.md. All pure; seconds are not rounded, only ticks are. */
import type { Policy, ResolvedNode, ResolvedVm } from './problem.js'
import { durationToTicks } from './ticks.js'

/** Megabits (10^6 bits) per second in one MiB (2^20 bytes) per second. */
const MBPS_PER_MIBPS = 8.388608

export interface LiveDuration {
  /** From start to end, set-up and blackout included. */
  seconds: number
  /** How long the VM stands still at the end of it. */
  blackoutSeconds: number
}

type Link = Pick<ResolvedNode, 'migrationMbps' | 'slots'>

function linkMiBps(node: Link, policy: Pick<Policy, 'linkEfficiency'>): number {
  return (node.migrationMbps * policy.linkEfficiency) / node.slots / MBPS_PER_MIBPS
}

/** MiB per second that one migration between the two nodes gets: the slower end's link, shared by all its slots. */
export function bandwidthMiBps(a: Link, b: Link, policy: Pick<Policy, 'linkEfficiency'>): number {
  return Math.min(linkMiBps(a, policy), linkMiBps(b, policy))
}

/** Live migration of a running VM over a link of `bandwidth` MiB per second, > 0. At most `maxPasses` passes. */
export function liveDuration(
  vm: Pick<ResolvedVm, 'memoryMiB' | 'dirtyMiBps' | 'workingSetMiB'>,
  bandwidth: number,
  policy: Pick<Policy, 'setupSeconds' | 'maxPasses' | 'stopThresholdMiB'>,
): LiveDuration {
  let remaining = vm.memoryMiB
  let copying = 0
  for (let pass = 0; ; pass++) {
    const passSeconds = remaining / bandwidth
    copying += passSeconds
    const dirtied = Math.min(vm.workingSetMiB, vm.dirtyMiBps * passSeconds)
    if (dirtied <= policy.stopThresholdMiB || dirtied >= remaining || pass + 1 >= policy.maxPasses) {
      const blackoutSeconds = dirtied / bandwidth
      return { seconds: policy.setupSeconds + copying + blackoutSeconds, blackoutSeconds }
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

/** What a migration of any kind takes of the schedule, if it is done in `seconds`: ticks. */
export function scheduledTicks(seconds: number, policy: Pick<Policy, 'startLagSeconds'>): number {
  return durationToTicks(seconds + policy.startLagSeconds)
}
