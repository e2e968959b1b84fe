// Serial schedule generation: tasks in list order, each at the earliest time at which everything allows it, gaps included
// (Kolisch 1996: active schedules). Memory is not looked at.

static void resetChains(usize schedule) {
  usize task = PTR(schedule, SCHEDULE_TASKS);
  usize end = task + (usize)U32(schedule, SCHEDULE_TASK_COUNT) * TASK_BYTES;
  for (; task < end; task += TASK_BYTES) {
    U32(task, TASK_END) = PENDING;
    U32(task, TASK_FIRST_WAITING) = 0;
  }
}

static void waitFor(usize predecessor, usize task) {
  U32(task, TASK_NEXT_WAITING) = 0;
  if (PTR(predecessor, TASK_FIRST_WAITING)) U32(PTR(predecessor, TASK_LAST_WAITING), TASK_NEXT_WAITING) = (u32)task;
  else U32(predecessor, TASK_FIRST_WAITING) = (u32)task;
  U32(predecessor, TASK_LAST_WAITING) = (u32)task;
}

/** Where no task has a predecessor: each goes when the list has it. */
static bool serialUnchained(usize schedule, usize order, u32 limit) {
  usize tasks = PTR(schedule, SCHEDULE_TASKS);
  usize starts = PTR(schedule, SCHEDULE_START);
  u32 horizon = U32(schedule, SCHEDULE_HORIZON);
  u32 makespan = 0;
  u32 placed = 0;
  for (usize last = order + ((usize)U32(schedule, SCHEDULE_TASK_COUNT) << 2); order < last; order += 4) {
    usize task = tasks + PTR(order, 0) * TASK_BYTES;
    u32 start = insert(schedule, task, 0, horizon, true);
    U32(starts + PTR(task, TASK_SLOT), 0) = start;
    if (start == NEVER) continue;
    placed++;
    u32 end = start + U32(task, TASK_DURATION);
    if (end > makespan) {
      if (end > limit) return false;
      makespan = end;
    }
  }
  report(schedule, makespan, placed);
  return true;
}

/** When the task's predecessors have ended, NEVER where one does not; PENDING where one is not yet placed: the task waits for it. */
static u32 readyAt(usize task) {
  u32 ready = 0;
  usize p = PTR(task, TASK_BEFORE);
  if (!p) return ready;
  for (usize predecessor = PTR(p, 0); predecessor; p += 4, predecessor = PTR(p, 0)) {
    u32 end = U32(predecessor, TASK_END);
    if (end == PENDING) {
      waitFor(predecessor, task);
      return PENDING;
    }
    if (end > ready) ready = end;
  }
  return ready;
}

/** Where tasks have predecessors: those that are not yet placed are waited for. */
static bool serialChained(usize schedule, usize order, u32 limit) {
  usize count = (usize)U32(schedule, SCHEDULE_TASK_COUNT);
  usize tasks = PTR(schedule, SCHEDULE_TASKS);
  usize starts = PTR(schedule, SCHEDULE_START);
  u32 horizon = U32(schedule, SCHEDULE_HORIZON);
  resetChains(schedule);
  u32 makespan = 0;
  u32 placed = 0;
  for (usize p = order, last = order + (count << 2); p < last; p += 4) {
    usize task = tasks + PTR(p, 0) * TASK_BYTES;
    // Tasks of which a predecessor has just been placed, still to be placed themselves.
    usize agenda = 0;
    for (;;) {
      u32 ready = readyAt(task);
      if (ready != PENDING) {
        u32 start = NEVER;
        if (ready != NEVER) start = insert(schedule, task, ready, horizon, true);
        U32(starts + PTR(task, TASK_SLOT), 0) = start;
        u32 end = NEVER;
        if (start != NEVER) {
          placed++;
          end = start + U32(task, TASK_DURATION);
          if (end > makespan) {
            if (end > limit) return false;
            makespan = end;
          }
        }
        U32(task, TASK_END) = end;
        usize first = PTR(task, TASK_FIRST_WAITING);
        if (first) {
          U32(PTR(task, TASK_LAST_WAITING), TASK_NEXT_WAITING) = (u32)agenda;
          agenda = first;
        }
      }
      if (!agenda) break;
      task = agenda;
      agenda = PTR(task, TASK_NEXT_WAITING);
    }
  }
  report(schedule, makespan, placed);
  return true;
}

/** False, with results undefined, as soon as the makespan exceeds `limit`. */
static bool serial(usize schedule, usize order, u32 limit) {
  resetProfiles(schedule);
  return U32(schedule, SCHEDULE_CHAINED) ? serialChained(schedule, order, limit) : serialUnchained(schedule, order, limit);
}
