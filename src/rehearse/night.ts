/**
 * A plan as it is carried out, if migrations take longer or shorter than it says: by dependency, as the runbook goes on (docs/runbook.md), each as
 * soon as those before it have ended, and after a window in which it would not end. What a margin would hold back is not held back.
 */
import { append } from '../lists.js'
import { compileInstance } from '../model/compile.js'
import { mergeIntervals, unionIntervals } from '../model/intervals.js'
import { apartBy, orderOfWorks } from '../model/maintenance.js'
import type { Plan } from '../model/plan.js'
import { turnsOf, waitsOf } from '../model/precedence.js'
import type { ResolvedProblem, ResolvedWork } from '../model/problem.js'
import { durationToTicks, ticksToSeconds, windowStartToTicks } from '../model/ticks.js'

/** Seconds. Two instants nearer than this are one. */
const TOLERANCE = 1e-6

export interface CarriedOut {
  /** [steps] seconds from the plan's start. */
  starts: Float64Array
  ends: Float64Array
  /** [steps] the one whose end let it start; −1: none. */
  after: Int32Array
  /** The last that ends; −1: there is none. */
  last: number
  makespanSeconds: number
}

/** Steps are the plan's migrations, and behind them its works. */
export class Night {
  /** [steps] seconds, as planned. */
  readonly planned: Float64Array
  /** [steps] when it may not be under way: flat pairs, sorted, disjoint. Migrations that have the same share a list. */
  readonly forbidden: readonly Float64Array[]
  /** Steps, as planned to start. */
  readonly #order: readonly number[]
  readonly #before: readonly (readonly number[])[]
  /** By step: which limit of the cluster counts it. */
  readonly #limitOf: readonly ('live' | 'others' | 'works')[]
  readonly #most: { live: number; others: number; works: number }
  /** By step: undefined for migrations. */
  readonly #work: readonly (ResolvedWork | undefined)[]

  /** @param plan of the problem, by the checker's word */
  constructor(problem: ResolvedProblem, plan: Plan) {
    const { migrations, maintenance = [] } = plan
    const steps = [...migrations, ...maintenance]
    const startOf = (i: number) => steps[i].startSeconds
    this.planned = Float64Array.from(steps, (m) => m.endSeconds - m.startSeconds)
    this.#order = steps.map((_, i) => i).sort((a, b) => startOf(a) - startOf(b) || a - b)
    this.#work = [
      ...migrations.map(() => undefined),
      ...maintenance.map(({ node }) => problem.works!.find((work) => work.node === node)!),
    ]
    this.#before =
      plan.schedule === 'rounds'
        ? roundsBefore(plan)
        : stepsBefore(
            problem,
            plan,
            (a, b) => startOf(migrations.length + a) < startOf(migrations.length + b),
          )
    this.#limitOf = [
      ...migrations.map(({ kind }) => (kind === 'live' ? 'live' : 'others')),
      ...maintenance.map(() => 'works' as const),
    ]
    const { concurrentMigrations = Infinity, concurrentRestarts, maintenanceAtOnce } = problem.policy
    this.#most = { live: concurrentMigrations, others: concurrentRestarts, works: maintenanceAtOnce }
    this.forbidden = forbiddenTimes(problem, plan)
  }

  /** @param seconds [steps] what each really takes, > 0 */
  carryOut(seconds: Float64Array): CarriedOut {
    const count = seconds.length
    const starts = new Float64Array(count)
    const ends = new Float64Array(count)
    const after = new Int32Array(count).fill(-1)
    const { live, others, works } = this.#most
    const busy = { live: new LatestEnds(live), others: new LatestEnds(others), works: new LatestEnds(works) }
    /** Works so far, the first to end first. */
    const settling: number[] = []
    let last = -1
    for (const i of this.#order) {
      const work = this.#work[i]
      let start = work === undefined ? 0 : Math.max(0, work.earliestStartSeconds)
      const wait = (j: number) => {
        if (j < 0 || ends[j] <= start) return
        start = ends[j]
        after[i] = j
      }
      for (const j of this.#before[i]) wait(j)
      if (this.planned[i] > 0) wait(busy[this.#limitOf[i]].nextFree())
      start = this.#clearOf(this.forbidden[i], start, this.planned[i])
      if (work !== undefined) {
        for (const j of settling) {
          const settled = ends[j] + this.#work[j]!.settleSeconds
          if (start < ends[j] - TOLERANCE || start >= settled - TOLERANCE) continue
          start = this.#clearOf(this.forbidden[i], settled, this.planned[i])
          after[i] = j
        }
      }
      starts[i] = start
      ends[i] = start + seconds[i]
      if (this.planned[i] > 0) busy[this.#limitOf[i]].add(i, ends)
      if (work !== undefined) settling.splice(settling.filter((j) => ends[j] <= ends[i]).length, 0, i)
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

/**
 * A migration waits for what shares its nodes or VM, as planned; a work too, and for works that go before it by the request, or may not be beside it and
 * are planned earlier.
 */
function stepsBefore(
  problem: ResolvedProblem,
  plan: Plan,
  isEarlier: (a: number, b: number) => boolean,
): number[][] {
  const { ofMigrations, ofWorks } = waitsOf(plan, turnsOf(problem))
  const { length } = plan.migrations
  const nodes = (plan.maintenance ?? []).map(({ node }) => node)
  const goesBefore = orderOfWorks(problem)
  const apart = apartBy(problem)
  return [
    ...ofMigrations,
    ...ofWorks.map(({ migrations, works }, w) => ({
      migrations,
      works: nodes.flatMap((node, other) =>
        works.includes(other) || goesBefore(node, nodes[w]) || (apart(node, nodes[w]) && isEarlier(other, w))
          ? other
          : [],
      ),
    })),
  ].map(({ migrations, works }) => [...migrations, ...works.map((w) => length + w)])
}

function forbiddenTimes(problem: ResolvedProblem, { migrations, maintenance = [] }: Plan): Float64Array[] {
  // A deadline that has passed holds up nobody.
  const { clusterWindows, undated, vmIndex, nodeIndex, horizon } = compileInstance(problem)
  const { nodeWindows, vmWindows } = undated
  const known = new Map<string, Float64Array>()
  const ofMigrations = migrations.map(({ vm, from, to }) => {
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
  const ofWorks = maintenance.map(({ node }) => {
    const noWork = problem.noWorkWindows
      .filter((window) => window.node === undefined || window.node === node)
      .flatMap((window) => [windowStartToTicks(window.startSeconds), durationToTicks(window.endSeconds)])
    const lists = [nodeWindows[nodeIndex.get(node)!], mergeIntervals(noWork, horizon)]
    return Float64Array.from(lists.reduce(unionIntervals, clusterWindows), ticksToSeconds)
  })
  return [...ofMigrations, ...ofWorks]
}
