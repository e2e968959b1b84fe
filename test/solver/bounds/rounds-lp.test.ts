import { afterAll, describe, expect, it } from 'vitest'
import { createInlineLpService } from '../../../src/lp/service.js'
import type { LpService } from '../../../src/lp/types.js'
import type { Problem } from '../../../src/model/problem.js'
import { type RoundsLpResult, roundsLpBound } from '../../../src/solver/bounds/rounds-lp.js'
import { searchRounds } from '../../../src/solver/rounds/exact.js'
import type { RoundsProblem } from '../../../src/solver/rounds/problem.js'
import { roundsProblemOf } from '../../../src/solver/rounds/solve.js'
import { legsOf } from '../../../src/solver/schedule/legs.js'
import { quota, seeds } from '../../cases.js'
import { createLyingLpService, LIES } from '../lying-lp.js'
import { kernel, newRun, partsOf } from '../parts.js'
import { type ProblemParts, randomProblem } from '../problems.js'

const lp = createInlineLpService()
afterAll(() => lp.close())

function roundsProblem(problem: Problem | ProblemParts): RoundsProblem {
  const { instance, forbidden, open } = partsOf(problem)
  const decisions = open.map((w) => ({ choice: w.choices[0], parking: -1 }))
  return roundsProblemOf(instance, forbidden, legsOf(instance, open, decisions))
}

function bound(problem: RoundsProblem, enough: number, cells: number, service: LpService = lp) {
  const options = { known: 1, enough, cells, maxSolves: 200, rounds: [] }
  return roundsLpBound(kernel, service, newRun(), problem, options)
}

async function optimumOf(problem: RoundsProblem): Promise<number | undefined> {
  const found = await searchRounds(problem, { upper: 2 ** 30, steps: 3_000_000 })
  return found.status === 'found' ? found.bound : undefined
}

/** No set of tasks that fits a round is dearer than its longest task: all sets are tried. */
function pricesHold(problem: RoundsProblem, prices: Float64Array): boolean {
  const { duration, resourceA, resourceB, capacity } = problem.problem
  for (let set = 1; set < 1 << problem.taskCount; set++) {
    const inUse = new Int32Array(capacity.length)
    let sum = 0
    let longest = 0
    for (let i = 0; i < problem.taskCount; i++) {
      if (((set >> i) & 1) === 0) continue
      sum += prices[i]
      longest = Math.max(longest, duration[i])
      if (resourceA[i] >= 0) inUse[resourceA[i]]++
      if (resourceB[i] >= 0) inUse[resourceB[i]]++
    }
    if (inUse.every((used, r) => used <= capacity[r]) && sum > longest) return false
  }
  return true
}

const random = (seed: number, windows: boolean) =>
  roundsProblem(
    randomProblem(seed * 271, {
      vms: 6,
      request: 'moves',
      memory: seed % 5 === 0,
      windows,
      rules: seed % 3 === 0,
      parking: false,
    }),
  )

describe('the LP over rounds', () => {
  it('sees that long and short migrations do not share a round well', async () => {
    // A → B: 10, 1. C → D: 9, 2. Node load says 11.
    const seconds = [10, 1, 9, 2]
    const problem = roundsProblem({
      nodes: ['A', 'B', 'C', 'D'],
      vms: seconds.map((_, i) => ({ id: `v${i}`, node: i < 2 ? 'A' : 'C' })),
      request: {
        moves: seconds.map((durationSeconds, i) => ({ vm: `v${i}`, to: i < 2 ? 'B' : 'D', durationSeconds })),
      },
    })
    const { bound: makespan, used } = await bound(problem, 100_000, 1)
    expect(makespan).toBe(12_000)
    expect(used.length).toBe(2)
  })

  it('adds windows that no round can make use of', async () => {
    // Both nodes are closed for 40 of the first 50 seconds; each gap holds one of the two.
    const problem = roundsProblem({
      nodes: ['A', 'B'],
      vms: [0, 1].map((i) => ({ id: `v${i}`, node: 'A' })),
      windows: [{ node: 'A', start: 10, end: 50 }],
      request: { moves: [0, 1].map((i) => ({ vm: `v${i}`, to: 'B', durationSeconds: 8 })) },
    })
    expect((await bound(problem, 200_000, 1)).bound).toBe(16_000)
    expect((await bound(problem, 200_000, 2)).bound).toBeGreaterThan(50_000)
    expect((await bound(problem, 58_000, 8)).bound).toBeGreaterThan(50_000)
  })

  it('never exceeds the optimum, with few cells or many, and is often that', async () => {
    let met = 0
    let looked = 0
    for (const seed of seeds(400)) {
      const problem = random(seed, seed % 2 === 0)
      if (problem.taskCount < 2) continue
      const optimum = await optimumOf(problem)
      if (optimum === undefined || optimum === 0 || problem.roomWithinRound) continue
      for (const cells of [1, 4, 12]) {
        const result: RoundsLpResult = await bound(problem, optimum + 5000, cells)
        expect(result.bound, `${seed} with ${cells} cells`).toBeLessThanOrEqual(optimum)
        if (result.prices !== undefined) expect(pricesHold(problem, result.prices), `${seed}`).toBe(true)
        looked++
        if (result.bound === optimum) met++
      }
    }
    expect(looked).toBeGreaterThan(quota(500))
    expect(met / looked).toBeGreaterThan(0.5)
  })

  it.each(Object.keys(LIES))('stays true when the LP is not: %s', async (name) => {
    for (let seed = 1; seed <= 12; seed++) {
      const problem = random(seed * 7, true)
      if (problem.taskCount < 2) continue
      const optimum = await optimumOf(problem)
      if (optimum === undefined || optimum === 0 || problem.roomWithinRound) continue
      const service = createLyingLpService(LIES[name], seed)
      const result = await bound(problem, optimum + 5000, 6, service)
      await service.close()
      expect(result.bound).toBeLessThanOrEqual(optimum)
      if (result.prices !== undefined) expect(pricesHold(problem, result.prices)).toBe(true)
    }
  })
})
