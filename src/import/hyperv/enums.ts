/** Enums of the Hyper-V and FailoverClusters modules, by name and number. */

/** `Microsoft.HyperV.PowerShell.VMState`. `…Critical`: the same, with the VM's storage gone. */
export const VM_STATES = {
  Other: 1,
  Running: 2,
  Off: 3,
  Stopping: 4,
  Saved: 6,
  Paused: 9,
  Starting: 10,
  Reset: 11,
  Saving: 32773,
  Pausing: 32776,
  Resuming: 32777,
  FastSaved: 32779,
  FastSaving: 32780,
  ForceShutdown: 32781,
  ForceReboot: 32782,
  Hibernated: 32783,
  ComponentServicing: 32784,
  RunningCritical: 32785,
  OffCritical: 32786,
  StoppingCritical: 32787,
  SavedCritical: 32788,
  PausedCritical: 32789,
  StartingCritical: 32790,
  ResetCritical: 32791,
  SavingCritical: 32792,
  PausingCritical: 32793,
  ResumingCritical: 32794,
  FastSavedCritical: 32795,
  FastSavingCritical: 32796,
} as const

/** Of `VMOperationalStatus`, what is going on with a VM so that nothing else may begin. */
export const BUSY = {
  ApplyingSnapshot: 23769,
  CreatingSnapshot: 32768,
  DeletingSnapshot: 32770,
  WaitingToStart: 32771,
  MergingDisks: 32772,
  ExportingVirtualMachine: 32773,
  MigratingVirtualMachine: 32774,
  BackingUpVirtualMachine: 32776,
  ModifyingUpVirtualMachine: 32777,
  StorageMigrationPhaseOne: 32778,
  StorageMigrationPhaseTwo: 32779,
  MigratingPlannedVm: 32780,
  CheckingCompatibility: 32781,
} as const

export const NODE_STATES = { Unknown: -1, Up: 0, Down: 1, Paused: 2, Joining: 3 } as const
export const DRAIN_STATES = { NotInitiated: 0, InProgress: 1, Completed: 2, Failed: 3 } as const
/** Flags. */
export const NODE_STATUS = {
  Isolated: 1,
  Quarantined: 2,
  DrainInProgress: 4,
  DrainCompleted: 8,
  DrainFailed: 16,
  AvoidPlacement: 32,
} as const
/** Flags of a role (`CLUSGRP_STATUS_…`), those that keep it where it is. */
export const GROUP_STATUS = { Locked: 1, Queued: 4 } as const
export const NETWORK_STATES = { Unavailable: 0, Down: 1, Partitioned: 2, Up: 3 } as const
export const NETWORK_ROLES = { None: 0, Cluster: 1, ClusterAndClient: 3 } as const
export const TRANSPORTS = { TCPIP: 0, Compression: 1, SMB: 2 } as const
export const COMPATIBILITY_MODES = { MinimumFeatureSet: 0, CommonClusterFeatureSet: 1 } as const
export const RULE_TYPES = {
  SameFaultDomain: 1,
  SameNode: 2,
  DifferentFaultDomain: 3,
  DifferentNode: 4,
} as const
export const REPLICATION_MODES = {
  None: 0,
  Primary: 1,
  Replica: 2,
  TestReplica: 3,
  ExtendedReplica: 4,
} as const
export const CONTROLLERS = { IDE: 0, SCSI: 1, PMEM: 2 } as const
export const DVD_MEDIA = { None: 0, ISO: 1, PassThrough: 2 } as const
export const CHIMNEY = { Disabled: 0, Enabled: 1, Automatic: 2 } as const
