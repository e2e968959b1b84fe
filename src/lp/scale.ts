/**
 * Scaling by powers of two (no rounding error). Both backends work with absolute tolerances, so a program in seconds, MiB or
 * ticks has to come near 1 first; unscaled assignment LPs make javascript-lp-solver loop or cut off the optimum.
 */
import type { LinearProgram } from './types.js'

const PASSES = 3

export interface Scaling {
  /** [rows] factor of each row of A. */
  row: Float64Array
  /** [columns] x = column × rhs × x′. */
  column: Float64Array
  /** objective = cost × rhs × objective′; dual = cost × row × dual′. */
  cost: number
  rhs: number
}

/** The power of two nearest to `x` > 0 (on the logarithmic scale), kept away from overflow. */
export function powerOfTwo(x: number): number {
  const exponent = Math.round(Math.log2(x))
  return 2 ** Math.min(500, Math.max(-500, exponent))
}

function largestFinite(values: Float64Array, factor: (index: number) => number): number {
  let largest = 0
  for (let i = 0; i < values.length; i++) {
    const a = Math.abs(values[i]) * factor(i)
    if (a > largest && a < Infinity) largest = a
  }
  return largest
}

/**
 * Geometric-mean equilibration of rows and columns, then rows, costs and right-hand sides to a largest entry near 1. With
 * integer variables only rows and costs are scaled, so that integers stay integers.
 */
export function computeScaling(lp: LinearProgram): Scaling {
  const { rowCount, columnCount, columnStart, rowIndex, value } = lp
  const row = new Float64Array(rowCount).fill(1)
  const column = new Float64Array(columnCount).fill(1)
  const least = new Float64Array(rowCount)
  const most = new Float64Array(rowCount)
  const scaleColumns = lp.integer === undefined
  for (let pass = 0; pass < (scaleColumns ? PASSES : 0); pass++) {
    least.fill(Infinity)
    most.fill(0)
    for (let j = 0; j < columnCount; j++) {
      for (let k = columnStart[j]; k < columnStart[j + 1]; k++) {
        const a = Math.abs(value[k]) * column[j]
        if (a === 0) continue
        const i = rowIndex[k]
        if (a < least[i]) least[i] = a
        if (a > most[i]) most[i] = a
      }
    }
    for (let i = 0; i < rowCount; i++) if (most[i] > 0) row[i] = 1 / Math.sqrt(least[i] * most[i])
    for (let j = 0; j < columnCount; j++) {
      let low = Infinity
      let high = 0
      for (let k = columnStart[j]; k < columnStart[j + 1]; k++) {
        const a = Math.abs(value[k]) * row[rowIndex[k]]
        if (a === 0) continue
        if (a < low) low = a
        if (a > high) high = a
      }
      if (high > 0) column[j] = 1 / Math.sqrt(low * high)
    }
  }
  for (let j = 0; j < columnCount; j++) column[j] = powerOfTwo(column[j])
  most.fill(0)
  for (let j = 0; j < columnCount; j++) {
    for (let k = columnStart[j]; k < columnStart[j + 1]; k++) {
      const a = Math.abs(value[k]) * column[j]
      if (a > most[rowIndex[k]]) most[rowIndex[k]] = a
    }
  }
  for (let i = 0; i < rowCount; i++) row[i] = most[i] > 0 ? powerOfTwo(1 / most[i]) : 1
  const largestCost = largestFinite(lp.cost, (j) => column[j])
  let largestRhs = Math.max(
    largestFinite(lp.rowLower, (i) => row[i]),
    largestFinite(lp.rowUpper, (i) => row[i]),
  )
  if (largestRhs === 0) largestRhs = largestFinite(lp.upper, (j) => 1 / column[j])
  return {
    row,
    column,
    cost: largestCost > 0 ? powerOfTwo(largestCost) : 1,
    rhs: scaleColumns && largestRhs > 0 ? powerOfTwo(largestRhs) : 1,
  }
}

export function scaleProgram(lp: LinearProgram, scaling: Scaling): LinearProgram {
  const { row, column, cost, rhs } = scaling
  const value = new Float64Array(lp.columnStart[lp.columnCount])
  for (let j = 0; j < lp.columnCount; j++) {
    for (let k = lp.columnStart[j]; k < lp.columnStart[j + 1]; k++) {
      value[k] = lp.value[k] * row[lp.rowIndex[k]] * column[j]
    }
  }
  return {
    ...lp,
    value,
    cost: lp.cost.map((c, j) => (c * column[j]) / cost),
    rowLower: lp.rowLower.map((b, i) => (b * row[i]) / rhs),
    rowUpper: lp.rowUpper.map((b, i) => (b * row[i]) / rhs),
    upper: lp.upper.map((u, j) => u / (column[j] * rhs)),
  }
}

export function unscalePoint(x: Float64Array, scaling: Scaling): Float64Array {
  return x.map((v, j) => v * scaling.column[j] * scaling.rhs)
}

export function unscaleDual(dual: Float64Array, scaling: Scaling): Float64Array {
  return dual.map((y, i) => y * scaling.row[i] * scaling.cost)
}
