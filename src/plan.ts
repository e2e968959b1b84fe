/** `plan()`: the library's front door. */
import { createLazyLpService } from './lp/lazy.js'
import type { Plan } from './model/plan.js'
import type { Problem, ResolvedProblem } from './model/problem.js'
import { resolveProblem } from './model/validate.js'
import { type CheckedPlanOptions, checkPlanOptions, type PlanOptions } from './plan-options.js'
import { coreCount } from './solver/exact/cores.js'
import { ALONE, type SearchPool } from './solver/exact/pool.js'
import { type Planned, planProblem } from './solver/planner/planner.js'
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
  return (await planResolved(resolveProblem(problem), checked, run)).plan
}

/** A plan, and how it came about. */
export interface PlannedProblem extends Planned {
  /** No limit cut the search. */
  complete: boolean
}

/** @param run in which the problem is planned: its clock is running. */
export async function planResolved(
  problem: ResolvedProblem,
  options: CheckedPlanOptions,
  run = new Run(options),
): Promise<PlannedProblem> {
  const stop = stopSignal(options)
  const lp = createLazyLpService(options.thread, stop.signal, options.workers)
  const pool = await searchPool(options, stop.signal)
  try {
    const planned = await planProblem(problem, run, lp, pool)
    return { ...planned, complete: !run.stopped }
  } finally {
    stop.release()
    pool.close()
    await lp.close()
  }
}

/** Helpers start when the search asks for them. */
async function searchPool(
  { threads: asked, workers }: CheckedPlanOptions,
  signal: AbortSignal,
): Promise<SearchPool> {
  const threads = asked === 0 ? coreCount() : asked
  if (threads === 1) return ALONE
  const { createSearchPool } = await import('./worker/search-pool.js')
  return createSearchPool(threads, { signal, workers })
}

/** Aborted by the user's signal or at the time limit: ends an LP that is under way in the worker. */
function stopSignal({ signal, timeLimitSeconds }: CheckedPlanOptions): {
  signal: AbortSignal
  release(): void
} {
  const controller = new AbortController()
  const abort = () => controller.abort()
  if (signal?.aborted === true) abort()
  signal?.addEventListener('abort', abort)
  const timer =
    timeLimitSeconds < LONGEST_TIMER_SECONDS ? setTimeout(abort, timeLimitSeconds * 1000) : undefined
  return {
    signal: controller.signal,
    release() {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    },
  }
}

/** Timers count milliseconds in 31 bits. */
const LONGEST_TIMER_SECONDS = 2_000_000
