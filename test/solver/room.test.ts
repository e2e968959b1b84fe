import { describe, expect, it } from 'vitest'
import type { Policy, Problem } from '../../src/model/problem.js'
import { type ProblemParts, problemOf } from './problems.js'
import { planned, told } from './scenarios.js'

const full = (id: string, memoryMiB = 1000) => ({ id, memoryMiB })

describe('parking', () => {
  const swap = (policy: Partial<Policy> = {}, third = 400) =>
    problemOf({
      nodes: [full('A'), full('B'), full('C', third)],
      vms: ['a@A 400', 'b@B 400', 'x@A 600', 'y@B 600'],
      request: { moves: ['a>B', 'b>A'] },
      policy,
    })

  it('two full nodes trade VMs by way of a small free one', async () => {
    for (const schedule of ['timeline', 'rounds'] as const) {
      const result = await planned(swap(), { schedule })
      expect(result.unplaced).toEqual([])
      expect(result.migrations.map((m) => [m.parking === true, m.to === 'C'])).toEqual([
        [true, true],
        [false, false],
        [false, false],
      ])
      expect(result).toMatchObject({ makespanSeconds: 12, drained: [] })
      expect(result.lowerBoundSeconds).toBeLessThanOrEqual(12)
    }
  })

  it('not where the policy forbids it, nor where the third node has no room', async () => {
    for (const problem of [swap({ allowParking: false }), swap({}, 399)]) {
      const result = await planned(problem)
      expect(result).toMatchObject({ status: 'infeasible', migrations: [] })
      expect(result.unplaced.map((u) => u.reason)).toEqual(['memory', 'memory'])
    }
  })

  it('not on a node that cannot run the VM, is paused, drained or not allowed', async () => {
    const changes: ((problem: Problem) => void)[] = [
      (p) => {
        p.nodes[2].cpu = { vendor: 'AMD', features: [] }
      },
      (p) => {
        p.nodes[2].state = 'paused'
      },
      (p) => {
        p.request.drain = ['C']
      },
      (p) => {
        p.vms[0].allowedNodes = ['A', 'B']
        p.vms[1].allowedNodes = ['A', 'B']
      },
    ]
    for (const change of changes) {
      const problem = swap()
      change(problem)
      expect((await planned(problem)).migrations).toEqual([])
    }
  })

  it('not where the moves can be done one after another', async () => {
    const result = await planned({
      nodes: [full('A'), full('B'), full('C', 5000)],
      vms: ['a@A 400', 'b@B 300', 'x@A 300', 'y@B 600'],
      request: { moves: ['a>B', 'b>A'] },
    })
    expect(told(result.migrations)).toEqual(['b B>A 0-3', 'a A>B 3-7'])
    expect(result.migrations.some((m) => m.parking)).toBe(false)
  })

  it('anti-affinity counts at the end, not at the stop-over', async () => {
    const problem = swap()
    problem.vms.push({ id: 'z', node: 'C', memoryMiB: 100, antiAffinity: ['g'] })
    problem.nodes[2].memoryMiB = 500
    problem.vms[0].antiAffinity = ['g']
    problem.vms[1].antiAffinity = ['g']
    expect((await planned(problem)).unplaced).toEqual([])
  })

  it('a cycle of three full nodes needs one stop-over', async () => {
    const ids = ['A', 'B', 'C']
    const result = await planned({
      nodes: [...ids.map((id) => full(id)), full('D')],
      vms: ids.map((node) => ({ id: `v${node}`, node })),
      request: { moves: ids.map((n, i) => ({ vm: `v${n}`, to: ids[(i + 1) % 3] })) },
    })
    expect(result.unplaced).toEqual([])
    expect(result.migrations.filter((m) => m.parking)).toHaveLength(1)
    expect(result.makespanSeconds).toBe(40)
  })
})

describe('a swap that cannot happen', () => {
  it('leaves nobody with one of its group', async () => {
    // a and b block each other for good; c may only come to B once b, of its group, has left.
    const result = await planned({
      nodes: [full('A'), full('B', 1500), 'C'],
      vms: [
        'a@A',
        { id: 'b', node: 'B', antiAffinity: ['g'], priority: 0 },
        { id: 'c', node: 'C', antiAffinity: ['g'], memoryMiB: 100 },
        'x@B 300',
      ],
      request: { moves: ['a>B', 'b>A', 'c>B'] },
      policy: { allowParking: false },
    })
    expect(result.unplaced.map((u) => u.vm)).toEqual(['a', 'b', 'c'])
  })

  it('nor does a horizon that ends too soon', async () => {
    const result = await planned({
      nodes: ['A', 'B'],
      vms: ['A', 'B'].map((node) => ({ id: `v${node}`, node, antiAffinity: ['g'] })),
      request: { moves: ['vA>B', 'vB>A'] },
      policy: { horizonSeconds: 19 },
    })
    expect(result).toMatchObject({ status: 'infeasible', migrations: [] })
  })
})

describe('an order of moves', () => {
  it('lets a VM wait for one that must go first, though it could start at once', async () => {
    // C has 1,000 free. c must take them before a does: only then is B empty for z, whose leaving makes room for a.
    const result = await planned({
      nodes: [full('A'), full('B', 2000), full('C', 3000)],
      vms: ['a@A', 'c@B', 'z@C 2000'],
      windows: [{ vm: 'c', start: 0, end: 30 }],
      request: { moves: ['a>C', 'c>C', 'z>B'] },
      policy: { allowParking: false },
    })
    expect(result.unplaced).toEqual([])
  })
})

describe('making room', () => {
  const crowded = (allowMakeRoom: boolean, more: ProblemParts['vms'] = [], moves: string[] = []) =>
    problemOf({
      nodes: ['A', full('B'), 'C'],
      vms: ['a@A', 'b@B 400', 'c@B 600', ...more],
      request: { moves: ['a>B', ...moves] },
      policy: { allowMakeRoom },
    })

  it('only where it is allowed', async () => {
    const refused = await planned(crowded(false))
    expect(refused).toMatchObject({ status: 'infeasible', migrations: [] })
    const result = await planned(crowded(true))
    expect(result.unplaced).toEqual([])
    const evicted = result.migrations.filter((m) => m.makesRoom)
    expect(evicted.map((m) => m.vm).sort()).toEqual(['b', 'c'])
    expect(result.warnings.map((w) => [w.code, w.vm]).sort()).toEqual([
      ['makes-room', 'b'],
      ['makes-room', 'c'],
    ])
    expect(result.migrations.find((m) => m.vm === 'a')?.makesRoom).toBeUndefined()
  })

  it('moves no more than it must', async () => {
    const problem = crowded(true)
    problem.vms[0].memoryMiB = 300
    const result = await planned(problem)
    expect(result.migrations.filter((m) => m.makesRoom).map((m) => m.vm)).toEqual(['b'])
  })

  it('not where there is room', async () => {
    const problem = crowded(true)
    problem.nodes[1].memoryMiB = 2000
    const result = await planned(problem)
    expect(told(result.migrations)).toEqual(['a A>B 0-10'])
    expect(result.warnings).toEqual([])
  })

  it('not where it does not help', async () => {
    const problem = crowded(true)
    problem.vms[2].allowedNodes = ['B']
    const result = await planned(problem)
    expect(result).toMatchObject({ status: 'infeasible', migrations: [], warnings: [] })
  })

  it('for a group of which one is on the target', async () => {
    const problem = (allowMakeRoom: boolean) =>
      problemOf({
        nodes: ['A', 'B', 'C'],
        vms: [
          { id: 'a', node: 'A', antiAffinity: ['g'] },
          { id: 'b', node: 'B', antiAffinity: ['g'] },
        ],
        request: { moves: ['a>B'] },
        policy: { allowMakeRoom },
      })
    expect((await planned(problem(false))).unplaced).toMatchObject([{ vm: 'a', reason: 'anti-affinity' }])
    const result = await planned(problem(true))
    expect(result.unplaced).toEqual([])
    // To A only once a has left it, or to C.
    expect(result.migrations.find((m) => m.vm === 'b')).toMatchObject({ makesRoom: true })
    expect(result.warnings).toMatchObject([{ code: 'makes-room', vm: 'b' }])
  })

  it('never with a VM that was asked to be where it is', async () => {
    const result = await planned(crowded(true, [], ['b>B', 'c>B']))
    expect(result.migrations).toEqual([])
    expect(result.unplaced.map((u) => u.vm)).toEqual(['a'])
  })
})
