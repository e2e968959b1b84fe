import { describe, expect, it } from 'vitest'
import { KernelError } from '../../src/errors.js'
import type { AnnealOptions, GenerationScheme } from '../../src/kernel/types.js'
import { seeds } from '../cases.js'
import { kernelBuilds } from './builds.js'
import {
  below,
  compareFigures,
  type Figures,
  mixedProblem,
  permutations,
  plainProblem,
  random,
  shuffled,
  slices,
} from './schedule-problems.js'

const SCHEMES: GenerationScheme[] = ['serial', 'event', 'rounds']

function options(order: Int32Array, changes: Partial<AnnealOptions>): AnnealOptions {
  return { scheme: 'serial', order, evaluations: 500, spent: 0, total: 500, seed: 1, target: -1, ...changes }
}

const figures = (result: { unscheduledWeight: number; makespan: number }): Figures => [
  result.unscheduledWeight,
  result.makespan,
]

describe.each(kernelBuilds)('annealing, $name build', ({ kernel }) => {
  it.each(SCHEMES)('%s: returns permutations, and what an evaluation of the best one returns', (scheme) => {
    for (const seed of seeds(60)) {
      const next = random(seed)
      const problem = mixedProblem(next, 20)
      const scheduler = kernel.createScheduler(problem)
      const order = shuffled(next, problem.taskCount)
      const first = scheduler.evaluate(order, scheme)
      const result = scheduler.anneal(options(order, { scheme, seed, evaluations: 200, total: 200 }))
      const identity = Int32Array.from({ length: problem.taskCount }, (_, i) => i)
      expect(result.order.toSorted(), `seed ${seed}`).toEqual(identity)
      expect(result.current.toSorted(), `seed ${seed}`).toEqual(identity)
      const { start, round, makespan, unscheduledWeight } = result
      expect(scheduler.evaluate(result.order, scheme), `seed ${seed}`).toEqual({
        start,
        round,
        makespan,
        unscheduledWeight,
      })
      expect(compareFigures(figures(result), figures(first)), `seed ${seed}`).toBeLessThanOrEqual(0)
      expect(result.evaluations).toBe(problem.taskCount > 1 ? 200 : 1)
    }
  })

  it('gives the same for the same seed and slices, and something else for another seed', () => {
    const next = random(5)
    const problem = plainProblem(next, 60, 8)
    const order = shuffled(next, 60)
    const annealed = (seed: number) => {
      const scheduler = kernel.createScheduler(problem)
      return slices((list: Int32Array, slice) => scheduler.anneal(options(list, { ...slice, seed })), order)
    }
    const results = annealed(9)
    expect(annealed(9)).toEqual(results)
    expect(annealed(10)).not.toEqual(results)
    expect(results[0].current).not.toEqual(results[0].order)
  })

  it.each(SCHEMES)('%s: finds the best list of small problems', (scheme) => {
    for (let seed = 1; seed <= 12; seed++) {
      const next = random(100 + seed)
      const problem = mixedProblem(next, 6)
      const scheduler = kernel.createScheduler(problem)
      const tasks = [...Array(problem.taskCount).keys()]
      const best = [...permutations(tasks)]
        .map((list) => figures(scheduler.evaluate(Int32Array.from(list), scheme)))
        .sort(compareFigures)[0]
      const result = scheduler.anneal(
        options(shuffled(next, problem.taskCount), { scheme, evaluations: 3000, total: 3000 }),
      )
      expect(figures(result), `seed ${100 + seed}`).toEqual(best)
    }
  })

  it('reaches the load bound of a square open shop and stops there', () => {
    const next = random(11)
    const problem = plainProblem(next, 64, 16)
    for (let i = 0; i < 64; i++) {
      problem.resourceA[i] = i % 8
      problem.resourceB[i] = 8 + Math.floor(i / 8)
    }
    const load = new Float64Array(16)
    for (let i = 0; i < 64; i++) {
      load[problem.resourceA[i]] += problem.duration[i]
      load[problem.resourceB[i]] += problem.duration[i]
    }
    const target = Math.max(...load)
    const result = kernel
      .createScheduler(problem)
      .anneal(options(shuffled(next, 64), { evaluations: 20_000, total: 20_000, target }))
    expect(result.makespan).toBe(target)
    expect(result.evaluations).toBeLessThan(20_000)
  })

  it('spends no more than its first evaluation where that meets the target', () => {
    const problem = plainProblem(random(2), 30, 4)
    const order = shuffled(random(3), 30)
    const result = kernel.createScheduler(problem).anneal(options(order, { target: 2 ** 31 }))
    expect(result.evaluations).toBe(1)
    expect(result.order).toEqual(order)
  })

  it('improves a random list of a larger problem by far', () => {
    const next = random(21)
    const problem = plainProblem(next, 120, 12)
    const order = shuffled(next, 120)
    const scheduler = kernel.createScheduler(problem)
    const before = scheduler.evaluate(order, 'rounds').makespan
    const after = scheduler.anneal(
      options(order, { scheme: 'rounds', evaluations: 3000, total: 3000 }),
    ).makespan
    expect(after).toBeLessThan(0.9 * before)
  })
})

describe('misuse of a scheduler', () => {
  const { kernel } = kernelBuilds[0]
  const problem = plainProblem(random(1), 4, 3)
  /** Task 0 holds one unit of the resource that is neither its A nor its B. */
  const third = 3 - problem.resourceA[0] - problem.resourceB[0]
  const one = { offset: Int32Array.of(0, 1, 1, 1, 1), of: Int32Array.of(third), amount: Int32Array.of(1) }
  /** Task 0 takes from the one reservoir. */
  const reservoir = { memoryNodeCount: 1, freeMemory: new Float64Array(1) }
  const taking = { offset: one.offset, of: new Int32Array(1), amount: Float64Array.of(1) }

  it('throws after disposal', () => {
    const scheduler = kernel.createScheduler(problem)
    scheduler.dispose()
    expect(() => scheduler.evaluate(Int32Array.of(0, 1, 2, 3), 'serial')).toThrow(KernelError)
  })

  it.each([[[0, 1, 2]], [[0, 1, 2, 2]], [[0, 1, 2, 4]], [[-1, 1, 2, 3]]])('refuses the list %j', (list) => {
    const scheduler = kernel.createScheduler(problem)
    expect(() => scheduler.evaluate(Int32Array.from(list), 'serial')).toThrow(KernelError)
    expect(() => scheduler.anneal(options(Int32Array.from(list), {}))).toThrow(KernelError)
  })

  it.each([{ evaluations: 0 }, { spent: -1 }, { total: 0 }, { spent: Number.NaN }])(
    'refuses %j',
    (changes) => {
      const order = shuffled(random(below(random(1), 9)), 4)
      expect(() => kernel.createScheduler(problem).anneal(options(order, changes))).toThrow(/annealing needs/)
    },
  )

  it.each([
    ['capacity', { capacity: Int32Array.of(1, 0, 1) }],
    ['resourceA', { resourceA: Int32Array.of(0, 1, 2, 3) }],
    ['resource 0 twice', { resourceA: new Int32Array(4), resourceB: new Int32Array(4) }],
    ['held.offset', { held: { ...one, offset: Int32Array.of(0, 1, 1, 1) } }],
    ['held.offset', { held: { ...one, offset: Int32Array.of(0, 1, 0, 1, 1) } }],
    ['held.amount', { held: { ...one, amount: Int32Array.of(2) } }],
    ['held.amount', { held: { ...one, amount: new Int32Array(0) } }],
    ['held.of', { held: { ...one, of: Int32Array.of(3) } }],
    ['resource once more', { held: { ...one, of: problem.resourceA.subarray(0, 1) } }],
    ['duration', { duration: Int32Array.of(1, 1, -1, 1) }],
    ['duration has 3', { duration: Int32Array.of(1, 1, 1) }],
    ['predecessor', { predecessor: Int32Array.of(1, 2, 0, -1) }],
    ['forbiddenClass', { forbiddenClass: Int32Array.of(0, 0, 0, 1) }],
    ['forbiddenOffset', { forbiddenOffset: Int32Array.of(0, 1) }],
    ['interval 1', { forbiddenOffset: Int32Array.of(0, 2), forbidden: Int32Array.of(0, 5, 5, 6) }],
    ['interval 0', { forbiddenOffset: Int32Array.of(0, 1), forbidden: Int32Array.of(5, 5) }],
    ['memoryTo', { memoryTo: Int32Array.of(0, -1, -1, -1) }],
    ['memory', { memory: Float64Array.of(-1, 0, 0, 0) }],
    ['transfers.offset', { ...reservoir, transfers: { ...taking, offset: Int32Array.of(0, 1, 1, 1) } }],
    ['transfers.amount', { ...reservoir, transfers: { ...taking, amount: new Float64Array(1) } }],
    ['transfers.amount', { ...reservoir, transfers: { ...taking, amount: Float64Array.of(Infinity) } }],
    ['transfers.of', { ...reservoir, transfers: { ...taking, of: Int32Array.of(1) } }],
    [
      'reservoir once more',
      {
        ...reservoir,
        transfers: taking,
        memoryTo: Int32Array.of(0, -1, -1, -1),
        memory: Float64Array.of(1, 0, 0, 0),
      },
    ],
    ['weight', { weight: Float64Array.of(1, 0, 1, 1) }],
    ['horizon', { horizon: 2 ** 31 }],
  ])('refuses a problem with a wrong %s', (what, changes) => {
    const wrong = { ...problem, ...changes }
    expect(() => kernel.createScheduler(wrong)).toThrow(KernelError)
    expect(() => kernel.createScheduler(wrong)).toThrow(what.split(' ')[0])
  })
})
