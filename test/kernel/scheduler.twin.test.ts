import { describe, expect, it } from 'vitest'
import type { GenerationScheme } from '../../src/kernel/types.js'
import { kernelBuilds } from './builds.js'
import { mixedProblem, random, shuffled } from './schedule-problems.js'
import { schedule } from './twins/scheduler.js'

const SCHEMES: GenerationScheme[] = ['serial', 'event', 'rounds']
const PROBLEMS = 2000

describe.each(kernelBuilds)('scheduler, $name build', ({ kernel }) => {
  it.each(SCHEMES)('%s agrees with its definition', (scheme) => {
    for (let seed = 1; seed <= PROBLEMS; seed++) {
      const next = random(seed)
      const problem = mixedProblem(next, seed % 20 === 0 ? 40 : 12)
      const scheduler = kernel.createScheduler(problem)
      for (let i = 0; i < 2; i++) {
        const order = shuffled(next, problem.taskCount)
        const what = `seed ${seed}, list ${order.join(' ')}`
        expect(scheduler.evaluate(order, scheme), what).toEqual(schedule(problem, order, scheme))
      }
      scheduler.dispose()
    }
  })
})
