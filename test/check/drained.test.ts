import { describe } from 'vitest'
import { unplaced } from './fixture.js'
import { testWrongPlans } from './mutate.js'
import { drain, saveInPlace } from './right-plans.js'

describe('drained', () => {
  testWrongPlans('request', {
    'a node too many': {
      from: drain,
      change: ({ drained }) => drained.push({ node: 'B', atSeconds: 0 }),
      found: { subject: 'B', message: /was not asked for/ },
    },
    'an empty node missing': {
      from: drain,
      change: ({ drained }) => drained.shift(),
      found: { subject: 'A', message: /A is empty from 180 s on, but is not listed/ },
    },
    'a node twice': {
      from: drain,
      change: ({ drained }) => drained.push({ node: 'N', atSeconds: 0 }),
      found: { subject: 'N', message: /more than once/ },
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
      found: { subject: 'A', message: /VMs are left on it/ },
    },
    'a node where VMs still run': {
      from: saveInPlace,
      change: ({ drained }) => drained.push({ node: 'B', atSeconds: 0 }),
      found: { subject: 'B' },
    },
  })
})
