/** Who goes when: serial groups, the request's order, deadlines. */
import { describe, expect, it } from 'vitest'
import { testWrongPlans, violationsOf, wrong } from './mutate.js'
import { drain, moves, parking, rounds, saveInPlace } from './right-plans.js'

const together = { serial: ['s'] }

describe('serial', () => {
  testWrongPlans('serial', {
    'two live migrations': wrong(moves, 'c1 @0 +1', { vms: { a1: together, c1: together } }),
    'a restart and a save': wrong(drain, 's1 @0 +1', { vms: { r1: together, s1: together } }),
    'two in one round': wrong(rounds, 'h1', { vms: { h1: together, s1: together } }),
  })

  it('is kept by saves in turn, by migrations that touch, by other groups, and by other rounds', () => {
    expect(violationsOf({ from: saveInPlace, vms: { a1: together, a2: together } })).toEqual([])
    expect(violationsOf({ from: moves, vms: { a1: together, a2: together, b1: together } })).toEqual([])
    expect(violationsOf({ from: moves, vms: { a1: together, c1: { serial: ['t'] } } })).toEqual([])
    expect(violationsOf({ from: rounds, vms: { h1: together, s2: together } })).toEqual([])
  })
})

describe('sequence', () => {
  testWrongPlans('sequence', {
    'the later one first': wrong(moves, 'c1,a2 @0 +35.1', { problem: { order: [['b1', 'c1', 'a2']] } }),
    'before the last leg': wrong(parking, 'b1', { problem: { order: [['a1', 'b1']] } }),
    'the same round': wrong(rounds, 's1 +1', { problem: { order: [['h1', 's1']] } }),
    'behind one that does not migrate': wrong(moves, 'a1 +33.1', {
      problem: { order: [['a2', 'd1', 'a1']] },
    }),
  })

  it('is kept by what ends as another starts, and binds nobody to one that does not migrate', () => {
    expect(
      violationsOf({
        from: moves,
        problem: {
          order: [
            ['a1', 'a2', 'b1'],
            ['d1', 'c1'],
          ],
        },
      }),
    ).toEqual([])
    expect(
      violationsOf({
        from: rounds,
        problem: {
          order: [
            ['h2', 'h3'],
            ['s1', 'h3'],
          ],
        },
      }),
    ).toEqual([])
  })
})

describe('deadline', () => {
  testWrongPlans('deadline', {
    'a move that is over too late': wrong(moves, 'a2 @33.1 +0.1', {
      problem: { moves: [] },
      moves: ['a1>B', 'c1>D', 'd1>D'],
      change: (_, { problem }) => {
        problem.moves = [
          ...problem.moves,
          { vm: 'a2', to: ['C'], durationSeconds: 20, bySeconds: 33 },
          { vm: 'b1', to: ['C'], bySeconds: 35.1 },
        ]
      },
    }),
    'what leaves a drained node too late': wrong(drain, 'r1 @180 +158', (_, { problem }) => {
      problem.drains = problem.drains.map((each) => ({ ...each, bySeconds: 22 }))
    }),
    'a save that ends too late': wrong(saveInPlace, 'a2 +0.5', (_, { problem }) => {
      problem.drains = problem.drains.map((each) => ({ ...each, bySeconds: 2.5 }))
    }),
    'the last leg of two': wrong(parking, 'a1 +1', (plan, { problem }) => {
      const last = plan.migrations.at(-1)!
      problem.moves = problem.moves.map((move) =>
        move.vm === last.vm ? { ...move, bySeconds: last.endSeconds - 1 } : move,
      )
    }),
  })

  it('is kept by what ends at it', () => {
    const found = violationsOf({
      from: drain,
      change: (_, { problem }) => {
        problem.drains = problem.drains.map((each) => ({ ...each, bySeconds: 180 }))
      },
    })
    expect(found).toEqual([])
  })
})
