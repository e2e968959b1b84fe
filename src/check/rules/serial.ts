/** Rule `serial`: of the VMs of a serial group no two migrate at the same time, in whatever way. */
import type { Found, Leg, Replay } from '../replay.js'
import { append, type Change, overloads } from '../sweep.js'
import { list, seconds } from '../text.js'
import { TIME_TOLERANCE } from '../tolerance.js'

export function serial({ plan, legs }: Replay): Found[] {
  const groups = new Map<string, Leg[]>()
  for (const leg of legs) {
    // What takes no time is never under way.
    if (leg.endSeconds - leg.startSeconds <= TIME_TOLERANCE) continue
    for (const group of leg.vm.serial) append(groups, group, leg)
  }
  const judge = plan.schedule === 'rounds' ? byRound : byInstant
  return [...groups].flatMap(([group, members]) => judge(group, members))
}

function byInstant(group: string, legs: readonly Leg[]): Found[] {
  const changes: Change[] = legs.flatMap(({ startSeconds, endSeconds, vm }) => [
    { atSeconds: startSeconds, delta: 1, vm: vm.id },
    { atSeconds: endSeconds, delta: -1, vm: vm.id },
  ])
  return overloads(0, changes, 1, 0).map((over) => ({
    subject: over.vm,
    atSeconds: over.fromSeconds,
    excess: over.peak - 1,
    message: `${over.peak} migrations of the serial group ${group} are under way at once from ${seconds(over.fromSeconds)} to ${seconds(over.untilSeconds)}, when ${over.vm} starts`,
  }))
}

/** All migrations of a round may be under way at once. */
function byRound(group: string, legs: readonly Leg[]): Found[] {
  const rounds = new Map<number, Leg[]>()
  for (const leg of legs) append(rounds, leg.migration.round, leg)
  return [...rounds]
    .filter(([, members]) => members.length > 1)
    .map(([round, members]) => ({
      subject: members[0]!.vm.id,
      atSeconds: members[0]!.startSeconds,
      excess: members.length - 1,
      message: `round ${round} has ${members.length} migrations of the serial group ${group} (${list(members.map((leg) => leg.vm.id))})`,
    }))
}
