import { describe } from 'vitest'
import { leg, loosen } from './fixture.js'
import { testWrongPlans } from './mutate.js'
import { parking, restartThenLive, rounds } from './right-plans.js'

describe('parking', () => {
  testWrongPlans([
    {
      name: 'three migrations of one VM',
      from: parking,
      change: (plan) => {
        plan.migrations.push(leg('a1 B>C 36-48', { round: 3 }), leg('a1 C>B 48-60', { round: 4 }))
        loosen(plan)
      },
      rule: 'parking',
      subject: 'a1',
      atSeconds: 36,
      excess: 2,
    },
    {
      name: 'a first leg that is not marked',
      from: parking,
      change: ({ migrations }) => {
        delete migrations[0]!.parking
      },
      rule: 'parking',
      subject: 'a1',
      atSeconds: 0,
      message: /not marked as parking/,
    },
    {
      name: 'against the policy',
      from: parking,
      change: (_, { policy }) => {
        policy.allowParking = false
      },
      rule: 'parking',
      subject: 'a1',
      message: /allowParking is false/,
    },
    {
      name: 'a last leg that is marked',
      from: parking,
      change: ({ migrations }) => {
        migrations[2]!.parking = true
      },
      rule: 'parking',
      subject: 'a1',
      atSeconds: 24,
      message: /does not go on from B/,
    },
    {
      name: 'the only leg marked',
      from: parking,
      change: ({ migrations }) => {
        migrations[1]!.parking = true
      },
      rule: 'parking',
      subject: 'b1',
    },
    {
      name: 'on a node that is being drained',
      from: parking,
      change: (plan, { problem }) => {
        problem.drains = [{ node: 'C', mode: 'live' }]
        plan.drained = [{ node: 'C', atSeconds: 36 }]
      },
      rule: 'parking',
      subject: 'a1',
      message: /on C, which is being drained/,
    },
    {
      name: 'on its own node',
      from: restartThenLive,
      change: (plan, { problem, vm }) => {
        vm('r1').node = 'D'
        problem.moves = [{ vm: 'r1', to: 'A' }]
        plan.migrations[0]!.from = 'D'
        Object.assign(plan.migrations[1]!, {
          to: 'A',
          kind: 'restart',
          endSeconds: 360,
          blackoutSeconds: 180,
        })
        plan.cost += 600
        loosen(plan)
      },
      rule: 'parking',
      subject: 'r1',
      message: /parks the VM on the node where it is/,
    },
  ])
})

describe('horizon', () => {
  testWrongPlans([
    {
      name: 'the last migration ends after it',
      from: rounds,
      change: (_, { policy }) => {
        policy.horizonSeconds = 33.5
      },
      rule: 'horizon',
      subject: 'h3',
      atSeconds: 34,
      excess: 0.5,
      message: /ends 0\.5 s after the horizon of 33\.5 s/,
    },
  ])
})
