import { describe, expect, it } from 'vitest'
import type { Problem } from '../../src/model/problem.js'
import { roundLists } from '../../src/solver/rounds/lists.js'
import { legsOf, scheduleProblemOf } from '../../src/solver/schedule/legs.js'
import { seeds } from '../cases.js'
import { kernel, newRun, partsOf } from './parts.js'
import { problemOf, randomProblem } from './problems.js'

async function listsOf(problem: Problem, lpRounds: number[][] = [], signal?: AbortSignal) {
  const { instance, forbidden, open } = partsOf(problem)
  const decisions = open.map((w) => ({ choice: w.choices.at(-1), parking: -1 }))
  const legs = legsOf(instance, open, decisions)
  const run = newRun(signal === undefined ? {} : { signal })
  const rounds = { rounds: lpRounds, rowOfLeg: Int32Array.from(legs, (_, i) => i) }
  const context = { instance, kernel, run, forbidden }
  const lists = await roundLists(context, legs, lpRounds.length > 0 ? rounds : undefined)
  const scheduler = kernel.createScheduler(scheduleProblemOf(instance, forbidden, legs))
  const makespans = lists.map((order) => scheduler.evaluate(order, 'rounds').makespan)
  scheduler.dispose()
  return { legs, lists: lists.map((l) => [...l]), makespans, run }
}

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i)

describe('first lists for rounds', () => {
  it('are permutations of the legs, those that hold no slot last, and repeat', async () => {
    for (const seed of seeds(120)) {
      const problem = randomProblem(seed * 41, {
        vms: 5,
        request: 'both',
        memory: false,
        windows: seed % 2 === 0,
        rules: true,
        parking: false,
      })
      const { legs, lists } = await listsOf(problem)
      const live = legs.filter((l) => l.kind === 'live').length
      if (live === 0) expect(lists).toEqual([])
      for (const list of lists) {
        expect([...list].sort((a, b) => a - b)).toEqual(upTo(legs.length))
        expect(list.slice(0, live).every((i) => legs[i].kind === 'live')).toBe(true)
      }
      expect((await listsOf(problem)).lists).toEqual(lists)
    }
  })

  it('pair long with long and short with short', async () => {
    const seconds = [100, 10, 99, 9, 98, 8]
    const problem = problemOf({
      nodes: ['A', 'B', 'C', 'D'],
      vms: seconds.map((_, i) => ({ id: `v${i}`, node: i < 3 ? 'A' : 'C' })),
      request: {
        moves: seconds.map((durationSeconds, i) => ({ vm: `v${i}`, to: i < 3 ? 'B' : 'D', durationSeconds })),
      },
    })
    // A → B: 100, 10, 99. C → D: 9, 98, 8.
    const { makespans, run } = await listsOf(problem)
    expect(Math.min(...makespans)).toBe(100_000 + 99_000 + 10_000)
    expect(run.counters.roundsScored).toBeGreaterThan(0)
  })

  it('take rounds of the LP into account without losing a leg', async () => {
    const ids = upTo(6).map((i) => `v${i}`)
    const problem = problemOf({
      nodes: ['A', 'B', 'C', 'D'],
      vms: ids.map((id, i) => ({ id, node: 'ABC'[i % 3] })),
      request: { moves: ids.map((vm, i) => ({ vm, to: 'BCD'[i % 3], durationSeconds: 5 + i })) },
    })
    const { lists } = await listsOf(problem, [[0, 2], [1], [3, 5], [4], [0, 99]])
    expect(lists.length).toBe(3)
    for (const list of lists) expect([...list].sort((a, b) => a - b)).toEqual(upTo(6))
  })

  it('are whole even when the run is stopped', async () => {
    const ids = upTo(8).map((i) => `v${i}`)
    const problem = problemOf({
      nodes: ['A', 'B'],
      vms: ids.map((id) => ({ id, node: 'A' })),
      request: { moves: ids.map((vm) => ({ vm, to: 'B' })) },
    })
    const { lists } = await listsOf(problem, [], AbortSignal.abort())
    for (const list of lists) expect([...list].sort((a, b) => a - b)).toEqual(upTo(8))
  })
})
