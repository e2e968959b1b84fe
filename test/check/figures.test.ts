import { describe, expect, it } from 'vitest'
import { unplaced } from './fixture.js'
import { testWrongPlans, violationsOf } from './mutate.js'
import { drain, infeasible, makeRoom, moves, parking, restartThenLive, saveInPlace } from './right-plans.js'

describe('losses', () => {
  testWrongPlans([
    {
      name: 'an offload that is not listed',
      from: moves,
      change: ({ migrations }) => {
        migrations[0]!.lostOffloads = []
      },
      rule: 'figures',
      subject: 'a1',
      excess: -1,
      message: /lostOffloads none; it should have rdma/,
    },
    {
      name: 'an offload that is kept',
      from: moves,
      change: ({ migrations }) => {
        migrations[0]!.lostOffloads.push('vmq')
      },
      rule: 'figures',
      subject: 'a1',
      excess: 1,
    },
    {
      name: 'an offload twice',
      from: moves,
      change: ({ migrations }) => {
        migrations[0]!.lostOffloads = ['rdma', 'rdma']
      },
      rule: 'figures',
      subject: 'a1',
    },
    {
      name: 'an offload on a parking leg',
      from: restartThenLive,
      change: ({ migrations }) => {
        migrations[0]!.lostOffloads = ['vmq']
      },
      rule: 'figures',
      subject: 'r1',
      atSeconds: 0,
    },
    {
      name: 'an offload of a VM that is saved in place and goes nowhere',
      from: saveInPlace,
      change: (plan, { vm }) => {
        vm('a1').offloads = ['vmq']
        vm('a2').offloads = ['vmq']
        plan.migrations[1]!.lostOffloads = ['vmq']
      },
      rule: 'figures',
      subject: 'a2',
    },
    {
      name: 'a feature of a restart that is not listed',
      from: restartThenLive,
      change: ({ migrations }) => {
        migrations[0]!.lostFeatures = ['a']
      },
      rule: 'figures',
      subject: 'r1',
    },
    {
      name: 'a feature that the baseline has',
      from: drain,
      change: ({ migrations }) => {
        migrations[1]!.lostFeatures = ['a', 'b']
      },
      rule: 'figures',
      subject: 'r1',
    },
    {
      name: 'a feature of a live migration',
      from: moves,
      change: ({ migrations }) => {
        migrations[2]!.lostFeatures = ['a']
      },
      rule: 'figures',
      subject: 'a2',
    },
  ])
})

describe('figures', () => {
  testWrongPlans([
    {
      name: 'the version',
      from: moves,
      change: (plan) => {
        ;(plan.version as number) = 2
      },
      rule: 'figures',
      subject: 'version',
    },
    {
      name: "the problem's name",
      from: moves,
      change: (plan) => {
        plan.problem = 'another'
      },
      rule: 'figures',
      subject: 'problem',
    },
    {
      name: 'the makespan',
      from: makeRoom,
      change: (plan) => {
        plan.makespanSeconds = 25
        plan.lowerBoundSeconds = 25
        plan.cost = 25
        plan.costLowerBound = 25
      },
      rule: 'figures',
      subject: 'makespanSeconds',
      excess: 1,
    },
    {
      name: 'a makespan without migrations',
      from: infeasible,
      change: (plan) => {
        Object.assign(plan, { makespanSeconds: 1, lowerBoundSeconds: 1, cost: 1, costLowerBound: 1 })
      },
      rule: 'figures',
      subject: 'makespanSeconds',
    },
    {
      name: 'a negative bound',
      from: moves,
      change: (plan) => {
        plan.lowerBoundSeconds = -1
        plan.gap = 36.1 / 35.1
      },
      rule: 'figures',
      subject: 'lowerBoundSeconds',
      excess: 1,
    },
    {
      name: 'a bound above the makespan',
      from: moves,
      change: (plan) => {
        plan.lowerBoundSeconds = 36
        plan.gap = -0.9 / 35.1
      },
      rule: 'figures',
      subject: 'lowerBoundSeconds',
      excess: 0.9,
    },
    {
      name: 'the gap',
      from: moves,
      change: (plan) => {
        plan.gap = 0
      },
      rule: 'figures',
      subject: 'gap',
    },
    {
      name: 'a gap of an empty plan',
      from: infeasible,
      change: (plan) => {
        plan.gap = 1
      },
      rule: 'figures',
      subject: 'gap',
    },
    {
      name: 'the cost without the lost offload',
      from: moves,
      change: (plan) => {
        plan.cost -= 30
        plan.costLowerBound = 0
      },
      rule: 'figures',
      subject: 'cost',
      excess: -30,
    },
    ...(
      [
        ['the lost feature', { featureLossPenaltySeconds: 11 }, -1],
        ['the restart', { restartPenaltySeconds: 602 }, -2],
        ['the save', { savePenaltySeconds: 303 }, -3],
      ] as const
    ).map(([what, penalty, excess]) => ({
      name: `the cost without the penalty of ${what}`,
      from: drain,
      change: (_: unknown, { policy }: { policy: object }) => void Object.assign(policy, penalty),
      rule: 'figures' as const,
      subject: 'cost',
      excess,
    })),
    {
      name: 'the cost without the penalty of a save in place',
      from: saveInPlace,
      change: (_, { policy }) => {
        policy.savePenaltySeconds = 304
      },
      rule: 'figures',
      subject: 'cost',
      excess: -8,
    },
    {
      name: 'a cost bound above the cost',
      from: moves,
      change: (plan) => {
        plan.costLowerBound = 66
      },
      rule: 'figures',
      subject: 'costLowerBound',
      excess: 0.9,
    },
    {
      name: 'optimal without a proof',
      from: makeRoom,
      change: (plan) => {
        plan.proven = false
      },
      rule: 'figures',
      subject: 'status',
      message: /"optimal", but a plan that is not proven and leaves 0 VMs unplaced is "feasible"/,
    },
    {
      name: 'feasible with a proof',
      from: makeRoom,
      change: (plan) => {
        plan.status = 'feasible'
      },
      rule: 'figures',
      subject: 'status',
    },
    {
      name: 'optimal with a VM unplaced',
      from: saveInPlace,
      change: (plan) => {
        plan.status = 'optimal'
      },
      rule: 'figures',
      subject: 'status',
    },
    {
      name: 'infeasible, yet some move',
      from: saveInPlace,
      change: (plan) => {
        plan.status = 'infeasible'
      },
      rule: 'figures',
      subject: 'status',
    },
    {
      name: 'partial with none unplaced',
      from: moves,
      change: (plan) => {
        plan.status = 'partial'
      },
      rule: 'figures',
      subject: 'status',
    },
    {
      name: 'partial, yet none moves',
      from: infeasible,
      change: (plan) => {
        plan.status = 'partial'
      },
      rule: 'figures',
      subject: 'status',
    },
    {
      name: 'proven with a cost above its bound',
      from: drain,
      change: (plan) => {
        plan.costLowerBound -= 0.002
      },
      rule: 'figures',
      subject: 'proven',
      excess: 0.002,
    },
  ])

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
        problem.moves = [...problem.moves, { vm: 'b1', to: 'B' }]
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
