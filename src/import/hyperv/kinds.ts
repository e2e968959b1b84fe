/** What a row is of: which cmdlet it came from, told by the names of its properties. */
import type { Fields } from './values.js'

export type RowKind =
  | 'address'
  | 'adapter'
  | 'affinityRule'
  | 'antiAffinity'
  | 'assignedDevice'
  | 'backup'
  | 'checkpoint'
  | 'cluster'
  | 'clusterNetwork'
  | 'computer'
  | 'coreinfo'
  | 'dvdDrive'
  | 'faultDomain'
  | 'gpuPartition'
  | 'group'
  | 'guardian'
  | 'hardDisk'
  | 'host'
  | 'memory'
  | 'migrationNetwork'
  | 'node'
  | 'offload'
  | 'owners'
  | 'possibleOwner'
  | 'preferredOwner'
  | 'processor'
  | 'resource'
  | 'security'
  | 'smbLimit'
  | 'switch'
  | 'vhdFile'
  | 'vm'
  | 'vmAdapter'
  | 'vmMemory'
  | 'vmProcessor'
  | 'warning'

/** Tables of the file that the collect script writes. */
export const COLLECTED_TABLES: Readonly<Record<string, RowKind>> = {
  Addresses: 'address',
  Adapters: 'adapter',
  AffinityRules: 'affinityRule',
  AntiAffinity: 'antiAffinity',
  AssignableDevices: 'assignedDevice',
  Backups: 'backup',
  Checkpoints: 'checkpoint',
  Cluster: 'cluster',
  ClusterNetworks: 'clusterNetwork',
  Coreinfo: 'coreinfo',
  DvdDrives: 'dvdDrive',
  FaultDomains: 'faultDomain',
  GpuPartitions: 'gpuPartition',
  Groups: 'group',
  Guardians: 'guardian',
  HardDisks: 'hardDisk',
  Hosts: 'host',
  Memory: 'memory',
  MigrationNetworks: 'migrationNetwork',
  Nodes: 'node',
  Offloads: 'offload',
  PossibleOwners: 'possibleOwner',
  PreferredOwners: 'preferredOwner',
  Processors: 'processor',
  Resources: 'resource',
  Security: 'security',
  SmbLimits: 'smbLimit',
  Switches: 'switch',
  VhdFiles: 'vhdFile',
  VmAdapters: 'vmAdapter',
  VmProcessors: 'vmProcessor',
  Vms: 'vm',
  Warnings: 'warning',
}

interface Mark {
  kind: RowKind
  /** All of these … */
  all: readonly string[]
  /** … and one of these, where there are any. In lower case, as all of them. */
  any?: readonly string[]
}

/** In this order: what tells more comes first, since several cmdlets share names such as `State`, `Name`, `Priority`. */
const MARKS: readonly Mark[] = [
  { kind: 'vmProcessor', all: ['compatibilityformigrationenabled'] },
  { kind: 'checkpoint', all: [], any: ['snapshottype', 'parentsnapshotid', 'parentcheckpointid'] },
  { kind: 'vmAdapter', all: [], any: ['iovusage', 'vmqusage', 'iovweight'] },
  { kind: 'vmMemory', all: ['startup'], any: ['maximumpernumanode', 'buffer', 'dynamicmemoryenabled'] },
  { kind: 'vm', all: [], any: ['memoryassigned', 'memorystartup'] },
  {
    kind: 'host',
    all: [],
    any: ['memorycapacity', 'maximumvirtualmachinemigrations', 'virtualmachinemigrationenabled'],
  },
  { kind: 'cluster', all: [], any: ['maximumparallelmigrations', 'clusterenforcedantiaffinity'] },
  { kind: 'gpuPartition', all: ['vmid'], any: ['minpartitionvram', 'supportsoutgoinglivemigration'] },
  { kind: 'assignedDevice', all: ['vmid', 'locationpath'] },
  { kind: 'dvdDrive', all: ['dvdmediatype'] },
  { kind: 'hardDisk', all: ['controllertype', 'path', 'disknumber'] },
  { kind: 'security', all: ['tpmenabled'] },
  { kind: 'switch', all: ['name', 'switchtype'] },
  { kind: 'affinityRule', all: ['ruletype'] },
  { kind: 'owners', all: ['ownernodes'] },
  { kind: 'group', all: [], any: ['antiaffinityclassnames', 'grouptype', 'failoverthreshold'] },
  { kind: 'group', all: ['ownernode', 'priority'] },
  { kind: 'resource', all: ['ownergroup', 'resourcetype'] },
  { kind: 'node', all: ['name'], any: ['drainstatus', 'nodeweight', 'dynamicweight', 'nodehighestversion'] },
  { kind: 'memory', all: [], any: ['freephysicalmemory', 'totalvisiblememorysize'] },
  { kind: 'computer', all: ['totalphysicalmemory'] },
  {
    kind: 'processor',
    all: ['name', 'manufacturer'],
    any: ['numberofcores', 'maxclockspeed', 'processorid', 'caption', 'description'],
  },
  { kind: 'address', all: ['ipaddress', 'prefixlength'] },
  { kind: 'adapter', all: ['interfacedescription'], any: ['linkspeed', 'speed', 'receivelinkspeed'] },
  { kind: 'offload', all: ['chimney'] },
  { kind: 'smbLimit', all: ['category', 'bytespersecond'] },
  { kind: 'clusterNetwork', all: ['role', 'address'] },
  { kind: 'migrationNetwork', all: ['subnet', 'priority'] },
]

export function kindOf(fields: Fields): RowKind | undefined {
  const has = (key: string) => fields.has(key)
  return MARKS.find(({ all, any }) => all.every(has) && (any?.some(has) ?? true))?.kind
}
