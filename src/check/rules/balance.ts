/** Rule `balance`: the spreads are as the plan says, and no more VMs than may are migrated for them. */
import type { BalanceMetric } from '../../model/problem.js'
import type { Found, Replay } from '../replay.js'
import { list, number } from '../text.js'

/** Shares are rounded to six decimals. */
const TOLERANCE = 2e-6

export function balance(replay: Replay): Found[] {
  const { problem, plan } = replay
  const { balance: wanted } = problem
  if (wanted === undefined) {
    if (plan.balance === undefined) return []
    return [violation('the plan tells spreads, but balance was not asked for')]
  }
  const violations: Found[] = []
  const vmsNow = new Map(problem.vms.map(({ id, node }) => [id, node]))
  for (const metric of wanted.of) {
    const told = plan.balance?.[metric]
    if (told === undefined) {
      violations.push(violation(`the plan does not tell the spread of ${metric}`))
      continue
    }
    const states = new Map(problem.vms.map(({ id, state }) => [id, state]))
    const own = {
      before: spreadOf(replay, metric, vmsNow, states),
      after: spreadOf(replay, metric, replay.finalNode, replay.finalState),
    }
    for (const key of ['before', 'after'] as const) {
      const excess = told[key] - own[key]
      if (Math.abs(excess) <= TOLERANCE) continue
      const message = `the spread of ${metric} ${key} the plan is given as ${number(told[key])}, but it is ${number(own[key])}`
      violations.push({ ...violation(message), excess })
    }
    if (told.least > told.after + TOLERANCE)
      violations.push({
        ...violation(
          `the least spread of ${metric}, ${number(told.least)}, is above that of the plan, ${number(told.after)}`,
        ),
        excess: told.least - told.after,
      })
  }
  const extra = replay.legs.filter(({ vm, migration }) => !replay.wishes.has(vm.id) && !migration.makesRoom)
  if (extra.length > wanted.maxMigrations)
    violations.push({
      ...violation(
        `${extra.length} migrations are of VMs that are not asked for (${list(extra.map(({ vm }) => vm.id))}); maxMigrations is ${wanted.maxMigrations}`,
      ),
      excess: extra.length - wanted.maxMigrations,
    })
  for (const { vm, migration } of extra)
    if (migration.kind !== 'live' || vm.state !== 'running')
      violations.push({
        subject: vm.id,
        atSeconds: migration.startSeconds,
        message: `${vm.id} is migrated for the balance, which only live migrations of running VMs may be`,
      })
  return violations
}

const violation = (message: string): Found => ({ subject: 'balance', message })

/** Highest less lowest share of the nodes that are up and not drained. */
function spreadOf(
  { problem, drainModes }: Replay,
  metric: BalanceMetric,
  nodeOf: ReadonlyMap<string, string>,
  stateOf: ReadonlyMap<string, string>,
): number {
  const sums = new Map<string, number>()
  for (const vm of problem.vms) {
    if (stateOf.get(vm.id) !== 'running') continue
    const node = nodeOf.get(vm.id)!
    sums.set(node, (sums.get(node) ?? 0) + (metric === 'memory' ? vm.memoryMiB : vm.vcpus))
  }
  const shares = problem.nodes
    .filter(({ id, state }) => state === 'up' && !drainModes.has(id))
    .map(({ id, memoryMiB, cores }) => (sums.get(id) ?? 0) / (metric === 'memory' ? memoryMiB : cores!))
  if (shares.length === 0) return 0
  return shares.reduce((a, b) => Math.max(a, b)) - shares.reduce((a, b) => Math.min(a, b))
}
