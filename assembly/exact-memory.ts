// Propagation on a reservoir of memory: the balance at each arrival (Laborie 2003). A departure gives its memory back at its end, an
// arrival takes it from its start on; at one instant ends count before starts. Of arrivals that start together the last in the
// decided order sees all, so that one order of them speaks for every tie.
import {
  DURATION,
  EST,
  FREE,
  LEAVERS,
  LEAVER_COUNT,
  LST,
  MEMBERS,
  MEMBER_COUNT,
  MEMORY,
  PAIRS,
  THRESHOLDS,
  THRESHOLD_BYTES,
  T_AMOUNT,
  T_TICK,
} from './exact-layout'
import { decide, raise } from './exact-state'

function earliestEnd(task: usize): i64 {
  return <i64>load<i32>(task, EST) + <i64>load<i32>(task, DURATION)
}

/** Writes the departures to THRESHOLDS by ascending earliest end: the tick, and the task's number among them. */
function sortLeavers(search: usize, reservoir: usize): void {
  const first = load<usize>(search, THRESHOLDS)
  const leavers = load<usize>(reservoir, LEAVERS)
  const count = <usize>load<u32>(reservoir, LEAVER_COUNT)
  for (let j: usize = 0; j < count; j++) {
    const tick = earliestEnd(load<usize>(leavers + (j << 2)))
    let p = first + j * THRESHOLD_BYTES
    while (p > first && load<i64>(p - THRESHOLD_BYTES, T_TICK) > tick) {
      store<i64>(p, load<i64>(p - THRESHOLD_BYTES, T_TICK), T_TICK)
      store<i64>(p, load<i64>(p - THRESHOLD_BYTES, T_AMOUNT), T_AMOUNT)
      p -= THRESHOLD_BYTES
    }
    store<i64>(p, tick, T_TICK)
    store<i64>(p, <i64>j, T_AMOUNT)
  }
}

/** At the latest start of the arrival: what has arrived for certain against what may have left. */
function certainBalance(reservoir: usize, arrival: usize): f64 {
  const tick = <i64>load<i32>(arrival, LST)
  let balance = load<f64>(reservoir, FREE)
  const members = load<usize>(reservoir, MEMBERS)
  const membersEnd = members + ((<usize>load<u32>(reservoir, MEMBER_COUNT)) << 2)
  for (let p = members; p < membersEnd; p += 4) {
    const task = load<usize>(p)
    if (<i64>load<i32>(task, LST) <= tick) balance -= load<f64>(task, MEMORY)
  }
  const leavers = load<usize>(reservoir, LEAVERS)
  const leaversEnd = leavers + ((<usize>load<u32>(reservoir, LEAVER_COUNT)) << 2)
  for (let p = leavers; p < leaversEnd; p += 4) {
    const task = load<usize>(p)
    if (earliestEnd(task) <= tick) balance += load<f64>(task, MEMORY)
  }
  return balance
}

/** The balance as one arrival finds it; `row` its flags, one for each arrival and departure: counted at its start. */
function balanceAt(search: usize, reservoir: usize, arrival: usize, row: usize): bool {
  const members = load<usize>(reservoir, MEMBERS)
  const memberBytes = (<usize>load<u32>(reservoir, MEMBER_COUNT)) << 2
  const leavers = load<usize>(reservoir, LEAVERS)
  const leaverCount = <usize>load<u32>(reservoir, LEAVER_COUNT)
  const leaverRow = row + memberBytes

  let wanted = -load<f64>(reservoir, FREE)
  for (let k: usize = 0; k < memberBytes; k += 4) {
    if (load<u32>(load<usize>(row + k))) wanted += load<f64>(load<usize>(members + k), MEMORY)
  }
  // In the order of their ends: the departures that are not decided to come too late.
  let given: f64 = 0
  let ready = i64.MIN_VALUE
  const sorted = load<usize>(search, THRESHOLDS)
  const sortedEnd = sorted + leaverCount * THRESHOLD_BYTES
  for (let p = sorted; p < sortedEnd; p += THRESHOLD_BYTES) {
    const j = (<usize>load<i64>(p, T_AMOUNT)) << 2
    if (load<u32>(load<usize>(leaverRow + j) ^ 4)) continue
    if (given < wanted) ready = load<i64>(p, T_TICK)
    given += load<f64>(load<usize>(leavers + j), MEMORY)
  }
  const slack = given - wanted
  if (slack < 0 || !raise(search, arrival, ready, 0)) return false

  for (let k: usize = 0; k < memberBytes; k += 4) {
    const flag = load<usize>(row + k)
    if (load<u64>(flag & ~7) == 0 && load<f64>(load<usize>(members + k), MEMORY) > slack) {
      if (!decide(search, flag ^ 4)) return false
    }
  }
  for (let j: usize = 0; j < leaverCount << 2; j += 4) {
    const flag = load<usize>(leaverRow + j)
    if (load<u64>(flag & ~7) == 0 && load<f64>(load<usize>(leavers + j), MEMORY) > slack) {
      if (!decide(search, flag)) return false
    }
  }
  return true
}

export function propagateReservoir(search: usize, reservoir: usize): bool {
  sortLeavers(search, reservoir)
  const members = load<usize>(reservoir, MEMBERS)
  const count = <usize>load<u32>(reservoir, MEMBER_COUNT)
  const rowBytes = (count + <usize>load<u32>(reservoir, LEAVER_COUNT)) << 2
  let row = load<usize>(reservoir, PAIRS)
  for (let i: usize = 0; i < count; i++, row += rowBytes) {
    const arrival = load<usize>(members + (i << 2))
    if (certainBalance(reservoir, arrival) < 0) return false
    if (!balanceAt(search, reservoir, arrival, row)) return false
  }
  return true
}

/** Memory suffices at every instant when each task starts at its est. */
export function reservoirHolds(reservoir: usize): bool {
  const members = load<usize>(reservoir, MEMBERS)
  const membersEnd = members + ((<usize>load<u32>(reservoir, MEMBER_COUNT)) << 2)
  const leavers = load<usize>(reservoir, LEAVERS)
  const leaversEnd = leavers + ((<usize>load<u32>(reservoir, LEAVER_COUNT)) << 2)
  for (let i = members; i < membersEnd; i += 4) {
    const tick = <i64>load<i32>(load<usize>(i), EST)
    let balance = load<f64>(reservoir, FREE)
    for (let p = members; p < membersEnd; p += 4) {
      const task = load<usize>(p)
      if (<i64>load<i32>(task, EST) <= tick) balance -= load<f64>(task, MEMORY)
    }
    for (let p = leavers; p < leaversEnd; p += 4) {
      const task = load<usize>(p)
      if (earliestEnd(task) <= tick) balance += load<f64>(task, MEMORY)
    }
    if (balance < 0) return false
  }
  return true
}
