import { describe, expect, it } from 'vitest'
import { check } from '../../../src/check/check.js'
import type { UnplacedVm } from '../../../src/model/plan.js'
import { row } from '../../cases.js'
import { INTEL, type ProblemParts, planOf, problemOf } from '../problems.js'

type Case = Omit<ProblemParts, 'request'> & Partial<Pick<ProblemParts, 'request'>>

/** `a` is to leave A for B unless the request says otherwise. */
async function explained(parts: Case): Promise<UnplacedVm[]> {
  const problem = problemOf({ request: { moves: ['a>B'] }, ...parts })
  const plan = await planOf(problem, { parameters: {} })
  expect(check(problem, plan)).toEqual([])
  return plan.unplaced
}

const A = { id: 'a', node: 'A' }
const MAKE_ROOM = 'allowMakeRoom lets the plan move VMs that were not asked for out of the way'
const RESTART = 'restart in compatibility mode moves it to B (set allowRestart and restartable on a)'
const OLDER = { vendor: 'Intel' as const, features: ['sse4_2'] }
const SAVES = 'allowSave lets VMs be saved, moved and resumed'
const WINDOWS = 'shorter or fewer windows of a, A and B'

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
    expect(found.remedies).toEqual(['100 MiB more memory on B', MAKE_ROOM])
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
    // There is no third node to go by.
    expect(found[0].remedies).toEqual(['1000 MiB more memory on B'])
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
    // They may trade places.
    expect(found.remedies).toEqual([
      'allowMakeRoom lets the plan move VMs that were not asked for out of the way',
      'a penaltySeconds for its group g, which is hard without',
    ])
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

  it('horizon: time runs out after others', async () => {
    const found = await explained({
      nodes: ['A', 'B'],
      vms: [A, { id: 'b', node: 'A', priority: 3000 }],
      request: { moves: ['a', 'b'].map((vm) => ({ vm, to: 'B' })) },
      policy: { horizonSeconds: 15 },
    })
    expect(found).toMatchObject([{ vm: 'a', reason: 'horizon' }])
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
    expect(found.remedies.join()).toMatch(/^restart in compatibility mode moves it to N\d \(/)
    expect(Object.keys(found.nodes)).toHaveLength(10)
  })
})

describe('remedies', () => {
  const toB: Case['request'] = { moves: ['a>B'] }
  const drain: Case['request'] = { drain: ['A'] }
  const cases: Record<string, [remedies: string[], parts: Case]> = {
    'a later deadline of a move that alone takes too long': row(
      ['a deadline of 15 s, or later, for the move of a', SAVES],
      { nodes: ['A', 'B'], vms: [A], request: { moves: [{ vm: 'a', to: 'B', by: 5 }] } },
    ),
    'a later deadline of a drain, by what the others take': row(
      ['a deadline of 25 s, or later, for the drain of A', SAVES],
      {
        nodes: ['A', 'B'],
        vms: [A, { id: 'z', node: 'A', priority: 3000 }],
        request: { drain: [{ node: 'A', by: 15 }] },
      },
    ),
    'a later deadline, behind a window': row(['a deadline of 110 s, or later, for the move of a', SAVES], {
      nodes: ['A', 'B'],
      vms: [A],
      windows: [{ node: 'B', start: 5, end: 100 }],
      request: { moves: [{ vm: 'a', to: 'B', by: 20 }] },
    }),
    'no deadlines, where that of another that the order puts behind it is in the way': row(
      ['a request without deadlines', SAVES],
      {
        nodes: ['A', 'B', 'C'],
        vms: [{ ...A, priority: 0 }, 'c@C'],
        request: { moves: ['a>B', { vm: 'c', to: 'B', by: 15 }], order: [['a', 'c']] },
      },
    ),
    'a restart that helps': row([RESTART], { nodes: ['A', { id: 'B', cpu: OLDER }], vms: [A] }),
    'a restart for which there is no memory either': row([], {
      nodes: ['A', { id: 'B', cpu: OLDER, memoryMiB: 900 }],
      vms: [A],
    }),
    'room that can be made': row(['500 MiB more memory on B', MAKE_ROOM], {
      nodes: ['A', { id: 'B', memoryMiB: 1500 }, 'C'],
      vms: [A, { id: 'b', node: 'B', memoryMiB: 1000 }],
    }),
    'room that cannot be made': row(['500 MiB more memory on B'], {
      nodes: ['A', { id: 'B', memoryMiB: 1500 }, 'C'],
      vms: [A, { id: 'b', node: 'B', memoryMiB: 1000, allowedNodes: ['B'] }],
    }),
    'memory on the node that lacks least': row(['200 MiB more memory on C'], {
      nodes: ['A', { id: 'B', memoryMiB: 600 }, { id: 'C', memoryMiB: 800 }],
      vms: [A],
      request: drain,
    }),
    'an owner of several that has the memory': row(['adding C to its allowedNodes'], {
      nodes: ['A', { id: 'B', memoryMiB: 900 }, 'C'],
      vms: [{ ...A, allowedNodes: ['A'] }],
      request: drain,
    }),
    'the paused node that fits': row(['resuming C'], {
      nodes: ['A', { id: 'B', state: 'paused', memoryMiB: 900 }, { id: 'C', state: 'paused' }],
      vms: [A],
      request: drain,
    }),
    'paused nodes of which none fits': row([], {
      nodes: ['A', { id: 'B', state: 'paused', memoryMiB: 900 }],
      vms: [A],
      request: drain,
    }),
    'a drain that could wait': row(['draining B later'], {
      nodes: ['A', 'B'],
      vms: [A],
      request: { ...toB, drain: ['B'] },
    }),
    'a horizon with no window behind it': row(
      [WINDOWS, 'a horizonSeconds of 30', 'allowSave lets VMs be saved, moved and resumed'],
      {
        nodes: ['A', 'B'],
        vms: [A],
        windows: [{ node: 'B', start: 5, end: 12 }],
        policy: { horizonSeconds: 15 },
      },
    ),
    'a horizon behind which windows may be': row([WINDOWS, 'untested: a horizonSeconds of 30'], {
      nodes: ['A', 'B'],
      vms: [A],
      windows: [{ node: 'B', start: 5, end: 20 }],
      policy: { horizonSeconds: 15, saveMiBps: 100 },
    }),
    'a blackout that is admitted, or a save': row(
      ['a maxBlackoutSeconds of at least 10', 'allowSave lets VMs be saved, moved and resumed'],
      { nodes: ['A', 'B'], vms: [{ ...A, dirtyMiBps: 100, maxBlackoutSeconds: 5 }] },
    ),
  }

  it.each(Object.entries(cases))('are told where they help: %s', async (_, [remedies, parts]) => {
    const [found] = await explained(parts)
    expect(found.remedies).toEqual(remedies)
  })

  it('that would only leave another VM behind are none', async () => {
    const found = await explained({
      nodes: ['A', { id: 'B', memoryMiB: 1500 }],
      vms: [
        { ...A, allowedNodes: ['A'] },
        { id: 'b', node: 'A' },
      ],
      request: drain,
    })
    expect(found).toMatchObject([{ vm: 'a', reason: 'allowed-nodes', remedies: [] }])
  })

  it('for which there is no work left are told as untested', async () => {
    const vms = Array.from({ length: 12 }, (_, i) => ({
      id: `a${i}`,
      node: 'A',
      memoryMiB: 500,
      allowedNodes: ['A'],
    }))
    const found = await explained({ nodes: ['A', 'B'], vms, request: drain })
    const told = found.map(({ remedies }) => remedies.join())
    expect(told.filter((text) => text === 'adding B to its allowedNodes')).toHaveLength(8)
    expect(told.filter((text) => text === 'untested: adding B to its allowedNodes')).toHaveLength(4)
  })

  it('are the same whoever asks, and none where a limit ends the search', async () => {
    const problem = problemOf({ nodes: ['A', { id: 'B', cpu: OLDER }], vms: [A], request: toB })
    const told = [await planOf(problem, { parameters: {} }), await planOf(problem, { parameters: {} })]
    expect(told.map(({ unplaced }) => unplaced[0].remedies)).toEqual([[RESTART], [RESTART]])
    const signal = AbortSignal.abort()
    const cut = await planOf(problem, { parameters: {}, signal })
    expect(cut.unplaced[0].remedies).toEqual([`untested: ${RESTART}`])
  })
})
