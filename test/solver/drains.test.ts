import { describe, expect, it } from 'vitest'
import { INTEL, problemOf } from './problems.js'
import { planned, told } from './scenarios.js'

const AMD = { vendor: 'AMD' as const, features: ['sse4_2'] }

describe('drains', () => {
  it('spread over the others so that the source is never idle', async () => {
    const result = await planned({
      nodes: ['A', 'B', 'C'],
      vms: ['a', 'b', 'c', 'd'].map((id) => ({ id, node: 'A' })),
      request: { drain: ['A'] },
    })
    expect(result).toMatchObject({
      status: 'optimal',
      makespanSeconds: 40,
      drained: [{ node: 'A', atSeconds: 40 }],
    })
  })

  it('a VM that fits no other CPU stays, and the node is not drained', async () => {
    const result = await planned({
      nodes: ['A', { id: 'B', cpu: { vendor: 'Intel', features: ['sse4_2'] } }, 'C'],
      vms: ['a@A', { id: 'b', node: 'A', bootNode: 'B' }, { id: 'c', node: 'A', allowedNodes: ['A', 'B'] }],
      request: { drain: ['A'] },
    })
    expect(result.unplaced).toMatchObject([{ vm: 'c', reason: 'cpu-features' }])
    expect(result).toMatchObject({ status: 'partial', drained: [], makespanSeconds: 20, proven: true })
  })

  it('from AMD to Intel only by restart', async () => {
    const problem = (allowRestart: boolean, restartable: boolean) =>
      problemOf({
        nodes: [{ id: 'A', cpu: AMD }, 'B'],
        vms: [{ id: 'a', node: 'A', restartable }],
        request: { drain: ['A'] },
        policy: { allowRestart, allowSave: true, restartSeconds: 100, restartPenaltySeconds: 600 },
      })
    for (const [allow, may] of [
      [false, true],
      [true, false],
    ]) {
      expect(await planned(problem(allow, may))).toMatchObject({
        status: 'infeasible',
        proven: true,
        unplaced: [{ vm: 'a', reason: 'cpu-vendor' }],
      })
    }
    const result = await planned(problem(true, true))
    expect(told(result.migrations)).toEqual(['a A>B 0-100 restart'])
    expect(result).toMatchObject({ status: 'optimal', cost: 700, costLowerBound: 700 })
    expect(result.migrations[0]).toMatchObject({ blackoutSeconds: 100, lostFeatures: [] })
  })

  it('a restart names and charges the features that it loses', async () => {
    const result = await planned({
      nodes: [
        { id: 'A', cpu: { vendor: 'Intel', features: ['sse4_2', 'avx2', 'avx512f'] } },
        { id: 'B', cpu: { vendor: 'Intel', features: ['sse4_2', 'aes'] } },
      ],
      vms: [{ id: 'a', node: 'A', restartable: true }],
      request: { moves: ['a>B'] },
      policy: {
        allowRestart: true,
        restartSeconds: 50,
        restartPenaltySeconds: 7,
        featureLossPenaltySeconds: 11,
      },
    })
    expect(result.migrations[0].lostFeatures).toEqual(['avx2', 'avx512f'])
    expect(result).toMatchObject({ status: 'optimal', cost: 79 })
  })

  it('live where it can, although restarts hold no slot', async () => {
    const result = await planned({
      nodes: ['A', 'B'],
      vms: ['a', 'b'].map((id) => ({ id, node: 'A', restartable: true })),
      request: { drain: ['A'] },
      policy: { allowRestart: true, restartSeconds: 1 },
    })
    expect(result.migrations.map((m) => m.kind)).toEqual(['live', 'live'])
    expect(result).toMatchObject({ status: 'optimal', cost: 20 })
  })

  it('restarts and saves at once where that is cheaper, each round within its slots', async () => {
    const problem = problemOf({
      nodes: ['A', 'B'],
      vms: ['a', 'b', 'c'].map((id) => ({ id, node: 'A', restartable: true, memoryMiB: 3000 })),
      request: { drain: ['A'] },
      policy: { allowRestart: true, restartSeconds: 5, restartPenaltySeconds: 1 },
    })
    const timeline = await planned(problem)
    expect(timeline).toMatchObject({ cost: 8, makespanSeconds: 5 })
    // In rounds a node takes part in no more migrations of a round than it has slots, whatever their kind.
    const rounds = await planned(problem, { schedule: 'rounds' })
    expect(rounds).toMatchObject({ cost: 18, makespanSeconds: 15 })
  })

  it('by save and resume where that is allowed and cheaper', async () => {
    const result = await planned({
      nodes: ['A', 'B'],
      vms: ['a@A 8000'],
      request: { drain: ['A'] },
      policy: { allowSave: true, saveMiBps: 1000, savePenaltySeconds: 20, setupSeconds: 2 },
    })
    expect(told(result.migrations)).toEqual(['a A>B 0-18 save'])
    expect(result).toMatchObject({ status: 'optimal', cost: 38 })
    expect(result.migrations[0].blackoutSeconds).toBe(18)
  })

  it('in place: one after another on each node, around the window of one VM', async () => {
    const result = await planned({
      nodes: ['A', 'B'],
      vms: [
        'a@A',
        'b@A',
        'c@A',
        'd@B',
        { id: 'e', node: 'A', state: 'off' },
        { id: 'f', node: 'A', state: 'saved' },
      ],
      windows: [{ vm: 'b', start: 0, end: 4 }],
      request: {
        drain: [
          { node: 'A', mode: 'save' },
          { node: 'B', mode: 'save' },
        ],
      },
      policy: { saveMiBps: 500, savePenaltySeconds: 10 },
    })
    expect(result.makespanSeconds).toBe(6)
    const [first, second, third] = result.migrations.filter((m) => m.from === 'A')
    expect([first.endSeconds, second.endSeconds, third.endSeconds]).toEqual([2, 4, 6])
    expect(third.vm).toBe('b')
    expect(result.migrations.every((m) => m.kind === 'save-in-place' && m.from === m.to)).toBe(true)
    expect(result.drained).toEqual([
      { node: 'A', atSeconds: 6 },
      { node: 'B', atSeconds: 2 },
    ])
    expect(result.cost).toBe(46)
  })

  it('in place: the bound knows that a node saves one at a time', async () => {
    const result = await planned({
      nodes: ['A', 'B'],
      vms: ['a', 'b', 'c'].map((id) => ({ id, node: 'A' })),
      request: { drain: [{ node: 'A', mode: 'save' }] },
      policy: { saveMiBps: 500 },
    })
    expect(result).toMatchObject({ makespanSeconds: 6, lowerBoundSeconds: 6, status: 'optimal' })
  })

  it('in place: a window in the middle is waited for', async () => {
    const result = await planned({
      nodes: ['A', 'B'],
      vms: ['a', 'b'].map((id) => ({ id, node: 'A' })),
      windows: [{ node: 'A', start: 3, end: 9 }],
      request: { drain: [{ node: 'A', mode: 'save' }] },
      policy: { saveMiBps: 500 },
    })
    expect(result.migrations.map((m) => m.startSeconds)).toEqual([0, 9])
  })

  it('the offloads of the target count as much as the policy says', async () => {
    const problem = (offloadPenaltySeconds: number) =>
      problemOf({
        nodes: ['A', { id: 'B', migrationMbps: 8388.608 }, { id: 'C', offloads: ['rdma'] }],
        vms: [{ id: 'a', node: 'A', offloads: ['rdma', 'vmq'] }],
        windows: [{ node: 'C', start: 0, end: 20 }],
        request: { drain: ['A'] },
        policy: { offloadPenaltySeconds },
      })
    const far = await planned(problem(30))
    expect(told(far.migrations)).toEqual(['a A>C 20-30'])
    expect(far).toMatchObject({ status: 'optimal', cost: 60 })
    expect(far.migrations[0].lostOffloads).toEqual(['vmq'])
    const near = await planned(problem(19))
    expect(told(near.migrations)).toEqual(['a A>B 0-10'])
    expect(near).toMatchObject({ status: 'optimal', cost: 48 })
    expect(near.migrations[0].lostOffloads).toEqual(['rdma', 'vmq'])
  })

  it('a penalty of a fraction of a millisecond is charged as it is', async () => {
    const result = await planned({
      nodes: ['A', 'B'],
      vms: [{ id: 'a', node: 'A', offloads: ['rdma'] }],
      request: { moves: ['a>B'] },
      policy: { offloadPenaltySeconds: 1 / 3 },
    })
    expect(result.cost).toBeCloseTo(10 + 1 / 3, 6)
  })

  it('two drained nodes take nothing from each other', async () => {
    const result = await planned({
      nodes: ['A', 'B', 'C'],
      vms: ['a', 'b', 'c', 'd'].map((id, i) => ({ id, node: 'AB'[i % 2], priority: 1000 })),
      request: { drain: ['A', 'B'] },
    })
    expect(result.migrations.every((m) => m.to === 'C')).toBe(true)
    expect(result).toMatchObject({ status: 'optimal', makespanSeconds: 40 })
  })

  it('a VM of a drained node that has a move of its own follows it', async () => {
    const result = await planned({
      nodes: ['A', { id: 'B', cpu: INTEL }, 'C'],
      vms: ['a', 'b'].map((id) => ({ id, node: 'A' })),
      request: { drain: ['A'], moves: ['b>C 3'] },
    })
    expect(result.migrations.find((m) => m.vm === 'b')).toMatchObject({ to: 'C' })
    expect(result).toMatchObject({ makespanSeconds: 13, status: 'optimal' })
  })
})
