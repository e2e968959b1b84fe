import { describe, expect, it } from 'vitest'
import { quota, seeds } from '../cases.js'
import { flavourOf, INTEL, problemOf, randomProblem } from '../solver/problems.js'
import { explained } from './explained.js'

describe('what the bound rests on', () => {
  it('is the busiest node, with its work and its windows', async () => {
    const { bound } = await explained({
      nodes: ['A', 'B', 'C'],
      vms: ['a@A', 'b@A', 'c@A'],
      windows: [
        { node: 'A', start: 10, end: 15 },
        { node: 'A', start: 500, end: 600 },
        { node: 'B', start: 0, end: 1 },
      ],
      request: { drain: ['A'] },
    })
    expect(bound).toMatchObject({
      method: 'node-load',
      lowerBoundSeconds: 35,
      nodes: ['A'],
      vms: ['a', 'b', 'c'],
      workSeconds: 30,
      windows: [{ index: 0, node: 'A', kind: 'backup', startSeconds: 10, endSeconds: 15 }],
      penalties: [],
      proven: true,
    })
    expect(bound.sentences.join(' ')).toContain(
      'A decides: whatever is chosen, it takes part in 3 migrations, 30 s',
    )
    expect(bound.sentences.join(' ')).toContain('windows close A for 5 s')
    expect(bound.sentences.at(-1)).toBe('Proven: no plan costs less.')
  })

  it('is a VM that has to wait for its own window', async () => {
    const { bound } = await explained({
      nodes: ['A', 'B'],
      vms: ['a@A', 'b@A'],
      windows: [{ vm: 'b', start: 0, end: 100 }],
      request: { drain: ['A'] },
    })
    expect(bound).toMatchObject({
      method: 'single-vm',
      lowerBoundSeconds: 110,
      nodes: [],
      vms: ['b'],
      windows: [{ index: 0, vm: 'b' }],
      lastVms: ['b'],
      lastNodes: ['A', 'B'],
    })
    expect(bound.sentences[0]).toBe(
      'b decides: even if nothing else moved, it could not be done before 110 s.',
    )
    expect(bound.sentences[1]).toBe('It has to keep out of the backup of b from 0 s to 100 s.')
  })

  it('is three nodes that all move to one another', async () => {
    const { bound } = await explained({
      nodes: ['A', 'B', 'C', 'D'],
      vms: ['a@A', 'b@B', 'c@C'],
      request: { moves: ['a>B', 'b>C', 'c>A'] },
    })
    expect(bound).toMatchObject({ method: 'odd-set', lowerBoundSeconds: 30, nodes: ['A', 'B', 'C'] })
    expect(bound.vms).toEqual(['a', 'b', 'c'])
    expect(bound.sentences[0]).toContain('A, B and C decide together')
    expect(bound.sentences[0]).toContain('at most 1 of the 3')
  })

  it('is the order around windows of a single node', async () => {
    const { bound } = await explained({
      nodes: ['A', 'B', 'C'],
      vms: ['a@A 700', 'b@A 700', 'c@A 600'],
      windows: [{ node: 'A', start: 10, end: 20 }],
      request: { moves: ['a>B', 'b>C', 'c>B'] },
    })
    expect(bound).toMatchObject({
      method: 'single-node',
      nodes: ['A'],
      lowerBoundSeconds: 33,
      workSeconds: 20,
    })
    expect(bound.sentences[0]).toContain('no order fits them between the windows')
  })

  it('is the penalties that nobody gets around', async () => {
    const { bound } = await explained({
      nodes: ['A', { id: 'B', cpu: { ...INTEL, features: ['sse4_2'] } }],
      vms: [
        { id: 'a', node: 'A', restartable: true },
        { id: 'b', node: 'A', bootNode: 'B', offloads: ['rdma'] },
      ],
      request: { drain: ['A'] },
      policy: { allowRestart: true },
    })
    expect(bound.penalties).toEqual([
      { vm: 'a', leastSeconds: 610 },
      { vm: 'b', leastSeconds: 30 },
    ])
    expect(bound.sentences.join(' ')).toContain('2 VMs have no way without a penalty')
    expect(bound.costLowerBound).toBe(180 + 640)
  })

  it('is nothing where nothing moves', async () => {
    const stuck = problemOf({
      nodes: ['A', 'B'],
      vms: [{ id: 'a', node: 'A', allowedNodes: [] }],
      request: { drain: ['A'] },
    })
    expect((await explained(stuck)).bound.sentences).toEqual(['Nothing can move: 1 VM must stay.'])
    const done = problemOf({ nodes: ['A'], vms: [], request: { drain: ['A'] } })
    expect((await explained(done)).bound.sentences).toEqual(['Nothing has to move.'])
  })

  it('says that VMs stay, and whether that is proven', async () => {
    const { bound } = await explained({
      nodes: ['A', 'B'],
      vms: [{ id: 'a', node: 'A', allowedNodes: [] }, 'b@A'],
      request: { drain: ['A'] },
    })
    expect(bound.sentences.at(-1)).toBe(
      'Proven: 1 VM stays; no plan places more, and none of those that place as much costs less.',
    )
  })

  it('is the saves of a node, one after another', async () => {
    const { bound } = await explained({
      nodes: ['A'],
      vms: ['a@A', 'b@A'],
      request: { drain: [{ node: 'A', mode: 'save' }] },
      policy: { saveMiBps: 100 },
    })
    expect(bound).toMatchObject({ method: 'node-load', nodes: ['A'], vms: ['a', 'b'], lowerBoundSeconds: 20 })
    expect(bound.sentences[0]).toBe('A decides: it saves 2 VMs, one after another.')
  })

  it('is what is left of a node where some of its VMs stay', async () => {
    const { bound, plan } = await explained({
      nodes: ['A', 'B 2000'],
      vms: ['a@A', 'b@A', 'c@A'],
      request: { drain: ['A'] },
    })
    expect(plan.unplaced).toHaveLength(1)
    expect(bound).toMatchObject({ method: 'node-load', nodes: ['A'], workSeconds: 20, lowerBoundSeconds: 20 })
    expect(bound.sentences[0]).toContain('whichever VMs stay, its migrations leave it 20 s of work at least')
  })

  it('speaks of rounds where barriers decide', async () => {
    const { bound, plan } = await explained(
      {
        nodes: ['A', 'B', 'C', 'D'],
        vms: ['a@A', 'b@C 500', 'c@A 300'],
        request: { moves: ['a>B', 'b>D', 'c>D'] },
      },
      { schedule: 'rounds' },
    )
    expect(plan.schedule).toBe('rounds')
    expect(bound.sentences.length).toBeGreaterThan(2)
  })
})

describe('on random problems', () => {
  it('nodes and VMs of a bound are those whose work adds up to it', async () => {
    let seen = 0
    for (const seed of seeds(120, 300)) {
      const problem = randomProblem(seed, flavourOf(5, 'moves'))
      const { bound, plan } = await explained(problem)
      if (bound.method !== 'node-load') continue
      seen++
      const [id] = bound.nodes
      const own = plan.migrations.filter((m) => m.from === id || m.to === id)
      expect(new Set(own.map((m) => m.vm))).toEqual(new Set(bound.vms))
      const work = own.reduce((sum, m) => sum + m.endSeconds - m.startSeconds, 0)
      expect(bound.workSeconds).toBeCloseTo(work, 5)
      const slots = problem.nodes.find((node) => node.id === id)?.slots ?? 1
      expect(bound.lowerBoundSeconds).toBeGreaterThanOrEqual(work / slots - 1e-6)
    }
    expect(seen).toBeGreaterThan(quota(40))
  })
})
