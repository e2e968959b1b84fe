/** What the plan amounts to: status, makespan, bound, gap, cost. */
import { isLowerEstimate, type Plan, type StopReason } from '../../model/plan.js'
import type { Policy, ResolvedProblem } from '../../model/problem.js'
import type { Clock } from './clock.js'
import { formatCount, formatPercent, formatSeconds, formatSpan } from './clock.js'
import { paragraph } from './columns.js'
import { formatInteger } from './text.js'
import type { Style, Theme } from './theme.js'

const CUT_BY: Partial<Record<StopReason, string>> = { aborted: 'an abort', 'time-limit': 'the time limit' }

/**
 * The status in words. `partial` and `infeasible` say how many VMs stay where they are, and whether more could have been placed; a search
 * that was not let finish says so.
 */
export function describeStatus(plan: Plan): string {
  const cut = CUT_BY[plan.statistics.stopped ?? 'budget']
  return statusInWords(plan) + (cut === undefined ? '' : `; search cut short by ${cut}`)
}

/** A makespan, and what it is worth where nobody knows how much VMs dirty. */
export function describeMakespan(plan: Plan, shown: string): string {
  return isLowerEstimate(plan) ? `${shown}, a lower estimate: no dirty rates are known` : shown
}

/** When nights like it end, where that is known. */
export function describeLikely({ statistics }: Plan, span: (seconds: number) => string): string | undefined {
  const { makespanAt50Seconds: half, makespanAt90Seconds: most } = statistics
  if (typeof half !== 'number' || typeof most !== 'number') return undefined
  return `${span(half)} on 5 nights of 10, ${span(most)} on 9`
}

/** So few VMs that end so much later than all others are named: seconds, and share of the makespan. */
const MOST_LATE = 5
const LATE_SECONDS = 60
const LATE_SHARE = 0.1

/** The few VMs that all others are done much sooner than, the last first, and when those are, seconds. */
export function stragglersOf({
  migrations,
  makespanSeconds,
}: Plan): { vms: string[]; others: number } | undefined {
  const ends = new Map<string, number>()
  for (const { vm, endSeconds } of migrations) ends.set(vm, Math.max(endSeconds, ends.get(vm) ?? 0))
  const late = [...ends].sort(([, a], [, b]) => b - a)
  // The end of a night with works may be a work's.
  if (late.length < 2 || late[0][1] < makespanSeconds) return undefined
  let most = 0
  let longest = Math.max(LATE_SECONDS, LATE_SHARE * makespanSeconds)
  for (let i = 1; i < late.length && i <= MOST_LATE; i++) {
    const wait = late[i - 1][1] - late[i][1]
    if (wait < longest) continue
    most = i
    longest = wait
  }
  return most === 0 ? undefined : { vms: late.slice(0, most).map(([vm]) => vm), others: late[most][1] }
}

function statusInWords(plan: Plan): string {
  const undone = plan.notMaintained?.length ?? 0
  const works = undone === 0 ? '' : `${formatCount(undone, 'work')} left undone`
  const vms = plan.unplaced.length === 0 ? '' : `${formatCount(plan.unplaced.length, 'VM')} left unplaced`
  const left = [works, vms].filter((each) => each !== '').join(', ')
  const proof = plan.proven ? ' (proven: no plan does better)' : ''
  switch (plan.status) {
    case 'optimal':
      return 'optimal (proven)'
    case 'feasible':
      return `feasible (gap ${formatPercent(plan.gap)})`
    case 'partial':
      return `partial: ${left}${proof}`
    case 'infeasible':
      return `infeasible: ${left}, none can move${plan.proven ? ' (proven)' : ''}`
  }
}

function statusStyle(plan: Plan): Style {
  if (plan.status === 'optimal') return 'good'
  return plan.status === 'feasible' ? 'warn' : 'bad'
}

function describePenalties(plan: Plan, { blackoutPenaltySeconds }: Policy): string {
  let offloads = 0
  let features = 0
  let restarts = 0
  let saves = 0
  let stops = 0
  let blackouts = 0
  for (const m of plan.migrations) {
    offloads += m.lostOffloads.length
    features += m.lostFeatures.length
    if (m.kind === 'restart') restarts++
    if (m.kind === 'save' || m.kind === 'save-in-place') saves++
    if (m.kind === 'stop-in-place') stops++
    if (m.kind === 'live' && m.blackoutSeconds > 1 && blackoutPenaltySeconds > 0) blackouts++
  }
  const parts: string[] = []
  if (offloads > 0) parts.push(`${formatCount(offloads, 'offload')} lost`)
  if (features > 0) parts.push(`${formatCount(features, 'CPU feature')} lost`)
  if (restarts > 0) parts.push(formatCount(restarts, 'restart'))
  if (saves > 0) parts.push(formatCount(saves, 'save'))
  if (stops > 0) parts.push(`${formatCount(stops, 'VM')} shut down`)
  if (blackouts > 0) parts.push(`${formatCount(blackouts, 'blackout')} above 1 s`)
  const broken = plan.warnings.filter(({ code }) => code === 'soft-rule').length
  if (broken > 0) parts.push(`${formatCount(broken, 'soft rule')} broken`)
  return parts.join(', ')
}

function describeCost(plan: Plan, policy: Policy): string {
  const penalties = plan.cost - plan.makespanSeconds
  const causes = describePenalties(plan, policy)
  const sum = `makespan + ${formatSeconds(penalties)} s of penalties`
  const split = penalties < 0.0005 ? 'the makespan, no penalties' : causes ? `${sum}: ${causes}` : sum
  return `${formatSeconds(plan.cost)} s (${split}); bound ${formatSeconds(plan.costLowerBound)} s`
}

/** Label and value lines, each wrapped to the width. */
export function renderHeader(plan: Plan, problem: ResolvedProblem, clock: Clock, theme: Theme): string[] {
  const { glyphs } = theme
  const name = theme.clean(plan.problem || problem.name || '(unnamed problem)')
  const span = (seconds: number) => `${formatSpan(seconds)} (${formatSeconds(seconds)} s)`
  const rounds = new Set(plan.migrations.map((m) => m.round)).size
  const statistics = plan.statistics
  const schedule = plan.schedule === 'rounds' ? 'barriers between rounds' : 'timeline'
  // Optimal is said of the cost: penalties saved may be worth a longer makespan.
  const costDecides = plan.status === 'optimal' && plan.gap > 0
  const facts: [string, string][] = []
  if (clock.start !== undefined) {
    const end = plan.makespanSeconds > 0 ? `, ends ${clock.instant(plan.makespanSeconds)}` : ''
    facts.push(['start', clock.start + end])
  }
  facts.push(['makespan', describeMakespan(plan, span(plan.makespanSeconds))])
  const late = stragglersOf(plan)
  if (late !== undefined) {
    const who = late.vms.map(theme.clean).join(', ')
    const sooner = formatSpan(plan.makespanSeconds - late.others)
    facts.push([`all but ${late.vms.length}`, `${formatSpan(late.others)}, ${sooner} sooner; last: ${who}`])
  }
  const likely = describeLikely(plan, span)
  if (likely !== undefined) facts.push(['likely', likely])
  for (const [metric, { before, after, least }] of Object.entries(plan.balance ?? {}))
    facts.push([
      `${metric} spread`,
      `${formatPercent(after)}, before ${formatPercent(before)}; no plan gets below ${formatPercent(least)}`,
    ])
  facts.push(
    ['lower bound', `${span(plan.lowerBoundSeconds)}, by ${theme.clean(statistics.bound)}`],
    ['gap', formatPercent(plan.gap) + (costDecides ? ' of the makespan; no plan costs less' : '')],
    ['cost', describeCost(plan, problem.policy)],
    [
      'migrations',
      `${formatInteger(plan.migrations.length)} in ${formatCount(rounds, 'round')}, ${schedule}`,
    ],
    [
      'runtime',
      `${formatSeconds(statistics.runtimeSeconds)} s, ${formatCount(statistics.evaluations, 'evaluation')}, seed ${statistics.seed}`,
    ],
  )
  const lines = paragraph(`${name} ${glyphs.separator} ${describeStatus(plan)}`, theme, 0)
  const status = describeStatus(plan)
  const painted = lines.map((line) =>
    line.endsWith(status)
      ? theme.paint('bold', line.slice(0, -status.length)) + theme.paint(statusStyle(plan), status)
      : theme.paint('bold', line),
  )
  return [...painted, ...facts.flatMap(([label, value]) => paragraph(value, theme, 15, `  ${label}`))]
}
