// The free time of a resource of capacity 1, as gaps in order of time. A long list has mostly gaps too short for the task at hand,
// so there is one list per class of durations, which only has the gaps that take that class's shortest: a search walks hardly
// any gap in vain. Time only fills up; a gap loses classes and never gains any.

static usize classes = 0;
/** First node of the pool that was never in use. */
static usize fresh = 0;
/** Nodes given back, linked through GAP_NEXTS. */
static usize spare = 0;
/** Stands behind the last gap of every list: written to, never read. */
static usize beyond = 0;

/** Empties the pool. */
static void resetGaps(usize schedule) {
  classes = PTR(schedule, SCHEDULE_CLASS_SHORTEST);
  beyond = PTR(schedule, SCHEDULE_GAPS);
  fresh = beyond + GAP_BYTES;
  spare = 0;
}

/** The same address for each of the DURATION_CLASSES from `at` on. */
static void fillClasses(usize at, usize address) {
  u64 pair = (u64)address | ((u64)address << 32);
  U64(at, 0) = pair;
  U64(at, 8) = pair;
  U64(at, 16) = pair;
}

/** One gap for ever. */
static void openGap(usize resource) {
  usize gap = fresh;
  fresh += GAP_BYTES;
  U32(gap, GAP_START) = 0;
  U32(gap, GAP_END) = NEVER;
  U32(gap, GAP_KLASS) = (u32)((DURATION_CLASSES - 1) << 2);
  fillClasses(gap + GAP_NEXTS, beyond);
  fillClasses(gap + GAP_PREVIOUS, resource + RESOURCE_FIRSTS - GAP_NEXTS);
  fillClasses(resource + RESOURCE_FIRSTS, gap);
}

static usize allocate(void) {
  usize gap = spare;
  if (gap) {
    spare = PTR(gap, GAP_NEXTS);
  } else {
    gap = fresh;
    fresh += GAP_BYTES;
  }
  return gap;
}

static i64 classOf(u32 length, i64 highest) {
  while (highest > 0 && U32(classes + highest, 0) > length) highest -= 4;
  return highest;
}

/** Takes the gap out of the lists above `kept`. */
static void demote(usize gap, i64 highest, i64 kept) {
  for (; highest > kept; highest -= 4) {
    usize next = PTR(gap + highest, GAP_NEXTS);
    usize previous = PTR(gap + highest, GAP_PREVIOUS);
    U32(previous + highest, GAP_NEXTS) = (u32)next;
    U32(next + highest, GAP_PREVIOUS) = (u32)previous;
  }
  I32(gap, GAP_KLASS) = kept;
}

/** Cuts the gap into [from, start), which it remains, and [end, until). */
static void split(usize gap, i64 highest, u32 start, u32 end) {
  u32 until = U32(gap, GAP_END);
  usize other = allocate();
  i64 kept = classOf(start - U32(gap, GAP_START), highest);
  i64 given = classOf(until - end, highest);
  U32(gap, GAP_END) = start;
  I32(gap, GAP_KLASS) = kept;
  U32(other, GAP_START) = end;
  U32(other, GAP_END) = until;
  I32(other, GAP_KLASS) = given;
  // Above what remains of it the new gap stands in its place; below, right after it.
  i64 k = highest;
  for (; k > given; k -= 4) {
    if (k <= kept) continue;
    usize next = PTR(gap + k, GAP_NEXTS);
    usize previous = PTR(gap + k, GAP_PREVIOUS);
    U32(previous + k, GAP_NEXTS) = (u32)next;
    U32(next + k, GAP_PREVIOUS) = (u32)previous;
  }
  for (; k > kept; k -= 4) {
    usize next = PTR(gap + k, GAP_NEXTS);
    usize previous = PTR(gap + k, GAP_PREVIOUS);
    U32(other + k, GAP_NEXTS) = (u32)next;
    U32(other + k, GAP_PREVIOUS) = (u32)previous;
    U32(previous + k, GAP_NEXTS) = (u32)other;
    U32(next + k, GAP_PREVIOUS) = (u32)other;
  }
  for (; k >= 0; k -= 4) {
    usize next = PTR(gap + k, GAP_NEXTS);
    U32(other + k, GAP_NEXTS) = (u32)next;
    U32(other + k, GAP_PREVIOUS) = (u32)gap;
    U32(gap + k, GAP_NEXTS) = (u32)other;
    U32(next + k, GAP_PREVIOUS) = (u32)other;
  }
}

/** Takes [start, end) out of a gap that has it. What is left counts only where a task of the resource could fit in. */
static void takeFromGap(usize resource, usize gap, u32 start, u32 end) {
  u32 shortest = U32(resource, RESOURCE_SHORTEST);
  u32 from = U32(gap, GAP_START);
  u32 until = U32(gap, GAP_END);
  i32 highest = I32(gap, GAP_KLASS);
  if (start - from >= shortest) {
    if (until - end >= shortest) {
      split(gap, highest, start, end);
    } else {
      U32(gap, GAP_END) = start;
      demote(gap, highest, classOf(start - from, highest));
    }
  } else if (until - end >= shortest) {
    U32(gap, GAP_START) = end;
    demote(gap, highest, classOf(until - end, highest));
  } else {
    demote(gap, highest, -4);
    U32(gap, GAP_NEXTS) = (u32)spare;
    spare = gap;
  }
  if (end > U32(resource, RESOURCE_FINISH)) U32(resource, RESOURCE_FINISH) = end;
}
