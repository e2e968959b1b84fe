import { describe, expect, it } from 'vitest'
import { leg, loosen } from './fixture.js'
import { testWrongPlans, violationsOf } from './mutate.js'
import { antiAffinity, drain, makeRoom, moves, restartThenLive } from './right-plans.js'

describe('order', () => {
  testWrongPlans([
    {
      name: 'from is not where the VM is',
      from: restartThenLive,
      change: ({ migrations }) => {
        migrations[1]!.from = 'A'
      },
      rule: 'order',
      subject: 'r1',
      atSeconds: 180,
      message: /the VM is on D then, not on A/,
    },
    {
      name: 'a leg that starts before the earlier one has ended',
      from: restartThenLive,
      change: (plan) => {
        Object.assign(plan.migrations[1]!, { startSeconds: 170, endSeconds: 182, round: 0 })
        loosen(plan)
      },
      rule: 'order',
      subject: 'r1',
      atSeconds: 170,
      excess: 10,
    },
    {
      name: 'a start before the plan',
      from: moves,
      change: ({ migrations }) => {
        migrations[1]!.startSeconds = -1
        migrations[1]!.endSeconds = 1
        migrations.unshift(...migrations.splice(1, 1))
      },
      rule: 'order',
      subject: 'c1',
      atSeconds: -1,
      excess: 1,
    },
    {
      name: 'an end before its start',
      from: moves,
      change: (plan) => {
        plan.migrations[3]!.endSeconds = 32.1
        loosen(plan)
      },
      rule: 'order',
      subject: 'b1',
      excess: 1,
    },
    {
      name: 'an unknown VM',
      from: moves,
      change: (plan) => {
        plan.migrations.push(leg('ghost A>B 33.1-35.1'))
      },
      rule: 'order',
      subject: 'ghost',
      message: /no VM ghost/,
    },
    {
      name: 'an unknown source',
      from: antiAffinity,
      change: ({ migrations }) => {
        migrations[1]!.from = 'Z'
      },
      rule: 'order',
      subject: 'Z',
      message: /no node Z/,
    },
    {
      name: 'an unknown target',
      from: antiAffinity,
      change: ({ migrations }) => {
        migrations[1]!.to = 'Z'
      },
      rule: 'order',
      subject: 'Z',
    },
    {
      name: 'a migration to the node that it leaves',
      from: antiAffinity,
      change: (plan, { problem }) => {
        plan.migrations[1]!.to = 'A'
        problem.moves = [
          { vm: 'a1', to: 'B' },
          { vm: 'a2', to: 'A' },
        ]
      },
      rule: 'order',
      subject: 'a2',
      message: /leads back/,
    },
    {
      name: 'not sorted by start',
      from: makeRoom,
      change: ({ migrations }) => {
        migrations.reverse()
      },
      rule: 'order',
      subject: 'b1',
      message: /migrations\[1\] \(b1 at 0 s\) stands after a1 at 12 s/,
    },
    {
      name: 'not sorted by VM at one start',
      from: drain,
      change: ({ migrations }) => {
        migrations.reverse()
      },
      rule: 'order',
      subject: ['r1', 'l1'],
    },
  ])

  it('sorts VM ids by code unit', () => {
    const rename = (first: string, second: string) =>
      violationsOf({
        from: drain,
        change: (plan, { problem, vm }) => {
          vm('l1').id = first
          vm('r1').id = second
          problem.vmById = new Map(problem.vms.map((each) => [each.id, each]))
          plan.migrations[0]!.vm = first
          plan.migrations[1]!.vm = second
        },
      }).map(({ rule, subject }) => [rule, subject])
    expect(rename('Z', 'a')).toEqual([])
    expect(rename('a', 'Z')).toEqual([['order', 'Z']])
  })
})
