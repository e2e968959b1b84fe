// Schedules with barriers: round after round, none beginning before the last has ended. A round takes in list order whatever can
// start when it barrierStarts; then whatever a forbidden interval makes start later but that still ends with the others.

static usize barrierStarts = 0;
static usize rounds = 0;
static u32 thisRound = 0;
static u32 barrierPlaced = 0;
/** End of the region's used part. */
static usize joined = 0;

static usize barrierResetTasks(usize schedule, usize order, usize waiting) {
  usize count = (usize)U32(schedule, TASK_COUNT);
  usize tasks = PTR(schedule, TASKS);
  for (usize end = order + (count << 2); order < end; order += 4) {
    usize task = tasks + (PTR(order, 0) << TASK_SHIFT);
    U32(waiting, 0) = (u32)task;
    waiting += 4;
    U32(task, WINDOW_CURSOR) = (u32)(PTR(task, WINDOWS));
    U32(task, OWN_ROUND) = NEVER;
    I32(barrierStarts + PTR(task, SLOT), 0) = -1;
    I32(rounds + PTR(task, SLOT), 0) = -1;
  }
  return waiting;
}

static void clearMembers(usize schedule) {
  usize resource = PTR(schedule, RESOURCES);
  usize end = resource + (usize)U32(schedule, RESOURCE_COUNT) * RESOURCE_BYTES;
  for (; resource < end; resource += RESOURCE_BYTES) U32(resource, IN_USE) = 0;
}

/** Everything but forbidden intervals and the horizon allows the task in this round. */
static bool mayJoin(usize task) {
  usize a = PTR(task, MEMBER_A);
  if (a && U32(a, IN_USE) >= U32(a, CAPACITY)) return false;
  usize b = PTR(task, MEMBER_B);
  if (b && U32(b, IN_USE) >= U32(b, CAPACITY)) return false;
  usize predecessor = PTR(task, PREDECESSOR);
  if (predecessor && U32(predecessor, OWN_ROUND) >= thisRound) return false;
  usize target = PTR(task, MEMORY_TO);
  return !target || F64(task, MEMORY) <= F64(target, FREE);
}

/** Earliest tick ≥ `from` that forbidden intervals allow. `from` must not decrease from call to call of one evaluation. */
static u32 clearOfWindows(usize task, u32 from) {
  u32 duration = U32(task, DURATION);
  usize window = PTR(task, WINDOW_CURSOR);
  while (U32(window, 4) <= from) window += 8;
  U32(task, WINDOW_CURSOR) = (u32)window;
  u32 tick = from;
  while (U32(window, 0) < tick + duration) {
    tick = U32(window, 4);
    window += 8;
  }
  return tick;
}

static void join(usize task, u32 start) {
  u32 end = start + U32(task, DURATION);
  U32(barrierStarts + PTR(task, SLOT), 0) = start;
  U32(rounds + PTR(task, SLOT), 0) = thisRound;
  U32(task, OWN_ROUND) = thisRound;
  usize a = PTR(task, MEMBER_A);
  if (a) {
    U32(a, IN_USE) = U32(a, IN_USE) + 1;
    U32(a, FINISH) = MAX(U32(a, FINISH), end);
  }
  usize b = PTR(task, MEMBER_B);
  if (b) {
    U32(b, IN_USE) = U32(b, IN_USE) + 1;
    U32(b, FINISH) = MAX(U32(b, FINISH), end);
  }
  usize target = PTR(task, MEMORY_TO);
  if (target) F64(target, FREE) = F64(target, FREE) - F64(task, MEMORY);
  barrierPlaced++;
  U32(joined, 0) = (u32)task;
  joined += 4;
}

/** False, with results undefined, as soon as the makespan exceeds `limit`. */
static bool barriers(usize schedule, usize order, u32 limit) {
  barrierStarts = PTR(schedule, START);
  rounds = PTR(schedule, ROUND);
  thisRound = 0;
  barrierPlaced = 0;
  u32 horizon = U32(schedule, HORIZON);
  usize waiting = PTR(schedule, WAITING);
  usize departures = PTR(schedule, JOINED);
  usize last = barrierResetTasks(schedule, order, waiting);
  resetReservoirs(schedule);
  usize resource = PTR(schedule, RESOURCES);
  usize resourceEnd = resource + (usize)U32(schedule, RESOURCE_COUNT) * RESOURCE_BYTES;
  for (; resource < resourceEnd; resource += RESOURCE_BYTES) U32(resource, FINISH) = 0;

  u32 begin = 0;
  u32 makespan = 0;
  while (waiting < last) {
    clearMembers(schedule);
    joined = departures;
    u32 end = begin;
    u32 soonest = NEVER;
    usize kept = waiting;
    for (usize entry = waiting; entry < last; entry += 4) {
      usize task = PTR(entry, 0);
      if (mayJoin(task)) {
        u32 tick = clearOfWindows(task, begin);
        u32 over = tick + U32(task, DURATION);
        // Time only runs forward: who is too late now will always be.
        if (over > horizon) continue;
        if (tick == begin) {
          join(task, tick);
          end = MAX(end, over);
          continue;
        }
        soonest = MIN(soonest, tick);
      }
      U32(kept, 0) = (u32)task;
      kept += 4;
    }
    last = kept;
    if (joined == departures) {
      if (soonest == NEVER) break;
      begin = soonest;
      continue;
    }
    if (end > limit) return false;
    if (soonest <= end) {
      kept = waiting;
      for (usize entry = waiting; entry < last; entry += 4) {
        usize task = PTR(entry, 0);
        if (mayJoin(task)) {
          u32 tick = clearOfWindows(task, begin);
          if (tick + U32(task, DURATION) <= end) {
            join(task, tick);
            continue;
          }
        }
        U32(kept, 0) = (u32)task;
        kept += 4;
      }
      last = kept;
    }
    for (usize entry = departures; entry < joined; entry += 4) {
      usize task = PTR(entry, 0);
      usize source = PTR(task, MEMORY_FROM);
      if (source) F64(source, FREE) = F64(source, FREE) + F64(task, MEMORY);
    }
    makespan = end;
    begin = end;
    thisRound++;
  }
  report(schedule, makespan, barrierPlaced);
  return true;
}
