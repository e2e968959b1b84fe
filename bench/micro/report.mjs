/** Rows of a result as tables, for the terminal and for docs/performance.md. */

const number = (ns) =>
  ns === undefined
    ? ''
    : ns < 10
      ? ns.toFixed(2)
      : ns < 100
        ? ns.toFixed(1)
        : Math.round(ns).toLocaleString('en')
const figure = (value) => (value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0))
const spread = (value) =>
  value === undefined ? '' : `${figure(value.median)} (${figure(value.low)}–${figure(value.high)})`

const COLUMNS = [
  { head: 'routine', cell: (row) => row.title },
  { head: 'per', cell: (row) => row.item },
  { head: 'kernel, ns', cell: (row) => number(row.kernel.median) },
  { head: 'bare call, ns', cell: (row) => number(row.call.median) },
  { head: 'C, ns', cell: (row) => number(row.native?.median) },
  { head: 'bare call ÷ C', cell: (row) => spread(row.callToNative) },
  { head: 'twin, ns', cell: (row) => number(row.twin?.median) },
  { head: 'twin ÷ kernel', cell: (row) => spread(row.twinToKernel) },
  {
    head: 'MB/s',
    cell: (row) => (row.megabytesPerSecond === undefined ? '' : number(row.megabytesPerSecond)),
  },
]
const LEFT = 2

function cellsOf(rows) {
  return [COLUMNS.map(({ head }) => head), ...rows.map((row) => COLUMNS.map(({ cell }) => cell(row)))]
}

function widthsOf(table) {
  return COLUMNS.map((_, c) => Math.max(...table.map((cells) => cells[c].length)))
}

const padded = (cells, widths) =>
  cells.map((cell, c) => (c < LEFT ? cell.padEnd(widths[c]) : cell.padStart(widths[c])))

export function textTable(rows) {
  const table = cellsOf(rows)
  const widths = widthsOf(table)
  return table.map((cells) => padded(cells, widths).join('  ').trimEnd()).join('\n')
}

/** GitHub's Markdown, as docs/performance.md has it. */
export function markdownTable(rows) {
  const table = cellsOf(rows)
  const widths = widthsOf(table)
  const rule = widths.map((width, c) => (c < LEFT ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  const [head, ...body] = table.map((cells) => padded(cells, widths))
  return [head, rule, ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
