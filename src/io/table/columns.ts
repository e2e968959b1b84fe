/** Rows of cells as aligned lines. */
import { addAll } from '../../lists.js'
import { displayWidth, padEnd, padStart, shorten, wrap } from './text.js'
import type { Style, Theme } from './theme.js'

export interface Column {
  heading: string
  align: 'left' | 'right'
  /** Columns that it may be cut down to; undefined: it is never cut. */
  least?: number
}

export interface Row {
  cells: string[]
  styles?: (Style | undefined)[]
  /** Shown below the row, indented and wrapped. */
  below?: string
}

const GAP = 2

export function naturalWidths(columns: readonly Column[], rows: readonly Row[]): number[] {
  return columns.map((column, i) =>
    rows.reduce((width, row) => Math.max(width, displayWidth(row.cells[i])), displayWidth(column.heading)),
  )
}

/** Columns of the terminal that a line takes at these widths, beside its indent. */
export function lineWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + GAP * Math.max(0, widths.length - 1)
}

/** Narrows the widest column that may still be cut, one column at a time, until the line fits or nothing is left to cut. */
export function fitWidths(columns: readonly Column[], natural: readonly number[], room: number): number[] {
  const widths = [...natural]
  for (let excess = lineWidth(widths) - room; excess > 0; excess--) {
    let widest = -1
    columns.forEach((column, i) => {
      if (column.least === undefined || widths[i] <= column.least) return
      if (widest < 0 || widths[i] > widths[widest]) widest = i
    })
    if (widest < 0) break
    widths[widest]--
  }
  return widths
}

/** The table without the columns that have to go, in the order of `dropped` (indices), until it fits or none of them is left. */
export function dropColumns(
  columns: readonly Column[],
  rows: readonly Row[],
  dropped: readonly number[],
  room: number,
): { columns: Column[]; rows: Row[] } {
  const gone = new Set<number>()
  const kept = <T>(list: readonly T[]) => list.filter((_, i) => !gone.has(i))
  const narrowest = () => fitWidths(columns, naturalWidths(columns, rows), 0)
  for (const index of dropped) {
    if (lineWidth(kept(narrowest())) <= room) break
    gone.add(index)
  }
  return {
    columns: kept(columns),
    rows: rows.map((row) => ({
      ...row,
      cells: kept(row.cells),
      ...(row.styles === undefined ? {} : { styles: kept(row.styles) }),
    })),
  }
}

/** Lines of the table, headings first; cells are clean text. */
export function layOut(
  columns: readonly Column[],
  rows: readonly Row[],
  widths: readonly number[],
  indent: number,
  theme: Theme,
): string[] {
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
