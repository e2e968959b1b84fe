// Propagation on a reservoir of memory: the balance at each arrival (Laborie 2003). A departure gives its memory back at its end, an
// arrival takes it from its start on; at one instant ends count before starts. Of arrivals that start together the last in the
// decided order sees all, so that one order of them speaks for every tie.
import { decide, raise } from './exact-state'
import { Propagator, Search, SearchTask } from './records'

function earliestEnd(task: SearchTask): i64 {
  return <i64>task.est + <i64>task.duration
}

/** Writes the departures to `thresholds` by ascending earliest end: the tick, and the task's number among them. */
function sortLeavers(search: Search, reservoir: Propagator): void {
  const first = search.thresholds
  const leavers = reservoir.leavers
  const count = <usize>reservoir.leaverCount
  for (let j: usize = 0; j < count; j++) {
    const tick = earliestEnd(load<SearchTask>(leavers + (j << 2)))
    let p = first.at(j)
    while (p != first && p.at(-1).tick > tick) {
      p.tick = p.at(-1).tick
      p.amount = p.at(-1).amount
      p = p.at(-1)
    }
    p.tick = tick
    p.amount = <i64>j
  }
}

function takenBy(reservoir: Propagator, member: usize): f64 {
  return load<f64>(reservoir.demands + (member << 3))
}

function givenBy(reservoir: Propagator, leaver: usize): f64 {
  return load<f64>(reservoir.demands + ((<usize>reservoir.memberCount + leaver) << 3))
}

/** What is free at the tick, were each task to start at its est, or at its lst where it arrives and `latest`. */
function balanceBy(reservoir: Propagator, tick: i64, latest: bool): f64 {
  let balance = reservoir.free
  const count = <usize>reservoir.memberCount
  for (let k: usize = 0; k < count; k++) {
    const task = load<SearchTask>(reservoir.members + (k << 2))
    if (<i64>(latest ? task.lst : task.est) <= tick) balance -= takenBy(reservoir, k)
  }
  const leaverCount = <usize>reservoir.leaverCount
  for (let j: usize = 0; j < leaverCount; j++) {
    const task = load<SearchTask>(reservoir.leavers + (j << 2))
    if (earliestEnd(task) <= tick) balance += givenBy(reservoir, j)
  }
  return balance
}

/** The balance as one arrival finds it; `row` its flags, one for each arrival and departure: counted at its start. */
function balanceAt(search: Search, reservoir: Propagator, arrival: SearchTask, row: usize): bool {
  const count = <usize>reservoir.memberCount
  const leaverCount = <usize>reservoir.leaverCount
  const leaverRow = row + (count << 2)

  let wanted = -reservoir.free
  for (let k: usize = 0; k < count; k++) {
    if (load<u32>(load<usize>(row + (k << 2)))) wanted += takenBy(reservoir, k)
  }
  // In the order of their ends: the departures that are not decided to come too late.
  let given: f64 = 0
  let ready = i64.MIN_VALUE
  const sorted = search.thresholds
  const sortedEnd = sorted.at(leaverCount)
  for (let p = sorted; p != sortedEnd; p = p.at(1)) {
    const j = <usize>p.amount
    if (load<u32>(load<usize>(leaverRow + (j << 2)) ^ 4)) continue
    if (given < wanted) ready = p.tick
    given += givenBy(reservoir, j)
  }
  const slack = given - wanted
  if (slack < 0 || !raise(search, arrival, ready, 0)) return false

  for (let k: usize = 0; k < count; k++) {
    const flag = load<usize>(row + (k << 2))
    if (load<u64>(flag & ~7) == 0 && takenBy(reservoir, k) > slack) {
      if (!decide(search, flag ^ 4)) return false
    }
  }
  for (let j: usize = 0; j < leaverCount; j++) {
    const flag = load<usize>(leaverRow + (j << 2))
    if (load<u64>(flag & ~7) == 0 && givenBy(reservoir, j) > slack) {
      if (!decide(search, flag)) return false
    }
  }
  return true
}

export function propagateReservoir(search: Search, reservoir: Propagator): bool {
  sortLeavers(search, reservoir)
  const members = reservoir.members
  const count = <usize>reservoir.memberCount
  const rowBytes = (count + <usize>reservoir.leaverCount) << 2
  let row = reservoir.pairs
  for (let i: usize = 0; i < count; i++, row += rowBytes) {
    const arrival = load<SearchTask>(members + (i << 2))
    // At its latest start: what has arrived for certain against what may have left.
    if (balanceBy(reservoir, arrival.lst, true) < 0) return false
    if (!balanceAt(search, reservoir, arrival, row)) return false
  }
  return true
}

/** Memory suffices at every instant when each task starts at its est. */
export function reservoirHolds(reservoir: Propagator): bool {
  const count = <usize>reservoir.memberCount
  for (let k: usize = 0; k < count; k++) {
    const arrival = load<SearchTask>(reservoir.members + (k << 2))
    if (balanceBy(reservoir, arrival.est, false) < 0) return false
  }
  return true
}
