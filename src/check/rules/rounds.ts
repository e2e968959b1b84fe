/** Rule `rounds`: the round numbers follow from the times (timeline), or are barriers (rounds). */
import { takenOf } from '../bandwidth.js'
import type { Found, Leg, Replay } from '../replay.js'
import { append } from '../sweep.js'
import { describe, list, seconds } from '../text.js'
import { TIME_TOLERANCE } from '../tolerance.js'

export function rounds(replay: Replay): Found[] {
  if (replay.plan.schedule === 'timeline') return timelineNumbers(replay)
  return [
    ...worksInRounds(replay),
    ...overfullRounds(replay),
    ...earlyStarts(replay),
    ...missingNumbers(replay),
  ]
}

function worksInRounds({ problem }: Replay): Found[] {
  if (problem.works === undefined) return []
  const message = 'the plan is in rounds, and works belong to none: with maintenance it is a timeline'
  return [{ subject: 'schedule', message }]
}

function timelineNumbers({ legs }: Replay): Found[] {
  /** Least number above everything that has ended on each node so far. The plan's own numbers: one fault is then not passed on for ever. */
  const next = new Map<string, number>()
  const finish = (leg: Leg) => {
    const above = leg.migration.round + 1
    for (const { id } of [leg.source, leg.target]) next.set(id, Math.max(next.get(id) ?? 0, above))
  }
  // A leg of no length counts only for those after it in the list: two at one instant would else be above each other.
  const isInstant = (leg: Leg) => leg.endSeconds - leg.startSeconds <= TIME_TOLERANCE
  const byEnd = legs.filter((leg) => !isInstant(leg)).sort((a, b) => a.endSeconds - b.endSeconds)

  const violations: Found[] = []
  let ended = 0
  for (const leg of legs) {
    while (ended < byEnd.length && byEnd[ended]!.endSeconds <= leg.startSeconds + TIME_TOLERANCE) {
      finish(byEnd[ended++]!)
    }
    const expected = Math.max(next.get(leg.source.id) ?? 0, next.get(leg.target.id) ?? 0)
    if (isInstant(leg)) finish(leg)
    const { round } = leg.migration
    if (round === expected) continue
    violations.push({
      subject: leg.vm.id,
      atSeconds: leg.startSeconds,
      excess: round - expected,
      message: `${describe(leg.migration)} is in round ${round}, but ${expected} is the least above what has ended on its nodes`,
    })
  }
  return violations
}

function overfullRounds({ problem, legs }: Replay): Found[] {
  const taking = new Map<number, Map<string, Leg[]>>()
  const saving = new Map<number, Map<string, Leg[]>>()
  for (const leg of legs) {
    const { round, kind } = leg.migration
    for (const groups of kind === 'save-in-place' ? [taking, saving] : [taking]) {
      const byNode = groups.get(round) ?? new Map<string, Leg[]>()
      groups.set(round, byNode)
      for (const node of new Set([leg.source.id, leg.target.id])) append(byNode, node, leg)
    }
  }

  const violations: Found[] = []
  const report = (groups: typeof taking, what: string, limitOf: (node: string) => number) => {
    for (const [round, byNode] of groups) {
      for (const [node, members] of byNode) {
        const limit = limitOf(node)
        const taken = members.reduce((sum, leg) => sum + slotsAt(leg, node), 0)
        if (taken <= limit) continue
        violations.push({
          subject: node,
          atSeconds: members[0]!.startSeconds,
          excess: taken - limit,
          message: `${node} has ${taken} ${what} in round ${round} (${list(members.map((leg) => leg.vm.id))}); it can have ${limit}`,
        })
      }
    }
  }
  report(taking, 'slots taken', (node) => problem.nodeById.get(node)?.slots ?? 0)
  report(saving, 'saves in place', () => 1)
  return violations
}

/** A save in place takes part once. */
function slotsAt(leg: Leg, node: string): number {
  const { from, to } = takenOf(leg)
  return leg.source.id === node ? from : to
}

function earlyStarts({ legs }: Replay): Found[] {
  const byRound = [...legs].sort((a, b) => a.migration.round - b.migration.round)
  const violations: Found[] = []
  let barrier = -Infinity
  let end = -Infinity
  let round = -Infinity
  for (const leg of byRound) {
    if (leg.migration.round > round) {
      round = leg.migration.round
      barrier = end
    }
    end = Math.max(end, leg.endSeconds)
    const excess = barrier - leg.startSeconds
    if (excess <= TIME_TOLERANCE) continue
    violations.push({
      subject: leg.vm.id,
      atSeconds: leg.startSeconds,
      excess,
      message: `${describe(leg.migration)} of round ${round} starts ${seconds(excess)} before the rounds before it have ended at ${seconds(barrier)}`,
    })
  }
  return violations
}

function missingNumbers({ legs }: Replay): Found[] {
  const used = [...new Set(legs.map((leg) => leg.migration.round))].sort((a, b) => a - b)
  const misfit = used.findIndex((round, i) => round !== i)
  if (misfit < 0) return []
  return [
    {
      subject: 'round',
      excess: used[misfit]! - misfit,
      message: `the rounds do not count from 0 without a gap: round ${misfit} is empty, and there is a round ${used[misfit]}`,
    },
  ]
}
