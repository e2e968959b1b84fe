// States of the single-node search: a table from key to state, and a queue of the open states, least priority first. Both have
// room for a fixed number of states. A state is queued at most once, and knows where it stands.

/** Bytes of a state. */
enum { STATE_BYTES = 24 };
enum { KEY = 0 };
/** Earliest finish known, ticks; UNSEEN in a state just added. */
enum { FINISH = 8 };
/** Class of the job that was taken last, −1 at the root. */
enum { LAST = 12 };
/** Place in the queue, −1 out of it. */
enum { PLACE = 16 };

static const i32 UNSEEN = INT32_MAX;

static const u64 GOLDEN_RATIO = 0x9e3779b97f4a7c15;

static usize states = 0;
static i32 capacity = 0;
static i32 count = 0;
/** Open addressing: number of the state plus one, 0 where free. A power of two of slots, at least twice the capacity. */
static usize slots = 0;
static u64 slotBits = 0;
static usize priorities = 0;
static usize queued = 0;
static i32 size = 0;

/** `queueAt` has 12 bytes a state, 8-byte aligned; `slotsAt` one i32 for each of the 2^`bits` slots. */
static void clearStates(usize at, i32 room, usize slotsAt, i32 bits, usize queueAt) {
  states = at;
  capacity = room;
  count = 0;
  slots = slotsAt;
  slotBits = (u64)bits;
  fill(slots, 0, ((usize)4) << bits);
  priorities = queueAt;
  queued = queueAt + (((usize)room) << 3);
  size = 0;
}

static usize stateAt(i32 number) {
  return states + (usize)number * STATE_BYTES;
}

static u64 keyOf(usize state) {
  return U64(state, KEY);
}

/** The state of the key, added where there is none; 0 where there is no room for it. */
static usize findState(u64 key) {
  u32 mask = (1 << ((u32)slotBits)) - 1;
  u32 slot = (u32)((key * GOLDEN_RATIO) >> (64 - slotBits));
  i32 entry = I32(slots + (((usize)slot) << 2), 0);
  while (entry != 0) {
    usize known = stateAt(entry - 1);
    if (U64(known, KEY) == key) return known;
    slot = (slot + 1) & mask;
    entry = I32(slots + (((usize)slot) << 2), 0);
  }
  if (count == capacity) return 0;
  usize state = stateAt(count);
  I32(slots + (((usize)slot) << 2), 0) = ++count;
  U64(state, KEY) = key;
  I32(state, FINISH) = UNSEEN;
  I32(state, LAST) = -1;
  I32(state, PLACE) = -1;
  return state;
}

static bool queueIsEmpty(void) {
  return size == 0;
}

static u64 priorityAt(i32 place) {
  return U64(priorities + (((usize)place) << 3), 0);
}

static void put(i32 place, u64 priority, u32 state) {
  U64(priorities + (((usize)place) << 3), 0) = priority;
  U32(queued + (((usize)place) << 2), 0) = state;
  I32((usize)state, PLACE) = place;
}

static void move(i32 from, i32 to) {
  put(to, priorityAt(from), U32(queued + (((usize)from) << 2), 0));
}

static void siftUp(i32 place, u64 priority, u32 state) {
  while (place > 0) {
    i32 parent = (place - 1) >> 1;
    if (priorityAt(parent) <= priority) break;
    move(parent, place);
    place = parent;
  }
  put(place, priority, state);
}

static void siftDown(i32 place, u64 priority, u32 state) {
  for (;;) {
    i32 child = (place << 1) + 1;
    if (child >= size) break;
    if (child + 1 < size && priorityAt(child + 1) < priorityAt(child)) child++;
    if (priority <= priorityAt(child)) break;
    move(child, place);
    place = child;
  }
  put(place, priority, state);
}

/** Queues the state, or gives it another priority. */
static void queueState(usize state, u64 priority) {
  i32 place = I32(state, PLACE);
  if (place < 0) siftUp(size++, priority, (u32)state);
  else if (priority <= priorityAt(place)) siftUp(place, priority, (u32)state);
  else siftDown(place, priority, (u32)state);
}

/** Priority of the first in the queue, which must not be empty. */
static u64 leastPriority(void) {
  return priorityAt(0);
}

/** Takes the first out of the queue. */
static usize takeState(void) {
  u32 state = U32(queued, 0);
  I32((usize)state, PLACE) = -1;
  i32 last = --size;
  if (last > 0) siftDown(0, priorityAt(last), U32(queued + (((usize)last) << 2), 0));
  return (usize)state;
}
