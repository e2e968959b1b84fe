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
// 2, the flag itself, where the VM cannot run on its target; else 0.
const INCOMPATIBLE = 24

const OVER_SLOTS = 1
const FORBIDDEN_BIT = 2

/**
 * 1 where an interval of the sorted, disjoint list meets [start, end), else 0. `count` pairs of ticks from `first` on, and four
 * sentinels (2^32 − 1, 2^32 − 1) after them. Ticks are as good as random, so that a branch on them would be mispredicted every
 * other time; engines make one of `select` too, hence the mask.
 */
@inline
function meetsForbidden(first: usize, count: usize, start: u32, end: u32): i32 {
  // The first interval that ends after `start` is the only one to ask: those before it are over, those after it begin later. So
  // asking all of the last few is the same.
  if (ASC_FEATURE_SIMD) {
    while (count > 4) {
      const half = count >> 1
      first += (half << 3) & -<usize>(load<u32>(first + (half << 3) - 4) <= start)
      count -= half
    }
    const low = v128.load(first)
    const high = v128.load(first, 16)
    const begun = i32x4.lt_u(v128.shuffle<i32>(low, high, 0, 2, 4, 6), i32x4.splat(end))
    const open = i32x4.gt_u(v128.shuffle<i32>(low, high, 1, 3, 5, 7), i32x4.splat(start))
    return <i32>v128.any_true(v128.and(begun, open))
  }
  for (count++; count > 1; ) {
    const half = count >> 1
    first += (half << 3) & -<usize>(load<u32>(first + (half << 3) - 4) <= start)
    count -= half
  }
  return <i32>(load<u32>(first) < end)
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
    const start = load<u32>(starts + ((<usize>round) << 2))
    const tasksEnd = tasks + roundBytes
    let longest = 0
    let work: i64 = 0
    let penalty: i64 = 0
    let busy: u64 = 0
    let twice: u64 = 0
    let flag = 0
    for (let at = tasks; at < tasksEnd; at += 4) {
      // What pads has the record before the first, which is empty: no branch.
      const record = records + (load<isize>(at) << RECORD_SHIFT)
      // Means nothing where the record has node indices, and is not asked then: cheaper than a branch.
      const nodes = load<u64>(record, NODES)
      twice |= busy & nodes
      busy |= nodes
      const duration = load<i32>(record, DURATION)
      longest += (duration - longest) & ((longest - duration) >> 31)
      work += <i64>duration
      penalty += <i64>load<i32>(record, PENALTY)
      flag |= load<i32>(record, INCOMPATIBLE)
      const first = load<usize>(record, FIRST_FORBIDDEN)
      const listed = load<usize>(record, FORBIDDEN_COUNT)
      flag |= meetsForbidden(first, listed, start, start + <u32>duration) << FORBIDDEN_BIT
    }
    const over = slots == 0 ? twice != 0 : exceedsSlots(records, slots, held, tasks, tasksEnd)
    if (over) flag |= OVER_SLOTS
    store<u8>(flags + <usize>round, <u8>flag)
    store<i32>(durations + ((<usize>round) << 2), longest)
    store<f64>(works + ((<usize>round) << 3), <f64>work)
    store<f64>(penalties + ((<usize>round) << 3), <f64>penalty)
    tasks = tasksEnd
  }
}
