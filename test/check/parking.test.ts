import { describe, expect, it } from 'vitest'
import { leg } from '../problem.js'
import { loosen } from './fixture.js'
import { testWrongPlans, violationsOf, wrong } from './mutate.js'
import { parking, restartThenLive, rounds } from './right-plans.js'

describe('parking', () => {
  testWrongPlans('parking', {
    'three migrations of one VM': wrong(parking, 'a1 @36 +2', (plan) => {
      plan.migrations.push(leg('a1 B>C 36-48', { round: 3 }), leg('a1 C>B 48-60', { round: 4 }))
      loosen(plan)
    }),
    'a first leg that is not marked': wrong(parking, 'a1 @0', ({ migrations }) => {
      delete migrations[0]!.parking
    }),
    'against the policy': wrong(parking, 'a1', { policy: { allowParking: false } }),
    'a last leg that is marked': wrong(parking, 'a1 @24', { legs: { 2: { parking: true } } }),
    'the only leg marked': wrong(parking, 'b1', { legs: { 1: { parking: true } } }),
    'on a node that is being drained': wrong(parking, 'a1', {
      problem: { drains: [{ node: 'C', mode: 'live' }] },
      plan: { drained: [{ node: 'C', atSeconds: 36 }] },
    }),
    'on its own node': wrong(restartThenLive, 'r1', {
      moves: ['r1>A'],
      vms: { r1: { node: 'D' } },
      legs: { 0: { from: 'D' }, 1: { to: 'A', kind: 'restart', endSeconds: 360, blackoutSeconds: 180 } },
      change: (plan) => {
        plan.cost += 600
        loosen(plan)
      },
    }),
  })
})

describe('horizon', () => {
  it('may be met', () => expect(violationsOf({ from: rounds, policy: { horizonSeconds: 34 } })).toEqual([]))

  testWrongPlans('horizon', {
    'the last migration ends after it': wrong(rounds, 'h3 @34 +0.5', { policy: { horizonSeconds: 33.5 } }),
  })
})
