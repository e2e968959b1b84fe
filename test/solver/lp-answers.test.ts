import { describe, expect, it } from 'vitest'
import { quota, seeds } from '../cases.js'
import { audit, newTally } from './audit.js'
import { createLyingLpService, LIES } from './lying-lp.js'
import { flavourOf, planOf, randomProblem } from './problems.js'

const FLAVOURS = [
  flavourOf(5, 'moves', 'windows', 'parking'),
  flavourOf(3, 'drain', 'memory', 'windows', 'parking', 'tight'),
  flavourOf(3, 'both', 'windows', 'rules', 'parking'),
]

describe('a wrong answer of the LP layer never makes a wrong plan or a wrong bound', () => {
  for (const [name, lie] of Object.entries(LIES)) {
    it(name, async () => {
      let told = 0
      const faults: string[] = []
      for (const flavour of FLAVOURS) {
        for (const seed of seeds(12)) {
          const problem = randomProblem(seed * 104_729, flavour)
          const lp = createLyingLpService(lie, seed)
          const plan = await planOf(problem, {}, lp)
          await lp.close()
          told += lp.told
          faults.push(...audit(problem, plan, newTally()).map((text) => `${problem.name}: ${text}`))
          if (!Number.isFinite(plan.costLowerBound + plan.lowerBoundSeconds))
            faults.push(`${problem.name}: no figures`)
        }
      }
      expect(faults).toEqual([])
      expect(told).toBeGreaterThan(quota(10))
    })
  }
})
