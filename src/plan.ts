/** `plan()`: the library's front door. */
import { createLazyLpService } from './lp/lazy.js'
import type { Plan } from './model/plan.js'
import type { Problem } from './model/problem.js'
import { resolveProblem } from './model/validate.js'
import { checkPlanOptions, type PlanOptions } from './solver/plan-options.js'
import { planProblem } from './solver/planner.js'
import { Run } from './solver/run.js'

/**
 * Plans the migrations that the problem asks for (docs/format.md).
 *
 * Infeasibility, a reached limit and an abort are results, never exceptions: see `Plan.status`, `unplaced`, `gap`.
 *
 * @param problem as parsed from JSON; it is validated and not changed.
 * @throws InvalidProblemError with every fault of the problem and its path.
 * @throws InvalidOptionError where an option is out of its range.
 * @throws KernelError where the engine cannot run the WASM kernel.
 */
export async function plan(problem: Problem | unknown, options?: PlanOptions): Promise<Plan> {
  const checked = checkPlanOptions(options)
  const run = new Run(checked)
  const resolved = resolveProblem(problem)
  const lp = createLazyLpService(checked.thread, checked.signal)
  try {
    return await planProblem(resolved, run, lp)
  } finally {
    await lp.close()
  }
}
