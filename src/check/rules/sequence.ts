/**
 * Rule `sequence`: in a list of the request's `order`, the last migration of a VM has ended before the first of any later VM begins; in a
 * schedule of rounds, in an earlier round. A VM without a migration binds nobody.
 */
import type { Found, Leg, Replay } from '../replay.js'
import { describe, seconds } from '../text.js'
import { TIME_TOLERANCE } from '../tolerance.js'

export function sequence({ problem, plan, legsOf }: Replay): Found[] {
  const inRounds = plan.schedule === 'rounds'
  const judge = inRounds ? byRound : byInstant
  const endOf = (leg: Leg) => (inRounds ? leg.migration.round : leg.endSeconds)
  return problem.order.flatMap((list) => {
    const violations: Found[] = []
    /** Of all VMs so far, the leg that is over last. */
    let latest: Leg | undefined
    for (const id of list) {
      const legs = legsOf.get(id) ?? []
      const first = legs[0]
      if (first === undefined) continue
      const fault = latest === undefined ? undefined : judge(latest, first)
      if (fault !== undefined) violations.push(fault)
      for (const leg of legs) if (latest === undefined || endOf(leg) > endOf(latest)) latest = leg
    }
    return violations
  })
}

function byInstant(before: Leg, after: Leg): Found | undefined {
  const excess = before.endSeconds - after.startSeconds
  if (excess <= TIME_TOLERANCE) return undefined
  return {
    subject: after.vm.id,
    atSeconds: after.startSeconds,
    excess,
    message: `${describe(after.migration)} starts ${seconds(excess)} before the ${describe(before.migration)} has ended, which the request's order puts first`,
  }
}

function byRound(before: Leg, after: Leg): Found | undefined {
  const excess = before.migration.round + 1 - after.migration.round
  if (excess <= 0) return undefined
  return {
    subject: after.vm.id,
    atSeconds: after.startSeconds,
    excess,
    message: `${describe(after.migration)} is in round ${after.migration.round}, and the ${describe(before.migration)}, which the request's order puts first, is not in an earlier one`,
  }
}
