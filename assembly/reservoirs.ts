// Reservoirs of memory and the like, in schedules: a task takes from them from its start on and gives back at its end. The ordinary task has
// one amount, which it takes from one reservoir and gives back to another; the schemes see to that themselves. One that has a list is sent to a
// reservoir that never has room (`lists`), so that the ordinary one is spared the question whether it has; there its list is asked.
import { Reservoir, Schedule, Task, Transfer } from './records'

/** Stands for the list of a task that has one; behind the reservoirs, and never with room, whatever is taken or given back. */
let lists: Reservoir = changetype<Reservoir>(0)
/** [tasks + 1] addresses of the first of each task's transfers. */
let transfers: usize = 0

export function resetReservoirs(schedule: Schedule): void {
  transfers = schedule.inTransfers
  let free = schedule.freeMemory
  let reservoir = schedule.reservoirs
  lists = reservoir.at(schedule.reservoirCount)
  for (; reservoir != lists; reservoir = reservoir.at(1)) {
    reservoir.free = load<f64>(free)
    reservoir.reserved = 0
    free += 8
  }
}

@inline
export function isList(reservoir: Reservoir): bool {
  return reservoir == lists
}

function firstOf(task: Task): Transfer {
  return load<Transfer>(transfers + task.slot)
}

function endOf(task: Task): Transfer {
  return load<Transfer>(transfers + task.slot, 4)
}

/** Has every reservoir what the task's list takes? */
export function listFits(task: Task): bool {
  for (let transfer = firstOf(task), end = endOf(task); transfer != end; transfer = transfer.at(1)) {
    if (transfer.taken > transfer.reservoir.free && transfer.taken > 0) return false
  }
  return true
}

/** Reserves what the list lacks, for the scan of this number. */
export function reserveLacking(task: Task, scan: u32): void {
  for (let transfer = firstOf(task), end = endOf(task); transfer != end; transfer = transfer.at(1)) {
    const reservoir = transfer.reservoir
    if (transfer.taken > reservoir.free && transfer.taken > 0) reservoir.reserved = scan
  }
}

/** Is some of what the list takes reserved in the scan of this number? */
export function listIsReserved(task: Task, scan: u32): bool {
  for (let transfer = firstOf(task), end = endOf(task); transfer != end; transfer = transfer.at(1)) {
    if (transfer.taken > 0 && transfer.reservoir.reserved == scan) return true
  }
  return false
}

export function takeList(task: Task): void {
  for (let transfer = firstOf(task), end = endOf(task); transfer != end; transfer = transfer.at(1)) {
    if (transfer.taken > 0) transfer.reservoir.free -= transfer.taken
  }
}

export function giveBackList(task: Task): void {
  for (let transfer = firstOf(task), end = endOf(task); transfer != end; transfer = transfer.at(1)) {
    if (transfer.taken < 0) transfer.reservoir.free -= transfer.taken
  }
}
