// States of the single-node search: a table from key to state, and a queue of the open states, least priority first. Both have
// room for a fixed number of states. A state is queued at most once, and knows where it stands.

/** Bytes of a state. */
export const STATE_BYTES = 24
const KEY = 0
/** Earliest finish known, ticks; UNSEEN in a state just added. */
export const FINISH = 8
/** Class of the job that was taken last, −1 at the root. */
export const LAST = 12
/** Place in the queue, −1 out of it. */
const PLACE = 16

export const UNSEEN: i32 = i32.MAX_VALUE

const GOLDEN_RATIO: u64 = 0x9e37_79b9_7f4a_7c15

let states: usize = 0
let capacity: i32 = 0
let count: i32 = 0
/** Open addressing: number of the state plus one, 0 where free. A power of two of slots, at least twice the capacity. */
let slots: usize = 0
let slotBits: u64 = 0
let priorities: usize = 0
let queued: usize = 0
let size: i32 = 0

/** `queueAt` has 12 bytes a state, 8-byte aligned; `slotsAt` one i32 for each of the 2^`bits` slots. */
export function clearStates(at: usize, room: i32, slotsAt: usize, bits: i32, queueAt: usize): void {
  assert(1 << (bits - 1) >= room)
  states = at
  capacity = room
  count = 0
  slots = slotsAt
  slotBits = <u64>bits
  memory.fill(slots, 0, (<usize>4) << bits)
  priorities = queueAt
  queued = queueAt + ((<usize>room) << 3)
  size = 0
}

@inline
function stateAt(number: i32): usize {
  return states + <usize>number * STATE_BYTES
}

@inline
export function keyOf(state: usize): u64 {
  return load<u64>(state, KEY)
}

/** The state of the key, added where there is none; 0 where there is no room for it. */
export function findState(key: u64): usize {
  const mask: u32 = (1 << (<u32>slotBits)) - 1
  let slot = <u32>((key * GOLDEN_RATIO) >> (64 - slotBits))
  let entry = load<i32>(slots + ((<usize>slot) << 2))
  while (entry != 0) {
    const known = stateAt(entry - 1)
    if (load<u64>(known, KEY) == key) return known
    slot = (slot + 1) & mask
    entry = load<i32>(slots + ((<usize>slot) << 2))
  }
  if (count == capacity) return 0
  const state = stateAt(count)
  store<i32>(slots + ((<usize>slot) << 2), ++count)
  store<u64>(state, key, KEY)
  store<i32>(state, UNSEEN, FINISH)
  store<i32>(state, -1, LAST)
  store<i32>(state, -1, PLACE)
  return state
}

export function queueIsEmpty(): bool {
  return size == 0
}

@inline
function priorityAt(place: i32): u64 {
  return load<u64>(priorities + ((<usize>place) << 3))
}

@inline
function put(place: i32, priority: u64, state: u32): void {
  store<u64>(priorities + ((<usize>place) << 3), priority)
  store<u32>(queued + ((<usize>place) << 2), state)
  store<i32>(<usize>state, place, PLACE)
}

@inline
function move(from: i32, to: i32): void {
  put(to, priorityAt(from), load<u32>(queued + ((<usize>from) << 2)))
}

function siftUp(place: i32, priority: u64, state: u32): void {
  while (place > 0) {
    const parent = (place - 1) >> 1
    if (priorityAt(parent) <= priority) break
    move(parent, place)
    place = parent
  }
  put(place, priority, state)
}

function siftDown(place: i32, priority: u64, state: u32): void {
  for (;;) {
    let child = (place << 1) + 1
    if (child >= size) break
    if (child + 1 < size && priorityAt(child + 1) < priorityAt(child)) child++
    if (priority <= priorityAt(child)) break
    move(child, place)
    place = child
  }
  put(place, priority, state)
}

/** Queues the state, or gives it another priority. */
export function queueState(state: usize, priority: u64): void {
  const place = load<i32>(state, PLACE)
  assert(place >= 0 || size < capacity)
  if (place < 0) siftUp(size++, priority, <u32>state)
  else if (priority <= priorityAt(place)) siftUp(place, priority, <u32>state)
  else siftDown(place, priority, <u32>state)
}

/** Priority of the first in the queue, which must not be empty. */
export function leastPriority(): u64 {
  assert(size > 0)
  return priorityAt(0)
}

/** Takes the first out of the queue. */
export function takeState(): usize {
  assert(size > 0)
  const state = load<u32>(queued)
  store<i32>(<usize>state, -1, PLACE)
  const last = --size
  if (last > 0) siftDown(0, priorityAt(last), load<u32>(queued + ((<usize>last) << 2)))
  return <usize>state
}
