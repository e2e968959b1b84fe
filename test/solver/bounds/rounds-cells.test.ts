import { describe, expect, it } from 'vitest'
import type { ScheduleProblem } from '../../../src/kernel/types.js'
import { Cells, cutsOf, ends, timeCost } from '../../../src/solver/bounds/rounds-cells.js'
import { RoundsProblem } from '../../../src/solver/rounds/problem.js'
import { below, mixedProblem, plainProblem, type Random, random } from '../../kernel/schedule-problems.js'

/** Tasks of these durations, on nodes of their own: [duration, ...forbidden intervals]. */
function problemOf(tasks: [duration: number, ...forbidden: number[]][], horizon = 1000): RoundsProblem {
  const n = tasks.length
  const lists = tasks.map(([, ...forbidden]) => forbidden)
  return new RoundsProblem({
    ...plainProblem(random(1), n, 2 * n),
    resourceA: Int32Array.from({ length: n }, (_, i) => 2 * i),
    resourceB: Int32Array.from({ length: n }, (_, i) => 2 * i + 1),
    duration: Int32Array.from(tasks, ([duration]) => duration),
    forbiddenClass: Int32Array.from({ length: n }, (_, i) => i),
    forbiddenOffset: Int32Array.from([0, ...lists.map((_, i) => lists.slice(0, i + 1).flat().length / 2)]),
    forbidden: Int32Array.from(lists.flat()),
    horizon,
  })
}

/** The first end of all starts from `from` on, one by one; Infinity: none by `until`. */
function endFrom(problem: RoundsProblem, task: number, from: number, until: number): number {
  const duration = problem.problem.duration[task]
  const forbidden = problem.forbidden[task]
  for (let end = from + duration; end <= Math.min(problem.problem.horizon, until); end++) {
    let free = true
    for (let i = 0; i < forbidden.length; i += 2)
      if (forbidden[i] < end && end - duration < forbidden[i + 1]) free = false
    if (free) return end
  }
  return Number.POSITIVE_INFINITY
}

function* spansOf(cells: Cells): Generator<{ first: number; last: number }> {
  for (let first = 0; first < cells.count; first++) {
    for (let last = first; last < cells.count; last++) yield { first, last }
  }
}

function smallProblem(next: Random): ScheduleProblem {
  for (;;) {
    const problem = mixedProblem(next, 5)
    if (problem.taskCount > 0 && Math.max(...problem.duration) <= 20) return problem
  }
}

function someCells(next: Random, problem: RoundsProblem): Cells {
  const until = 2 + below(next, 60)
  const cuts = Array.from({ length: below(next, 6) }, () => 1 + below(next, 70))
  return new Cells(problem, [0, ...new Set(cuts.sort((a, b) => a - b))], until)
}

describe('cells of time', () => {
  it('end where they are told to, cuts from there on left out', () => {
    const cells = new Cells(problemOf([[3]]), [0, 4, 10, 12], 10)
    expect(cells.cuts).toEqual([0, 4, 10])
    expect(cells.count).toBe(2)
    expect([0, 1].map((k) => cells.length(k))).toEqual([4, 6])
  })

  it('know which tasks a round has room for, and where it can be over, as if every tick were tried', () => {
    let fitting = 0
    let closing = 0
    let spans = 0
    for (let seed = 1; seed <= 150; seed++) {
      const next = random(seed)
      const problem = new RoundsProblem({ ...smallProblem(next), memoryNodeCount: 0 })
      const cells = someCells(next, problem)
      for (const span of spansOf(cells)) {
        const [from, until] = [cells.cuts[span.first], cells.cuts[span.last + 1]]
        let closes = problem.roomWithinRound || cells.count === 1
        problem.classes.forEach(({ tasks: [task] }, c) => {
          const fits = endFrom(problem, task, from, until) <= until
          expect(cells.fits(c, span), `seed ${seed}, class ${c}, ${span.first} … ${span.last}`).toBe(fits)
          if (fits) fitting++
          for (let t = from; t < cells.cuts[span.first + 1]; t++) {
            const end = endFrom(problem, task, t, until)
            if (end <= until && (span.first === span.last || end > cells.cuts[span.last])) closes = true
          }
        })
        expect(cells.closes(span), `seed ${seed}, ${span.first} … ${span.last}`).toBe(closes)
        if (closes) closing++
        spans++
      }
    }
    expect(fitting).toBeGreaterThan(spans / 2)
    expect(closing).toBeGreaterThan(spans / 4)
    expect(closing).toBeLessThan(spans)
  })

  // Spans as first-last.
  it.each([
    ['a task that windows keep until later', problemOf([[5, 0, 20]]), [0, 20, 30, 50], '0-1 1-1 1-2 2-2'],
    ['a task that ends as the cell does', problemOf([[10]]), [0, 10, 20, 50], '0-0 0-1 1-1 1-2 2-2'],
    ['a task with a window in its way', problemOf([[10, 15, 25]]), [0, 5, 30, 50], '0-1 1-1 1-2 2-2'],
    ['a task that does not end within the horizon', problemOf([[10]], 15), [0, 5, 30, 50], '0-1 1-1'],
    [
      'a task that takes no time, before an interval or after it',
      problemOf([[0, 0, 9e8]], 9e8),
      [0, 5e8, 1e9],
      '0-0 0-1 1-1',
    ],
  ])('a round of %s', (_, problem, cuts, spans) => {
    const cells = new Cells(problem, cuts.slice(0, -1), cuts[cuts.length - 1])
    const closing = [...spansOf(cells)].filter((span) => cells.closes(span))
    expect(closing.map(({ first, last }) => `${first}-${last}`).join(' ')).toBe(spans)
  })

  it('say that a round may be over anywhere where who waits for room ends it, and where there is one cell', () => {
    const one = new Cells(problemOf([[30]]), [0], 10)
    expect(one.closes({ first: 0, last: 0 })).toBe(true)
    const { problem } = problemOf([[30]])
    const waits = new RoundsProblem({
      ...problem,
      transfers: { offset: Int32Array.of(0, 1), of: Int32Array.of(0), amount: Float64Array.of(1) },
      memoryNodeCount: 1,
      freeMemory: Float64Array.of(5),
    })
    const cells = new Cells(waits, [0, 10, 20], 40)
    expect([...spansOf(cells)].every((s) => cells.closes(s))).toBe(true)
  })

  it('share out a round as cheaply as any split would, and price it so', () => {
    const problem = problemOf([[1]])
    let tooLong = 0
    for (let seed = 1; seed <= 300; seed++) {
      const next = random(seed)
      const cells = someCells(next, problem)
      const prices = {
        cell: Float64Array.from({ length: cells.count }, () => below(next, 5)),
        cut: Float64Array.from({ length: cells.count }, (_, k) => (k === 0 ? 0 : below(next, 9))),
      }
      for (const span of spansOf(cells)) {
        const { first, last } = span
        const inside = Array.from({ length: Math.max(0, last - first - 1) }, (_, i) => first + 1 + i)
        const inner = inside.reduce((sum, k) => sum + cells.length(k), 0)
        expect(cells.inner(span)).toBe(inner)
        const length = below(next, 70)
        let least: number | undefined
        for (let a = 0; a <= cells.length(first); a++) {
          const b = Math.max(0, length - inner) - a
          if (b < 0 || b > (first === last ? 0 : cells.length(last))) continue
          const cost = a * prices.cell[first] + b * prices.cell[last]
          if (least === undefined || cost < least) least = cost
        }
        const taken = ends(cells, span, length, prices.cell)
        if (least === undefined || taken === undefined) {
          expect([taken, timeCost(cells, span, length, prices)]).toEqual([undefined, undefined])
          expect(least).toBeUndefined()
          tooLong++
          continue
        }
        expect(taken.first + taken.last + inner).toBe(Math.max(length, inner))
        expect(Math.min(taken.first, taken.last)).toBeGreaterThanOrEqual(0)
        expect(taken.first).toBeLessThanOrEqual(cells.length(first))
        const crossed = prices.cut.slice(first + 1, last + 1).reduce((sum, p) => sum + p, 0)
        const held = inside.reduce((sum, k) => sum + cells.length(k) * prices.cell[k], 0)
        expect(timeCost(cells, span, length, prices)).toBe(least + held + crossed)
      }
    }
    expect(tooLong).toBeGreaterThan(500)
  })

  it('take from the first cell what both ends would sell for the same', () => {
    const cells = new Cells(problemOf([[1]]), [0, 4, 10], 13)
    expect(ends(cells, { first: 0, last: 2 }, 9, Float64Array.of(1, 1, 1))).toEqual({ first: 3, last: 0 })
    expect(ends(cells, { first: 0, last: 2 }, 12, Float64Array.of(1, 1, 1))).toEqual({ first: 4, last: 2 })
    expect(ends(cells, { first: 0, last: 2 }, 12, Float64Array.of(2, 1, 1))).toEqual({ first: 3, last: 3 })
    expect(ends(cells, { first: 0, last: 2 }, 13, Float64Array.of(2, 1, 1))).toEqual({ first: 4, last: 3 })
  })
})

describe('where time is cut', () => {
  // 40 closes two tasks of one class and another one; 30 and 50 one each.
  const voted = problemOf([
    [5, 40, 50],
    [5, 30, 40],
  ])
  it.each<[string, RoundsProblem, number, number, number[]]>([
    ['nowhere without windows', problemOf([[5], [6]]), 100, 4, [0]],
    ['at the edge with the most votes', voted, 100, 2, [0, 40]],
    ['then at the earliest', voted, 100, 3, [0, 30, 40]],
    ['then at all', voted, 100, 4, [0, 30, 40, 50]],
    ['then in the middle of the longest cell, the earlier of two', voted, 100, 6, [0, 15, 30, 40, 50, 75]],
    ['of odd length, a tick before its middle', problemOf([[5, 3, 10]]), 15, 4, [0, 3, 6, 10]],
    ['not at the beginning of all time', problemOf([[5, 0, 40]]), 100, 2, [0, 40]],
    ['not from the end on', problemOf([[5, 40, 100, 120, 130]]), 100, 3, [0, 40, 70]],
    ['nowhere where all edges lie beyond', problemOf([[5, 100, 130]]), 100, 3, [0]],
    ['into ticks at the most', problemOf([[5, 2, 3]]), 4, 9, [0, 1, 2, 3]],
    ['into one cell', voted, 100, 1, [0]],
  ])('%s', (_, problem, until, most, cuts) => {
    expect(cutsOf(problem, until, most)).toEqual(cuts)
  })

  it('counts a vote for each task of a class', () => {
    const { problem } = problemOf([
      [5, 60, 70],
      [6, 20, 30],
    ])
    const twice = new RoundsProblem({
      ...plainProblem(random(1), 3, 4),
      resourceA: Int32Array.of(0, 0, 2),
      resourceB: Int32Array.of(1, 1, 3),
      duration: Int32Array.of(5, 5, 6),
      forbiddenClass: Int32Array.of(0, 0, 1),
      forbiddenOffset: problem.forbiddenOffset,
      forbidden: problem.forbidden,
    })
    expect(twice.classes.length).toBe(2)
    expect(cutsOf(twice, 100, 3)).toEqual([0, 60, 70])
  })
})
