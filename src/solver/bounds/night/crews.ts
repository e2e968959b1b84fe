/** What crews can do in a night, each one work after another: no plan ends earlier. */
import type { Intervals } from '../../../model/instance.js'

export interface Job {
  head: number
  length: number
  tail: number
}

const ascending = (a: number, b: number) => a - b

/**
 * Of every set of jobs with heads and tails of at least so much: each of k crews that have a part in it begins with one of the least heads,
 * ends with one of the least tails, and all of them do the sum. No job is split: of the jk + 1 longest, some j + 1 share a crew.
 */
export function crewBound(jobs: readonly Job[], crews: number): number {
  let best = 0
  const heads = [...new Set(jobs.map(({ head }) => head))].sort(ascending)
  const tails = [...new Set(jobs.map(({ tail }) => tail))].sort(ascending)
  for (const least of heads) {
    const later = jobs.filter(({ head }) => head >= least)
    for (const shortest of tails) {
      const set = later.filter(({ tail }) => tail >= shortest)
      if (set.length === 0) break
      best = Math.max(best, ofSet(set, crews))
    }
  }
  return best
}

function ofSet(set: readonly Job[], crews: number): number {
  const head = set.map((job) => job.head).sort(ascending)
  const tail = set.map((job) => job.tail).sort(ascending)
  const length = set.map((job) => job.length).sort((a, b) => b - a)
  const sum = length.reduce((a, b) => a + b, 0)
  let shared = Number.POSITIVE_INFINITY
  let heads = 0
  let tails = 0
  for (let k = 1; k <= Math.min(crews, set.length); k++) {
    heads += head[k - 1]
    tails += tail[k - 1]
    // One crew does not begin and end with the same of several jobs.
    const ends = k === 1 && set.length > 1 ? firstAndLast(set) : heads + tails
    shared = Math.min(shared, Math.ceil((ends + sum) / k))
  }
  let whole = 0
  for (let j = 0; j * crews + 1 <= length.length; j++) {
    let own = 0
    for (let i = 0; i <= j; i++) own += length[j * crews - i]
    whole = Math.max(whole, own)
  }
  return Math.max(shared, head[0] + whole + tail[0])
}

function firstAndLast(set: readonly Job[]): number {
  let best = Number.POSITIVE_INFINITY
  const byTail = [...set].sort((a, b) => a.tail - b.tail)
  for (const first of set) {
    const last = byTail[0] === first ? byTail[1] : byTail[0]
    best = Math.min(best, first.head + last.tail)
  }
  return best
}

/** Sums that are told apart, at most: beyond, any time is taken to be filled. */
const MOST_SUMS = 400_000

/**
 * Windows that close the night for all jobs cut it into spans, and no job is split: of each span a crew uses at most the largest sum of jobs
 * that fits. The k-th crew begins at the k-th least head, all end by the least tail before the end.
 */
export function segmentBound(
  jobs: readonly Job[],
  crews: number,
  closed: Intervals,
  horizon: number,
): number {
  if (jobs.length === 0) return 0
  const fill = filling(jobs.map(({ length }) => length))
  const heads = jobs.map(({ head }) => head).sort(ascending)
  const tail = jobs.reduce((least, job) => Math.min(least, job.tail), Number.POSITIVE_INFINITY)
  const sum = jobs.reduce((all, { length }) => all + length, 0)
  const capacity = (end: number) => {
    let all = 0
    for (let k = 0; k < Math.min(crews, jobs.length); k++) {
      let from = heads[k]
      for (let i = 0; i < closed.length && closed[i] < end; i += 2) {
        if (closed[i] > from) all += fill(closed[i] - from)
        from = Math.max(from, closed[i + 1])
      }
      if (end > from) all += fill(end - from)
    }
    return all
  }
  if (capacity(horizon) < sum) return horizon
  let low = 0
  let high = horizon
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (capacity(middle) >= sum) high = middle
    else low = middle + 1
  }
  return low + tail
}

/** The largest sum of some of the lengths that is at most so much. */
function filling(lengths: readonly number[]): (room: number) => number {
  const unit = lengths.reduce(divisor)
  const total = lengths.reduce((a, b) => a + b, 0) / unit
  if (total > MOST_SUMS) return (room) => room
  const reached = new Uint8Array(total + 1)
  reached[0] = 1
  for (const length of lengths) {
    const step = length / unit
    for (let s = total; s >= step; s--) if (reached[s - step] === 1) reached[s] = 1
  }
  const below = new Int32Array(total + 1)
  for (let s = 1; s <= total; s++) below[s] = reached[s] === 1 ? s : below[s - 1]
  return (room) => unit * below[Math.min(total, Math.floor(room / unit))]
}

/** The greatest that both are multiples of; integers, 0 is a multiple of all. */
export function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b)
}
