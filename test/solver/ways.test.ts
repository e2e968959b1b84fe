import { describe, expect, it } from 'vitest'
import { MBPS_OF_100_MIB } from './problems.js'
import { planned, told } from './scenarios.js'

describe('ways', () => {
  it('a VM that can go nowhere is shut down, while the others leave', async () => {
    const result = await planned({
      nodes: ['A', 'B', { id: 'C', migrationMbps: MBPS_OF_100_MIB / 2 }],
      vms: [
        { id: 'gpu', node: 'A', ways: ['stop'] },
        'a@A',
        { id: 'idle', node: 'A', state: 'off', allowedNodes: [] },
      ],
      request: { drain: [{ node: 'A', to: ['C'] }] },
      policy: { stopSeconds: 15, stopPenaltySeconds: 100 },
    })
    expect(told(result.migrations)).toEqual(['a A>C 0-20', 'gpu A>A 0-15 stop-in-place'])
    expect(result).toMatchObject({ status: 'partial', proven: true, cost: 120, costLowerBound: 120 })
    expect(result.unplaced).toMatchObject([{ vm: 'idle', reason: 'allowed-nodes' }])
    expect(result.drained).toEqual([{ node: 'A', atSeconds: 20 }])
  })

  it('a stop is dearer than a way out, and no way to be moved', async () => {
    const vms = [{ id: 'a', node: 'A', ways: ['live' as const, 'stop' as const] }]
    const nodes = ['A', 'B']
    const drain = await planned({ nodes, vms, request: { drain: ['A'] } })
    expect(told(drain.migrations)).toEqual(['a A>B 0-10'])
    const full = [{ id: 'A' }, { id: 'B', memoryMiB: 10 }]
    const stopped = await planned({ nodes: full, vms, request: { drain: ['A'] } })
    expect(told(stopped.migrations)).toEqual(['a A>A 0-60 stop-in-place'])
    const moved = await planned({ nodes: full, vms, request: { moves: ['a>'] } })
    expect(moved.unplaced).toMatchObject([{ vm: 'a', reason: 'memory' }])
  })

  it('what is lacking is told, and the first way that helps', async () => {
    const result = await planned(
      {
        nodes: ['A', 'B'],
        vms: [{ id: 'a', node: 'A', ways: [] }],
        request: { drain: ['A'] },
        policy: { allowRestart: true, allowSave: true },
      },
      { parameters: {} },
    )
    expect(result.unplaced).toMatchObject([{ vm: 'a', reason: 'ways', remedies: ['live among its ways'] }])
  })

  it('on a node that is saved: those that may, one after another; others at the same time shut down', async () => {
    const result = await planned({
      nodes: ['A'],
      vms: ['a@A', 'b@A', { id: 'c', node: 'A', ways: ['stop'] }, { id: 'd', node: 'A', ways: ['live'] }],
      request: { drain: [{ node: 'A', mode: 'save' }] },
      policy: { saveMiBps: 100, stopSeconds: 15 },
    })
    const times = told(result.migrations).map((text) => text.replace(/^[ab] /, 'x '))
    expect(times.sort()).toEqual([
      'c A>A 0-15 stop-in-place',
      'x A>A 0-10 save-in-place',
      'x A>A 10-20 save-in-place',
    ])
    expect(result).toMatchObject({ unplaced: [{ vm: 'd', reason: 'ways' }], drained: [] })
  })
})

describe('where VMs may end', () => {
  it('on any of several nodes, or on any but their own', async () => {
    const slow = { id: 'C', migrationMbps: MBPS_OF_100_MIB / 2 }
    const result = await planned({
      nodes: ['A', 'B', slow, 'D'],
      vms: ['a@A', 'b@B', 'c@D'],
      request: { moves: ['a>C|D', 'b>B|C', 'c>'] },
    })
    expect(result).toMatchObject({ status: 'optimal', unplaced: [], makespanSeconds: 20 })
    const ends = new Map(result.migrations.map(({ vm, to }) => [vm, to]))
    expect([ends.get('a') === 'C' || ends.get('a') === 'D', ends.has('b'), ends.has('c')]).toEqual([
      true,
      false,
      true,
    ])
  })

  it('one that is on one of several goes to another where that is worth it, or lets another in', async () => {
    const request = { moves: ['a>A|B'] }
    const idle = { nodes: ['A', 'B', 'C'], vms: ['a@A'], request }
    expect(await planned(idle)).toMatchObject({ status: 'optimal', migrations: [], cost: 0 })
    const preferring = await planned({ ...idle, vms: [{ id: 'a', node: 'A', preferredNodes: ['B'] }] })
    expect(told(preferring.migrations)).toEqual(['a A>B 0-10'])
    expect(preferring.migrations[0].makesRoom).toBeUndefined()
    const full = await planned({
      nodes: ['A 1000', 'B', 'C'],
      vms: ['a@A', 'b@C'],
      request: { moves: ['a>A|B', 'b>A'] },
    })
    expect(told(full.migrations)).toEqual(['a A>B 0-10', 'b C>A 10-20'])
    expect(full).toMatchObject({
      status: 'optimal',
      unplaced: [],
      warnings: expect.not.arrayContaining([{ code: 'makes-room' }]),
    })
  })

  it('a given time is that of the last leg, wherever it leads', async () => {
    const result = await planned({ nodes: ['A', 'B', 'C'], vms: ['a@A'], request: { moves: ['a>B|C 3'] } })
    expect(result).toMatchObject({ makespanSeconds: 3, lowerBoundSeconds: 3 })
  })

  it('a VM of its own move goes before the drain of its node', async () => {
    const result = await planned({
      nodes: ['A', 'B', 'C'],
      vms: ['a@A', 'b@A'],
      request: { drain: [{ node: 'A', to: ['C'] }], moves: ['a>B'] },
    })
    expect(result.makespanSeconds).toBe(20)
    expect(result.migrations.map(({ vm, to }) => `${vm} ${to}`).sort()).toEqual(['a B', 'b C'])
  })
})

describe('affinity by domain', () => {
  const rack = (id: string, name: string, mbps = MBPS_OF_100_MIB) => ({
    id,
    migrationMbps: mbps,
    domains: { rack: name },
  })
  const affinity = [{ group: 'shop', domain: 'rack' }]

  it('decides for the rack of the one that stays, and the bound knows it', async () => {
    const result = await planned({
      nodes: [rack('A', 'R1'), rack('B', 'R2'), rack('C', 'R3', MBPS_OF_100_MIB / 4), rack('D', 'R3')],
      vms: [
        { id: 'a', node: 'A', affinity },
        { id: 'stays', node: 'D', affinity, memoryMiB: 100_000 },
      ],
      request: { drain: ['A'] },
    })
    expect(told(result.migrations)).toEqual(['a A>C 0-40'])
    expect(result).toMatchObject({ status: 'optimal', lowerBoundSeconds: 40 })
  })

  it('a dozen that leave two nodes meet in one rack, on several of its nodes', async () => {
    const result = await planned({
      nodes: [
        ...['A', 'B'].map((id) => rack(id, 'R0')),
        ...['C', 'D', 'E'].map((id) => ({ ...rack(id, 'R1'), memoryMiB: 5000 })),
        ...['F', 'G'].map((id) => ({ ...rack(id, 'R2'), memoryMiB: 5000 })),
      ],
      vms: Array.from({ length: 12 }, (_, i) => ({ id: `v${i}`, node: i % 2 === 0 ? 'A' : 'B', affinity })),
      request: { drain: ['A', 'B'] },
    })
    expect(result).toMatchObject({ unplaced: [], makespanSeconds: 60, status: 'optimal' })
    expect(new Set(result.migrations.map(({ to }) => to))).toEqual(new Set(['C', 'D', 'E']))
  })

  it('one that falls back on its node meets nobody there whom a group keeps apart from it', async () => {
    const AMD = { vendor: 'AMD' as const, features: ['sse4_2', 'avx2', 'sse4a'] }
    const tied = { antiAffinity: [{ group: 'k', domain: 'row' }], affinity: [{ group: 't', domain: 'hall' }] }
    const result = await planned(
      {
        nodes: [
          { id: 'A', cpu: AMD, memoryMiB: 800, domains: { row: 'W1', hall: 'H1' } },
          { id: 'B', memoryMiB: 700, domains: { row: 'W2', hall: 'H1' } },
          { id: 'C', cpu: AMD, memoryMiB: 800, domains: { row: 'W1' } },
          { id: 'D', memoryMiB: 1400, domains: { row: 'W1' } },
        ],
        vms: [
          { id: 'v', node: 'D', memoryMiB: 600, ...tied },
          { id: 'w', node: 'A', memoryMiB: 400, bootNode: 'B', priority: 3000, ...tied },
        ],
        request: { moves: ['v>'], drain: ['A'] },
      },
      { schedule: 'rounds', effort: 2 },
    )
    expect(told(result.migrations)).toEqual(['v D>B 0-6'])
  })

  it('one that cannot come keeps the others', async () => {
    const result = await planned({
      nodes: [rack('A', 'R1'), rack('B', 'R2'), rack('C', 'R2')],
      vms: [
        { id: 'a', node: 'A', affinity },
        { id: 'b', node: 'A', affinity, allowedNodes: [] },
      ],
      request: { drain: ['A'] },
    })
    expect(result.unplaced).toMatchObject([
      { vm: 'a', reason: 'affinity' },
      { vm: 'b', reason: 'allowed-nodes' },
    ])
    expect(result).toMatchObject({ migrations: [], proven: true })
  })
})

describe('anti-affinity in transit', () => {
  const antiAffinity = ['sql']
  const swap = {
    nodes: ['A', 'B', 'C'],
    vms: [
      { id: 'a', node: 'A', antiAffinity },
      { id: 'b', node: 'B', antiAffinity },
    ],
    request: { moves: ['a>B', 'b>A'] },
  }

  it('two that trade nodes go by way of a third', async () => {
    const result = await planned({ ...swap, policy: { antiAffinityInTransit: true } })
    expect(result).toMatchObject({ status: 'optimal', makespanSeconds: 30, costLowerBound: 30 })
    expect(result.migrations.map(({ parking = false }) => parking)).toEqual([true, false, false])
    expect(await planned(swap)).toMatchObject({ makespanSeconds: 20, costLowerBound: 20 })
  })

  it('without a third node neither moves, and what would help is told', async () => {
    const policy = { antiAffinityInTransit: true, allowParking: false }
    const result = await planned({ ...swap, policy }, { parameters: {} })
    expect(result).toMatchObject({ status: 'infeasible', proven: true })
    for (const { reason, remedies } of result.unplaced) {
      expect(reason).toBe('anti-affinity')
      expect(remedies).toEqual([
        'allowParking lets VMs go by way of a third node',
        'a penaltySeconds for its group sql, which is hard without',
        'an antiAffinityInTransit of false: groups hold at the end',
      ])
    }
  })

  it('one that moves within its rack is in nobody’s way, and one that comes waits for it to leave', async () => {
    const rack = (id: string, name: string) => ({ id, domains: { rack: name } })
    const apart = [{ group: 'sql', domain: 'rack' }]
    const result = await planned({
      nodes: [rack('A', 'R1'), rack('B', 'R1'), rack('C', 'R2'), rack('D', 'R3')],
      vms: [
        { id: 'a', node: 'A', antiAffinity: apart },
        { id: 'c', node: 'C', antiAffinity: apart },
      ],
      request: { moves: ['a>D', 'c>B'] },
      policy: { antiAffinityInTransit: true },
    })
    expect(told(result.migrations)).toEqual(['a A>D 0-10', 'c C>B 10-20'])
  })
})
