/** The plan: what `plan()` returns and `check()` judges (docs/format.md, version 1). All times in seconds from the plan's start. */

import type { BalanceMetric } from './problem.js'

export type PlanStatus = 'optimal' | 'feasible' | 'partial' | 'infeasible'
export type ScheduleKind = 'timeline' | 'rounds'
export type MigrationKind =
  | 'live'
  | 'restart'
  | 'save'
  | 'save-in-place'
  | 'stop-in-place'
  | 'resume-in-place'
  | 'start-in-place'
export type UnplacedReason =
  | 'cpu-vendor'
  | 'cpu-features'
  | 'memory'
  | 'vcpus'
  | 'devices'
  | 'anti-affinity'
  | 'affinity'
  | 'allowed-nodes'
  | 'horizon'
  | 'window'
  | 'node-state'
  | 'blackout'
  | 'ways'
  | 'deadline'
/** Why a work is not done: what keeps VMs on its node, or the work itself. */
export type NotMaintainedReason = UnplacedReason | 'after' | 'deadline'
export type WarningCode =
  | 'backup-missed'
  | 'backup-tight'
  | 'makes-room'
  | 'node-failure'
  | 'horizon-clamped'
  | 'soft-rule'
  | 'blackout-long'
  | 'not-converging'
  | 'dirty-unknown'
  | 'fixed-offset'
  | 'cut-short'
  | 'balance'
  | 'at-once'
/** What ended the search: its work was done, nothing was left to prove, or the user's limit. */
export type StopReason = 'budget' | 'proven' | 'time-limit' | 'aborted'

export interface Migration {
  vm: string
  from: string
  to: string
  kind: MigrationKind
  startSeconds: number
  endSeconds: number
  /** Counted from 0. */
  round: number
  /** Of a live migration: what it takes of both ends, one or all. Left out where that is one of each. */
  slots?: { from: number; to: number }
  /** How long the VM stands still; of a restart or a save, all of it. */
  blackoutSeconds: number
  lostOffloads: string[]
  lostFeatures: string[]
  /** First leg of two: the VM goes on from here. */
  parking?: true
  /** A VM that was not asked for, moved so that another finds room. */
  makesRoom?: true
  /** A VM of a node to be worked on, moved so that another node can be emptied. */
  stepsAside?: true
}

/** The work on a node. */
export interface MaintainedNode {
  node: string
  startSeconds: number
  endSeconds: number
  /** How long it may overrun before the makespan grows, if what waits for it goes on in the plan's order. */
  slackSeconds: number
}

/** A node whose work is not done. */
export interface NotMaintainedNode {
  node: string
  reason: NotMaintainedReason
  detail: string
  /** Ids of the VMs that stay on it. */
  vms: string[]
}

/** With `policy.returnHome`, a VM that does not end where it was. */
export interface NotHomeVm {
  vm: string
  reason: UnplacedReason
}

export interface UnplacedVm {
  vm: string
  reason: UnplacedReason
  detail: string
  /** Reason for each node that was considered. */
  nodes: Record<string, UnplacedReason>
  remedies: string[]
}

export interface PlanWarning {
  code: WarningCode
  vm?: string
  node?: string
  /** Of `node-failure`: MiB of running VMs that surely find no place when the node fails; 0: not shown that all do. */
  missingMiB?: number
  message: string
}

/** Highest less lowest share of all nodes that are up and not drained. */
export interface BalanceFigures {
  before: number
  after: number
  /** No plan with as many migrations as the request allows gets below it. */
  least: number
}

export interface PlanStatistics {
  runtimeSeconds: number
  seed: number
  lpSolves: number
  columns: number
  roundsScored: number
  evaluations: number
  /** Left out where the plan was made without a search. */
  stopped?: StopReason
  /** Which bound decided `lowerBoundSeconds`: `node-load`, `matching-lp`, … */
  bound: string
  [key: string]: number | string
}

export interface Plan {
  version: 1
  problem: string
  status: PlanStatus
  proven: boolean
  schedule: ScheduleKind
  makespanSeconds: number
  lowerBoundSeconds: number
  /** (makespan − lowerBound) / makespan; 0 for an empty plan. */
  gap: number
  cost: number
  costLowerBound: number
  /** Sorted by start, then VM id. */
  migrations: Migration[]
  unplaced: UnplacedVm[]
  drained: { node: string; atSeconds: number }[]
  /** These three where maintenance was asked for. */
  maintenance?: MaintainedNode[]
  notMaintained?: NotMaintainedNode[]
  notHome?: NotHomeVm[]
  /** By metric, where balance was asked for. */
  balance?: Partial<Record<BalanceMetric, BalanceFigures>>
  warnings: PlanWarning[]
  statistics: PlanStatistics
}

/** No dirty rate is known of what moves: its time is what it takes at least. */
export function isLowerEstimate({ warnings }: Pick<Plan, 'warnings'>): boolean {
  return warnings.some(({ code }) => code === 'dirty-unknown')
}

export type ViolationRule =
  | 'duration'
  | 'slots'
  | 'window'
  | 'cpu-vendor'
  | 'cpu-features'
  | 'memory'
  | 'vcpus'
  | 'devices'
  | 'allowed-nodes'
  | 'anti-affinity'
  | 'affinity'
  | 'node-state'
  | 'request'
  | 'parking'
  | 'horizon'
  | 'limit'
  | 'width'
  | 'network'
  | 'rounds'
  | 'order'
  | 'figures'
  | 'blackout'
  | 'ways'
  | 'serial'
  | 'sequence'
  | 'deadline'
  | 'work'
  | 'work-order'
  | 'work-limit'
  | 'home'
  | 'balance'

export interface Violation {
  rule: ViolationRule
  /** Id of the VM or node, or the plan's field, that breaks it. */
  subject: string
  /** Seconds from the plan's start; undefined where the rule knows no instant. */
  atSeconds?: number
  /** By how much, in the unit that `message` names; undefined where the rule has no measure. */
  excess?: number
  message: string
}
