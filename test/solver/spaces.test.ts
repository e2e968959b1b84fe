/** vCPUs under a limit, and devices: at the end, in transit, where a node holds too much at the start, and what would help. */
import { describe, expect, it } from 'vitest'
import { explain } from '../../src/index.js'
import { createInlineLpService } from '../../src/lp/service.js'
import type { Plan } from '../../src/model/plan.js'
import { proveAssignment } from '../../src/solver/assignment/prove.js'
import { earliestEnds } from '../../src/solver/bounds/plan-bound.js'
import { bruteForce } from './brute-force.js'
import { newRun, partsOf } from './parts.js'
import { MBPS_OF_100_MIB, type NodeParts, type ProblemParts, problemOf, type VmParts } from './problems.js'
import { planned, told } from './scenarios.js'

const both = ['timeline', 'rounds'] as const
const vcpus = (each: string, count: number): VmParts => {
  const [id = '', node = ''] = each.split('@')
  return { id, node, vcpus: count }
}
const nodes = (...cores: (number | undefined)[]): NodeParts[] =>
  cores.map((count, i) => ({ id: 'ABCD'[i]!, ...(count === undefined ? {} : { cores: count }) }))
const ratio = { maxVcpusPerCore: 1 }
const reasons = ({ unplaced }: Plan) => unplaced.map(({ vm, reason }) => `${vm} ${reason}`)

describe('vCPUs', () => {
  it.each<[string, number, string[]]>([
    ['fit to the last one', 5 / 3, []],
    ['leave out who does not', 4.9 / 3, ['a2 vcpus']],
  ])('%s', async (_, maxVcpusPerCore, left) => {
    const problem = problemOf({
      nodes: nodes(undefined, 3),
      vms: [vcpus('a1@A', 2), { ...vcpus('a2@A', 2), priority: 1 }, vcpus('b@B', 1)],
      request: { moves: ['a1>B', 'a2>B'] },
      policy: { maxVcpusPerCore },
    })
    const plan = await planned(problem)
    expect(plan.proven).toBe(true)
    expect(reasons(plan)).toEqual(left)
  })

  it.each(both)('wait for one that leaves, until its end (%s)', async (schedule) => {
    const problem = problemOf({
      nodes: nodes(undefined, 4, undefined).map((node) => ({ ...node, slots: 2 })),
      vms: [vcpus('a@A', 2), vcpus('b@B', 3)],
      request: { moves: ['a>B 10', 'b>C 7'] },
      policy: ratio,
    })
    expect(told((await planned(problem, { schedule })).migrations)).toEqual(['b B>C 0-7', 'a A>B 7-17'])
  })

  it.each(both)('of two full nodes trade places by way of a third (%s)', async (schedule) => {
    const problem = problemOf({
      nodes: nodes(4, 4, 4),
      vms: [vcpus('a@A', 4), vcpus('b@B', 4)],
      request: { moves: ['a>B', 'b>A'] },
      policy: ratio,
    })
    const plan = await planned(problem, { schedule })
    expect(plan).toMatchObject({ status: 'optimal', makespanSeconds: 30 })
    expect(plan.migrations.filter(({ parking }) => parking === true)).toHaveLength(1)
    const without = await planned({ ...problem, policy: { ...problem.policy, allowParking: false } })
    expect(reasons(without)).toEqual(['a vcpus', 'b vcpus'])
  })

  it.each(both)(
    'where a node runs too many at the start: it sends, and receives once it has room (%s)',
    async (schedule) => {
      const problem = problemOf({
        nodes: nodes(undefined, 4, undefined, undefined),
        vms: [vcpus('a@A', 1), vcpus('b1@B', 3), vcpus('b2@B', 3)],
        request: { moves: ['a>B', 'b1>C'] },
        policy: ratio,
      })
      const plan = await planned(problem, { schedule })
      expect(told(plan.migrations)).toEqual(['b1 B>C 0-10', 'a A>B 10-20'])
      expect(plan.status).toBe('optimal')
    },
  )

  it('are freed by a VM that is saved in place, and taken by none that is off', async () => {
    const plan = await planned(
      problemOf({
        nodes: nodes(undefined, 4, 4),
        vms: [vcpus('a@A', 4), vcpus('c@C', 4), { ...vcpus('b@B', 4), state: 'off' }],
        request: { drain: [{ node: 'C', mode: 'save' }], moves: ['a>B'] },
        policy: ratio,
      }),
    )
    expect(plan.status).toBe('optimal')
  })

  it('do not bind where cores are not known, nor without the policy', async () => {
    const problem = problemOf({
      nodes: nodes(1, 1),
      vms: [vcpus('a@A', 64)],
      request: { moves: ['a>B'] },
    })
    expect((await planned(problem)).status).toBe('optimal')
    const known = { ...problem, policy: { ...problem.policy, ...ratio } }
    expect(reasons(await planned(known))).toEqual(['a vcpus'])
    const unknown = problemOf({
      nodes: nodes(1),
      vms: known.vms,
      request: known.request,
      policy: known.policy!,
    } as ProblemParts)
    unknown.nodes.push({ ...unknown.nodes[0]!, id: 'B' })
    delete unknown.nodes[1]!.cores
    expect((await planned(unknown)).status).toBe('optimal')
  })

  it('make room for each other', async () => {
    const problem = problemOf({
      nodes: nodes(undefined, 4, 4),
      vms: [vcpus('a@A', 3), vcpus('b1@B', 3), vcpus('b2@B', 1)],
      request: { moves: ['a>B'] },
      policy: { ...ratio, allowMakeRoom: true },
    })
    const plan = await planned(problem)
    expect(told(plan.migrations).map((leg) => leg.split(' ')[0])).toEqual(['b1', 'a'])
    expect(plan.migrations[0]).toMatchObject({ makesRoom: true })
  })
})

describe('devices', () => {
  const gpu = (id: string, count?: number): NodeParts => ({
    id,
    ...(count === undefined ? {} : { devices: { gpu: count } }),
  })
  const needs = (each: string, rest: Partial<VmParts> = {}): VmParts => {
    const [id = '', node = ''] = each.split('@')
    return { id, node, devices: { gpu: 1 }, ...rest }
  }

  it('decide where a drained VM can go', async () => {
    const problem = problemOf({
      nodes: [gpu('A', 1), gpu('B'), { ...gpu('C', 1), migrationMbps: 83.88608 }],
      vms: [needs('a@A'), 'b@A'],
      request: { drain: ['A'] },
    })
    expect(told((await planned(problem)).migrations)).toEqual(['a A>C 0-100', 'b A>B 100-110'])
  })

  it.each(['running', 'off'] as const)('trade places by way of a third node: %s', async (state) => {
    const problem = problemOf({
      nodes: [gpu('A', 1), gpu('B', 1), gpu('C', 1)],
      vms: [needs('a@A', { state }), needs('b@B', { state })],
      request: { moves: ['a>B', 'b>A'] },
      policy: { setupSeconds: 2 },
    })
    const plan = await planned(problem)
    expect(plan.unplaced).toEqual([])
    expect(plan.migrations.filter(({ parking }) => parking === true)).toHaveLength(1)
    expect(plan.makespanSeconds).toBe(bruteForce(problem, 'timeline', true).best.makespan)
  })

  it('are not freed by a VM that is saved in place', async () => {
    const plan = await planned(
      problemOf({
        nodes: [gpu('A', 1), { ...gpu('B', 1), state: 'paused' }, gpu('C')],
        vms: [needs('a@A'), needs('b@B', { state: 'saved' })],
        request: { moves: ['a>B'] },
      }),
    )
    expect(reasons(plan)).toEqual(['a node-state'])
    const open = await planned(
      problemOf({
        nodes: [gpu('A', 1), gpu('B', 1)],
        vms: [needs('a@A'), needs('b@B', { state: 'saved' })],
        request: { moves: ['a>B'] },
      }),
    )
    expect(open).toMatchObject({ proven: true, unplaced: [{ vm: 'a', reason: 'devices' }] })
    expect(open.unplaced[0]!.detail).toBe('B lacks 1 gpu for it, even once all that can leave has left')
  })

  it('keep an affinity group together only where all of it finds its own', async () => {
    const plan = await planned(
      problemOf({
        nodes: [gpu('A', 2), gpu('B', 1), gpu('C', 2)],
        vms: [needs('a1@A', { affinity: ['g'] }), needs('a2@A', { affinity: ['g'] })],
        request: { drain: ['A'] },
      }),
    )
    expect(plan.migrations.map(({ to }) => to)).toEqual(['C', 'C'])
  })
})

describe('a reserve of a node', () => {
  it('goes before the policy’s, and is told as a remedy by its name', async () => {
    const problem = problemOf({
      nodes: ['A', { id: 'B', memoryMiB: 3000, reserveMiB: 2500 }],
      vms: ['a@A'],
      request: { moves: ['a>B'] },
      policy: { reserveMiB: 100 },
    })
    const plan = await planned(problem)
    expect(reasons(plan)).toEqual(['a memory'])
    expect(plan.unplaced[0]!.remedies).toContain('a reserveMiB of at most 2000 on B')
  })
})

describe('what would help', () => {
  /** HV B runs 16 vCPUs of 16; a of 4 wants to go there. */
  const crowded = problemOf({
    nodes: nodes(undefined, 4),
    vms: [vcpus('a@A', 4), vcpus('b@B', 16)],
    request: { moves: ['a>B'] },
    policy: { maxVcpusPerCore: 4 },
  })
  const device = problemOf({
    nodes: [
      { id: 'A', devices: { gpu: 1 } },
      { id: 'B', devices: { gpu: 1 } },
    ],
    vms: [
      { id: 'a', node: 'A', devices: { gpu: 1 } },
      { id: 'b', node: 'B', devices: { gpu: 1 } },
    ],
    request: { moves: ['a>B'] },
  })

  it.each([
    ['a higher ratio, or more cores', crowded, ['a maxVcpusPerCore of 5 instead of 4', '1 more core on B']],
    ['one more device', device, ['1 more gpu on B']],
  ])('is told as a remedy: %s', async (_, problem, remedies) => {
    const [left] = (await planned(problem)).unplaced
    expect(left!.remedies).toEqual(expect.arrayContaining(remedies))
  })

  it.each([
    ['vcpus', crowded, ['maxVcpusPerCore 5 instead of 4', '1 more core on B']],
    ['devices', device, ['1 more gpu on B']],
  ])('is explained: %s', async (kind, problem, changes) => {
    const { relaxations } = await explain(problem, { effort: 1, thread: 'caller' })
    const found = relaxations.filter((change) => change.kind === kind && change.helps)
    expect(found.map(({ change }) => change)).toEqual(changes)
  })
})

describe('bounds', () => {
  /** Two VMs leave A: over B in 10 s, or over C in 40 s. Of what they need B has so much. */
  const spread = (onB: Partial<NodeParts>): ProblemParts => ({
    nodes: [
      { id: 'A', cores: 8, devices: { gpu: 2 }, slots: 2, migrationMbps: 2 * MBPS_OF_100_MIB },
      { id: 'B', cores: 8, devices: { gpu: 2 }, ...onB },
      { id: 'C', cores: 8, devices: { gpu: 2 }, migrationMbps: MBPS_OF_100_MIB / 4 },
    ],
    vms: ['a1', 'a2'].map((id) => ({ id, node: 'A', vcpus: 2, devices: { gpu: 1 } })),
    request: { drain: ['A'] },
    policy: ratio,
  })

  it.each<[string, Partial<NodeParts>]>([
    ['vCPUs', { cores: 2 }],
    ['devices', { devices: { gpu: 1 } }],
  ])('of makespan and cost know of %s: lower without, and with it the optimum', async (_, onB) => {
    const lp = createInlineLpService()
    const bounds = async (parts: ProblemParts) => {
      const { instance, forbidden, open, availability } = partsOf(parts)
      const earliestEnd = earliestEnds(instance, forbidden, open)
      const problem = { instance, wishes: open, availability, earliestEnd }
      const options = { spare: 0, low: 0, cutoff: 1e6, work: 4000 }
      const kinds = ['makespan', 'cost'] as const
      const proofs = kinds.map((objective) =>
        proveAssignment(problem, lp, newRun(), { ...options, objective }),
      )
      return (await Promise.all(proofs)).map((proof) => proof!.bound / 1000)
    }
    expect(await bounds(spread(onB))).toEqual([40, 40])
    expect(await bounds(spread({}))).toEqual([20, 20])
    await lp.close()
    const problem = problemOf(spread(onB))
    expect(bruteForce(problem, 'timeline').best).toMatchObject({ makespan: 40, cost: 40 })
    expect(await planned(problem)).toMatchObject({ proven: true, makespanSeconds: 40, costLowerBound: 40 })
  })

  it('of the weight left: no more than vCPUs admit can be placed, which is proven', async () => {
    const weights = [3000, 2000, 1000]
    const problem = problemOf({
      nodes: nodes(undefined, 5),
      vms: weights.map((priority, i) => ({ ...vcpus(`a${i}@A`, 3 - i), priority })),
      request: { drain: ['A'] },
      policy: ratio,
    })
    const plan = await planned(problem)
    expect(plan).toMatchObject({ status: 'partial', proven: true })
    expect(reasons(plan)).toEqual(['a2 vcpus'])
  })
})
