// Event-driven schedule generation (Kolisch 1996: the parallel scheme, non-delay): time runs over the ends of tasks and of forbidden
// intervals; at each instant the list is scanned and whatever can start starts. A task that lacks nothing but memory reserves its
// target's memory against lower ones for that scan, or a large one would wait for ever.
//
// A scan looks only at tasks for which something has changed since they were last turned down: their predecessor or their forbidden
// interval has ended, memory was what they lacked (those at every scan, for they may reserve), or both their resources have room again.
// Of tasks that share both resources only the first is looked at, and the next one where that leaves room for it. List positions are
// bits, so that what is to be looked at comes out in list order; a bit of the summary stands for 64 positions, so that a scan costs
// what it finds.

static usize starts = 0;
static usize waiting = 0;
/** To be looked at in this scan, or the next one. */
static usize candidates = 0;
/** A bit for each word of the candidates in which there are any. */
static usize summary = 0;
static usize summaryEnd = 0;
/** Positions of those that were turned down in the last scan for memory or for a reservation. */
static usize hungry = 0;
static usize hungryCount = 0;
static u32 horizon = 0;
static u32 now = 0;
static u32 scans = 0;
static u32 running = 0;
static u32 makespan = 0;
static u32 placed = 0;
/** A reservation alone kept some task from starting in the last scan. */
static bool heldBack = false;

static void eventInsert(usize position) {
  usize index = position >> 6;
  U64(candidates + (index << 3), 0) |= ((u64)1) << (position & 63);
  U64(summary + ((index >> 6) << 3), 0) |= ((u64)1) << (index & 63);
}

static void resetResources(usize schedule) {
  usize setBytes = (usize)U32(schedule, SCHEDULE_SET_WORDS) << 3;
  candidates = PTR(schedule, SCHEDULE_SETS);
  summary = candidates + setBytes;
  summaryEnd = summary + (((setBytes >> 9) + 1) << 3);
  hungry = summaryEnd;
  hungryCount = 0;
  fill(candidates, 0, summaryEnd - candidates);
  usize resource = PTR(schedule, SCHEDULE_RESOURCES);
  usize end = resource + (usize)U32(schedule, SCHEDULE_RESOURCE_COUNT) * RESOURCE_BYTES;
  for (; resource < end; resource += RESOURCE_BYTES) {
    U32(resource, RESOURCE_IN_USE) = 0;
    U32(resource, RESOURCE_FINISH) = 0;
    U32(resource, RESOURCE_NEIGHBOURS_LIVE) = U32(resource, RESOURCE_NEIGHBOURS_END);
  }
  usize pairs = PTR(schedule, SCHEDULE_PAIRS);
  fill(pairs, 0, PTR(schedule, SCHEDULE_PAIRS_END) - pairs);
}

static void appendToPair(usize pair, usize task) {
  usize last = PTR(pair, PAIR_LAST);
  U32(task, TASK_PREVIOUS_OF_PAIR) = (u32)last;
  U32(task, TASK_NEXT_OF_PAIR) = 0;
  if (last) U32(last, TASK_NEXT_OF_PAIR) = (u32)task;
  else U32(pair, PAIR_FIRST) = (u32)task;
  U32(pair, PAIR_LAST) = (u32)task;
}

static void removeFromPair(usize pair, usize task) {
  usize next = PTR(task, TASK_NEXT_OF_PAIR);
  usize previous = PTR(task, TASK_PREVIOUS_OF_PAIR);
  if (previous) U32(previous, TASK_NEXT_OF_PAIR) = (u32)next;
  else U32(pair, PAIR_FIRST) = (u32)next;
  if (next) U32(next, TASK_PREVIOUS_OF_PAIR) = (u32)previous;
  else U32(pair, PAIR_LAST) = (u32)previous;
}

/** Fills the reservoirs; also the `rounds` scheme's. */
static void resetReservoirs(usize schedule) {
  usize free = PTR(schedule, SCHEDULE_FREE_MEMORY);
  usize reservoir = PTR(schedule, SCHEDULE_RESERVOIRS);
  usize end = reservoir + (usize)U32(schedule, SCHEDULE_RESERVOIR_COUNT) * RESERVOIR_BYTES;
  for (; reservoir < end; reservoir += RESERVOIR_BYTES) {
    F64(reservoir, RESERVOIR_FREE) = F64(free, 0);
    U32(reservoir, RESERVOIR_RESERVED) = 0;
    free += 8;
  }
}

static void resetTasks(usize schedule, usize order) {
  usize count = (usize)U32(schedule, SCHEDULE_TASK_COUNT);
  usize tasks = PTR(schedule, SCHEDULE_TASKS);
  for (usize position = 0; position < count; position++) {
    usize task = tasks + PTR(order + (position << 2), 0) * TASK_BYTES;
    U32(waiting + (position << 2), 0) = (u32)task;
    U32(task, TASK_POSITION) = (u32)position;
    U32(task, TASK_END) = PENDING;
    U32(task, TASK_WAKE) = 0;
    U32(task, TASK_WINDOW_CURSOR) = (u32)(PTR(task, TASK_WINDOWS));
    I32(starts + PTR(task, TASK_SLOT), 0) = -1;
    usize pair = PTR(task, TASK_PAIR);
    if (!pair) eventInsert(position);
    else {
      if (!U32(pair, PAIR_FIRST)) eventInsert(position);
      appendToPair(pair, task);
    }
  }
}

static void start(usize task) {
  u32 end = now + U32(task, TASK_DURATION);
  usize pair = PTR(task, TASK_PAIR);
  if (pair) removeFromPair(pair, task);
  U32(starts + PTR(task, TASK_SLOT), 0) = now;
  usize a = PTR(task, TASK_ROOM_A);
  usize b = PTR(task, TASK_ROOM_B);
  if (a) {
    U32(a, RESOURCE_IN_USE) += 1;
    U32(a, RESOURCE_FINISH) = MAX(U32(a, RESOURCE_FINISH), end);
  }
  if (b) {
    U32(b, RESOURCE_IN_USE) += 1;
    U32(b, RESOURCE_FINISH) = MAX(U32(b, RESOURCE_FINISH), end);
  }
  usize target = PTR(task, TASK_MEMORY_TO);
  if (target) F64(target, RESERVOIR_FREE) = F64(target, RESERVOIR_FREE) - F64(task, TASK_MEMORY);
  placed++;
  makespan = MAX(makespan, end);
  running++;
  enqueue(end, (u32)task);
}

static bool hasRoom(usize resource) { return !resource || U32(resource, RESOURCE_IN_USE) < U32(resource, RESOURCE_CAPACITY); }

/** Looks at one task; true where it started. */
static bool consider(usize task, usize position, bool reserving) {
  usize p = PTR(task, TASK_BEFORE);
  if (p) {
    for (usize predecessor = PTR(p, 0); predecessor; p += 4, predecessor = PTR(p, 0)) {
      if (U32(predecessor, TASK_END) == PENDING) return false;
    }
  }
  if (!hasRoom(PTR(task, TASK_ROOM_A)) || !hasRoom(PTR(task, TASK_ROOM_B))) return false;

  u32 duration = U32(task, TASK_DURATION);
  usize window = PTR(task, TASK_WINDOW_CURSOR);
  while (U32(window, 4) <= now) window += 8;
  U32(task, TASK_WINDOW_CURSOR) = (u32)window;
  if (U32(window, 0) < now + duration) {
    u32 tick;
    do {
      tick = U32(window, 4);
      window += 8;
    } while (U32(window, 0) < tick + duration);
    // The answer is the same until that tick comes, so one entry in the queue is enough.
    if (tick + duration <= horizon && U32(task, TASK_WAKE) != tick) {
      U32(task, TASK_WAKE) = tick;
      enqueue(tick, (u32)task | 1);
    }
    return false;
  }
  if (now + duration > horizon) return false;

  usize target = PTR(task, TASK_MEMORY_TO);
  if (target) {
    if (F64(task, TASK_MEMORY) > F64(target, RESERVOIR_FREE)) {
      if (reserving) U32(target, RESERVOIR_RESERVED) = scans;
      U32(hungry + (hungryCount++ << 2), 0) = (u32)position;
      return false;
    }
    if (reserving && U32(target, RESERVOIR_RESERVED) == scans) {
      heldBack = true;
      U32(hungry + (hungryCount++ << 2), 0) = (u32)position;
      return false;
    }
  }
  start(task);
  return true;
}

/** Looks at every candidate and every hungry task in list order; true where one started. */
static bool scan(bool reserving) {
  scans++;
  heldBack = false;
  bool started = false;
  for (usize h = 0; h < hungryCount; h++) eventInsert(PTR(hungry + (h << 2), 0));
  hungryCount = 0;
  for (usize group = summary, words = candidates; group < summaryEnd; group += 8, words += 512) {
    u64 present = U64(group, 0);
    while (present) {
      usize word = words + ((usize)__builtin_ctzll(present) << 3);
      u64 bits = U64(word, 0);
      usize position = ((word - candidates) << 3) + (usize)__builtin_ctzll(bits);
      bits &= bits - 1;
      U64(word, 0) = bits;
      if (!bits) U64(group, 0) = present & (present - 1);
      usize task = PTR(waiting + (position << 2), 0);
      usize next = PTR(task, TASK_NEXT_OF_PAIR);
      if (consider(task, position, reserving)) started = true;
      // What follows it in its pair stands behind it in the list too: this scan comes to it.
      if (next && hasRoom(PTR(task, TASK_ROOM_A)) && hasRoom(PTR(task, TASK_ROOM_B))) eventInsert(U32(next, TASK_POSITION));
      present = U64(group, 0);
    }
  }
  return started;
}

static void release(usize resource) {
  u32 inUse = U32(resource, RESOURCE_IN_USE);
  U32(resource, RESOURCE_IN_USE) = inUse - 1;
  // The workloads hold one unit of each of two resources at most.
  if (inUse < U32(resource, RESOURCE_CAPACITY)) return;
  usize at = PTR(resource, RESOURCE_NEIGHBOURS);
  usize end = PTR(resource, RESOURCE_NEIGHBOURS_LIVE);
  while (at < end) {
    if (hasRoom(PTR(at, NEIGHBOUR_OTHER))) {
      usize first = PTR(PTR(at, NEIGHBOUR_PAIR), PAIR_FIRST);
      if (first) eventInsert(U32(first, TASK_POSITION));
      else {
        // All its tasks have started: it changes places with the last one. The order plays no part.
        end -= NEIGHBOUR_BYTES;
        u32 other = U32(end, NEIGHBOUR_OTHER), pair = U32(end, NEIGHBOUR_PAIR);
        U32(end, NEIGHBOUR_OTHER) = U32(at, NEIGHBOUR_OTHER);
        U32(end, NEIGHBOUR_PAIR) = U32(at, NEIGHBOUR_PAIR);
        U32(at, NEIGHBOUR_OTHER) = other;
        U32(at, NEIGHBOUR_PAIR) = pair;
        continue;
      }
    }
    at += NEIGHBOUR_BYTES;
  }
  U32(resource, RESOURCE_NEIGHBOURS_LIVE) = (u32)end;
}

/** The task is over: what it held is free again, and what waited for that gets looked at. */
static void finish(usize task) {
  running--;
  U32(task, TASK_END) = now;
  usize a = PTR(task, TASK_ROOM_A);
  if (a) release(a);
  usize b = PTR(task, TASK_ROOM_B);
  if (b) release(b);
  usize source = PTR(task, TASK_MEMORY_FROM);
  if (source) F64(source, RESERVOIR_FREE) = F64(source, RESERVOIR_FREE) + F64(task, TASK_MEMORY);
  usize s = PTR(task, TASK_BEHIND);
  if (s) {
    for (usize successor = PTR(s, 0); successor; s += 4, successor = PTR(s, 0)) eventInsert(U32(successor, TASK_POSITION));
  }
}

/** False, with results undefined, as soon as the makespan exceeds `limit`. */
static bool eventDriven(usize schedule, usize order, u32 limit) {
  starts = PTR(schedule, SCHEDULE_START);
  waiting = PTR(schedule, SCHEDULE_WAITING);
  horizon = U32(schedule, SCHEDULE_HORIZON);
  now = 0;
  scans = 0;
  running = 0;
  makespan = 0;
  placed = 0;
  resetQueue(PTR(schedule, SCHEDULE_QUEUE));
  resetResources(schedule);
  resetReservoirs(schedule);
  resetTasks(schedule, order);
  usize windowEnd = PTR(schedule, SCHEDULE_WINDOW_ENDS);
  for (;;) {
    if (!scan(true) && !running && heldBack) scan(false);
    if (makespan > limit) return false;
    u32 tick = nextTick();
    if (heldBack) {
      // Who reserved may have come up against a forbidden interval or the horizon: that frees the others at any instant.
      while (U32(windowEnd, 0) <= now) windowEnd += 4;
      tick = MIN(tick, U32(windowEnd, 0));
    }
    if (tick == NEVER) break;
    now = tick;
    while (nextTick() == now) {
      usize item = (usize)dequeue();
      usize task = item & ~1;
      if (item & 1) eventInsert(U32(task, TASK_POSITION));
      else finish(task);
    }
  }
  report(schedule, makespan, placed);
  return true;
}
