// The exact single-node problem: jobs one after another, each around its own forbidden intervals, done as early as can be. Best-first
// search (A*; Hart, Nilsson & Raphael 1968) over multisets of jobs left: of all orders of the same jobs only the earliest
// finish matters. A state's f is a finish that nothing after it can beat; the least f of the open states bounds the optimum
// at all times. f is told in two steps: from the work left when a state is found, in full when its turn comes.

import { STRETCH_BYTES, earliestFinish, later, prepareStretch } from './single-node-time'
import {
  FINISH,
  LAST,
  UNSEEN,
  clearStates,
  findState,
  keyOf,
  leastPriority,
  queueIsEmpty,
  queueState,
  takeState,
} from './single-node-states'

/** A class of equal jobs: its step in a state's key (product of the numbers of states of the classes before), first. */
const CLASS_SHIFT: usize = 5
const RADIX = 0
const DURATION = 8
const COUNT = 12
/** Index of the stretch that its list of forbidden intervals makes, which never is the first. */
const STRETCH = 16
/** Address of its forbidden intervals (pairs of ticks), and how many there are. */
const FORBIDDEN = 20
const FORBIDDEN_COUNT = 24

let classes: usize = 0
let classCount: i32 = 0
let stretches: usize = 0
let stretchCount: i32 = 0

/** By class: jobs left, start and finish were it next. By stretch: work left. */
let left: usize = 0
let starts: usize = 0
let finishes: usize = 0
let works: usize = 0

@inline
function at(array: usize, i: i32): usize {
  return array + ((<usize>i) << 2)
}

@inline
function classAt(c: i32): usize {
  return classes + ((<usize>c) << CLASS_SHIFT)
}

/** The earliest start ≥ `from` outside the class's forbidden intervals. */
function earliestStart(cls: usize, from: i32, duration: i32): i32 {
  const list = load<usize>(cls, FORBIDDEN)
  const count = load<i32>(cls, FORBIDDEN_COUNT)
  // The first interval that ends after `from`.
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >> 1
    if (load<i32>(list + ((<usize>middle) << 3), 4) > from) high = middle
    else low = middle + 1
  }
  let start = from
  for (let i = low; i < count; i++) {
    const interval = list + ((<usize>i) << 3)
    if (load<i32>(interval) >= later(start, duration)) break
    start = load<i32>(interval, 4)
  }
  return start
}

/** Takes the key apart: jobs left by class, work left by stretch. */
function readKey(key: u64): void {
  memory.fill(works, 0, (<usize>stretchCount) << 2)
  for (let c = classCount - 1; c >= 0; c--) {
    const cls = classAt(c)
    const radix = load<u64>(cls, RADIX)
    const jobs = <i32>(key / radix)
    key -= (<u64>jobs) * radix
    store<i32>(at(left, c), jobs)
    const work = jobs * load<i32>(cls, DURATION)
    const own = at(works, load<i32>(cls, STRETCH))
    store<i32>(own, load<i32>(own) + work)
    store<i32>(works, load<i32>(works) + work)
  }
}

/**
 * Start and finish of each class's job as the next one from `now` on. Returns the f of the state: no job ends earlier than it would
 * as the next one, and the jobs of each list need open time of their own. `known` is an f told before.
 */
function lookAhead(now: i32, known: i32): i32 {
  let f = known
  for (let c = 0; c < classCount; c++) {
    if (load<i32>(at(left, c)) == 0) continue
    const cls = classAt(c)
    const duration = load<i32>(cls, DURATION)
    const start = earliestStart(cls, now, duration)
    const finish = later(start, duration)
    store<i32>(at(starts, c), start)
    store<i32>(at(finishes, c), finish)
    f = max(f, finish)
  }
  for (let s = 1; s < stretchCount; s++) {
    f = max(f, earliestFinish(stretches + (<usize>s) * STRETCH_BYTES, now, load<i32>(at(works, s))))
  }
  return f
}

/**
 * Only a job that starts before any other could have ended need come next: else that other one fits in front of it, and nothing
 * ends later (active schedules; Giffler & Thompson 1960).
 */
function latestStart(): i32 {
  let latest = UNSEEN
  for (let c = 0; c < classCount; c++) {
    if (load<i32>(at(left, c)) > 0) latest = min(latest, load<i32>(at(finishes, c)))
  }
  return latest
}

@inline
function priority(f: i32, work: i32): u64 {
  return ((<u64>f) << 32) | (<u64>work)
}

/** Puts the state's successors in the queue. False: there was no room for one of them. */
function expand(key: u64, f: i32, upper: i32): bool {
  const before = latestStart()
  const allWork = load<i32>(works)
  for (let c = 0; c < classCount; c++) {
    if (load<i32>(at(left, c)) == 0 || load<i32>(at(starts, c)) >= before) continue
    const cls = classAt(c)
    const finish = load<i32>(at(finishes, c))
    const work = allWork - load<i32>(cls, DURATION)
    const next = max(f, earliestFinish(stretches, finish, work))
    if (next >= upper) continue
    const state = findState(key - load<u64>(cls, RADIX))
    if (state == 0) return false
    if (load<i32>(state, FINISH) <= finish) continue
    store<i32>(state, finish, FINISH)
    store<i32>(state, c, LAST)
    queueState(state, priority(next, work))
  }
  return true
}

/** Classes in the order in which they led from `root` to the state without jobs left; returns how many. */
function writeOrder(root: u64, order: usize): i32 {
  let length = 0
  for (let key: u64 = 0; key != root; length++) {
    const c = load<i32>(findState(key), LAST)
    store<i32>(at(order, length), c)
    key += load<u64>(classAt(c), RADIX)
  }
  for (let i = 0, j = length - 1; i < j; i++, j--) {
    const c = load<i32>(at(order, i))
    store<i32>(at(order, i), load<i32>(at(order, j)))
    store<i32>(at(order, j), c)
  }
  return length
}

const BOUND = 0
const OPTIMAL = 4
const EXPANDED = 8
const LENGTH = 12

function report(result: usize, bound: i32, optimal: bool, expanded: i32, length: i32): void {
  store<i32>(result, bound, BOUND)
  store<i32>(result, <i32>optimal, OPTIMAL)
  store<i32>(result, expanded, EXPANDED)
  store<i32>(result, length, LENGTH)
}

/**
 * `classList`: records of 32 bytes (above); `stretchList`: those of the time that is open to any job, then of that of each list of forbidden
 * intervals. `scratch`: 16 bytes a class and 4 a stretch. States as in `clearStates`. `room` = 0: no search, only the first f.
 * `result`: four i32 (bound, whether it is the optimum, states looked at, length of the order), then one i32 a job.
 */
export function singleNode(
  classList: usize,
  classTotal: i32,
  stretchList: usize,
  stretchTotal: i32,
  scratch: usize,
  states: usize,
  room: i32,
  slots: usize,
  slotBits: i32,
  queue: usize,
  lower: i32,
  upper: i32,
  maxExpanded: i32,
  result: usize,
): void {
  classes = classList
  classCount = classTotal
  stretches = stretchList
  stretchCount = stretchTotal
  left = scratch
  starts = at(left, classCount)
  finishes = at(starts, classCount)
  const durations = at(finishes, classCount)
  works = at(durations, classCount)

  let root: u64 = 0
  let work = 0
  for (let c = 0; c < classCount; c++) {
    const cls = classAt(c)
    const count = load<i32>(cls, COUNT)
    const duration = load<i32>(cls, DURATION)
    store<i32>(at(left, c), count)
    store<i32>(at(durations, c), duration)
    root += <u64>count * load<u64>(cls, RADIX)
    work += count * duration
  }
  for (let s = 0; s < stretchCount; s++) {
    prepareStretch(stretches + (<usize>s) * STRETCH_BYTES, durations, left)
  }
  const first = max(lower, earliestFinish(stretches, 0, work))
  if (first >= upper || room == 0) {
    report(result, min(first, upper), false, 0, 0)
    return
  }

  clearStates(states, room, slots, slotBits, queue)
  const start = findState(root)
  store<i32>(start, 0, FINISH)
  queueState(start, priority(first, work))
  let expanded = 0
  while (!queueIsEmpty()) {
    const least = leastPriority()
    const known = <i32>(least >> 32)
    const state = takeState()
    const key = keyOf(state)
    if (key == 0) {
      report(result, known, true, expanded, writeOrder(root, result + 16))
      return
    }
    if (expanded == maxExpanded) {
      report(result, known, false, expanded, 0)
      return
    }
    expanded++
    readKey(key)
    const f = lookAhead(load<i32>(state, FINISH), known)
    if (f >= upper) continue
    if (f > known) queueState(state, priority(f, load<i32>(works)))
    else if (!expand(key, f, upper)) {
      report(result, known, false, expanded, 0)
      return
    }
  }
  report(result, upper, false, expanded, 0)
}
