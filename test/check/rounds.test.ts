import { describe } from 'vitest'
import { loosen } from './fixture.js'
import { testWrongPlans } from './mutate.js'
import { drain, moves, parking, rounds, saveInPlace } from './right-plans.js'

describe('rounds', () => {
  testWrongPlans('rounds', {
    'a timeline number too high': {
      from: parking,
      legs: { 2: { round: 3 } },
      found: { subject: 'a1', atSeconds: 24, excess: 1 },
    },
    'a timeline number too low': {
      from: moves,
      legs: { 3: { round: 1 } },
      found: { subject: 'b1', excess: -1 },
    },
    'a save in place counts in a timeline': {
      from: saveInPlace,
      legs: { 1: { round: 0 } },
      found: { subject: 'a2' },
    },
    'a node in more migrations of a round than it has slots': {
      from: rounds,
      legs: { 2: { round: 1 } },
      found: { subject: ['S', 's1'] },
    },
    'two restarts or saves of one slot in one round': {
      from: drain,
      plan: { schedule: 'rounds' },
      found: { subject: ['A', 'B'], excess: 2 },
    },
    'two saves in place of one node in one round': {
      from: rounds,
      legs: { 4: { startSeconds: 1, endSeconds: 2, round: 0 } },
      change: (plan) => {
        plan.migrations.splice(3, 0, ...plan.migrations.splice(4, 1))
        plan.drained[0]!.atSeconds = 2
      },
      found: { subject: 'S', excess: 1 },
    },
    'a start before the round before has ended': {
      from: rounds,
      legs: { 3: { startSeconds: 21, endSeconds: 33 } },
      change: loosen,
      found: { subject: 'h3', atSeconds: 21, excess: 1 },
    },
    'a start before the round before the last has ended': {
      from: rounds,
      legs: { 4: { round: 2, startSeconds: 34, endSeconds: 35 }, 2: { round: 1 } },
      change: (plan) => {
        plan.drained[0]!.atSeconds = 35
        loosen(plan)
      },
      found: { subject: 's1', excess: 22 },
    },
    'a gap in the numbers': {
      from: rounds,
      legs: { 3: { round: 2 }, 4: { round: 2 } },
      found: { subject: 'round', excess: 1 },
    },
    'numbers from 1': {
      from: rounds,
      change: ({ migrations }) => {
        for (const migration of migrations) migration.round++
      },
      found: { subject: 'round' },
    },
  })
})
