/**
 * The compiled problem: indices instead of ids, ticks instead of seconds, masks instead of feature names. Made once by
 * `compile.ts`; read-only afterwards. N nodes, V VMs, W = `maskWords`.
 */
import type { Duration, Durations } from './duration.js'
import type { Network } from './networks.js'
import type { ResolvedProblem, SoftRule } from './problem.js'

/** Half-open intervals of ticks [start, end), flat pairs, sorted, disjoint, not touching. */
export type Intervals = Int32Array

/** Ticks of cost, with fractions. */
export interface Penalties {
  /** For each offload that a VM uses and its new node lacks. */
  offload: number
  /** For each feature that a VM loses by a restart. */
  featureLoss: number
  restart: number
  /** Of both kinds. */
  save: number
  stop: number
  /** For each second of a live migration's blackout beyond its first. */
  blackout: number
}

/** Hard affinity groups about one kind of domain, united where they share a VM. */
export interface DomainSet {
  /** Indices of its VMs, at least two, ascending. */
  vms: Int32Array
  /** [N] what it takes for one place, as in `SoftGroup`. */
  places: Int32Array
}

/** A soft rule about where the VMs of a group end. */
export interface SoftGroup {
  kind: SoftRule['kind']
  /** Ticks of cost for each VM that breaks it. */
  penalty: number
  /** Indices of its VMs, ascending. */
  vms: Int32Array
  /** [N] what the rule takes for one place: of the nodes of a domain the first, of others the node itself. */
  places: Int32Array
}

/** At most so many migrations under way at once in the cluster. */
export interface Limit {
  policy: 'concurrentMigrations' | 'concurrentRestarts'
  most: number
  /** Counts the live ones, or all others. */
  live: boolean
}

/**
 * What nodes have little of, and VMs take while they are there: from the start of an arrival until the end of a departure. Integers in f64.
 * Whenever something that takes of it begins to arrive, the node holds at most its capacity; what is there at the start may exceed it.
 */
export interface Space {
  /** What a VM lacks that finds none of it; `anti-affinity`: of a group that holds in transit one VM at a time is at a place. */
  reason: 'memory' | 'vcpus' | 'devices' | 'anti-affinity'
  /** Kind of device. */
  device: string | undefined
  /** What is about 1 in linear programs. */
  unit: number
  /** VMs hold it that do not run, too: saving one in place frees none. */
  heldInAnyState: boolean
  /** [N] Infinity: no limit. */
  capacity: Float64Array
  /** [N] at the start. */
  used: Float64Array
  /** [V] */
  size: Float64Array
  /** Of `anti-affinity`: index into `groups`. */
  group?: number
  /** [N] what it takes for one place, as in `SoftGroup`, and counts there; absent: each node. */
  places?: Int32Array
}

export interface Move {
  vm: number
  /** Where it has to end, on any of these; undefined: on any but its own. */
  to: readonly number[] | undefined
  /** Of the leg that ends where the VM ends; undefined: the model decides. */
  given: Duration | undefined
}

export interface Instance {
  /** For names, states and what the policy allows; its quantities are compiled. */
  problem: ResolvedProblem
  nodeCount: number
  vmCount: number
  nodeIndex: ReadonlyMap<string, number>
  vmIndex: ReadonlyMap<string, number>
  /** Ticks; every migration ends by it. */
  horizon: number
  /** The problem's horizon did not fit the kernel's ticks and was cut to MAX_TICK. */
  horizonClamped: boolean

  /** 32-bit words per feature mask, a multiple of 4. Bit i of a mask is `features[i]`. */
  maskWords: number
  features: readonly string[]
  /** [N × W] the features that each node offers. */
  nodeMask: Uint32Array
  /** [N × W] the features that a VM sees which is started there. */
  bootMask: Uint32Array
  /** [V × W] the features that each VM sees. */
  vmMask: Uint32Array
  /** [N] index into `vendors`. */
  nodeVendor: Int32Array
  vmVendor: Int32Array
  vendors: readonly string[]

  /** [N] */
  nodeSlots: Int32Array
  /** [V] */
  vmNode: Int32Array
  /** Memory (KiB, less the reserve) first, then others where they can bind. */
  spaces: readonly [Space, ...Space[]]
  /** Hard groups that hold in transit: like spaces, while migrations go on; where all end, groups are a rule of their own. */
  inTransit: readonly Space[]
  /** [V] KiB while running; 0 for a VM that is saved or off: the sizes of memory. */
  vmMemory: Float64Array
  /** [V] priority + 1. */
  vmWeight: Float64Array

  /**
   * VMs that end on one node as soon as one of them moves: affinity groups, united where they share a VM. Each has at least two VMs,
   * ascending.
   */
  affinitySets: readonly Int32Array[]
  /** [V] index into `affinitySets`, −1 none. */
  affinityOf: Int32Array
  /** VMs that end in one domain as soon as one of them moves; sets of one kind of domain share no VM. */
  domainSets: readonly DomainSet[]
  /** [V] indices into `domainSets`. */
  domainSetsOf: readonly Int32Array[]
  /** Names of the anti-affinity groups. */
  groups: readonly string[]
  /** By group: [N] what it takes for one place, as in `SoftGroup`. */
  groupPlaces: readonly Int32Array[]
  /** [V] indices into `groups`, in the problem's order. */
  vmGroups: readonly Int32Array[]
  /** In the order of the problem's `softRules`. */
  softGroups: readonly SoftGroup[]
  /** [V] indices into `softGroups`. */
  vmSoftGroups: readonly Int32Array[]
  /** [V] ticks of cost where the VM ends where it is: it prefers other nodes. */
  stayPenalty: Float64Array

  /** In the order asked. */
  moves: readonly Move[]
  /** [V] 1: its move names several nodes and it is on one of them: it may go to another, and need not. */
  mayStay: Uint8Array
  /** VMs may move that nothing makes move: those, or any that make room. */
  othersMayMove: boolean
  /** [N] 1: drained live, 2: drained by saving, 0: not drained. */
  drained: Uint8Array
  /** Of a drained node: where its VMs end; without an entry: anywhere. */
  drainTargets: ReadonlyMap<number, readonly number[]>
  durations: Durations
  penalties: Penalties
  /** Those that the policy sets. */
  limits: readonly Limit[]
  networks: readonly Network[]

  /** Names of the serial groups. */
  serials: readonly string[]
  /** [V] indices into `serials`: of two VMs that share one, no two migrations are under way at once. */
  vmSerials: readonly Int32Array[]
  /** Lists of VMs of which each goes before all later ones, as far as they migrate. */
  order: readonly Int32Array[]
  /** [V] and [N] ticks, at most the horizon, and negative where it is over: what the VM's move, or a drain of the node, does ends by then. */
  vmDeadline: Float64Array
  nodeDeadline: Float64Array

  /**
   * Windows of the whole cluster, per node and per VM; cut to [0, horizon). Not merged into each other. Those of a node or VM with a deadline
   * end with the time behind it.
   */
  clusterWindows: Intervals
  nodeWindows: readonly Intervals[]
  vmWindows: readonly Intervals[]
  /** What the instance would have in place of these, were there no deadlines. */
  undated: Dates
}

/** Time closed to nodes and VMs, deadlines included. */
export type Dates = Pick<Instance, 'vmDeadline' | 'nodeDeadline' | 'nodeWindows' | 'vmWindows'>
