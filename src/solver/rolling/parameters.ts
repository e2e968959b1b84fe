/** Parameters of planning maintenance. */
import { count, type ValuesOf } from '../dials.js'

export const ROLLING = {
  /** Looks at pairs of VM and node that the search for order and targets may take, and so many more for each VM. Twenty million are about a second. */
  base: count(4e6, 1.5e7, 5e7, 3e8, 2e9),
  perVm: count(8000, 30_000, 100_000, 600_000, 4_000_000),
}
export type RollingParameters = ValuesOf<typeof ROLLING>
