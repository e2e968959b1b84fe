// What every scheme leaves in the struct.
import { MAKESPAN, START, TASKS, TASK_COUNT, TASK_SHIFT, UNSCHEDULED_WEIGHT, WEIGHT } from './schedule-layout'

/** Stores makespan and unscheduled weight, summed by index so that the float is the same whatever the list. */
export function report(schedule: usize, makespan: u32, placed: u32): void {
  const count = load<u32>(schedule, TASK_COUNT)
  let unscheduled: f64 = 0
  if (placed < count) {
    const starts = load<usize>(schedule, START)
    const tasks = load<usize>(schedule, TASKS)
    for (let i: usize = 0; i < <usize>count; i++) {
      if (load<i32>(starts + (i << 2)) < 0) unscheduled += load<f64>(tasks + (i << TASK_SHIFT), WEIGHT)
    }
  }
  store<u32>(schedule, makespan, MAKESPAN)
  store<f64>(schedule, unscheduled, UNSCHEDULED_WEIGHT)
}
