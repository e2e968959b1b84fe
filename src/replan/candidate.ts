/** The rest of the old plan, as a plan for the remaining problem: a search from scratch must not end worse than just going on. */
import { checkResolved } from '../check/check-resolved.js'
import { greatest } from '../lists.js'
import { compileInstance, preferencePenalty } from '../model/compile.js'
import type { Instance } from '../model/instance.js'
import type { MaintainedNode, Migration, Plan } from '../model/plan.js'
import type { Policy, ResolvedProblem } from '../model/problem.js'
import { TICKS_PER_SECOND } from '../model/ticks.js'
import { Night } from '../rehearse/night.js'
import { compactRounds, drainedOf, numberRounds } from '../solver/report/report.js'
import { warningsOf } from '../solver/report/warnings.js'
import { softGroupPenalty } from '../solver/wishes/soft-rules.js'
import type { Remaining } from './remaining.js'
import { micro } from './windows.js'

/** Costs nearer than this are the same, seconds. */
const TOLERANCE = 1e-6

/**
 * The better of the plan that was found and the rest of the old one: on time, as late as the run is, and that as early as what is before each
 * lets it begin. The checker judges whether the rest still keeps every rule; it must place every VM, do every work, and bring home who has a home. Bounds
 * are those of the search: they hold for any plan of the problem.
 */
export function betterOf(found: Plan, remaining: Remaining, problem: ResolvedProblem): Plan {
  // Which nodes' failure a plan survives is reckoned by the search alone.
  const { left, works } = remaining
  if (problem.policy.tolerateNodeFailure || left.length + (works?.left.length ?? 0) === 0) return found
  let best = found
  const consider = (steps: Steps): boolean => {
    const rest = planOf(steps, found, problem)
    if (checkResolved(problem, rest).length > 0) return false
    const incomplete = best.unplaced.length + (best.notMaintained ?? []).length > 0
    if (incomplete || rest.cost < best.cost - TOLERANCE) best = rest
    return true
  }
  for (const delay of delays(remaining)) {
    const rest = restOf(remaining, problem, delay)
    if (rest !== undefined && consider(rest) && found.schedule === 'timeline')
      consider(pulledForward(rest, found, problem))
  }
  return best
}

interface Steps {
  migrations: readonly Migration[]
  /** Undefined where no works are asked for. */
  maintenance?: readonly MaintainedNode[]
}

/** Seconds by which the rest is put off: not at all, and so that nothing would have to begin before now or before what is late ends. */
function delays({ left, running, works, nowSeconds }: Remaining): number[] {
  let delay = 0
  for (const { startSeconds } of [...left, ...(works?.left ?? [])])
    delay = Math.max(delay, nowSeconds - startSeconds)
  for (const { migration, leftSeconds } of running)
    delay = Math.max(delay, nowSeconds + leftSeconds - migration.endSeconds)
  for (const { work, leftSeconds } of works?.running ?? [])
    delay = Math.max(delay, nowSeconds + leftSeconds - work.endSeconds)
  return delay > 0 ? [0, micro(delay)] : [0]
}

/** Undefined where nothing is left, or it does not do what is asked for now. */
function restOf(
  { left, works, nowSeconds }: Remaining,
  problem: ResolvedProblem,
  delay: number,
): Steps | undefined {
  const shift = delay - nowSeconds
  const shifted = <T extends Migration | MaintainedNode>(step: T): T => ({
    ...step,
    startSeconds: micro(step.startSeconds + shift),
    endSeconds: micro(step.endSeconds + shift),
  })
  const migrations = left.map(shifted)
  if (problem.works === undefined) return migrations.length === 0 ? undefined : { migrations }
  const running = (works?.running ?? []).map(({ work: { node }, leftSeconds }) => {
    return { node, startSeconds: 0, endSeconds: leftSeconds, slackSeconds: 0 }
  })
  const asked = new Set(problem.works.map(({ node }) => node))
  const maintenance = [...running, ...(works?.left ?? []).map(shifted)]
    .filter(({ node }) => asked.has(node))
    .map((work) => ({ ...work, slackSeconds: 0 }))
  if (maintenance.length < asked.size || !allHome(migrations, problem)) return undefined
  return { migrations, maintenance }
}

function allHome(migrations: readonly Migration[], { vms, moves, policy }: ResolvedProblem): boolean {
  const end = new Map(migrations.map(({ vm, to }) => [vm, to]))
  const moved = new Set(moves.map(({ vm }) => vm))
  return (
    !policy.returnHome || vms.every(({ id, home, node }) => moved.has(id) || (end.get(id) ?? node) === home)
  )
}

/** Each as soon as those before it have ended: what was put off for one that is late need not all wait for it. */
function pulledForward(
  { migrations, maintenance }: Steps,
  { schedule }: Plan,
  problem: ResolvedProblem,
): Steps {
  const night = new Night(problem, { migrations, maintenance, schedule } as Plan)
  const { starts, ends } = night.carryOut(night.planned)
  let i = 0
  const pulled = <T extends Migration | MaintainedNode>(step: T): T => {
    const [startSeconds, endSeconds] = [starts[i], ends[i++]].map(micro)
    return { ...step, startSeconds, endSeconds }
  }
  const byStart = (a: { startSeconds: number }, b: { startSeconds: number }) =>
    a.startSeconds - b.startSeconds
  const early = migrations.map(pulled).sort(byStart)
  return maintenance === undefined
    ? { migrations: early }
    : { migrations: early, maintenance: maintenance.map(pulled).sort(byStart) }
}

function planOf({ migrations: steps, maintenance }: Steps, found: Plan, problem: ResolvedProblem): Plan {
  const migrations = steps.map((migration) => ({ ...migration }))
  if (found.schedule === 'timeline') numberRounds(migrations)
  else compactRounds(migrations)
  const instance = compileInstance(problem)
  const ends = [...migrations, ...(maintenance ?? [])].map(({ endSeconds }) => endSeconds)
  const makespanSeconds = greatest(ends, 0)
  const cost = micro(
    makespanSeconds + penalties(migrations, problem.policy) + endPenalty(instance, migrations),
  )
  const lowerBoundSeconds = Math.min(found.lowerBoundSeconds, makespanSeconds)
  const costLowerBound = Math.min(found.costLowerBound, cost)
  const { leastFreeMemoryMiB: _, leastFreeMemoryAtSeconds: __, ...statistics } = found.statistics
  const { stopped } = statistics
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
    ...(maintenance === undefined ? {} : { maintenance: [...maintenance], notMaintained: [], notHome: [] }),
    warnings: warningsOf(instance, migrations, { shortages: [], cut }),
    statistics: { ...statistics, kept: 1 },
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
  for (const { from, to, kind, blackoutSeconds, lostOffloads, lostFeatures } of migrations) {
    if (from !== to) sum += policy.migrationPenaltySeconds
    if (kind === 'live') sum += Math.max(0, blackoutSeconds - 1) * policy.blackoutPenaltySeconds
    sum += lostOffloads.length * policy.offloadPenaltySeconds
    sum += lostFeatures.length * policy.featureLossPenaltySeconds
    if (kind === 'restart') sum += policy.restartPenaltySeconds
    if (kind === 'save' || kind === 'save-in-place') sum += policy.savePenaltySeconds
    if (kind === 'stop-in-place') sum += policy.stopPenaltySeconds
  }
  return sum
}
