// Propagation on a resource of larger capacity: time-table (Lahrichi 1982) and the overload of intervals. The order of two tasks is left
// to the links: either one ends before the other starts, or they overlap, and both are choices.
import {
  CAPACITY,
  DURATION,
  EST,
  LST,
  MEMBERS,
  MEMBER_COUNT,
  SNAPSHOT,
  SNAPSHOT_BYTES,
  S_DURATION,
  S_EST,
  S_LCT,
  THRESHOLDS,
  THRESHOLD_BYTES,
  T_AMOUNT,
  T_TICK,
} from './exact-layout'
import { takeSnapshot } from './exact-snapshot'
import { lower, raise } from './exact-state'

/** Members that must run within an interval need more than it has. */
function overloaded(search: usize, resource: usize): bool {
  const end = takeSnapshot(search, resource, false)
  const first = load<usize>(search, SNAPSHOT)
  const capacity = <i64>load<i32>(resource, CAPACITY)
  for (let t = first; t < end; t += SNAPSHOT_BYTES) {
    const tick = load<i64>(t, S_LCT)
    let energy: i64 = 0
    for (let p = end - SNAPSHOT_BYTES; p >= first; p -= SNAPSHOT_BYTES) {
      if (load<i64>(p, S_LCT) > tick) continue
      energy += load<i64>(p, S_DURATION)
      if (energy > capacity * (tick - load<i64>(p, S_EST))) return true
    }
  }
  return false
}

function insertStep(first: usize, top: usize, tick: i64, amount: i64): void {
  let p = top
  while (p > first && load<i64>(p - THRESHOLD_BYTES, T_TICK) > tick) {
    store<i64>(p, load<i64>(p - THRESHOLD_BYTES, T_TICK), T_TICK)
    store<i64>(p, load<i64>(p - THRESHOLD_BYTES, T_AMOUNT), T_AMOUNT)
    p -= THRESHOLD_BYTES
  }
  store<i64>(p, tick, T_TICK)
  store<i64>(p, amount, T_AMOUNT)
}

/**
 * Writes to THRESHOLDS, by pairs (first, end), the intervals in which the members' certain parts [lst, ect) fill the resource; returns
 * their end, or 0 where they overfill it. They are split wherever a certain part begins or ends, so that each belongs to a member's
 * own part as a whole or not at all.
 */
function fullIntervals(search: usize, resource: usize): usize {
  const first = load<usize>(search, THRESHOLDS)
  const capacity = <i64>load<i32>(resource, CAPACITY)
  let top = first
  let member = load<usize>(resource, MEMBERS)
  const membersEnd = member + ((<usize>load<u32>(resource, MEMBER_COUNT)) << 2)
  for (; member < membersEnd; member += 4) {
    const task = load<usize>(member)
    const from = <i64>load<i32>(task, LST)
    const until = <i64>load<i32>(task, EST) + <i64>load<i32>(task, DURATION)
    if (from >= until) continue
    insertStep(first, top, from, 1)
    insertStep(first, top + THRESHOLD_BYTES, until, -1)
    top += 2 * THRESHOLD_BYTES
  }
  let height: i64 = 0
  let since: i64 = 0
  let out = first
  for (let p = first; p < top; ) {
    const tick = load<i64>(p, T_TICK)
    // Two steps at least have been read for each interval written.
    if (height == capacity) {
      store<i64>(out, since, T_TICK)
      store<i64>(out, tick, T_AMOUNT)
      out += THRESHOLD_BYTES
    }
    for (; p < top && load<i64>(p, T_TICK) == tick; p += THRESHOLD_BYTES) height += load<i64>(p, T_AMOUNT)
    if (height > capacity) return 0
    since = tick
  }
  return out
}

/** Keeps a member out of the full intervals to which its own certain part does not belong. */
function avoid(search: usize, task: usize, end: usize): bool {
  const first = load<usize>(search, THRESHOLDS)
  const duration = <i64>load<i32>(task, DURATION)
  for (let p = first; p < end; p += THRESHOLD_BYTES) {
    const est = <i64>load<i32>(task, EST)
    const from = load<i64>(p, T_TICK)
    const until = load<i64>(p, T_AMOUNT)
    if (from >= est + duration) break
    if (until <= est || covers(task, from)) continue
    if (!raise(search, task, until, 0)) return false
  }
  for (let p = end; p > first; p -= THRESHOLD_BYTES) {
    const lst = <i64>load<i32>(task, LST)
    const from = load<i64>(p - THRESHOLD_BYTES, T_TICK)
    const until = load<i64>(p - THRESHOLD_BYTES, T_AMOUNT)
    if (until <= lst) break
    if (from >= lst + duration || covers(task, from)) continue
    if (!lower(search, task, from - duration, 0)) return false
  }
  return true
}

/** Its certain part holds the instant. */
function covers(task: usize, tick: i64): bool {
  return (
    <i64>load<i32>(task, LST) <= tick && tick < <i64>load<i32>(task, EST) + <i64>load<i32>(task, DURATION)
  )
}

export function propagateCumulative(search: usize, resource: usize): bool {
  if (overloaded(search, resource)) return false
  const end = fullIntervals(search, resource)
  if (!end) return false
  let member = load<usize>(resource, MEMBERS)
  const membersEnd = member + ((<usize>load<u32>(resource, MEMBER_COUNT)) << 2)
  for (; member < membersEnd; member += 4) {
    if (!avoid(search, load<usize>(member), end)) return false
  }
  return true
}

/** No instant has more members than capacity when each starts at its est. */
export function cumulativeHolds(resource: usize): bool {
  const members = load<usize>(resource, MEMBERS)
  const membersEnd = members + ((<usize>load<u32>(resource, MEMBER_COUNT)) << 2)
  const capacity = load<i32>(resource, CAPACITY)
  for (let i = members; i < membersEnd; i += 4) {
    const tick = <i64>load<i32>(load<usize>(i), EST)
    let running = 0
    for (let k = members; k < membersEnd; k += 4) {
      const task = load<usize>(k)
      const est = <i64>load<i32>(task, EST)
      if (est <= tick && tick < est + <i64>load<i32>(task, DURATION)) running++
    }
    if (running > capacity) return false
  }
  return true
}
