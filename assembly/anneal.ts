// Simulated annealing over lists (Kirkpatrick, Gelatt, Vecchi 1983) with geometric cooling. The threshold of acceptance is drawn
// before the evaluation, so that an evaluation stops as soon as its makespan alone is past it.
import { barriers } from './barrier'
import { eventDriven } from './event'
import { beginMoves, moveInList, placeNear, placeOf, undoInList } from './list-moves'
import { nextRandom, randomBelow, randomFraction, seedRandom } from './random'
import { NEVER, Schedule, SCHEME_EVENT, SCHEME_ROUNDS, SCHEME_SERIAL } from './records'
import { serial } from './serial'

/** What every tick that a resource finishes after the target costs, against 1 of the makespan. */
const TAIL: f64 = 0.05
/** Temperatures at the beginning and at the end, in parts of the scale. */
const HOT: f64 = 0.003
const COLD: f64 = 0.00002

let order: usize = 0
let taskCount: u32 = 0
let resourceCount: u32 = 0
let leftOutCount: u32 = 0
/** Resource that finishes last where the search stands. */
let latest: u32 = 0

/** Evaluates one list; false where it stopped at `limit`. */
export function evaluate(schedule: Schedule, list: usize, scheme: u32, limit: u32): bool {
  if (scheme == SCHEME_SERIAL) return serial(schedule, list, limit)
  if (scheme == SCHEME_EVENT) return eventDriven(schedule, list, limit)
  return barriers(schedule, list, limit)
}

/** One of the tasks of a resource that finishes late where the search stands, or any task. */
function lateTask(schedule: Schedule): u32 {
  if (resourceCount) {
    const choice = nextRandom() & 7
    let resource = latest
    if (choice >= 3) {
      const finishes = schedule.finishes
      resource = randomBelow(resourceCount)
      const other = randomBelow(resourceCount)
      if (load<u32>(finishes + (<usize>other << 2)) > load<u32>(finishes + (<usize>resource << 2))) resource = other
    }
    if (choice < 6) {
      const entry = schedule.memberFirst + (<usize>resource << 2)
      const first = load<u32>(entry)
      const count = load<u32>(entry, 4) - first
      if (count) return load<u32>(schedule.members + (<usize>(first + randomBelow(count)) << 2))
    }
  }
  return randomBelow(taskCount)
}

function propose(schedule: Schedule): void {
  if (leftOutCount && (nextRandom() & 3) == 0) {
    const task = load<u32>(schedule.leftOut + (<usize>randomBelow(leftOutCount) << 2))
    const from = placeOf(task)
    if (from) {
      moveInList(from, randomBelow(from), (nextRandom() & 1) == 0)
      return
    }
  }
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

function costOf(schedule: Schedule, target: u32): f64 {
  const resources = schedule.resources
  let tail: u64 = 0
  for (let r: usize = 0; r < <usize>resourceCount; r++) {
    const finish = resources.at(r).finish
    if (finish > target) tail += <u64>(finish - target)
  }
  return schedule.unscheduledWeight * schedule.weightCost + <f64>schedule.makespan + TAIL * <f64>tail
}

/** The search now stands at the list evaluated last: notes what the next moves lean on. */
function settle(schedule: Schedule): void {
  const resources = schedule.resources
  const finishes = schedule.finishes
  let last: u32 = 0
  latest = 0
  for (let r: usize = 0; r < <usize>resourceCount; r++) {
    const finish = resources.at(r).finish
    store<u32>(finishes + (r << 2), finish)
    if (finish > last) {
      last = finish
      latest = <u32>r
    }
  }
  leftOutCount = 0
  if (schedule.unscheduledWeight == 0) return
  const starts = schedule.start
  const leftOut = schedule.leftOut
  for (let task: u32 = 0; task < taskCount; task++) {
    if (load<i32>(starts + (<usize>task << 2)) >= 0) continue
    store<u32>(leftOut + (<usize>leftOutCount << 2), task)
    leftOutCount++
  }
}

function keepBest(schedule: Schedule, scheme: u32): void {
  const bytes = <usize>taskCount << 2
  memory.copy(schedule.bestOrder, order, bytes)
  memory.copy(schedule.bestStart, schedule.start, bytes)
  if (scheme == SCHEME_ROUNDS) memory.copy(schedule.bestRound, schedule.round, bytes)
}

/**
 * Anneals the list in `order`, which is left where the search stands; the best schedule is in `bestOrder`, `bestStart`, `bestRound`,
 * `makespan` and `unscheduledWeight`. Returns the evaluations spent.
 */
export function anneal(
  schedule: Schedule,
  scheme: u32,
  evaluations: u32,
  spent: f64,
  total: f64,
  seed: u32,
  target: u32,
): u32 {
  order = schedule.order
  taskCount = schedule.taskCount
  resourceCount = schedule.resourceCount
  beginMoves(order, schedule.place, taskCount)
  seedRandom(seed, <u64>spent)

  evaluate(schedule, order, scheme, NEVER)
  settle(schedule)
  keepBest(schedule, scheme)
  let cost = costOf(schedule, target)
  let makespan = schedule.makespan
  let unscheduled = schedule.unscheduledWeight
  let used: u32 = 1
  const hottest = HOT * schedule.scale
  const cooling = Math.log(COLD / HOT)
  while (used < evaluations && taskCount > 1) {
    if (unscheduled == 0 && makespan <= target) break
    propose(schedule)
    const temperature = hottest * Math.exp(cooling * min(1.0, (spent + <f64>used) / total))
    const threshold = cost - temperature * Math.log(randomFraction())
    used++
    const complete = evaluate(schedule, order, scheme, threshold < <f64>NEVER ? <u32>threshold : NEVER)
    if (!complete) {
      undoInList()
      continue
    }
    const reached = costOf(schedule, target)
    const weight = schedule.unscheduledWeight
    const end = schedule.makespan
    if (weight < unscheduled || (weight == unscheduled && end < makespan)) {
      unscheduled = weight
      makespan = end
      keepBest(schedule, scheme)
    }
    if (reached <= threshold) {
      cost = reached
      settle(schedule)
    } else {
      undoInList()
    }
  }
  schedule.makespan = makespan
  schedule.unscheduledWeight = unscheduled
  return used
}
