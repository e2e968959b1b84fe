import { describe, expect, it } from 'vitest'
import { MBPS_OF_100_MIB } from '../../problem.js'
import { type Nights, planned, works } from './planned.js'

/** Worked by hand; a VM of 1,000 MiB takes 10 s. */
const NIGHTS: Nights = {
  'a node whose VM goes home': [
    { nodes: ['A', 'B'], vms: ['a@A'], request: { maintenance: works('A') }, policy: { returnHome: true } },
    { status: 'optimal', makespanSeconds: 120, cost: 120, notHome: [] },
  ],
  // a aside, A's work, both over, B's work: A's VMs and B's wait on one another.
  "two nodes, each the other's only place": [
    { nodes: ['A', 'B'], vms: ['a@A', 'b@B'], request: { maintenance: works('A', 'B') } },
    { status: 'optimal', makespanSeconds: 230, cost: 230 },
  ],
  'a migration that costs': [
    {
      nodes: ['A', 'B'],
      vms: ['a@A'],
      request: { maintenance: works('A') },
      policy: { migrationPenaltySeconds: 7 },
    },
    { status: 'optimal', makespanSeconds: 110, cost: 117 },
  ],
  // 40,000 MiB fit nowhere as long as b and c lie on two nodes: c steps aside first.
  'one that is too large while others lie apart': [
    {
      nodes: ['A 5000', 'B 5000', 'C 5000'],
      vms: ['a@A 4000', 'b@B 1500', 'c@C 1500'],
      request: { maintenance: works('A') },
      policy: { allowMakeRoom: true },
    },
    { makespanSeconds: 155 },
  ],
  'first and last, with time to settle': [
    {
      nodes: ['A', 'B', 'C'],
      vms: [],
      request: {
        maintenance: works({ node: 'C', durationSeconds: 100, position: 'last' }, 'B', {
          node: 'A',
          durationSeconds: 100,
          position: 'first',
          settleSeconds: 30,
        }),
      },
      policy: { maintenanceAtOnce: 3 },
    },
    {
      makespanSeconds: 330,
      maintenance: [
        { node: 'A', startSeconds: 0, endSeconds: 100, slackSeconds: 0 },
        { node: 'B', startSeconds: 130, endSeconds: 230, slackSeconds: 0 },
        { node: 'C', startSeconds: 230, endSeconds: 330, slackSeconds: 0 },
      ],
    },
  ],
  'two that are never together': [
    {
      nodes: ['A', 'B', 'C'],
      vms: [],
      request: { maintenance: works('A', 'B', 'C'), notTogether: [['A', 'B']] },
      policy: { maintenanceAtOnce: 2 },
    },
    { status: 'optimal', makespanSeconds: 200 },
  ],
  'a night without works until 400': [
    {
      nodes: ['A', 'B'],
      vms: ['a@A'],
      windows: [{ start: 50, end: 400, kind: 'no-work' }],
      request: { maintenance: works('A') },
    },
    { status: 'optimal', makespanSeconds: 500 },
  ],
  'a deadline that windows make too early': [
    {
      nodes: ['A', 'B'],
      vms: [],
      windows: [{ node: 'A', start: 50, end: 400, kind: 'no-work' }],
      request: { maintenance: works({ node: 'A', durationSeconds: 100, latestEnd: 450 }) },
    },
    {
      status: 'infeasible',
      proven: true,
      notMaintained: [
        { node: 'A', reason: 'deadline', detail: 'it cannot have ended by its latestEnd', vms: [] },
      ],
    },
  ],
  'a VM that can go nowhere, and a work that goes after': [
    {
      nodes: ['A', 'B', 'C'],
      vms: [{ id: 'a', node: 'A', allowedNodes: ['A'] }],
      request: { maintenance: works('A', 'B', { node: 'C', durationSeconds: 100, after: ['A'] }) },
    },
    {
      status: 'partial',
      proven: true,
      makespanSeconds: 100,
      notMaintained: [
        {
          node: 'A',
          reason: 'allowed-nodes',
          detail: 'a stays: B is not among its allowed nodes (and the same reason on 1 more)',
          vms: ['a'],
        },
        { node: 'C', reason: 'after', detail: 'A, which goes before it, is not worked on', vms: [] },
      ],
    },
  ],
  'no nodes at all': [
    { nodes: [], vms: [], request: { maintenance: [] } },
    { status: 'optimal', cost: 0, costLowerBound: 0, maintenance: [] },
  ],
  'a work longer than the horizon': [
    {
      nodes: ['A'],
      vms: [],
      request: { maintenance: works({ node: 'A', durationSeconds: 100, earliestStart: 60 }) },
      policy: { horizonSeconds: 150 },
    },
    {
      status: 'infeasible',
      proven: true,
      notMaintained: [
        {
          node: 'A',
          reason: 'horizon',
          detail: 'the work takes 100 s from 60 s on, and the horizon is 150 s',
          vms: [],
        },
      ],
    },
  ],
  'features that a work takes away': [
    {
      nodes: ['A', 'B'],
      vms: ['a@A'],
      request: { maintenance: works({ node: 'A', durationSeconds: 100, featuresAfter: ['sse4_2'] }) },
      policy: { returnHome: true },
    },
    { status: 'optimal', makespanSeconds: 110, cost: 410, notHome: [{ vm: 'a', reason: 'cpu-features' }] },
  ],
  'a return that is not worth it': [
    {
      nodes: ['A', 'B'],
      vms: ['a@A'],
      windows: [{ node: 'A', start: 110, end: 1000 }],
      request: { maintenance: works('A') },
      policy: { returnHome: true },
    },
    { status: 'optimal', makespanSeconds: 110, cost: 410, notHome: [{ vm: 'a', reason: 'window' }] },
  ],
  // 2.5 s to save, and to resume.
  'saved where it is': [
    {
      nodes: ['A', 'B'],
      vms: ['a@A'],
      request: { maintenance: works({ node: 'A', durationSeconds: 100, mode: 'save' }) },
    },
    { status: 'optimal', makespanSeconds: 105, cost: 405 },
  ],
  'a node that is paused until its work is done': [
    {
      nodes: [{ id: 'A', state: 'paused' }, 'B'],
      vms: ['b@B'],
      request: { maintenance: works('A', 'B') },
    },
    { status: 'optimal', makespanSeconds: 210 },
  ],
  'a drain that gives way to a work': [
    {
      nodes: ['A', 'B', 'D'],
      vms: ['a@A', 'd@D 3000'],
      request: { maintenance: works('A'), drain: ['D'] },
    },
    { status: 'optimal', makespanSeconds: 110, drained: [{ node: 'D', atSeconds: 40 }] },
  ],
  'one migration over two slots': [
    {
      nodes: [
        { id: 'A', slots: 2, migrationMbps: 2 * MBPS_OF_100_MIB },
        { id: 'B', slots: 2, migrationMbps: 2 * MBPS_OF_100_MIB },
      ],
      vms: ['a@A'],
      request: { maintenance: works('A') },
    },
    { status: 'optimal', makespanSeconds: 105 },
  ],
}

describe('nights worked by hand', () => {
  it.each(Object.entries(NIGHTS))('%s', async (_, [parts, expected]) => {
    expect(await planned(parts)).toMatchObject(expected)
  })

  it('tells what works may overrun, the least free memory, and how many at once memory admits', async () => {
    const made = await planned({
      nodes: ['A 4000', 'B 4000', 'C 4000'],
      vms: ['a@A 2000', 'b@B 3000'],
      request: { maintenance: works({ node: 'A', durationSeconds: 30 }, 'C') },
      policy: { maintenanceAtOnce: 2, horizonSeconds: 1000 },
    })
    // 7,000 MiB are free: one node of 4,000 at a time.
    expect(made.statistics.effectiveAtOnce).toBe(1)
    expect(made.warnings.map(({ code }) => code)).toContain('at-once')
    expect(made.makespanSeconds).toBe(150)
    expect(made.statistics.leastFreeMemoryMiB).toBe(3000)
  })

  it('says the slack of a work that nothing waits for', async () => {
    const made = await planned({
      nodes: ['A', 'B'],
      vms: [],
      request: { maintenance: works('A', { node: 'B', durationSeconds: 30 }) },
      policy: { maintenanceAtOnce: 2 },
    })
    const slack = new Map(made.maintenance!.map((w) => [w.node, w.slackSeconds]))
    expect(slack).toEqual(
      new Map([
        ['A', 0],
        ['B', 70],
      ]),
    )
  })

  it('is the same plan for the same seed', async () => {
    const parts = {
      nodes: ['A', 'B', 'C'],
      vms: ['a@A', 'b@B', 'c@C'],
      request: { maintenance: works('A', 'B', 'C') },
    }
    const [one, two] = [await planned(parts), await planned(parts)]
    for (const { statistics } of [one, two]) statistics.runtimeSeconds = 0
    expect(one).toEqual(two)
  })
})
