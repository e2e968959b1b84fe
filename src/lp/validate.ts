/** Guards the LP layer's door: what gets past here is finite, consistent and free of duplicates. */
import { PlannerError } from '../errors.js'
import type { LinearProgram, LpOptions, SparseRows } from './types.js'

function invalid(message: string): never {
  throw new PlannerError('INVALID_LP', message)
}

function requireLength(name: string, array: ArrayLike<number> | undefined, length: number): void {
  if (array === undefined || array.length !== length) {
    invalid(`${name} has ${array === undefined ? 'no' : array.length} entries, expected ${length}`)
  }
}

function requireCount(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 0) invalid(`${name} is ${value}, expected an integer ≥ 0`)
}

/** Compressed storage: monotone starts, indices in range and unique inside a segment, finite values. */
function requireCompressed(
  what: string,
  segments: number,
  start: Int32Array,
  index: Int32Array,
  value: Float64Array,
  limit: number,
): void {
  requireLength(`${what} starts`, start, segments + 1)
  if (start[0] !== 0) invalid(`the first of the ${what} starts is ${start[0]}, expected 0`)
  const entries = start[segments]
  if (index.length < entries || value.length < entries) {
    invalid(`the ${what} starts end at ${entries}, beyond ${index.length} indices or ${value.length} values`)
  }
  const seenIn = new Int32Array(limit).fill(-1)
  for (let s = 0; s < segments; s++) {
    if (start[s + 1] < start[s]) invalid(`the ${what} starts decrease after ${what} ${s}`)
    for (let k = start[s]; k < start[s + 1]; k++) {
      const i = index[k]
      if (i < 0 || i >= limit) invalid(`${what} ${s} has index ${i}, expected 0 to ${limit - 1}`)
      if (seenIn[i] === s) invalid(`${what} ${s} has index ${i} twice`)
      seenIn[i] = s
      if (!Number.isFinite(value[k])) invalid(`${what} ${s} has the coefficient ${value[k]}`)
    }
  }
}

/**
 * @throws PlannerError (`INVALID_LP`) on wrong lengths, indices out of range or doubled, NaN anywhere, an infinite cost or
 * coefficient, a lower bound of +∞ or an upper bound of −∞. Crossed bounds are legal: the program is then infeasible.
 */
export function assertLinearProgram(lp: LinearProgram): void {
  requireCount('rowCount', lp.rowCount)
  requireCount('columnCount', lp.columnCount)
  requireLength('cost', lp.cost, lp.columnCount)
  requireLength('upper', lp.upper, lp.columnCount)
  requireLength('rowLower', lp.rowLower, lp.rowCount)
  requireLength('rowUpper', lp.rowUpper, lp.rowCount)
  if (lp.integer !== undefined) requireLength('integer', lp.integer, lp.columnCount)
  requireCompressed('column', lp.columnCount, lp.columnStart, lp.rowIndex, lp.value, lp.rowCount)
  for (let j = 0; j < lp.columnCount; j++) {
    if (!Number.isFinite(lp.cost[j])) invalid(`cost[${j}] is ${lp.cost[j]}`)
    if (Number.isNaN(lp.upper[j]) || lp.upper[j] === -Infinity) invalid(`upper[${j}] is ${lp.upper[j]}`)
  }
  for (let i = 0; i < lp.rowCount; i++) {
    if (Number.isNaN(lp.rowLower[i]) || lp.rowLower[i] === Infinity)
      invalid(`rowLower[${i}] is ${lp.rowLower[i]}`)
    if (Number.isNaN(lp.rowUpper[i]) || lp.rowUpper[i] === -Infinity)
      invalid(`rowUpper[${i}] is ${lp.rowUpper[i]}`)
  }
}

/** @throws PlannerError (`INVALID_LP`) where the rows do not fit a master of `variableCount` variables. */
export function assertRows(rows: SparseRows, variableCount: number): void {
  requireCompressed('row', rows.rhs.length, rows.rowStart, rows.index, rows.value, variableCount)
  for (let r = 0; r < rows.rhs.length; r++) {
    if (!Number.isFinite(rows.rhs[r])) invalid(`rhs[${r}] is ${rows.rhs[r]}`)
  }
}

/** @throws PlannerError (`INVALID_LP`) where a profit is not finite. */
export function assertProfit(profit: Float64Array): void {
  for (let j = 0; j < profit.length; j++) {
    if (!Number.isFinite(profit[j])) invalid(`profit[${j}] is ${profit[j]}`)
  }
}

/** @throws PlannerError (`INVALID_LP`) on an unknown backend, or a limit out of its range. */
export function assertOptions(options: LpOptions): void {
  const { backend, maxNodes } = options
  if (
    backend !== undefined &&
    backend !== 'auto' &&
    backend !== 'highs' &&
    backend !== 'javascript-lp-solver'
  ) {
    invalid(`backend is ${String(backend)}, expected auto, javascript-lp-solver or highs`)
  }
  if (maxNodes !== undefined) requireCount('maxNodes', maxNodes)
}
