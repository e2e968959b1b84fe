// Exact search: is there a schedule that ends by the target? Failure-directed search (Vilím, Laborie, Shaw 2015) over the orders of
// tasks; with every order decided, each task at its est is a schedule. Few restarts, ratings kept. No clock and no chance: where a
// call ends, the next one goes on.

static const f64 RESTART_GROWTH = 2.5;
static const f64 MAX_RESTART = 1e9;

/** Each task at its est is a schedule, though choices between tasks that may overlap are left. */
static bool holds(usize search) {
  if (U32(search, HARD_COUNT)) return false;
  usize propagator = PTR(search, PROPAGATORS);
  usize end = propagator + (usize)U32(search, PROPAGATOR_COUNT) * PROPAGATOR_BYTES;
  for (; propagator < end; propagator += PROPAGATOR_BYTES) {
    u32 kind = U32(propagator, KIND);
    if (kind == CUMULATIVE && !cumulativeHolds(propagator)) return false;
    if (kind == RESERVOIR && !reservoirHolds(propagator)) return false;
  }
  return true;
}

/** Takes a side at the present depth, and goes one deeper. False on failure, which is counted. */
static bool take(usize search, usize flag) {
  u32 before = U32(search, OPEN_COUNT);
  u32 depth = U32(search, DEPTH);
  U32(search, DEPTH) = depth + 1;
  U32(search, NODES) = U32(search, NODES) + 1;
  forgetChains(search);
  bool open = propagate(search, decide(search, flag));
  f64 local = open ? 1 + (f64)U32(search, OPEN_COUNT) / (f64)before : 0;
  rate(search, choiceOf(search, flag), (flag >> 2) & 1, depth, local);
  if (!open) {
    U32(search, FAILURES) = U32(search, FAILURES) + 1;
    U32(search, SINCE_RESTART) = U32(search, SINCE_RESTART) + 1;
  }
  U32(search, FAILED) = (u32)!open;
  return open;
}

static void restart(usize search) {
  undoAll(search, PTR(search, LEVELS));
  U32(search, FAILED) = 0;
  U32(search, SINCE_RESTART) = 0;
  f64 grown = MIN((f64)U32(search, RESTART_AFTER) * RESTART_GROWTH, MAX_RESTART);
  U32(search, RESTART_AFTER) = (u32)grown;
}

/** Leaves a failed node: takes the other side of the last choice, or restarts, or has refuted the target. */
static void retreat(usize search) {
  usize levels = PTR(search, LEVELS);
  if (PTR(search, LEVEL_TOP) == levels) {
    U32(search, STATUS) = REFUTED;
    return;
  }
  if (U32(search, SINCE_RESTART) >= U32(search, RESTART_AFTER)) {
    restart(search);
    return;
  }
  take(search, undoLevel(search) ^ 4);
}

/** Goes on until something is known, or so many failures or nodes have been spent in this call. Returns the status. */
static u32 run(usize search, u32 failures, u32 nodes) {
  while (U32(search, STATUS) == RUNNING) {
    if (U32(search, FAILURES) >= failures || U32(search, NODES) >= nodes) return LIMIT;
    if (U32(search, FAILED)) {
      retreat(search);
    } else if (holds(search)) {
      U32(search, STATUS) = FOUND;
    } else if (U32(search, OPEN_COUNT) == 0) {
      U32(search, FAILED) = 1;
      U32(search, FAILURES) = U32(search, FAILURES) + 1;
      U32(search, SINCE_RESTART) = U32(search, SINCE_RESTART) + 1;
    } else {
      if (!levelFits(search)) return NEEDS_LEVELS;
      usize flag = pickFlag(search);
      saveLevel(search, flag);
      take(search, flag);
    }
  }
  return U32(search, STATUS);
}
