/** What would help: changes of the problem with the figures of their plans, best first. */

import { addAll, append } from '../../lists.js'
import type { Change, Explanation, Relaxation, RelaxationKind, RuledOut } from '../../model/explanation.js'
import { formatCount, formatSeconds } from './clock.js'
import { paragraph, renderTable, tableWidth } from './columns.js'
import type { Theme } from './theme.js'

const COLUMNS = [
  { heading: 'gain', align: 'right' },
  { heading: 'cost', align: 'right' },
  { heading: 'makespan', align: 'right' },
  { heading: 'unplaced', align: 'right' },
  { heading: 'proven', align: 'left' },
] as const
/** What goes first where the page is too narrow. */
const DROPPED = ['makespan', 'proven']

export function renderRelaxations(explanation: Explanation, theme: Theme): string[] {
  const { relaxations, ruledOut, notComputed } = explanation
  if (relaxations.length + ruledOut.length + notComputed.length === 0) return []
  const helpful = relaxations.filter((relaxation) => relaxation.helps)
  const tried = formatCount(relaxations.length, 'change')
  const lines = [theme.paint('bold', `What would help (${tried} planned)`)]
  if (helpful.length > 0) addAll(lines, rows(helpful, theme))
  else if (relaxations.length > 0) lines.push('  none of the changes that were planned')
  const rest = relaxations.filter((relaxation) => !relaxation.helps)
  for (const relaxation of rest) addAll(lines, paragraph(noGain(relaxation, theme), theme, 4, '  -'))
  for (const text of useless(ruledOut, theme)) addAll(lines, paragraph(text, theme, 4, '  -'))
  if (notComputed.length > 0) addAll(lines, leftOut(notComputed, theme))
  return lines
}

function rows(helpful: readonly Relaxation[], theme: Theme): string[] {
  const cells = (r: Relaxation) => [
    r.gain.unplacedWeight > 0
      ? r.gain.unplaced > 0
        ? formatCount(r.gain.unplaced, 'VM')
        : 'more done'
      : `${formatSeconds(r.gain.cost)} s`,
    formatSeconds(r.cost),
    formatSeconds(r.makespanSeconds),
    String(r.unplaced),
    r.complete ? (r.proven ? 'yes' : 'no') : 'cut short',
  ]
  const styles = ['good' as const]
  const beside = helpful.map((r) => ({ cells: [...cells(r), theme.clean(r.change)], styles }))
  const withChange = [...COLUMNS, { heading: 'change', align: 'left' } as const]
  const whole = { columns: withChange, rows: beside }
  if (tableWidth(whole) <= theme.options.width - 2) return renderTable(whole, 2, theme)
  // A change that does not fit beside its figures goes below them, whole.
  const below = helpful.map((r) => ({ cells: cells(r), styles, below: theme.clean(r.change) }))
  return renderTable({ columns: COLUMNS, rows: below }, 2, theme, DROPPED)
}

/** Changes that only allow more: today's plan stays valid, and a dearer one tells of the search, not of the change. */
const CAN_DO_HARM: ReadonlySet<RelaxationKind> = new Set([
  'slot',
  'link',
  'stream',
  'window',
  'works-at-once',
])

function noGain(r: Relaxation, theme: Theme): string {
  const { gain } = r
  if (!r.needsChange && gain.unplaced >= 0 && gain.cost > 0)
    return `${formatSeconds(gain.cost)} s less, but by a plan that is possible today as well (more effort may find it): ${theme.clean(r.change)}`
  const cut = r.complete ? '' : ' (its search was cut short)'
  const worse =
    gain.unplaced < 0 && CAN_DO_HARM.has(r.kind)
      ? `; it would leave ${formatCount(-gain.unplaced, 'VM')} more`
      : gain.cost < 0 && CAN_DO_HARM.has(r.kind)
        ? `; it would cost ${formatSeconds(-gain.cost)} s more`
        : ''
  return `no gain: ${theme.clean(r.change)}${worse}${cut}`
}

/** Changes with the same little to gain, together. */
function useless(ruledOut: readonly RuledOut[], theme: Theme): string[] {
  const byGain = new Map<number, string[]>()
  for (const { gainAtMost, change } of ruledOut) {
    append(byGain, gainAtMost, theme.clean(change))
  }
  return [...byGain].map(([gain, changes]) => {
    const most = gain > 0 ? `at most ${formatSeconds(gain)} s to gain` : 'nothing to gain'
    return `${most}, as bounds prove: ${changes.join('; ')}`
  })
}

function leftOut(changes: readonly Change[], theme: Theme): string[] {
  const text = `not planned for want of time: ${changes.map((c) => theme.clean(c.change)).join('; ')}`
  return paragraph(text, theme, 4, '  !').map((line) => theme.paint('warn', line))
}
