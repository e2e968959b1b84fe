/** A sweep for a terminal: a row for each point of the grid, and which is best. */

import { addAll } from '../../lists.js'
import { isPlanned, type Sweep, type SweepRow } from '../../sweep/sweep.js'
import { formatCount, formatSeconds, formatSpan } from './clock.js'
import { type Column, paragraph, type Row, renderTable } from './columns.js'
import { formatInteger } from './text.js'
import { createTheme, type TableOptions, type Theme } from './theme.js'

/** Rows that are listed without --all: then those of the frontier. */
const LISTED = 100

const right = (heading: string): Column => ({ heading, align: 'right' })
const left = (heading: string, least?: number): Column => ({
  heading,
  align: 'left',
  ...(least === undefined ? {} : { least }),
})

/** Ends with one newline. */
export function sweepToTable(sweep: Sweep, options: TableOptions): string {
  const theme = createTheme(options)
  const { dimensions, rows } = sweep
  const best = rows.filter(isPlanned).find(({ index }) => index === sweep.best)
  const listed =
    rows.length <= LISTED || options.all ? rows : rows.filter((row) => isPlanned(row) && row.frontier)
  const withStart = dimensions.some(({ name }) => name === 'start' || name === 'night')
  const columns = [
    left(''),
    ...dimensions.map(({ name }) => left(theme.clean(name), 6)),
    ...(withStart ? [left('starts')] : []),
    ...['makespan', 'penalties (s)', 'migrations', 'left', 'free MiB'].map(right),
    left('status'),
  ]
  const body = listed.map((row): Row => {
    const settings = dimensions.map(({ name }) => theme.clean(row.settings[name] ?? ''))
    const blank = withStart ? [''] : []
    if (!isPlanned(row))
      return {
        cells: ['', ...settings, ...blank, '', '', '', '', '', 'failed'],
        below: theme.clean(row.error.split('\n', 1)[0]!),
      }
    return {
      cells: [
        markOf(row, sweep, theme),
        ...settings,
        ...(withStart ? [theme.clean((row.start ?? '').slice(0, 16).replace('T', ' '))] : []),
        formatSpan(row.makespanSeconds),
        formatSeconds(row.penaltiesSeconds),
        formatInteger(row.migrations),
        formatInteger(row.unplaced),
        formatInteger(Math.floor(row.freeMiB)),
        row.proven ? (row.unplaced > 0 ? `${row.status}, proven` : row.status) : row.status,
      ],
      styles: [row.index === sweep.best ? 'good' : undefined],
    }
  })
  const name = theme.clean(sweep.problem || '(unnamed problem)')
  const over = dimensions.map((dimension) => theme.clean(dimension.name)).join(' × ')
  const lines = [
    ...paragraph(
      `${name} ${theme.glyphs.separator} ${formatCount(rows.length, 'plan')} over ${options.ascii ? over.replaceAll('×', 'x') : over}`,
      theme,
      0,
    ),
    '',
    ...renderTable({ columns, rows: body }, 2, theme),
    '',
  ]
  const hidden = rows.length - listed.length
  if (hidden > 0)
    addAll(
      lines,
      paragraph(
        `${formatCount(hidden, 'plan')} that another beats in everything not listed; --all lists them`,
        theme,
        2,
      ),
    )
  addAll(
    lines,
    paragraph(
      `${marks(options).frontier} no other plan is as good in makespan, penalties, migrations, VMs left and free memory, and better in one of them`,
      theme,
      2,
    ),
  )
  if (best !== undefined) addAll(lines, paragraph(bestInWords(best, sweep, theme), theme, 2))
  return `${lines.join('\n')}\n`
}

const marks = ({ ascii }: TableOptions) =>
  ascii ? { best: '>', frontier: '*' } : { best: '▶', frontier: '•' }

function markOf(row: SweepRow, { best }: Sweep, { options }: Theme): string {
  if (row.index === best) return marks(options).best
  return row.frontier ? marks(options).frontier : ''
}

function bestInWords(row: SweepRow, { dimensions }: Sweep, theme: Theme): string {
  const settings = dimensions.map(({ name }) => theme.clean(`${name} ${row.settings[name] ?? ''}`)).join(', ')
  const left = row.unplaced > 0 ? `, ${formatCount(row.unplaced, 'VM')} left` : ''
  return `${marks(theme.options).best} best: ${settings}: ${formatSpan(row.makespanSeconds)}${left}, cost ${formatSeconds(row.costSeconds)} s`
}
