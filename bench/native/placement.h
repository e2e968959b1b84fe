// One insertion of serial schedule generation: the earliest time at which a task's resources and windows have room for it, gaps
// included, and taking that room there and then. A task here is any record with the fields DURATION, ROOM_A, ROOM_B, WINDOWS, CLASS and UNARY.

/** For a task that needs room in two resources of capacity 1. */
static u32 insertUnary(usize task, u32 ready, u32 horizon, bool take) {
  u32 duration = U32(task, DURATION);
  usize a = PTR(task, ROOM_A);
  usize b = PTR(task, ROOM_B);
  usize klass = PTR(task, CLASS);
  usize gapA = PTR(a + klass, FIRSTS);
  usize gapB = PTR(b + klass, FIRSTS);
  usize window = PTR(task, WINDOWS);
  u32 start = MAX(ready, U32(gapA, G_START));
  for (;;) {
    while (start + duration > U32(gapA, G_END)) {
      gapA = PTR(gapA + klass, G_NEXT);
      start = MAX(start, U32(gapA, G_START));
    }
    u32 both = MAX(start, U32(gapB, G_START));
    while (both + duration > U32(gapB, G_END)) {
      gapB = PTR(gapB + klass, G_NEXT);
      both = MAX(start, U32(gapB, G_START));
    }
    while (U32(window, 4) <= both) window += 8;
    if (U32(window, 0) < both + duration) {
      start = U32(window, 4);
      continue;
    }
    start = both;
    if (start + duration <= U32(gapA, G_END)) break;
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
  u32 duration = U32(task, DURATION);
  usize a = PTR(task, ROOM_A);
  usize b = PTR(task, ROOM_B);
  usize klass = PTR(task, CLASS);
  if (a) beginSearch(schedule, a, klass);
  if (b) beginSearch(schedule, b, klass);
  usize window = PTR(task, WINDOWS);
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
  return U32(task, UNARY) ? insertUnary(task, ready, horizon, take) : insertAny(schedule, task, ready, horizon, take);
}
