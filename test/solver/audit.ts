/** Holds a plan against the exact reference: every promise that the plan makes is kept, and how near it came is counted. */
import { check } from '../../src/check/check.js'
import type { Plan } from '../../src/model/plan.js'
import type { Problem } from '../../src/model/problem.js'
import { bruteForce, uncoveredAfter } from './brute-force.js'
import { unplacedWeight } from './problems.js'

const NOISE = 1e-6

export interface Tally {
  plans: number
  /** Plans that leave as little weight unplaced as can be, and then as little uncovered. */
  placedMost: number
  /** Of those, plans of least cost. */
  leastCost: number
  /** Of those, plans that say so. */
  proven: number
  parked: number
  madeRoom: number
  /** Plans that say that no stop-over would place more than they do without any. */
  provenUnplaced: number
}

export function newTally(): Tally {
  return { plans: 0, placedMost: 0, leastCost: 0, proven: 0, parked: 0, madeRoom: 0, provenUnplaced: 0 }
}

/** Would direct moves bring everything to where the plan brings it? */
function directlyPossible(problem: Problem, plan: Plan): boolean {
  const given = new Map((problem.request.moves ?? []).map((move) => [move.vm, move]))
  const end = new Map(plan.migrations.map((m) => [m.vm, m.to]))
  const moves = [...end].map(([vm, to]) => ({ ...given.get(vm), vm, to }))
  return bruteForce({ ...problem, request: { moves } }, plan.schedule).best.unplaced === 0
}

/** The promises that the plan breaks, as text; [] where it keeps all. */
export function audit(problem: Problem, plan: Plan, tally: Tally): string[] {
  const faults = check(problem, plan).map((v) => `${v.rule} ${v.subject}: ${v.message}`)
  const parks = plan.migrations.some((m) => m.parking === true)
  const direct = bruteForce(problem, plan.schedule)
  const weight = unplacedWeight(problem, plan)
  // A way by a stop-over is open only where memory admits no order of direct moves.
  const reference = parks ? bruteForce(problem, plan.schedule, true) : direct
  const expect = (holds: boolean, text: string) => {
    if (!holds) faults.push(text)
  }
  const { best } = reference
  const roomless = { ...problem, policy: { ...problem.policy, allowMakeRoom: false } }
  const makesRoom = plan.migrations.some((m) => m.makesRoom === true)
  // Room is made for VMs that would stay unplaced, not for nodes that might fail.
  const mayMake = problem.policy?.allowMakeRoom === true
  const unmoved = mayMake && !makesRoom ? bruteForce(roomless, plan.schedule, parks).best : best
  const leastUncovered = unmoved.unplaced === weight ? unmoved.uncovered : best.uncovered
  const asked = problem.policy?.tolerateNodeFailure === true
  const uncovered = asked ? uncoveredAfter(problem, plan) : 0
  const said = plan.warnings.reduce((sum, warning) => sum + (warning.missingMiB ?? 0), 0)
  const makespan = reference.leastMakespan(weight)
  const cost = reference.leastCost(weight)
  expect(weight >= best.unplaced, `leaves ${weight} unplaced, and the reference ${best.unplaced}`)
  expect(plan.makespanSeconds >= makespan - NOISE, `makespan ${plan.makespanSeconds} < ${makespan}`)
  expect(plan.cost >= cost - NOISE, `cost ${plan.cost} < ${cost}`)
  expect(plan.lowerBoundSeconds <= makespan + NOISE, `bound ${plan.lowerBoundSeconds} > makespan ${makespan}`)
  expect(plan.costLowerBound <= cost + NOISE, `cost bound ${plan.costLowerBound} > cost ${cost}`)
  if (plan.proven) {
    expect(weight === best.unplaced, `proven, but ${best.unplaced} unplaced would do for ${weight}`)
    expect(Math.abs(plan.cost - cost) <= NOISE, `proven, but cost ${plan.cost} could be ${cost}`)
    expect(uncovered <= leastUncovered + NOISE, `proven, but ${leastUncovered} MiB uncovered would do`)
  }
  // So small a packing is always decided.
  expect(Math.abs(said - uncovered) <= NOISE, `says that ${said} MiB are missing, and ${uncovered} are`)
  // With windows the reference also goes round them by a stop-over, which is for want of memory only.
  const mayPark = problem.policy?.allowParking !== false && (problem.windows ?? []).length === 0
  if (plan.proven && weight > 0 && !parks && mayPark) {
    const least = bruteForce(problem, plan.schedule, true).best.unplaced
    expect(weight === least, `proven, but with stop-overs ${least} unplaced would do for ${weight}`)
    tally.provenUnplaced++
  }
  if (parks) {
    expect(
      !directlyPossible(problem, plan),
      'parks, though the same VMs get to the same nodes by direct moves',
    )
    tally.parked++
  }
  if (makesRoom) {
    const without = bruteForce(roomless, plan.schedule, parks).best.unplaced
    expect(without > weight, `makes room, though ${without} stay unplaced without, and ${weight} with`)
    tally.madeRoom++
  }
  tally.plans++
  if (weight === best.unplaced && uncovered <= leastUncovered + NOISE) {
    tally.placedMost++
    if (plan.cost <= best.cost + NOISE) {
      tally.leastCost++
      if (plan.proven) tally.proven++
    }
  }
  return faults
}
