/** Chooses the backend, and leaves it for the other where its answer does not stand. */
import { solveWithHighs } from './highs.js'
import { emptySolution, solveWithJavascriptLpSolver } from './javascript-lp-solver.js'
import { lpParameters } from './parameters.js'
import type { LinearProgram, LpOptions, LpSolution } from './types.js'
import { assertLinearProgram, assertOptions } from './validate.js'

/** By the dense tableau that the program would need. */
function isSmall(lp: LinearProgram, { parameters }: LpOptions): boolean {
  let rows = 1
  for (let i = 0; i < lp.rowCount; i++) {
    if (lp.rowLower[i] > -Infinity) rows++
    if (lp.rowUpper[i] < Infinity) rows++
  }
  for (let j = 0; j < lp.columnCount; j++) if (lp.upper[j] < Infinity) rows++
  return rows * (lp.columnCount + 1) <= lpParameters(parameters).tableauCells
}

/** Bounds that no x can meet, whatever the coefficients; and with no variable at all, rows that 0 does not meet. */
function isCrossed(lp: LinearProgram): boolean {
  const isEmpty = lp.columnCount === 0
  for (let i = 0; i < lp.rowCount; i++) if (isEmpty && (lp.rowLower[i] > 0 || lp.rowUpper[i] < 0)) return true
  for (let i = 0; i < lp.rowCount; i++) if (lp.rowLower[i] > lp.rowUpper[i]) return true
  for (let j = 0; j < lp.columnCount; j++) if (lp.upper[j] < 0) return true
  return false
}

function solveSmall(lp: LinearProgram, options: LpOptions): LpSolution {
  try {
    return solveWithJavascriptLpSolver(lp, options)
  } catch (cause) {
    return emptySolution('failed', 'javascript-lp-solver', String(cause))
  }
}

/**
 * Solves one program. `auto`: javascript-lp-solver for small programs without integers; HiGHS for the rest, and whenever the first answer is
 * `failed` or `limit`; `note` says why. Where HiGHS cannot be loaded, javascript-lp-solver is tried on large programs too.
 * @throws PlannerError (`INVALID_LP`) on a malformed program or option.
 */
export async function solveProgram(lp: LinearProgram, options: LpOptions = {}): Promise<LpSolution> {
  assertLinearProgram(lp)
  assertOptions(options)
  const isInteger = lp.integer?.some((flag) => flag === 1) === true
  const choice = isInteger ? 'highs' : (options.backend ?? 'auto')
  const backend = choice === 'highs' ? choice : 'javascript-lp-solver'
  if (isCrossed(lp)) return emptySolution('infeasible', backend, '', Infinity)
  if (lp.columnCount === 0) {
    const dual = new Float64Array(lp.integer === undefined ? lp.rowCount : 0)
    return { status: 'optimal', objective: 0, x: new Float64Array(0), dual, bound: 0, backend, note: '' }
  }
  if (choice === 'javascript-lp-solver') return solveSmall(lp, options)
  if (choice === 'highs') return solveWithHighs(lp, options)
  let reason = 'too large for javascript-lp-solver'
  const wasSmall = isSmall(lp, options)
  if (wasSmall) {
    const first = solveSmall(lp, options)
    if (first.status !== 'failed' && first.status !== 'limit') return first
    reason = `javascript-lp-solver: ${first.status}${first.note === '' ? '' : `, ${first.note}`}`
  }
  const second = await solveWithHighs(lp, options)
  const note = second.note === '' ? reason : `${reason}; highs: ${second.note}`
  if (!wasSmall && second.status === 'failed') {
    const last = solveSmall(lp, options)
    if (last.status !== 'failed')
      return { ...last, note: last.note === '' ? note : `${note}; javascript-lp-solver: ${last.note}` }
  }
  return { ...second, note }
}
