/** What a test says of a fake cluster, and what it gets back. Memory in MiB, times in seconds of the virtual clock. */

/** What becomes of an attempt. `seconds` overrides the drawn duration; of `fails` it is when it fails. */
export interface Course {
  fate: 'ends' | 'fails' | 'sticks' | 'refused'
  seconds?: number
  /** Of `refused`. */
  message?: string
}

export interface ClusterSpec {
  /** Default `CL01`. */
  name?: string
  nodes: { name: string; memoryMiB: number; state?: NodeState['state']; answers?: boolean }[]
  vms: {
    name: string
    node: string
    memoryMiB: number
    state?: 'Running' | 'Off' | 'Saved'
    allowedNodes?: string[]
  }[]
  /** Default 1. */
  maximumParallelMigrations?: number
  /** 0 off, 1 when a node joins, 2 always; default 2. */
  autoBalancerMode?: number
  /** Default: from the memory, at 1000 MiB/s live and 400 MiB/s saving; 30 s to stop or start. */
  plannedSeconds?: ((vm: string, from: string, to: string, kind: TraceEntry['kind']) => number) | undefined
  /** Durations are drawn from planned × (1 ± spread); default 0.3. */
  spread?: number
  /** Of the draws; default 1. */
  seed?: number
  /** Of the first, second, … attempt on a VM. */
  courses?: Record<string, Course[]>
  /** VM → node → messages of Compare-VM; such a migration fails soon after its start, unless the VM is off. */
  incompatible?: Record<string, Record<string, string[]>>
  /** VMs whose migrations cannot be cancelled. */
  uncancellable?: string[]
  /** Default 2025; 2022 knows no -CompatibilityForMigrationMode. */
  serverVersion?: 2022 | 2025
}

export interface NodeState {
  name: string
  /** Of VMs; what the host itself needs is taken off already. */
  memoryMiB: number
  state: 'Up' | 'Down' | 'Paused'
  /** Whether cmdlets with -ComputerName get an answer. */
  answers: boolean
}

export interface VmState {
  name: string
  id: string
  node: string
  memoryMiB: number
  state: 'Running' | 'Off' | 'Saved' | 'Stopping' | 'Starting' | 'Saving'
  /** Secondary operational status; `None`: not busy. */
  busy: 'None' | 'BackingUpVirtualMachine' | 'CreatingSnapshot' | 'MergingDisks'
  /** MigrationState of the cluster: 0 none, 1 setup, 2 data transfer, 3 move, 4 cancelled, 5 failed. */
  phase: number
  compatibility: boolean
  compatibilityMode: 'MinimumFeatureSet' | 'CommonClusterFeatureSet'
  allowedNodes?: string[]
  transit: { kind: TraceEntry['kind']; to: string; memory: boolean; entry: TraceEntry } | undefined
}

export interface TraceEntry {
  vm: string
  kind: 'live' | 'quick' | 'save' | 'stop' | 'start'
  from: string
  to: string
  startSeconds: number
  /** Undefined while it is under way. */
  endSeconds: number | undefined
  outcome: 'ended' | 'failed' | 'cancelled' | undefined
  /** What it should not have met. */
  conflict?: string
}
