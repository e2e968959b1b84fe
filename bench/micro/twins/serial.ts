/**
 * Serial schedule generation over typed arrays, by the method of assembly/serial.ts. For what the workloads have: two resources of
 * capacity 1 a task, no predecessors, durations > 0.
 */
import type { ScheduleProblem, ScheduleResult } from '../../../src/kernel/types.js'
import {
  createGaps,
  END,
  FINISH,
  type Gaps,
  headOf,
  NEVER,
  NEXT,
  resetGaps,
  SHORTEST,
  START,
  takeFromGap,
} from './gaps.js'

// Words of a task: duration, heads of its two resources, class of its duration, first of its windows.
const TASK = 8
const DURATION = 0
const HEAD_A = 1
const HEAD_B = 2
const CLASS = 3
const WINDOWS = 4

export interface Serial {
  problem: ScheduleProblem
  gaps: Gaps
  tasks: Int32Array
  /** Pairs (start, end) by list, each list closed by (NEVER, NEVER). */
  windows: Int32Array
  /** [n] start ticks, −1 unscheduled: of the last schedule. */
  start: Int32Array
  makespan: number
  unscheduledWeight: number
}

/** Lists of windows closed by sentinels, and where each begins. */
export function closeWindows({ forbidden, forbiddenOffset }: ScheduleProblem): {
  windows: Int32Array
  first: number[]
} {
  const words: number[] = []
  const first: number[] = []
  for (let list = 0; list + 1 < forbiddenOffset.length; list++) {
    first.push(words.length)
    words.push(...forbidden.subarray(2 * forbiddenOffset[list], 2 * forbiddenOffset[list + 1]), NEVER, NEVER)
  }
  return { windows: Int32Array.from(words), first }
}

/** @throws RangeError where the problem has what this twin leaves out */
export function createSerial(problem: ScheduleProblem): Serial {
  const { taskCount, resourceCount, resourceA, resourceB, duration } = problem
  if (
    problem.capacity.some((units) => units !== 1) ||
    problem.predecessor.some((task) => task >= 0) ||
    duration.some((ticks, i) => ticks === 0 || resourceA[i] < 0 || resourceB[i] < 0)
  ) {
    throw new RangeError('the twin takes tasks on two resources of capacity 1, without predecessors')
  }
  const gaps = createGaps(resourceCount, duration)
  const { windows, first } = closeWindows(problem)
  const tasks = new Int32Array(taskCount * TASK)
  for (let r = 0; r < resourceCount; r++) gaps.records[headOf(r) + SHORTEST] = NEVER
  for (let i = 0; i < taskCount; i++) {
    const heads = [headOf(resourceA[i]), headOf(resourceB[i])]
    tasks.set([duration[i], ...heads, gaps.classOf[i], first[problem.forbiddenClass[i]]], i * TASK)
    for (const head of heads) {
      gaps.records[head + SHORTEST] = Math.min(gaps.records[head + SHORTEST], duration[i])
    }
  }
  return {
    problem,
    gaps,
    tasks,
    windows,
    start: new Int32Array(taskCount),
    makespan: 0,
    unscheduledWeight: 0,
  }
}

/** Start of the task, which takes its room there; −1 where it would end after the horizon. */
function insert(serial: Serial, task: number, horizon: number): number {
  const { gaps, tasks, windows } = serial
  const { records } = gaps
  const at = task * TASK
  const duration = tasks[at + DURATION]
  const a = tasks[at + HEAD_A]
  const b = tasks[at + HEAD_B]
  const next = NEXT + tasks[at + CLASS]
  let window = tasks[at + WINDOWS]
  let gapA = records[a + next]
  let gapB = records[b + next]
  let start = 0
  for (;;) {
    const startA = Math.max(start, records[gapA + START])
    if (startA + duration > records[gapA + END]) {
      gapA = records[gapA + next]
      continue
    }
    start = Math.max(startA, records[gapB + START])
    if (start + duration > records[gapB + END]) {
      gapB = records[gapB + next]
      start = startA
      continue
    }
    if (start !== startA && start + duration > records[gapA + END]) continue
    while (windows[window + 1] <= start) window += 2
    if (windows[window] >= start + duration) break
    start = windows[window + 1]
  }
  const end = start + duration
  if (end > horizon) return -1
  takeFromGap(gaps, a, gapA, start, end)
  takeFromGap(gaps, b, gapB, start, end)
  return start
}

/** False, with results undefined, as soon as the makespan exceeds `limit`. */
export function generate(serial: Serial, order: Int32Array, limit: number): boolean {
  const { tasks, start, problem } = serial
  const { horizon, weight } = problem
  resetGaps(serial.gaps)
  let makespan = 0
  let placed = 0
  for (let k = 0; k < order.length; k++) {
    const task = order[k]
    const tick = insert(serial, task, horizon)
    start[task] = tick
    if (tick < 0) continue
    placed++
    const end = tick + tasks[task * TASK + DURATION]
    if (end > makespan) {
      if (end > limit) return false
      makespan = end
    }
  }
  let unscheduled = 0
  if (placed < order.length) {
    for (let i = 0; i < start.length; i++) if (start[i] < 0) unscheduled += weight[i]
  }
  serial.makespan = makespan
  serial.unscheduledWeight = unscheduled
  return true
}

/** Latest end of the resource's tasks in the last schedule. */
export function finishOf(serial: Serial, resource: number): number {
  return serial.gaps.records[headOf(resource) + FINISH]
}

export function evaluateSerial(serial: Serial, order: Int32Array): ScheduleResult {
  generate(serial, order, NEVER)
  return {
    start: serial.start.slice(),
    round: new Int32Array(order.length),
    makespan: serial.makespan,
    unscheduledWeight: serial.unscheduledWeight,
  }
}
