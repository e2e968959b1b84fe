/**
 * Judges a backend's answer on the original, unscaled data: primal residual, sign and size of reduced costs, duality gap. A backend
 * that cycles, stalls or drifts is caught here, and the answer becomes `failed`.
 */
import type { LinearProgram } from './types.js'

/** Relative tolerance of every check. */
const CERTIFICATE_TOLERANCE = 1e-6

/** `Ax` or `Aᵀy` with the sum of the absolute terms, the scale against which a residual is judged. */
export interface Products {
  sum: Float64Array
  magnitude: Float64Array
}

export interface Bounds {
  cost: Float64Array
  rowLower: Float64Array
  rowUpper: Float64Array
  upper: Float64Array
}

function largest(values: Float64Array): number {
  let most = 0
  for (const v of values) most = Math.max(most, Math.abs(v))
  return most
}

/** Why `x` is not feasible, `''` where it is. `rows` = Ax. */
function primalFault(b: Bounds, x: Float64Array, rows: Products): string {
  const floor = Math.min(1, largest(x))
  for (let j = 0; j < x.length; j++) {
    if (!Number.isFinite(x[j])) return `x[${j}] is ${x[j]}`
    if (x[j] < -CERTIFICATE_TOLERANCE * floor) return `x[${j}] is ${x[j]}, below 0`
    if (x[j] > b.upper[j] + CERTIFICATE_TOLERANCE * Math.max(floor, Math.abs(b.upper[j]))) {
      return `x[${j}] is ${x[j]}, above ${b.upper[j]}`
    }
  }
  for (let i = 0; i < rows.sum.length; i++) {
    const scale = CERTIFICATE_TOLERANCE * Math.max(rows.magnitude[i], floor)
    const activity = rows.sum[i]
    const low = b.rowLower[i]
    const high = b.rowUpper[i]
    if (low > -Infinity && !(activity >= low - scale - CERTIFICATE_TOLERANCE * Math.abs(low))) {
      return `row ${i} is ${activity}, below ${low}`
    }
    if (high < Infinity && !(activity <= high + scale + CERTIFICATE_TOLERANCE * Math.abs(high))) {
      return `row ${i} is ${activity}, above ${high}`
    }
  }
  return ''
}

/** Value of the dual point `y`, with a fault where it is not dual feasible. `columns` = Aᵀy. */
function dualValue(
  b: Bounds,
  y: Float64Array,
  columns: Products,
): { value: number; magnitude: number; fault: string } {
  let value = 0
  let magnitude = 0
  const floor = 1e-3 * largest(y) + CERTIFICATE_TOLERANCE * largest(b.cost)
  const negligible = CERTIFICATE_TOLERANCE * largest(y)
  for (let i = 0; i < y.length; i++) {
    if (!Number.isFinite(y[i])) return { value, magnitude, fault: `dual[${i}] is ${y[i]}` }
    const bound = y[i] > 0 ? b.rowLower[i] : b.rowUpper[i]
    if (y[i] === 0) continue
    if (Math.abs(bound) === Infinity) {
      if (Math.abs(y[i]) > negligible) return { value, magnitude, fault: `dual[${i}] is ${y[i]}` }
      continue
    }
    value += y[i] * bound
    magnitude += Math.abs(y[i] * bound)
  }
  for (let j = 0; j < columns.sum.length; j++) {
    const reduced = b.cost[j] - columns.sum[j]
    if (reduced >= 0) continue
    if (b.upper[j] < Infinity) {
      value += reduced * b.upper[j]
      magnitude += Math.abs(reduced * b.upper[j])
    } else if (reduced < -CERTIFICATE_TOLERANCE * (Math.abs(b.cost[j]) + columns.magnitude[j] + floor)) {
      return { value, magnitude, fault: `reduced cost ${j} is ${reduced}` }
    }
  }
  return { value, magnitude, fault: '' }
}

/** Why the pair (x, y) does not prove optimality, `''` where it does. `rows` = Ax, `columns` = Aᵀy. */
export function optimalityFault(
  b: Bounds,
  x: Float64Array,
  y: Float64Array,
  rows: Products,
  columns: Products,
): string {
  const primal = primalFault(b, x, rows)
  if (primal !== '') return primal
  const dual = dualValue(b, y, columns)
  if (dual.fault !== '') return dual.fault
  let objective = 0
  let magnitude = 0
  for (let j = 0; j < x.length; j++) {
    objective += b.cost[j] * x[j]
    magnitude += Math.abs(b.cost[j] * x[j])
  }
  const allowed =
    CERTIFICATE_TOLERANCE * Math.max(magnitude, dual.magnitude, CERTIFICATE_TOLERANCE * largest(b.cost))
  if (Math.abs(objective - dual.value) > allowed) {
    return `the duality gap is ${objective - dual.value} at objective ${objective}`
  }
  return ''
}

function rowProducts(lp: LinearProgram, x: Float64Array): Products {
  const sum = new Float64Array(lp.rowCount)
  const magnitude = new Float64Array(lp.rowCount)
  for (let j = 0; j < lp.columnCount; j++) {
    if (x[j] === 0) continue
    for (let k = lp.columnStart[j]; k < lp.columnStart[j + 1]; k++) {
      const term = lp.value[k] * x[j]
      sum[lp.rowIndex[k]] += term
      magnitude[lp.rowIndex[k]] += Math.abs(term)
    }
  }
  return { sum, magnitude }
}

function columnProducts(lp: LinearProgram, y: Float64Array): Products {
  const sum = new Float64Array(lp.columnCount)
  const magnitude = new Float64Array(lp.columnCount)
  for (let j = 0; j < lp.columnCount; j++) {
    for (let k = lp.columnStart[j]; k < lp.columnStart[j + 1]; k++) {
      const term = lp.value[k] * y[lp.rowIndex[k]]
      sum[j] += term
      magnitude[j] += Math.abs(term)
    }
  }
  return { sum, magnitude }
}

/** Why `x`, `dual` are not a proven optimum of `lp` (an LP), `''` where they are. */
export function lpFault(lp: LinearProgram, x: Float64Array, dual: Float64Array): string {
  return optimalityFault(lp, x, dual, rowProducts(lp, x), columnProducts(lp, dual))
}

/** Why `x` is not a feasible point of `lp`, integrality included, `''` where it is. */
export function feasibilityFault(lp: LinearProgram, x: Float64Array): string {
  for (let j = 0; j < lp.columnCount; j++) {
    if (lp.integer?.[j] === 1 && !Number.isInteger(x[j])) return `x[${j}] is ${x[j]}, not an integer`
  }
  return primalFault(lp, x, rowProducts(lp, x))
}

/** Whether `y` is a Farkas ray: a combination of rows that no x ≥ 0 can satisfy. */
export function provesInfeasible(lp: LinearProgram, y: Float64Array): boolean {
  const free = { ...lp, cost: new Float64Array(lp.columnCount) }
  const dual = dualValue(free, y, columnProducts(lp, y))
  return dual.fault === '' && dual.value > CERTIFICATE_TOLERANCE * dual.magnitude
}

/** Whether from the feasible `x` the objective falls for ever along `ray`. */
export function provesUnbounded(lp: LinearProgram, x: Float64Array, ray: Float64Array): boolean {
  if (primalFault(lp, x, rowProducts(lp, x)) !== '') return false
  const cone = (bound: number) => (Math.abs(bound) === Infinity ? bound : 0)
  const recession = {
    cost: lp.cost,
    rowLower: lp.rowLower.map(cone),
    rowUpper: lp.rowUpper.map(cone),
    upper: lp.upper.map(cone),
  }
  const size = largest(ray)
  if (!(size > 0)) return false
  const unit = ray.map((v) => v / size)
  let slope = 0
  let magnitude = 0
  for (let j = 0; j < unit.length; j++) {
    slope += lp.cost[j] * unit[j]
    magnitude += Math.abs(lp.cost[j] * unit[j])
  }
  return (
    slope < -CERTIFICATE_TOLERANCE * magnitude && primalFault(recession, unit, rowProducts(lp, unit)) === ''
  )
}
