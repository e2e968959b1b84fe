import { describe, expect, it } from 'vitest'
import { makespanAndCostBound } from '../../../src/solver/bounds/plan-bound.js'
import { priceBound } from '../../../src/solver/bounds/price-bound.js'
import { Random } from '../../../src/solver/random.js'
import { seeds } from '../../cases.js'
import { bruteForce } from '../brute-force.js'
import { partsOf } from '../parts.js'
import { type Flavour, flavourOf, problemOf, randomProblem } from '../problems.js'

const FLAVOURS: Flavour[] = [
  flavourOf(4, 'moves', 'windows'),
  flavourOf(3, 'drain', 'windows'),
  flavourOf(3, 'both', 'memory', 'windows', 'rules'),
]

/** Budgets of unplaced weight, in weights of the problem: what cannot be placed at all is no part of the bound's wishes. */
function budgets(least: number, random: Random): number[] {
  return [least, least + 1, least + 1001 + random.below(3000)]
}

function prices(nodes: number, random: Random, scale: number): Float64Array {
  return Float64Array.from({ length: nodes }, () => (random.below(3) === 0 ? 0 : random.unit() * scale))
}

describe('price bounds against the exact reference', () => {
  for (const scale of [0.1, 1, 30, 1e6, 1e12]) {
    it(`prices up to ${scale}`, () => {
      const random = new Random(scale)
      for (const flavour of FLAVOURS) {
        for (let seed = 1; seed <= 40; seed++) {
          const problem = randomProblem(seed * 31, flavour)
          const { instance, availability, open, request } = partsOf(problem)
          if (open.length === 0) continue
          const reference = bruteForce(problem, 'timeline')
          const closed = request.wishes.filter((w) => w.choices.length === 0)
          const never = closed.reduce((sum, w) => sum + instance.vmWeight[w.vm], 0)
          for (const weight of budgets(reference.best.unplaced, random)) {
            const lambda = prices(instance.nodeCount, random, scale)
            const bound = priceBound(instance, availability, open, lambda, weight - never, 0)
            expect(bound.makespan / 1000, problem.name).toBeLessThanOrEqual(
              reference.leastMakespan(weight) + 1e-9,
            )
            expect(bound.cost / 1000, problem.name).toBeLessThanOrEqual(reference.leastCost(weight) + 1e-9)
          }
        }
      }
    })
  }

  it('keeps what is known', () => {
    const { instance, availability, open } = partsOf(randomProblem(5, FLAVOURS[0]))
    const bound = priceBound(instance, availability, open, new Float64Array(instance.nodeCount), 0, 7)
    expect(bound.makespan).toBe(7)
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 1e308])('a price of %d makes no wrong bound', (bad) => {
    for (const flavour of FLAVOURS) {
      for (let seed = 1; seed <= 20; seed++) {
        const problem = randomProblem(seed * 17, flavour)
        const { instance, availability, open } = partsOf(problem)
        const reference = bruteForce(problem, 'timeline')
        if (open.length === 0 || reference.best.unplaced > 0) continue
        const lambda = new Float64Array(instance.nodeCount).fill(0.5)
        lambda[seed % instance.nodeCount] = bad
        const bound = priceBound(instance, availability, open, lambda, 0, 0)
        expect(bound.makespan / 1000).toBeLessThanOrEqual(reference.leastMakespan(0) + 1e-9)
        expect(bound.cost / 1000).toBeLessThanOrEqual(reference.leastCost(0) + 1e-9)
      }
    }
  })
})

describe('all bounds without search', () => {
  it('hold for plans that leave weight unplaced', () => {
    const random = new Random(77)
    for (const flavour of FLAVOURS) {
      for (const seed of seeds(100)) {
        const problem = randomProblem(seed * 57, flavour)
        const { instance, forbidden, availability, open, request } = partsOf(problem)
        const reference = bruteForce(problem, 'timeline')
        const closed = request.wishes.filter((w) => w.choices.length === 0)
        const never = closed.reduce((sum, w) => sum + instance.vmWeight[w.vm], 0)
        for (const weight of budgets(reference.best.unplaced, random)) {
          const lambda = [prices(instance.nodeCount, random, 1)]
          const bound = makespanAndCostBound(instance, forbidden, availability, open, lambda, weight - never)
          expect(bound.makespan / 1000, problem.name).toBeLessThanOrEqual(
            reference.leastMakespan(weight) + 1e-9,
          )
          expect(bound.cost / 1000, problem.name).toBeLessThanOrEqual(reference.leastCost(weight) + 1e-9)
          expect(bound.cost).toBeGreaterThanOrEqual(bound.makespan + bound.leastPenalty)
        }
      }
    }
  })

  it('the node load decides where one node does all the work', () => {
    const problem = problemOf({
      nodes: ['A', 'B', 'C', 'D'],
      vms: ['a', 'b', 'c'].map((id) => ({ id, node: 'A' })),
      request: { moves: ['a', 'b', 'c'].map((vm, i) => ({ vm, to: 'BCD'[i], durationSeconds: 10 + i })) },
    })
    const { instance, forbidden, availability, open } = partsOf(problem)
    const bound = makespanAndCostBound(instance, forbidden, availability, open, [], 0)
    expect(bound).toMatchObject({ makespan: 33_000, cost: 33_000, by: 'node-load A' })
  })

  it('a drain is bounded by what its source must send', () => {
    const problem = problemOf({
      nodes: ['A', 'B', 'C', 'D'],
      vms: ['a', 'b', 'c'].map((id) => ({ id, node: 'A' })),
      request: { drain: ['A'] },
    })
    const { instance, forbidden, availability, open } = partsOf(problem)
    expect(makespanAndCostBound(instance, forbidden, availability, open, [], 0).makespan).toBe(30_000)
  })

  it('two sources into one target are bounded by prices on both', () => {
    // A and B send 20 s each, and only C takes them, at one at a time.
    const problem = problemOf({
      nodes: ['A', 'B', 'C'],
      vms: ['a', 'b', 'c', 'd'].map((id, i) => ({ id, node: 'AB'[i % 2] })),
      request: { drain: ['A', 'B'] },
    })
    const { instance, forbidden, availability, open } = partsOf(problem)
    expect(makespanAndCostBound(instance, forbidden, availability, open, [], 0).makespan).toBe(40_000)
  })
})
