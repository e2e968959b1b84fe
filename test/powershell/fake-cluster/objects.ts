/** The objects that the cmdlets give: snapshots, with the enumerations of the real ones. */
import type { FakeCluster } from '../fake-cluster.js'
import { PSEnum, PSList, type PSObject, psObject, TimeSpan } from '../interpreter/index.js'
import type { NodeState, VmState } from './types.js'

const CLUSTERS = 'Microsoft.FailoverClusters.PowerShell'
const HYPERV = 'Microsoft.HyperV.PowerShell'

const ENUMS = {
  ClusterGroupState: { Unknown: -1, Online: 0, Offline: 1, Failed: 2, PartialOnline: 3, Pending: 4 },
  ClusterResourceState: {
    Inherited: 0,
    Initializing: 1,
    Online: 2,
    Offline: 3,
    Failed: 4,
    Pending: 128,
    OnlinePending: 129,
    OfflinePending: 130,
  },
  ClusterNodeState: { Up: 0, Down: 1, Paused: 2, Joining: 3 },
  ClusterNodeDrainStatus: { NotInitiated: 0, InProgress: 1, Completed: 2, Failed: 3 },
  GroupType: { Cluster: 1, AvailableStorage: 2, VirtualMachine: 111 },
  VMState: {
    Other: 1,
    Running: 2,
    Off: 3,
    Stopping: 4,
    Saved: 6,
    Paused: 9,
    Starting: 10,
    Reset: 11,
    Saving: 32773,
  },
  VMOperationalStatus: {
    Ok: 2,
    Degraded: 3,
    InService: 11,
    Dormant: 15,
    CreatingSnapshot: 32768,
    MergingDisks: 32772,
    MigratingVirtualMachine: 32774,
    BackingUpVirtualMachine: 32776,
  },
  ProcessorCompatibilityMode: { MinimumFeatureSet: 0, CommonClusterFeatureSet: 1 },
} as const

export function enumValue<T extends keyof typeof ENUMS>(
  type: T,
  name: keyof (typeof ENUMS)[T] & string,
): PSEnum {
  const space = type.startsWith('VM') || type === 'ProcessorCompatibilityMode' ? HYPERV : CLUSTERS
  return new PSEnum(`${space}.${type}`, name, ENUMS[type])
}

/** An object that is shown by its name, as those of the failover cluster are. */
function named(values: Parameters<typeof psObject>[0], type: string): PSObject {
  const object = psObject(values, `${CLUSTERS}.${type}`)
  object.display = () => values.Name as string
  return object
}

export const nodeObject = (node: NodeState): PSObject =>
  named(
    {
      Name: node.name,
      State: enumValue('ClusterNodeState', node.state),
      DrainStatus: enumValue('ClusterNodeDrainStatus', 'NotInitiated'),
      StatusInformation: 'Normal',
      NodeWeight: 1,
    },
    'ClusterNode',
  )

const isPending = (vm: VmState): boolean =>
  vm.transit?.kind === 'quick' || vm.state === 'Stopping' || vm.state === 'Starting' || vm.state === 'Saving'

export function groupObject(cluster: FakeCluster, vm: VmState): PSObject {
  const state = isPending(vm) ? 'Pending' : vm.state === 'Running' ? 'Online' : 'Offline'
  return named(
    {
      Name: vm.name,
      Id: `group ${vm.id}`,
      OwnerNode: nodeObject(cluster.nodes.get(vm.node)!),
      State: enumValue('ClusterGroupState', state),
      GroupType: enumValue('GroupType', 'VirtualMachine'),
      Priority: 2000,
      AntiAffinityClassNames: new PSList('List'),
      LockedFromMoving: vm.transit === undefined ? 0 : 1,
      StatusInformation: 0,
      IsCoreGroup: false,
      Cluster: cluster.spec.name ?? 'CL01',
    },
    'ClusterGroup',
  )
}

export const coreGroup = (cluster: FakeCluster): PSObject =>
  named(
    {
      Name: 'Cluster Group',
      OwnerNode: nodeObject([...cluster.nodes.values()][0]),
      State: enumValue('ClusterGroupState', 'Online'),
      GroupType: enumValue('GroupType', 'Cluster'),
      IsCoreGroup: true,
    },
    'ClusterGroup',
  )

/** The VM itself and its configuration are two resources. */
export function resourceObjects(cluster: FakeCluster, vm: VmState): PSObject[] {
  const group = groupObject(cluster, vm)
  const state = isPending(vm) ? 'Pending' : vm.state === 'Running' ? 'Online' : 'Offline'
  const resource = (name: string, type: string) =>
    named(
      {
        Name: `${name} ${vm.name}`,
        Id: `${type} ${vm.id}`,
        ResourceType: named({ Name: type }, 'ClusterResourceType'),
        OwnerGroup: group,
        OwnerNode: group.get('OwnerNode'),
        State: enumValue('ClusterResourceState', state),
      },
      'ClusterResource',
    )
  return [
    resource('Virtual Machine', 'Virtual Machine'),
    resource('Virtual Machine Configuration', 'Virtual Machine Configuration'),
  ]
}

export const parameterObject = (owner: PSObject, name: string, value: string | number): PSObject =>
  psObject(
    { ClusterObject: owner, Name: name, Value: value, IsReadOnly: false },
    `${CLUSTERS}.ClusterParameter`,
  )

export function vmObject(cluster: FakeCluster, vm: VmState): PSObject {
  const bytes = vm.memoryMiB * 1048576
  const running = vm.state === 'Running'
  const primary = vm.busy === 'None' && vm.transit?.kind !== 'live' ? 'Ok' : 'InService'
  const secondary =
    vm.busy !== 'None' ? vm.busy : vm.transit?.kind === 'live' ? 'MigratingVirtualMachine' : undefined
  const status = {
    None: 'Operating normally',
    BackingUpVirtualMachine: 'Backing up',
    CreatingSnapshot: 'Creating checkpoint',
    MergingDisks: 'Merging disks',
  }
  const object = psObject(
    {
      Name: vm.name,
      VMName: vm.name,
      Id: vm.id,
      VMId: vm.id,
      ComputerName: vm.node,
      State: enumValue('VMState', vm.state),
      Status: status[vm.busy],
      PrimaryOperationalStatus: enumValue('VMOperationalStatus', primary),
      SecondaryOperationalStatus:
        secondary === undefined ? null : enumValue('VMOperationalStatus', secondary),
      MemoryAssigned: running ? bytes : 0,
      MemoryDemand: running ? Math.floor(bytes / 2) : 0,
      MemoryStartup: bytes,
      MemoryMinimum: bytes,
      MemoryMaximum: bytes,
      DynamicMemoryEnabled: false,
      ProcessorCount: 2,
      Generation: 2,
      Version: cluster.spec.serverVersion === 2022 ? '10.0' : '12.0',
      IsClustered: true,
      Uptime: new TimeSpan(running ? BigInt(Math.round(cluster.now * 1e7)) : 0n),
    },
    `${HYPERV}.VirtualMachine`,
  )
  object.display = () => `VirtualMachine (Name = '${vm.name}') [Id = '${vm.id}']`
  return object
}

export const processorObject = (vm: VmState): PSObject =>
  psObject(
    {
      VMName: vm.name,
      VMId: vm.id,
      Count: 2,
      CompatibilityForMigrationEnabled: vm.compatibility,
      CompatibilityForMigrationMode: enumValue('ProcessorCompatibilityMode', vm.compatibilityMode),
    },
    `${HYPERV}.VMProcessor`,
  )
