/**
 * What any row prices prove about a master (Lagrangian relaxation; Geoffrion 1974): with the rows priced into the objective, each class
 * distributes its members over its own columns, cheapest first, and the makespan goes to one of its ends. That minimum is a lower bound
 * whatever the prices are, so that an LP's duals need no trust: wrong ones make a weak bound, never a wrong one.
 */
import type { ColumnBounds, Master } from './master.js'

/** Prices above this are no LP's of ours: coefficients and costs are scaled to about 1. */
const MOST_PRICE = 1e6
/** What float sums may lose, relative to the sum of magnitudes, and in the objective's unit. */
const RELATIVE_SLACK = 1e-11
const ABSOLUTE_SLACK = 1e-8

/** The prices that can be used: ≥ 0, finite, one a row. */
export function usablePrices(master: Master, dual: ArrayLike<number>): Float64Array {
  const prices = new Float64Array(master.limit.length)
  for (let r = 0; r < prices.length; r++) {
    // A minimisation's rows `≤` have duals ≤ 0.
    const price = -(dual[r] ?? 0)
    if (price > 0) prices[r] = Math.min(price, MOST_PRICE)
  }
  return prices
}

/** What prices say of one node of the search. */
export interface DualBound {
  /** In the objective's unit; Infinity where the column bounds admit no distribution. */
  bound: number
  /**
   * [columns] by how much the bound rises at least where the column takes one member more than the cheapest distribution gives it;
   * 0 for columns that it uses.
   */
  rise: Float64Array
}

/** @param costless leaves the objective out: a bound above 0 then says that the rows cannot be met. */
export function dualBound(
  master: Master,
  { lower, upper }: ColumnBounds,
  prices: Float64Array,
  costless = false,
): DualBound {
  const { columns, columnsOf, sizes, limit, makespanValue } = master
  const rise = new Float64Array(columns.length)
  let bound = 0
  let magnitude = 0
  let makespanPrice = costless ? 0 : master.makespanCost
  for (let r = 0; r < prices.length; r++) {
    if (prices[r] === 0) continue
    bound -= prices[r] * limit[r]
    magnitude += Math.abs(prices[r] * limit[r])
    makespanPrice += prices[r] * makespanValue[r]
    magnitude += Math.abs(prices[r] * makespanValue[r] * master.makespanTo)
  }
  bound += makespanPrice * (makespanPrice >= 0 ? master.makespanFrom : master.makespanTo)
  for (let k = 0; k < sizes.length; k++) {
    let left = sizes[k]
    const priced = columnsOf[k].map((column) => {
      const { rows, values } = columns[column]
      let cost = costless ? 0 : columns[column].cost
      let size = Math.abs(cost)
      for (let i = 0; i < rows.length; i++) {
        const part = prices[rows[i]] * values[i]
        cost += part
        size += Math.abs(part)
      }
      left -= lower[column]
      bound += cost * lower[column]
      magnitude += size * lower[column]
      return { column, cost, size }
    })
    if (left < 0) return { bound: Number.POSITIVE_INFINITY, rise }
    priced.sort((a, b) => a.cost - b.cost || a.column - b.column)
    let dearest = Number.NEGATIVE_INFINITY
    for (const { column, cost, size } of priced) {
      const taken = Math.min(left, upper[column] - lower[column])
      if (taken > 0) {
        bound += cost * taken
        magnitude += size * taken
        dearest = cost
        left -= taken
      } else if (lower[column] === 0 && dearest > Number.NEGATIVE_INFINITY) rise[column] = cost - dearest
    }
    if (left > 0) return { bound: Number.POSITIVE_INFINITY, rise }
  }
  return { bound: bound - RELATIVE_SLACK * magnitude - ABSOLUTE_SLACK, rise }
}
