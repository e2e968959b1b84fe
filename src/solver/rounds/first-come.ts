/** What an administrator does by hand: the request in its order, each migration into the first round that has room. */
import type { Rounds, RoundsProblem } from './problem.js'

/** Rounds by slots alone; windows and memory are left to whoever times them. */
export function firstComeRounds(problem: RoundsProblem): Rounds {
  const { capacity, resourceA, resourceB, predecessor } = problem.problem
  const rounds: number[][] = []
  const inUse: Int32Array[] = []
  const roundOf = new Int32Array(problem.taskCount)
  for (let task = 0; task < problem.taskCount; task++) {
    const ends = [resourceA[task], resourceB[task]].filter((r) => r >= 0)
    let r = predecessor[task] >= 0 ? roundOf[predecessor[task]] + 1 : 0
    while (r < rounds.length && ends.some((e) => inUse[r][e] >= capacity[e])) r++
    while (r >= rounds.length) {
      rounds.push([])
      inUse.push(new Int32Array(capacity.length))
    }
    for (const e of ends) inUse[r][e]++
    rounds[r].push(problem.classOf[task])
    roundOf[task] = r
  }
  return rounds.filter((members) => members.length > 0)
}
