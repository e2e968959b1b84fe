/**
 * The problem as the user writes it (docs/format.md, version 1), and as the rest of the program reads it: every default
 * filled in, every instant in seconds from the plan's start, every recurrence expanded, every CPU model resolved.
 */

export type CpuVendor = 'Intel' | 'AMD' | 'Hygon'
export type NodeState = 'up' | 'paused' | 'down'
export type VmState = 'running' | 'saved' | 'off'
export type Compatibility = 'off' | 'minimum' | 'cluster'
export type WindowKind = 'backup' | 'blackout'

/** Seconds from the plan's start, or an ISO 8601 instant with an offset (then the problem needs a `start`). */
export type Instant = number | string

/**
 * A CPU: its own list of guest-visible features, or the name of a model of the built-in table. `mayHave`: features that it has or has not;
 * `part`: nodes that differ in it are not of the same silicon.
 */
export type ProblemCpu =
  | { vendor: CpuVendor; features: string[]; mayHave?: string[]; part?: string }
  | { model: string; part?: string }

export interface ProblemNode {
  /** Unique, non-empty. */
  id: string
  cpu: ProblemCpu
  /** MiB, > 0. */
  memoryMiB: number
  /** Bandwidth of the live-migration network, megabits per second, > 0. */
  migrationMbps: number
  /** Migrations that the node takes part in at once, sending or receiving. Integer ≥ 1, default 1. */
  slots?: number
  /** Offloads of its NIC. Default none. */
  offloads?: string[]
  /** `up`; `paused`: sends, never receives; `down`: neither. Default `up`. */
  state?: NodeState
}

export interface ProblemVm {
  /** Unique, non-empty. */
  id: string
  /** Id of the node where the VM is now. */
  node: string
  /** MiB, > 0. */
  memoryMiB: number
  /** MiB per second, ≥ 0, default 0. */
  dirtyMiBps?: number
  /** Most memory that the VM can dirty, MiB, default `memoryMiB`. */
  workingSetMiB?: number
  /** Node where it was last started: it sees that CPU's features. Default `node`. */
  bootNode?: string
  /** Default `off`. */
  compatibility?: Compatibility
  /** Offloads that it uses now. Default none. */
  offloads?: string[]
  /** Default `running`. */
  state?: VmState
  /** Possible owners. Default every node. */
  allowedNodes?: string[]
  /** Groups of which no two VMs share a target. Default none. */
  antiAffinity?: string[]
  /** Groups that stay together: where the plan moves a VM of one, all of it ends on one node. Default none. */
  affinity?: string[]
  /** 3000 high, 2000 medium, 1000 low, 0 none; any integer ≥ 0 is taken. Default 2000. */
  priority?: number
  /** May be stopped and started by the plan. Default false. */
  restartable?: boolean
}

export interface ProblemWindow {
  /** The VM that it covers; with neither `vm` nor `node`, the whole cluster. */
  vm?: string
  node?: string
  start: Instant
  /** One of `end` and `durationSeconds`. */
  end?: Instant
  durationSeconds?: number
  /** RFC 5545 recurrence rule; `start` is its first occurrence. */
  rrule?: string
  /** Default `backup`. */
  kind?: WindowKind
}

export interface ProblemMove {
  vm: string
  to: string
  /** Replaces the duration model on the leg that ends at `to`. Seconds, > 0. */
  durationSeconds?: number
}

export type ProblemDrain = string | { node: string; mode?: 'live' | 'save' }

/** See docs/format.md for each field's meaning; `DEFAULT_POLICY` has the defaults. */
export interface Policy {
  allowRestart: boolean
  allowSave: boolean
  allowParking: boolean
  allowMakeRoom: boolean
  reserveMiB: number
  tolerateNodeFailure: boolean
  /** Migrations of kind `live` under way at once in the cluster, ≥ 1; absent: as many as nodes have slots for. */
  concurrentMigrations?: number | undefined
  /** Those of all other kinds, ≥ 1. */
  concurrentRestarts: number
  offloadPenaltySeconds: number
  featureLossPenaltySeconds: number
  restartSeconds: number
  restartPenaltySeconds: number
  saveMiBps: number
  savePenaltySeconds: number
  linkEfficiency: number
  setupSeconds: number
  /** Added to the time of every migration, a given one too, and to no blackout: until a runbook sees that it can go on. */
  startLagSeconds: number
  maxPasses: number
  stopThresholdMiB: number
  horizonSeconds: number
}

export interface Problem {
  version: 1
  name?: string
  /** ISO 8601 instant with an offset: second 0 of the plan. */
  start?: string
  nodes: ProblemNode[]
  vms: ProblemVm[]
  windows?: ProblemWindow[]
  request: { moves?: ProblemMove[]; drain?: ProblemDrain[] }
  policy?: Partial<Policy>
}

export const DEFAULT_POLICY: Readonly<Policy> = Object.freeze({
  allowRestart: false,
  allowSave: false,
  allowParking: true,
  allowMakeRoom: false,
  reserveMiB: 0,
  tolerateNodeFailure: false,
  concurrentRestarts: 4,
  offloadPenaltySeconds: 30,
  featureLossPenaltySeconds: 10,
  restartSeconds: 180,
  restartPenaltySeconds: 600,
  saveMiBps: 400,
  savePenaltySeconds: 300,
  linkEfficiency: 0.9,
  setupSeconds: 2,
  startLagSeconds: 0,
  maxPasses: 10,
  stopThresholdMiB: 32,
  horizonSeconds: 604_800,
})

export interface ResolvedNode {
  id: string
  vendor: CpuVendor
  /** What it offers to VMs that arrive: normalised feature names, sorted, without repeats. */
  features: readonly string[]
  /** What a VM sees that is started there; absent where that is `features`, since nothing about the CPU is in doubt. */
  bootFeatures?: readonly string[]
  memoryMiB: number
  migrationMbps: number
  slots: number
  offloads: readonly string[]
  state: NodeState
}

export interface ResolvedVm {
  id: string
  node: string
  memoryMiB: number
  dirtyMiBps: number
  workingSetMiB: number
  bootNode: string
  compatibility: Compatibility
  offloads: readonly string[]
  state: VmState
  /** Undefined: every node. */
  allowedNodes: ReadonlySet<string> | undefined
  antiAffinity: readonly string[]
  affinity: readonly string[]
  priority: number
  restartable: boolean
  /** The feature set that it sees (of its boot node, cut by its compatibility mode); sorted. */
  features: readonly string[]
  /** Vendor of its boot node. */
  vendor: CpuVendor
}

/** One occurrence of a window, `[startSeconds, endSeconds)`, cut to the horizon; neither `vm` nor `node`: the whole cluster. */
export interface ResolvedWindow {
  vm?: string
  node?: string
  startSeconds: number
  endSeconds: number
  kind: WindowKind
  /** Index into `Problem.windows`. */
  source: number
}

export interface ResolvedProblem {
  /** `''` where the problem has none. */
  name: string
  /** Instant of second 0, and the offset to show clock times in; undefined where the problem has no `start`. */
  start: { epochMs: number; offsetMinutes: number } | undefined
  nodes: readonly ResolvedNode[]
  vms: readonly ResolvedVm[]
  nodeById: ReadonlyMap<string, ResolvedNode>
  vmById: ReadonlyMap<string, ResolvedVm>
  /** Sorted by start, then source. */
  windows: readonly ResolvedWindow[]
  moves: readonly { vm: string; to: string; durationSeconds?: number }[]
  drains: readonly { node: string; mode: 'live' | 'save' }[]
  policy: Policy
}
