import { describe, expect, it } from 'vitest'
import { KernelError } from '../../src/errors.js'
import type { ExactRun, ExactSearch, ScheduleProblem } from '../../src/kernel/types.js'
import { quota, seeds } from '../cases.js'
import { kernelBuilds } from './builds.js'
import { below, mixedProblem, plainProblem, type Random, random, shuffled } from './schedule-problems.js'
import { faults } from './twins/exact.js'

/** Jobs × machines, every row and column of the same sum, so that the loads bound nothing but that sum. */
function openShop(next: Random, size: number, layers: number): ScheduleProblem {
  const problem = plainProblem(next, size * size, 2 * size)
  problem.duration.fill(0)
  for (let i = 0; i < size * size; i++) {
    problem.resourceA[i] = Math.floor(i / size)
    problem.resourceB[i] = size + (i % size)
  }
  for (let layer = 0; layer < layers; layer++) {
    const amount = 1 + below(next, 100)
    shuffled(next, size).forEach((machine, job) => {
      problem.duration[job * size + machine] += amount
    })
  }
  return problem
}

function rowSum(problem: ScheduleProblem): number {
  return problem.duration.reduce((sum, d, i) => sum + (problem.resourceA[i] === 0 ? d : 0), 0)
}

function noHint(problem: ScheduleProblem): Int32Array {
  return new Int32Array(problem.taskCount).fill(-1)
}

/** Grants failures in slices until the search knows, or has had `most` of them. */
function inSlices(search: ExactSearch, slice: number, most: number): ExactRun {
  const total = { failures: 0, nodes: 0 }
  while (true) {
    const run = search.run(Math.min(slice, most - total.failures))
    expect(run.failures).toBeLessThanOrEqual(slice)
    total.failures += run.failures
    total.nodes += run.nodes
    if (run.status !== 'limit' || total.failures >= most) return { ...run, ...total }
  }
}

function makespan(problem: ScheduleProblem, start: Int32Array): number {
  return start.reduce((latest, s, i) => Math.max(latest, s + problem.duration[i]), 0)
}

/** Shortest schedule's makespan, by refuting one tick less than each that is found. */
function optimum(search: ExactSearch, problem: ScheduleProblem, mirror: boolean): number {
  let hint = noHint(problem)
  let target = problem.horizon
  while (true) {
    search.begin({ target, hint, mirror })
    const run = search.run(200_000)
    if (run.status === 'refuted') return target + 1
    expect(run.status).toBe('found')
    expect(faults(problem, run.start, target)).toEqual([])
    hint = run.start
    target = makespan(problem, run.start) - 1
  }
}

describe.each(kernelBuilds)('exact search, $name build', ({ kernel, name }) => {
  it('gives the same answers in slices of any size', () => {
    const next = random(11)
    const statuses = new Set<string>()
    let mostFailures = 0
    for (let i = 0; i < 8; i++) {
      const problem = openShop(next, 6, i % 2 === 0 ? 4 : 20)
      const target = rowSum(problem)
      const runs = [1, 7, 1000, 1e6].map((slice) => {
        const search = kernel.createExactSearch(problem)
        search.begin({ target, hint: noHint(problem), mirror: true })
        return inSlices(search, slice, 3000)
      })
      for (const run of runs) expect(run).toEqual(runs[0])
      statuses.add(runs[0].status)
      mostFailures = Math.max(mostFailures, runs[0].failures)
    }
    expect(statuses).toContain('found')
    expect(statuses).toContain('refuted')
    expect(mostFailures, 'past the first restart').toBeGreaterThan(300)
  })

  it('gives the same optimum with the mirror cut and without', () => {
    const next = random(5)
    for (let i = 0; i < 10; i++) {
      const problem = openShop(next, 4, 5)
      const search = kernel.createExactSearch(problem)
      expect(optimum(search, problem, true)).toBe(optimum(search, problem, false))
    }
  })

  it('does not turn time round where a forbidden interval gives it a direction', () => {
    // Only one of the two orders ends by 21, and hints for the other would have the cut fix it.
    const problem = plainProblem(random(1), 2, 2)
    problem.duration.set([10, 11])
    problem.forbiddenOffset = Int32Array.of(0, 0, 1)
    problem.forbidden = Int32Array.of(0, 10)
    problem.forbiddenClass.set([0, 1])
    const search = kernel.createExactSearch(problem)
    for (const hint of [Int32Array.of(0, 10), Int32Array.of(11, 0), noHint(problem)]) {
      search.begin({ target: 21, hint, mirror: true })
      expect([...search.run(10).start]).toEqual([0, 10])
      search.begin({ target: 20, hint, mirror: true })
      expect(search.run(10).status).toBe('refuted')
    }
  })

  it('follows an incumbent without a failure while ratings say nothing', () => {
    const next = random(21)
    for (let i = 0; i < 10; i++) {
      const problem = openShop(next, 7, 8)
      const scheduler = kernel.createScheduler(problem)
      const { start } = scheduler.evaluate(shuffled(next, problem.taskCount), 'serial')
      const search = kernel.createExactSearch(problem)
      search.begin({ target: makespan(problem, start), hint: start })
      const run = search.run(1)
      expect(run).toMatchObject({ status: 'found', failures: 0 })
      expect(faults(problem, run.start, makespan(problem, start))).toEqual([])
    }
  })

  it('never contradicts a schedule that is there, whatever the problem', () => {
    let improved = 0
    let refuted = 0
    for (const seed of seeds(250)) {
      const next = random(seed)
      const problem = mixedProblem(next, 14)
      const scheduler = kernel.createScheduler(problem)
      const known = scheduler.evaluate(shuffled(next, problem.taskCount), 'event')
      if (known.unscheduledWeight > 0) continue
      const search = kernel.createExactSearch(problem)
      const bound = search.rootBound(0, known.makespan)
      search.begin({ target: known.makespan, hint: known.start, mirror: true })
      let run = search.run(50_000)
      let best = known.makespan
      expect(run.status, `seed ${seed}`).toBe('found')
      while (run.status === 'found') {
        expect(faults(problem, run.start, best), `seed ${seed}`).toEqual([])
        best = makespan(problem, run.start)
        expect(bound, `seed ${seed}`).toBeLessThanOrEqual(best)
        if (best < known.makespan) improved++
        search.begin({ target: best - 1, hint: run.start, mirror: true })
        run = search.run(500)
        if (run.status === 'refuted') refuted++
      }
    }
    expect(improved).toBeGreaterThan(quota(20))
    expect(refuted).toBeGreaterThan(quota(60))
  })

  it('extends its region of levels as the search goes deep', () => {
    const problem = openShop(random(3), name === 'debug' ? 12 : 16, 12)
    const search = kernel.createExactSearch(problem)
    search.begin({ target: 4 * rowSum(problem), hint: noHint(problem) })
    let run = search.run(1)
    let nodes = run.nodes
    while (run.status === 'limit') {
      run = search.run(1)
      nodes += run.nodes
    }
    expect(run.status).toBe('found')
    expect(nodes, 'more levels than the first region holds').toBeGreaterThan(64)
    expect(faults(problem, run.start, 4 * rowSum(problem))).toEqual([])
  })

  it('orders tasks that differ in nothing from the start', () => {
    const problem = plainProblem(random(1), 13, 2)
    problem.duration.fill(100)
    problem.capacity.fill(3)
    const search = kernel.createExactSearch(problem)
    search.begin({ target: 499, hint: noHint(problem) })
    expect(search.run(1000).status).toBe('refuted')
    search.begin({ target: 500, hint: noHint(problem) })
    const run = search.run(1000)
    expect(run.status).toBe('found')
    expect(faults(problem, run.start, 500)).toEqual([])
    expect(run.start.toSorted()).toEqual(run.start)
  })

  it('answers at the largest ticks', () => {
    const problem = plainProblem(random(1), 3, 2)
    problem.duration.set([0x3fff_fff8, 0x3fff_fff8, 0])
    const search = kernel.createExactSearch(problem)
    search.begin({ target: Number.POSITIVE_INFINITY, hint: noHint(problem) })
    expect(makespan(problem, search.run(1).start)).toBe(0x7fff_fff0)
    search.begin({ target: 0x7fff_ffef, hint: noHint(problem) })
    expect(search.run(1).status).toBe('refuted')
    expect(search.rootBound(0, 0x7fff_fff0)).toBe(0x7fff_fff0)
  })

  it('answers where there is nothing to schedule, and nothing can end in time', () => {
    const search = kernel.createExactSearch(plainProblem(random(1), 0, 2))
    search.begin({ target: 0, hint: new Int32Array(0) })
    expect(search.run(1)).toEqual({ status: 'found', start: new Int32Array(0), failures: 0, nodes: 0 })
    search.begin({ target: -1, hint: new Int32Array(0) })
    expect(search.run(1).status).toBe('refuted')
    expect(search.run(1).status).toBe('refuted')
  })

  it('says what it was asked wrongly', () => {
    const problem = openShop(random(1), 3, 3)
    const search = kernel.createExactSearch(problem)
    expect(() => search.run(1)).toThrow(/has not begun/)
    expect(() => search.begin({ target: 1, hint: new Int32Array(2) })).toThrow(/hint has 2 entries/)
    expect(() => search.begin({ target: Number.NaN, hint: noHint(problem) })).toThrow(KernelError)
    search.begin({ target: 1, hint: noHint(problem) })
    expect(() => search.run(0)).toThrow(/failures ≥ 1/)
    expect(() => search.rootBound(2, 1)).toThrow(/low ≤ high: 2, 1/)
    search.rootBound(0, 10)
    expect(() => search.run(1), 'the bound has ended the search').toThrow(/has not begun/)
    search.dispose()
    expect(() => search.begin({ target: 1, hint: noHint(problem) })).toThrow(/disposed/)
    expect(() => kernel.createExactSearch({ ...problem, horizon: -1 })).toThrow(/horizon is -1/)
  })
})
