/** Lists to begin with: priority rules for schedule generation. */
import type { ScheduleProblem } from '../../kernel/types.js'
import { heldBy, transfersOf } from '../../kernel/uses.js'
import { greatest, least } from '../../lists.js'
import { Random } from '../random.js'

/** Above every other key. */
const OWN_FIRST = 1e15

/**
 * Lists that are good by themselves: the ends' work first (a migration between two busy nodes has the least freedom); the busiest end
 * first; longest processing time first; what windows keep out longest; with windows, `bottleneckFirst` and its variant by duration; with
 * memory, what frees it first.
 *
 * @param target makespan that is hoped for, ticks
 */
export function firstLists(problem: ScheduleProblem, seed: number, target: number): Int32Array[] {
  const { duration } = problem
  const load = loads(problem)
  const { sum: both, busier, idler } = endsBy(problem, load)
  const windows = blockedTime(problem, target)
  const frees = freedBy(problem)
  const random = new Random(seed ^ 0x51ed270b)
  const tie = Float64Array.from(duration, () => random.unit())
  const sorted = (key: (i: number) => number) => sortedBy(problem, key, tie)
  const lists = [
    sorted((i) => both(i) + duration[i]),
    sorted((i) => busier(i) * 1024 + idler(i) + duration[i]),
    sorted((i) => duration[i]),
    sorted((i) => windows.blocked[i] * 4 + both(i)),
  ]
  if (problem.forbidden.length > 0) {
    const { own, busier, idler } = pressure(problem, load, windows)
    lists.push(
      sorted((i) => own[i] * OWN_FIRST + busier(i) * 1024 + idler(i)),
      sorted((i) => own[i] * OWN_FIRST + busier(i) * 1024 + duration[i]),
    )
  }
  if (problem.memoryNodeCount > 0)
    lists.push(
      sorted(frees),
      sorted((i) => Math.sign(frees(i)) * 1e12 + both(i)),
    )
  return lists
}

/**
 * Tasks with windows of their own before all others, then by the busier of their two resources, which is as busy as its work and its
 * windows together, then by the other one.
 *
 * @param target makespan that is hoped for, ticks
 */
export function bottleneckFirst(problem: ScheduleProblem, target: number): Int32Array {
  const { own, busier, idler } = pressure(problem, loads(problem), blockedTime(problem, target))
  return sortedBy(problem, (i) => own[i] * OWN_FIRST + busier(i) * 1024 + idler(i))
}

/** [tasks] 0 for those with windows of their own before the target: they have little time. */
export function tasksThatMayWait(problem: ScheduleProblem, target: number): Uint8Array {
  return blockedTime(problem, target).own.map((own) => 1 - own)
}

/** What a task frees, less what it takes: KiB, where only memory can bind; else shares of the most that a task moves in or out of a reservoir. */
function freedBy(problem: ScheduleProblem): (task: number) => number {
  const { memory, memoryFrom, memoryTo, transfers } = problem
  if (transfers === undefined)
    return (i) => (memoryFrom[i] >= 0 ? memory[i] : 0) - (memoryTo[i] >= 0 ? memory[i] : 0)
  const moved = Array.from(memory, (_, i) => transfersOf(problem, i))
  const most = new Float64Array(problem.memoryNodeCount)
  for (const { taken, given } of moved)
    for (const [r, amount] of [...taken, ...given]) most[r] = Math.max(most[r], amount)
  const shares = (list: readonly [number, number][]) =>
    list.reduce((sum, [r, amount]) => sum + amount / most[r], 0)
  const freed = moved.map(({ taken, given }) => shares(given) - shares(taken))
  return (i) => freed[i]
}

/** All tasks, the largest key first. */
function sortedBy(problem: ScheduleProblem, key: (i: number) => number, tie?: Float64Array): Int32Array {
  const keys = Float64Array.from(problem.duration, (_, i) => key(i))
  return Int32Array.from(problem.duration, (_, i) => i).sort(
    (x, y) => keys[y] - keys[x] || (tie === undefined ? 0 : tie[x] - tie[y]) || x - y,
  )
}

const at = (values: Float64Array, resource: number) => (resource >= 0 ? values[resource] : 0)

/** What a task holds several units of: an end of which it takes all slots, a network. */
function wideUses({ held }: ScheduleProblem, task: number): [resource: number, units: number][] {
  if (held === undefined) return []
  const { of, amount } = heldBy(held, task)
  return Array.from(of, (r, k): [number, number] => [r, amount[k]]).filter(([, units]) => units > 1)
}

/** Resources that say how busy a task's ends are: its first two, and what it holds in their place; −1 none. */
function endsOf(problem: ScheduleProblem, task: number): number[] {
  const ends = [problem.resourceA[task], problem.resourceB[task]]
  const wide = wideUses(problem, task).map(([r]) => r)
  return wide.length === 0 ? ends : [...ends.filter((r) => r >= 0), ...wide]
}

/** By task: sum, most and least of the values of its ends. */
function endsBy(problem: ScheduleProblem, values: Float64Array) {
  const of = (i: number) => endsOf(problem, i).map((r) => at(values, r))
  return {
    sum: (i: number) => of(i).reduce((all, value) => all + value, 0),
    busier: (i: number) => greatest(of(i)),
    idler: (i: number) => least(of(i)),
  }
}

/** [resources] ticks of work over capacity. */
function loads(problem: ScheduleProblem): Float64Array {
  const load = new Float64Array(problem.resourceCount)
  for (let i = 0; i < problem.taskCount; i++) {
    for (const r of [problem.resourceA[i], problem.resourceB[i]])
      if (r >= 0) load[r] += problem.duration[i] / problem.capacity[r]
    for (const [r, units] of wideUses(problem, i))
      load[r] += (units * problem.duration[i]) / problem.capacity[r]
  }
  return load
}

function pressure(problem: ScheduleProblem, load: Float64Array, { own, ofResource }: BlockedTime) {
  const taken = load.map((ticks, r) => ticks + ofResource[r])
  return { own, ...endsBy(problem, taken) }
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
  const { taskCount: n } = problem
  const ofClass = new Float64Array(problem.forbiddenOffset.length - 1)
  for (let cls = 0; cls < ofClass.length; cls++) {
    for (let k = problem.forbiddenOffset[cls]; k < problem.forbiddenOffset[cls + 1]; k++) {
      const from = problem.forbidden[2 * k]
      if (from < target) ofClass[cls] += Math.min(problem.forbidden[2 * k + 1], target) - from
    }
  }
  const blocked = Float64Array.from({ length: n }, (_, i) => ofClass[problem.forbiddenClass[i]])
  const fewest = new Float64Array(problem.resourceCount).fill(Number.POSITIVE_INFINITY)
  for (let i = 0; i < n; i++) {
    for (const r of endsOf(problem, i)) if (r >= 0 && blocked[i] < fewest[r]) fewest[r] = blocked[i]
  }
  const own = Uint8Array.from(blocked, (ticks, i) =>
    ticks > greatest(endsOf(problem, i).map((r) => at(fewest, r))) ? 1 : 0,
  )
  return { blocked, ofResource: fewest, own }
}
