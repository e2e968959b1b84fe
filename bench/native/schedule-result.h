// What every scheme leaves in the struct.

/** Stores makespan and unscheduled weight, summed by index so that the float is the same whatever the list. */
static void report(usize schedule, u32 makespan, u32 placed) {
  u32 count = U32(schedule, SCHEDULE_TASK_COUNT);
  f64 unscheduled = 0;
  if (placed < count) {
    usize starts = PTR(schedule, SCHEDULE_START);
    usize tasks = PTR(schedule, SCHEDULE_TASKS);
    for (usize i = 0; i < (usize)count; i++) {
      if (I32(starts + (i << 2), 0) < 0) unscheduled += F64(tasks + i * TASK_BYTES, TASK_WEIGHT);
    }
  }
  U32(schedule, SCHEDULE_MAKESPAN) = makespan;
  F64(schedule, SCHEDULE_UNSCHEDULED_WEIGHT) = unscheduled;
}
