import { describe, expect, it } from 'vitest'
import { createInlineLpService } from '../../../src/lp/service.js'
import type { Problem } from '../../../src/model/problem.js'
import { proveAssignment } from '../../../src/solver/assignment/prove.js'
import { refineBound } from '../../../src/solver/assignment/refine.js'
import { earliestEnds } from '../../../src/solver/bounds/plan-bound.js'
import { quota, seeds } from '../../cases.js'
import { bruteForce } from '../brute-force.js'
import { kernel, newRun, partsOf } from '../parts.js'
import { flavourOf, problemOf, randomProblem } from '../problems.js'

async function refined(problem: Problem, cutoff: number) {
  const { instance, forbidden, open, availability } = partsOf(problem)
  const lp = createInlineLpService()
  const run = newRun()
  const refinement = { instance, kernel, lp, run, forbidden, wishes: open, spare: 0, work: 4000 }
  const { bound } = await refineBound(refinement, 'cost', 0, cutoff)
  const earliestEnd = earliestEnds(instance, forbidden, open)
  const assignment = { instance, wishes: open, availability, earliestEnd }
  const proof = await proveAssignment(assignment, lp, run, {
    objective: 'cost',
    spare: 0,
    low: 0,
    cutoff,
    work: 4000,
  })
  await lp.close()
  return { bound, alone: proof?.bound ?? 0 }
}

describe('refined bounds', () => {
  it('never exceed the optimum', async () => {
    let compared = 0
    let reached = 0
    for (const seed of seeds(150)) {
      const flavour = flavourOf(4, 'drain', 'windows', 'rules')
      const problem = randomProblem(seed * 11, flavour)
      const { best } = bruteForce(problem, 'timeline')
      if (best.unplaced > 0 || partsOf(problem).open.length === 0) continue
      const optimum = Math.round(best.cost * 1000)
      const { bound } = await refined(problem, optimum + 3000)
      expect(bound, problem.name).toBeLessThanOrEqual(optimum)
      compared++
      if (bound > optimum - 2) reached++
    }
    expect(compared).toBeGreaterThan(quota(40))
    expect(reached).toBeGreaterThan(0.7 * compared)
  })

  it('see that migrations do not fit between the windows of a node', async () => {
    // Three of 30 s on A, which is open for 50 s before its window: only one fits there, whatever the targets.
    const problem = problemOf({
      nodes: ['A', 'B', 'C'],
      vms: ['a', 'b', 'c'].map((id) => ({ id, node: 'A', memoryMiB: 3000 })),
      windows: [{ node: 'A', start: 50, end: 100 }],
      request: { drain: ['A'] },
      policy: { setupSeconds: 0 },
    })
    const { bound, alone } = await refined(problem, 400_000)
    expect(alone).toBe(140_000)
    expect(bound).toBe(160_000)
  })
})
