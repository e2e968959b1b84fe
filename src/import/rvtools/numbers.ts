/**
 * Whole numbers as a locale writes them. RVTools writes memory in whole MiB, in CSV with the grouping of the machine it ran on: `16,384`,
 * `16.384`, `16 384`. A mark in front of three digits is that grouping, never a decimal; what could still be misread is a fault.
 */
import { show } from '../../model/issues.js'
import type { ImportIssue } from '../inventory.js'
import type { CellValue } from '../xlsx/sheet.js'
import type { Row } from './table.js'

/** Comma, full stop, apostrophes of Switzerland, and spaces, which may be of any width and not break. */
const GROUPED = /^[1-9]\d{0,2}(?:([,.'’ \u00a0\u2009\u202f])\d{3})(?:\1\d{3})*$/

/** More than any machine has. */
const MAX_MIB = 1e9
const MAX_PROCESSORS = 1e6

interface Whole {
  value: number
  /** The mark between groups; undefined where there is none. */
  mark: string | undefined
}

function parseWhole(cell: CellValue): Whole | undefined {
  if (typeof cell === 'number') return Number.isInteger(cell) ? { value: cell, mark: undefined } : undefined
  if (typeof cell === 'boolean') return undefined
  if (/^\d{1,15}$/.test(cell)) return { value: Number(cell), mark: undefined }
  const grouped = GROUPED.exec(cell)
  return grouped === null ? undefined : { value: Number(cell.replace(/\D/g, '')), mark: grouped[1] }
}

/** A whole number of processors; undefined where there is none. */
export function readProcessors(
  row: Row,
  names: readonly string[],
  issues: ImportIssue[],
): number | undefined {
  const cell = row.cell(...names)
  if (cell === undefined || cell === '') return undefined
  const count = parseWhole(cell)?.value
  if (count !== undefined && count <= MAX_PROCESSORS) return count === 0 ? undefined : count
  issues.push({ origin: row.origin(...names), message: `${show(cell)} is not a whole number of processors` })
  return undefined
}

/**
 * Reads the MiB of one column, row by row. Rows must agree about the mark between groups: `16,384` and `16.384` in one column would
 * not both be what they seem.
 */
export class MemoryColumn {
  readonly #names: readonly string[]
  readonly #issues: ImportIssue[]
  /** Of the first number with four digits or more: its mark, or undefined where it has none. */
  #first: { whole: Whole; place: string } | undefined

  constructor(names: readonly string[], issues: ImportIssue[]) {
    this.#names = names
    this.#issues = issues
  }

  /** MiB, > 0; undefined where there is none, or a fault, which has been reported. */
  read(row: Row): number | undefined {
    const cell = row.cell(...this.#names)
    if (cell === undefined || cell === '') return undefined
    const whole = parseWhole(cell)
    const origin = row.origin(...this.#names)
    if (whole === undefined || whole.value <= 0 || whole.value > MAX_MIB) {
      const example = 'a whole number of MiB such as 16384'
      this.#issues.push({ origin, message: `${show(cell)} is not ${example}, as RVTools writes it` })
      return undefined
    }
    if (typeof cell === 'number' || whole.value < 1000) return whole.value
    this.#first ??= { whole, place: origin.place }
    if (whole.mark !== this.#first.whole.mark) {
      const { place, whole: first } = this.#first
      const wrote = first.mark === undefined ? 'without a mark between thousands' : `with ${show(first.mark)}`
      this.#issues.push({
        origin,
        message: `${show(cell)} could be misread: the column writes thousands ${wrote} at ${place}, and not so here; write all alike`,
      })
      return undefined
    }
    return whole.value
  }
}
