// Snapshots of a resource's members, in free time, sorted. Rules sort and evaluate on the snapshot alone while they move the live bounds:
// mixing the two proves what is not so. A mirrored snapshot turns time round (est = −lct, lct = −est), so that each rule is
// written once.

/** Writes the members' records to SNAPSHOT by ascending est; returns the end of the last one. */
static usize takeSnapshot(usize search, usize resource, bool mirrored) {
  usize count = (usize)U32(resource, MEMBER_COUNT);
  usize members = PTR(resource, MEMBERS);
  usize order = PTR(resource, ORDERS) + (mirrored ? count << 2 : 0);
  usize first = PTR(search, SNAPSHOT);
  usize end = first + count * SNAPSHOT_BYTES;
  for (usize at = first, o = order; at < end; at += SNAPSHOT_BYTES, o += 4) {
    usize member = PTR(o, 0);
    usize task = PTR(members + (member << 2), 0);
    i64 duration = (i64)I32(task, DURATION);
    i64 from = freeBefore(resource, (i64)I32(task, EST));
    i64 until = freeBefore(resource, (i64)I32(task, LST) + duration);
    i64 est = mirrored ? -until : from;
    usize p = at;
    while (p > first && I64(p - SNAPSHOT_BYTES, S_EST) > est) {
      I64(p, S_EST) = I64(p - SNAPSHOT_BYTES, S_EST);
      I64(p, S_LCT) = I64(p - SNAPSHOT_BYTES, S_LCT);
      I64(p, S_DURATION) = I64(p - SNAPSHOT_BYTES, S_DURATION);
      U64(p, S_MEMBER) = U64(p - SNAPSHOT_BYTES, S_MEMBER);
      p -= SNAPSHOT_BYTES;
    }
    I64(p, S_EST) = est;
    I64(p, S_LCT) = mirrored ? -from : until;
    I64(p, S_DURATION) = duration;
    U32(p, S_MEMBER) = (u32)member;
    U32(p, S_TASK) = (u32)task;
  }
  for (usize at = first, o = order; at < end; at += SNAPSHOT_BYTES, o += 4) {
    U32(o, 0) = (u32)(PTR(at, S_MEMBER));
  }
  return end;
}

/** Writes the snapshot's latest ends to THRESHOLDS, ascending, each with its member's duration. */
static void takeThresholds(usize search, usize end) {
  usize first = PTR(search, THRESHOLDS);
  usize top = first;
  for (usize at = PTR(search, SNAPSHOT); at < end; at += SNAPSHOT_BYTES) {
    i64 tick = I64(at, S_LCT);
    usize p = top;
    while (p > first && I64(p - THRESHOLD_BYTES, T_TICK) > tick) {
      I64(p, T_TICK) = I64(p - THRESHOLD_BYTES, T_TICK);
      I64(p, T_AMOUNT) = I64(p - THRESHOLD_BYTES, T_AMOUNT);
      p -= THRESHOLD_BYTES;
    }
    I64(p, T_TICK) = tick;
    I64(p, T_AMOUNT) = I64(at, S_DURATION);
    top += THRESHOLD_BYTES;
  }
}

/** Has a member start no earlier than `free` in the time of its snapshot. */
static bool raiseInSnapshot(usize search, usize resource, usize record, i64 free, bool mirrored) {
  usize task = PTR(record, S_TASK);
  return mirrored ? lower(search, task, latestTick(resource, -free) - I64(record, S_DURATION), 0) : raise(search, task, earliestTick(resource, free), 0);
}
