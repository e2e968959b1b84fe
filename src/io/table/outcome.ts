/** What the plan leaves behind: drained nodes, VMs that stay, warnings. */
import { addAll, append } from '../../lists.js'
import type { Plan, UnplacedReason, UnplacedVm } from '../../model/plan.js'
import type { ResolvedProblem } from '../../model/problem.js'
import type { Clock } from './clock.js'
import { formatSeconds } from './clock.js'
import { paragraph, renderTable } from './columns.js'
import { formatInteger } from './text.js'
import type { Theme } from './theme.js'

/** More VMs or warnings than this are cut off unless all are asked for. */
export const LISTED_ENTRIES = 200

export const REASONS: Record<UnplacedReason, string> = {
  'cpu-vendor': 'CPU of another vendor',
  'cpu-features': 'CPU features',
  vcpus: 'vCPUs',
  devices: 'devices',
  memory: 'memory',
  'anti-affinity': 'anti-affinity',
  affinity: 'affinity',
  'allowed-nodes': 'not a possible owner',
  horizon: 'no time before the horizon',
  window: 'no time between windows',
  'node-state': 'node state',
  blackout: 'blackout too long',
  ways: 'none of its ways',
  deadline: 'no time before a deadline',
}

/** The lines of all entries, or of the first `LISTED_ENTRIES` and how many more there are. */
export function cut<T>(entries: readonly T[], theme: Theme, render: (entry: T) => string[]): string[] {
  const listed = theme.options.all ? entries : entries.slice(0, LISTED_ENTRIES)
  const hidden = entries.length - listed.length
  const lines = listed.flatMap(render)
  if (hidden > 0) lines.push(`  and ${formatInteger(hidden)} more (--all lists them)`)
  return lines
}

type Drained = Plan['drained'][number]

const byTime = (a: Drained, b: Drained) => a.atSeconds - b.atSeconds || (a.node < b.node ? -1 : 1)

export function renderDrained(plan: Plan, problem: ResolvedProblem, clock: Clock, theme: Theme): string[] {
  const done = new Map(plan.drained.map((d) => [d.node, d.atSeconds]))
  const wanted = problem.drains.filter((d) => !done.has(d.node))
  if (done.size === 0 && wanted.length === 0) return []
  const columns = [
    { heading: 'node', align: 'left', least: 8, ids: problem.nodes.map(({ id }) => theme.clean(id)) },
    { heading: `empty at${clock.unit}`, align: 'right' },
    { heading: 'seconds', align: 'right' },
    { heading: '', align: 'left' },
  ] as const
  const modes = new Map(problem.drains.map((d) => [d.node, d.mode]))
  const rows = [
    ...[...plan.drained].sort(byTime).map((d) => ({
      cells: [
        theme.clean(d.node),
        clock.instant(d.atSeconds),
        formatSeconds(d.atSeconds),
        modes.get(d.node) === 'save' ? 'VMs saved' : '',
      ],
    })),
    ...wanted.map((d) => ({
      cells: [theme.clean(d.node), 'not empty', '', ''],
      styles: [undefined, 'bad' as const, undefined],
    })),
  ]
  return [theme.paint('bold', 'Drained nodes'), ...renderTable({ columns, rows }, 2, theme)]
}

function groupByReason(nodes: Readonly<Record<string, UnplacedReason>>, theme: Theme): string {
  const groups = new Map<UnplacedReason, string[]>()
  for (const [node, reason] of Object.entries(nodes)) {
    append(groups, reason, theme.clean(node))
  }
  return [...groups]
    .map(([reason, names]) => {
      const shown = theme.options.all ? names : names.slice(0, 12)
      const more = names.length > shown.length ? ` and ${names.length - shown.length} more` : ''
      return `${REASONS[reason]}: ${shown.join(', ')}${more}`
    })
    .join('; ')
}

function renderUnplacedVm(entry: UnplacedVm, theme: Theme): string[] {
  const lines = paragraph(
    `${theme.clean(entry.vm)}: ${REASONS[entry.reason]} (${theme.clean(entry.detail)})`,
    theme,
    4,
    '  ! ',
  )
  const painted = lines.map((line) => theme.paint('bad', line))
  const nodes = groupByReason(entry.nodes, theme)
  if (nodes !== '') addAll(painted, paragraph(nodes, theme, 6))
  for (const remedy of entry.remedies) {
    addAll(painted, paragraph(`remedy: ${theme.clean(remedy)}`, theme, 6))
  }
  return painted
}

export function renderUnplaced(plan: Plan, theme: Theme): string[] {
  if (plan.unplaced.length === 0) return []
  return [
    theme.paint('bold', `Unplaced VMs (${formatInteger(plan.unplaced.length)})`),
    ...cut(plan.unplaced, theme, (entry) => renderUnplacedVm(entry, theme)),
  ]
}

export function renderWarnings(plan: Plan, theme: Theme): string[] {
  if (plan.warnings.length === 0) return []
  return [
    theme.paint('bold', `Warnings (${formatInteger(plan.warnings.length)})`),
    ...cut(plan.warnings, theme, (warning) => {
      const subject = [warning.vm, warning.node].filter((id) => id !== undefined).map(theme.clean)
      const about = subject.length > 0 ? `, ${subject.join(', ')}` : ''
      const text = `${warning.code}${about}: ${theme.clean(warning.message)}`
      return paragraph(text, theme, 4, '  ! ').map((line) => theme.paint('warn', line))
    }),
  ]
}
