// Simulated annealing over lists and fixed modes at once (in the manner of Hartmann 2001, whose genes are the same two). A task whose
// mode is not fixed takes what suits the schedule so far, so most moves leave most modes to schedule generation. The threshold of
// acceptance is drawn before the evaluation, which stops as soon as its cost is past it.
import { beginMoves, leaveList, moveInList, placeNear, placeOf, undoInList } from './list-moves'
import {
  BEST_CHOSEN,
  CHOSEN,
  CRITICAL,
  FIXED,
  LATENESS,
  MODE_BYTES,
  MODE_SHIFT,
  MODE_TASKS,
  MODE_TASK_SHIFT,
  M_NODE,
  PENALTY,
  STANDING,
  T_MODES,
  T_MODES_END,
} from './mode-layout'
import { serialModes } from './mode-serial'
import { nextRandom, randomBelow, randomFraction, seedRandom } from './random'
import {
  BEST_ORDER,
  BEST_START,
  DURATION,
  FINISH,
  LEFT_OUT,
  MAKESPAN,
  ORDER,
  PLACE,
  RESOURCES,
  RESOURCE_BYTES,
  RESOURCE_COUNT,
  ROOM_A,
  ROOM_B,
  SCALE,
  START,
  TASK_COUNT,
  UNSCHEDULED_WEIGHT,
  WEIGHT_COST,
} from './schedule-layout'

/** What every tick that a resource finishes after the target makespan costs, against 1 of the cost. */
const TAIL: f64 = 0.05
/** Temperatures at the beginning and at the end, in parts of the scale. */
const HOT: f64 = 0.005
const COLD: f64 = 0.0001
/** Moves that change modes, percent; of these, exchanges; of the others, where a mode is fixed, those that set the choice free. */
const MODE_MOVES: u32 = 50
const EXCHANGES: u32 = 40
const FREEING: u32 = 33

let order: usize = 0
let fixed: usize = 0
let tasks: usize = 0
let taskCount: u32 = 0
let leftOutCount: u32 = 0
let criticalCount: u32 = 0
// The last move of modes: of one task's, and of another's (slots in FIXED, 0: none), and what was there before.
let slotA: usize = 0
let slotB: usize = 0
let beforeA: i32 = 0
let beforeB: i32 = 0

function at(list: usize, index: u32): usize {
  return list + (<usize>index << 2)
}

function undo(): void {
  undoInList()
  if (slotA) store<i32>(slotA, beforeA)
  if (slotB) store<i32>(slotB, beforeB)
}

/** A task left out, one on the resource that finishes last, one on a resource that finishes late, or any. */
function lateTask(schedule: usize): u32 {
  if (leftOutCount && (nextRandom() & 3) == 0) {
    return load<u32>(at(load<usize>(schedule, LEFT_OUT), randomBelow(leftOutCount)))
  }
  const choice = nextRandom() & 7
  if (choice < 3 && criticalCount) return load<u32>(at(load<usize>(schedule, CRITICAL), randomBelow(criticalCount)))
  const task = randomBelow(taskCount)
  if (choice >= 6) return task
  const other = randomBelow(taskCount)
  const lateness = load<usize>(schedule, LATENESS)
  return load<u32>(at(lateness, other)) > load<u32>(at(lateness, task)) ? other : task
}

function proposePlace(schedule: usize): void {
  const from = placeOf(lateTask(schedule))
  if (nextRandom() & 1) {
    const to = placeOf(lateTask(schedule))
    if (to != from) {
      moveInList(from, to, true)
      return
    }
  }
  moveInList(from, placeNear(from), (nextRandom() & 3) == 0)
}

function taskRecord(task: u32): usize {
  return tasks + (<usize>task << MODE_TASK_SHIFT)
}

/** Node at which the task arrives where the search stands, −1 none. */
function nodeOf(schedule: usize, task: u32): i32 {
  const mode = load<i32>(at(load<usize>(schedule, STANDING), task))
  return mode < 0 ? -1 : load<i32>(load<usize>(taskRecord(task), T_MODES) + (<usize>mode << MODE_SHIFT), M_NODE)
}

/** First mode of the task that arrives at the node, −1 none. */
function modeTo(task: u32, node: i32): i32 {
  const record = taskRecord(task)
  const modes = load<usize>(record, T_MODES)
  for (let mode = modes, last = load<usize>(record, T_MODES_END); mode < last; mode += MODE_BYTES) {
    if (load<i32>(mode, M_NODE) == node) return <i32>((mode - modes) >> MODE_SHIFT)
  }
  return -1
}

/** Lets two tasks trade nodes. False where they cannot. */
function proposeExchange(schedule: usize): bool {
  const task = lateTask(schedule)
  const other = randomBelow(taskCount)
  const from = nodeOf(schedule, task)
  const to = nodeOf(schedule, other)
  if (from < 0 || to < 0 || from == to) return false
  const mode = modeTo(task, to)
  const otherMode = modeTo(other, from)
  if (mode < 0 || otherMode < 0) return false
  slotA = at(fixed, task)
  slotB = at(fixed, other)
  beforeA = load<i32>(slotA)
  beforeB = load<i32>(slotB)
  store<i32>(slotA, mode)
  store<i32>(slotB, otherMode)
  return true
}

/** Fixes another mode, or sets the choice free. False where that would change nothing. */
function proposeMode(schedule: usize): bool {
  const task = lateTask(schedule)
  const record = taskRecord(task)
  const modes = <u32>((load<usize>(record, T_MODES_END) - load<usize>(record, T_MODES)) >> MODE_SHIFT)
  const slot = at(fixed, task)
  const before = load<i32>(slot)
  const free = before >= 0 && randomBelow(100) < FREEING
  if (!free && modes < 2) return false
  const mode = free ? -1 : <i32>randomBelow(modes)
  if (mode == before) return false
  slotA = slot
  beforeA = before
  store<i32>(slot, mode)
  return true
}

function propose(schedule: usize): void {
  leaveList()
  slotA = 0
  slotB = 0
  if (randomBelow(100) < MODE_MOVES) {
    const changed = randomBelow(100) < EXCHANGES ? proposeExchange(schedule) : proposeMode(schedule)
    if (changed && (nextRandom() & 3) != 0) return
  }
  proposePlace(schedule)
}

function costOf(schedule: usize, target: u32): f64 {
  const resources = load<usize>(schedule, RESOURCES)
  let tail: u64 = 0
  for (let r: usize = 0, count = <usize>load<u32>(schedule, RESOURCE_COUNT); r < count; r++) {
    const finish = load<u32>(resources + r * RESOURCE_BYTES, FINISH)
    if (finish > target) tail += <u64>(finish - target)
  }
  return (
    load<f64>(schedule, UNSCHEDULED_WEIGHT) * load<f64>(schedule, WEIGHT_COST) +
    <f64>load<u32>(schedule, MAKESPAN) +
    load<f64>(schedule, PENALTY) +
    TAIL * <f64>tail
  )
}

function finishOf(resource: usize): u32 {
  return resource ? load<u32>(resource, FINISH) : 0
}

/** The search now stands at what was evaluated last: notes what the next moves lean on. */
function settle(schedule: usize): void {
  const makespan = load<u32>(schedule, MAKESPAN)
  const starts = load<usize>(schedule, START)
  const chosen = load<usize>(schedule, CHOSEN)
  const lateness = load<usize>(schedule, LATENESS)
  memory.copy(load<usize>(schedule, STANDING), chosen, <usize>taskCount << 2)
  leftOutCount = 0
  criticalCount = 0
  for (let task: u32 = 0; task < taskCount; task++) {
    const start = load<i32>(at(starts, task))
    if (start < 0) {
      store<u32>(at(lateness, task), makespan)
      store<u32>(at(load<usize>(schedule, LEFT_OUT), leftOutCount), task)
      leftOutCount++
      continue
    }
    const mode = load<usize>(taskRecord(task), T_MODES) + (load<usize>(at(chosen, task)) << MODE_SHIFT)
    const own = <u32>start + load<u32>(mode, DURATION)
    const late = max(own, max(finishOf(load<usize>(mode, ROOM_A)), finishOf(load<usize>(mode, ROOM_B))))
    store<u32>(at(lateness, task), late)
    if (late < makespan) continue
    store<u32>(at(load<usize>(schedule, CRITICAL), criticalCount), task)
    criticalCount++
  }
}

function keepBest(schedule: usize): void {
  const bytes = <usize>taskCount << 2
  memory.copy(load<usize>(schedule, BEST_ORDER), order, bytes)
  memory.copy(load<usize>(schedule, BEST_START), load<usize>(schedule, START), bytes)
  memory.copy(load<usize>(schedule, BEST_CHOSEN), load<usize>(schedule, CHOSEN), bytes)
}

/** Schedules the list in ORDER with the modes in FIXED. */
export function evaluateModes(schedule: usize): void {
  serialModes(schedule, load<usize>(schedule, ORDER), Infinity)
}

/**
 * Anneals the list in ORDER and the modes in FIXED, which are left where the search stands; the best schedule is in BEST_ORDER, BEST_CHOSEN,
 * BEST_START, MAKESPAN, PENALTY and UNSCHEDULED_WEIGHT. Ends early once all is scheduled at a cost of at most `enough`. Returns the
 * evaluations spent.
 */
export function annealModes(
  schedule: usize,
  evaluations: u32,
  spent: f64,
  total: f64,
  seed: u32,
  target: u32,
  enough: f64,
): u32 {
  order = load<usize>(schedule, ORDER)
  fixed = load<usize>(schedule, FIXED)
  tasks = load<usize>(schedule, MODE_TASKS)
  taskCount = load<u32>(schedule, TASK_COUNT)
  beginMoves(order, load<usize>(schedule, PLACE), taskCount)
  seedRandom(seed, <u64>spent)

  serialModes(schedule, order, Infinity)
  settle(schedule)
  keepBest(schedule)
  let now = costOf(schedule, target)
  let makespan = load<u32>(schedule, MAKESPAN)
  let penalty = load<f64>(schedule, PENALTY)
  let unscheduled = load<f64>(schedule, UNSCHEDULED_WEIGHT)
  let used: u32 = 1
  const hottest = HOT * load<f64>(schedule, SCALE)
  const cooling = Math.log(COLD / HOT)
  while (used < evaluations && taskCount > 1) {
    if (unscheduled == 0 && <f64>makespan + penalty <= enough) break
    propose(schedule)
    const temperature = hottest * Math.exp(cooling * min(1.0, (spent + <f64>used) / total))
    const threshold = now - temperature * Math.log(randomFraction())
    used++
    if (!serialModes(schedule, order, threshold)) {
      undo()
      continue
    }
    const reached = costOf(schedule, target)
    const weight = load<f64>(schedule, UNSCHEDULED_WEIGHT)
    const end = load<u32>(schedule, MAKESPAN)
    const extra = load<f64>(schedule, PENALTY)
    if (weight < unscheduled || (weight == unscheduled && <f64>end + extra < <f64>makespan + penalty)) {
      unscheduled = weight
      makespan = end
      penalty = extra
      keepBest(schedule)
    }
    if (reached <= threshold) {
      now = reached
      settle(schedule)
    } else {
      undo()
    }
  }
  store<u32>(schedule, makespan, MAKESPAN)
  store<f64>(schedule, penalty, PENALTY)
  store<f64>(schedule, unscheduled, UNSCHEDULED_WEIGHT)
  return used
}
