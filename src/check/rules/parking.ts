/** Rule `parking`: at most one stop on the way, allowed and marked, and never on a node that it should keep off. */
import type { Violation } from '../../model/plan.js'
import type { Leg, Replay } from '../replay.js'
import { describe } from '../text.js'

export function parking(replay: Replay): Violation[] {
  const violations: Violation[] = []
  const report = (leg: Leg, message: string, excess?: number) => {
    violations.push({
      rule: 'parking',
      subject: leg.vm.id,
      atSeconds: leg.migration.startSeconds,
      ...(excess === undefined ? {} : { excess }),
      message,
    })
  }

  for (const [vm, legs] of replay.legsOf) {
    if (legs.length > 2)
      report(legs[2]!, `${vm} migrates ${legs.length} times; it may do so twice`, legs.length - 2)
    if (legs.length === 2 && !legs[0]!.migration.parking) {
      report(
        legs[0]!,
        `${describe(legs[0]!.migration)} is followed by another of this VM, but is not marked as parking`,
      )
    }
    for (const leg of legs) {
      const { migration, target } = leg
      if (!migration.parking) continue
      if (!replay.problem.policy.allowParking) {
        report(leg, `${describe(migration)} is parking, and policy.allowParking is false`)
      }
      if (leg.last)
        report(
          leg,
          `${describe(migration)} is marked as parking, but the VM does not go on from ${target.id}`,
        )
      if (replay.drainModes.has(target.id) && migration.from !== target.id) {
        report(leg, `${describe(migration)} parks the VM on ${target.id}, which is being drained`)
      }
      if (leg.at === target.id) report(leg, `${describe(migration)} parks the VM on the node where it is`)
    }
  }
  return violations
}
