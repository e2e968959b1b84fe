import { describe } from 'vitest'
import { unplaced } from './fixture.js'
import { testWrongPlans } from './mutate.js'
import { drain, saveInPlace } from './right-plans.js'

describe('drained', () => {
  testWrongPlans([
    {
      name: 'a node too many',
      from: drain,
      change: ({ drained }) => {
        drained.push({ node: 'B', atSeconds: 0 })
      },
      rule: 'request',
      subject: 'B',
      message: /was not asked for/,
    },
    {
      name: 'an empty node missing',
      from: drain,
      change: ({ drained }) => {
        drained.shift()
      },
      rule: 'request',
      subject: 'A',
      message: /A is empty from 180 s on, but is not listed/,
    },
    {
      name: 'a node twice',
      from: drain,
      change: ({ drained }) => {
        drained.push({ node: 'N', atSeconds: 0 })
      },
      rule: 'request',
      subject: 'N',
      message: /more than once/,
    },
    {
      name: 'the wrong instant',
      from: drain,
      change: ({ drained }) => {
        drained[0]!.atSeconds = 22
      },
      rule: 'request',
      subject: 'A',
      excess: -158,
    },
    {
      name: 'the wrong instant of a node that was empty',
      from: drain,
      change: ({ drained }) => {
        drained[1]!.atSeconds = 180
      },
      rule: 'request',
      subject: 'N',
      excess: 180,
    },
    {
      name: 'a node that is not empty',
      from: drain,
      change: (plan) => {
        plan.migrations.shift()
        plan.unplaced.push(unplaced('l1'))
        plan.status = 'partial'
      },
      rule: 'request',
      subject: 'A',
      message: /VMs are left on it/,
    },
    {
      name: 'a node where VMs still run',
      from: saveInPlace,
      change: ({ drained }) => {
        drained.push({ node: 'B', atSeconds: 0 })
      },
      rule: 'request',
      subject: 'B',
    },
  ])
})
