// Serial schedule generation: tasks in list order, each at the earliest time at which everything allows it, gaps included
// (Kolisch 1996: active schedules). Memory is not looked at.
import { insert } from './placement'
import { resetProfiles } from './profile'
import {
  CHAINED,
  DURATION,
  END,
  HORIZON,
  NEVER,
  PENDING,
  PREDECESSOR,
  SLOT,
  START,
  TASKS,
  TASK_BYTES,
  TASK_COUNT,
  TASK_SHIFT,
  WAIT_FIRST,
  WAIT_LAST,
  WAIT_NEXT,
} from './schedule-layout'
import { report } from './schedule-result'

function resetChains(schedule: usize): void {
  let task = load<usize>(schedule, TASKS)
  const end = task + <usize>load<u32>(schedule, TASK_COUNT) * TASK_BYTES
  for (; task < end; task += TASK_BYTES) {
    store<u32>(task, PENDING, END)
    store<usize>(task, 0, WAIT_FIRST)
  }
}

function waitFor(predecessor: usize, task: usize): void {
  store<usize>(task, 0, WAIT_NEXT)
  if (load<usize>(predecessor, WAIT_FIRST)) store<usize>(load<usize>(predecessor, WAIT_LAST), task, WAIT_NEXT)
  else store<usize>(predecessor, task, WAIT_FIRST)
  store<usize>(predecessor, task, WAIT_LAST)
}

/** Where no task has a predecessor: each goes when the list has it. */
function serialUnchained(schedule: usize, order: usize, limit: u32): bool {
  const tasks = load<usize>(schedule, TASKS)
  const starts = load<usize>(schedule, START)
  const horizon = load<u32>(schedule, HORIZON)
  let makespan: u32 = 0
  let placed: u32 = 0
  for (const last = order + ((<usize>load<u32>(schedule, TASK_COUNT)) << 2); order < last; order += 4) {
    const task = tasks + (load<usize>(order) << TASK_SHIFT)
    const start = insert(schedule, task, 0, horizon, true)
    store<u32>(starts + load<usize>(task, SLOT), start)
    if (start == NEVER) continue
    placed++
    const end = start + load<u32>(task, DURATION)
    if (end > makespan) {
      if (end > limit) return false
      makespan = end
    }
  }
  report(schedule, makespan, placed)
  return true
}

/** Where tasks have predecessors: one that is not yet placed is waited for. */
function serialChained(schedule: usize, order: usize, limit: u32): bool {
  const count = <usize>load<u32>(schedule, TASK_COUNT)
  const tasks = load<usize>(schedule, TASKS)
  const starts = load<usize>(schedule, START)
  const horizon = load<u32>(schedule, HORIZON)
  resetChains(schedule)
  let makespan: u32 = 0
  let placed: u32 = 0
  for (let p = order, last = order + (count << 2); p < last; p += 4) {
    let task = tasks + (load<usize>(p) << TASK_SHIFT)
    // Tasks whose predecessor has just been placed, still to be placed themselves.
    let agenda: usize = 0
    while (true) {
      let ready: u32 = 0
      const predecessor = load<usize>(task, PREDECESSOR)
      if (predecessor) {
        ready = load<u32>(predecessor, END)
        if (ready == PENDING) {
          waitFor(predecessor, task)
          break
        }
      }
      let start = NEVER
      if (ready != NEVER) start = insert(schedule, task, ready, horizon, true)
      store<u32>(starts + load<usize>(task, SLOT), start)
      let end = NEVER
      if (start != NEVER) {
        placed++
        end = start + load<u32>(task, DURATION)
        if (end > makespan) {
          if (end > limit) return false
          makespan = end
        }
      }
      store<u32>(task, end, END)
      const first = load<usize>(task, WAIT_FIRST)
      if (first) {
        store<usize>(load<usize>(task, WAIT_LAST), agenda, WAIT_NEXT)
        agenda = first
      }
      if (!agenda) break
      task = agenda
      agenda = load<usize>(task, WAIT_NEXT)
    }
  }
  report(schedule, makespan, placed)
  return true
}

/** False, with results undefined, as soon as the makespan exceeds `limit`. */
export function serial(schedule: usize, order: usize, limit: u32): bool {
  resetProfiles(schedule)
  return load<u32>(schedule, CHAINED)
    ? serialChained(schedule, order, limit)
    : serialUnchained(schedule, order, limit)
}
