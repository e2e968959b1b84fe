// What resources of any capacity still have free, for insertion at the earliest time: gaps (gaps.ts) where the capacity is 1, else
// the steps of a usage profile. Time only fills up, so a resource remembers per class of durations the first step from which
// a task of that class may have room, and a search begins there.

static void openProfile(usize resource);

/** First step of the pool that is not in use. */
static usize unused = 0;

/** Every resource is free for ever. */
static void resetProfiles(usize schedule) {
  unused = PTR(schedule, SCHEDULE_STEPS);
  resetGaps(schedule);
  usize resource = PTR(schedule, SCHEDULE_RESOURCES);
  usize end = resource + (usize)U32(schedule, SCHEDULE_RESOURCE_COUNT) * RESOURCE_BYTES;
  for (; resource < end; resource += RESOURCE_BYTES) {
    U32(resource, RESOURCE_FINISH) = 0;
    if (U32(resource, RESOURCE_CAPACITY) == 1) openGap(resource);
    else openProfile(resource);
  }
}

static void openProfile(usize resource) {
  usize step = unused;
  unused += STEP_BYTES;
  U32(step, STEP_START) = 0;
  U32(step, STEP_COUNT) = 0;
  U32(step, STEP_NEXT) = 0;
  fillClasses(resource + RESOURCE_FIRSTS, step);
}

static usize insertAfter(usize step, u32 start, u32 count) {
  usize added = unused;
  unused += STEP_BYTES;
  U32(added, STEP_START) = start;
  U32(added, STEP_COUNT) = count;
  U32(added, STEP_NEXT) = (u32)(PTR(step, STEP_NEXT));
  U32(step, STEP_NEXT) = (u32)added;
  return added;
}

/** First step that begins a run of steps with room, long enough for the class. */
static usize firstRun(usize resource, usize klass, u32 shortest) {
  u32 capacity = U32(resource, RESOURCE_CAPACITY);
  usize first = PTR(resource + klass, RESOURCE_FIRSTS);
  for (;;) {
    while (U32(first, STEP_COUNT) >= capacity) first = PTR(first, STEP_NEXT);
    u32 start = U32(first, STEP_START);
    usize step = first;
    do {
      step = PTR(step, STEP_NEXT);
    } while (step && U32(step, STEP_COUNT) < capacity && U32(step, STEP_START) - start < shortest);
    if (!step || U32(step, STEP_START) - start >= shortest) break;
    first = step;
  }
  U32(resource + klass, RESOURCE_FIRSTS) = (u32)first;
  return first;
}

/** Readies `earliestRoom` for a task of one duration class. */
static void beginSearch(usize schedule, usize resource, usize klass) {
  if (U32(resource, RESOURCE_CAPACITY) == 1) {
    U32(resource, RESOURCE_GAP_CURSOR) = U32(resource + klass, RESOURCE_FIRSTS);
    return;
  }
  u32 shortest = U32(PTR(schedule, SCHEDULE_CLASS_SHORTEST) + klass, 0);
  U32(resource, RESOURCE_STEP_CURSOR) = (u32)firstRun(resource, klass, shortest);
}

static u32 earliestGap(usize resource, usize klass, u32 from, u32 duration) {
  usize gap = PTR(resource, RESOURCE_GAP_CURSOR);
  u32 start = MAX(from, U32(gap, GAP_START));
  while (start + duration > U32(gap, GAP_END)) {
    gap = PTR(gap + klass, GAP_NEXTS);
    start = MAX(from, U32(gap, GAP_START));
  }
  U32(resource, RESOURCE_GAP_CURSOR) = (u32)gap;
  return start;
}

/**
 * Earliest tick ≥ `from` at which the resource has room for `duration` ticks of a task of the class. `from` must not decrease
 * within one search.
 */
static u32 earliestRoom(usize resource, usize klass, u32 from, u32 duration) {
  u32 capacity = U32(resource, RESOURCE_CAPACITY);
  if (capacity == 1) return earliestGap(resource, klass, from, duration);
  usize first = PTR(resource, RESOURCE_STEP_CURSOR);
  u32 start = MAX(from, U32(first, STEP_START));
  usize next = PTR(first, STEP_NEXT);
  while (next && U32(next, STEP_START) <= start) {
    first = next;
    next = PTR(first, STEP_NEXT);
  }
  usize step = first;
  do {
    next = PTR(step, STEP_NEXT);
    if (U32(step, STEP_COUNT) >= capacity) {
      // The last step is empty, so a full one has a successor.
      start = U32(next, STEP_START);
      first = next;
    }
    step = next;
  } while (step && U32(step, STEP_START) < start + duration);
  U32(resource, RESOURCE_STEP_CURSOR) = (u32)first;
  return start;
}

/** Takes one unit during [start, end), where the last search of this resource ended. */
static void takeRoom(usize resource, u32 start, u32 end) {
  if (U32(resource, RESOURCE_CAPACITY) == 1) {
    takeFromGap(resource, PTR(resource, RESOURCE_GAP_CURSOR), start, end);
    return;
  }
  usize step = PTR(resource, RESOURCE_STEP_CURSOR);
  if (U32(step, STEP_START) < start) step = insertAfter(step, start, U32(step, STEP_COUNT));
  for (;;) {
    u32 count = U32(step, STEP_COUNT);
    usize next = PTR(step, STEP_NEXT);
    if (!next || U32(next, STEP_START) > end) insertAfter(step, end, count);
    U32(step, STEP_COUNT) = count + 1;
    step = PTR(step, STEP_NEXT);
    if (U32(step, STEP_START) == end) break;
  }
  if (end > U32(resource, RESOURCE_FINISH)) U32(resource, RESOURCE_FINISH) = end;
}
