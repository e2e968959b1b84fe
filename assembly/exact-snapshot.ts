// Snapshots of a resource's members, in free time, sorted. Rules sort and evaluate on the snapshot alone while they move the live bounds:
// mixing the two proves what is not so. A mirrored snapshot turns time round (est = −lct, lct = −est), so that each rule is
// written once.
import { earliestTick, freeBefore, latestTick } from './exact-free-time'
import {
  DURATION,
  EST,
  LST,
  MEMBERS,
  MEMBER_COUNT,
  ORDERS,
  SNAPSHOT,
  SNAPSHOT_BYTES,
  S_DURATION,
  S_EST,
  S_LCT,
  S_MEMBER,
  S_TASK,
  THRESHOLDS,
  THRESHOLD_BYTES,
  T_AMOUNT,
  T_TICK,
} from './exact-layout'
import { lower, raise } from './exact-state'

/** Writes the members' records to SNAPSHOT by ascending est; returns the end of the last one. */
export function takeSnapshot(search: usize, resource: usize, mirrored: bool): usize {
  const count = <usize>load<u32>(resource, MEMBER_COUNT)
  const members = load<usize>(resource, MEMBERS)
  const order = load<usize>(resource, ORDERS) + (mirrored ? count << 2 : 0)
  const first = load<usize>(search, SNAPSHOT)
  const end = first + count * SNAPSHOT_BYTES
  for (let at = first, o = order; at < end; at += SNAPSHOT_BYTES, o += 4) {
    const member = load<usize>(o)
    const task = load<usize>(members + (member << 2))
    const duration = <i64>load<i32>(task, DURATION)
    const from = freeBefore(resource, <i64>load<i32>(task, EST))
    const until = freeBefore(resource, <i64>load<i32>(task, LST) + duration)
    const est = mirrored ? -until : from
    let p = at
    while (p > first && load<i64>(p - SNAPSHOT_BYTES, S_EST) > est) {
      store<i64>(p, load<i64>(p - SNAPSHOT_BYTES, S_EST), S_EST)
      store<i64>(p, load<i64>(p - SNAPSHOT_BYTES, S_LCT), S_LCT)
      store<i64>(p, load<i64>(p - SNAPSHOT_BYTES, S_DURATION), S_DURATION)
      store<u64>(p, load<u64>(p - SNAPSHOT_BYTES, S_MEMBER), S_MEMBER)
      p -= SNAPSHOT_BYTES
    }
    store<i64>(p, est, S_EST)
    store<i64>(p, mirrored ? -from : until, S_LCT)
    store<i64>(p, duration, S_DURATION)
    store<usize>(p, member, S_MEMBER)
    store<usize>(p, task, S_TASK)
  }
  for (let at = first, o = order; at < end; at += SNAPSHOT_BYTES, o += 4) {
    store<usize>(o, load<usize>(at, S_MEMBER))
  }
  return end
}

/** Writes the snapshot's latest ends to THRESHOLDS, ascending, each with its member's duration. */
export function takeThresholds(search: usize, end: usize): void {
  const first = load<usize>(search, THRESHOLDS)
  let top = first
  for (let at = load<usize>(search, SNAPSHOT); at < end; at += SNAPSHOT_BYTES) {
    const tick = load<i64>(at, S_LCT)
    let p = top
    while (p > first && load<i64>(p - THRESHOLD_BYTES, T_TICK) > tick) {
      store<i64>(p, load<i64>(p - THRESHOLD_BYTES, T_TICK), T_TICK)
      store<i64>(p, load<i64>(p - THRESHOLD_BYTES, T_AMOUNT), T_AMOUNT)
      p -= THRESHOLD_BYTES
    }
    store<i64>(p, tick, T_TICK)
    store<i64>(p, load<i64>(at, S_DURATION), T_AMOUNT)
    top += THRESHOLD_BYTES
  }
}

/** Has a member start no earlier than `free` in the time of its snapshot. */
export function raiseInSnapshot(
  search: usize,
  resource: usize,
  record: usize,
  free: i64,
  mirrored: bool,
): bool {
  const task = load<usize>(record, S_TASK)
  return mirrored
    ? lower(search, task, latestTick(resource, -free) - load<i64>(record, S_DURATION), 0)
    : raise(search, task, earliestTick(resource, free), 0)
}
