/** Columns that a table may have, and what stands in their cells. */
import { didYouMean, nearest, quote } from '../../model/issues.js'
import type { Unit } from '../../model/units.js'
import type { FaultList } from '../failure.js'
import type { Assumption, Origin } from '../inventory.js'
import { listNames } from '../words.js'
import { readNumber, readQuantity } from './numbers.js'
import { type CsvRow, type CsvTable, foldHeader } from './table.js'

export interface Column {
  /** The name in messages and in docs/import.md. */
  name: string
  /** Other names. Case, spaces, `_` and `-` do not matter in any. */
  aliases?: readonly string[]
  /** What other tools and people call it: the first of these that a table has counts, where it has none of the names above. */
  words?: readonly string[]
  /** Its name counts behind all others: tools put numbers of their own into a column `id`. */
  yields?: boolean
}

/** Columns that nobody knows: all of them are ignored, or those of these names. */
export type IgnoredColumns = true | readonly string[]

/** Where a table's reader puts what it has to say. */
export interface TableContext {
  faults: FaultList
  assumptions: Assumption[]
  ignoreColumns: IgnoredColumns | undefined
}

export type Columns<Name extends string> = Readonly<Record<Name, Column>>

/** Names of which a table may have one only. */
const strictNames = ({ name, aliases = [], yields = false }: Column): string[] =>
  yields ? [...aliases] : [name, ...aliases]

/** All names, the first that a table has counts. */
function namesOf(column: Column): string[] {
  return [...strictNames(column), ...(column.words ?? []), ...(column.yields === true ? [column.name] : [])]
}

export function hasColumn(table: CsvTable, column: Column): boolean {
  return table.has(...namesOf(column))
}

/**
 * Reports columns that are not among `columns`, all of them at once, and those that stand for the same one twice. Those to be ignored are
 * assumed to matter to nobody.
 */
export function checkColumns(
  table: CsvTable,
  columns: readonly Column[],
  what: string,
  { faults, assumptions, ignoreColumns }: TableContext,
): void {
  const strict = new Map<string, Column>()
  for (const column of columns) for (const name of strictNames(column)) strict.set(foldHeader(name), column)
  const used = new Set(columns.map((column) => table.indexOf(namesOf(column))))
  const seen = new Map<Column, string>()
  const unknown: number[] = []
  table.headers.forEach((header, index) => {
    if (header === '') return
    const column = strict.get(foldHeader(header))
    const other = column === undefined ? undefined : seen.get(column)
    if (other !== undefined)
      faults.add(table.headerOrigin(index), `the same column as ${quote(other)}; remove one of them`)
    else if (column !== undefined) seen.set(column, header)
    else if (!used.has(index)) unknown.push(index)
  })
  const named = new Set(ignoreColumns === true ? [] : (ignoreColumns ?? []).map(foldHeader))
  const ignored = unknown.filter(
    (index) => ignoreColumns === true || named.has(foldHeader(table.headers[index])),
  )
  const origin = { file: table.file, place: `line ${table.headerLine}` }
  if (ignored.length > 0) {
    const names = listNames(
      ignored.map((index) => table.headers[index]),
      MAX_LISTED,
    )
    assumptions.push({ origin, text: `not read, since ${what} has no such columns: ${names}` })
  }
  const left = unknown.filter((index) => !ignored.includes(index))
  if (left.length === 0) return
  const described = left.slice(0, MAX_LISTED).map((index) => {
    const near = nearest(foldHeader(table.headers[index]), strict.keys())
    const hint = near === undefined ? '' : ` (did you mean ${quote(strict.get(near)!.name)}?)`
    return `${quote(table.headers[index])}${hint}`
  })
  if (left.length > described.length) described.push(`${left.length - described.length} more`)
  faults.add(
    origin,
    `${what} has no column${left.length === 1 ? '' : 's'} ${described.join(', ')}; remove or rename ${left.length === 1 ? 'it' : 'them'}, or give --ignore-columns, or --ignore-column NAME for each`,
    { option: 'ignoreColumns' },
  )
}

/** Unknown columns that one message names. */
const MAX_LISTED = 100

/** Reads the cells of one row. Empty cells and missing columns are undefined; so are faulty cells, which are reported. */
export class RowReader {
  readonly #row: CsvRow
  readonly #faults: FaultList

  constructor(row: CsvRow, faults: FaultList) {
    this.#row = row
    this.#faults = faults
  }

  /** Where the cell of this column stands. */
  origin(column: Column): Origin {
    return this.#row.origin(...namesOf(column))
  }

  fault(column: Column, message: string): undefined {
    this.#faults.add(this.origin(column), message)
  }

  text(column: Column): string | undefined {
    return this.#row.get(...namesOf(column)) || undefined
  }

  /** A cell that may not be empty. */
  required(column: Column, what: string): string | undefined {
    return this.text(column) ?? this.fault(column, `empty; write ${what}`)
  }

  /** Separated by `;`, `|` or `,`; with `spaced` also by spaces. */
  list(column: Column, spaced = false): string[] | undefined {
    const text = this.text(column)
    if (text === undefined) return undefined
    const parts = text.split(spaced ? /[;|,\s]/u : /[;|,\r\n]/u)
    return parts.map((part) => part.trim()).filter((part) => part !== '')
  }

  /** @param others what else is written for a value, in lower case and without spaces, `_` and `-` */
  oneOf<T extends string>(
    column: Column,
    values: readonly T[],
    others: Readonly<Record<string, T>> = {},
  ): T | undefined {
    const text = this.text(column)
    if (text === undefined) return undefined
    const folded = foldHeader(text)
    const value =
      values.find((each) => each === text.toLowerCase()) ??
      (Object.hasOwn(others, folded) ? others[folded] : undefined)
    if (value !== undefined) return value
    return this.fault(column, `${quote(text)} is unknown; write ${orList(values)}${didYouMean(text, values)}`)
  }

  boolean(column: Column): boolean | undefined {
    const word = this.oneOf(column, ['true', 'false', 'yes', 'no', '1', '0'])
    return word === undefined ? undefined : word === 'true' || word === 'yes' || word === '1'
  }

  number(column: Column): number | undefined {
    const text = this.text(column)
    if (text === undefined) return undefined
    const { value, fault } = readNumber(text)
    return value ?? this.fault(column, fault!)
  }

  /** In `unit`; see `readQuantity`. */
  quantity(column: Column, unit: Unit, bare: number | undefined, example: string): number | undefined {
    const text = this.text(column)
    if (text === undefined) return undefined
    const { value, fault } = readQuantity(text, unit, bare, example)
    return value ?? this.fault(column, fault!)
  }
}

function orList(values: readonly string[]): string {
  return `${values.slice(0, -1).join(', ')} or ${values[values.length - 1]}`
}
