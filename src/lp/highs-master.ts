/** Dual master on HiGHS: rows are appended to the native model, and its dual simplex starts from the last basis. */
import type { Highs, Model } from 'highs'
import { applyLimits, discardHighs, dispose, limitNote, runModel, SOLVED, WORK_LIMITS } from './highs.js'
import type { RowPool } from './row-pool.js'
import { type MasterAnswer, masterAnswer } from './tableau-master.js'
import type { LpOptions } from './types.js'

export class HighsMaster {
  readonly #pool: RowPool
  readonly #model: Model
  #sent = 0

  constructor(highs: Highs, pool: RowPool, options: LpOptions) {
    this.#pool = pool
    const count = pool.profit.length
    this.#model = highs.createModel({
      numCols: count,
      numRows: 0,
      colCost: pool.profit.map((p) => -p / pool.profitScale),
      colLower: new Float64Array(count),
      colUpper: new Float64Array(count).fill(Infinity),
      rowLower: new Float64Array(0),
      rowUpper: new Float64Array(0),
      matrix: {
        format: 'csc',
        numRows: 0,
        numCols: count,
        starts: new Int32Array(count + 1),
        indices: new Int32Array(0),
        values: new Float64Array(0),
      },
    })
    applyLimits(this.#model, options)
  }

  /** Solves with every row of the pool. After `failed` the master is of no more use. */
  solve(): MasterAnswer {
    try {
      this.#send()
      const status = runModel(this.#model)
      if (status === SOLVED.infeasible) return masterAnswer('infeasible', '')
      if (status === SOLVED.unbounded) return masterAnswer('unbounded', '')
      if (WORK_LIMITS.includes(status)) return masterAnswer('limit', limitNote(status))
      if (status !== SOLVED.optimal) return masterAnswer('failed', `HiGHS model status ${status}`)
      const { colValue, rowDual } = this.#model.getSolution()
      return {
        status: 'optimal',
        note: '',
        y: colValue.map((v) => Math.max(0, v) * this.#pool.rhsScale),
        dual: rowDual.map((v, r) => Math.max(0, -v) * this.#pool.scale(r) * this.#pool.profitScale),
      }
    } catch (cause) {
      discardHighs()
      return masterAnswer('failed', `HiGHS failed: ${String(cause)}`)
    }
  }

  dispose(): void {
    dispose(this.#model)
  }

  #send(): void {
    const pool = this.#pool
    const added = pool.count - this.#sent
    if (added === 0) return
    const starts = new Int32Array(added + 1)
    const upper = new Float64Array(added)
    const indices: number[] = []
    const values: number[] = []
    for (let k = 0; k < added; k++) {
      pool.forEach(this.#sent + k, (variable, coefficient) => {
        indices.push(variable)
        values.push(coefficient)
      })
      starts[k + 1] = indices.length
      upper[k] = pool.scaledRhs(this.#sent + k)
    }
    this.#model.addRows({
      lower: new Float64Array(added).fill(-Infinity),
      upper,
      matrix: {
        format: 'csr',
        numRows: added,
        numCols: pool.profit.length,
        starts,
        indices: Int32Array.from(indices),
        values: Float64Array.from(values),
      },
    })
    this.#sent = pool.count
  }
}
