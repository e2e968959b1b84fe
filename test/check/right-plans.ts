/** Right plans that between them use every kind of migration, both kinds of schedule and every status. */
import type { Plan } from '../../src/model/plan.js'
import type { ResolvedProblem } from '../../src/model/problem.js'
import { leg, MBPS_OF_100_MIB } from '../problem.js'
import { planOf, problemOf, unplaced } from './fixture.js'

export interface Case {
  problem: ResolvedProblem
  plan: Plan
}

const THREE_NODES = [{ id: 'A' }, { id: 'B' }, { id: 'C' }]

/** Live moves: pre-copy with a blackout, a duration of the request's own, a VM that is off, one that is saved; windows of all scopes. */
export function moves(): Case {
  const problem = problemOf({
    nodes: [
      { id: 'A', offloads: ['rdma', 'vmq'] },
      { id: 'B', offloads: ['vmq'] },
      { id: 'C' },
      { id: 'D', vendor: 'AMD', features: ['x'] },
    ],
    vms: [
      // 10 s + 1 s, the 10 MiB that are left are the blackout of 0.1 s, and 2 s to set up.
      { id: 'a1', node: 'A', dirtyMiBps: 10, offloads: ['rdma', 'vmq'] },
      'a2@A',
      { id: 'b1', node: 'B', state: 'saved', allowedNodes: new Set(['C']) },
      { id: 'c1', node: 'C', state: 'off' },
      'd1@D',
    ],
    moves: ['a1>B', 'a2>C 20', 'b1>C', 'c1>D', 'd1>D'],
    windows: [
      { vm: 'a2', startSeconds: 0, endSeconds: 13.1 },
      { node: 'D', startSeconds: 2, endSeconds: 100 },
      { startSeconds: 35.1, endSeconds: 50 },
      { node: 'B', startSeconds: 20, endSeconds: 33.1 },
    ],
  })
  const plan = planOf({
    status: 'feasible',
    proven: false,
    makespanSeconds: 35.1,
    lowerBoundSeconds: 33.1,
    gap: 2 / 35.1,
    cost: 65.1,
    costLowerBound: 60,
    migrations: [
      leg('a1 A>B 0-13.1', { blackoutSeconds: 0.1, lostOffloads: ['rdma'] }),
      leg('c1 C>D 0-2'),
      leg('a2 A>C 13.1-33.1', { round: 1, blackoutSeconds: 5 }),
      leg('b1 B>C 33.1-35.1', { round: 2 }),
    ],
  })
  return { problem, plan }
}

/** One that takes all of two nodes, then two at once that just fill the network they cross. */
export function wide(): Case {
  const link = { migrationMbps: 2 * MBPS_OF_100_MIB, slots: 2 }
  const problem = problemOf({
    nodes: [
      { id: 'A', ...link },
      { id: 'B', ...link },
      { id: 'C', ...link, slots: 1 },
    ],
    vms: ['a1@A', 'a2@A', 'a3@A'],
    moves: ['a1>B', 'a2>B', 'a3>C'],
    networks: [{ id: 'uplink', nodes: new Set(['A']), mbps: 2 * MBPS_OF_100_MIB }],
  })
  const plan = planOf({
    makespanSeconds: 19,
    cost: 19,
    migrations: [
      leg('a1 A>B 0-7', { slots: { from: 2, to: 2 } }),
      leg('a2 A>B 7-19', { round: 1 }),
      leg('a3 A>C 7-19', { round: 1 }),
    ],
  })
  return { problem, plan }
}

/** A live drain by a restart onto another vendor, a save and a live migration, all at once. */
export function drain(): Case {
  const problem = problemOf({
    nodes: [{ id: 'A' }, { id: 'B' }, { id: 'D', vendor: 'AMD', features: ['a', 'x'] }, { id: 'N' }],
    vms: ['l1@A', { id: 'r1', node: 'A', restartable: true }, 's1@A 4000'],
    drains: [
      { node: 'A', mode: 'live' },
      { node: 'N', mode: 'live' },
    ],
    policy: { allowRestart: true, allowSave: true },
  })
  const plan = planOf({
    makespanSeconds: 180,
    cost: 180 + 600 + 10 + 300,
    migrations: [
      leg('l1 A>B 0-12'),
      leg('r1 A>D 0-180', { kind: 'restart', blackoutSeconds: 180, lostFeatures: ['b'] }),
      leg('s1 A>B 0-22', { kind: 'save', blackoutSeconds: 22 }),
    ],
    drained: [
      { node: 'A', atSeconds: 180 },
      { node: 'N', atSeconds: 0 },
    ],
  })
  return { problem, plan }
}

/** Two full nodes exchange their VMs by way of a third. */
export function parking(): Case {
  const problem = problemOf({
    nodes: THREE_NODES.map(({ id }) => ({ id, memoryMiB: 1000 })),
    vms: ['a1@A', 'b1@B'],
    moves: ['a1>B', 'b1>A'],
  })
  const plan = planOf({
    makespanSeconds: 36,
    cost: 36,
    migrations: [
      leg('a1 A>C 0-12', { parking: true }),
      leg('b1 B>A 12-24', { round: 1 }),
      leg('a1 C>B 24-36', { round: 2 }),
    ],
  })
  return { problem, plan }
}

/** A restart onto another vendor, and from there live: the VM then sees what all nodes of that vendor have in common. */
export function restartThenLive(): Case {
  const problem = problemOf({
    nodes: [
      { id: 'A' },
      { id: 'D', vendor: 'AMD', features: ['x', 'y'] },
      { id: 'E', vendor: 'AMD', features: ['x', 'z'] },
    ],
    vms: [{ id: 'r1', node: 'A', restartable: true, offloads: ['vmq'] }],
    moves: ['r1>E'],
    policy: { allowRestart: true },
  })
  const plan = planOf({
    makespanSeconds: 192,
    cost: 192 + 600 + 20 + 30,
    migrations: [
      leg('r1 A>D 0-180', {
        kind: 'restart',
        blackoutSeconds: 180,
        lostFeatures: ['a', 'b'],
        parking: true,
      }),
      leg('r1 D>E 180-192', { round: 1, lostOffloads: ['vmq'] }),
    ],
  })
  return { problem, plan }
}

/** Maintenance mode's other way: one node is saved empty, on a second one VM can never be saved. */
export function saveInPlace(): Case {
  const problem = problemOf({
    nodes: THREE_NODES,
    vms: ['a1@A 400', 'a2@A 800', { id: 'a3', node: 'A', state: 'off' }, 'b1@B', 'c1@C'],
    drains: [
      { node: 'A', mode: 'save' },
      { node: 'B', mode: 'save' },
    ],
    windows: [{ vm: 'b1', startSeconds: 0, endSeconds: 604_800 }],
  })
  const plan = planOf({
    status: 'partial',
    makespanSeconds: 3,
    cost: 603,
    migrations: [
      leg('a1 A>A 0-1', { kind: 'save-in-place', blackoutSeconds: 1 }),
      leg('a2 A>A 1-3', { kind: 'save-in-place', blackoutSeconds: 2, round: 1 }),
    ],
    unplaced: [unplaced('b1')],
    drained: [{ node: 'A', atSeconds: 3 }],
  })
  return { problem, plan }
}

/** Barriers; the hub has two slots and twice the bandwidth; one node saves its VMs in place, one a round. */
export function rounds(): Case {
  const problem = problemOf({
    nodes: [{ id: 'H', slots: 2, migrationMbps: 2 * MBPS_OF_100_MIB }, { id: 'A' }, { id: 'B' }, { id: 'S' }],
    vms: ['h1@H', 'h2@H 2000', 'h3@H', 's1@S 400', 's2@S 400'],
    moves: ['h1>A', 'h2>B', 'h3>A'],
    drains: [{ node: 'S', mode: 'save' }],
  })
  const plan = planOf({
    schedule: 'rounds',
    makespanSeconds: 34,
    cost: 634,
    migrations: [
      leg('h1 H>A 0-12'),
      leg('h2 H>B 0-22'),
      leg('s1 S>S 0-1', { kind: 'save-in-place', blackoutSeconds: 1 }),
      leg('h3 H>A 22-34', { round: 1 }),
      leg('s2 S>S 22-23', { kind: 'save-in-place', blackoutSeconds: 1, round: 1 }),
    ],
    drained: [{ node: 'S', atSeconds: 23 }],
  })
  return { problem, plan }
}

/** B is full: a VM that nobody asked for leaves it first. */
export function makeRoom(): Case {
  const problem = problemOf({
    nodes: [{ id: 'A' }, 'B 1000', 'C 1500'],
    vms: [{ id: 'a1', node: 'A', allowedNodes: new Set(['A', 'B']) }, 'b1@B', 'c1@C 500'],
    drains: [{ node: 'A', mode: 'live' }],
    policy: { allowMakeRoom: true },
  })
  const plan = planOf({
    makespanSeconds: 24,
    cost: 24,
    migrations: [leg('b1 B>C 0-12', { makesRoom: true }), leg('a1 A>B 12-24', { round: 1 })],
    drained: [{ node: 'A', atSeconds: 24 }],
    warnings: [{ code: 'makes-room', vm: 'b1', message: 'b1 was not asked for' }],
  })
  return { problem, plan }
}

/** Two VMs of a group move to different nodes; a third, off, was with the fourth before and stays. */
export function antiAffinity(): Case {
  const problem = problemOf({
    nodes: [...THREE_NODES, { id: 'D' }],
    vms: [
      { id: 'a1', node: 'A', antiAffinity: ['g'] },
      { id: 'a2', node: 'A', antiAffinity: ['g', 'h'] },
      { id: 'd1', node: 'D', antiAffinity: ['g'], state: 'off' },
      { id: 'd2', node: 'D', antiAffinity: ['g'] },
    ],
    moves: ['a1>B', 'a2>C'],
  })
  const plan = planOf({
    makespanSeconds: 24,
    cost: 24,
    migrations: [leg('a1 A>B 0-12'), leg('a2 A>C 12-24', { round: 1 })],
  })
  return { problem, plan }
}

/**
 * Two of a group leave different nodes and meet on C, which then keeps no more than its reserve; two others of a group stay apart. When C or D
 * fails, only the small VMs find a place on the other.
 */
export function policies(): Case {
  const problem = problemOf({
    nodes: [...THREE_NODES, { id: 'D' }, { id: 'E', memoryMiB: 9500, state: 'paused' }],
    vms: [
      { id: 'a1', node: 'A', affinity: ['g'] },
      { id: 'b1', node: 'B', affinity: ['g', 'h'] },
      'c1@C 7000',
      { id: 'd1', node: 'D', memoryMiB: 6000, affinity: ['i'] },
      { id: 'e1', node: 'E', memoryMiB: 3500, affinity: ['i'] },
    ],
    drains: [
      { node: 'A', mode: 'live' },
      { node: 'B', mode: 'live' },
    ],
    policy: { reserveMiB: 1000, tolerateNodeFailure: true },
  })
  const plan = planOf({
    makespanSeconds: 24,
    cost: 24,
    migrations: [leg('a1 A>C 0-12'), leg('b1 B>C 12-24', { round: 1 })],
    drained: [
      { node: 'A', atSeconds: 12 },
      { node: 'B', atSeconds: 24 },
    ],
    warnings: [
      { code: 'node-failure', node: 'C', missingMiB: 7000, message: 'c1 finds no place' },
      { code: 'node-failure', node: 'D', missingMiB: 6000, message: 'd1 finds no place' },
    ],
  })
  return { problem, plan }
}

/** Nothing can move. */
export function infeasible(): Case {
  const problem = problemOf({
    nodes: [{ id: 'A' }, { id: 'B', state: 'paused' }],
    vms: ['a1@A'],
    moves: ['a1>B'],
  })
  const plan = planOf({
    status: 'infeasible',
    makespanSeconds: 0,
    cost: 0,
    migrations: [],
    unplaced: [unplaced('a1', 'node-state')],
  })
  return { problem, plan }
}

/**
 * A VM that can only be shut down, one that goes where its drain says, one that is off and cannot leave, and moves to one of several nodes
 * and to any other.
 */
export function stops(): Case {
  const problem = problemOf({
    nodes: THREE_NODES,
    vms: [
      { id: 'gpu', node: 'A', ways: new Set(['stop']) },
      { id: 'web', node: 'A', ways: new Set(['live', 'stop']) },
      { id: 'idle', node: 'A', state: 'off', allowedNodes: new Set(['A']) },
      'm1@C',
      'm2@C',
    ],
    drains: [{ node: 'A', mode: 'live', to: ['B'] }],
    moves: ['m1>B|C', 'm2>'],
  })
  const plan = planOf({
    status: 'partial',
    makespanSeconds: 60,
    cost: 660,
    migrations: [
      leg('gpu A>A 0-60', { kind: 'stop-in-place', blackoutSeconds: 60 }),
      leg('web A>B 0-12'),
      leg('m2 C>B 12-24', { round: 1 }),
    ],
    unplaced: [unplaced('idle')],
    drained: [{ node: 'A', atSeconds: 60 }],
  })
  return { problem, plan }
}

/** Two of a group trade nodes and meet nowhere, though all nodes have slots for it. */
export function apartInTransit(): Case {
  const two = { slots: 2, migrationMbps: 2 * MBPS_OF_100_MIB }
  const problem = problemOf({
    nodes: ['A', 'B', 'C'].map((id) => ({ id, ...two })),
    vms: [
      { id: 's1', node: 'A', antiAffinity: ['s'] },
      { id: 's2', node: 'B', antiAffinity: ['s'] },
    ],
    moves: ['s1>B', 's2>A'],
    policy: { antiAffinityInTransit: true },
  })
  const plan = planOf({
    makespanSeconds: 36,
    cost: 36,
    migrations: [
      leg('s1 A>C 0-12', { parking: true }),
      leg('s2 B>A 12-24', { round: 1 }),
      leg('s1 C>B 24-36', { round: 2 }),
    ],
  })
  return { problem, plan }
}

export const RIGHT_PLANS: Record<string, () => Case> = {
  moves,
  drain,
  parking,
  restartThenLive,
  saveInPlace,
  rounds,
  makeRoom,
  antiAffinity,
  stops,
  apartInTransit,
  policies,
  infeasible,
}
