// Simulated annealing over lists (Kirkpatrick, Gelatt, Vecchi 1983) with geometric cooling. The threshold of acceptance is drawn
// before the evaluation, so that an evaluation stops as soon as its makespan alone is past it.

enum { SERIAL = 0 };
enum { EVENT = 1 };

/** What every tick that a resource finishes after the target costs, against 1 of the makespan. */
static const f64 TAIL = 0.05;
/** Temperatures at the beginning and at the end, in parts of the scale. */
static const f64 HOT = 0.003;
static const f64 COLD = 0.00002;

static usize list = 0;
static u32 taskCount = 0;
static u32 resourceCount = 0;
static u32 leftOutCount = 0;
/** Resource that finishes last where the search stands. */
static u32 latest = 0;

/** Evaluates one list; false where it stopped at `limit`. */
static bool evaluate(usize schedule, usize list, i32 scheme, u32 limit) {
  if (scheme == SERIAL) return serial(schedule, list, limit);
  if (scheme == EVENT) return eventDriven(schedule, list, limit);
  return barriers(schedule, list, limit);
}

/** One of the tasks of a resource that finishes late where the search stands, or any task. */
static u32 lateTask(usize schedule) {
  if (resourceCount) {
    u32 choice = nextRandom() & 7;
    u32 resource = latest;
    if (choice >= 3) {
      usize finishes = PTR(schedule, FINISHES);
      resource = randomBelow(resourceCount);
      u32 other = randomBelow(resourceCount);
      if (U32(finishes + ((usize)other << 2), 0) > U32(finishes + ((usize)resource << 2), 0)) resource = other;
    }
    if (choice < 6) {
      usize entry = PTR(schedule, MEMBER_FIRST) + ((usize)resource << 2);
      u32 first = U32(entry, 0);
      u32 count = U32(entry, 4) - first;
      if (count) return U32(PTR(schedule, MEMBERS) + ((usize)(first + randomBelow(count)) << 2), 0);
    }
  }
  return randomBelow(taskCount);
}

static void propose(usize schedule) {
  if (leftOutCount && (nextRandom() & 3) == 0) {
    u32 task = U32(PTR(schedule, LEFT_OUT) + ((usize)randomBelow(leftOutCount) << 2), 0);
    u32 from = placeOf(task);
    if (from) {
      // One after the other: C leaves the order of arguments open.
      u32 to = randomBelow(from);
      moveInList(from, to, (nextRandom() & 1) == 0);
      return;
    }
  }
  u32 from = placeOf(lateTask(schedule));
  if (nextRandom() & 1) {
    u32 to = placeOf(lateTask(schedule));
    if (to != from) {
      moveInList(from, to, true);
      return;
    }
  }
  u32 to = placeNear(from);
  moveInList(from, to, (nextRandom() & 3) == 0);
}

static f64 costOf(usize schedule, u32 target) {
  usize resources = PTR(schedule, RESOURCES);
  u64 tail = 0;
  for (usize r = 0; r < (usize)resourceCount; r++) {
    u32 finish = U32(resources + r * RESOURCE_BYTES, FINISH);
    if (finish > target) tail += (u64)(finish - target);
  }
  return (F64(schedule, UNSCHEDULED_WEIGHT) * F64(schedule, WEIGHT_COST) + (f64)U32(schedule, MAKESPAN) + TAIL * (f64)tail );
}

/** The search now stands at the list evaluated last: notes what the next moves lean on. */
static void settle(usize schedule) {
  usize resources = PTR(schedule, RESOURCES);
  usize finishes = PTR(schedule, FINISHES);
  u32 last = 0;
  latest = 0;
  for (usize r = 0; r < (usize)resourceCount; r++) {
    u32 finish = U32(resources + r * RESOURCE_BYTES, FINISH);
    U32(finishes + (r << 2), 0) = finish;
    if (finish > last) {
      last = finish;
      latest = (u32)r;
    }
  }
  leftOutCount = 0;
  if (F64(schedule, UNSCHEDULED_WEIGHT) == 0) return;
  usize starts = PTR(schedule, START);
  usize leftOut = PTR(schedule, LEFT_OUT);
  for (u32 task = 0; task < taskCount; task++) {
    if (I32(starts + ((usize)task << 2), 0) >= 0) continue;
    U32(leftOut + ((usize)leftOutCount << 2), 0) = task;
    leftOutCount++;
  }
}

static void keepBest(usize schedule, i32 scheme) {
  usize bytes = (usize)taskCount << 2;
  copy(PTR(schedule, BEST_ORDER), list, bytes);
  copy(PTR(schedule, BEST_START), PTR(schedule, START), bytes);
  if (scheme > EVENT) copy(PTR(schedule, BEST_ROUND), PTR(schedule, ROUND), bytes);
}

/**
 * Anneals the list in ORDER, which is left where the search stands; the best schedule is in BEST_ORDER, BEST_START, BEST_ROUND,
 * MAKESPAN and UNSCHEDULED_WEIGHT. Returns the evaluations spent.
 */
static u32 anneal(usize schedule, i32 scheme, u32 evaluations, f64 spent, f64 total, u32 seed, u32 target) {
  list = PTR(schedule, ORDER);
  taskCount = U32(schedule, TASK_COUNT);
  resourceCount = U32(schedule, RESOURCE_COUNT);
  beginMoves(list, PTR(schedule, PLACE), taskCount);
  seedRandom(seed, (u64)spent);

  evaluate(schedule, list, scheme, NEVER);
  settle(schedule);
  keepBest(schedule, scheme);
  f64 cost = costOf(schedule, target);
  u32 makespan = U32(schedule, MAKESPAN);
  f64 unscheduled = F64(schedule, UNSCHEDULED_WEIGHT);
  u32 used = 1;
  f64 hottest = HOT * F64(schedule, SCALE);
  f64 cooling = log(COLD / HOT);
  while (used < evaluations && taskCount > 1) {
    if (unscheduled == 0 && makespan <= target) break;
    propose(schedule);
    f64 temperature = hottest * exp(cooling * MIN(1.0, (spent + (f64)used) / total));
    f64 threshold = cost - temperature * log(randomFraction());
    used++;
    bool complete = evaluate(schedule, list, scheme, threshold < (f64)NEVER ? (u32)threshold : NEVER);
    if (!complete) {
      undoInList();
      continue;
    }
    f64 reached = costOf(schedule, target);
    f64 weight = F64(schedule, UNSCHEDULED_WEIGHT);
    u32 end = U32(schedule, MAKESPAN);
    if (weight < unscheduled || (weight == unscheduled && end < makespan)) {
      unscheduled = weight;
      makespan = end;
      keepBest(schedule, scheme);
    }
    if (reached <= threshold) {
      cost = reached;
      settle(schedule);
    } else {
      undoInList();
    }
  }
  U32(schedule, MAKESPAN) = makespan;
  F64(schedule, UNSCHEDULED_WEIGHT) = unscheduled;
  return used;
}
