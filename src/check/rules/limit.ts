/** Rule `limit`: no more live migrations, and no more of other kinds, are under way at once in the cluster than the policy allows. */

import type { Policy } from '../../model/problem.js'
import type { Found, Leg, Replay } from '../replay.js'
import { append, type Change, overloads } from '../sweep.js'
import { list, seconds } from '../text.js'

type Key = 'concurrentMigrations' | 'concurrentRestarts'

export function limit({ problem, plan, legs }: Replay): Found[] {
  const judge = plan.schedule === 'rounds' ? byRound : byInstant
  const live = legs.filter((leg) => leg.migration.kind === 'live')
  const others = legs.filter((leg) => leg.migration.kind !== 'live')
  return [
    ...judge(problem.policy, 'concurrentMigrations', live),
    ...judge(problem.policy, 'concurrentRestarts', others),
  ]
}

const what = (key: Key) => (key === 'concurrentMigrations' ? 'live migrations' : 'restarts and saves')

/** `[start, end)`: one of no length is never under way, because its end counts before its start. */
function byInstant(policy: Policy, key: Key, legs: readonly Leg[]): Found[] {
  const most = policy[key]
  if (most === undefined) return []
  const changes: Change[] = legs.flatMap(({ startSeconds, endSeconds, vm }) => [
    { atSeconds: startSeconds, delta: 1, vm: vm.id },
    { atSeconds: endSeconds, delta: -1, vm: vm.id },
  ])
  return overloads(0, changes, most, 0).map((over) => ({
    subject: key,
    atSeconds: over.fromSeconds,
    excess: over.peak - most,
    message: `${over.peak} ${what(key)} are under way at once from ${seconds(over.fromSeconds)} to ${seconds(over.untilSeconds)}, when ${over.vm} starts; ${key} is ${most}`,
  }))
}

/** All migrations of a round may be under way at once, but for those of no length. */
function byRound(policy: Policy, key: Key, legs: readonly Leg[]): Found[] {
  const most = policy[key]
  if (most === undefined) return []
  const rounds = new Map<number, Leg[]>()
  for (const leg of legs) if (leg.endSeconds > leg.startSeconds) append(rounds, leg.migration.round, leg)
  return [...rounds]
    .filter(([, members]) => members.length > most)
    .map(([round, members]) => ({
      subject: key,
      atSeconds: members[0]!.startSeconds,
      excess: members.length - most,
      message: `round ${round} has ${members.length} ${what(key)} (${list(members.map((leg) => leg.vm.id))}); ${key} is ${most}`,
    }))
}
