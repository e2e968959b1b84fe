import { describe, expect, it } from 'vitest'
import { checkResolved } from '../../src/check/check-resolved.js'
import type { Plan } from '../../src/model/plan.js'
import { leg, MBPS_OF_100_MIB } from '../problem.js'
import { loosen, planOf, problemOf } from './fixture.js'
import { testWrongPlans, violationsOf, wrong } from './mutate.js'
import {
  antiAffinity,
  type Case,
  drain,
  makeRoom,
  moves,
  parking,
  policies,
  rounds,
  saveInPlace,
  wide,
} from './right-plans.js'

describe('limit', () => {
  testWrongPlans('limit', {
    'two live migrations at once where one is allowed': wrong(moves, 'concurrentMigrations @0 +1', {
      policy: { concurrentMigrations: 1 },
    }),
    'a round of more than are allowed': wrong(rounds, 'concurrentMigrations', {
      policy: { concurrentMigrations: 1 },
    }),
  })

  it('counts none of no length, in a round neither', () => {
    const instant = { kind: 'restart', round: 0, startSeconds: 0, endSeconds: 0 } as const
    const found = violationsOf({ from: rounds, policy: { concurrentRestarts: 1 }, legs: { 3: instant } })
    expect(found.filter(({ rule }) => rule === 'limit')).toEqual([])
  })

  it('takes one that begins as another ends, and counts each kind for itself', () => {
    const policy = { concurrentMigrations: 1, concurrentRestarts: 1 }
    expect(violationsOf({ from: antiAffinity, policy })).toEqual([])
  })
})

describe('slots', () => {
  testWrongPlans('slots', {
    'two at once on one slot': wrong(antiAffinity, 'A @11.999 +1', {
      legs: { 1: { startSeconds: 11.999, endSeconds: 23.999, round: 0 } },
      change: loosen,
    }),
    'three on two slots': wrong(rounds, 'H @0 +1', {
      plan: { schedule: 'timeline' },
      legs: {
        3: { to: 'C', startSeconds: 0, endSeconds: 12, round: 0 },
        4: { startSeconds: 1, endSeconds: 2, round: 1 },
      },
      change: (plan, { problem }) => {
        plan.drained[0]!.atSeconds = 2
        plan.migrations.sort((a, b) => a.startSeconds - b.startSeconds || (a.vm < b.vm ? -1 : 1))
        const node = { ...problem.nodes[1]!, id: 'C' }
        problem.nodes = [...problem.nodes, node]
        problem.nodeById = new Map(problem.nodes.map((n) => [n.id, n]))
        problem.moves = problem.moves.map((move) => (move.vm === 'h3' ? { ...move, to: ['C'] } : move))
        loosen(plan)
      },
    }),
    'two saves in place of one node at once': wrong(saveInPlace, 'A @0.5 +1', {
      legs: { 1: { startSeconds: 0.5, endSeconds: 2.5, round: 0 } },
      change: (plan) => {
        plan.drained[0]!.atSeconds = 2.5
        loosen(plan)
      },
    }),
  })
})

describe('width', () => {
  testWrongPlans('width', {
    'more than its time says': wrong(wide, 'a2 @7', {
      problem: { networks: [] },
      legs: {
        1: { slots: { from: 2, to: 2 } },
        2: { startSeconds: 19, endSeconds: 31, round: 2 },
      },
      change: loosen,
    }),
    'less than its time says': wrong(wide, 'a1 @0', { legs: { 0: { slots: { from: 1, to: 1 } } } }),
    'neither one nor all': wrong(wide, 'a1', {
      moves: ['a1>B 7', 'a2>B 12', 'a3>C 12'],
      nodes: { A: { slots: 3 } },
    }),
    'more than the policy admits': wrong(wide, 'a1', {
      moves: ['a1>B 7', 'a2>B', 'a3>C'],
      policy: { wideMigrations: false },
    }),
  })
  testWrongPlans('slots', {
    'a wide one beside others': wrong(wide, 'A,B @0 +1', {
      problem: { networks: [] },
      legs: { 1: { startSeconds: 0, endSeconds: 12, round: 0 } },
      change: loosen,
    }),
  })
  testWrongPlans('rounds', {
    'a wide one beside another': wrong(wide, 'A,B', {
      plan: { schedule: 'rounds' },
      problem: { networks: [] },
      legs: {
        1: { round: 0 },
        2: { startSeconds: 19, endSeconds: 31 },
      },
      change: loosen,
    }),
  })

  it('may be told of what takes one slot of each end', () => {
    expect(violationsOf({ from: wide, legs: { 1: { slots: { from: 1, to: 1 } } } })).toEqual([])
  })

  it('is no matter of what is not live', () => {
    const violations = violationsOf({ from: wide, legs: { 0: { kind: 'restart' } }, change: loosen })
    expect(violations.find(({ rule }) => rule === 'width')?.message).toContain('only live ones do')
  })

  it('does not matter where the request gives the duration', () => {
    const moves = ['a1>B 7', 'a2>B', 'a3>C']
    for (const slots of [{ from: 2, to: 2 }, { from: 1, to: 2 }, undefined]) {
      const change = ({ migrations: [first] }: Plan) => {
        if (slots === undefined) delete first!.slots
        else first!.slots = slots
      }
      expect(violationsOf({ from: wide, moves, change })).toEqual([])
    }
  })
})

describe('network', () => {
  const networks = (mib: number) => [
    { id: 'uplink', nodes: new Set(['A']), mbps: (mib / 100) * MBPS_OF_100_MIB },
  ]
  testWrongPlans('network', {
    'two at once of which it carries less than both': wrong(wide, 'uplink @7 +10', {
      moves: ['a1>B 7', 'a2>B', 'a3>C'],
      problem: { networks: networks(190) },
    }),
    'a round of which it carries less than all': wrong(wide, 'uplink @7 +10', {
      plan: { schedule: 'rounds' },
      moves: ['a1>B 7', 'a2>B', 'a3>C'],
      problem: { networks: networks(190) },
    }),
  })

  it('is crossed by what enters it, too, and by nothing that stays inside or outside', () => {
    const nodes = (...ids: string[]) => [{ ...networks(200)[0]!, nodes: new Set(ids) }]
    for (const list of [nodes('B', 'C'), nodes('A', 'B', 'C'), nodes()])
      expect(violationsOf({ from: wide, problem: { networks: list } })).toEqual([])
  })

  it('is not held by a VM that is off', () => {
    const vms = { a2: { state: 'off' }, a3: { state: 'off' } } as const
    const legs = { 1: { endSeconds: 9 }, 2: { endSeconds: 9 } }
    const problem = { networks: networks(200) }
    const violations = violationsOf({ from: wide, vms, legs, problem, change: loosen })
    expect(violations.filter(({ rule }) => rule === 'network')).toEqual([])
  })
})

describe('window', () => {
  testWrongPlans('window', {
    "the VM's own": wrong(moves, 'a2 @13.1 +0.002', (_, { windows }) => {
      windows.find((w) => w.vm === 'a2')!.endSeconds = 13.102
    }),
    "the source node's": wrong(moves, 'b1 +0.1', (_, { windows }) => {
      windows.find((w) => w.node === 'B')!.endSeconds = 33.2
    }),
    "the target node's": wrong(moves, 'c1 @1.5 +0.5', (_, { windows }) => {
      windows.find((w) => w.node === 'D')!.startSeconds = 1.5
    }),
    "the cluster's": wrong(moves, 'b1 +0.1', (_, { windows }) =>
      Object.assign(windows.find((w) => !w.node && !w.vm)!, { startSeconds: 35, kind: 'blackout' }),
    ),
    'a long window behind many short ones': wrong(makeRoom, 'a1 +1', (_, { windows }) => {
      windows.push({ node: 'A', startSeconds: 2, endSeconds: 13, kind: 'backup', source: 0 })
      for (let i = 0; i < 9; i++) {
        windows.push({ node: 'A', startSeconds: 3 + i, endSeconds: 3.5 + i, kind: 'backup', source: 1 + i })
      }
    }),
    'during a restart, which holds no slot': wrong(drain, 'r1 +10', (_, { windows }) =>
      windows.push({ node: 'D', startSeconds: 100, endSeconds: 110, kind: 'backup', source: 0 }),
    ),
    'during a save': wrong(drain, 's1 +1', (_, { windows }) =>
      windows.push({ vm: 's1', startSeconds: 21, endSeconds: 110, kind: 'backup', source: 0 }),
    ),
    'during a save in place': wrong(saveInPlace, 'a2 +1', (_, { windows }) =>
      windows.push({ node: 'A', startSeconds: 2, endSeconds: 110, kind: 'backup', source: 0 }),
    ),
  })
})

describe('memory', () => {
  testWrongPlans('memory', {
    'a target with too little': wrong(makeRoom, 'C @0 +0.5', { nodes: { C: { memoryMiB: 1499.5 } } }),
    'the reserve': wrong(policies, 'C @12 +0.5', { nodes: { C: { reserveMiB: 1000.5 } } }),
    'a departure counts until its end: an arrival with two slots free': wrong(
      makeRoom,
      'B @11.999 +1000',
      (plan, { node }) => {
        for (const id of ['A', 'B', 'C']) {
          node(id).slots = 2
          node(id).migrationMbps *= 2
        }
        Object.assign(plan.migrations[1]!, { startSeconds: 11.999, endSeconds: 23.999, round: 0 })
        plan.drained[0]!.atSeconds = 23.999
        loosen(plan)
      },
    ),
    'a restarted VM counts on its target from the start': wrong(drain, 'D @0 +1', {
      nodes: { D: { memoryMiB: 999 } },
    }),
    'a quick-saved VM counts on its target from the start': wrong(drain, 'B +100', {
      nodes: { B: { memoryMiB: 4900 } },
    }),
    'a VM parked': wrong(parking, 'C +100', { nodes: { C: { memoryMiB: 900 } } }),
  })

  it('counts a VM saved in place until its end, and not after', () => {
    const arrivalOnA = (start: number) =>
      violationsOf({
        from: saveInPlace,
        change: (plan, { node }) => {
          node('A').memoryMiB = 1400
          plan.migrations.push(leg(`c1 C>A ${start}-${start + 12}`))
        },
      }).filter(({ rule }) => rule === 'memory')
    expect(arrivalOnA(1)).toMatchObject([{ subject: 'A', atSeconds: 1, excess: 400 }])
    expect(arrivalOnA(2.999)).toMatchObject([{ subject: 'A', atSeconds: 2.999, excess: 400 }])
    expect(arrivalOnA(3)).toEqual([])
  })
})

/** A VM of one gpu and four vCPUs goes from A to B and one comes back, by way of C; all nodes have one of each, and twice two cores. */
const traded = (): Case => {
  const { problem, plan } = parking()
  for (const node of problem.nodes) Object.assign(node, { memoryMiB: 10_000, cores: 2, devices: ONE_GPU })
  for (const vm of problem.vms) Object.assign(vm, { vcpus: 4, devices: ONE_GPU })
  Object.assign(problem.policy, { maxVcpusPerCore: 2 })
  return { problem, plan }
}
const ONE_GPU = new Map([['gpu', 1]])

describe('vcpus', () => {
  testWrongPlans('vcpus', {
    'a target with too few cores': wrong(traded, 'B @24 +2', { nodes: { B: { cores: 1 } } }),
    'a stop with too few cores': wrong(traded, 'C @0 +2', { nodes: { C: { cores: 1 } } }),
    'one that is leaving counts until its end': wrong(traded, 'A @11.5 +4', {
      nodes: { A: { slots: 2, migrationMbps: 2 * MBPS_OF_100_MIB, devices: new Map([['gpu', 2]]) } },
      legs: { 1: { startSeconds: 11.5, endSeconds: 23.5, round: 0 }, 2: { round: 1 } },
    }),
    'a ratio that is no whole number': wrong(traded, 'A,B,C +1', { policy: { maxVcpusPerCore: 1.99 } }),
  })

  it('counts what runs, where the cores are known, at exactly the limit', () => {
    const off = { state: 'off', vcpus: 99 } as const
    expect(violationsOf({ from: traded })).toEqual([])
    expect(
      violationsOf({ from: traded, nodes: { A: { cores: undefined } }, vms: { a1: off } }),
    ).not.toContainEqual(expect.objectContaining({ rule: 'vcpus' }))
    // 100 × 0.29 is 28.999999999999996 in floats.
    const exact = { vms: { a1: { vcpus: 29 }, b1: { vcpus: 29 } }, policy: { maxVcpusPerCore: 0.29 } }
    const nodes = { A: { cores: 100 }, B: { cores: 100 }, C: { cores: 100 } }
    expect(violationsOf({ from: traded, nodes, ...exact })).toEqual([])
  })

  it('frees those of a VM saved in place at the end of that', () => {
    const arrivalOnA = (start: number) =>
      violationsOf({
        from: saveInPlace,
        policy: { maxVcpusPerCore: 1 },
        vms: { a1: { vcpus: 2 }, c1: { vcpus: 2 } },
        nodes: { A: { cores: 3 } },
        change: (plan) => plan.migrations.push(leg(`c1 C>A ${start}-${start + 12}`)),
      }).filter(({ rule }) => rule === 'vcpus')
    expect(arrivalOnA(0.999)).toMatchObject([{ subject: 'A', atSeconds: 0.999, excess: 2 }])
    expect(arrivalOnA(1)).toEqual([])
  })
})

describe('devices', () => {
  testWrongPlans('devices', {
    'a target without': wrong(traded, 'B @24 +1', { nodes: { B: { devices: new Map() } } }),
    'a stop without': wrong(traded, 'C @0 +1', { nodes: { C: { devices: new Map([['gpus', 4]]) } } }),
    'of a VM that is off': wrong(moves, 'D @0 +1', {
      vms: { c1: { devices: new Map([['gpu', 2]]) } },
      nodes: { D: { devices: ONE_GPU } },
    }),
  })

  it('are not freed by saving a VM in place', () => {
    const found = violationsOf({
      from: saveInPlace,
      vms: { a1: { devices: ONE_GPU }, c1: { devices: ONE_GPU } },
      nodes: { A: { devices: ONE_GPU } },
      change: (plan) => plan.migrations.push(leg('c1 C>A 50-62')),
    }).filter(({ rule }) => rule === 'devices')
    expect(found).toMatchObject([{ subject: 'A', atSeconds: 50, excess: 1 }])
  })
})

describe('a node that holds more from the start than the reserve leaves', () => {
  /** B has 4,000 MiB, 2,000 of them in reserve, and holds 3,000; of these 1,500 leave, then a VM arrives. */
  const violations = (memoryMiB: number, state: 'running' | 'off' = 'running') => {
    const problem = problemOf({
      nodes: [{ id: 'A' }, 'B 4000', { id: 'C' }],
      vms: [{ id: 'a1', node: 'A', memoryMiB, state }, 'b1@B 1500', 'b2@B 1500'],
      moves: ['b1>C 10', 'a1>B 10'],
      policy: { reserveMiB: 2000 },
    })
    const migrations = [leg('b1 B>C 0-10'), leg('a1 A>B 10-20', { round: 1 })]
    return checkResolved(problem, planOf({ makespanSeconds: 20, cost: 20, migrations }))
  }

  it('is no fault, nor is an arrival once enough has left', () => {
    expect(violations(500)).toEqual([])
    expect(violations(5000, 'off')).toEqual([])
  })

  it('may not receive what leaves less, though it is less than has left', () => {
    expect(violations(501)).toMatchObject([{ rule: 'memory', subject: 'B', atSeconds: 10, excess: 1 }])
  })
})
