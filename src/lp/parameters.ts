/** Parameters of the LP layer: up to which size which backend, and when one is given up. */
import { count, type ValuesOf, valueAt } from '../solver/dials.js'

export const LP = {
  /** Cells of the dense tableau up to which javascript-lp-solver is as fast as HiGHS with its loading time. */
  tableauCells: count(50_000),
  /** Variables up to which a master on the tableau is faster than HiGHS kept warm, and rows that enter it between two solves. */
  masterVariables: count(150),
  masterRows: count(32),
  /** Pivots on the tableau times its cells: about the same work whatever the size, a few seconds on the slowest machine that is expected. */
  pivotWork: count(2e9),
  pivotsLeast: count(2000),
  pivotsMost: count(200_000),
}
export type LpParameters = ValuesOf<typeof LP>

/** @param given in place of the defaults */
export function lpParameters(given: Partial<LpParameters> = {}): LpParameters {
  const defaults = Object.entries(LP).map(([name, dial]) => [name, valueAt(dial, 3)])
  return { ...Object.fromEntries(defaults), ...given }
}
