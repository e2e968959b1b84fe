/** A plan as a page for a terminal. */
import type { Plan } from '../../model/plan.js'
import type { ResolvedProblem } from '../../model/problem.js'
import { renderChart } from './chart.js'
import { createClock } from './clock.js'
import { renderHeader } from './header.js'
import { renderWorks } from './maintenance.js'
import { renderMigrations } from './migrations.js'
import { renderDrained, renderUnplaced, renderWarnings } from './outcome.js'
import type { TableOptions } from './theme.js'
import { createTheme } from './theme.js'

/** Pure: the same plan, problem and options give the same text. Ends with one newline. */
export function planToTable(plan: Plan, problem: ResolvedProblem, options: TableOptions): string {
  const theme = createTheme(options)
  const clock = createClock(problem, plan.makespanSeconds)
  const summary = renderHeader(plan, problem, clock, theme)
  const details = [
    renderChart(plan, problem, clock, theme),
    renderMigrations(plan, problem, clock, theme),
    renderWorks(plan, problem, clock, theme),
    renderDrained(plan, problem, clock, theme),
    renderUnplaced(plan, theme),
    renderWarnings(plan, theme),
  ]
  const sections = options.summaryLast === true ? [...details, summary] : [summary, ...details]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}
