import { describe, expect, it } from 'vitest'
import { leg, loosen, unplaced } from './fixture.js'
import { type Parts, testWrongPlans, violationsOf } from './mutate.js'
import {
  antiAffinity,
  drain,
  makeRoom,
  moves,
  parking,
  policies,
  restartThenLive,
  saveInPlace,
} from './right-plans.js'

describe('cpu', () => {
  testWrongPlans([
    {
      name: 'a live migration onto another vendor',
      from: makeRoom,
      change: (_, { node }) => {
        node('C').vendor = 'AMD'
      },
      rule: 'cpu-vendor',
      subject: 'b1',
      atSeconds: 0,
      message: /runs on Intel, and C is AMD/,
    },
    {
      name: 'a saved VM onto another vendor',
      from: moves,
      change: (_, { vm }) => {
        vm('b1').vendor = 'AMD'
      },
      rule: 'cpu-vendor',
      subject: 'b1',
    },
    {
      name: 'a save onto another vendor',
      from: drain,
      change: (_, { vm }) => {
        vm('s1').vendor = 'AMD'
      },
      rule: 'cpu-vendor',
      subject: 's1',
    },
    {
      name: 'a feature that the target lacks',
      from: moves,
      change: (_, { vm }) => {
        vm('a1').features = ['a', 'b', 'c', 'd']
      },
      rule: 'cpu-features',
      subject: 'a1',
      excess: 2,
      message: /B lacks \(2\): c, d/,
    },
    {
      name: 'a feature that the parking node lacks',
      from: parking,
      change: (_, { node }) => {
        node('C').features = ['a']
      },
      rule: 'cpu-features',
      subject: 'a1',
      atSeconds: 0,
      excess: 1,
    },
    {
      name: 'a saved VM with a feature that the target lacks',
      from: moves,
      change: (_, { vm }) => {
        vm('b1').features = ['c']
      },
      rule: 'cpu-features',
      subject: 'b1',
    },
    {
      name: 'a save with a feature that the target lacks',
      from: drain,
      change: (_, { vm }) => {
        vm('s1').features = ['c']
      },
      rule: 'cpu-features',
      subject: 's1',
    },
    {
      name: 'a restarted VM does not get back to its old vendor live',
      from: restartThenLive,
      change: (_, { node }) => {
        node('E').vendor = 'Intel'
        node('E').features = ['a', 'b', 'x', 'y']
      },
      rule: 'cpu-vendor',
      subject: 'r1',
      atSeconds: 180,
    },
    {
      name: 'a restart that is none leaves the VM with the CPU that it saw',
      from: restartThenLive,
      change: (plan, { problem }) => {
        plan.migrations.splice(0, 1)
        Object.assign(plan.migrations[0]!, { from: 'A', startSeconds: 0, endSeconds: 12, round: 0 })
        plan.cost -= 620
        problem.policy.allowRestart = false
        loosen(plan)
      },
      rule: 'cpu-vendor',
      subject: 'r1',
    },
  ])
})

describe('allowed-nodes', () => {
  testWrongPlans([
    {
      name: 'the final target',
      from: moves,
      change: (_, { vm }) => {
        vm('b1').allowedNodes = new Set(['A', 'B'])
      },
      rule: 'allowed-nodes',
      subject: 'b1',
      atSeconds: 33.1,
      message: /may only be on A, B/,
    },
    {
      name: 'the parking node',
      from: parking,
      change: (_, { vm }) => {
        vm('a1').allowedNodes = new Set(['A', 'B'])
      },
      rule: 'allowed-nodes',
      subject: 'a1',
      atSeconds: 0,
    },
    {
      name: 'a restart',
      from: drain,
      change: (_, { vm }) => {
        vm('r1').allowedNodes = new Set(['B'])
      },
      rule: 'allowed-nodes',
      subject: 'r1',
    },
    {
      name: 'a VM that is off',
      from: moves,
      change: (_, { vm }) => {
        vm('c1').allowedNodes = new Set(['C'])
      },
      rule: 'allowed-nodes',
      subject: 'c1',
    },
  ])
})

describe('anti-affinity', () => {
  testWrongPlans([
    {
      name: 'two that the plan moved',
      from: antiAffinity,
      change: (plan, { problem }) => {
        plan.migrations[1]!.to = 'B'
        problem.moves = [
          { vm: 'a1', to: 'B' },
          { vm: 'a2', to: 'B' },
        ]
      },
      rule: 'anti-affinity',
      subject: ['a1', 'a2'],
      atSeconds: 12,
      excess: 1,
      message: /a1 ends on B together with a2 of its anti-affinity group g/,
    },
    {
      name: 'one that was there already, and is off',
      from: antiAffinity,
      change: (_, { vm }) => {
        vm('a1').antiAffinity = ['q']
        vm('d1').antiAffinity = ['h']
        vm('d1').node = 'C'
      },
      rule: 'anti-affinity',
      subject: 'a2',
      atSeconds: 24,
    },
  ])
})

describe('affinity', () => {
  const loose = (policy: { tolerateNodeFailure: boolean }, plan: { warnings: unknown[] }) => {
    policy.tolerateNodeFailure = false
    plan.warnings = []
  }
  testWrongPlans([
    {
      name: 'two that the plan moved',
      from: policies,
      change: (plan, { policy }) => {
        loose(policy, plan)
        Object.assign(plan.migrations[1]!, { to: 'D', startSeconds: 12, endSeconds: 24, round: 0 })
      },
      rule: 'affinity',
      subject: ['a1', 'b1'],
      atSeconds: 12,
      excess: 1,
      message: /a1 of affinity group g ends on C, apart from b1 on D/,
    },
    {
      name: 'one that is off, was not asked for, and is tied by way of another',
      from: policies,
      change: (plan, { policy, vm }) => {
        loose(policy, plan)
        Object.assign(vm('e1'), { state: 'off', affinity: ['h'] })
      },
      rule: 'affinity',
      subject: ['a1', 'b1'],
      atSeconds: 12,
      excess: 1,
      message: /a1 of affinity group g ends on C, apart from e1 on E/,
    },
    {
      name: 'one that is left unplaced',
      from: policies,
      change: (plan, { policy }) => {
        loose(policy, plan)
        plan.migrations.pop()
        plan.drained.pop()
        plan.unplaced = [unplaced('b1', 'affinity')]
        plan.status = 'partial'
        Object.assign(plan, { makespanSeconds: 12, lowerBoundSeconds: 12, cost: 12, costLowerBound: 12 })
      },
      rule: 'affinity',
      subject: 'a1',
      atSeconds: 12,
    },
  ])
})

describe('node-state', () => {
  testWrongPlans([
    {
      name: 'a paused node receives',
      from: antiAffinity,
      change: (_, { node }) => {
        node('B').state = 'paused'
      },
      rule: 'node-state',
      subject: 'B',
      atSeconds: 0,
      message: /B is paused and receives nothing/,
    },
    {
      name: 'a paused node is parked on',
      from: parking,
      change: (_, { node }) => {
        node('C').state = 'paused'
      },
      rule: 'node-state',
      subject: 'C',
    },
    {
      name: 'a node that is down receives',
      from: antiAffinity,
      change: (_, { node }) => {
        node('C').state = 'down'
      },
      rule: 'node-state',
      subject: 'C',
    },
    {
      name: 'a node that is down sends',
      from: antiAffinity,
      change: (_, { node }) => {
        node('A').state = 'down'
      },
      rule: 'node-state',
      subject: 'A',
      message: /A is down and can neither send nor save/,
    },
    {
      name: 'a node that is down saves',
      from: saveInPlace,
      change: (_, { node }) => {
        node('A').state = 'down'
      },
      rule: 'node-state',
      subject: 'A',
    },
    {
      name: 'a node that is drained live receives',
      from: drain,
      change: (plan) => {
        plan.migrations[0]!.to = 'N'
        plan.drained.pop()
      },
      rule: 'node-state',
      subject: 'N',
      message: /N is being drained/,
    },
    {
      name: 'a node that is drained by saving receives',
      from: saveInPlace,
      change: (plan, { problem }) => {
        problem.moves = [{ vm: 'c1', to: 'B' }]
        plan.migrations.splice(1, 0, leg('c1 C>B 0-12'))
        plan.proven = false
        loosen(plan)
      },
      rule: 'node-state',
      subject: 'B',
    },
  ])

  it('lets a paused node send and save', () => {
    for (const from of [antiAffinity, saveInPlace]) {
      const change = (_: unknown, { node }: Parts) => {
        node('A').state = 'paused'
      }
      expect(violationsOf({ from, change })).toEqual([])
    }
  })
})
