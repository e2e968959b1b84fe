/** Problems and plans made by hand, without the validator: every number in them can be checked with pencil and paper. */
import type { Plan, UnplacedVm } from '../../src/model/plan.js'
import {
  DEFAULT_POLICY,
  type Policy,
  type ProblemMove,
  type ResolvedNode,
  type ResolvedProblem,
  type ResolvedVm,
  type ResolvedWindow,
  type ResolvedWork,
} from '../../src/model/problem.js'
import { MBPS_OF_100_MIB, moveOf, nodeOf, vmOf } from '../problem.js'

export interface ProblemParts {
  nodes: (string | (Partial<ResolvedNode> & { id: string }))[]
  vms: (string | (Partial<ResolvedVm> & { id: string; node: string }))[]
  windows?: Omit<ResolvedWindow, 'source' | 'kind'>[]
  moves?: (string | (ProblemMove & { bySeconds?: number }))[]
  drains?: ResolvedProblem['drains']
  networks?: ResolvedProblem['networks']
  order?: ResolvedProblem['order']
  balance?: ResolvedProblem['balance']
  works?: (Pick<ResolvedWork, 'node' | 'durationSeconds'> & Partial<ResolvedWork>)[]
  noWorkWindows?: Omit<ResolvedProblem['noWorkWindows'][number], 'source'>[]
  notTogether?: ResolvedProblem['notTogether']
  softRules?: ResolvedProblem['softRules']
  groupDomains?: ResolvedProblem['groupDomains']
  policy?: Partial<Policy>
}

/** As `moveOf` writes it. */
export function resolvedMoveOf(move: string | ProblemMove): ResolvedProblem['moves'][number] {
  const { to, ...rest } = moveOf(move)
  return { ...rest, to: typeof to === 'string' ? [to] : to }
}

/** Nodes of 10,000 MiB that send 100 MiB per second on Intel with features a and b; VMs of 1,000 MiB that see what their node has. */
export function problemOf(parts: ProblemParts): ResolvedProblem {
  const policy = { ...DEFAULT_POLICY, linkEfficiency: 1, blackoutPenaltySeconds: 0, ...parts.policy }
  const nodes = parts.nodes.map(nodeOf).map(
    (node): ResolvedNode => ({
      vendor: 'Intel',
      features: ['a', 'b'],
      memoryMiB: 10_000,
      migrationMbps: MBPS_OF_100_MIB,
      slots: 1,
      offloads: [],
      state: 'up',
      domains: new Map(),
      linkEfficiency: policy.linkEfficiency,
      streamMbps: policy.streamMbps ?? Number.POSITIVE_INFINITY,
      reserveMiB: policy.reserveMiB,
      cores: undefined,
      devices: new Map(),
      ...node,
    }),
  )
  const nodeById = new Map(nodes.map((node) => [node.id, node]))
  const vms = parts.vms.map(vmOf).map((vm): ResolvedVm => {
    const bootNode = vm.bootNode ?? vm.node
    const { features = [], vendor = 'Intel' } = nodeById.get(bootNode) ?? {}
    const memoryMiB = vm.memoryMiB ?? 1000
    return {
      memoryMiB,
      dirtyMiBps: 0,
      dirtyKnown: true,
      workingSetMiB: memoryMiB,
      copyMiB: memoryMiB,
      durationFactor: 1,
      bootNode,
      home: vm.node,
      compatibility: 'off',
      offloads: [],
      state: 'running',
      allowedNodes: undefined,
      preferredNodes: undefined,
      antiAffinity: [],
      affinity: [],
      priority: 2000,
      restartable: false,
      maxBlackoutSeconds: undefined,
      vcpus: 1,
      devices: new Map(),
      ways: undefined,
      serial: [],
      features,
      vendor,
      ...vm,
    }
  })
  return {
    name: 'by hand',
    start: undefined,
    nodes,
    vms,
    nodeById,
    vmById: new Map(vms.map((vm) => [vm.id, vm])),
    softRules: parts.softRules ?? [],
    groupDomains: parts.groupDomains ?? new Map(),
    affinityDomains: new Map(),
    windowsBeyond: false,
    foreignOffsets: [],
    windows: (parts.windows ?? [])
      .map((window, source): ResolvedWindow => ({ kind: 'backup', source, ...window }))
      .sort((a, b) => a.startSeconds - b.startSeconds),
    networks: parts.networks ?? [],
    moves: (parts.moves ?? []).map(resolvedMoveOf),
    drains: parts.drains ?? [],
    order: parts.order ?? [],
    balance: parts.balance,
    noWorkWindows: (parts.noWorkWindows ?? []).map((window, source) => ({ source, ...window })),
    works: parts.works?.map((work) => ({
      mode: 'live',
      earliestStartSeconds: 0,
      latestEndSeconds: Number.POSITIVE_INFINITY,
      after: [],
      priority: 2000,
      position: 'any',
      settleSeconds: 0,
      featuresAfter: undefined,
      ...work,
    })),
    notTogether: parts.notTogether ?? [],
    policy,
  }
}

/** An optimal, proven timeline unless said otherwise. */
export function planOf(parts: Partial<Plan> & Pick<Plan, 'migrations' | 'makespanSeconds' | 'cost'>): Plan {
  return {
    version: 1,
    problem: 'by hand',
    status: 'optimal',
    proven: true,
    schedule: 'timeline',
    lowerBoundSeconds: parts.makespanSeconds,
    gap: 0,
    costLowerBound: parts.cost,
    unplaced: [],
    drained: [],
    warnings: [],
    statistics: {
      runtimeSeconds: 0.1,
      seed: 0,
      lpSolves: 0,
      columns: 0,
      roundsScored: 0,
      evaluations: 0,
      bound: 'node-load',
    },
    ...parts,
  }
}

export function unplaced(vm: string, reason: UnplacedVm['reason'] = 'window'): UnplacedVm {
  return { vm, reason, detail: 'because', nodes: {}, remedies: [] }
}

/** After times were changed: figures that are true again, and promise nothing. */
export function loosen(plan: Plan): void {
  const makespan = Math.max(0, ...plan.migrations.map((m) => m.endSeconds))
  plan.cost += makespan - plan.makespanSeconds
  plan.makespanSeconds = makespan
  plan.lowerBoundSeconds = 0
  plan.gap = makespan > 0 ? 1 : 0
  plan.costLowerBound = 0
  plan.proven = false
  if (plan.status === 'optimal') plan.status = 'feasible'
}
