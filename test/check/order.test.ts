import { describe, expect, it } from 'vitest'
import { leg } from '../problem.js'
import { loosen } from './fixture.js'
import { testWrongPlans, violationsOf } from './mutate.js'
import { antiAffinity, drain, makeRoom, moves, restartThenLive } from './right-plans.js'

describe('order', () => {
  testWrongPlans('order', {
    'from is not where the VM is': {
      from: restartThenLive,
      legs: { 1: { from: 'A' } },
      found: { subject: 'r1', atSeconds: 180 },
    },
    'a leg that starts before the earlier one has ended': {
      from: restartThenLive,
      legs: { 1: { startSeconds: 170, endSeconds: 182, round: 0 } },
      change: loosen,
      found: { subject: 'r1', atSeconds: 170, excess: 10 },
    },
    'a start before the plan': {
      from: moves,
      legs: { 1: { startSeconds: -1, endSeconds: 1 } },
      change: ({ migrations }) => migrations.unshift(...migrations.splice(1, 1)),
      found: { subject: 'c1', atSeconds: -1, excess: 1 },
    },
    'an end before its start': {
      from: moves,
      legs: { 3: { endSeconds: 32.1 } },
      change: loosen,
      found: { subject: 'b1', excess: 1 },
    },
    'an unknown VM': {
      from: moves,
      change: (plan) => plan.migrations.push(leg('ghost A>B 33.1-35.1')),
      found: { subject: 'ghost' },
    },
    'an unknown source': { from: antiAffinity, legs: { 1: { from: 'Z' } }, found: { subject: 'Z' } },
    'an unknown target': { from: antiAffinity, legs: { 1: { to: 'Z' } }, found: { subject: 'Z' } },
    'a migration to the node that it leaves': {
      from: antiAffinity,
      moves: ['a1>B', 'a2>A'],
      legs: { 1: { to: 'A' } },
      found: { subject: 'a2' },
    },
    'not sorted by start': {
      from: makeRoom,
      change: ({ migrations }) => migrations.reverse(),
      found: { subject: 'b1' },
    },
    'not sorted by VM at one start': {
      from: drain,
      change: ({ migrations }) => migrations.reverse(),
      found: { subject: ['r1', 'l1'] },
    },
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
