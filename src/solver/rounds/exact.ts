/**
 * Exact search over rounds: A* (Hart, Nilsson, Raphael 1968) over the sets of tasks that are left, each with the earliest tick by which the
 * others can be done. That tick is all that matters of the past: a later one never lets the rest end earlier (whoever could start
 * then may wait), and memory follows from the set. Stopped early, the least f of the open states is still a bound.
 */
import { Expander, KINDS_A_STEP } from './expand.js'
import type { Rounds, RoundsProblem } from './problem.js'
import { RemainingBound } from './remaining.js'

export interface RoundsSearch {
  /** Ticks: only what is done before is of interest. */
  upper: number
  /** [tasks] certified prices, ticks: no round's sum exceeds its length. */
  prices?: Float64Array
  /** Recursion steps to spend; states are at most as many. */
  steps: number
  /** Arrivals may use what leaves in the same round: a bound for every schedule, and rounds that none may be able to follow. */
  relaxed?: boolean
  /** Only a part of the tasks: [classes] how many of each, and how many of each only come after them; the first round starts at `from`. */
  part?: { from: number; left: Int32Array; later: Int32Array }
  /** Called now and then; true ends the search. */
  pause?: () => Promise<boolean>
}

export interface RoundsOutcome {
  /** `found`: an optimum. `refuted`: nothing is done before `upper`. `limit`: neither is known. */
  status: 'found' | 'refuted' | 'limit'
  /** Ticks, at most `upper`: nothing is done earlier. */
  bound: number
  /** An optimum; empty unless found. */
  rounds: Rounds
  steps: number
}

/** Sets of tasks beyond this many cannot be numbered exactly: the search then ends at once, at its limit. */
const MAX_SETS = 2 ** 52
const MAX_STATES = 400_000
/** Steps between two pauses. */
const PAUSE_STEPS = 2000

interface State {
  key: number
  time: number
  f: number
  left: number
  parent: State | undefined
  members: readonly number[]
}

export async function searchRounds(problem: RoundsProblem, search: RoundsSearch): Promise<RoundsOutcome> {
  const { classes } = problem
  const remaining = new RemainingBound(problem, search.prices)
  const price = remaining.prices
  const expander = new Expander(problem, price, search.relaxed === true)
  const left = search.part?.left.slice() ?? Int32Array.from(classes, ({ tasks }) => tasks.length)
  const radix = new Float64Array(classes.length)
  let sets = 1
  left.forEach((count, c) => {
    radix[c] = sets
    sets *= count + 1
  })
  const later = search.part?.later ?? new Int32Array(classes.length)
  const decode = (key: number) => {
    for (let c = classes.length - 1; c >= 0; c--) {
      left[c] = Math.floor(key / radix[c])
      key -= left[c] * radix[c]
    }
  }
  const ready = new Uint8Array(classes.length)
  const settleReady = () => {
    for (let c = 0; c < classes.length; c++)
      ready[c] = problem.before(c).every((other) => left[other] + later[other] === 0) ? 1 : 0
  }
  const free = new Float64Array(problem.problem.memoryNodeCount)

  const from = search.part?.from ?? 0
  const first: State = {
    key: sets - 1,
    time: from,
    f: remaining.finish(left, from),
    left: left.reduce((a, b) => a + b, 0),
    parent: undefined,
    members: [],
  }
  const reached = new Map<number, number>([[first.key, from]])
  if (sets > MAX_SETS)
    return { status: 'limit', bound: Math.min(first.f, search.upper), rounds: [], steps: 0 }
  const open = new Heap()
  open.push(first)
  let pausedAt = 0
  for (;;) {
    const state = open.pop()
    if (state === undefined || state.f >= search.upper) {
      return { status: 'refuted', bound: search.upper, rounds: [], steps: expander.steps }
    }
    if (state.key === 0) {
      return { status: 'found', bound: state.time, rounds: roundsOf(state), steps: expander.steps }
    }
    // A better way here was found since.
    if ((reached.get(state.key) ?? 0) < state.time) continue
    const limited: RoundsOutcome = { status: 'limit', bound: state.f, rounds: [], steps: expander.steps }
    if (reached.size > MAX_STATES) return limited
    if (expander.steps - pausedAt > PAUSE_STEPS) {
      pausedAt = expander.steps
      if ((await search.pause?.()) === true) return limited
    }
    expander.steps += classes.length / KINDS_A_STEP
    decode(state.key)
    settleReady()
    freeMemory(problem, left, later, free)
    let priced = 0
    for (let c = 0; c < left.length; c++) priced += left[c] * price[c]
    const whole = expander.rounds(
      left,
      ready,
      free,
      { now: state.time, upper: search.upper, priced, limit: search.steps },
      (members, end) => {
        let key = state.key
        for (const c of members) key -= radix[c]
        const known = reached.get(key)
        if (known !== undefined && known <= end) return true
        expander.steps += classes.length / KINDS_A_STEP
        // The expander has taken the members out of `left` for the time of this call.
        const f = Math.max(state.f, remaining.finish(left, end))
        if (f >= search.upper) return true
        reached.set(key, end)
        open.push({
          key,
          time: end,
          f,
          left: state.left - members.length,
          parent: state,
          members: [...members],
        })
        return true
      },
    )
    if (!whole) return { ...limited, steps: expander.steps }
  }
}

/** KiB free in each reservoir once all that is neither left nor later has moved. */
function freeMemory(problem: RoundsProblem, left: Int32Array, later: Int32Array, free: Float64Array): void {
  if (free.length === 0) return
  free.set(problem.problem.freeMemory)
  problem.classes.forEach(({ tasks, taken, given }, c) => {
    const moved = tasks.length - left[c] - later[c]
    for (const [r, amount] of taken) free[r] -= moved * amount
    for (const [r, amount] of given) free[r] += moved * amount
  })
}

function roundsOf(last: State): Rounds {
  const rounds: (readonly number[])[] = []
  for (let s: State | undefined = last; s?.parent !== undefined; s = s.parent) rounds.unshift(s.members)
  return rounds
}

/** Binary heap by f, then by how few tasks are left, then by key: the same problem pops in the same order. */
class Heap {
  readonly #items: State[] = []

  push(state: State): void {
    const items = this.#items
    let i = items.length
    items.push(state)
    while (i > 0) {
      const parent = (i - 1) >> 1
      if (!isBefore(state, items[parent])) break
      items[i] = items[parent]
      i = parent
    }
    items[i] = state
  }

  pop(): State | undefined {
    const items = this.#items
    const top = items[0]
    const last = items.pop()
    if (last === undefined || items.length === 0) return top
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      if (child >= items.length) break
      if (child + 1 < items.length && isBefore(items[child + 1], items[child])) child++
      if (!isBefore(items[child], last)) break
      items[i] = items[child]
      i = child
    }
    items[i] = last
    return top
  }
}

function isBefore(a: State, b: State): boolean {
  return a.f !== b.f ? a.f < b.f : a.left !== b.left ? a.left < b.left : a.key < b.key
}
