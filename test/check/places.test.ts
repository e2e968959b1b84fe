import { describe, expect, it } from 'vitest'
import type { ResolvedVm } from '../../src/model/problem.js'
import { leg } from '../problem.js'
import { loosen, unplaced } from './fixture.js'
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
    'a live migration onto another vendor': {
      from: makeRoom,
      nodes: { C: { vendor: 'AMD' } },
      found: { subject: 'b1', atSeconds: 0 },
    },
    'a saved VM onto another vendor': {
      from: moves,
      vms: { b1: { vendor: 'AMD' } },
      found: { subject: 'b1' },
    },
    'a save onto another vendor': { from: drain, vms: { s1: { vendor: 'AMD' } }, found: { subject: 's1' } },
    'a restarted VM does not get back to its old vendor live': {
      from: restartThenLive,
      nodes: { E: { vendor: 'Intel', features: ['a', 'b', 'x', 'y'] } },
      found: { subject: 'r1', atSeconds: 180 },
    },
    'a restart that is none leaves the VM with the CPU that it saw': {
      from: restartThenLive,
      change: (plan, { problem }) => {
        plan.migrations.splice(0, 1)
        Object.assign(plan.migrations[0]!, { from: 'A', startSeconds: 0, endSeconds: 12, round: 0 })
        plan.cost -= 620
        problem.policy.allowRestart = false
        loosen(plan)
      },
      found: { subject: 'r1' },
    },
  })
  testWrongPlans('cpu-features', {
    'a feature that the target lacks': {
      from: moves,
      vms: { a1: { features: ['a', 'b', 'c', 'd'] } },
      found: { subject: 'a1', excess: 2 },
    },
    'a feature that the parking node lacks': {
      from: parking,
      nodes: { C: { features: ['a'] } },
      found: { subject: 'a1', atSeconds: 0, excess: 1 },
    },
    'a saved VM with a feature that the target lacks': {
      from: moves,
      vms: { b1: { features: ['c'] } },
      found: { subject: 'b1' },
    },
    'a save with a feature that the target lacks': {
      from: drain,
      vms: { s1: { features: ['c'] } },
      found: { subject: 's1' },
    },
  })
})

describe('allowed-nodes', () => {
  testWrongPlans('allowed-nodes', {
    'the final target': {
      from: moves,
      vms: { b1: { allowedNodes: new Set(['A', 'B']) } },
      found: { subject: 'b1', atSeconds: 33.1 },
    },
    'the parking node': {
      from: parking,
      vms: { a1: { allowedNodes: new Set(['A', 'B']) } },
      found: { subject: 'a1', atSeconds: 0 },
    },
    'a restart': { from: drain, vms: { r1: { allowedNodes: new Set(['B']) } }, found: { subject: 'r1' } },
    'a VM that is off': {
      from: moves,
      vms: { c1: { allowedNodes: new Set(['C']) } },
      found: { subject: 'c1' },
    },
  })
})

describe('anti-affinity', () => {
  testWrongPlans('anti-affinity', {
    'two that the plan moved': {
      from: antiAffinity,
      moves: ['a1>B', 'a2>B'],
      legs: { 1: { to: 'B' } },
      found: { subject: ['a1', 'a2'], atSeconds: 12, excess: 1 },
    },
    'more than are named': {
      from: antiAffinity,
      change: (_, { problem, vm }) => crowd(problem, vm('d1'), { node: 'B' }),
      found: { subject: 'a1', atSeconds: 12, excess: 6 },
    },
    'one that was there already, and is off': {
      from: antiAffinity,
      vms: { a1: { antiAffinity: ['q'] }, d1: { antiAffinity: ['h'], node: 'C' } },
      found: { subject: 'a2', atSeconds: 24 },
    },
  })
})

describe('affinity', () => {
  const loose = (policy: { tolerateNodeFailure: boolean }, plan: { warnings: unknown[] }) => {
    policy.tolerateNodeFailure = false
    plan.warnings = []
  }
  testWrongPlans('affinity', {
    'two that the plan moved': {
      from: policies,
      change: (plan, { policy }) => {
        loose(policy, plan)
        Object.assign(plan.migrations[1]!, { to: 'D', startSeconds: 12, endSeconds: 24, round: 0 })
      },
      found: { subject: ['a1', 'b1'], atSeconds: 12, excess: 1 },
    },
    'one that is off, was not asked for, and is tied by way of another': {
      from: policies,
      change: (plan, { policy, vm }) => {
        loose(policy, plan)
        Object.assign(vm('e1'), { state: 'off', affinity: ['h'] })
      },
      found: { subject: ['a1', 'b1'], atSeconds: 12, excess: 1 },
    },
    'more than are named': {
      from: policies,
      change: (plan, { problem, policy, vm }) => {
        loose(policy, plan)
        crowd(problem, { ...vm('e1'), state: 'off' }, { affinity: ['g'] })
      },
      found: { subject: ['a1', 'b1'], atSeconds: 12, excess: 6 },
    },
    'one that is left unplaced': {
      from: policies,
      change: (plan, { policy }) => {
        loose(policy, plan)
        plan.migrations.pop()
        plan.drained.pop()
        plan.unplaced = [unplaced('b1', 'affinity')]
        plan.status = 'partial'
        Object.assign(plan, { makespanSeconds: 12, lowerBoundSeconds: 12, cost: 12, costLowerBound: 12 })
      },
      found: { subject: 'a1', atSeconds: 12 },
    },
  })
})

describe('node-state', () => {
  testWrongPlans('node-state', {
    'a paused node receives': {
      from: antiAffinity,
      nodes: { B: { state: 'paused' } },
      found: { subject: 'B', atSeconds: 0 },
    },
    'a paused node is parked on': {
      from: parking,
      nodes: { C: { state: 'paused' } },
      found: { subject: 'C' },
    },
    'a node that is down receives': {
      from: antiAffinity,
      nodes: { C: { state: 'down' } },
      found: { subject: 'C' },
    },
    'a node that is down sends': {
      from: antiAffinity,
      nodes: { A: { state: 'down' } },
      found: { subject: 'A' },
    },
    'a node that is down saves': {
      from: saveInPlace,
      nodes: { A: { state: 'down' } },
      found: { subject: 'A' },
    },
    'a node that is drained live receives': {
      from: drain,
      legs: { 0: { to: 'N' } },
      change: (plan) => plan.drained.pop(),
      found: { subject: 'N' },
    },
    'a node that is drained by saving receives': {
      from: saveInPlace,
      moves: ['c1>B'],
      change: (plan) => {
        plan.migrations.splice(1, 0, leg('c1 C>B 0-12'))
        plan.proven = false
        loosen(plan)
      },
      found: { subject: 'B' },
    },
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
