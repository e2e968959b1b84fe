// Event-driven schedule generation (Kolisch 1996: the parallel scheme, non-delay): time runs over the ends of tasks and of forbidden
// intervals; at each instant the list is scanned and whatever can start starts. A task that lacks nothing but memory reserves its
// target's memory against lower ones for that scan, or a large one would wait for ever.
//
// A scan looks only at tasks for which something has changed since they were last turned down: a resource of theirs was full and
// is not any more, their predecessor or their forbidden interval has ended, or memory was what they lacked (those at every scan,
// for they may reserve). List positions are bits, so that the union of such sets comes out in list order; and those that wait for a
// full resource besides are masked out word by word, before any of them is looked at.
import { dequeue, enqueue, nextTick, resetQueue } from './event-queue'
import {
  CAPACITY,
  DURATION,
  END,
  FINISH,
  FIRST_SUCCESSOR,
  FREE,
  FREE_MEMORY,
  HORIZON,
  IN_USE,
  MEMORY,
  MEMORY_FROM,
  MEMORY_TO,
  NEVER,
  NEXT_SUCCESSOR,
  PENDING,
  POSITION,
  PREDECESSOR,
  QUEUE,
  RESERVED,
  RESERVOIRS,
  RESERVOIR_BYTES,
  RESERVOIR_COUNT,
  RESOURCES,
  RESOURCE_BYTES,
  RESOURCE_COUNT,
  ROOM_A,
  ROOM_B,
  SETS,
  SET_WORDS,
  SLOT,
  START,
  TASKS,
  TASK_COUNT,
  TASK_SHIFT,
  WAITERS,
  WAITING,
  WAKE,
  WINDOWS,
  WINDOW_CURSOR,
  WINDOW_ENDS,
} from './schedule-layout'
import { report } from './schedule-result'

let starts: usize = 0
let waiting: usize = 0
/** To be looked at in the next scan. */
let candidates: usize = 0
/** Turned down in the last scan for memory or for a reservation. */
let hungry: usize = 0
/** Waiting for one resource at least that is full, and for two. */
let blocked: usize = 0
let blockedTwice: usize = 0
let setBytes: usize = 0
let horizon: u32 = 0
let now: u32 = 0
let scans: u32 = 0
let running: u32 = 0
let makespan: u32 = 0
let placed: u32 = 0
/** A reservation alone kept some task from starting in the last scan. */
let heldBack: bool = false

function insert(set: usize, position: usize): void {
  const word = set + ((position >> 6) << 3)
  store<u64>(word, load<u64>(word) | ((<u64>1) << (<u64>position & 63)))
}

function remove(set: usize, position: usize): void {
  const word = set + ((position >> 6) << 3)
  store<u64>(word, load<u64>(word) & ~((<u64>1) << (<u64>position & 63)))
}

function resetResources(schedule: usize): void {
  const count = <usize>load<u32>(schedule, RESOURCE_COUNT)
  let resource = load<usize>(schedule, RESOURCES)
  let set = load<usize>(schedule, SETS)
  setBytes = <usize>load<u32>(schedule, SET_WORDS) << 3
  memory.fill(set, 0, (count + 4) * setBytes)
  for (const end = resource + count * RESOURCE_BYTES; resource < end; resource += RESOURCE_BYTES) {
    store<u32>(resource, 0, IN_USE)
    store<u32>(resource, 0, FINISH)
    store<usize>(resource, set, WAITERS)
    set += setBytes
  }
  candidates = set
  hungry = set + setBytes
  blocked = hungry + setBytes
  blockedTwice = blocked + setBytes
}

/** Fills the reservoirs; also the `rounds` scheme's. */
export function resetReservoirs(schedule: usize): void {
  let free = load<usize>(schedule, FREE_MEMORY)
  let reservoir = load<usize>(schedule, RESERVOIRS)
  const end = reservoir + <usize>load<u32>(schedule, RESERVOIR_COUNT) * RESERVOIR_BYTES
  for (; reservoir < end; reservoir += RESERVOIR_BYTES) {
    store<f64>(reservoir, load<f64>(free), FREE)
    store<u32>(reservoir, 0, RESERVED)
    free += 8
  }
}

function resetTasks(schedule: usize, order: usize): void {
  const count = <usize>load<u32>(schedule, TASK_COUNT)
  const tasks = load<usize>(schedule, TASKS)
  for (let position: usize = 0; position < count; position++) {
    const task = tasks + (load<usize>(order + (position << 2)) << TASK_SHIFT)
    store<usize>(waiting + (position << 2), task)
    store<u32>(task, <u32>position, POSITION)
    store<u32>(task, PENDING, END)
    store<u32>(task, 0, WAKE)
    store<usize>(task, load<usize>(task, WINDOWS), WINDOW_CURSOR)
    store<i32>(starts + load<usize>(task, SLOT), -1)
    const a = load<usize>(task, ROOM_A)
    const b = load<usize>(task, ROOM_B)
    if (a) insert(load<usize>(a, WAITERS), position)
    if (b) insert(load<usize>(b, WAITERS), position)
    insert(candidates, position)
  }
}

/** No room any more: all who wait for it are blocked. Sets have an even number of words, so that vectors of two fit. */
function block(set: usize): void {
  for (let offset: usize = 0; offset < setBytes; offset += 16) {
    const once = blocked + offset
    const twice = blockedTwice + offset
    if (ASC_FEATURE_SIMD) {
      const waiters = v128.load(set + offset)
      const before = v128.load(once)
      v128.store(twice, v128.or(v128.load(twice), v128.and(before, waiters)))
      v128.store(once, v128.or(before, waiters))
    } else {
      for (let word: usize = 0; word < 16; word += 8) {
        const waiters = load<u64>(set + offset + word)
        const before = load<u64>(once + word)
        store<u64>(twice + word, load<u64>(twice + word) | (before & waiters))
        store<u64>(once + word, before | waiters)
      }
    }
  }
}

/** Room again: all who wait for it are candidates, and blocked only by another resource. */
function unblock(set: usize): void {
  for (let offset: usize = 0; offset < setBytes; offset += 16) {
    const asked = candidates + offset
    const once = blocked + offset
    const twice = blockedTwice + offset
    if (ASC_FEATURE_SIMD) {
      const waiters = v128.load(set + offset)
      const both = v128.load(twice)
      v128.store(asked, v128.or(v128.load(asked), waiters))
      v128.store(once, v128.andnot(v128.load(once), v128.andnot(waiters, both)))
      v128.store(twice, v128.andnot(both, waiters))
    } else {
      for (let word: usize = 0; word < 16; word += 8) {
        const waiters = load<u64>(set + offset + word)
        const both = load<u64>(twice + word)
        store<u64>(asked + word, load<u64>(asked + word) | waiters)
        store<u64>(once + word, load<u64>(once + word) & ~(waiters & ~both))
        store<u64>(twice + word, both & ~waiters)
      }
    }
  }
}

/** Takes a unit of the resource for the task at the position. */
function occupy(resource: usize, position: usize, end: u32): void {
  const inUse = load<u32>(resource, IN_USE) + 1
  const set = load<usize>(resource, WAITERS)
  store<u32>(resource, inUse, IN_USE)
  store<u32>(resource, max(load<u32>(resource, FINISH), end), FINISH)
  remove(set, position)
  if (inUse == load<u32>(resource, CAPACITY)) block(set)
}

function start(task: usize, position: usize): void {
  const end = now + load<u32>(task, DURATION)
  store<u32>(starts + load<usize>(task, SLOT), now)
  const a = load<usize>(task, ROOM_A)
  if (a) occupy(a, position, end)
  const b = load<usize>(task, ROOM_B)
  if (b) occupy(b, position, end)
  const target = load<usize>(task, MEMORY_TO)
  if (target) store<f64>(target, load<f64>(target, FREE) - load<f64>(task, MEMORY), FREE)
  placed++
  makespan = max(makespan, end)
  running++
  enqueue(end, <u32>task)
}

function hasRoom(resource: usize): bool {
  return !resource || load<u32>(resource, IN_USE) < load<u32>(resource, CAPACITY)
}

/** Looks at one task, whose resources have room; true where it started. */
function consider(task: usize, position: usize, reserving: bool): bool {
  const predecessor = load<usize>(task, PREDECESSOR)
  if (predecessor && load<u32>(predecessor, END) == PENDING) return false
  assert(hasRoom(load<usize>(task, ROOM_A)) && hasRoom(load<usize>(task, ROOM_B)))
  const duration = load<u32>(task, DURATION)
  let window = load<usize>(task, WINDOW_CURSOR)
  while (load<u32>(window, 4) <= now) window += 8
  store<usize>(task, window, WINDOW_CURSOR)
  if (load<u32>(window) < now + duration) {
    let tick: u32
    do {
      tick = load<u32>(window, 4)
      window += 8
    } while (load<u32>(window) < tick + duration)
    // The answer is the same until that tick comes, so one entry in the queue is enough.
    if (tick + duration <= horizon && load<u32>(task, WAKE) != tick) {
      store<u32>(task, tick, WAKE)
      enqueue(tick, <u32>task | 1)
    }
    return false
  }
  if (now + duration > horizon) return false

  const target = load<usize>(task, MEMORY_TO)
  if (target) {
    if (load<f64>(task, MEMORY) > load<f64>(target, FREE)) {
      if (reserving) store<u32>(target, scans, RESERVED)
      insert(hungry, position)
      return false
    }
    if (reserving && load<u32>(target, RESERVED) == scans) {
      heldBack = true
      insert(hungry, position)
      return false
    }
  }
  start(task, position)
  return true
}

/** Looks at every candidate and every hungry task in list order; true where one started. */
function scan(reserving: bool): bool {
  scans++
  heldBack = false
  let started = false
  for (let offset: usize = 0; offset < setBytes; offset += 8) {
    let bits = load<u64>(candidates + offset) | load<u64>(hungry + offset)
    if (!bits) continue
    store<u64>(candidates + offset, 0)
    store<u64>(hungry + offset, 0)
    bits &= ~load<u64>(blocked + offset)
    while (bits) {
      const position = (offset << 3) + <usize>ctz(bits)
      bits &= bits - 1
      if (consider(load<usize>(waiting + (position << 2)), position, reserving)) {
        started = true
        bits &= ~load<u64>(blocked + offset)
      }
    }
  }
  return started
}

function release(resource: usize): void {
  const inUse = load<u32>(resource, IN_USE)
  store<u32>(resource, inUse - 1, IN_USE)
  if (inUse == load<u32>(resource, CAPACITY)) unblock(load<usize>(resource, WAITERS))
}

/** The task is over: what it held is free again, and what waited for that gets looked at. */
function finish(task: usize): void {
  running--
  store<u32>(task, now, END)
  const a = load<usize>(task, ROOM_A)
  if (a) release(a)
  const b = load<usize>(task, ROOM_B)
  if (b) release(b)
  const source = load<usize>(task, MEMORY_FROM)
  if (source) store<f64>(source, load<f64>(source, FREE) + load<f64>(task, MEMORY), FREE)
  let successor = load<usize>(task, FIRST_SUCCESSOR)
  while (successor) {
    insert(candidates, load<u32>(successor, POSITION))
    successor = load<usize>(successor, NEXT_SUCCESSOR)
  }
}

/** False, with results undefined, as soon as the makespan exceeds `limit`. */
export function eventDriven(schedule: usize, order: usize, limit: u32): bool {
  starts = load<usize>(schedule, START)
  waiting = load<usize>(schedule, WAITING)
  horizon = load<u32>(schedule, HORIZON)
  now = 0
  scans = 0
  running = 0
  makespan = 0
  placed = 0
  resetQueue(load<usize>(schedule, QUEUE))
  resetResources(schedule)
  resetReservoirs(schedule)
  resetTasks(schedule, order)
  let windowEnd = load<usize>(schedule, WINDOW_ENDS)
  while (true) {
    if (!scan(true) && !running && heldBack) scan(false)
    if (makespan > limit) return false
    let tick = nextTick()
    if (heldBack) {
      // Who reserved may have come up against a forbidden interval or the horizon: that frees the others at any instant.
      while (load<u32>(windowEnd) <= now) windowEnd += 4
      tick = min(tick, load<u32>(windowEnd))
    }
    if (tick == NEVER) break
    assert(tick >= now)
    now = tick
    while (nextTick() == now) {
      const item = <usize>dequeue()
      const task = item & ~1
      if (item & 1) insert(candidates, load<u32>(task, POSITION))
      else finish(task)
    }
  }
  report(schedule, makespan, placed)
  return true
}
