// The event queue of the matching: a binary min-heap that knows where each item stands, so that an item is queued at most once
// and its room is known beforehand. An entry is `time << 32 | item`; ties go to the lower item, which keeps runs repeatable.

let entries: usize = 0
let positions: usize = 0
let size: i32 = 0

/** Empties the queue for items 0 … capacity − 1; needs `capacity * QUEUE_ITEM_BYTES` bytes at `at`, 8-byte aligned. */
export function clearQueue(at: usize, capacity: i32): void {
  entries = at
  positions = at + ((<usize>capacity) << 3)
  size = 0
  memory.fill(positions, 0xff, (<usize>capacity) << 2)
}

export function queueIsEmpty(): bool {
  return size == 0
}

@inline
function put(place: i32, entry: u64): void {
  store<u64>(entries + ((<usize>place) << 3), entry)
  store<i32>(positions + ((<usize>(<u32>entry)) << 2), place)
}

@inline
function entryAt(place: i32): u64 {
  return load<u64>(entries + ((<usize>place) << 3))
}

function siftUp(from: i32, entry: u64): void {
  let place = from
  while (place > 0) {
    const parent = (place - 1) >> 1
    const above = entryAt(parent)
    if (above <= entry) break
    put(place, above)
    place = parent
  }
  put(place, entry)
}

function siftDown(from: i32, entry: u64): void {
  let place = from
  for (;;) {
    let child = (place << 1) + 1
    if (child >= size) break
    let below = entryAt(child)
    if (child + 1 < size) {
      const right = entryAt(child + 1)
      if (right < below) {
        below = right
        child++
      }
    }
    if (entry <= below) break
    put(place, below)
    place = child
  }
  put(place, entry)
}

/** Adds an item that is not queued, out of order: `orderQueue` must follow before anything else is asked. */
export function appendEvent(item: i32, time: i64): void {
  put(size, ((<u64>time) << 32) | (<u64>item))
  size++
}

export function orderQueue(): void {
  for (let place = (size >> 1) - 1; place >= 0; place--) siftDown(place, entryAt(place))
}

/** Queues the item, or moves it to `time` where that is earlier than its own. */
export function advanceEvent(item: i32, time: i64): void {
  const entry = ((<u64>time) << 32) | (<u64>item)
  const place = load<i32>(positions + ((<usize>item) << 2))
  if (place < 0) siftUp(size++, entry)
  else if (entry < entryAt(place)) siftUp(place, entry)
}

/** Queues the item at `time`, wherever it stood before. */
export function setEvent(item: i32, time: i64): void {
  const entry = ((<u64>time) << 32) | (<u64>item)
  const place = load<i32>(positions + ((<usize>item) << 2))
  if (place < 0) siftUp(size++, entry)
  else if (entry < entryAt(place)) siftUp(place, entry)
  else siftDown(place, entry)
}

/** Takes out the earliest entry; the queue must not be empty. */
export function takeEvent(): u64 {
  assert(size > 0)
  const first = entryAt(0)
  store<i32>(positions + ((<usize>(<u32>first)) << 2), -1)
  const last = entryAt(--size)
  if (size > 0) siftDown(0, last)
  return first
}
