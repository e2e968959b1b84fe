import { describe, expect, it } from 'vitest'
import { roundsThresholdBound } from '../../../src/solver/bounds/rounds-threshold.js'
import { quota, seeds } from '../../cases.js'
import { bruteForce } from '../brute-force.js'
import { partsOf } from '../parts.js'
import { problemOf, randomProblem } from '../problems.js'

function boundOf(problem: Parameters<typeof partsOf>[0], spare = 0) {
  const { instance, open } = partsOf(problem)
  return (
    roundsThresholdBound(
      instance,
      open.filter((w) => !w.makesRoom),
      spare,
    ) / 1000
  )
}

/** Moves [from, to, seconds] between nodes named by letters, with so many slots each. */
function movesOf(moves: [string, string, number][], slots: Record<string, number> = {}) {
  const nodes = [...new Set(moves.flatMap((m) => [m[0], m[1]]))].sort()
  return problemOf({
    nodes: nodes.map((id) => ({ id, slots: slots[id] ?? 1 })),
    vms: moves.map(([node], i) => ({ id: `v${i}`, node })),
    request: { moves: moves.map(([, to, durationSeconds], i) => ({ vm: `v${i}`, to, durationSeconds })) },
  })
}

describe('rounds by duration thresholds', () => {
  it('sums, over all lengths, how many rounds of that length one node needs', () => {
    // A takes part in 10, 7 and 2; B in 9: one round of 10, one of at least 7, one of at least 2.
    expect(
      boundOf(
        movesOf([
          ['A', 'B', 10],
          ['A', 'C', 7],
          ['D', 'A', 2],
          ['B', 'D', 9],
        ]),
      ),
    ).toBe(10 + 9 + 2)
  })

  it('knows that a triangle holds one migration a round', () => {
    expect(
      boundOf(
        movesOf([
          ['A', 'B', 4],
          ['B', 'C', 5],
          ['C', 'A', 6],
        ]),
      ),
    ).toBe(15)
  })

  it('divides by slots', () => {
    const moves: [string, string, number][] = [
      ['A', 'B', 10],
      ['A', 'C', 8],
      ['A', 'D', 5],
    ]
    expect(boundOf(movesOf(moves))).toBe(23)
    expect(boundOf(movesOf(moves, { A: 2 }))).toBe(15)
    expect(boundOf(movesOf(moves, { A: 3 }))).toBe(10)
  })

  it('takes the lightest out where some may stay unplaced', () => {
    const problem = movesOf([
      ['A', 'B', 10],
      ['A', 'B', 8],
      ['A', 'B', 5],
    ])
    expect(boundOf(problem, 2001)).toBe(13)
    expect(boundOf(problem, 3 * 2001)).toBe(0)
  })

  it('is never above the least makespan of rounds, with VMs unplaced or not', () => {
    let met = 0
    for (const seed of seeds(1500)) {
      const problem = randomProblem(seed * 131, {
        vms: 4,
        request: (['moves', 'drain', 'both'] as const)[seed % 3],
        memory: seed % 4 === 0,
        windows: seed % 2 === 0,
        rules: seed % 5 === 0,
        parking: false,
      })
      const reference = bruteForce(problem, 'rounds')
      const { unplaced } = reference.best
      // What no choice is left for stays whatever the weight; the bound is over the others.
      const { instance, request } = partsOf(problem)
      const hopeless = request.wishes.reduce(
        (sum, w) => sum + (w.choices.length === 0 ? instance.vmWeight[w.vm] : 0),
        0,
      )
      const spare = unplaced - hopeless
      const least = reference.leastMakespan(unplaced)
      expect(boundOf(problem, spare), problem.name).toBeLessThanOrEqual(least + 1e-6)
      if (boundOf(problem, spare) === least) met++
    }
    expect(met).toBeGreaterThan(quota(600))
  })
})
