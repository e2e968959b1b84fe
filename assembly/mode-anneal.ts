// Simulated annealing over lists and fixed modes at once (in the manner of Hartmann 2001, whose genes are the same two). A task whose
// mode is not fixed takes what suits the schedule so far, so most moves leave most modes to schedule generation. The threshold of
// acceptance is drawn before the evaluation, which stops as soon as its cost is past it.
import { beginMoves, leaveList, moveInList, placeNear, placeOf, undoInList } from './list-moves'
import { serialModes } from './mode-serial'
import { nextRandom, randomBelow, randomFraction, seedRandom } from './random'
import { ModeSchedule, ModeTask, none, Resource } from './records'

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
let tasks = none<ModeTask>()
let taskCount: u32 = 0
let leftOutCount: u32 = 0
let criticalCount: u32 = 0
// The last move of modes: of one task's, and of another's (slots in `fixed`, 0: none), and what was there before.
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
function lateTask(schedule: ModeSchedule): u32 {
  if (leftOutCount && (nextRandom() & 3) == 0) {
    return load<u32>(at(schedule.leftOut, randomBelow(leftOutCount)))
  }
  const choice = nextRandom() & 7
  if (choice < 3 && criticalCount) return load<u32>(at(schedule.critical, randomBelow(criticalCount)))
  const task = randomBelow(taskCount)
  if (choice >= 6) return task
  const other = randomBelow(taskCount)
  const lateness = schedule.lateness
  return load<u32>(at(lateness, other)) > load<u32>(at(lateness, task)) ? other : task
}

function proposePlace(schedule: ModeSchedule): void {
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

/** Node at which the task arrives where the search stands, −1 none. */
function nodeOf(schedule: ModeSchedule, task: u32): i32 {
  const mode = load<i32>(at(schedule.standing, task))
  return mode < 0 ? -1 : tasks.at(task).modes.at(mode).node
}

/** First mode of the task that arrives at the node, −1 none. */
function modeTo(task: u32, node: i32): i32 {
  const modes = tasks.at(task).modes
  for (let mode = modes, last = tasks.at(task).modesEnd; mode != last; mode = mode.at(1)) {
    if (mode.node == node) return <i32>mode.placesAfter(modes)
  }
  return -1
}

/** Lets two tasks trade nodes. False where they cannot. */
function proposeExchange(schedule: ModeSchedule): bool {
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
function proposeMode(schedule: ModeSchedule): bool {
  const task = lateTask(schedule)
  const modes = <u32>tasks.at(task).modesEnd.placesAfter(tasks.at(task).modes)
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

function propose(schedule: ModeSchedule): void {
  leaveList()
  slotA = 0
  slotB = 0
  if (randomBelow(100) < MODE_MOVES) {
    const changed = randomBelow(100) < EXCHANGES ? proposeExchange(schedule) : proposeMode(schedule)
    if (changed && (nextRandom() & 3) != 0) return
  }
  proposePlace(schedule)
}

function costOf(schedule: ModeSchedule, target: u32): f64 {
  const resources = schedule.resources
  let tail: u64 = 0
  for (let r: usize = 0, count = <usize>schedule.resourceCount; r < count; r++) {
    const finish = resources.at(r).finish
    if (finish > target) tail += <u64>(finish - target)
  }
  return (
    schedule.unscheduledWeight * schedule.weightCost +
    <f64>schedule.makespan +
    schedule.penalty +
    TAIL * <f64>tail
  )
}

function finishOf(resource: Resource): u32 {
  return resource ? resource.finish : 0
}

/** The search now stands at what was evaluated last: notes what the next moves lean on. */
function settle(schedule: ModeSchedule): void {
  const makespan = schedule.makespan
  const starts = schedule.start
  const chosen = schedule.chosen
  const lateness = schedule.lateness
  memory.copy(schedule.standing, chosen, <usize>taskCount << 2)
  leftOutCount = 0
  criticalCount = 0
  for (let task: u32 = 0; task < taskCount; task++) {
    const start = load<i32>(at(starts, task))
    if (start < 0) {
      store<u32>(at(lateness, task), makespan)
      store<u32>(at(schedule.leftOut, leftOutCount), task)
      leftOutCount++
      continue
    }
    const mode = tasks.at(task).modes.at(load<u32>(at(chosen, task)))
    const own = <u32>start + mode.duration
    let late = max(own, max(finishOf(mode.roomA), finishOf(mode.roomB)))
    for (let use = mode.held; use != mode.heldEnd; use = use.at(1)) late = max(late, use.resource.finish)
    store<u32>(at(lateness, task), late)
    if (late < makespan) continue
    store<u32>(at(schedule.critical, criticalCount), task)
    criticalCount++
  }
}

function keepBest(schedule: ModeSchedule): void {
  const bytes = <usize>taskCount << 2
  memory.copy(schedule.bestOrder, order, bytes)
  memory.copy(schedule.bestStart, schedule.start, bytes)
  memory.copy(schedule.bestChosen, schedule.chosen, bytes)
}

/** Schedules the list in `order` with the modes in `fixed`. */
export function evaluateModes(schedule: ModeSchedule): void {
  serialModes(schedule, schedule.order, Infinity)
}

/**
 * Anneals the list in `order` and the modes in `fixed`, which are left where the search stands; the best schedule is in `bestOrder`,
 * `bestChosen`, `bestStart`, `makespan`, `penalty` and `unscheduledWeight`. Ends early once all is scheduled at a cost of at most `enough`. Returns the
 * evaluations spent.
 */
export function annealModes(
  schedule: ModeSchedule,
  evaluations: u32,
  spent: f64,
  total: f64,
  seed: u32,
  target: u32,
  enough: f64,
): u32 {
  order = schedule.order
  fixed = schedule.fixed
  tasks = schedule.modeTasks
  taskCount = schedule.taskCount
  beginMoves(order, schedule.place, taskCount)
  seedRandom(seed, <u64>spent)

  serialModes(schedule, order, Infinity)
  settle(schedule)
  keepBest(schedule)
  let now = costOf(schedule, target)
  let makespan = schedule.makespan
  let penalty = schedule.penalty
  let unscheduled = schedule.unscheduledWeight
  let used: u32 = 1
  const hottest = HOT * schedule.scale
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
    const weight = schedule.unscheduledWeight
    const end = schedule.makespan
    const extra = schedule.penalty
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
  schedule.makespan = makespan
  schedule.penalty = penalty
  schedule.unscheduledWeight = unscheduled
  return used
}
