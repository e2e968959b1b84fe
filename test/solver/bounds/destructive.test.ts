import { describe, expect, it } from 'vitest'
import type { ExactSearch } from '../../../src/kernel/types.js'
import type { Problem } from '../../../src/model/problem.js'
import { destructiveBound, legsAreForced } from '../../../src/solver/bounds/destructive.js'
import { legsOf, scheduleProblemOf } from '../../../src/solver/schedule/legs.js'
import { quota, seeds } from '../../cases.js'
import { bruteForce } from '../brute-force.js'
import { kernel, newRun, partsOf } from '../parts.js'
import { problemOf, randomProblem } from '../problems.js'

function legsOfProblem(problem: Problem) {
  const { instance, forbidden, open } = partsOf(problem)
  const decisions = open.map((w) => ({ choice: w.choices[0], parking: -1 }))
  return { instance, forbidden, open, legs: legsOf(instance, open, decisions) }
}

async function boundOf(problem: Problem, failures: number, high?: number, low = 0, grid = 1) {
  const { instance, forbidden, legs } = legsOfProblem(problem)
  const search = kernel.createExactSearch(scheduleProblemOf(instance, forbidden, legs))
  const hint = new Int32Array(legs.length).fill(-1)
  try {
    return await destructiveBound(search, newRun(), {
      low,
      high: high ?? instance.horizon,
      grid,
      hint,
      failures,
      pairs: 1,
    })
  } finally {
    search.dispose()
  }
}

/** An answer for each target, without a kernel. */
function scripted(optimum: number, asked: number[], stubborn = 0): ExactSearch {
  let now = 0
  return {
    begin: ({ target }) => {
      now = target
      asked.push(target)
    },
    run: (failures) => {
      const start = Int32Array.of(now)
      if (now >= optimum) return { status: 'found', start, failures: 0, nodes: 1 }
      const status = now >= optimum - stubborn ? 'limit' : 'refuted'
      return { status, start: new Int32Array(0), failures: status === 'limit' ? failures : 1, nodes: 1 }
    },
    rootBound: (low) => low,
    dispose: () => {},
  }
}

/** From 1,000 up to 9,000 unless said otherwise. */
const boundBy = (
  search: ExactSearch,
  given: { high?: number; grid?: number; failures: number },
  run = newRun(),
) =>
  destructiveBound(search, run, {
    low: 1000,
    high: 9000,
    grid: 1,
    hint: Int32Array.of(-1),
    pairs: 1,
    ...given,
  })

describe('destructive improvement', () => {
  it('bisects to the optimum where searches answer', async () => {
    const asked: number[] = []
    const found = await boundBy(scripted(7300, asked), { failures: 600 })
    expect(found).toMatchObject({ bound: 7300, high: 7300 })
    expect(found.start).toEqual(Int32Array.of(7300))
    expect(asked.length).toBeLessThanOrEqual(14)
    expect(found.failures).toBeLessThanOrEqual(600)
  })

  it('stays on the grid', async () => {
    const asked: number[] = []
    const found = await boundBy(scripted(7300, asked), { grid: 100, failures: 600 })
    expect(found).toMatchObject({ bound: 7300, high: 7300 })
    expect(asked.every((t) => t % 100 === 0)).toBe(true)
    expect(asked.length).toBeLessThanOrEqual(7)
  })

  it('finds the greatest target that short searches refute, and spends no more than it may', async () => {
    const asked: number[] = []
    const search = scripted(7300, asked, 500)
    const found = await boundBy(search, { high: 7300, grid: 100, failures: 240 })
    expect(found).toMatchObject({ bound: 6800, start: undefined, high: 7300 })
    const run = newRun()
    const little = await boundBy(scripted(7300, [], 6000), { high: 7300, failures: 30 }, run)
    expect(little.bound).toBeLessThanOrEqual(1301)
    expect(little.failures).toBeLessThanOrEqual(30)
    expect(run.counters.failures).toBe(little.failures)
  })

  it('only propagates without failures to spend, and after an abort', async () => {
    const asked: number[] = []
    const root = { ...scripted(7300, asked), rootBound: () => 2501 }
    expect(await boundBy(root, { grid: 100, failures: 0 })).toMatchObject({ bound: 2600 })
    const stopped = newRun({ signal: AbortSignal.abort() })
    expect(await boundBy(root, { grid: 100, failures: 900 }, stopped)).toMatchObject({ bound: 2600 })
    expect(asked).toEqual([])
  })

  it('sees what one node cannot do around its windows', async () => {
    const problem = problemOf({
      nodes: ['A', 'B', 'C', 'D'],
      vms: [7, 7, 4].map((_, i) => ({ id: `v${i}`, node: 'A' })),
      windows: [{ node: 'A', start: 10, end: 12 }],
      request: { moves: [7, 7, 4].map((s, i) => ({ vm: `v${i}`, to: 'BCD'[i], durationSeconds: s })) },
    })
    expect((await boundOf(problem, 200, 30_000)).bound).toBe(23_000)
  })

  it('holds for plans only where each has the same legs', () => {
    const problem = problemOf({
      nodes: ['A', 'B', 'C'],
      vms: ['v0@A', 'v1@B'],
      request: { moves: ['v0>B', 'v1>C'] },
    })
    const { open, legs } = legsOfProblem(problem)
    expect(legsAreForced(open, legs)).toBe(true)
    expect(legsAreForced(open, legs.slice(1))).toBe(false)
    expect(legsAreForced(open, [{ ...legs[0], parking: true }, legs[1]])).toBe(false)
    expect(legsAreForced(open, [legs[0], { ...legs[1], predecessor: 0 }])).toBe(false)
    expect(legsAreForced([open[0], { ...open[1], makesRoom: true }], legs)).toBe(false)
    const { choices } = open[1]
    expect(legsAreForced([open[0], { ...open[1], choices: [...choices, ...choices] }], legs)).toBe(false)
  })

  it('never exceeds the optimum, and nearly always meets it on tiny problems', async () => {
    let compared = 0
    let met = 0
    let found = 0
    for (const seed of seeds(250)) {
      const problem = randomProblem(seed * 61, {
        vms: 5,
        request: 'moves',
        memory: seed % 2 === 0,
        windows: true,
        rules: false,
        parking: false,
      })
      const { open, legs } = legsOfProblem(problem)
      const optimum = bruteForce(problem, 'timeline').leastMakespan(0)
      if (legs.length === 0 || !legsAreForced(open, legs) || !Number.isFinite(optimum)) continue
      const root = await boundOf(problem, 0)
      const searched = await boundOf(problem, 300)
      expect(root.bound / 1000, problem.name).toBeLessThanOrEqual(optimum + 1e-9)
      expect(searched.bound / 1000, problem.name).toBeLessThanOrEqual(optimum + 1e-9)
      expect(searched.bound).toBeGreaterThanOrEqual(root.bound)
      expect(searched.high / 1000).toBeGreaterThanOrEqual(optimum - 1e-9)
      compared++
      if (searched.bound / 1000 > optimum - 1e-9) met++
      if (searched.start !== undefined) found++
    }
    expect(compared).toBeGreaterThan(quota(80))
    expect(met).toBeGreaterThan(0.9 * compared)
    expect(found).toBeGreaterThan(0.5 * compared)
  })
})
