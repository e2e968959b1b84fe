/**
 * What a reader finds in an export, before it becomes a problem: one shape for every source. Readers report what they read
 * and where; they decide nothing. `build.ts` fills in what is missing, says so in the report, or asks.
 */
import type { Compatibility, NodeState, ProblemGroup, ProblemWindow, VmState } from '../model/problem.js'

/** A file as it was given. */
export interface InputFile {
  /** As the user named it; messages begin with it. */
  name: string
  bytes: Uint8Array
}

/** Where a value stands: `file` as the user named it, `place` as that kind of file counts (`vInfo!C7`, `vms[3].memory`, `line 4`). */
export interface Origin {
  file: string
  place: string
}

/** A node's CPU as the export tells it. `features` win over `texts`. */
export interface InventoryCpu {
  /** Guest-visible features where the export lists them (Coreinfo, lscpu, libvirt), in that tool's spelling; needs `vendor`. */
  features?: string[]
  /** As the export spells it: `GenuineIntel`, `Intel`, `AuthenticAMD`, … */
  vendor?: string
  /** What the CPU may be looked up by, the surest first: a signature, a model's name, a brand. */
  texts: string[]
  origin: Origin
}

export interface InventoryNode {
  id: string
  /** Other names that the same export gives this node: FQDN, short name, management address. */
  aliases?: string[]
  cpu?: InventoryCpu
  memoryMiB?: number
  migrationMbps?: number
  slots?: number
  /** Logical processors. */
  cores?: number
  /** Of its link, and of one migration: where the export tells how memory is sent. */
  linkEfficiency?: number
  streamMbps?: number
  offloads?: string[]
  state?: NodeState
  /** Kind of domain → its name. */
  domains?: Record<string, string>
  origin: Origin
}

export interface InventoryVm {
  id: string
  /** Name, alias or whatever else the export uses for the node. */
  node: string
  /** Memory that a migration copies: what is assigned now where the export knows it, else what is configured. */
  memoryMiB?: number
  state?: VmState
  compatibility?: Compatibility
  offloads?: string[]
  allowedNodes?: string[]
  preferredNodes?: string[]
  antiAffinity?: ProblemGroup[]
  affinity?: ProblemGroup[]
  priority?: number
  bootNode?: string
  restartable?: boolean
  /** Where `node` stands, if not at `origin`. */
  nodeOrigin?: Origin
  dirtyMiBps?: number
  workingSetMiB?: number
  vcpus?: number
  /** What is in use of its memory, where the export tells. */
  copyMiB?: number
  origin: Origin
}

/** Something that the reader took for granted, or left out. */
export interface Assumption {
  origin: Origin
  /** A sentence that says what was assumed and why, and how to say otherwise. */
  text: string
}

/** A fault that an option of the import would take away: what a form has to ask. */
export interface ImportQuestion {
  option: 'cpu' | 'start' | 'ignoreColumns' | 'encoding'
  /** Of `cpu`: ids of the nodes. */
  nodes?: readonly string[]
}

/** A fault of the input: the import ends with exit code 2 and lists all of them. */
export interface ImportIssue {
  origin: Origin
  /** What is wrong, with the value, and what would be right. */
  message: string
  /** A node without which there is no such fault. */
  node?: string
  /** What could be answered. */
  asks?: ImportQuestion
}

export interface Inventory {
  name?: string
  nodes: InventoryNode[]
  /** Names, in lower case, of nodes that the reader left out. */
  leftOut?: readonly string[]
  vms: InventoryVm[]
  windows: ProblemWindow[]
  /** Seconds that a migration takes to begin, where something is known of it. */
  setupSeconds?: number
  assumptions: Assumption[]
  issues: ImportIssue[]
}
