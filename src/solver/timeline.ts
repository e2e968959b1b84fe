/**
 * The schedule of fixed legs: several first lists, the squeaky wheel on the best of them, then annealing of the list in the kernel
 * until the incumbent meets the bound or the work budget ends. The serial scheme where memory cannot bind, the event scheme where it can; the rounds scheme
 * for schedules with barriers.
 */
import type { GenerationScheme, Kernel, ScheduleResult } from '../kernel/types.js'
import type { Instance } from '../model/instance.js'
import type { ScheduleKind } from '../model/plan.js'
import { bottleneckFirst, firstLists, tasksThatMayWait } from './first-lists.js'
import { type Leg, scheduleProblemOf } from './legs.js'
import { memoryHolds } from './memory-holds.js'
import { postPredecessors } from './memory-posting.js'
import type { Run } from './run.js'
import { type SqueakyWheel, turnSqueakyWheel } from './squeaky-wheel.js'
import type { ForbiddenIntervals } from './wishes.js'

export interface Timeline extends ScheduleResult {
  legs: readonly Leg[]
  /** The list that generates it; where memory binds, in the scheme that heeds it or in the one that does not. */
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

/** The squeaky wheel is worth this much work even in a short search. */
const LEAST_WHEEL_WORK = 1_000_000

const MANY_LEGS = 1000
const NEAR = 5e-4

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
    let best = undefined as Timeline | undefined
    const take = (order: Int32Array, result: ScheduleResult) => {
      run.evaluations++
      if (best === undefined || isBetter(result, best)) {
        best = { legs, order, ...result }
        onBetter?.(best)
      }
    }
    const lists = [...(search.orders ?? []), ...firstLists(problem, search.seed, search.target)]
    for (const order of lists) {
      take(order, scheduler.evaluate(order, scheme))
      if (reached(best, search.target) || run.stopped) break
    }
    if (best === undefined) throw new Error('no first list was evaluated')
    if (search.work > 1) {
      const wheel = {
        problem,
        order: search.orders?.[0] ?? bottleneckFirst(problem, search.target),
        target: search.target,
        seed: search.seed,
        work: Math.max(search.work, LEAST_WHEEL_WORK),
        breathe: () => run.breathe(),
      }
      if (scheme === 'event' && !reached(best, search.target))
        await fillGaps(kernel, wheel, run, () => best, take)
      if (!reached(best, scheme === 'event' ? nearlyReached(search.target, legs.length) : search.target)) {
        const evaluate = (order: Int32Array) => scheduler.evaluate(order, scheme)
        const work = scheme === 'event' ? search.work : wheel.work
        await turnSqueakyWheel({ ...wheel, work, evaluate, take })
      }
    }
    let incumbent = best
    const total = Math.max(
      1,
      Math.min(search.work / legs.length, EVALUATIONS_BY_SQUARE * legs.length ** 2) | 0,
    )
    const slice = Math.max(1, Math.min(total, Math.floor(SLICE_WORK / legs.length)))
    let current = incumbent.order
    let spent = 0
    // So few steps lead nowhere: each moves one task.
    const worthwhile = legs.length > 1 && total >= legs.length
    while (worthwhile && spent < total && !reached(incumbent, search.target)) {
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

/**
 * Gaps filled without a look at memory are worth more than the scheme that heeds it, which leaves nothing idle for a better task to come.
 * What comes of them is taken where memory holds all the same; where it does not, arrivals are made to wait for departures.
 */
async function fillGaps(
  kernel: Kernel,
  wheel: Omit<SqueakyWheel, 'evaluate' | 'take'>,
  run: Run,
  best: () => Timeline | undefined,
  take: (order: Int32Array, result: ScheduleResult) => void,
): Promise<void> {
  const { problem } = wheel
  let blind: (ScheduleResult & { order: Int32Array }) | undefined
  const turn = async (predecessor: Int32Array) => {
    const scheduler = kernel.createScheduler({ ...problem, predecessor })
    try {
      await turnSqueakyWheel({
        ...wheel,
        evaluate: (order) => scheduler.evaluate(order, 'serial'),
        take: (order, result) => {
          if (blind === undefined || isBetter(result, blind)) blind = { order, ...result }
          const incumbent = best()
          if (incumbent !== undefined && !isBetter(result, incumbent)) run.evaluations++
          else if (memoryHolds(problem, result.start)) take(order, result)
        },
      })
    } finally {
      scheduler.dispose()
    }
  }
  await turn(problem.predecessor)
  if (blind === undefined || !isBetter(blind, best() ?? blind)) return
  const { order } = blind
  const predecessor = await postPredecessors(
    problem,
    tasksThatMayWait(problem, wheel.target),
    async (given) => {
      await run.breathe()
      const scheduler = kernel.createScheduler({ ...problem, predecessor: given })
      const { start } = scheduler.evaluate(order, 'serial')
      scheduler.dispose()
      run.evaluations++
      return start
    },
  )
  if (predecessor !== undefined && !run.stopped) await turn(predecessor)
}

/** So near the target that thousands of legs are not worth the slower scheme. */
function nearlyReached(target: number, legs: number): number {
  return legs < MANY_LEGS ? target : target * (1 + NEAR)
}

function reached(timeline: ScheduleResult | undefined, target: number): boolean {
  return timeline !== undefined && timeline.unscheduledWeight === 0 && timeline.makespan <= target
}
