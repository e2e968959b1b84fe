import { describe, expect, it } from 'vitest'
import { leg, loosen, unplaced } from './fixture.js'
import { testWrongPlans, violationsOf } from './mutate.js'
import { drain, infeasible, makeRoom, moves, parking, saveInPlace } from './right-plans.js'

describe('who migrates', () => {
  testWrongPlans([
    {
      name: 'a VM that was not asked for',
      from: makeRoom,
      change: ({ migrations }) => {
        delete migrations[0]!.makesRoom
      },
      rule: 'request',
      subject: 'b1',
      atSeconds: 0,
      message: /nothing was asked of it/,
    },
    {
      name: 'a VM that makes room against the policy',
      from: makeRoom,
      change: (_, { policy }) => {
        policy.allowMakeRoom = false
      },
      rule: 'request',
      subject: 'b1',
      message: /allowMakeRoom is false/,
    },
    {
      name: 'a VM asked for that is marked as making room',
      from: makeRoom,
      change: ({ migrations }) => {
        migrations[1]!.makesRoom = true
      },
      rule: 'request',
      subject: 'a1',
    },
    {
      name: 'a VM taken off a node that is drained by saving',
      from: saveInPlace,
      change: (plan) => {
        plan.migrations[1] = leg('a2 A>C 1-11', { round: 1 })
        plan.cost -= 300
        plan.drained[0]!.atSeconds = 11
        loosen(plan)
      },
      rule: 'request',
      subject: 'a2',
      message: /drained with mode "save": no VM leaves it/,
    },
    {
      name: 'a VM that is off, taken off a node that is drained by saving',
      from: saveInPlace,
      change: (plan, { policy }) => {
        policy.allowMakeRoom = true
        plan.migrations.push(leg('a3 A>C 3-5', { round: 2, makesRoom: true }))
        plan.drained[0]!.atSeconds = 5
        loosen(plan)
      },
      rule: 'request',
      subject: 'a3',
    },
    {
      name: 'a restart against the policy',
      from: drain,
      change: (_, { policy }) => {
        policy.allowRestart = false
      },
      rule: 'request',
      subject: 'r1',
      message: /allowRestart is false/,
    },
    {
      name: 'a restart of a VM that is not restartable',
      from: drain,
      change: (_, { vm }) => {
        vm('r1').restartable = false
      },
      rule: 'request',
      subject: 'r1',
      message: /not restartable/,
    },
    {
      name: 'a restart of a VM that is off',
      from: drain,
      change: (_, { vm }) => {
        vm('r1').state = 'off'
      },
      rule: 'request',
      subject: 'r1',
      message: /the VM is off, not running/,
    },
    {
      name: 'a save against the policy',
      from: drain,
      change: (_, { policy }) => {
        policy.allowSave = false
      },
      rule: 'request',
      subject: 's1',
      message: /allowSave is false/,
    },
    {
      name: 'a save of a VM that is saved already',
      from: drain,
      change: (_, { vm }) => {
        vm('s1').state = 'saved'
      },
      rule: 'request',
      subject: 's1',
    },
    {
      name: 'a save in place on a node that is drained live',
      from: saveInPlace,
      change: (plan, { problem }) => {
        problem.drains = [
          { node: 'A', mode: 'live' },
          { node: 'B', mode: 'save' },
        ]
        plan.drained = []
        plan.unplaced.push(unplaced('a3', 'memory'))
      },
      rule: 'request',
      subject: ['a1', 'a2'],
      message: /ends on A/,
    },
    {
      name: 'a save in place of a VM that was not asked for',
      from: saveInPlace,
      change: (plan) => {
        plan.migrations.push(leg('c1 C>C 3-5.5', { kind: 'save-in-place', blackoutSeconds: 2.5 }))
        plan.cost += 300
        loosen(plan)
      },
      rule: 'request',
      subject: 'c1',
      message: /C is not drained with mode "save"/,
    },
    {
      name: 'a save in place of a VM that is off',
      from: saveInPlace,
      change: (plan) => {
        plan.migrations.push(leg('a3 A>A 3-5.5', { kind: 'save-in-place', blackoutSeconds: 2.5, round: 2 }))
        plan.cost += 300
        plan.drained[0]!.atSeconds = 5.5
        loosen(plan)
      },
      rule: 'request',
      subject: 'a3',
      message: /the VM is off/,
    },
    {
      name: 'a save in place that leads elsewhere',
      from: saveInPlace,
      change: ({ migrations }) => {
        migrations[1]!.to = 'C'
      },
      rule: 'request',
      subject: 'a2',
      message: /from and to differ \(A, C\)/,
    },
  ])
})

describe('who is left behind', () => {
  testWrongPlans([
    {
      name: 'a move that is neither done nor listed',
      from: moves,
      change: ({ migrations }) => {
        migrations.splice(1, 1)
        migrations[2]!.round = 2
      },
      rule: 'request',
      subject: 'c1',
      message: /be moved to D; it has no migration and is not listed/,
    },
    {
      name: 'a move that ends elsewhere',
      from: parking,
      change: (_, { problem }) => {
        problem.moves = [
          { vm: 'a1', to: 'C' },
          { vm: 'b1', to: 'A' },
        ]
      },
      rule: 'request',
      subject: 'a1',
      atSeconds: 36,
      message: /be moved to C, but ends on B/,
    },
    {
      name: 'a VM on a node that is drained live, neither gone nor listed',
      from: drain,
      change: (plan) => {
        plan.migrations.shift()
        plan.drained.shift()
      },
      rule: 'request',
      subject: 'l1',
      message: /leave A/,
    },
    {
      name: 'a VM that is off on a node that is drained live',
      from: drain,
      change: (plan, { vm }) => {
        vm('l1').state = 'off'
        plan.migrations.shift()
        plan.drained.shift()
      },
      rule: 'request',
      subject: 'l1',
    },
    {
      name: 'a VM on a node that is drained by saving',
      from: saveInPlace,
      change: (plan) => {
        plan.migrations.pop()
        plan.drained = []
        plan.cost -= 300
        loosen(plan)
      },
      rule: 'request',
      subject: 'a2',
      message: /be saved on A/,
    },
    {
      name: 'a VM both in moves and on a drained node, moved elsewhere',
      from: drain,
      change: (_, { problem }) => {
        problem.moves = [{ vm: 'l1', to: 'D' }]
      },
      rule: 'request',
      subject: 'l1',
    },
    {
      name: 'an unplaced VM that is placed',
      from: saveInPlace,
      change: ({ unplaced: list }) => {
        list.push(unplaced('a1'))
      },
      rule: 'request',
      subject: 'a1',
      message: /ends as it should/,
    },
    {
      name: 'an unplaced VM that was where it should be already',
      from: moves,
      change: (plan) => {
        plan.unplaced.push(unplaced('d1'))
        plan.status = 'partial'
      },
      rule: 'request',
      subject: 'd1',
    },
    {
      name: 'an unplaced VM that was moved all the same',
      from: parking,
      change: (plan, { problem }) => {
        problem.moves = [
          { vm: 'a1', to: 'C' },
          { vm: 'b1', to: 'A' },
        ]
        plan.unplaced.push(unplaced('a1'))
        plan.status = 'partial'
      },
      rule: 'request',
      subject: 'a1',
      message: /although it is listed as unplaced/,
    },
    {
      name: 'an unplaced VM that was not asked for',
      from: saveInPlace,
      change: ({ unplaced: list }) => {
        list.push(unplaced('c1'))
      },
      rule: 'request',
      subject: 'c1',
      message: /nothing was asked of it/,
    },
    {
      name: 'an unplaced VM that is off where VMs are saved',
      from: saveInPlace,
      change: ({ unplaced: list }) => {
        list.push(unplaced('a3'))
      },
      rule: 'request',
      subject: 'a3',
      message: /nothing was asked of it/,
    },
    {
      name: 'an unplaced VM that does not exist',
      from: saveInPlace,
      change: ({ unplaced: list }) => {
        list.push(unplaced('nobody'))
      },
      rule: 'request',
      subject: 'nobody',
      message: /no such VM/,
    },
    {
      name: 'an unplaced VM twice',
      from: infeasible,
      change: ({ unplaced: list }) => {
        list.push(unplaced('a1'))
      },
      rule: 'request',
      subject: 'a1',
      message: /more than once/,
    },
  ])

  it('lets a VM both in moves and on a node drained by saving follow its move', () => {
    const violations = violationsOf({
      from: saveInPlace,
      change: (plan, { problem }) => {
        problem.moves = [{ vm: 'a2', to: 'C' }]
        plan.migrations[1] = leg('a2 A>C 1-11', { round: 1 })
        plan.drained[0]!.atSeconds = 11
        plan.cost -= 300
        loosen(plan)
      },
    })
    expect(violations).toEqual([])
  })
})
