/** Rule `duration`: each migration takes as long as the model says, and so does its blackout. */
import type { Policy, ResolvedVm } from '../../model/problem.js'
import { mebibytesPerSecond, possibleTakes, type Taken, takenOf } from '../bandwidth.js'
import { type Found, isInPlace, type Leg, type Replay } from '../replay.js'
import { describe, seconds } from '../text.js'
import { BLACKOUT_TOLERANCE, ceilToMillisecond, DURATION_TOLERANCE, TIME_TOLERANCE } from '../tolerance.js'

export interface Expectation {
  /** Seconds, not rounded, without the start lag. */
  duration: number
  /** Seconds, not rounded; undefined where anything from 0 to the duration will do. */
  blackout: number | undefined
}

/** What two ways to evaluate one formula may differ by, as a part of the value. */
const EDGE_TOLERANCE = 1e-9

/** A number of MiB; `exact` where it stands in the problem, so that no arithmetic can have changed it. */
interface Amount {
  mib: number
  exact: boolean
}

/** Whether a ≥ b; `either` where float noise decides. */
function reaches(a: Amount, b: Amount): 'yes' | 'no' | 'either' {
  const noisy = !(a.exact && b.exact)
  if (noisy && Math.abs(a.mib - b.mib) <= EDGE_TOLERANCE * Math.max(a.mib, b.mib)) return 'either'
  return a.mib >= b.mib ? 'yes' : 'no'
}

function dirtied(vm: ResolvedVm, passSeconds: number): Amount {
  const unlimited = vm.dirtyMiBps * passSeconds
  const limited = unlimited > vm.workingSetMiB * (1 + EDGE_TOLERANCE)
  return { mib: Math.min(vm.workingSetMiB, unlimited), exact: limited || unlimited === 0 }
}

/**
 * Pre-copy: passes over what the pass before left dirty, until little enough is left or nothing is gained. Where a pass leaves exactly
 * as much as makes it the last, float noise decides whether there is another: then both answers are right, and listed.
 */
export function liveExpectations(
  vm: ResolvedVm,
  rate: number,
  policy: Policy,
): { duration: number; blackout: number }[] {
  const threshold = { mib: policy.stopThresholdMiB, exact: true }
  const found: { duration: number; blackout: number }[] = []
  let dirty: Amount = { mib: vm.copyMiB, exact: true }
  let copied = 0
  for (let passes = 1; ; passes++) {
    const passSeconds = dirty.mib / rate
    copied += passSeconds
    const left = dirtied(vm, passSeconds)
    const stops = [reaches(threshold, left), reaches(left, dirty), passes >= policy.maxPasses ? 'yes' : 'no']
    if (stops.some((stop) => stop !== 'no')) {
      const blackout = (left.mib / rate) * vm.durationFactor
      found.push({ duration: policy.setupSeconds + copied * vm.durationFactor + blackout, blackout })
    }
    if (stops.includes('yes')) return found
    dirty = left
  }
}

/** What will do for one that takes so many slots; more than one only where float noise decides. */
function expectations(leg: Leg, { problem, wishes }: Replay, taken: Taken): Expectation[] {
  const { migration, vm, source, target } = leg
  const { policy } = problem
  if (migration.kind === 'restart') return standingStill(policy.restartSeconds)
  if (migration.kind === 'save') {
    return standingStill(policy.setupSeconds + (2 * vm.memoryMiB) / policy.saveMiBps)
  }
  if (migration.kind === 'stop-in-place') return standingStill(policy.stopSeconds)
  if (migration.kind === 'start-in-place') return standingStill(policy.startSeconds)
  if (isInPlace(migration)) return standingStill(vm.memoryMiB / policy.saveMiBps)

  const wish = wishes.get(vm.id)
  const ends = wish?.kind === 'move' && leg.last && wish.to?.includes(target.id) !== false
  if (ends && wish.durationSeconds !== undefined) {
    return [{ duration: wish.durationSeconds, blackout: undefined }]
  }
  if (leg.state !== 'running') return [{ duration: policy.setupSeconds, blackout: 0 }]
  return liveExpectations(vm, mebibytesPerSecond(problem, source, target, taken), policy)
}

/** What the time of the leg, start lag included, is by the model, if it takes so many slots; undefined: something else. */
export function fitting(leg: Leg, replay: Replay, taken: Taken): Expectation | undefined {
  const { startSeconds, endSeconds } = leg.migration
  const lag = replay.problem.policy.startLagSeconds
  return expectations(leg, replay, taken).find((each) =>
    lasts(endSeconds - startSeconds, each.duration + lag),
  )
}

function standingStill(duration: number): Expectation[] {
  return [{ duration, blackout: duration }]
}

function lasts(taken: number, exact: number): boolean {
  return (
    Math.abs(taken - ceilToMillisecond(exact)) <= DURATION_TOLERANCE ||
    Math.abs(taken - exact) <= TIME_TOLERANCE
  )
}

/** The blackout's fault: what it should be, and by how much it is not. */
function blackoutFault(
  given: number,
  expected: number | undefined,
  longest: number,
): [string, number] | undefined {
  if (expected !== undefined) {
    const excess = given - expected
    return Math.abs(excess) <= BLACKOUT_TOLERANCE
      ? undefined
      : [`the model says ${seconds(expected)}`, excess]
  }
  const excess = given < 0 ? given : Math.max(0, given - longest)
  if (Math.abs(excess) <= TIME_TOLERANCE) return undefined
  return [`it has to lie within 0 s and ${seconds(longest)}`, excess]
}

/** Does the time fit some width that the plan does not tell? */
export function isOfAnotherWidth(leg: Leg, replay: Replay): boolean {
  const { migration, source, target } = leg
  if (migration.kind !== 'live') return false
  const takes = possibleTakes(source, target, replay.problem.policy.wideMigrations)
  return takes.some((taken) => fitting(leg, replay, taken) !== undefined)
}

export function duration(replay: Replay): Found[] {
  const violations: Found[] = []
  // The VM knows nothing of it: no blackout holds it.
  const lag = replay.problem.policy.startLagSeconds
  for (const leg of replay.legs) {
    const { migration, vm } = leg
    const taken = migration.endSeconds - migration.startSeconds
    // An end before the start is rule `order`; to call it too short as well would say nothing new.
    if (taken < -TIME_TOLERANCE) continue
    const slots = takenOf(leg)
    const met = fitting(leg, replay, slots)
    // That it is the time of another width is for rule `width` to say.
    if (met === undefined && isOfAnotherWidth(leg, replay)) continue
    const expected = met ?? expectations(leg, replay, slots)[0]!
    const common = { subject: vm.id, atSeconds: migration.startSeconds } as const
    if (!met) {
      const rounded = ceilToMillisecond(expected.duration + lag)
      violations.push({
        ...common,
        excess: taken - rounded,
        message: `${describe(migration)} takes ${seconds(taken)}, but the model says ${seconds(rounded)}`,
      })
    }
    const fault = blackoutFault(migration.blackoutSeconds, expected.blackout, Math.max(0, taken - lag))
    if (fault) {
      violations.push({
        ...common,
        excess: fault[1],
        message: `${describe(migration)} has a blackout of ${seconds(migration.blackoutSeconds)}, but ${fault[0]}`,
      })
    }
  }
  return violations
}
