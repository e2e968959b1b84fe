import { describe, expect, it } from 'vitest'
import { testWrongPlans, violationsOf, wrong } from './mutate.js'
import { apartInTransit, policies, saveInPlace, stops } from './right-plans.js'

describe('ways, and where a request lets VMs end', () => {
  testWrongPlans('ways', {
    'a live migration of a VM that has no such way': wrong(stops, 'web @0', {
      vms: { web: { ways: new Set(['stop', 'save']) } },
    }),
    'a VM shut down that has other ways': wrong(stops, 'gpu @0', {
      vms: { gpu: { ways: new Set(['live']) } },
    }),
    'a VM shut down without a word': wrong(stops, 'gpu', { vms: { gpu: { ways: undefined } } }),
    'a save in place of a VM that has no such way': wrong(saveInPlace, 'a2 @1', {
      vms: { a2: { ways: new Set(['live', 'stop']) } },
    }),
  })

  it('ask nothing of the CPU of a VM that is shut down', () => {
    const elsewhere = { gpu: { vendor: 'AMD', features: ['x'] } } as const
    expect(violationsOf({ from: stops, vms: elsewhere })).toEqual([])
  })

  testWrongPlans('request', {
    'a VM shut down that was to move': wrong(stops, 'gpu', { moves: ['m1>B|C', 'm2>', 'gpu>B'] }),
    'a VM shut down on a node that is not drained': wrong(stops, 'gpu', {
      problem: { drains: [{ node: 'C', mode: 'live' }] },
      moves: ['m1>C', 'm2>', 'web>B'],
      plan: { unplaced: [], drained: [], status: 'optimal' },
    }),
    'a drain that sends VMs to another node': wrong(stops, 'web @12', {
      problem: { drains: [{ node: 'A', mode: 'live', to: ['C'] }] },
    }),
    'a move to none of several nodes': wrong(stops, 'm2 @24', { moves: ['m1>B|C', 'm2>A|C'] }),
    'a move to no other node': wrong(stops, 'm1', { moves: ['m1>', 'm2>'] }),
    'a node where a VM that is off stays, not listed as drained': wrong(stops, 'A @60', {
      plan: { drained: [] },
    }),
  })

  testWrongPlans('duration', {
    'a stop that takes longer than it should': wrong(stops, 'gpu +10', { policy: { stopSeconds: 50 } }),
  })

  const racks = (names: Record<string, string>) => ({
    problem: {
      affinityDomains: new Map([
        ['g', 'rack'],
        ['h', 'rack'],
      ]),
    },
    nodes: Object.fromEntries(
      Object.entries(names).map(([id, name]) => [id, { domains: new Map([['rack', name]]) }]),
    ),
    policy: { tolerateNodeFailure: false },
    plan: { warnings: [] },
    legs: { 1: { to: 'D', round: 0 } },
  })

  it('two of a group that is about racks end in one rack', () => {
    expect(violationsOf({ from: policies, ...racks({ C: 'R1', D: 'R1' }) })).toEqual([])
  })

  testWrongPlans('affinity', {
    'two that end in two racks': wrong(policies, 'a1,b1 @12', { ...racks({ C: 'R1', D: 'R2' }) }),
  })

  testWrongPlans('anti-affinity', {
    'two of a group that meet in transit': wrong(apartInTransit, 's2 @0', {
      legs: { 1: { startSeconds: 0, endSeconds: 12, round: 0 }, 2: { round: 1 } },
    }),
    'one of a group that parks where another is': wrong(apartInTransit, 's1 @0', {
      vms: { s2: { node: 'C', bootNode: 'C' } },
      legs: { 1: { from: 'C' } },
    }),
  })
})
