// What every scheme leaves in the struct.
import { Schedule } from './records'

/** Stores makespan and unscheduled weight, summed by index so that the float is the same whatever the list. */
export function report(schedule: Schedule, makespan: u32, placed: u32): void {
  const count = schedule.taskCount
  let unscheduled: f64 = 0
  if (placed < count) {
    const starts = schedule.start
    const tasks = schedule.tasks
    for (let i: usize = 0; i < <usize>count; i++) {
      if (load<i32>(starts + (i << 2)) < 0) unscheduled += tasks.at(i).weight
    }
  }
  schedule.makespan = makespan
  schedule.unscheduledWeight = unscheduled
}
