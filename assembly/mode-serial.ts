// Serial schedule generation with modes (Kolisch & Drexl 1997): tasks in list order, each in the mode that adds least to makespan and
// penalties, at the earliest time at which both resources and the windows of that mode allow it. Unlike there, a list may fix the
// modes of some tasks, and what modes share is no budget but the memory and the anti-affinity groups of nodes, as they would be
// if all moves placed so far were done.
import {
  CHOSEN,
  FIXED,
  FREE_NOW,
  GROUPS,
  GROUP_COUNT,
  GROUP_NOW,
  LEAST_PENALTY,
  MODE_BYTES,
  MODE_SHIFT,
  MODE_TASKS,
  MODE_TASK_SHIFT,
  M_NODE,
  M_PENALTY,
  NODE_COUNT,
  NODE_FREE,
  PENALTY,
  TASK_GROUPS,
  T_GROUPS,
  T_GROUPS_END,
  T_HOME,
  T_LEAST_PENALTY,
  T_MEMORY,
  T_MODES,
  T_MODES_END,
  T_WEIGHT,
} from './mode-layout'
import { insert } from './placement'
import { resetProfiles } from './profile'
import {
  DURATION,
  FINISH,
  HORIZON,
  MAKESPAN,
  NEVER,
  ROOM_B,
  START,
  TASK_COUNT,
  UNSCHEDULED_WEIGHT,
  WEIGHT_COST,
} from './schedule-layout'

function reset(schedule: usize): void {
  resetProfiles(schedule)
  const nodes = <usize>load<u32>(schedule, NODE_COUNT)
  memory.copy(load<usize>(schedule, FREE_NOW), load<usize>(schedule, NODE_FREE), nodes << 3)
  const cells = nodes * <usize>load<u32>(schedule, GROUPS)
  memory.copy(load<usize>(schedule, GROUP_NOW), load<usize>(schedule, GROUP_COUNT), cells << 2)
}

function groupCell(schedule: usize, node: i32, entry: u32): usize {
  const group = load<u32>(load<usize>(schedule, TASK_GROUPS) + (<usize>entry << 2))
  return load<usize>(schedule, GROUP_NOW) + (<usize>(<u32>node * load<u32>(schedule, GROUPS) + group) << 2)
}

/** Has the mode's node memory for the task, and none of its groups? */
function admits(schedule: usize, task: usize, mode: usize): bool {
  const node = load<i32>(mode, M_NODE)
  if (node < 0) return true
  if (load<f64>(load<usize>(schedule, FREE_NOW) + (<usize>node << 3)) < load<f64>(task, T_MEMORY)) return false
  for (let g = load<u32>(task, T_GROUPS), last = load<u32>(task, T_GROUPS_END); g < last; g++) {
    if (load<i32>(groupCell(schedule, node, g)) > 0) return false
  }
  return true
}

function addTo(cell: usize, by: i32): void {
  store<i32>(cell, load<i32>(cell) + by)
}

/** Takes the task's memory and groups from its home to the mode's node. One that arrives nowhere keeps its groups at home. */
function move(schedule: usize, task: usize, mode: usize): void {
  const free = load<usize>(schedule, FREE_NOW)
  const node = load<i32>(mode, M_NODE)
  const home = load<i32>(task, T_HOME)
  const size = load<f64>(task, T_MEMORY)
  const left = free + (<usize>home << 3)
  store<f64>(left, load<f64>(left) + size)
  if (node < 0) return
  const entered = free + (<usize>node << 3)
  store<f64>(entered, load<f64>(entered) - size)
  for (let g = load<u32>(task, T_GROUPS), last = load<u32>(task, T_GROUPS_END); g < last; g++) {
    addTo(groupCell(schedule, home, g), -1)
    addTo(groupCell(schedule, node, g), 1)
  }
}

let foundMode: usize = 0
let foundStart: u32 = 0

/**
 * Places the task in the mode with the least of max(makespan, end) + penalty; equal ones by earlier end, then by the earlier finish of the second
 * resource, then by index. Leaves it in `foundMode`, its room taken, 0 where no mode is admitted and done by the horizon.
 */
function placeBest(schedule: usize, task: usize, makespan: u32, horizon: u32): void {
  foundMode = 0
  let least: f64 = Infinity
  let earliest: u32 = NEVER
  let finish: u32 = NEVER
  for (let mode = load<usize>(task, T_MODES), last = load<usize>(task, T_MODES_END); mode < last; mode += MODE_BYTES) {
    const penalty = load<f64>(mode, M_PENALTY)
    if (<f64>makespan + penalty > least || !admits(schedule, task, mode)) continue
    const start = insert(schedule, mode, 0, horizon, false)
    if (start == NEVER) continue
    const end = start + load<u32>(mode, DURATION)
    const cost = <f64>max(makespan, end) + penalty
    if (cost > least) continue
    const second = load<usize>(mode, ROOM_B)
    const busy = second ? load<u32>(second, FINISH) : 0
    if (cost == least && (end > earliest || (end == earliest && busy >= finish))) continue
    least = cost
    earliest = end
    finish = busy
    foundMode = mode
    foundStart = start
  }
  if (foundMode) insert(schedule, foundMode, 0, horizon, true)
}

/** Results by task, summed by index so that the floats are the same whatever the list. */
function report(schedule: usize, makespan: u32): void {
  const count = <usize>load<u32>(schedule, TASK_COUNT)
  const tasks = load<usize>(schedule, MODE_TASKS)
  const chosen = load<usize>(schedule, CHOSEN)
  let unscheduled: f64 = 0
  let penalty: f64 = 0
  for (let i: usize = 0; i < count; i++) {
    const task = tasks + (i << MODE_TASK_SHIFT)
    const mode = load<i32>(chosen + (i << 2))
    if (mode < 0) unscheduled += load<f64>(task, T_WEIGHT)
    else penalty += load<f64>(load<usize>(task, T_MODES) + (<usize>mode << MODE_SHIFT), M_PENALTY)
  }
  store<u32>(schedule, makespan, MAKESPAN)
  store<f64>(schedule, unscheduled, UNSCHEDULED_WEIGHT)
  store<f64>(schedule, penalty, PENALTY)
}

/**
 * Schedules the list at `order` with the modes in FIXED, those aside that are not admitted or not done by the horizon. False, with results
 * undefined, as soon as makespan, penalties (the least ones of tasks to come included) and the cost of what is left out exceed `limit`.
 */
export function serialModes(schedule: usize, order: usize, limit: f64): bool {
  const tasks = load<usize>(schedule, MODE_TASKS)
  const fixed = load<usize>(schedule, FIXED)
  const chosen = load<usize>(schedule, CHOSEN)
  const starts = load<usize>(schedule, START)
  const horizon = load<u32>(schedule, HORIZON)
  const weightCost = load<f64>(schedule, WEIGHT_COST)
  reset(schedule)
  let makespan: u32 = 0
  let extra = load<f64>(schedule, LEAST_PENALTY)
  for (let p = order, last = order + (<usize>load<u32>(schedule, TASK_COUNT) << 2); p < last; p += 4) {
    const slot = load<usize>(p) << 2
    const task = tasks + (load<usize>(p) << MODE_TASK_SHIFT)
    const modes = load<usize>(task, T_MODES)
    const wanted = load<i32>(fixed + slot)
    foundMode = 0
    if (wanted >= 0) {
      const mode = modes + (<usize>wanted << MODE_SHIFT)
      assert(mode < load<usize>(task, T_MODES_END))
      if (admits(schedule, task, mode)) {
        foundStart = insert(schedule, mode, 0, horizon, true)
        if (foundStart != NEVER) foundMode = mode
      }
    }
    if (!foundMode) placeBest(schedule, task, makespan, horizon)
    extra -= load<f64>(task, T_LEAST_PENALTY)
    if (foundMode) {
      move(schedule, task, foundMode)
      store<u32>(starts + slot, foundStart)
      store<i32>(chosen + slot, <i32>((foundMode - modes) >> MODE_SHIFT))
      extra += load<f64>(foundMode, M_PENALTY)
      makespan = max(makespan, foundStart + load<u32>(foundMode, DURATION))
    } else {
      store<i32>(starts + slot, -1)
      store<i32>(chosen + slot, -1)
      extra += load<f64>(task, T_WEIGHT) * weightCost
    }
    if (<f64>makespan + extra > limit) return false
  }
  report(schedule, makespan)
  return true
}
