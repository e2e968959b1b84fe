// Snapshots of a resource's members, in free time, sorted. Rules sort and evaluate on the snapshot alone while they move the live bounds:
// mixing the two proves what is not so. A mirrored snapshot turns time round (est = −lct, lct = −est), so that each rule is
// written once.
import { earliestTick, freeBefore, latestTick } from './exact-free-time'
import { lower, raise } from './exact-state'
import { Propagator, Search, SearchTask, Snapshot } from './records'

/** Writes the members' records to `snapshot` by ascending est; returns the end of the last one. */
export function takeSnapshot(search: Search, resource: Propagator, mirrored: bool): Snapshot {
  const count = <usize>resource.memberCount
  const members = resource.members
  const order = resource.orders + (mirrored ? count << 2 : 0)
  const first = search.snapshot
  const end = first.at(count)
  for (let at = first, o = order; at != end; at = at.at(1), o += 4) {
    const member = load<u32>(o)
    const task = load<SearchTask>(members + (member << 2))
    const duration = <i64>task.duration
    const from = freeBefore(resource, <i64>task.est)
    const until = freeBefore(resource, <i64>task.lst + duration)
    const est = mirrored ? -until : from
    let p = at
    while (p != first && p.at(-1).est > est) {
      p.est = p.at(-1).est
      p.lct = p.at(-1).lct
      p.duration = p.at(-1).duration
      p.member = p.at(-1).member
      p.task = p.at(-1).task
      p = p.at(-1)
    }
    p.est = est
    p.lct = mirrored ? -from : until
    p.duration = duration
    p.member = member
    p.task = task
  }
  for (let at = first, o = order; at != end; at = at.at(1), o += 4) {
    store<usize>(o, at.member)
  }
  return end
}

/** Writes the snapshot's latest ends to `thresholds`, ascending, each with its member's duration. */
export function takeThresholds(search: Search, end: Snapshot): void {
  const first = search.thresholds
  let top = first
  for (let at = search.snapshot; at != end; at = at.at(1)) {
    const tick = at.lct
    let p = top
    while (p != first && p.at(-1).tick > tick) {
      p.tick = p.at(-1).tick
      p.amount = p.at(-1).amount
      p = p.at(-1)
    }
    p.tick = tick
    p.amount = at.duration
    top = top.at(1)
  }
}

/** Has a member start no earlier than `free` in the time of its snapshot. */
export function raiseInSnapshot(
  search: Search,
  resource: Propagator,
  record: Snapshot,
  free: i64,
  mirrored: bool,
): bool {
  const task = record.task
  return mirrored
    ? lower(search, task, latestTick(resource, -free) - record.duration, 0)
    : raise(search, task, earliestTick(resource, free), 0)
}
