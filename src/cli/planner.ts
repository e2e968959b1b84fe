/** The library as the commands use it: with problems that are resolved already. Everything heavy is behind this module. */
import { checkResolved, parsePlan } from '../check/check.js'
import { IssueList } from '../model/issues.js'
import { parseJournal } from '../model/journal.js'
import { parseJson } from '../model/parse.js'
import { resolveProblem, withWindows } from '../model/validate.js'
import { readCalendarWindows } from '../on-demand.js'
import { planResolved } from '../plan.js'
import { checkPlanOptions, DEFAULT_EFFORT } from '../plan-options.js'
import { quietResolved } from '../quiet/quiet.js'
import { overrideParameters } from '../solver/parameters.js'
import type { Planner } from './io.js'

export const planner: Planner = {
  parseJson,
  resolveProblem,
  withWindows,
  readCalendarWindows,
  parseJournal,
  readParameters(document, effort) {
    const issues = new IssueList()
    const { parameters } = overrideParameters(effort ?? DEFAULT_EFFORT, document, issues)
    issues.throwIfAny()
    return parameters
  },
  plan: async (problem, options) => (await planResolved(problem, checkPlanOptions(options))).plan,
  check: (problem, plan) => checkResolved(problem, parsePlan(plan)),
  quiet: quietResolved,
  async explain(document, problem, options) {
    const { explainResolved } = await import('../explain/explain.js')
    return explainResolved(document, problem, options)
  },
  async remaining(...args) {
    const { remainingResolved } = await import('../replan/replan.js')
    return remainingResolved(...args)
  },
  async planRemaining(rest, options) {
    const { planRest } = await import('../replan/replan.js')
    return planRest(rest, options)
  },
  async back(...args) {
    const { backResolved } = await import('../replan/back.js')
    return backResolved(...args)
  },
  async createRunner(jobs) {
    const { localRunner } = await import('../batch/runner.js')
    return localRunner(jobs === undefined ? {} : { size: jobs })
  },
}
