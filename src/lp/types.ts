/**
 * The LP layer's small interface. Everything here is structured-cloneable: it crosses to the worker. A solution is a proposal:
 * nothing of it counts as a bound before the solver has recomputed it by weak duality (docs/algorithm.md).
 */

import type { LpParameters } from './parameters.js'

/** minimise cost·x subject to row bounds on A·x, x ≥ 0 (and ≤ `upper`). Column-major sparse (CSC). */
export interface LinearProgram {
  rowCount: number
  columnCount: number
  /** [columns] */
  cost: Float64Array
  /** [columns + 1] first entry of each column in `rowIndex` and `value`. */
  columnStart: Int32Array
  rowIndex: Int32Array
  value: Float64Array
  /** [rows] −Infinity where there is none. */
  rowLower: Float64Array
  /** [rows] +Infinity where there is none. */
  rowUpper: Float64Array
  /** [columns] +Infinity where there is none. */
  upper: Float64Array
  /** [columns] 1 where the variable is an integer; undefined: all continuous. */
  integer?: Uint8Array
}

export type LpStatus = 'optimal' | 'infeasible' | 'unbounded' | 'limit' | 'failed'

export interface LpSolution {
  status: LpStatus
  objective: number
  /** [columns]; empty unless `optimal` (or a `limit` with an incumbent of a MIP). */
  x: Float64Array
  /** [rows] dual price: d objective / d right-hand side; empty for a MIP. May be there too where an optimum of HiGHS has `failed` its check. */
  dual: Float64Array
  /** MIP: proven lower bound on the objective, else the objective. */
  bound: number
  backend: LpBackendName
  /** Why the backend was left for another, `''` where it was not. */
  note: string
}

export type LpBackendName = 'javascript-lp-solver' | 'highs'

export interface LpOptions {
  /** `auto` (default): javascript-lp-solver up to its measured size, HiGHS above, for integers, and whenever the answer fails its check. */
  backend?: LpBackendName | 'auto'
  /** Nodes that a MIP may take, a deterministic limit of work. */
  maxNodes?: number
  /** Some in place of the defaults. */
  parameters?: Partial<LpParameters>
}

/**
 * Dual master of column generation, kept warm: maximise profit·y subject to the rows added so far (≤ right-hand side), y ≥ 0.
 * Each new column of the primal is one more row here.
 */
export interface DualMaster {
  /** Adds rows `Σ value[j]·y[index[j]] ≤ rhs` (CSR) and solves again. `x` of the answer is y; `dual` has one value per row, all rows since the start. */
  addRowsAndSolve(rows: SparseRows): Promise<LpSolution>
  dispose(): Promise<void>
}

export interface SparseRows {
  /** [rows + 1] */
  rowStart: Int32Array
  index: Int32Array
  value: Float64Array
  /** [rows] */
  rhs: Float64Array
}

/** Where LPs are solved: in a worker, or in the caller's thread. Same answers in both. */
export interface LpService {
  solve(lp: LinearProgram, options?: LpOptions): Promise<LpSolution>
  /** `profit` [variables]. */
  createDualMaster(profit: Float64Array, options?: LpOptions): Promise<DualMaster>
  /** Ends the worker, if one runs; pending calls settle with status `failed`. Idempotent. */
  close(): Promise<void>
}
