// How early a set of jobs could be done one after another, told from its work alone: time that is open to any of them, as gaps.
// What a gap takes is not its length but the largest sum of durations that is no longer: a bit set of all the sums of
// subsets of the jobs has it. Sums count in units, the greatest common divisor of the durations.

/** A stretch of time (`Stretch`): its gaps, and the sums. Fields are i32 unless said otherwise. */
export const STRETCH_BYTES: usize = 32
const GAPS = 0
const GAP_COUNT = 4
/** First class index in the list of those whose jobs count, and how many there are. */
const MEMBERS = 8
const MEMBER_COUNT = 12
const SUMS = 16
/** Words of the bit set, 0: sums are not kept and every sum counts as reached. */
const WORDS = 20
const UNIT = 24

/** A gap: start, end (OPEN in the last), and what all gaps before it take together. */
const GAP_SHIFT: usize = 4
const START = 0
const END = 4
const BEFORE = 8
const OPEN: i32 = i32.MAX_VALUE

/** A word of the bit set: 64 bits, and the nearest words with a bit before and after it (−1, and the number of words, for none). */
const WORD_SHIFT: usize = 4
const PREVIOUS = 8
const NEXT = 12

@inline
function wordAt(sums: usize, word: i32): usize {
  return sums + ((<usize>word) << WORD_SHIFT)
}

/** sums |= sums << by: the sums with one more job. */
function addJob(sums: usize, words: i32, by: u32): void {
  const whole = <i32>(by >> 6)
  const bits = <u64>(by & 63)
  for (let w = words - 1; w >= whole; w--) {
    const at = wordAt(sums, w)
    let moved = load<u64>(wordAt(sums, w - whole)) << bits
    if (bits != 0 && w > whole) moved |= load<u64>(wordAt(sums, w - whole - 1)) >> (64 - bits)
    store<u64>(at, load<u64>(at) | moved)
  }
}

/** Fills in the sums of subsets and what each gap takes. Durations and counts as i32 by class. */
export function prepareStretch(stretch: usize, durations: usize, counts: usize): void {
  const sums = load<usize>(stretch, SUMS)
  const words = load<i32>(stretch, WORDS)
  if (words > 0) {
    memory.fill(sums, 0, (<usize>words) << WORD_SHIFT)
    store<u64>(sums, 1)
    const unit = load<u32>(stretch, UNIT)
    let member = load<usize>(stretch, MEMBERS)
    for (let i = load<i32>(stretch, MEMBER_COUNT); i > 0; i--, member += 4) {
      const cls = (<usize>load<u32>(member)) << 2
      const duration = load<u32>(durations + cls) / unit
      let left = load<i32>(counts + cls)
      // Powers of two and a rest: every number of jobs from 0 to `left` is a sum of some of them.
      for (let share = 1; left > 0; share <<= 1) {
        const jobs = min(share, left)
        left -= jobs
        const by = (<u64>jobs) * duration
        if (by >= (<u64>words) << 6) break
        addJob(sums, words, <u32>by)
      }
    }
    linkWords(sums, words)
  }
  let before: i64 = 0
  let gap = load<usize>(stretch, GAPS)
  for (let i = load<i32>(stretch, GAP_COUNT); i > 0; i--, gap += 1 << GAP_SHIFT) {
    store<i32>(gap, <i32>before, BEFORE)
    const end = load<i32>(gap, END)
    if (end != OPEN) before += largestSum(stretch, end - load<i32>(gap, START))
  }
}

function linkWords(sums: usize, words: i32): void {
  let near = -1
  for (let w = 0; w < words; w++) {
    const at = wordAt(sums, w)
    store<i32>(at, near, PREVIOUS)
    if (load<u64>(at) != 0) near = w
  }
  near = words
  for (let w = words - 1; w >= 0; w--) {
    const at = wordAt(sums, w)
    store<i32>(at, near, NEXT)
    if (load<u64>(at) != 0) near = w
  }
}

/** The largest sum of durations that is at most `ticks`. */
function largestSum(stretch: usize, ticks: i32): i32 {
  const words = load<i32>(stretch, WORDS)
  if (words == 0) return ticks
  const sums = load<usize>(stretch, SUMS)
  const unit = load<i32>(stretch, UNIT)
  const units = min(ticks / unit, (words << 6) - 1)
  let word = units >> 6
  let bits = load<u64>(wordAt(sums, word)) & (u64.MAX_VALUE >> <u64>(63 - (units & 63)))
  if (bits == 0) {
    word = load<i32>(wordAt(sums, word), PREVIOUS)
    bits = load<u64>(wordAt(sums, word))
  }
  return ((word << 6) + 63 - <i32>clz(bits)) * unit
}

/** The least sum of durations that is at least `ticks`, a number of units; `ticks` where that is beyond the bit set. */
function leastSum(stretch: usize, ticks: i32): i32 {
  const words = load<i32>(stretch, WORDS)
  if (words == 0) return ticks
  const unit = load<i32>(stretch, UNIT)
  const units = ticks / unit
  assert(units * unit == ticks)
  let word = units >> 6
  if (word >= words) return ticks
  const sums = load<usize>(stretch, SUMS)
  let bits = load<u64>(wordAt(sums, word)) & (u64.MAX_VALUE << <u64>(units & 63))
  if (bits == 0) {
    word = load<i32>(wordAt(sums, word), NEXT)
    if (word >= words) return ticks
    bits = load<u64>(wordAt(sums, word))
  }
  return ((word << 6) + <i32>ctz(bits)) * unit
}

/** A finish that no set of the stretch's jobs with that much work in all can beat when none begins before `from`. */
export function earliestFinish(stretch: usize, from: i32, work: i32): i32 {
  if (work == 0) return from
  const gaps = load<usize>(stretch, GAPS)
  // The last gap that begins by `from`.
  let low = 0
  let count = load<i32>(stretch, GAP_COUNT)
  while (count > 1) {
    const half = count >> 1
    if (load<i32>(gaps + ((<usize>(low + half)) << GAP_SHIFT), START) <= from) low += half
    count -= half
  }
  let gap = gaps + ((<usize>low) << GAP_SHIFT)
  let end = load<i32>(gap, END)
  if (from >= end) {
    gap += 1 << GAP_SHIFT
    end = load<i32>(gap, END)
  }
  const start = max(from, load<i32>(gap, START))
  if (end == OPEN) return later(start, leastSum(stretch, work))
  const taken = largestSum(stretch, end - start)
  if (work <= taken) return start + work
  // What the gaps before the one that ends it all take, counted from time 0.
  gap += 1 << GAP_SHIFT
  const need = <i64>(work - taken) + load<i32>(gap, BEFORE)
  while (load<i32>(gap, END) != OPEN && <i64>load<i32>(gap + (1 << GAP_SHIFT), BEFORE) < need) gap += 1 << GAP_SHIFT
  return later(load<i32>(gap, START), leastSum(stretch, <i32>(need - load<i32>(gap, BEFORE))))
}

/** a + b, at most the largest i32. */
@inline
export function later(a: i32, b: i32): i32 {
  return <i32>min<i64>(<i64>a + b, i32.MAX_VALUE)
}
