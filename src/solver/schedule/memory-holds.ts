/** Whether a schedule that was made without a look at memory respects it all the same. */
import type { ScheduleProblem } from '../../kernel/types.js'
import { transfersOf } from '../../kernel/uses.js'

/**
 * Does every reservoir hold what arrives, at every instant? Arrivals take theirs from their start, departures give theirs back at their
 * end, and at one instant ends count before starts.
 *
 * @param start [tasks] ticks, −1 unscheduled
 */
export function memoryHolds(problem: ScheduleProblem, start: Int32Array): boolean {
  const { duration, taskCount } = problem
  const free = problem.freeMemory.slice()
  const transfers = Array.from(duration, (_, i) => transfersOf(problem, i))
  // One sort of all events: the tick, then ends before starts.
  const events: number[] = []
  for (let i = 0; i < taskCount; i++) {
    if (start[i] < 0) continue
    if (transfers[i].given.length > 0) events.push(2 * (start[i] + duration[i]) * taskCount + i)
    if (transfers[i].taken.length > 0) events.push((2 * start[i] + 1) * taskCount + i)
  }
  for (const event of Float64Array.from(events).sort()) {
    const task = event % taskCount
    const isStart = Math.floor(event / taskCount) % 2 === 1
    if (!isStart) for (const [r, amount] of transfers[task].given) free[r] += amount
    else {
      for (const [r, amount] of transfers[task].taken) {
        free[r] -= amount
        if (free[r] < 0) return false
      }
    }
  }
  return true
}
