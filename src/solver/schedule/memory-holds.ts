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
