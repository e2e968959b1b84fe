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
  const demands = resource.demands
  for (let t = first; t != end; t = t.at(1)) {
    const tick = t.lct
    let energy: i64 = 0
    for (let p = end; p != first; ) {
      p = p.at(-1)
      if (p.lct > tick) continue
      energy += p.duration * <i64>load<i32>(demands + (p.member << 2))
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
 * Writes to `thresholds` the intervals in which the members' certain parts [lst, ect) leave too little for some member; returns
 * their end, or none where they overfill the resource. They are split wherever a certain part begins or ends, so that each belongs to a member's
 * own part as a whole or not at all.
 */
function fullIntervals(search: Search, resource: Propagator): Threshold {
  const first = search.thresholds
  const capacity = <i64>resource.capacity
  const least = <i64>resource.leastDemand
  let top = first
  let demand = resource.demands
  let member = resource.members
  const membersEnd = member + (resource.memberCount << 2)
  for (; member < membersEnd; member += 4, demand += 4) {
    const task = load<SearchTask>(member)
    const units = <i64>load<i32>(demand)
    const from = <i64>task.lst
    const until = <i64>task.est + <i64>task.duration
    if (from >= until) continue
    insertStep(first, top, from, units)
    insertStep(first, top.at(1), until, -units)
    top = top.at(2)
  }
  let height: i64 = 0
  let since: i64 = 0
  let out = first
  for (let p = first; p != top; ) {
    const tick = p.tick
    // A step at least has been read for each interval written.
    if (height + least > capacity) {
      out.tick = since
      out.amount = tick
      out.height = height
      out = out.at(1)
    }
    for (; p != top && p.tick == tick; p = p.at(1)) height += p.amount
    if (height > capacity) return none<Threshold>()
    since = tick
  }
  return out
}

/** Keeps a member out of the intervals that have less than `units` left and to which its own certain part does not belong. */
function avoid(search: Search, task: SearchTask, end: Threshold, capacity: i64, units: i64): bool {
  const first = search.thresholds
  const duration = <i64>task.duration
  for (let p = first; p != end; p = p.at(1)) {
    const est = <i64>task.est
    const from = p.tick
    const until = p.amount
    if (from >= est + duration) break
    if (until <= est || p.height + units <= capacity || covers(task, from)) continue
    if (!raise(search, task, until, 0)) return false
  }
  for (let p = end; p != first; p = p.at(-1)) {
    const lst = <i64>task.lst
    const from = p.at(-1).tick
    const until = p.at(-1).amount
    if (until <= lst) break
    if (from >= lst + duration || p.at(-1).height + units <= capacity || covers(task, from)) continue
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
  const capacity = <i64>resource.capacity
  let demand = resource.demands
  let member = resource.members
  const membersEnd = member + (resource.memberCount << 2)
  for (; member < membersEnd; member += 4, demand += 4) {
    if (!avoid(search, load<SearchTask>(member), end, capacity, <i64>load<i32>(demand))) return false
  }
  return true
}

/** At no instant do the members hold more than the capacity when each starts at its est. */
export function cumulativeHolds(resource: Propagator): bool {
  const members = resource.members
  const membersEnd = members + (resource.memberCount << 2)
  const capacity = resource.capacity
  for (let i = members; i < membersEnd; i += 4) {
    const tick = <i64>load<SearchTask>(i).est
    let running = 0
    let demand = resource.demands
    for (let k = members; k < membersEnd; k += 4, demand += 4) {
      const task = load<SearchTask>(k)
      const est = <i64>task.est
      if (est <= tick && tick < est + <i64>task.duration) running += load<i32>(demand)
    }
    if (running > capacity) return false
  }
  return true
}
