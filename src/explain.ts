/** `explain()`: what makes an explanation is loaded by the first call; plans need none of it. */
import type { ExplainOptions } from './explain/options.js'
import type { Explanation } from './model/explanation.js'
import type { Problem } from './model/problem.js'

/**
 * Plans the problem, explains the plan, and plans changed problems to find what would help (docs/explain.md).
 *
 * A limit that is reached and an abort are results: see `complete` and `notComputed`.
 *
 * @param problem as parsed from JSON; it is validated and not changed.
 * @throws InvalidProblemError with every fault of the problem and its path.
 * @throws InvalidOptionError where an option is out of its range, or `vm` or `node` is not an id of the problem.
 * @throws KernelError where the engine cannot run the WASM kernel.
 */
export async function explain(problem: Problem | unknown, options?: ExplainOptions): Promise<Explanation> {
  const { explainProblem } = await import('./explain/explain.js')
  return explainProblem(problem, options)
}
