import { describe, expect, it } from 'vitest'
import { createInlineLpService } from '../../../src/lp/service.js'
import type { Problem } from '../../../src/model/problem.js'
import { gapsBetween, Packing } from '../../../src/solver/assignment/packing.js'
import { proveAssignment } from '../../../src/solver/assignment/prove.js'
import { earliestEnds } from '../../../src/solver/bounds/plan-bound.js'
import { quota, seeds } from '../../cases.js'
import { bruteForce } from '../brute-force.js'
import { createLyingLpService, LIES } from '../lying-lp.js'
import { newRun, partsOf } from '../parts.js'
import { problemOf, randomProblem } from '../problems.js'

async function proofs(problem: Problem, cutoff: number, lp = createInlineLpService()) {
  const { instance, forbidden, open, availability } = partsOf(problem)
  const earliestEnd = earliestEnds(instance, forbidden, open)
  const options = { objective: 'cost', spare: 0, low: 0, cutoff, work: 4000 } as const
  const assignment = { instance, wishes: open, availability, earliestEnd }
  const counted = await proveAssignment(assignment, lp, newRun(), options)
  const packing = new Packing(instance, forbidden, open, instance.horizon)
  const packed = await proveAssignment(assignment, lp, newRun(), { ...options, packing })
  await lp.close()
  return { counted: counted?.bound ?? 0, packed: packed?.bound ?? 0 }
}

describe('packing between windows', () => {
  it('gaps are what windows leave', () => {
    expect(gapsBetween(new Int32Array(0))).toEqual([{ start: 0, end: Number.POSITIVE_INFINITY }])
    expect(gapsBetween(Int32Array.of(0, 5, 9, 12))).toEqual([
      { start: 5, end: 9 },
      { start: 12, end: Number.POSITIVE_INFINITY },
    ])
    expect(gapsBetween(Int32Array.of(0, 5, 9, 12), 12)).toEqual([{ start: 5, end: 9 }])
  })

  it('a gap holds what some set of migrations fills, and no more', () => {
    // 30 s, 35 s and 50 s to B; to C, with half the bandwidth for each of two, twice as long.
    const problem = problemOf({
      nodes: ['A 20000', 'B', { id: 'C', slots: 2 }],
      vms: [3000, 3500, 5000].map((memoryMiB, i) => ({ id: `v${i}`, node: 'A', memoryMiB })),
      request: { drain: ['A'] },
      policy: { setupSeconds: 0, wideMigrations: false },
    })
    const { instance, forbidden, open } = partsOf(problem)
    const fills = (node: number, ...seconds: number[]) =>
      seconds.map(
        (s) =>
          new Packing(instance, forbidden, open, instance.horizon).fill(node, { start: 0, end: s * 1000 }) /
          1000,
      )
    expect(fills(0, 29, 34, 49.999, 64, 65, 79, 84.5, 200)).toEqual([0, 30, 35, 60, 65, 70, 80, 200])
    expect(fills(2, 59, 64, 71)).toEqual([0, 120, 140])
  })

  it('never proves more than the best plan costs', async () => {
    const lies = Object.values(LIES)
    let compared = 0
    let raised = 0
    for (const seed of seeds(160)) {
      const flavour = {
        vms: 4,
        request: 'drain',
        memory: seed % 2 === 0,
        windows: true,
        rules: true,
        parking: false,
      } as const
      const problem = randomProblem(seed * 13, flavour)
      const { best } = bruteForce(problem, 'timeline')
      if (best.unplaced > 0 || partsOf(problem).open.length === 0) continue
      const optimum = Math.round(best.cost * 1000)
      const lie = seed % 4 === 0 ? lies[seed % lies.length] : undefined
      const lp = lie === undefined ? undefined : createLyingLpService(lie, seed)
      const { counted, packed } = await proofs(problem, optimum + 3000, lp)
      expect(packed, problem.name).toBeLessThanOrEqual(optimum)
      compared++
      if (packed > counted) raised++
    }
    expect(compared).toBeGreaterThan(quota(40))
    expect(raised).toBeGreaterThan(0)
  })

  it('sees that a gap of 50 s holds one migration of 30 s, where counting thinks of five thirds', async () => {
    const problem = problemOf({
      nodes: [{ id: 'A', slots: 3 }, 'B', 'C'],
      vms: ['a', 'b', 'c'].map((id) => ({ id, node: 'A', memoryMiB: 1000 })),
      windows: ['B', 'C'].map((node) => ({ node, start: 50, end: 300 })),
      request: { drain: ['A'] },
      policy: { setupSeconds: 0, wideMigrations: false },
    })
    const { counted, packed } = await proofs(problem, 900_000)
    expect(counted).toBe(310_000)
    expect(packed).toBe(330_000)
    expect(bruteForce(problem, 'timeline').best.cost).toBe(330)
  })
})
