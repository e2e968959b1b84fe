/**
 * Exact search over the times of fixed legs: makespan probes between bound and incumbent, then refutation at incumbent − 1, each by the
 * kernel's failure-directed search (Vilím, Laborie, Shaw 2015). A target that is found lowers the incumbent, one that is refuted raises
 * the bound; both may end the search. Failures are counted, not seconds.
 */
import type { ExactRun, ExactSearch, Kernel } from '../kernel/types.js'
import type { Instance } from '../model/instance.js'
import { type Leg, scheduleProblemOf } from './legs.js'
import type { Run } from './run.js'
import type { Timeline } from './timeline.js'
import type { ForbiddenIntervals } from './wishes.js'

/** Dead ends that one probe may meet at first; each cycle of probes gets `PROBE_GROWTH` times as many. */
const FIRST_PROBE = 300
const PROBE_GROWTH = 4
/** Dead ends between two looks at the clock. */
const SLICE = 200
/** Above this many legs on one node the pairs alone would fill the kernel's memory. */
const MAX_PAIRS = 400_000

export interface ExactOutcome {
  timeline: Timeline
  /** No schedule of these legs ends earlier, ticks. */
  bound: number
  failures: number
}

/** Is the problem of a size that the exact search can hold? */
export function exactSearchFits(legs: readonly Leg[]): boolean {
  const onNode = new Map<number, number>()
  for (const { from, to } of legs) {
    onNode.set(from, (onNode.get(from) ?? 0) + 1)
    onNode.set(to, (onNode.get(to) ?? 0) + 1)
  }
  let pairs = 0
  for (const count of onNode.values()) pairs += (count * (count - 1)) / 2
  return legs.length > 1 && pairs <= MAX_PAIRS
}

/**
 * @param timeline an incumbent with every leg scheduled.
 * @param low a bound that holds for these legs, ticks.
 * @param grid ticks: the least makespan is a multiple of it, and so is `low`.
 * @param failures dead ends to spend in all.
 * @param onBetter told of every better incumbent, and of every better bound.
 */
export async function searchExactly(
  instance: Instance,
  kernel: Kernel,
  forbidden: ForbiddenIntervals,
  run: Run,
  timeline: Timeline,
  low: number,
  grid: number,
  failures: number,
  onBetter: (timeline: Timeline, bound: number) => void,
): Promise<ExactOutcome> {
  const { legs } = timeline
  const problem = scheduleProblemOf(instance, forbidden, legs)
  const search = kernel.createExactSearch(problem)
  const state: ExactOutcome = { timeline, bound: low, failures: 0 }
  try {
    state.bound = Math.ceil(search.rootBound(low, timeline.makespan) / grid) * grid
    onBetter(state.timeline, state.bound)
    let probe = FIRST_PROBE
    while (state.bound < state.timeline.makespan && state.failures < failures && !run.stopped) {
      // Up to `open`, targets have resisted a probe of this size.
      let open = state.bound - grid
      while (open + grid < state.timeline.makespan && state.failures < failures && !run.stopped) {
        const middle = (Math.max(open, state.bound - grid) + state.timeline.makespan) / 2
        const target = Math.floor(middle / grid) * grid
        search.begin({ target, hint: state.timeline.start, mirror: true })
        const allowed = Math.min(probe, failures - state.failures)
        const { status, start, spent } = await spend(search, run, allowed)
        state.failures += spent
        if (status === 'found') {
          state.timeline = timelineOf(state.timeline, start)
          onBetter(state.timeline, state.bound)
        } else if (status === 'refuted') {
          state.bound = target + grid
          open = target
          onBetter(state.timeline, state.bound)
        } else {
          open = target
        }
      }
      probe *= PROBE_GROWTH
    }
    return state
  } finally {
    search.dispose()
  }
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
    const { status, start } = await spend(search, run, failures)
    return { status, timeline: status === 'found' ? timelineOf(timeline, start) : timeline }
  } finally {
    search.dispose()
  }
}

/** Runs the search that was begun until it answers or `allowed` dead ends are spent. */
async function spend(
  search: ExactSearch,
  run: Run,
  allowed: number,
): Promise<{ status: ExactRun['status']; start: Int32Array; spent: number }> {
  let spent = 0
  // A slice without a dead end has looked around all the same: it counts as one, so that this ends.
  for (let turns = 0; turns + spent < allowed; turns++) {
    const { status, start, failures } = search.run(Math.min(SLICE, allowed - spent))
    spent += failures
    run.failures += failures
    if (status !== 'limit') return { status, start, spent }
    if (await run.breathe()) break
  }
  return { status: 'limit', start: new Int32Array(0), spent: Math.max(1, spent) }
}

function timelineOf(before: Timeline, start: Int32Array): Timeline {
  const { legs } = before
  let makespan = 0
  legs.forEach((leg, i) => {
    makespan = Math.max(makespan, start[i] + leg.duration)
  })
  const order = Int32Array.from(legs, (_, i) => i).sort((a, b) => start[a] - start[b] || a - b)
  return { legs, order, start, round: new Int32Array(legs.length), makespan, unscheduledWeight: 0 }
}
