// Moves in the list that an annealing works on, and how to take the last one back.

static usize order = 0;
static usize places = 0;
static u32 count = 0;
// The last move: its two places, equal where there was none, and whether it was a swap.
static u32 moveFrom = 0;
static u32 moveTo = 0;
static bool swapped = false;

static usize at(usize list, u32 index) {
  return list + ((usize)index << 2);
}

static u32 taskAt(u32 place) {
  return U32(at(order, place), 0);
}

static void put(u32 place, u32 task) {
  U32(at(order, place), 0) = task;
  U32(at(places, task), 0) = place;
}

/** The moves to come are in the list of `taskCount` tasks at `list`; `scratch` has room for the place of each task. */
static void beginMoves(usize list, usize scratch, u32 taskCount) {
  order = list;
  places = scratch;
  count = taskCount;
  for (u32 place = 0; place < count; place++) put(place, taskAt(place));
}

static u32 placeOf(u32 task) {
  return U32(at(places, task), 0);
}

static void swap(u32 from, u32 to) {
  u32 task = taskAt(from);
  put(from, taskAt(to));
  put(to, task);
}

static void shift(u32 from, u32 to) {
  u32 task = taskAt(from);
  for (u32 place = from; place < to; place++) put(place, taskAt(place + 1));
  for (u32 place = from; place > to; place--) put(place, taskAt(place - 1));
  put(to, task);
}

/** Swaps the tasks at two places, or takes one out and puts it in at the other. */
static void moveInList(u32 from, u32 to, bool swapping) {
  moveFrom = from;
  moveTo = to;
  swapped = swapping;
  if (swapping) swap(from, to);
  else shift(from, to);
}

static void undoInList(void) {
  if (swapped) swap(moveFrom, moveTo);
  else shift(moveTo, moveFrom);
}

/** A place other than `from`, near ones more often: the distance is log-uniform. At least two tasks. */
static u32 placeNear(u32 from) {
  u32 doublings = 32 - __builtin_clz(count - 1);
  u32 reach = MIN(((u32)1) << (1 + randomBelow(doublings)), count);
  u32 distance = 1 + randomBelow(reach - 1);
  u32 after = count - 1 - from;
  bool forward = (nextRandom() & 1) != 0 ? after > 0 : from == 0;
  return forward ? from + MIN(distance, after) : from - MIN(distance, from);
}
