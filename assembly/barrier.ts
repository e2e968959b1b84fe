// Schedules with barriers: round after round, none beginning before the last has ended. A round takes in list order whatever can
// start when it starts; then whatever a forbidden interval makes start later but that still ends with the others.
import { fits, hold } from './event'
import { NEVER, Schedule, Task } from './records'
import { giveBackList, isList, listFits, resetReservoirs, takeList } from './reservoirs'
import { report } from './schedule-result'

let starts: usize = 0
let rounds: usize = 0
let round: u32 = 0
let placed: u32 = 0
/** End of the region's used part. */
let joined: usize = 0

function resetTasks(schedule: Schedule, order: usize, waiting: usize): usize {
  const count = <usize>schedule.taskCount
  const tasks = schedule.tasks
  for (const end = order + (count << 2); order < end; order += 4) {
    const task = tasks.at(load<usize>(order))
    store<Task>(waiting, task)
    waiting += 4
    task.windowCursor = task.windows
    task.round = NEVER
    store<i32>(starts + task.slot, -1)
    store<i32>(rounds + task.slot, -1)
  }
  return waiting
}

function clearMembers(schedule: Schedule): void {
  let resource = schedule.resources
  const end = resource.at(schedule.resourceCount)
  for (; resource != end; resource = resource.at(1)) resource.inUse = 0
}

/** Everything but forbidden intervals and the horizon allows the task in this round. */
function mayJoin(task: Task): bool {
  const a = task.memberA
  if (a && a.inUse >= a.capacity) return false
  const b = task.memberB
  if (b && b.inUse >= b.capacity) return false
  if (!fits(task.joins, task.heldEnd)) return false
  let p = task.before
  if (p) {
    for (let predecessor = load<Task>(p); predecessor; p += 4, predecessor = load<Task>(p)) {
      if (predecessor.round >= round) return false
    }
  }
  const target = task.memoryTo
  return !target || task.memory <= target.free || (isList(target) && listFits(task))
}

/** Earliest tick ≥ `from` that forbidden intervals allow. `from` must not decrease from call to call of one evaluation. */
function clearOfWindows(task: Task, from: u32): u32 {
  const duration = task.duration
  let window = task.windowCursor
  while (load<u32>(window, 4) <= from) window += 8
  task.windowCursor = window
  let tick = from
  while (load<u32>(window) < tick + duration) {
    tick = load<u32>(window, 4)
    window += 8
  }
  return tick
}

function join(task: Task, start: u32): void {
  const end = start + task.duration
  store<u32>(starts + task.slot, start)
  store<u32>(rounds + task.slot, round)
  task.round = round
  const a = task.memberA
  if (a) hold(a, 1, end)
  const b = task.memberB
  if (b) hold(b, 1, end)
  for (let use = task.joins; use != task.heldEnd; use = use.at(1)) hold(use.resource, use.units, end)
  const target = task.memoryTo
  if (target) {
    if (isList(target)) takeList(task)
    else target.free -= task.memory
  }
  placed++
  store<Task>(joined, task)
  joined += 4
}

/** False, with results undefined, as soon as the makespan exceeds `limit`. */
export function barriers(schedule: Schedule, order: usize, limit: u32): bool {
  starts = schedule.start
  rounds = schedule.round
  round = 0
  placed = 0
  const horizon = schedule.horizon
  const waiting = schedule.waiting
  const departures = schedule.joined
  let last = resetTasks(schedule, order, waiting)
  resetReservoirs(schedule)
  let resource = schedule.resources
  const resourceEnd = resource.at(schedule.resourceCount)
  for (; resource != resourceEnd; resource = resource.at(1)) resource.finish = 0

  let begin: u32 = 0
  let makespan: u32 = 0
  while (waiting < last) {
    clearMembers(schedule)
    joined = departures
    let end = begin
    let soonest = NEVER
    let kept = waiting
    for (let entry = waiting; entry < last; entry += 4) {
      const task = load<Task>(entry)
      if (mayJoin(task)) {
        const tick = clearOfWindows(task, begin)
        const over = tick + task.duration
        // Time only runs forward: who is too late now will always be.
        if (over > horizon) continue
        if (tick == begin) {
          join(task, tick)
          end = max(end, over)
          continue
        }
        soonest = min(soonest, tick)
      }
      store<Task>(kept, task)
      kept += 4
    }
    last = kept
    if (joined == departures) {
      if (soonest == NEVER) break
      begin = soonest
      continue
    }
    if (end > limit) return false
    if (soonest <= end) {
      kept = waiting
      for (let entry = waiting; entry < last; entry += 4) {
        const task = load<Task>(entry)
        if (mayJoin(task)) {
          const tick = clearOfWindows(task, begin)
          if (tick + task.duration <= end) {
            join(task, tick)
            continue
          }
        }
        store<Task>(kept, task)
        kept += 4
      }
      last = kept
    }
    for (let entry = departures; entry < joined; entry += 4) {
      const task = load<Task>(entry)
      const source = task.memoryFrom
      if (source) {
        if (isList(source)) giveBackList(task)
        else source.free += task.memory
      }
    }
    makespan = end
    begin = end
    round++
  }
  report(schedule, makespan, placed)
  return true
}
