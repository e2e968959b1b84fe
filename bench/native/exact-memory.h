// Propagation on a reservoir of memory: the balance at each arrival (Laborie 2003). A departure gives its memory back at its end, an
// arrival takes it from its start on; at one instant ends count before starts. Of arrivals that start together the last in the
// decided order sees all, so that one order of them speaks for every tie.

static i64 earliestEnd(usize task) {
  return (i64)I32(task, EST) + (i64)I32(task, DURATION);
}

/** Writes the departures to THRESHOLDS by ascending earliest end: the tick, and the task's number among them. */
static void sortLeavers(usize search, usize reservoir) {
  usize first = PTR(search, THRESHOLDS);
  usize leavers = PTR(reservoir, LEAVERS);
  usize count = (usize)U32(reservoir, LEAVER_COUNT);
  for (usize j = 0; j < count; j++) {
    i64 tick = earliestEnd(PTR(leavers + (j << 2), 0));
    usize p = first + j * THRESHOLD_BYTES;
    while (p > first && I64(p - THRESHOLD_BYTES, T_TICK) > tick) {
      I64(p, T_TICK) = I64(p - THRESHOLD_BYTES, T_TICK);
      I64(p, T_AMOUNT) = I64(p - THRESHOLD_BYTES, T_AMOUNT);
      p -= THRESHOLD_BYTES;
    }
    I64(p, T_TICK) = tick;
    I64(p, T_AMOUNT) = (i64)j;
  }
}

/** At the latest start of the arrival: what has arrived for certain against what may have left. */
static f64 certainBalance(usize reservoir, usize arrival) {
  i64 tick = (i64)I32(arrival, LST);
  f64 balance = F64(reservoir, FREE);
  usize members = PTR(reservoir, MEMBERS);
  usize membersEnd = members + (((usize)U32(reservoir, MEMBER_COUNT)) << 2);
  for (usize p = members; p < membersEnd; p += 4) {
    usize task = PTR(p, 0);
    if ((i64)I32(task, LST) <= tick) balance -= F64(task, MEMORY);
  }
  usize leavers = PTR(reservoir, LEAVERS);
  usize leaversEnd = leavers + (((usize)U32(reservoir, LEAVER_COUNT)) << 2);
  for (usize p = leavers; p < leaversEnd; p += 4) {
    usize task = PTR(p, 0);
    if (earliestEnd(task) <= tick) balance += F64(task, MEMORY);
  }
  return balance;
}

/** The balance as one arrival finds it; `row` its flags, one for each arrival and departure: counted at its start. */
static bool balanceAt(usize search, usize reservoir, usize arrival, usize row) {
  usize members = PTR(reservoir, MEMBERS);
  usize memberBytes = ((usize)U32(reservoir, MEMBER_COUNT)) << 2;
  usize leavers = PTR(reservoir, LEAVERS);
  usize leaverCount = (usize)U32(reservoir, LEAVER_COUNT);
  usize leaverRow = row + memberBytes;

  f64 wanted = -F64(reservoir, FREE);
  for (usize k = 0; k < memberBytes; k += 4) {
    if (U32(PTR(row + k, 0), 0)) wanted += F64(PTR(members + k, 0), MEMORY);
  }
  // In the order of their ends: the departures that are not decided to come too late.
  f64 given = 0;
  i64 ready = INT64_MIN;
  usize sorted = PTR(search, THRESHOLDS);
  usize sortedEnd = sorted + leaverCount * THRESHOLD_BYTES;
  for (usize p = sorted; p < sortedEnd; p += THRESHOLD_BYTES) {
    usize j = ((usize)I64(p, T_AMOUNT)) << 2;
    if (U32(PTR(leaverRow + j, 0) ^ 4, 0)) continue;
    if (given < wanted) ready = I64(p, T_TICK);
    given += F64(PTR(leavers + j, 0), MEMORY);
  }
  f64 slack = given - wanted;
  if (slack < 0 || !raise(search, arrival, ready, 0)) return false;

  for (usize k = 0; k < memberBytes; k += 4) {
    usize flag = PTR(row + k, 0);
    if (U64(flag & ~7, 0) == 0 && F64(PTR(members + k, 0), MEMORY) > slack) {
      if (!decide(search, flag ^ 4)) return false;
    }
  }
  for (usize j = 0; j < leaverCount << 2; j += 4) {
    usize flag = PTR(leaverRow + j, 0);
    if (U64(flag & ~7, 0) == 0 && F64(PTR(leavers + j, 0), MEMORY) > slack) {
      if (!decide(search, flag)) return false;
    }
  }
  return true;
}

static bool propagateReservoir(usize search, usize reservoir) {
  sortLeavers(search, reservoir);
  usize members = PTR(reservoir, MEMBERS);
  usize count = (usize)U32(reservoir, MEMBER_COUNT);
  usize rowBytes = (count + (usize)U32(reservoir, LEAVER_COUNT)) << 2;
  usize row = PTR(reservoir, PAIRS);
  for (usize i = 0; i < count; i++, row += rowBytes) {
    usize arrival = PTR(members + (i << 2), 0);
    if (certainBalance(reservoir, arrival) < 0) return false;
    if (!balanceAt(search, reservoir, arrival, row)) return false;
  }
  return true;
}

/** Memory suffices at every instant when each task starts at its est. */
static bool reservoirHolds(usize reservoir) {
  usize members = PTR(reservoir, MEMBERS);
  usize membersEnd = members + (((usize)U32(reservoir, MEMBER_COUNT)) << 2);
  usize leavers = PTR(reservoir, LEAVERS);
  usize leaversEnd = leavers + (((usize)U32(reservoir, LEAVER_COUNT)) << 2);
  for (usize i = members; i < membersEnd; i += 4) {
    i64 tick = (i64)I32(PTR(i, 0), EST);
    f64 balance = F64(reservoir, FREE);
    for (usize p = members; p < membersEnd; p += 4) {
      usize task = PTR(p, 0);
      if ((i64)I32(task, EST) <= tick) balance -= F64(task, MEMORY);
    }
    for (usize p = leavers; p < leaversEnd; p += 4) {
      usize task = PTR(p, 0);
      if (earliestEnd(task) <= tick) balance += F64(task, MEMORY);
    }
    if (balance < 0) return false;
  }
  return true;
}
