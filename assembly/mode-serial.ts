// Serial schedule generation with modes (Kolisch & Drexl 1997): tasks in list order, each in the mode that adds least to makespan and
// penalties, at the earliest time at which both resources and the windows of that mode allow it. Unlike there, a list may fix the
// modes of some tasks, and what modes share is no budget but the memory, the other spaces and the anti-affinity groups of nodes, as they
// would be if all moves placed so far were done.
import { insert } from './placement'
import { resetProfiles } from './profile'
import { Mode, ModeSchedule, ModeTask, NEVER, none } from './records'

function reset(schedule: ModeSchedule): void {
  resetProfiles(schedule)
  const nodes = <usize>schedule.nodeCount
  memory.copy(schedule.freeNow, schedule.nodeFree, nodes << 3)
  memory.copy(schedule.spaceNow, schedule.spaceFree, (nodes * <usize>schedule.spaceCount) << 3)
  const cells = nodes * <usize>schedule.groupCount
  memory.copy(schedule.groupNow, schedule.groupMembers, cells << 2)
}

function groupCell(schedule: ModeSchedule, node: i32, entry: u32): usize {
  const group = load<u32>(schedule.taskGroups + (<usize>entry << 2))
  return schedule.groupNow + (<usize>(<u32>node * schedule.groupCount + group) << 2)
}

function spacesOf(schedule: ModeSchedule, node: i32): usize {
  return schedule.spaceNow + ((<usize>node * <usize>schedule.spaceCount) << 3)
}

/** Has the mode's node memory for the task, and what else it takes, and none of its groups? */
function admits(schedule: ModeSchedule, task: ModeTask, mode: Mode): bool {
  const node = mode.node
  if (node < 0) return true
  if (load<f64>(schedule.freeNow + (<usize>node << 3)) < task.memory) return false
  const spaces = <usize>schedule.spaceCount << 3
  if (spaces > 0) {
    const free = spacesOf(schedule, node)
    const sizes = task.sizes
    for (let s: usize = 0; s < spaces; s += 8) {
      const size = load<f64>(sizes + s)
      if (size > 0 && load<f64>(free + s) < size) return false
    }
  }
  for (let g = task.groups, last = task.groupsEnd; g < last; g++) {
    if (load<i32>(groupCell(schedule, node, g)) > 0) return false
  }
  return true
}

function addTo(cell: usize, by: i32): void {
  store<i32>(cell, load<i32>(cell) + by)
}

/** Takes what the task takes of each space from its home to the mode's node. */
function moveSpaces(schedule: ModeSchedule, task: ModeTask, node: i32): void {
  const spaces = <usize>schedule.spaceCount << 3
  if (spaces == 0) return
  const left = spacesOf(schedule, task.home)
  const entered: usize = node < 0 ? 0 : spacesOf(schedule, node)
  for (let s: usize = 0; s < spaces; s += 8) {
    const size = load<f64>(task.sizes + s)
    if (entered) {
      store<f64>(left + s, load<f64>(left + s) + size)
      store<f64>(entered + s, load<f64>(entered + s) - size)
    } else store<f64>(left + s, load<f64>(left + s) + size * load<f64>(schedule.spaceFreed + s))
  }
}

/** Takes the task's memory and groups from its home to the mode's node. One that arrives nowhere keeps its groups at home. */
function move(schedule: ModeSchedule, task: ModeTask, mode: Mode): void {
  const free = schedule.freeNow
  const node = mode.node
  const home = task.home
  const size = task.memory
  const left = free + (<usize>home << 3)
  store<f64>(left, load<f64>(left) + size)
  moveSpaces(schedule, task, node)
  if (node < 0) return
  const entered = free + (<usize>node << 3)
  store<f64>(entered, load<f64>(entered) - size)
  for (let g = task.groups, last = task.groupsEnd; g < last; g++) {
    addTo(groupCell(schedule, home, g), -1)
    addTo(groupCell(schedule, node, g), 1)
  }
}

let foundMode = none<Mode>()
let foundStart: u32 = 0

/**
 * Places the task in the mode with the least of max(makespan, end) + penalty; equal ones by earlier end, then by the earlier finish of the second
 * resource, then by index. Leaves it in `foundMode`, its room taken, none where no mode is admitted and done by the horizon.
 */
function placeBest(schedule: ModeSchedule, task: ModeTask, makespan: u32, horizon: u32): void {
  foundMode = none<Mode>()
  let least: f64 = Infinity
  let earliest: u32 = NEVER
  let finish: u32 = NEVER
  for (let mode = task.modes, last = task.modesEnd; mode != last; mode = mode.at(1)) {
    const penalty = mode.penalty
    if (<f64>makespan + penalty > least || !admits(schedule, task, mode)) continue
    const start = insert(schedule, mode, 0, horizon, false)
    if (start == NEVER) continue
    const end = start + mode.duration
    const cost = <f64>max(makespan, end) + penalty
    if (cost > least) continue
    const second = mode.roomB
    const busy = second ? second.finish : 0
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
function report(schedule: ModeSchedule, makespan: u32): void {
  const count = <usize>schedule.taskCount
  const tasks = schedule.modeTasks
  const chosen = schedule.chosen
  let unscheduled: f64 = 0
  let penalty: f64 = 0
  for (let i: usize = 0; i < count; i++) {
    const task = tasks.at(i)
    const mode = load<i32>(chosen + (i << 2))
    if (mode < 0) unscheduled += task.weight
    else penalty += task.modes.at(mode).penalty
  }
  schedule.makespan = makespan
  schedule.unscheduledWeight = unscheduled
  schedule.penalty = penalty
}

/**
 * Schedules the list at `order` with the modes in `fixed`, those aside that are not admitted or not done by the horizon. False, with results
 * undefined, as soon as makespan, penalties (the least ones of tasks to come included) and the cost of what is left out exceed `limit`.
 */
export function serialModes(schedule: ModeSchedule, order: usize, limit: f64): bool {
  const tasks = schedule.modeTasks
  const fixed = schedule.fixed
  const chosen = schedule.chosen
  const starts = schedule.start
  const horizon = schedule.horizon
  const weightCost = schedule.weightCost
  reset(schedule)
  let makespan: u32 = 0
  let extra = schedule.leastPenalty
  for (let p = order, last = order + (<usize>schedule.taskCount << 2); p < last; p += 4) {
    const slot = load<usize>(p) << 2
    const task = tasks.at(load<usize>(p))
    const modes = task.modes
    const wanted = load<i32>(fixed + slot)
    foundMode = none<Mode>()
    if (wanted >= 0) {
      const mode = modes.at(wanted)
      assert(changetype<usize>(mode) < changetype<usize>(task.modesEnd))
      if (admits(schedule, task, mode)) {
        foundStart = insert(schedule, mode, 0, horizon, true)
        if (foundStart != NEVER) foundMode = mode
      }
    }
    if (!foundMode) placeBest(schedule, task, makespan, horizon)
    extra -= task.leastPenalty
    if (foundMode) {
      move(schedule, task, foundMode)
      store<u32>(starts + slot, foundStart)
      store<i32>(chosen + slot, <i32>foundMode.placesAfter(modes))
      extra += foundMode.penalty
      makespan = max(makespan, foundStart + foundMode.duration)
    } else {
      store<i32>(starts + slot, -1)
      store<i32>(chosen + slot, -1)
      extra += task.weight * weightCost
    }
    if (<f64>makespan + extra > limit) return false
  }
  report(schedule, makespan)
  return true
}
