/** The library's two steps of replanning: what is left of a run, and a plan for it. */

import { parsePlan } from '../check/plan-schema.js'
import { InvalidProblemError } from '../errors.js'
import type { Journal } from '../model/journal.js'
import type { Plan } from '../model/plan.js'
import type { Problem, ResolvedProblem } from '../model/problem.js'
import { resolveProblem } from '../model/validate.js'
import { planResolved } from '../plan.js'
import { checkPlanOptions, type PlanOptions } from '../plan-options.js'
import { betterOf } from './candidate.js'
import { type Remaining, type RemainingOptions, remainingProblem } from './remaining.js'

/**
 * What is left of a run: an ordinary problem, whose second 0 is now, and what became of every migration of the plan.
 *
 * @param problem the problem that was planned
 * @param oldPlan its plan, which was run
 * @param journal of that run, as `parseJournal` reads it
 * @throws InvalidProblemError where one of them has a fault, or they contradict each other; `what` says which
 * @throws InvalidOptionError where an option fits neither
 */
export function remaining(
  problem: Problem,
  oldPlan: Plan,
  journal: Journal,
  options: RemainingOptions,
): Remaining {
  return remainingResolved(problem as Problem, resolveProblem(problem), oldPlan, journal, options).remaining
}

/** What is left of a run, and its problem resolved. */
export interface Rest {
  remaining: Remaining
  problem: ResolvedProblem
}

/** The same for a problem that is validated, beside which its document is. */
export function remainingResolved(
  document: Problem,
  problem: ResolvedProblem,
  oldPlan: unknown,
  journal: Journal,
  options: RemainingOptions,
): Rest {
  const left = remainingProblem(document, problem, parsePlan(oldPlan), journal, options)
  try {
    return { remaining: left, problem: resolveProblem(left.problem) }
  } catch (error) {
    // A failure may have left more on a node than it holds.
    if (error instanceof InvalidProblemError) throw new InvalidProblemError(error.issues, 'remaining problem')
    throw error
  }
}

/**
 * Plans what `remaining` found to be left. The rest of the old plan is a candidate: the result costs no more than going on with it,
 * where that still keeps every rule. `statistics.kept` is 1 where it was taken.
 *
 * @throws as `plan`
 */
export async function planRemaining(left: Remaining, options?: PlanOptions): Promise<Plan> {
  checkPlanOptions(options)
  return planRest({ remaining: left, problem: resolveProblem(left.problem) }, options)
}

/** The same for a rest that is validated. */
export async function planRest({ remaining: left, problem }: Rest, options?: PlanOptions): Promise<Plan> {
  const { plan } = await planResolved(problem, checkPlanOptions(options))
  return betterOf(plan, left, problem)
}
