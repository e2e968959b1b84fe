import { describe, expect, it } from 'vitest'
import type { GenerationScheme, ScheduleProblem } from '../../src/kernel/types.js'
import { seeds } from '../cases.js'
import { kernelBuilds } from './builds.js'
import {
  below,
  mixedProblem,
  plainProblem,
  random,
  shuffled,
  withHeld,
  withTransfers,
} from './schedule-problems.js'
import { schedule } from './twins/scheduler.js'

const SCHEMES: GenerationScheme[] = ['serial', 'event', 'rounds']
const SMALL = 1500
const LARGE = 60

describe.each(kernelBuilds)('scheduler, $name build', ({ kernel }) => {
  function compare(
    problem: ScheduleProblem,
    order: Int32Array,
    scheme: GenerationScheme,
    seed: number,
  ): void {
    const scheduler = kernel.createScheduler(problem)
    // Twice, for the second must find nothing that the first has left behind.
    const reversed = order.toReversed()
    for (const list of [order, reversed]) {
      const what = `seed ${seed}, list ${list.join(' ')}`
      expect(scheduler.evaluate(list, scheme), what).toEqual(schedule(problem, list, scheme))
    }
    scheduler.dispose()
  }

  it.each(SCHEMES)('%s agrees with its definition on small problems', (scheme) => {
    for (const seed of seeds(SMALL)) {
      const next = random(seed)
      const problem = mixedProblem(next, 12)
      compare(problem, shuffled(next, problem.taskCount), scheme, seed)
    }
  })

  it.each(SCHEMES)('%s agrees with its definition where tasks hold any number of resources', (scheme) => {
    for (const seed of seeds(SMALL)) {
      const next = random(seed)
      const problem = withHeld(mixedProblem(next, seed % 20 === 0 ? 40 : 12), next)
      compare(problem, shuffled(next, problem.taskCount), scheme, seed)
    }
  })

  it.each(SCHEMES)(
    '%s agrees with its definition where tasks take from any number of reservoirs',
    (scheme) => {
      for (const seed of seeds(SMALL)) {
        const next = random(seed)
        const mixed = mixedProblem(next, seed % 20 === 0 ? 40 : 12)
        const problem = withTransfers(seed % 3 === 0 ? withHeld(mixed, next) : mixed, next)
        compare(problem, shuffled(next, problem.taskCount), scheme, seed)
      }
    },
  )

  it.each(SCHEMES)('%s agrees with its definition on larger problems', (scheme) => {
    for (const seed of seeds(LARGE)) {
      const next = random(seed)
      const problem = mixedProblem(next, 60)
      compare(problem, shuffled(next, problem.taskCount), scheme, seed)
    }
  })

  it.each(SCHEMES)('%s agrees with its definition where lists of gaps grow long', (scheme) => {
    const next = random(7)
    const problem = plainProblem(next, 110, 6)
    compare(problem, shuffled(next, 110), scheme, 7)
    compare({ ...problem, capacity: Int32Array.of(1, 2, 1, 3, 1, 2) }, shuffled(next, 110), scheme, 7)
  })

  it('places a task that waits for its predecessor right after it', () => {
    const problem = plainProblem(random(1), 3, 2)
    problem.duration.set([5, 7, 2])
    problem.predecessor.set([-1, 0, -1])
    const { start } = kernel.createScheduler(problem).evaluate(Int32Array.of(1, 0, 2), 'serial')
    expect([...start]).toEqual([0, 5, 12])
  })

  it('keeps memory for a large task that waits for it', () => {
    // 0 leaves node 1; 1 is too large for node 1 until then; 2 is small enough to slip in before it.
    const problem = plainProblem(random(1), 3, 6)
    problem.resourceA.set([0, 2, 4])
    problem.resourceB.set([1, 3, 5])
    problem.duration.set([10, 10, 30])
    problem.memoryNodeCount = 2
    problem.freeMemory = Float64Array.of(9, 2)
    problem.memoryFrom.set([1, 0, 0])
    problem.memoryTo.set([0, 1, 1])
    problem.memory.set([5, 6, 2])
    const { start } = kernel.createScheduler(problem).evaluate(Int32Array.of(0, 1, 2), 'event')
    expect([...start]).toEqual([0, 10, -1])
    expect(
      kernel.createScheduler(problem).evaluate(Int32Array.of(2, 0, 1), 'event').unscheduledWeight,
      'the small one first: the large one never fits',
    ).toBe(1)
  })

  it('drops a reservation as soon as a forbidden interval is in the way of who made it', () => {
    // 0 runs throughout; 1 lacks memory and cannot start after tick 5; 8 is the end of an interval that concerns neither.
    const problem = plainProblem(random(1), 3, 6)
    problem.resourceA.set([0, 2, 4])
    problem.resourceB.set([1, 3, 5])
    problem.duration.set([100, 10, 20])
    problem.forbiddenOffset = Int32Array.of(0, 0, 1, 2)
    problem.forbidden = Int32Array.of(15, 50, 6, 8)
    problem.forbiddenClass.set([0, 1, 0])
    problem.memoryNodeCount = 1
    problem.freeMemory = Float64Array.of(2)
    problem.memoryFrom.set([0, -1, -1])
    problem.memoryTo.set([-1, 0, 0])
    problem.memory.set([10, 10, 2])
    const { start } = kernel.createScheduler(problem).evaluate(Int32Array.of(0, 1, 2), 'event')
    expect([...start]).toEqual([0, 100, 8])
  })

  it('does not wrap at the largest ticks', () => {
    const problem = plainProblem(random(1), 3, 2)
    problem.duration.set([0x7fff_fff0, 1, 0x7fff_fff0])
    for (const scheme of SCHEMES) {
      const result = kernel.createScheduler(problem).evaluate(Int32Array.of(0, 1, 2), scheme)
      expect(result).toMatchObject({ makespan: 0x7fff_fff0, unscheduledWeight: 2 })
      expect([...result.start]).toEqual([0, -1, -1])
    }
  })

  it('schedules nothing where there is nothing', () => {
    const problem = plainProblem(random(1), 0, 2)
    for (const scheme of SCHEMES) {
      const result = kernel.createScheduler(problem).evaluate(new Int32Array(0), scheme)
      expect(result).toEqual({
        start: new Int32Array(0),
        round: new Int32Array(0),
        makespan: 0,
        unscheduledWeight: 0,
      })
    }
  })

  it('keeps schedulers apart', () => {
    const next = random(3)
    const problems = Array.from({ length: 5 }, () => mixedProblem(next, 12 + below(next, 10)))
    const schedulers = problems.map((problem) => kernel.createScheduler(problem))
    problems.forEach((problem, i) => {
      const order = shuffled(next, problem.taskCount)
      expect(schedulers[i].evaluate(order, 'event')).toEqual(schedule(problem, order, 'event'))
    })
  })
})
