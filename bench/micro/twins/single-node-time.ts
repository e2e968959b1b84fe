/** How early a set of jobs could be done, told from its work alone, by the method of assembly/single-node-time.ts. */
import type { SingleNodeProblem } from '../../../src/kernel/types.js'

/** End of a gap that has none. */
const OPEN = 0x7fff_ffff

/** Time that is open to the jobs of a list, as gaps, and the sums of their durations in units of `unit`. */
export interface Stretch {
  start: Int32Array
  end: Int32Array
  /** What all gaps before each take together. */
  before: Float64Array
  unit: number
  /** A bit for each sum of durations; empty: not kept. */
  sums: Uint32Array
  /** [words] the nearest words with a bit before and after each. */
  previous: Int32Array
  next: Int32Array
}

/** The complement of closed intervals, without gaps shorter than `shortest`; from `upper` on all is open. */
function openGaps(closed: Int32Array, shortest: number, upper: number): number[] {
  const gaps: number[] = []
  let from = 0
  for (let i = 0; i < closed.length && closed[i] < upper; i += 2) {
    if (closed[i] - from >= shortest) gaps.push(from, closed[i])
    from = closed[i + 1]
  }
  gaps.push(from, OPEN)
  return gaps
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b)
}

/** sums |= sums << by: the sums with one more job. */
function addJob(sums: Uint32Array, by: number): void {
  const whole = by >> 5
  const bits = by & 31
  for (let w = sums.length - 1; w >= whole; w--) {
    let moved = sums[w - whole] << bits
    if (bits !== 0 && w > whole) moved |= sums[w - whole - 1] >>> (32 - bits)
    sums[w] |= moved
  }
}

function sumsOf(problem: SingleNodeProblem, members: number[], unit: number, words: number): Uint32Array {
  const sums = new Uint32Array(words)
  if (words === 0) return sums
  sums[0] = 1
  for (const cls of members) {
    const duration = problem.duration[cls] / unit
    let left = problem.count[cls]
    for (let share = 1; left > 0; share *= 2) {
      const jobs = Math.min(share, left)
      left -= jobs
      if (jobs * duration >= 32 * words) break
      addJob(sums, jobs * duration)
    }
  }
  return sums
}

function stretchOf(problem: SingleNodeProblem, members: number[], gaps: number[]): Stretch {
  const unit = members.reduce((d, c) => commonDivisor(d, problem.duration[c]), 0)
  const total = members.reduce((sum, c) => sum + problem.count[c] * problem.duration[c], 0)
  let longest = 0
  for (let i = 0; i + 2 < gaps.length; i += 2) longest = Math.max(longest, gaps[i + 1] - gaps[i])
  const words = longest === 0 || unit === 0 ? 0 : 2 * (Math.floor(Math.min(longest, total) / unit / 64) + 1)
  const sums = sumsOf(problem, members, unit, words)
  const previous = new Int32Array(words)
  const next = new Int32Array(words)
  for (let w = 0, near = -1; w < words; w++) {
    previous[w] = near
    if (sums[w] !== 0) near = w
  }
  for (let w = words - 1, near = words; w >= 0; w--) {
    next[w] = near
    if (sums[w] !== 0) near = w
  }
  const count = gaps.length / 2
  const stretch: Stretch = {
    start: Int32Array.from({ length: count }, (_, i) => gaps[2 * i]),
    end: Int32Array.from({ length: count }, (_, i) => gaps[2 * i + 1]),
    before: new Float64Array(count),
    unit,
    sums,
    previous,
    next,
  }
  for (let i = 0; i + 1 < count; i++) {
    stretch.before[i + 1] = stretch.before[i] + largestSum(stretch, stretch.end[i] - stretch.start[i])
  }
  return stretch
}

/** The time open to any job, then that of each list of forbidden intervals. */
export function prepareStretches(problem: SingleNodeProblem, upper: number): Stretch[] {
  const { classCount, duration, forbidden, forbiddenClass, forbiddenOffset } = problem
  const shortest = (members: number[]) => members.reduce((d, c) => Math.min(d, duration[c]), OPEN)
  const all = Array.from({ length: classCount }, (_, c) => c)
  const stretches = [stretchOf(problem, all, openGaps(problem.closed, shortest(all), upper))]
  for (let list = 0; list + 1 < forbiddenOffset.length; list++) {
    const members = all.filter((c) => forbiddenClass[c] === list)
    const intervals = forbidden.subarray(2 * forbiddenOffset[list], 2 * forbiddenOffset[list + 1])
    stretches.push(stretchOf(problem, members, openGaps(intervals, shortest(members), upper)))
  }
  return stretches
}

/** The largest sum of durations that is at most `ticks`. */
function largestSum({ sums, unit, previous }: Stretch, ticks: number): number {
  if (sums.length === 0) return ticks
  const units = Math.min(Math.floor(ticks / unit), 32 * sums.length - 1)
  let word = units >> 5
  let bits = sums[word] & (0xffff_ffff >>> (31 - (units & 31)))
  if (bits === 0) {
    word = previous[word]
    bits = sums[word]
  }
  return (32 * word + 31 - Math.clz32(bits)) * unit
}

/** The least sum of durations that is at least `ticks`; `ticks` where that is beyond the bit set. */
function leastSum({ sums, unit, next }: Stretch, ticks: number): number {
  if (sums.length === 0) return ticks
  const units = ticks / unit
  let word = units >> 5
  if (word >= sums.length) return ticks
  let bits = sums[word] & (0xffff_ffff << (units & 31))
  if (bits === 0) {
    word = next[word]
    if (word >= sums.length) return ticks
    bits = sums[word]
  }
  return (32 * word + 31 - Math.clz32(bits & -bits)) * unit
}

/** A finish that no set of the stretch's jobs with that much work in all can beat when none begins before `from`. */
export function earliestFinish(stretch: Stretch, from: number, work: number): number {
  if (work === 0) return from
  const { start, end, before } = stretch
  let gap = 0
  for (let count = start.length; count > 1; ) {
    const half = count >> 1
    if (start[gap + half] <= from) gap += half
    count -= half
  }
  if (from >= end[gap]) gap++
  const begin = Math.max(from, start[gap])
  if (end[gap] === OPEN) return begin + leastSum(stretch, work)
  const taken = largestSum(stretch, end[gap] - begin)
  if (work <= taken) return begin + work
  gap++
  const need = work - taken + before[gap]
  while (end[gap] !== OPEN && before[gap + 1] < need) gap++
  return start[gap] + leastSum(stretch, need - before[gap])
}
