/** What an administrator does by hand: the request in its order, each migration into the first round that has room. */
import { fits, hold, type Rounds, type RoundsProblem } from './problem.js'

/** Rounds by resources alone; windows and memory are left to whoever times them. */
export function firstComeRounds(problem: RoundsProblem): Rounds {
  const { capacity, predecessor } = problem.problem
  const rounds: number[][] = []
  const inUse: Int32Array[] = []
  const roundOf = new Int32Array(problem.taskCount)
  for (let task = 0; task < problem.taskCount; task++) {
    const { uses } = problem.classes[problem.classOf[task]]
    let r = predecessor[task] >= 0 ? roundOf[predecessor[task]] + 1 : 0
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
