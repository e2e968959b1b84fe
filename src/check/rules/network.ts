/** Rule `network`: what crosses a network at one time holds no more of it than it carries. */
import type { ResolvedNetwork } from '../../model/problem.js'
import { isCrossed, mebibytesPerSecond, mebibytesPerSecondOf, takenOf } from '../bandwidth.js'
import type { Found, Leg, Replay } from '../replay.js'
import { append, type Change, overloads } from '../sweep.js'
import { list, number, seconds } from '../text.js'
import { NETWORK_TOLERANCE } from '../tolerance.js'

interface Crossing {
  leg: Leg
  /** MiB per second. */
  rate: number
}

export function network(replay: Replay): Found[] {
  const { problem, plan, legs } = replay
  const judge = plan.schedule === 'rounds' ? byRound : byInstant
  return problem.networks.flatMap((each) => {
    const crossings = legs.flatMap((leg): Crossing[] => {
      const { migration, source, target, state } = leg
      if (migration.kind !== 'live' || state !== 'running' || !isCrossed(each, source, target)) return []
      return [{ leg, rate: mebibytesPerSecond(problem, source, target, takenOf(leg)) }]
    })
    return judge(each, mebibytesPerSecondOf(each, problem), crossings)
  })
}

function byInstant({ id }: ResolvedNetwork, most: number, crossings: readonly Crossing[]): Found[] {
  const changes: Change[] = crossings.flatMap(({ leg: { startSeconds, endSeconds, vm }, rate }) => [
    { atSeconds: startSeconds, delta: rate, vm: vm.id },
    { atSeconds: endSeconds, delta: -rate, vm: vm.id },
  ])
  return overloads(0, changes, most, most * NETWORK_TOLERANCE).map((over) => ({
    subject: id,
    atSeconds: over.fromSeconds,
    excess: over.peak - most,
    message: `${number(over.peak)} MiB/s cross ${id} from ${seconds(over.fromSeconds)} to ${seconds(over.untilSeconds)}, when ${over.vm} starts; it carries ${number(most)} MiB/s`,
  }))
}

/** All migrations of a round may be under way at once. */
function byRound({ id }: ResolvedNetwork, most: number, crossings: readonly Crossing[]): Found[] {
  const rounds = new Map<number, Crossing[]>()
  for (const crossing of crossings) append(rounds, crossing.leg.migration.round, crossing)
  return [...rounds].flatMap(([round, members]): Found[] => {
    const sum = members.reduce((all, { rate }) => all + rate, 0)
    if (sum <= most * (1 + NETWORK_TOLERANCE)) return []
    const vms = list(members.map(({ leg }) => leg.vm.id))
    const message = `${number(sum)} MiB/s cross ${id} in round ${round} (${vms}); it carries ${number(most)} MiB/s`
    const atSeconds = members[0]!.leg.startSeconds
    return [{ subject: id, atSeconds, excess: sum - most, message }]
  })
}
