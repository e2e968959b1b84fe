import { describe, expect, it } from 'vitest'
import { audit, newTally } from './audit.js'
import { createLyingLpService, LIES } from './lying-lp.js'
import { type Flavour, planOf, randomProblem } from './problems.js'

const base = { memory: false, windows: true, rules: false, parking: true }
const FLAVOURS: [Flavour, number][] = [
  [{ ...base, vms: 5, request: 'moves' }, 12],
  [{ ...base, vms: 3, request: 'drain', memory: true, tight: true }, 12],
  [{ ...base, vms: 3, request: 'both', rules: true }, 12],
]

describe('a wrong answer of the LP layer never makes a wrong plan or a wrong bound', () => {
  for (const [name, lie] of Object.entries(LIES)) {
    it(name, async () => {
      let told = 0
      const faults: string[] = []
      for (const [flavour, count] of FLAVOURS) {
        for (let seed = 1; seed <= count; seed++) {
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
      expect(told).toBeGreaterThan(10)
    })
  }
})
