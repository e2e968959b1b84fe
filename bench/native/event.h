// Event-driven schedule generation (Kolisch 1996: the parallel scheme, non-delay): time runs over the ends of tasks and of forbidden
// intervals; at each instant the list is scanned and whatever can start starts. A task that lacks nothing but memory reserves its
// target's memory against lower ones for that scan, or a large one would wait for ever.
//
// A scan looks only at tasks for which something has changed since they were last turned down: a resource of theirs was full and
// is not any more, their predecessor or their forbidden interval has ended, or memory was what they lacked (those at every scan,
// for they may reserve). List positions are bits, so that the union of such sets comes out in list order; and those that wait for a
// full resource besides are masked out word by word, before any of them is looked at.

static usize starts = 0;
static usize waiting = 0;
/** To be looked at in the next scan. */
static usize candidates = 0;
/** Turned down in the last scan for memory or for a reservation. */
static usize hungry = 0;
/** Waiting for one resource at least that is full, and for two. */
static usize blocked = 0;
static usize blockedTwice = 0;
static usize setBytes = 0;
static u32 horizon = 0;
static u32 now = 0;
static u32 scans = 0;
static u32 running = 0;
static u32 makespan = 0;
static u32 placed = 0;
/** A reservation alone kept some task from starting in the last scan. */
static bool heldBack = false;

static void eventInsert(usize set, usize position) {
  usize word = set + ((position >> 6) << 3);
  U64(word, 0) = U64(word, 0) | (((u64)1) << ((u64)position & 63));
}

static void remove(usize set, usize position) {
  usize word = set + ((position >> 6) << 3);
  U64(word, 0) = U64(word, 0) & ~(((u64)1) << ((u64)position & 63));
}

static void resetResources(usize schedule) {
  usize count = (usize)U32(schedule, RESOURCE_COUNT);
  usize resource = PTR(schedule, RESOURCES);
  usize set = PTR(schedule, SETS);
  setBytes = (usize)U32(schedule, SET_WORDS) << 3;
  fill(set, 0, (count + 4) * setBytes);
  for (usize end = resource + count * RESOURCE_BYTES; resource < end; resource += RESOURCE_BYTES) {
    U32(resource, IN_USE) = 0;
    U32(resource, FINISH) = 0;
    U32(resource, WAITERS) = (u32)set;
    set += setBytes;
  }
  candidates = set;
  hungry = set + setBytes;
  blocked = hungry + setBytes;
  blockedTwice = blocked + setBytes;
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
    usize a = PTR(task, ROOM_A);
    usize b = PTR(task, ROOM_B);
    if (a) eventInsert(PTR(a, WAITERS), position);
    if (b) eventInsert(PTR(b, WAITERS), position);
    eventInsert(candidates, position);
  }
}

/** No room any more: all who wait for it are blocked. */
static void block(usize set) {
  for (usize offset = 0; offset < setBytes; offset += 8) {
    u64 waiters = U64(set + offset, 0);
    u64 before = U64(blocked + offset, 0);
    U64(blockedTwice + offset, 0) |= before & waiters;
    U64(blocked + offset, 0) = before | waiters;
  }
}

/** Room again: all who wait for it are candidates, and blocked only by another resource. */
static void unblock(usize set) {
  for (usize offset = 0; offset < setBytes; offset += 8) {
    u64 waiters = U64(set + offset, 0);
    u64 both = U64(blockedTwice + offset, 0);
    U64(candidates + offset, 0) |= waiters;
    U64(blocked + offset, 0) &= ~(waiters & ~both);
    U64(blockedTwice + offset, 0) = both & ~waiters;
  }
}

/** Takes a unit of the resource for the task at the position. */
static void occupy(usize resource, usize position, u32 end) {
  u32 inUse = U32(resource, IN_USE) + 1;
  usize set = PTR(resource, WAITERS);
  U32(resource, IN_USE) = inUse;
  U32(resource, FINISH) = MAX(U32(resource, FINISH), end);
  remove(set, position);
  if (inUse == U32(resource, CAPACITY)) block(set);
}

static void start(usize task, usize position) {
  u32 end = now + U32(task, DURATION);
  U32(starts + PTR(task, SLOT), 0) = now;
  usize a = PTR(task, ROOM_A);
  if (a) occupy(a, position, end);
  usize b = PTR(task, ROOM_B);
  if (b) occupy(b, position, end);
  usize target = PTR(task, MEMORY_TO);
  if (target) F64(target, FREE) = F64(target, FREE) - F64(task, MEMORY);
  placed++;
  makespan = MAX(makespan, end);
  running++;
  enqueue(end, (u32)task);
}

/** Looks at one task, whose resources have room; true where it started. */
static bool consider(usize task, usize position, bool reserving) {
  usize predecessor = PTR(task, PREDECESSOR);
  if (predecessor && U32(predecessor, END) == PENDING) return false;
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
      eventInsert(hungry, position);
      return false;
    }
    if (reserving && U32(target, RESERVED) == scans) {
      heldBack = true;
      eventInsert(hungry, position);
      return false;
    }
  }
  start(task, position);
  return true;
}

/** Looks at every candidate and every hungry task in list order; true where one started. */
static bool scan(bool reserving) {
  scans++;
  heldBack = false;
  bool started = false;
  for (usize offset = 0; offset < setBytes; offset += 8) {
    u64 bits = U64(candidates + offset, 0) | U64(hungry + offset, 0);
    if (!bits) continue;
    U64(candidates + offset, 0) = 0;
    U64(hungry + offset, 0) = 0;
    bits &= ~U64(blocked + offset, 0);
    while (bits) {
      usize position = (offset << 3) + (usize)__builtin_ctzll(bits);
      bits &= bits - 1;
      if (consider(PTR(waiting + (position << 2), 0), position, reserving)) {
        started = true;
        bits &= ~U64(blocked + offset, 0);
      }
    }
  }
  return started;
}

static void release(usize resource) {
  u32 inUse = U32(resource, IN_USE);
  U32(resource, IN_USE) = inUse - 1;
  if (inUse == U32(resource, CAPACITY)) unblock(PTR(resource, WAITERS));
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
    eventInsert(candidates, U32(successor, POSITION));
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
      if (item & 1) eventInsert(candidates, U32(task, POSITION));
      else finish(task);
    }
  }
  report(schedule, makespan, placed);
  return true;
}
