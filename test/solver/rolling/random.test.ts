import { expect, it } from 'vitest'
import { check } from '../../../src/check/check.js'
import { loadKernel } from '../../../src/kernel/kernel.js'
import { createInlineLpService } from '../../../src/lp/service.js'
import { compileInstance } from '../../../src/model/compile.js'
import type { Plan } from '../../../src/model/plan.js'
import type { Problem } from '../../../src/model/problem.js'
import { resolveProblem } from '../../../src/model/validate.js'
import { plan } from '../../../src/plan.js'
import { boundNight, raiseNightBound } from '../../../src/solver/bounds/night/night-bound.js'
import { parametersAt } from '../../../src/solver/parameters.js'
import { Failures } from '../../../src/solver/rolling/failures.js'
import { impossibleWorks } from '../../../src/solver/rolling/impossible.js'
import { Night } from '../../../src/solver/rolling/night.js'
import { Compatibility } from '../../../src/solver/wishes/compatibility.js'
import { ForbiddenIntervals } from '../../../src/solver/wishes/forbidden.js'
import { WishMaker } from '../../../src/solver/wishes/maker.js'
import { cases } from '../../cases.js'
import { RollingReference } from './brute-force.js'
import { QUICK } from './planned.js'
import { randomNight } from './problems.js'

/** `npm test` looks at a few of them, the heavy tests at more, and who has an hour at as many as VMFERRY_NIGHTS says. */
const NIGHTS = Number(process.env.VMFERRY_NIGHTS ?? (cases(200) === 200 ? 200 : 12))
const OPTIONS = NIGHTS < 100 ? QUICK : ({ effort: 1, thread: 'caller' } as const)

const lps = createInlineLpService()

/** Seconds, not cut to what a plan costs, as a plan's are; of plans that leave no more than `left`. */
async function boundOf(problem: Problem): Promise<{ left: number; makespan: number; cost: number }> {
  const instance = compileInstance(resolveProblem(problem))
  const forbidden = new ForbiddenIntervals(instance)
  const compatibility = new Compatibility(instance, await loadKernel())
  const failures = new Failures(instance, parametersAt(1).assignment)
  const night = new Night(instance, compatibility, forbidden, false, failures)
  const obstacles = impossibleWorks(night, new WishMaker(instance, compatibility, forbidden))
  const open = [...night.worked].filter((n) => !obstacles.has(n))
  const bound = boundNight(night, open, 1e6)
  let { makespan, cost } = bound
  // On grids finer and coarser, towards what is above every optimum.
  for (const factor of [1.3, 2.5]) {
    const above = { makespan: bound.makespan * factor, cost: bound.cost * factor }
    const none = { makespan: 0, cost: 0, by: '' }
    const raised = await raiseNightBound(night, open, none, above, lps, {
      boundVariables: 150,
      boundInstants: 60,
      boundPrograms: 3,
    })
    makespan = Math.max(makespan, raised.makespan)
    cost = Math.max(cost, raised.cost)
  }
  let left = 0
  for (const n of obstacles.keys()) left += night.weight[n]
  return { left, makespan: makespan / 1000, cost: cost / 1000 }
}

function leftBy({ request, vms }: Problem, { notMaintained, unplaced }: Plan): number {
  const works = notMaintained!.map(({ node }) => request.maintenance!.find((w) => w.node === node))
  const moves = unplaced.map(({ vm }) => vms.find(({ id }) => id === vm))
  return [...works, ...moves].reduce((sum, of) => sum + (of?.priority ?? 2000) + 1, 0)
}

it('plans of random nights are right, never better than the best, and nearly always the best; bounds are never above it', async () => {
  let known = 0
  let best = 0
  for (let seed = 0; seed < NIGHTS; seed++) {
    const problem = randomNight(seed)
    const planned = await plan(problem, OPTIONS)
    expect(check(problem, planned), `night ${seed}`).toEqual([])
    const optimum = new RollingReference(problem).solve(50_000)
    if (optimum === undefined) continue
    known++
    const bound = await boundOf(problem)
    if (optimum.left === bound.left) {
      expect(bound.cost, `night ${seed}`).toBeLessThan(optimum.cost + 0.0015)
      expect(bound.makespan, `night ${seed}`).toBeLessThan(optimum.makespan + 0.0015)
    }
    const left = leftBy(problem, planned)
    expect(left, `night ${seed}`).toBeGreaterThanOrEqual(optimum.left)
    if (left > optimum.left) {
      expect(planned.proven, `night ${seed}`).toBe(false)
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
  }
  expect(known).toBeGreaterThan(0.5 * NIGHTS)
  expect(best).toBeGreaterThan((NIGHTS < 100 ? 0.8 : 0.95) * known)
}, 3_000_000)
