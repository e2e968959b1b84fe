// Scores candidate rounds: sets of migrations that would start together.

import { FORBIDDEN, OVER_SLOTS, RoundBatch, RoundTask } from './records'

// Ticks of intervals are stored less 2^31, so that a start plus a duration, up to 2^32, compares as signed: SIMD has that in one instruction.
const BIAS = i32.MIN_VALUE

/**
 * Where the at most `rest` last candidates of a sorted, disjoint list begin, the only intervals that can meet what begins at `start`: the first
 * that ends after it is among them; those before are over, those after begin later. `count` intervals from `first` on, and four sentinels
 * (2^31 − 1, 2^31 − 1) after them. Ticks are as good as random, so that a branch on them would be mispredicted every other time; engines make one
 * of `select` too, hence the mask.
 */
@inline
function narrowed(first: usize, count: usize, start: i32, rest: usize): usize {
  while (count > rest) {
    const half = count >> 1
    first += (half << 3) & -<usize>(load<i32>(first + (half << 3) - 4) <= start)
    count -= half
  }
  return first
}

/** The task whose index is at `at`; what pads has the record before the first, which is empty: no branch. */
@inline
function taskAt(tasks: RoundTask, at: usize): RoundTask {
  return tasks.at(load<isize>(at))
}

/** Stores the duration, work and penalty of a round, and returns whether one of its tasks meets an interval. */
@inline
function sumLanes(
  tasks: RoundTask,
  members: usize,
  membersEnd: usize,
  start: i32,
  duration: usize,
  work: usize,
  penalty: usize,
): bool {
  const starts = i32x4.splat(start)
  // Of durations and penalties, each in 64 bits.
  let sums = i64x2.splat(0)
  let most = i64x2.splat(0)
  // Lanes, one for each of four intervals, that a task has met.
  let met = i64x2.splat(0)
  for (let at = members; at < membersEnd; at += 4) {
    const task = taskAt(tasks, at)
    const both = v128.load_ext<i32>(task.amountsAddress())
    sums = i64x2.add(sums, both)
    most = i32x4.max_s(most, both)
    const ends = i32x4.add(starts, v128.shuffle<i32>(both, both, 0, 0, 0, 0))
    const list = task.firstForbidden
    const first = narrowed(list, task.forbiddenCount, start, 4)
    const low = v128.load(first)
    const high = v128.load(first, 16)
    const begun = i32x4.lt_s(v128.shuffle<i32>(low, high, 0, 2, 4, 6), ends)
    const open = i32x4.gt_s(v128.shuffle<i32>(low, high, 1, 3, 5, 7), starts)
    met = v128.or(met, v128.and(begun, open))
  }
  store<i32>(duration, i32x4.extract_lane(most, 0))
  store<f64>(work, <f64>i64x2.extract_lane(sums, 0))
  store<f64>(penalty, <f64>i64x2.extract_lane(sums, 1))
  return v128.any_true(met)
}

/** The same without SIMD. */
@inline
function sumScalar(
  tasks: RoundTask,
  members: usize,
  membersEnd: usize,
  start: i32,
  duration: usize,
  work: usize,
  penalty: usize,
): bool {
  let longest = 0
  let worked: i64 = 0
  let penalties: i64 = 0
  let met = 0
  for (let at = members; at < membersEnd; at += 4) {
    const task = taskAt(tasks, at)
    const ticks = task.amountsAt(0)
    longest += (ticks - longest) & ((longest - ticks) >> 31)
    worked += <i64>ticks
    penalties += <i64>task.amountsAt(4)
    const list = task.firstForbidden
    // One sentinel counts: a list may be empty, and the search ends on one.
    const first = narrowed(list, task.forbiddenCount + 1, start, 1)
    met |= <i32>(load<i32>(first) < start + ticks)
  }
  store<i32>(duration, longest)
  store<f64>(work, <f64>worked)
  store<f64>(penalty, <f64>penalties)
  return met != 0
}

/** One more task on the node (none where it is negative); returns whether that is more than it has slots. */
@inline
function takeSlot(node: i32, slots: usize, held: usize): bool {
  if (node < 0) return false
  const at = (<usize>node) << 2
  const count = load<i32>(held + at) + 1
  store<i32>(held + at, count)
  return count > load<i32>(slots + at)
}

@inline
function clearSlot(node: i32, held: usize): void {
  if (node >= 0) store<i32>(held + ((<usize>node) << 2), 0)
}

/** Whether a node is in more of the round's tasks than it has slots. `held` is all zeros before and after. */
function exceedsSlots(
  tasks: RoundTask,
  slots: usize,
  held: usize,
  members: usize,
  membersEnd: usize,
): bool {
  let exceeded = false
  for (let at = members; at < membersEnd; at += 4) {
    if (load<i32>(at) < 0) continue
    const source = taskAt(tasks, at).nodesAt(0)
    const target = taskAt(tasks, at).nodesAt(4)
    if (takeSlot(source, slots, held)) exceeded = true
    if (target != source && takeSlot(target, slots, held)) exceeded = true
  }
  for (let at = members; at < membersEnd; at += 4) {
    if (load<i32>(at) < 0) continue
    clearSlot(taskAt(tasks, at).nodesAt(0), held)
    clearSlot(taskAt(tasks, at).nodesAt(4), held)
  }
  return exceeded
}

export function scoreRounds(batch: RoundBatch): void {
  // Read once: what the loop stores might be the batch itself, for all that the compiler knows.
  const tasks = batch.tasks
  const slots = batch.slots
  const held = batch.held
  const starts = batch.starts
  const flags = batch.flags
  const durations = batch.durations
  const works = batch.works
  const penalties = batch.penalties
  const count = batch.count
  const roundBytes = (<usize>batch.stride) << 2
  let members = batch.members
  for (let round = 0; round < count; round++) {
    const start = load<i32>(starts + ((<usize>round) << 2)) + BIAS
    const membersEnd = members + roundBytes
    let busy: u64 = 0
    let twice: u64 = 0
    for (let at = members; at < membersEnd; at += 4) {
      const task = taskAt(tasks, at)
      // Means nothing where the task has node indices, and is not asked then: cheaper than a branch.
      const nodes = load<u64>(task.nodesAddress())
      twice |= busy & nodes
      busy |= nodes
    }
    const duration = durations + ((<usize>round) << 2)
    const work = works + ((<usize>round) << 3)
    const penalty = penalties + ((<usize>round) << 3)
    const meets = ASC_FEATURE_SIMD
      ? sumLanes(tasks, members, membersEnd, start, duration, work, penalty)
      : sumScalar(tasks, members, membersEnd, start, duration, work, penalty)
    let flag: u32 = meets ? FORBIDDEN : 0
    const over = slots == 0 ? twice != 0 : exceedsSlots(tasks, slots, held, members, membersEnd)
    if (over) flag |= OVER_SLOTS
    store<u8>(flags + <usize>round, <u8>flag)
    members = membersEnd
  }
}
