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

/** At the latest start of the arrival: what has arrived for certain against what may have left. */
function certainBalance(reservoir: Propagator, arrival: SearchTask): f64 {
  const tick = <i64>arrival.lst
  let balance = reservoir.free
  const members = reservoir.members
  const membersEnd = members + (reservoir.memberCount << 2)
  for (let p = members; p < membersEnd; p += 4) {
    const task = load<SearchTask>(p)
    if (<i64>task.lst <= tick) balance -= task.memory
  }
  const leavers = reservoir.leavers
  const leaversEnd = leavers + (reservoir.leaverCount << 2)
  for (let p = leavers; p < leaversEnd; p += 4) {
    const task = load<SearchTask>(p)
    if (earliestEnd(task) <= tick) balance += task.memory
  }
  return balance
}

/** The balance as one arrival finds it; `row` its flags, one for each arrival and departure: counted at its start. */
function balanceAt(search: Search, reservoir: Propagator, arrival: SearchTask, row: usize): bool {
  const members = reservoir.members
  const memberBytes = <usize>reservoir.memberCount << 2
  const leavers = reservoir.leavers
  const leaverCount = <usize>reservoir.leaverCount
  const leaverRow = row + memberBytes

  let wanted = -reservoir.free
  for (let k: usize = 0; k < memberBytes; k += 4) {
    if (load<u32>(load<usize>(row + k))) wanted += load<SearchTask>(members + k).memory
  }
  // In the order of their ends: the departures that are not decided to come too late.
  let given: f64 = 0
  let ready = i64.MIN_VALUE
  const sorted = search.thresholds
  const sortedEnd = sorted.at(leaverCount)
  for (let p = sorted; p != sortedEnd; p = p.at(1)) {
    const j = (<usize>p.amount) << 2
    if (load<u32>(load<usize>(leaverRow + j) ^ 4)) continue
    if (given < wanted) ready = p.tick
    given += load<SearchTask>(leavers + j).memory
  }
  const slack = given - wanted
  if (slack < 0 || !raise(search, arrival, ready, 0)) return false

  for (let k: usize = 0; k < memberBytes; k += 4) {
    const flag = load<usize>(row + k)
    if (load<u64>(flag & ~7) == 0 && load<SearchTask>(members + k).memory > slack) {
      if (!decide(search, flag ^ 4)) return false
    }
  }
  for (let j: usize = 0; j < leaverCount << 2; j += 4) {
    const flag = load<usize>(leaverRow + j)
    if (load<u64>(flag & ~7) == 0 && load<SearchTask>(leavers + j).memory > slack) {
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
    if (certainBalance(reservoir, arrival) < 0) return false
    if (!balanceAt(search, reservoir, arrival, row)) return false
  }
  return true
}

/** Memory suffices at every instant when each task starts at its est. */
export function reservoirHolds(reservoir: Propagator): bool {
  const members = reservoir.members
  const membersEnd = members + (reservoir.memberCount << 2)
  const leavers = reservoir.leavers
  const leaversEnd = leavers + (reservoir.leaverCount << 2)
  for (let i = members; i < membersEnd; i += 4) {
    const tick = <i64>load<SearchTask>(i).est
    let balance = reservoir.free
    for (let p = members; p < membersEnd; p += 4) {
      const task = load<SearchTask>(p)
      if (<i64>task.est <= tick) balance -= task.memory
    }
    for (let p = leavers; p < leaversEnd; p += 4) {
      const task = load<SearchTask>(p)
      if (earliestEnd(task) <= tick) balance += task.memory
    }
    if (balance < 0) return false
  }
  return true
}
