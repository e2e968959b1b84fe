/**
 * Backend over javascript-lp-solver's tableau, with own pivot rules (simplex-rules.ts). Synchronous. Programs are built by
 * index, never by name: the package's JSON models lose constraints called `constructor` or like the objective. Dense: meant for
 * small programs.
 */
import solver from 'javascript-lp-solver'
import { lpFault, provesInfeasible, provesUnbounded } from './certify.js'
import { lpParameters } from './parameters.js'
import { computeScaling, scaleProgram, unscaleDual, unscalePoint } from './scale.js'
import { PivotBudget, SimplexRules, type Tableau, WorkLimit } from './simplex-rules.js'
import type { LinearProgram, LpOptions, LpSolution, LpStatus } from './types.js'

export interface PackageVariable {
  index: number
}

export interface PackageConstraint {
  index: number
  slack: unknown
  terms: unknown[]
  addTerm(coefficient: number, variable: PackageVariable): PackageConstraint
}

export interface PackageModel {
  tableau: Tableau & { setModel(model: PackageModel): void }
  usePresolve: boolean
  checkForCycles: boolean
  tableauInitialized: boolean
  smallerThan(rhs: number): PackageConstraint
  greaterThan(rhs: number): PackageConstraint
  addVariable(cost: number, id: string, isInteger: boolean, isUnrestricted: boolean): PackageVariable
}

/** The parts of the package used here; its CommonJS-flavoured declarations hide them from NodeNext resolution. */
export const lpPackage = solver as unknown as {
  Model: new (precision?: number) => PackageModel
  Constraint: new (
    rhs: number,
    isUpperBound: boolean,
    index: number,
    model: PackageModel,
  ) => PackageConstraint
  Term: new (variable: PackageVariable, coefficient: number) => unknown
}

/** Wall-clock backstop of one solve, seconds; the deterministic limit is in pivots. */
const BACKSTOP_SECONDS = 20

/** What a solve on a tableau of so many cells may take. */
export function budgetOf(cells: number, parameters: LpOptions['parameters']): PivotBudget {
  const { pivotWork, pivotsLeast, pivotsMost } = lpParameters(parameters)
  const pivots = Math.max(pivotsLeast, Math.min(pivotsMost, Math.floor(pivotWork / Math.max(1, cells))))
  return new PivotBudget(pivots, BACKSTOP_SECONDS)
}

/** One tableau row: a side of a row of the program (`sign` +1 upper, −1 lower), or the upper bound of a column. */
interface Side {
  constraint: PackageConstraint
  row: number
  sign: 1 | -1
}

interface Built {
  model: PackageModel
  rules: SimplexRules
  variables: PackageVariable[]
  sides: Side[]
}

function build(lp: LinearProgram, parameters: LpOptions['parameters']): Built {
  const model = new lpPackage.Model()
  model.usePresolve = false
  model.checkForCycles = false
  const variables: PackageVariable[] = []
  for (let j = 0; j < lp.columnCount; j++) {
    variables.push(model.addVariable(lp.cost[j], `x${j}`, false, false))
  }
  const upperSide: (PackageConstraint | undefined)[] = []
  const lowerSide: (PackageConstraint | undefined)[] = []
  const sides: Side[] = []
  for (let i = 0; i < lp.rowCount; i++) {
    upperSide.push(lp.rowUpper[i] < Infinity ? model.smallerThan(lp.rowUpper[i]) : undefined)
    lowerSide.push(lp.rowLower[i] > -Infinity ? model.greaterThan(lp.rowLower[i]) : undefined)
    const upper = upperSide[i]
    const lower = lowerSide[i]
    if (upper !== undefined) sides.push({ constraint: upper, row: i, sign: 1 })
    if (lower !== undefined) sides.push({ constraint: lower, row: i, sign: -1 })
  }
  for (let j = 0; j < lp.columnCount; j++) {
    for (let k = lp.columnStart[j]; k < lp.columnStart[j + 1]; k++) {
      if (lp.value[k] === 0) continue
      upperSide[lp.rowIndex[k]]?.addTerm(lp.value[k], variables[j])
      lowerSide[lp.rowIndex[k]]?.addTerm(lp.value[k], variables[j])
    }
    if (lp.upper[j] < Infinity) {
      const constraint = model.smallerThan(lp.upper[j]).addTerm(1, variables[j])
      sides.push({ constraint, row: -1, sign: 1 })
    }
  }
  model.tableau.setModel(model)
  model.tableauInitialized = true
  const rules = new SimplexRules(
    model.tableau,
    budgetOf(model.tableau.width * model.tableau.height, parameters),
  )
  return { model, rules, variables, sides }
}

function readPoint(b: Built, lp: LinearProgram): Float64Array {
  const { matrix, width, rowByVarIndex } = b.model.tableau
  const x = new Float64Array(lp.columnCount)
  for (let j = 0; j < x.length; j++) {
    const row = rowByVarIndex[b.variables[j].index]
    if (row > 0) x[j] = Math.min(lp.upper[j], Math.max(0, matrix[row * width]))
  }
  return x
}

/** Dual prices by way of the slacks' reduced costs, clamped to their sign. */
function readDual(b: Built, lp: LinearProgram): Float64Array {
  const { matrix, colByVarIndex } = b.model.tableau
  const dual = new Float64Array(lp.rowCount)
  for (const { constraint, row, sign } of b.sides) {
    const column = colByVarIndex[constraint.index]
    if (row >= 0 && column > 0) dual[row] += sign * Math.min(0, matrix[column])
  }
  return dual
}

/** Farkas multipliers, read off the row that admits no pivot. */
function readFarkas(b: Built, lp: LinearProgram): Float64Array {
  const { matrix, width, colByVarIndex, rowByVarIndex } = b.model.tableau
  const proof = b.rules.infeasibleRow
  const y = new Float64Array(lp.rowCount)
  for (const { constraint, row, sign } of b.sides) {
    if (row < 0) continue
    const column = colByVarIndex[constraint.index]
    if (column > 0) y[row] -= sign * Math.max(0, matrix[proof * width + column])
    else if (rowByVarIndex[constraint.index] === proof) y[row] -= sign
  }
  return y
}

function readRay(b: Built, lp: LinearProgram): Float64Array {
  const { matrix, width, colByVarIndex, rowByVarIndex } = b.model.tableau
  const entering = b.rules.unboundedColumn
  const ray = new Float64Array(lp.columnCount)
  for (let j = 0; j < ray.length; j++) {
    const row = rowByVarIndex[b.variables[j].index]
    if (row > 0) ray[j] = Math.max(0, -matrix[row * width + entering])
    else if (colByVarIndex[b.variables[j].index] === entering) ray[j] = 1
  }
  return ray
}

export function emptySolution(
  status: LpStatus,
  backend: LpSolution['backend'],
  note: string,
  bound = -Infinity,
): LpSolution {
  const nothing = () => new Float64Array(0)
  return { status, objective: Number.NaN, x: nothing(), dual: nothing(), bound, backend, note }
}

export function objectiveAt(cost: Float64Array, x: Float64Array): number {
  let sum = 0
  for (let j = 0; j < x.length; j++) sum += cost[j] * x[j]
  return sum
}

const NAME = 'javascript-lp-solver'

/**
 * Solves a validated program without integers. `optimal`, `infeasible` and `unbounded` are certified on the original data, else the
 * status is `failed`; `limit` = pivot limit met (or the wall-clock backstop: the note says so).
 */
export function solveWithJavascriptLpSolver(lp: LinearProgram, options: LpOptions = {}): LpSolution {
  const scaling = computeScaling(lp)
  const scaled = scaleProgram(lp, scaling)
  const built = build(scaled, options.parameters)
  const { tableau } = built.model
  try {
    tableau.simplex()
  } catch (error) {
    if (error instanceof WorkLimit) return emptySolution('limit', NAME, error.message)
    throw error
  }
  if (!tableau.feasible) {
    return provesInfeasible(lp, unscaleDual(readFarkas(built, scaled), scaling))
      ? emptySolution('infeasible', NAME, '', Infinity)
      : emptySolution('failed', NAME, 'infeasibility is not certified')
  }
  const x = unscalePoint(readPoint(built, scaled), scaling)
  if (!tableau.bounded) {
    return provesUnbounded(lp, x, unscalePoint(readRay(built, scaled), scaling))
      ? emptySolution('unbounded', NAME, '')
      : emptySolution('failed', NAME, 'unboundedness is not certified')
  }
  const dual = unscaleDual(readDual(built, scaled), scaling)
  const fault = lpFault(lp, x, dual)
  if (fault !== '') return emptySolution('failed', NAME, fault)
  const objective = objectiveAt(lp.cost, x)
  return { status: 'optimal', objective, x, dual, bound: objective, backend: NAME, note: '' }
}
