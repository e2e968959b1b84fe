// The state of the exact search: bounds on starts, decisions, the queues that carry their consequences, and saved levels.
import {
  CELL_FIRST,
  CELL_SECOND,
  CHOICES,
  CHOICE_SHIFT,
  DECIDED,
  DECIDED_COUNT,
  DEPTH,
  EST,
  EST_CHAIN,
  FLAGS,
  HARD,
  HARD_COUNT,
  KIND,
  LAG,
  LEVELS_END,
  LEVEL_BYTES,
  LEVEL_TOP,
  LST,
  LST_CHAIN,
  L_DECIDED,
  L_DEPTH,
  L_FLAG,
  L_HARD,
  L_OPEN,
  OPEN,
  OPEN_COUNT,
  OTHER_HEAD,
  OTHER_RING,
  OTHER_TAIL,
  PROPAGATOR_RING_MASK,
  QUEUED,
  READERS,
  READERS_END,
  SLOT,
  STARTS,
  TASKS,
  TASK_A,
  TASK_B,
  TASK_BYTES,
  TASK_COUNT,
  TASK_HEAD,
  TASK_RING,
  TASK_RING_MASK,
  TASK_TAIL,
  UNARY,
  UNARY_HEAD,
  UNARY_RING,
  UNARY_TAIL,
  WAITING,
  WATCHERS,
  WATCHERS_END,
} from './exact-layout'

export function wake(search: usize, propagator: usize): void {
  if (load<u32>(propagator, WAITING)) return
  store<u32>(propagator, 1, WAITING)
  const mask = load<u32>(search, PROPAGATOR_RING_MASK)
  if (load<u32>(propagator, KIND) == UNARY) {
    const tail = load<u32>(search, UNARY_TAIL)
    store<usize>(load<usize>(search, UNARY_RING) + ((<usize>tail) << 2), propagator)
    store<u32>(search, (tail + 1) & mask, UNARY_TAIL)
  } else {
    const tail = load<u32>(search, OTHER_TAIL)
    store<usize>(load<usize>(search, OTHER_RING) + ((<usize>tail) << 2), propagator)
    store<u32>(search, (tail + 1) & mask, OTHER_TAIL)
  }
}

/** Has the change of a bound (bit 0: est, bit 1: lst) carried on. */
export function touch(search: usize, task: usize, bit: u32): void {
  const queued = load<u32>(task, QUEUED)
  store<u32>(task, queued | bit, QUEUED)
  if (!queued) {
    const tail = load<u32>(search, TASK_TAIL)
    store<usize>(load<usize>(search, TASK_RING) + ((<usize>tail) << 2), task)
    store<u32>(search, (tail + 1) & load<u32>(search, TASK_RING_MASK), TASK_TAIL)
  }
  for (let p = task + WATCHERS; p < task + WATCHERS_END; p += 4) {
    const propagator = load<usize>(p)
    if (!propagator) break
    wake(search, propagator)
  }
}

/** The interval of forbidden starts that holds `tick`, or else the first one after it. */
function startsAt(task: usize, tick: i64): usize {
  let p = load<usize>(task, STARTS)
  while (<i64>load<i32>(p) > tick) p -= 8
  while (<i64>load<i32>(p, 4) < tick) p += 8
  store<usize>(task, p, STARTS)
  return p
}

/**
 * Raises a task's est to at least `tick`, clear of its forbidden starts. `chain`: arcs in a row by which it was raised. More than there are
 * tasks is a cycle that would go round until the bounds cross, a tick at a time in the worst case. False where none is left.
 */
export function raise(search: usize, task: usize, tick: i64, chain: u32): bool {
  if (tick <= <i64>load<i32>(task, EST)) return true
  if (tick > <i64>load<i32>(task, LST)) return false
  const p = startsAt(task, tick)
  if (<i64>load<i32>(p) <= tick) {
    tick = <i64>load<i32>(p, 4) + 1
    chain = 0
  }
  if (tick > <i64>load<i32>(task, LST) || chain > load<u32>(search, TASK_COUNT)) return false
  store<i32>(task, <i32>tick, EST)
  store<u32>(task, chain, EST_CHAIN)
  touch(search, task, 1)
  return true
}

/** The same backwards: lowers a task's lst to at most `tick`. */
export function lower(search: usize, task: usize, tick: i64, chain: u32): bool {
  if (tick >= <i64>load<i32>(task, LST)) return true
  if (tick < <i64>load<i32>(task, EST)) return false
  const p = startsAt(task, tick)
  if (<i64>load<i32>(p) <= tick) {
    tick = <i64>load<i32>(p) - 1
    chain = 0
  }
  if (tick < <i64>load<i32>(task, EST) || chain > load<u32>(search, TASK_COUNT)) return false
  store<i32>(task, <i32>tick, LST)
  store<u32>(task, chain, LST_CHAIN)
  touch(search, task, 2)
  return true
}

export function choiceOf(search: usize, flag: usize): usize {
  return load<usize>(search, CHOICES) + (((flag - load<usize>(search, FLAGS)) >> 3) << CHOICE_SHIFT)
}

/** Sets a flag: takes one side of a choice. False where the other side is taken, or the bounds cross. */
export function decide(search: usize, flag: usize): bool {
  if (load<u32>(flag)) return true
  if (load<u32>(flag ^ 4)) return false
  store<u32>(flag, 1)
  const choice = choiceOf(search, flag)
  const side = flag & 4
  store<u8>(load<usize>(choice + side, CELL_FIRST), 1)
  store<u8>(load<usize>(choice + side, CELL_SECOND), 1)

  const count = load<u32>(search, DECIDED_COUNT)
  store<usize>(load<usize>(search, DECIDED) + ((<usize>count) << 2), flag)
  store<u32>(search, count + 1, DECIDED_COUNT)
  const open = load<usize>(search, OPEN)
  const left = load<u32>(search, OPEN_COUNT) - 1
  const slot = load<usize>(choice, SLOT)
  const lastSlot = (<usize>left) << 2
  const last = load<usize>(open + lastSlot)
  store<usize>(open + slot, last)
  store<usize>(last, slot, SLOT)
  store<usize>(open + lastSlot, choice)
  store<usize>(choice, lastSlot, SLOT)
  store<u32>(search, left, OPEN_COUNT)
  store<u32>(search, load<u32>(search, HARD_COUNT) - load<u32>(choice, HARD), HARD_COUNT)

  for (let p = choice + READERS; p < choice + READERS_END; p += 4) {
    const propagator = load<usize>(p)
    if (!propagator) break
    wake(search, propagator)
  }
  const first = side ? load<usize>(choice, TASK_B) : load<usize>(choice, TASK_A)
  const second = side ? load<usize>(choice, TASK_A) : load<usize>(choice, TASK_B)
  const lag = <i64>load<i32>(choice + side, LAG)
  return (
    raise(search, second, <i64>load<i32>(first, EST) + lag, load<u32>(first, EST_CHAIN) + 1) &&
    lower(search, first, <i64>load<i32>(second, LST) - lag, load<u32>(second, LST_CHAIN) + 1)
  )
}

/** Before a propagation: no bound has been moved by an arc yet. */
export function forgetChains(search: usize): void {
  let task = load<usize>(search, TASKS)
  const end = task + <usize>load<u32>(search, TASK_COUNT) * TASK_BYTES
  for (; task < end; task += TASK_BYTES) {
    store<u32>(task, 0, EST_CHAIN)
    store<u32>(task, 0, LST_CHAIN)
  }
}

/** Empties the queues that a failed propagation has left. */
export function clearQueues(search: usize): void {
  const taskMask = load<u32>(search, TASK_RING_MASK)
  const tasks = load<usize>(search, TASK_RING)
  for (let at = load<u32>(search, TASK_HEAD); at != load<u32>(search, TASK_TAIL); at = (at + 1) & taskMask) {
    store<u32>(load<usize>(tasks + ((<usize>at) << 2)), 0, QUEUED)
  }
  store<u32>(search, load<u32>(search, TASK_TAIL), TASK_HEAD)
  const mask = load<u32>(search, PROPAGATOR_RING_MASK)
  const unary = load<usize>(search, UNARY_RING)
  for (let at = load<u32>(search, UNARY_HEAD); at != load<u32>(search, UNARY_TAIL); at = (at + 1) & mask) {
    store<u32>(load<usize>(unary + ((<usize>at) << 2)), 0, WAITING)
  }
  store<u32>(search, load<u32>(search, UNARY_TAIL), UNARY_HEAD)
  const other = load<usize>(search, OTHER_RING)
  for (let at = load<u32>(search, OTHER_HEAD); at != load<u32>(search, OTHER_TAIL); at = (at + 1) & mask) {
    store<u32>(load<usize>(other + ((<usize>at) << 2)), 0, WAITING)
  }
  store<u32>(search, load<u32>(search, OTHER_TAIL), OTHER_HEAD)
}

function levelBytes(search: usize): usize {
  return LEVEL_BYTES + ((<usize>load<u32>(search, TASK_COUNT)) << 3)
}

export function levelFits(search: usize): bool {
  return load<usize>(search, LEVEL_TOP) + levelBytes(search) <= load<usize>(search, LEVELS_END)
}

/** Saves the state before `flag` is set. */
export function saveLevel(search: usize, flag: usize): void {
  const level = load<usize>(search, LEVEL_TOP)
  store<usize>(level, flag, L_FLAG)
  store<u32>(level, load<u32>(search, DEPTH), L_DEPTH)
  store<u32>(level, load<u32>(search, OPEN_COUNT), L_OPEN)
  store<u32>(level, load<u32>(search, HARD_COUNT), L_HARD)
  store<u32>(level, load<u32>(search, DECIDED_COUNT), L_DECIDED)
  const top = level + levelBytes(search)
  let task = load<usize>(search, TASKS)
  for (let p = level + LEVEL_BYTES; p < top; p += 8, task += TASK_BYTES) store<u64>(p, load<u64>(task))
  store<usize>(search, top, LEVEL_TOP)
}

/** Goes back to the state that was saved at `level`, and forgets that level and those after it. */
function restore(search: usize, level: usize): void {
  const decided = load<usize>(search, DECIDED)
  const kept = load<u32>(level, L_DECIDED)
  for (let at = kept; at < load<u32>(search, DECIDED_COUNT); at++) {
    const flag = load<usize>(decided + ((<usize>at) << 2))
    const choice = choiceOf(search, flag)
    const side = flag & 4
    store<u32>(flag, 0)
    store<u8>(load<usize>(choice + side, CELL_FIRST), 0)
    store<u8>(load<usize>(choice + side, CELL_SECOND), 0)
  }
  store<u32>(search, kept, DECIDED_COUNT)
  store<u32>(search, load<u32>(level, L_OPEN), OPEN_COUNT)
  store<u32>(search, load<u32>(level, L_HARD), HARD_COUNT)
  store<u32>(search, load<u32>(level, L_DEPTH), DEPTH)
  const end = level + levelBytes(search)
  let task = load<usize>(search, TASKS)
  for (let p = level + LEVEL_BYTES; p < end; p += 8, task += TASK_BYTES) store<u64>(task, load<u64>(p))
  store<usize>(search, level, LEVEL_TOP)
}

/** Undoes the last level; its flag. */
export function undoLevel(search: usize): usize {
  const level = load<usize>(search, LEVEL_TOP) - levelBytes(search)
  restore(search, level)
  return load<usize>(level, L_FLAG)
}

export function undoAll(search: usize, levels: usize): void {
  if (load<usize>(search, LEVEL_TOP) > levels) restore(search, levels)
}
