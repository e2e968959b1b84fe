/** Columns that a table may have, and what stands in their cells. */
import { didYouMean, nearest, quote } from '../../model/issues.js'
import type { Unit } from '../../model/units.js'
import type { FaultList } from '../failure.js'
import { readNumber, readQuantity } from './numbers.js'
import { type CsvRow, type CsvTable, foldHeader } from './table.js'

export interface Column {
  /** The name in messages and in docs/import.md. */
  name: string
  /** Other names. Case, spaces, `_` and `-` do not matter in any. */
  aliases?: readonly string[]
}

export type Columns<Name extends string> = Readonly<Record<Name, Column>>

const namesOf = ({ name, aliases = [] }: Column): string[] => [name, ...aliases]

export function hasColumn(table: CsvTable, column: Column): boolean {
  return table.has(...namesOf(column))
}

/** Reports columns that are not among `columns`, and those that stand for the same one twice. */
export function checkColumns(
  table: CsvTable,
  columns: readonly Column[],
  what: string,
  faults: FaultList,
): void {
  const byName = new Map<string, Column>()
  for (const column of columns) for (const name of namesOf(column)) byName.set(foldHeader(name), column)
  const seen = new Map<Column, string>()
  table.headers.forEach((header, index) => {
    if (header === '') return
    const column = byName.get(foldHeader(header))
    if (column === undefined) {
      const near = nearest(foldHeader(header), byName.keys())
      const hint =
        near === undefined
          ? `; remove it, or name it as one of ${columns.map(({ name }) => name).join(', ')}`
          : `; did you mean ${quote(byName.get(near)!.name)}?`
      faults.add(table.headerOrigin(index), `not a column of ${what}${hint}`)
      return
    }
    const other = seen.get(column)
    if (other === undefined) seen.set(column, header)
    else faults.add(table.headerOrigin(index), `the same column as ${quote(other)}; remove one of them`)
  })
}

/** Reads the cells of one row. Empty cells and missing columns are undefined; so are faulty cells, which are reported. */
export class RowReader {
  private readonly row: CsvRow
  private readonly faults: FaultList

  constructor(row: CsvRow, faults: FaultList) {
    this.row = row
    this.faults = faults
  }

  fault(column: Column, message: string): undefined {
    this.faults.add(this.row.origin(...namesOf(column)), message)
  }

  text(column: Column): string | undefined {
    return this.row.get(...namesOf(column)) || undefined
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

  oneOf<T extends string>(column: Column, values: readonly T[]): T | undefined {
    const text = this.text(column)
    if (text === undefined) return undefined
    const value = values.find((each) => each === text.toLowerCase())
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
