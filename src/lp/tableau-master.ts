/**
 * Dual master on javascript-lp-solver's tableau. Adding a row leaves the tableau dual feasible, so the dual simplex goes on from where it
 * stands. Only rows that cut off the current point enter the tableau, the worst first; rows that have gone slack leave it again.
 */
import { budgetOf, lpPackage, type PackageModel, type PackageVariable } from './javascript-lp-solver.js'
import { type LpParameters, lpParameters } from './parameters.js'
import type { RowPool } from './row-pool.js'
import { PivotBudget, SimplexRules, WorkLimit } from './simplex-rules.js'
import type { LpOptions, LpStatus } from './types.js'

/** Scaled violation from which a row enters. */
const VIOLATED = 1e-9

export interface MasterAnswer {
  status: LpStatus
  note: string
  /** [variables] and [rows], unscaled; empty unless `optimal`. */
  y: Float64Array
  dual: Float64Array
}

export function masterAnswer(status: LpStatus, note: string): MasterAnswer {
  return { status, note, y: new Float64Array(0), dual: new Float64Array(0) }
}

export class TableauMaster {
  readonly #pool: RowPool
  readonly #model: PackageModel
  readonly #rules: SimplexRules
  readonly #variables: PackageVariable[] = []
  /** [rows of the pool] index of the row's slack in the tableau, −1 while the row is outside. */
  readonly #slack: number[] = []
  readonly #parameters: LpParameters

  constructor(pool: RowPool, parameters: LpOptions['parameters']) {
    this.#pool = pool
    this.#parameters = lpParameters(parameters)
    this.#model = new lpPackage.Model()
    this.#model.usePresolve = false
    this.#model.checkForCycles = false
    for (let j = 0; j < pool.profit.length; j++) {
      this.#variables.push(this.#model.addVariable(-pool.profit[j] / pool.profitScale, `y${j}`, false, false))
    }
    this.#model.tableau.setModel(this.#model)
    this.#model.tableauInitialized = true
    this.#rules = new SimplexRules(this.#model.tableau, new PivotBudget(0, 0))
  }

  /** Solves with every row of the pool. */
  solve(): MasterAnswer {
    const variableCount = this.#pool.profit.length
    const cells = (variableCount + 1) * (2 * variableCount + this.#parameters.masterRows)
    this.#rules.budget = budgetOf(cells, this.#parameters)
    try {
      return this.#run()
    } catch (error) {
      if (error instanceof WorkLimit) return masterAnswer('limit', error.message)
      throw error
    }
  }

  #run(): MasterAnswer {
    const { tableau } = this.#model
    const isFirst = this.#slack.length === 0
    while (this.#slack.length < this.#pool.count) this.#slack.push(-1)
    if (isFirst) this.#enterAll()
    else if (tableau.height > 1.5 * tableau.width + this.#parameters.masterRows) this.#dropSlackRows()
    for (;;) {
      tableau.simplex()
      if (!tableau.feasible) return masterAnswer('infeasible', '')
      if (!tableau.bounded) {
        if (!this.#enterAll()) return masterAnswer('unbounded', '')
        continue
      }
      const point = this.#scaledPoint()
      if (!this.#enterViolated(point)) return this.#answer(point)
    }
  }

  #enterAll(): boolean {
    let entered = false
    for (let r = 0; r < this.#slack.length; r++) {
      if (this.#slack[r] >= 0) continue
      this.#enter(r)
      entered = true
    }
    return entered
  }

  #enterViolated(point: Float64Array): boolean {
    const violated: { row: number; by: number }[] = []
    for (let r = 0; r < this.#slack.length; r++) {
      if (this.#slack[r] >= 0) continue
      const by = this.#pool.violation(r, point)
      if (by > VIOLATED) violated.push({ row: r, by })
    }
    violated.sort((p, q) => q.by - p.by || p.row - q.row)
    for (const { row } of violated.slice(0, this.#parameters.masterRows)) this.#enter(row)
    return violated.length > 0
  }

  #enter(row: number): void {
    const { tableau } = this.#model
    const index = tableau.getNewElementIndex()
    const constraint = new lpPackage.Constraint(this.#pool.scaledRhs(row), true, index, this.#model)
    this.#pool.forEach(row, (variable, coefficient) => {
      constraint.terms.push(new lpPackage.Term(this.#variables[variable], coefficient))
    })
    tableau.variablesPerIndex[index] = constraint.slack
    tableau.addConstraint(constraint)
    this.#slack[row] = index
  }

  /**
   * A row whose own slack is basic does not hold the current point: it leaves for the pool, and comes back when violated. It takes
   * part in no other row, so the last row can simply take its place. Done once a call, so that no call can go round in circles.
   */
  #dropSlackRows(): void {
    const { tableau } = this.#model
    for (let r = 0; r < this.#slack.length; r++) {
      const index = this.#slack[r]
      if (index < 0) continue
      const row = tableau.rowByVarIndex[index]
      if (row <= 0) continue
      const last = tableau.height - 1
      const { matrix, width } = tableau
      matrix.copyWithin(row * width, last * width, (last + 1) * width)
      const moved = tableau.varIndexByRow[last]
      tableau.varIndexByRow[row] = moved
      tableau.rowByVarIndex[moved] = row
      tableau.varIndexByRow.length = last
      tableau.rowByVarIndex[index] = -1
      tableau.availableIndexes.push(index)
      tableau.height = last
      this.#slack[r] = -1
    }
  }

  #scaledPoint(): Float64Array {
    const { matrix, width, rowByVarIndex } = this.#model.tableau
    const point = new Float64Array(this.#variables.length)
    for (let j = 0; j < point.length; j++) {
      const row = rowByVarIndex[this.#variables[j].index]
      if (row > 0) point[j] = Math.max(0, matrix[row * width])
    }
    return point
  }

  #answer(point: Float64Array): MasterAnswer {
    const { matrix, colByVarIndex } = this.#model.tableau
    const dual = new Float64Array(this.#slack.length)
    for (let r = 0; r < dual.length; r++) {
      const column = this.#slack[r] < 0 ? -1 : colByVarIndex[this.#slack[r]]
      if (column > 0) {
        dual[r] = Math.max(0, -matrix[column]) * this.#pool.scale(r) * this.#pool.profitScale
      }
    }
    return { status: 'optimal', note: '', y: point.map((v) => v * this.#pool.rhsScale), dual }
  }
}
