/** Who goes when: serial groups, the request's order, deadlines. */
import { describe, expect, it } from 'vitest'
import { testWrongPlans, violationsOf } from './mutate.js'
import { drain, moves, parking, rounds, saveInPlace } from './right-plans.js'

const together = { serial: ['s'] }

describe('serial', () => {
  testWrongPlans('serial', {
    'two live migrations': {
      from: moves,
      vms: { a1: together, c1: together },
      found: { subject: 'c1', atSeconds: 0, excess: 1 },
    },
    'a restart and a save': {
      from: drain,
      vms: { r1: together, s1: together },
      found: { subject: 's1', atSeconds: 0, excess: 1 },
    },
    'two in one round': { from: rounds, vms: { h1: together, s1: together }, found: { subject: 'h1' } },
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
    'the later one first': {
      from: moves,
      problem: { order: [['b1', 'c1', 'a2']] },
      found: { subject: ['c1', 'a2'], atSeconds: 0, excess: 35.1 },
    },
    'before the last leg': {
      from: parking,
      problem: { order: [['a1', 'b1']] },
      found: { subject: 'b1' },
    },
    'the same round': {
      from: rounds,
      problem: { order: [['h1', 's1']] },
      found: { subject: 's1', excess: 1 },
    },
    'behind one that does not migrate': {
      from: moves,
      problem: { order: [['a2', 'd1', 'a1']] },
      found: { subject: 'a1', excess: 33.1 },
    },
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
    'a move that is over too late': {
      from: moves,
      problem: { moves: [] },
      moves: ['a1>B', 'c1>D', 'd1>D'],
      change: (_, { problem }) => {
        problem.moves = [
          ...problem.moves,
          { vm: 'a2', to: ['C'], durationSeconds: 20, bySeconds: 33 },
          { vm: 'b1', to: ['C'], bySeconds: 35.1 },
        ]
      },
      found: { subject: 'a2', atSeconds: 33.1, excess: 0.1 },
    },
    'what leaves a drained node too late': {
      from: drain,
      change: (_, { problem }) => {
        problem.drains = problem.drains.map((each) => ({ ...each, bySeconds: 22 }))
      },
      found: { subject: 'r1', atSeconds: 180, excess: 158 },
    },
    'a save that ends too late': {
      from: saveInPlace,
      change: (_, { problem }) => {
        problem.drains = problem.drains.map((each) => ({ ...each, bySeconds: 2.5 }))
      },
      found: { subject: 'a2', excess: 0.5 },
    },
    'the last leg of two': {
      from: parking,
      change: (plan, { problem }) => {
        const last = plan.migrations.at(-1)!
        problem.moves = problem.moves.map((move) =>
          move.vm === last.vm ? { ...move, bySeconds: last.endSeconds - 1 } : move,
        )
      },
      found: { subject: 'a1', excess: 1 },
    },
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
