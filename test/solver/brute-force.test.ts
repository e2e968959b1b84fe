import { describe, expect, it } from 'vitest'
import { seeds } from '../cases.js'
import { bruteForce } from './brute-force.js'
import { flavourOf, problemOf, randomProblem } from './problems.js'

describe('the reference itself', () => {
  it('a triangle takes three times one; rounds take no less', () => {
    const problem = problemOf({
      nodes: ['A', 'B', 'C'],
      vms: ['A', 'B', 'C'].map((node) => ({ id: `v${node}`, node })),
      request: {
        moves: ['A', 'B', 'C'].map((n, i) => ({ vm: `v${n}`, to: 'BCA'[i], durationSeconds: 4 + i })),
      },
    })
    expect(bruteForce(problem, 'timeline').best).toEqual({
      unplaced: 0,
      uncovered: 0,
      makespan: 15,
      cost: 15,
    })
    expect(bruteForce(problem, 'rounds').best.makespan).toBe(15)
  })

  it('waits for memory, and parks only where it may', () => {
    const problem = problemOf({
      nodes: ['A 1000', 'B 1000', 'C'],
      vms: ['A', 'B'].map((node) => ({ id: `v${node}`, node })),
      request: { moves: ['A', 'B'].map((n, i) => ({ vm: `v${n}`, to: 'BA'[i] })) },
    })
    expect(bruteForce(problem, 'timeline').best).toEqual({
      unplaced: 4002,
      uncovered: 0,
      makespan: 0,
      cost: 0,
    })
    expect(bruteForce(problem, 'timeline', true).best).toEqual({
      unplaced: 0,
      uncovered: 0,
      makespan: 30,
      cost: 30,
    })
  })

  it('rounds with barriers take longer than a timeline where durations differ', () => {
    const seconds = [10, 1, 9, 2]
    const problem = problemOf({
      nodes: ['A', 'B', 'C', 'D'],
      vms: seconds.map((_, i) => ({ id: `v${i}`, node: i < 2 ? 'A' : 'C' })),
      request: {
        moves: seconds.map((durationSeconds, i) => ({ vm: `v${i}`, to: i < 2 ? 'B' : 'D', durationSeconds })),
      },
    })
    expect(bruteForce(problem, 'timeline').best.makespan).toBe(11)
    expect(bruteForce(problem, 'rounds').best.makespan).toBe(12)
  })

  it('budgets of unplaced weight only help', () => {
    for (const seed of seeds(150)) {
      const problem = randomProblem(seed, flavourOf(3, 'both', 'memory', 'windows', 'rules'))
      const timeline = bruteForce(problem, 'timeline')
      const rounds = bruteForce(problem, 'rounds')
      const { unplaced, cost } = timeline.best
      expect(timeline.leastCost(unplaced)).toBe(cost)
      expect(timeline.leastMakespan(unplaced)).toBeLessThanOrEqual(cost)
      expect(timeline.leastMakespan(unplaced + 2001)).toBeLessThanOrEqual(timeline.leastMakespan(unplaced))
      expect(rounds.best.unplaced).toBeGreaterThanOrEqual(unplaced)
      expect(rounds.leastMakespan(rounds.best.unplaced)).toBeGreaterThanOrEqual(
        timeline.leastMakespan(rounds.best.unplaced),
      )
    }
  })
})
