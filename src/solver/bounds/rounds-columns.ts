/** Columns of the LP over rounds, and the same as rows of its dual master. */
import type { SparseRows } from '../../lp/types.js'
import type { RoundsProblem } from '../rounds/problem.js'
import type { Cells, Span } from './rounds-cells.js'

interface Column {
  span: Span
  /** Classes, ascending, with repeats. */
  members: number[]
  /** Longest member, ticks. */
  length: number
  /** What the inner cells do not bear, the first cell does as far as it can; else the last. */
  early: boolean
}

export class ColumnPool {
  readonly columns: Column[] = []
  readonly #seen = new Set<string>()
  readonly #problem: RoundsProblem

  constructor(problem: RoundsProblem) {
    this.#problem = problem
  }

  get size(): number {
    return this.columns.length
  }

  /** False where it is known. */
  add(span: Span, classes: readonly number[], early = true): boolean {
    const members = [...classes].sort((a, b) => a - b)
    const key = `${span.first},${span.last},${early}:${members.join()}`
    if (this.#seen.has(key)) return false
    this.#seen.add(key)
    const length = members.reduce((l, c) => Math.max(l, this.#problem.classes[c].duration), 0)
    this.columns.push({ span, members, length, early })
    return true
  }

  /** Every class by itself, in a few spans all over the time there is: the master is bounded from the first solve on. */
  seed(cells: Cells): void {
    const step = Math.max(1, Math.floor(cells.count / 4))
    this.#problem.classes.forEach((_, c) => {
      for (let first = 0; first < cells.count; first += step) {
        let last = first
        while (last < cells.count && !(cells.fits(c, { first, last }) && cells.closes({ first, last })))
          last++
        if (last < cells.count) this.add({ first, last }, [c])
      }
    })
  }

  /**
   * Columns from `from` on that these cells allow, as rows of the dual master. Variables: a price for each class, each cell, each cut;
   * Σ π − Σ share of cell · μ − Σ σ ≤ 0. The first call adds that all time together is worth at most 1. `sent` gets the index of each.
   * @param unit ticks that count as 1; all the time there is where there is one cell.
   */
  asRows(cells: Cells, unit: number, from: number, sent: number[]): SparseRows {
    const n = this.#problem.classes.length
    const rowStart = [0]
    const index: number[] = []
    const value: number[] = []
    const rhs: number[] = []
    if (from === 0) {
      for (let k = 0; k < cells.count; k++) {
        index.push(n + k)
        value.push(cells.count === 1 ? 1 : cells.length(k) / unit)
      }
      for (let k = 0; k < cells.count; k++) {
        index.push(n + cells.count + k)
        value.push(1)
      }
      rowStart.push(index.length)
      rhs.push(1)
    }
    for (let i = from; i < this.columns.length; i++) {
      const column = this.columns[i]
      const shares = sharesOf(cells, column)
      if (shares === undefined) continue
      sent.push(i)
      const { members, span } = column
      for (let a = 0; a < members.length; ) {
        let b = a
        while (b < members.length && members[b] === members[a]) b++
        index.push(members[a])
        value.push(b - a)
        a = b
      }
      shares.forEach((ticks, k) => {
        if (ticks === 0) return
        index.push(n + span.first + k)
        value.push(-ticks / unit)
      })
      for (let k = span.first + 1; k <= span.last; k++) {
        index.push(n + cells.count + k)
        value.push(-1)
      }
      rowStart.push(index.length)
      rhs.push(0)
    }
    return {
      rowStart: Int32Array.from(rowStart),
      index: Int32Array.from(index),
      value: Float64Array.from(value),
      rhs: Float64Array.from(rhs),
    }
  }

  /** Rounds with a positive share in the master's primal solution, most used first. The first dual is that of all time. */
  used(sent: readonly number[], dual: Float64Array): number[][] {
    return sent
      .map((column, i) => ({ column, share: Math.abs(dual[i + 1] ?? 0) }))
      .filter(({ share }) => share > 1e-9)
      .sort((a, b) => b.share - a.share || a.column - b.column)
      .map(({ column }) => this.columns[column].members)
  }
}

/** Ticks that the column takes from each of its cells; undefined where these cells have no room for it. */
function sharesOf(cells: Cells, { span, members, length, early }: Column): number[] | undefined {
  const { first, last } = span
  if (last >= cells.count || !cells.closes(span) || members.some((c) => !cells.fits(c, span)))
    return undefined
  if (first === last) return length <= cells.length(first) ? [length] : undefined
  const shares: number[] = []
  for (let k = first; k <= last; k++) shares.push(cells.length(k))
  const rest = Math.max(0, length - cells.inner(span))
  const [a, b] = [cells.length(first), cells.length(last)]
  if (rest > a + b) return undefined
  const atFirst = early ? Math.min(a, rest) : rest - Math.min(b, rest)
  shares[0] = atFirst
  shares[shares.length - 1] = rest - atFirst
  return shares
}
