/** What journals tell of durations: live migrations whose start and end were both seen, and what ran beside each. */
import type { Journal, JournalMigration } from '../model/journal.js'
import type { Plan } from '../model/plan.js'
import type { ResolvedNode, ResolvedProblem, ResolvedVm } from '../model/problem.js'
import { isInPlace } from '../model/ways.js'
import { readHistory } from '../replan/history.js'

/** One live migration of a running VM, as it went. */
export interface Observation {
  /** Which night it is of: an index into the nights. */
  night: number
  vm: ResolvedVm
  from: ResolvedNode
  to: ResolvedNode
  /** From its start to when its end was seen; where the host told how long it took, that. Seconds, > 0. */
  seconds: number
  /** Most that the end was seen late, seconds; 0 where the host told the duration. */
  pollSeconds: number
  /** The mean share of its link that each end had for it: 1 ÷ the migrations under way there, over its time. */
  share: { from: number; to: number }
}

/** One night: what was planned, its plan, and what its run wrote down. */
export interface Night {
  problem: ResolvedProblem
  plan: Plan
  journals: readonly Journal[]
}

/** The most that a runbook waits between two looks, where the journal does not say. Seconds. */
const DEFAULT_POLL_SECONDS = 5

interface Span {
  entry: JournalMigration
  startMs: number
  endMs: number
  /** Both ends were seen, and it arrived. */
  seen: boolean
  /** As the host told it, seconds. */
  told: number | undefined
}

/** The longest that its runbook waited between two looks, seconds. */
export function pollOf({ begin }: Journal): number {
  return begin.entry.pollSeconds ?? DEFAULT_POLL_SECONDS
}

/**
 * @param night its index, for the observations
 * @throws InvalidProblemError where a journal is of another plan, or contradicts it
 */
export function observationsOf({ problem, plan, journals }: Night, night: number): Observation[] {
  return journals.flatMap((journal) => {
    // Refuses what is not of this plan.
    readHistory(problem, plan, journal)
    const spans = spansOf(journal)
    const pollSeconds = pollOf(journal)
    return spans
      .filter((span) => span.seen && isModelled(problem, plan, span.entry))
      .map(({ entry, startMs, endMs, told }): Observation => {
        const shareAt = (node: string) => meanShare(spans, node, startMs, endMs)
        return {
          night,
          vm: problem.vmById.get(entry.vm)!,
          from: problem.nodeById.get(entry.from)!,
          to: problem.nodeById.get(entry.to)!,
          seconds: told ?? (endMs - startMs) / 1000,
          pollSeconds: told === undefined ? pollSeconds : 0,
          share: { from: shareAt(entry.from), to: shareAt(entry.to) },
        }
      })
      .filter(({ seconds }) => seconds > 0)
  })
}

/** Whether the model gave its duration: a running VM, live, and no duration of the request's own. */
function isModelled(problem: ResolvedProblem, plan: Plan, { vm, kind, to, leg }: JournalMigration): boolean {
  if (kind !== 'live' || problem.vmById.get(vm)?.state !== 'running') return false
  const own = plan.migrations.filter((m) => m.vm === vm)
  // What was restarted or saved on its way is the same VM all the same; what was saved in place does not move.
  if (own.slice(0, leg).some((m) => isInPlace(m.kind))) return false
  const given = problem.moves.some((m) => m.vm === vm && m.durationSeconds !== undefined)
  return !(given && own[own.length - 1]?.to === to)
}

/** Migrations that take from a link, in the order of their ends. An end that was found after a pause is not one that was seen. */
function spansOf(journal: Journal): Span[] {
  const spans: Span[] = []
  const open = new Map<string, { entry: JournalMigration; startMs: number; broken: boolean }>()
  let lastMs = journal.begin.atMs
  for (const { atMs, entry } of journal.entries) {
    lastMs = Math.max(lastMs, atMs)
    if (entry.event === 'resumed') for (const each of open.values()) each.broken = true
    if (entry.event === 'started') open.set(entry.vm, { entry, startMs: atMs, broken: false })
    if (entry.event !== 'ended' && entry.event !== 'failed') continue
    const begun = open.get(entry.vm)
    open.delete(entry.vm)
    if (begun === undefined || entry.kind !== 'live') continue
    const { startMs, broken } = begun
    const told = entry.event === 'ended' ? entry.durationSeconds : undefined
    spans.push({ entry, startMs, endMs: atMs, seen: entry.event === 'ended' && !broken, told })
  }
  for (const { entry, startMs } of open.values())
    if (entry.kind === 'live') spans.push({ entry, startMs, endMs: lastMs, seen: false, told: undefined })
  return spans
}

/** Mean over a span of 1 ÷ the migrations under way at a node. */
function meanShare(spans: readonly Span[], node: string, startMs: number, endMs: number): number {
  const here = spans.filter(({ entry }) => entry.from === node || entry.to === node)
  const cuts = new Set([startMs, endMs])
  for (const span of here)
    for (const at of [span.startMs, span.endMs]) if (at > startMs && at < endMs) cuts.add(at)
  const times = [...cuts].sort((a, b) => a - b)
  let sum = 0
  for (let i = 1; i < times.length; i++) {
    const middle = (times[i - 1]! + times[i]!) / 2
    const under = here.filter((span) => span.startMs <= middle && middle < span.endMs).length
    sum += (times[i]! - times[i - 1]!) / Math.max(1, under)
  }
  return endMs > startMs ? sum / (endMs - startMs) : 1
}
