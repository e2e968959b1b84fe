/** The exact search as its definition reads: every start of every task is tried. For a handful of tasks and ticks. */
import type { ScheduleProblem } from '../../../src/kernel/types.js'
import { predecessors } from './scheduler.js'

/** Units of the resource that the task holds. */
function units({ resourceA, resourceB, held }: ScheduleProblem, task: number, r: number): number {
  if (resourceA[task] === r || resourceB[task] === r) return 1
  for (let k = held?.offset[task] ?? 0; k < (held?.offset[task + 1] ?? 0); k++)
    if (held!.of[k] === r) return held!.amount[k]
  return 0
}

function meetsForbidden(problem: ScheduleProblem, task: number, start: number): boolean {
  const { forbidden, forbiddenOffset, forbiddenClass, duration } = problem
  for (let i = forbiddenOffset[forbiddenClass[task]]; i < forbiddenOffset[forbiddenClass[task] + 1]; i++) {
    if (start < forbidden[2 * i + 1] && start + duration[task] > forbidden[2 * i]) return true
  }
  return false
}

/** Taken of the reservoir at the task's start, and given back at its end. */
function transfers(problem: ScheduleProblem, task: number, r: number): { taken: number; given: number } {
  const { memoryFrom, memoryTo, memory } = problem
  let taken = memoryTo[task] === r ? memory[task] : 0
  let given = memoryFrom[task] === r ? memory[task] : 0
  const { offset, of, amount } = problem.transfers ?? { offset: [], of: [], amount: [] }
  for (let k = offset[task] ?? 0; k < (offset[task + 1] ?? 0); k++) {
    if (of[k] !== r) continue
    taken += Math.max(0, amount[k])
    given += Math.max(0, -amount[k])
  }
  return { taken, given }
}

/** By reservoir and task. */
function transferTable(problem: ScheduleProblem): { taken: number; given: number }[][] {
  const tasks = Array.from({ length: problem.taskCount }, (_, i) => i)
  return Array.from(problem.freeMemory, (_, r) => tasks.map((i) => transfers(problem, i, r)))
}

/** At every instant at which a task takes something, ends counted before starts. */
function reservoirsHold(
  { taskCount, duration, freeMemory }: ScheduleProblem,
  table: ReturnType<typeof transferTable>,
  start: ArrayLike<number>,
): boolean {
  for (let r = 0; r < table.length; r++) {
    for (let i = 0; i < taskCount; i++) {
      if (table[r][i].taken === 0) continue
      let free = freeMemory[r]
      for (let k = 0; k < taskCount; k++) {
        if (start[k] + duration[k] <= start[i]) free += table[r][k].given
        if (start[k] <= start[i]) free -= table[r][k].taken
      }
      if (free < 0) return false
    }
  }
  return true
}

/** What is wrong with a schedule that is to end by `target`; empty when nothing is. */
export function faults(problem: ScheduleProblem, start: Int32Array, target: number): string[] {
  const { taskCount, resourceCount, duration, capacity } = problem
  const list: string[] = []
  const end = (i: number): number => start[i] + duration[i]
  const tasks = Array.from({ length: taskCount }, (_, i) => i)
  if (start.length !== taskCount) return ['length']
  for (const i of tasks) {
    if (start[i] < 0) list.push(`${i} unscheduled`)
    if (end(i) > Math.min(target, problem.horizon)) list.push(`${i} ends at ${end(i)}`)
    if (meetsForbidden(problem, i, start[i])) list.push(`${i} meets a forbidden interval`)
    if (predecessors(problem, i).some((p) => end(p) > start[i])) list.push(`${i} before a predecessor`)
  }
  for (let r = 0; r < resourceCount; r++) {
    const users = tasks.filter((i) => duration[i] > 0 && units(problem, i, r) > 0)
    for (const i of users) {
      const running = users
        .filter((k) => start[k] <= start[i] && start[i] < end(k))
        .reduce((sum, k) => sum + units(problem, k, r), 0)
      if (running > capacity[r]) list.push(`${running} on ${r} at ${start[i]}`)
    }
  }
  if (!reservoirsHold(problem, transferTable(problem), start)) list.push('memory')
  return list
}

/** Tasks, each after its predecessors. */
function chainOrder(problem: ScheduleProblem): number[] {
  const order: number[] = []
  const visit = (task: number): void => {
    if (order.includes(task)) return
    for (const p of predecessors(problem, task)) visit(p)
    order.push(task)
  }
  for (let i = 0; i < problem.taskCount; i++) visit(i)
  return order
}

/** Makespan of the shortest schedule of all tasks, undefined where none ends by the horizon. */
export function leastMakespan(problem: ScheduleProblem): number | undefined {
  const { taskCount, resourceCount, duration, capacity, horizon } = problem
  const order = chainOrder(problem)
  const start = new Int32Array(taskCount)
  const used = Array.from({ length: resourceCount }, () => new Uint8Array(horizon))
  let best = horizon + 1

  const table = transferTable(problem)
  const held = order.map((_, task) => used.map((_, r) => units(problem, task, r)))

  function occupy(task: number, at: number, sign: number): void {
    held[task].forEach((own, r) => {
      for (let t = at; own > 0 && t < at + duration[task]; t++) used[r][t] += sign * own
    })
  }

  function room(task: number, at: number): boolean {
    return held[task].every((own, r) => {
      for (let t = at; own > 0 && t < at + duration[task]; t++)
        if (used[r][t] + own > capacity[r]) return false
      return true
    })
  }

  function place(depth: number, makespan: number): void {
    if (depth === taskCount) {
      if (reservoirsHold(problem, table, start)) best = makespan
      return
    }
    const task = order[depth]
    const ready = Math.max(0, ...predecessors(problem, task).map((p) => start[p] + duration[p]))
    for (let at = ready; at + duration[task] < best; at++) {
      if (meetsForbidden(problem, task, at) || !room(task, at)) continue
      start[task] = at
      occupy(task, at, 1)
      place(depth + 1, Math.max(makespan, at + duration[task]))
      occupy(task, at, -1)
      if (makespan >= best) return
    }
  }

  place(0, 0)
  return best > horizon ? undefined : best
}
