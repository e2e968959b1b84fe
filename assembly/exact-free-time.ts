// Free time of a resource: time without the intervals that are closed to every one of its tasks. No task of it overlaps one, so that whoever
// needs d ticks needs d ticks of free time, and energy is counted there.
import { Propagator } from './records'

/** Free time before `tick`. */
export function freeBefore(resource: Propagator, tick: i64): i64 {
  let free = tick
  const end = resource.closedEnd
  for (let p = resource.closed; p != end; p = p.at(1)) {
    const start = <i64>p.start
    if (start >= tick) break
    free -= min(tick, <i64>p.end) - start
  }
  return free
}

/** The earliest tick with that much free time before it. */
export function earliestTick(resource: Propagator, free: i64): i64 {
  let closed: i64 = 0
  const end = resource.closedEnd
  for (let p = resource.closed; p != end; p = p.at(1)) {
    const start = <i64>p.start
    if (start - <i64>p.before >= free) break
    closed += <i64>p.end - start
  }
  return free + closed
}

/** The latest tick with no more free time than that before it. */
export function latestTick(resource: Propagator, free: i64): i64 {
  let closed: i64 = 0
  const end = resource.closedEnd
  for (let p = resource.closed; p != end; p = p.at(1)) {
    const start = <i64>p.start
    if (start - <i64>p.before > free) break
    closed += <i64>p.end - start
  }
  return free + closed
}
