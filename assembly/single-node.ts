// The exact single-node problem: jobs one after another, each around its own forbidden intervals, done as early as can be. Best-first
// search (A*; Hart, Nilsson & Raphael 1968) over multisets of jobs left: of all orders of the same jobs only the earliest
// finish matters. A state's f is a finish that nothing after it can beat; the least f of the open states bounds the optimum
// at all times. f is told in two steps: from the work left when a state is found, in full when its turn comes.

import { JobClass, JobSearch, none, Stretch } from './records'
import {
  clearStates,
  findState,
  leastPriority,
  queueIsEmpty,
  queueState,
  takeState,
  UNSEEN,
} from './single-node-states'
import { earliestFinish, later, prepareStretch } from './single-node-time'

let classes = none<JobClass>()
let classCount: i32 = 0
let stretches = none<Stretch>()
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

/** The earliest start ≥ `from` outside the class's forbidden intervals. */
function earliestStart(cls: JobClass, from: i32, duration: i32): i32 {
  const list = cls.forbidden
  const count = cls.forbiddenCount
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
    const cls = classes.at(c)
    const radix = cls.radix
    const jobs = <i32>(key / radix)
    key -= (<u64>jobs) * radix
    store<i32>(at(left, c), jobs)
    const work = jobs * cls.duration
    const own = at(works, cls.stretch)
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
    const cls = classes.at(c)
    const duration = cls.duration
    const start = earliestStart(cls, now, duration)
    const finish = later(start, duration)
    store<i32>(at(starts, c), start)
    store<i32>(at(finishes, c), finish)
    f = max(f, finish)
  }
  for (let s = 1; s < stretchCount; s++) {
    f = max(f, earliestFinish(stretches.at(s), now, load<i32>(at(works, s))))
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
    const cls = classes.at(c)
    const finish = load<i32>(at(finishes, c))
    const work = allWork - cls.duration
    const next = max(f, earliestFinish(stretches, finish, work))
    if (next >= upper) continue
    const state = findState(key - cls.radix)
    if (!state) return false
    if (state.finish <= finish) continue
    state.finish = finish
    state.last = c
    queueState(state, priority(next, work))
  }
  return true
}

/** Classes in the order in which they led from `root` to the state without jobs left; returns how many. */
function writeOrder(root: u64, order: usize): i32 {
  let length = 0
  for (let key: u64 = 0; key != root; length++) {
    const c = findState(key).last
    store<i32>(at(order, length), c)
    key += classes.at(c).radix
  }
  for (let i = 0, j = length - 1; i < j; i++, j--) {
    const c = load<i32>(at(order, i))
    store<i32>(at(order, i), load<i32>(at(order, j)))
    store<i32>(at(order, j), c)
  }
  return length
}

function report(search: JobSearch, bound: i32, optimal: bool, expanded: i32, length: i32): void {
  search.bound = bound
  search.optimal = <i32>optimal
  search.expanded = expanded
  search.length = length
}

export function singleNode(search: JobSearch): void {
  classes = search.classes
  classCount = search.classCount
  stretches = search.stretches
  stretchCount = search.stretchCount
  const room = search.room
  const upper = search.upper
  const maxExpanded = search.maxExpanded
  left = search.scratch
  starts = at(left, classCount)
  finishes = at(starts, classCount)
  const durations = at(finishes, classCount)
  works = at(durations, classCount)

  let root: u64 = 0
  let work = 0
  for (let c = 0; c < classCount; c++) {
    const cls = classes.at(c)
    const count = cls.count
    const duration = cls.duration
    store<i32>(at(left, c), count)
    store<i32>(at(durations, c), duration)
    root += <u64>count * cls.radix
    work += count * duration
  }
  for (let s = 0; s < stretchCount; s++) {
    prepareStretch(stretches.at(s), durations, left)
  }
  const first = max(search.lower, earliestFinish(stretches, 0, work))
  if (first >= upper || room == 0) {
    report(search, min(first, upper), false, 0, 0)
    return
  }

  clearStates(search.states, room, search.slots, search.slotBits, search.queue)
  const start = findState(root)
  start.finish = 0
  queueState(start, priority(first, work))
  let expanded = 0
  while (!queueIsEmpty()) {
    const least = leastPriority()
    const known = <i32>(least >> 32)
    const state = takeState()
    const key = state.key
    if (key == 0) {
      report(search, known, true, expanded, writeOrder(root, search.order))
      return
    }
    if (expanded == maxExpanded) {
      report(search, known, false, expanded, 0)
      return
    }
    expanded++
    readKey(key)
    const f = lookAhead(state.finish, known)
    if (f >= upper) continue
    if (f > known) queueState(state, priority(f, load<i32>(works)))
    else if (!expand(key, f, upper)) {
      report(search, known, false, expanded, 0)
      return
    }
  }
  report(search, upper, false, expanded, 0)
}
