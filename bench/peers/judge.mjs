/** Who did better, and whether what solvers prove can all be true. Outcomes are what `one.mjs` prints, with `solver`. */
import { median } from '../cases.mjs'

/** Seconds: beyond float noise, within half a tick. */
const TOLERANCE = 5e-4

const isPlan = ({ state, violations }) => state === 'plan' && violations.length === 0

/** Negative where `a` is the better plan: less weight left out, then less cost. A plan is better than none. */
export function comparePlans(a, b) {
  if (!isPlan(a) || !isPlan(b)) return Number(isPlan(b)) - Number(isPlan(a))
  if (a.unplacedWeight !== b.unplacedWeight) return a.unplacedWeight - b.unplacedWeight
  return Math.abs(a.cost - b.cost) <= TOLERANCE ? 0 : a.cost - b.cost
}

/** What one solver says that another's checked plan refutes. */
export function contradictions(outcomes) {
  const found = []
  for (const claim of outcomes) {
    for (const plan of outcomes) {
      if (claim === plan || !isPlan(plan) || (claim.scope !== undefined && plan.parks)) continue
      if (claim.state === 'infeasible' && plan.unplaced === 0)
        found.push(`${claim.solver} finds no plan possible, ${plan.solver} has one`)
      if (!isPlan(claim)) continue
      const comparable = claim.unplacedWeight === plan.unplacedWeight
      if (comparable && claim.bound > plan.cost + TOLERANCE)
        found.push(`${claim.solver} has a bound of ${claim.bound} s, ${plan.solver} a plan of ${plan.cost} s`)
      if (claim.proven && plan.unplacedWeight < claim.unplacedWeight)
        found.push(`${claim.solver} calls its plan proven, ${plan.solver} leaves less unplaced`)
    }
  }
  return found
}

const outcomesOf = (cases, solver) =>
  cases.map(({ outcomes }) => outcomes.find((outcome) => outcome.solver === solver))

/** Without a proof, the time that was to be had. */
const toProof = (outcome, limit) =>
  isPlan(outcome) && outcome.proven ? Math.min(outcome.seconds, limit) : limit

export function summarise(cases, solver, limit) {
  const all = outcomesOf(cases, solver)
  const plans = all.filter(isPlan)
  const count = (state) => all.filter((outcome) => outcome.state === state).length
  return {
    solver,
    plans: plans.length,
    proven: plans.filter(({ proven }) => proven).length,
    failed: count('failed') + count('nothing found') + count('infeasible'),
    notModelled: count('not modelled'),
    medianToBest: median(all.map((o) => (isPlan(o) ? o.secondsToBest : limit))),
    medianToProof: median(all.map((o) => toProof(o, limit))),
    medianStart: median(all.flatMap(({ startSeconds }) => startSeconds ?? [])),
    limit,
  }
}

/** vmferry and one peer over the cases that the peer's model covers. */
export function versus(cases, peer, limit) {
  const pairs = outcomesOf(cases, 'vmferry')
    .map((ours, i) => [ours, outcomesOf(cases, peer)[i]])
    .filter(([, theirs]) => theirs.state !== 'not modelled')
  const order = pairs.map(([ours, theirs]) => comparePlans(ours, theirs))
  const bounds = pairs
    .filter(([a, b]) => isPlan(a) && isPlan(b) && a.unplacedWeight === b.unplacedWeight)
    .map(([ours, theirs]) => ours.bound - theirs.bound)
  return {
    peer,
    cases: pairs.length,
    better: order.filter((x) => x < 0).length,
    equal: order.filter((x) => x === 0).length,
    worse: order.filter((x) => x > 0).length,
    tighter: bounds.filter((x) => x > TOLERANCE).length,
    looser: bounds.filter((x) => x < -TOLERANCE).length,
    timesToProof: ratio(pairs, (outcome) => toProof(outcome, limit)),
    timesToBest: ratio(pairs, (outcome) => (isPlan(outcome) ? outcome.secondsToBest : limit)),
  }
}

/** Ratio of the two medians, ours to theirs; three significant digits. */
function ratio(pairs, seconds) {
  const [ours, theirs] = [0, 1].map((side) => median(pairs.map((pair) => seconds(pair[side]))))
  return Number((ours / theirs).toPrecision(3))
}
