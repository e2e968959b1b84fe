import { describe } from 'vitest'
import { unplaced } from './fixture.js'
import { testWrongPlans, wrong } from './mutate.js'
import { drain, saveInPlace } from './right-plans.js'

describe('drained', () => {
  testWrongPlans('request', {
    'a node too many': wrong(drain, 'B', ({ drained }) => drained.push({ node: 'B', atSeconds: 0 })),
    'an empty node missing': wrong(drain, 'A', ({ drained }) => drained.shift()),
    'a node twice': wrong(drain, 'N', ({ drained }) => drained.push({ node: 'N', atSeconds: 0 })),
    'the wrong instant': wrong(drain, 'A -158', ({ drained }) => {
      drained[0]!.atSeconds = 22
    }),
    'the wrong instant of a node that was empty': wrong(drain, 'N +180', ({ drained }) => {
      drained[1]!.atSeconds = 180
    }),
    'a node that is not empty': wrong(drain, 'A', (plan) => {
      plan.migrations.shift()
      plan.unplaced.push(unplaced('l1'))
      plan.status = 'partial'
    }),
    'a node where VMs still run': wrong(saveInPlace, 'B', ({ drained }) =>
      drained.push({ node: 'B', atSeconds: 0 }),
    ),
  })
})
