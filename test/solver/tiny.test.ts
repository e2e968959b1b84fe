/** Tiny problems whose best plan is known by hand: each is planned, held against the exact reference, and has just this outcome. */
import { describe, expect, it } from 'vitest'
import type { PlanOptions } from '../../src/plan-options.js'
import { audit, newTally } from './audit.js'
import { planOf, problemOf, unplacedWeight } from './problems.js'

type Parts = Parameters<typeof problemOf>[0]

interface Case {
  parts: Parts
  options?: PlanOptions
  /** Of every unplaced VM, in the order of the request. */
  reasons?: string[]
  cost: number
  proven?: boolean
}

async function expectOutcome({ parts, options = {}, reasons = [], cost, proven }: Case): Promise<void> {
  const problem = problemOf(parts)
  const plan = await planOf(problem, { effort: 3, ...options })
  const tally = newTally()
  expect(audit(problem, plan, tally)).toEqual([])
  expect({ cost: plan.cost, reasons: plan.unplaced.map((u) => u.reason) }).toEqual({ cost, reasons })
  if (proven !== undefined) expect(plan.proven).toBe(proven)
  // The reference agrees that it is the best.
  expect(tally, `${unplacedWeight(problem, plan)} unplaced`).toMatchObject({ placedMost: 1, leastCost: 1 })
}

const table = (cases: Record<string, Case>) =>
  it.each(Object.entries(cases))('%s', (_, one) => expectOutcome(one))

describe('a node over its memory at the start', () => {
  const over = { id: 'B', memoryMiB: 2000 }
  table({
    'receives once enough has left': {
      parts: {
        nodes: ['A', over, 'C'],
        vms: ['a@A 500', 'b@B 1000', 'rest@B 1500'],
        request: {
          moves: ['a>B', 'b>C'],
        },
      },
      cost: 15,
      proven: true,
    },
    'receives nothing where too little leaves': {
      parts: {
        nodes: ['A', over, 'C'],
        vms: ['a@A 100', 'b@B 400', 'rest@B 2001'],
        request: {
          moves: ['a>B', 'b>C'],
        },
      },
      reasons: ['memory'],
      cost: 4,
      proven: true,
    },
    'is emptied': {
      parts: {
        nodes: ['A', over],
        vms: [1, 2, 3].map((i) => ({ id: `b${i}`, node: 'B' })),
        request: { drain: ['B'] },
      },
      cost: 30,
      proven: true,
    },
    'trades with one that is full by way of a third': {
      parts: {
        nodes: ['A 1000', over, 'C'],
        vms: ['a@A', 'b@B', 'rest@B 1500'],
        request: {
          moves: ['a>B', 'b>A'],
        },
      },
      reasons: ['memory', 'memory'],
      cost: 0,
      proven: true,
    },
    'keeps what takes no memory welcome': {
      parts: {
        nodes: ['A', over],
        vms: [{ id: 'a', node: 'A', state: 'off' }, 'b@B 2500'],
        request: { drain: ['A'] },
        policy: { setupSeconds: 2 },
      },
      cost: 2,
      proven: true,
    },
  })
})

describe('fractions of a KiB count for nothing, on VMs and nodes alike', () => {
  const fraction = (node: number, ...vms: number[]): Parts => ({
    nodes: ['A', { id: 'B', memoryMiB: node }],
    vms: vms.map((memoryMiB, i) => ({ id: `v${i}`, node: 'A', memoryMiB })),
    request: { moves: vms.map((_, i) => ({ vm: `v${i}`, to: 'B', durationSeconds: 1 })) },
  })
  const fits = (node: number, ...vms: number[]): Case => ({
    parts: fraction(node, ...vms),
    cost: vms.length,
    proven: true,
  })
  table({
    'a VM as large as the node': fits(1000.0003, 1000.0003),
    'two halves': fits(2000.0006, 1000.0003, 1000.0003),
    thirds: fits(1000, 1000 / 3, 1000 / 3, 1000 / 3),
    tenths: fits(0.3 * 1024, 0.1 * 1024, 0.2 * 1024),
    'less than a KiB too much': fits(1000.0003, 1000.0009),
    'a KiB too much': {
      parts: fraction(1000, 1000 + 1 / 1024),
      reasons: ['memory'],
      cost: 0,
      proven: true,
    },
    'a reserve': {
      parts: { ...fraction(1500.0003, 1000.0002), policy: { reserveMiB: 500.0001 } },
      cost: 1,
      proven: true,
    },
  })
})

describe('penalties add up unrounded', () => {
  const thirds = (count: number, penalty: number): Parts => ({
    nodes: ['A', 'B'],
    vms: Array.from({ length: count }, (_, i) => ({ id: `v${i}`, node: 'A', offloads: ['rdma'] })),
    request: { drain: ['A'] },
    policy: { offloadPenaltySeconds: penalty },
  })
  table({
    'of a third': { parts: thirds(4, 1 / 3), cost: 41.333333, proven: true },
    'of a seventh': { parts: thirds(5, 1 / 7), cost: 50.714286, proven: true },
    'below a microsecond': { parts: thirds(4, 3e-7), cost: 40.000001, proven: true },
    'of a tenth': { parts: thirds(3, 0.1), cost: 30.3, proven: true },
  })
})

describe('what takes no time occupies no instant', () => {
  const restarts = {
    allowRestart: true,
    restartSeconds: 0,
    restartPenaltySeconds: 0,
    featureLossPenaltySeconds: 0,
  }
  const full = (id: string) => ({ id, memoryMiB: 1000 })
  table({
    'a restart inside a window, once there is memory': {
      parts: {
        nodes: ['A', 'B', 'C'].map(full),
        vms: [{ id: 'x', node: 'A', restartable: true }, 'y@B'],
        windows: [{ vm: 'x', start: 1, end: 100 }],
        request: {
          moves: ['x>B', 'y>C 5'],
        },
        policy: restarts,
      },
      cost: 5,
      proven: true,
    },
    'restarts one behind the other at one instant': {
      parts: {
        nodes: ['A', 'B', 'C'].map(full),
        vms: ['A', 'B'].map((node) => ({ id: `v${node}`, node, restartable: true })),
        windows: [{ start: 0, end: 100 }],
        request: {
          moves: ['vA>B', 'vB>C'],
        },
        policy: restarts,
      },
      cost: 0,
      proven: true,
    },
    'restarts that would have to trade places': {
      parts: {
        nodes: ['A', 'B'].map(full),
        vms: ['A', 'B'].map((node) => ({ id: `v${node}`, node, restartable: true })),
        request: {
          moves: ['vA>B', 'vB>A'],
        },
        policy: restarts,
      },
      reasons: ['memory', 'memory'],
      cost: 0,
    },
    'a VM that is off, inside a window and beside another migration': {
      parts: {
        nodes: ['A', 'B'],
        vms: [{ id: 'off', node: 'A', state: 'off' }, 'runs@A'],
        windows: [{ vm: 'off', start: 0, end: 500 }],
        request: { drain: ['A'] },
      },
      cost: 10,
      proven: true,
    },
    'a horizon that leaves no time for more': {
      parts: {
        nodes: ['A', 'B'],
        vms: [{ id: 'x', node: 'A', restartable: true }],
        windows: [{ node: 'B', start: 0, end: 100 }],
        request: { drain: ['A'] },
        policy: { ...restarts, horizonSeconds: 5 },
      },
      cost: 0,
      proven: true,
    },
    'in rounds too': {
      parts: {
        nodes: ['A', 'B'],
        vms: [{ id: 'x', node: 'A', restartable: true }, 'y@A'],
        windows: [{ vm: 'x', start: 0, end: 100 }],
        request: {
          moves: ['x>B', 'y>B'],
        },
        policy: restarts,
      },
      options: { schedule: 'rounds' },
      cost: 10,
      proven: true,
    },
  })
})

describe('saves in place in rounds', () => {
  const node = (slots: number) => ({ id: 'A', slots })
  const beside = (slots: number, moves: number, saves: number): Parts => ({
    nodes: [node(slots), 'B', 'C'],
    vms: Array.from({ length: moves + saves }, (_, i) => ({ id: `v${i}`, node: 'A' })),
    request: {
      moves: Array.from({ length: moves }, (_, i) => ({ vm: `v${i}`, to: 'BC'[i], durationSeconds: 10 })),
      drain: [{ node: 'A', mode: 'save' }],
    },
    policy: { saveMiBps: 100, savePenaltySeconds: 0 },
  })
  const inRounds = (parts: Parts, cost: number): Case => ({ parts, options: { schedule: 'rounds' }, cost })
  table({
    'one slot holds a move or a save': inRounds(beside(1, 1, 1), 20),
    'two slots hold both': inRounds(beside(2, 1, 1), 10),
    'two slots hold two moves, or a move and a save': inRounds(beside(2, 2, 1), 20),
    'two slots hold no two saves': inRounds(beside(2, 0, 2), 20),
    'three slots hold two moves and a save': inRounds(beside(3, 2, 1), 10),
    'a timeline does not mind': { parts: beside(1, 1, 1), cost: 10 },
  })
})

describe('VMs of one group', () => {
  const of =
    (group: string) =>
    (id: string, node: string, priority = 2000) => ({ id, node, priority, antiAffinity: [group] })
  const g = of('g')
  const moves = (...list: string[]) => ({
    moves: list.map((text) => ({ vm: text.slice(0, 1), to: text.slice(1) })),
  })
  table({
    'trade places': {
      parts: { nodes: ['A', 'B'], vms: [g('x', 'A'), g('y', 'B')], request: moves('xB', 'yA') },
      cost: 20,
      proven: true,
    },
    'trade places, and a third stays': {
      parts: {
        nodes: ['A', 'B', 'C'],
        vms: [g('x', 'C'), g('y', 'B'), g('z', 'A')],
        request: moves('xA', 'yA', 'zC'),
      },
      reasons: ['anti-affinity'],
      cost: 20,
      proven: true,
    },
    'trade places, and a weightier third stays': {
      parts: {
        nodes: ['A', 'B', 'C'],
        vms: [g('x', 'C'), g('y', 'B', 3000), g('z', 'A')],
        request: moves('xA', 'yA', 'zC'),
      },
      reasons: ['anti-affinity'],
      cost: 20,
      proven: true,
    },
    'go round in a circle': {
      parts: {
        nodes: ['A', 'B', 'C'],
        vms: [g('x', 'A'), g('y', 'B'), g('z', 'C')],
        request: moves('xB', 'yC', 'zA'),
      },
      cost: 30,
      proven: true,
    },
    'trade places with one that makes room': {
      parts: {
        nodes: ['A', 'B'],
        vms: [g('x', 'A'), g('y', 'B')],
        request: moves('xB'),
        policy: { allowMakeRoom: true },
      },
      cost: 20,
    },
    'stay where none makes room': {
      parts: { nodes: ['A', 'B'], vms: [g('x', 'A'), g('y', 'B')], request: moves('xB') },
      reasons: ['anti-affinity'],
      cost: 0,
      proven: true,
    },
  })
})

describe('of two, the one is left whose leaving costs least', () => {
  const into = (memoryMiB: number, x: number, y: number): Parts => ({
    nodes: ['A', 'C', { id: 'B', memoryMiB }],
    vms: ['x@A', 'y@C'],
    request: {
      moves: [
        { vm: 'x', to: 'B', durationSeconds: x },
        { vm: 'y', to: 'B', durationSeconds: y },
      ],
    },
  })
  const leaves = (parts: Parts, reason: string, cost: number): Case => ({
    parts,
    reasons: [reason],
    cost,
    proven: true,
  })
  table({
    'of two for whom there is memory for one, the second': leaves(into(1500, 3, 5), 'memory', 3),
    'of two for whom there is memory for one, the first': leaves(into(1500, 5, 3), 'memory', 3),
    'of two for whom there is time for one': leaves(
      { ...into(5000, 9, 8), policy: { horizonSeconds: 10 } },
      'horizon',
      8,
    ),
    'of two with a window': leaves(
      { ...into(1500, 3, 5), windows: [{ vm: 'x', start: 0, end: 4 }] },
      'memory',
      5,
    ),
    'of two with an offload to lose': leaves(
      {
        ...into(1500, 3, 5),
        vms: [{ id: 'x', node: 'A', offloads: ['rdma'] }, 'y@C'],
      },
      'memory',
      5,
    ),
  })
})
