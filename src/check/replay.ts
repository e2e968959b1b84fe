/**
 * Follows each VM through the plan, leg by leg: where it really is, in which state, and which CPU features it sees. Every rule
 * reads from here, so that none has to trust what the plan says of the past.
 */
import type { Migration, Plan, Violation } from '../model/plan.js'
import type {
  CpuVendor,
  ResolvedNode,
  ResolvedProblem,
  ResolvedVm,
  ResolvedWork,
  VmState,
} from '../model/problem.js'
import { append } from './sweep.js'
import { TIME_TOLERANCE } from './tolerance.js'
import { type Wish, wishesOf } from './wishes.js'

/** One migration whose VM and nodes the problem knows, and its VM as it is when the migration starts. */
export interface Leg {
  migration: Migration
  vm: ResolvedVm
  /** As the plan names them. */
  source: ResolvedNode
  target: ResolvedNode
  startSeconds: number
  /** Never before `startSeconds`, whatever the plan says. */
  endSeconds: number
  /** Id of the node where the VM really is. */
  at: string
  state: VmState
  /** The CPU that the VM sees. */
  vendor: CpuVendor
  features: readonly string[]
  /** The same VM's leg before this one. */
  earlier: Leg | undefined
  /** No later leg of this VM. */
  last: boolean
}

/** A work that the plan does. */
export interface WorkDone {
  work: ResolvedWork
  startSeconds: number
  endSeconds: number
}

/** What a rule has found: of the rule itself unless it says another. */
export type Found = Omit<Violation, 'rule'> & Partial<Pick<Violation, 'rule'>>

export interface Replay {
  problem: ResolvedProblem
  plan: Plan
  wishes: ReadonlyMap<string, Wish>
  drainModes: ReadonlyMap<string, 'live' | 'save'>
  /** Node → the work that was asked for. */
  workAsked: ReadonlyMap<string, ResolvedWork>
  /** Node → its work in the plan, in the plan's order; only works that were asked for, each node once. */
  worksDone: ReadonlyMap<string, WorkDone>
  /** By start, then VM id, whatever the plan's order. Migrations that name an unknown id are left out. */
  legs: readonly Leg[]
  /** By start. Only VMs that have a leg. */
  legsOf: ReadonlyMap<string, readonly Leg[]>
  /** Where each VM is at the end: an id that the problem may not know. */
  finalNode: ReadonlyMap<string, string>
  finalState: ReadonlyMap<string, VmState>
  /** Each node's features, for membership tests. */
  featureSets: ReadonlyMap<string, ReadonlySet<string>>
  /** Each node's offloads, likewise. */
  offloadSets: ReadonlyMap<string, ReadonlySet<string>>
  /** Features that every node of the vendor has. */
  baselines: ReadonlyMap<CpuVendor, readonly string[]>
}

function baselinesOf(nodes: readonly ResolvedNode[]): Map<CpuVendor, readonly string[]> {
  const baselines = new Map<CpuVendor, readonly string[]>()
  for (const node of nodes) {
    const sofar = baselines.get(node.vendor)
    const own = new Set(node.features)
    baselines.set(node.vendor, sofar ? sofar.filter((feature) => own.has(feature)) : [...own])
  }
  return baselines
}

/** By start, then VM id in code units: the order that a plan has to have. */
export function compareMigrations(a: Migration, b: Migration): number {
  return a.startSeconds - b.startSeconds || (a.vm < b.vm ? -1 : a.vm > b.vm ? 1 : 0)
}

export function replay(problem: ResolvedProblem, plan: Plan): Replay {
  const baselines = baselinesOf(problem.nodes)
  const finalNode = new Map(problem.vms.map((vm) => [vm.id, vm.node]))
  const finalState = new Map(problem.vms.map((vm) => [vm.id, vm.state]))
  const guest = new Map<string, { vendor: CpuVendor; features: readonly string[] }>()
  const legsOf = new Map<string, Leg[]>()
  const legs: Leg[] = []

  const ordered = [...plan.migrations].sort((a, b) => compareMigrations(a, b) || a.endSeconds - b.endSeconds)
  for (const migration of ordered) {
    const vm = problem.vmById.get(migration.vm)
    if (!vm) continue
    const at = finalNode.get(vm.id) ?? vm.node
    const state = finalState.get(vm.id) ?? vm.state
    finalNode.set(vm.id, migration.to)
    if (migration.kind === 'save-in-place') finalState.set(vm.id, 'saved')
    if (migration.kind === 'stop-in-place') finalState.set(vm.id, 'off')
    if (isWaking(migration)) finalState.set(vm.id, 'running')
    const source = problem.nodeById.get(migration.from)
    const target = problem.nodeById.get(migration.to)
    if (!source || !target) continue

    const { vendor, features } = guest.get(vm.id) ?? vm
    if (migration.kind === 'restart') {
      guest.set(vm.id, { vendor: target.vendor, features: baselines.get(target.vendor) ?? [] })
    } else if (migration.kind === 'start-in-place') {
      const after = problem.works?.find(({ node }) => node === target.id)?.featuresAfter
      guest.set(vm.id, { vendor: target.vendor, features: after ?? target.features })
    }
    const earlier = legsOf.get(vm.id)?.at(-1)
    if (earlier) earlier.last = false
    const leg: Leg = {
      migration,
      vm,
      source,
      target,
      startSeconds: migration.startSeconds,
      endSeconds: Math.max(migration.startSeconds, migration.endSeconds),
      at,
      state,
      vendor,
      features,
      earlier,
      last: true,
    }
    legs.push(leg)
    append(legsOf, vm.id, leg)
  }
  const workAsked = new Map((problem.works ?? []).map((work) => [work.node, work]))
  const worksDone = new Map<string, WorkDone>()
  for (const { node, startSeconds, endSeconds } of plan.maintenance ?? []) {
    const work = workAsked.get(node)
    if (work !== undefined && !worksDone.has(node)) worksDone.set(node, { work, startSeconds, endSeconds })
  }
  return {
    problem,
    plan,
    workAsked,
    worksDone,
    wishes: wishesOf(problem),
    drainModes: new Map(problem.drains.map((drain) => [drain.node, drain.mode])),
    legs,
    legsOf,
    finalNode,
    finalState,
    featureSets: new Map(problem.nodes.map((node) => [node.id, new Set(node.features)])),
    offloadSets: new Map(problem.nodes.map((node) => [node.id, new Set(node.offloads)])),
    baselines,
  }
}

/** Leads nowhere. */
export function isInPlace({ kind }: Pick<Migration, 'kind'>): boolean {
  return kind.endsWith('in-place')
}

/** The VM runs again, where it was saved or shut down. */
export function isWaking({ kind }: Pick<Migration, 'kind'>): boolean {
  return kind === 'resume-in-place' || kind === 'start-in-place'
}

/** Does the VM run, and live on a node that is to be worked on, or away from home? Such a VM may migrate as often as it takes. */
export function isMaintained(
  vm: ResolvedVm,
  { workAsked, problem }: Pick<Replay, 'workAsked' | 'problem'>,
): boolean {
  if (vm.state !== 'running' || problem.works === undefined) return false
  return workAsked.has(vm.node) || (problem.policy.returnHome && vm.home !== vm.node)
}

/** Beside works VMs may come back, or get home: then groups do not bind them. */
export function isBack(
  vm: ResolvedVm,
  { problem, finalNode }: Pick<Replay, 'problem' | 'finalNode'>,
): boolean {
  const { works, policy } = problem
  const end = finalNode.get(vm.id)
  return works !== undefined && (end === vm.node || (policy.returnHome && end === vm.home))
}

/** Is the work on the node over at that instant? */
export function isWorkedOn(
  node: string,
  atSeconds: number,
  { worksDone }: Pick<Replay, 'worksDone'>,
): boolean {
  const done = worksDone.get(node)
  return done !== undefined && done.endSeconds <= atSeconds + TIME_TOLERANCE
}
