// Propagation on a resource of larger capacity: time-table (Lahrichi 1982) and the overload of intervals. The order of two tasks is left
// to the links: either one ends before the other starts, or they overlap, and both are choices.

/** Members that must run within an interval need more than it has. */
static bool overloaded(usize search, usize resource) {
  usize end = takeSnapshot(search, resource, false);
  usize first = PTR(search, SNAPSHOT);
  i64 capacity = (i64)I32(resource, CAPACITY);
  for (usize t = first; t < end; t += SNAPSHOT_BYTES) {
    i64 tick = I64(t, S_LCT);
    i64 energy = 0;
    for (usize p = end - SNAPSHOT_BYTES; p >= first; p -= SNAPSHOT_BYTES) {
      if (I64(p, S_LCT) > tick) continue;
      energy += I64(p, S_DURATION);
      if (energy > capacity * (tick - I64(p, S_EST))) return true;
    }
  }
  return false;
}

static void insertStep(usize first, usize top, i64 tick, i64 amount) {
  usize p = top;
  while (p > first && I64(p - THRESHOLD_BYTES, T_TICK) > tick) {
    I64(p, T_TICK) = I64(p - THRESHOLD_BYTES, T_TICK);
    I64(p, T_AMOUNT) = I64(p - THRESHOLD_BYTES, T_AMOUNT);
    p -= THRESHOLD_BYTES;
  }
  I64(p, T_TICK) = tick;
  I64(p, T_AMOUNT) = amount;
}

/**
 * Writes to THRESHOLDS, by pairs (first, end), the intervals in which the members' certain parts [lst, ect) fill the resource; returns
 * their end, or 0 where they overfill it. They are split wherever a certain part begins or ends, so that each belongs to a member's
 * own part as a whole or not at all.
 */
static usize fullIntervals(usize search, usize resource) {
  usize first = PTR(search, THRESHOLDS);
  i64 capacity = (i64)I32(resource, CAPACITY);
  usize top = first;
  usize member = PTR(resource, MEMBERS);
  usize membersEnd = member + (((usize)U32(resource, MEMBER_COUNT)) << 2);
  for (; member < membersEnd; member += 4) {
    usize task = PTR(member, 0);
    i64 from = (i64)I32(task, LST);
    i64 until = (i64)I32(task, EST) + (i64)I32(task, DURATION);
    if (from >= until) continue;
    insertStep(first, top, from, 1);
    insertStep(first, top + THRESHOLD_BYTES, until, -1);
    top += 2 * THRESHOLD_BYTES;
  }
  i64 height = 0;
  i64 since = 0;
  usize out = first;
  for (usize p = first; p < top; ) {
    i64 tick = I64(p, T_TICK);
    // Two steps at least have been read for each interval written.
    if (height == capacity) {
      I64(out, T_TICK) = since;
      I64(out, T_AMOUNT) = tick;
      out += THRESHOLD_BYTES;
    }
    for (; p < top && I64(p, T_TICK) == tick; p += THRESHOLD_BYTES) height += I64(p, T_AMOUNT);
    if (height > capacity) return 0;
    since = tick;
  }
  return out;
}

/** Its certain part holds the instant. */
static bool covers(usize task, i64 tick) {
  return ((i64)I32(task, LST) <= tick && tick < (i64)I32(task, EST) + (i64)I32(task, DURATION) );
}

/** Keeps a member out of the full intervals to which its own certain part does not belong. */
static bool avoid(usize search, usize task, usize end) {
  usize first = PTR(search, THRESHOLDS);
  i64 duration = (i64)I32(task, DURATION);
  for (usize p = first; p < end; p += THRESHOLD_BYTES) {
    i64 est = (i64)I32(task, EST);
    i64 from = I64(p, T_TICK);
    i64 until = I64(p, T_AMOUNT);
    if (from >= est + duration) break;
    if (until <= est || covers(task, from)) continue;
    if (!raise(search, task, until, 0)) return false;
  }
  for (usize p = end; p > first; p -= THRESHOLD_BYTES) {
    i64 lst = (i64)I32(task, LST);
    i64 from = I64(p - THRESHOLD_BYTES, T_TICK);
    i64 until = I64(p - THRESHOLD_BYTES, T_AMOUNT);
    if (until <= lst) break;
    if (from >= lst + duration || covers(task, from)) continue;
    if (!lower(search, task, from - duration, 0)) return false;
  }
  return true;
}

static bool propagateCumulative(usize search, usize resource) {
  if (overloaded(search, resource)) return false;
  usize end = fullIntervals(search, resource);
  if (!end) return false;
  usize member = PTR(resource, MEMBERS);
  usize membersEnd = member + (((usize)U32(resource, MEMBER_COUNT)) << 2);
  for (; member < membersEnd; member += 4) {
    if (!avoid(search, PTR(member, 0), end)) return false;
  }
  return true;
}

/** No instant has more members than capacity when each starts at its est. */
static bool cumulativeHolds(usize resource) {
  usize members = PTR(resource, MEMBERS);
  usize membersEnd = members + (((usize)U32(resource, MEMBER_COUNT)) << 2);
  i32 capacity = I32(resource, CAPACITY);
  for (usize i = members; i < membersEnd; i += 4) {
    i64 tick = (i64)I32(PTR(i, 0), EST);
    i32 running = 0;
    for (usize k = members; k < membersEnd; k += 4) {
      usize task = PTR(k, 0);
      i64 est = (i64)I32(task, EST);
      if (est <= tick && tick < est + (i64)I32(task, DURATION)) running++;
    }
    if (running > capacity) return false;
  }
  return true;
}
