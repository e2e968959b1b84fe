import { describe, expect, it } from 'vitest'
import type { Problem } from '../../src/model/problem.js'
import { annealRounds } from '../../src/solver/rounds/anneal.js'
import { searchRounds } from '../../src/solver/rounds/exact.js'
import { firstComeRounds } from '../../src/solver/rounds/first-come.js'
import { improveRounds } from '../../src/solver/rounds/improve.js'
import { RoundsProblem } from '../../src/solver/rounds/problem.js'
import { roundsProblemOf } from '../../src/solver/rounds/solve.js'
import { legsOf } from '../../src/solver/schedule/legs.js'
import { quota, seeds } from '../cases.js'
import { memoryInLists } from '../kernel/schedule-problems.js'
import { bruteForce } from './brute-force.js'
import { newRun, partsOf } from './parts.js'
import { type ProblemParts, problemOf, randomProblem } from './problems.js'

const ALL = { upper: 2 ** 30, steps: 10_000_000 }

/** The problem's only choices as rounds; undefined where some VM has none, or more than one. */
function roundsProblem(problem: Problem | ProblemParts): RoundsProblem | undefined {
  const { instance, forbidden, request } = partsOf(problem)
  if (request.wishes.some((w) => w.choices.length !== 1)) return undefined
  const decisions = request.wishes.map((w) => ({ choice: w.choices[0], parking: -1 }))
  return roundsProblemOf(instance, forbidden, legsOf(instance, request.wishes, decisions))
}

/** Moves [from, to, seconds] between nodes named by letters. */
function movesOf(moves: [string, string, number][]): RoundsProblem {
  const nodes = [...new Set(moves.flatMap((m) => [m[0], m[1]]))].sort()
  const problem = roundsProblem({
    nodes,
    vms: moves.map(([node], i) => ({ id: `v${i}`, node })),
    request: { moves: moves.map(([, to, durationSeconds], i) => ({ vm: `v${i}`, to, durationSeconds })) },
  })
  if (problem === undefined) throw new Error('a move has no choice')
  return problem
}

async function leastMakespan(problem: RoundsProblem): Promise<number> {
  const { status, bound, rounds } = await searchRounds(problem, ALL)
  expect(status).toBe('found')
  expect(problem.allows(rounds)).toBe(true)
  expect(problem.time(rounds)?.makespan).toBe(bound)
  return bound / 1000
}

describe('exact search over rounds', () => {
  it('two pairs of nodes, equal VMs: half as many rounds as VMs', async () => {
    const moves = Array.from({ length: 8 }, (_, i): [string, string, number] =>
      i % 2 === 0 ? ['A', 'B', 30] : ['C', 'D', 30],
    )
    expect(await leastMakespan(movesOf(moves))).toBe(4 * 30)
  })

  it('a triangle: one after another', async () => {
    const moves: [string, string, number][] = [
      ['A', 'B', 4],
      ['B', 'C', 5],
      ['C', 'A', 6],
    ]
    expect(await leastMakespan(movesOf(moves))).toBe(15)
  })

  it('two pairs of nodes, four VMs each: longest with longest', async () => {
    const seconds = [40, 30, 35, 35, 20, 25, 15, 10]
    const moves = seconds.map((s, i): [string, string, number] =>
      i % 2 === 0 ? ['A', 'B', s] : ['C', 'D', s],
    )
    // A → B: 40 35 20 15. C → D: 35 30 25 10.
    expect(await leastMakespan(movesOf(moves))).toBe(40 + 35 + 25 + 15)
  })

  it.each([
    ['one unit each', [1, 1, 1, 1], 40 + 20],
    ['two units of the longest', [2, 1, 1, 1], 40 + 30 + 10],
  ])('four pairs of nodes that share a resource of two units, %s', async (_, amount, makespan) => {
    const apart = movesOf([
      ['A', 'B', 40],
      ['C', 'D', 30],
      ['E', 'F', 20],
      ['G', 'H', 10],
    ]).problem
    const problem = new RoundsProblem({
      ...apart,
      resourceCount: 9,
      capacity: Int32Array.of(...apart.capacity, 2),
      held: {
        offset: Int32Array.of(0, 1, 2, 3, 4),
        of: new Int32Array(4).fill(8),
        amount: Int32Array.from(amount),
      },
    })
    expect(await leastMakespan(problem)).toBe(makespan)
    expect(problem.allows([[0, 1, 2, 3]])).toBe(false)
    expect(problem.allows(firstComeRounds(problem))).toBe(true)
  })

  it('agrees with brute force, windows, memory, slots, saves and restarts and all', async () => {
    let looked = 0
    let relaxed = 0
    for (const seed of seeds(2500)) {
      const random = randomProblem(seed * 977, {
        vms: 4,
        request: seed % 3 === 0 ? 'both' : 'moves',
        memory: seed % 2 === 0,
        windows: seed % 3 !== 1,
        rules: seed % 4 === 0,
        parking: false,
        tight: seed % 5 === 0,
      })
      const problem = roundsProblem(random)
      if (problem === undefined || problem.taskCount === 0) continue
      const reference = bruteForce(random, 'rounds')
      const whole = reference.best.unplaced === 0
      const found = await searchRounds(problem, ALL)
      if (problem.roomWithinRound) {
        // Nothing that the contract allows is below the relaxed search's bound.
        const { bound } = await searchRounds(problem, { ...ALL, relaxed: true })
        if (whole) expect(bound / 1000, random.name).toBeLessThanOrEqual(reference.best.makespan + 1e-6)
        relaxed++
        continue
      }
      // Rivals of one group are not seen here: they never get as far as a schedule.
      if (!whole && random.vms.some((vm) => vm.antiAffinity !== undefined)) continue
      expect(found.status, random.name).toBe(whole ? 'found' : 'refuted')
      if (whole) expect(found.bound / 1000, random.name).toBeCloseTo(reference.leastMakespan(0), 6)
      looked++
    }
    expect(looked).toBeGreaterThan(quota(800))
    expect(relaxed).toBeGreaterThan(quota(20))
  })

  it('is the same where memory is one of many reservoirs', async () => {
    let bound = 0
    for (let seed = 1; seed <= 150; seed++) {
      const flavour = {
        vms: 4,
        request: 'moves' as const,
        windows: seed % 3 === 0,
        rules: false,
        parking: false,
      }
      const problem = roundsProblem(randomProblem(seed * 977, { ...flavour, memory: true, tight: true }))
      if (problem === undefined || problem.problem.memoryNodeCount === 0) continue
      const listed = new RoundsProblem(memoryInLists(problem.problem))
      for (const relaxed of [false, true])
        expect(await searchRounds(listed, { ...ALL, relaxed })).toEqual(
          await searchRounds(problem, { ...ALL, relaxed }),
        )
      expect(listed.allows(firstComeRounds(listed))).toBe(problem.allows(firstComeRounds(problem)))
      bound++
    }
    expect(bound).toBeGreaterThan(50)
  })

  it('refutes what lies below the optimum, and bounds it wherever it is stopped', async () => {
    for (const seed of seeds(300)) {
      const problem = roundsProblem(
        randomProblem(seed * 389, {
          vms: 6,
          request: 'moves',
          memory: false,
          windows: seed % 2 === 0,
          rules: false,
          parking: false,
        }),
      )
      if (problem === undefined || problem.taskCount === 0) continue
      const { status, bound: optimum } = await searchRounds(problem, ALL)
      if (status !== 'found') continue
      expect(await searchRounds(problem, { ...ALL, upper: optimum })).toMatchObject({
        status: 'refuted',
        bound: optimum,
      })
      for (const steps of [1, 5, 30]) {
        const { bound } = await searchRounds(problem, { ...ALL, steps })
        expect(bound).toBeLessThanOrEqual(optimum)
      }
    }
  })

  it('waits with a whole round for one window where that ends earlier', async () => {
    const problem = problemOf({
      nodes: ['A', 'B', 'C', 'D'],
      vms: ['A', 'C'].map((node) => ({ id: `v${node}`, node })),
      windows: [{ vm: 'vC', start: 0, end: 3 }],
      request: { moves: ['vA>B 10', 'vC>D 9'] },
    })
    // Both in one round, the second from 3 on: 12 seconds; one after the other: 19.
    const rounds = roundsProblem(problem)
    expect(rounds === undefined ? undefined : await leastMakespan(rounds)).toBe(12)
  })
})

/** Small problems of moves with first-come rounds that are allowed, and when those are over, ticks. */
function* firstRounds(count: number, factor: number, isWide: (seed: number) => boolean) {
  for (const seed of seeds(count)) {
    const problem = roundsProblem(
      randomProblem(seed * factor, {
        vms: 6,
        request: 'moves',
        memory: seed % 3 === 0,
        windows: seed % 2 === 0,
        width: isWide(seed),
        rules: false,
        parking: false,
      }),
    )
    if (problem === undefined || problem.taskCount < 2) continue
    const first = firstComeRounds(problem)
    const before = problem.time(first)?.makespan
    if (before !== undefined && problem.allows(first)) yield { seed, problem, first, before }
  }
}

describe('repacking a few rounds', () => {
  it('never ends later, and ends at the optimum of small problems', async () => {
    let optimal = 0
    let looked = 0
    for (const { seed, problem, first, before } of firstRounds(400, 613, () => false)) {
      let last = before
      const rounds = await improveRounds(problem, newRun(), first, {
        target: 0,
        prices: undefined,
        steps: 20_000,
        seed,
        onBetter: (better) => {
          const now = problem.time(better)?.makespan ?? Number.POSITIVE_INFINITY
          expect(now).toBeLessThan(last)
          last = now
        },
      })
      expect(problem.allows(rounds)).toBe(true)
      expect(problem.time(rounds)?.makespan).toBe(last)
      const { bound } = await searchRounds(problem, ALL)
      expect(last).toBeGreaterThanOrEqual(bound)
      looked++
      if (last === bound) optimal++
    }
    expect(looked).toBeGreaterThan(quota(150))
    expect(optimal).toBe(looked)
  })
})

describe('annealing rounds', () => {
  it('never ends later, keeps slots, memory and order, and ends at the optimum of nearly all small problems', async () => {
    let optimal = 0
    let looked = 0
    for (const { seed, problem, first, before } of firstRounds(300, 617, (seed) => seed % 5 === 0)) {
      const rounds = await annealRounds(problem, newRun(), first, { target: 0, work: 60_000, seed })
      expect(problem.allows(rounds), `seed ${seed}`).toBe(true)
      const makespan = problem.time(rounds)?.makespan ?? Number.POSITIVE_INFINITY
      expect(makespan, `seed ${seed}`).toBeLessThanOrEqual(before)
      const { bound } = await searchRounds(problem, ALL)
      expect(makespan, `seed ${seed}`).toBeGreaterThanOrEqual(bound)
      looked++
      if (makespan === bound) optimal++
    }
    expect(looked).toBeGreaterThan(quota(100))
    expect(optimal).toBeGreaterThan(0.9 * looked)
  })
})
