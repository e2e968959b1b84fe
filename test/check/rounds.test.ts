import { describe, expect, it } from 'vitest'
import { checkResolved } from '../../src/check/check-resolved.js'
import { leg, loosen, MBPS_OF_100_MIB, planOf, problemOf } from './fixture.js'
import { testWrongPlans } from './mutate.js'
import { drain, moves, parking, rounds, saveInPlace } from './right-plans.js'

describe('rounds', () => {
  testWrongPlans([
    {
      name: 'a timeline number too high',
      from: parking,
      change: ({ migrations }) => {
        migrations[2]!.round = 3
      },
      rule: 'rounds',
      subject: 'a1',
      atSeconds: 24,
      excess: 1,
      message: /is in round 3, but 2 is the least/,
    },
    {
      name: 'a timeline number too low',
      from: moves,
      change: ({ migrations }) => {
        migrations[3]!.round = 1
      },
      rule: 'rounds',
      subject: 'b1',
      excess: -1,
    },
    {
      name: 'a save in place counts in a timeline',
      from: saveInPlace,
      change: ({ migrations }) => {
        migrations[1]!.round = 0
      },
      rule: 'rounds',
      subject: 'a2',
    },
    {
      name: 'a node in more migrations of a round than it has slots',
      from: rounds,
      change: ({ migrations }) => {
        migrations[2]!.round = 1
      },
      rule: 'rounds',
      subject: ['S', 's1'],
    },
    {
      name: 'two restarts or saves of one slot in one round',
      from: drain,
      change: (plan) => {
        plan.schedule = 'rounds'
      },
      rule: 'rounds',
      subject: ['A', 'B'],
      excess: 2,
      message: /A takes part in 3 migrations of round 0 \(l1, r1, s1\); it can in 1/,
    },
    {
      name: 'two saves in place of one node in one round',
      from: rounds,
      change: (plan, { node }) => {
        node('S').slots = 2
        Object.assign(plan.migrations[4]!, { startSeconds: 1, endSeconds: 2, round: 0 })
        plan.migrations.splice(3, 0, ...plan.migrations.splice(4, 1))
        plan.drained[0]!.atSeconds = 2
      },
      rule: 'rounds',
      subject: 'S',
      excess: 1,
      message: /2 saves in place of round 0/,
    },
    {
      name: 'a start before the round before has ended',
      from: rounds,
      change: (plan) => {
        Object.assign(plan.migrations[3]!, { startSeconds: 21, endSeconds: 33 })
        loosen(plan)
      },
      rule: 'rounds',
      subject: 'h3',
      atSeconds: 21,
      excess: 1,
    },
    {
      name: 'a start before the round before the last has ended',
      from: rounds,
      change: (plan) => {
        plan.migrations[4]!.round = 2
        plan.migrations[4]!.startSeconds = 34
        plan.migrations[4]!.endSeconds = 35
        plan.migrations[2]!.round = 1
        plan.drained[0]!.atSeconds = 35
        loosen(plan)
      },
      rule: 'rounds',
      subject: 's1',
      excess: 22,
    },
    {
      name: 'a gap in the numbers',
      from: rounds,
      change: ({ migrations }) => {
        migrations[3]!.round = 2
        migrations[4]!.round = 2
      },
      rule: 'rounds',
      subject: 'round',
      excess: 1,
      message: /round 1 is empty, and there is a round 2/,
    },
    {
      name: 'numbers from 1',
      from: rounds,
      change: ({ migrations }) => {
        for (const migration of migrations) migration.round++
      },
      rule: 'rounds',
      subject: 'round',
    },
  ])

  it.each([
    [1, ['A takes part in 2 migrations of round 0 (a1, a2); it can in 1']],
    [2, []],
  ])("a save in place takes one of its node's %i slots", (slots, messages) => {
    const problem = problemOf({
      nodes: [{ id: 'A', slots, migrationMbps: slots * MBPS_OF_100_MIB }, { id: 'B' }],
      vms: [
        { id: 'a1', node: 'A' },
        { id: 'a2', node: 'A', memoryMiB: 400 },
      ],
      moves: [{ vm: 'a1', to: 'B' }],
      drains: [{ node: 'A', mode: 'save' }],
    })
    const plan = planOf({
      schedule: 'rounds',
      makespanSeconds: 12,
      cost: 312,
      migrations: [leg('a1 A>B 0-12'), leg('a2 A>A 0-1', { kind: 'save-in-place', blackoutSeconds: 1 })],
      drained: [{ node: 'A', atSeconds: 12 }],
    })
    expect(checkResolved(problem, plan).map(({ message }) => message)).toEqual(messages)
  })
})
