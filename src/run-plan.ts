/** One plan from start to end, whatever thread it is made in: its limits, its LP service, its threads. */
import type { LpServiceFactory } from './lp/lazy.js'
import type { LpParameters } from './lp/parameters.js'
import type { LpService } from './lp/types.js'
import type { ResolvedProblem } from './model/problem.js'
import type { CheckedPlanOptions } from './plan-options.js'
import type { SearchPool } from './solver/exact/pool.js'
import { type Planned, planProblem } from './solver/planner/planner.js'
import type { Run } from './solver/run.js'

/** Timers count milliseconds in 31 bits. */
const LONGEST_TIMER_SECONDS = 2_000_000

/** A plan, and how it came about. */
export interface PlannedProblem extends Planned {
  /** No limit cut the search. */
  complete: boolean
}

/**
 * @param run in which the problem is planned: its clock is running.
 * @param createPool of the threads that search.
 */
export async function runPlan(
  problem: ResolvedProblem,
  options: CheckedPlanOptions,
  run: Run,
  createLps: LpServiceFactory,
  createPool: (signal: AbortSignal) => SearchPool | Promise<SearchPool>,
): Promise<PlannedProblem> {
  const stop = stopSignal(options)
  const lp = withParameters(createLps(options.thread, stop.signal, options.workers), run.parameters.lp)
  const pool = await createPool(stop.signal)
  try {
    const planned = await planProblem(problem, run, lp, pool)
    if (options.uncertainty !== undefined) {
      const { likelyEnds } = await import('./rehearse/rehearse.js')
      Object.assign(
        planned.plan.statistics,
        likelyEnds(problem, planned.plan, options.uncertainty, options.seed),
      )
    }
    return { ...planned, complete: !run.stopped }
  } finally {
    stop.release()
    pool.close()
    await lp.close()
  }
}

function withParameters(service: LpService, parameters: LpParameters): LpService {
  return {
    solve: (lp, options) => service.solve(lp, { parameters, ...options }),
    createDualMaster: (profit, options) => service.createDualMaster(profit, { parameters, ...options }),
    close: () => service.close(),
  }
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
