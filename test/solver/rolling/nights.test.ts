import { describe, expect, it } from 'vitest'
import { check } from '../../../src/check/check.js'
import { InvalidProblemError } from '../../../src/errors.js'
import type { Plan } from '../../../src/model/plan.js'
import type { ProblemMaintenance } from '../../../src/model/problem.js'
import { plan } from '../../../src/plan.js'
import { MBPS_OF_100_MIB, type ProblemParts, problemOf } from '../../problem.js'

const works = (...list: (string | ProblemMaintenance)[]) =>
  list.map((work) => (typeof work === 'string' ? { node: work, durationSeconds: 100 } : work))

async function planned(parts: ProblemParts): Promise<Plan> {
  const problem = problemOf(parts)
  const made = await plan(problem, { effort: 1, thread: 'caller' })
  expect(check(problem, made)).toEqual([])
  return made
}

/** Worked by hand; a VM of 1,000 MiB takes 10 s. */
const NIGHTS: Record<string, [ProblemParts, { [Key in keyof Plan]?: unknown }]> = {
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
  // B has room for one vCPU more; C is slow.
  'vCPUs that are too many': [
    {
      nodes: ['A', { id: 'B', cores: 2 }, { id: 'C', cores: 4, migrationMbps: MBPS_OF_100_MIB / 2 }],
      vms: [
        { id: 'a', node: 'A', vcpus: 2 },
        { id: 'b', node: 'B' },
      ],
      request: { maintenance: works('A') },
      policy: { maxVcpusPerCore: 1 },
    },
    { makespanSeconds: 120 },
  ],
  'a device that no other node has': [
    {
      nodes: [{ id: 'A', devices: { gpu: 1 } }, 'B'],
      vms: [{ id: 'a', node: 'A', devices: { gpu: 1 } }],
      request: { maintenance: works('A') },
    },
    {
      status: 'infeasible',
      proven: true,
      notMaintained: [
        { node: 'A', reason: 'devices', detail: 'a stays: B lacks 1 gpu for it in this plan', vms: ['a'] },
      ],
    },
  ],
  // a has B's device after b has left with it for A, and gives it back.
  'a device that is handed round': [
    {
      nodes: [
        { id: 'A', devices: { gpu: 1 } },
        { id: 'B', devices: { gpu: 1 } },
        { id: 'C', devices: { gpu: 1 } },
      ],
      vms: [
        { id: 'a', node: 'A', devices: { gpu: 1 } },
        { id: 'b', node: 'B', devices: { gpu: 1 } },
      ],
      request: { maintenance: works('A', 'B') },
      policy: { returnHome: true },
    },
    { makespanSeconds: 240, notHome: [] },
  ],
  'two nodes emptied over one uplink': [
    {
      nodes: ['A', 'B', 'C', 'D'],
      vms: ['a@A', 'b@B'],
      networks: [{ id: 'up', nodes: ['A', 'B'], mbps: MBPS_OF_100_MIB }],
      request: { maintenance: works('A', 'B') },
      policy: { maintenanceAtOnce: 2 },
    },
    { makespanSeconds: 120 },
  ],
  // Apart it would be 130 s: B has room for one, and C is slow.
  'a group that ends together': [
    {
      nodes: ['A', 'B 1500', { id: 'C', migrationMbps: MBPS_OF_100_MIB / 2 }],
      vms: [
        { id: 'a', node: 'A', affinity: ['g'] },
        { id: 'b', node: 'A', affinity: ['g'] },
      ],
      request: { maintenance: works('A') },
    },
    { makespanSeconds: 140 },
  ],
  // It can be nowhere with the other, and so it is where it was.
  'one of a group comes back': [
    {
      nodes: ['A', 'B 1500', 'C'],
      vms: [
        { id: 'a', node: 'A', affinity: ['g'] },
        { id: 'b', node: 'B', affinity: ['g'] },
      ],
      request: { maintenance: works('A') },
    },
    { makespanSeconds: 120 },
  ],
  'a drain of one of a group takes it to the other': [
    {
      nodes: ['A', 'B', 'C', 'D'],
      vms: [
        { id: 'c', node: 'C', affinity: ['g'] },
        { id: 'd', node: 'D', affinity: ['g'] },
      ],
      request: { maintenance: works('A'), drain: ['D'] },
    },
    { makespanSeconds: 100, migrations: [{ vm: 'd', to: 'C' }] },
  ],
  // Saving takes 25 s, stopping and starting 60 s, and both go on together.
  'one that is saved, and one that is shut down': [
    {
      nodes: ['A', 'B'],
      vms: ['a@A 10000', { id: 'b', node: 'A', memoryMiB: 1000, ways: ['stop'] }],
      request: { maintenance: works({ node: 'A', durationSeconds: 100, mode: 'save' }) },
    },
    { status: 'optimal', makespanSeconds: 220, cost: 1120 },
  ],
  'one with a device of its host, which is shut down': [
    {
      nodes: ['A', 'B'],
      vms: ['a@A', { id: 'gpu', node: 'A', ways: ['stop'] }],
      request: { maintenance: works('A') },
      policy: { returnHome: true },
    },
    { status: 'optimal', makespanSeconds: 220, cost: 820, notHome: [] },
  ],
  'one that only a restart moves, and one that is carried': [
    {
      nodes: ['A', 'B'],
      vms: [
        { id: 'r', node: 'A', ways: ['restart'] },
        { id: 's', node: 'A', ways: ['save'] },
      ],
      request: { maintenance: works('A') },
      policy: { restartSeconds: 30 },
    },
    { status: 'optimal', makespanSeconds: 130, cost: 1030 },
  ],
  // It would see less than what it has seen: only a restart takes it there.
  'a restart over CPUs': [
    {
      nodes: ['A', { id: 'B', cpu: { vendor: 'AMD', features: [] } }],
      vms: [{ id: 'a', node: 'A', restartable: true }],
      request: { maintenance: works('A') },
      policy: { allowRestart: true, restartSeconds: 30, featureLossPenaltySeconds: 0 },
    },
    { status: 'optimal', makespanSeconds: 130, cost: 730 },
  ],
  'one that may neither be saved nor shut down': [
    {
      nodes: ['A', 'B'],
      vms: [{ id: 'a', node: 'A', ways: ['live'] }],
      request: { maintenance: works({ node: 'A', durationSeconds: 100, mode: 'save' }) },
    },
    {
      status: 'infeasible',
      proven: true,
      notMaintained: [
        {
          node: 'A',
          reason: 'ways',
          detail: 'a stays: its ways have no save, nor stop: they are live',
          vms: ['a'],
        },
      ],
    },
  ],
  'a node drained by saving beside it': [
    {
      nodes: ['A', 'B', 'D'],
      vms: ['a@A', 'd@D', { id: 'e', node: 'D', ways: ['live'] }],
      request: { maintenance: works('A'), drain: [{ node: 'D', mode: 'save' }] },
    },
    { makespanSeconds: 110, cost: 410, unplaced: [{ vm: 'e', reason: 'ways' }] },
  ],
  'a move that says how long it takes': [
    {
      nodes: ['A', 'B', 'C'],
      vms: ['b@B'],
      request: { maintenance: works('A'), moves: [{ vm: 'b', to: 'C', durationSeconds: 130 }] },
    },
    { makespanSeconds: 130 },
  ],
  // a needs b's place on B; p, which would be enough, may go nowhere.
  'the larger of two steps aside': [
    {
      nodes: ['A 5000', 'B 6000', 'C 3500'],
      vms: ['a@A 4000', { id: 'p', node: 'B', memoryMiB: 2000, allowedNodes: ['B'] }, 'b@B 3000'],
      request: { maintenance: works('A') },
      policy: { allowMakeRoom: true },
    },
    { makespanSeconds: 170 },
  ],
  'a group that leaves one node only': [
    {
      nodes: ['A', 'B', { id: 'C', migrationMbps: MBPS_OF_100_MIB / 2 }],
      vms: [
        { id: 'a', node: 'A', antiAffinity: ['g'] },
        { id: 'b', node: 'B', antiAffinity: ['g'] },
      ],
      request: { maintenance: works('A') },
      policy: { returnHome: true },
    },
    { status: 'optimal', makespanSeconds: 140 },
  ],
  // On C it would take the place that b needs when B fails; B is slow.
  'an end that survives a failure': [
    {
      nodes: ['A 1500', { id: 'B', memoryMiB: 4000, migrationMbps: MBPS_OF_100_MIB / 2 }, 'C 3000'],
      vms: ['a@A 1500', 'b@B 2000', 'c@C 1000'],
      request: { maintenance: works('A') },
      policy: { tolerateNodeFailure: true },
    },
    { makespanSeconds: 130, warnings: [] },
  ],
  // b's node comes second though it is asked for first: a is home again by 120 s.
  'an order of VMs over two works': [
    {
      nodes: ['B', 'A', 'C'],
      vms: ['b@B', 'a@A'],
      request: { maintenance: works('B', 'A'), order: [['a', 'b']] },
      policy: { returnHome: true },
    },
    { makespanSeconds: 240, notHome: [] },
  ],
  'two that never migrate together': [
    {
      nodes: ['A', 'B', 'C', 'D'],
      vms: [
        { id: 'a', node: 'A', serial: ['s'] },
        { id: 'b', node: 'B', serial: ['s'] },
      ],
      request: { maintenance: works('A', 'B') },
      policy: { maintenanceAtOnce: 2 },
    },
    { makespanSeconds: 120 },
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

describe('what is not planned beside maintenance', () => {
  const night: ProblemParts = { nodes: ['A', 'B'], vms: ['a@A', 'b@B'], request: { maintenance: works('A') } }
  it.each<[Partial<ProblemParts>, string]>([
    [{ request: { ...night.request, moves: ['a>B'] } }, 'request.moves[0]'],
  ])('%j is refused', async (change, path) => {
    const error = await plan(problemOf({ ...night, ...change })).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(InvalidProblemError)
    expect((error as InvalidProblemError).issues.map((issue) => issue.path)).toEqual([path])
  })

  it('and neither are rounds', async () => {
    await expect(plan(problemOf(night), { schedule: 'rounds' })).rejects.toThrow('a schedule of rounds')
  })
})
