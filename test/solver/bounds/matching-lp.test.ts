import { describe, expect, it } from 'vitest'
import { createInlineLpService } from '../../../src/lp/service.js'
import type { LpService } from '../../../src/lp/types.js'
import type { Problem } from '../../../src/model/problem.js'
import { matchingLpBound } from '../../../src/solver/bounds/matching-lp.js'
import { earliestEnds, fixedLegs } from '../../../src/solver/bounds/plan-bound.js'
import { quota, seeds } from '../../cases.js'
import { bruteForce } from '../brute-force.js'
import { createLyingLpService, LIES } from '../lying-lp.js'
import { kernel, newRun, partsOf } from '../parts.js'
import { flavourOf, type NodeParts, problemOf, randomProblem } from '../problems.js'

/** Starts from when the last migration could end were each alone, unless another bound is known. */
async function boundOf(
  problem: Problem,
  lp: LpService = createInlineLpService(),
  given?: number,
  enough?: number,
  wantsRounds = true,
) {
  const { instance, open, forbidden } = partsOf(problem)
  const known = given ?? Math.max(0, ...earliestEnds(instance, forbidden, open).flatMap((ends) => [...ends]))
  const legs = fixedLegs(instance, open)
  const run = newRun()
  const context = { instance, kernel, run, forbidden }
  const task = { legs, known, enough: enough ?? instance.horizon, wantsRounds }
  const result = await matchingLpBound(context, lp, task)
  await lp.close()
  return { ...result, run }
}

/** VM i moves from node i to the next, and so round, in `seconds`. */
function cycle(length: number, seconds: number, rest: { slots?: number; windows?: Problem['windows'] } = {}) {
  const ids = Array.from({ length }, (_, i) => `N${i}`)
  return problemOf({
    nodes: ids.map((id): NodeParts => (rest.slots === undefined ? { id } : { id, slots: rest.slots })),
    vms: ids.map((node, i) => ({ id: `v${i}`, node })),
    ...(rest.windows === undefined ? {} : { windows: rest.windows }),
    request: {
      moves: ids.map((_, i) => ({ vm: `v${i}`, to: ids[(i + 1) % length], durationSeconds: seconds })),
    },
  })
}

describe('matching LP', () => {
  it('a triangle of equal moves takes three times one', async () => {
    expect((await boundOf(cycle(3, 10))).bound).toBe(30_000)
  })

  it('an even cycle takes twice one', async () => {
    expect((await boundOf(cycle(4, 10))).bound).toBe(20_000)
  })

  it('a five-node cycle takes two and a half times one, preemption allowed', async () => {
    expect((await boundOf(cycle(5, 10))).bound).toBe(25_000)
  })

  it('two slots a node let the whole triangle move at once', async () => {
    expect((await boundOf(cycle(3, 10, { slots: 2 }))).bound).toBeLessThanOrEqual(10_000)
  })

  it('a window of the cluster is lost to all, with the gap before it that nothing fits in', async () => {
    const open = await boundOf(cycle(3, 10, { windows: [{ start: 12, end: 17 }] }))
    expect(open.bound).toBe(35_000)
    const shut = await boundOf(cycle(3, 10, { windows: [{ start: 5, end: 8 }] }))
    expect(shut.bound).toBe(38_000)
  })

  it('a window of one node leaves the migration of the other two', async () => {
    // While N0 is shut, only N1 → N2 can run; the two that need N0 come after.
    const short = await boundOf(cycle(3, 10, { windows: [{ node: 'N0', start: 0, end: 10 }] }))
    expect(short.bound).toBe(30_000)
    const long = await boundOf(cycle(3, 10, { windows: [{ node: 'N0', start: 0, end: 25 }] }))
    expect(long.bound).toBe(45_000)
  })

  it('asks for no bound above what was reached, and keeps one that was known', async () => {
    expect((await boundOf(cycle(3, 10), undefined, 20_000, 26_000)).bound).toBe(26_000)
    expect((await boundOf(cycle(4, 10), undefined, 20_000, 30_000)).bound).toBe(20_000)
  })

  it('never exceeds the optimum, whatever the LP answers', async () => {
    let reached = 0
    let compared = 0
    const lies = [undefined, undefined, ...Object.values(LIES)]
    for (const seed of seeds(500)) {
      const problem = randomProblem(seed * 13, {
        vms: 5,
        request: 'moves',
        memory: false,
        windows: seed % 2 === 0,
        rules: false,
        parking: false,
      })
      const reference = bruteForce(problem, 'timeline').best
      if (reference.unplaced > 0) continue
      const lie = lies[seed % lies.length]
      const lp = lie === undefined ? undefined : createLyingLpService(lie, seed)
      const { bound } = await boundOf(problem, lp, seed % 3 === 0 ? 0 : undefined)
      expect(bound / 1000, problem.name).toBeLessThanOrEqual(reference.makespan + 1e-9)
      if (lie !== undefined || seed % 2 === 0) continue
      compared++
      if (bound / 1000 > reference.makespan - 0.0015) reached++
    }
    // Without windows the relaxation is tight nearly always at this size.
    expect(compared).toBeGreaterThan(quota(5))
    expect(reached).toBeGreaterThan(0.8 * compared)
  })

  it('asks no LP where there are neither windows nor odd cycles: the busiest node is all it could see', async () => {
    const plain = await boundOf(cycle(4, 10), undefined, 0, 30_000, false)
    expect(plain).toMatchObject({ bound: 20_000, note: expect.stringContaining('left out') })
    expect(plain.run.counters.lpSolves).toBe(0)
    // Each of these has something that loads do not show.
    const windows = [{ node: 'N0', start: 0, end: 10 }]
    for (const other of [cycle(3, 10), cycle(4, 10, { windows }), cycle(4, 10, { slots: 2 })])
      expect((await boundOf(other, undefined, 0, 60_000, false)).run.counters.lpSolves).toBeGreaterThan(0)
    let compared = 0
    for (const seed of seeds(120)) {
      const options = flavourOf(5, 'moves')
      const problem = randomProblem(seed * 17, options)
      const short = await boundOf(problem, undefined, 0, undefined, false)
      if (short.run.counters.lpSolves > 0) continue
      compared++
      expect(short.bound, problem.name).toBe((await boundOf(problem, undefined, 0)).bound)
    }
    expect(compared).toBeGreaterThan(quota(20))
  })

  it('hands out the rounds of its master, as matchings', async () => {
    const { rounds, rowOfLeg, run } = await boundOf(cycle(4, 10))
    expect(rounds.length).toBeGreaterThan(0)
    expect(Math.max(...rounds.map((r) => r.length))).toBe(2)
    expect(new Set(rowOfLeg).size).toBe(4)
    expect(run.counters.lpSolves).toBeGreaterThan(0)
    expect(run.counters.columns).toBeGreaterThan(0)
  })
})
