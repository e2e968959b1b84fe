/** Memory kept in reserve: at the end, in transit, and where it is used up from the start. */
import { describe, expect, it } from 'vitest'
import type { Policy } from '../../src/model/problem.js'
import { problemOf, type VmParts } from './problems.js'
import { planned, told } from './scenarios.js'

const policy = (reserveMiB: number, rest: Partial<Policy> = {}) => ({ reserveMiB, ...rest })
const both = ['timeline', 'rounds'] as const

describe('a reserve', () => {
  it('is left free on a target, to the last MiB', async () => {
    const problem = (reserveMiB: number) =>
      problemOf({
        nodes: ['A', 'B 3000'],
        vms: ['a@A', 'b@B'],
        request: { drain: ['A'] },
        policy: policy(reserveMiB),
      })
    expect((await planned(problem(1000))).status).toBe('optimal')
    const plan = await planned(problem(1001))
    expect(plan).toMatchObject({
      status: 'infeasible',
      proven: true,
      unplaced: [{ vm: 'a', reason: 'memory' }],
    })
    expect(plan.unplaced[0].detail).toMatch(/B lacks 1 MiB/)
    expect(plan.unplaced[0].remedies.join()).toMatch(/reserveMiB of at most 1000/)
  })

  it.each(both)('makes an arrival wait until enough has left (%s)', async (schedule) => {
    // B may hold 2,000 MiB and holds 3,000: both have to be gone before a comes.
    const problem = problemOf({
      nodes: ['A', 'B 4000', 'C', 'D'],
      vms: ['a@A', 'b1@B 1500', 'b2@B 1500'],
      request: { moves: ['a>B', 'b1>C', 'b2>D'] },
      policy: policy(2500),
    })
    const plan = await planned(problem, { schedule })
    expect(told(plan.migrations).at(-1)).toBe('a A>B 30-40')
    expect(plan).toMatchObject({ status: 'optimal', makespanSeconds: 40 })
  })

  it.each(both)('lets what takes no memory arrive where it is used up (%s)', async (schedule) => {
    const problem = problemOf({
      nodes: ['A', 'B 2000'],
      vms: [{ id: 'a', node: 'A', state: 'off' }, 'b@B 1500'],
      request: { drain: ['A'] },
      policy: policy(1000, { setupSeconds: 2 }),
    })
    const plan = await planned(problem, { schedule })
    expect(told(plan.migrations)).toEqual(['a A>B 0-2'])
    expect(plan.status).toBe('optimal')
  })

  it.each(both)('that is used up asks nothing of VMs that leave (%s)', async (schedule) => {
    const vms: VmParts[] = [1, 2, 3].map((i) => ({ id: `a${i}`, node: 'A' }))
    const problem = problemOf({
      nodes: ['A 3000', 'B', 'C 3000'],
      vms: [...vms, 'c@C 2900'],
      request: { moves: vms.map(({ id }) => ({ vm: id, to: 'B' })) },
      policy: policy(2500),
    })
    const plan = await planned(problem, { schedule })
    expect(plan).toMatchObject({ status: 'optimal', makespanSeconds: 30 })
  })

  it('keeps VMs from trading places where both nodes use it up, unless one parks', async () => {
    const trade = (nodes: string[], allowParking: boolean) =>
      problemOf({
        nodes: ['A 3000', 'B 3000', ...nodes],
        vms: ['A', 'B'].flatMap((node) => [
          { id: `moves${node}`, node },
          { id: `stays${node}`, node },
        ]),
        request: { moves: ['movesA>B', 'movesB>A'] },
        policy: policy(1000, { allowParking }),
      })
    const without = await planned(trade(['C'], false))
    expect(without.unplaced.map((u) => u.reason)).toEqual(['memory', 'memory'])
    const parked = await planned(trade(['C'], true))
    expect(parked.unplaced).toEqual([])
    expect(parked.migrations.filter((m) => m.parking)).toHaveLength(1)
    // At a reserve of 1,000 MiB a node may hold 2,000; at 0 nothing is in the way.
    const free = await planned({ ...trade(['C'], false), policy: { linkEfficiency: 1, setupSeconds: 0 } })
    expect(free.makespanSeconds).toBe(20)
  })

  it('holds where room is made', async () => {
    const problem = problemOf({
      nodes: ['A', 'B 3000', 'C 2000'],
      vms: [{ id: 'a', node: 'A', allowedNodes: ['B'] }, 'b1@B', 'b2@B'],
      request: { drain: ['A'] },
      policy: policy(1000, { allowMakeRoom: true }),
    })
    const plan = await planned(problem)
    expect(plan.unplaced).toEqual([])
    expect(plan.migrations.filter((m) => m.makesRoom)).toHaveLength(1)
  })
})
