// Free time of a resource: time without the intervals that are closed to every one of its tasks. No task of it overlaps one, so that whoever
// needs d ticks needs d ticks of free time, and energy is counted there.
import { CLOSED, CLOSED_BYTES, CLOSED_END, C_BEFORE, C_END, C_START } from './exact-layout'

/** Free time before `tick`. */
export function freeBefore(resource: usize, tick: i64): i64 {
  let free = tick
  const end = load<usize>(resource, CLOSED_END)
  for (let p = load<usize>(resource, CLOSED); p < end; p += CLOSED_BYTES) {
    const start = <i64>load<i32>(p, C_START)
    if (start >= tick) break
    free -= min(tick, <i64>load<i32>(p, C_END)) - start
  }
  return free
}

/** The earliest tick with that much free time before it. */
export function earliestTick(resource: usize, free: i64): i64 {
  let closed: i64 = 0
  const end = load<usize>(resource, CLOSED_END)
  for (let p = load<usize>(resource, CLOSED); p < end; p += CLOSED_BYTES) {
    const start = <i64>load<i32>(p, C_START)
    if (start - <i64>load<i32>(p, C_BEFORE) >= free) break
    closed += <i64>load<i32>(p, C_END) - start
  }
  return free + closed
}

/** The latest tick with no more free time than that before it. */
export function latestTick(resource: usize, free: i64): i64 {
  let closed: i64 = 0
  const end = load<usize>(resource, CLOSED_END)
  for (let p = load<usize>(resource, CLOSED); p < end; p += CLOSED_BYTES) {
    const start = <i64>load<i32>(p, C_START)
    if (start - <i64>load<i32>(p, C_BEFORE) > free) break
    closed += <i64>load<i32>(p, C_END) - start
  }
  return free + closed
}
