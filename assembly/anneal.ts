// Simulated annealing over lists (Kirkpatrick, Gelatt, Vecchi 1983) with geometric cooling. The threshold of acceptance is drawn
// before the evaluation, so that an evaluation stops as soon as its makespan alone is past it.
import { barriers } from './barrier'
import { eventDriven } from './event'
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
let places: usize = 0
let taskCount: u32 = 0
let resourceCount: u32 = 0
let leftOutCount: u32 = 0
/** Resource that finishes last where the search stands. */
let latest: u32 = 0
// The last move: its two places, and whether it was a swap.
let moveFrom: u32 = 0
let moveTo: u32 = 0
let swapped: bool = false

/** Evaluates one list; false where it stopped at `limit`. */
export function evaluate(schedule: usize, list: usize, scheme: i32, limit: u32): bool {
  if (scheme == SERIAL) return serial(schedule, list, limit)
  if (scheme == EVENT) return eventDriven(schedule, list, limit)
  return barriers(schedule, list, limit)
}

function taskAt(place: u32): u32 {
  return load<u32>(order + (<usize>place << 2))
}

function put(place: u32, task: u32): void {
  store<u32>(order + (<usize>place << 2), task)
  store<u32>(places + (<usize>task << 2), place)
}

function swap(from: u32, to: u32): void {
  const task = taskAt(from)
  put(from, taskAt(to))
  put(to, task)
}

function shift(from: u32, to: u32): void {
  const task = taskAt(from)
  for (let place = from; place < to; place++) put(place, taskAt(place + 1))
  for (let place = from; place > to; place--) put(place, taskAt(place - 1))
  put(to, task)
}

function apply(from: u32, to: u32, swapping: bool): void {
  moveFrom = from
  moveTo = to
  swapped = swapping
  if (swapping) swap(from, to)
  else shift(from, to)
}

function undo(): void {
  if (swapped) swap(moveFrom, moveTo)
  else shift(moveTo, moveFrom)
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

/** A place other than `from`, near ones more often: the distance is log-uniform. */
function placeNear(from: u32): u32 {
  const doublings: u32 = 32 - clz(taskCount - 1)
  const reach: u32 = min((<u32>1) << (1 + randomBelow(doublings)), taskCount)
  const distance: u32 = 1 + randomBelow(reach - 1)
  const after = taskCount - 1 - from
  const forward = (nextRandom() & 1) != 0 ? after > 0 : from == 0
  return forward ? from + min(distance, after) : from - min(distance, from)
}

function propose(schedule: usize): void {
  if (leftOutCount && (nextRandom() & 3) == 0) {
    const task = load<u32>(load<usize>(schedule, LEFT_OUT) + (<usize>randomBelow(leftOutCount) << 2))
    const from = load<u32>(places + (<usize>task << 2))
    if (from) {
      apply(from, randomBelow(from), (nextRandom() & 1) == 0)
      return
    }
  }
  const from = load<u32>(places + (<usize>lateTask(schedule) << 2))
  if (nextRandom() & 1) {
    const to = load<u32>(places + (<usize>lateTask(schedule) << 2))
    if (to != from) {
      apply(from, to, true)
      return
    }
  }
  apply(from, placeNear(from), (nextRandom() & 3) == 0)
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
  places = load<usize>(schedule, PLACE)
  taskCount = load<u32>(schedule, TASK_COUNT)
  resourceCount = load<u32>(schedule, RESOURCE_COUNT)
  for (let place: u32 = 0; place < taskCount; place++) put(place, taskAt(place))
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
      undo()
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
      undo()
    }
  }
  store<u32>(schedule, makespan, MAKESPAN)
  store<f64>(schedule, unscheduled, UNSCHEDULED_WEIGHT)
  return used
}
