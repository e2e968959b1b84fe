/** The checker: a problem and a plan, both as read from JSON, to the list of what is wrong with the plan. */

import type { Plan, Violation } from '../model/plan.js'
import type { Problem } from '../model/problem.js'
import { resolveProblem } from '../model/validate.js'
import { checkResolved } from './check-resolved.js'
import { parsePlan } from './plan-schema.js'

export { checkResolved } from './check-resolved.js'
export { parsePlan } from './plan-schema.js'

/**
 * Judges a plan, whoever made it. Instants are compared within 1e-6 s, memory within 1e-6 MiB; a duration may be the exact one
 * or that rounded up to a millisecond.
 *
 * @param problem as in docs/format.md, unresolved
 * @param plan as in docs/format.md
 * @returns every violation, rule by rule; [] where the plan is right
 * @throws InvalidProblemError where the problem or the plan is not of the format, with all issues and their paths
 */
export function check(problem: Problem, plan: Plan): Violation[] {
  return checkResolved(resolveProblem(problem), parsePlan(plan))
}
