/** Tables that are sorted by a click on a heading, and searched by what is typed above them. */

function keyOf(row: HTMLTableRowElement, column: number): string {
  const cell = row.cells[column]
  return cell.dataset.by ?? cell.textContent ?? ''
}

function sortBy(table: HTMLTableElement, column: number): void {
  const headings = [...table.tHead!.rows[0].cells]
  const heading = headings[column]
  const order = heading.getAttribute('aria-sort') === 'ascending' ? 'descending' : 'ascending'
  for (const each of headings) each.removeAttribute('aria-sort')
  heading.setAttribute('aria-sort', order)
  const body = table.tBodies[0]
  const collator = new Intl.Collator(undefined, { numeric: true })
  const keyed = [...body.rows].map((row) => ({ row, key: keyOf(row, column) }))
  const numbers = keyed.every(({ key }) => key !== '' && !Number.isNaN(Number(key)))
  keyed.sort((a, b) => (numbers ? Number(a.key) - Number(b.key) : collator.compare(a.key, b.key)))
  if (order === 'descending') keyed.reverse()
  body.append(...keyed.map(({ row }) => row))
}

export function prepareTables(): void {
  for (const table of document.querySelectorAll('table')) {
    ;[...table.tHead!.rows[0].cells].forEach((heading, column) => {
      heading.querySelector('button')!.addEventListener('click', () => sortBy(table, column))
    })
  }
  for (const input of document.querySelectorAll<HTMLInputElement>('input[data-table]')) {
    const table = document.getElementById(input.dataset.table!) as HTMLTableElement
    input.addEventListener('input', () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean)
      for (const row of table.tBodies[0].rows) {
        const content = [...row.cells].map(({ textContent }) => textContent).join('\n')
        row.hidden = !words.every((word) => content.toLowerCase().includes(word))
      }
    })
  }
}
