import { describe, expect, it } from 'vitest'
import { leg } from '../problem.js'
import { loosen } from './fixture.js'
import { testWrongPlans, violationsOf } from './mutate.js'
import { parking, restartThenLive, rounds } from './right-plans.js'

describe('parking', () => {
  testWrongPlans('parking', {
    'three migrations of one VM': {
      from: parking,
      change: (plan) => {
        plan.migrations.push(leg('a1 B>C 36-48', { round: 3 }), leg('a1 C>B 48-60', { round: 4 }))
        loosen(plan)
      },
      found: { subject: 'a1', atSeconds: 36, excess: 2 },
    },
    'a first leg that is not marked': {
      from: parking,
      change: ({ migrations }) => {
        delete migrations[0]!.parking
      },
      found: { subject: 'a1', atSeconds: 0 },
    },
    'against the policy': { from: parking, policy: { allowParking: false }, found: { subject: 'a1' } },
    'a last leg that is marked': {
      from: parking,
      legs: { 2: { parking: true } },
      found: { subject: 'a1', atSeconds: 24 },
    },
    'the only leg marked': { from: parking, legs: { 1: { parking: true } }, found: { subject: 'b1' } },
    'on a node that is being drained': {
      from: parking,
      problem: { drains: [{ node: 'C', mode: 'live' }] },
      plan: { drained: [{ node: 'C', atSeconds: 36 }] },
      found: { subject: 'a1' },
    },
    'on its own node': {
      from: restartThenLive,
      moves: ['r1>A'],
      vms: { r1: { node: 'D' } },
      legs: { 0: { from: 'D' }, 1: { to: 'A', kind: 'restart', endSeconds: 360, blackoutSeconds: 180 } },
      change: (plan) => {
        plan.cost += 600
        loosen(plan)
      },
      found: { subject: 'r1' },
    },
  })
})

describe('horizon', () => {
  it('may be met', () => expect(violationsOf({ from: rounds, policy: { horizonSeconds: 34 } })).toEqual([]))

  testWrongPlans('horizon', {
    'the last migration ends after it': {
      from: rounds,
      policy: { horizonSeconds: 33.5 },
      found: { subject: 'h3', atSeconds: 34, excess: 0.5 },
    },
  })
})
