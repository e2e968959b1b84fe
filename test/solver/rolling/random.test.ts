import { expect, it } from 'vitest'
import { check } from '../../../src/check/check.js'
import { plan } from '../../../src/plan.js'
import { RollingReference } from './brute-force.js'
import { randomNight } from './problems.js'

const NIGHTS = Number(process.env.NIGHTS ?? 60)
const FIRST = Number(process.env.FIRST_NIGHT ?? 0)

it('plans of random nights are right, never better than the best, and nearly always the best; bounds are never above it', async () => {
  let known = 0
  let best = 0
  for (let seed = FIRST; seed < FIRST + NIGHTS; seed++) {
    const problem = randomNight(seed)
    const planned = await plan(problem, { effort: 1, thread: 'caller' })
    expect(check(problem, planned), `night ${seed}`).toEqual([])
    const optimum = new RollingReference(problem).solve(100_000)
    if (optimum === undefined) continue
    known++
    const { maintenance = [], priority = 2000 } = { maintenance: problem.request.maintenance }
    const left =
      planned.notMaintained!.reduce(
        (sum, { node }) => sum + (maintenance.find((w) => w.node === node)?.priority ?? priority) + 1,
        0,
      ) +
      planned.unplaced.reduce(
        (sum, { vm }) => sum + (problem.vms.find(({ id }) => id === vm)!.priority ?? 2000) + 1,
        0,
      )
    expect(left, `night ${seed}`).toBeGreaterThanOrEqual(optimum.left)
    if (left > optimum.left) {
      expect(planned.proven, `night ${seed}`).toBe(false)
      if (process.env.NIGHTS) console.log('left', seed, left, optimum)
      continue
    }
    const lacks = planned.warnings.reduce((sum, { missingMiB = 0 }) => sum + missingMiB, 0)
    expect(lacks, `night ${seed}`).toBeGreaterThan(optimum.uncovered - 1e-6)
    if (lacks > optimum.uncovered + 1e-6) {
      expect(planned.proven, `night ${seed}`).toBe(false)
      continue
    }
    expect(planned.cost, `night ${seed}`).toBeGreaterThan(optimum.cost - 0.0015)
    expect(planned.costLowerBound, `night ${seed}`).toBeLessThan(optimum.cost + 0.0015)
    expect(planned.lowerBoundSeconds, `night ${seed}`).toBeLessThan(optimum.makespan + 0.0015)
    if (planned.cost < optimum.cost + 0.0015) best++
    else if (process.env.NIGHTS) console.log('cost', seed, planned.cost, optimum.cost)
  }
  expect(known).toBeGreaterThan(0.5 * NIGHTS)
  expect(best).toBeGreaterThan(0.8 * known)
}, 3_000_000)
