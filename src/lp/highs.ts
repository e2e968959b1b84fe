/**
 * HiGHS (npm `highs`, WebAssembly, 3.5 MB), loaded on first use and kept as long as the module lives. Where it cannot be loaded, calls
 * answer `failed`.
 *
 * Every native model is disposed of before a call returns, except in a dual master, which keeps its own until disposed of.
 */
import type { Highs, Model } from 'highs'
import { feasibilityFault, lpFault } from './certify.js'
import { emptySolution, objectiveAt } from './javascript-lp-solver.js'
import { computeScaling, scaleProgram, unscaleDual, unscalePoint } from './scale.js'
import type { LinearProgram, LpOptions, LpSolution } from './types.js'

const NAME = 'highs'

/** Wall-clock backstop of one solve, seconds; the deterministic limit is `maxNodes`. */
export const BACKSTOP_SECONDS = 30

let runtime: Promise<Highs> | undefined

/** The loaded runtime; a failed load is tried again by the next call. */
export function loadHighs(): Promise<Highs> {
  runtime ??= import('./highs-runtime.js')
    .then((module) => module.startHighs())
    .catch((cause: unknown) => {
      runtime = undefined
      throw cause
    })
  return runtime
}

/** After a trap the WebAssembly instance is in an unknown state: the next call loads a fresh one. */
export function discardHighs(): void {
  runtime = undefined
}

export const SOLVED = { optimal: 7, infeasible: 8, unboundedOrInfeasible: 9, unbounded: 10 } as const
const TIME_LIMIT = 13
export const WORK_LIMITS: readonly number[] = [TIME_LIMIT, 14, 16]

export function applyLimits(model: Model, options: LpOptions): void {
  model.options.set({ output_flag: false, random_seed: 0, time_limit: BACKSTOP_SECONDS })
  if (options.maxNodes !== undefined)
    model.options.set('mip_max_nodes', Math.min(options.maxNodes, 2 ** 31 - 1))
  // The package's default gap is 1e-4.
  model.options.set({ mip_rel_gap: 0, mip_abs_gap: 0 })
}

/** Runs the model and tells "infeasible" from "unbounded" where presolve did not. */
export function runModel(model: Model): number {
  model.zeroAllClocks()
  let { modelStatus } = model.run()
  if (modelStatus === SOLVED.unboundedOrInfeasible) {
    model.options.set('presolve', 'off')
    modelStatus = model.run().modelStatus
  }
  return modelStatus
}

function load(highs: Highs, lp: LinearProgram): Model {
  const entries = lp.columnStart[lp.columnCount]
  return highs.createModel({
    numCols: lp.columnCount,
    numRows: lp.rowCount,
    colCost: lp.cost,
    colLower: new Float64Array(lp.columnCount),
    colUpper: lp.upper,
    rowLower: lp.rowLower,
    rowUpper: lp.rowUpper,
    matrix: {
      format: 'csc',
      numRows: lp.rowCount,
      numCols: lp.columnCount,
      starts: lp.columnStart,
      indices: lp.rowIndex.subarray(0, entries),
      values: lp.value.subarray(0, entries),
    },
    ...(lp.integer === undefined ? {} : { integrality: Int32Array.from(lp.integer) }),
  })
}

/**
 * Solves a validated program with uncrossed bounds. The optimum of an LP is certified on the original data, the incumbent of a MIP
 * checked for feasibility, else the status is `failed`. `limit` = `maxNodes` or the wall-clock backstop (the note
 * says so) was met; of a MIP it carries the incumbent, where there is one, and the proven bound.
 */
export async function solveWithHighs(lp: LinearProgram, options: LpOptions = {}): Promise<LpSolution> {
  let highs: Highs
  try {
    highs = await loadHighs()
  } catch (cause) {
    return emptySolution('failed', NAME, `HiGHS could not be loaded: ${String(cause)}`)
  }
  const isInteger = lp.integer?.some((flag) => flag === 1) === true
  const program = isInteger ? lp : withoutIntegers(lp)
  const scaling = computeScaling(program)
  let model: Model | undefined
  try {
    model = load(highs, scaleProgram(program, scaling))
    applyLimits(model, options)
    const status = runModel(model)
    if (status === SOLVED.infeasible) return emptySolution('infeasible', NAME, '', Infinity)
    if (status === SOLVED.unbounded) {
      return emptySolution('unbounded', NAME, isInteger ? 'of the linear relaxation' : '')
    }
    const isLimit = WORK_LIMITS.includes(status)
    if (!isLimit && status !== SOLVED.optimal)
      return emptySolution('failed', NAME, `HiGHS model status ${status}`)
    const note = isLimit ? limitNote(status) : ''
    if (!isInteger) {
      if (isLimit) return emptySolution('limit', NAME, note)
      const { colValue, rowDual } = model.getSolution()
      const x = unscalePoint(clamp(colValue, lp.upper, scaling.column, scaling.rhs), scaling)
      const dual = unscaleDual(rowDual, scaling)
      const fault = lpFault(lp, x, dual)
      if (fault !== '') return { ...emptySolution('failed', NAME, fault), dual }
      const objective = objectiveAt(lp.cost, x)
      return { status: 'optimal', objective, x, dual, bound: objective, backend: NAME, note }
    }
    const bound = Number(model.info.get('mip_dual_bound')) * scaling.cost
    const x = Float64Array.from(model.getSolution().colValue)
    for (let j = 0; j < x.length; j++) {
      if (lp.integer?.[j] === 1) x[j] = Math.round(x[j])
      x[j] = Math.min(lp.upper[j], Math.max(0, x[j])) + 0
    }
    const hasIncumbent = Number(model.info.get('primal_solution_status')) === 2
    const fault = hasIncumbent ? feasibilityFault(lp, x) : 'no incumbent'
    if (fault !== '')
      return emptySolution(
        isLimit ? 'limit' : 'failed',
        NAME,
        isLimit ? note : fault,
        isLimit ? bound : undefined,
      )
    const objective = objectiveAt(lp.cost, x)
    return {
      status: isLimit ? 'limit' : 'optimal',
      objective,
      x,
      dual: new Float64Array(0),
      bound: Math.min(bound, objective),
      backend: NAME,
      note,
    }
  } catch (cause) {
    discardHighs()
    return emptySolution('failed', NAME, `HiGHS failed: ${String(cause)}`)
  } finally {
    dispose(model)
  }
}

/** Disposal after a trap may trap again; the instance is gone by then anyway. */
export function dispose(model: Model | undefined): void {
  try {
    model?.dispose()
  } catch {
    discardHighs()
  }
}

export function limitNote(status: number): string {
  return status === TIME_LIMIT ? 'wall-clock backstop reached' : 'work limit reached'
}

function withoutIntegers(lp: LinearProgram): LinearProgram {
  const { integer: _, ...continuous } = lp
  return continuous
}

/** Scaled values into their bounds: HiGHS leaves them by up to its tolerance. */
function clamp(values: Float64Array, upper: Float64Array, column: Float64Array, rhs: number): Float64Array {
  return values.map((v, j) => Math.min(upper[j] / (column[j] * rhs), Math.max(0, v)))
}
