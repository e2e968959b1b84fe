/** One sheet as a table: the names of its columns in the first row that is not empty, then rows. */
import { quote } from '../../model/issues.js'
import { foldHeader } from '../csv/table.js'
import { importFault } from '../failure.js'
import type { Origin } from '../inventory.js'
import { type XmlHandlers, xmlReader } from '../xml/events.js'
import type { Archive } from './archive.js'
import { RichText, unescapeText } from './strings.js'

/** What Excel itself holds. */
const MAX_ROWS = 1_048_576
const MAX_COLUMNS = 16_384

/** What a cell holds: a number and a truth value are what Excel stored, whatever the locale showed. */
export type CellValue = string | number | boolean

export class SheetRow {
  /** From 1, as Excel counts. */
  readonly row: number
  readonly #table: SheetTable
  readonly #cells: ReadonlyMap<number, CellValue>

  constructor(table: SheetTable, row: number, cells: ReadonlyMap<number, CellValue>) {
    this.#table = table
    this.row = row
    this.#cells = cells
  }

  /** The cell under the first of these columns that the table has; `''` where it is empty, undefined where it has none of them. */
  cell(...names: string[]): CellValue | undefined {
    const column = this.#table.columnOf(names)
    return column === undefined ? undefined : (this.#cells.get(column) ?? '')
  }

  /** Where that cell stands: `vInfo!C7`; in column A where the table has none of these columns. */
  origin(...names: string[]): Origin {
    const column = this.#table.columnOf(names) ?? 1
    return { file: this.#table.file, place: `${this.#table.sheet}!${columnLetters(column)}${this.row}` }
  }
}

export class SheetTable {
  readonly file: string
  readonly sheet: string
  readonly rows: SheetRow[] = []
  readonly #columns: ReadonlyMap<string, number>

  /** @param columns column number, from 1, by folded name */
  constructor(file: string, sheet: string, columns: ReadonlyMap<string, number>) {
    this.file = file
    this.sheet = sheet
    this.#columns = columns
  }

  columnOf(names: readonly string[]): number | undefined {
    for (const name of names) {
      const column = this.#columns.get(foldHeader(name))
      if (column !== undefined) return column
    }
    return undefined
  }

  has(...names: string[]): boolean {
    return this.columnOf(names) !== undefined
  }
}

/** `A` for 1, `AA` for 27. */
export function columnLetters(column: number): string {
  let letters = ''
  for (let left = column; left > 0; left = Math.floor((left - 1) / 26))
    letters = String.fromCharCode(65 + ((left - 1) % 26)) + letters
  return letters
}

/** Row and column, from 1, of a reference such as `C7`; undefined where it is none, or beyond what Excel holds. */
function parseReference(text: string): { row: number; column: number } | undefined {
  const match = /^([A-Z]{1,3})([1-9]\d{0,6})$/.exec(text)
  if (match === null) return undefined
  let column = 0
  for (const letter of match[1]) column = column * 26 + letter.charCodeAt(0) - 64
  const row = Number(match[2])
  return column > MAX_COLUMNS || row > MAX_ROWS ? undefined : { row, column }
}

/**
 * @param strings the workbook's shared texts
 * @param keep whether to keep the column of that name
 * @throws ImportError, which says in which cell.
 */
export async function readSheet(
  archive: Archive,
  part: string,
  sheet: string,
  strings: readonly string[],
  keep: (column: string) => boolean,
): Promise<SheetTable> {
  const builder = new SheetBuilder(archive.file, sheet, strings, keep)
  const reader = await xmlReader(archive.file, part, builder)
  await archive.read(part, reader.write)
  reader.end()
  return builder.finish()
}

class SheetBuilder implements XmlHandlers {
  readonly #file: string
  readonly #sheet: string
  readonly #strings: readonly string[]
  readonly #keep: (column: string) => boolean
  readonly #rich = new RichText()
  #table: SheetTable | undefined
  #kept: ReadonlySet<number> = new Set()
  #cells = new Map<number, CellValue>()
  #row = 0
  #column = 0
  #type = ''
  #value = ''
  /** Inside the value of a cell that is kept. */
  #inValue = false
  #inInline = false

  constructor(file: string, sheet: string, strings: readonly string[], keep: (column: string) => boolean) {
    this.#file = file
    this.#sheet = sheet
    this.#strings = strings
    this.#keep = keep
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (name === 'row') this.#openRow(attributes.r)
    else if (name === 'c') this.#openCell(attributes)
    else if (name === 'v') this.#inValue = true
    else if (name === 'is') this.#inInline = true
    if (this.#inInline) this.#rich.open(name)
  }

  text(text: string): void {
    if (this.#inValue) this.#value += text
    else if (this.#inInline) this.#rich.take(text)
  }

  close(name: string): void {
    if (this.#inInline) this.#rich.close(name)
    if (name === 'v') this.#inValue = false
    else if (name === 'is') this.#inInline = false
    else if (name === 'c') this.#closeCell()
    else if (name === 'row') this.#closeRow()
  }

  finish(): SheetTable {
    return this.#table ?? new SheetTable(this.#file, this.#sheet, new Map())
  }

  /** Numbers of rows and cells may be left out: each is then the next one. */
  #openRow(given: string | undefined): void {
    const row = given === undefined ? this.#row + 1 : Number(given)
    if (!Number.isInteger(row) || row <= this.#row || row > MAX_ROWS) {
      throw importFault(
        this.#file,
        `${quote(String(given ?? row))} is not the number of a further row`,
        this.#sheet,
      )
    }
    this.#row = row
    this.#column = 0
    this.#cells = new Map()
  }

  #openCell({ r: reference, t: type = 'n' }: Readonly<Record<string, string>>): void {
    if (reference === undefined) this.#column++
    else {
      const parsed = parseReference(reference)
      if (parsed?.row !== this.#row) this.#refuse(`${quote(reference)} is no cell of row ${this.#row}`)
      else this.#column = parsed.column
    }
    if (this.#column > MAX_COLUMNS) this.#refuse(`more than ${MAX_COLUMNS} cells`)
    this.#type = type
    this.#value = ''
    this.#rich.clear()
  }

  #closeCell(): void {
    if (this.#table !== undefined && !this.#kept.has(this.#column)) return
    const value = this.#read()
    if (value !== '') this.#cells.set(this.#column, value)
  }

  #read(): CellValue {
    const value = this.#value
    switch (this.#type) {
      case 'inlineStr':
        return this.#rich.text.trim()
      case 's':
        if (value === '') return ''
        return /^\d{1,8}$/.test(value) && Number(value) < this.#strings.length
          ? this.#strings[Number(value)].trim()
          : this.#refuse(`there is no shared text ${quote(value)}: the workbook is broken`)
      case 'b':
        return value === '' ? '' : value === '1' || value.toLowerCase() === 'true'
      case 'n': {
        const number = Number(value)
        if (value.trim() === '') return ''
        return /^[-+]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d{1,3})?$/.test(value.trim()) &&
          Number.isFinite(number)
          ? number
          : this.#refuse(`${quote(value)} is no number`)
      }
      default:
        // A formula's text, a date, or an error such as #N/A, which is no value of any column and is said to be wrong there.
        return unescapeText(value).trim()
    }
  }

  #closeRow(): void {
    if (this.#cells.size === 0) return
    if (this.#table === undefined) this.#openTable()
    else this.#table.rows.push(new SheetRow(this.#table, this.#row, this.#cells))
    this.#cells = new Map()
  }

  #openTable(): void {
    const columns = new Map<string, number>()
    for (const [column, value] of this.#cells) {
      const name = String(value)
      if (!this.#keep(name)) continue
      const folded = foldHeader(name)
      const other = columns.get(folded)
      if (other !== undefined) {
        this.#column = column
        this.#refuse(`column ${columnLetters(other)} is named ${quote(name)} too; remove one`)
      }
      columns.set(folded, column)
    }
    this.#kept = new Set(columns.values())
    this.#table = new SheetTable(this.#file, this.#sheet, columns)
  }

  #refuse(message: string): never {
    throw importFault(this.#file, message, `${this.#sheet}!${columnLetters(this.#column)}${this.#row}`)
  }
}
