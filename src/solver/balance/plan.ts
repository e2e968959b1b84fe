/**
 * Plans for `request.balance`: what is asked for besides is planned first and keeps its places; then as few other VMs as can be are chosen to be
 * migrated, and all of it is planned at once. A migration that finds no order is not tried again.
 */
import { loadKernel } from '../../kernel/kernel.js'
import { compileInstance } from '../../model/compile.js'
import type { Instance } from '../../model/instance.js'
import { wholeKiB } from '../../model/memory.js'
import type { BalanceFigures, Plan, PlanWarning } from '../../model/plan.js'
import type { ResolvedNode, ResolvedProblem, ResolvedVm } from '../../model/problem.js'
import type { Run } from '../run.js'
import { readAsked } from '../wishes/asked.js'
import { leastSpread } from './bound.js'
import { BalanceSearch, type Chosen, type Mover } from './choose.js'
import { Loads, type Metric } from './loads.js'

/** Sets of migrations that are tried to be put in order. */
const TRIES = 8
/** What proofs allow figures to be off, of a share. */
const TOLERANCE = 1e-6

export type PlanOne = (problem: ResolvedProblem) => Promise<Plan>

/** @param planOne plans a problem without `balance`. */
export async function planBalanced(problem: ResolvedProblem, run: Run, planOne: PlanOne): Promise<Plan> {
  const { balance, ...rest } = problem
  const wanted = balance!
  const bare: ResolvedProblem = { ...rest, balance: undefined }
  const instance = compileInstance(bare)
  const { maker, request } = readAsked(instance, await loadKernel())
  const hasAsked = problem.moves.length + problem.drains.length > 0
  const first = await planOne(bare)
  const asked = [...request.wishes.map(({ vm }) => vm), ...request.alreadyThere]
  const isAsked = new Set(asked)
  const end = endOf(instance, first)
  const metrics = wanted.of.map((name) => metricOf(instance, name))
  const nodes = problem.nodes.flatMap(({ state }, n) =>
    state === 'up' && instance.drained[n] === 0 ? [n] : [],
  )
  const before = new Loads(metrics, nodes, instance.vmNode)

  let movers = problem.vms.flatMap(({ state, affinity }, vm): Mover[] => {
    if (state !== 'running' || affinity.length > 0 || isAsked.has(vm)) return []
    const targets = maker
      .wish(vm, undefined, undefined)
      .choices.filter(({ kind, node }) => kind === 'live' && nodes.includes(node))
      .map(({ node, duration, penalty }) => [node, duration + penalty] as const)
    return targets.length === 0 ? [] : [{ vm, targets: new Map(targets) }]
  })
  const movable = movers.map(({ vm }) => vm)
  const least = metrics.map((_, m) => leastSpread(before, m, { movable, asked }, wanted.maxMigrations))

  let plan = first
  let chosen: Chosen = { moves: new Map(), excess: 0, excessProven: false, numberProven: false }
  let proven = false
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const looks = run.parameters.planner.exhaustLooks
    const search = new BalanceSearch(instance, new Loads(metrics, nodes, end), movers, asked, wanted, looks)
    chosen = search.choose()
    proven = attempt === 0 && chosen.excessProven && chosen.numberProven
    if (chosen.moves.size === 0) break
    const tried = await planOne(withMoves(bare, instance, first, chosen.moves))
    const left = new Set(tried.unplaced.map(({ vm }) => vm))
    const stuck = [...chosen.moves].filter(([vm]) => left.has(problem.vms[vm].id))
    const worse = first.unplaced.length < tried.unplaced.length - stuck.length
    if (stuck.length === 0 && !worse) {
      plan = tried
      break
    }
    // What cannot get there in this company is not asked to go there again.
    const banned = new Map(stuck.length > 0 ? stuck : [...chosen.moves].slice(0, 1))
    movers = movers.map(({ vm, targets }) => {
      const node = banned.get(vm)
      return node === undefined
        ? { vm, targets }
        : { vm, targets: new Map([...targets].filter(([n]) => n !== node)) }
    })
  }
  const after = new Loads(metrics, nodes, endOf(instance, plan))
  const figures: Record<string, BalanceFigures> = {}
  metrics.forEach(({ name }, m) => {
    const spread = after.spread(m).spread
    const bound = proven && chosen.excess > TOLERANCE && metrics.length === 1 ? spread : least[m]
    figures[name] = {
      before: rounded(before.spread(m).spread),
      after: rounded(spread),
      least: Math.floor(Math.min(bound, spread) * 1e6) / 1e6,
    }
  })
  const isOptimal = proven && plan.unplaced.length === 0 && !hasAsked
  const excess = after.excess(wanted.within)
  return {
    ...plan,
    status: plan.unplaced.length > 0 ? plan.status : isOptimal ? 'optimal' : 'feasible',
    proven: isOptimal,
    ...boundsOf(plan, first),
    balance: figures,
    warnings: excess > TOLERANCE ? [...plan.warnings, notReached(figures, wanted.within)] : plan.warnings,
  }
}

/** What the others need is a bound of all: nothing is sooner for having more to do. */
function boundsOf(plan: Plan, first: Plan): Pick<Plan, 'lowerBoundSeconds' | 'costLowerBound' | 'gap'> {
  const lowerBoundSeconds = Math.min(first.lowerBoundSeconds, plan.makespanSeconds)
  return {
    lowerBoundSeconds,
    costLowerBound: Math.min(first.costLowerBound, plan.cost),
    gap: plan.makespanSeconds > 0 ? (plan.makespanSeconds - lowerBoundSeconds) / plan.makespanSeconds : 0,
  }
}

function endOf({ vmNode, vmIndex, nodeIndex }: Instance, { migrations }: Plan): Int32Array {
  const end = vmNode.slice()
  for (const { vm, to } of migrations) end[vmIndex.get(vm)!] = nodeIndex.get(to)!
  return end
}

/** Of running VMs; nodes of which the CPUs are not told are none that count. */
function metricOf({ problem: { nodes, vms } }: Instance, name: Metric['name']): Metric {
  const sizeOf = ({ memoryMiB, vcpus }: ResolvedVm) => (name === 'memory' ? wholeKiB(memoryMiB) : vcpus)
  const capacityOf = ({ memoryMiB, cores = 1 }: ResolvedNode) =>
    name === 'memory' ? wholeKiB(memoryMiB) : cores
  return {
    name,
    size: Float64Array.from(vms, (vm) => (vm.state === 'running' ? sizeOf(vm) : 0)),
    capacity: Float64Array.from(nodes, capacityOf),
  }
}

/** The same problem with what was planned first as moves to where it ends, and the others' moves behind. */
function withMoves(
  problem: ResolvedProblem,
  { vmIndex }: Instance,
  first: Plan,
  others: ReadonlyMap<number, number>,
): ResolvedProblem {
  const ends = new Map(first.migrations.filter(({ from, to }) => from !== to).map(({ vm, to }) => [vm, to]))
  const given = new Map(problem.moves.map((move) => [move.vm, move]))
  const drains = new Map(problem.drains.map((drain) => [drain.node, drain]))
  const pinned = [...ends].map(([vm, to]) => {
    const move = given.get(vm) ?? {}
    const drain = drains.get(problem.vms[vmIndex.get(vm)!].node)
    return {
      ...(drain?.bySeconds === undefined ? {} : { bySeconds: drain.bySeconds }),
      ...move,
      vm,
      to: [to],
    }
  })
  const left = problem.moves.filter(({ vm }) => !ends.has(vm))
  const more = [...others].map(([vm, node]) => ({ vm: problem.vms[vm].id, to: [problem.nodes[node].id] }))
  return { ...problem, moves: [...left, ...pinned, ...more] }
}

function notReached(figures: Record<string, BalanceFigures>, within: number): PlanWarning {
  const told = Object.entries(figures)
    .filter(([, { after }]) => after > within + TOLERANCE)
    .map(([name, { after, least }]) => `of ${name} ${after} (no plan gets below ${least})`)
  return {
    code: 'balance',
    message: `the spread ${told.join(' and ')} stays above the ${within} that were asked for; more migrations, or VMs that may go to more nodes, would help`,
  }
}

function rounded(share: number): number {
  return Math.round(share * 1e6) / 1e6
}
