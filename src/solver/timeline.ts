/**
 * The schedule of fixed legs: several first lists, then annealing of the list in the kernel until the incumbent meets the bound
 * or the work budget ends. The serial scheme where memory cannot bind, the event scheme where it can; the rounds scheme
 * for schedules with barriers.
 */
import type { GenerationScheme, Kernel, ScheduleProblem, ScheduleResult } from '../kernel/types.js'
import type { Instance } from '../model/instance.js'
import type { ScheduleKind } from '../model/plan.js'
import { type Leg, scheduleProblemOf } from './legs.js'
import { Random } from './random.js'
import type { Run } from './run.js'
import type { ForbiddenIntervals } from './wishes.js'

export interface Timeline extends ScheduleResult {
  legs: readonly Leg[]
  /** The list that generates it. */
  order: Int32Array
}

export interface TimelineSearch {
  schedule: ScheduleKind
  /** Stop at this makespan once all legs are scheduled, ticks. */
  target: number
  /** Work units: tasks placed. */
  work: number
  seed: number
  /** Further lists to begin with. */
  orders?: readonly Int32Array[]
}

/** Evaluations between two looks at the clock, as work units. */
const SLICE_WORK = 60_000

/** Evaluations beyond this many times the square of the legs find nothing new: a few legs have few lists. */
const EVALUATIONS_BY_SQUARE = 1000

/** A schedule is better that leaves less weight out, then that ends earlier. */
export function isBetter(a: ScheduleResult, b: ScheduleResult): boolean {
  if (a.unscheduledWeight !== b.unscheduledWeight) return a.unscheduledWeight < b.unscheduledWeight
  return a.makespan < b.makespan
}

export async function solveTimeline(
  instance: Instance,
  kernel: Kernel,
  forbidden: ForbiddenIntervals,
  run: Run,
  legs: readonly Leg[],
  search: TimelineSearch,
  onBetter?: (timeline: Timeline) => void,
): Promise<Timeline> {
  const empty = new Int32Array(0)
  if (legs.length === 0) {
    return { legs, order: empty, start: empty, round: empty, makespan: 0, unscheduledWeight: 0 }
  }
  const problem = scheduleProblemOf(instance, forbidden, legs, search.schedule)
  const scheme: GenerationScheme =
    search.schedule === 'rounds' ? 'rounds' : problem.memoryNodeCount > 0 ? 'event' : 'serial'
  const scheduler = kernel.createScheduler(problem)
  try {
    let best: Timeline | undefined
    const take = (order: Int32Array, result: ScheduleResult) => {
      run.evaluations++
      if (best === undefined || isBetter(result, best)) {
        best = { legs, order, ...result }
        onBetter?.(best)
      }
    }
    const lists = [...(search.orders ?? []), ...firstLists(problem, search.seed)]
    for (const order of lists) {
      take(order, scheduler.evaluate(order, scheme))
      if (reached(best, search.target) || run.stopped) break
    }
    let incumbent = best as Timeline | undefined
    if (incumbent === undefined) throw new Error('no first list was evaluated')
    const total = Math.max(
      1,
      Math.min(search.work / legs.length, EVALUATIONS_BY_SQUARE * legs.length ** 2) | 0,
    )
    const slice = Math.max(1, Math.min(total, Math.floor(SLICE_WORK / legs.length)))
    let current = incumbent.order
    let spent = 0
    while (spent < total && legs.length > 1 && !reached(incumbent, search.target)) {
      if (await run.breathe()) break
      const result = scheduler.anneal({
        scheme,
        order: current,
        evaluations: Math.min(slice, total - spent),
        spent,
        total,
        seed: search.seed,
        target: search.target,
      })
      spent += Math.max(1, result.evaluations)
      run.evaluations += result.evaluations
      current = result.current
      if (isBetter(result, incumbent)) {
        const { order, start, round, makespan, unscheduledWeight } = result
        incumbent = { legs, order, start, round, makespan, unscheduledWeight }
        onBetter?.(incumbent)
      }
    }
    return incumbent
  } finally {
    scheduler.dispose()
  }
}

function reached(timeline: ScheduleResult | undefined, target: number): boolean {
  return timeline !== undefined && timeline.unscheduledWeight === 0 && timeline.makespan <= target
}

/**
 * Lists that are good by themselves: longest processing time first; the ends' work first (a migration between two busy nodes has the
 * least freedom); the busiest end first; what frees memory first; and the legs of the node under most pressure before all others.
 */
export function firstLists(problem: ScheduleProblem, seed: number): Int32Array[] {
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
  const blocked = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const cls = problem.forbiddenClass[i]
    for (let k = problem.forbiddenOffset[cls]; k < problem.forbiddenOffset[cls + 1]; k++) {
      blocked[i] += problem.forbidden[2 * k + 1] - problem.forbidden[2 * k]
    }
  }
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
  if (problem.memoryNodeCount > 0)
    lists.push(
      sorted(frees),
      sorted((i) => Math.sign(frees(i)) * 1e12 + a(i) + b(i)),
    )
  return lists
}
