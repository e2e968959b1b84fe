/** Whether a schedule that was made without a look at memory respects it all the same. */
import type { ScheduleProblem } from '../../kernel/types.js'

/**
 * Does every reservoir hold what arrives, at every instant? Arrivals take theirs from their start, departures give theirs back at their
 * end, and at one instant ends count before starts.
 *
 * @param start [tasks] ticks, −1 unscheduled
 */
export function memoryHolds(problem: ScheduleProblem, start: Int32Array): boolean {
  const { memoryFrom, memoryTo, memory, duration, taskCount } = problem
  const free = problem.freeMemory.slice()
  // One sort of all events: the tick, then ends before starts.
  const events: number[] = []
  for (let i = 0; i < taskCount; i++) {
    if (start[i] < 0) continue
    if (memoryFrom[i] >= 0) events.push(2 * (start[i] + duration[i]) * taskCount + i)
    if (memoryTo[i] >= 0) events.push((2 * start[i] + 1) * taskCount + i)
  }
  for (const event of Float64Array.from(events).sort()) {
    const task = event % taskCount
    const isStart = Math.floor(event / taskCount) % 2 === 1
    if (!isStart) free[memoryFrom[task]] += memory[task]
    else {
      free[memoryTo[task]] -= memory[task]
      if (free[memoryTo[task]] < 0) return false
    }
  }
  return true
}

/**
 * Do migrations that take no time wait for each other? At one instant ends count before starts, so that two of them could trade the memory
 * of full nodes; but they are done one after another, each when its target has room.
 *
 * @param start [tasks] ticks of a schedule in which memory holds.
 */
export function instantsTakeTurns(problem: ScheduleProblem, start: Int32Array): boolean {
  const { memoryFrom, memoryTo, memory, duration, taskCount } = problem
  const tasks = Array.from({ length: taskCount }, (_, i) => i)
  const instants = tasks.filter((i) => duration[i] === 0 && memoryTo[i] >= 0)
  for (const at of new Set(instants.map((i) => start[i]))) {
    const free = problem.freeMemory.slice()
    for (const i of tasks) {
      const isInstant = duration[i] === 0 && start[i] === at
      if (!isInstant && memoryFrom[i] >= 0 && start[i] + duration[i] <= at) free[memoryFrom[i]] += memory[i]
      if (!isInstant && memoryTo[i] >= 0 && start[i] < at) free[memoryTo[i]] -= memory[i]
    }
    let waiting = tasks.filter((i) => duration[i] === 0 && start[i] === at)
    for (let before = -1; before !== waiting.length; ) {
      before = waiting.length
      waiting = waiting.filter((i) => {
        if (memoryTo[i] >= 0 && memory[i] > free[memoryTo[i]]) return true
        if (memoryTo[i] >= 0) free[memoryTo[i]] -= memory[i]
        if (memoryFrom[i] >= 0) free[memoryFrom[i]] += memory[i]
        return false
      })
    }
    if (waiting.length > 0) return false
  }
  return true
}
