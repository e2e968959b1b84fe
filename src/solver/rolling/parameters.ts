/** Parameters of planning maintenance. */
import { count, type ValuesOf } from '../dials.js'

export const ROLLING = {
  /** Steps between configurations of few VMs that the bound may look at. Thirty million are about a second. */
  boundSteps: count(2e6, 1e7, 4e7, 2e8, 1e9),
  /** Of the program over starts that bounds a night: variables, instants at which crews and memory are counted, and how often it is solved. Four thousand variables take a second or two each time. */
  boundVariables: count(1500, 2500, 4000, 8000, 16_000),
  boundInstants: count(60, 100, 160, 240, 320),
  boundPrograms: count(2, 4, 6, 8, 10),
  /** Looks at pairs of VM and node that the search for order and targets may take, and so many more for each VM. Fifty million are about a second on a machine of 2024. */
  base: count(8e6, 4e7, 1.1e8, 8e8, 6e9),
  perVm: count(10_000, 50_000, 250_000, 1_500_000, 8_000_000),
}
export type RollingParameters = ValuesOf<typeof ROLLING>
