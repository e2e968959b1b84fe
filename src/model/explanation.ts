/** What `explain()` returns (docs/explain.md, version 1). Times in seconds from the plan's start, as in the plan. */
import type { MigrationKind, Plan, PlanStatus, UnplacedReason } from './plan.js'
import type { VmState, WindowKind } from './problem.js'

/** Most changes that one explanation plans. */
export const MOST_RELAXATIONS = 100

/** One way for a VM to get to a node, as the planner sees it. */
export interface WayToNode {
  kind: MigrationKind
  durationSeconds: number
  blackoutSeconds: number
  /** What it adds to the cost beside the makespan. */
  penaltySeconds: number
  lostOffloads: string[]
  lostFeatures: string[]
}

/** Why a VM cannot go to a node: proven, whatever is planned. */
export interface Obstacle {
  reason: UnplacedReason
  detail: string
  /** Of `cpu-features`: sorted. */
  missingFeatures?: string[]
  /** Of `memory`, and of `affinity` where that is for want of memory: rounded up. */
  missingMiB?: number
  /** Of `vcpus` and `devices`, and of `affinity` where that is for want of them: how many, and of which kind of device. */
  missing?: number
  device?: string
  /** Of `anti-affinity`: the group, and the VM of it that stays there. */
  group?: string
  rival?: string
  /** Of `window`: indices into the problem's `windows` of those that touch the VM or one of both nodes, ascending. */
  windows?: number[]
  /** Of `window`: the longest stretch before the horizon that no window of them covers. */
  longestGapSeconds?: number
}

/** Why a VM that could go to a node by itself is not there in a plan that leaves it unplaced. */
export interface Blocked {
  reason: UnplacedReason
  /** Free for it on the node at the plan's end, MiB, rounded down; below what it needs, the node is full. */
  freeMiB: number
  /** MiB more that it would need there at the plan's end, rounded up; 0: it would fit then, but no order leads there. */
  missingMiB: number
  /** Of `vcpus` and `devices`: how many more it would need there at the plan's end, and of which kind of device; absent: it would fit then. */
  missing?: number
  device?: string
  /** VMs of one of its anti-affinity groups that are on the node at the plan's end. */
  rivals: string[]
}

export interface NodeForVm {
  node: string
  /** The request allows it: the node of a move, every node for a drain, the VM's own for saving in place. */
  asked: boolean
  /** At least one way leads there. */
  possible: boolean
  /** The plan ends it there. */
  chosen: boolean
  ways: WayToNode[]
  /** All of them, the decisive one first; empty where the node is possible. */
  obstacles: Obstacle[]
  /** Only where the node is asked for and possible, and the plan leaves the VM unplaced. */
  blocked?: Blocked
}

/** What the VM would see, were its `compatibility` this. The mode is switched only while the VM is off. */
export interface CompatibilityView {
  mode: 'minimum' | 'cluster'
  /** Features that it sees now and would then not see, sorted. */
  lostFeatures: string[]
  /** Nodes whose CPU it could then run on, its own left out. */
  cpuFits: string[]
  /** Those of them that nothing else keeps it from: it could go there live, or saved, without being restarted. */
  reaches: string[]
}

export interface VmExplanation {
  vm: string
  node: string
  state: VmState
  memoryMiB: number
  /** `maintenance`: its node is worked on. `none`: not part of the request. */
  request: 'move' | 'drain' | 'save-in-place' | 'maintenance' | 'none'
  /** `already-there`: the request's target is where it is. */
  outcome: 'moves' | 'saved' | 'stopped' | 'unplaced' | 'already-there' | 'stays'
  /** Its migrations in the plan, by start: two where it parks. */
  migrations: { from: string; to: string; kind: MigrationKind; startSeconds: number; endSeconds: number }[]
  /** Every node but its own, in the problem's order; its own as well where it may be saved or shut down there. */
  nodes: NodeForVm[]
  /** Empty for a VM that is off: it runs anywhere. */
  compatibility: CompatibilityView[]
  /** Of a VM that is left unplaced, as in the plan. */
  reason?: UnplacedReason
  detail?: string
  remedies?: string[]
}

export type NodeActivity =
  | 'work'
  | 'send'
  | 'receive'
  | 'send+receive'
  | 'other'
  | 'backup'
  | 'blackout'
  | 'idle'

/** A stretch in which a node does one thing, `[startSeconds, endSeconds)`. */
export interface NodeSegment {
  activity: NodeActivity
  startSeconds: number
  endSeconds: number
  /** VMs that migrate from or to it, by start; empty where none does. */
  vms: string[]
}

export interface NodeMigration {
  vm: string
  role: 'send' | 'receive' | 'save' | 'stop'
  /** The other node; its own for a save or a stop in place. */
  other: string
  kind: MigrationKind
  startSeconds: number
  endSeconds: number
}

/** What fills a node's time in the plan. The eight sums of seconds add up to the makespan. */
export interface NodeExplanation {
  node: string
  sendSeconds: number
  receiveSeconds: number
  /** Both at once: only with several slots. */
  sendReceiveSeconds: number
  /** Restarts and saves only, which hold no slot. */
  otherSeconds: number
  /** It is worked on. */
  workSeconds: number
  backupSeconds: number
  blackoutSeconds: number
  idleSeconds: number
  /** When its last migration ends; 0 where it has none. */
  lastEndSeconds: number
  /** The request drains it. */
  drained: boolean
  /** Since when nothing is left on it (saved: nothing runs); only where it is drained and becomes empty. */
  emptyAtSeconds?: number
  /** VMs that keep a drained node from being empty. */
  leftVms: string[]
  migrations: NodeMigration[]
  segments: NodeSegment[]
}

export interface ExplainedWindow {
  /** Into the problem's `windows`. */
  index: number
  vm?: string
  node?: string
  kind: WindowKind
  /** Of the occurrence that counts, cut to the horizon. */
  startSeconds: number
  endSeconds: number
}

/** What the lower bound, and with it every claim about quality, rests on. */
export interface BoundExplanation {
  /** First word of the plan's `statistics.bound`. */
  method: string
  lowerBoundSeconds: number
  costLowerBound: number
  gap: number
  proven: boolean
  /** The node or set of nodes that decides; empty where no certain one does. */
  nodes: string[]
  /** VMs whose migrations make up the bound: of the deciding nodes, or the single VM; empty where all do. */
  vms: string[]
  /** Windows that take time from the deciding nodes or VM before the bound. */
  windows: ExplainedWindow[]
  /** Least live work of the deciding node, summed over its migrations; only where one node decides. */
  workSeconds?: number
  /** Nodes whose last migration ends the plan, and the VMs that it moves: they carry the makespan that was reached. */
  lastNodes: string[]
  lastVms: string[]
  /** VMs that cost a penalty however they go, and the least that each must pay. */
  penalties: { vm: string; leastSeconds: number }[]
  /** All of it in words, a sentence each. */
  sentences: string[]
}

/** One operation of a JSON Patch (RFC 6902) on the problem. `add` also replaces a member that is there. */
export type PatchOperation =
  | { op: 'add'; path: string; value: unknown }
  | { op: 'replace'; path: string; value: unknown }
  | { op: 'remove'; path: string }

export type RelaxationKind =
  | 'slot'
  | 'limit'
  | 'network'
  | 'link'
  | 'stream'
  | 'window'
  | 'memory'
  | 'vcpus'
  | 'devices'
  | 'restart'
  | 'save'
  | 'ways'
  | 'make-room'
  | 'parking'
  | 'node-state'
  | 'allowed-nodes'
  | 'anti-affinity'
  | 'horizon'
  | 'deadline'
  | 'serial'
  | 'order'
  | 'works-at-once'
  | 'work'
  | 'host'
  | 'return-home'

/** A change of the problem that may help. */
export interface Change {
  kind: RelaxationKind
  /** In words. */
  change: string
  /** Whom it changes. */
  nodes: string[]
  vms: string[]
  windows: number[]
  /** Apply it to the problem, then plan with the same schedule, seed and effort: the figures are those given here. */
  patch: PatchOperation[]
}

/** A change, and what the plan of the changed problem is like. */
export interface Relaxation extends Change {
  status: PlanStatus
  proven: boolean
  /** Number of VMs left unplaced, and which. */
  unplaced: number
  unplacedVms: string[]
  makespanSeconds: number
  lowerBoundSeconds: number
  cost: number
  costLowerBound: number
  /** Today's figure minus this one: above 0 is better. */
  gain: {
    unplaced: number
    /** Sum of `priority + 1` over the VMs left unplaced: what is minimised first. */
    unplacedWeight: number
    makespanSeconds: number
    cost: number
  }
  /** Its plan breaks a rule of the problem as it is. False: that plan is possible today as well, and a gain is the search's luck. */
  needsChange: boolean
  /** Less weight left unplaced, or as much at less cost, by a plan that needs the change. */
  helps: boolean
  /** False: a limit or an abort cut its search, and planning again may give other figures. */
  complete: boolean
}

/** A change that was not planned, because bounds prove that it gains next to nothing. */
export interface RuledOut extends Change {
  /** Seconds of cost: no plan of the changed problem saves more. At most 1 % of today's cost. */
  gainAtMost: number
}

export interface Explanation {
  version: 1
  problem: string
  schedule: Plan['schedule']
  seed: number
  effort: number
  /** What was asked to be explained alone; absent: everything. */
  vm?: string
  node?: string
  /** The plan of the problem as it is: all that is said here is said of it. */
  plan: Plan
  /** False: a limit or an abort cut the search for this plan. */
  complete: boolean
  vms: VmExplanation[]
  nodes: NodeExplanation[]
  bound: BoundExplanation
  /** Best first. */
  relaxations: Relaxation[]
  /** Changes that were considered, and are proven to gain next to nothing. */
  ruledOut: RuledOut[]
  /** Changes that were to be planned, and were not because of a limit or an abort. */
  notComputed: Change[]
}
