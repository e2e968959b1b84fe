/** Chooses the backend, and leaves it for the other where its answer does not stand. */
import { solveWithHighs } from './highs.js'
import { emptySolution, solveWithJavascriptLpSolver } from './javascript-lp-solver.js'
import type { LinearProgram, LpOptions, LpSolution } from './types.js'
import { assertLinearProgram, assertOptions } from './validate.js'

/** Cells of the dense tableau up to which javascript-lp-solver is as fast as HiGHS with its loading time. */
export const MAX_CELLS = 50_000
/** Rows up to which its branch and bound is. */
export const MAX_INTEGER_ROWS = 50
export const MAX_INTEGER_COLUMNS = 1_000

/** Rows and columns of the dense tableau that the program would need. */
export function tableauSize(lp: LinearProgram): { rows: number; columns: number } {
  let rows = 1
  for (let i = 0; i < lp.rowCount; i++) {
    if (lp.rowLower[i] > -Infinity) rows++
    if (lp.rowUpper[i] < Infinity) rows++
  }
  for (let j = 0; j < lp.columnCount; j++) if (lp.upper[j] < Infinity) rows++
  return { rows, columns: lp.columnCount + 1 }
}

function isIntegerProgram(lp: LinearProgram): boolean {
  return lp.integer?.some((flag) => flag === 1) === true
}

function tooLarge(lp: LinearProgram): boolean {
  const { rows, columns } = tableauSize(lp)
  if (rows * columns > MAX_CELLS) return true
  return isIntegerProgram(lp) && (lp.rowCount > MAX_INTEGER_ROWS || lp.columnCount > MAX_INTEGER_COLUMNS)
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
 * Solves one program. `auto`: javascript-lp-solver for small programs; HiGHS for the rest, and whenever the first answer is
 * `failed` or `limit`; `note` says why. Of an integer program `unbounded` speaks of the linear relaxation, and HiGHS has
 * the last word. Where HiGHS cannot be loaded, javascript-lp-solver is tried on large programs too.
 * @throws PlannerError (`INVALID_LP`) on a malformed program or option.
 */
export async function solveProgram(lp: LinearProgram, options: LpOptions = {}): Promise<LpSolution> {
  assertLinearProgram(lp)
  assertOptions(options)
  const choice = options.backend ?? 'auto'
  if (isCrossed(lp)) {
    const backend = choice === 'highs' ? choice : 'javascript-lp-solver'
    return emptySolution('infeasible', backend, '', Infinity)
  }
  if (lp.columnCount === 0) {
    const backend = choice === 'highs' ? choice : 'javascript-lp-solver'
    const dual = new Float64Array(lp.integer === undefined ? lp.rowCount : 0)
    return { status: 'optimal', objective: 0, x: new Float64Array(0), dual, bound: 0, backend, note: '' }
  }
  if (choice === 'javascript-lp-solver') return solveSmall(lp, options)
  if (choice === 'highs') return solveWithHighs(lp, options)
  let reason = 'too large for javascript-lp-solver'
  const isLarge = tooLarge(lp)
  if (!isLarge) {
    const first = solveSmall(lp, options)
    const isDoubtful = first.status === 'unbounded' && isIntegerProgram(lp)
    if (first.status !== 'failed' && first.status !== 'limit' && !isDoubtful) return first
    reason = `javascript-lp-solver: ${first.status}${first.note === '' ? '' : `, ${first.note}`}`
  }
  const second = await solveWithHighs(lp, options)
  const note = second.note === '' ? reason : `${reason}; highs: ${second.note}`
  if (isLarge && second.status === 'failed') {
    const last = solveSmall(lp, options)
    if (last.status !== 'failed')
      return { ...last, note: last.note === '' ? note : `${note}; javascript-lp-solver: ${last.note}` }
  }
  return { ...second, note }
}
