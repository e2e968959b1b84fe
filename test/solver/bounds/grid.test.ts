import { describe, expect, it } from 'vitest'
import { timeGrid } from '../../../src/solver/bounds/grid.js'
import { below, random } from '../../kernel/schedule-problems.js'
import { bruteForce } from '../brute-force.js'
import { partsOf } from '../parts.js'
import { type ProblemParts, problemOf } from '../problems.js'

const movesOf = (seconds: number[], windows: ProblemParts['windows'] = []) =>
  problemOf({
    nodes: ['A', 'B', 'C'],
    vms: [...seconds.map((_, i) => ({ id: `v${i}`, node: 'A' })), 'rests@A'],
    windows,
    request: { moves: seconds.map((durationSeconds, i) => ({ vm: `v${i}`, to: 'B', durationSeconds })) },
  })

function gridOf(problem: ReturnType<typeof problemOf>): number {
  const { instance, open } = partsOf(problem)
  return timeGrid(instance, open)
}

describe('the grid of time', () => {
  it.each<[string, number[], ProblemParts['windows'], number]>([
    ['what divides all durations', [6, 9, 30], [], 3000],
    ['to the millisecond', [0.006, 0.9], [], 6],
    ['1 ms where nothing does', [6, 0.001], [], 1],
    ['the only duration', [7], [], 7000],
    [
      'the end of a window of the source, not its beginning',
      [6, 12],
      [{ node: 'A', start: 1, end: 10 }],
      2000,
    ],
    ['the end of a window of the target', [6, 12], [{ node: 'B', start: 1, end: 10 }], 2000],
    ['nothing of a node that takes no part', [6, 12], [{ node: 'C', start: 1, end: 10 }], 6000],
    ['the end of a window of the VM', [6, 12], [{ vm: 'v1', start: 1, end: 9 }], 3000],
    ['nothing of a VM that stays', [6, 12], [{ vm: 'rests', start: 1, end: 9 }], 6000],
    ['the end of a window of the cluster', [6, 12], [{ start: 1, end: 10 }], 2000],
    [
      'the end of every window of one list',
      [60, 120],
      [
        { node: 'A', start: 1, end: 30 },
        { node: 'A', start: 31, end: 45 },
        { node: 'A', start: 46, end: 50 },
      ],
      5000,
    ],
  ])('%s', (_, seconds, windows, grid) => {
    expect(gridOf(movesOf(seconds, windows))).toBe(grid)
  })

  it('counts every way that a VM may go', () => {
    const problem = problemOf({
      nodes: [{ id: 'A', migrationMbps: 4000 }, { id: 'B', migrationMbps: 3000 }, 'C'],
      vms: ['v@A 12000'],
      request: { drain: ['A'] },
    })
    const { instance, open } = partsOf(problem)
    const durations = open[0].choices.map(({ duration }) => duration)
    expect(new Set(durations).size).toBe(2)
    const grid = timeGrid(instance, open)
    expect(durations.map((d) => d % grid)).toEqual([0, 0])
    expect(grid).toBeLessThan(Math.min(...durations))
  })

  it('is one tick where nothing is asked for', () => {
    expect(gridOf(movesOf([]))).toBe(1)
  })

  it('has every optimum on it, whenever windows begin', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const next = random(seed)
      const g = 2 + below(next, 4)
      const windows = Array.from({ length: below(next, 4) }, (_, i) => {
        const end = g * (1 + below(next, 8))
        return { node: 'ABC'[i], start: Math.max(0, end - 1 - below(next, 12)), end }
      })
      const problem = problemOf({
        nodes: ['A', { id: 'B', slots: 1 + below(next, 2) }, 'C'],
        vms: Array.from({ length: 4 }, (_, i) => ({ id: `v${i}`, node: 'ABC'[below(next, 3)] })),
        windows,
        request: {
          moves: Array.from({ length: 4 }, (_, i) => {
            return { vm: `v${i}`, to: 'ABC'[below(next, 3)], durationSeconds: g * (1 + below(next, 5)) }
          }),
        },
      })
      const grid = gridOf(problem)
      const optimum = bruteForce(problem, 'timeline').best.makespan * 1000
      expect(optimum % grid, `seed ${seed}: ${optimum} on ${grid}`).toBe(0)
    }
  })
})
