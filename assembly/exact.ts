// Exact search: is there a schedule that ends by the target? Failure-directed search (Vilím, Laborie, Shaw 2015) over the orders of
// tasks; with every order decided, each task at its est is a schedule. Few restarts, ratings kept. No clock and no chance: where a
// call ends, the next one goes on.
import { cumulativeHolds } from './exact-cumulative'
import { reservoirHolds } from './exact-memory'
import { propagate } from './exact-propagate'
import { guide, pickFlag, rate, resetRatings } from './exact-ratings'
import {
  choiceOf,
  decide,
  forgetChains,
  levelFits,
  lower,
  raise,
  saveLevel,
  touch,
  undoAll,
  undoLevel,
  wake,
} from './exact-state'
import { Choice, KIND_CUMULATIVE, FOUND, LIMIT, NEEDS_LEVELS, none, REFUTED, KIND_RESERVOIR, RUNNING, Search } from './records'

const FIRST_RESTART: u32 = 300
const RESTART_GROWTH = 2.5
const MAX_RESTART = 1e9

function resetDecisions(search: Search): void {
  memory.copy(search.flags, search.initialFlags, search.flagBytes)
  memory.copy(search.cells, search.initialCells, search.cellBytes)
  const count = <usize>search.choiceCount
  const open = search.open
  const initial = search.initialOpen
  for (let slot: usize = 0; slot < count << 2; slot += 4) {
    const choice = load<Choice>(initial + slot)
    store<Choice>(open + slot, choice)
    choice.slot = <u32>slot
  }
  search.openCount = search.initialOpenCount
  search.hardCount = search.initialHardCount
  search.decidedCount = 0
}

/** The widest bounds that the target admits, everything queued. False where a task alone misses it. */
function resetBounds(search: Search, target: i32): bool {
  let task = search.tasks
  const end = task.at(search.taskCount)
  let fits = true
  for (; task != end; task = task.at(1)) {
    const origin = task.at(1) == end
    const lst = origin ? 0 : target - task.duration
    task.est = -1
    task.lst = lst < 0 ? -1 : lst
    // One above the latest start, so that the bound is looked up among the forbidden starts too.
    fits = fits && lst >= 0 && raise(search, task, 0, 0)
    if (fits) {
      task.lst = lst + 1
      fits = lower(search, task, lst, 0)
    }
  }
  return fits
}

/** Propagation before any choice. False where it refutes the target. */
function settleRoot(search: Search, target: i32): bool {
  resetDecisions(search)
  search.levelTop = search.levels
  search.depth = 0
  const fits = resetBounds(search, target)
  let propagator = search.propagators
  const end = propagator.at(search.propagatorCount)
  for (; propagator != end; propagator = propagator.at(1)) wake(search, propagator)
  forgetChains(search)
  return propagate(search, fits)
}

/** A schedule read backwards is one too, where nothing tells the two directions of time apart: one order may be fixed. */
function fixMirror(search: Search): bool {
  const open = search.open
  const end = open + (search.openCount << 2)
  let best = none<Choice>()
  let most: i64 = -1
  for (let p = open; p < end; p += 4) {
    const choice = load<Choice>(p)
    const sum = <i64>choice.lagsAt(0) + <i64>choice.lagsAt(4)
    if (choice.mirrors && sum > most) {
      best = choice
      most = sum
    }
  }
  if (!best) return true
  forgetChains(search)
  return propagate(search, decide(search, best.flags + (best.hint << 2)))
}

/** The side of each choice that the incumbent takes. */
function takeHints(search: Search): void {
  const hints = search.hints
  const tasks = search.tasks
  let choice = search.choices
  const end = choice.at(search.choiceCount)
  for (; choice != end; choice = choice.at(1)) {
    const a = <i64>load<i32>(hints + (choice.taskA.placesAfter(tasks) << 2))
    const b = <i64>load<i32>(hints + (choice.taskB.placesAfter(tasks) << 2))
    const behind = a >= 0 && b >= 0 && b < a + <i64>choice.lagsAt(0)
    choice.hint = <u32>behind
  }
}

/**
 * Starts over. `hints` holds the incumbent; `mirror`: time may be turned round; `fresh`: what was learnt of the choices is forgotten;
 * `guided`: its side of each choice comes first.
 */
export function beginExact(search: Search, target: i32, mirror: bool, fresh: bool, guided: bool): void {
  guide(guided)
  if (fresh) resetRatings(search)
  takeHints(search)
  search.failed = 0
  search.sinceRestart = 0
  search.restartAfter = FIRST_RESTART
  const open = target >= 0 && settleRoot(search, target) && (!mirror || fixMirror(search))
  search.status = open ? RUNNING : REFUTED
}

/** Decides every open choice between two tasks whose byte of `keeps` is 1 as the incumbent has it (large neighbourhood search; Shaw 1998). */
export function keepOrders(search: Search, keeps: usize): void {
  if (search.status != RUNNING) return
  forgetChains(search)
  const tasks = search.tasks
  let choice = search.choices
  const end = choice.at(search.choiceCount)
  for (; choice != end; choice = choice.at(1)) {
    const flags = choice.flags
    if (load<u32>(flags) || load<u32>(flags, 4)) continue
    if (!load<u8>(keeps + choice.taskA.placesAfter(tasks))) continue
    if (!load<u8>(keeps + choice.taskB.placesAfter(tasks))) continue
    decide(search, flags + (choice.hint << 2))
  }
  if (!propagate(search, true)) search.status = REFUTED
}

/** Least target in (low, high] that root propagation does not refute; `high` itself is taken as not refuted. */
export function rootBoundExact(search: Search, low: i32, high: i32): i32 {
  while (low < high) {
    const middle = <i32>((<i64>low + <i64>high) >> 1)
    if (settleRoot(search, middle)) high = middle
    else low = middle + 1
  }
  return high
}

/** Every choice between tasks that may not overlap is decided, and every decided one is met when each task starts at its est. */
function ordersHold(search: Search): bool {
  let choice = search.choices
  const end = choice.at(search.choiceCount)
  for (; choice != end; choice = choice.at(1)) {
    const flags = choice.flags
    const a = <i64>choice.taskA.est
    const b = <i64>choice.taskB.est
    if (load<u32>(flags) ? b < a + <i64>choice.lagsAt(0) : choice.hard && !load<u32>(flags, 4))
      return false
    if (load<u32>(flags, 4) && a < b + <i64>choice.lagsAt(4)) return false
  }
  return true
}

/** Each task at its est is a schedule, though choices between tasks that may overlap are left. */
function holds(search: Search): bool {
  if (search.hardCount) return false
  let propagator = search.propagators
  const end = propagator.at(search.propagatorCount)
  for (; propagator != end; propagator = propagator.at(1)) {
    const kind = propagator.kind
    if (kind == KIND_CUMULATIVE && !cumulativeHolds(propagator)) return false
    if (kind == KIND_RESERVOIR && !reservoirHolds(propagator)) return false
  }
  return true
}

/** Takes a side at the present depth, and goes one deeper. False on failure, which is counted. */
function take(search: Search, flag: usize): bool {
  const before = search.openCount
  const depth = search.depth
  search.depth = depth + 1
  search.nodes += 1
  forgetChains(search)
  const open = propagate(search, decide(search, flag))
  const local = open ? 1 + <f64>search.openCount / <f64>before : 0
  rate(search, choiceOf(search, flag), (flag >> 2) & 1, depth, local)
  if (!open) {
    search.failures += 1
    search.sinceRestart += 1
  }
  search.failed = <u32>!open
  return open
}

function restart(search: Search): void {
  undoAll(search)
  search.failed = 0
  search.sinceRestart = 0
  const grown = min(<f64>search.restartAfter * RESTART_GROWTH, MAX_RESTART)
  search.restartAfter = <u32>grown
}

/** Leaves a failed node: takes the other side of the last choice, or restarts, or has refuted the target. */
function retreat(search: Search): void {
  if (search.levelTop == search.levels) {
    search.status = REFUTED
    return
  }
  if (search.sinceRestart >= search.restartAfter) {
    restart(search)
    return
  }
  take(search, undoLevel(search) ^ 4)
}

/** Goes on until something is known, or so many failures or nodes have been spent in this call. Returns the status. */
export function runExact(search: Search, failures: u32, nodes: u32): u32 {
  while (search.status == RUNNING) {
    if (search.failures >= failures || search.nodes >= nodes) return LIMIT
    if (search.failed) {
      retreat(search)
    } else if (holds(search)) {
      assert(ordersHold(search))
      search.status = FOUND
    } else if (search.openCount == 0) {
      search.failed = 1
      search.failures += 1
      search.sinceRestart += 1
    } else {
      if (!levelFits(search)) return NEEDS_LEVELS
      const flag = pickFlag(search)
      saveLevel(search, flag)
      take(search, flag)
    }
  }
  return search.status
}
