/** Reads a table from CSV, whatever separates its cells, and remembers where each cell stands. */
import { quote } from '../../model/issues.js'
import { ImportError, importFault } from '../failure.js'
import type { ImportIssue, InputFile, Origin } from '../inventory.js'
import { decodeInput } from '../text.js'

const DELIMITERS = [',', ';', '\t'] as const
type Delimiter = (typeof DELIMITERS)[number]

const DELIMITER_NAMES: Readonly<Record<Delimiter, string>> = {
  ',': 'commas',
  ';': 'semicolons',
  '\t': 'tabs',
}

/** Faults of one table after which no more are looked for. */
const MAX_FAULTS = 100
/** More columns than any export has. */
const MAX_COLUMNS = 1_000

/** More VMs than any cluster has; each row takes some hundred bytes. */
const MAX_ROWS = 4_000_000

const LINE_FEED = 0x0a
const TAB = 0x09
const SPACE = 0x20
const QUOTE = 0x22

/** Case, spaces, underscores and hyphens do not matter in the name of a column. */
export function foldHeader(name: string): string {
  return name.toLowerCase().replace(/[\s_-]+/gu, '')
}

/** One line of a table; several lines of the file where a cell has line breaks. */
export class CsvRow {
  /** On which the row begins, from 1. */
  readonly line: number
  readonly #table: CsvTable
  readonly #cells: readonly string[]

  constructor(table: CsvTable, line: number, cells: readonly string[]) {
    this.#table = table
    this.line = line
    this.#cells = cells
  }

  /**
   * The text of the cell under the first of these columns that the table has, without spaces around it; `''` where it is empty,
   * undefined where the table has none of them.
   */
  get(...names: string[]): string | undefined {
    const index = this.#table.indexOf(names)
    return index === undefined ? undefined : this.#cells[index]
  }

  /** Where that cell stands: `line 4, column "Memory"`, or `line 4` where the table has none of these columns. */
  origin(...names: string[]): Origin {
    const index = this.#table.indexOf(names)
    const column = index === undefined ? '' : `, column ${quote(this.#table.headers[index])}`
    return { file: this.#table.file, place: `line ${this.line}${column}` }
  }
}

export class CsvTable {
  readonly file: string
  /** Line of the column names, from 1. */
  readonly headerLine: number
  /** Names of the columns as written, without spaces around them; `''` for a column without name, whose cells are all empty. */
  readonly headers: readonly string[]
  readonly rows: readonly CsvRow[]
  readonly #columns: ReadonlyMap<string, number>

  constructor(file: string, headerLine: number, headers: readonly string[], records: readonly CsvRecord[]) {
    this.file = file
    this.headerLine = headerLine
    this.headers = headers
    this.#columns = new Map(headers.map((header, index) => [foldHeader(header), index]))
    this.rows = records.map(({ line, cells }) => new CsvRow(this, line, cells))
  }

  /** Index of the first of these columns that the table has, whatever their case; undefined where it has none. */
  indexOf(names: readonly string[]): number | undefined {
    for (const name of names) {
      const index = this.#columns.get(foldHeader(name))
      if (index !== undefined) return index
    }
    return undefined
  }

  has(...names: string[]): boolean {
    return this.indexOf(names) !== undefined
  }

  /** Where the name of a column stands. */
  headerOrigin(index: number): Origin {
    return { file: this.file, place: `line ${this.headerLine}, column ${quote(this.headers[index])}` }
  }
}

interface CsvRecord {
  line: number
  cells: string[]
}

/**
 * A table whose first line names the columns. Cells are separated by commas, semicolons or tabs, whichever the first line has; they
 * may be quoted. Empty lines, a line `sep=;` and a line `#TYPE …` (Windows PowerShell) in front are skipped.
 *
 * @throws ImportError where the file is no text or no table: a quote that is never closed, a row with more or fewer cells than the
 * first line, a column without name or with the name of another.
 */
export async function readCsvTable(file: InputFile): Promise<CsvTable> {
  return parseCsvTable(file.name, decodeInput(file))
}

/** The same from text. */
export async function parseCsvTable(file: string, text: string): Promise<CsvTable> {
  // A quoted line break keeps its place, not its kind: counting lines needs one kind only.
  const lines = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')
  const { body, firstLine, declared } = skipPreamble(lines)
  const delimiter = declared ?? detectDelimiter(file, body, firstLine)
  const records = await split(file, body, firstLine, delimiter)
  if (records.length === 0) throw importFault(file, 'there is no line with the names of the columns')
  return tableOf(file, delimiter, records)
}

/** What tools write in front of the table. */
function skipPreamble(text: string): { body: string; firstLine: number; declared: Delimiter | undefined } {
  let declared: Delimiter | undefined
  let at = 0
  let firstLine = 1
  for (;;) {
    const end = text.indexOf('\n', at)
    const line = text.slice(at, end < 0 ? text.length : end)
    const separator = /^"?sep=([,;\t])"?\s*$/i.exec(line)
    if (separator !== null) declared = separator[1] as Delimiter
    else if (!/^"?#TYPE\s/.test(line) && line.trim() !== '') break
    if (end < 0) break
    at = end + 1
    firstLine++
  }
  return { body: text.slice(at), firstLine, declared }
}

/** By the line of names alone: the rest may have decimal commas. */
function detectDelimiter(file: string, text: string, line: number): Delimiter {
  const counts: { [D in Delimiter]: number } = { ',': 0, ';': 0, '\t': 0 }
  let quoted = false
  for (const character of firstLines(text)) {
    if (character === '"') quoted = !quoted
    else if (character === '\n' && !quoted) break
    else if (!quoted && Object.hasOwn(counts, character)) counts[character as Delimiter]++
  }
  const [best, second] = [...DELIMITERS].sort((a, b) => counts[b] - counts[a])
  if (counts[best] > 0 && counts[best] === counts[second]) {
    throw importFault(
      file,
      `the names of the columns have as many ${DELIMITER_NAMES[best]} as ${DELIMITER_NAMES[second]} between them; put the names in quotes, or write sep=${best} on a line before them`,
      `line ${line}`,
    )
  }
  return best
}

/** No line of names is longer. */
const firstLines = (text: string): string => text.slice(0, 1_000_000)

async function split(
  file: string,
  text: string,
  firstLine: number,
  delimiter: Delimiter,
): Promise<CsvRecord[]> {
  const { default: papa } = await import('papaparse')
  const { filled, gaps } = withoutBlankRows(text, delimiter)
  const records: CsvRecord[] = []
  let line = firstLine
  let at = 0
  let gap = 0
  papa.parse<string[]>(filled, {
    delimiter,
    newline: '\n',
    quoteChar: '"',
    skipEmptyLines: false,
    // The fast way cuts all of the text into lines first.
    fastMode: false,
    step: ({ data, errors, meta }) => {
      for (; gap < gaps.length && gaps[gap].at <= at; gap++) line += gaps[gap].rows
      if (errors.length > 0) throw importFault(file, quoteFault(errors[0].code), `line ${line}`)
      const cells = data.map((cell) => cell.trim())
      if (cells.some((cell) => cell !== '')) records.push({ line, cells })
      if (records.length > MAX_ROWS)
        throw importFault(
          file,
          `more than ${MAX_ROWS} rows, which is more than vmferry reads`,
          `line ${line}`,
        )
      for (; at < meta.cursor; at++) if (filled.charCodeAt(at) === 0x0a) line++
    },
  })
  return records
}

/** Rows of which nothing is left: how many, and where in the text that is left they stood. */
interface Gap {
  at: number
  rows: number
}

/** Spreadsheets save millions of rows that hold nothing but separators: they go before anything is made of them. */
function withoutBlankRows(text: string, delimiter: Delimiter): { filled: string; gaps: Gap[] } {
  const separator = delimiter.charCodeAt(0)
  const parts: string[] = []
  const gaps: Gap[] = []
  let kept = 0
  let at = 0
  while (at < text.length) {
    let end = at
    let rows = 0
    for (let next = at; next < text.length; next++) {
      const code = text.charCodeAt(next)
      if (code === LINE_FEED) {
        rows++
        end = next + 1
      } else if (code !== separator && code !== SPACE && code !== TAB) break
    }
    if (rows > 0) gaps.push({ at: kept, rows })
    const from = end
    // To the end of the row: a line break between quotes does not end it.
    for (let quoted = true, odd = false; quoted && end < text.length; quoted = odd) {
      const lineEnd = text.indexOf('\n', end)
      const stop = lineEnd < 0 ? text.length : lineEnd + 1
      for (; end < stop; end++) if (text.charCodeAt(end) === QUOTE) odd = !odd
    }
    parts.push(text.slice(from, end))
    kept += end - from
    at = end
  }
  return { filled: parts.join(''), gaps }
}

function quoteFault(code: string): string {
  return code === 'MissingQuotes'
    ? 'a quote that opens a cell here is never closed; a quote inside a quoted cell is written twice'
    : 'there is text behind the closing quote of a cell; a quote inside a quoted cell is written twice'
}

function tableOf(file: string, delimiter: Delimiter, [head, ...records]: CsvRecord[]): CsvTable {
  const headers = trimEnd(head.cells)
  if (headers.length > MAX_COLUMNS) {
    throw importFault(
      file,
      `${headers.length} columns, more than any export has (${MAX_COLUMNS})`,
      `line ${head.line}`,
    )
  }
  const issues: ImportIssue[] = []
  const add = (line: number, message: string): void => {
    issues.push({ origin: { file, place: `line ${line}` }, message })
  }
  const seen = new Map<string, string>()
  headers.forEach((header, index) => {
    const folded = foldHeader(header)
    const other = seen.get(folded)
    if (folded === '') {
      // Spreadsheets save empty columns that someone once touched.
      if (records.every(({ cells }) => (cells[index] ?? '') === '')) return
      add(head.line, `column ${index + 1} has no name, but cells; name it or remove it`)
    } else if (other !== undefined) {
      add(head.line, `the columns ${quote(other)} and ${quote(header)} have the same name; remove one`)
    } else seen.set(folded, header)
  })
  for (const { line, cells } of records) {
    if (issues.length >= MAX_FAULTS) break
    const count = Math.max(trimEnd(cells).length, Math.min(cells.length, headers.length))
    if (count === headers.length) continue
    const separated = `cells are separated by ${DELIMITER_NAMES[delimiter]}`
    add(
      line,
      `${count} ${count === 1 ? 'cell' : 'cells'} where the first line names ${headers.length} columns; ${separated}, and a cell that has one inside goes in quotes`,
    )
  }
  if (issues.length > 0) throw new ImportError(issues)
  return new CsvTable(file, head.line, headers, records)
}

/** Without empty cells at the end. */
function trimEnd(cells: readonly string[]): string[] {
  let length = cells.length
  while (length > 0 && cells[length - 1] === '') length--
  return cells.slice(0, length)
}
