// One insertion of serial schedule generation: the earliest time at which a task's resources and windows have room for it, gaps
// included, and taking that room there and then. A task here is any record with the fields TASK_DURATION, TASK_ROOM_A, TASK_ROOM_B, TASK_WINDOWS, TASK_KLASS and TASK_UNARY.

/** For a task that needs room in two resources of capacity 1. */
static u32 insertUnary(usize task, u32 ready, u32 horizon, bool take) {
  u32 duration = U32(task, TASK_DURATION);
  usize a = PTR(task, TASK_ROOM_A);
  usize b = PTR(task, TASK_ROOM_B);
  usize klass = PTR(task, TASK_KLASS);
  usize gapA = PTR(a + klass, RESOURCE_FIRSTS);
  usize gapB = PTR(b + klass, RESOURCE_FIRSTS);
  usize window = PTR(task, TASK_WINDOWS);
  u32 start = MAX(ready, U32(gapA, GAP_START));
  for (;;) {
    while (start + duration > U32(gapA, GAP_END)) {
      gapA = PTR(gapA + klass, GAP_NEXTS);
      start = MAX(start, U32(gapA, GAP_START));
    }
    u32 both = MAX(start, U32(gapB, GAP_START));
    while (both + duration > U32(gapB, GAP_END)) {
      gapB = PTR(gapB + klass, GAP_NEXTS);
      both = MAX(start, U32(gapB, GAP_START));
    }
    while (U32(window, 4) <= both) window += 8;
    if (U32(window, 0) < both + duration) {
      start = U32(window, 4);
      continue;
    }
    start = both;
    if (start + duration <= U32(gapA, GAP_END)) break;
  }
  u32 end = start + duration;
  if (end > horizon) return NEVER;
  if (take) {
    takeFromGap(a, gapA, start, end);
    takeFromGap(b, gapB, start, end);
  }
  return start;
}

/** For any task. */
static u32 insertAny(usize schedule, usize task, u32 ready, u32 horizon, bool take) {
  u32 duration = U32(task, TASK_DURATION);
  usize a = PTR(task, TASK_ROOM_A);
  usize b = PTR(task, TASK_ROOM_B);
  usize klass = PTR(task, TASK_KLASS);
  if (a) beginSearch(schedule, a, klass);
  if (b) beginSearch(schedule, b, klass);
  usize window = PTR(task, TASK_WINDOWS);
  u32 start = ready;
  for (;;) {
    u32 before = start;
    if (a) start = earliestRoom(a, klass, start, duration);
    if (b) start = earliestRoom(b, klass, start, duration);
    while (U32(window, 4) <= start) window += 8;
    if (U32(window, 0) < start + duration) start = U32(window, 4);
    else if (start == before) break;
  }
  u32 end = start + duration;
  if (end > horizon) return NEVER;
  if (take) {
    if (a) takeRoom(a, start, end);
    if (b) takeRoom(b, start, end);
  }
  return start;
}

/** Earliest start ≥ `ready` with room for the task, NEVER where it would end after the horizon; takes the room where told to. */
static u32 insert(usize schedule, usize task, u32 ready, u32 horizon, bool take) {
  return U32(task, TASK_UNARY) ? insertUnary(task, ready, horizon, take) : insertAny(schedule, task, ready, horizon, take);
}
