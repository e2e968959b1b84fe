/**
 * Exact search over the times of fixed legs, by the kernel's failure-directed search (Vilím, Laborie, Shaw 2015): a target that is found lowers
 * the incumbent, one that is refuted raises the bound; both may end the search. `lanes/` has how.
 */
import type { Kernel } from '../kernel/types.js'
import type { Instance } from '../model/instance.js'
import { pairCount, spend } from './dead-ends.js'
import { timelineOf } from './lanes/lane.js'
import { searchInLanes } from './lanes/lanes.js'
import type { SearchPool } from './lanes/pool.js'
import { type Leg, scheduleProblemOf } from './legs.js'
import type { Run } from './run.js'
import type { Timeline } from './timeline.js'
import type { ForbiddenIntervals } from './wishes.js'

/** Is the problem of a size that the exact search can hold? */
export function exactSearchFits(run: Run, legs: readonly Leg[]): boolean {
  return legs.length > 1 && pairCount(legs) <= run.parameters.search.exactMostPairs
}

export interface ExactOutcome {
  timeline: Timeline
  /** No schedule of these legs ends earlier, ticks. */
  bound: number
}

/**
 * @param pool threads that search.
 * @param timeline an incumbent with every leg scheduled.
 * @param low a bound that holds for these legs, ticks.
 * @param grid ticks: the least makespan is a multiple of it, and so is `low`.
 * @param failures dead ends that one thread may spend in all.
 * @param onBetter told of every better incumbent, and of every better bound.
 */
export async function searchExactly(
  instance: Instance,
  kernel: Kernel,
  forbidden: ForbiddenIntervals,
  run: Run,
  pool: SearchPool,
  timeline: Timeline,
  low: number,
  grid: number,
  failures: number,
  onBetter: (timeline: Timeline, bound: number) => void,
): Promise<ExactOutcome> {
  const { legs } = timeline
  const problem = scheduleProblemOf(instance, forbidden, legs)
  const task = { problem, legs, seed: run.options.seed, grid, failures, parameters: run.parameters }
  const state = { timeline, bound: low, failures: 0 }
  await searchInLanes(kernel, run, pool, task, pairCount(legs), state, onBetter)
  return state
}

/**
 * Any schedule of all legs at all, where schedule generation left some out: its lists know no waiting for what is not there yet.
 * `refuted`: there is none, whatever the order.
 */
export async function findSchedule(
  instance: Instance,
  kernel: Kernel,
  forbidden: ForbiddenIntervals,
  run: Run,
  timeline: Timeline,
  failures: number,
): Promise<{ status: 'found' | 'refuted' | 'limit'; timeline: Timeline }> {
  const search = kernel.createExactSearch(scheduleProblemOf(instance, forbidden, timeline.legs))
  try {
    search.begin({ target: instance.horizon, hint: timeline.start })
    const { status, start } = await spend(search, run, pairCount(timeline.legs), failures)
    return { status, timeline: status === 'found' ? timelineOf(timeline.legs, start) : timeline }
  } finally {
    search.dispose()
  }
}
