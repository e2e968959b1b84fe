/** Random scheduling problems, from a seed, so that a failure names the one that failed. */
import type { MultiModeProblem, ScheduleProblem } from '../../src/kernel/types.js'

export type Random = () => number

/** Mulberry32: numbers in [0, 1). */
export function random(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

export function below(next: Random, bound: number): number {
  return Math.floor(next() * bound)
}

export function shuffled(next: Random, length: number): Int32Array {
  const list = Int32Array.from({ length }, (_, i) => i)
  for (let i = length - 1; i > 0; i--) {
    const j = below(next, i + 1)
    const held = list[i]
    list[i] = list[j]
    list[j] = held
  }
  return list
}

/** Tasks that hold two resources of capacity 1 for 1 … 1000 ticks, and nothing else: change what a case is about. */
export function plainProblem(next: Random, taskCount: number, resourceCount: number): ScheduleProblem {
  const resourceA = new Int32Array(taskCount)
  const resourceB = new Int32Array(taskCount)
  const duration = new Int32Array(taskCount)
  for (let i = 0; i < taskCount; i++) {
    resourceA[i] = below(next, resourceCount)
    resourceB[i] = (resourceA[i] + 1 + below(next, resourceCount - 1)) % resourceCount
    duration[i] = 1 + below(next, 1000)
  }
  return {
    taskCount,
    resourceCount,
    capacity: new Int32Array(resourceCount).fill(1),
    resourceA,
    resourceB,
    duration,
    predecessor: new Int32Array(taskCount).fill(-1),
    forbiddenClass: new Int32Array(taskCount),
    forbiddenOffset: Int32Array.of(0, 0),
    forbidden: new Int32Array(0),
    memoryNodeCount: 0,
    freeMemory: new Float64Array(0),
    memoryFrom: new Int32Array(taskCount).fill(-1),
    memoryTo: new Int32Array(taskCount).fill(-1),
    memory: new Float64Array(taskCount),
    weight: new Float64Array(taskCount).fill(1),
    horizon: 0x7fff_fff0,
  }
}

function intervals(next: Random, count: number, span: number): number[] {
  const list: number[] = []
  let tick = below(next, 3) === 0 ? 0 : 1 + below(next, span)
  for (let i = 0; i < count; i++) {
    const end = tick + 1 + below(next, span)
    list.push(tick, end)
    tick = end + 1 + below(next, 2 * span)
  }
  return list
}

/** Lets tasks wait for up to three others that stand before them in `rank`. */
export function addPrecedences(problem: ScheduleProblem, next: Random, rank: ArrayLike<number>): void {
  const lists: number[][] = Array.from(rank, () => [])
  for (let i = 1; i < rank.length; i++)
    for (let k = below(next, 4); k > 0; k--) lists[rank[i]].push(rank[below(next, i)])
  const offset = Int32Array.from([0, ...lists.map((_, i) => lists.slice(0, i + 1).flat().length)])
  problem.precedences = { offset, of: Int32Array.from(lists.flat()) }
}

/**
 * A problem of at most `mostTasks` tasks in which everything occurs, each in some of the problems: capacities 1 to 3, tasks of 0 to 2 resources, equal and
 * zero durations, forbidden intervals, predecessors, reservoirs so tight that some tasks wait or never start, a horizon that is met.
 */
export function mixedProblem(next: Random, mostTasks: number): ScheduleProblem {
  const n = below(next, mostTasks + 1)
  const nodes = 2 + below(next, 4)
  const longest = [1, 4, 20, 200][below(next, 4)]
  const problem = plainProblem(next, n, nodes)
  const some = (share: number): boolean => next() < share
  const traits = {
    slots: some(0.5),
    windows: some(0.6),
    chains: some(0.5),
    memory: some(0.6),
    holes: some(0.4),
  }

  if (traits.slots) problem.capacity = problem.capacity.map(() => 1 + below(next, 3))
  for (let i = 0; i < n; i++) {
    problem.duration[i] = traits.holes && some(0.15) ? 0 : 1 + below(next, longest)
    problem.weight[i] = 1 + below(next, 3000)
    if (traits.holes && some(0.2)) problem.resourceA[i] = -1
    if (traits.holes && some(0.2)) problem.resourceB[i] = -1
  }
  if (traits.windows) {
    const classes = 1 + below(next, 4)
    const lists = Array.from({ length: classes }, () => intervals(next, below(next, 4), 1 + longest))
    problem.forbiddenOffset = Int32Array.from([
      0,
      ...lists.map((_, c) => lists.slice(0, c + 1).flat().length / 2),
    ])
    problem.forbidden = Int32Array.from(lists.flat())
    problem.forbiddenClass = problem.forbiddenClass.map(() => below(next, classes))
  }
  if (traits.chains) {
    const rank = shuffled(next, n)
    for (let i = 1; i < n; i++) if (some(0.4)) problem.predecessor[rank[i]] = rank[below(next, i)]
    if (some(0.5)) addPrecedences(problem, next, rank)
  }
  if (traits.memory) {
    problem.memoryNodeCount = nodes
    problem.freeMemory = Float64Array.from({ length: nodes }, () => below(next, 12))
    for (let i = 0; i < n; i++) {
      problem.memory[i] = some(0.15) ? 0 : 1 + below(next, 8)
      problem.memoryFrom[i] = some(0.1) ? -1 : (problem.resourceA[i] + nodes) % nodes
      problem.memoryTo[i] = some(0.1) ? -1 : (problem.resourceB[i] + nodes) % nodes
    }
  }
  if (some(0.3)) problem.horizon = below(next, longest * Math.max(1, n))
  else if (some(0.1)) enlarge(problem, next)
  return problem
}

/** The same where some tasks, or modes, hold more than two resources, and more than one unit of some: of `others` more, of any capacity, or of its own. */
export function withHeld<P extends ScheduleProblem | MultiModeProblem>(problem: P, next: Random): P {
  const { resourceA, resourceB } = problem
  const others = 1 + below(next, 3)
  const resourceCount = problem.resourceCount + others
  const capacity = Int32Array.of(
    ...problem.capacity,
    ...Array.from({ length: others }, () => 1 + below(next, 5)),
  )
  const offset = [0]
  const of: number[] = []
  for (let i = 0; i < resourceA.length; i++) {
    for (const r of shuffled(next, resourceCount)) {
      if (r !== resourceA[i] && r !== resourceB[i] && below(next, r < problem.resourceCount ? 8 : 2) === 0)
        of.push(r)
    }
    offset.push(of.length)
  }
  const held = {
    offset: Int32Array.from(offset),
    of: Int32Array.from(of),
    amount: Int32Array.from(of, (r) => 1 + below(next, capacity[r])),
  }
  return { ...problem, resourceCount, capacity, held }
}

/** The same where tasks take from further reservoirs, and give back to some, at most once each way. */
export function withTransfers(problem: ScheduleProblem, next: Random): ScheduleProblem {
  const memoryNodeCount = problem.memoryNodeCount + 1 + below(next, 2)
  const added = Array.from({ length: memoryNodeCount - problem.memoryNodeCount }, () => below(next, 9))
  const entries: [of: number, amount: number][][] = Array.from({ length: problem.taskCount }, (_, i) =>
    Array.from({ length: memoryNodeCount }, (_, r) => r).flatMap((r) => {
      const list: [number, number][] = []
      const often = r < problem.memoryNodeCount ? 8 : 2
      if (r !== problem.memoryTo[i] && below(next, often) === 0) list.push([r, 1 + below(next, 5)])
      if (r !== problem.memoryFrom[i] && below(next, often) === 0) list.push([r, -1 - below(next, 5)])
      return list
    }),
  )
  const transfers = {
    offset: Int32Array.from([0, ...entries.map((_, i) => entries.slice(0, i + 1).flat().length)]),
    of: Int32Array.from(entries.flat(), ([r]) => r),
    amount: Float64Array.from(entries.flat(), ([, amount]) => amount),
  }
  return {
    ...problem,
    memoryNodeCount,
    freeMemory: Float64Array.from([...problem.freeMemory, ...added]),
    transfers,
  }
}

/** The same, with all memory in lists. */
export function memoryInLists(problem: ScheduleProblem): ScheduleProblem {
  const { taskCount, memoryFrom, memoryTo, memory } = problem
  const entries = Array.from({ length: taskCount }, (_, i) =>
    [
      [memoryTo[i], memory[i]],
      [memoryFrom[i], -memory[i]],
    ].filter(([r, amount]) => r >= 0 && amount !== 0),
  )
  return {
    ...problem,
    memory: new Float64Array(taskCount),
    transfers: {
      offset: Int32Array.from([0, ...entries.map((_, i) => entries.slice(0, i + 1).flat().length)]),
      of: Int32Array.from(entries.flat(), ([r]) => r),
      amount: Float64Array.from(entries.flat(), ([, amount]) => amount),
    },
  }
}

/** Stretches durations to the largest ticks, where a careless sum would wrap. */
function enlarge(problem: ScheduleProblem, next: Random): void {
  const factor = Math.floor(
    0x7fff_fff0 / Math.max(1, ...problem.duration, ...problem.forbidden) / (1 + below(next, 2)),
  )
  problem.duration = problem.duration.map((d) => d * factor)
  problem.forbidden = problem.forbidden.map((t) => t * factor)
}

/** What annealing makes less of, the first first. */
export type Figures = readonly [unscheduledWeight: number, cost: number]

export const compareFigures = (a: Figures, b: Figures): number => a[0] - b[0] || a[1] - b[1]

export function* permutations(items: number[]): Generator<number[]> {
  if (items.length <= 1) yield items
  for (const [i, item] of items.entries()) {
    for (const rest of permutations(items.toSpliced(i, 1))) yield [item, ...rest]
  }
}

/** Spends 600 evaluations in three calls, each from where the last one stood. */
export function slices<From, Result extends { current: From }>(
  anneal: (from: From, slice: { evaluations: number; spent: number; total: number }) => Result,
  from: From,
): Result[] {
  const results: Result[] = []
  for (let spent = 0; spent < 600; spent += 200) {
    results.push(anneal(results.at(-1)?.current ?? from, { evaluations: 200, spent, total: 600 }))
  }
  return results
}
