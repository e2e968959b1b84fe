/** Every change that `withChanges` gets is applied by other code, planned again and compared figure by figure; here is what is found. */
import { describe, expect, it } from 'vitest'
import type { ExplainProgress } from '../../src/explain/options.js'
import type { Problem } from '../../src/model/problem.js'
import { explain } from '../../src/on-demand.js'
import { quota, seeds } from '../cases.js'
import { MBPS_OF_100_MIB, type ProblemParts } from '../problem.js'
import { type Flavour, flavourOf, INTEL, problemOf, randomProblem } from '../solver/problems.js'
import { planned } from '../solver/scenarios.js'
import { applied } from './apply.js'
import { explained, relaxation, withChanges } from './explained.js'

const AMD = { vendor: 'AMD' as const, features: ['sse4_2', 'avx2'] }

const THREE: ProblemParts = { nodes: ['A', 'B', 'C'], vms: ['a@A', 'b@A', 'c@A'], request: { drain: ['A'] } }

/** A sends three VMs around a backup: 35 s. */
const drain = (): Problem => problemOf({ ...THREE, windows: [{ node: 'A', start: 10, end: 15 }] })

const ALL = flavourOf(4, 'drain', 'memory', 'windows', 'rules', 'parking')

describe('what would shorten a plan', () => {
  it('a backup put off until the plan is over, so that it is still made', async () => {
    const result = await withChanges(drain())
    const moved = relaxation(result, 'window')
    expect(moved).toMatchObject({
      change: 'the backup window of A (10 s to 15 s) put off until 35 s',
      nodes: ['A'],
      windows: [0],
      makespanSeconds: 30,
      gain: { makespanSeconds: 5, cost: 5, unplaced: 0, unplacedWeight: 0 },
      helps: true,
      proven: true,
    })
    expect(moved.patch).toEqual([
      { op: 'replace', path: '/windows/0/start', value: 35 },
      { op: 'replace', path: '/windows/0/end', value: 40 },
    ])
  })

  it('a recurring backup left out', async () => {
    const problem = { ...drain(), start: '2026-11-23T20:00:00+01:00' }
    problem.windows = [{ node: 'A', start: 10, durationSeconds: 5, rrule: 'FREQ=DAILY' }]
    const { patch, change, makespanSeconds } = relaxation(await withChanges(problem), 'window')
    expect(patch).toEqual([{ op: 'remove', path: '/windows/0' }])
    expect(change).toContain('without the backup window of A')
    expect(makespanSeconds).toBe(30)
  })

  it('a faster link, also at the other end where that is as slow', async () => {
    const result = await withChanges(drain())
    const faster = relaxation(result, 'link', 'A')
    expect(faster.nodes).toEqual(['A', 'B', 'C'])
    expect(faster.helps).toBe(true)
    const problem = drain()
    for (const node of problem.nodes.slice(1)) node.migrationMbps = 10 * MBPS_OF_100_MIB
    expect(relaxation(await withChanges(problem), 'link', 'link on A:').nodes).toEqual(['A'])
  })

  it('faster streams, where no link is filled', async () => {
    const problem = { ...drain(), policy: { ...drain().policy, streamMbps: MBPS_OF_100_MIB / 2 } }
    const result = await withChanges(problem)
    const faster = relaxation(result, 'stream', 'decides')
    expect(faster.nodes).toEqual(['A', 'B', 'C'])
    expect(faster.patch[0]).toEqual({ op: 'add', path: '/nodes/0/streamMbps', value: 1000 })
    expect(faster.helps).toBe(true)
    expect(result.relaxations.map(({ kind }) => kind)).not.toContain('link')
  })

  it('a serial group taken apart, and no order, where they decide', async () => {
    const problem = problemOf({
      nodes: ['A', 'B', 'C', 'D'],
      vms: [
        { id: 'a', node: 'A', serial: ['dag'] },
        { id: 'c', node: 'C', serial: ['dag'] },
      ],
      request: { moves: ['a>B 10', 'c>D 20'], order: [['a', 'c']] },
    })
    const result = await withChanges(problem)
    expect(result.bound).toMatchObject({ method: 'order', lowerBoundSeconds: 30 })
    const { order: _, ...request } = problem.request
    const serial = relaxation(await withChanges({ ...problem, request }), 'serial')
    expect(serial).toMatchObject({ makespanSeconds: 20, helps: true })
    expect(serial.change).toBe('the VMs of the serial group dag may migrate at the same time')
    const vms = problem.vms.map(({ serial: _, ...vm }) => vm)
    expect(relaxation(await withChanges({ ...problem, vms }), 'order')).toMatchObject({
      makespanSeconds: 20,
      helps: true,
    })
  })

  it('a later deadline, for a VM that cannot keep its own beside the others', async () => {
    const result = await withChanges(
      problemOf({
        nodes: ['A', 'B'],
        vms: ['a@A', 'b@A'],
        request: { moves: ['a>B 10', 'b>B 10'], drain: [{ node: 'A', by: 15 }] },
      }),
    )
    const later = relaxation(result, 'deadline')
    expect(later.change).toBe('a deadline of 25 s for the drain of A')
    expect(later).toMatchObject({ unplaced: 0, gain: { unplaced: 1 }, helps: true })
  })

  it('one more migration at once, where a limit of the cluster decides', async () => {
    const problem = problemOf({
      nodes: ['A', 'B', 'C', 'D'],
      vms: ['a@A', 'c@C'],
      request: { moves: ['a>B', 'c>D'] },
      policy: { concurrentMigrations: 1 },
    })
    const result = await withChanges(problem)
    expect(result.bound).toMatchObject({ method: 'limit', lowerBoundSeconds: 20 })
    expect(result.bound.sentences[0]).toContain(
      'of its live migrations at most 1 may be under way at once (concurrentMigrations)',
    )
    const limit = relaxation(result, 'limit')
    expect(limit.change).toBe('concurrentMigrations 2 instead of 1')
    expect(limit.patch).toEqual([{ op: 'add', path: '/policy/concurrentMigrations', value: 2 }])
    expect(limit).toMatchObject({ makespanSeconds: 10, gain: { makespanSeconds: 10 }, helps: true })
  })

  it('one more line, where a network decides', async () => {
    const problem = problemOf({
      nodes: ['A', 'B', 'C', 'D'],
      vms: ['a@A', 'b@B'],
      networks: [{ id: 'uplink', nodes: ['A', 'B'], mbps: MBPS_OF_100_MIB }],
      request: { moves: ['a>C', 'b>D'] },
    })
    const result = await withChanges(problem)
    expect(result.bound).toMatchObject({ method: 'network', lowerBoundSeconds: 20 })
    expect(result.bound.sentences[0]).toContain('The network uplink decides')
    const line = relaxation(result, 'network')
    expect(line.change).toMatch(/^one more line on uplink: 1677\.72\d* Mbit\/s instead of 838\.8608$/)
    expect(line).toMatchObject({ makespanSeconds: 10, gain: { makespanSeconds: 10 }, helps: true })
  })

  it('one more slot, where the other ends are slow', async () => {
    const problem = drain()
    problem.nodes[0].migrationMbps = 2 * MBPS_OF_100_MIB
    const slot = relaxation(await withChanges(problem), 'slot', 'on A (2 instead of 1)')
    expect(slot.patch).toEqual([{ op: 'add', path: '/nodes/0/slots', value: 2 }])
    // Two at a time until the backup, and the third after it.
    expect(slot).toMatchObject({ makespanSeconds: 25, gain: { makespanSeconds: 10 }, helps: true })
  })

  it('is not found where slots halve what the link gives: ruled out by bounds, not planned', async () => {
    const result = await withChanges(drain())
    const slots = result.ruledOut.filter(({ kind }) => kind === 'slot')
    expect(slots.length).toBeGreaterThan(0)
    for (const { patch, gainAtMost } of slots) {
      const again = await planned(applied(drain(), patch))
      expect(result.plan.cost - again.cost).toBeLessThanOrEqual(gainAtMost + 1e-6)
    }
  })

  it('a restart or a save, where the penalty is worth it', async () => {
    const problem = drain()
    problem.windows = []
    for (const vm of problem.vms) vm.memoryMiB = 3000
    Object.assign(problem.policy!, { restartSeconds: 10, restartPenaltySeconds: 5 })
    const result = await withChanges(problem)
    const restart = relaxation(result, 'restart')
    const index = problem.vms.findIndex((vm) => vm.id === restart.vms[0])
    expect(restart).toMatchObject({
      patch: [
        { op: 'add', path: `/vms/${index}/restartable`, value: true },
        { op: 'add', path: '/policy/allowRestart', value: true },
      ],
      gain: { makespanSeconds: 30, cost: 25 },
      helps: true,
    })
  })

  it('a node that is paused', async () => {
    const problem = problemOf({
      nodes: [{ id: 'A', slots: 2, migrationMbps: 2 * MBPS_OF_100_MIB }, 'B', { id: 'C', state: 'paused' }],
      vms: ['a@A', 'b@A'],
      request: { drain: ['A'] },
    })
    expect(relaxation(await withChanges(problem), 'node-state')).toMatchObject({
      change: 'C resumed (it is paused)',
      makespanSeconds: 10,
      helps: true,
    })
  })

  it('memory where a VM would keep its offloads', async () => {
    const problem = problemOf({
      nodes: ['A', { id: 'B', memoryMiB: 700, offloads: ['rdma'] }, 'C'],
      vms: [{ id: 'a', node: 'A', memoryMiB: 600, offloads: ['rdma'] }, 'b@B 300'],
      request: { drain: ['A'] },
    })
    const more = relaxation(await withChanges(problem), 'memory')
    expect(more).toMatchObject({ change: '200 MiB more memory on B', gain: { cost: 30 }, helps: true })
  })
})

describe('what would place a VM that stays', () => {
  const stuck = (parts: Partial<ProblemParts> = {}): Problem =>
    problemOf({ nodes: ['A', 'B'], vms: ['a@A'], request: { drain: ['A'] }, ...parts })
  const closed = { windows: [{ node: 'B', start: 5, end: 95 }], policy: { horizonSeconds: 100 } }
  const full = { id: 'B', memoryMiB: 1000 }
  const apart = (id: string, node: string) => ({ id, node, antiAffinity: ['g'] })

  it.each<[string, Partial<ProblemParts>, string]>([
    ['restart', { nodes: ['A', { id: 'B', cpu: AMD }] }, 'a may be restarted, with allowRestart'],
    [
      'allowed-nodes',
      { vms: [{ id: 'a', node: 'A', allowedNodes: ['A'] }] },
      'a may go to every node (no allowedNodes)',
    ],
    ['anti-affinity', { vms: [apart('a', 'A'), apart('b', 'B')] }, 'a leaves its anti-affinity group g'],
    ['node-state', { nodes: ['A', { id: 'B', state: 'down' }] }, 'B brought up (it is down)'],
    ['node-state', { nodes: [{ id: 'A', state: 'down' }, 'B'] }, 'A brought up (it is down)'],
    ['window', closed, 'without the backup window of B (5 s to 95 s)'],
    ['horizon', closed, 'a horizon of 200 s instead of 100 s'],
    [
      'make-room',
      { nodes: ['A', full, 'C'], vms: ['a@A', 'b@B'], request: { moves: ['a>B'] } },
      'VMs that were not asked for may move out of the way (allowMakeRoom)',
    ],
    [
      'parking',
      {
        nodes: [{ ...full, id: 'A' }, full, 'C'],
        vms: ['a@A', 'b@B'],
        request: { moves: ['a>B', 'b>A'] },
        policy: { allowParking: false },
      },
      'VMs may go by way of another node (allowParking)',
    ],
  ])('%s', async (kind, parts, change) => {
    const result = await withChanges(stuck(parts))
    expect(result.plan.unplaced.length).toBeGreaterThan(0)
    const found = result.relaxations.find((each) => each.kind === kind && each.change === change)
    expect(found, result.relaxations.map((each) => each.change).join('; ')).toBeDefined()
    expect(found).toMatchObject({ unplaced: 0, unplacedVms: [], helps: true })
    expect(found?.gain.unplaced).toBe(result.plan.unplaced.length)
  })

  it('exactly the MiB that are missing: one less would not do', async () => {
    const problem = stuck({
      nodes: ['A', full],
      vms: ['a@A 600', 'b@B 533'],
    })
    const more = relaxation(await withChanges(problem), 'memory')
    expect(more).toMatchObject({ change: '133 MiB more memory on B', unplaced: 0 })
    const less = structuredClone(problem)
    less.nodes[1].memoryMiB = 1132
    expect((await planned(less)).unplaced).toHaveLength(1)
  })

  it('all at once where several need the same', async () => {
    const three = (node: object) =>
      withChanges(stuck({ nodes: ['A', { id: 'B', ...node }], vms: ['a@A', 'b@A', 'c@A'] }))
    const [best] = (await three({ cpu: AMD })).relaxations
    expect(best).toMatchObject({ kind: 'restart', vms: ['a', 'b', 'c'], unplaced: 0, gain: { unplaced: 3 } })
    const [roomy] = (await three(full)).relaxations
    expect(roomy).toMatchObject({ kind: 'memory', nodes: ['B'], unplaced: 0, gain: { unplaced: 2 } })
  })

  it('the VM asked about before heavier ones', async () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f']
    const problem = problemOf({
      nodes: ['A', { id: 'B', cpu: { ...INTEL, features: [] } }],
      vms: ids.map((id) => ({ id, node: 'A', priority: id === 'f' ? 0 : 3000 })),
      request: { drain: ['A'] },
    })
    const about = async (options: object) =>
      (await explained(problem, { relaxations: 3, ...options })).relaxations.map(({ vms }) => vms.join())
    expect(await about({})).not.toContain('f')
    expect(await about({ vm: 'f' })).toContain('f')
  })
})

describe('the list', () => {
  it('is sorted by gain: weight placed, then cost, then makespan', async () => {
    for (const seed of seeds(44, 40)) {
      const { relaxations } = await explained(randomProblem(seed, ALL), { relaxations: 10 })
      const keys = relaxations.map(({ gain }) => [gain.unplacedWeight, gain.cost, gain.makespanSeconds])
      const sorted = [...keys].sort((a, b) => b[0] - a[0] || b[1] - a[1] || b[2] - a[2])
      expect(keys).toEqual(sorted)
    }
  })

  it('has no more changes than asked for, by effort where nothing is asked', async () => {
    expect((await explained(drain(), { relaxations: 1 })).relaxations).toHaveLength(1)
    expect((await explained(drain(), { relaxations: 0 })).relaxations).toEqual([])
    const ids = Array.from({ length: 12 }, (_, i) => `v${i}`)
    const problem = problemOf({
      nodes: ['A', 'B', 'C', 'D'].map((id) => ({ id, memoryMiB: 20_000 })),
      vms: ids.map((id) => ({ id, node: 'A' })),
      windows: Array.from({ length: 9 }, (_, i) => ({ node: 'A', start: 20 * i + 10, end: 20 * i + 15 })),
      request: { drain: ['A'] },
    })
    expect((await explain(problem, { effort: 1, thread: 'caller' })).relaxations).toHaveLength(5)
  })

  it('leaves out what the format does not allow', async () => {
    const most = 2 ** 40
    const problem = problemOf({
      nodes: ['A', { id: 'B', memoryMiB: most }],
      vms: ['a@A', { id: 'b', node: 'B', memoryMiB: most }],
      request: { drain: ['A'] },
    })
    const { plan, relaxations } = await explained(problem, { relaxations: 10 })
    expect(plan.unplaced).toMatchObject([{ vm: 'a', reason: 'memory' }])
    expect(relaxations.filter(({ kind }) => kind === 'memory')).toEqual([])
  })

  it('is the same again', async () => {
    const text = async () => {
      const { plan, ...rest } = await explained(drain(), { relaxations: 10, seed: 3 })
      return JSON.stringify({ ...rest, plan: { ...plan, statistics: 0 } })
    }
    expect(await text()).toBe(await text())
  })
})

describe('on random problems, changes agree with planning again', () => {
  const kinds: [Flavour, leastRuledOut: number][] = [
    [ALL, 15],
    [flavourOf(4, 'moves', 'windows', 'parking'), 15],
    [flavourOf(3, 'both', 'memory', 'rules', 'parking', 'tight', 'makeRoom'), 0],
  ]
  it.each(kinds)('%j', async (flavour, leastRuledOut) => {
    let count = 0
    let ruledOut = 0
    for (const seed of seeds(66, 900)) {
      const problem = randomProblem(seed, flavour)
      const schedule = seed % 3 === 0 ? 'rounds' : 'timeline'
      const result = await withChanges(problem, { schedule, seed })
      count += result.relaxations.length
      for (const { patch, gainAtMost, change } of result.ruledOut) {
        const again = await planned(applied(problem, patch), { schedule, seed })
        expect(again.unplaced.length, change).toBe(result.plan.unplaced.length)
        expect(result.plan.cost - again.cost, `${seed} ${change}`).toBeLessThanOrEqual(gainAtMost + 1e-6)
        ruledOut++
      }
    }
    expect(count).toBeGreaterThan(quota(66))
    expect(ruledOut).toBeGreaterThanOrEqual(quota(leastRuledOut))
  })
})

describe('limits', () => {
  /** Large enough that nothing is proven at once. */
  const large = (): Problem => {
    const nodes = ['A', 'B', 'C', 'D', 'E', 'F', 'G']
    return problemOf({
      nodes: nodes.map((id) => ({ id, memoryMiB: 40_000 })),
      vms: Array.from({ length: 70 }, (_, i) => ({
        id: `v${i}`,
        node: nodes[i % 7],
        memoryMiB: 300 + ((i * 7919) % 1709),
      })),
      windows: nodes.map((node, i) => ({ node, start: 37 * i + 11, end: 37 * i + 90 })),
      request: { drain: ['A', 'B', 'C'] },
    })
  }

  it('are shared, and what they cut says so', async () => {
    const started = performance.now()
    const result = await explained(large(), { effort: 5, timeLimitSeconds: 2, relaxations: 4 })
    expect((performance.now() - started) / 1000).toBeLessThan(6)
    expect(result.relaxations.length + result.notComputed.length).toBe(4)
    const all = [result, ...result.relaxations]
    expect(all.some(({ complete }) => !complete)).toBe(true)
  })

  it('an abort gives what is there, and names what is not', async () => {
    const controller = new AbortController()
    const steps: number[] = []
    const result = await explained(large(), {
      effort: 1,
      relaxations: 4,
      signal: controller.signal,
      onProgress({ step, steps: all, change, phase }) {
        steps.push(step)
        expect(change === '').toBe(step === 0)
        expect(all).toBe(step === 0 ? 1 : 5)
        expect(phase).not.toBe('')
        if (step === 2) controller.abort()
      },
    })
    expect(steps).toContain(2)
    expect(result.relaxations).toHaveLength(2)
    expect(result.notComputed).toHaveLength(2)
    expect(result.relaxations.every(({ complete }) => complete)).toBe(false)
    for (const { patch, change } of result.notComputed) {
      expect(patch.length).toBeGreaterThan(0)
      expect(change).not.toBe('')
    }
  })

  it('an abort before the start still explains a plan', async () => {
    const result = await explained(drain(), { signal: AbortSignal.abort(), relaxations: 3 })
    expect(result.plan.migrations).toHaveLength(3)
    expect(result.complete).toBe(false)
    expect(result.relaxations).toEqual([])
  })

  it('progress goes through the steps in order', async () => {
    const seen: ExplainProgress[] = []
    const result = await explained(drain(), { relaxations: 3, onProgress: (progress) => seen.push(progress) })
    const steps = seen.map(({ step }) => step)
    expect(steps).toEqual([...steps].sort((a, b) => a - b))
    expect(new Set(steps)).toEqual(new Set([0, 1, 2, 3].slice(0, result.relaxations.length + 1)))
  })
})
