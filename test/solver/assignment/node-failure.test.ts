/** Targets that leave a cluster which can lose a node: the packing test, what the planner makes of it, and what it says where it cannot. */

import { describe, expect, it } from 'vitest'
import type { Plan } from '../../../src/model/plan.js'
import type { Policy } from '../../../src/model/problem.js'
import { FailureTest } from '../../../src/solver/assignment/node-failure.js'
import { Random } from '../../../src/solver/random.js'
import { quota, seeds } from '../../cases.js'
import { instanceOf, type ProblemParts, problemOf, randomProblem, type VmParts } from '../problems.js'
import { Cluster } from '../reference-cluster.js'
import { uncoveredAt } from '../reference-failures.js'
import { planned } from '../scenarios.js'

const vms = (node: string, ...sizes: number[]): VmParts[] =>
  sizes.map((memoryMiB, i) => ({ id: `${node.toLowerCase()}${i + 1}`, node, memoryMiB }))

describe('the packing test', () => {
  it('asks for no group about domains, also where each node is a domain of its own', () => {
    const antiAffinity = [{ group: 'g', domain: 'rack' }]
    const instance = instanceOf({
      nodes: ['A', 'B'],
      vms: [
        { id: 'a', node: 'A', antiAffinity },
        { id: 'b', node: 'B', antiAffinity },
      ],
      request: { drain: [] },
    })
    const standing = { end: Int32Array.of(0, 1), running: Uint8Array.of(1, 1) }
    expect(new FailureTest(instance).shortages(standing, 100)).toEqual([])
  })

  it('has the truth between its ends, and at one with it given the steps', () => {
    const random = new Random(4)
    let undecided = 0
    let unmet = 0
    for (const seed of seeds(400)) {
      const problem = randomProblem(seed, {
        vms: 6,
        request: 'both',
        memory: true,
        windows: false,
        rules: seed % 2 === 0,
        parking: false,
        policies: true,
      })
      // All VMs anywhere: fuller than any plan may leave a node, and so with nothing free.
      const instance = instanceOf(problem)
      const { vmCount, nodeCount } = instance
      const end = Int32Array.from({ length: vmCount }, () => random.below(nodeCount))
      const running = Uint8Array.from(problem.vms, (vm) => ((vm.state ?? 'running') === 'running' ? 1 : 0))
      const truth = uncoveredAt(new Cluster(problem), [...end], [...running].map(Boolean))
      const test = new FailureTest(instance)
      for (const steps of [0, 1, 3, 1e6]) {
        const found = test.shortages({ end, running }, steps)
        const atLeast = found.reduce((sum, s) => sum + s.atLeast, 0)
        const atMost = found.reduce((sum, s) => sum + s.atMost, 0)
        expect(atLeast).toBeLessThanOrEqual(truth)
        expect(atMost).toBeGreaterThanOrEqual(truth)
        if (steps === 1e6) expect([atLeast, atMost]).toEqual([truth, truth])
        else if (atLeast < atMost) undecided++
        if (truth > 0) unmet++
      }
    }
    expect(undecided).toBeGreaterThan(quota(20))
    expect(unmet).toBeGreaterThan(quota(100))
  })

  it('searches where best fit alone misses a packing, and ends undecided without steps', () => {
    const problem = problemOf({
      nodes: ['A', 'B 1000', 'C 1000'],
      vms: vms('A', 500, 400, 300, 300, 300, 200),
      request: { moves: [] },
    })
    const instance = instanceOf(problem)
    const test = new FailureTest(instance)
    const standing = { end: instance.vmNode, running: new Uint8Array(6).fill(1) }
    expect(test.shortages(standing, 0)).toEqual([
      { node: 0, atLeast: 0, atMost: 200, running: 2000, free: 2000 },
    ])
    expect(test.shortages(standing, 1000)).toEqual([])
  })
})

const tolerant = (
  nodes: ProblemParts['nodes'],
  all: ProblemParts['vms'],
  drain: string[],
  policy: Partial<Policy> = {},
): Promise<Plan> =>
  planned({ nodes, vms: all, request: { drain }, policy: { tolerateNodeFailure: true, ...policy } })

const failures = (plan: Plan) =>
  plan.warnings.filter((w) => w.code === 'node-failure').map((w) => [w.node, w.missingMiB])

describe('a plan that tolerates the failure of a node', () => {
  it('is proven where what is missing is so wherever VMs go', async () => {
    const nodes = ['A', 'B 4000', 'C 4000']
    const all = [...vms('A', 1000, 1000), ...vms('B', 1000, 2000), ...vms('C', 1000)]
    const plan = await tolerant(nodes, all, ['A'])
    expect(plan).toMatchObject({ status: 'optimal', proven: true, unplaced: [] })
    // 6,000 MiB run, and one node alone has 4,000.
    expect(failures(plan)).toEqual([
      ['B', 2000],
      ['C', 2000],
    ])
  })

  it('pays for it, and does not call dear what is cheapest', async () => {
    // a uses an offload that only B has. On B it would fill what C's big VM needs.
    const rdma = { id: 'B', memoryMiB: 4000, offloads: ['rdma'] }
    const all = [{ id: 'a', node: 'A', memoryMiB: 2000, offloads: ['rdma'] }, 'big@C 3000']
    const three = ['A', rdma, 'C 4000', 'D 2500']
    const cheap = await planned({ nodes: three, vms: all, request: { drain: ['A'] } })
    expect(cheap).toMatchObject({ cost: 20, status: 'optimal' })
    const plan = await tolerant(three, all, ['A'])
    expect(failures(plan)).toEqual([])
    expect(plan.migrations.map((m) => m.to)).toEqual(['D'])
    expect(plan).toMatchObject({ cost: 50, costLowerBound: 20, status: 'feasible', proven: false })
  })

  it('is optimal where the cheapest plan does', async () => {
    const plan = await tolerant(['A', 'B', 'C'], vms('A', 1000, 1000), ['A'])
    expect(plan).toMatchObject({ status: 'optimal', warnings: [], makespanSeconds: 20 })
  })

  it('leaves no VM where it is for it', async () => {
    const plan = await tolerant(['A', 'B 2000'], vms('A', 2000), ['A'])
    expect(plan.unplaced).toEqual([])
    expect(failures(plan)).toEqual([['B', 2000]])
    expect(plan).toMatchObject({ status: 'optimal', proven: true })
    expect(plan.warnings[0].message).toBe(
      'when B fails, 2000 MiB of its VMs find no place on other nodes (it runs 2000 MiB, the nodes that take over have 0 MiB free)',
    )
  })

  it('uses the reserve in an emergency', async () => {
    const two = ['A', 'B 3000', 'C 2000']
    const all = [...vms('A', 1000), ...vms('C', 1000)]
    const plan = await tolerant(two, all, ['A'], { reserveMiB: 1000 })
    expect(plan.migrations.map((m) => m.to)).toEqual(['B'])
    expect(failures(plan)).toEqual([])
    expect(plan.status).toBe('optimal')
  })

  it('respects owners and anti-affinity after the failure, in any kind of schedule', async () => {
    const all: VmParts[] = [
      { id: 'a', node: 'A', antiAffinity: ['g'] },
      { id: 'b', node: 'B', antiAffinity: ['g'] },
      { id: 'own', node: 'A', allowedNodes: ['C'] },
    ]
    const problem = problemOf({
      nodes: ['A', 'B', 'C'],
      vms: all,
      request: { drain: ['A'] },
      policy: { tolerateNodeFailure: true },
    })
    for (const schedule of ['timeline', 'rounds'] as const) {
      const plan = await planned(problem, { schedule })
      // a goes to C: whichever of B and C fails, a and b cannot share what is left; and own runs on C alone.
      expect(failures(plan)).toEqual([
        ['B', 1000],
        ['C', 2000],
      ])
      expect(plan.proven).toBe(true)
    }
  })

  it('spreads what one hole could not take', async () => {
    // The drained VMs of 600 MiB fit together nowhere but on D; from there only one would find a place.
    const four = [
      'A',
      ...['B', 'C'].map((id) => ({ id, memoryMiB: 1300 })),
      { id: 'D', memoryMiB: 1900, slots: 3 },
    ]
    const plan = await tolerant(four, vms('A', 600, 600, 600), ['A'])
    expect(plan.unplaced).toEqual([])
    expect(failures(plan)).toEqual([])
  })

  it('is the same each time', async () => {
    const all = [...vms('A', 700, 600, 500, 400, 300), ...vms('B', 900), ...vms('C', 800)]
    const four = ['A', ...['B', 'C', 'D'].map((id) => ({ id, memoryMiB: 2300 }))]
    const once = await tolerant(four, all, ['A'])
    const again = await tolerant(four, all, ['A'])
    expect(again.migrations).toEqual(once.migrations)
    expect(again.warnings).toEqual(once.warnings)
  })
})
