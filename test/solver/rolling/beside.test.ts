import { describe, expect, it } from 'vitest'
import { InvalidProblemError } from '../../../src/errors.js'
import { plan } from '../../../src/plan.js'
import { MBPS_OF_100_MIB, type ProblemParts, problemOf } from '../../problem.js'
import { type Nights, planned, works } from './planned.js'

/** Rules beside works, each where it decides. Worked by hand; a VM of 1,000 MiB takes 10 s. */
const NIGHTS: Nights = {
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
  // To B in 10 s, and on to C, where its move asks it to be, during the work.
  'a move of one that makes way': [
    {
      nodes: ['A', 'B', { id: 'C', migrationMbps: MBPS_OF_100_MIB / 2 }],
      vms: ['a@A'],
      request: { maintenance: works('A'), moves: ['a>C'] },
    },
    { status: 'optimal', makespanSeconds: 110, unplaced: [] },
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
}

it.each(Object.entries(NIGHTS))('%s', async (_, [parts, expected]) => {
  expect(await planned(parts)).toMatchObject(expected)
})

describe('what makes no sense beside maintenance', () => {
  const night: ProblemParts = { nodes: ['A', 'B'], vms: ['a@A', 'b@B'], request: { maintenance: works('A') } }
  it.each<[Partial<ProblemParts>, string]>([
    [
      { request: { ...night.request, moves: [{ vm: 'a', to: 'B', durationSeconds: 5 }] } },
      'request.moves[0].durationSeconds',
    ],
  ])('%j is refused', async (change, path) => {
    const error = await plan(problemOf({ ...night, ...change })).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(InvalidProblemError)
    expect((error as InvalidProblemError).issues.map((issue) => issue.path)).toEqual([path])
  })

  it('and neither are rounds', async () => {
    await expect(plan(problemOf(night), { schedule: 'rounds' })).rejects.toThrow(
      'works start by time and not by rounds',
    )
  })
})
