/** How far a run has come, above the plan for what is left of it. */
import type { Migration } from '../../model/plan.js'
import type { Remaining } from '../../replan/remaining.js'
import type { RemainingWorks } from '../../replan/works.js'
import { formatCount, formatSpan } from './clock.js'
import { paragraph } from './columns.js'
import { cut } from './outcome.js'
import { createTheme, type TableOptions, type Theme } from './theme.js'

const LABEL = 12

/** What has ended, is under way, has failed and is left. Ends with one newline. */
export function runToTable(
  { nowSeconds, ended, running, halted, failed, left, works }: Remaining,
  options: TableOptions,
): string {
  const theme = createTheme(options)
  const route = (m: Migration) => describe(m, theme)
  const migrations = (list: readonly unknown[]) => formatCount(list.length, 'migration')
  const lines = [
    theme.paint('bold', `Run, ${formatSpan(nowSeconds)} after its start`),
    ...fact('ended', migrations(ended), theme),
    ...fact('running', migrations(running), theme),
    ...cut(running, theme, ({ migration, leftSeconds, late }) => {
      const estimate = `about ${formatSpan(leftSeconds)} left${late ? '; longer than planned' : ''}`
      return paragraph(`${route(migration)}, ${estimate}`, theme, LABEL + 2)
    }),
    ...(halted.length === 0 ? [] : fact('halted', formatCount(halted.length, 'restart'), theme)),
    ...cut(halted, theme, (migration) =>
      paragraph(`${route(migration)}: begun, planned again; may be off`, theme, LABEL + 2),
    ),
    ...fact('failed', migrations(failed), theme),
    ...cut(failed, theme, ({ migration, node, detail, skipped }) => {
      const refused = node === migration.to ? '' : `, not to ${theme.clean(migration.to)}`
      const then = skipped ? 'stays there' : `planned again${refused}`
      const text = `${route(migration)}: is on ${theme.clean(node)}, ${then}; ${theme.clean(detail)}`
      return paragraph(text, theme, LABEL + 2)
    }),
    ...fact('left', `${migrations(left)} of the old plan, planned anew`, theme),
    ...(works === undefined ? [] : renderWorks(works, theme)),
  ]
  return `${lines.join('\n')}\n`
}

/** `works: 2 ended, 1 running, 0 failed, 5 left`. */
export function describeWorks({ ended, running, failed, left }: RemainingWorks): string {
  return `works: ${ended.length} ended, ${running.length} running, ${failed.length} failed, ${left.length} left`
}

function renderWorks(works: RemainingWorks, theme: Theme): string[] {
  return [
    ...fact('works', describeWorks(works).slice('works: '.length), theme),
    ...cut(works.running, theme, ({ work, leftSeconds, late }) => {
      const estimate = `about ${formatSpan(leftSeconds)} left${late ? '; longer than planned' : ''}`
      return paragraph(`work on ${theme.clean(work.node)}, ${estimate}`, theme, LABEL + 2)
    }),
    ...cut(works.failed, theme, ({ node, detail, retried }) => {
      const then = retried ? 'planned again' : 'its node takes no VM'
      return paragraph(
        `work on ${theme.clean(node)}: failed, ${then}; ${theme.clean(detail)}`,
        theme,
        LABEL + 2,
      )
    }),
  ]
}

function fact(label: string, text: string, theme: Theme): string[] {
  return paragraph(text, theme, LABEL, `  ${label}`)
}

function describe({ vm, from, to, kind }: Migration, theme: Theme): string {
  const place = from === to ? from : `${theme.clean(from)} ${theme.glyphs.arrow} ${theme.clean(to)}`
  return `${theme.clean(vm)} ${place} (${kind})`
}
