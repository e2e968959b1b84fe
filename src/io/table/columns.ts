/** Rows of cells as aligned lines. */
import { addAll } from '../../lists.js'
import { displayWidth, distinctWidth, padEnd, padStart, shorten, wrap } from './text.js'
import type { Style, Theme } from './theme.js'

export interface Column {
  heading: string
  align: 'left' | 'right'
  /** Columns that it may be cut down to; undefined: it is never cut. */
  least?: number
  /** Cells are ids out of these, and are cut only as far as each still tells which it is. */
  ids?: readonly string[]
  /** What is said of the cell above the table where all rows have the same; its heading and the cell where there is none. */
  say?: (cell: string) => string
}

export interface Row {
  cells: string[]
  styles?: (Style | undefined)[]
  /** Shown below the row, indented and wrapped. */
  below?: string
}

export interface Table {
  columns: readonly Column[]
  rows: readonly Row[]
}

const GAP = 2
/** So many rows are worth a line above them. */
export const FEW_ROWS = 3

function naturalWidths({ columns, rows }: Table): number[] {
  return columns.map((column, i) =>
    rows.reduce((width, row) => Math.max(width, displayWidth(row.cells[i])), displayWidth(column.heading)),
  )
}

/** Columns of the terminal that a line takes at these widths, beside its indent. */
function lineWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + GAP * Math.max(0, widths.length - 1)
}

/** Narrows the widest column that may still be cut, one column at a time, until the line fits or nothing is left to cut. */
function fitWidths({ columns, rows }: Table, room: number): number[] {
  const widths = naturalWidths({ columns, rows })
  if (lineWidth(widths) <= room) return widths
  const leasts = columns.map(({ ids, least }, i) =>
    ids === undefined ? least : distinctWidth([...ids, ...rows.map((row) => row.cells[i]!)], least ?? 0),
  )
  for (let excess = lineWidth(widths) - room; excess > 0; excess--) {
    let widest = -1
    columns.forEach((_, i) => {
      const least = leasts[i]
      if (least === undefined || widths[i] <= least) return
      if (widest < 0 || widths[i] > widths[widest]) widest = i
    })
    if (widest < 0) break
    widths[widest]--
  }
  return widths
}

/** The table without some columns. */
function without(table: Table, isGone: (index: number) => boolean): Table {
  const kept = <T>(list: readonly T[]) => list.filter((_, i) => !isGone(i))
  return {
    columns: kept(table.columns),
    rows: table.rows.map((row) => ({
      ...row,
      cells: kept(row.cells),
      ...(row.styles === undefined ? {} : { styles: kept(row.styles) }),
    })),
  }
}

/** What is said of a cell that is the same in all rows; `''` of an empty one. */
export function sayAll({ heading, say }: Column, cell: string): string {
  return cell === '' ? '' : (say?.(cell) ?? `${heading} ${cell}`)
}

/** Columns that say the same in every row, said once: what is left of the table, and the words. */
function commonColumns({ columns, rows }: Table): { table: Table; common: string[] } {
  const isCommon = columns.map(
    (_, i) => rows.length >= FEW_ROWS && rows.every((row) => row.cells[i] === rows[0]!.cells[i]),
  )
  const common = columns.flatMap((column, i) => (isCommon[i] ? [sayAll(column, rows[0]!.cells[i]!)] : []))
  return { table: without({ columns, rows }, (i) => isCommon[i]!), common }
}

/** The line above a table for what all of its rows have in common. */
export function commonLine(common: readonly string[], indent: number, theme: Theme): string[] {
  const said = common.filter((text) => text !== '')
  if (said.length === 0) return []
  return paragraph(`all: ${said.join(', ')}`, theme, indent).map((line) => theme.paint('dim', line))
}

export const tableWidth = (table: Table): number => lineWidth(naturalWidths(table))

/**
 * Lines of the table at an indent: what all rows have in common first, then headings and rows. Where it is too wide, the columns in `dropped`
 * (headings) go, in that order, until it fits; only then are cells cut.
 */
export function renderTable(
  whole: Table,
  indent: number,
  theme: Theme,
  dropped: readonly string[] = [],
): string[] {
  const { table, common } = commonColumns(whole)
  const room = theme.options.width - indent
  let shown = table
  for (const heading of dropped) {
    if (tableWidth(shown) <= room) break
    const { columns } = shown
    shown = without(shown, (i) => columns[i]!.heading === heading)
  }
  return [...commonLine(common, indent, theme), ...layTable(shown, indent, theme)]
}

/** Headings and rows, cut where they have to be. Ids that cannot be cut so far go below their rows, whole. */
export function layTable(table: Table, indent: number, theme: Theme): string[] {
  const room = theme.options.width - indent
  const widths = fitWidths(table, room)
  const isId = table.columns.map(({ ids }) => ids !== undefined)
  if (lineWidth(widths) <= room || !isId.includes(true)) return layOut(table, widths, indent, theme)
  const rows = table.rows.map((row) => {
    const ids = row.cells.filter((_, i) => isId[i]).join(' ')
    return { ...row, below: row.below === undefined ? ids : `${ids}; ${row.below}` }
  })
  const rest = without({ columns: table.columns, rows }, (i) => isId[i]!)
  return layOut(rest, fitWidths(rest, room), indent, theme)
}

/** Lines of the table, headings first; cells are clean text. */
function layOut({ columns, rows }: Table, widths: readonly number[], indent: number, theme: Theme): string[] {
  const margin = ' '.repeat(indent)
  const line = (cells: readonly string[], styleOf: (i: number) => Style | undefined): string => {
    const parts = cells.map((cell, i) => {
      const cut = shorten(cell, widths[i], theme.glyphs.ellipsis)
      // The last column is not padded: no line ends in spaces.
      const padded =
        columns[i].align === 'right'
          ? padStart(cut, widths[i])
          : i === cells.length - 1
            ? cut
            : padEnd(cut, widths[i])
      return theme.paint(styleOf(i), padded)
    })
    return trimEnd(margin + parts.join(' '.repeat(GAP)))
  }
  const lines = [
    line(
      columns.map((c) => c.heading),
      () => 'dim',
    ),
  ]
  for (const row of rows) {
    lines.push(line(row.cells, (i) => row.styles?.[i]))
    if (row.below !== undefined) addAll(lines, paragraph(row.below, theme, indent + 4))
  }
  return lines
}

/** Spaces at the end go, also those in front of nothing but a closing colour. */
function trimEnd(line: string): string {
  let end = line.length
  while (line[end - 1] === ' ') end--
  return line.slice(0, end)
}

/** Wrapped text at an indent; the first line may carry a prefix of its own in place of the indent. */
export function paragraph(text: string, theme: Theme, indent: number, prefix?: string): string[] {
  const margin = ' '.repeat(indent)
  const lines = wrap(text, Math.max(10, theme.options.width - indent))
  return lines.map((line, i) => (i === 0 && prefix !== undefined ? padEnd(prefix, indent) : margin) + line)
}
