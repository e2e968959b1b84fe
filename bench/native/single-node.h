// The exact single-node problem: jobs one after another, each around its own forbidden intervals, done as early as can be. Best-first
// search (A*; Hart, Nilsson & Raphael 1968) over multisets of jobs left: of all orders of the same jobs only the earliest
// finish matters. A state's f is a finish that nothing after it can beat; the least f of the open states bounds the optimum
// at all times. f is told in two steps: from the work left when a state is found, in full when its turn comes.

/** A class of equal jobs: its step in a state's key (product of the numbers of states of the classes before), first. */
enum { CLASS_SHIFT = 5 };
enum { RADIX = 0 };
enum { DURATION = 8 };
enum { COUNT = 12 };
/** Index of the stretch that its list of forbidden intervals makes, which never is the first. */
enum { STRETCH = 16 };
/** Address of its forbidden intervals (pairs of ticks), and how many there are. */
enum { FORBIDDEN = 20 };
enum { FORBIDDEN_COUNT = 24 };

static usize classes = 0;
static i32 classCount = 0;
static usize stretches = 0;
static i32 stretchCount = 0;

/** By class: jobs left, start and finish were it next. By stretch: work left. */
static usize left = 0;
static usize starts = 0;
static usize finishes = 0;
static usize works = 0;

static usize at(usize array, i32 i) {
  return array + (((usize)i) << 2);
}

static usize classAt(i32 c) {
  return classes + (((usize)c) << CLASS_SHIFT);
}

/** The earliest start ≥ `from` outside the class's forbidden intervals. */
static i32 earliestStart(usize cls, i32 from, i32 duration) {
  usize list = PTR(cls, FORBIDDEN);
  i32 count = I32(cls, FORBIDDEN_COUNT);
  // The first interval that ends after `from`.
  i32 low = 0;
  i32 high = count;
  while (low < high) {
    i32 middle = (low + high) >> 1;
    if (I32(list + (((usize)middle) << 3), 4) > from) high = middle;
    else low = middle + 1;
  }
  i32 start = from;
  for (i32 i = low; i < count; i++) {
    usize interval = list + (((usize)i) << 3);
    if (I32(interval, 0) >= later(start, duration)) break;
    start = I32(interval, 4);
  }
  return start;
}

/** Takes the key apart: jobs left by class, work left by stretch. */
static void readKey(u64 key) {
  fill(works, 0, ((usize)stretchCount) << 2);
  for (i32 c = classCount - 1; c >= 0; c--) {
    usize cls = classAt(c);
    u64 radix = U64(cls, RADIX);
    i32 jobs = (i32)(key / radix);
    key -= ((u64)jobs) * radix;
    I32(at(left, c), 0) = jobs;
    i32 work = jobs * I32(cls, DURATION);
    usize own = at(works, I32(cls, STRETCH));
    I32(own, 0) = I32(own, 0) + work;
    I32(works, 0) = I32(works, 0) + work;
  }
}

/**
 * Start and finish of each class's job as the next one from `now` on. Returns the f of the state: no job ends earlier than it would
 * as the next one, and the jobs of each list need open time of their own. `known` is an f told before.
 */
static i32 lookAhead(i32 now, i32 known) {
  i32 f = known;
  for (i32 c = 0; c < classCount; c++) {
    if (I32(at(left, c), 0) == 0) continue;
    usize cls = classAt(c);
    i32 duration = I32(cls, DURATION);
    i32 start = earliestStart(cls, now, duration);
    i32 finish = later(start, duration);
    I32(at(starts, c), 0) = start;
    I32(at(finishes, c), 0) = finish;
    f = MAX(f, finish);
  }
  for (i32 s = 1; s < stretchCount; s++) {
    f = MAX(f, earliestFinish(stretches + ((usize)s) * STRETCH_BYTES, now, I32(at(works, s), 0)));
  }
  return f;
}

/**
 * Only a job that starts before any other could have ended need come next: else that other one fits in front of it, and nothing
 * ends later (active schedules; Giffler & Thompson 1960).
 */
static i32 latestStart(void) {
  i32 latest = UNSEEN;
  for (i32 c = 0; c < classCount; c++) {
    if (I32(at(left, c), 0) > 0) latest = MIN(latest, I32(at(finishes, c), 0));
  }
  return latest;
}

static u64 priority(i32 f, i32 work) {
  return (((u64)f) << 32) | ((u64)work);
}

/** Puts the state's successors in the queue. False: there was no room for one of them. */
static bool expand(u64 key, i32 f, i32 upper) {
  i32 before = latestStart();
  i32 allWork = I32(works, 0);
  for (i32 c = 0; c < classCount; c++) {
    if (I32(at(left, c), 0) == 0 || I32(at(starts, c), 0) >= before) continue;
    usize cls = classAt(c);
    i32 finish = I32(at(finishes, c), 0);
    i32 work = allWork - I32(cls, DURATION);
    i32 next = MAX(f, earliestFinish(stretches, finish, work));
    if (next >= upper) continue;
    usize state = findState(key - U64(cls, RADIX));
    if (state == 0) return false;
    if (I32(state, FINISH) <= finish) continue;
    I32(state, FINISH) = finish;
    I32(state, LAST) = c;
    queueState(state, priority(next, work));
  }
  return true;
}

/** Classes in the order in which they led from `root` to the state without jobs left; returns how many. */
static i32 writeOrder(u64 root, usize order) {
  i32 length = 0;
  for (u64 key = 0; key != root; length++) {
    i32 c = I32(findState(key), LAST);
    I32(at(order, length), 0) = c;
    key += U64(classAt(c), RADIX);
  }
  for (i32 i = 0, j = length - 1; i < j; i++, j--) {
    i32 c = I32(at(order, i), 0);
    I32(at(order, i), 0) = I32(at(order, j), 0);
    I32(at(order, j), 0) = c;
  }
  return length;
}

enum { BOUND = 0 };
enum { OPTIMAL = 4 };
enum { EXPANDED = 8 };
enum { LENGTH = 12 };

static void report(usize result, i32 bound, bool optimal, i32 expanded, i32 length) {
  I32(result, BOUND) = bound;
  I32(result, OPTIMAL) = (i32)optimal;
  I32(result, EXPANDED) = expanded;
  I32(result, LENGTH) = length;
}

/**
 * `classList`: records of 32 bytes (above); `stretchList`: those of the time that is open to any job, then of that of each list of forbidden
 * intervals. `scratch`: 16 bytes a class and 4 a stretch. States as in `clearStates`. `room` = 0: no search, only the first f.
 * `result`: four i32 (bound, whether it is the optimum, states looked at, length of the order), then one i32 a job.
 */
static void search(usize classList, i32 classTotal, usize stretchList, i32 stretchTotal, usize scratch, usize states, i32 room, usize slots, i32 slotBits, usize queue, i32 lower, i32 upper, i32 maxExpanded, usize result) {
  classes = classList;
  classCount = classTotal;
  stretches = stretchList;
  stretchCount = stretchTotal;
  left = scratch;
  starts = at(left, classCount);
  finishes = at(starts, classCount);
  usize durations = at(finishes, classCount);
  works = at(durations, classCount);

  u64 root = 0;
  i32 work = 0;
  for (i32 c = 0; c < classCount; c++) {
    usize cls = classAt(c);
    i32 count = I32(cls, COUNT);
    i32 duration = I32(cls, DURATION);
    I32(at(left, c), 0) = count;
    I32(at(durations, c), 0) = duration;
    root += (u64)count * U64(cls, RADIX);
    work += count * duration;
  }
  for (i32 s = 0; s < stretchCount; s++) {
    prepareStretch(stretches + ((usize)s) * STRETCH_BYTES, durations, left);
  }
  i32 first = MAX(lower, earliestFinish(stretches, 0, work));
  if (first >= upper || room == 0) {
    report(result, MIN(first, upper), false, 0, 0);
    return;
  }

  clearStates(states, room, slots, slotBits, queue);
  usize start = findState(root);
  I32(start, FINISH) = 0;
  queueState(start, priority(first, work));
  i32 expanded = 0;
  while (!queueIsEmpty()) {
    u64 least = leastPriority();
    i32 known = (i32)(least >> 32);
    usize state = takeState();
    u64 key = keyOf(state);
    if (key == 0) {
      report(result, known, true, expanded, writeOrder(root, result + 16));
      return;
    }
    if (expanded == maxExpanded) {
      report(result, known, false, expanded, 0);
      return;
    }
    expanded++;
    readKey(key);
    i32 f = lookAhead(I32(state, FINISH), known);
    if (f >= upper) continue;
    if (f > known) queueState(state, priority(f, I32(works, 0)));
    else if (!expand(key, f, upper)) {
      report(result, known, false, expanded, 0);
      return;
    }
  }
  report(result, upper, false, expanded, 0);
}
