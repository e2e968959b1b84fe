import { describe, expect, it } from 'vitest'
import { unplaced } from './fixture.js'
import { testWrongPlans, violationsOf } from './mutate.js'
import { drain, infeasible, makeRoom, moves, parking, restartThenLive, saveInPlace } from './right-plans.js'

describe('losses', () => {
  testWrongPlans('figures', {
    'an offload that is not listed': {
      from: moves,
      legs: { 0: { lostOffloads: [] } },
      found: { subject: 'a1', excess: -1 },
    },
    'an offload that is kept': {
      from: moves,
      change: ({ migrations }) => migrations[0]!.lostOffloads.push('vmq'),
      found: { subject: 'a1', excess: 1 },
    },
    'an offload twice': {
      from: moves,
      legs: { 0: { lostOffloads: ['rdma', 'rdma'] } },
      found: { subject: 'a1' },
    },
    'an offload on a parking leg': {
      from: restartThenLive,
      legs: { 0: { lostOffloads: ['vmq'] } },
      found: { subject: 'r1', atSeconds: 0 },
    },
    'an offload of a VM that is saved in place and goes nowhere': {
      from: saveInPlace,
      vms: { a1: { offloads: ['vmq'] }, a2: { offloads: ['vmq'] } },
      legs: { 1: { lostOffloads: ['vmq'] } },
      found: { subject: 'a2' },
    },
    'a feature of a restart that is not listed': {
      from: restartThenLive,
      legs: { 0: { lostFeatures: ['a'] } },
      found: { subject: 'r1' },
    },
    'a feature that the baseline has': {
      from: drain,
      legs: { 1: { lostFeatures: ['a', 'b'] } },
      found: { subject: 'r1' },
    },
    'a feature of a live migration': {
      from: moves,
      legs: { 2: { lostFeatures: ['a'] } },
      found: { subject: 'a2' },
    },
  })
})

describe('figures', () => {
  testWrongPlans('figures', {
    'the version': {
      from: moves,
      change: (plan) => Object.assign(plan, { version: 2 }),
      found: { subject: 'version' },
    },
    "the problem's name": { from: moves, plan: { problem: 'another' }, found: { subject: 'problem' } },
    'the makespan': {
      from: makeRoom,
      plan: { makespanSeconds: 25, lowerBoundSeconds: 25, cost: 25, costLowerBound: 25 },
      found: { subject: 'makespanSeconds', excess: 1 },
    },
    'a makespan without migrations': {
      from: infeasible,
      plan: { makespanSeconds: 1, lowerBoundSeconds: 1, cost: 1, costLowerBound: 1 },
      found: { subject: 'makespanSeconds' },
    },
    'a negative bound': {
      from: moves,
      plan: { lowerBoundSeconds: -1, gap: 36.1 / 35.1 },
      found: { subject: 'lowerBoundSeconds', excess: 1 },
    },
    'a bound above the makespan': {
      from: moves,
      plan: { lowerBoundSeconds: 36, gap: -0.9 / 35.1 },
      found: { subject: 'lowerBoundSeconds', excess: 0.9 },
    },
    'the gap': { from: moves, plan: { gap: 0 }, found: { subject: 'gap' } },
    'a gap of an empty plan': { from: infeasible, plan: { gap: 1 }, found: { subject: 'gap' } },
    'the cost without the lost offload': {
      from: moves,
      plan: { cost: 35.1, costLowerBound: 0 },
      found: { subject: 'cost', excess: -30 },
    },
    'the cost without the penalty of the lost feature': {
      from: drain,
      policy: { featureLossPenaltySeconds: 11 },
      found: { subject: 'cost', excess: -1 },
    },
    'the cost without the penalty of the restart': {
      from: drain,
      policy: { restartPenaltySeconds: 602 },
      found: { subject: 'cost', excess: -2 },
    },
    'the cost without the penalty of the save': {
      from: drain,
      policy: { savePenaltySeconds: 303 },
      found: { subject: 'cost', excess: -3 },
    },
    'the cost without the penalty of a save in place': {
      from: saveInPlace,
      policy: { savePenaltySeconds: 304 },
      found: { subject: 'cost', excess: -8 },
    },
    'a cost bound above the cost': {
      from: moves,
      plan: { costLowerBound: 66 },
      found: { subject: 'costLowerBound', excess: 0.9 },
    },
    'optimal without a proof': { from: makeRoom, plan: { proven: false }, found: { subject: 'status' } },
    'feasible with a proof': { from: makeRoom, plan: { status: 'feasible' }, found: { subject: 'status' } },
    'optimal with a VM unplaced': {
      from: saveInPlace,
      plan: { status: 'optimal' },
      found: { subject: 'status' },
    },
    'infeasible, yet some move': {
      from: saveInPlace,
      plan: { status: 'infeasible' },
      found: { subject: 'status' },
    },
    'partial with none unplaced': { from: moves, plan: { status: 'partial' }, found: { subject: 'status' } },
    'partial, yet none moves': {
      from: infeasible,
      plan: { status: 'partial' },
      found: { subject: 'status' },
    },
    'proven with a cost above its bound': {
      from: drain,
      change: (plan) => {
        plan.costLowerBound -= 0.002
      },
      found: { subject: 'proven', excess: 0.002 },
    },
  })

  it('forgives a proof one millisecond between cost and bound', () => {
    const change = (plan: { costLowerBound: number }) => {
      plan.costLowerBound -= 0.001
    }
    expect(violationsOf({ from: drain, change })).toEqual([])
  })

  it('calls a plan infeasible where only VMs that were in place already are not unplaced', () => {
    const violations = violationsOf({
      from: infeasible,
      change: (_, { problem }) => {
        problem.vms = [...problem.vms, { ...problem.vms[0]!, id: 'b1', node: 'B' }]
        problem.vmById = new Map(problem.vms.map((vm) => [vm.id, vm]))
        problem.moves = [...problem.moves, { vm: 'b1', to: ['B'] }]
      },
    })
    expect(violations).toEqual([])
  })

  it('names several faults at once', () => {
    const violations = violationsOf({
      from: parking,
      change: (plan) => {
        plan.gap = 1
        plan.migrations[2]!.round = 5
        plan.unplaced.push(unplaced('a1'))
      },
    })
    expect(violations.map(({ rule, subject }) => [rule, subject])).toEqual([
      ['request', 'a1'],
      ['rounds', 'a1'],
      ['figures', 'gap'],
      ['figures', 'status'],
    ])
  })
})
