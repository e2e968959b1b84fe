// Exact search: is there a schedule that ends by the target? Failure-directed search (Vilím, Laborie, Shaw 2015) over the orders of
// tasks; with every order decided, each task at its est is a schedule. Few restarts, ratings kept. No clock and no chance: where a
// call ends, the next one goes on.
import { cumulativeHolds } from './exact-cumulative'
import {
  CELLS,
  CELL_BYTES,
  CHOICES,
  CHOICE_BYTES,
  CHOICE_COUNT,
  CHOICE_SHIFT,
  CUMULATIVE,
  DECIDED_COUNT,
  DEPTH,
  DURATION,
  EST,
  FAILED,
  FAILURES,
  FLAGS,
  FLAG_BYTES,
  FOUND,
  HARD,
  HARD_COUNT,
  HINT,
  HINTS,
  INITIAL_CELLS,
  INITIAL_FLAGS,
  INITIAL_HARD_COUNT,
  INITIAL_OPEN,
  INITIAL_OPEN_COUNT,
  KIND,
  LAG,
  LEVELS,
  LEVEL_TOP,
  LIMIT,
  LST,
  MIRRORS,
  NEEDS_LEVELS,
  NODES,
  OPEN,
  OPEN_COUNT,
  OWN_FLAGS,
  PROPAGATORS,
  PROPAGATOR_BYTES,
  PROPAGATOR_COUNT,
  REFUTED,
  RESERVOIR,
  RESTART_AFTER,
  RUNNING,
  SINCE_RESTART,
  SLOT,
  STATUS,
  TASKS,
  TASK_A,
  TASK_B,
  TASK_BYTES,
  TASK_COUNT,
} from './exact-layout'
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

const FIRST_RESTART: u32 = 300
const RESTART_GROWTH = 2.5
const MAX_RESTART = 1e9

function resetDecisions(search: usize): void {
  memory.copy(load<usize>(search, FLAGS), load<usize>(search, INITIAL_FLAGS), load<u32>(search, FLAG_BYTES))
  memory.copy(load<usize>(search, CELLS), load<usize>(search, INITIAL_CELLS), load<u32>(search, CELL_BYTES))
  const count = <usize>load<u32>(search, CHOICE_COUNT)
  const open = load<usize>(search, OPEN)
  const initial = load<usize>(search, INITIAL_OPEN)
  for (let slot: usize = 0; slot < count << 2; slot += 4) {
    const choice = load<usize>(initial + slot)
    store<usize>(open + slot, choice)
    store<usize>(choice, slot, SLOT)
  }
  store<u32>(search, load<u32>(search, INITIAL_OPEN_COUNT), OPEN_COUNT)
  store<u32>(search, load<u32>(search, INITIAL_HARD_COUNT), HARD_COUNT)
  store<u32>(search, 0, DECIDED_COUNT)
}

/** The widest bounds that the target admits, everything queued. False where a task alone misses it. */
function resetBounds(search: usize, target: i32): bool {
  let task = load<usize>(search, TASKS)
  const end = task + <usize>load<u32>(search, TASK_COUNT) * TASK_BYTES
  let fits = true
  for (; task < end; task += TASK_BYTES) {
    const origin = task + TASK_BYTES == end
    const lst = origin ? 0 : target - load<i32>(task, DURATION)
    store<i32>(task, -1, EST)
    store<i32>(task, lst < 0 ? -1 : lst, LST)
    // One above the latest start, so that the bound is looked up among the forbidden starts too.
    fits = fits && lst >= 0 && raise(search, task, 0, 0)
    if (fits) {
      store<i32>(task, lst + 1, LST)
      fits = lower(search, task, lst, 0)
    }
  }
  return fits
}

/** Propagation before any choice. False where it refutes the target. */
function settleRoot(search: usize, target: i32): bool {
  resetDecisions(search)
  store<usize>(search, load<usize>(search, LEVELS), LEVEL_TOP)
  store<u32>(search, 0, DEPTH)
  const fits = resetBounds(search, target)
  let propagator = load<usize>(search, PROPAGATORS)
  const end = propagator + <usize>load<u32>(search, PROPAGATOR_COUNT) * PROPAGATOR_BYTES
  for (; propagator < end; propagator += PROPAGATOR_BYTES) wake(search, propagator)
  forgetChains(search)
  return propagate(search, fits)
}

/** A schedule read backwards is one too, where nothing tells the two directions of time apart: one order may be fixed. */
function fixMirror(search: usize): bool {
  const open = load<usize>(search, OPEN)
  const end = open + ((<usize>load<u32>(search, OPEN_COUNT)) << 2)
  let best: usize = 0
  let most: i64 = -1
  for (let p = open; p < end; p += 4) {
    const choice = load<usize>(p)
    const sum = <i64>load<i32>(choice, LAG) + <i64>load<i32>(choice + 4, LAG)
    if (load<u32>(choice, MIRRORS) && sum > most) {
      best = choice
      most = sum
    }
  }
  if (!best) return true
  forgetChains(search)
  return propagate(search, decide(search, load<usize>(best, OWN_FLAGS) + (load<usize>(best, HINT) << 2)))
}

/** The side of each choice that the incumbent takes. */
function takeHints(search: usize): void {
  const hints = load<usize>(search, HINTS)
  const tasks = load<usize>(search, TASKS)
  let choice = load<usize>(search, CHOICES)
  const end = choice + ((<usize>load<u32>(search, CHOICE_COUNT)) << CHOICE_SHIFT)
  for (; choice < end; choice += CHOICE_BYTES) {
    const a = <i64>load<i32>(hints + (((load<usize>(choice, TASK_A) - tasks) / TASK_BYTES) << 2))
    const b = <i64>load<i32>(hints + (((load<usize>(choice, TASK_B) - tasks) / TASK_BYTES) << 2))
    const behind = a >= 0 && b >= 0 && b < a + <i64>load<i32>(choice, LAG)
    store<u32>(choice, <u32>behind, HINT)
  }
}

/**
 * Starts over. HINTS holds the incumbent; `mirror`: time may be turned round; `fresh`: what was learnt of the choices is forgotten;
 * `guided`: its side of each choice comes first.
 */
export function beginExact(search: usize, target: i32, mirror: bool, fresh: bool, guided: bool): void {
  guide(guided)
  if (fresh) resetRatings(search)
  takeHints(search)
  store<u32>(search, 0, FAILED)
  store<u32>(search, 0, SINCE_RESTART)
  store<u32>(search, FIRST_RESTART, RESTART_AFTER)
  const open = target >= 0 && settleRoot(search, target) && (!mirror || fixMirror(search))
  store<u32>(search, open ? RUNNING : REFUTED, STATUS)
}

/** Decides every open choice between two tasks whose byte of `keeps` is 1 as the incumbent has it (large neighbourhood search; Shaw 1998). */
export function keepOrders(search: usize, keeps: usize): void {
  if (load<u32>(search, STATUS) != RUNNING) return
  forgetChains(search)
  const tasks = load<usize>(search, TASKS)
  let choice = load<usize>(search, CHOICES)
  const end = choice + ((<usize>load<u32>(search, CHOICE_COUNT)) << CHOICE_SHIFT)
  for (; choice < end; choice += CHOICE_BYTES) {
    const flags = load<usize>(choice, OWN_FLAGS)
    if (load<u32>(flags) || load<u32>(flags, 4)) continue
    if (!load<u8>(keeps + (load<usize>(choice, TASK_A) - tasks) / TASK_BYTES)) continue
    if (!load<u8>(keeps + (load<usize>(choice, TASK_B) - tasks) / TASK_BYTES)) continue
    decide(search, flags + (load<usize>(choice, HINT) << 2))
  }
  if (!propagate(search, true)) store<u32>(search, REFUTED, STATUS)
}

/** Least target in (low, high] that root propagation does not refute; `high` itself is taken as not refuted. */
export function rootBoundExact(search: usize, low: i32, high: i32): i32 {
  while (low < high) {
    const middle = <i32>((<i64>low + <i64>high) >> 1)
    if (settleRoot(search, middle)) high = middle
    else low = middle + 1
  }
  return high
}

/** Every choice between tasks that may not overlap is decided, and every decided one is met when each task starts at its est. */
function ordersHold(search: usize): bool {
  let choice = load<usize>(search, CHOICES)
  const end = choice + ((<usize>load<u32>(search, CHOICE_COUNT)) << CHOICE_SHIFT)
  for (; choice < end; choice += CHOICE_BYTES) {
    const flags = load<usize>(choice, OWN_FLAGS)
    const a = <i64>load<i32>(load<usize>(choice, TASK_A), EST)
    const b = <i64>load<i32>(load<usize>(choice, TASK_B), EST)
    if (load<u32>(flags) ? b < a + <i64>load<i32>(choice, LAG) : load<u32>(choice, HARD) && !load<u32>(flags, 4))
      return false
    if (load<u32>(flags, 4) && a < b + <i64>load<i32>(choice + 4, LAG)) return false
  }
  return true
}

/** Each task at its est is a schedule, though choices between tasks that may overlap are left. */
function holds(search: usize): bool {
  if (load<u32>(search, HARD_COUNT)) return false
  let propagator = load<usize>(search, PROPAGATORS)
  const end = propagator + <usize>load<u32>(search, PROPAGATOR_COUNT) * PROPAGATOR_BYTES
  for (; propagator < end; propagator += PROPAGATOR_BYTES) {
    const kind = load<u32>(propagator, KIND)
    if (kind == CUMULATIVE && !cumulativeHolds(propagator)) return false
    if (kind == RESERVOIR && !reservoirHolds(propagator)) return false
  }
  return true
}

/** Takes a side at the present depth, and goes one deeper. False on failure, which is counted. */
function take(search: usize, flag: usize): bool {
  const before = load<u32>(search, OPEN_COUNT)
  const depth = load<u32>(search, DEPTH)
  store<u32>(search, depth + 1, DEPTH)
  store<u32>(search, load<u32>(search, NODES) + 1, NODES)
  forgetChains(search)
  const open = propagate(search, decide(search, flag))
  const local = open ? 1 + <f64>load<u32>(search, OPEN_COUNT) / <f64>before : 0
  rate(search, choiceOf(search, flag), (flag >> 2) & 1, depth, local)
  if (!open) {
    store<u32>(search, load<u32>(search, FAILURES) + 1, FAILURES)
    store<u32>(search, load<u32>(search, SINCE_RESTART) + 1, SINCE_RESTART)
  }
  store<u32>(search, <u32>!open, FAILED)
  return open
}

function restart(search: usize): void {
  undoAll(search, load<usize>(search, LEVELS))
  store<u32>(search, 0, FAILED)
  store<u32>(search, 0, SINCE_RESTART)
  const grown = min(<f64>load<u32>(search, RESTART_AFTER) * RESTART_GROWTH, MAX_RESTART)
  store<u32>(search, <u32>grown, RESTART_AFTER)
}

/** Leaves a failed node: takes the other side of the last choice, or restarts, or has refuted the target. */
function retreat(search: usize): void {
  const levels = load<usize>(search, LEVELS)
  if (load<usize>(search, LEVEL_TOP) == levels) {
    store<u32>(search, REFUTED, STATUS)
    return
  }
  if (load<u32>(search, SINCE_RESTART) >= load<u32>(search, RESTART_AFTER)) {
    restart(search)
    return
  }
  take(search, undoLevel(search) ^ 4)
}

/** Goes on until something is known, or so many failures or nodes have been spent in this call. Returns the status. */
export function runExact(search: usize, failures: u32, nodes: u32): u32 {
  while (load<u32>(search, STATUS) == RUNNING) {
    if (load<u32>(search, FAILURES) >= failures || load<u32>(search, NODES) >= nodes) return LIMIT
    if (load<u32>(search, FAILED)) {
      retreat(search)
    } else if (holds(search)) {
      assert(ordersHold(search))
      store<u32>(search, FOUND, STATUS)
    } else if (load<u32>(search, OPEN_COUNT) == 0) {
      store<u32>(search, 1, FAILED)
      store<u32>(search, load<u32>(search, FAILURES) + 1, FAILURES)
      store<u32>(search, load<u32>(search, SINCE_RESTART) + 1, SINCE_RESTART)
    } else {
      if (!levelFits(search)) return NEEDS_LEVELS
      const flag = pickFlag(search)
      saveLevel(search, flag)
      take(search, flag)
    }
  }
  return load<u32>(search, STATUS)
}
