// One insertion of serial schedule generation: the earliest time at which a task's resources and windows have room for it, gaps
// included, and taking that room there and then. A task here is any record with the fields DURATION, ROOM_A, ROOM_B, WINDOWS, CLASS and UNARY.
import { takeFromGap } from './gaps'
import { beginSearch, earliestRoom, takeRoom } from './profile'
import {
  CLASS,
  DURATION,
  FIRSTS,
  G_END,
  G_NEXT,
  G_START,
  NEVER,
  ROOM_A,
  ROOM_B,
  UNARY,
  WINDOWS,
} from './schedule-layout'

/** For a task that needs room in two resources of capacity 1. */
function insertUnary(task: usize, ready: u32, horizon: u32, take: bool): u32 {
  const duration = load<u32>(task, DURATION)
  const a = load<usize>(task, ROOM_A)
  const b = load<usize>(task, ROOM_B)
  const klass = load<usize>(task, CLASS)
  let gapA = load<usize>(a + klass, FIRSTS)
  let gapB = load<usize>(b + klass, FIRSTS)
  let window = load<usize>(task, WINDOWS)
  let start = max(ready, load<u32>(gapA, G_START))
  while (true) {
    while (start + duration > load<u32>(gapA, G_END)) {
      gapA = load<usize>(gapA + klass, G_NEXT)
      start = max(start, load<u32>(gapA, G_START))
    }
    let both = max(start, load<u32>(gapB, G_START))
    while (both + duration > load<u32>(gapB, G_END)) {
      gapB = load<usize>(gapB + klass, G_NEXT)
      both = max(start, load<u32>(gapB, G_START))
    }
    while (load<u32>(window, 4) <= both) window += 8
    if (load<u32>(window) < both + duration) {
      start = load<u32>(window, 4)
      continue
    }
    start = both
    if (start + duration <= load<u32>(gapA, G_END)) break
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
function insertAny(schedule: usize, task: usize, ready: u32, horizon: u32, take: bool): u32 {
  const duration = load<u32>(task, DURATION)
  const a = load<usize>(task, ROOM_A)
  const b = load<usize>(task, ROOM_B)
  const klass = load<usize>(task, CLASS)
  if (a) beginSearch(schedule, a, klass)
  if (b) beginSearch(schedule, b, klass)
  let window = load<usize>(task, WINDOWS)
  let start = ready
  while (true) {
    const before = start
    if (a) start = earliestRoom(a, klass, start, duration)
    if (b) start = earliestRoom(b, klass, start, duration)
    while (load<u32>(window, 4) <= start) window += 8
    if (load<u32>(window) < start + duration) start = load<u32>(window, 4)
    else if (start == before) break
  }
  const end = start + duration
  if (end > horizon) return NEVER
  if (take) {
    if (a) takeRoom(a, start, end)
    if (b) takeRoom(b, start, end)
  }
  return start
}

/** Earliest start ≥ `ready` with room for the task, NEVER where it would end after the horizon; takes the room where told to. */
export function insert(schedule: usize, task: usize, ready: u32, horizon: u32, take: bool): u32 {
  return load<u32>(task, UNARY)
    ? insertUnary(task, ready, horizon, take)
    : insertAny(schedule, task, ready, horizon, take)
}
