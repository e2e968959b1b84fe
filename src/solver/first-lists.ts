/** Lists to begin with: priority rules for schedule generation. */
import type { ScheduleProblem } from '../kernel/types.js'
import { Random } from './random.js'

/** Above every other key. */
const OWN_FIRST = 1e15

/**
 * Lists that are good by themselves: longest processing time first; the ends' work first (a migration between two busy nodes has the
 * least freedom); the busiest end first; what windows keep out before all others; what frees memory first.
 *
 * @param target makespan that is hoped for, ticks
 */
export function firstLists(problem: ScheduleProblem, seed: number, target: number): Int32Array[] {
  const n = problem.taskCount
  const load = new Float64Array(problem.resourceCount)
  for (let i = 0; i < n; i++) {
    if (problem.resourceA[i] >= 0)
      load[problem.resourceA[i]] += problem.duration[i] / problem.capacity[problem.resourceA[i]]
    if (problem.resourceB[i] >= 0)
      load[problem.resourceB[i]] += problem.duration[i] / problem.capacity[problem.resourceB[i]]
  }
  const at = (r: number) => (r >= 0 ? load[r] : 0)
  const a = (i: number) => at(problem.resourceA[i])
  const b = (i: number) => at(problem.resourceB[i])
  const { duration } = problem
  const { blocked, ofResource, own } = blockedTime(problem, target)
  const frees = (i: number) =>
    (problem.memoryFrom[i] >= 0 ? problem.memory[i] : 0) - (problem.memoryTo[i] >= 0 ? problem.memory[i] : 0)
  const random = new Random(seed ^ 0x51ed270b)
  const tie = Float64Array.from({ length: n }, () => random.unit())
  const sorted = (key: (i: number) => number) => {
    const keys = Float64Array.from({ length: n }, (_, i) => key(i))
    return Int32Array.from({ length: n }, (_, i) => i).sort(
      (x, y) => keys[y] - keys[x] || tie[x] - tie[y] || x - y,
    )
  }
  const lists = [
    sorted((i) => a(i) + b(i) + duration[i]),
    sorted((i) => Math.max(a(i), b(i)) * 1024 + Math.min(a(i), b(i)) + duration[i]),
    sorted((i) => duration[i]),
    sorted((i) => blocked[i] * 4 + a(i) + b(i)),
  ]
  if (problem.forbidden.length > 0) {
    // Room that windows leave: a resource is as busy as its work and its windows together.
    const taken = (r: number) => (r >= 0 ? load[r] + ofResource[r] : 0)
    const busier = (i: number) => Math.max(taken(problem.resourceA[i]), taken(problem.resourceB[i]))
    const idler = (i: number) => Math.min(taken(problem.resourceA[i]), taken(problem.resourceB[i]))
    lists.push(
      sorted((i) => own[i] * OWN_FIRST + busier(i) * 1024 + idler(i)),
      sorted((i) => own[i] * OWN_FIRST + busier(i) * 1024 + duration[i]),
    )
  }
  if (problem.memoryNodeCount > 0)
    lists.push(
      sorted(frees),
      sorted((i) => Math.sign(frees(i)) * 1e12 + a(i) + b(i)),
    )
  return lists
}

interface BlockedTime {
  /** [tasks] ticks before the target that are forbidden to the task. */
  blocked: Float64Array
  /** [resources] ticks that are forbidden to every task of the resource. */
  ofResource: Float64Array
  /** [tasks] 1 where more is forbidden than by the resources. */
  own: Uint8Array
}

function blockedTime(problem: ScheduleProblem, target: number): BlockedTime {
  const { taskCount: n, resourceA, resourceB } = problem
  const ofClass = new Float64Array(problem.forbiddenOffset.length - 1)
  for (let cls = 0; cls < ofClass.length; cls++) {
    for (let k = problem.forbiddenOffset[cls]; k < problem.forbiddenOffset[cls + 1]; k++) {
      const from = problem.forbidden[2 * k]
      if (from < target) ofClass[cls] += Math.min(problem.forbidden[2 * k + 1], target) - from
    }
  }
  const blocked = Float64Array.from({ length: n }, (_, i) => ofClass[problem.forbiddenClass[i]])
  const least = new Float64Array(problem.resourceCount).fill(Number.POSITIVE_INFINITY)
  for (let i = 0; i < n; i++) {
    for (const r of [resourceA[i], resourceB[i]]) if (r >= 0 && blocked[i] < least[r]) least[r] = blocked[i]
  }
  const at = (r: number) => (r < 0 ? 0 : least[r])
  const own = Uint8Array.from({ length: n }, (_, i) =>
    blocked[i] > Math.max(at(resourceA[i]), at(resourceB[i])) ? 1 : 0,
  )
  return { blocked, ofResource: least, own }
}
