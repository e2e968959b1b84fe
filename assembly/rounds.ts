// Scores candidate rounds: sets of migrations that would start together.

// A task's record, 32 bytes; one more stands before the first, for task −1: no node, no duration, no interval. The first eight are a set of nodes where node sets fit into one word, else two node indices.
const RECORD_SHIFT = 5
const NODES = 0
const SOURCE = 0
const TARGET = 4
const DURATION = 8
const PENALTY = 12
const FIRST_FORBIDDEN = 16
const FORBIDDEN_COUNT = 20

const OVER_SLOTS = 1
const FORBIDDEN = 2

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

/** Address of the record of the task whose index is at `at`; what pads has the record before the first, which is empty: no branch. */
@inline
function recordOf(records: usize, at: usize): usize {
  return records + (load<isize>(at) << RECORD_SHIFT)
}

/** Stores the duration, work and penalty of a round, and returns whether one of its tasks meets an interval. */
@inline
function sumLanes(
  records: usize,
  tasks: usize,
  tasksEnd: usize,
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
  for (let at = tasks; at < tasksEnd; at += 4) {
    const record = recordOf(records, at)
    const both = v128.load_ext<i32>(record, DURATION)
    sums = i64x2.add(sums, both)
    most = i32x4.max_s(most, both)
    const ends = i32x4.add(starts, v128.shuffle<i32>(both, both, 0, 0, 0, 0))
    const list = load<usize>(record, FIRST_FORBIDDEN)
    const first = narrowed(list, load<usize>(record, FORBIDDEN_COUNT), start, 4)
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
  records: usize,
  tasks: usize,
  tasksEnd: usize,
  start: i32,
  duration: usize,
  work: usize,
  penalty: usize,
): bool {
  let longest = 0
  let worked: i64 = 0
  let penalties: i64 = 0
  let met = 0
  for (let at = tasks; at < tasksEnd; at += 4) {
    const record = recordOf(records, at)
    const ticks = load<i32>(record, DURATION)
    longest += (ticks - longest) & ((longest - ticks) >> 31)
    worked += <i64>ticks
    penalties += <i64>load<i32>(record, PENALTY)
    const list = load<usize>(record, FIRST_FORBIDDEN)
    // One sentinel counts: a list may be empty, and the search ends on one.
    const first = narrowed(list, load<usize>(record, FORBIDDEN_COUNT) + 1, start, 1)
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
function exceedsSlots(records: usize, slots: usize, held: usize, tasks: usize, tasksEnd: usize): bool {
  let exceeded = false
  for (let at = tasks; at < tasksEnd; at += 4) {
    const task = load<i32>(at)
    if (task < 0) continue
    const record = records + ((<usize>task) << RECORD_SHIFT)
    const source = load<i32>(record, SOURCE)
    const target = load<i32>(record, TARGET)
    if (takeSlot(source, slots, held)) exceeded = true
    if (target != source && takeSlot(target, slots, held)) exceeded = true
  }
  for (let at = tasks; at < tasksEnd; at += 4) {
    const task = load<i32>(at)
    if (task < 0) continue
    const record = records + ((<usize>task) << RECORD_SHIFT)
    clearSlot(load<i32>(record, SOURCE), held)
    clearSlot(load<i32>(record, TARGET), held)
  }
  return exceeded
}

/**
 * Scores `count` rounds of up to `stride` task indices each, −1 pads; `records` is the address of task 0. `slots` = 0 says that records hold node sets and every node
 * has one slot; otherwise `slots` and `held` have one i32 a node, and `held` is all zeros before and after.
 */
export function scoreRounds(
  records: usize,
  slots: usize,
  held: usize,
  tasks: usize,
  stride: i32,
  starts: usize,
  count: i32,
  flags: usize,
  durations: usize,
  works: usize,
  penalties: usize,
): void {
  const roundBytes = (<usize>stride) << 2
  for (let round = 0; round < count; round++) {
    const start = load<i32>(starts + ((<usize>round) << 2)) + BIAS
    const tasksEnd = tasks + roundBytes
    let busy: u64 = 0
    let twice: u64 = 0
    for (let at = tasks; at < tasksEnd; at += 4) {
      const record = recordOf(records, at)
      // Means nothing where the record has node indices, and is not asked then: cheaper than a branch.
      const nodes = load<u64>(record, NODES)
      twice |= busy & nodes
      busy |= nodes
    }
    const duration = durations + ((<usize>round) << 2)
    const work = works + ((<usize>round) << 3)
    const penalty = penalties + ((<usize>round) << 3)
    const meets = ASC_FEATURE_SIMD
      ? sumLanes(records, tasks, tasksEnd, start, duration, work, penalty)
      : sumScalar(records, tasks, tasksEnd, start, duration, work, penalty)
    let flag = meets ? FORBIDDEN : 0
    const over = slots == 0 ? twice != 0 : exceedsSlots(records, slots, held, tasks, tasksEnd)
    if (over) flag |= OVER_SLOTS
    store<u8>(flags + <usize>round, <u8>flag)
    tasks = tasksEnd
  }
}
