import { describe, expect, it } from 'vitest'
import type { ResolvedVm } from '../../src/model/problem.js'
import { leg } from '../problem.js'
import { loosen, unplaced } from './fixture.js'
import { type Parts, testWrongPlans, violationsOf, wrong } from './mutate.js'
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

/** Six more like a VM, but for something. */
function crowd(problem: Parts['problem'], like: ResolvedVm, but: Partial<ResolvedVm>): void {
  const more = [1, 2, 3, 4, 5, 6].map((i) => ({ ...like, ...but, id: `x${i}` }))
  problem.vms = [...problem.vms, ...more]
  problem.vmById = new Map(problem.vms.map((each) => [each.id, each]))
}

it('a VM may be saved where it is, though neither owners nor groups would have it there', () => {
  const group = { affinity: ['g'], antiAffinity: ['h'] }
  const vms = { a1: { ...group, allowedNodes: new Set(['B']) }, a3: { antiAffinity: ['h'] }, c1: group }
  expect(violationsOf({ from: saveInPlace, vms })).toEqual([])
})

describe('cpu', () => {
  testWrongPlans('cpu-vendor', {
    'a live migration onto another vendor': wrong(makeRoom, 'b1 @0', { nodes: { C: { vendor: 'AMD' } } }),
    'a saved VM onto another vendor': wrong(moves, 'b1', { vms: { b1: { vendor: 'AMD' } } }),
    'a save onto another vendor': wrong(drain, 's1', { vms: { s1: { vendor: 'AMD' } } }),
    'a restarted VM does not get back to its old vendor live': wrong(restartThenLive, 'r1 @180', {
      nodes: { E: { vendor: 'Intel', features: ['a', 'b', 'x', 'y'] } },
    }),
    'a restart that is none leaves the VM with the CPU that it saw': wrong(
      restartThenLive,
      'r1',
      (plan, { problem }) => {
        plan.migrations.splice(0, 1)
        Object.assign(plan.migrations[0]!, { from: 'A', startSeconds: 0, endSeconds: 12, round: 0 })
        plan.cost -= 620
        problem.policy.allowRestart = false
        loosen(plan)
      },
    ),
  })
  testWrongPlans('cpu-features', {
    'a feature that the target lacks': wrong(moves, 'a1 +2', {
      vms: { a1: { features: ['a', 'b', 'c', 'd'] } },
    }),
    'a feature that the parking node lacks': wrong(parking, 'a1 @0 +1', {
      nodes: { C: { features: ['a'] } },
    }),
    'a saved VM with a feature that the target lacks': wrong(moves, 'b1', {
      vms: { b1: { features: ['c'] } },
    }),
    'a save with a feature that the target lacks': wrong(drain, 's1', { vms: { s1: { features: ['c'] } } }),
  })
})

describe('allowed-nodes', () => {
  testWrongPlans('allowed-nodes', {
    'the final target': wrong(moves, 'b1 @33.1', { vms: { b1: { allowedNodes: new Set(['A', 'B']) } } }),
    'the parking node': wrong(parking, 'a1 @0', { vms: { a1: { allowedNodes: new Set(['A', 'B']) } } }),
    'a restart': wrong(drain, 'r1', { vms: { r1: { allowedNodes: new Set(['B']) } } }),
    'a VM that is off': wrong(moves, 'c1', { vms: { c1: { allowedNodes: new Set(['C']) } } }),
  })
})

describe('anti-affinity', () => {
  testWrongPlans('anti-affinity', {
    'two that the plan moved': wrong(antiAffinity, 'a1,a2 @12 +1', {
      moves: ['a1>B', 'a2>B'],
      legs: { 1: { to: 'B' } },
    }),
    'more than are named': wrong(antiAffinity, 'a1 @12 +6', (_, { problem, vm }) =>
      crowd(problem, vm('d1'), { node: 'B' }),
    ),
    'one that was there already, and is off': wrong(antiAffinity, 'a2 @24', {
      vms: { a1: { antiAffinity: ['q'] }, d1: { antiAffinity: ['h'], node: 'C' } },
    }),
  })
})

describe('affinity', () => {
  const loose = (policy: { tolerateNodeFailure: boolean }, plan: { warnings: unknown[] }) => {
    policy.tolerateNodeFailure = false
    plan.warnings = []
  }
  testWrongPlans('affinity', {
    'two that the plan moved': wrong(policies, 'a1,b1 @12 +1', (plan, { policy }) => {
      loose(policy, plan)
      Object.assign(plan.migrations[1]!, { to: 'D', startSeconds: 12, endSeconds: 24, round: 0 })
    }),
    'one that is off, was not asked for, and is tied by way of another': wrong(
      policies,
      'a1,b1 @12 +1',
      (plan, { policy, vm }) => {
        loose(policy, plan)
        Object.assign(vm('e1'), { state: 'off', affinity: ['h'] })
      },
    ),
    'more than are named': wrong(policies, 'a1,b1 @12 +6', (plan, { problem, policy, vm }) => {
      loose(policy, plan)
      crowd(problem, { ...vm('e1'), state: 'off' }, { affinity: ['g'] })
    }),
    'one that is left unplaced': wrong(policies, 'a1 @12', (plan, { policy }) => {
      loose(policy, plan)
      plan.migrations.pop()
      plan.drained.pop()
      plan.unplaced = [unplaced('b1', 'affinity')]
      plan.status = 'partial'
      Object.assign(plan, { makespanSeconds: 12, lowerBoundSeconds: 12, cost: 12, costLowerBound: 12 })
    }),
  })
})

describe('node-state', () => {
  testWrongPlans('node-state', {
    'a paused node receives': wrong(antiAffinity, 'B @0', { nodes: { B: { state: 'paused' } } }),
    'a paused node is parked on': wrong(parking, 'C', { nodes: { C: { state: 'paused' } } }),
    'a node that is down receives': wrong(antiAffinity, 'C', { nodes: { C: { state: 'down' } } }),
    'a node that is down sends': wrong(antiAffinity, 'A', { nodes: { A: { state: 'down' } } }),
    'a node that is down saves': wrong(saveInPlace, 'A', { nodes: { A: { state: 'down' } } }),
    'a node that is drained live receives': wrong(drain, 'N', {
      legs: { 0: { to: 'N' } },
      change: (plan) => plan.drained.pop(),
    }),
    'a node that is drained by saving receives': wrong(saveInPlace, 'B', {
      moves: ['c1>B'],
      change: (plan) => {
        plan.migrations.splice(1, 0, leg('c1 C>B 0-12'))
        plan.proven = false
        loosen(plan)
      },
    }),
  })

  it('lets a paused node send and save', () => {
    for (const from of [antiAffinity, saveInPlace]) {
      const change = (_: unknown, { node }: Parts) => {
        node('A').state = 'paused'
      }
      expect(violationsOf({ from, change })).toEqual([])
    }
  })
})
