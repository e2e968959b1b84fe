/** The library's two steps of replanning: what is left of a run, and a plan for it. */
import { parsePlan } from '../check/plan-schema.js'
import { InvalidProblemError } from '../errors.js'
import type { Journal } from '../model/journal.js'
import type { Plan } from '../model/plan.js'
import type { Problem } from '../model/problem.js'
import { resolveProblem } from '../model/validate.js'
import { plan } from '../plan.js'
import type { PlanOptions } from '../solver/plan-options.js'
import { betterOf } from './candidate.js'
import { type Remaining, type RemainingOptions, remainingProblem } from './remaining.js'

/**
 * What is left of a run: an ordinary problem, whose second 0 is now, and what became of every migration of the plan.
 *
 * @param problem the problem that was planned
 * @param oldPlan its plan, which was run
 * @param journal of that run, as `parseJournal` reads it
 * @throws InvalidProblemError where one of them has a fault, or they contradict each other; `what` says which
 * @throws InvalidOptionError where `now` or `skip` fit neither
 */
export function remaining(
  problem: Problem | unknown,
  oldPlan: Plan | unknown,
  journal: Journal,
  options: RemainingOptions,
): Remaining {
  const resolved = resolveProblem(problem)
  const left = remainingProblem(problem as Problem, resolved, parsePlan(oldPlan), journal, options)
  try {
    resolveProblem(left.problem)
  } catch (error) {
    // A failure may have left more on a node than it holds.
    if (error instanceof InvalidProblemError) throw new InvalidProblemError(error.issues, 'remaining problem')
    throw error
  }
  return left
}

/**
 * Plans what `remaining` found to be left. The rest of the old plan is a candidate: the result costs no more than going on with it,
 * where that still keeps every rule. `statistics.kept` is 1 where it was taken.
 *
 * @throws as `plan`
 */
export async function planRemaining(left: Remaining, options?: PlanOptions): Promise<Plan> {
  const found = await plan(left.problem, options)
  return betterOf(found, left, resolveProblem(left.problem))
}
