/** Rule `figures`: makespan, bounds, gap, cost and status follow from the migrations and from each other. */
import type { Plan, PlanStatus } from '../../model/plan.js'
import { lossesOf } from '../losses.js'
import type { Found, Replay } from '../replay.js'
import { softPenalties } from '../soft-rules.js'
import { number, seconds } from '../text.js'
import { nearlyEqual, PROOF_TOLERANCE, TIME_TOLERANCE } from '../tolerance.js'

/** A gap is a ratio; it may be rounded to six decimals. */
const GAP_TOLERANCE = 1e-6

export function figures(replay: Replay): Found[] {
  const { problem, plan } = replay
  const violations: Found[] = []
  const report = (subject: keyof Plan, message: string, excess?: number) => {
    violations.push({ subject, ...(excess === undefined ? {} : { excess }), message })
  }
  const { makespanSeconds, lowerBoundSeconds, gap, cost, costLowerBound } = plan

  if ((plan.version as number) !== 1)
    report('version', `the plan is of version ${plan.version}; this program reads version 1`)
  if (plan.problem !== problem.name) {
    report('problem', `the plan is for problem "${plan.problem}", not for "${problem.name}"`)
  }

  const ends = [...plan.migrations, ...(plan.maintenance ?? [])].map(({ endSeconds }) => endSeconds)
  const makespan = ends.reduce((latest, end) => Math.max(latest, end), 0)
  if (!nearlyEqual(makespanSeconds, makespan)) {
    report(
      'makespanSeconds',
      `the makespan is given as ${seconds(makespanSeconds)}, but the last migration${problem.works === undefined ? '' : ' or work'} ends at ${seconds(makespan)}`,
      makespanSeconds - makespan,
    )
  }

  if (lowerBoundSeconds < -TIME_TOLERANCE) {
    report(
      'lowerBoundSeconds',
      `the lower bound of ${seconds(lowerBoundSeconds)} is negative`,
      -lowerBoundSeconds,
    )
  }
  if (lowerBoundSeconds > makespanSeconds + TIME_TOLERANCE) {
    report(
      'lowerBoundSeconds',
      `the lower bound of ${seconds(lowerBoundSeconds)} is above the makespan of ${seconds(makespanSeconds)}`,
      lowerBoundSeconds - makespanSeconds,
    )
  }
  const trueGap = makespanSeconds > 0 ? (makespanSeconds - lowerBoundSeconds) / makespanSeconds : 0
  if (Math.abs(gap - trueGap) > GAP_TOLERANCE) {
    report(
      'gap',
      `the gap is given as ${number(gap)}, but makespan and lower bound make ${number(trueGap)}`,
      gap - trueGap,
    )
  }

  const trueCost = makespanSeconds + penalties(replay)
  if (!nearlyEqual(cost, trueCost)) {
    report(
      'cost',
      `the cost is given as ${seconds(cost)}, but makespan and penalties make ${seconds(trueCost)}`,
      cost - trueCost,
    )
  }
  if (costLowerBound > cost && !nearlyEqual(costLowerBound, cost)) {
    report(
      'costLowerBound',
      `the lower bound on the cost, ${seconds(costLowerBound)}, is above the cost of ${seconds(cost)}`,
      costLowerBound - cost,
    )
  }

  const status = statusOf(replay)
  if (plan.status !== status) {
    report(
      'status',
      `the status is "${plan.status}", but a plan that is ${plan.proven ? '' : 'not '}proven and leaves ${plan.unplaced.length} VMs unplaced is "${status}"`,
    )
  }
  // Of a balance it is the number of migrations that is proven.
  if (plan.proven && problem.balance === undefined && cost - costLowerBound > PROOF_TOLERANCE) {
    report(
      'proven',
      `the plan is called proven, but its cost of ${seconds(cost)} is ${seconds(cost - costLowerBound)} above the bound`,
      cost - costLowerBound,
    )
  }
  return violations
}

function penalties(replay: Replay): number {
  const { policy } = replay.problem
  let sum = softPenalties(replay) + (replay.plan.notHome ?? []).length * policy.notHomePenaltySeconds
  for (const leg of replay.legs) {
    const { offloads, features } = lossesOf(leg, replay)
    sum += offloads.length * policy.offloadPenaltySeconds + features.length * policy.featureLossPenaltySeconds
    const { kind, blackoutSeconds } = leg.migration
    if (kind === 'live') sum += Math.max(0, blackoutSeconds - 1) * policy.blackoutPenaltySeconds
    if (leg.source !== leg.target) sum += policy.migrationPenaltySeconds
    if (kind === 'restart') sum += policy.restartPenaltySeconds
    if (kind === 'save' || kind === 'save-in-place') sum += policy.savePenaltySeconds
    if (kind === 'stop-in-place') sum += policy.stopPenaltySeconds
  }
  return sum
}

/** A VM that was where it should be already neither moves nor is left behind. */
function statusOf({ plan, wishes, legsOf, worksDone }: Replay): PlanStatus {
  if (plan.unplaced.length + (plan.notMaintained ?? []).length === 0)
    return plan.proven ? 'optimal' : 'feasible'
  if (worksDone.size > 0) return 'partial'
  for (const vm of wishes.keys()) if (legsOf.has(vm)) return 'partial'
  return 'infeasible'
}
