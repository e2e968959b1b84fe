/**
 * Time cut into cells, for the LP over rounds: a round lies in some cells i … j − 1, begins in the first of them and is over in the
 * last. It holds the inner ones whole; how it divides the rest of its length among the two at its ends is left open, which can
 * only help. So it takes at least its length from all cells together, and no more than one round crosses each cut.
 */
import { firstEndingAfter } from '../../model/intervals.js'
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
  /** [cells × cells] 1 where some task in a round that starts in the first can end in the second. */
  readonly #closes: Uint8Array

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
    this.#closes = new Uint8Array(this.count * this.count)
    // Who waits for room in the middle of a round may end at any time.
    if (problem.roomWithinRound || this.count === 1) this.#closes.fill(1)
    else for (const { tasks } of problem.classes) this.#markEnds(problem, tasks[0])
  }

  #markEnds(problem: RoundsProblem, task: number): void {
    for (let first = 0; first < this.count; first++) {
      for (const [from, to] of endsOf(problem, task, this.cuts[first], this.cuts[first + 1])) {
        for (let k = first; k < this.count; k++) {
          if (from <= this.cuts[k + 1] && (to > this.cuts[k] || k === first))
            this.#closes[first * this.count + k] = 1
        }
      }
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

  /** Can a round of this span be over in its last cell? It is when its last task ends, which starts as soon as windows allow. */
  closes({ first, last }: Span): boolean {
    return this.#closes[first * this.count + last] === 1
  }

  /** Length of the cells that a round of this span holds whole. */
  inner({ first, last }: Span): number {
    return Math.max(0, this.cuts[last] - this.cuts[first + 1])
  }
}

/** Ticks at which a task can end that starts as early as it can in a round that starts in [from, until): closed ranges, ascending. */
function endsOf(problem: RoundsProblem, task: number, from: number, until: number): [number, number][] {
  const duration = problem.problem.duration[task]
  const closed = problem.forbidden[task]
  const ranges: [number, number][] = []
  let start = from
  while (start < until) {
    const end = problem.earliestEnd(task, start)
    if (end < 0) break
    const next = firstEndingAfter(closed, end - duration)
    const gapEnd = next < closed.length ? closed[next] : problem.problem.horizon
    // Rounds up to the last start in this gap have the task start at once.
    const last = Math.min(gapEnd - duration, until - 1)
    ranges.push([end, Math.max(end, last + duration)])
    start = last + 1
  }
  return ranges
}

/** Prices of time, ≥ 0. */
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
  let cost = taken.first * prices.cell[first] + taken.last * prices.cell[last]
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
    .slice(0, most - 1)
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
