// Serial schedule generation: tasks in list order, each at the earliest time at which everything allows it, gaps included
// (Kolisch 1996: active schedules). Memory is not looked at.
import { takeFromGap } from './gaps'
import { beginSearch, earliestRoom, resetProfiles, takeRoom } from './profile'
import {
  CHAINED,
  CLASS,
  DURATION,
  END,
  FIRSTS,
  G_END,
  G_NEXT,
  G_START,
  HORIZON,
  NEVER,
  PENDING,
  PREDECESSOR,
  ROOM_A,
  ROOM_B,
  SLOT,
  START,
  TASKS,
  TASK_BYTES,
  TASK_COUNT,
  TASK_SHIFT,
  UNARY,
  WAIT_FIRST,
  WAIT_LAST,
  WAIT_NEXT,
  WINDOWS,
} from './schedule-layout'
import { report } from './schedule-result'

/** Start of a task that needs room in two resources of capacity 1, or NEVER. */
function placeUnary(task: usize, ready: u32, horizon: u32): u32 {
  const duration = load<u32>(task, DURATION)
  const a = load<usize>(task, ROOM_A)
  const b = load<usize>(task, ROOM_B)
  const klass = load<usize>(task, CLASS)
  let gapA = load<usize>(a + klass, FIRSTS)
  let gapB = load<usize>(b + klass, FIRSTS)
  let window = load<usize>(task, WINDOWS)
  let start = ready
  while (true) {
    const startA = max(start, load<u32>(gapA, G_START))
    if (startA + duration > load<u32>(gapA, G_END)) {
      gapA = load<usize>(gapA + klass, G_NEXT)
      continue
    }
    start = max(startA, load<u32>(gapB, G_START))
    if (start + duration > load<u32>(gapB, G_END)) {
      gapB = load<usize>(gapB + klass, G_NEXT)
      start = startA
      continue
    }
    if (start != startA && start + duration > load<u32>(gapA, G_END)) continue
    while (load<u32>(window, 4) <= start) window += 8
    if (load<u32>(window) >= start + duration) break
    start = load<u32>(window, 4)
  }
  const end = start + duration
  if (end > horizon) return NEVER
  takeFromGap(a, gapA, start, end)
  takeFromGap(b, gapB, start, end)
  return start
}

/** Start of any task, or NEVER. */
function placeAny(schedule: usize, task: usize, ready: u32, horizon: u32): u32 {
  const duration = load<u32>(task, DURATION)
  const a = load<usize>(task, ROOM_A)
  const b = load<usize>(task, ROOM_B)
  const klass = load<usize>(task, CLASS)
  if (a) beginSearch(schedule, a, klass)
  if (b) beginSearch(schedule, b, klass)
  let window = load<usize>(task, WINDOWS)
  let start = ready
  while (true) {
    const before = start
    if (a) start = earliestRoom(a, klass, start, duration)
    if (b) start = earliestRoom(b, klass, start, duration)
    while (load<u32>(window, 4) <= start) window += 8
    if (load<u32>(window) < start + duration) start = load<u32>(window, 4)
    else if (start == before) break
  }
  const end = start + duration
  if (end > horizon) return NEVER
  if (a) takeRoom(a, start, end)
  if (b) takeRoom(b, start, end)
  return start
}

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

/** False, with results undefined, as soon as the makespan exceeds `limit`. */
export function serial(schedule: usize, order: usize, limit: u32): bool {
  const count = <usize>load<u32>(schedule, TASK_COUNT)
  const tasks = load<usize>(schedule, TASKS)
  const starts = load<usize>(schedule, START)
  const horizon = load<u32>(schedule, HORIZON)
  const chained = load<u32>(schedule, CHAINED)
  resetProfiles(schedule)
  if (chained) resetChains(schedule)
  let makespan: u32 = 0
  let placed: u32 = 0
  for (let p = order, last = order + (count << 2); p < last; p += 4) {
    let task = tasks + (load<usize>(p) << TASK_SHIFT)
    // Tasks whose predecessor has just been placed, still to be placed themselves.
    let agenda: usize = 0
    while (true) {
      let ready: u32 = 0
      if (chained) {
        const predecessor = load<usize>(task, PREDECESSOR)
        if (predecessor) {
          ready = load<u32>(predecessor, END)
          if (ready == PENDING) {
            waitFor(predecessor, task)
            break
          }
        }
      }
      let start = NEVER
      if (ready != NEVER) {
        start = load<u32>(task, UNARY)
          ? placeUnary(task, ready, horizon)
          : placeAny(schedule, task, ready, horizon)
      }
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
      if (!chained) break
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
