/**
 * Pivot rules for javascript-lp-solver's tableau. Its own phase 1 can cycle for ever and its own phase 2 accepts a stalled
 * point as optimal, so both are replaced here by a bounded-perturbation simplex (dual: Wolfe 1963 and the textbook treatment in Maros,
 * Computational Techniques of the Simplex Method, 2003; ratio test: Harris 1973). The perturbation lives in a
 * vector beside the tableau, so taking it away costs nothing and the tableau stays exact. The package still owns the tableau, the pivot
 * and row addition.
 *
 * Tableau layout (row-major, width × height): row 0 = negated reduced costs of a minimisation, column 0 = right-hand sides.
 */

/** What is used of the package's tableau; its published types cover it, under module resolutions other than NodeNext. */
export interface Tableau {
  matrix: Float64Array
  width: number
  height: number
  varIndexByRow: number[]
  varIndexByCol: number[]
  rowByVarIndex: number[]
  colByVarIndex: number[]
  availableIndexes: number[]
  variablesPerIndex: unknown[]
  feasible: boolean
  bounded: boolean
  evaluation: number
  simplexIters: number
  pivot(row: number, column: number): void
  simplex(): Tableau
  setEvaluation(): void
  getNewElementIndex(): number
  addConstraint(constraint: unknown): void
}

/** Thrown out of the package's code when the work limit or the wall-clock backstop is met. */
export class WorkLimit extends Error {}

/** Deterministic work limit in pivots, with the clock as a backstop. */
export class PivotBudget {
  pivots = 0
  readonly maxPivots: number
  readonly #deadline: number

  constructor(maxPivots: number, backstopSeconds: number) {
    this.maxPivots = maxPivots
    this.#deadline = Date.now() + backstopSeconds * 1000
  }

  spend(): void {
    if (this.pivots >= this.maxPivots) throw new WorkLimit(`${this.maxPivots} pivots made`)
    this.pivots++
    if ((this.pivots & 15) === 0 && Date.now() > this.#deadline)
      throw new WorkLimit('wall-clock backstop reached')
  }
}

/** Primal and dual feasibility, in scaled units. */
const FEASIBLE = 1e-9
/** Smallest usable pivot. */
const PIVOT = 1e-9
/** Below this an infeasibility or reduced cost that admits no pivot is rounding noise; the certificate decides. */
const NOISE = 1e-7
/** Perturbation sizes of successive rounds; a round ends with the true costs and right-hand sides. */
const PERTURBATION = [1e-6, 1e-8, 1e-10, 0, 0, 0]

/** mulberry32: small, seeded, the same everywhere. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

type Mode = 'dual' | 'primal' | 'none'

/** Replaces `pivot` and `simplex` of one tableau; a solve is `tableau.simplex()`. */
export class SimplexRules {
  budget: PivotBudget
  /** Row of the tableau that proves infeasibility, after a solve that left `feasible` false. */
  infeasibleRow = 0
  /** Column along which the objective falls for ever, after a solve that left `bounded` false. */
  unboundedColumn = 0
  readonly #tableau: Tableau
  readonly #random = createRandom(0x9e3779b9)
  #mode: Mode = 'none'
  /** dual: [width] addition to each reduced cost; primal: [height] addition to each right-hand side. */
  #shift = new Float64Array(0)

  constructor(tableau: Tableau, budget: PivotBudget) {
    this.#tableau = tableau
    this.budget = budget
    const pivot = tableau.pivot.bind(tableau)
    tableau.pivot = (row, column) => {
      this.budget.spend()
      const before = this.#mode === 'dual' ? this.#shift[column] : this.#shift[row]
      pivot(row, column)
      if (this.#mode === 'dual') this.#shiftColumns(row, column, before)
      else if (this.#mode === 'primal') this.#shiftRows(row, column, before)
    }
    tableau.simplex = () => {
      this.#simplex()
      return tableau
    }
  }

  #shiftColumns(row: number, column: number, before: number): void {
    const { matrix, width } = this.#tableau
    const offset = row * width
    for (let c = 1; c < width; c++) this.#shift[c] -= before * matrix[offset + c]
    this.#shift[column] = -before * matrix[offset + column]
  }

  #shiftRows(row: number, column: number, before: number): void {
    const { matrix, width, height } = this.#tableau
    for (let r = 1; r < height; r++) this.#shift[r] += before * matrix[r * width + column]
    this.#shift[row] = before * matrix[row * width + column]
  }

  #simplex(): void {
    const t = this.#tableau
    t.feasible = true
    t.bounded = true
    try {
      for (const size of PERTURBATION) {
        if (!this.#dual(size)) {
          t.feasible = false
          break
        }
        if (!this.#primal(size)) {
          t.bounded = false
          t.evaluation = -Infinity
          return
        }
        if (!this.#hasNegativeRow()) break
      }
    } finally {
      this.#mode = 'none'
    }
    t.setEvaluation()
    t.simplexIters += 1
  }

  #hasNegativeRow(): boolean {
    const { matrix, width, height } = this.#tableau
    for (let r = 1; r < height; r++) if (matrix[r * width] < -FEASIBLE) return true
    return false
  }

  /**
   * Dual simplex to primal feasibility. Where the costs are not dual feasible, made-up positive costs take their place and the primal
   * simplex does the rest. False: infeasible.
   */
  #dual(size: number): boolean {
    const t = this.#tableau
    if (!this.#hasNegativeRow()) return true
    const { width } = t
    let trueCosts = true
    for (let c = 1; c < width; c++) if (t.matrix[c] > NOISE) trueCosts = false
    const scale = trueCosts ? size : 1
    this.#shift = new Float64Array(width)
    for (let c = 1; c < width; c++) this.#shift[c] = scale * (1 + this.#random())
    this.#mode = 'dual'
    const ignored = new Uint8Array(t.height)
    for (;;) {
      const row = this.#mostNegativeRow(ignored)
      if (row === 0) return true
      const column = this.#dualRatioTest(row, trueCosts)
      if (column === 0) {
        if (t.matrix[row * width] < -NOISE) {
          this.infeasibleRow = row
          return false
        }
        ignored[row] = 1
        continue
      }
      t.pivot(row, column)
    }
  }

  #mostNegativeRow(ignored: Uint8Array): number {
    const { matrix, width, height } = this.#tableau
    let row = 0
    let least = -FEASIBLE
    for (let r = 1; r < height; r++) {
      if (matrix[r * width] < least && ignored[r] === 0) {
        least = matrix[r * width]
        row = r
      }
    }
    return row
  }

  #dualRatioTest(row: number, trueCosts: boolean): number {
    const { matrix, width } = this.#tableau
    const offset = row * width
    let limit = Infinity
    for (let c = 1; c < width; c++) {
      const a = -matrix[offset + c]
      if (a <= PIVOT) continue
      const ratio = (this.#reducedCost(c, trueCosts) + FEASIBLE) / a
      if (ratio < limit) limit = ratio
    }
    let column = 0
    let largest = PIVOT
    for (let c = 1; c < width; c++) {
      const a = -matrix[offset + c]
      if (a > largest && this.#reducedCost(c, trueCosts) <= limit * a) {
        largest = a
        column = c
      }
    }
    return column
  }

  #reducedCost(column: number, trueCosts: boolean): number {
    const shifted = this.#shift[column] - (trueCosts ? this.#tableau.matrix[column] : 0)
    return Math.max(0, shifted)
  }

  /** Primal simplex from a primal feasible basis. False: unbounded. */
  #primal(size: number): boolean {
    const t = this.#tableau
    const ignored = new Uint8Array(t.width)
    this.#shift = new Float64Array(t.height)
    for (let r = 1; r < t.height; r++) this.#shift[r] = size * (1 + this.#random())
    this.#mode = 'primal'
    for (;;) {
      const column = this.#mostImprovingColumn(ignored)
      if (column === 0) return true
      const row = this.#primalRatioTest(column)
      if (row === 0) {
        if (t.matrix[column] > NOISE) {
          this.unboundedColumn = column
          return false
        }
        ignored[column] = 1
        continue
      }
      t.pivot(row, column)
    }
  }

  #mostImprovingColumn(ignored: Uint8Array): number {
    const { matrix, width } = this.#tableau
    let column = 0
    let most = FEASIBLE
    for (let c = 1; c < width; c++) {
      if (matrix[c] > most && ignored[c] === 0) {
        most = matrix[c]
        column = c
      }
    }
    return column
  }

  #primalRatioTest(column: number): number {
    const { matrix, width, height } = this.#tableau
    let limit = Infinity
    for (let r = 1; r < height; r++) {
      const a = matrix[r * width + column]
      if (a <= PIVOT) continue
      const ratio = (this.#rightHandSide(r) + FEASIBLE) / a
      if (ratio < limit) limit = ratio
    }
    let row = 0
    let largest = PIVOT
    for (let r = 1; r < height; r++) {
      const a = matrix[r * width + column]
      if (a > largest && this.#rightHandSide(r) <= limit * a) {
        largest = a
        row = r
      }
    }
    return row
  }

  #rightHandSide(row: number): number {
    const shifted = this.#tableau.matrix[row * this.#tableau.width] + this.#shift[row]
    return Math.max(0, shifted)
  }
}
