/** What an administrator does by hand: the request in its order, each migration into the first round that has room. */
import type { ScheduleProblem } from '../../kernel/types.js'
import { predecessorsOf } from '../../kernel/uses.js'
import { fits, hold, type Rounds, type RoundsProblem } from './problem.js'

/** Rounds by resources alone; windows and memory are left to whoever times them. */
export function firstComeRounds(problem: RoundsProblem): Rounds {
  const { capacity } = problem.problem
  const rounds: number[][] = []
  const inUse: Int32Array[] = []
  const roundOf = new Int32Array(problem.taskCount)
  for (const task of inOrder(problem.problem)) {
    const { uses } = problem.classes[problem.classOf[task]]
    let r = predecessorsOf(problem.problem, task).reduce((most, p) => Math.max(most, roundOf[p] + 1), 0)
    while (r < rounds.length && !fits(uses, inUse[r], capacity)) r++
    while (r >= rounds.length) {
      rounds.push([])
      inUse.push(new Int32Array(capacity.length))
    }
    hold(uses, inUse[r], 1)
    rounds[r].push(problem.classOf[task])
    roundOf[task] = r
  }
  return rounds.filter((members) => members.length > 0)
}

/** All tasks, each after those that have to go before it, else in their own order. */
function inOrder(problem: ScheduleProblem): Set<number> {
  const order = new Set<number>()
  for (let task = 0; task < problem.taskCount; task++) {
    const path = [task]
    while (path.length > 0) {
      const next = predecessorsOf(problem, path[path.length - 1]).find((p) => !order.has(p))
      if (next === undefined) order.add(path.pop()!)
      else path.push(next)
    }
  }
  return order
}
