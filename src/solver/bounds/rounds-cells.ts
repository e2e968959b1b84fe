/**
 * Time cut into cells, for the LP over rounds: a round lies in some cells i … j − 1, begins in the first of them and is over in the
 * last. It holds the inner ones whole; how it divides the rest of its length among the two at its ends is left open, which can
 * only help. So it takes at least its length from all cells together, and no more than one round crosses each cut.
 */
import type { RoundsProblem } from '../rounds/problem.js'

/** A round in cells `first` … `last`. */
export interface Span {
  first: number
  last: number
}

export class Cells {
  /** Ticks: cell k is [cuts[k], cuts[k + 1]). */
  readonly cuts: readonly number[]
  /** [cells × classes] tick by which a task of the class that starts in the cell or later can be done at the earliest; Infinity: never. */
  readonly #reach: Float64Array
  readonly #classCount: number

  /**
   * @param grid ascending, from 0: cuts of any time.
   * @param until ticks, > 0: the end of the last cell.
   */
  constructor(problem: RoundsProblem, grid: readonly number[], until: number) {
    this.cuts = [...grid.filter((t) => t < until), until]
    this.#classCount = problem.classes.length
    this.#reach = new Float64Array(this.count * this.#classCount)
    for (let k = 0; k < this.count; k++) {
      problem.classes.forEach(({ tasks }, c) => {
        const end = problem.earliestEnd(tasks[0], this.cuts[k])
        this.#reach[k * this.#classCount + c] = end < 0 ? Number.POSITIVE_INFINITY : end
      })
    }
  }

  get count(): number {
    return this.cuts.length - 1
  }

  length(k: number): number {
    return this.cuts[k + 1] - this.cuts[k]
  }

  /** May a task of the class be in a round of this span? */
  fits(c: number, { first, last }: Span): boolean {
    return this.#reach[first * this.#classCount + c] <= this.cuts[last + 1]
  }

  /** Length of the cells that a round of this span holds whole. */
  inner({ first, last }: Span): number {
    return last - first < 2 ? 0 : this.cuts[last] - this.cuts[first + 1]
  }
}

/** Prices of time: integers ≥ 0. */
export interface TimePrices {
  /** [cells] for each tick. */
  cell: Float64Array
  /** [cells] for crossing the cut at the cell's beginning; the first is 0. */
  cut: Float64Array
}

/** What a round of this length takes from the two cells at its ends, as cheaply as can be; undefined: it is too long for the span. */
export function ends(
  cells: Cells,
  span: Span,
  length: number,
  price: Float64Array,
): { first: number; last: number } | undefined {
  const { first, last } = span
  const rest = Math.max(0, length - cells.inner(span))
  if (first === last) return length <= cells.length(first) ? { first: rest, last: 0 } : undefined
  const a = cells.length(first)
  const b = cells.length(last)
  if (rest > a + b) return undefined
  if (price[first] <= price[last]) return { first: Math.min(a, rest), last: rest - Math.min(a, rest) }
  return { first: rest - Math.min(b, rest), last: Math.min(b, rest) }
}

/** Price of the time that a round of this length takes; undefined: it is too long for the span. Exact for integer prices. */
export function timeCost(cells: Cells, span: Span, length: number, prices: TimePrices): number | undefined {
  const taken = ends(cells, span, length, prices.cell)
  if (taken === undefined) return undefined
  const { first, last } = span
  let cost = taken.first * prices.cell[first] + (first === last ? 0 : taken.last * prices.cell[last])
  for (let k = first + 1; k < last; k++) cost += cells.length(k) * prices.cell[k]
  for (let k = first + 1; k <= last; k++) cost += prices.cut[k]
  return cost
}

/**
 * Where forbidden intervals begin or end before `until`, thinned to at most `most` cuts: those with the most of them, then the earliest;
 * then the longest cells are halved until there are as many. Only 0 where nothing is forbidden: cells would tell nothing apart.
 */
export function cutsOf(problem: RoundsProblem, until: number, most: number): number[] {
  const votes = new Map<number, number>()
  for (const { forbidden, tasks } of problem.classes) {
    for (const t of forbidden) if (t > 0 && t < until) votes.set(t, (votes.get(t) ?? 0) + tasks.length)
  }
  if (votes.size === 0) return [0]
  const cuts = [...votes]
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .slice(0, Math.max(0, most - 1))
    .map(([t]) => t)
  cuts.push(0)
  cuts.sort((a, b) => a - b)
  while (cuts.length < most) {
    let widest = 0
    const width = (k: number) => (k + 1 < cuts.length ? cuts[k + 1] : until) - cuts[k]
    for (let k = 1; k < cuts.length; k++) if (width(k) > width(widest)) widest = k
    if (width(widest) < 2) break
    cuts.splice(widest + 1, 0, cuts[widest] + Math.floor(width(widest) / 2))
  }
  return cuts
}
