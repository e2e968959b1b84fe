/**
 * A plan as it is carried out, if migrations take longer or shorter than it says: by dependency, as the runbook goes on (docs/runbook.md), each as
 * soon as those before it have ended, and after a window in which it would not end. What a margin would hold back is not held back.
 */
import { append } from '../lists.js'
import { compileInstance } from '../model/compile.js'
import { unionIntervals } from '../model/intervals.js'
import type { Plan } from '../model/plan.js'
import { predecessors, turnsOf } from '../model/precedence.js'
import type { ResolvedProblem } from '../model/problem.js'
import { ticksToSeconds } from '../model/ticks.js'

/** Seconds. Two instants nearer than this are one. */
const TOLERANCE = 1e-6

export interface CarriedOut {
  /** [migrations] seconds from the plan's start. */
  starts: Float64Array
  ends: Float64Array
  /** [migrations] the one whose end let it start; −1: none. */
  after: Int32Array
  /** The last that ends; −1: there is none. */
  last: number
  makespanSeconds: number
}

export class Night {
  /** [migrations] seconds, as planned. */
  readonly planned: Float64Array
  /** [migrations] when it may not be under way: flat pairs, sorted, disjoint. Migrations that have the same share a list. */
  readonly forbidden: readonly Float64Array[]
  readonly #before: readonly (readonly number[])[]
  /** By migration: which limit of the cluster counts it. */
  readonly #limitOf: readonly ('live' | 'others')[]
  readonly #most: { live: number; others: number }

  /** @param plan of the problem, by the checker's word */
  constructor(problem: ResolvedProblem, plan: Plan) {
    const { migrations } = plan
    this.planned = Float64Array.from(migrations, (m) => m.endSeconds - m.startSeconds)
    this.#before =
      plan.schedule === 'rounds' ? roundsBefore(plan) : predecessors(migrations, turnsOf(problem))
    this.#limitOf = migrations.map(({ kind }) => (kind === 'live' ? 'live' : 'others'))
    const { concurrentMigrations = Infinity, concurrentRestarts } = problem.policy
    this.#most = { live: concurrentMigrations, others: concurrentRestarts }
    this.forbidden = forbiddenTimes(problem, plan)
  }

  /** @param seconds [migrations] what each really takes, > 0 */
  carryOut(seconds: Float64Array): CarriedOut {
    const count = seconds.length
    const starts = new Float64Array(count)
    const ends = new Float64Array(count)
    const after = new Int32Array(count).fill(-1)
    const busy = { live: new LatestEnds(this.#most.live), others: new LatestEnds(this.#most.others) }
    let last = -1
    for (let i = 0; i < count; i++) {
      let start = 0
      const wait = (j: number) => {
        if (j < 0 || ends[j] <= start) return
        start = ends[j]
        after[i] = j
      }
      for (const j of this.#before[i]) wait(j)
      if (this.planned[i] > 0) wait(busy[this.#limitOf[i]].nextFree())
      starts[i] = this.#clearOf(this.forbidden[i], start, this.planned[i])
      ends[i] = starts[i] + seconds[i]
      if (this.planned[i] > 0) busy[this.#limitOf[i]].add(i, ends)
      if (last < 0 || ends[i] > ends[last]) last = i
    }
    return { starts, ends, after, last, makespanSeconds: last < 0 ? 0 : ends[last] }
  }

  /** The first instant from `start` on at which it would end before the next window. */
  #clearOf(windows: Float64Array, start: number, seconds: number): number {
    let at = start
    for (let w = 0; w < windows.length && seconds > 0; w += 2) {
      if (windows[w + 1] <= at + TOLERANCE) continue
      if (windows[w] >= at + seconds - TOLERANCE) break
      at = windows[w + 1]
    }
    return at
  }
}

/** The migrations that count towards one limit, as many as may be under way at once: those that end last. */
class LatestEnds {
  readonly #most: number
  /** Latest end first. */
  readonly #latest: number[] = []

  constructor(most: number) {
    this.#most = most
  }

  /** The one that has to end before another may start; −1: there is room. */
  nextFree(): number {
    return this.#latest.length < this.#most ? -1 : this.#latest[this.#most - 1]
  }

  add(migration: number, ends: Float64Array): void {
    if (this.#most === Infinity) return
    let at = this.#latest.length
    while (at > 0 && ends[this.#latest[at - 1]] < ends[migration]) at--
    this.#latest.splice(at, 0, migration)
    if (this.#latest.length > this.#most) this.#latest.pop()
  }
}

/** In rounds, all of the round before. */
function roundsBefore({ migrations }: Plan): number[][] {
  const byRound = new Map<number, number[]>()
  migrations.forEach(({ round }, i) => {
    append(byRound, round, i)
  })
  const order = [...byRound.keys()].sort((a, b) => a - b)
  const before = new Map(order.map((round, k) => [round, k === 0 ? [] : byRound.get(order[k - 1])!]))
  return migrations.map(({ round }) => before.get(round)!)
}

function forbiddenTimes(problem: ResolvedProblem, { migrations }: Plan): Float64Array[] {
  // A deadline that has passed holds up nobody.
  const { clusterWindows, undated, vmIndex, nodeIndex } = compileInstance(problem)
  const { nodeWindows, vmWindows } = undated
  const known = new Map<string, Float64Array>()
  return migrations.map(({ vm, from, to }) => {
    const lists = [
      vmWindows[vmIndex.get(vm)!],
      nodeWindows[nodeIndex.get(from)!],
      nodeWindows[nodeIndex.get(to)!],
    ]
    const [own, low, high] = lists.map(({ length }, i) => (length === 0 ? '' : [vm, from, to][i]))
    const key = JSON.stringify([own, low, high])
    const list =
      known.get(key) ?? Float64Array.from(lists.reduce(unionIntervals, clusterWindows), ticksToSeconds)
    known.set(key, list)
    return list
  })
}
