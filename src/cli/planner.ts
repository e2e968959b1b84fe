/** Everything heavy behind one dynamic import. */
import type { Planner } from './io.js'

export async function loadPlanner(): Promise<Planner> {
  const [library, { parseJson }, { resolveProblem }] = await Promise.all([
    import('../index.js'),
    import('../model/parse.js'),
    import('../model/validate.js'),
  ])
  return { ...library, parseJson, resolveProblem }
}
