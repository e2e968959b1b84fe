// Serial schedule generation: tasks in list order, each at the earliest time at which everything allows it, gaps included
// (Kolisch 1996: active schedules). Memory is not looked at.
import { insert } from './placement'
import { resetProfiles } from './profile'
import { NEVER, none, PENDING, Schedule, Task } from './records'
import { report } from './schedule-result'

function resetChains(schedule: Schedule): void {
  let task = schedule.tasks
  const end = task.at(schedule.taskCount)
  for (; task != end; task = task.at(1)) {
    task.end = PENDING
    task.firstWaiting = none<Task>()
  }
}

function waitFor(predecessor: Task, task: Task): void {
  task.nextWaiting = none<Task>()
  if (predecessor.firstWaiting) predecessor.lastWaiting.nextWaiting = task
  else predecessor.firstWaiting = task
  predecessor.lastWaiting = task
}

/** Where no task has a predecessor: each goes when the list has it. */
function serialUnchained(schedule: Schedule, order: usize, limit: u32): bool {
  const tasks = schedule.tasks
  const starts = schedule.start
  const horizon = schedule.horizon
  let makespan: u32 = 0
  let placed: u32 = 0
  for (const last = order + ((<usize>schedule.taskCount) << 2); order < last; order += 4) {
    const task = tasks.at(load<usize>(order))
    const start = insert(schedule, task, 0, horizon, true)
    store<u32>(starts + task.slot, start)
    if (start == NEVER) continue
    placed++
    const end = start + task.duration
    if (end > makespan) {
      if (end > limit) return false
      makespan = end
    }
  }
  report(schedule, makespan, placed)
  return true
}

/** When the task's predecessors have ended, NEVER where one does not; PENDING where one is not yet placed: the task waits for it. */
function readyAt(task: Task): u32 {
  let ready: u32 = 0
  let p = task.before
  if (!p) return ready
  for (let predecessor = load<Task>(p); predecessor; p += 4, predecessor = load<Task>(p)) {
    const end = predecessor.end
    if (end == PENDING) {
      waitFor(predecessor, task)
      return PENDING
    }
    ready = max(ready, end)
  }
  return ready
}

/** Where tasks have predecessors: those that are not yet placed are waited for. */
function serialChained(schedule: Schedule, order: usize, limit: u32): bool {
  const count = <usize>schedule.taskCount
  const tasks = schedule.tasks
  const starts = schedule.start
  const horizon = schedule.horizon
  resetChains(schedule)
  let makespan: u32 = 0
  let placed: u32 = 0
  for (let p = order, last = order + (count << 2); p < last; p += 4) {
    let task = tasks.at(load<usize>(p))
    // Tasks of which a predecessor has just been placed, still to be placed themselves.
    let agenda = none<Task>()
    while (true) {
      const ready = readyAt(task)
      if (ready != PENDING) {
        let start = NEVER
        if (ready != NEVER) start = insert(schedule, task, ready, horizon, true)
        store<u32>(starts + task.slot, start)
        let end = NEVER
        if (start != NEVER) {
          placed++
          end = start + task.duration
          if (end > makespan) {
            if (end > limit) return false
            makespan = end
          }
        }
        task.end = end
        const first = task.firstWaiting
        if (first) {
          task.lastWaiting.nextWaiting = agenda
          agenda = first
        }
      }
      if (!agenda) break
      task = agenda
      agenda = task.nextWaiting
    }
  }
  report(schedule, makespan, placed)
  return true
}

/** False, with results undefined, as soon as the makespan exceeds `limit`. */
export function serial(schedule: Schedule, order: usize, limit: u32): bool {
  resetProfiles(schedule)
  return schedule.chained
    ? serialChained(schedule, order, limit)
    : serialUnchained(schedule, order, limit)
}
