import { describe, expect, it } from 'vitest'
import { check } from '../../../src/check/check.js'
import type { UnplacedVm } from '../../../src/model/plan.js'
import { INTEL, type ProblemParts, planOf, problemOf } from '../problems.js'

type Case = Omit<ProblemParts, 'request'> & Partial<Pick<ProblemParts, 'request'>>

/** `a` is to leave A for B unless the request says otherwise. */
async function explained(parts: Case): Promise<UnplacedVm[]> {
  const problem = problemOf({ request: { moves: ['a>B'] }, ...parts })
  const plan = await planOf(problem)
  expect(check(problem, plan)).toEqual([])
  return plan.unplaced
}

const A = { id: 'a', node: 'A' }

describe('why a VM stays', () => {
  it('cpu-vendor', async () => {
    const B = { id: 'B', cpu: { vendor: 'AMD' as const, features: ['sse4_2'] } }
    const [found] = await explained({ nodes: ['A', B], vms: [A] })
    expect(found).toMatchObject({ vm: 'a', reason: 'cpu-vendor', nodes: { B: 'cpu-vendor' } })
    expect(found.detail).toMatch(/AMD.*Intel/)
    expect(found.remedies.join()).toMatch(/restart.*B.*allowRestart.*restartable/)
  })

  it('cpu-features, named', async () => {
    const B = { id: 'B', cpu: { vendor: 'Intel' as const, features: ['sse4_2'] } }
    const [found] = await explained({ nodes: ['A', B], vms: [{ ...A, restartable: true }] })
    expect(found).toMatchObject({ reason: 'cpu-features', nodes: { B: 'cpu-features' } })
    expect(found.detail).toContain('avx2')
    expect(found.detail).not.toContain('sse4')
    expect(found.remedies.join()).toMatch(/allowRestart/)
    expect(found.remedies.join()).not.toMatch(/restartable on/)
  })

  it('memory that those who stay hold', async () => {
    const [found] = await explained({ nodes: ['A', 'B 1500'], vms: [A, 'b@B 600'] })
    expect(found).toMatchObject({ reason: 'memory', nodes: { B: 'memory' } })
    expect(found.detail).toContain('100 MiB')
    expect(found.remedies.join('\n')).toMatch(/100 MiB more/)
    expect(found.remedies.join('\n')).toMatch(/allowMakeRoom/)
  })

  it('memory that others of the plan take', async () => {
    const found = await explained({
      nodes: ['A', 'B 1500'],
      vms: [A, { id: 'b', node: 'A', priority: 3000 }],
      request: { moves: ['a', 'b'].map((vm) => ({ vm, to: 'B' })) },
    })
    expect(found).toMatchObject([{ vm: 'a', reason: 'memory', nodes: { B: 'memory' } }])
    expect(found[0].detail).toContain('500 MiB')
  })

  it('memory that no order of moves frees in time', async () => {
    const full = (id: string) => ({ id, memoryMiB: 1000 })
    const found = await explained({
      nodes: [full('A'), full('B')],
      vms: [A, 'b@B'],
      request: { moves: ['a>B', 'b>A'] },
      policy: { allowParking: false },
    })
    expect(found.map((u) => [u.vm, u.reason])).toEqual([
      ['a', 'memory'],
      ['b', 'memory'],
    ])
    expect(found[0].remedies.join()).toMatch(/allowParking/)
  })

  it('anti-affinity with one that stays', async () => {
    const [found] = await explained({
      nodes: ['A', 'B'],
      vms: [
        { ...A, antiAffinity: ['g'] },
        { id: 'b', node: 'B', antiAffinity: ['g'] },
      ],
    })
    expect(found).toMatchObject({ reason: 'anti-affinity', nodes: { B: 'anti-affinity' } })
    expect(found.detail).toContain('b')
    expect(found.remedies.join()).toMatch(/group.*B/)
  })

  it('anti-affinity with one that arrives', async () => {
    const found = await explained({
      nodes: ['A', 'B'],
      vms: [
        { ...A, antiAffinity: ['g'] },
        { id: 'b', node: 'A', antiAffinity: ['g'], priority: 3000 },
      ],
      request: { moves: ['a', 'b'].map((vm) => ({ vm, to: 'B' })) },
    })
    expect(found).toMatchObject([{ vm: 'a', reason: 'anti-affinity', nodes: { B: 'anti-affinity' } }])
  })

  it('allowed-nodes', async () => {
    const [found] = await explained({ nodes: ['A', 'B', 'C'], vms: [{ ...A, allowedNodes: ['A', 'C'] }] })
    expect(found).toMatchObject({ reason: 'allowed-nodes', nodes: { B: 'allowed-nodes' } })
    expect(found.remedies.join()).toMatch(/B.*allowedNodes/)
  })

  it('window over the whole horizon', async () => {
    const windows = [{ node: 'B', start: 0, end: 1e9 }]
    const [found] = await explained({ nodes: ['A', 'B'], vms: [A], windows })
    expect(found).toMatchObject({ reason: 'window', nodes: { B: 'window' } })
    expect(found.remedies.join()).toMatch(/horizon|windows/)
  })

  it('window: no gap before the horizon is long enough', async () => {
    const windows = [{ node: 'A', start: 9, end: 20 }]
    const [found] = await explained({
      nodes: ['A', 'B'],
      vms: [A],
      windows,
      policy: { horizonSeconds: 29.999 },
    })
    expect(found.reason).toBe('window')
    const fits = await explained({ nodes: ['A', 'B'], vms: [A], windows, policy: { horizonSeconds: 30 } })
    expect(fits).toEqual([])
  })

  it('window: time runs out after others', async () => {
    const found = await explained({
      nodes: ['A', 'B'],
      vms: [A, { id: 'b', node: 'A', priority: 3000 }],
      request: { moves: ['a', 'b'].map((vm) => ({ vm, to: 'B' })) },
      policy: { horizonSeconds: 15 },
    })
    expect(found).toMatchObject([{ vm: 'a', reason: 'window' }])
  })

  it.each(['paused', 'down'] as const)('node-state: the target is %s', async (state) => {
    const [found] = await explained({ nodes: ['A', { id: 'B', state }], vms: [A] })
    expect(found).toMatchObject({ reason: 'node-state', nodes: { B: 'node-state' } })
    expect(found.detail).toContain(state)
    expect(found.remedies.join()).toMatch(/resuming.*B/)
  })

  it('node-state: the source is down', async () => {
    const [found] = await explained({ nodes: [{ id: 'A', state: 'down' }, 'B'], vms: [A] })
    expect(found.reason).toBe('node-state')
    expect(found.remedies).toEqual(['bringing A up'])
  })

  it('node-state: the target is drained too', async () => {
    const request = { moves: ['a>B'], drain: ['B'] }
    const [found] = await explained({ nodes: ['A', 'B', 'C'], vms: [A], request })
    expect(found).toMatchObject({ reason: 'node-state', nodes: { B: 'node-state' } })
    expect(found.detail).toContain('drained')
  })

  it('node-state: there is no other node', async () => {
    const [found] = await explained({ nodes: ['A'], vms: [A], request: { drain: ['A'] } })
    expect(found).toMatchObject({ vm: 'a', reason: 'node-state', nodes: {} })
  })

  it('a drain has a reason for each node, and tells the nearest', async () => {
    const [found] = await explained({
      nodes: [
        'A',
        { id: 'B', state: 'paused' },
        { id: 'C', cpu: { vendor: 'AMD', features: [] } },
        'D 900',
        { id: 'E', cpu: { vendor: 'Intel', features: ['sse4_2'] } },
        'F',
      ],
      vms: [{ ...A, allowedNodes: ['A', 'B', 'C', 'D', 'E'] }],
      request: { drain: ['A'] },
    })
    expect(found.reason).toBe('memory')
    expect(found.nodes).toEqual({
      B: 'node-state',
      C: 'cpu-vendor',
      D: 'memory',
      E: 'cpu-features',
      F: 'allowed-nodes',
    })
  })

  it('many alike nodes are counted, not listed', async () => {
    const others = Array.from({ length: 10 }, (_, i) => ({
      id: `N${i}`,
      cpu: { vendor: 'AMD' as const, features: INTEL.features },
    }))
    const [found] = await explained({ nodes: ['A', ...others], vms: [A], request: { drain: ['A'] } })
    expect(found.detail).toMatch(/9 more/)
    expect(found.remedies.join()).toMatch(/N0, N1, N2, N3, N4, N5 and 4 more/)
    expect(Object.keys(found.nodes)).toHaveLength(10)
  })
})
