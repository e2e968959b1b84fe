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
import { NEVER, none, Pair, PENDING, Resource, Schedule, Task, Use } from './records'
import { giveBackList, isList, listFits, listIsReserved, reserveLacking, resetReservoirs, takeList } from './reservoirs'
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

function resetResources(schedule: Schedule): void {
  const setBytes = <usize>schedule.setWords << 3
  candidates = schedule.sets
  summary = candidates + setBytes
  summaryEnd = summary + (((setBytes >> 9) + 1) << 3)
  hungry = summaryEnd
  hungryCount = 0
  memory.fill(candidates, 0, summaryEnd - candidates)
  let resource = schedule.resources
  const end = resource.at(schedule.resourceCount)
  for (; resource != end; resource = resource.at(1)) {
    resource.inUse = 0
    resource.finish = 0
    resource.neighboursLive = resource.neighboursEnd
  }
  const pairs = changetype<usize>(schedule.pairs)
  memory.fill(pairs, 0, changetype<usize>(schedule.pairsEnd) - pairs)
}

function appendToPair(pair: Pair, task: Task): void {
  const last = pair.last
  task.previousOfPair = last
  task.nextOfPair = none<Task>()
  if (last) last.nextOfPair = task
  else pair.first = task
  pair.last = task
}

function removeFromPair(pair: Pair, task: Task): void {
  const next = task.nextOfPair
  const previous = task.previousOfPair
  if (previous) previous.nextOfPair = next
  else pair.first = next
  if (next) next.previousOfPair = previous
  else pair.last = previous
}

function resetTasks(schedule: Schedule, order: usize): void {
  const count = <usize>schedule.taskCount
  const tasks = schedule.tasks
  for (let position: usize = 0; position < count; position++) {
    const task = tasks.at(load<usize>(order + (position << 2)))
    store<Task>(waiting + (position << 2), task)
    task.position = <u32>position
    task.end = PENDING
    task.wake = 0
    task.windowCursor = task.windows
    store<i32>(starts + task.slot, -1)
    const pair = task.pair
    if (!pair) insert(position)
    else {
      if (!pair.first) insert(position)
      appendToPair(pair, task)
    }
  }
}

/** Takes units until `end`; also the `rounds` scheme's. */
@inline
export function hold(resource: Resource, units: u32, end: u32): void {
  resource.inUse += units
  resource.finish = max(resource.finish, end)
}

/** All that the task holds besides its first two resources has room; also the `rounds` scheme's. */
@inline
export function fits(use: Use, end: Use): bool {
  for (; use != end; use = use.at(1)) {
    if (use.resource.inUse + use.units > use.resource.capacity) return false
  }
  return true
}

function start(task: Task): void {
  const end = now + task.duration
  const pair = task.pair
  if (pair) removeFromPair(pair, task)
  store<u32>(starts + task.slot, now)
  const a = task.roomA
  const b = task.roomB
  if (a) hold(a, 1, end)
  if (b) hold(b, 1, end)
  for (let use = task.held; use != task.heldEnd; use = use.at(1)) hold(use.resource, use.units, end)
  const target = task.memoryTo
  if (target) target.free -= task.memory
  placed++
  makespan = max(makespan, end)
  running++
  enqueue(end, changetype<u32>(task))
}

/** It is looked at again in the next scan. */
function turnDown(position: usize): bool {
  store<u32>(hungry + (hungryCount++ << 2), <u32>position)
  return false
}

/** Looks at one task; true where it started. */
function consider(task: Task, position: usize, reserving: bool): bool {
  let p = task.before
  if (p) {
    for (let predecessor = load<Task>(p); predecessor; p += 4, predecessor = load<Task>(p)) {
      if (predecessor.end == PENDING) return false
    }
  }
  const a = task.roomA
  if (a && a.inUse >= a.capacity) return false
  const b = task.roomB
  if (b && b.inUse >= b.capacity) return false
  if (!fits(task.held, task.heldEnd)) return false

  const duration = task.duration
  let window = task.windowCursor
  while (load<u32>(window, 4) <= now) window += 8
  task.windowCursor = window
  if (load<u32>(window) < now + duration) {
    let tick: u32
    do {
      tick = load<u32>(window, 4)
      window += 8
    } while (load<u32>(window) < tick + duration)
    // The answer is the same until that tick comes, so one entry in the queue is enough.
    if (tick + duration <= horizon && task.wake != tick) {
      task.wake = tick
      enqueue(tick, changetype<u32>(task) | 1)
    }
    return false
  }
  if (now + duration > horizon) return false

  const target = task.memoryTo
  if (target) {
    if (task.memory > target.free) {
      if (!isList(target)) {
        if (reserving) target.reserved = scans
        return turnDown(position)
      }
      if (!listFits(task)) {
        if (reserving) reserveLacking(task, scans)
        return turnDown(position)
      }
      if (reserving && listIsReserved(task, scans)) {
        heldBack = true
        return turnDown(position)
      }
      takeList(task)
    } else if (reserving && target.reserved == scans) {
      heldBack = true
      return turnDown(position)
    }
  }
  start(task)
  return true
}

function hasRoom(resource: Resource): bool {
  return !resource || resource.inUse < resource.capacity
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
      const task = load<Task>(waiting + (position << 2))
      const next = task.nextOfPair
      if (consider(task, position, reserving)) started = true
      // What follows it in its pair stands behind it in the list too: this scan comes to it.
      if (next && hasRoom(task.roomA) && hasRoom(task.roomB)) insert(next.position)
      present = load<u64>(group)
    }
  }
  return started
}

function release(resource: Resource, units: u32): void {
  const inUse = resource.inUse
  resource.inUse = inUse - units
  // It kept nobody out.
  if (inUse + resource.largest <= resource.capacity) return
  let at = resource.neighbours
  let end = resource.neighboursLive
  while (at != end) {
    if (hasRoom(at.other)) {
      const first = at.pair.first
      if (first) insert(first.position)
      else {
        // All its tasks have started: it changes places with the last one. The order plays no part.
        end = end.at(-1)
        const other = end.other
        const pair = end.pair
        end.other = at.other
        end.pair = at.pair
        at.other = other
        at.pair = pair
        continue
      }
    }
    at = at.at(1)
  }
  resource.neighboursLive = end
}

/** The task is over: what it held is free again, and what waited for that gets looked at. */
function finish(task: Task): void {
  running--
  task.end = now
  const a = task.roomA
  if (a) release(a, 1)
  const b = task.roomB
  if (b) release(b, 1)
  for (let use = task.held; use != task.heldEnd; use = use.at(1)) release(use.resource, use.units)
  const source = task.memoryFrom
  if (source) {
    if (isList(source)) giveBackList(task)
    else source.free += task.memory
  }
  let s = task.behind
  if (s) {
    for (let successor = load<Task>(s); successor; s += 4, successor = load<Task>(s)) insert(successor.position)
  }
}

/** False, with results undefined, as soon as the makespan exceeds `limit`. */
export function eventDriven(schedule: Schedule, order: usize, limit: u32): bool {
  starts = schedule.start
  waiting = schedule.waiting
  horizon = schedule.horizon
  now = 0
  scans = 0
  running = 0
  makespan = 0
  placed = 0
  resetQueue(schedule.queue, 2 * schedule.taskCount + 1)
  resetResources(schedule)
  resetReservoirs(schedule)
  resetTasks(schedule, order)
  let windowEnd = schedule.windowEnds
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
      const task = changetype<Task>(item & ~1)
      if (item & 1) insert(task.position)
      else finish(task)
    }
  }
  report(schedule, makespan, placed)
  return true
}
