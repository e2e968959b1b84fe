import { describe, expect, it } from 'vitest'
import { leg } from '../problem.js'
import { loosen } from './fixture.js'
import { testWrongPlans, violationsOf, wrong } from './mutate.js'
import { antiAffinity, drain, makeRoom, moves, restartThenLive } from './right-plans.js'

describe('order', () => {
  testWrongPlans('order', {
    'from is not where the VM is': wrong(restartThenLive, 'r1 @180', { legs: { 1: { from: 'A' } } }),
    'a leg that starts before the earlier one has ended': wrong(restartThenLive, 'r1 @170 +10', {
      legs: { 1: { startSeconds: 170, endSeconds: 182, round: 0 } },
      change: loosen,
    }),
    'a start before the plan': wrong(moves, 'c1 @-1 +1', {
      legs: { 1: { startSeconds: -1, endSeconds: 1 } },
      change: ({ migrations }) => migrations.unshift(...migrations.splice(1, 1)),
    }),
    'an end before its start': wrong(moves, 'b1 +1', { legs: { 3: { endSeconds: 32.1 } }, change: loosen }),
    'an unknown VM': wrong(moves, 'ghost', (plan) => plan.migrations.push(leg('ghost A>B 33.1-35.1'))),
    'an unknown source': wrong(antiAffinity, 'Z', { legs: { 1: { from: 'Z' } } }),
    'an unknown target': wrong(antiAffinity, 'Z', { legs: { 1: { to: 'Z' } } }),
    'a migration to the node that it leaves': wrong(antiAffinity, 'a2', {
      moves: ['a1>B', 'a2>A'],
      legs: { 1: { to: 'A' } },
    }),
    'not sorted by start': wrong(makeRoom, 'b1', ({ migrations }) => migrations.reverse()),
    'not sorted by VM at one start': wrong(drain, 'r1,l1', ({ migrations }) => migrations.reverse()),
  })

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
