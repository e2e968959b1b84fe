/** The restarts of the joint search, as many at a time as there are threads; their plans come together in the order of the restarts. */
import type { Kernel } from '../../kernel/types.js'
import { HelperLost, type SearchPool } from '../exact/pool.js'
import type { Run } from '../run.js'
import {
  BestPlans,
  type JointPlan,
  type RestartResult,
  type RestartTask,
  runRestart,
} from './joint-restart.js'

/** @param tasks at least one. */
export async function runRestarts(
  kernel: Kernel,
  run: Run,
  pool: SearchPool,
  tasks: readonly RestartTask[],
): Promise<JointPlan[]> {
  const plans = new BestPlans(tasks[0].keep)
  const work = tasks.reduce((sum, { evaluations, problem }) => sum + evaluations * problem.duration.length, 0)
  const isLong = work >= run.parameters.assignment.jointWorkForHelpers
  const helpers = tasks.length > 1 && isLong ? await pool.helpers() : []
  for (let first = 0; first < tasks.length; first += helpers.length + 1) {
    const others = tasks.slice(first + 1, first + 1 + helpers.length)
    const pending = others.map((task, i) => helpers[i].restart(task))
    for (const result of pending) result.catch(() => undefined)
    const take = (result: RestartResult) => {
      if (result.plans !== plans.list) for (const plan of result.plans) plans.add(plan)
      return result.done || run.stopped
    }
    // Alone, all restarts fill one list: what is known already takes no place in it.
    const own = helpers.length === 0 ? plans : undefined
    if (take(await runRestart(kernel, run, tasks[first], own))) break
    let done = false
    for (const [i, result] of pending.entries()) {
      done = take(await settled(kernel, run, pool, others[i], result))
      if (done) break
    }
    if (done) break
  }
  return plans.list
}

/** A restart whose helper is lost is done again here. */
async function settled(
  kernel: Kernel,
  run: Run,
  pool: SearchPool,
  task: RestartTask,
  pending: Promise<RestartResult>,
): Promise<RestartResult> {
  try {
    const result = await pending
    run.count('evaluations', result.evaluations)
    return result
  } catch (cause) {
    if (!(cause instanceof HelperLost)) throw cause
    pool.giveUp(cause)
    return runRestart(kernel, run, task)
  }
}
