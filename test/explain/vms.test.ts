import { beforeAll, describe, expect, it } from 'vitest'
import type { Explanation } from '../../src/model/explanation.js'
import type { Problem } from '../../src/model/problem.js'
import { resolveProblem } from '../../src/model/validate.js'
import { quota, seeds } from '../cases.js'
import { flavourOf, INTEL, problemOf, randomProblem } from '../solver/problems.js'
import { explained, nodeFor, obstaclesOf } from './explained.js'

const AMD = { vendor: 'AMD' as const, features: ['sse4_2', 'avx2'] }
const OLD = { vendor: 'Intel' as const, features: ['sse4_2'] }

describe('where a VM can go', () => {
  it('has the ways that are written out, a stop where it is, and what its domain forbids', async () => {
    const rack = (id: string, name: string) => ({ id, domains: { rack: name } })
    const affinity = [{ group: 'shop', domain: 'rack' }]
    const result = await explained({
      nodes: [rack('A', 'R1'), rack('B', 'R1'), rack('C', 'R2')],
      vms: [
        { id: 'a', node: 'A', ways: ['stop'] },
        { id: 'b', node: 'A', affinity },
        { id: 'c', node: 'C', affinity },
      ],
      request: { drain: ['A'] },
    })
    const [stopped, moved] = result.vms
    expect(stopped).toMatchObject({ request: 'drain', outcome: 'stopped' })
    expect(nodeFor(result, 'a', 'A')).toMatchObject({ chosen: true, ways: [{ kind: 'stop-in-place' }] })
    expect(obstaclesOf(result, 'a', 'B')).toEqual(['ways'])
    expect(moved).toMatchObject({ outcome: 'moves', migrations: [{ to: 'C' }] })
    expect(obstaclesOf(result, 'b', 'B')).toEqual(['affinity'])
  })

  it('has kind, duration, penalty and losses of each way', async () => {
    const result = await explained({
      nodes: [{ id: 'A', cpu: { ...INTEL, features: ['sse4_2', 'avx2', 'avx512f'] } }, 'B', 'C'],
      vms: [{ id: 'a', node: 'A', bootNode: 'B', offloads: ['rdma'], restartable: true }],
      request: { drain: ['A'] },
      policy: { allowRestart: true, allowSave: true, saveMiBps: 100 },
    })
    expect(result.vms).toHaveLength(1)
    expect(result.vms[0]).toMatchObject({ vm: 'a', node: 'A', request: 'drain', outcome: 'moves' })
    expect(nodeFor(result, 'a', 'B')).toMatchObject({
      asked: true,
      possible: true,
      obstacles: [],
      ways: [
        { kind: 'live', durationSeconds: 10, penaltySeconds: 30, lostOffloads: ['rdma'], lostFeatures: [] },
        { kind: 'save', durationSeconds: 20, penaltySeconds: 330, lostOffloads: ['rdma'], lostFeatures: [] },
        {
          kind: 'restart',
          durationSeconds: 180,
          penaltySeconds: 630,
          lostOffloads: ['rdma'],
          lostFeatures: [],
        },
      ],
    })
    expect(result.vms[0].nodes.filter((node) => node.chosen)).toHaveLength(1)
    expect(result.vms[0].migrations).toMatchObject([
      { from: 'A', kind: 'live', startSeconds: 0, endSeconds: 10 },
    ])
  })

  it('tells the node of a move from those that it was not asked for', async () => {
    const result = await explained({
      nodes: ['A', 'B', 'C'],
      vms: ['a@A'],
      request: { moves: ['a>B 7'] },
    })
    expect(nodeFor(result, 'a', 'B')).toMatchObject({ asked: true, possible: true, chosen: true })
    expect(nodeFor(result, 'a', 'B').ways[0].durationSeconds).toBe(7)
    expect(nodeFor(result, 'a', 'C')).toMatchObject({ asked: false, possible: true, chosen: false })
    expect(nodeFor(result, 'a', 'C').ways[0].durationSeconds).toBe(10)
  })

  it('saves in place on its own node', async () => {
    const result = await explained({
      nodes: ['A', 'B'],
      vms: ['a@A'],
      request: { drain: [{ node: 'A', mode: 'save' }] },
    })
    expect(result.vms[0]).toMatchObject({ request: 'save-in-place', outcome: 'saved' })
    expect(nodeFor(result, 'a', 'A')).toMatchObject({
      asked: true,
      chosen: true,
      ways: [{ kind: 'save-in-place' }],
    })
    expect(nodeFor(result, 'a', 'B')).toMatchObject({ asked: false, possible: true })
  })

  it('is told of any VM that is asked about, and of those already there', async () => {
    const problem = problemOf({
      nodes: ['A', 'B'],
      vms: ['a@A', 'b@B', 'c@A'],
      request: { moves: ['a>B', 'b>B'] },
    })
    expect((await explained(problem)).vms.map(({ vm, outcome }) => `${vm} ${outcome}`)).toEqual([
      'a moves',
      'b already-there',
    ])
    const [c] = (await explained(problem, { vm: 'c' })).vms
    expect(c).toMatchObject({
      vm: 'c',
      request: 'none',
      outcome: 'stays',
      nodes: [{ node: 'B', possible: true }],
    })
  })

  it('marks what makes room', async () => {
    const result = await explained({
      nodes: ['A', 'B 1000', 'C'],
      vms: ['a@A', 'b@B'],
      request: { moves: ['a>B'] },
      policy: { allowMakeRoom: true },
    })
    expect(result.vms.map(({ vm, request, outcome }) => [vm, request, outcome])).toEqual([
      ['a', 'move', 'moves'],
      ['b', 'none', 'moves'],
    ])
  })
})

describe('why not elsewhere', () => {
  it('names the missing features, all other obstacles beside them', async () => {
    const result = await explained({
      nodes: ['A', { id: 'B', cpu: OLD, state: 'paused' }, { id: 'C', cpu: AMD }, 'D'],
      vms: [{ id: 'a', node: 'A', allowedNodes: ['C', 'D'] }],
      request: { drain: ['A'] },
    })
    expect(nodeFor(result, 'a', 'B').obstacles).toEqual([
      { reason: 'node-state', detail: 'B is paused: it receives nothing' },
      { reason: 'allowed-nodes', detail: 'B is not among its allowed nodes' },
      { reason: 'cpu-features', detail: 'B lacks avx2', missingFeatures: ['avx2'] },
    ])
    expect(obstaclesOf(result, 'a', 'C')).toEqual(['cpu-vendor'])
    expect(obstaclesOf(result, 'a', 'D')).toEqual([])
  })

  it('names the MiB that are missing, exactly', async () => {
    const problem = (memoryMiB: number) =>
      problemOf({
        nodes: ['A', { id: 'B', memoryMiB }],
        vms: ['a@A 600', 'b@B 500'],
        request: { drain: ['A'] },
      })
    const [obstacle] = nodeFor(await explained(problem(1000)), 'a', 'B').obstacles
    expect(obstacle).toMatchObject({ reason: 'memory', missingMiB: 100 })
    expect(nodeFor(await explained(problem(1099)), 'a', 'B').possible).toBe(false)
    expect(nodeFor(await explained(problem(1100)), 'a', 'B').possible).toBe(true)
  })

  it('names the group and the VM in the way', async () => {
    const result = await explained({
      nodes: ['A', 'B', 'C'],
      vms: [
        { id: 'a', node: 'A', antiAffinity: ['x', 'g'] },
        { id: 'b', node: 'B', antiAffinity: ['g'] },
      ],
      request: { drain: ['A'] },
    })
    expect(nodeFor(result, 'a', 'B').obstacles).toMatchObject([
      { reason: 'anti-affinity', group: 'g', rival: 'b' },
    ])
  })

  it('names the windows and the longest gap between them', async () => {
    const result = await explained({
      nodes: ['A', 'B', 'C'],
      vms: ['a@A'],
      windows: [
        { node: 'C', start: 0, end: 5 },
        { node: 'B', start: 4, end: 20 },
        { vm: 'a', start: 28, end: 95 },
      ],
      request: { drain: ['A'] },
      policy: { horizonSeconds: 100 },
    })
    expect(nodeFor(result, 'a', 'B').obstacles).toMatchObject([
      { reason: 'window', windows: [1, 2], longestGapSeconds: 8 },
    ])
    expect(nodeFor(result, 'a', 'C').possible).toBe(true)
  })

  it('says what a VM that could go by itself lacks in the plan', async () => {
    const result = await explained({
      nodes: ['A', 'B 1500'],
      vms: [{ id: 'a', node: 'A', priority: 3000 }, 'b@A'],
      request: { drain: ['A'] },
    })
    expect(result.vms.map(({ outcome }) => outcome)).toEqual(['moves', 'unplaced'])
    expect(result.vms[1]).toMatchObject({ reason: 'memory', remedies: expect.any(Array) })
    expect(nodeFor(result, 'b', 'B')).toMatchObject({
      possible: true,
      blocked: { reason: 'memory', freeMiB: 500, missingMiB: 500, rivals: [] },
    })
    expect(nodeFor(result, 'a', 'B').blocked).toBeUndefined()
  })

  it('names rivals that the plan itself brings', async () => {
    const result = await explained({
      nodes: ['A', 'B'],
      vms: [
        { id: 'a', node: 'A', antiAffinity: ['g'], priority: 3000 },
        { id: 'b', node: 'A', antiAffinity: ['g'] },
      ],
      request: { drain: ['A'] },
    })
    expect(nodeFor(result, 'b', 'B').blocked).toMatchObject({ reason: 'anti-affinity', rivals: ['a'] })
  })
})

describe('compatibility mode', () => {
  const nodes = [
    { id: 'A', cpu: { ...INTEL, features: ['sse4_2', 'avx2', 'avx512f'] } },
    'B',
    { id: 'C', cpu: OLD },
    { id: 'D', cpu: AMD },
  ]

  it('says which nodes it opens, and what it costs', async () => {
    const result = await explained({ nodes, vms: ['a@A'], request: { drain: ['A'] } })
    const [minimum, cluster] = result.vms[0].compatibility
    expect(cluster).toEqual({
      mode: 'cluster',
      lostFeatures: ['avx2', 'avx512f'],
      cpuFits: ['B', 'C'],
      reaches: ['B', 'C'],
    })
    expect(minimum.mode).toBe('minimum')
    expect(minimum.lostFeatures).toEqual(['avx2', 'avx512f', 'sse42'])
  })

  it('opens nothing that something else keeps shut', async () => {
    const result = await explained({
      nodes,
      vms: [{ id: 'a', node: 'A', allowedNodes: ['C'] }],
      windows: [{ node: 'C', start: 0, end: 95 }],
      request: { drain: ['A'] },
      policy: { horizonSeconds: 100 },
    })
    expect(result.vms[0].compatibility[1]).toMatchObject({ cpuFits: ['B', 'C'], reaches: [] })
  })

  it('means nothing to a VM that is off', async () => {
    const result = await explained({
      nodes,
      vms: [{ id: 'a', node: 'A', state: 'off' }],
      request: { drain: ['A'] },
    })
    expect(result.vms[0].compatibility).toEqual([])
  })
})

describe('on random problems', () => {
  const flavour = flavourOf(3, 'both', 'memory', 'windows', 'rules', 'parking')
  const results: [seed: number, Problem, Explanation][] = []

  beforeAll(async () => {
    for (const seed of seeds(150, 7000)) {
      const problem = randomProblem(seed, flavour)
      results.push([seed, problem, await explained(problem)])
    }
  }, 60_000)

  it('the first obstacle is what the plan says of a VM that stays', () => {
    let compared = 0
    for (const [seed, , result] of results) {
      for (const { vm, nodes } of result.plan.unplaced) {
        for (const [node, reason] of Object.entries(nodes)) {
          const entry = nodeFor(result, vm, node)
          expect(entry.asked, `${seed} ${vm} ${node}`).toBe(true)
          expect(entry.blocked?.reason ?? entry.obstacles[0].reason, `${seed} ${vm} ${node}`).toBe(reason)
          compared++
        }
      }
    }
    expect(compared).toBeGreaterThan(quota(100))
  })

  it('obstacles of states, owners and CPUs are all named, and only they', () => {
    let found = 0
    for (const [seed, problem, result] of results) {
      for (const { vm, nodes } of result.vms) {
        for (const { node, ways, obstacles } of nodes) {
          const expected = plainObstacles(problem, vm, node)
          const named = new Set(obstacles.map(({ reason }) => reason))
          for (const reason of ['node-state', 'allowed-nodes'] as const)
            expect(named.has(reason), `${seed} ${vm} ${node} ${reason}`).toBe(expected.has(reason))
          const cpu = named.has('cpu-features') || named.has('cpu-vendor')
          // A restart gets past a CPU; otherwise it is named, whatever else is.
          const restarts = ways.some((way) => way.kind === 'restart') || restartable(problem, vm)
          if (!restarts && node !== nodeOf(problem, vm))
            expect(cpu, `${seed} ${vm} ${node} cpu`).toBe(expected.has('cpu'))
          found += expected.size
        }
      }
    }
    expect(found).toBeGreaterThan(quota(300))
  })

  it('a mode reaches what the VM reaches without a restart once it is switched on', async () => {
    let compared = 0
    for (const seed of seeds(150, 7000)) {
      const problem = randomProblem(seed, { ...flavour, memory: false })
      const result = await explained(problem)
      for (const { vm, compatibility } of result.vms) {
        for (const { mode, reaches } of compatibility) {
          const switched = structuredClone(problem)
          Object.assign(switched.vms.find((each) => each.id === vm)!, { compatibility: mode })
          const [after] = (await explained(switched, { vm })).vms
          const without = new Set(['live', 'save'])
          const live = after.nodes.filter(({ ways }) => ways.some(({ kind }) => without.has(kind)))
          expect(
            live.filter(({ node }) => node !== after.node).map(({ node }) => node),
            `${seed} ${vm} ${mode}`,
          ).toEqual(reaches)
          compared += reaches.length
        }
      }
    }
    expect(compared).toBeGreaterThan(quota(100))
  })
})

function nodeOf(problem: Problem, id: string): string | undefined {
  return problem.vms.find((each) => each.id === id)?.node
}

function restartable(problem: Problem, id: string): boolean {
  const vm = problem.vms.find((each) => each.id === id)
  return problem.policy?.allowRestart === true && vm?.restartable === true
}

/** By the words of docs/format.md, without the solver. */
function plainObstacles(problem: Problem, id: string, nodeId: string): Set<string> {
  const resolved = resolveProblem(problem)
  const vm = resolved.vmById.get(id)!
  const node = resolved.nodeById.get(nodeId)!
  const found = new Set<string>()
  // A node that saves its VMs only has to be there.
  if (nodeId === vm.node) return node.state === 'down' ? new Set(['node-state']) : found
  const drained = resolved.drains.some((drain) => drain.node === nodeId)
  if (node.state !== 'up' || drained || resolved.nodeById.get(vm.node)!.state === 'down')
    found.add('node-state')
  if (vm.allowedNodes !== undefined && !vm.allowedNodes.has(nodeId)) found.add('allowed-nodes')
  const fits = node.vendor === vm.vendor && vm.features.every((feature) => node.features.includes(feature))
  if (vm.state !== 'off' && !fits) found.add('cpu')
  return found
}
