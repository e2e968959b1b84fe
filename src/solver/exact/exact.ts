/**
 * Exact search over the times of fixed legs, by the kernel's failure-directed search (Vilím, Laborie, Shaw 2015): a target that is found lowers
 * the incumbent, one that is refuted raises the bound; both may end the search. `lanes.ts` has how.
 */
import type { SearchContext } from '../context.js'
import type { Run } from '../run.js'
import { type Leg, scheduleProblemOf } from '../schedule/legs.js'
import { instantsTakeTurns } from '../schedule/memory-posting.js'
import type { Timeline } from '../schedule/timeline.js'
import { pairCount, spend } from './dead-ends.js'
import { timelineOf } from './lane.js'
import { searchInLanes } from './lanes.js'
import type { SearchPool } from './pool.js'

/** Is the problem of a size that the exact search can hold? */
export function exactSearchFits(run: Run, legs: readonly Leg[]): boolean {
  return legs.length > 1 && pairCount(legs) <= run.parameters.exact.mostPairs
}

export interface ExactOutcome {
  timeline: Timeline
  /** No schedule of these legs ends earlier, ticks. */
  bound: number
}

export interface ExactTask {
  /** An incumbent with every leg scheduled. */
  timeline: Timeline
  /** A bound that holds for these legs, ticks. */
  low: number
  /** Ticks: the least makespan is a multiple of it, and so is `low`. */
  grid: number
  /** Dead ends that one thread may spend in all. */
  failures: number
}

/**
 * @param pool threads that search.
 * @param onBetter told of every better incumbent, and of every better bound.
 */
export async function searchExactly(
  { instance, kernel, forbidden, run }: SearchContext,
  pool: SearchPool,
  { timeline, low, grid, failures }: ExactTask,
  onBetter: (timeline: Timeline, bound: number) => void,
): Promise<ExactOutcome> {
  const { legs } = timeline
  const problem = scheduleProblemOf(instance, forbidden, legs)
  const task = { problem, legs, seed: run.options.seed, grid, failures, parameters: run.parameters }
  const state = { timeline, bound: low, failures: 0 }
  await searchInLanes(kernel, run, pool, task, pairCount(legs), state, onBetter)
  return instantsTakeTurns(problem, state.timeline.start) ? state : { timeline, bound: low }
}

/**
 * Any schedule of all legs that ends by the target, where schedule generation left some out: its lists know no waiting for what is not there
 * yet. `refuted`: there is none, whatever the order.
 *
 * @param hint [legs] start ticks to begin with, −1 none.
 * @param target ticks, at most the horizon.
 */
export async function findSchedule(
  { instance, kernel, forbidden, run }: SearchContext,
  legs: readonly Leg[],
  hint: Int32Array,
  failures: number,
  target = instance.horizon,
): Promise<{ status: 'found' | 'refuted' | 'limit'; timeline?: Timeline }> {
  const problem = scheduleProblemOf(instance, forbidden, legs)
  const search = kernel.createExactSearch(problem)
  try {
    search.begin({ target, hint })
    const { status, start } = await spend(search, run, pairCount(legs), failures)
    if (status !== 'found') return { status }
    return instantsTakeTurns(problem, start)
      ? { status, timeline: timelineOf(legs, start) }
      : { status: 'limit' }
  } finally {
    search.dispose()
  }
}
