// How early a set of jobs could be done one after another, told from its work alone: time that is open to any of them, as gaps.
// What a gap takes is not its length but the largest sum of durations that is no longer: a bit set of all the sums of
// subsets of the jobs has it. Sums count in units, the greatest common divisor of the durations.

import { OpenGap, Stretch, SumWord } from './records'

/** End of a gap that has none. */
const OPEN: i32 = i32.MAX_VALUE

/** sums |= sums << by: the sums with one more job. */
function addJob(sums: SumWord, words: i32, by: u32): void {
  const whole = <i32>(by >> 6)
  const bits = <u64>(by & 63)
  for (let w = words - 1; w >= whole; w--) {
    let moved = sums.at(w - whole).bits << bits
    if (bits != 0 && w > whole) moved |= sums.at(w - whole - 1).bits >> (64 - bits)
    sums.at(w).bits |= moved
  }
}

/** Fills in the sums of subsets and what each gap takes. Durations and counts as i32 by class. */
export function prepareStretch(stretch: Stretch, durations: usize, counts: usize): void {
  const sums = stretch.sums
  const words = stretch.words
  if (words > 0) {
    memory.fill(changetype<usize>(sums), 0, <usize>words * SumWord.bytes)
    sums.bits = 1
    const unit = stretch.unit
    let member = stretch.members
    for (let i = stretch.memberCount; i > 0; i--, member += 4) {
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
  let gap = stretch.gaps
  for (let i = stretch.gapCount; i > 0; i--, gap = gap.at(1)) {
    gap.before = <i32>before
    const end = gap.end
    if (end != OPEN) before += largestSum(stretch, end - gap.start)
  }
}

function linkWords(sums: SumWord, words: i32): void {
  let near = -1
  for (let w = 0; w < words; w++) {
    const at = sums.at(w)
    at.previous = near
    if (at.bits != 0) near = w
  }
  near = words
  for (let w = words - 1; w >= 0; w--) {
    const at = sums.at(w)
    at.next = near
    if (at.bits != 0) near = w
  }
}

/** The largest sum of durations that is at most `ticks`. */
function largestSum(stretch: Stretch, ticks: i32): i32 {
  const words = stretch.words
  if (words == 0) return ticks
  const sums = stretch.sums
  const unit = stretch.unit
  const units = min(ticks / unit, (words << 6) - 1)
  let word = units >> 6
  let bits = sums.at(word).bits & (u64.MAX_VALUE >> <u64>(63 - (units & 63)))
  if (bits == 0) {
    word = sums.at(word).previous
    bits = sums.at(word).bits
  }
  return ((word << 6) + 63 - <i32>clz(bits)) * unit
}

/** The least sum of durations that is at least `ticks`, a number of units; `ticks` where that is beyond the bit set. */
function leastSum(stretch: Stretch, ticks: i32): i32 {
  const words = stretch.words
  if (words == 0) return ticks
  const unit = stretch.unit
  const units = ticks / unit
  assert(units * unit == ticks)
  let word = units >> 6
  if (word >= words) return ticks
  const sums = stretch.sums
  let bits = sums.at(word).bits & (u64.MAX_VALUE << <u64>(units & 63))
  if (bits == 0) {
    word = sums.at(word).next
    if (word >= words) return ticks
    bits = sums.at(word).bits
  }
  return ((word << 6) + <i32>ctz(bits)) * unit
}

/** A finish that no set of the stretch's jobs with that much work in all can beat when none begins before `from`. */
export function earliestFinish(stretch: Stretch, from: i32, work: i32): i32 {
  if (work == 0) return from
  const gaps = stretch.gaps
  // The last gap that begins by `from`.
  let low = 0
  let count = stretch.gapCount
  while (count > 1) {
    const half = count >> 1
    if (gaps.at(low + half).start <= from) low += half
    count -= half
  }
  let gap = gaps.at(low)
  let end = gap.end
  if (from >= end) {
    gap = gap.at(1)
    end = gap.end
  }
  const start = max(from, gap.start)
  if (end == OPEN) return later(start, leastSum(stretch, work))
  const taken = largestSum(stretch, end - start)
  if (work <= taken) return start + work
  // What the gaps before the one that ends it all take, counted from time 0.
  gap = gap.at(1)
  const need = <i64>(work - taken) + gap.before
  while (gap.end != OPEN && <i64>gap.at(1).before < need) gap = gap.at(1)
  return later(gap.start, leastSum(stretch, <i32>(need - gap.before)))
}

/** a + b, at most the largest i32. */
@inline
export function later(a: i32, b: i32): i32 {
  return <i32>min<i64>(<i64>a + b, i32.MAX_VALUE)
}
