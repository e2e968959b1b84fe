/** Rule `parking`: at most one stop on the way, allowed and marked, and never on a node that it should keep off. */
import { type Found, isMaintained, type Leg, type Replay } from '../replay.js'
import { describe } from '../text.js'

/** Beside works, VMs of their nodes migrate any number of times, and those that only make room as well. */
function isFree({ vm }: Leg, replay: Replay): boolean {
  return isMaintained(vm, replay) || (replay.problem.works !== undefined && !replay.wishes.has(vm.id))
}

export function parking(replay: Replay): Found[] {
  const violations: Found[] = []
  const report = (leg: Leg, message: string, excess?: number) => {
    violations.push({
      subject: leg.vm.id,
      atSeconds: leg.migration.startSeconds,
      ...(excess === undefined ? {} : { excess }),
      message,
    })
  }

  for (const [vm, legs] of replay.legsOf) {
    if (isFree(legs[0]!, replay)) {
      for (const leg of legs)
        if (leg.migration.parking)
          report(
            leg,
            `${describe(leg.migration)} is marked as parking, and this VM migrates as often as it takes`,
          )
      continue
    }
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
