/** Among plans that cost the same, drained nodes are empty as early as can be. */
import { describe, expect, it } from 'vitest'
import { check } from '../../src/check/check.js'
import { quota, seeds } from '../cases.js'
import { flavourOf, type ProblemParts, planOf, problemOf, randomProblem } from './problems.js'

const both = ['timeline', 'rounds'] as const

describe('ties', () => {
  it.each<[string, ProblemParts, Record<string, number>]>([
    [
      'the quicker of two nodes goes first',
      { nodes: ['A', 'B', 'C'], vms: ['a@A', 'b@B 3000'], request: { drain: ['A', 'B'] } },
      { A: 10, B: 40 },
    ],
    [
      'whatever they are called',
      { nodes: ['B', 'A', 'C'], vms: ['a@A 3000', 'b@B'], request: { drain: ['A', 'B'] } },
      { A: 40, B: 10 },
    ],
    [
      'three nodes by their work',
      {
        nodes: ['A', 'B', 'C', 'D'],
        vms: ['a@A 2000', 'a2@A 2000', 'b@B', 'c@C 3000'],
        request: { drain: ['A', 'B', 'C'] },
      },
      { B: 10, C: 40, A: 80 },
    ],
    [
      'a move that leaves no drained node waits',
      { nodes: ['A', 'B', 'C'], vms: ['a@A', 'b@B 3000'], request: { drain: ['A'], moves: ['b>C'] } },
      { A: 10 },
    ],
    [
      'a node whose VMs are saved goes by its last save',
      {
        nodes: ['A', 'B', 'C'],
        vms: ['a@A', 'b@B 3000'],
        request: { drain: [{ node: 'A', mode: 'save' }, 'B'] },
        policy: { saveMiBps: 100 },
      },
      { A: 10, B: 30 },
    ],
  ])('%s', async (_, parts, drained) => {
    for (const schedule of both) {
      // The planner picks the target itself: C has no rival.
      const problem = problemOf(parts)
      const plan = await planOf(problem, { schedule })
      expect(check(problem, plan)).toEqual([])
      expect(plan.status).toBe('optimal')
      expect(Object.fromEntries(plan.drained.map((d) => [d.node, d.atSeconds]))).toEqual(drained)
    }
  })

  it('cost nothing: plans are as good as without, and their nodes empty no later', async () => {
    let earlier = 0
    for (const seed of seeds(220)) {
      const flavour = { ...flavourOf(5, 'drain', 'groups'), memory: seed % 2 === 0, windows: seed % 3 === 0 }
      const problem = randomProblem(seed * 31, flavour)
      const schedule = both[seed % 2]
      const without = { planner: { remedies: false, tieShare: 0, tieLeastWork: 1 } }
      const plain = await planOf(problem, { schedule, parameters: without })
      const plan = await planOf(problem, { schedule })
      expect(check(problem, plan)).toEqual([])
      expect(plan.cost).toBeLessThanOrEqual(plain.cost + 1e-9)
      const sum = (of: typeof plan) => of.drained.reduce((total, d) => total + d.atSeconds, 0)
      if (plan.cost < plain.cost - 1e-9 || plan.drained.length !== plain.drained.length) continue
      expect(sum(plan), problem.name).toBeLessThanOrEqual(sum(plain) + 1e-9)
      if (sum(plan) < sum(plain) - 1e-9) earlier++
    }
    expect(earlier).toBeGreaterThanOrEqual(quota(4))
  })
})
