/** The exact single-node problem: one node's migrations one after another, each around its own windows. */
import { KernelError } from '../errors.js'
import type { Arena } from './arena.js'
import {
  JOB_CLASS,
  JOB_SEARCH,
  JOB_STATE_BYTES,
  OPEN_GAP,
  QUEUE_ITEM_BYTES,
  STRETCH,
  SUM_WORD_BYTES,
} from './records.js'
import { Placed, Table } from './table.js'
import type { SingleNodeProblem, SingleNodeResult } from './types.js'

export interface SingleNodeExports {
  /** Searches as the `JobSearch` at this address says, and leaves there what comes of it. */
  singleNode(search: number): void
}

/** End of a gap that has none. */
const OPEN = 0x7fff_ffff

/** Keys of states stay below this. */
const MAX_KEY = 2n ** 62n
/** States kept for each that may be looked at: what is found waits for its turn. */
const STATES_PER_EXPANDED = 8
/** States above which memory, not `maxExpanded`, ends the search: about 200 MB. */
const MAX_STATES = 2 ** 22
/** Words of 64 sums above which subset sums are not kept: 4,194,304 units. */
const MAX_SUM_WORDS = 2 ** 16

/** Classes whose jobs share a list, and the time that the list leaves open. */
interface Stretch {
  members: number[]
  /** Flat pairs, the last one's end OPEN. */
  gaps: number[]
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

function greatestCommonDivisor(a: number, b: number): number {
  while (b > 0) [a, b] = [b, a % b]
  return a
}

function stretchesOf(problem: SingleNodeProblem, upper: number): Stretch[] {
  const { classCount, duration, forbiddenClass, forbiddenOffset, forbidden, closed } = problem
  const shortest = (members: readonly number[]) => members.reduce((d, c) => Math.min(d, duration[c]), OPEN)
  const all = Array.from({ length: classCount }, (_, c) => c)
  const stretches = [{ members: all, gaps: openGaps(closed, shortest(all), upper) }]
  for (let list = 0; list + 1 < forbiddenOffset.length; list++) {
    const members = all.filter((c) => forbiddenClass[c] === list)
    const intervals = forbidden.subarray(2 * forbiddenOffset[list], 2 * forbiddenOffset[list + 1])
    stretches.push({ members, gaps: openGaps(intervals, shortest(members), upper) })
  }
  return stretches
}

function placeStretches(arena: Arena, stretches: readonly Stretch[], problem: SingleNodeProblem): number {
  const { count, duration } = problem
  const table = new Table(STRETCH, stretches.length)
  stretches.forEach(({ members, gaps }, s) => {
    const unit = members.reduce((d, c) => greatestCommonDivisor(d, duration[c]), 0)
    const total = members.reduce((sum, c) => sum + count[c] * duration[c], 0)
    let longest = 0
    for (let i = 0; i + 2 < gaps.length; i += 2) longest = Math.max(longest, gaps[i + 1] - gaps[i])
    let words = longest === 0 || unit === 0 ? 0 : Math.floor(Math.min(longest, total) / unit / 64) + 1
    if (words > MAX_SUM_WORDS) words = 0
    const gapTable = new Table(OPEN_GAP, gaps.length / 2)
    for (let i = 0; i < gaps.length; i += 2) gapTable.set(i / 2, { start: gaps[i], end: gaps[i + 1] })
    table.set(s, {
      gaps: arena.place(gapTable.bytes),
      gapCount: gaps.length / 2,
      members: arena.place(Int32Array.from(members)),
      memberCount: members.length,
      sums: arena.allocate(words * SUM_WORD_BYTES),
      words,
      unit,
    })
  })
  return arena.place(table.bytes)
}

/** Class records with the steps of a mixed-radix key; `states` is how many multisets of jobs there are. */
function placeClasses(arena: Arena, problem: SingleNodeProblem): { classesAt: number; states: bigint } {
  const { classCount, count, duration, forbiddenClass, forbiddenOffset, forbidden } = problem
  const forbiddenAt = arena.place(forbidden)
  const table = new Table(JOB_CLASS, classCount)
  let states = 1n
  for (let c = 0; c < classCount; c++) {
    const list = forbiddenClass[c]
    table.set(c, {
      radix: states,
      duration: duration[c],
      count: count[c],
      stretch: list + 1,
      forbidden: forbiddenAt + 8 * forbiddenOffset[list],
      forbiddenCount: forbiddenOffset[list + 1] - forbiddenOffset[list],
    })
    states *= BigInt(count[c] + 1)
  }
  return { classesAt: arena.place(table.bytes), states }
}

/** See `Kernel.singleNode`. The same problem gives the same result. */
export function singleNode(
  wasm: SingleNodeExports,
  arena: Arena,
  problem: SingleNodeProblem,
): SingleNodeResult {
  const { classCount, count, duration, horizon, maxExpanded } = problem
  if (!(maxExpanded >= 0)) throw new KernelError(`maxExpanded is ${maxExpanded}; it must be 0 or more`)
  // An end after the horizon is none: nothing of that kind is below `horizon + 1`.
  const upper = Math.min(problem.upper, horizon + 1)
  let jobs = 0
  let work = 0
  for (let c = 0; c < classCount; c++) {
    jobs += count[c]
    work += count[c] * duration[c]
  }
  if (Math.max(work, problem.lower) >= upper) {
    return { bound: problem.upper, optimal: false, expanded: 0, order: new Int32Array(0) }
  }

  arena.reset()
  const { classesAt, states } = placeClasses(arena, problem)
  const stretches = stretchesOf(problem, upper)
  const stretchesAt = placeStretches(arena, stretches, problem)
  const scratchAt = arena.allocate(16 * classCount + 4 * stretches.length)
  const most = Math.min(MAX_STATES, STATES_PER_EXPANDED * maxExpanded + classCount + 1)
  // A key that does not fit leaves only the bound that needs no search.
  const room = maxExpanded === 0 || states > MAX_KEY ? 0 : states < BigInt(most) ? Number(states) : most
  const slotBits = Math.max(1, Math.ceil(Math.log2(2 * room + 1)))
  const order = arena.allocate(4 * jobs)
  const search = new Placed(arena, JOB_SEARCH, {
    classes: classesAt,
    classCount,
    stretches: stretchesAt,
    stretchCount: stretches.length,
    scratch: scratchAt,
    states: arena.allocate(room * JOB_STATE_BYTES),
    room,
    slots: arena.allocate(room === 0 ? 0 : 2 ** slotBits * 4),
    slotBits,
    queue: arena.allocate(room * QUEUE_ITEM_BYTES),
    lower: problem.lower,
    upper,
    maxExpanded,
    order,
  })
  wasm.singleNode(search.address)
  const bound = search.get('bound')
  return {
    bound: bound === upper ? problem.upper : bound,
    optimal: search.get('optimal') === 1,
    expanded: search.get('expanded'),
    order: arena.int32(order, search.get('length')),
  }
}
