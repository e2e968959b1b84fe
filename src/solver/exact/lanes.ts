/**
 * The exact search in several threads: lanes that differ in what they do run in epochs of so many dead ends. At the end of each the best
 * incumbent and bound are taken over from all of them in the order of the lanes, so that what comes out does not depend on which thread is
 * the faster.
 */
import type { Kernel } from '../../kernel/types.js'
import { type Run, yieldToEventLoop } from '../run.js'
import type { Timeline } from '../schedule/timeline.js'
import { Lane, type LaneRole, type LaneState, type LaneTask, timelineOf } from './lane.js'
import { UNMETERED } from './meter.js'
import { HelperLost, type LaneReport, type SearchPool, type SteppedLane } from './pool.js'
import { LocalLane } from './stepped-lane.js'

function roleOf(lane: number): LaneRole {
  return lane === 0 ? 'prove' : lane === 1 ? 'scout' : 'roam'
}

/**
 * @param task of one lane that does it all.
 * @param pairs of its legs that share a node.
 * @param state incumbent and bound to begin with; holds the best at the end.
 */
export async function searchInLanes(
  kernel: Kernel,
  run: Run,
  pool: SearchPool,
  task: Omit<LaneTask, 'role'>,
  pairs: number,
  state: LaneState,
  onBetter: (timeline: Timeline, bound: number) => void,
): Promise<void> {
  const helpers = await pool.helpers()
  if (helpers.length === 0) return searchAlone(kernel, run, task, state, onBetter)
  const { epochWork, fewestPairs, laneShare } = run.parameters.exact
  const share = Math.ceil(task.failures * laneShare)
  const taskOf = (lane: number): LaneTask => ({
    ...task,
    role: roleOf(lane),
    failures: share,
    seed: (task.seed ^ Math.imul(lane, 0x9e3779b9)) >>> 0,
  })
  const first = { start: state.timeline.start, bound: state.bound }
  const lanes: SteppedLane[] = [
    new LocalLane(kernel, taskOf(0), run, first, onBetter),
    ...helpers.map((helper, i) => helper.lane(taskOf(i + 1), first)),
  ]
  try {
    await keepInStep(lanes, run, Math.ceil(epochWork / Math.max(fewestPairs, pairs)), state, onBetter)
  } catch (cause) {
    if (!(cause instanceof HelperLost)) throw cause
    if (run.stopped) return
    pool.giveUp(cause)
    const left = Math.max(0, task.failures - state.failures)
    await searchAlone(
      kernel,
      run,
      { ...task, failures: left },
      { ...state, failures: 0 },
      (timeline, bound) => {
        state.timeline = timeline
        state.bound = bound
        onBetter(timeline, bound)
      },
    )
  } finally {
    for (const lane of lanes) lane.end()
  }
}

async function searchAlone(
  kernel: Kernel,
  run: Run,
  task: Omit<LaneTask, 'role'>,
  state: LaneState,
  onBetter: (timeline: Timeline, bound: number) => void,
): Promise<void> {
  const lane = new Lane(kernel, { ...task, role: 'alone' }, run, state, UNMETERED, onBetter)
  try {
    await lane.search()
  } finally {
    lane.dispose()
  }
}

async function keepInStep(
  lanes: readonly SteppedLane[],
  run: Run,
  failures: number,
  state: LaneState,
  onBetter: (timeline: Timeline, bound: number) => void,
): Promise<void> {
  const done = lanes.map(() => false)
  while (done.includes(false) && !run.stopped) {
    const update = { start: state.timeline.start, bound: state.bound, failures }
    const advance = (i: number) => {
      const report = done[i] ? undefined : lanes[i].advance(update)
      // One that nobody waits for any more may fail unheard.
      report?.catch(() => undefined)
      return report
    }
    // This thread's own lane comes last: it holds the thread, and the others must be on their way.
    const others = lanes.slice(1).map((_, i) => advance(i + 1))
    await yieldToEventLoop()
    const reports = [advance(0), ...others]
    for (const [i, pending] of reports.entries()) {
      if (pending === undefined) continue
      const report = await pending
      done[i] = report.done
      if (i > 0) run.count('failures', report.failures)
      state.failures += failures
      takeOver(state, report, onBetter)
      // What the lanes behind this one know by now depends on how fast they are: it is not asked for.
      if (state.bound >= state.timeline.makespan || run.stopped) return
    }
  }
}

function takeOver(
  state: LaneState,
  { start, bound }: LaneReport,
  onBetter: (timeline: Timeline, bound: number) => void,
): void {
  const timeline = start.length > 0 ? timelineOf(state.timeline.legs, start) : state.timeline
  const better = timeline.makespan < state.timeline.makespan
  if (better) state.timeline = timeline
  const higher = bound > state.bound
  if (higher) state.bound = bound
  if (better || higher) onBetter(state.timeline, state.bound)
}
