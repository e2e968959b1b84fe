/** The works of a plan, each with its slack; those that are not done, and VMs that are not home. */
import { addAll } from '../../lists.js'
import type { NotMaintainedReason, Plan } from '../../model/plan.js'
import type { ResolvedProblem } from '../../model/problem.js'
import { type Clock, formatSeconds, formatSpan } from './clock.js'
import { paragraph, renderTable } from './columns.js'
import { cut, REASONS } from './outcome.js'
import { formatInteger } from './text.js'
import type { Theme } from './theme.js'

const WORK_REASONS: Record<NotMaintainedReason, string> = {
  ...REASONS,
  after: 'goes after a work that is not done',
}

export function renderWorks(plan: Plan, problem: ResolvedProblem, clock: Clock, theme: Theme): string[] {
  const { maintenance = [], notMaintained = [], notHome = [] } = plan
  const lines: string[] = []
  if (maintenance.length > 0) {
    const columns = [
      { heading: 'node', align: 'left', least: 8, ids: problem.nodes.map(({ id }) => theme.clean(id)) },
      { heading: `from${clock.unit}`, align: 'right' },
      { heading: `to${clock.unit}`, align: 'right' },
      { heading: 'seconds', align: 'right' },
      { heading: 'slack', align: 'right' },
    ] as const
    const rows = maintenance.map(({ node, startSeconds, endSeconds, slackSeconds }) => ({
      cells: [
        theme.clean(node),
        clock.instant(startSeconds),
        clock.instant(endSeconds),
        formatSeconds(endSeconds - startSeconds),
        slackSeconds > 0 ? formatSpan(slackSeconds) : 'none',
      ],
    }))
    addAll(lines, [theme.paint('bold', 'Works'), ...renderTable({ columns, rows }, 2, theme)])
  }
  const left = cut(notMaintained, theme, ({ node, reason, detail, vms }) => {
    const staying = vms.length === 0 ? '' : `; stay: ${vms.map(theme.clean).join(', ')}`
    const text = `${theme.clean(node)}: ${WORK_REASONS[reason]} (${theme.clean(detail)})${staying}`
    return paragraph(text, theme, 4, '  ! ').map((line) => theme.paint('bad', line))
  })
  if (left.length > 0)
    addAll(lines, [
      theme.paint('bold', `Works left undone (${formatInteger(notMaintained.length)})`),
      ...left,
    ])
  const away = cut(notHome, theme, ({ vm, reason }) =>
    paragraph(`${theme.clean(vm)}: ${REASONS[reason]}`, theme, 4, '  ! ').map((line) =>
      theme.paint('warn', line),
    ),
  )
  if (away.length > 0)
    addAll(lines, [theme.paint('bold', `VMs that are not home (${formatInteger(notHome.length)})`), ...away])
  return lines
}
