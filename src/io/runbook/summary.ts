/** What a runbook will do, in one line: for people who find the file, or start it. */
import { least } from '../../lists.js'
import type { Plan } from '../../model/plan.js'
import type { ResolvedProblem } from '../../model/problem.js'
import { isoInstant } from '../instant.js'
import { formatCount, formatSpan } from '../table/clock.js'

const NAMED = 4

function list(names: readonly string[]): string {
  if (names.length <= NAMED) return names.join(', ')
  return `${names.slice(0, NAMED).join(', ')} and ${formatCount(names.length - NAMED, 'more node')}`
}

/** `22:00 to 22:26`: full minutes around migrations and works, both sorted by their starts; and what tells day and zone. */
function when({ makespanSeconds, migrations, maintenance = [] }: Plan, { start }: ResolvedProblem): string {
  if (start === undefined) return `${formatSpan(makespanSeconds)} from its start`
  const minute = (seconds: number, round: (minutes: number) => number) =>
    isoInstant(start, round((start.epochMs / 1000 + seconds) / 60) * 60 - start.epochMs / 1000)
  const first = least([...migrations.slice(0, 1), ...maintenance].map(({ startSeconds }) => startSeconds))
  const [from, to] = [minute(first, Math.floor), minute(makespanSeconds, Math.ceil)]
  const [day, until] = [from.slice(0, 10), to.slice(0, 10)]
  const end = until === day ? to.slice(11, 16) : `${until} ${to.slice(11, 16)}`
  return `${from.slice(11, 16)} to ${end} (${day}, UTC${from.slice(23)})`
}

/** `rack-7: empties HV03: 10 migrations, 22:00 to 22:26 (2026-11-23, UTC+01:00)` */
export function summarise(plan: Plan, problem: ResolvedProblem): string {
  const drains = new Set(problem.drains.map(({ node }) => node))
  const emptied = [...plan.drained].sort((a, b) => a.atSeconds - b.atSeconds).map(({ node }) => node)
  const others = [...drains].filter((node) => !emptied.includes(node))
  const home = new Map(problem.vms.map(({ id, node }) => [id, node]))
  const moved = new Set(plan.migrations.map(({ vm }) => vm).filter((vm) => !drains.has(home.get(vm) ?? '')))
  const { maintenance = [], notMaintained = [] } = plan
  const works = maintenance.map(({ node }) => node)
  const undone = notMaintained.map(({ node }) => node)
  const does: string[] = []
  if (works.length > 0) does.push(`works on ${list(works)}`)
  if (undone.length > 0) does.push(`not on ${list(undone)}`)
  if (emptied.length > 0) does.push(`empties ${list(emptied)}`)
  if (others.length > 0) does.push(`empties ${list(others)} in part`)
  if (moved.size > 0 && works.length === 0)
    does.push(`moves ${formatCount(moved.size, emptied.length > 0 ? 'other VM' : 'VM')}`)
  const count = (kinds: readonly string[]) =>
    plan.migrations.filter(({ kind }) => kinds.includes(kind)).length
  const down = [
    [count(['restart']), 'restart'],
    [count(['save', 'save-in-place']), 'save'],
    [count(['stop-in-place']), 'shutdown'],
    [count(['resume-in-place', 'start-in-place']), 'start'],
  ] as const
  const harder = down.filter(([n]) => n > 0).map(([n, what]) => formatCount(n, what))
  const migrations = `${formatCount(plan.migrations.length, 'migration')}${harder.length > 0 ? ` (${harder.join(', ')})` : ''}`
  const idle = plan.migrations.length + maintenance.length === 0
  const work = idle ? 'nothing to migrate' : `${migrations}, ${when(plan, problem)}`
  return [problem.name, does.join(', '), work].filter((part) => part !== '').join(': ')
}
