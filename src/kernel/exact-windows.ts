/** Forbidden intervals as the exact search wants them: as starts that a task cannot have, and as time closed to all tasks of a resource. */
import type { ScheduleProblem } from './types.js'

export type Interval = [start: number, end: number]

function forbiddenTo(problem: ScheduleProblem, task: number): Interval[] {
  const { forbidden, forbiddenOffset, forbiddenClass } = problem
  const list: Interval[] = []
  for (let i = forbiddenOffset[forbiddenClass[task]]; i < forbiddenOffset[forbiddenClass[task] + 1]; i++) {
    list.push([forbidden[2 * i], forbidden[2 * i + 1]])
  }
  return list
}

/** First and last of each run of starts ≥ 0 at which the task would meet a forbidden interval; apart and ascending. */
export function forbiddenStarts(problem: ScheduleProblem, task: number): Interval[] {
  const runs: Interval[] = []
  for (const [start, end] of forbiddenTo(problem, task)) {
    const first = Math.max(0, start - problem.duration[task] + 1)
    const last = end - 1
    if (first > last) continue
    const previous = runs.at(-1)
    if (previous !== undefined && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last)
    else runs.push([first, last])
  }
  return runs
}

/** Half-open intervals ≥ 0 in which the task cannot run: its forbidden ones, and the gaps that are too short for it. */
function closedTo(problem: ScheduleProblem, task: number): Interval[] {
  const runs: Interval[] = []
  for (const [start, end] of forbiddenTo(problem, task)) {
    if (end <= 0) continue
    const from = start < problem.duration[task] ? 0 : start
    const previous = runs.at(-1)
    if (previous !== undefined && from - previous[1] < problem.duration[task]) previous[1] = end
    else runs.push([from, end])
  }
  return runs
}

function intersect(x: Interval[], y: Interval[]): Interval[] {
  const common: Interval[] = []
  for (let i = 0, k = 0; i < x.length && k < y.length; ) {
    const start = Math.max(x[i][0], y[k][0])
    const end = Math.min(x[i][1], y[k][1])
    if (start < end) common.push([start, end])
    if (x[i][1] < y[k][1]) i++
    else k++
  }
  return common
}

/** Half-open intervals in which none of the tasks can run. At least one task, none of no duration. */
export function commonClosed(problem: ScheduleProblem, tasks: readonly number[]): Interval[] {
  return tasks.map((task) => closedTo(problem, task)).reduce(intersect)
}
