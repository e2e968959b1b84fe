// Event-driven schedule generation (Kolisch 1996: the parallel scheme, non-delay): time runs over the ends of tasks and of forbidden
// intervals; at each instant the list is scanned and whatever can start starts. A task that lacks nothing but memory reserves its
// target's memory against lower ones for that scan, or a large one would wait for ever.
//
// A scan looks only at tasks for which something has changed since they were last turned down: their predecessor or their forbidden
// interval has ended, memory was what they lacked (those at every scan, for they may reserve), or both their resources have room again.
// Of tasks that share both resources only the first is looked at, and the next one where that leaves room for it. List positions are
// bits, so that what is to be looked at comes out in list order; a bit of the summary stands for 64 positions, so that a scan costs
// what it finds.
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
  NEIGHBOURS,
  NEIGHBOURS_END,
  NEIGHBOURS_LIVE,
  NEIGHBOUR_BYTES,
  NEVER,
  NEXT_SUCCESSOR,
  OTHER,
  PAIR,
  PAIRS,
  PAIRS_END,
  PAIR_FIRST,
  PAIR_LAST,
  PAIR_NEXT,
  PAIR_OF,
  PAIR_PREVIOUS,
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
  WAITING,
  WAKE,
  WINDOWS,
  WINDOW_CURSOR,
  WINDOW_ENDS,
} from './schedule-layout'
import { report } from './schedule-result'

let starts: usize = 0
let waiting: usize = 0
/** To be looked at in this scan, or the next one. */
let candidates: usize = 0
/** A bit for each word of the candidates in which there are any. */
let summary: usize = 0
let summaryEnd: usize = 0
/** Positions of those that were turned down in the last scan for memory or for a reservation. */
let hungry: usize = 0
let hungryCount: usize = 0
let horizon: u32 = 0
let now: u32 = 0
let scans: u32 = 0
let running: u32 = 0
let makespan: u32 = 0
let placed: u32 = 0
/** A reservation alone kept some task from starting in the last scan. */
let heldBack: bool = false

function insert(position: usize): void {
  const index = position >> 6
  const word = candidates + (index << 3)
  store<u64>(word, load<u64>(word) | ((<u64>1) << (<u64>position & 63)))
  const group = summary + ((index >> 6) << 3)
  store<u64>(group, load<u64>(group) | ((<u64>1) << (<u64>index & 63)))
}

function resetResources(schedule: usize): void {
  const setBytes = <usize>load<u32>(schedule, SET_WORDS) << 3
  candidates = load<usize>(schedule, SETS)
  summary = candidates + setBytes
  summaryEnd = summary + (((setBytes >> 9) + 1) << 3)
  hungry = summaryEnd
  hungryCount = 0
  memory.fill(candidates, 0, summaryEnd - candidates)
  let resource = load<usize>(schedule, RESOURCES)
  const end = resource + <usize>load<u32>(schedule, RESOURCE_COUNT) * RESOURCE_BYTES
  for (; resource < end; resource += RESOURCE_BYTES) {
    store<u32>(resource, 0, IN_USE)
    store<u32>(resource, 0, FINISH)
    store<usize>(resource, load<usize>(resource, NEIGHBOURS_END), NEIGHBOURS_LIVE)
  }
  const pairs = load<usize>(schedule, PAIRS)
  memory.fill(pairs, 0, load<usize>(schedule, PAIRS_END) - pairs)
}

function appendToPair(pair: usize, task: usize): void {
  const last = load<usize>(pair, PAIR_LAST)
  store<usize>(task, last, PAIR_PREVIOUS)
  store<usize>(task, 0, PAIR_NEXT)
  if (last) store<usize>(last, task, PAIR_NEXT)
  else store<usize>(pair, task, PAIR_FIRST)
  store<usize>(pair, task, PAIR_LAST)
}

function removeFromPair(pair: usize, task: usize): void {
  const next = load<usize>(task, PAIR_NEXT)
  const previous = load<usize>(task, PAIR_PREVIOUS)
  if (previous) store<usize>(previous, next, PAIR_NEXT)
  else store<usize>(pair, next, PAIR_FIRST)
  if (next) store<usize>(next, previous, PAIR_PREVIOUS)
  else store<usize>(pair, previous, PAIR_LAST)
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
    const pair = load<usize>(task, PAIR)
    if (!pair) insert(position)
    else {
      if (!load<usize>(pair, PAIR_FIRST)) insert(position)
      appendToPair(pair, task)
    }
  }
}

function start(task: usize): void {
  const end = now + load<u32>(task, DURATION)
  const pair = load<usize>(task, PAIR)
  if (pair) removeFromPair(pair, task)
  store<u32>(starts + load<usize>(task, SLOT), now)
  const a = load<usize>(task, ROOM_A)
  const b = load<usize>(task, ROOM_B)
  if (a) {
    store<u32>(a, load<u32>(a, IN_USE) + 1, IN_USE)
    store<u32>(a, max(load<u32>(a, FINISH), end), FINISH)
  }
  if (b) {
    store<u32>(b, load<u32>(b, IN_USE) + 1, IN_USE)
    store<u32>(b, max(load<u32>(b, FINISH), end), FINISH)
  }
  const target = load<usize>(task, MEMORY_TO)
  if (target) store<f64>(target, load<f64>(target, FREE) - load<f64>(task, MEMORY), FREE)
  placed++
  makespan = max(makespan, end)
  running++
  enqueue(end, <u32>task)
}

/** Looks at one task; true where it started. */
function consider(task: usize, position: usize, reserving: bool): bool {
  const predecessor = load<usize>(task, PREDECESSOR)
  if (predecessor && load<u32>(predecessor, END) == PENDING) return false
  const a = load<usize>(task, ROOM_A)
  if (a && load<u32>(a, IN_USE) >= load<u32>(a, CAPACITY)) return false
  const b = load<usize>(task, ROOM_B)
  if (b && load<u32>(b, IN_USE) >= load<u32>(b, CAPACITY)) return false

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
      store<u32>(hungry + (hungryCount++ << 2), <u32>position)
      return false
    }
    if (reserving && load<u32>(target, RESERVED) == scans) {
      heldBack = true
      store<u32>(hungry + (hungryCount++ << 2), <u32>position)
      return false
    }
  }
  start(task)
  return true
}

function hasRoom(resource: usize): bool {
  return !resource || load<u32>(resource, IN_USE) < load<u32>(resource, CAPACITY)
}

/** Looks at every candidate and every hungry task in list order; true where one started. */
function scan(reserving: bool): bool {
  scans++
  heldBack = false
  let started = false
  for (let h: usize = 0; h < hungryCount; h++) insert(load<usize>(hungry + (h << 2)))
  hungryCount = 0
  for (let group = summary, words = candidates; group < summaryEnd; group += 8, words += 512) {
    let present = load<u64>(group)
    while (present) {
      const word = words + (<usize>ctz(present) << 3)
      let bits = load<u64>(word)
      const position = ((word - candidates) << 3) + <usize>ctz(bits)
      bits &= bits - 1
      store<u64>(word, bits)
      if (!bits) store<u64>(group, present & (present - 1))
      const task = load<usize>(waiting + (position << 2))
      const next = load<usize>(task, PAIR_NEXT)
      if (consider(task, position, reserving)) started = true
      // What follows it in its pair stands behind it in the list too: this scan comes to it.
      if (next && hasRoom(load<usize>(task, ROOM_A)) && hasRoom(load<usize>(task, ROOM_B)))
        insert(<usize>load<u32>(next, POSITION))
      present = load<u64>(group)
    }
  }
  return started
}

function release(resource: usize): void {
  const inUse = load<u32>(resource, IN_USE)
  store<u32>(resource, inUse - 1, IN_USE)
  if (inUse < load<u32>(resource, CAPACITY)) return
  let at = load<usize>(resource, NEIGHBOURS)
  let end = load<usize>(resource, NEIGHBOURS_LIVE)
  while (at < end) {
    if (hasRoom(load<usize>(at, OTHER))) {
      const first = load<usize>(load<usize>(at, PAIR_OF), PAIR_FIRST)
      if (first) insert(<usize>load<u32>(first, POSITION))
      else {
        // All its tasks have started: it changes places with the last one. The order plays no part.
        end -= NEIGHBOUR_BYTES
        const last = load<u64>(end)
        store<u64>(end, load<u64>(at))
        store<u64>(at, last)
        continue
      }
    }
    at += NEIGHBOUR_BYTES
  }
  store<usize>(resource, end, NEIGHBOURS_LIVE)
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
    insert(<usize>load<u32>(successor, POSITION))
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
      if (item & 1) insert(<usize>load<u32>(task, POSITION))
      else finish(task)
    }
  }
  report(schedule, makespan, placed)
  return true
}
