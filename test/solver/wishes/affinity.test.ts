/** VMs that stay together: where a set can go, what it takes with it, and who is left. */
import { describe, expect, it } from 'vitest'
import type { Plan } from '../../../src/model/plan.js'
import type { Policy, ProblemWindow } from '../../../src/model/problem.js'
import { type ProblemParts, problemOf, type VmParts } from '../problems.js'
import { planned, told } from '../scenarios.js'

const tied = (id: string, node: string, rest: Partial<VmParts> = {}): VmParts => ({
  id,
  node,
  affinity: ['g'],
  ...rest,
})

async function drained(
  drain: string[],
  nodes: ProblemParts['nodes'],
  vms: ProblemParts['vms'],
  policy: Partial<Policy> = {},
  windows: ProblemWindow[] = [],
): Promise<Plan> {
  return planned({ nodes, vms, windows, request: { drain }, policy })
}

const endsOf = (plan: Plan) => Object.fromEntries(plan.migrations.map((m) => [m.vm, m.to]))
const reasonsOf = (plan: Plan) => Object.fromEntries(plan.unplaced.map((u) => [u.vm, u.reason]))

describe('a set that is asked for as a whole', () => {
  it('ends on one node, though two would take half the time', async () => {
    const plan = await drained(['A'], ['A', 'B', 'C'], [tied('a1', 'A'), tied('a2', 'A')])
    expect(new Set(Object.values(endsOf(plan))).size).toBe(1)
    expect(plan).toMatchObject({ status: 'optimal', makespanSeconds: 20 })
  })

  it('goes only where each of it can', async () => {
    const plan = await drained(
      ['A'],
      ['A', 'B', 'C', 'D'],
      [tied('a1', 'A', { allowedNodes: ['B', 'C'] }), tied('a2', 'A', { allowedNodes: ['C', 'D'] })],
    )
    expect(endsOf(plan)).toEqual({ a1: 'C', a2: 'C' })
    expect(plan.status).toBe('optimal')
  })

  it('meets on one node from two that are drained', async () => {
    const plan = await drained(
      ['A', 'B'],
      ['A', 'B', 'C', 'D'],
      [tied('a', 'A'), tied('b', 'B'), { id: 'c', node: 'A' }, { id: 'd', node: 'B' }],
    )
    const ends = endsOf(plan)
    expect(ends.a).toBe(ends.b)
    expect(plan).toMatchObject({ status: 'optimal', makespanSeconds: 20 })
  })

  it('needs room for all of it, and stays together where there is none', async () => {
    const nodes = ['A', 'B 1500', 'C 1500']
    const plan = await drained(['A'], nodes, [tied('a1', 'A'), tied('a2', 'A')])
    expect(reasonsOf(plan)).toEqual({ a1: 'affinity', a2: 'affinity' })
    expect(plan).toMatchObject({ status: 'infeasible', proven: true })
    expect(plan.unplaced[0].detail).toMatch(/B lacks 500 MiB for its affinity group/)
    const wider = await drained(['A'], [...nodes, 'D 2000'], [tied('a1', 'A'), tied('a2', 'A')])
    expect(endsOf(wider)).toEqual({ a1: 'D', a2: 'D' })
  })

  it('is united with another where they share a VM', async () => {
    const vms = [tied('a', 'A', { allowedNodes: ['B'] }), tied('b', 'A', { affinity: ['g', 'h'] })]
    const plan = await drained(['A'], ['A', 'B', 'C'], [...vms, tied('c', 'A', { affinity: ['h'] })])
    expect(endsOf(plan)).toEqual({ a: 'B', b: 'B', c: 'B' })
  })

  it('takes VMs that are off or saved along', async () => {
    const plan = await drained(
      ['A'],
      ['A', 'B', 'C'],
      [
        tied('a', 'A', { allowedNodes: ['C'] }),
        tied('b', 'A', { state: 'off' }),
        tied('c', 'A', { state: 'saved' }),
      ],
    )
    expect(endsOf(plan)).toEqual({ a: 'C', b: 'C', c: 'C' })
  })

  it('stays together where one of it finds no time', async () => {
    const windows = [{ vm: 'a2', start: 0, end: 95 }]
    const plan = await drained(
      ['A'],
      ['A', 'B'],
      [tied('a1', 'A'), tied('a2', 'A'), { id: 'a3', node: 'A' }],
      { horizonSeconds: 100 },
      windows,
    )
    expect(reasonsOf(plan)).toEqual({ a1: 'affinity', a2: 'window' })
    expect(endsOf(plan)).toEqual({ a3: 'B' })
    expect(plan.unplaced[0].detail).toMatch(/a2 of its affinity group cannot move to B with it/)
  })

  it('stays together where time runs out for one of it', async () => {
    // Both have 10 s by themselves; before the horizon there is time for one.
    const plan = await drained(['A'], ['A', 'B'], [tied('a1', 'A'), tied('a2', 'A')], { horizonSeconds: 15 })
    expect(plan.migrations).toEqual([])
    expect(Object.values(reasonsOf(plan)).sort()).toEqual(['affinity', 'horizon'])
    expect(plan).toMatchObject({ status: 'infeasible', proven: true })
  })

  it('comes in two kinds of migration, and by rounds', async () => {
    const amd = { id: 'B', cpu: { vendor: 'AMD' as const, features: ['sse4_2'] } }
    const problem = problemOf({
      nodes: ['A', amd],
      vms: [tied('a', 'A', { restartable: true }), tied('b', 'A', { state: 'off' })],
      request: { drain: ['A'] },
      policy: { allowRestart: true },
    })
    for (const schedule of ['timeline', 'rounds'] as const) {
      const plan = await planned(problem, { schedule })
      expect(plan.migrations.map((m) => [m.vm, m.kind]).sort()).toEqual([
        ['a', 'restart'],
        ['b', 'live'],
      ])
      expect(plan.proven).toBe(true)
    }
  })
})

describe('VMs of a set that were not asked for', () => {
  it('stay, and the others come to them', async () => {
    const plan = await drained(['A'], ['A', 'B', 'C'], [tied('a', 'A'), tied('c', 'C', { state: 'off' })])
    expect(endsOf(plan)).toEqual({ a: 'C' })
    expect(plan.status).toBe('optimal')
  })

  it('keep those with them that were', async () => {
    const problem = problemOf({
      nodes: ['A', 'B'],
      vms: [tied('a1', 'A'), tied('a2', 'A')],
      request: { moves: ['a1>B'] },
    })
    const plan = await planned(problem)
    expect(plan).toMatchObject({
      status: 'infeasible',
      proven: true,
      unplaced: [{ vm: 'a1', reason: 'affinity' }],
    })
    expect(plan.unplaced[0].remedies).toEqual([
      'allowMakeRoom lets the plan move VMs that were not asked for out of the way',
      'asking for a2 to move to B as well',
    ])
    const both = { ...problem, policy: { ...problem.policy, allowMakeRoom: true } }
    const along = await planned(both)
    expect(endsOf(along)).toEqual({ a1: 'B', a2: 'B' })
    expect(along.migrations.filter((m) => m.makesRoom).map((m) => m.vm)).toEqual(['a2'])
    expect(along.warnings).toMatchObject([{ code: 'makes-room', vm: 'a2' }])
    expect(along.warnings[0].message).toMatch(/so that its affinity group stays together/)
  })

  it('two of them apart keep all where they are', async () => {
    const plan = await drained(['A'], ['A', 'B', 'C'], [tied('a', 'A'), tied('b', 'B'), tied('c', 'C')])
    expect(reasonsOf(plan)).toEqual({ a: 'affinity' })
  })

  it('are no fault where they are apart and nothing of the set moves', async () => {
    const plan = await drained(
      ['A'],
      ['A', 'B', 'C'],
      [{ id: 'a', node: 'A' }, tied('b', 'B'), tied('c', 'C')],
    )
    expect(plan.status).toBe('optimal')
  })

  it('nor saved in place: nothing has moved', async () => {
    const problem = problemOf({
      nodes: ['A', 'B', 'C'],
      vms: [tied('a', 'A'), tied('b', 'B')],
      request: { drain: [{ node: 'A', mode: 'save' }, 'B'] },
    })
    const plan = await planned(problem)
    expect(told(plan.migrations)).toEqual(['a A>A 0-2.5 save-in-place'])
    expect(reasonsOf(plan)).toEqual({ b: 'affinity' })
  })

  it('does not leave to make room for others', async () => {
    const nodes = ['A', 'B 2000', 'C 1500']
    const vms = [{ id: 'a', node: 'A', allowedNodes: ['B'] }, 'b3@B 400']
    const group = [tied('b1', 'B', { memoryMiB: 800 }), tied('b2', 'B', { memoryMiB: 800 })]
    const plan = await drained(['A'], nodes, [...vms, ...group], { allowMakeRoom: true })
    expect(reasonsOf(plan)).toEqual({ a: 'memory' })
    expect(plan.migrations).toEqual([])
  })
})

describe('affinity and anti-affinity', () => {
  it('between the same two VMs contradict each other: neither moves', async () => {
    const vms = ['a1', 'a2'].map((id) => tied(id, 'A', { antiAffinity: ['apart'] }))
    const plan = await drained(['A'], ['A', 'B', 'C'], vms)
    expect(reasonsOf(plan)).toEqual({ a1: 'affinity', a2: 'affinity' })
    expect(plan).toMatchObject({ status: 'infeasible', proven: true })
    expect(plan.unplaced[0].detail).toMatch(/keeps it with a2, its group apart apart from it/)
  })

  it('keep two sets apart', async () => {
    const vms = ['x', 'y'].flatMap((set) => [
      { id: `${set}1`, node: 'A', affinity: [set], antiAffinity: ['ag'] },
      { id: `${set}2`, node: 'A', affinity: [set] },
    ])
    const plan = await drained(['A'], ['A', 'B', 'C'], vms)
    const ends = endsOf(plan)
    expect(ends.x1).toBe(ends.x2)
    expect(ends.y1).toBe(ends.y2)
    expect(ends.x1).not.toBe(ends.y1)
    expect(plan.status).toBe('optimal')
  })
})

describe('who is left where not all find room', () => {
  const room = (memoryMiB: number) => ['A', { id: 'B', memoryMiB }]

  it('is the VM of least weight', async () => {
    const vms = [3000, 2000, 1000].map((priority) => ({ id: `p${priority}`, node: 'A', priority }))
    expect(reasonsOf(await drained(['A'], room(2000), vms))).toEqual({ p1000: 'memory' })
    expect(reasonsOf(await drained(['A'], room(1000), vms))).toEqual({ p1000: 'memory', p2000: 'memory' })
  })

  it('is the set whose VMs weigh less together', async () => {
    const high = { id: 'high', node: 'A', memoryMiB: 2000, priority: 3000 }
    // 2 × 1001 against 3001, and 2 × 2001.
    const set = (priority: number) => ['s1', 's2'].map((id) => tied(id, 'A', { priority }))
    expect(reasonsOf(await drained(['A'], room(2000), [high, ...set(1000)]))).toEqual({
      s1: 'memory',
      s2: 'memory',
    })
    expect(reasonsOf(await drained(['A'], room(2000), [high, ...set(2000)]))).toEqual({ high: 'memory' })
  })

  it('is a set rather than a heavier VM, however heavy one of the set is', async () => {
    const set = [tied('heavy', 'A', { priority: 3000 }), tied('light', 'A', { priority: 0 })]
    const others = ['o1', 'o2'].map((id) => ({ id, node: 'A', priority: 2000 }))
    const plan = await drained(['A'], room(2000), [...set, ...others])
    expect(Object.keys(reasonsOf(plan))).toEqual(['heavy', 'light'])
  })
})
