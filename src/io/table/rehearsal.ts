/** What a night may do to a plan, as a page for a terminal. */
import type { ResolvedProblem } from '../../model/problem.js'
import type { Often, Rehearsal } from '../../rehearse/rehearse.js'
import { type Clock, createClock, formatCount, formatSpan } from './clock.js'
import { paragraph, type Row, renderTable } from './columns.js'
import { LISTED_ENTRIES } from './outcome.js'
import { formatInteger } from './text.js'
import { createTheme, type TableOptions, type Theme } from './theme.js'

/** Ends with one newline. */
export function rehearsalToTable(
  rehearsal: Rehearsal,
  problem: ResolvedProblem,
  options: TableOptions,
): string {
  const theme = createTheme(options)
  const clock = createClock(problem, Math.max(rehearsal.plannedSeconds, rehearsal.longerSeconds))
  const { met, late, decisive } = rehearsal
  const sections = [
    renderHead(rehearsal, clock, theme),
    renderList('Windows that are met', met, clock, theme, (entry) => {
      const { vm, node, startSeconds, endSeconds } = entry.window
      const scope = theme.clean(vm ?? node ?? 'the whole cluster')
      return `${scope}, ${clock.instant(startSeconds)} to ${clock.instant(endSeconds)}`
    }),
    renderList('Put off behind a window', late, clock, theme),
    renderList('To watch: the end of the night hangs on them', decisive, clock, theme),
  ]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function percentOf(share: number): string {
  const percent = 100 * share
  return percent > 0 && percent < 1 ? 'below 1 %' : `${Math.round(percent)} %`
}

function renderHead(rehearsal: Rehearsal, clock: Clock, theme: Theme): string[] {
  const { nights, spread, met, late } = rehearsal
  const name = theme.clean(rehearsal.problem || '(unnamed problem)')
  const end = (seconds: number) =>
    clock.start === undefined
      ? formatSpan(seconds)
      : `${clock.instant(seconds)}, after ${formatSpan(seconds)}`
  const range = percentOf(spread)
  const facts: [string, string][] = [
    ...(clock.start === undefined ? [] : ([['start', clock.start]] as [string, string][])),
    ['planned end', end(rehearsal.plannedSeconds)],
    ['as planned', `${end(rehearsal.asPlannedSeconds)}, where each goes on as soon as it can`],
    [`all ${range} shorter`, end(rehearsal.shorterSeconds)],
    [`all ${range} longer`, end(rehearsal.longerSeconds)],
    ['5 of 10 nights', `by ${end(rehearsal.makespanAt50Seconds)}`],
    ['9 of 10 nights', `by ${end(rehearsal.makespanAt90Seconds)}`],
    ['windows', met.length + late.length === 0 ? 'none is met, and none has to be waited for' : 'see below'],
  ]
  return [
    ...paragraph(
      `${name} ${theme.glyphs.separator} ${formatCount(nights, 'night')} with times up to ${range} shorter or longer`,
      theme,
      0,
    ).map((line) => theme.paint('bold', line)),
    ...facts.flatMap(([label, value]) => paragraph(value, theme, 20, `  ${label}`)),
  ]
}

function renderList<T extends Often>(
  title: string,
  entries: readonly T[],
  clock: Clock,
  theme: Theme,
  windowOf?: (entry: T) => string,
): string[] {
  if (entries.length === 0) return []
  const columns = [
    { heading: 'nights', align: 'right', say: (cell: string) => `in ${cell} of the nights` },
    {
      heading: 'VM',
      align: 'left',
      least: 8,
      ids: entries.map((entry) => theme.clean('vm' in entry ? entry.vm : '')),
    },
    { heading: 'from', align: 'left' },
    { heading: 'to', align: 'left' },
    { heading: `planned start${clock.unit}`, align: 'right', say: (cell: string) => `planned for ${cell}` },
    ...(windowOf === undefined ? [] : [{ heading: 'window', align: 'left' } as const]),
  ] as const
  const listed = theme.options.all ? entries : entries.slice(0, LISTED_ENTRIES)
  const rows = listed.map(
    (entry): Row => ({
      cells: [
        percentOf(entry.share),
        ...('work' in entry
          ? [`work on ${theme.clean(entry.work)}`, '', '']
          : [entry.vm, entry.from, entry.to].map((id) => theme.clean(id))),
        clock.instant(entry.startSeconds),
        ...(windowOf === undefined ? [] : [windowOf(entry)]),
      ],
    }),
  )
  const hidden = entries.length - listed.length
  return [
    theme.paint('bold', title),
    ...renderTable({ columns, rows }, 2, theme),
    ...(hidden > 0 ? paragraph(`and ${formatInteger(hidden)} more (--all lists them)`, theme, 2) : []),
  ]
}
