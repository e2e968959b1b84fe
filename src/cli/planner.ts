/** Everything heavy behind one dynamic import. */
import type { Planner } from './io.js'

export async function loadPlanner(): Promise<Planner> {
  const [{ plan, check, explain, quiet, readCalendarWindows }, { parseJson }, { resolveProblem }] =
    await Promise.all([import('../index.js'), import('../model/parse.js'), import('../model/validate.js')])
  return { plan, check, explain, quiet, readCalendarWindows, parseJson, resolveProblem }
}
