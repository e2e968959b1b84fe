import { describe, expect, it } from 'vitest'
import { leg } from '../problem.js'
import { planOf, problemOf } from './fixture.js'
import { testWrongPlans, violationsOf, wrong } from './mutate.js'
import type { Case } from './right-plans.js'

/** gpu is shut down for the work on A and started after it; a goes to B meanwhile, and stays. */
const night = (): Case => ({
  problem: problemOf({
    nodes: ['A', 'B'],
    vms: [{ id: 'gpu', node: 'A', ways: new Set(['stop']) }, 'a@A', 'b@B'],
    works: [{ node: 'A', durationSeconds: 100 }],
  }),
  plan: planOf({
    migrations: [
      leg('a A>B 0-12'),
      leg('gpu A>A 0-60', { kind: 'stop-in-place', blackoutSeconds: 60 }),
      leg('gpu A>A 160-220', { kind: 'start-in-place', blackoutSeconds: 60, round: 1 }),
    ],
    makespanSeconds: 220,
    cost: 820,
    maintenance: [{ node: 'A', startSeconds: 60, endSeconds: 160, slackSeconds: 0 }],
    notMaintained: [],
    notHome: [],
  }),
})

describe('VMs that are shut down for a work', () => {
  it('are started again where they were, and no reserve binds that', () => {
    expect(violationsOf({ from: night })).toEqual([])
    expect(violationsOf({ from: night, nodes: { A: { reserveMiB: 1e6 } } })).toEqual([])
  })

  testWrongPlans('work', {
    'shut down, and left off': wrong(night, 'A @0', (plan) => {
      plan.migrations.pop()
      Object.assign(plan, { makespanSeconds: 160, cost: 760, lowerBoundSeconds: 160, costLowerBound: 760 })
    }),
    'started during the work': wrong(night, 'A @150 +10', {
      plan: { makespanSeconds: 210, cost: 810, lowerBoundSeconds: 210, costLowerBound: 810 },
      legs: { 2: { startSeconds: 150, endSeconds: 210 } },
    }),
  })

  testWrongPlans('request', {
    'started, and never shut down': wrong(night, 'b', (plan, { vm }) => {
      vm('b').state = 'off'
      plan.migrations.splice(1, 0, leg('b B>B 0-60', { kind: 'start-in-place', blackoutSeconds: 60 }))
    }),
    'shut down where no work is': wrong(night, 'b', (plan, { vm }) => {
      vm('b').ways = new Set(['stop'])
      plan.migrations.splice(1, 0, leg('b B>B 0-60', { kind: 'stop-in-place', blackoutSeconds: 60 }))
      Object.assign(plan, { cost: 1420, costLowerBound: 1420 })
    }),
  })

  testWrongPlans('ways', {
    'shut down without that way': wrong(night, 'gpu @0', { vms: { gpu: { ways: new Set(['live']) } } }),
  })

  testWrongPlans('duration', {
    'too quick a start': wrong(night, 'gpu @160', {
      plan: { makespanSeconds: 200, cost: 800, lowerBoundSeconds: 200, costLowerBound: 800 },
      legs: { 2: { endSeconds: 200, blackoutSeconds: 40 } },
    }),
  })

  testWrongPlans('memory', {
    'one that arrives where what was started again takes the memory': wrong(
      night,
      'A @230',
      (plan, { vm, node }) => {
        vm('gpu').memoryMiB = 900
        node('A').memoryMiB = 1500
        plan.migrations.push(leg('a B>A 230-242', { round: 2 }))
        Object.assign(plan, { makespanSeconds: 242, cost: 842, lowerBoundSeconds: 242, costLowerBound: 842 })
      },
    ),
  })
})
