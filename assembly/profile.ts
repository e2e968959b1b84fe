// What resources of any capacity still have free, for insertion at the earliest time: gaps (gaps.ts) where the capacity is 1, else
// the steps of a usage profile. Time only fills up, so a resource remembers per class of durations the first step from which
// a task of that class may have room, and a search begins there.
import { fillClasses, openGap, resetGaps, takeFromGap } from './gaps'
import { Gap, none, Resource, Schedule, Step } from './records'

/** First step of the pool that is not in use. */
let unused = none<Step>()
/** Behind the pool; known to the debug build's assertions alone. */
let poolEnd = none<Step>()

/** Every resource is free for ever. */
export function resetProfiles(schedule: Schedule): void {
  unused = schedule.steps
  poolEnd = unused.at(schedule.resourceCount + 2 * schedule.useCount)
  resetGaps(schedule)
  let resource = schedule.resources
  const end = resource.at(schedule.resourceCount)
  for (; resource != end; resource = resource.at(1)) {
    resource.finish = 0
    if (resource.capacity == 1) openGap(resource)
    else openProfile(resource)
  }
}

@inline
function takeUnused(): Step {
  assert(unused != poolEnd)
  const step = unused
  unused = step.at(1)
  return step
}

function openProfile(resource: Resource): void {
  const step = takeUnused()
  step.start = 0
  step.count = 0
  step.next = none<Step>()
  fillClasses(resource.firstsAddress(), changetype<usize>(step))
}

function insertAfter(step: Step, start: u32, count: u32): Step {
  const added = takeUnused()
  added.start = start
  added.count = count
  added.next = step.next
  step.next = added
  return added
}

/** First step that begins a run of steps with room, long enough for the class. */
function firstRun(resource: Resource, klass: usize, shortest: u32): Step {
  const capacity = resource.capacity
  let first = changetype<Step>(resource.firstsAt(klass))
  while (true) {
    while (first.count >= capacity) first = first.next
    const start = first.start
    let step = first
    do {
      step = step.next
    } while (step && step.count < capacity && step.start - start < shortest)
    if (!step || step.start - start >= shortest) break
    first = step
  }
  resource.firstsSet(klass, changetype<Gap>(first))
  return first
}

/** Readies `earliestRoom` for a task of one duration class. */
export function beginSearch(schedule: Schedule, resource: Resource, klass: usize): void {
  if (resource.capacity == 1) resource.gapCursor = resource.firstsAt(klass)
  else resource.stepCursor = firstRun(resource, klass, load<u32>(schedule.classShortest + klass))
}

function earliestGap(resource: Resource, klass: usize, from: u32, duration: u32): u32 {
  let gap = resource.gapCursor
  let start = max(from, gap.start)
  while (start + duration > gap.end) {
    gap = gap.nextsAt(klass)
    start = max(from, gap.start)
  }
  resource.gapCursor = gap
  return start
}

/**
 * Earliest tick ≥ `from` at which the resource has so many units for `duration` ticks of a task of the class. `from` must not decrease
 * within one search.
 */
export function earliestRoom(resource: Resource, klass: usize, from: u32, duration: u32, units: u32): u32 {
  const capacity = resource.capacity
  if (capacity == 1) return earliestGap(resource, klass, from, duration)
  const most = capacity - units
  let first = resource.stepCursor
  let start = max(from, first.start)
  let next = first.next
  while (next && next.start <= start) {
    first = next
    next = first.next
  }
  let step = first
  do {
    next = step.next
    if (step.count > most) {
      // The last step is empty, so a full one has a successor.
      start = next.start
      first = next
    }
    step = next
  } while (step && step.start < start + duration)
  resource.stepCursor = first
  return start
}

/** Takes so many units during [start, end), where the last search of this resource ended. */
export function takeRoom(resource: Resource, start: u32, end: u32, units: u32): void {
  if (resource.capacity == 1) {
    takeFromGap(resource, resource.gapCursor, start, end)
    return
  }
  let step = resource.stepCursor
  if (step.start < start) step = insertAfter(step, start, step.count)
  while (true) {
    const count = step.count
    assert(count + units <= resource.capacity)
    const next = step.next
    if (!next || next.start > end) insertAfter(step, end, count)
    step.count = count + units
    step = step.next
    if (step.start == end) break
  }
  if (end > resource.finish) resource.finish = end
}
