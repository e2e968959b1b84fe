import { describe, expect, it } from 'vitest'
import type { SingleNodeProblem } from '../../src/kernel/types.js'
import { intersectIntervals, mergeIntervals } from '../../src/model/intervals.js'
import { closeShortGaps } from '../../src/solver/bounds/node-availability.js'
import { quota, seeds } from '../cases.js'
import { kernelBuilds } from './builds.js'
import { below, type Random, random } from './schedule-problems.js'
import { finishOf, loadTwin, singleNodeTwin } from './twins/single-node.js'

const FAR = 0x7fff_fff0
const NO_LIMITS = { horizon: FAR, lower: 0, upper: FAR, maxExpanded: 1_000_000 }

function problemOf(
  jobs: readonly [count: number, duration: number, list: number][],
  lists: readonly ArrayLike<number>[],
  limits: Partial<SingleNodeProblem> = {},
): SingleNodeProblem {
  const offsets = [0]
  for (const list of lists) offsets.push(offsets[offsets.length - 1] + list.length / 2)
  return {
    classCount: jobs.length,
    count: Int32Array.from(jobs, (j) => j[0]),
    duration: Int32Array.from(jobs, (j) => j[1]),
    forbiddenClass: Int32Array.from(jobs, (j) => j[2]),
    forbiddenOffset: Int32Array.from(offsets),
    forbidden: Int32Array.from(lists.flatMap((list) => Array.from(list))),
    closed: new Int32Array(0),
    ...NO_LIMITS,
    ...limits,
  }
}

/** The time that no job can use, known as well as the family says: not at all, from the lists, or from the lists and the durations. */
function closedTime(problem: SingleNodeProblem, how: number): Int32Array {
  if (how === 0 || problem.classCount === 0) return new Int32Array(0)
  const { duration, forbidden, forbiddenClass, forbiddenOffset } = problem
  const closed = Array.from(duration, (ticks, cls) => {
    const list = forbiddenClass[cls]
    const own = forbidden.slice(2 * forbiddenOffset[list], 2 * forbiddenOffset[list + 1])
    return how === 1 ? own : closeShortGaps(own, ticks)
  }).reduce(intersectIntervals)
  return how === 1 ? closed : closeShortGaps(closed, Math.min(...duration))
}

/** Up to `mostJobs` jobs; lists share the node's own windows; durations are small, or wide and with a divisor of their own. */
function randomProblem(next: Random, mostJobs: number): SingleNodeProblem {
  const unit = [1, 1, 1, 7, 1000][below(next, 5)]
  const range = [4, 12, 90][below(next, 3)]
  let jobs = 1 + below(next, mostJobs)
  const listCount = 1 + below(next, 4)
  const classes: [number, number, number][] = []
  let work = 0
  while (jobs > 0) {
    const count = Math.min(jobs, 1 + (below(next, 3) === 0 ? below(next, 3) : 0))
    const duration = unit * (1 + below(next, range))
    classes.push([count, duration, below(next, listCount)])
    jobs -= count
    work += count * duration
  }
  const window = (): number[] => {
    const start = below(next, 2 * work)
    return [start, start + 1 + below(next, Math.max(1, work >> 1))]
  }
  const own = Array.from({ length: below(next, 4) }, window).flat()
  const lists = Array.from({ length: listCount }, () =>
    mergeIntervals([...own, ...Array.from({ length: below(next, 4) }, window).flat()], FAR),
  )
  const problem = problemOf(classes, lists)
  problem.closed = closedTime(problem, below(next, 3))
  if (below(next, 4) === 0) problem.horizon = work + below(next, 2 * work)
  return problem
}

describe.each(kernelBuilds)('singleNode, $name build', ({ kernel }) => {
  it('finds the optimum of every order, and an order that has it', () => {
    let late = 0
    let none = 0
    for (const seed of seeds(3000, 0)) {
      const problem = randomProblem(random(seed), seed % 50 === 0 ? 8 : 6)
      const optimum = singleNodeTwin(problem)
      const { bound, optimal, order } = kernel.singleNode(problem)
      if (optimum === Number.POSITIVE_INFINITY) {
        none++
        expect({ seed, bound, optimal, order }).toEqual({
          seed,
          bound: problem.upper,
          optimal: false,
          order: new Int32Array(0),
        })
        continue
      }
      if (optimum > loadTwin(problem)) late++
      expect({ seed, bound, optimal }).toEqual({ seed, bound: optimum, optimal: true })
      expect(finishOf(problem, order)).toBe(optimum)
      const taken = new Int32Array(problem.classCount)
      for (const cls of order) taken[cls]++
      expect(taken).toEqual(problem.count)
    }
    // The cases are not all trivial, and not all without an answer.
    expect(late).toBeGreaterThan(quota(800))
    expect(none).toBeGreaterThan(quota(50))
  })

  it('stops at `lower` and at `upper`', () => {
    for (const seed of seeds(1500, 0)) {
      const next = random(seed + 50_000)
      const problem = { ...randomProblem(next, 6), horizon: FAR }
      const optimum = singleNodeTwin(problem)
      const near = () => Math.max(0, optimum + below(next, 9) - 4)
      const lower = near()
      const enough = kernel.singleNode({ ...problem, lower })
      expect(enough).toMatchObject({ bound: Math.max(lower, optimum), optimal: true })
      expect(finishOf(problem, enough.order)).toBeLessThanOrEqual(enough.bound)
      const upper = near()
      expect(kernel.singleNode({ ...problem, upper })).toMatchObject(
        optimum < upper ? { bound: optimum, optimal: true } : { bound: upper, optimal: false },
      )
    }
  })

  it('looks at no fewer states than none', () => {
    const problem = problemOf([[6, 4, 0]], [[11, 20]], { maxExpanded: -1 })
    expect(() => kernel.singleNode(problem)).toThrow('maxExpanded is -1; it must be 0 or more')
  })

  it('bounds the optimum wherever it is stopped, never below the load, better with more states', () => {
    let between = 0
    for (const seed of seeds(1500, 0)) {
      const problem = { ...randomProblem(random(seed + 90_000), 7), horizon: FAR }
      const optimum = kernel.singleNode(problem).bound
      let last = loadTwin(problem)
      const load = last
      for (let maxExpanded = 0; maxExpanded < 12; maxExpanded++) {
        const { bound, optimal, expanded, order } = kernel.singleNode({ ...problem, maxExpanded })
        expect(bound).toBeGreaterThanOrEqual(last)
        expect(bound).toBeLessThanOrEqual(optimum)
        expect(expanded).toBeLessThanOrEqual(maxExpanded)
        if (optimal) expect(bound).toBe(optimum)
        else expect(order).toHaveLength(0)
        if (bound > load && !optimal) between++
        last = bound
      }
    }
    expect(between).toBeGreaterThan(quota(1000))
  })

  it('takes a problem without jobs', () => {
    const nothing = { bound: 0, optimal: true, expanded: 0, order: new Int32Array(0) }
    expect(kernel.singleNode(problemOf([], []))).toEqual(nothing)
    expect(kernel.singleNode(problemOf([], [], { lower: 5 }))).toEqual({ ...nothing, bound: 5 })
    expect(kernel.singleNode(problemOf([], [], { lower: 5, upper: 5 }))).toEqual({
      ...nothing,
      bound: 5,
      optimal: false,
    })
  })

  it('fills the time before a window as well as the durations allow', () => {
    // Only 3 + 7 fills the 10 ticks before the window.
    const problem = problemOf(
      [
        [1, 4, 0],
        [2, 7, 0],
        [1, 3, 0],
      ],
      [[10, 20]],
      { closed: Int32Array.of(10, 20) },
    )
    const { bound, order } = kernel.singleNode(problem)
    expect(bound).toBe(31)
    expect(finishOf(problem, order)).toBe(31)
    // Even numbers leave the eleventh tick before the window unused, which the first bound knows.
    const even = problemOf([[6, 4, 0]], [[11, 20]], { closed: Int32Array.of(11, 20), maxExpanded: 0 })
    expect(kernel.singleNode(even)).toMatchObject({ bound: 36, expanded: 0 })
    expect(loadTwin(even)).toBe(33)
  })

  it('knows that the jobs of one list need open time of their own', () => {
    // Three jobs share a list that is closed from 5 on: only one of them fits before, whatever the others do.
    const problem = problemOf(
      [
        [3, 4, 0],
        [5, 1, 1],
      ],
      [[5, 100], []],
    )
    expect(kernel.singleNode({ ...problem, maxExpanded: 1 }).bound).toBe(108)
    expect(kernel.singleNode(problem)).toMatchObject({ bound: 108, optimal: true })
  })

  it('counts equal jobs as one class', () => {
    const lists = [
      [95, 130],
      [60, 99],
    ]
    const jobs: [number, number, number][] = [
      [20, 7, 0],
      [20, 3, 1],
      [20, 2, 0],
    ]
    const { bound, optimal, expanded, order } = kernel.singleNode(problemOf(jobs, lists))
    expect(optimal).toBe(true)
    expect(order).toHaveLength(60)
    expect(expanded).toBeLessThan(21 ** 3)
    // Time 95 to 99 is closed to all.
    expect(bound).toBe(244)
  })

  it('searches up to 2^62 states, beyond that bounds only', () => {
    const jobs = (count: number) =>
      Array.from({ length: count }, (_, i): [number, number, number] => [1, 10 + i, 0])
    const closed = Int32Array.of(505, 600)
    const sum = (count: number) => 10 * count + (count * (count - 1)) / 2
    const most = kernel.singleNode(problemOf(jobs(62), [closed], { closed }))
    expect(most).toMatchObject({ bound: sum(62) + 95, optimal: true })
    expect(finishOf(problemOf(jobs(62), [closed]), most.order)).toBe(sum(62) + 95)
    expect(kernel.singleNode(problemOf(jobs(63), [closed], { closed }))).toEqual({
      bound: sum(63) + 95,
      optimal: false,
      expanded: 0,
      order: new Int32Array(0),
    })
  })

  it('ends with a bound when its table is full', () => {
    // Each of the first states has nearly as many successors as there are classes.
    const classes = Array.from({ length: 60 }, (_, i): [number, number, number] => [1, 1000 + 7 * i, i])
    const lists = classes.map((_, i) => [1001 + 13 * i, 40_000 + i])
    const problem = problemOf(classes, lists, { maxExpanded: 30 })
    const { bound, optimal, expanded } = kernel.singleNode(problem)
    expect(optimal).toBe(false)
    expect(expanded).toBeLessThan(30)
    expect(bound).toBeGreaterThanOrEqual(loadTwin(problem))
    expect(bound).toBeLessThanOrEqual(
      finishOf(
        problem,
        Int32Array.from({ length: 60 }, (_, i) => i),
      ),
    )
  })

  it('is exact where sums are too many to keep, and near the largest tick', () => {
    const lists = [[5_000_011, 5_100_000], []]
    const wide = problemOf(
      [
        [1, 3_000_017, 0],
        [1, 2_500_009, 1],
        [1, 2_000_003, 0],
        [1, 4_999_999, 1],
      ],
      lists,
    )
    const { bound, order } = kernel.singleNode(wide)
    expect(bound).toBe(singleNodeTwin(wide))
    expect(finishOf(wide, order)).toBe(bound)
    const late = problemOf(
      [
        [1, 50, 0],
        [1, 60, 0],
      ],
      [[55, FAR - 60]],
    )
    expect(kernel.singleNode(late)).toMatchObject({ bound: FAR, optimal: false })
    expect(kernel.singleNode({ ...late, upper: FAR + 1 })).toMatchObject({ bound: FAR, optimal: true })
    expect(kernel.singleNode({ ...late, horizon: FAR - 1, upper: FAR + 1 })).toMatchObject({
      bound: FAR + 1,
      optimal: false,
    })
    const overfull = problemOf([[3, 0x4000_0000, 0]], [[]])
    expect(kernel.singleNode(overfull)).toMatchObject({ bound: FAR, optimal: false, expanded: 0 })
  })

  it('gives the same result again, whatever ran in between', () => {
    const problem = randomProblem(random(7), 7)
    const first = kernel.singleNode(problem)
    kernel.singleNode(randomProblem(random(8), 7))
    expect(kernel.singleNode(problem)).toEqual(first)
  })
})
