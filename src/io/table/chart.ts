/** The Gantt chart: one row a node, time to the right. */
import { addAll, greatest } from '../../lists.js'
import type { Plan } from '../../model/plan.js'
import type { ResolvedProblem } from '../../model/problem.js'
import type { CellState, NodeActivity } from './activity.js'
import { nodeActivities } from './activity.js'
import { renderAxis } from './axis.js'
import type { Clock } from './clock.js'
import { formatCount, formatSpan } from './clock.js'
import { paragraph } from './columns.js'
import { displayWidth, distinctWidth, padEnd, shorten } from './text.js'
import type { Theme } from './theme.js'

/** More nodes than this and the chart shows the busiest ones only. */
export const CHART_NODES = 24

const LEGEND: [CellState, string][] = [
  ['send', 'sends'],
  ['receive', 'receives'],
  ['both', 'both'],
  ['slotless', 'restart or save'],
  ['work', 'work'],
  ['slack', 'slack: the work may last longer'],
  ['backup', 'backup window'],
  ['blackout', 'blackout window'],
]

function paintCells(cells: readonly CellState[], theme: Theme): string {
  let line = ''
  for (let i = 0; i < cells.length; ) {
    const state = cells[i]
    let run = 1
    while (cells[i + run] === state) run++
    line += theme.paint(state, theme.glyphs[state].repeat(run))
    i += run
  }
  return line
}

/** The glyphs that occur, on as many lines as they need. */
function renderLegend(rows: readonly NodeActivity[], indent: number, theme: Theme): string[] {
  const seen = new Set(rows.flatMap((row) => row.cells))
  const lines: string[] = []
  let used = Number.POSITIVE_INFINITY
  for (const [state, words] of LEGEND.filter(([entry]) => seen.has(entry))) {
    const glyph = theme.glyphs[state]
    const entryWidth = glyph.length + 1 + words.length
    const entry = `${theme.paint(state, glyph)} ${words}`
    if (used + 2 + entryWidth > theme.options.width) {
      lines.push(' '.repeat(indent) + entry)
      used = indent + entryWidth
    } else {
      lines[lines.length - 1] += `  ${entry}`
      used += 2 + entryWidth
    }
  }
  return lines
}

function busyShare(row: NodeActivity, makespanSeconds: number): string {
  return `${Math.floor((row.busySeconds / makespanSeconds) * 100 + 1e-6)}%`.padStart(4)
}

/** The rows to show, in the problem's order, and what has to be said of the others. */
function selectRows(
  all: readonly NodeActivity[],
  theme: Theme,
): { rows: readonly NodeActivity[]; folded: string[] } {
  if (all.length <= CHART_NODES || theme.options.all) return { rows: all, folded: [] }
  const active = all.filter((row) => row.active)
  const busiest = [...active].sort((a, b) => b.busySeconds - a.busySeconds)
  const shown = new Set(busiest.slice(0, CHART_NODES))
  const rest = busiest.slice(CHART_NODES)
  const idle = all.filter((row) => !row.active)
  const folded: string[] = []
  if (rest.length > 0) {
    folded.push(
      `${formatCount(rest.length, 'more node')} busy for at most ${formatSpan(rest[0].busySeconds)} each (--all shows them)`,
    )
  }
  if (idle.length > 0) {
    const names = idle.slice(0, 12).map((row) => theme.clean(row.node))
    const more = idle.length > names.length ? `, and ${idle.length - names.length} more` : ''
    folded.push(`${formatCount(idle.length, 'node')} without migrations: ${names.join(', ')}${more}`)
  }
  return { rows: active.filter((row) => shown.has(row)), folded }
}

/** No lines where nothing moves. */
export function renderChart(plan: Plan, problem: ResolvedProblem, clock: Clock, theme: Theme): string[] {
  if (plan.makespanSeconds <= 0) return []
  const { width } = theme.options
  // Who is shown does not depend on the cells, but the label column needs to know who is shown.
  const { rows: labelled } = selectRows(nodeActivities(plan, problem, 1), theme)
  const names = new Map(labelled.map((row) => [row.node, theme.clean(row.node)]))
  const longest = greatest([...names.values()].map(displayWidth), 4)
  const wished = Math.max(8, Math.floor(width / 4))
  const cut =
    longest <= wished
      ? longest
      : distinctWidth(
          problem.nodes.map(({ id }) => theme.clean(id)),
          wished,
        )
  // Names that only their whole length tells apart stand on lines of their own.
  const ownLine = cut > width / 2
  const labelWidth = ownLine ? 4 : cut
  const cellCount = width - 2 - labelWidth - 2 - 5
  const { rows, folded } = selectRows(nodeActivities(plan, problem, cellCount), theme)
  const axis = renderAxis(plan.makespanSeconds, cellCount, clock, theme.glyphs.tick)
  const lines = [
    theme.paint('bold', 'Nodes'),
    theme.paint('dim', `  ${' '.repeat(labelWidth)}  ${padEnd(axis, cellCount)} busy`),
  ]
  for (const row of rows) {
    const name = names.get(row.node) ?? ''
    if (ownLine) addAll(lines, paragraph(name, theme, 2))
    const label = ownLine ? '' : shorten(name, labelWidth, theme.glyphs.ellipsis)
    lines.push(
      `  ${padEnd(label, labelWidth)}  ${paintCells(row.cells, theme)} ${busyShare(row, plan.makespanSeconds)}`,
    )
  }
  addAll(lines, renderLegend(rows, labelWidth + 4, theme))
  for (const text of folded) addAll(lines, paragraph(text, theme, 2))
  return lines
}
