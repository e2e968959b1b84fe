/** Plain twins of the single-node search: every order of the jobs is tried, and nothing is bounded. */
import type { SingleNodeProblem } from '../../../src/kernel/types.js'

/** Earliest end of a job of the class from `from` on, tick by interval; Infinity after the horizon. */
function endAfter(problem: SingleNodeProblem, cls: number, from: number): number {
  const { duration, forbidden, forbiddenClass, forbiddenOffset, horizon } = problem
  const list = forbiddenClass[cls]
  let start = from
  for (let i = forbiddenOffset[list]; i < forbiddenOffset[list + 1]; i++) {
    if (forbidden[2 * i] < start + duration[cls] && start < forbidden[2 * i + 1]) start = forbidden[2 * i + 1]
  }
  const end = start + duration[cls]
  return end <= horizon ? end : Number.POSITIVE_INFINITY
}

/** When the jobs are done in this order of classes, each as early as it can be; Infinity where one misses the horizon. */
export function finishOf(problem: SingleNodeProblem, order: ArrayLike<number>): number {
  let now = 0
  for (let i = 0; i < order.length; i++) now = endAfter(problem, order[i], now)
  return now
}

/** The least finish of all orders; Infinity where every one misses the horizon. */
export function singleNodeTwin(problem: SingleNodeProblem): number {
  const left = problem.count.slice()
  const jobs = left.reduce((sum, count) => sum + count, 0)
  const order: number[] = []
  let best = Number.POSITIVE_INFINITY
  const extend = () => {
    if (order.length === jobs) best = Math.min(best, finishOf(problem, order))
    for (let cls = 0; cls < left.length; cls++) {
      if (left[cls] === 0) continue
      left[cls]--
      order.push(cls)
      extend()
      order.pop()
      left[cls]++
    }
  }
  extend()
  return best
}

/** The plain load bound: as much open time as there is work. */
export function loadTwin(problem: SingleNodeProblem): number {
  const { closed, count, duration } = problem
  const work = duration.reduce((sum, ticks, cls) => sum + ticks * count[cls], 0)
  let open = 0
  let now = 0
  for (let i = 0; i < closed.length; i += 2) {
    if (open + closed[i] - now >= work) break
    open += closed[i] - now
    now = closed[i + 1]
  }
  return work === 0 ? 0 : now + work - open
}
