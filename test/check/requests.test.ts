import { describe, expect, it } from 'vitest'
import { leg } from '../problem.js'
import { loosen, unplaced } from './fixture.js'
import { testWrongPlans, violationsOf } from './mutate.js'
import { drain, infeasible, makeRoom, moves, parking, saveInPlace } from './right-plans.js'

describe('who migrates', () => {
  testWrongPlans('request', {
    'a VM that was not asked for': {
      from: makeRoom,
      change: ({ migrations }) => {
        delete migrations[0]!.makesRoom
      },
      found: { subject: 'b1', atSeconds: 0 },
    },
    'a VM that makes room against the policy': {
      from: makeRoom,
      policy: { allowMakeRoom: false },
      found: { subject: 'b1' },
    },
    'a VM asked for that is marked as making room': {
      from: makeRoom,
      legs: { 1: { makesRoom: true } },
      found: { subject: 'a1' },
    },
    'a VM taken off a node that is drained by saving': {
      from: saveInPlace,
      change: (plan) => {
        plan.migrations[1] = leg('a2 A>C 1-11', { round: 1 })
        plan.cost -= 300
        plan.drained[0]!.atSeconds = 11
        loosen(plan)
      },
      found: { subject: 'a2' },
    },
    'a VM that is off, taken off a node that is drained by saving': {
      from: saveInPlace,
      policy: { allowMakeRoom: true },
      change: (plan) => {
        plan.migrations.push(leg('a3 A>C 3-5', { round: 2, makesRoom: true }))
        plan.drained[0]!.atSeconds = 5
        loosen(plan)
      },
      found: { subject: 'a3' },
    },
    'a restart against the policy': {
      from: drain,
      policy: { allowRestart: false },
      found: { subject: 'r1' },
    },
    'a restart of a VM that is not restartable': {
      from: drain,
      vms: { r1: { restartable: false } },
      found: { subject: 'r1' },
    },
    'a restart of a VM that is off': { from: drain, vms: { r1: { state: 'off' } }, found: { subject: 'r1' } },
    'a save against the policy': { from: drain, policy: { allowSave: false }, found: { subject: 's1' } },
    'a save of a VM that is saved already': {
      from: drain,
      vms: { s1: { state: 'saved' } },
      found: { subject: 's1' },
    },
    'a save in place on a node that is drained live': {
      from: saveInPlace,
      problem: {
        drains: [
          { node: 'A', mode: 'live' },
          { node: 'B', mode: 'save' },
        ],
      },
      change: (plan) => plan.unplaced.push(unplaced('a3', 'memory')),
      found: { subject: ['a1', 'a2'] },
    },
    'a save in place of a VM that was not asked for': {
      from: saveInPlace,
      change: (plan) => {
        plan.migrations.push(leg('c1 C>C 3-5.5', { kind: 'save-in-place', blackoutSeconds: 2.5 }))
        plan.cost += 300
        loosen(plan)
      },
      found: { subject: 'c1' },
    },
    'a save in place of a VM that is off': {
      from: saveInPlace,
      change: (plan) => {
        plan.migrations.push(leg('a3 A>A 3-5.5', { kind: 'save-in-place', blackoutSeconds: 2.5, round: 2 }))
        plan.cost += 300
        plan.drained[0]!.atSeconds = 5.5
        loosen(plan)
      },
      found: { subject: 'a3' },
    },
    'a save in place that leads elsewhere': {
      from: saveInPlace,
      legs: { 1: { to: 'C' } },
      found: { subject: 'a2' },
    },
  })
})

describe('who is left behind', () => {
  testWrongPlans('request', {
    'a move that is neither done nor listed': {
      from: moves,
      change: ({ migrations }) => {
        migrations.splice(1, 1)
        migrations[2]!.round = 2
      },
      found: { subject: 'c1' },
    },
    'a move that ends elsewhere': {
      from: parking,
      moves: ['a1>C', 'b1>A'],
      found: { subject: 'a1', atSeconds: 36 },
    },
    'a VM on a node that is drained live, neither gone nor listed': {
      from: drain,
      change: (plan) => {
        plan.migrations.shift()
        plan.drained.shift()
      },
      found: { subject: 'l1' },
    },
    'a VM that is off on a node that is drained live': {
      from: drain,
      vms: { l1: { state: 'off' } },
      change: (plan) => {
        plan.migrations.shift()
      },
      found: { subject: 'l1' },
    },
    'a VM on a node that is drained by saving': {
      from: saveInPlace,
      change: (plan) => {
        plan.migrations.pop()
        plan.drained = []
        plan.cost -= 300
        loosen(plan)
      },
      found: { subject: 'a2' },
    },
    'a VM both in moves and on a drained node, moved elsewhere': {
      from: drain,
      moves: ['l1>D'],
      found: { subject: 'l1' },
    },
    'an unplaced VM that is placed': {
      from: saveInPlace,
      change: ({ unplaced: list }) => list.push(unplaced('a1')),
      found: { subject: 'a1' },
    },
    'an unplaced VM that was where it should be already': {
      from: moves,
      change: (plan) => {
        plan.unplaced.push(unplaced('d1'))
        plan.status = 'partial'
      },
      found: { subject: 'd1' },
    },
    'an unplaced VM that was moved all the same': {
      from: parking,
      moves: ['a1>C', 'b1>A'],
      change: (plan) => {
        plan.unplaced.push(unplaced('a1'))
        plan.status = 'partial'
      },
      found: { subject: 'a1' },
    },
    'an unplaced VM that was not asked for': {
      from: saveInPlace,
      change: ({ unplaced: list }) => list.push(unplaced('c1')),
      found: { subject: 'c1' },
    },
    'an unplaced VM that is off where VMs are saved': {
      from: saveInPlace,
      change: ({ unplaced: list }) => list.push(unplaced('a3')),
      found: { subject: 'a3' },
    },
    'an unplaced VM that does not exist': {
      from: saveInPlace,
      change: ({ unplaced: list }) => list.push(unplaced('nobody')),
      found: { subject: 'nobody' },
    },
    'an unplaced VM twice': {
      from: infeasible,
      change: ({ unplaced: list }) => list.push(unplaced('a1')),
      found: { subject: 'a1' },
    },
  })

  it('lets a VM both in moves and on a node drained by saving follow its move', () => {
    const violations = violationsOf({
      from: saveInPlace,
      change: (plan, { problem }) => {
        problem.moves = [{ vm: 'a2', to: ['C'] }]
        plan.migrations[1] = leg('a2 A>C 1-11', { round: 1 })
        plan.drained[0]!.atSeconds = 11
        plan.cost -= 300
        loosen(plan)
      },
    })
    expect(violations).toEqual([])
  })
})
