/** The incumbent as a plan in user units: migrations with rounds and losses, figures, status. */
import { bootFeaturesOf } from '../../model/cpu/silicon.js'
import type { Instance } from '../../model/instance.js'
import type { Migration, Plan, PlanStatus, UnplacedVm } from '../../model/plan.js'
import type { ResolvedNode, ResolvedProblem, ResolvedVm } from '../../model/problem.js'
import { COST_NOISE, ticksToSeconds, toMicroseconds } from '../../model/ticks.js'
import { isInPlace } from '../../model/ways.js'
import type { Shortage } from '../assignment/node-failure.js'
import type { Run } from '../run.js'
import type { Timeline } from '../schedule/timeline.js'
import type { Request } from '../wishes/wishes.js'
import { warningsOf } from './warnings.js'

export interface Outcome {
  timeline: Timeline
  unplaced: UnplacedVm[]
  /** Ticks. */
  penalty: number
  makespanBound: number
  costBound: number
  /** Name of the bound that decided. */
  bound: string
  /** Nothing leaves less weight unplaced, or as little and, where that is asked for, survives a node's failure better. */
  unplacedProven: boolean
  /** Nodes whose failure is not shown to be survived. */
  shortages: readonly Shortage[]
  /** What became of the LP layer: `''`, `used`, or why it was left out or left for another backend. */
  lp: string
  /** Threads that searched, or stood by. */
  threads: number
  /** Why they are fewer than were asked for, `''`: they are not. */
  threadsNote: string
}

export function reportPlan(instance: Instance, request: Request, run: Run, outcome: Outcome): Plan {
  const { timeline, unplaced } = outcome
  const { problem } = instance
  const migrations = migrationsOf(instance, request, timeline)
  const schedule = run.options.schedule
  if (schedule === 'timeline') numberRounds(migrations)
  else compactRounds(migrations)
  const { statistics, proven, ...figures } = figuresOf(run, { ...outcome, makespan: timeline.makespan })
  const cut = proven ? undefined : run.cut
  return {
    version: 1,
    problem: problem.name,
    status: statusOf(unplaced.length, proven, migrations.length > 0),
    proven,
    schedule,
    ...figures,
    migrations,
    unplaced,
    drained: drainedOf(instance, migrations),
    warnings: warningsOf(instance, migrations, { shortages: outcome.shortages, cut }),
    statistics,
  }
}

type Figures = Pick<
  Plan,
  'proven' | 'makespanSeconds' | 'lowerBoundSeconds' | 'gap' | 'cost' | 'costLowerBound' | 'statistics'
>

/** Figures in user units, and how the plan was made. */
export function figuresOf(
  run: Run,
  outcome: Omit<Outcome, 'timeline' | 'unplaced' | 'shortages'> & { makespan: number },
): Figures {
  const { makespan } = outcome
  const cost = makespan + outcome.penalty
  const lowerBound = Math.min(outcome.makespanBound, makespan)
  const costBound = Math.min(Math.max(outcome.costBound, lowerBound), cost)
  const proven = outcome.unplacedProven && costBound >= cost - COST_NOISE
  return {
    proven,
    makespanSeconds: ticksToSeconds(makespan),
    lowerBoundSeconds: ticksToSeconds(lowerBound),
    gap: makespan === 0 ? 0 : (makespan - lowerBound) / makespan,
    cost: toMicroseconds(cost),
    costLowerBound: toMicroseconds(costBound),
    statistics: {
      runtimeSeconds: run.runtimeSeconds,
      seed: run.options.seed,
      effort: run.options.effort,
      ...run.counters,
      bound: outcome.bound,
      stopped: proven ? 'proven' : (run.cut ?? 'budget'),
      lp: outcome.lp,
      threads: outcome.threads,
      ...(outcome.threadsNote === '' ? {} : { threadsNote: outcome.threadsNote }),
      ...overriddenBy(run),
    },
  }
}

/** Parameters that are not the effort's own, with their values. */
function overriddenBy({ options: { overridden } }: Run): { parameters?: string } {
  const list = Object.entries(overridden).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
  return list.length === 0 ? {} : { parameters: list.join(' ') }
}

/** @param left VMs unplaced, and works not done. @param some something that was asked for happens. */
export function statusOf(left: number, proven: boolean, some: boolean): PlanStatus {
  if (left > 0) return some ? 'partial' : 'infeasible'
  return proven ? 'optimal' : 'feasible'
}

function migrationsOf(instance: Instance, request: Request, timeline: Timeline): Migration[] {
  const { problem } = instance
  const baselines = vendorBaselines(instance)
  const migrations = timeline.legs.map((leg, i): Migration => {
    const vm = problem.vms[leg.vm]
    const from = problem.nodes[leg.from]
    const to = problem.nodes[leg.to]
    const migration: Migration = {
      vm: vm.id,
      from: from.id,
      to: to.id,
      kind: leg.kind,
      startSeconds: ticksToSeconds(timeline.start[i]),
      endSeconds: ticksToSeconds(timeline.start[i] + leg.duration),
      round: timeline.round[i],
      ...(leg.slots.from > 1 || leg.slots.to > 1 ? { slots: { ...leg.slots } } : {}),
      blackoutSeconds: Math.min(Math.round(leg.blackoutSeconds * 1e6) / 1e6, ticksToSeconds(leg.duration)),
      lostOffloads: leg.parking || isInPlace(leg.kind) ? [] : offloadsLost(vm, to),
      lostFeatures: [],
    }
    if (leg.kind === 'restart') migration.lostFeatures = featuresLostByRestart(problem, baselines, vm, to)
    if (leg.parking) migration.parking = true
    if (request.wishes[leg.wish].makesRoom && instance.mayStay[leg.vm] === 0) migration.makesRoom = true
    return migration
  })
  return migrations.sort(byStart)
}

function byStart(a: Migration, b: Migration): number {
  return a.startSeconds - b.startSeconds || (a.vm < b.vm ? -1 : a.vm > b.vm ? 1 : a.endSeconds - b.endSeconds)
}

/** Offloads that the VM uses and the node lacks. */
export function offloadsLost(vm: ResolvedVm, node: ResolvedNode): string[] {
  if (vm.offloads.length === 0) return []
  const offered = new Set(node.offloads)
  return vm.offloads.filter((offload) => !offered.has(offload))
}

/** Features of the VM's boot node that it no longer sees once it has been restarted on the node. */
export function featuresLostByRestart(
  problem: ResolvedProblem,
  baselines: ReadonlyMap<string, ReadonlySet<string>>,
  vm: ResolvedVm,
  node: ResolvedNode,
): string[] {
  const boot = bootFeaturesOf(problem.nodeById.get(vm.bootNode)!)
  const baseline = baselines.get(node.vendor)
  return boot.filter((feature) => baseline?.has(feature) !== true)
}

/** Features that every node of each vendor has. */
export function vendorBaselines(instance: Instance): Map<string, Set<string>> {
  const baselines = new Map<string, Set<string>>()
  for (const { vendor, features } of instance.problem.nodes) {
    const known = baselines.get(vendor)
    if (known === undefined) baselines.set(vendor, new Set(features))
    else for (const f of known) if (!features.includes(f)) known.delete(f)
  }
  return baselines
}

/** Rounds of a timeline: the least number above that of every migration on the two nodes that has ended by the start. */
export function numberRounds(migrations: Migration[]): void {
  const ended = new Map<string, number>()
  const running = new Map<string, Migration[]>()
  const settle = (node: string, t: number): number => {
    let least = ended.get(node) ?? 0
    const still: Migration[] = []
    for (const m of running.get(node) ?? []) {
      if (m.endSeconds <= t) least = Math.max(least, m.round + 1)
      else still.push(m)
    }
    ended.set(node, least)
    running.set(node, still)
    return least
  }
  for (const m of migrations) {
    m.round = Math.max(settle(m.from, m.startSeconds), settle(m.to, m.startSeconds))
    running.get(m.from)?.push(m)
    if (m.to !== m.from) running.get(m.to)?.push(m)
  }
}

/** Numbers the rounds that are really used from 0 on, in order of time. */
export function compactRounds(migrations: Migration[]): void {
  const numbers = new Map(
    [...new Set(migrations.map((m) => m.round))].sort((a, b) => a - b).map((r, i) => [r, i]),
  )
  for (const m of migrations) m.round = numbers.get(m.round) ?? 0
}

/** Drained nodes on which nothing runs at the end, and since when. */
export function drainedOf(instance: Instance, migrations: readonly Migration[]): Plan['drained'] {
  const { problem } = instance
  const left = new Map<string, number>()
  const off = new Set<string>()
  for (const m of migrations) {
    if (isInPlace(m.kind)) off.add(m.vm)
    left.set(m.from, Math.max(left.get(m.from) ?? 0, m.endSeconds))
  }
  const place = new Map(problem.vms.map((vm) => [vm.id, vm.node]))
  for (const m of migrations) place.set(m.vm, m.to)
  const busy = new Set<string>()
  for (const vm of problem.vms)
    if (vm.state === 'running' && !off.has(vm.id)) busy.add(place.get(vm.id) ?? vm.node)
  return problem.drains
    .filter(({ node }) => !busy.has(node))
    .map(({ node }) => ({ node, atSeconds: left.get(node) ?? 0 }))
}
