// Free time of a resource: time without the intervals that are closed to every one of its tasks. No task of it overlaps one, so that whoever
// needs d ticks needs d ticks of free time, and energy is counted there.

/** Free time before `tick`. */
static i64 freeBefore(usize resource, i64 tick) {
  i64 free = tick;
  usize end = PTR(resource, CLOSED_END);
  for (usize p = PTR(resource, CLOSED); p < end; p += CLOSED_BYTES) {
    i64 start = (i64)I32(p, C_START);
    if (start >= tick) break;
    free -= MIN(tick, (i64)I32(p, C_END)) - start;
  }
  return free;
}

/** The earliest tick with that much free time before it. */
static i64 earliestTick(usize resource, i64 free) {
  i64 closed = 0;
  usize end = PTR(resource, CLOSED_END);
  for (usize p = PTR(resource, CLOSED); p < end; p += CLOSED_BYTES) {
    i64 start = (i64)I32(p, C_START);
    if (start - (i64)I32(p, C_BEFORE) >= free) break;
    closed += (i64)I32(p, C_END) - start;
  }
  return free + closed;
}

/** The latest tick with no more free time than that before it. */
static i64 latestTick(usize resource, i64 free) {
  i64 closed = 0;
  usize end = PTR(resource, CLOSED_END);
  for (usize p = PTR(resource, CLOSED); p < end; p += CLOSED_BYTES) {
    i64 start = (i64)I32(p, C_START);
    if (start - (i64)I32(p, C_BEFORE) > free) break;
    closed += (i64)I32(p, C_END) - start;
  }
  return free + closed;
}
