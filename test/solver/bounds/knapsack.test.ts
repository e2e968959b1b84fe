import { describe, expect, it } from 'vitest'
import { removableValue } from '../../../src/solver/bounds/knapsack.js'
import { Random } from '../../../src/solver/random.js'

/** The fractional knapsack by trying each whole subset with each further item in part. */
function exact(values: number[], weights: number[], budget: number): number {
  let best = 0
  for (let set = 0; set < 1 << values.length; set++) {
    let weight = 0
    let value = 0
    for (let i = 0; i < values.length; i++) {
      if (((set >> i) & 1) === 0) continue
      weight += weights[i]
      value += values[i]
    }
    if (weight > budget) continue
    best = Math.max(best, value)
    for (let i = 0; i < values.length; i++) {
      if ((set >> i) & 1) continue
      best = Math.max(best, value + values[i] * Math.min(1, (budget - weight) / weights[i]))
    }
  }
  return best
}

describe('removable value', () => {
  it('is the fractional knapsack', () => {
    const random = new Random(3)
    for (let run = 0; run < 2000; run++) {
      const count = random.below(7)
      const values = Array.from({ length: count }, () => random.below(5) * random.below(1000))
      const weights = Array.from({ length: count }, () => 1 + random.below(4) * 1000)
      const budget = random.below(7000)
      expect(removableValue(values, weights, budget)).toBeCloseTo(exact(values, weights, budget), 6)
    }
  })

  it('is nothing without a budget, and everything with enough', () => {
    expect(removableValue([5, 7], [1, 1], 0)).toBe(0)
    expect(removableValue([5, 7], [1, 1], -1)).toBe(0)
    expect(removableValue([5, 7], [2001, 3001], 5002)).toBe(12)
    expect(removableValue([], [], 10)).toBe(0)
  })
})
