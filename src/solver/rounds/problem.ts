/**
 * A scheduling problem seen as one of rounds: which tasks are alike, when each can end at the earliest, whether rounds may trade places,
 * and what a given sequence of rounds comes to.
 */

import type { ScheduleProblem } from '../../kernel/types.js'
import { heldBy, leadersOf, predecessorsOf, transfersOf, usesOf } from '../../kernel/uses.js'
import { append } from '../../lists.js'
import type { Intervals } from '../../model/instance.js'
import { firstGap, intersectIntervals } from '../../model/intervals.js'

/** Tasks that are alike in everything: any of them may stand for any other. */
export interface TaskClass {
  /** Tasks, ascending. */
  tasks: number[]
  /** The nodes between which it runs, or the saver of a node; −1 none. */
  resourceA: number
  resourceB: number
  /** All resources that it holds, these two included: pairs of resource and units. */
  uses: Int32Array
  /** What it takes from reservoirs, and gives back. */
  taken: readonly [reservoir: number, amount: number][]
  given: readonly [reservoir: number, amount: number][]
  /** Ticks. */
  duration: number
  forbidden: Intervals
}

/** Rounds in the order of time, each the classes of the tasks that it holds (with repeats). */
export type Rounds = readonly (readonly number[])[]

export interface TimedRounds {
  /** [tasks] ticks, −1 where a task is in no round. */
  start: Int32Array
  /** [tasks] −1 where a task is in no round. */
  round: Int32Array
  makespan: number
}

/** Have the resources room for these units besides those in use? */
export function fits(uses: Int32Array, inUse: Int32Array, capacity: Int32Array): boolean {
  for (let k = 0; k < uses.length; k += 2) {
    if (inUse[uses[k]] + uses[k + 1] > capacity[uses[k]]) return false
  }
  return true
}

/** Takes the units, or with −1 gives them back. */
export function hold(uses: Int32Array, inUse: Int32Array, sign: 1 | -1): void {
  for (let k = 0; k < uses.length; k += 2) inUse[uses[k]] += sign * uses[k + 1]
}

export class RoundsProblem {
  readonly problem: ScheduleProblem
  /** [n] forbidden intervals of each task. */
  readonly forbidden: readonly Intervals[]
  readonly classes: readonly TaskClass[]
  /** [n] index into `classes`. */
  readonly classOf: Int32Array
  /** By resource: forbidden for every task on it. */
  readonly closed: readonly Intervals[]
  /** Neither windows nor memory nor what goes before what tell one order of the same rounds from another. */
  readonly commutes: boolean
  /**
   * Some VM might arrive within the very round in which another leaves room for it. Searches here count what leaves at the round's
   * end only, so they see no such schedule.
   */
  readonly roomWithinRound: boolean
  readonly #before: readonly (readonly number[])[]

  constructor(problem: ScheduleProblem) {
    this.problem = problem
    const lists = Array.from({ length: problem.forbiddenOffset.length - 1 }, (_, c) =>
      problem.forbidden.subarray(2 * problem.forbiddenOffset[c], 2 * problem.forbiddenOffset[c + 1]),
    )
    this.forbidden = Array.from(problem.forbiddenClass, (c) => lists[c])
    const { classes, classOf } = classesOf(problem, this.forbidden)
    this.classes = classes
    this.classOf = classOf
    const closed: (Intervals | undefined)[] = Array.from({ length: problem.resourceCount }, () => undefined)
    for (const { uses, forbidden } of classes) {
      for (let k = 0; k < uses.length; k += 2) {
        const r = uses[k]
        const known = closed[r]
        closed[r] = known === undefined ? forbidden : intersectIntervals(known, forbidden)
      }
    }
    this.closed = closed.map((list) => list ?? new Int32Array(0))
    this.commutes =
      problem.memoryNodeCount === 0 &&
      !leadersOf(problem).includes(1) &&
      this.forbidden.every((list) => list.length === 0)
    this.roomWithinRound = roomWithinRound(problem)
    this.#before = classes.map(({ tasks }) => predecessorsOf(problem, tasks[0]).map((p) => classOf[p]))
  }

  get taskCount(): number {
    return this.problem.taskCount
  }

  /** Earliest tick by which the task can be done if it starts at `from` or later; −1 where none is within the horizon. */
  earliestEnd(task: number, from: number): number {
    const duration = this.problem.duration[task]
    const start = firstGap(this.forbidden[task], from, duration, this.problem.horizon)
    return start < 0 ? -1 : start + duration
  }

  /** Tick at which a round of these classes that starts at `from` is over; −1 where a member cannot end within the horizon. */
  roundEnd(members: readonly number[], from: number): number {
    let end = from
    for (const c of members) {
      const e = this.earliestEnd(this.classes[c].tasks[0], from)
      if (e < 0) return -1
      if (e > end) end = e
    }
    return end
  }

  /** Rounds one after another, each as early as it can be; undefined where one does not end within the horizon. */
  time(rounds: Rounds): TimedRounds | undefined {
    const start = new Int32Array(this.taskCount).fill(-1)
    const round = new Int32Array(this.taskCount).fill(-1)
    const next = new Int32Array(this.classes.length)
    let now = 0
    for (let r = 0; r < rounds.length; r++) {
      const end = this.roundEnd(rounds[r], now)
      if (end < 0) return undefined
      for (const c of rounds[r]) {
        const task = this.classes[c].tasks[next[c]++]
        start[task] = this.earliestEnd(task, now) - this.problem.duration[task]
        round[task] = r
      }
      now = end
    }
    return { start, round, makespan: now }
  }

  /** Classes that have to be done in a round before those of class `c`. */
  before(c: number): readonly number[] {
    return this.#before[c]
  }

  /** Resources, memory (what leaves counted at its round's end) and what goes before what allow these rounds, and they hold every task once. */
  allows(rounds: Rounds): boolean {
    const { capacity, freeMemory } = this.problem
    const free = freeMemory.slice()
    const moved = new Int32Array(this.classes.length)
    for (const members of rounds) {
      const inUse = new Int32Array(capacity.length)
      const receives = new Set<number>()
      for (const c of members) {
        const { uses, taken } = this.classes[c]
        if (!fits(uses, inUse, capacity)) return false
        hold(uses, inUse, 1)
        // Tasks that others wait for, or that wait, are classes of their own.
        if (this.before(c).some((other) => moved[other] === 0)) return false
        for (const [r, amount] of taken) {
          free[r] -= amount
          receives.add(r)
        }
      }
      // A reserve may be used up from the start: that is no fault of rounds in which nothing arrives there.
      for (const to of receives) if (free[to] < 0) return false
      for (const c of members) {
        for (const [r, amount] of this.classes[c].given) free[r] += amount
        moved[c]++
      }
    }
    return this.classes.every(({ tasks }, c) => moved[c] === tasks.length)
  }

  /** The rounds of a whole schedule. */
  roundsOf(round: Int32Array): number[][] {
    const byNumber = new Map<number, number[]>()
    round.forEach((r, task) => {
      append(byNumber, r, this.classOf[task])
    })
    return [...byNumber].sort((a, b) => a[0] - b[0]).map(([, members]) => members)
  }
}

function classesOf(
  problem: ScheduleProblem,
  forbidden: readonly Intervals[],
): { classes: TaskClass[]; classOf: Int32Array } {
  const { resourceA, resourceB, duration } = problem
  const leads = leadersOf(problem)
  const classes: TaskClass[] = []
  const classOf = new Int32Array(problem.taskCount)
  const index = new Map<string, number>()
  for (let i = 0; i < problem.taskCount; i++) {
    const single = leads[i] === 1 || predecessorsOf(problem, i).length > 0
    const uses = usesOf(problem, i)
    const { taken, given } = transfersOf(problem, i)
    const key = [
      Math.min(resourceA[i], resourceB[i]),
      Math.max(resourceA[i], resourceB[i]),
      heldBy(problem.held, i).of.join(' '),
      heldBy(problem.held, i).amount.join(' '),
      duration[i],
      problem.forbiddenClass[i],
      taken.join(' '),
      given.join(' '),
      single ? i : '',
    ].join()
    let c = index.get(key)
    if (c === undefined) {
      c = classes.length
      index.set(key, c)
      classes.push({
        tasks: [],
        resourceA: resourceA[i],
        resourceB: resourceB[i],
        uses: Int32Array.from(uses.flat()),
        taken,
        given,
        duration: duration[i],
        forbidden: forbidden[i],
      })
    }
    classes[c].tasks.push(i)
    classOf[i] = c
  }
  return { classes, classOf }
}

/** A node whose memory binds takes part in two migrations of a round. Of other reservoirs nothing says that it cannot be so. */
function roomWithinRound(problem: ScheduleProblem): boolean {
  if ((problem.transfers?.of.length ?? 0) > 0) return true
  const { memoryNodeCount, memoryTo, resourceB, capacity } = problem
  const open = new Uint8Array(memoryNodeCount)
  for (let i = 0; i < problem.taskCount; i++) {
    const to = memoryTo[i]
    if (to >= 0 && capacity[resourceB[i]] > 1) open[to] = 1
  }
  return open.includes(1)
}
