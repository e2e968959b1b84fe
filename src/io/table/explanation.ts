/** An explanation as a page for a terminal. */

import { addAll } from '../../lists.js'
import type { Explanation } from '../../model/explanation.js'
import type { ResolvedProblem } from '../../model/problem.js'
import { renderChart } from './chart.js'
import { createClock } from './clock.js'
import { paragraph } from './columns.js'
import { renderNodeTimes, renderOneNode } from './explained-nodes.js'
import { renderVms } from './explained-vms.js'
import { renderHeader } from './header.js'
import { renderRelaxations } from './relaxations.js'
import type { TableOptions, Theme } from './theme.js'
import { createTheme } from './theme.js'

/** With more VMs than these the page is the short one, unless all is asked for. */
const FITTING_VMS = 12

/** Pure: the same explanation, problem and options give the same text. Ends with one newline. */
export function explanationToTable(
  explanation: Explanation,
  problem: ResolvedProblem,
  options: TableOptions,
): string {
  const theme = createTheme(options)
  const { plan, vm, node } = explanation
  const clock = createClock(problem, plan.makespanSeconds)
  // Who asks for one VM or node does not want to look for it among all of the others.
  const withVms = vm !== undefined || node === undefined
  // Of a large night the page begins with what fits a screen: no VM that goes where it should, and no chart, which "plan" shows.
  const short = vm === undefined && node === undefined && !options.all && explanation.vms.length > FITTING_VMS
  const sections = [
    renderHeader(plan, problem, clock, theme),
    renderBound(explanation, theme),
    renderRelaxations(explanation, theme),
    withVms ? renderVms(explanation, short, clock, theme) : [],
    ...(node !== undefined
      ? explanation.nodes.map((each) => renderOneNode(each, plan, clock, theme))
      : vm === undefined
        ? [
            short ? [] : renderChart(plan, problem, clock, theme),
            renderNodeTimes(explanation, short, clock, theme),
          ]
        : []),
  ]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function renderBound({ bound, complete }: Explanation, theme: Theme): string[] {
  const lines = bound.sentences.flatMap((sentence) => paragraph(theme.clean(sentence), theme, 2))
  if (!complete) {
    const cut =
      'The search for this plan was cut short by the limit or an interrupt: more time may find a better one.'
    addAll(
      lines,
      paragraph(cut, theme, 2).map((line) => theme.paint('warn', line)),
    )
  }
  return [theme.paint('bold', 'What decides'), ...lines]
}
