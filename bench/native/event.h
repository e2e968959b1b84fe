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
  usize setBytes = (usize)U32(schedule, SET_WORDS) << 3;
  candidates = PTR(schedule, SETS);
  summary = candidates + setBytes;
  summaryEnd = summary + (((setBytes >> 9) + 1) << 3);
  hungry = summaryEnd;
  hungryCount = 0;
  fill(candidates, 0, summaryEnd - candidates);
  usize resource = PTR(schedule, RESOURCES);
  usize end = resource + (usize)U32(schedule, RESOURCE_COUNT) * RESOURCE_BYTES;
  for (; resource < end; resource += RESOURCE_BYTES) {
    U32(resource, IN_USE) = 0;
    U32(resource, FINISH) = 0;
    U32(resource, NEIGHBOURS_LIVE) = U32(resource, NEIGHBOURS_END);
  }
  usize pairs = PTR(schedule, PAIRS);
  fill(pairs, 0, PTR(schedule, PAIRS_END) - pairs);
}

static void appendToPair(usize pair, usize task) {
  usize last = PTR(pair, PAIR_LAST);
  U32(task, PAIR_PREVIOUS) = (u32)last;
  U32(task, PAIR_NEXT) = 0;
  if (last) U32(last, PAIR_NEXT) = (u32)task;
  else U32(pair, PAIR_FIRST) = (u32)task;
  U32(pair, PAIR_LAST) = (u32)task;
}

static void removeFromPair(usize pair, usize task) {
  usize next = PTR(task, PAIR_NEXT);
  usize previous = PTR(task, PAIR_PREVIOUS);
  if (previous) U32(previous, PAIR_NEXT) = (u32)next;
  else U32(pair, PAIR_FIRST) = (u32)next;
  if (next) U32(next, PAIR_PREVIOUS) = (u32)previous;
  else U32(pair, PAIR_LAST) = (u32)previous;
}

/** Fills the reservoirs; also the `rounds` scheme's. */
static void resetReservoirs(usize schedule) {
  usize free = PTR(schedule, FREE_MEMORY);
  usize reservoir = PTR(schedule, RESERVOIRS);
  usize end = reservoir + (usize)U32(schedule, RESERVOIR_COUNT) * RESERVOIR_BYTES;
  for (; reservoir < end; reservoir += RESERVOIR_BYTES) {
    F64(reservoir, FREE) = F64(free, 0);
    U32(reservoir, RESERVED) = 0;
    free += 8;
  }
}

static void resetTasks(usize schedule, usize order) {
  usize count = (usize)U32(schedule, TASK_COUNT);
  usize tasks = PTR(schedule, TASKS);
  for (usize position = 0; position < count; position++) {
    usize task = tasks + (PTR(order + (position << 2), 0) << TASK_SHIFT);
    U32(waiting + (position << 2), 0) = (u32)task;
    U32(task, POSITION) = (u32)position;
    U32(task, END) = PENDING;
    U32(task, WAKE) = 0;
    U32(task, WINDOW_CURSOR) = (u32)(PTR(task, WINDOWS));
    I32(starts + PTR(task, SLOT), 0) = -1;
    usize pair = PTR(task, PAIR);
    if (!pair) eventInsert(position);
    else {
      if (!U32(pair, PAIR_FIRST)) eventInsert(position);
      appendToPair(pair, task);
    }
  }
}

static void start(usize task) {
  u32 end = now + U32(task, DURATION);
  usize pair = PTR(task, PAIR);
  if (pair) removeFromPair(pair, task);
  U32(starts + PTR(task, SLOT), 0) = now;
  usize a = PTR(task, ROOM_A);
  usize b = PTR(task, ROOM_B);
  if (a) {
    U32(a, IN_USE) += 1;
    U32(a, FINISH) = MAX(U32(a, FINISH), end);
  }
  if (b) {
    U32(b, IN_USE) += 1;
    U32(b, FINISH) = MAX(U32(b, FINISH), end);
  }
  usize target = PTR(task, MEMORY_TO);
  if (target) F64(target, FREE) = F64(target, FREE) - F64(task, MEMORY);
  placed++;
  makespan = MAX(makespan, end);
  running++;
  enqueue(end, (u32)task);
}

static bool hasRoom(usize resource) { return !resource || U32(resource, IN_USE) < U32(resource, CAPACITY); }

/** Looks at one task; true where it started. */
static bool consider(usize task, usize position, bool reserving) {
  usize predecessor = PTR(task, PREDECESSOR);
  if (predecessor && U32(predecessor, END) == PENDING) return false;
  if (!hasRoom(PTR(task, ROOM_A)) || !hasRoom(PTR(task, ROOM_B))) return false;

  u32 duration = U32(task, DURATION);
  usize window = PTR(task, WINDOW_CURSOR);
  while (U32(window, 4) <= now) window += 8;
  U32(task, WINDOW_CURSOR) = (u32)window;
  if (U32(window, 0) < now + duration) {
    u32 tick;
    do {
      tick = U32(window, 4);
      window += 8;
    } while (U32(window, 0) < tick + duration);
    // The answer is the same until that tick comes, so one entry in the queue is enough.
    if (tick + duration <= horizon && U32(task, WAKE) != tick) {
      U32(task, WAKE) = tick;
      enqueue(tick, (u32)task | 1);
    }
    return false;
  }
  if (now + duration > horizon) return false;

  usize target = PTR(task, MEMORY_TO);
  if (target) {
    if (F64(task, MEMORY) > F64(target, FREE)) {
      if (reserving) U32(target, RESERVED) = scans;
      U32(hungry + (hungryCount++ << 2), 0) = (u32)position;
      return false;
    }
    if (reserving && U32(target, RESERVED) == scans) {
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
      usize next = PTR(task, PAIR_NEXT);
      if (consider(task, position, reserving)) started = true;
      // What follows it in its pair stands behind it in the list too: this scan comes to it.
      if (next && hasRoom(PTR(task, ROOM_A)) && hasRoom(PTR(task, ROOM_B))) eventInsert(U32(next, POSITION));
      present = U64(group, 0);
    }
  }
  return started;
}

static void release(usize resource) {
  u32 inUse = U32(resource, IN_USE);
  U32(resource, IN_USE) = inUse - 1;
  if (inUse < U32(resource, CAPACITY)) return;
  usize at = PTR(resource, NEIGHBOURS);
  usize end = PTR(resource, NEIGHBOURS_LIVE);
  while (at < end) {
    if (hasRoom(PTR(at, OTHER))) {
      usize first = PTR(PTR(at, PAIR_OF), PAIR_FIRST);
      if (first) eventInsert(U32(first, POSITION));
      else {
        // All its tasks have started: it changes places with the last one. The order plays no part.
        end -= NEIGHBOUR_BYTES;
        u64 last = U64(end, 0);
        U64(end, 0) = U64(at, 0);
        U64(at, 0) = last;
        continue;
      }
    }
    at += NEIGHBOUR_BYTES;
  }
  U32(resource, NEIGHBOURS_LIVE) = (u32)end;
}

/** The task is over: what it held is free again, and what waited for that gets looked at. */
static void finish(usize task) {
  running--;
  U32(task, END) = now;
  usize a = PTR(task, ROOM_A);
  if (a) release(a);
  usize b = PTR(task, ROOM_B);
  if (b) release(b);
  usize source = PTR(task, MEMORY_FROM);
  if (source) F64(source, FREE) = F64(source, FREE) + F64(task, MEMORY);
  usize successor = PTR(task, FIRST_SUCCESSOR);
  while (successor) {
    eventInsert(U32(successor, POSITION));
    successor = PTR(successor, NEXT_SUCCESSOR);
  }
}

/** False, with results undefined, as soon as the makespan exceeds `limit`. */
static bool eventDriven(usize schedule, usize order, u32 limit) {
  starts = PTR(schedule, START);
  waiting = PTR(schedule, WAITING);
  horizon = U32(schedule, HORIZON);
  now = 0;
  scans = 0;
  running = 0;
  makespan = 0;
  placed = 0;
  resetQueue(PTR(schedule, QUEUE));
  resetResources(schedule);
  resetReservoirs(schedule);
  resetTasks(schedule, order);
  usize windowEnd = PTR(schedule, WINDOW_ENDS);
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
      if (item & 1) eventInsert(U32(task, POSITION));
      else finish(task);
    }
  }
  report(schedule, makespan, placed);
  return true;
}
