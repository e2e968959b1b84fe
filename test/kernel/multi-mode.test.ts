import { describe, expect, it } from 'vitest'
import { KernelError } from '../../src/errors.js'
import type {
  ModeList,
  MultiModeAnnealOptions,
  MultiModeProblem,
  MultiModeResult,
} from '../../src/kernel/types.js'
import { seeds } from '../cases.js'
import { kernelBuilds } from './builds.js'
import { freed, mixedModes, plainModes, randomList } from './multi-mode-problems.js'
import { compareFigures, type Figures, permutations, random, slices, withHeld } from './schedule-problems.js'
import { multiMode } from './twins/multi-mode.js'

const SMALL = 1500
const LARGE = 60

const list = (...order: number[]): ModeList =>
  freed({ order: Int32Array.from(order), fixed: new Int32Array(0) })

function options(from: ModeList, changes: Partial<MultiModeAnnealOptions>): MultiModeAnnealOptions {
  return { ...from, evaluations: 500, spent: 0, total: 500, seed: 1, target: 0, enough: -1, ...changes }
}

const figures = (r: MultiModeResult): Figures => [r.unscheduledWeight, r.makespan + r.penalty]

/** Every way to fix a mode for each task that has one. */
function* fixings({ taskCount, modeOffset }: MultiModeProblem, from: number[] = []): Generator<number[]> {
  const i = from.length
  if (i === taskCount) {
    yield from
    return
  }
  const modes = modeOffset[i + 1] - modeOffset[i]
  if (modes === 0) yield* fixings({ taskCount, modeOffset } as MultiModeProblem, [...from, -1])
  for (let m = 0; m < modes; m++) yield* fixings({ taskCount, modeOffset } as MultiModeProblem, [...from, m])
}

describe.each(kernelBuilds)('multi-mode scheduler, $name build', ({ kernel }) => {
  function compare(problem: MultiModeProblem, modes: ModeList, seed: number): void {
    const scheduler = kernel.createMultiModeScheduler(problem)
    // Several times, for a later one must find nothing that an earlier one has left behind.
    for (const each of [modes, freed(modes), { ...modes, order: modes.order.toReversed() }]) {
      const what = `seed ${seed}, list ${each.order.join(' ')}, fixed ${each.fixed.join(' ')}`
      expect(scheduler.evaluate(each), what).toEqual(multiMode(problem, each))
    }
    scheduler.dispose()
  }

  it('agrees with its definition on small problems', () => {
    for (const seed of seeds(SMALL)) {
      const next = random(seed)
      const problem = mixedModes(next, 10)
      compare(problem, randomList(next, problem), seed)
    }
  })

  it('agrees with its definition where modes hold any number of resources', () => {
    for (const seed of seeds(SMALL)) {
      const next = random(seed)
      const problem = withHeld(mixedModes(next, 8), next)
      compare(problem, randomList(next, problem), seed)
    }
  })

  it('agrees with its definition on larger problems', () => {
    for (const seed of seeds(LARGE)) {
      const next = random(seed)
      const problem = mixedModes(next, 45)
      compare(problem, randomList(next, problem), seed)
    }
  })

  it('takes the mode that ends first, the penalty counted', () => {
    const problem = plainModes(random(1), 1, 4)
    problem.duration.set([10, 7, 9])
    expect(kernel.createMultiModeScheduler(problem).evaluate(list(0)).mode[0]).toBe(1)
    problem.penalty.set([0, 3.5, 0])
    const { mode, makespan, penalty } = kernel.createMultiModeScheduler(problem).evaluate(list(0))
    expect([mode[0], makespan, penalty]).toEqual([2, 9, 0])
  })

  it('counts an end before the makespan as no later than it', () => {
    // Task 1 would end at 3 for a penalty of 1, or at 20, where task 0 ends anyway, for none.
    const problem = plainModes(random(1), 2, 3)
    problem.home.set([0, 0])
    problem.node.set([1, 2, 1, 2])
    problem.resourceB.set(problem.node)
    problem.resourceA.set([0, 0, -1, -1])
    problem.duration.set([20, 30, 20, 3])
    problem.resourceB[2] = -1
    problem.penalty.set([0, 0, 0, 1])
    const { mode, makespan, penalty } = kernel.createMultiModeScheduler(problem).evaluate(list(0, 1))
    expect([...mode, makespan, penalty]).toEqual([0, 0, 20, 0])
  })

  it('lets one take the place of another that has left, and not before', () => {
    // Both nodes are full; 0 is on node 0, 1 on node 1, and node 2 has room for one.
    const problem = plainModes(random(1), 2, 3, 9)
    problem.home.set([0, 1])
    problem.node.set([1, 2, 0, 2])
    problem.resourceA.set([0, 0, 1, 1])
    problem.resourceB.set(problem.node)
    problem.freeMemory.set([0, 0, 1])
    const scheduler = kernel.createMultiModeScheduler(problem)
    expect([...scheduler.evaluate(list(0, 1)).mode]).toEqual([1, 0])
    expect([...scheduler.evaluate(list(1, 0)).mode]).toEqual([0, 1])
    expect([...scheduler.evaluate({ ...list(0, 1), fixed: Int32Array.of(0, 1) }).mode]).toEqual([1, 0])
  })

  it('keeps members of a group apart', () => {
    const problem = plainModes(random(1), 2, 3, 9)
    problem.home.set([0, 0])
    problem.node.set([1, 2, 1, 2])
    problem.resourceA.fill(0)
    problem.resourceB.set(problem.node)
    problem.groupCount = 1
    problem.groupOffset.set([0, 1, 2])
    problem.groups = Int32Array.of(0, 0)
    problem.groupMembers = Int32Array.of(2, 0, 0)
    const scheduler = kernel.createMultiModeScheduler(problem)
    const both = scheduler.evaluate({ ...list(0, 1), fixed: Int32Array.of(1, 1) })
    expect([...both.mode]).toEqual([1, 0])
    const blocked = kernel.createMultiModeScheduler({ ...problem, groupMembers: Int32Array.of(2, 1, 0) })
    expect(blocked.evaluate(list(0, 1))).toMatchObject({ mode: Int32Array.of(1, -1), unscheduledWeight: 1 })
  })

  it('does not wrap at the largest ticks', () => {
    const problem = plainModes(random(1), 2, 2)
    problem.home.set([0, 0])
    problem.node.set([1, 1])
    problem.resourceA.set([0, 0])
    problem.resourceB.set([1, 1])
    problem.duration.set([0x7fff_fff0, 0x7fff_fff0])
    const result = kernel.createMultiModeScheduler(problem).evaluate(list(1, 0))
    expect(result).toMatchObject({ makespan: 0x7fff_fff0, unscheduledWeight: 1, start: Int32Array.of(-1, 0) })
  })

  it('schedules nothing where there is nothing', () => {
    const scheduler = kernel.createMultiModeScheduler(plainModes(random(1), 0, 2))
    const nothing = { start: new Int32Array(0), mode: new Int32Array(0), makespan: 0, penalty: 0 }
    expect(scheduler.evaluate(list())).toEqual({ ...nothing, unscheduledWeight: 0 })
    expect(scheduler.anneal(options(list(), {}))).toMatchObject({ ...nothing, evaluations: 1 })
  })

  it('anneals to permutations, and to what an evaluation of the best list returns', () => {
    for (const seed of seeds(100)) {
      const next = random(seed)
      const problem = mixedModes(next, 20)
      const scheduler = kernel.createMultiModeScheduler(problem)
      const from = randomList(next, problem)
      const first = scheduler.evaluate(from)
      const result = scheduler.anneal(options(from, { seed, evaluations: 200, total: 200 }))
      const identity = Int32Array.from({ length: problem.taskCount }, (_, i) => i)
      expect(result.order.toSorted(), `seed ${seed}`).toEqual(identity)
      expect(result.current.order.toSorted(), `seed ${seed}`).toEqual(identity)
      const { start, mode, makespan, penalty, unscheduledWeight } = result
      const best = { order: result.order, fixed: mode }
      const expected = { start, mode, makespan, penalty, unscheduledWeight }
      expect(scheduler.evaluate(best), `seed ${seed}`).toEqual(expected)
      expect(multiMode(problem, best), `seed ${seed}`).toEqual(expected)
      expect(compareFigures(figures(result), figures(first)), `seed ${seed}`).toBeLessThanOrEqual(0)
      expect(result.evaluations).toBe(problem.taskCount > 1 ? 200 : 1)
    }
  })

  it('gives the same for the same seed and slices, and something else for another seed', () => {
    const next = random(5)
    const problem = plainModes(next, 60, 8)
    const from = randomList(next, problem)
    const annealed = (seed: number) => {
      const scheduler = kernel.createMultiModeScheduler(problem)
      return slices((list: ModeList, slice) => scheduler.anneal(options(list, { ...slice, seed })), from)
    }
    const results = annealed(9)
    expect(annealed(9)).toEqual(results)
    expect(annealed(10)).not.toEqual(results)
    expect(results[0].current.order).not.toEqual(results[0].order)
  })

  it('finds the best list and modes of small problems', () => {
    for (let seed = 1; seed <= 12; seed++) {
      const next = random(100 + seed)
      const problem = mixedModes(next, 4)
      const scheduler = kernel.createMultiModeScheduler(problem)
      let best: Figures = [Number.POSITIVE_INFINITY, 0]
      for (const fixed of fixings(problem)) {
        for (const order of permutations([...Array(problem.taskCount).keys()])) {
          const found = figures(
            scheduler.evaluate({ order: Int32Array.from(order), fixed: Int32Array.from(fixed) }),
          )
          if (compareFigures(found, best) < 0) best = found
        }
      }
      const result = scheduler.anneal(
        options(freed(randomList(next, problem)), { evaluations: 3000, total: 3000 }),
      )
      expect(figures(result), `seed ${100 + seed}`).toEqual(best)
    }
  })

  it('stops where the cost is enough', () => {
    const problem = plainModes(random(2), 30, 4)
    const from = freed(randomList(random(3), problem))
    const scheduler = kernel.createMultiModeScheduler(problem)
    const { makespan } = scheduler.evaluate(from)
    const result = scheduler.anneal(options(from, { enough: makespan }))
    expect(result.evaluations).toBe(1)
    expect(result.order).toEqual(from.order)
  })

  it('improves a random list of a larger problem by far', () => {
    const next = random(21)
    const problem = plainModes(next, 120, 12)
    const from = randomList(next, problem)
    const scheduler = kernel.createMultiModeScheduler(problem)
    const before = scheduler.evaluate(from).makespan
    const after = scheduler.anneal(options(from, { evaluations: 5000, total: 5000 })).makespan
    expect(after).toBeLessThan(0.5 * before)
  })
})

/** Of 4 tasks and 3 nodes. */
const SPACES = { count: 1, free: new Float64Array(3), sizes: new Float64Array(4), freed: new Float64Array(1) }

describe('misuse of a multi-mode scheduler', () => {
  const { kernel } = kernelBuilds[0]
  const problem = plainModes(random(1), 4, 3)
  problem.home.set([0, 1, 2, 0])
  problem.node.set([1, 2, 0, 2, 0, 1, 1, 2])
  problem.resourceA.set([0, 0, 1, 1, 2, 2, 0, 0])
  problem.resourceB.set(problem.node)

  it('throws after disposal', () => {
    const scheduler = kernel.createMultiModeScheduler(problem)
    scheduler.dispose()
    expect(() => scheduler.evaluate(list(0, 1, 2, 3))).toThrow(KernelError)
  })

  it.each([[[0, 1, 2]], [[0, 1, 2, 2]], [[0, 1, 2, 4]], [[-1, 1, 2, 3]]])('refuses the list %j', (order) => {
    const scheduler = kernel.createMultiModeScheduler(problem)
    const wrong = { order: Int32Array.from(order), fixed: new Int32Array(4).fill(-1) }
    expect(() => scheduler.evaluate(wrong)).toThrow(KernelError)
    expect(() => scheduler.anneal(options(wrong, {}))).toThrow(KernelError)
  })

  it.each([[[0, 0, 0]], [[0, 0, 0, 2]], [[-2, 0, 0, 0]]])('refuses the fixed modes %j', (fixed) => {
    const wrong = { ...list(0, 1, 2, 3), fixed: Int32Array.from(fixed) }
    expect(() => kernel.createMultiModeScheduler(problem).evaluate(wrong)).toThrow(/fixed/)
  })

  it.each([{ evaluations: 0 }, { spent: -1 }, { total: 0 }, { spent: Number.NaN }])(
    'refuses %j',
    (changes) => {
      const scheduler = kernel.createMultiModeScheduler(problem)
      expect(() => scheduler.anneal(options(list(0, 1, 2, 3), changes))).toThrow(/annealing needs/)
    },
  )

  it.each([
    ['capacity', { capacity: Int32Array.of(1, 0, 1) }],
    ['modeOffset', { modeOffset: Int32Array.of(0, 2, 4, 6, 9) }],
    ['modeOffset decreases', { modeOffset: Int32Array.of(0, 5, 4, 6, 8) }],
    ['resourceA', { resourceA: new Int32Array(8).fill(3) }],
    ['mode 0 holds', { resourceA: problem.node }],
    ['duration', { duration: new Int32Array(8).fill(-1) }],
    ['penalty has 7', { penalty: new Float64Array(7) }],
    ['penalty', { penalty: new Float64Array(8).fill(Number.POSITIVE_INFINITY) }],
    ['penalty', { penalty: new Float64Array(8).fill(-1) }],
    ['node', { node: new Int32Array(8).fill(3) }],
    ['mode 0 arrives', { node: new Int32Array(8) }],
    ['home', { home: new Int32Array(4).fill(3) }],
    ['forbiddenClass', { forbiddenClass: new Int32Array(8).fill(1) }],
    ['forbiddenOffset', { forbiddenOffset: Int32Array.of(0, 1) }],
    ['groupOffset', { groupOffset: new Int32Array(5).fill(1) }],
    ['groups', { groupOffset: Int32Array.of(0, 1, 1, 1, 1), groups: Int32Array.of(0) }],
    ['groupMembers', { groupMembers: Int32Array.of(1) }],
    ['freeMemory', { freeMemory: new Float64Array(2) }],
    ['memory', { memory: Float64Array.of(-1, 0, 0, 0) }],
    ['spaces.free', { spaces: { ...SPACES, free: new Float64Array(2) } }],
    ['spaces.sizes', { spaces: { ...SPACES, sizes: new Float64Array(4).fill(-1) } }],
    ['spaces.freed', { spaces: { ...SPACES, freed: new Float64Array(2) } }],
    ['weight', { weight: Float64Array.of(1, 0, 1, 1) }],
    ['horizon', { horizon: 2 ** 31 }],
  ])('refuses a problem with a wrong %s', (what, changes) => {
    const wrong = { ...problem, ...changes }
    expect(() => kernel.createMultiModeScheduler(wrong)).toThrow(KernelError)
    expect(() => kernel.createMultiModeScheduler(wrong)).toThrow(what.split(' ')[0])
  })
})
