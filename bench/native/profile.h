// What resources of any capacity still have free, for insertion at the earliest time: gaps (gaps.ts) where the capacity is 1, else
// the steps of a usage profile. Time only fills up, so a resource remembers per class of durations the first step from which
// a task of that class may have room, and a search begins there.

static void openProfile(usize resource);

/** First step of the pool that is not in use. */
static usize unused = 0;

/** Every resource is free for ever. */
static void resetProfiles(usize schedule) {
  unused = PTR(schedule, STEPS);
  resetGaps(schedule);
  usize resource = PTR(schedule, RESOURCES);
  usize end = resource + (usize)U32(schedule, RESOURCE_COUNT) * RESOURCE_BYTES;
  for (; resource < end; resource += RESOURCE_BYTES) {
    U32(resource, FINISH) = 0;
    if (U32(resource, CAPACITY) == 1) openGap(resource);
    else openProfile(resource);
  }
}

static void openProfile(usize resource) {
  usize step = unused;
  unused += STEP_BYTES;
  U64(step, S_START) = 0;
  U32(step, S_NEXT) = 0;
  fillClasses(resource + FIRSTS, step);
}

static usize insertAfter(usize step, u32 start, u32 count) {
  usize added = unused;
  unused += STEP_BYTES;
  U32(added, S_START) = start;
  U32(added, S_COUNT) = count;
  U32(added, S_NEXT) = (u32)(PTR(step, S_NEXT));
  U32(step, S_NEXT) = (u32)added;
  return added;
}

/** First step that begins a run of steps with room, long enough for the class. */
static usize firstRun(usize resource, usize klass, u32 shortest) {
  u32 capacity = U32(resource, CAPACITY);
  usize first = PTR(resource + klass, FIRSTS);
  for (;;) {
    while (U32(first, S_COUNT) >= capacity) first = PTR(first, S_NEXT);
    u32 start = U32(first, S_START);
    usize step = first;
    do {
      step = PTR(step, S_NEXT);
    } while (step && U32(step, S_COUNT) < capacity && U32(step, S_START) - start < shortest);
    if (!step || U32(step, S_START) - start >= shortest) break;
    first = step;
  }
  U32(resource + klass, FIRSTS) = (u32)first;
  return first;
}

/** Readies `earliestRoom` for a task of one duration class. */
static void beginSearch(usize schedule, usize resource, usize klass) {
  usize first = U32(resource, CAPACITY) == 1 ? PTR(resource + klass, FIRSTS) : firstRun(resource, klass, U32(PTR(schedule, CLASS_SHORTEST) + klass, 0));
  U32(resource, CURSOR) = (u32)first;
}

static u32 earliestGap(usize resource, usize klass, u32 from, u32 duration) {
  usize gap = PTR(resource, CURSOR);
  u32 start = MAX(from, U32(gap, G_START));
  while (start + duration > U32(gap, G_END)) {
    gap = PTR(gap + klass, G_NEXT);
    start = MAX(from, U32(gap, G_START));
  }
  U32(resource, CURSOR) = (u32)gap;
  return start;
}

/**
 * Earliest tick ≥ `from` at which the resource has room for `duration` ticks of a task of the class. `from` must not decrease
 * within one search.
 */
static u32 earliestRoom(usize resource, usize klass, u32 from, u32 duration) {
  u32 capacity = U32(resource, CAPACITY);
  if (capacity == 1) return earliestGap(resource, klass, from, duration);
  usize first = PTR(resource, CURSOR);
  u32 start = MAX(from, U32(first, S_START));
  usize next = PTR(first, S_NEXT);
  while (next && U32(next, S_START) <= start) {
    first = next;
    next = PTR(first, S_NEXT);
  }
  usize step = first;
  do {
    next = PTR(step, S_NEXT);
    if (U32(step, S_COUNT) >= capacity) {
      // The last step is empty, so a full one has a successor.
      start = U32(next, S_START);
      first = next;
    }
    step = next;
  } while (step && U32(step, S_START) < start + duration);
  U32(resource, CURSOR) = (u32)first;
  return start;
}

/** Takes one unit during [start, end), where the last search of this resource ended. */
static void takeRoom(usize resource, u32 start, u32 end) {
  usize step = PTR(resource, CURSOR);
  if (U32(resource, CAPACITY) == 1) {
    takeFromGap(resource, step, start, end);
    return;
  }
  if (U32(step, S_START) < start) step = insertAfter(step, start, U32(step, S_COUNT));
  for (;;) {
    u32 count = U32(step, S_COUNT);
    usize next = PTR(step, S_NEXT);
    if (!next || U32(next, S_START) > end) insertAfter(step, end, count);
    U32(step, S_COUNT) = count + 1;
    step = PTR(step, S_NEXT);
    if (U32(step, S_START) == end) break;
  }
  if (end > U32(resource, FINISH)) U32(resource, FINISH) = end;
}
