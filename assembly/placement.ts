// One insertion of serial schedule generation: the earliest time at which a task's resources and windows have room for it, gaps
// included, and taking that room there and then. A task here is an insertion: a task, or a mode of one.
import { takeFromGap } from './gaps'
import { beginSearch, earliestRoom, takeRoom } from './profile'
import { Insertion, NEVER, Schedule } from './records'

/** For a task that needs room in two resources of capacity 1. */
function insertUnary(task: Insertion, ready: u32, horizon: u32, take: bool): u32 {
  const duration = task.duration
  const a = task.roomA
  const b = task.roomB
  const klass = task.klass
  let gapA = a.firstsAt(klass)
  let gapB = b.firstsAt(klass)
  let window = task.windows
  let start = max(ready, gapA.start)
  while (true) {
    while (start + duration > gapA.end) {
      gapA = gapA.nextsAt(klass)
      start = max(start, gapA.start)
    }
    let both = max(start, gapB.start)
    while (both + duration > gapB.end) {
      gapB = gapB.nextsAt(klass)
      both = max(start, gapB.start)
    }
    while (load<u32>(window, 4) <= both) window += 8
    if (load<u32>(window) < both + duration) {
      start = load<u32>(window, 4)
      continue
    }
    start = both
    if (start + duration <= gapA.end) break
  }
  const end = start + duration
  if (end > horizon) return NEVER
  if (take) {
    takeFromGap(a, gapA, start, end)
    takeFromGap(b, gapB, start, end)
  }
  return start
}

/** For any task. */
function insertAny(schedule: Schedule, task: Insertion, ready: u32, horizon: u32, take: bool): u32 {
  const duration = task.duration
  const a = task.roomA
  const b = task.roomB
  const klass = task.klass
  if (a) beginSearch(schedule, a, klass)
  if (b) beginSearch(schedule, b, klass)
  for (let use = task.held; use != task.heldEnd; use = use.at(1)) beginSearch(schedule, use.resource, klass)
  let window = task.windows
  let start = ready
  while (true) {
    const before = start
    if (a) start = earliestRoom(a, klass, start, duration, 1)
    if (b) start = earliestRoom(b, klass, start, duration, 1)
    for (let use = task.held; use != task.heldEnd; use = use.at(1)) {
      start = earliestRoom(use.resource, klass, start, duration, use.units)
    }
    while (load<u32>(window, 4) <= start) window += 8
    if (load<u32>(window) < start + duration) start = load<u32>(window, 4)
    else if (start == before) break
  }
  const end = start + duration
  if (end > horizon) return NEVER
  if (take) {
    if (a) takeRoom(a, start, end, 1)
    if (b) takeRoom(b, start, end, 1)
    for (let use = task.held; use != task.heldEnd; use = use.at(1)) takeRoom(use.resource, start, end, use.units)
  }
  return start
}

/** Earliest start ≥ `ready` with room for the task, NEVER where it would end after the horizon; takes the room where told to. */
export function insert(schedule: Schedule, task: Insertion, ready: u32, horizon: u32, take: bool): u32 {
  return task.unary
    ? insertUnary(task, ready, horizon, take)
    : insertAny(schedule, task, ready, horizon, take)
}
