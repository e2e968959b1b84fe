/** What the checker found, as a table. */
import { addAll } from '../../lists.js'
import type { Violation } from '../../model/plan.js'
import type { ResolvedProblem } from '../../model/problem.js'
import { createClock, formatCount, formatSeconds } from './clock.js'
import { paragraph, renderTable, tableWidth } from './columns.js'
import { LISTED_ENTRIES } from './outcome.js'
import { formatInteger } from './text.js'
import type { TableOptions } from './theme.js'
import { createTheme } from './theme.js'

/** `ok: N migrations, no violation` where there is none. Ends with one newline. */
export function violationsToTable(
  violations: readonly Violation[],
  migrationCount: number,
  problem: ResolvedProblem,
  options: TableOptions,
): string {
  const theme = createTheme(options)
  const migrations = formatCount(migrationCount, 'migration')
  if (violations.length === 0) return `${theme.paint('good', 'ok')}: ${migrations}, no violation\n`
  const clock = createClock(
    problem,
    violations.reduce((last, v) => Math.max(last, v.atSeconds ?? 0), 0),
  )
  const listed = options.all ? violations : violations.slice(0, LISTED_ENTRIES)
  const ids = [...problem.nodes, ...problem.vms].map(({ id }) => theme.clean(id))
  const columns = [
    { heading: 'rule', align: 'left' },
    { heading: 'subject', align: 'left', least: 8, ids },
    { heading: `instant${clock.unit}`, align: 'right' },
    { heading: 'excess', align: 'right' },
  ] as const
  const withMessage = [...columns, { heading: 'message', align: 'left' } as const]
  const cells = (v: Violation) => [
    v.rule,
    theme.clean(v.subject),
    v.atSeconds === undefined ? '' : clock.instant(v.atSeconds),
    v.excess === undefined ? '' : formatSeconds(v.excess),
  ]
  const styles = ['bad' as const]
  const room = options.width - 2
  const beside = listed.map((v) => ({ cells: [...cells(v), theme.clean(v.message)], styles }))
  const below = listed.map((v) => ({ cells: cells(v), styles, below: theme.clean(v.message) }))
  // A message that does not fit beside its row goes below it, whole.
  const whole = { columns: withMessage, rows: beside }
  const lines = renderTable(tableWidth(whole) <= room ? whole : { columns, rows: below }, 2, theme)
  const hidden = violations.length - listed.length
  if (hidden > 0) {
    addAll(lines, paragraph(`and ${formatInteger(hidden)} more (--all lists them)`, theme, 2))
  }
  const title = `${formatCount(violations.length, 'violation')} in ${migrations}`
  return `${theme.paint('bold', title)}\n${lines.join('\n')}\n`
}
