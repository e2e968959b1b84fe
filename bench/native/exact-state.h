// The state of the exact search: bounds on starts, decisions, the queues that carry their consequences, and saved levels.

static void wake(usize search, usize propagator) {
  if (U32(propagator, WAITING)) return;
  U32(propagator, WAITING) = 1;
  u32 mask = U32(search, PROPAGATOR_RING_MASK);
  if (U32(propagator, KIND) == UNARY) {
    u32 tail = U32(search, UNARY_TAIL);
    U32(PTR(search, UNARY_RING) + (((usize)tail) << 2), 0) = (u32)propagator;
    U32(search, UNARY_TAIL) = (tail + 1) & mask;
  } else {
    u32 tail = U32(search, OTHER_TAIL);
    U32(PTR(search, OTHER_RING) + (((usize)tail) << 2), 0) = (u32)propagator;
    U32(search, OTHER_TAIL) = (tail + 1) & mask;
  }
}

/** Has the change of a bound (bit 0: est, bit 1: lst) carried on. */
static void touch(usize search, usize task, u32 bit) {
  u32 queued = U32(task, QUEUED);
  U32(task, QUEUED) = queued | bit;
  if (!queued) {
    u32 tail = U32(search, TASK_TAIL);
    U32(PTR(search, TASK_RING) + (((usize)tail) << 2), 0) = (u32)task;
    U32(search, TASK_TAIL) = (tail + 1) & U32(search, TASK_RING_MASK);
  }
  for (usize p = task + WATCHERS; p < task + WATCHERS_END; p += 4) {
    usize propagator = PTR(p, 0);
    if (!propagator) break;
    wake(search, propagator);
  }
}

/** The interval of forbidden starts that holds `tick`, or else the first one after it. */
static usize startsAt(usize task, i64 tick) {
  usize p = PTR(task, STARTS);
  while ((i64)I32(p, 0) > tick) p -= 8;
  while ((i64)I32(p, 4) < tick) p += 8;
  U32(task, STARTS) = (u32)p;
  return p;
}

/**
 * Raises a task's est to at least `tick`, clear of its forbidden starts. `chain`: arcs in a row by which it was raised. More than there are
 * tasks is a cycle that would go round until the bounds cross, a tick at a time in the worst case. False where none is left.
 */
static bool raise(usize search, usize task, i64 tick, u32 chain) {
  if (tick <= (i64)I32(task, EST)) return true;
  if (tick > (i64)I32(task, LST)) return false;
  usize p = startsAt(task, tick);
  if ((i64)I32(p, 0) <= tick) {
    tick = (i64)I32(p, 4) + 1;
    chain = 0;
  }
  if (tick > (i64)I32(task, LST) || chain > U32(search, TASK_COUNT)) return false;
  I32(task, EST) = (i32)tick;
  U32(task, EST_CHAIN) = chain;
  touch(search, task, 1);
  return true;
}

/** The same backwards: lowers a task's lst to at most `tick`. */
static bool lower(usize search, usize task, i64 tick, u32 chain) {
  if (tick >= (i64)I32(task, LST)) return true;
  if (tick < (i64)I32(task, EST)) return false;
  usize p = startsAt(task, tick);
  if ((i64)I32(p, 0) <= tick) {
    tick = (i64)I32(p, 0) - 1;
    chain = 0;
  }
  if (tick < (i64)I32(task, EST) || chain > U32(search, TASK_COUNT)) return false;
  I32(task, LST) = (i32)tick;
  U32(task, LST_CHAIN) = chain;
  touch(search, task, 2);
  return true;
}

static usize choiceOf(usize search, usize flag) {
  return PTR(search, CHOICES) + (((flag - PTR(search, FLAGS)) >> 3) << CHOICE_SHIFT);
}

/** Sets a flag: takes one side of a choice. False where the other side is taken, or the bounds cross. */
static bool decide(usize search, usize flag) {
  if (U32(flag, 0)) return true;
  if (U32(flag ^ 4, 0)) return false;
  U32(flag, 0) = 1;
  usize choice = choiceOf(search, flag);
  usize side = flag & 4;
  U8(PTR(choice + side, CELL_FIRST), 0) = 1;
  U8(PTR(choice + side, CELL_SECOND), 0) = 1;

  u32 count = U32(search, DECIDED_COUNT);
  U32(PTR(search, DECIDED) + (((usize)count) << 2), 0) = (u32)flag;
  U32(search, DECIDED_COUNT) = count + 1;
  usize open = PTR(search, OPEN);
  u32 left = U32(search, OPEN_COUNT) - 1;
  usize slot = PTR(choice, SLOT);
  usize lastSlot = ((usize)left) << 2;
  usize last = PTR(open + lastSlot, 0);
  U32(open + slot, 0) = (u32)last;
  U32(last, SLOT) = (u32)slot;
  U32(open + lastSlot, 0) = (u32)choice;
  U32(choice, SLOT) = (u32)lastSlot;
  U32(search, OPEN_COUNT) = left;
  U32(search, HARD_COUNT) = U32(search, HARD_COUNT) - U32(choice, HARD);

  for (usize p = choice + READERS; p < choice + READERS_END; p += 4) {
    usize propagator = PTR(p, 0);
    if (!propagator) break;
    wake(search, propagator);
  }
  usize first = side ? PTR(choice, TASK_B) : PTR(choice, TASK_A);
  usize second = side ? PTR(choice, TASK_A) : PTR(choice, TASK_B);
  i64 lag = (i64)I32(choice + side, LAG);
  return (raise(search, second, (i64)I32(first, EST) + lag, U32(first, EST_CHAIN) + 1) && lower(search, first, (i64)I32(second, LST) - lag, U32(second, LST_CHAIN) + 1) );
}

/** Before a propagation: no bound has been moved by an arc yet. */
static void forgetChains(usize search) {
  usize task = PTR(search, TASKS);
  usize end = task + (usize)U32(search, TASK_COUNT) * TASK_BYTES;
  for (; task < end; task += TASK_BYTES) {
    U32(task, EST_CHAIN) = 0;
    U32(task, LST_CHAIN) = 0;
  }
}

/** Empties the queues that a failed propagation has left. */
static void clearQueues(usize search) {
  u32 taskMask = U32(search, TASK_RING_MASK);
  usize tasks = PTR(search, TASK_RING);
  for (u32 at = U32(search, TASK_HEAD); at != U32(search, TASK_TAIL); at = (at + 1) & taskMask) {
    U32(PTR(tasks + (((usize)at) << 2), 0), QUEUED) = 0;
  }
  U32(search, TASK_HEAD) = U32(search, TASK_TAIL);
  u32 mask = U32(search, PROPAGATOR_RING_MASK);
  usize unary = PTR(search, UNARY_RING);
  for (u32 at = U32(search, UNARY_HEAD); at != U32(search, UNARY_TAIL); at = (at + 1) & mask) {
    U32(PTR(unary + (((usize)at) << 2), 0), WAITING) = 0;
  }
  U32(search, UNARY_HEAD) = U32(search, UNARY_TAIL);
  usize other = PTR(search, OTHER_RING);
  for (u32 at = U32(search, OTHER_HEAD); at != U32(search, OTHER_TAIL); at = (at + 1) & mask) {
    U32(PTR(other + (((usize)at) << 2), 0), WAITING) = 0;
  }
  U32(search, OTHER_HEAD) = U32(search, OTHER_TAIL);
}

static usize levelBytes(usize search) {
  return LEVEL_BYTES + (((usize)U32(search, TASK_COUNT)) << 3);
}

static bool levelFits(usize search) {
  return PTR(search, LEVEL_TOP) + levelBytes(search) <= PTR(search, LEVELS_END);
}

/** Saves the state before `flag` is set. */
static void saveLevel(usize search, usize flag) {
  usize level = PTR(search, LEVEL_TOP);
  U32(level, L_FLAG) = (u32)flag;
  U32(level, L_DEPTH) = U32(search, DEPTH);
  U32(level, L_OPEN) = U32(search, OPEN_COUNT);
  U32(level, L_HARD) = U32(search, HARD_COUNT);
  U32(level, L_DECIDED) = U32(search, DECIDED_COUNT);
  usize top = level + levelBytes(search);
  usize task = PTR(search, TASKS);
  for (usize p = level + LEVEL_BYTES; p < top; p += 8, task += TASK_BYTES) U64(p, 0) = U64(task, 0);
  U32(search, LEVEL_TOP) = (u32)top;
}

/** Goes back to the state that was saved at `level`, and forgets that level and those after it. */
static void restore(usize search, usize level) {
  usize decided = PTR(search, DECIDED);
  u32 kept = U32(level, L_DECIDED);
  for (u32 at = kept; at < U32(search, DECIDED_COUNT); at++) {
    usize flag = PTR(decided + (((usize)at) << 2), 0);
    usize choice = choiceOf(search, flag);
    usize side = flag & 4;
    U32(flag, 0) = 0;
    U8(PTR(choice + side, CELL_FIRST), 0) = 0;
    U8(PTR(choice + side, CELL_SECOND), 0) = 0;
  }
  U32(search, DECIDED_COUNT) = kept;
  U32(search, OPEN_COUNT) = U32(level, L_OPEN);
  U32(search, HARD_COUNT) = U32(level, L_HARD);
  U32(search, DEPTH) = U32(level, L_DEPTH);
  usize end = level + levelBytes(search);
  usize task = PTR(search, TASKS);
  for (usize p = level + LEVEL_BYTES; p < end; p += 8, task += TASK_BYTES) U64(task, 0) = U64(p, 0);
  U32(search, LEVEL_TOP) = (u32)level;
}

/** Undoes the last level; its flag. */
static usize undoLevel(usize search) {
  usize level = PTR(search, LEVEL_TOP) - levelBytes(search);
  restore(search, level);
  return PTR(level, L_FLAG);
}

static void undoAll(usize search, usize levels) {
  if (PTR(search, LEVEL_TOP) > levels) restore(search, levels);
}
