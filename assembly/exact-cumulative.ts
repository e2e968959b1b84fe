// Propagation on a resource of larger capacity: time-table (Lahrichi 1982) and the overload of intervals. The order of two tasks is left
// to the links: either one ends before the other starts, or they overlap, and both are choices.
import { takeSnapshot } from './exact-snapshot'
import { lower, raise } from './exact-state'
import { none, Propagator, Search, SearchTask, Threshold } from './records'

/** Members that must run within an interval need more than it has. */
function overloaded(search: Search, resource: Propagator): bool {
  const end = takeSnapshot(search, resource, false)
  const first = search.snapshot
  const capacity = <i64>resource.capacity
  for (let t = first; t != end; t = t.at(1)) {
    const tick = t.lct
    let energy: i64 = 0
    for (let p = end; p != first; ) {
      p = p.at(-1)
      if (p.lct > tick) continue
      energy += p.duration
      if (energy > capacity * (tick - p.est)) return true
    }
  }
  return false
}

function insertStep(first: Threshold, top: Threshold, tick: i64, amount: i64): void {
  let p = top
  while (p != first && p.at(-1).tick > tick) {
    p.tick = p.at(-1).tick
    p.amount = p.at(-1).amount
    p = p.at(-1)
  }
  p.tick = tick
  p.amount = amount
}

/**
 * Writes to `thresholds`, by pairs (first, end), the intervals in which the members' certain parts [lst, ect) fill the resource; returns
 * their end, or none where they overfill it. They are split wherever a certain part begins or ends, so that each belongs to a member's
 * own part as a whole or not at all.
 */
function fullIntervals(search: Search, resource: Propagator): Threshold {
  const first = search.thresholds
  const capacity = <i64>resource.capacity
  let top = first
  let member = resource.members
  const membersEnd = member + (resource.memberCount << 2)
  for (; member < membersEnd; member += 4) {
    const task = load<SearchTask>(member)
    const from = <i64>task.lst
    const until = <i64>task.est + <i64>task.duration
    if (from >= until) continue
    insertStep(first, top, from, 1)
    insertStep(first, top.at(1), until, -1)
    top = top.at(2)
  }
  let height: i64 = 0
  let since: i64 = 0
  let out = first
  for (let p = first; p != top; ) {
    const tick = p.tick
    // Two steps at least have been read for each interval written.
    if (height == capacity) {
      out.tick = since
      out.amount = tick
      out = out.at(1)
    }
    for (; p != top && p.tick == tick; p = p.at(1)) height += p.amount
    if (height > capacity) return none<Threshold>()
    since = tick
  }
  return out
}

/** Keeps a member out of the full intervals to which its own certain part does not belong. */
function avoid(search: Search, task: SearchTask, end: Threshold): bool {
  const first = search.thresholds
  const duration = <i64>task.duration
  for (let p = first; p != end; p = p.at(1)) {
    const est = <i64>task.est
    const from = p.tick
    const until = p.amount
    if (from >= est + duration) break
    if (until <= est || covers(task, from)) continue
    if (!raise(search, task, until, 0)) return false
  }
  for (let p = end; p != first; p = p.at(-1)) {
    const lst = <i64>task.lst
    const from = p.at(-1).tick
    const until = p.at(-1).amount
    if (until <= lst) break
    if (from >= lst + duration || covers(task, from)) continue
    if (!lower(search, task, from - duration, 0)) return false
  }
  return true
}

/** Its certain part holds the instant. */
function covers(task: SearchTask, tick: i64): bool {
  return <i64>task.lst <= tick && tick < <i64>task.est + <i64>task.duration
}

export function propagateCumulative(search: Search, resource: Propagator): bool {
  if (overloaded(search, resource)) return false
  const end = fullIntervals(search, resource)
  if (!end) return false
  let member = resource.members
  const membersEnd = member + (resource.memberCount << 2)
  for (; member < membersEnd; member += 4) {
    if (!avoid(search, load<SearchTask>(member), end)) return false
  }
  return true
}

/** No instant has more members than capacity when each starts at its est. */
export function cumulativeHolds(resource: Propagator): bool {
  const members = resource.members
  const membersEnd = members + (resource.memberCount << 2)
  const capacity = resource.capacity
  for (let i = members; i < membersEnd; i += 4) {
    const tick = <i64>load<SearchTask>(i).est
    let running = 0
    for (let k = members; k < membersEnd; k += 4) {
      const task = load<SearchTask>(k)
      const est = <i64>task.est
      if (est <= tick && tick < est + <i64>task.duration) running++
    }
    if (running > capacity) return false
  }
  return true
}
