// What resources of any capacity still have free, for insertion at the earliest time: gaps (gaps.ts) where the capacity is 1, else
// the steps of a usage profile. Time only fills up, so a resource remembers per class of durations the first step from which
// a task of that class may have room, and a search begins there.
import { fillClasses, openGap, resetGaps, takeFromGap } from './gaps'
import {
  CAPACITY,
  CLASS_SHORTEST,
  CURSOR,
  FINISH,
  FIRSTS,
  G_END,
  G_NEXT,
  G_START,
  RESOURCES,
  RESOURCE_BYTES,
  RESOURCE_COUNT,
  STEPS,
  STEP_BYTES,
  S_COUNT,
  S_NEXT,
  S_START,
} from './schedule-layout'

/** First step of the pool that is not in use. */
let unused: usize = 0

/** Every resource is free for ever. */
export function resetProfiles(schedule: usize): void {
  unused = load<usize>(schedule, STEPS)
  resetGaps(schedule)
  let resource = load<usize>(schedule, RESOURCES)
  const end = resource + <usize>load<u32>(schedule, RESOURCE_COUNT) * RESOURCE_BYTES
  for (; resource < end; resource += RESOURCE_BYTES) {
    store<u32>(resource, 0, FINISH)
    if (load<u32>(resource, CAPACITY) == 1) openGap(resource)
    else openProfile(resource)
  }
}

function openProfile(resource: usize): void {
  const step = unused
  unused += STEP_BYTES
  store<u64>(step, 0, S_START)
  store<usize>(step, 0, S_NEXT)
  fillClasses(resource + FIRSTS, step)
}

function insertAfter(step: usize, start: u32, count: u32): usize {
  const added = unused
  unused += STEP_BYTES
  store<u32>(added, start, S_START)
  store<u32>(added, count, S_COUNT)
  store<usize>(added, load<usize>(step, S_NEXT), S_NEXT)
  store<usize>(step, added, S_NEXT)
  return added
}

/** First step that begins a run of steps with room, long enough for the class. */
function firstRun(resource: usize, klass: usize, shortest: u32): usize {
  const capacity = load<u32>(resource, CAPACITY)
  let first = load<usize>(resource + klass, FIRSTS)
  while (true) {
    while (load<u32>(first, S_COUNT) >= capacity) first = load<usize>(first, S_NEXT)
    const start = load<u32>(first, S_START)
    let step = first
    do {
      step = load<usize>(step, S_NEXT)
    } while (step && load<u32>(step, S_COUNT) < capacity && load<u32>(step, S_START) - start < shortest)
    if (!step || load<u32>(step, S_START) - start >= shortest) break
    first = step
  }
  store<usize>(resource + klass, first, FIRSTS)
  return first
}

/** Readies `earliestRoom` for a task of one duration class. */
export function beginSearch(schedule: usize, resource: usize, klass: usize): void {
  const first =
    load<u32>(resource, CAPACITY) == 1
      ? load<usize>(resource + klass, FIRSTS)
      : firstRun(resource, klass, load<u32>(load<usize>(schedule, CLASS_SHORTEST) + klass))
  store<usize>(resource, first, CURSOR)
}

function earliestGap(resource: usize, klass: usize, from: u32, duration: u32): u32 {
  let gap = load<usize>(resource, CURSOR)
  let start = max(from, load<u32>(gap, G_START))
  while (start + duration > load<u32>(gap, G_END)) {
    gap = load<usize>(gap + klass, G_NEXT)
    start = max(from, load<u32>(gap, G_START))
  }
  store<usize>(resource, gap, CURSOR)
  return start
}

/**
 * Earliest tick ≥ `from` at which the resource has room for `duration` ticks of a task of the class. `from` must not decrease
 * within one search.
 */
export function earliestRoom(resource: usize, klass: usize, from: u32, duration: u32): u32 {
  const capacity = load<u32>(resource, CAPACITY)
  if (capacity == 1) return earliestGap(resource, klass, from, duration)
  let first = load<usize>(resource, CURSOR)
  let start = max(from, load<u32>(first, S_START))
  let next = load<usize>(first, S_NEXT)
  while (next && load<u32>(next, S_START) <= start) {
    first = next
    next = load<usize>(first, S_NEXT)
  }
  let step = first
  do {
    next = load<usize>(step, S_NEXT)
    if (load<u32>(step, S_COUNT) >= capacity) {
      // The last step is empty, so a full one has a successor.
      start = load<u32>(next, S_START)
      first = next
    }
    step = next
  } while (step && load<u32>(step, S_START) < start + duration)
  store<usize>(resource, first, CURSOR)
  return start
}

/** Takes one unit during [start, end), where the last search of this resource ended. */
export function takeRoom(resource: usize, start: u32, end: u32): void {
  let step = load<usize>(resource, CURSOR)
  if (load<u32>(resource, CAPACITY) == 1) {
    takeFromGap(resource, step, start, end)
    return
  }
  if (load<u32>(step, S_START) < start) step = insertAfter(step, start, load<u32>(step, S_COUNT))
  while (true) {
    const count = load<u32>(step, S_COUNT)
    assert(count < load<u32>(resource, CAPACITY))
    const next = load<usize>(step, S_NEXT)
    if (!next || load<u32>(next, S_START) > end) insertAfter(step, end, count)
    store<u32>(step, count + 1, S_COUNT)
    step = load<usize>(step, S_NEXT)
    if (load<u32>(step, S_START) == end) break
  }
  if (end > load<u32>(resource, FINISH)) store<u32>(resource, end, FINISH)
}
