// The event queue of the matching: a binary min-heap that knows where each item stands, so that an item is queued at most once
// and its room is known beforehand. An entry is `time << 32 | item`; ties go to the lower item, which keeps runs repeatable.

static usize entries = 0;
static usize positions = 0;
static i32 size = 0;

/** Empties the queue for items 0 … capacity − 1; needs `capacity * QUEUE_ITEM_BYTES` bytes at `at`, 8-byte aligned. */
static void clearQueue(usize at, i32 capacity) {
  entries = at;
  positions = at + (((usize)capacity) << 3);
  size = 0;
  fill(positions, 0xff, ((usize)capacity) << 2);
}

static bool queueIsEmpty(void) {
  return size == 0;
}

static void put(i32 place, u64 entry) {
  U64(entries + (((usize)place) << 3), 0) = entry;
  I32(positions + (((usize)((u32)entry)) << 2), 0) = place;
}

static u64 entryAt(i32 place) {
  return U64(entries + (((usize)place) << 3), 0);
}

static void siftUp(i32 from, u64 entry) {
  i32 place = from;
  while (place > 0) {
    i32 parent = (place - 1) >> 1;
    u64 above = entryAt(parent);
    if (above <= entry) break;
    put(place, above);
    place = parent;
  }
  put(place, entry);
}

static void siftDown(i32 from, u64 entry) {
  i32 place = from;
  for (;;) {
    i32 child = (place << 1) + 1;
    if (child >= size) break;
    u64 below = entryAt(child);
    if (child + 1 < size) {
      u64 right = entryAt(child + 1);
      if (right < below) {
        below = right;
        child++;
      }
    }
    if (entry <= below) break;
    put(place, below);
    place = child;
  }
  put(place, entry);
}

/** Adds an item that is not queued, out of order: `orderQueue` must follow before anything else is asked. */
static void appendEvent(i32 item, i64 time) {
  put(size, (((u64)time) << 32) | ((u64)item));
  size++;
}

static void orderQueue(void) {
  for (i32 place = (size >> 1) - 1; place >= 0; place--) siftDown(place, entryAt(place));
}

/** Queues the item, or moves it to `time` where that is earlier than its own. */
static void advanceEvent(i32 item, i64 time) {
  u64 entry = (((u64)time) << 32) | ((u64)item);
  i32 place = I32(positions + (((usize)item) << 2), 0);
  if (place < 0) siftUp(size++, entry);
  else if (entry < entryAt(place)) siftUp(place, entry);
}

/** Queues the item at `time`, wherever it stood before. */
static void setEvent(i32 item, i64 time) {
  u64 entry = (((u64)time) << 32) | ((u64)item);
  i32 place = I32(positions + (((usize)item) << 2), 0);
  if (place < 0) siftUp(size++, entry);
  else if (entry < entryAt(place)) siftUp(place, entry);
  else siftDown(place, entry);
}

/** Takes out the earliest entry; the queue must not be empty. */
static u64 takeEvent(void) {
  u64 first = entryAt(0);
  I32(positions + (((usize)((u32)first)) << 2), 0) = -1;
  u64 last = entryAt(--size);
  if (size > 0) siftDown(0, last);
  return first;
}
