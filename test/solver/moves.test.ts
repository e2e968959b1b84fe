import { describe, expect, it } from 'vitest'
import type { ProblemVm } from '../../src/model/problem.js'
import { problemOf, withoutClock } from './problems.js'
import { mostAtOnce, planned, told } from './scenarios.js'

const IDS = ['A', 'B', 'C', 'D']

describe('moves', () => {
  it('four nodes, equal VMs between every pair: two at a time, always', async () => {
    const pairs = IDS.flatMap((from) => IDS.filter((to) => to !== from).map((to) => ({ from, to })))
    for (const copies of [1, 3]) {
      const all = Array.from({ length: copies }, () => pairs).flat()
      const problem = problemOf({
        nodes: IDS.map((id) => ({ id, memoryMiB: 100_000 })),
        vms: all.map(({ from }, i) => ({ id: `v${i}`, node: from })),
        request: { moves: all.map(({ to }, i) => ({ vm: `v${i}`, to })) },
      })
      for (const schedule of ['timeline', 'rounds'] as const) {
        const result = await planned(problem, { schedule })
        expect(result.makespanSeconds).toBe((all.length * 10) / 2)
        expect(result).toMatchObject({ status: 'optimal', proven: true, gap: 0 })
        expect(mostAtOnce(result.migrations)).toBe(2)
        expect(new Set(result.migrations.map((m) => m.round)).size).toBe(all.length / 2)
      }
    }
  })

  it('a triangle of equal moves: one at a time, and the bound says so', async () => {
    const problem = problemOf({
      nodes: ['A', 'B', 'C'],
      vms: ['A', 'B', 'C'].map((node) => ({ id: `v${node}`, node })),
      request: { moves: ['A', 'B', 'C'].map((n, i) => ({ vm: `v${n}`, to: 'BCA'[i], durationSeconds: 60 })) },
    })
    for (const schedule of ['timeline', 'rounds'] as const) {
      const result = await planned(problem, { schedule })
      expect(result).toMatchObject({
        status: 'optimal',
        makespanSeconds: 180,
        lowerBoundSeconds: 180,
        gap: 0,
      })
      expect(result.statistics.bound).toBe('odd-set A+B+C')
      expect(mostAtOnce(result.migrations)).toBe(1)
    }
  })

  it('a five-node cycle: three times one, of which at least two and a half are proven', async () => {
    const ids = ['A', 'B', 'C', 'D', 'E']
    const result = await planned({
      nodes: ids,
      vms: ids.map((node) => ({ id: `v${node}`, node })),
      request: { moves: ids.map((n, i) => ({ vm: `v${n}`, to: ids[(i + 1) % 5], durationSeconds: 10 })) },
    })
    expect(result.makespanSeconds).toBe(30)
    expect(result.lowerBoundSeconds).toBeGreaterThanOrEqual(25)
    expect(result.status).toBe(result.lowerBoundSeconds === 30 ? 'optimal' : 'feasible')
  })

  it('two slots carry two at once, each at half the speed', async () => {
    const two = (id: string) => ({ id, slots: 2 })
    const result = await planned({
      nodes: [two('A'), two('B')],
      vms: ['a', 'b', 'c', 'd'].map((id) => ({ id, node: 'A' })),
      request: { moves: ['a', 'b', 'c', 'd'].map((vm) => ({ vm, to: 'B' })) },
      policy: { wideMigrations: false },
    })
    expect(result).toMatchObject({ makespanSeconds: 40, status: 'optimal' })
    expect(mostAtOnce(result.migrations)).toBe(2)
    expect(result.migrations.every((m) => m.endSeconds - m.startSeconds === 20)).toBe(true)
  })

  it('an empty request makes an empty plan', async () => {
    const nothing = {
      status: 'optimal',
      proven: true,
      makespanSeconds: 0,
      lowerBoundSeconds: 0,
      gap: 0,
      cost: 0,
    }
    for (const request of [{ moves: [] }, { drain: [] }, { drain: ['B'] }]) {
      const result = await planned({ nodes: ['A', 'B'], vms: ['a@A'], request })
      expect(result).toMatchObject({ ...nothing, migrations: [], unplaced: [] })
    }
    const bare = await planned({ nodes: [], vms: [], request: { moves: [] } })
    expect(bare).toMatchObject({ ...nothing, drained: [] })
  })

  it('a VM that is at its target already neither moves nor stays unplaced', async () => {
    const problem = problemOf({
      nodes: ['A', 'B'],
      vms: ['a@A', 'b@A'],
      request: { moves: ['a>A 99', 'b>B'] },
    })
    const result = await planned(problem)
    expect(told(result.migrations)).toEqual(['b A>B 0-10'])
    expect(result).toMatchObject({ unplaced: [], status: 'optimal' })
  })

  it('VMs that are off or saved take the set-up time, and no memory', async () => {
    const vm = (id: string, state: ProblemVm['state']) => ({
      id,
      node: 'A',
      memoryMiB: 5000,
      state: state ?? 'off',
    })
    const result = await planned({
      nodes: ['A', 'B 100', 'C 100'],
      vms: [vm('a', 'off'), vm('b', 'saved'), vm('c', 'off')],
      request: { moves: ['a>B', 'b>C', 'c>C 5'] },
      policy: { setupSeconds: 3 },
    })
    expect(result).toMatchObject({ status: 'optimal', makespanSeconds: 11 })
    expect(result.migrations.map((m) => m.blackoutSeconds)).toEqual([0, 0, 0])
  })

  it('the start lag is in every time, a given one too, and in no blackout', async () => {
    const result = await planned({
      nodes: ['A', 'B', 'C', 'D'],
      vms: [
        { id: 'a', node: 'A', dirtyMiBps: 10 },
        { id: 'b', node: 'A', dirtyMiBps: 200 },
        { id: 'c', node: 'C', state: 'off' },
      ],
      request: { moves: ['a>B', 'b>B 5', 'c>D'] },
      policy: { startLagSeconds: 2 },
    })
    expect(result).toMatchObject({ status: 'optimal', makespanSeconds: 11.1 + 2 + 5 + 2 })
    const told = result.migrations.map((m) => [m.vm, m.endSeconds - m.startSeconds, m.blackoutSeconds])
    expect(told.sort()).toEqual([
      ['a', expect.closeTo(13.1, 9), 0.1],
      ['b', expect.closeTo(7, 9), 5],
      ['c', 2, 0],
    ])
  })

  it('a VM that is off moves to any CPU, a saved one does not', async () => {
    const result = await planned({
      nodes: ['A', { id: 'B', cpu: { vendor: 'AMD', features: [] } }],
      vms: [
        { id: 'a', node: 'A', state: 'off' },
        { id: 'b', node: 'A', state: 'saved' },
      ],
      request: { drain: ['A'] },
      policy: { setupSeconds: 1 },
    })
    expect(told(result.migrations)).toEqual(['a A>B 0-1'])
    expect(result.unplaced).toMatchObject([{ vm: 'b', reason: 'cpu-vendor' }])
    // A VM that is saved does not keep its node from being empty.
    expect(result).toMatchObject({ status: 'partial', drained: [{ node: 'A', atSeconds: 1 }] })
  })

  it('a VM sees the CPU on which it was started', async () => {
    const old = { vendor: 'Intel' as const, features: ['sse4_2'] }
    const moves = [{ vm: 'a', to: 'B' }]
    const nodes = ['A', { id: 'B', cpu: old }, { id: 'C', cpu: old }]
    const started = (bootNode: string, compatibility: ProblemVm['compatibility'] = 'off') =>
      planned({ nodes, vms: [{ id: 'a', node: 'A', bootNode, compatibility }], request: { moves } })
    expect((await started('A')).unplaced).toMatchObject([{ reason: 'cpu-features' }])
    expect((await started('C')).status).toBe('optimal')
    expect((await started('A', 'cluster')).status).toBe('optimal')
  })

  it('paused nodes send and do not receive, down nodes do neither', async () => {
    const result = await planned({
      nodes: ['A', { id: 'P', state: 'paused' }, { id: 'X', state: 'down' }],
      vms: ['p@P', 'x@X', 'a@A', 'b@A'],
      request: { moves: ['p>A', 'x>A', 'a>P', 'b>X'] },
    })
    expect(told(result.migrations)).toEqual(['p P>A 0-10'])
    expect(result.unplaced.map((u) => [u.vm, u.reason])).toEqual([
      ['x', 'node-state'],
      ['a', 'node-state'],
      ['b', 'node-state'],
    ])
    expect(result).toMatchObject({ status: 'partial', proven: true })
  })

  it('a horizon too short leaves VMs unplaced for want of time, by priority', async () => {
    const result = await planned({
      nodes: ['A', 'B'],
      vms: [1000, 3000, 2000].map((priority, i) => ({ id: `v${i}`, node: 'A', priority })),
      request: { moves: [0, 1, 2].map((i) => ({ vm: `v${i}`, to: 'B' })) },
      policy: { horizonSeconds: 29 },
    })
    expect(result.unplaced).toMatchObject([{ vm: 'v0', reason: 'horizon' }])
    expect(result).toMatchObject({ status: 'partial', makespanSeconds: 20 })
  })

  it('a window that covers everything makes the plan infeasible', async () => {
    const result = await planned({
      nodes: ['A', 'B'],
      vms: ['a@A'],
      windows: [{ start: 0, durationSeconds: 604_800 }],
      request: { moves: ['a>B'] },
    })
    expect(result).toMatchObject({
      status: 'infeasible',
      proven: true,
      makespanSeconds: 0,
      gap: 0,
      migrations: [],
    })
    expect(result.unplaced).toMatchObject([{ vm: 'a', reason: 'window' }])
  })

  it('a migration fits a gap exactly', async () => {
    const windows = [
      { node: 'A', start: 0, end: 5 },
      { node: 'B', start: 15, end: 100 },
    ]
    const vms = [{ id: 'a', node: 'A' }]
    const request = { moves: ['a>B'] }
    expect(told((await planned({ nodes: ['A', 'B'], vms, windows, request })).migrations)).toEqual([
      'a A>B 5-15',
    ])
    windows[1].start = 14.999
    expect(told((await planned({ nodes: ['A', 'B'], vms, windows, request })).migrations)).toEqual([
      'a A>B 100-110',
    ])
  })

  it('priority decides who stays', async () => {
    const result = await planned({
      nodes: ['A', 'B 1000'],
      vms: [1000, 3000, 2000].map((priority, i) => ({ id: `v${i}`, node: 'A', priority })),
      request: { moves: [0, 1, 2].map((i) => ({ vm: `v${i}`, to: 'B' })) },
    })
    expect(result.migrations.map((m) => m.vm)).toEqual(['v1'])
    expect(result.unplaced.map((u) => u.vm)).toEqual(['v0', 'v2'])
  })

  it('two of medium priority outweigh one of high', async () => {
    const result = await planned({
      nodes: ['A', 'B 1000'],
      vms: [
        { id: 'h', node: 'A', priority: 3000, memoryMiB: 600 },
        { id: 'm', node: 'A', priority: 2000, memoryMiB: 500 },
        { id: 'n', node: 'A', priority: 2000, memoryMiB: 500 },
      ],
      request: { moves: ['h', 'm', 'n'].map((vm) => ({ vm, to: 'B' })) },
    })
    expect(result.unplaced.map((u) => u.vm)).toEqual(['h'])
  })

  it('rounds: nobody starts before the round before has ended', async () => {
    const result = await planned(
      {
        nodes: IDS,
        vms: ['a@A', 'b@A', 'c@C', 'd@C'],
        request: { moves: ['a>B 10', 'b>B 1', 'c>D 9', 'd>D 2'] },
      },
      { schedule: 'rounds' },
    )
    expect(told(result.migrations)).toEqual(['a A>B 0-10', 'c C>D 0-9', 'b A>B 10-11', 'd C>D 10-12'])
    expect(result.migrations.map((m) => m.round)).toEqual([0, 0, 1, 1])
    expect(result).toMatchObject({ schedule: 'rounds', makespanSeconds: 12, lowerBoundSeconds: 12 })
  })

  it('the same seed and effort give the same plan, byte for byte', async () => {
    const vms = Array.from({ length: 14 }, (_, i) => ({
      id: `v${i}`,
      node: IDS[i % 4],
      memoryMiB: 300 + 97 * i,
    }))
    const problem = problemOf({
      nodes: IDS,
      vms,
      windows: [
        { node: 'A', start: 7, end: 21 },
        { node: 'C', start: 30, end: 33 },
        { vm: 'v3', start: 0, end: 40 },
      ],
      request: {
        moves: vms.map((vm, i) => ({ vm: vm.id, to: IDS[(i + 1 + (i % 3)) % 4] })).slice(0, 9),
        drain: ['B'],
      },
    })
    for (const schedule of ['timeline', 'rounds'] as const) {
      const plans = [
        await planned(problem, { schedule, seed: 3 }),
        await planned(problem, { schedule, seed: 3 }),
      ]
      expect(withoutClock(plans[1])).toBe(withoutClock(plans[0]))
    }
  })
})
