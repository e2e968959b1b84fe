import { describe, expect, it } from 'vitest'
import { limitBound } from '../../../src/solver/bounds/limit.js'
import { makespanAndCostBound } from '../../../src/solver/bounds/plan-bound.js'
import { bruteForce } from '../brute-force.js'
import { partsOf } from '../parts.js'
import { problemOf, randomProblem } from '../problems.js'

/** Moves of so many seconds, each between two nodes of its own. */
const apart = (seconds: number[], parts: Partial<Parameters<typeof problemOf>[0]> = {}) =>
  problemOf({
    nodes: seconds.flatMap((_, i) => [`A${i}`, `B${i}`]),
    vms: seconds.map((_, i) => ({ id: `v${i}`, node: `A${i}` })),
    request: { moves: seconds.map((durationSeconds, i) => ({ vm: `v${i}`, to: `B${i}`, durationSeconds })) },
    ...parts,
  })

function boundOf(problem: ReturnType<typeof problemOf>) {
  const { instance, forbidden, availability, open } = partsOf(problem)
  return makespanAndCostBound(instance, forbidden, availability, open, [], 0)
}

describe('the bound of a limit of the cluster', () => {
  it.each([
    ['the sum shared out', [10, 10, 10, 10], 2, 20],
    ['three of one length on two', [10, 10, 10], 2, 20],
    ['five of one length on two', [10, 10, 10, 10, 10], 2, 30],
    ['one after another', [7, 5, 3], 1, 15],
    ['the longest of all', [30, 5, 5], 2, 30],
  ])('%s: tight, where without it nothing is known', (_, seconds, concurrentMigrations, optimum) => {
    const problem = apart(seconds, { policy: { concurrentMigrations } })
    expect(boundOf(problem).makespan / 1000).toBe(optimum)
    expect(bruteForce(problem, 'timeline').best.makespan).toBe(optimum)
    expect(boundOf(apart(seconds)).makespan / 1000).toBe(Math.max(...seconds))
  })

  it('goes around windows of the cluster', () => {
    const problem = apart([4, 4, 4], {
      windows: [{ start: 5, end: 25 }],
      policy: { concurrentMigrations: 1 },
    })
    expect(boundOf(problem)).toMatchObject({ makespan: 32_000, by: 'limit concurrentMigrations' })
  })

  it('counts restarts against a live way in the cost: the cheaper of the two for each VM', () => {
    const amd = { vendor: 'AMD' as const, features: ['sse4_2'] }
    const problem = problemOf({
      nodes: ['A', { id: 'B', cpu: amd }],
      vms: ['a', 'b', 'c'].map((id) => ({ id, node: 'A', restartable: true })),
      request: { moves: ['a', 'b', 'c'].map((vm) => ({ vm, to: 'B' })) },
      policy: {
        allowRestart: true,
        restartSeconds: 10,
        restartPenaltySeconds: 5,
        concurrentRestarts: 2,
        featureLossPenaltySeconds: 0,
      },
    })
    const { instance, open } = partsOf(problem)
    expect(limitBound(instance, instance.limits[0], open, 0)).toEqual({ makespan: 20_000, cost: 30_000 })
    expect(bruteForce(problem, 'timeline').best).toMatchObject({ makespan: 20, cost: 35 })
  })

  it.each(['timeline', 'rounds'] as const)('is below every optimum: %s', (schedule) => {
    for (let seed = 1; seed <= 120; seed++) {
      const flavour = {
        vms: 4,
        request: 'both' as const,
        memory: false,
        windows: true,
        rules: true,
        parking: false,
      }
      const problem = randomProblem(seed * 53, { ...flavour, limits: true })
      const { instance, open, request } = partsOf(problem)
      if (open.length === 0) continue
      const reference = bruteForce(problem, schedule)
      const closed = request.wishes.filter((w) => w.choices.length === 0)
      const never = closed.reduce((sum, w) => sum + instance.vmWeight[w.vm], 0)
      for (const more of [0, 1, 1500]) {
        const weight = reference.best.unplaced + more
        for (const limit of instance.limits) {
          const bound = limitBound(instance, limit, open, weight - never)
          expect(bound.makespan / 1000, problem.name).toBeLessThanOrEqual(
            reference.leastMakespan(weight) + 1e-9,
          )
          expect(bound.cost / 1000, problem.name).toBeLessThanOrEqual(reference.leastCost(weight) + 1e-9)
        }
      }
    }
  })
})
