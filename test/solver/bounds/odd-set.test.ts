import { describe, expect, it } from 'vitest'
import { createInlineLpService } from '../../../src/lp/service.js'
import type { Problem } from '../../../src/model/problem.js'
import { matchingLpBound } from '../../../src/solver/bounds/matching-lp.js'
import { nodeLoadBound } from '../../../src/solver/bounds/node-load.js'
import { oddSetBound, oddSetGroups, oddSetName } from '../../../src/solver/bounds/odd-set.js'
import { earliestEnds, fixedLegs } from '../../../src/solver/bounds/plan-bound.js'
import { Random } from '../../../src/solver/random.js'
import { quota, seeds } from '../../cases.js'
import { bruteForce } from '../brute-force.js'
import { kernel, newRun, PARAMETERS, partsOf } from '../parts.js'
import { type NodeParts, planOf, problemOf, randomProblem } from '../problems.js'

type Move = readonly [from: string, to: string, seconds: number, priority?: number]

function moves(
  list: readonly Move[],
  rest: { nodes?: NodeParts[]; windows?: Problem['windows'] } = {},
): Problem {
  const ids = [...new Set([...list.map((m) => m[0]), ...list.map((m) => m[1])])].sort()
  const given = new Map((rest.nodes ?? []).map((node) => [node.id, node]))
  return problemOf({
    nodes: ids.map((id) => ({ memoryMiB: 1e6, ...given.get(id), id })),
    vms: list.map(([node, , , priority], i) => ({ id: `v${i}`, node, priority: priority ?? 2000 })),
    ...(rest.windows === undefined ? {} : { windows: rest.windows }),
    request: { moves: list.map(([, to, durationSeconds], i) => ({ vm: `v${i}`, to, durationSeconds })) },
  })
}

function boundOf(problem: Problem, spare = 0, known = 0) {
  const { instance, forbidden, open } = partsOf(problem)
  const { makespan, nodes } = oddSetBound(
    instance,
    oddSetGroups(instance, forbidden, open, PARAMETERS.bounds),
    spare,
    known,
    PARAMETERS.bounds,
  )
  return { seconds: makespan / 1000, set: nodes.map((n) => instance.problem.nodes[n].id).join('') }
}

/** Each node to the next, and so round. */
const cycle = (ids: string, seconds: number): Move[] =>
  [...ids].map((id, i) => [id, ids[(i + 1) % ids.length], seconds])

describe('odd sets', () => {
  it('a triangle carries one migration at a time, five nodes two', () => {
    expect(boundOf(moves(cycle('ABC', 10)))).toEqual({ seconds: 30, set: 'ABC' })
    expect(boundOf(moves(cycle('ABCDE', 10)))).toEqual({ seconds: 25, set: 'ABCDE' })
    expect(boundOf(moves(cycle('ABCD', 10))).seconds).toBe(20)
  })

  it('are named after their nodes, or counted', () => {
    const { instance } = partsOf(moves(cycle('ABC', 10)))
    expect(oddSetName(instance, [0, 2])).toBe('odd-set A+C')
    expect(oddSetName(instance, new Array(20).fill(0))).toBe('odd-set of 20 nodes')
  })

  it('take all slots of a set together, but never more than partners have', () => {
    const slots = (n: number) => ['A', 'B', 'C'].map((id) => ({ id, slots: n }))
    const twice = [...cycle('ABC', 10), ...cycle('ABC', 10)]
    // Six slots: three at once. Nine: four. Two parallel migrations of each pair cannot use more than four slots of a node.
    expect(boundOf(moves(twice, { nodes: slots(2) })).seconds).toBe(20)
    expect(boundOf(moves(twice, { nodes: slots(3) })).seconds).toBe(15)
    // A's nine slots meet one of B and one of C.
    const star: Move[] = Array.from({ length: 8 }, (_, i) => ['A', i % 2 === 0 ? 'B' : 'C', 10])
    expect(boundOf(moves(star, { nodes: [{ id: 'A', slots: 9 }] })).seconds).toBe(40)
  })

  it('count no time in which a set has no two open nodes', () => {
    const triangle = cycle('ABC', 10)
    expect(boundOf(moves(triangle, { windows: [{ start: 5, end: 7 }] })).seconds).toBe(30 + 7)
    expect(boundOf(moves(triangle, { windows: [{ start: 15, end: 17 }] })).seconds).toBe(30 + 2)
    expect(boundOf(moves(triangle, { windows: [{ node: 'A', start: 12, end: 22 }] })).seconds).toBe(30)
    const both = [
      { node: 'A', start: 12, end: 22 },
      { node: 'B', start: 14, end: 30 },
    ]
    expect(boundOf(moves(triangle, { windows: both })).seconds).toBe(30 + 8)
    // With one of four closed, three are an odd set.
    const four: Move[] = [...cycle('ABCD', 10), ['A', 'C', 10], ['B', 'D', 10]]
    expect(boundOf(moves(four)).seconds).toBe(30)
    expect(boundOf(moves(four, { windows: [{ node: 'D', start: 0, end: 20 }] })).seconds).toBe(40)
  })

  it('leave out the gaps of a node that none of its migrations inside fits', () => {
    const windows = ['A', 'B'].map((node) => ({ node, start: 9, end: 20 }))
    const list: Move[] = [...cycle('ABC', 10), ['A', 'X', 1], ['B', 'Y', 1]]
    // A and B can do nothing of the triangle before 20, so C is alone.
    expect(boundOf(moves(list, { windows }))).toEqual({ seconds: 50, set: 'ABC' })
  })

  it('give the weight that may stay unplaced its most valuable migrations', () => {
    const list: Move[] = [
      ['A', 'B', 10, 0],
      ['B', 'C', 10, 1],
      ['C', 'A', 10, 9],
    ]
    expect([0, 1, 2, 3, 13].map((spare) => boundOf(moves(list), spare).seconds)).toEqual([30, 20, 15, 10, 0])
  })

  it('count only what is inside whatever is chosen', () => {
    const drain = (allowed: string[]) =>
      problemOf({
        nodes: ['A', 'B', 'C'],
        vms: [
          { id: 'd0', node: 'A', allowedNodes: allowed },
          { id: 'd1', node: 'A', allowedNodes: allowed },
          'm@B',
        ],
        request: { drain: ['A'], moves: ['m>C 15'] },
      })
    expect(boundOf(drain(['B', 'C']))).toEqual({ seconds: 35, set: 'ABC' })
    expect(boundOf(drain(['B'])).seconds).toBe(35)
    const restarts = drain(['B', 'C'])
    restarts.policy = { ...restarts.policy, allowRestart: true }
    restarts.vms[0].restartable = true
    expect(boundOf(restarts)).toEqual({ seconds: 25, set: 'ABC' })
    const wide = drain(['B', 'C', 'D'])
    wide.nodes.push({ ...wide.nodes[0], id: 'D' })
    expect(boundOf(wide)).toEqual({ seconds: 17.5, set: 'ABCD' })
  })

  it('keep what is known and end at the horizon', () => {
    expect(boundOf(moves(cycle('ABC', 10)), 0, 30_000)).toEqual({ seconds: 30, set: '' })
    const short = moves(cycle('ABC', 10))
    short.policy = { ...short.policy, horizonSeconds: 25 }
    expect(boundOf(short)).toEqual({ seconds: 25, set: 'ABC' })
    expect(boundOf(moves([]))).toEqual({ seconds: 0, set: '' })
  })

  it('are found among many nodes', () => {
    for (const size of [3, 5, 7, 9]) {
      const random = new Random(size)
      const list: Move[] = []
      const hidden = Array.from({ length: size }, (_, i) => `H${i}`)
      // Each of the others exchanges as much with its neighbours, in an even cycle; the hidden set does so in an odd one.
      const ring = (ids: string[]) => {
        for (let i = 0; i < ids.length; i++) {
          const [a, b] = [ids[i], ids[(i + 1) % ids.length]]
          for (const s of [7, 5 + random.below(2)]) list.push(random.below(2) === 0 ? [a, b, s] : [b, a, s])
        }
      }
      ring(hidden)
      ring(Array.from({ length: 60 }, (_, i) => `N${i}`))
      for (let i = 0; i < 20; i++) list.push([`N${3 * i}`, hidden[i % size], 1])
      const load = 2 * (7 + 5)
      const found = boundOf(moves(list), 0, load * 1000)
      expect(found.set, `${size}`).toBe(hidden.join(''))
      expect(found.seconds).toBeGreaterThan(load)
    }
  })

  it('take the whole of a large odd ring', () => {
    const ids = Array.from({ length: 41 }, (_, i) => `N${i}`)
    const list = ids.map((id, i): Move => [id, ids[(i + 1) % 41], 20])
    list.push(['X', 'N0', 1], ['Y', 'X', 2])
    const { instance, forbidden, open } = partsOf(moves(list))
    const { makespan, nodes } = oddSetBound(
      instance,
      oddSetGroups(instance, forbidden, open, PARAMETERS.bounds),
      0,
      40_000,
      PARAMETERS.bounds,
    )
    expect(nodes).toHaveLength(41)
    expect(makespan).toBe(41_000)
  })

  it('a plan says which set decided', async () => {
    const plan = await planOf(moves(cycle('ABC', 10)))
    expect(plan).toMatchObject({
      status: 'optimal',
      makespanSeconds: 30,
      statistics: { bound: 'odd-set A+B+C' },
    })
  })

  it('never exceed the matching LP, and nearly always meet it', async () => {
    const lp = createInlineLpService()
    let higher = 0
    let met = 0
    for (const seed of seeds(60)) {
      const random = new Random(seed)
      const count = 3 + random.below(5)
      const list = Array.from({ length: 4 + random.below(20) }, (): Move => {
        const from = random.below(count)
        const to = (from + 1 + random.below(count - 1)) % count
        return [`N${from}`, `N${to}`, 1 + random.below(20)]
      })
      const windows = Array.from({ length: random.below(4) }, () => {
        const start = random.below(40)
        return { node: list[random.below(list.length)][0], start, end: start + 1 + random.below(20) }
      })
      const { instance, forbidden, availability, open } = partsOf(moves(list, { windows }))
      const legs = fixedLegs(instance, open)
      const { horizon } = instance
      const ends = earliestEnds(instance, forbidden, open).flatMap((list) => [...list])
      const load = nodeLoadBound(instance, availability, open, 0).makespan
      const known = Math.max(load, ...ends)
      const { makespan } = oddSetBound(
        instance,
        oddSetGroups(instance, forbidden, open, PARAMETERS.bounds),
        0,
        known,
        PARAMETERS.bounds,
      )
      const context = { instance, kernel, run: newRun(), forbidden }
      const { bound } = await matchingLpBound(context, lp, {
        legs,
        known,
        enough: horizon,
        wantsRounds: true,
      })
      expect(makespan, `${seed}`).toBeLessThanOrEqual(bound)
      if (bound === known) continue
      higher++
      if (makespan === bound) met++
    }
    await lp.close()
    expect(higher).toBeGreaterThan(quota(10))
    expect(met).toBeGreaterThan(0.9 * higher)
  })

  it('never exceed the optimum', () => {
    const flavour = { memory: true, parking: false }
    let raised = 0
    for (const seed of seeds(250)) {
      const rest = { windows: seed % 3 > 0, rules: seed % 4 === 0 }
      const problem = randomProblem(seed * 97, { ...flavour, ...rest, vms: 4, request: 'both' })
      const { instance, request } = partsOf(problem)
      const reference = bruteForce(problem, 'timeline')
      const hopeless = request.wishes.filter((w) => w.choices.length === 0)
      const lost = hopeless.reduce((sum, w) => sum + instance.vmWeight[w.vm], 0)
      for (const spare of [reference.best.unplaced - lost, 2001, 5000]) {
        const { seconds, set } = boundOf(problem, spare)
        expect(seconds, problem.name).toBeLessThanOrEqual(reference.leastMakespan(lost + spare) + 1e-9)
        if (set.length > 0) raised++
      }
    }
    expect(raised).toBeGreaterThan(quota(100))
  })
})
