import { describe } from 'vitest'
import { loosen } from './fixture.js'
import { testWrongPlans, wrong } from './mutate.js'
import { drain, moves, parking, rounds, saveInPlace } from './right-plans.js'

describe('rounds', () => {
  testWrongPlans('rounds', {
    'a timeline number too high': wrong(parking, 'a1 @24 +1', { legs: { 2: { round: 3 } } }),
    'a timeline number too low': wrong(moves, 'b1 -1', { legs: { 3: { round: 1 } } }),
    'a save in place counts in a timeline': wrong(saveInPlace, 'a2', { legs: { 1: { round: 0 } } }),
    'a node in more migrations of a round than it has slots': wrong(rounds, 'S,s1', {
      legs: { 2: { round: 1 } },
    }),
    'two restarts or saves of one slot in one round': wrong(drain, 'A,B +2', {
      plan: { schedule: 'rounds' },
    }),
    'two saves in place of one node in one round': wrong(rounds, 'S +1', {
      legs: { 4: { startSeconds: 1, endSeconds: 2, round: 0 } },
      nodes: { S: { slots: 2 } },
      change: (plan) => {
        plan.migrations.splice(3, 0, ...plan.migrations.splice(4, 1))
        plan.drained[0]!.atSeconds = 2
      },
    }),
    'a start before the round before has ended': wrong(rounds, 'h3 @21 +1', {
      legs: { 3: { startSeconds: 21, endSeconds: 33 } },
      change: loosen,
    }),
    'a start before the round before the last has ended': wrong(rounds, 's1 +22', {
      legs: { 4: { round: 2, startSeconds: 34, endSeconds: 35 }, 2: { round: 1 } },
      change: (plan) => {
        plan.drained[0]!.atSeconds = 35
        loosen(plan)
      },
    }),
    'a gap in the numbers': wrong(rounds, 'round +1', { legs: { 3: { round: 2 }, 4: { round: 2 } } }),
    'numbers from 1': wrong(rounds, 'round', ({ migrations }) => {
      for (const migration of migrations) migration.round++
    }),
  })
})
