import { describe, expect, it } from 'vitest'
import { unplaced } from './fixture.js'
import { testWrongPlans, violationsOf, wrong } from './mutate.js'
import { drain, infeasible, makeRoom, moves, parking, restartThenLive, saveInPlace } from './right-plans.js'

describe('losses', () => {
  testWrongPlans('figures', {
    'an offload that is not listed': wrong(moves, 'a1 -1', { legs: { 0: { lostOffloads: [] } } }),
    'an offload that is kept': wrong(moves, 'a1 +1', ({ migrations }) =>
      migrations[0]!.lostOffloads.push('vmq'),
    ),
    'an offload twice': wrong(moves, 'a1', { legs: { 0: { lostOffloads: ['rdma', 'rdma'] } } }),
    'an offload on a parking leg': wrong(restartThenLive, 'r1 @0', {
      legs: { 0: { lostOffloads: ['vmq'] } },
    }),
    'an offload of a VM that is saved in place and goes nowhere': wrong(saveInPlace, 'a2', {
      vms: { a1: { offloads: ['vmq'] }, a2: { offloads: ['vmq'] } },
      legs: { 1: { lostOffloads: ['vmq'] } },
    }),
    'a feature of a restart that is not listed': wrong(restartThenLive, 'r1', {
      legs: { 0: { lostFeatures: ['a'] } },
    }),
    'a feature that the baseline has': wrong(drain, 'r1', { legs: { 1: { lostFeatures: ['a', 'b'] } } }),
    'a feature of a live migration': wrong(moves, 'a2', { legs: { 2: { lostFeatures: ['a'] } } }),
  })
})

describe('figures', () => {
  testWrongPlans('figures', {
    'the version': wrong(moves, 'version', (plan) => Object.assign(plan, { version: 2 })),
    "the problem's name": wrong(moves, 'problem', { plan: { problem: 'another' } }),
    'the makespan': wrong(makeRoom, 'makespanSeconds +1', {
      plan: { makespanSeconds: 25, lowerBoundSeconds: 25, cost: 25, costLowerBound: 25 },
    }),
    'a makespan without migrations': wrong(infeasible, 'makespanSeconds', {
      plan: { makespanSeconds: 1, lowerBoundSeconds: 1, cost: 1, costLowerBound: 1 },
    }),
    'a negative bound': wrong(moves, 'lowerBoundSeconds +1', {
      plan: { lowerBoundSeconds: -1, gap: 36.1 / 35.1 },
    }),
    'a bound above the makespan': wrong(moves, 'lowerBoundSeconds +0.9', {
      plan: { lowerBoundSeconds: 36, gap: -0.9 / 35.1 },
    }),
    'the gap': wrong(moves, 'gap', { plan: { gap: 0 } }),
    'a gap of an empty plan': wrong(infeasible, 'gap', { plan: { gap: 1 } }),
    'the cost without the lost offload': wrong(moves, 'cost -30', {
      plan: { cost: 35.1, costLowerBound: 0 },
    }),
    'the cost without the penalty of the lost feature': wrong(drain, 'cost -1', {
      policy: { featureLossPenaltySeconds: 11 },
    }),
    'the cost without the penalty of the restart': wrong(drain, 'cost -2', {
      policy: { restartPenaltySeconds: 602 },
    }),
    'the cost without the penalty of the save': wrong(drain, 'cost -3', {
      policy: { savePenaltySeconds: 303 },
    }),
    'the cost without the penalty of a save in place': wrong(saveInPlace, 'cost -8', {
      policy: { savePenaltySeconds: 304 },
    }),
    'a cost bound above the cost': wrong(moves, 'costLowerBound +0.9', { plan: { costLowerBound: 66 } }),
    'optimal without a proof': wrong(makeRoom, 'status', { plan: { proven: false } }),
    'feasible with a proof': wrong(makeRoom, 'status', { plan: { status: 'feasible' } }),
    'optimal with a VM unplaced': wrong(saveInPlace, 'status', { plan: { status: 'optimal' } }),
    'infeasible, yet some move': wrong(saveInPlace, 'status', { plan: { status: 'infeasible' } }),
    'partial with none unplaced': wrong(moves, 'status', { plan: { status: 'partial' } }),
    'partial, yet none moves': wrong(infeasible, 'status', { plan: { status: 'partial' } }),
    'proven with a cost above its bound': wrong(drain, 'proven +0.002', (plan) => {
      plan.costLowerBound -= 0.002
    }),
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
