// Propagation to the fixpoint: links between pairs first, then one unary resource, then, when those rest, one of the others.

/** The task's est has risen: those decided to follow it follow, and those that can no longer follow come first. */
static bool carryEst(usize search, usize task) {
  i64 est = (i64)I32(task, EST);
  u32 chain = U32(task, EST_CHAIN) + 1;
  usize end = PTR(task, LINKS_END);
  for (usize p = PTR(task, LINKS); p < end; p += LINK_BYTES) {
    usize flag = PTR(p, FLAG);
    usize other = PTR(p, OTHER);
    i64 follow = est + (i64)I32(p, LAG_OUT);
    if (U32(flag, 0)) {
      if (follow > (i64)I32(other, EST) && !raise(search, other, follow, chain)) return false;
    } else if (follow > (i64)I32(other, LST) && !U32(flag ^ 4, 0)) {
      if (!decide(search, flag ^ 4)) return false;
    }
  }
  return true;
}

static bool carryLst(usize search, usize task) {
  i64 lst = (i64)I32(task, LST);
  u32 chain = U32(task, LST_CHAIN) + 1;
  usize end = PTR(task, LINKS_END);
  for (usize p = PTR(task, LINKS); p < end; p += LINK_BYTES) {
    usize flag = PTR(p, FLAG);
    usize other = PTR(p, OTHER);
    i64 precede = lst - (i64)I32(p, LAG_IN);
    if (U32(flag ^ 4, 0)) {
      if (precede < (i64)I32(other, LST) && !lower(search, other, precede, chain)) return false;
    } else if (precede < (i64)I32(other, EST) && !U32(flag, 0)) {
      if (!decide(search, flag)) return false;
    }
  }
  return true;
}

static bool carryTasks(usize search) {
  usize ring = PTR(search, TASK_RING);
  u32 mask = U32(search, TASK_RING_MASK);
  for (;;) {
    u32 head = U32(search, TASK_HEAD);
    if (head == U32(search, TASK_TAIL)) return true;
    U32(search, TASK_HEAD) = (head + 1) & mask;
    usize task = PTR(ring + (((usize)head) << 2), 0);
    u32 queued = U32(task, QUEUED);
    U32(task, QUEUED) = 0;
    if (queued & 1 && !carryEst(search, task)) return false;
    if (queued & 2 && !carryLst(search, task)) return false;
  }
}

static usize shiftUnary(usize search) {
  u32 head = U32(search, UNARY_HEAD);
  U32(search, UNARY_HEAD) = (head + 1) & U32(search, PROPAGATOR_RING_MASK);
  usize propagator = PTR(PTR(search, UNARY_RING) + (((usize)head) << 2), 0);
  U32(propagator, WAITING) = 0;
  return propagator;
}

static usize shiftOther(usize search) {
  u32 head = U32(search, OTHER_HEAD);
  U32(search, OTHER_HEAD) = (head + 1) & U32(search, PROPAGATOR_RING_MASK);
  usize propagator = PTR(PTR(search, OTHER_RING) + (((usize)head) << 2), 0);
  U32(propagator, WAITING) = 0;
  return propagator;
}

static bool propagateOther(usize search, usize propagator) {
  return U32(propagator, KIND) == CUMULATIVE ? propagateCumulative(search, propagator) : propagateReservoir(search, propagator);
}

// Runs that a propagation grants to each unary resource and to each of the others, on average. Rules can drive bounds round in a circle a
// tick at a time; links cannot (raise), and only they must reach the fixpoint: rules save search, they are not what makes a
// schedule one.
enum { UNARY_RUNS = 200 };
enum { OTHER_RUNS = 20 };

/**
 * Carries what is queued to the fixpoint. False where no schedule is left, as where `consistent` says so beforehand. The queues are
 * empty either way.
 */
static bool propagate(usize search, bool consistent) {
  i32 unaryRuns = UNARY_RUNS * U32(search, PROPAGATOR_COUNT);
  i32 otherRuns = OTHER_RUNS * U32(search, PROPAGATOR_COUNT);
  while (consistent && carryTasks(search)) {
    if (U32(search, UNARY_HEAD) != U32(search, UNARY_TAIL)) {
      usize resource = shiftUnary(search);
      if (unaryRuns == 0) continue;
      unaryRuns--;
      if (!propagateUnary(search, resource)) break;
    } else if (U32(search, OTHER_HEAD) != U32(search, OTHER_TAIL)) {
      usize propagator = shiftOther(search);
      if (otherRuns == 0) continue;
      otherRuns--;
      if (!propagateOther(search, propagator)) break;
    } else return true;
  }
  clearQueues(search);
  return false;
}
