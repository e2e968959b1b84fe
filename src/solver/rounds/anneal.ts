/**
 * Simulated annealing over rounds as wholes (Kirkpatrick, Gelatt, Vecchi 1983). A migration that changes its round takes along what it cannot share
 * a round with, back and forth between the two, as colourings do it (Kempe chains; Johnson, Aragon, McGeoch, Schevon 1991); and rounds change
 * their places in time, since windows make one order better than another.
 */
import { Random } from '../random.js'
import type { Run } from '../run.js'
import { fits, hold, type Rounds, type RoundsProblem } from './problem.js'

export interface AnnealRoundsOptions {
  /** Ticks: no better than this is needed. */
  target: number
  /** Ends of migrations to look up in all. */
  work: number
  seed: number
}

/** Ends looked up between two looks at the clock. */
const SLICE = 200_000

/** @param rounds whole and within the horizon. Returns rounds that are over no later. */
export async function annealRounds(
  problem: RoundsProblem,
  run: Run,
  rounds: Rounds,
  { target, work, seed }: AnnealRoundsOptions,
): Promise<Rounds> {
  const { annealHot, annealCold, annealOrderShare, annealNewRound } = run.parameters.rounds
  const random = new Random(seed ^ 0x1b873593)
  const state = new Annealing(problem, rounds)
  const hot = annealHot * state.makespan
  let best = state.rounds()
  let least = state.makespan
  let pauseAt = SLICE
  while (state.lookups < work && least > target) {
    if (state.lookups >= pauseAt) {
      pauseAt = state.lookups + SLICE
      if (await run.breathe()) break
    }
    // A proposal that comes to nothing costs as well.
    state.lookups++
    const temperature = hot * (annealCold / annealHot) ** (state.lookups / work)
    const limit = state.makespan - temperature * Math.log(1 - random.unit())
    const proposal =
      random.unit() < annealOrderShare ? state.reordered(random) : state.exchanged(random, annealNewRound)
    if (proposal === undefined || !state.take(proposal, limit)) continue
    if (state.makespan >= least) continue
    least = state.makespan
    best = state.rounds()
  }
  return best
}

/** Rounds of tasks: those before the first, and so many at the end, are as they were. */
interface Proposal {
  members: number[][]
  first: number
  after: number
}

/** Lists of forbidden intervals up to so long are gone through from the beginning. */
const SHORT_LIST = 16

class Annealing {
  readonly #problem: RoundsProblem
  /** More than two may share a resource: pairs do not tell whether a round is allowed. */
  readonly #shares: boolean
  /** Memory, or what goes before what, tells one order from another. */
  readonly #ordered: boolean
  #members: number[][]
  /** By round: when it starts, ticks; behind the last, when all is over. */
  #begins: number[] = []
  /** By round: what it and all after it take without windows, ticks. */
  #least: number[] = [0]
  makespan = 0
  lookups = 0

  constructor(problem: RoundsProblem, rounds: Rounds) {
    this.#problem = problem
    const { classes } = problem
    const { capacity, memoryNodeCount } = problem.problem
    this.#shares = classes.some(({ uses }) => uses.some((r, k) => k % 2 === 0 && capacity[r] > uses[k + 1]))
    this.#ordered = memoryNodeCount > 0 || classes.some((_, c) => problem.before(c).length > 0)
    const next = new Int32Array(classes.length)
    this.#members = rounds.map((members) => members.map((c) => classes[c].tasks[next[c]++]))
    this.take({ members: this.#members, first: 0, after: 0 }, Number.POSITIVE_INFINITY)
  }

  rounds(): Rounds {
    return this.#classesOf(this.#members)
  }

  #classesOf(members: readonly (readonly number[])[]): number[][] {
    return members.map((round) => round.map((task) => this.#problem.classOf[task]))
  }

  /** One round at another place, or two that trade theirs. */
  reordered(random: Random): Proposal | undefined {
    const count = this.#members.length
    const from = random.below(count)
    const to = random.below(count)
    if (from === to) return undefined
    const members = this.#members.slice()
    if (random.below(3) === 0) {
      members[from] = this.#members[to]
      members[to] = this.#members[from]
    } else {
      const [round] = members.splice(from, 1)
      members.splice(to, 0, round)
    }
    return { members, first: Math.min(from, to), after: count - 1 - Math.max(from, to) }
  }

  /** A task goes to another round, sometimes to a new one, and both rounds trade all that its going calls for. */
  exchanged(random: Random, newRound: number): Proposal | undefined {
    const count = this.#members.length
    const a = random.below(count)
    const b = random.unit() < newRound ? count : random.below(count)
    if (a === b) return undefined
    const left = this.#members[a]
    const right = this.#members[b] ?? []
    const leaves = new Set([left[random.below(left.length)]])
    const comes = new Set<number>()
    const queue = [...leaves]
    for (const task of queue) {
      const [others, chain] = leaves.has(task) ? [right, comes] : [left, leaves]
      for (const other of others) {
        if (chain.has(other) || !this.#clash(task, other)) continue
        chain.add(other)
        queue.push(other)
      }
    }
    const traded = (own: readonly number[], gone: ReadonlySet<number>, come: ReadonlySet<number>) => [
      ...own.filter((task) => !gone.has(task)),
      ...come,
    ]
    const members = this.#members.slice()
    members[a] = traded(left, leaves, comes)
    members[b] = traded(right, comes, leaves)
    if (this.#shares && !(this.#holds(members[a]) && this.#holds(members[b]))) return undefined
    if (members[a].length === 0) members.splice(a, 1)
    return { members, first: Math.min(a, b), after: Math.max(0, count - 1 - Math.max(a, b)) }
  }

  /** Can the two not be in one round? */
  #clash(i: number, j: number): boolean {
    const { classes, classOf } = this.#problem
    const { capacity } = this.#problem.problem
    const [a, b] = [classes[classOf[i]].uses, classes[classOf[j]].uses]
    for (let k = 0; k < a.length; k += 2)
      for (let l = 0; l < b.length; l += 2)
        if (a[k] === b[l] && a[k + 1] + b[l + 1] > capacity[a[k]]) return true
    return false
  }

  #holds(members: readonly number[]): boolean {
    const { classes, classOf } = this.#problem
    const { capacity } = this.#problem.problem
    const inUse = new Int32Array(capacity.length)
    for (const task of members) {
      const { uses } = classes[classOf[task]]
      if (!fits(uses, inUse, capacity)) return false
      hold(uses, inUse, 1)
    }
    return true
  }

  /** Takes the proposal where all is allowed and over by the limit, ticks. */
  take({ members, first, after }: Proposal, limit: number): boolean {
    const begins = this.#begins.slice(0, first + 1)
    const shift = this.#members.length - members.length
    const same = members.length - after
    let now = begins[first] ?? 0
    let over = -1
    for (let r = first; r < members.length; r++) {
      if (r >= same) {
        // From here on all is as it was, only at another time; at the same time it is that to the end.
        if (now + this.#least[r + shift] > limit) return false
        if (now === this.#begins[r + shift]) {
          over = r
          break
        }
      }
      begins[r] = now
      let end = now
      for (const task of members[r]) {
        const by = this.#endBy(task, now)
        if (by < 0) return false
        if (by > end) end = by
      }
      this.lookups += members[r].length
      if (end > limit) return false
      now = end
    }
    if (over >= 0 && this.makespan > limit) return false
    if (this.#ordered && !this.#problem.allows(this.#classesOf(members))) return false
    if (over < 0) begins[members.length] = now
    else for (let r = over; r <= members.length; r++) begins[r] = this.#begins[r + shift]
    this.#members = members
    this.#begins = begins
    this.makespan = begins[members.length]
    const { duration } = this.#problem.problem
    this.#least = new Array(members.length + 1).fill(0)
    for (let r = members.length - 1; r >= 0; r--) {
      let longest = 0
      for (const task of members[r]) if (duration[task] > longest) longest = duration[task]
      this.#least[r] = this.#least[r + 1] + longest
    }
    return true
  }

  /** As `earliestEnd`, quicker where there are few windows. */
  #endBy(task: number, from: number): number {
    const list = this.#problem.forbidden[task]
    if (list.length > SHORT_LIST) return this.#problem.earliestEnd(task, from)
    const { duration, horizon } = this.#problem.problem
    let start = from
    for (let i = 0; i < list.length && start + duration[task] > list[i]; i += 2)
      if (start < list[i + 1]) start = list[i + 1]
    const end = start + duration[task]
    return end <= horizon ? end : -1
  }
}
