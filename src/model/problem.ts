/**
 * The problem as the user writes it (docs/format.md, version 1), and as the rest of the program reads it: every default
 * filled in, every instant in seconds from the plan's start, every recurrence expanded, every CPU model resolved.
 */

export type CpuVendor = 'Intel' | 'AMD' | 'Hygon'
export type NodeState = 'up' | 'paused' | 'down'
export type VmState = 'running' | 'saved' | 'off'
export type Compatibility = 'off' | 'minimum' | 'cluster'
/** How a running VM may be handled; `stop`: shut down where it is, on a node that is drained. */
export type Way = 'live' | 'save' | 'restart' | 'stop'
/** `no-work`: forbids works of maintenance, not migrations. */
export type WindowKind = 'backup' | 'blackout' | 'no-work'

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
  /** MiB, 0.001 to 2^40. */
  memoryMiB: number
  /** Bandwidth of the live-migration network, megabits per second, 0.001 to 10^9. */
  migrationMbps: number
  /** Migrations that the node takes part in at once, sending or receiving. Integer, 1 to 1,000,000, default 1. */
  slots?: number
  /** Offloads of its NIC. Default none. */
  offloads?: string[]
  /** `up`; `paused`: sends, never receives; `down`: neither. Default `up`. */
  state?: NodeState
  /** Where it stands: the value of each kind of domain, as `{ rack: 'R1' }`. Default none. */
  domains?: Record<string, string>
  /** Share of its link that carries memory; above 1 with compression. > 0, ≤ 8, default `policy.linkEfficiency`. */
  linkEfficiency?: number
  /** The most that one migration of it gets, whatever its link has, megabits per second, > 0. Default `policy.streamMbps`. */
  streamMbps?: number
  /** Memory that it keeps free of arriving VMs. MiB, 0 to 2^40, default `policy.reserveMiB`. */
  reserveMiB?: number
  /** Logical processors, integer ≥ 1: with `policy.maxVcpusPerCore` a limit of what may run there. Default unknown, which is no limit. */
  cores?: number
  /** What it has of each kind of device that VMs need, integers ≥ 0. Default none. */
  devices?: Record<string, number>
}

/**
 * A group of VMs, by name alone: hard, and about nodes. With `penaltySeconds` it is soft; with `domain` it is about the domains of that
 * kind in place of nodes. Every VM of a group has the same entry for it.
 */
export type ProblemGroup = string | { group: string; penaltySeconds?: number; domain?: string }

export interface ProblemVm {
  /** Unique, non-empty. */
  id: string
  /** Id of the node where the VM is now. */
  node: string
  /** MiB, 0.001 to 2^40. */
  memoryMiB: number
  /** MiB per second, 0 to 10^9, default 0. */
  dirtyMiBps?: number
  /** Most memory that the VM can dirty, MiB, default `memoryMiB`. */
  workingSetMiB?: number
  /** What the first pass of a live migration sends, MiB, ≥ 0, at most `memoryMiB`: what the VM has free need not be sent. Default `memoryMiB`. */
  copyMiB?: number
  /** Its copying time by what the model says, > 0, default 1. */
  durationFactor?: number
  /** Node where it was last started: it sees that CPU's features. Default `node`. */
  bootNode?: string
  /** Node to which `policy.returnHome` brings it. Default `node`. */
  home?: string
  /** Default `off`. */
  compatibility?: Compatibility
  /** Offloads that it uses now. Default none. */
  offloads?: string[]
  /** Default `running`. */
  state?: VmState
  /** Possible owners. Default every node. */
  allowedNodes?: string[]
  /** Ending on another node costs `policy.preferencePenaltySeconds`. Default none, which asks for nothing. */
  preferredNodes?: string[]
  /** Groups of which no two VMs share a target; soft ones: each VM beyond the first costs. Default none. */
  antiAffinity?: ProblemGroup[]
  /**
   * Groups that stay together: where the plan moves a VM of one, all of it ends on one node; soft ones: each VM that ends elsewhere than most
   * of its group costs. Default none.
   */
  affinity?: ProblemGroup[]
  /** 3000 high, 2000 medium, 1000 low, 0 none; any integer from 0 to 10^9 is taken. Default 2000. */
  priority?: number
  /** May be stopped and started by the plan. Default false. */
  restartable?: boolean
  /** No live migration stops it for longer, by the model. Seconds, ≥ 0; default any. */
  maxBlackoutSeconds?: number
  /** Virtual processors. Integer ≥ 1, default 1. */
  vcpus?: number
  /** What it needs of each kind of device, on every node that it is on and in every state. Integers ≥ 0, default none. */
  devices?: Record<string, number>
  /** How it may be handled while it runs. Default `live`, `restart` where `restartable`, and `save`, as far as the policy allows them. */
  ways?: Way[]
  /** Groups of which no two VMs migrate at the same time. Default none. */
  serial?: string[]
}

export interface ProblemWindow {
  /** The VM that it covers; with neither `vm` nor `node`, the whole cluster. */
  vm?: string
  /** The node that it covers. */
  node?: string
  /** Its first second. */
  start: Instant
  /** The first second after it; one of `end` and `durationSeconds`. */
  end?: Instant
  /** Seconds, > 0; one of `end` and `durationSeconds`. */
  durationSeconds?: number
  /** RFC 5545 recurrence rule; `start` is its first occurrence. */
  rrule?: string
  /** IANA time zone whose wall clock the rule keeps. Default the offset of `start`. */
  zone?: string
  /** Default `backup`. */
  kind?: WindowKind
}

export interface ProblemMove {
  /** Id of the VM. */
  vm: string
  /** Id of the node where it has to end, or of the nodes of which it may be any. Default any but the one where it is. */
  to?: string | string[]
  /** Replaces the duration model on the leg that ends where the VM ends. Seconds, 10^-6 to 10^9. */
  durationSeconds?: number
  /** Its last migration has ended by then, or it stays. Default the horizon. */
  by?: Instant
}

/** A link that migrations between its nodes and all others cross. */
export interface ProblemNetwork {
  /** Unique, non-empty. */
  id: string
  /** Ids of the nodes inside. */
  nodes: string[]
  /** What it carries in both directions together, megabits per second, 0.001 to 10^9. */
  mbps: number
}

/**
 * Id of a node to empty; `save` saves its VMs in place. Default `live`: they move, to one of the nodes of `to` where it is given; on their way
 * they may stop over elsewhere. Its last departure, save or stop has ended `by` then; default the horizon.
 */
export type ProblemDrain = string | { node: string; mode?: 'live' | 'save'; to?: string[]; by?: Instant }

/** A node that is emptied, worked on, and takes VMs again. */
export interface ProblemMaintenance {
  /** Id of the node; at most once. */
  node: string
  /** Of the work. Seconds, 10^-6 to 10^9. */
  durationSeconds: number
  /** `live`: its VMs leave; `save`: they are saved in place before the work, and resumed after it. Default `live`. */
  mode?: 'live' | 'save'
  /** The work starts no earlier. Default 0. */
  earliestStart?: Instant
  /** The work has ended by then. Default the horizon. */
  latestEnd?: Instant
  /** Nodes of the list whose works have ended before this one starts. Default none. */
  after?: string[]
  /** As of a VM, for which works are done where not all can be. Integer, 0 to 10^9, default 2000. */
  priority?: number
  /** `first`: before all that are not; `last`: after all that are not. Default `any`. */
  position?: 'first' | 'last' | 'any'
  /** After the work no other starts for so long. Seconds, ≥ 0, default 0. */
  settleSeconds?: number
  /** The features that the node offers from the end of its work on. Default those of its CPU. */
  featuresAfter?: string[]
}

/** Of each node: memory of running VMs ÷ `memoryMiB`, their vcpus ÷ `cores`. */
export type BalanceMetric = 'memory' | 'cpu'

/** Evens the loads of all nodes that are up and not drained, by live migrations of any VMs. Not beside maintenance. */
export interface ProblemBalance {
  of: BalanceMetric[]
  /** What the highest share may be above the lowest, 0 to 1. */
  within: number
  /** Migrations of VMs that are not asked for otherwise. Integer, ≥ 0; absent: no limit. */
  maxMigrations?: number
}

/** What the plan may do, and what things cost. Every field is optional in a problem; `DEFAULT_POLICY` has the defaults. */
export interface Policy {
  /** Restartable VMs may be stopped, moved and started. Default false. */
  allowRestart: boolean
  /** VMs may be saved, moved and resumed. Default false. */
  allowSave: boolean
  /** VMs may go by way of one other node, where memory admits no direct order. Default true. */
  allowParking: boolean
  /** VMs that were not asked for may move, where one that was would stay unplaced. Default false. */
  allowMakeRoom: boolean
  /** A live migration may take all slots of an end, and with them all of its link. Default true. */
  wideMigrations: boolean
  /** Memory that a node keeps free of arriving VMs where it has no reserve of its own. MiB, 0 to 2^40, default 0. */
  reserveMiB: number
  /** vCPUs of running VMs for each of a node's `cores`, once one has begun to arrive. > 0; absent: no limit. */
  maxVcpusPerCore?: number | undefined
  /** Targets such that any one node may fail after the plan. Default false. */
  tolerateNodeFailure: boolean
  /** Migrations of kind `live` under way at once in the cluster. Integer ≥ 1; absent: as many as nodes have slots for. */
  concurrentMigrations?: number | undefined
  /** Migrations of all other kinds under way at once. Integer ≥ 1, default 4. */
  concurrentRestarts: number
  /** Added to the cost for each offload that a VM loses. Seconds, ≥ 0, default 30. */
  offloadPenaltySeconds: number
  /** Added to the cost for each CPU feature that a restart loses. Seconds, ≥ 0, default 10. */
  featureLossPenaltySeconds: number
  /** How long a restart takes. Seconds, ≥ 0, default 180. */
  restartSeconds: number
  /** Added to the cost for each restart. Seconds, ≥ 0, default 600. */
  restartPenaltySeconds: number
  /** For each second of a live migration's blackout beyond its first, and for fractions in proportion. Seconds, ≥ 0, default 10. */
  blackoutPenaltySeconds: number
  /** For each VM that ends on none of its preferred nodes. Seconds, ≥ 0, default 60. */
  preferencePenaltySeconds: number
  /** How fast memory is saved or restored. MiB per second, > 0, default 400. */
  saveMiBps: number
  /** Added to the cost for each save, in place or not. Seconds, ≥ 0, default 300. */
  savePenaltySeconds: number
  /** Hard anti-affinity groups also hold whenever a VM of theirs arrives, to park too. Default false. */
  antiAffinityInTransit: boolean
  /** How long it takes to shut a VM down where it is. Seconds, ≥ 0, default 60. */
  stopSeconds: number
  /** How long it takes to start it there again. Seconds, ≥ 0, default 60. */
  startSeconds: number
  /** Added to the cost for each VM that is shut down. Seconds, ≥ 0, default 600. */
  stopPenaltySeconds: number
  /** Share of the link that carries memory. > 0, ≤ 1, default 0.9. */
  linkEfficiency: number
  /** The most that one migration gets, megabits per second: what one stream carries. Absent: no limit. */
  streamMbps?: number | undefined
  /** From the start of a migration until its copy begins. Seconds, ≥ 0, default 2. */
  setupSeconds: number
  /**
   * Added to the time of every migration, a given one too, and to no blackout: until a runbook sees that it can go on. Seconds, ≥ 0,
   * default 0.
   */
  startLagSeconds: number
  /** Pre-copy passes before the VM is stopped. Integer, 1 to 10,000, default 10. */
  maxPasses: number
  /** What is left to copy when the VM is stopped. MiB, ≥ 0, default 32. */
  stopThresholdMiB: number
  /** Works of maintenance under way at once. Integer ≥ 1, default 1. */
  maintenanceAtOnce: number
  /** Kind of domain: all works that are under way at one time lie in one domain of it. Default none. */
  maintenanceDomain?: string | undefined
  /** VMs that made way for a work end where they were. Default false. */
  returnHome: boolean
  /** With `returnHome`, for each VM that does not. Seconds, ≥ 0, default 300. */
  notHomePenaltySeconds: number
  /** For each migration that leads to another node. Seconds, ≥ 0, default 0. */
  migrationPenaltySeconds: number
  /** No VM goes from a node already worked on to one that still is to be, or whose work is dropped. Default false. */
  neverBackwards: boolean
  /** Every migration and work ends by it. Seconds from the plan's start, > 0, default 604,800: a week. */
  horizonSeconds: number
}

/** What to plan, as docs/format.md describes it. `parseProblem()` makes one of what is not typed. */
export interface Problem {
  version: 1
  /** For people; the plan repeats it. */
  name?: string
  /** ISO 8601 instant with an offset: second 0 of the plan. */
  start?: string
  nodes: ProblemNode[]
  vms: ProblemVm[]
  /** When nothing may migrate. Default none. */
  windows?: ProblemWindow[]
  /** Links between groups of nodes that migrations share. Default none. */
  networks?: ProblemNetwork[]
  /** The VMs to move, the nodes to empty, and those to work on. */
  request: {
    moves?: ProblemMove[]
    drain?: ProblemDrain[]
    /** Lists of VMs, of which each goes before all later ones. */
    order?: string[][]
    maintenance?: ProblemMaintenance[]
    balance?: ProblemBalance
    /** No two nodes of a list are worked on at the same time. */
    notTogether?: string[][]
  }
  /** Default `DEFAULT_POLICY`. */
  policy?: Partial<Policy>
}

export const DEFAULT_POLICY: Readonly<Policy> = Object.freeze({
  allowRestart: false,
  allowSave: false,
  allowParking: true,
  allowMakeRoom: false,
  wideMigrations: true,
  reserveMiB: 0,
  tolerateNodeFailure: false,
  concurrentRestarts: 4,
  offloadPenaltySeconds: 30,
  featureLossPenaltySeconds: 10,
  restartSeconds: 180,
  restartPenaltySeconds: 600,
  blackoutPenaltySeconds: 10,
  preferencePenaltySeconds: 60,
  saveMiBps: 400,
  savePenaltySeconds: 300,
  antiAffinityInTransit: false,
  stopSeconds: 60,
  startSeconds: 60,
  stopPenaltySeconds: 600,
  linkEfficiency: 0.9,
  setupSeconds: 2,
  startLagSeconds: 0,
  maxPasses: 10,
  stopThresholdMiB: 32,
  maintenanceAtOnce: 1,
  returnHome: false,
  notHomePenaltySeconds: 300,
  migrationPenaltySeconds: 0,
  neverBackwards: false,
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
  /** Kind of domain → the one that the node is in. */
  domains: ReadonlyMap<string, string>
  linkEfficiency: number
  /** Infinity: no limit. */
  streamMbps: number
  reserveMiB: number
  /** Undefined: unknown. */
  cores: number | undefined
  /** Kind of device → how many. */
  devices: ReadonlyMap<string, number>
}

export interface ResolvedVm {
  id: string
  node: string
  memoryMiB: number
  dirtyMiBps: number
  /** The problem says how much it dirties. */
  dirtyKnown: boolean
  workingSetMiB: number
  copyMiB: number
  durationFactor: number
  bootNode: string
  home: string
  compatibility: Compatibility
  offloads: readonly string[]
  state: VmState
  /** Undefined: every node. */
  allowedNodes: ReadonlySet<string> | undefined
  /** Undefined: it does not matter. */
  preferredNodes: ReadonlySet<string> | undefined
  /** Hard groups; soft ones are `softRules` of the problem. */
  antiAffinity: readonly string[]
  affinity: readonly string[]
  priority: number
  restartable: boolean
  maxBlackoutSeconds: number | undefined
  vcpus: number
  /** Kind of device → how many it needs, > 0. */
  devices: ReadonlyMap<string, number>
  /** Undefined: what `restartable` and the policy say; see `allowsWay`. */
  ways: ReadonlySet<Way> | undefined
  serial: readonly string[]
  /** The feature set that it sees (of its boot node, cut by its compatibility mode); sorted. */
  features: readonly string[]
  /** Vendor of its boot node. */
  vendor: CpuVendor
}

/** What a plan pays for where the VMs of a soft group end. */
export interface SoftRule {
  kind: 'anti-affinity' | 'affinity'
  group: string
  /** Kind of domain that it is about; undefined: nodes. */
  domain: string | undefined
  penaltySeconds: number
  /** Ids of its VMs, in the order of the problem. */
  vms: readonly string[]
}

/** One occurrence of a window, `[startSeconds, endSeconds)`, cut to the horizon; neither `vm` nor `node`: the whole cluster. */
export interface ResolvedWindow {
  vm?: string
  node?: string
  startSeconds: number
  endSeconds: number
  kind: Exclude<WindowKind, 'no-work'>
  /** Index into `Problem.windows`. */
  source: number
}

export interface ResolvedNetwork {
  id: string
  nodes: ReadonlySet<string>
  mbps: number
}

/** The work on a node. Instants in seconds from the plan's start. */
export interface ResolvedWork {
  node: string
  durationSeconds: number
  mode: 'live' | 'save'
  earliestStartSeconds: number
  /** Infinity: the horizon alone. */
  latestEndSeconds: number
  after: readonly string[]
  priority: number
  position: 'first' | 'last' | 'any'
  settleSeconds: number
  /** Normalised, sorted; undefined: nothing changes. */
  featuresAfter: readonly string[] | undefined
}

export interface Balance {
  /** At least one. */
  of: readonly BalanceMetric[]
  /** What the highest share may be above the lowest. */
  within: number
  /** Of VMs not asked for otherwise; Infinity: no limit. */
  maxMigrations: number
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
  softRules: readonly SoftRule[]
  /** Hard anti-affinity groups that are about domains of a kind in place of nodes: name → kind. */
  groupDomains: ReadonlyMap<string, string>
  /** The same of hard affinity groups. */
  affinityDomains: ReadonlyMap<string, string>
  /** Those that forbid migrations, sorted by start, then source. */
  windows: readonly ResolvedWindow[]
  /** Those of kind `no-work`, sorted likewise. */
  noWorkWindows: readonly Omit<ResolvedWindow, 'vm' | 'kind'>[]
  /** There are windows, or may be, at or after the horizon. */
  windowsBeyond: boolean
  /** Offsets, in minutes, that rules keep and that the plan does not start at, with the indices of those windows in the problem. */
  foreignOffsets: readonly { offsetMinutes: number; sources: readonly number[] }[]
  networks: readonly ResolvedNetwork[]
  /** `to` undefined: to any node but the VM's own. */
  moves: readonly {
    vm: string
    to: readonly string[] | undefined
    durationSeconds?: number
    bySeconds?: number
  }[]
  /** `to`: where its VMs end; undefined: anywhere. */
  drains: readonly {
    node: string
    mode: 'live' | 'save'
    to?: readonly string[] | undefined
    bySeconds?: number
  }[]
  /** Ids of VMs, in lists without repeats that agree with each other. */
  order: readonly (readonly string[])[]
  /** In the order asked; undefined: no maintenance was asked for. */
  works: readonly ResolvedWork[] | undefined
  notTogether: readonly (readonly string[])[]
  /** Undefined: not asked for. */
  balance: Balance | undefined
  policy: Policy
}
