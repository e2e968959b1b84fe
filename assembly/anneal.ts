// Simulated annealing over lists (Kirkpatrick, Gelatt, Vecchi 1983) with geometric cooling. The threshold of acceptance is drawn
// before the evaluation, so that an evaluation stops as soon as its makespan alone is past it.
import { barriers } from './barrier'
import { eventDriven } from './event'
import { beginMoves, moveInList, placeNear, placeOf, undoInList } from './list-moves'
import { nextRandom, randomBelow, randomFraction, seedRandom } from './random'
import {
  BEST_ORDER,
  BEST_ROUND,
  BEST_START,
  FINISH,
  FINISHES,
  LEFT_OUT,
  MAKESPAN,
  MEMBERS,
  MEMBER_FIRST,
  NEVER,
  ORDER,
  PLACE,
  RESOURCES,
  RESOURCE_BYTES,
  RESOURCE_COUNT,
  ROUND,
  SCALE,
  START,
  TASK_COUNT,
  UNSCHEDULED_WEIGHT,
  WEIGHT_COST,
} from './schedule-layout'
import { serial } from './serial'

const SERIAL: i32 = 0
const EVENT: i32 = 1

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
export function evaluate(schedule: usize, list: usize, scheme: i32, limit: u32): bool {
  if (scheme == SERIAL) return serial(schedule, list, limit)
  if (scheme == EVENT) return eventDriven(schedule, list, limit)
  return barriers(schedule, list, limit)
}

/** One of the tasks of a resource that finishes late where the search stands, or any task. */
function lateTask(schedule: usize): u32 {
  if (resourceCount) {
    const choice = nextRandom() & 7
    let resource = latest
    if (choice >= 3) {
      const finishes = load<usize>(schedule, FINISHES)
      resource = randomBelow(resourceCount)
      const other = randomBelow(resourceCount)
      if (load<u32>(finishes + (<usize>other << 2)) > load<u32>(finishes + (<usize>resource << 2))) resource = other
    }
    if (choice < 6) {
      const entry = load<usize>(schedule, MEMBER_FIRST) + (<usize>resource << 2)
      const first = load<u32>(entry)
      const count = load<u32>(entry, 4) - first
      if (count) return load<u32>(load<usize>(schedule, MEMBERS) + (<usize>(first + randomBelow(count)) << 2))
    }
  }
  return randomBelow(taskCount)
}

function propose(schedule: usize): void {
  if (leftOutCount && (nextRandom() & 3) == 0) {
    const task = load<u32>(load<usize>(schedule, LEFT_OUT) + (<usize>randomBelow(leftOutCount) << 2))
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

function costOf(schedule: usize, target: u32): f64 {
  const resources = load<usize>(schedule, RESOURCES)
  let tail: u64 = 0
  for (let r: usize = 0; r < <usize>resourceCount; r++) {
    const finish = load<u32>(resources + r * RESOURCE_BYTES, FINISH)
    if (finish > target) tail += <u64>(finish - target)
  }
  return (
    load<f64>(schedule, UNSCHEDULED_WEIGHT) * load<f64>(schedule, WEIGHT_COST) +
    <f64>load<u32>(schedule, MAKESPAN) +
    TAIL * <f64>tail
  )
}

/** The search now stands at the list evaluated last: notes what the next moves lean on. */
function settle(schedule: usize): void {
  const resources = load<usize>(schedule, RESOURCES)
  const finishes = load<usize>(schedule, FINISHES)
  let last: u32 = 0
  latest = 0
  for (let r: usize = 0; r < <usize>resourceCount; r++) {
    const finish = load<u32>(resources + r * RESOURCE_BYTES, FINISH)
    store<u32>(finishes + (r << 2), finish)
    if (finish > last) {
      last = finish
      latest = <u32>r
    }
  }
  leftOutCount = 0
  if (load<f64>(schedule, UNSCHEDULED_WEIGHT) == 0) return
  const starts = load<usize>(schedule, START)
  const leftOut = load<usize>(schedule, LEFT_OUT)
  for (let task: u32 = 0; task < taskCount; task++) {
    if (load<i32>(starts + (<usize>task << 2)) >= 0) continue
    store<u32>(leftOut + (<usize>leftOutCount << 2), task)
    leftOutCount++
  }
}

function keepBest(schedule: usize, scheme: i32): void {
  const bytes = <usize>taskCount << 2
  memory.copy(load<usize>(schedule, BEST_ORDER), order, bytes)
  memory.copy(load<usize>(schedule, BEST_START), load<usize>(schedule, START), bytes)
  if (scheme > EVENT) memory.copy(load<usize>(schedule, BEST_ROUND), load<usize>(schedule, ROUND), bytes)
}

/**
 * Anneals the list in ORDER, which is left where the search stands; the best schedule is in BEST_ORDER, BEST_START, BEST_ROUND,
 * MAKESPAN and UNSCHEDULED_WEIGHT. Returns the evaluations spent.
 */
export function anneal(
  schedule: usize,
  scheme: i32,
  evaluations: u32,
  spent: f64,
  total: f64,
  seed: u32,
  target: u32,
): u32 {
  order = load<usize>(schedule, ORDER)
  taskCount = load<u32>(schedule, TASK_COUNT)
  resourceCount = load<u32>(schedule, RESOURCE_COUNT)
  beginMoves(order, load<usize>(schedule, PLACE), taskCount)
  seedRandom(seed, <u64>spent)

  evaluate(schedule, order, scheme, NEVER)
  settle(schedule)
  keepBest(schedule, scheme)
  let cost = costOf(schedule, target)
  let makespan = load<u32>(schedule, MAKESPAN)
  let unscheduled = load<f64>(schedule, UNSCHEDULED_WEIGHT)
  let used: u32 = 1
  const hottest = HOT * load<f64>(schedule, SCALE)
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
    const weight = load<f64>(schedule, UNSCHEDULED_WEIGHT)
    const end = load<u32>(schedule, MAKESPAN)
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
  store<u32>(schedule, makespan, MAKESPAN)
  store<f64>(schedule, unscheduled, UNSCHEDULED_WEIGHT)
  return used
}
