// The state of the exact search: bounds on starts, decisions, the queues that carry their consequences, and saved levels.
import { Choice, Level, Propagator, Search, SearchTask, KIND_UNARY } from './records'

export function wake(search: Search, propagator: Propagator): void {
  if (propagator.waiting) return
  propagator.waiting = 1
  const mask = search.propagatorRingMask
  if (propagator.kind == KIND_UNARY) {
    const tail = search.unaryTail
    store<Propagator>(search.unaryRing + (tail << 2), propagator)
    search.unaryTail = (tail + 1) & mask
  } else {
    const tail = search.otherTail
    store<Propagator>(search.otherRing + (tail << 2), propagator)
    search.otherTail = (tail + 1) & mask
  }
}

/** Has the change of a bound (bit 0: est, bit 1: lst) carried on. */
export function touch(search: Search, task: SearchTask, bit: u32): void {
  const queued = task.queued
  task.queued = queued | bit
  if (!queued) {
    const tail = search.taskTail
    store<SearchTask>(search.taskRing + (tail << 2), task)
    search.taskTail = (tail + 1) & search.taskRingMask
  }
  const end = task.watchersEnd
  for (let at = task.watchers; at < end; at += 4) wake(search, load<Propagator>(at))
}

/** The interval of forbidden starts that holds `tick`, or else the first one after it. */
function startsAt(task: SearchTask, tick: i64): usize {
  let p = task.starts
  while (<i64>load<i32>(p) > tick) p -= 8
  while (<i64>load<i32>(p, 4) < tick) p += 8
  task.starts = p
  return p
}

/**
 * Raises a task's est to at least `tick`, clear of its forbidden starts. `chain`: arcs in a row by which it was raised. More than there are
 * tasks is a cycle that would go round until the bounds cross, a tick at a time in the worst case. False where none is left.
 */
export function raise(search: Search, task: SearchTask, tick: i64, chain: u32): bool {
  if (tick <= <i64>task.est) return true
  if (tick > <i64>task.lst) return false
  const p = startsAt(task, tick)
  if (<i64>load<i32>(p) <= tick) {
    tick = <i64>load<i32>(p, 4) + 1
    chain = 0
  }
  if (tick > <i64>task.lst || chain > search.taskCount) return false
  task.est = <i32>tick
  task.estChain = chain
  touch(search, task, 1)
  return true
}

/** The same backwards: lowers a task's lst to at most `tick`. */
export function lower(search: Search, task: SearchTask, tick: i64, chain: u32): bool {
  if (tick >= <i64>task.lst) return true
  if (tick < <i64>task.est) return false
  const p = startsAt(task, tick)
  if (<i64>load<i32>(p) <= tick) {
    tick = <i64>load<i32>(p) - 1
    chain = 0
  }
  if (tick < <i64>task.est || chain > search.taskCount) return false
  task.lst = <i32>tick
  task.lstChain = chain
  touch(search, task, 2)
  return true
}

export function choiceOf(search: Search, flag: usize): Choice {
  return search.choices.at((flag - search.flags) >> 3)
}

/** Sets a flag: takes one side of a choice. False where the other side is taken, or the bounds cross. */
export function decide(search: Search, flag: usize): bool {
  if (load<u32>(flag)) return true
  if (load<u32>(flag ^ 4)) return false
  store<u32>(flag, 1)
  const choice = choiceOf(search, flag)
  const side = flag & 4
  store<u8>(choice.firstCellsAt(side), 1)
  store<u8>(choice.secondCellsAt(side), 1)

  const count = search.decidedCount
  store<usize>(search.decided + (count << 2), flag)
  search.decidedCount = count + 1
  const open = search.open
  const left = search.openCount - 1
  const slot = choice.slot
  const lastSlot = left << 2
  const last = load<Choice>(open + lastSlot)
  store<Choice>(open + slot, last)
  last.slot = slot
  store<Choice>(open + lastSlot, choice)
  choice.slot = lastSlot
  search.openCount = left
  search.hardCount -= choice.hard

  const readersEnd = choice.readersEnd
  for (let at = choice.readers; at < readersEnd; at += 4) wake(search, load<Propagator>(at))
  const first = side ? choice.taskB : choice.taskA
  const second = side ? choice.taskA : choice.taskB
  const lag = <i64>choice.lagsAt(side)
  return (
    raise(search, second, <i64>first.est + lag, first.estChain + 1) &&
    lower(search, first, <i64>second.lst - lag, second.lstChain + 1)
  )
}

/** Before a propagation: no bound has been moved by an arc yet. */
export function forgetChains(search: Search): void {
  let task = search.tasks
  const end = task.at(search.taskCount)
  for (; task != end; task = task.at(1)) {
    task.estChain = 0
    task.lstChain = 0
  }
}

/** Empties the queues that a failed propagation has left. */
export function clearQueues(search: Search): void {
  const taskMask = search.taskRingMask
  const tasks = search.taskRing
  for (let at = search.taskHead; at != search.taskTail; at = (at + 1) & taskMask) {
    load<SearchTask>(tasks + (at << 2)).queued = 0
  }
  search.taskHead = search.taskTail
  const mask = search.propagatorRingMask
  const unary = search.unaryRing
  for (let at = search.unaryHead; at != search.unaryTail; at = (at + 1) & mask) {
    load<Propagator>(unary + (at << 2)).waiting = 0
  }
  search.unaryHead = search.unaryTail
  const other = search.otherRing
  for (let at = search.otherHead; at != search.otherTail; at = (at + 1) & mask) {
    load<Propagator>(other + (at << 2)).waiting = 0
  }
  search.otherHead = search.otherTail
}

function levelBytes(search: Search): usize {
  return Level.bytes + (<usize>search.taskCount << 3)
}

/** Where the bounds of all tasks lie in a level. */
function boundsOf(level: Level): usize {
  return changetype<usize>(level) + Level.bytes
}

export function levelFits(search: Search): bool {
  return changetype<usize>(search.levelTop) + levelBytes(search) <= search.levelsEnd
}

/** Saves the state before `flag` is set. */
export function saveLevel(search: Search, flag: usize): void {
  const level = search.levelTop
  level.flag = flag
  level.depth = search.depth
  level.openCount = search.openCount
  level.hardCount = search.hardCount
  level.decidedCount = search.decidedCount
  let bounds = boundsOf(level)
  const end = search.tasks.at(search.taskCount)
  for (let task = search.tasks; task != end; task = task.at(1), bounds += 8) {
    store<i32>(bounds, task.est)
    store<i32>(bounds, task.lst, 4)
  }
  search.levelTop = changetype<Level>(bounds)
}

/** Goes back to the state that was saved at `level`, and forgets that level and those after it. */
function restore(search: Search, level: Level): void {
  const decided = search.decided
  const kept = level.decidedCount
  for (let at = kept; at < search.decidedCount; at++) {
    const flag = load<usize>(decided + (at << 2))
    const choice = choiceOf(search, flag)
    const side = flag & 4
    store<u32>(flag, 0)
    store<u8>(choice.firstCellsAt(side), 0)
    store<u8>(choice.secondCellsAt(side), 0)
  }
  search.decidedCount = kept
  search.openCount = level.openCount
  search.hardCount = level.hardCount
  search.depth = level.depth
  let bounds = boundsOf(level)
  const end = search.tasks.at(search.taskCount)
  for (let task = search.tasks; task != end; task = task.at(1), bounds += 8) {
    task.est = load<i32>(bounds)
    task.lst = load<i32>(bounds, 4)
  }
  search.levelTop = level
}

/** Undoes the last level; its flag. */
export function undoLevel(search: Search): usize {
  const level = changetype<Level>(changetype<usize>(search.levelTop) - levelBytes(search))
  restore(search, level)
  return level.flag
}

export function undoAll(search: Search): void {
  if (search.levelTop != search.levels) restore(search, search.levels)
}
