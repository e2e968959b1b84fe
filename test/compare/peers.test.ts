import { describe, expect, it } from 'vitest'
import { bestCauOrder } from '../../src/compare/cau-order.js'
import { compareLines } from '../../src/compare/compare.js'
import { peerNights } from '../../src/compare/peers.js'
import { planToCauOrder } from '../../src/io/cau.js'
import type { Plan } from '../../src/model/plan.js'
import { resolveProblem } from '../../src/model/validate.js'
import { planOf } from '../check/fixture.js'
import { leg, type ProblemParts, problemOf } from '../problem.js'

const nightsOf = (parts: ProblemParts) => peerNights(resolveProblem(problemOf(parts)))

describe('others on the same night', () => {
  // All figures by hand: VMs of 1,000 MiB take 10 s.
  it('a plain drain empties one node after another, by priority, to where most is free', async () => {
    const [night, ...none] = await nightsOf({
      nodes: ['B', 'A', { id: 'C', memoryMiB: 5000 }, { id: 'D', memoryMiB: 4000 }],
      vms: ['a@A', { id: 'b', node: 'A', memoryMiB: 2000, priority: 3000 }, 'c@B'],
      windows: [
        { node: 'C', start: 5, end: 6 },
        { vm: 'c', start: 100, end: 200 },
      ],
      request: { drain: ['B', 'A'] },
    })
    expect(none).toEqual([])
    // A: b to C from 0 to 20, then a to D (4,000 free, C has 3,000) from 20 to 30; B: c to C or D (3,000 each: the first) from 30 to 40.
    expect(night).toEqual({
      name: 'a plain drain in order of name',
      makespanSeconds: 40,
      migrations: 3,
      stuck: [],
      windowsMet: 1,
    })
  })

  it('uses as many slots as there are, moves what is to be moved, and says what is stuck', async () => {
    const two = { slots: 2 }
    const [night] = await nightsOf({
      nodes: [
        { id: 'A', ...two },
        { id: 'B', ...two },
        { id: 'C', memoryMiB: 1000, ...two },
      ],
      vms: ['a@A', 'b@A', { id: 'x', node: 'A', allowedNodes: ['A'] }, 'm@B'],
      request: { drain: ['A'], moves: ['m>C'] },
    })
    // At half the link 20 s each, side by side; m waits for a slot of its node.
    expect(night).toMatchObject({ makespanSeconds: 40, migrations: 3, stuck: ['x'] })
  })

  const works: ProblemParts = {
    nodes: ['A', 'B', 'C'].map((id) => ({ id, memoryMiB: 4000 })),
    vms: ['a@A', 'b@B'],
    request: {
      maintenance: [
        { node: 'B', durationSeconds: 100 },
        { node: 'A', durationSeconds: 100 },
      ],
    },
  }

  it('works go one after another, and VMs come home at once, never, or in the end', async () => {
    const nights = await nightsOf(works)
    expect(nights.map(({ makespanSeconds, migrations }) => [makespanSeconds, migrations])).toEqual([
      // a away, A, a home, b away, B, b home
      [240, 4],
      // a to C, A, b to A, B
      [220, 2],
      // and both home: a from C to A while b goes from A to B, one slot each
      [240, 4],
    ])
  })

  it('a node that cannot be emptied is not worked on, and the next has its turn', async () => {
    const nights = await nightsOf({ ...works, vms: ['a@A', { id: 'b', node: 'B', allowedNodes: ['B'] }] })
    expect(nights[1]).toMatchObject({ makespanSeconds: 110, stuck: ['b'] })
  })

  it('is told beside the plan', async () => {
    const problem = resolveProblem(problemOf(works))
    const [first] = await compareLines(problem, {
      makespanSeconds: 120,
      migrations: [{}, {}],
    } as unknown as Plan)
    expect(first).toBe(
      'Cluster-Aware Updating, failback at once: 0:04:00, 4 migrations; this plan ends 50 % sooner, with 2 fewer migrations',
    )
    const nothing = resolveProblem(problemOf({ ...works, request: { moves: [] } }))
    expect(await compareLines(nothing, {} as Plan)).toEqual([
      expect.stringContaining('nothing to compare with'),
    ])
  })
})

describe('an order for Cluster-Aware Updating', () => {
  const orderOf = async (parts: ProblemParts) => {
    const problem = resolveProblem(problemOf(parts))
    const maintenance = problem.works!.map(({ node }, i) => ({
      node,
      startSeconds: i,
      endSeconds: i,
      slackSeconds: 0,
    }))
    return bestCauOrder(problem, planOf({ migrations: [], maintenance, makespanSeconds: 0, cost: 0 }))
  }

  // A is 3,000 of 4,000 MiB full with a large VM: in order of name it fits nowhere; when b and c have gone to one node it does.
  it('is the best of those that it would do, and keeps after and position', async () => {
    const parts: ProblemParts = {
      nodes: ['A', 'B', 'C'].map((id) => ({ id, memoryMiB: 4000 })),
      vms: ['a@A 3000', 'b@B 1500', 'c@C 1500'],
      request: { maintenance: ['A', 'B', 'C'].map((node) => ({ node, durationSeconds: 100 })) },
    }
    const { nodes, night, byName, tried } = await orderOf(parts)
    expect([byName.stuck, night.stuck, nodes.at(0) === 'A']).toEqual([['a'], [], false])
    expect(tried).toBeGreaterThan(4)
    const [a, b, c] = parts.request!.maintenance as { node: string; durationSeconds: number }[]
    const last = await orderOf({
      ...parts,
      request: { maintenance: [a!, { ...b!, position: 'last' }, { ...c!, after: ['A'] }] },
    })
    expect(last.nodes).toEqual(['A', 'C', 'B'])
  })

  it('is written with what it costs', async () => {
    const problem = resolveProblem(
      problemOf({
        nodes: ['A', 'B'],
        vms: ['a@A'],
        request: { maintenance: [{ node: 'A', durationSeconds: 100 }] },
      }),
    )
    const maintenance = [{ node: 'A', startSeconds: 10, endSeconds: 110, slackSeconds: 0 }]
    const plan = planOf({ migrations: [leg('a A>B 0-10')], maintenance, makespanSeconds: 110, cost: 110 })
    const text = await planToCauOrder(plan, problem)
    expect(text).toContain('#   in this order, FailbackMode NoFailback: 0:01:50, 1 migration\n')
    expect(text).toContain('#   the plan itself: 0:01:50, 1 migration\n')
    expect(text.endsWith("Invoke-CauRun -NodeOrder 'A'\n")).toBe(true)
  })
})
