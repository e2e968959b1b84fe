import { describe } from 'vitest'
import { unplaced } from './fixture.js'
import { testWrongPlans } from './mutate.js'
import { drain, saveInPlace } from './right-plans.js'

describe('drained', () => {
  testWrongPlans('request', {
    'a node too many': {
      from: drain,
      change: ({ drained }) => drained.push({ node: 'B', atSeconds: 0 }),
      found: { subject: 'B' },
    },
    'an empty node missing': {
      from: drain,
      change: ({ drained }) => drained.shift(),
      found: { subject: 'A' },
    },
    'a node twice': {
      from: drain,
      change: ({ drained }) => drained.push({ node: 'N', atSeconds: 0 }),
      found: { subject: 'N' },
    },
    'the wrong instant': {
      from: drain,
      change: ({ drained }) => {
        drained[0]!.atSeconds = 22
      },
      found: { subject: 'A', excess: -158 },
    },
    'the wrong instant of a node that was empty': {
      from: drain,
      change: ({ drained }) => {
        drained[1]!.atSeconds = 180
      },
      found: { subject: 'N', excess: 180 },
    },
    'a node that is not empty': {
      from: drain,
      change: (plan) => {
        plan.migrations.shift()
        plan.unplaced.push(unplaced('l1'))
        plan.status = 'partial'
      },
      found: { subject: 'A' },
    },
    'a node where VMs still run': {
      from: saveInPlace,
      change: ({ drained }) => drained.push({ node: 'B', atSeconds: 0 }),
      found: { subject: 'B' },
    },
  })
})
