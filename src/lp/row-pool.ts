/** The rows of a dual master, as given and as scaled: the common ground of its two implementations. */
import { optimalityFault, type Products } from './certify.js'
import { powerOfTwo } from './scale.js'
import type { SparseRows } from './types.js'

/**
 * Rows `Σ value[j]·y[index[j]] ≤ rhs`, growing. Scaled by powers of two: y = rhsScale × y′, profit = profitScale × profit′, row r
 * times `scale(r)`. The dual of row r is then `scale(r) × profitScale` times the scaled one.
 */
export class RowPool {
  readonly profit: Float64Array
  readonly profitScale: number
  rhsScale = 1
  readonly #starts: number[] = [0]
  readonly #indices: number[] = []
  readonly #values: number[] = []
  readonly #rhs: number[] = []
  readonly #scales: number[] = []

  constructor(profit: Float64Array) {
    this.profit = profit.slice()
    let most = 0
    for (const p of profit) most = Math.max(most, Math.abs(p))
    this.profitScale = most > 0 ? powerOfTwo(most) : 1
  }

  get count(): number {
    return this.#rhs.length
  }

  /** Appends validated rows. The first call fixes the scale of the right-hand sides. */
  add(rows: SparseRows): void {
    const first = this.count
    for (let r = 0; r < rows.rhs.length; r++) {
      let most = 0
      for (let k = rows.rowStart[r]; k < rows.rowStart[r + 1]; k++) {
        if (rows.value[k] === 0) continue
        this.#indices.push(rows.index[k])
        this.#values.push(rows.value[k])
        most = Math.max(most, Math.abs(rows.value[k]))
      }
      this.#starts.push(this.#indices.length)
      this.#rhs.push(rows.rhs[r])
      this.#scales.push(most > 0 ? powerOfTwo(1 / most) : 1)
    }
    if (first > 0) return
    let most = 0
    for (let r = 0; r < this.count; r++) most = Math.max(most, Math.abs(this.#rhs[r] * this.#scales[r]))
    this.rhsScale = most > 0 ? powerOfTwo(most) : 1
  }

  scale(row: number): number {
    return this.#scales[row]
  }

  scaledRhs(row: number): number {
    return (this.#rhs[row] * this.#scales[row]) / this.rhsScale
  }

  /** Calls `visit` with each variable of the row and its scaled coefficient. */
  forEach(row: number, visit: (variable: number, coefficient: number) => void): void {
    for (let k = this.#starts[row]; k < this.#starts[row + 1]; k++) {
      visit(this.#indices[k], this.#values[k] * this.#scales[row])
    }
  }

  /** By how much the scaled point breaks the scaled row; ≤ 0 where it does not. */
  violation(row: number, point: Float64Array): number {
    let sum = 0
    for (let k = this.#starts[row]; k < this.#starts[row + 1]; k++)
      sum += this.#values[k] * point[this.#indices[k]]
    return sum * this.#scales[row] - this.scaledRhs(row)
  }

  /** Why (y, dual), both unscaled, is no proven optimum of the whole master, `''` where it is. */
  fault(y: Float64Array, dual: Float64Array): string {
    const rows = products(this.count)
    const columns = products(y.length)
    for (let r = 0; r < this.count; r++) {
      for (let k = this.#starts[r]; k < this.#starts[r + 1]; k++) {
        add(rows, r, this.#values[k] * y[this.#indices[k]])
        add(columns, this.#indices[k], -this.#values[k] * dual[r])
      }
    }
    const bounds = {
      cost: this.profit.map((p) => -p),
      rowLower: new Float64Array(this.count).fill(-Infinity),
      rowUpper: Float64Array.from(this.#rhs),
      upper: new Float64Array(y.length).fill(Infinity),
    }
    return optimalityFault(
      bounds,
      y,
      dual.map((v) => -v),
      rows,
      columns,
    )
  }
}

function products(length: number): Products {
  return { sum: new Float64Array(length), magnitude: new Float64Array(length) }
}

function add(p: Products, i: number, term: number): void {
  p.sum[i] += term
  p.magnitude[i] += Math.abs(term)
}
