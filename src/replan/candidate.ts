/** The rest of the old plan, as a plan for the remaining problem: a search from scratch must not end worse than just going on. */
import { checkResolved } from '../check/check-resolved.js'
import { compileInstance, preferencePenalty } from '../model/compile.js'
import type { Instance } from '../model/instance.js'
import type { Migration, Plan } from '../model/plan.js'
import type { Policy, ResolvedProblem } from '../model/problem.js'
import { TICKS_PER_SECOND } from '../model/ticks.js'
import { compactRounds, drainedOf, numberRounds } from '../solver/report/report.js'
import { warningsOf } from '../solver/report/warnings.js'
import { softGroupPenalty } from '../solver/wishes/soft-rules.js'
import type { Remaining } from './remaining.js'
import { micro } from './windows.js'

/** Costs nearer than this are the same, seconds. */
const TOLERANCE = 1e-6

/**
 * The better of the plan that was found and the rest of the old one, on time or as late as the run is. The checker judges whether
 * the rest still keeps every rule; it must place every VM. Bounds are those of the search: they hold for any plan of the problem.
 */
export function betterOf(found: Plan, remaining: Remaining, problem: ResolvedProblem): Plan {
  // Which nodes' failure a plan survives is reckoned by the search alone, and so are nights of maintenance.
  if (problem.policy.tolerateNodeFailure || problem.works !== undefined || remaining.left.length === 0)
    return found
  let best = found
  for (const delay of delays(remaining)) {
    const rest = restOf(found, remaining, problem, delay)
    const better = best.unplaced.length > 0 || rest.cost < best.cost - TOLERANCE
    if (better && checkResolved(problem, rest).length === 0) best = rest
  }
  return best
}

/** Seconds by which the rest is put off: not at all, and so that nothing would have to begin before now or before what is late ends. */
function delays({ left, running, nowSeconds }: Remaining): number[] {
  let delay = 0
  for (const { startSeconds } of left) delay = Math.max(delay, nowSeconds - startSeconds)
  for (const { migration, leftSeconds } of running)
    delay = Math.max(delay, nowSeconds + leftSeconds - migration.endSeconds)
  return delay > 0 ? [0, micro(delay)] : [0]
}

function restOf(found: Plan, { left, nowSeconds }: Remaining, problem: ResolvedProblem, delay: number): Plan {
  const shift = delay - nowSeconds
  const migrations = left.map(
    (migration): Migration => ({
      ...migration,
      startSeconds: micro(migration.startSeconds + shift),
      endSeconds: micro(migration.endSeconds + shift),
    }),
  )
  if (found.schedule === 'timeline') numberRounds(migrations)
  else compactRounds(migrations)
  const instance = compileInstance(problem)
  const makespanSeconds = migrations.reduce((latest, { endSeconds }) => Math.max(latest, endSeconds), 0)
  const cost = micro(
    makespanSeconds + penalties(migrations, problem.policy) + endPenalty(instance, migrations),
  )
  const lowerBoundSeconds = Math.min(found.lowerBoundSeconds, makespanSeconds)
  const costLowerBound = Math.min(found.costLowerBound, cost)
  const { stopped } = found.statistics
  const cut = stopped === 'aborted' || stopped === 'time-limit' ? stopped : undefined
  // Nothing is left unplaced, and nothing costs less.
  const proven = costLowerBound >= cost - TOLERANCE
  return {
    ...found,
    status: proven ? 'optimal' : 'feasible',
    proven,
    makespanSeconds,
    lowerBoundSeconds,
    gap: makespanSeconds === 0 ? 0 : (makespanSeconds - lowerBoundSeconds) / makespanSeconds,
    cost,
    costLowerBound,
    migrations,
    unplaced: [],
    drained: drainedOf(instance, migrations),
    warnings: warningsOf(instance, migrations, { shortages: [], cut }),
    statistics: { ...found.statistics, kept: 1 },
  }
}

/** Seconds for where every VM ends. */
function endPenalty(instance: Instance, migrations: readonly Migration[]): number {
  const { problem, vmIndex, nodeIndex } = instance
  const end = instance.vmNode.slice()
  for (const { vm, to } of migrations) end[vmIndex.get(vm)!] = nodeIndex.get(to)!
  let sum = softGroupPenalty(instance, end) / TICKS_PER_SECOND
  problem.vms.forEach((vm, v) => {
    sum += preferencePenalty(problem.policy, vm, problem.nodes[end[v]].id)
  })
  return sum
}

function penalties(migrations: readonly Migration[], policy: Policy): number {
  let sum = 0
  for (const { kind, blackoutSeconds, lostOffloads, lostFeatures } of migrations) {
    if (kind === 'live') sum += Math.max(0, blackoutSeconds - 1) * policy.blackoutPenaltySeconds
    sum += lostOffloads.length * policy.offloadPenaltySeconds
    sum += lostFeatures.length * policy.featureLossPenaltySeconds
    if (kind === 'restart') sum += policy.restartPenaltySeconds
    if (kind === 'save' || kind === 'save-in-place') sum += policy.savePenaltySeconds
    if (kind === 'stop-in-place') sum += policy.stopPenaltySeconds
  }
  return sum
}
