import { describe, expect, it } from 'vitest'
import type { ExactRun, ExactSearch, ScheduleProblem } from '../../src/kernel/types.js'
import { quota, seeds } from '../cases.js'
import { kernelBuilds } from './builds.js'
import {
  addPrecedences,
  below,
  plainProblem,
  type Random,
  random,
  withHeld,
  withTransfers,
} from './schedule-problems.js'
import { faults, leastMakespan } from './twins/exact.js'

const PROBLEMS = 3000

/** Lists of forbidden intervals among the first `span` ticks. */
function forbid(problem: ScheduleProblem, next: Random, span: number): void {
  const classes = 1 + below(next, 3)
  const lists = Array.from({ length: classes }, () => {
    const list: number[] = []
    let tick = below(next, 4) - 1
    for (let i = below(next, 4); i > 0 && tick < span; i--) {
      const end = tick + 1 + below(next, 3)
      list.push(tick, end)
      tick = end + 1 + below(next, 5)
    }
    return list
  })
  problem.forbiddenOffset = Int32Array.from([
    0,
    ...lists.map((_, c) => lists.slice(0, c + 1).flat().length / 2),
  ])
  problem.forbidden = Int32Array.from(lists.flat())
  problem.forbiddenClass = problem.forbiddenClass.map(() => below(next, classes))
}

/** Few enough tasks and ticks to try every start; each trait in some problems, often several at once. */
function tinyProblem(next: Random): ScheduleProblem {
  const some = (share: number): boolean => next() < share
  const traits = {
    slots: some(0.4),
    windows: some(0.4),
    chains: some(0.4),
    memory: some(0.4),
    holes: some(0.3),
  }
  const n = below(next, traits.memory ? 6 : 7)
  const nodes = 2 + below(next, 3)
  const longest = 1 + below(next, 4)
  const problem = plainProblem(next, n, nodes)
  problem.horizon = 6 + below(next, traits.memory ? 5 : 8)
  problem.duration = problem.duration.map((d) => 1 + (d % longest))
  if (traits.slots) problem.capacity = problem.capacity.map(() => 1 + below(next, 3))
  if (traits.windows) forbid(problem, next, problem.horizon)
  for (let i = 0; i < n; i++) {
    if (traits.holes && some(0.2)) problem.duration[i] = 0
    if (traits.holes && some(0.3)) problem.resourceA[i] = -1
    if (traits.holes && some(0.3)) problem.resourceB[i] = -1
    if (traits.chains && i > 0 && some(0.3)) problem.predecessor[i] = below(next, i)
  }
  if (traits.chains && some(0.5)) addPrecedences(problem, next, [...problem.duration.keys()])
  if (traits.memory) {
    const apart = some(0.3)
    problem.memoryNodeCount = nodes
    problem.freeMemory = Float64Array.from({ length: nodes }, () => below(next, 8) - Number(some(0.1)))
    for (let i = 0; i < n; i++) {
      problem.memory[i] = below(next, 6)
      problem.memoryFrom[i] = apart ? below(next, nodes + 1) - 1 : problem.resourceA[i]
      problem.memoryTo[i] = apart ? below(next, nodes + 1) - 1 : problem.resourceB[i]
    }
  }
  return problem
}

function solve(search: ExactSearch, problem: ScheduleProblem, target: number, mirror: boolean): ExactRun {
  search.begin({ target, hint: new Int32Array(problem.taskCount).fill(-1), mirror })
  return search.run(100_000)
}

describe.each(kernelBuilds)('exact search against every schedule there is, $name build', ({ kernel }) => {
  it('finds a schedule where there is one, and refutes where there is none', () => {
    let open = 0
    for (const seed of seeds(PROBLEMS)) {
      const next = random(seed)
      const ordinary = tinyProblem(next)
      const listed = seed % 3 === 0 ? withHeld(ordinary, next) : ordinary
      const problem = seed % 5 === 0 ? withTransfers(listed, next) : listed
      const least = leastMakespan(problem)
      const search = kernel.createExactSearch(problem)
      const from = least === undefined ? problem.horizon - 1 : least - 3
      const to = least === undefined ? problem.horizon + 2 : least + 3
      for (let target = from; target <= to; target++) {
        const run = solve(search, problem, target, seed % 2 === 0)
        const what = `seed ${seed}, target ${target}, least ${least}`
        expect(run.status, what).toBe(least !== undefined && target >= least ? 'found' : 'refuted')
        if (run.status === 'found') expect(faults(problem, run.start, target), what).toEqual([])
        else expect(run.start.length, what).toBe(0)
        if (run.nodes > 0) open++
      }
      const high = least ?? problem.horizon
      expect(search.rootBound(0, high), `seed ${seed}`).toBeLessThanOrEqual(high)
      if (least !== undefined)
        expect(search.rootBound(0, least + 5), `seed ${seed}`).toBeLessThanOrEqual(least)
      search.dispose()
    }
    expect(open, 'runs that had to decide something').toBeGreaterThan(quota(PROBLEMS / 2))
  })
})
