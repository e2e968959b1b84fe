// A binary heap of (tick, task, kind), earliest first. Equal ticks come out in no order that matters: whoever reads takes all of
// one tick before acting.

let base: usize = 0
let size: u32 = 0
/** Known to the debug build's assertions alone. */
let capacity: u32 = 0

/** Empties the queue; `region` has room for so many entries at once. */
export function resetQueue(region: usize, room: u32): void {
  base = region
  capacity = room
  size = 0
}

/** Tick of the first entry, or NEVER of an empty queue. */
export function nextTick(): u32 {
  return size ? <u32>(load<u64>(base) >> 32) : 0xffffffff
}

/** `item` is a task's address, which is even; its lowest bit tells the kinds apart. */
export function enqueue(tick: u32, item: u32): void {
  const key = (<u64>tick << 32) | <u64>item
  assert(size < capacity)
  let hole = size++
  while (hole) {
    const parent: u32 = (hole - 1) >> 1
    const above = load<u64>(base + (<usize>parent << 3))
    if (above <= key) break
    store<u64>(base + (<usize>hole << 3), above)
    hole = parent
  }
  store<u64>(base + (<usize>hole << 3), key)
}

/** Removes the first entry and returns its item. */
export function dequeue(): u32 {
  assert(size > 0)
  const item = <u32>load<u64>(base)
  const key = load<u64>(base + (<usize>--size << 3))
  let hole: u32 = 0
  while (true) {
    let child: u32 = 2 * hole + 1
    if (child >= size) break
    let below = load<u64>(base + (<usize>child << 3))
    if (child + 1 < size) {
      const right = load<u64>(base + (<usize>child << 3), 8)
      if (right < below) {
        below = right
        child++
      }
    }
    if (below >= key) break
    store<u64>(base + (<usize>hole << 3), below)
    hole = child
  }
  store<u64>(base + (<usize>hole << 3), key)
  return item
}
