import { describe, expect, it } from 'vitest'
import { leg } from '../problem.js'
import { loosen, unplaced } from './fixture.js'
import { testWrongPlans, violationsOf, wrong } from './mutate.js'
import { drain, infeasible, makeRoom, moves, parking, saveInPlace } from './right-plans.js'

describe('who migrates', () => {
  testWrongPlans('request', {
    'a VM that was not asked for': wrong(makeRoom, 'b1 @0', ({ migrations }) => {
      delete migrations[0]!.makesRoom
    }),
    'a VM that makes room against the policy': wrong(makeRoom, 'b1', { policy: { allowMakeRoom: false } }),
    'a VM asked for that is marked as making room': wrong(makeRoom, 'a1', {
      legs: { 1: { makesRoom: true } },
    }),
    'a VM taken off a node that is drained by saving': wrong(saveInPlace, 'a2', (plan) => {
      plan.migrations[1] = leg('a2 A>C 1-11', { round: 1 })
      plan.cost -= 300
      plan.drained[0]!.atSeconds = 11
      loosen(plan)
    }),
    'a VM that is off, taken off a node that is drained by saving': wrong(saveInPlace, 'a3', {
      policy: { allowMakeRoom: true },
      change: (plan) => {
        plan.migrations.push(leg('a3 A>C 3-5', { round: 2, makesRoom: true }))
        plan.drained[0]!.atSeconds = 5
        loosen(plan)
      },
    }),
    'a restart against the policy': wrong(drain, 'r1', { policy: { allowRestart: false } }),
    'a restart of a VM that is not restartable': wrong(drain, 'r1', {
      vms: { r1: { restartable: false } },
    }),
    'a restart of a VM that is off': wrong(drain, 'r1', { vms: { r1: { state: 'off' } } }),
    'a save against the policy': wrong(drain, 's1', { policy: { allowSave: false } }),
    'a save of a VM that is saved already': wrong(drain, 's1', { vms: { s1: { state: 'saved' } } }),
    'a save in place on a node that is drained live': wrong(saveInPlace, 'a1,a2', {
      problem: {
        drains: [
          { node: 'A', mode: 'live' },
          { node: 'B', mode: 'save' },
        ],
      },
      change: (plan) => plan.unplaced.push(unplaced('a3', 'memory')),
    }),
    'a save in place of a VM that was not asked for': wrong(saveInPlace, 'c1', (plan) => {
      plan.migrations.push(leg('c1 C>C 3-5.5', { kind: 'save-in-place', blackoutSeconds: 2.5 }))
      plan.cost += 300
      loosen(plan)
    }),
    'a save in place of a VM that is off': wrong(saveInPlace, 'a3', (plan) => {
      plan.migrations.push(leg('a3 A>A 3-5.5', { kind: 'save-in-place', blackoutSeconds: 2.5, round: 2 }))
      plan.cost += 300
      plan.drained[0]!.atSeconds = 5.5
      loosen(plan)
    }),
    'a save in place that leads elsewhere': wrong(saveInPlace, 'a2', { legs: { 1: { to: 'C' } } }),
  })
})

describe('who is left behind', () => {
  testWrongPlans('request', {
    'a move that is neither done nor listed': wrong(moves, 'c1', ({ migrations }) => {
      migrations.splice(1, 1)
      migrations[2]!.round = 2
    }),
    'a move that ends elsewhere': wrong(parking, 'a1 @36', { moves: ['a1>C', 'b1>A'] }),
    'a VM on a node that is drained live, neither gone nor listed': wrong(drain, 'l1', (plan) => {
      plan.migrations.shift()
      plan.drained.shift()
    }),
    'a VM that is off on a node that is drained live': wrong(drain, 'l1', {
      vms: { l1: { state: 'off' } },
      change: (plan) => {
        plan.migrations.shift()
      },
    }),
    'a VM on a node that is drained by saving': wrong(saveInPlace, 'a2', (plan) => {
      plan.migrations.pop()
      plan.drained = []
      plan.cost -= 300
      loosen(plan)
    }),
    'a VM both in moves and on a drained node, moved elsewhere': wrong(drain, 'l1', { moves: ['l1>D'] }),
    'an unplaced VM that is placed': wrong(saveInPlace, 'a1', ({ unplaced: list }) =>
      list.push(unplaced('a1')),
    ),
    'an unplaced VM that was where it should be already': wrong(moves, 'd1', (plan) => {
      plan.unplaced.push(unplaced('d1'))
      plan.status = 'partial'
    }),
    'an unplaced VM that was moved all the same': wrong(parking, 'a1', {
      moves: ['a1>C', 'b1>A'],
      change: (plan) => {
        plan.unplaced.push(unplaced('a1'))
        plan.status = 'partial'
      },
    }),
    'an unplaced VM that was not asked for': wrong(saveInPlace, 'c1', ({ unplaced: list }) =>
      list.push(unplaced('c1')),
    ),
    'an unplaced VM that is off where VMs are saved': wrong(saveInPlace, 'a3', ({ unplaced: list }) =>
      list.push(unplaced('a3')),
    ),
    'an unplaced VM that does not exist': wrong(saveInPlace, 'nobody', ({ unplaced: list }) =>
      list.push(unplaced('nobody')),
    ),
    'an unplaced VM twice': wrong(infeasible, 'a1', ({ unplaced: list }) => list.push(unplaced('a1'))),
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
