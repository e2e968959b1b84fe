import { describe, expect, it } from 'vitest'
import { testWrongPlans, violationsOf } from './mutate.js'
import { apartInTransit, policies, saveInPlace, stops } from './right-plans.js'

describe('ways, and where a request lets VMs end', () => {
  testWrongPlans('ways', {
    'a live migration of a VM that has no such way': {
      from: stops,
      vms: { web: { ways: new Set(['stop', 'save']) } },
      found: { subject: 'web', atSeconds: 0 },
    },
    'a VM shut down that has other ways': {
      from: stops,
      vms: { gpu: { ways: new Set(['live']) } },
      found: { subject: 'gpu', atSeconds: 0 },
    },
    'a VM shut down without a word': {
      from: stops,
      vms: { gpu: { ways: undefined } },
      found: { subject: 'gpu' },
    },
    'a save in place of a VM that has no such way': {
      from: saveInPlace,
      vms: { a2: { ways: new Set(['live', 'stop']) } },
      found: { subject: 'a2', atSeconds: 1 },
    },
  })

  it('ask nothing of the CPU of a VM that is shut down', () => {
    const elsewhere = { gpu: { vendor: 'AMD', features: ['x'] } } as const
    expect(violationsOf({ from: stops, vms: elsewhere })).toEqual([])
  })

  testWrongPlans('request', {
    'a VM shut down that was to move': {
      from: stops,
      moves: ['m1>B|C', 'm2>', 'gpu>B'],
      found: { subject: 'gpu' },
    },
    'a VM shut down on a node that is not drained': {
      from: stops,
      problem: { drains: [{ node: 'C', mode: 'live' }] },
      moves: ['m1>C', 'm2>', 'web>B'],
      plan: { unplaced: [], drained: [], status: 'optimal' },
      found: { subject: ['gpu'] },
    },
    'a drain that sends VMs to another node': {
      from: stops,
      problem: { drains: [{ node: 'A', mode: 'live', to: ['C'] }] },
      found: { subject: 'web', atSeconds: 12 },
    },
    'a move to none of several nodes': {
      from: stops,
      moves: ['m1>B|C', 'm2>A|C'],
      found: { subject: 'm2', atSeconds: 24 },
    },
    'a move to no other node': {
      from: stops,
      moves: ['m1>', 'm2>'],
      found: { subject: 'm1' },
    },
    'a node where a VM that is off stays, not listed as drained': {
      from: stops,
      plan: { drained: [] },
      found: { subject: 'A', atSeconds: 60 },
    },
  })

  testWrongPlans('duration', {
    'a stop that takes longer than it should': {
      from: stops,
      policy: { stopSeconds: 50 },
      found: { subject: 'gpu', excess: 10 },
    },
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
    'two that end in two racks': {
      from: policies,
      ...racks({ C: 'R1', D: 'R2' }),
      found: { subject: ['a1', 'b1'], atSeconds: 12 },
    },
  })

  testWrongPlans('anti-affinity', {
    'two of a group that meet in transit': {
      from: apartInTransit,
      legs: { 1: { startSeconds: 0, endSeconds: 12, round: 0 }, 2: { round: 1 } },
      found: { subject: 's2', atSeconds: 0 },
    },
    'one of a group that parks where another is': {
      from: apartInTransit,
      vms: { s2: { node: 'C', bootNode: 'C' } },
      legs: { 1: { from: 'C' } },
      found: { subject: 's1', atSeconds: 0 },
    },
  })
})
