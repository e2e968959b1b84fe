// Schedules with barriers: round after round, none beginning before the last has ended. A round takes in list order whatever can
// start when it starts; then whatever a forbidden interval makes start later but that still ends with the others.
import { resetReservoirs } from './event'
import {
  CAPACITY,
  DURATION,
  FINISH,
  FREE,
  HORIZON,
  IN_USE,
  JOINED,
  MEMBER_A,
  MEMBER_B,
  MEMORY,
  MEMORY_FROM,
  MEMORY_TO,
  NEVER,
  OWN_ROUND,
  PREDECESSOR,
  RESOURCES,
  RESOURCE_BYTES,
  RESOURCE_COUNT,
  ROUND,
  SLOT,
  START,
  TASKS,
  TASK_COUNT,
  TASK_SHIFT,
  WAITING,
  WINDOWS,
  WINDOW_CURSOR,
} from './schedule-layout'
import { report } from './schedule-result'

let starts: usize = 0
let rounds: usize = 0
let round: u32 = 0
let placed: u32 = 0
/** End of the region's used part. */
let joined: usize = 0

function resetTasks(schedule: usize, order: usize, waiting: usize): usize {
  const count = <usize>load<u32>(schedule, TASK_COUNT)
  const tasks = load<usize>(schedule, TASKS)
  for (const end = order + (count << 2); order < end; order += 4) {
    const task = tasks + (load<usize>(order) << TASK_SHIFT)
    store<usize>(waiting, task)
    waiting += 4
    store<usize>(task, load<usize>(task, WINDOWS), WINDOW_CURSOR)
    store<u32>(task, NEVER, OWN_ROUND)
    store<i32>(starts + load<usize>(task, SLOT), -1)
    store<i32>(rounds + load<usize>(task, SLOT), -1)
  }
  return waiting
}

function clearMembers(schedule: usize): void {
  let resource = load<usize>(schedule, RESOURCES)
  const end = resource + <usize>load<u32>(schedule, RESOURCE_COUNT) * RESOURCE_BYTES
  for (; resource < end; resource += RESOURCE_BYTES) store<u32>(resource, 0, IN_USE)
}

/** Everything but forbidden intervals and the horizon allows the task in this round. */
function mayJoin(task: usize): bool {
  const a = load<usize>(task, MEMBER_A)
  if (a && load<u32>(a, IN_USE) >= load<u32>(a, CAPACITY)) return false
  const b = load<usize>(task, MEMBER_B)
  if (b && load<u32>(b, IN_USE) >= load<u32>(b, CAPACITY)) return false
  const predecessor = load<usize>(task, PREDECESSOR)
  if (predecessor && load<u32>(predecessor, OWN_ROUND) >= round) return false
  const target = load<usize>(task, MEMORY_TO)
  return !target || load<f64>(task, MEMORY) <= load<f64>(target, FREE)
}

/** Earliest tick ≥ `from` that forbidden intervals allow. `from` must not decrease from call to call of one evaluation. */
function clearOfWindows(task: usize, from: u32): u32 {
  const duration = load<u32>(task, DURATION)
  let window = load<usize>(task, WINDOW_CURSOR)
  while (load<u32>(window, 4) <= from) window += 8
  store<usize>(task, window, WINDOW_CURSOR)
  let tick = from
  while (load<u32>(window) < tick + duration) {
    tick = load<u32>(window, 4)
    window += 8
  }
  return tick
}

function join(task: usize, start: u32): void {
  const end = start + load<u32>(task, DURATION)
  store<u32>(starts + load<usize>(task, SLOT), start)
  store<u32>(rounds + load<usize>(task, SLOT), round)
  store<u32>(task, round, OWN_ROUND)
  const a = load<usize>(task, MEMBER_A)
  if (a) {
    store<u32>(a, load<u32>(a, IN_USE) + 1, IN_USE)
    store<u32>(a, max(load<u32>(a, FINISH), end), FINISH)
  }
  const b = load<usize>(task, MEMBER_B)
  if (b) {
    store<u32>(b, load<u32>(b, IN_USE) + 1, IN_USE)
    store<u32>(b, max(load<u32>(b, FINISH), end), FINISH)
  }
  const target = load<usize>(task, MEMORY_TO)
  if (target) store<f64>(target, load<f64>(target, FREE) - load<f64>(task, MEMORY), FREE)
  placed++
  store<usize>(joined, task)
  joined += 4
}

/** False, with results undefined, as soon as the makespan exceeds `limit`. */
export function barriers(schedule: usize, order: usize, limit: u32): bool {
  starts = load<usize>(schedule, START)
  rounds = load<usize>(schedule, ROUND)
  round = 0
  placed = 0
  const horizon = load<u32>(schedule, HORIZON)
  const waiting = load<usize>(schedule, WAITING)
  const departures = load<usize>(schedule, JOINED)
  let last = resetTasks(schedule, order, waiting)
  resetReservoirs(schedule)
  let resource = load<usize>(schedule, RESOURCES)
  const resourceEnd = resource + <usize>load<u32>(schedule, RESOURCE_COUNT) * RESOURCE_BYTES
  for (; resource < resourceEnd; resource += RESOURCE_BYTES) store<u32>(resource, 0, FINISH)

  let begin: u32 = 0
  let makespan: u32 = 0
  while (waiting < last) {
    clearMembers(schedule)
    joined = departures
    let end = begin
    let soonest = NEVER
    let kept = waiting
    for (let entry = waiting; entry < last; entry += 4) {
      const task = load<usize>(entry)
      if (mayJoin(task)) {
        const tick = clearOfWindows(task, begin)
        const over = tick + load<u32>(task, DURATION)
        // Time only runs forward: who is too late now will always be.
        if (over > horizon) continue
        if (tick == begin) {
          join(task, tick)
          end = max(end, over)
          continue
        }
        soonest = min(soonest, tick)
      }
      store<usize>(kept, task)
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
        const task = load<usize>(entry)
        if (mayJoin(task)) {
          const tick = clearOfWindows(task, begin)
          if (tick + load<u32>(task, DURATION) <= end) {
            join(task, tick)
            continue
          }
        }
        store<usize>(kept, task)
        kept += 4
      }
      last = kept
    }
    for (let entry = departures; entry < joined; entry += 4) {
      const task = load<usize>(entry)
      const source = load<usize>(task, MEMORY_FROM)
      if (source) store<f64>(source, load<f64>(source, FREE) + load<f64>(task, MEMORY), FREE)
    }
    makespan = end
    begin = end
    round++
  }
  report(schedule, makespan, placed)
  return true
}
