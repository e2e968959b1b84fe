/** Who did better, and which claims contradict each other: bench/peers/judge.mjs, which needs no peer installed. */
import { describe, expect, test } from 'vitest'

interface Outcome {
  solver: string
  state: string
  cost: number
  bound: number
  proven: boolean
  unplaced: number
  unplacedWeight: number
  parks: boolean
  violations: string[]
  seconds: number
  secondsToBest: number
  startSeconds: number
  scope?: string
}
interface Judge {
  comparePlans(a: Outcome, b: Outcome): number
  contradictions(outcomes: Outcome[]): string[]
  summarise(cases: { outcomes: Outcome[] }[], solver: string, limit: number): Record<string, number>
  versus(cases: { outcomes: Outcome[] }[], peer: string, limit: number): Record<string, number>
}

const path: string = new URL('../../bench/peers/judge.mjs', import.meta.url).href
const { comparePlans, contradictions, summarise, versus } = (await import(path)) as Judge

const outcome = (solver: string, changes: Partial<Outcome> = {}): Outcome => ({
  solver,
  state: 'plan',
  cost: 100,
  bound: 90,
  proven: false,
  unplaced: 0,
  unplacedWeight: 0,
  parks: false,
  violations: [],
  seconds: 8,
  secondsToBest: 2,
  startSeconds: 0.5,
  ...changes,
})
const ours = (changes: Partial<Outcome> = {}) => outcome('vmferry', changes)
const theirs = (changes: Partial<Outcome> = {}) => outcome('cp-sat', changes)

test('less weight unplaced comes before less cost, a right plan before none or a wrong one', () => {
  expect(comparePlans(ours(), theirs())).toBe(0)
  expect(comparePlans(ours({ cost: 99.999 }), theirs())).toBeLessThan(0)
  expect(comparePlans(ours({ cost: 50, unplacedWeight: 1 }), theirs())).toBeGreaterThan(0)
  expect(comparePlans(ours(), theirs({ state: 'nothing found' }))).toBeLessThan(0)
  expect(comparePlans(ours({ cost: 50, violations: ['late'] }), theirs())).toBeGreaterThan(0)
})

describe('contradictions', () => {
  test('none where bounds and plans agree', () => {
    expect(contradictions([ours({ proven: true, bound: 100 }), theirs()])).toEqual([])
  })

  test('a bound above another plan, either way', () => {
    expect(contradictions([ours({ bound: 95 }), theirs({ cost: 94, bound: 90 })])).toHaveLength(1)
    expect(contradictions([ours({ cost: 94 }), theirs({ bound: 95 })])).toHaveLength(1)
  })

  test('not where the plans leave different weights, or the other one parks and the claim knows no parking', () => {
    expect(contradictions([ours({ bound: 95, unplacedWeight: 5 }), theirs({ cost: 94 })])).toEqual([])
    expect(
      contradictions([ours({ cost: 94, parks: true }), theirs({ bound: 95, scope: 'no parking' })]),
    ).toEqual([])
  })

  test('a proof beside a plan that leaves less, and an infeasibility beside a plan', () => {
    expect(contradictions([ours({ proven: true, unplacedWeight: 5 }), theirs()])).toHaveLength(1)
    expect(contradictions([ours(), theirs({ state: 'infeasible' })])).toHaveLength(1)
  })
})

test('the summary counts, and takes the limit for a proof that did not come', () => {
  const cases = [
    { outcomes: [ours({ proven: true, bound: 100, seconds: 1 }), theirs({ cost: 101 })] },
    { outcomes: [ours(), theirs({ state: 'not modelled' })] },
    { outcomes: [ours({ cost: 99 }), theirs({ proven: true, bound: 98, cost: 98, seconds: 4 })] },
  ]
  expect(summarise(cases, 'vmferry', 10)).toMatchObject({ plans: 3, proven: 1, medianToProof: 10 })
  expect(summarise(cases, 'cp-sat', 10)).toMatchObject({ plans: 2, proven: 1, notModelled: 1 })
  expect(versus(cases, 'cp-sat', 10)).toMatchObject({
    cases: 2,
    better: 1,
    worse: 1,
    equal: 0,
    tighter: 1,
    looser: 1,
    timesToProof: 0.786,
  })
})
