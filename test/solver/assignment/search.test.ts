import { describe, expect, it } from 'vitest'
import {
  annealAssignment,
  eject,
  placeGreedily,
  restore,
  roundShares,
  takeOnlyChoices,
} from '../../../src/solver/assignment/search.js'
import { Random } from '../../../src/solver/random.js'
import { quota, row, seeds } from '../../cases.js'
import { bruteForce } from '../brute-force.js'
import { endFaults, newRun, type Parts, partsOf } from '../parts.js'
import { type Flavour, problemOf, randomProblem } from '../problems.js'

const flavour = (seed: number): Flavour => ({
  vms: 5,
  request: (['both', 'drain', 'moves'] as const)[seed % 3],
  memory: true,
  windows: false,
  rules: seed % 4 === 0,
  parking: false,
  tight: true,
})

const STEPS: Record<string, [(parts: Parts, seed: number) => Promise<void> | void]> = {
  takeOnlyChoices: row(({ state }) => takeOnlyChoices(state, newRun())),
  placeGreedily: row(({ state }) => placeGreedily(state, newRun())),
  roundShares: row(({ state, open }, seed) => {
    const random = new Random(seed)
    const shares = open.map((w) =>
      Float64Array.from(w.choices, () => (random.below(9) === 0 ? Number.NaN : random.unit() - 0.3)),
    )
    return roundShares(state, shares, newRun())
  }),
  eject: row(async ({ state }) => {
    await placeGreedily(state, newRun())
    await eject(state, newRun())
  }),
  annealAssignment: row(async ({ state }, seed) => {
    await takeOnlyChoices(state, newRun())
    await annealAssignment(state, newRun(), 2000, seed)
  }),
}

describe('every step ends where each node has room, no arrival shares a group and sets are together', () => {
  it.each(Object.entries(STEPS))('%s', async (_, [step]) => {
    for (const seed of seeds(500)) {
      const policies = seed > 250 ? { policies: true, groups: seed % 2 === 0, tight: seed % 5 === 0 } : {}
      const parts = partsOf(randomProblem(seed * 211, { ...flavour(seed), ...policies }))
      if (parts.open.length === 0) continue
      await step(parts, seed)
      expect(endFaults(parts), `seed ${seed}`).toEqual([])
    }
  })
})

describe('annealing', () => {
  it('never ends worse than it began, and repeats', async () => {
    for (const seed of seeds(60)) {
      const problem = randomProblem(seed * 19, flavour(seed))
      const results = []
      for (let again = 0; again < 2; again++) {
        const { state, open } = partsOf(problem)
        if (open.length === 0) continue
        await placeGreedily(state, newRun())
        const before = state.unplacedWeight
        await annealAssignment(state, newRun(), 1500, seed)
        expect(state.unplacedWeight).toBeLessThanOrEqual(before)
        results.push([...state.chosen])
      }
      expect(results[1]).toEqual(results[0])
    }
  })

  it('does not send a VM home to one of its group that has arrived there', async () => {
    // x must leave A before y may come; C has room for x or for w, and w weighs more than both.
    const problem = problemOf({
      nodes: ['A', 'B', 'C 1000', 'D', 'E 100'],
      vms: [
        { id: 'x', node: 'A', antiAffinity: ['g'], priority: 0 },
        { id: 'y', node: 'B', antiAffinity: ['g'], priority: 2000 },
        { id: 'w', node: 'B', priority: 3000 },
        'z@E 100',
      ],
      request: { moves: ['x>C', 'y>A', 'w>C'], drain: ['E'] },
    })
    for (let seed = 0; seed < 10; seed++) {
      const parts = partsOf(problem)
      restore(parts.state, Int32Array.of(0, 0, -1, 0))
      expect(endFaults(parts)).toEqual([])
      await annealAssignment(parts.state, newRun(), 3000, seed)
      expect(endFaults(parts), `seed ${seed}`).toEqual([])
      expect(parts.state.unplacedWeight).toBeLessThanOrEqual(3001)
    }
  })

  it('places as much as can be, nearly always', async () => {
    let reached = 0
    let tried = 0
    for (const seed of seeds(120)) {
      const problem = randomProblem(seed * 97, { ...flavour(seed), vms: 4, rules: false, request: 'drain' })
      const { state, open, request, instance } = partsOf(problem)
      if (open.length === 0) continue
      await placeGreedily(state, newRun())
      await eject(state, newRun())
      await annealAssignment(state, newRun(), 4000, seed)
      const never = request.wishes.filter((w) => w.choices.length === 0)
      const weight = state.unplacedWeight + never.reduce((sum, w) => sum + instance.vmWeight[w.vm], 0)
      tried++
      if (weight <= bruteForce(problem, 'timeline').best.unplaced) reached++
    }
    expect(tried).toBeGreaterThan(quota(80))
    expect(reached).toBeGreaterThan(0.9 * tried)
  })
})

describe('rounding', () => {
  it('lets two VMs trade places', async () => {
    const { state } = partsOf({
      nodes: ['A 1000', 'B 1000'],
      vms: ['a@A', 'b@B'],
      request: { moves: ['a>B', 'b>A'] },
    })
    await takeOnlyChoices(state, newRun())
    expect([...state.chosen]).toEqual([0, 0])
    await placeGreedily(state, newRun())
    expect(state.unplacedWeight).toBe(0)
  })

  it('sends the least weight home where a node has too little room', async () => {
    const { state, open, instance } = partsOf({
      nodes: ['A', 'B 2500'],
      vms: [2000, 3000, 0, 1000].map((priority, i) => ({ id: `v${i}`, node: 'A', priority })),
      request: { moves: [0, 1, 2, 3].map((i) => ({ vm: `v${i}`, to: 'B' })) },
    })
    await takeOnlyChoices(state, newRun())
    const stay = open.filter((_, w) => state.chosen[w] < 0).map((w) => instance.problem.vms[w.vm].priority)
    expect(stay).toEqual([0, 1000])
  })
})
