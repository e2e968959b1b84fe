// A binary heap of (tick, task, kind), earliest first. Equal ticks come out in no order that matters: whoever reads takes all of
// one tick before acting.

static usize base = 0;
static u32 size = 0;

/** Empties the queue; `region` has room for as many entries as will ever be in it at once. */
static void resetQueue(usize region) {
  base = region;
  size = 0;
}

/** Tick of the first entry, or NEVER of an empty queue. */
static u32 nextTick(void) {
  return size ? (u32)(U64(base, 0) >> 32) : 0xffffffff;
}

/** `item` is a task's address, which is even; its lowest bit tells the kinds apart. */
static void enqueue(u32 tick, u32 item) {
  u64 key = ((u64)tick << 32) | (u64)item;
  u32 hole = size++;
  while (hole) {
    u32 parent = (hole - 1) >> 1;
    u64 above = U64(base + ((usize)parent << 3), 0);
    if (above <= key) break;
    U64(base + ((usize)hole << 3), 0) = above;
    hole = parent;
  }
  U64(base + ((usize)hole << 3), 0) = key;
}

/** Removes the first entry and returns its item. */
static u32 dequeue(void) {
  u32 item = (u32)U64(base, 0);
  u64 key = U64(base + ((usize)--size << 3), 0);
  u32 hole = 0;
  for (;;) {
    u32 child = 2 * hole + 1;
    if (child >= size) break;
    u64 below = U64(base + ((usize)child << 3), 0);
    if (child + 1 < size) {
      u64 right = U64(base + ((usize)child << 3), 8);
      if (right < below) {
        below = right;
        child++;
      }
    }
    if (below >= key) break;
    U64(base + ((usize)hole << 3), 0) = below;
    hole = child;
  }
  U64(base + ((usize)hole << 3), 0) = key;
  return item;
}
