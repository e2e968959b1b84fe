/** `plan()`: the library's front door. */
import { createLazyLpService } from './lp/lazy.js'
import type { Plan } from './model/plan.js'
import type { Problem, ResolvedProblem } from './model/problem.js'
import { resolveProblem } from './model/validate.js'
import { type CheckedPlanOptions, checkPlanOptions, type PlanOptions } from './plan-options.js'
import { type PlannedProblem, runPlan } from './run-plan.js'
import { coreCount } from './solver/exact/cores.js'
import { ALONE, type SearchPool } from './solver/exact/pool.js'
import { Run } from './solver/run.js'

export type { PlannedProblem } from './run-plan.js'

/**
 * Plans the migrations that the problem asks for (docs/format.md).
 *
 * Infeasibility, a reached limit and an abort are results, never exceptions: see `Plan.status`, `unplaced`, `gap`.
 *
 * @param problem is validated and not changed; `parseProblem` types what was read.
 * @throws InvalidProblemError with every fault of the problem and its path.
 * @throws InvalidOptionError where an option is out of its range.
 * @throws KernelError where the engine cannot run the WASM kernel.
 */
export async function plan(problem: Problem, options: PlanOptions = {}): Promise<Plan> {
  const checked = checkPlanOptions(options)
  const { workers } = checked
  const planHere = async (note = ''): Promise<Plan> => {
    const run = new Run(checked)
    const alone = note === '' ? undefined : { ...ALONE, note }
    return (await planResolved(resolveProblem(problem), checked, run, alone)).plan
  }
  // With further threads, the calling one is among them.
  if (workers === undefined || checked.threads !== 1) return planHere()
  const { planInWorker } = await import('./worker/plan-client.js')
  return planInWorker(problem, options, workers, planHere)
}

/**
 * @param run in which the problem is planned: its clock is running.
 * @param pool of threads that search; default: as many as the options ask for, which start when the search asks for them.
 */
export function planResolved(
  problem: ResolvedProblem,
  options: CheckedPlanOptions,
  run = new Run(options),
  pool?: SearchPool,
): Promise<PlannedProblem> {
  return runPlan(problem, options, run, createLazyLpService, (signal) => pool ?? searchPool(options, signal))
}

async function searchPool(
  { threads: asked, workers }: CheckedPlanOptions,
  signal: AbortSignal,
): Promise<SearchPool> {
  const threads = asked === 0 ? coreCount() : asked
  if (threads === 1) return ALONE
  const { createSearchPool } = await import('./worker/search-pool.js')
  return createSearchPool(threads, { signal, workers })
}
