import { describe, expect, it } from 'vitest'
import { generate } from '../../../bench/families/index.mjs'
import type { Kernel, SingleNodeProblem } from '../../../src/kernel/types.js'
import { firstGap } from '../../../src/model/intervals.js'
import type { Problem } from '../../../src/model/problem.js'
import type { PlanOptions } from '../../../src/plan-options.js'
import { nodeLoadBound } from '../../../src/solver/bounds/node-load.js'
import { singleNodeBounds } from '../../../src/solver/bounds/single-node.js'
import { quota, seeds } from '../../cases.js'
import { bruteForce } from '../brute-force.js'
import { kernel, newRun, type Parts, partsOf } from '../parts.js'
import { type Flavour, flavourOf, problemOf, randomProblem } from '../problems.js'

function boundsOf(
  parts: Parts,
  known = 0,
  options: PlanOptions = {},
  by: Kernel = kernel,
  upper = parts.instance.horizon,
) {
  const { instance, forbidden, availability, open } = parts
  const context = { instance, kernel: by, run: newRun(options), forbidden }
  return singleNodeBounds(context, availability, open, known, upper)
}

const vms = (...seconds: number[]) => seconds.map((s, i) => ({ id: `v${i}`, node: 'A', memoryMiB: 100 * s }))

/** A sends VMs to nodes of their own, around a window from second 10 to 12. */
function senders(seconds: number[], slots = 1): Problem {
  return problemOf({
    nodes: [{ id: 'A', slots }, ...seconds.map((_, i) => `T${i}`)],
    vms: vms(...seconds),
    windows: [{ node: 'A', start: 10, end: 12 }],
    request: { moves: seconds.map((s, i) => ({ vm: `v${i}`, to: `T${i}`, durationSeconds: s })) },
  })
}

/** When the node is done with wishes of just one choice in the given order, each as early as it can be. */
function finishOf({ instance, forbidden, open }: Parts, order: readonly number[]): number {
  let now = 0
  for (const w of order) {
    const { vm, choices } = open[w]
    const list = forbidden.of(vm, instance.vmNode[vm], choices[0].node)
    now = firstGap(list, now, choices[0].duration, instance.horizon) + choices[0].duration
  }
  return now
}

describe('single-node bounds', () => {
  it('ask for no fewer than no states where the nodes before have taken more than all', async () => {
    const asked: number[] = []
    const by: Kernel = {
      ...kernel,
      singleNode(problem) {
        asked.push(problem.maxExpanded)
        return kernel.singleNode({ ...problem, maxExpanded: Math.max(0, problem.maxExpanded) })
      },
    }
    const bounds = { singleNodeStates: 12, singleNodeShare: 1, singleNodeFirstStates: 4 }
    await boundsOf(partsOf(generate('tight', 1, 30).problem), 0, { parameters: { bounds } }, by)
    expect(asked.length).toBeGreaterThan(5)
    expect(Math.min(...asked)).toBe(0)
  })

  it('see that a window splits the time of a node', async () => {
    const parts = partsOf(senders([7, 7, 4]))
    const load = nodeLoadBound(parts.instance, parts.availability, parts.open, 0)
    expect(load.makespan).toBe(20_000)
    const { makespan, node, sequences } = await boundsOf(parts, load.makespan)
    expect(makespan).toBe(23_000)
    expect(node).toBe(parts.instance.nodeIndex.get('A'))
    const order = sequences.get(node) ?? []
    expect([...order].sort()).toEqual([0, 1, 2])
    expect(finishOf(parts, order)).toBe(23_000)
  })

  it('give an order for every node that can be done by then', async () => {
    const parts = partsOf(senders([7, 7, 4]))
    const { sequences } = await boundsOf(parts)
    expect([...sequences.keys()].sort()).toEqual([0, 1, 2, 3])
    for (const [node, order] of sequences) {
      expect(finishOf(parts, order)).toBeLessThanOrEqual(23_000)
      expect(order).toHaveLength(node === 0 ? 3 : 1)
    }
  })

  it('share the slots of a node with several out: 7 + 4 beside 7, the window aside', async () => {
    const { makespan, node, sequences } = await boundsOf(partsOf(senders([7, 7, 4], 2)))
    expect(makespan).toBe(13_000)
    expect(node).toBe(0)
    expect(sequences.has(0)).toBe(false)
  })

  it('keep what is known, and look no further than what was reached', async () => {
    const parts = partsOf(senders([7, 7, 4]))
    expect(await boundsOf(parts, 24_000)).toMatchObject({ makespan: 24_000, node: -1 })
    expect(await boundsOf(parts, 0, {}, kernel, 21_500)).toMatchObject({ makespan: 21_500, node: 0 })
    const untouched: Kernel = {
      ...kernel,
      singleNode: () => {
        throw new Error('there was nothing to look for')
      },
    }
    const nothing = { makespan: 23_000, node: -1, sequences: new Map() }
    expect(await boundsOf(parts, 23_000, {}, untouched, 23_000)).toEqual(nothing)
    const signal = AbortSignal.abort()
    expect(await boundsOf(parts, 23_000, { signal }, untouched)).toEqual(nothing)
  })

  it('ask of each node only what could raise the bound', async () => {
    const lowers: number[] = []
    const spy = (problem: SingleNodeProblem) => {
      lowers.push(problem.lower)
      return kernel.singleNode(problem)
    }
    await boundsOf(partsOf(senders([7, 7, 4])), 20_000, {}, { ...kernel, singleNode: spy })
    expect(lowers).toEqual([20_000, 23_000, 23_000, 23_000])
  })

  it('take what the choices of a wish have in common', async () => {
    const drain = (endOfC: number): Problem =>
      problemOf({
        nodes: ['A', 'B', 'C'],
        vms: vms(10, 20),
        windows: [
          { node: 'B', start: 5, end: 40 },
          { node: 'C', start: 5, end: endOfC },
        ],
        request: { drain: ['A'] },
      })
    // Closed to both until 40, and then 30 s of work; the 5 s before take nothing.
    expect((await boundsOf(partsOf(drain(40)))).makespan).toBe(70_000)
    expect((await boundsOf(partsOf(drain(30)))).makespan).toBe(60_000)
    // C is open all the time.
    const free = drain(40)
    free.windows?.pop()
    expect((await boundsOf(partsOf(free))).makespan).toBe(30_000)
  })

  it('pass over what need not hold a slot, or need not happen', async () => {
    const restarts = problemOf({
      nodes: ['A', 'B'],
      vms: vms(10, 20).map((vm, i) => ({ ...vm, restartable: i === 0 })),
      request: { drain: ['A'] },
      policy: { allowRestart: true },
    })
    expect((await boundsOf(partsOf(restarts))).makespan).toBe(20_000)
    const parts = partsOf(senders([7, 7, 4]))
    parts.open[0].makesRoom = true
    const { makespan, sequences } = await boundsOf(parts)
    expect(makespan).toBe(16_000)
    expect(sequences.get(0)).not.toContain(0)
  })

  it('spend no more states than the effort allows', async () => {
    const parts = partsOf(senders([7, 7, 4, 4, 3]))
    const spent = async (effort: 1 | 2 | 3 | 4 | 5) => {
      let sum = 0
      const endless = (problem: SingleNodeProblem) => {
        sum += problem.maxExpanded
        return {
          bound: problem.lower,
          optimal: false,
          expanded: problem.maxExpanded,
          order: new Int32Array(0),
        }
      }
      await boundsOf(parts, 0, { effort }, { ...kernel, singleNode: endless })
      return sum
    }
    expect(await spent(1)).toBeLessThanOrEqual(20_000)
    expect(await spent(2)).toBeGreaterThan(2 * (await spent(1)))
    expect(await spent(3)).toBeGreaterThan(2 * (await spent(2)))
  })

  it('never exceed the optimum of a whole problem', async () => {
    const flavours: Flavour[] = [
      flavourOf(4, 'moves', 'windows'),
      flavourOf(3, 'drain', 'windows'),
      flavourOf(3, 'both', 'memory', 'windows', 'rules'),
    ]
    let compared = 0
    let raised = 0
    for (const flavour of flavours) {
      for (const seed of seeds(120)) {
        const problem = randomProblem(seed * 43, flavour)
        const parts = partsOf(problem)
        if (parts.open.length === 0) continue
        const reference = bruteForce(problem, 'timeline')
        if (reference.best.unplaced > 0) continue
        const load = nodeLoadBound(parts.instance, parts.availability, parts.open, 0).makespan
        const { makespan } = await boundsOf(parts, load)
        expect(makespan / 1000, problem.name).toBeLessThanOrEqual(reference.leastMakespan(0) + 1e-9)
        expect((await boundsOf(parts)).makespan, problem.name).toBeLessThanOrEqual(makespan)
        compared++
        if (makespan > load) raised++
      }
    }
    expect(compared).toBeGreaterThan(quota(100))
    expect(raised).toBeGreaterThan(quota(10))
  })
})
