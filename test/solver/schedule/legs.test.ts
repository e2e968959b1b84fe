import { describe, expect, it } from 'vitest'
import type { Problem } from '../../../src/model/problem.js'
import { bindingNodes, type Decision, legsOf, scheduleProblemOf } from '../../../src/solver/schedule/legs.js'
import { partsOf } from '../parts.js'
import { type ProblemParts, problemOf } from '../problems.js'

/** The first choice of every wish, by way of the given nodes. */
function decide(problem: Problem | ProblemParts, parking: Record<number, number> = {}) {
  const parts = partsOf(problem)
  const decisions = parts.open.map((w, i): Decision => ({ choice: w.choices[0], parking: parking[i] ?? -1 }))
  const legs = legsOf(parts.instance, parts.open, decisions)
  return { ...parts, decisions, legs, schedule: scheduleProblemOf(parts.instance, parts.forbidden, legs) }
}

describe('legs', () => {
  const problem = problemOf({
    nodes: ['A', { id: 'B', migrationMbps: 2 * 838.8608 }, { id: 'C', slots: 2 }],
    vms: ['a@A 1000', 'b@A 500'],
    request: { moves: ['a>C 7', 'b>B'] },
    policy: { wideMigrations: false },
  })

  it('one for a direct move, with the duration of its choice', () => {
    expect(decide(problem).legs).toMatchObject([
      { wish: 0, vm: 0, from: 0, to: 2, kind: 'live', duration: 7000, predecessor: -1, parking: false },
      { wish: 1, vm: 1, from: 0, to: 1, kind: 'live', duration: 5000, predecessor: -1, parking: false },
    ])
  })

  it('two by way of a stop-over; a given duration is that of the last', () => {
    const { legs, schedule } = decide(problem, { 0: 1 })
    expect(legs).toMatchObject([
      { wish: 0, from: 0, to: 1, duration: 10_000, predecessor: -1, parking: true },
      { wish: 0, from: 1, to: 2, duration: 7000, predecessor: 0, parking: false },
      { wish: 1, from: 0, to: 1, predecessor: -1, parking: false },
    ])
    // Half the bandwidth of C, which shares it between two slots.
    expect(decide(problem, { 1: 2 }).legs).toMatchObject([
      { wish: 0, predecessor: -1 },
      { wish: 1, from: 0, to: 2, duration: 10_000, predecessor: -1 },
      { wish: 1, from: 2, to: 1, duration: 10_000, predecessor: 1 },
    ])
    // The weight of a VM that goes by two legs is that of one that goes by one.
    expect([...schedule.weight]).toEqual([1000.5, 1000.5, 2001])
  })

  it('none for a VM that stays', () => {
    const { instance, open } = partsOf(problem)
    const decisions = [
      { choice: undefined, parking: -1 },
      { choice: open[1].choices[0], parking: -1 },
    ]
    expect(legsOf(instance, open, decisions)).toMatchObject([{ wish: 1, vm: 1 }])
  })
})

describe('the schedule problem', () => {
  it('live legs hold both nodes; restarts and saves hold none', () => {
    const { open, instance, forbidden } = partsOf({
      nodes: ['A', { id: 'B', slots: 3 }],
      vms: [{ id: 'a', node: 'A', restartable: true }],
      request: { moves: ['a>B'] },
      policy: { allowRestart: true, allowSave: true, wideMigrations: false },
    })
    const kinds = open[0].choices.map((choice) => {
      const legs = legsOf(instance, open, [{ choice, parking: -1 }])
      const { capacity, resourceA, resourceB } = scheduleProblemOf(instance, forbidden, legs)
      expect([...capacity]).toEqual([1, 3])
      return [choice.kind, resourceA[0], resourceB[0]]
    })
    expect(kinds).toEqual([
      ['live', 0, 1],
      ['save', -1, -1],
      ['restart', -1, -1],
    ])
  })

  it('saves in place hold a resource of their node alone', () => {
    const { schedule } = decide({
      nodes: ['A', 'B', { id: 'C', slots: 2 }],
      vms: ['a@A', 'b@C', 'c@C', 'd@B'],
      request: {
        drain: [
          { node: 'A', mode: 'save' },
          { node: 'C', mode: 'save' },
        ],
        moves: ['d>B'],
      },
    })
    expect([...schedule.capacity]).toEqual([1, 1, 2, 1, 1])
    expect([...schedule.resourceA]).toEqual([3, 4, 4])
    expect([...schedule.resourceB]).toEqual([-1, -1, -1])
  })

  it('keeps a reservoir only where arrivals exceed what is free', () => {
    const tight = (memoryMiB: number) =>
      problemOf({
        nodes: ['A', { id: 'B', memoryMiB }],
        vms: ['a@A 300', 'b@B 400', { id: 'c', node: 'A', memoryMiB: 500, state: 'off' }],
        request: { moves: ['a>B', 'b>A', 'c>B'] },
      })
    const exact = decide(tight(700))
    expect([...bindingNodes(exact.instance.spaces[0], exact.legs)]).toEqual([0, 0])
    expect(exact.schedule.memoryNodeCount).toBe(0)
    const short = decide(tight(699))
    expect([...bindingNodes(short.instance.spaces[0], short.legs)]).toEqual([0, 1])
    expect(short.schedule).toMatchObject({ memoryNodeCount: 1 })
    expect([...short.schedule.freeMemory]).toEqual([299 * 1024])
    expect([...short.schedule.memoryTo]).toEqual([0, -1, -1])
    expect([...short.schedule.memoryFrom]).toEqual([-1, 0, -1])
    expect([...short.schedule.memory]).toEqual([300 * 1024, 400 * 1024, 0])
  })

  it('gives each leg the union of the windows that concern it', () => {
    const { schedule } = decide({
      nodes: ['A', 'B', 'C'],
      vms: ['a@A 100', 'b@C 100', 'c@A 100'],
      windows: [
        { vm: 'a', start: 10, end: 12 },
        { node: 'A', start: 11, end: 15 },
        { node: 'B', start: 20, end: 25 },
        { start: 30, end: 31 },
      ],
      request: { moves: ['a>B', 'b>A', 'c>C'] },
    })
    const list = (i: number) => {
      const c = schedule.forbiddenClass[i]
      const [first, last] = [schedule.forbiddenOffset[c], schedule.forbiddenOffset[c + 1]]
      return [...schedule.forbidden.slice(2 * first, 2 * last)].map((t) => t / 1000)
    }
    expect(list(0)).toEqual([10, 15, 20, 25, 30, 31])
    expect(list(1)).toEqual([11, 15, 30, 31])
    expect(schedule.forbiddenClass[2]).toBe(schedule.forbiddenClass[1])
  })
})
