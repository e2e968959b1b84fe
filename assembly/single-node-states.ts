// States of the single-node search: a table from key to state, and a queue of the open states, least priority first. Both have
// room for a fixed number of states. A state is queued at most once, and knows where it stands.

import { JobState, none } from './records'

export const UNSEEN: i32 = i32.MAX_VALUE

const GOLDEN_RATIO: u64 = 0x9e37_79b9_7f4a_7c15

let states = none<JobState>()
let capacity: i32 = 0
let count: i32 = 0
/** Open addressing: number of the state plus one, 0 where free. A power of two of slots, at least twice the capacity. */
let slots: usize = 0
let slotBits: u64 = 0
let priorities: usize = 0
let queued: usize = 0
let size: i32 = 0

/** `queueAt` has 12 bytes a state, 8-byte aligned; `slotsAt` one i32 for each of the 2^`bits` slots. */
export function clearStates(at: JobState, room: i32, slotsAt: usize, bits: i32, queueAt: usize): void {
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

/** The state of the key, added where there is none; none where there is no room for it. */
export function findState(key: u64): JobState {
  const mask: u32 = (1 << (<u32>slotBits)) - 1
  let slot = <u32>((key * GOLDEN_RATIO) >> (64 - slotBits))
  let entry = load<i32>(slots + ((<usize>slot) << 2))
  while (entry != 0) {
    const known = states.at(entry - 1)
    if (known.key == key) return known
    slot = (slot + 1) & mask
    entry = load<i32>(slots + ((<usize>slot) << 2))
  }
  if (count == capacity) return none<JobState>()
  const state = states.at(count)
  store<i32>(slots + ((<usize>slot) << 2), ++count)
  state.key = key
  state.finish = UNSEEN
  state.last = -1
  state.place = -1
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
function put(place: i32, priority: u64, state: JobState): void {
  store<u64>(priorities + ((<usize>place) << 3), priority)
  store<JobState>(queued + ((<usize>place) << 2), state)
  state.place = place
}

@inline
function move(from: i32, to: i32): void {
  put(to, priorityAt(from), load<JobState>(queued + ((<usize>from) << 2)))
}

function siftUp(place: i32, priority: u64, state: JobState): void {
  while (place > 0) {
    const parent = (place - 1) >> 1
    if (priorityAt(parent) <= priority) break
    move(parent, place)
    place = parent
  }
  put(place, priority, state)
}

function siftDown(place: i32, priority: u64, state: JobState): void {
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
export function queueState(state: JobState, priority: u64): void {
  const place = state.place
  assert(place >= 0 || size < capacity)
  if (place < 0) siftUp(size++, priority, state)
  else if (priority <= priorityAt(place)) siftUp(place, priority, state)
  else siftDown(place, priority, state)
}

/** Priority of the first in the queue, which must not be empty. */
export function leastPriority(): u64 {
  assert(size > 0)
  return priorityAt(0)
}

/** Takes the first out of the queue. */
export function takeState(): JobState {
  assert(size > 0)
  const state = load<JobState>(queued)
  state.place = -1
  const last = --size
  if (last > 0) siftDown(0, priorityAt(last), load<JobState>(queued + ((<usize>last) << 2)))
  return state
}
