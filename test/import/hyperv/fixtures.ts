/** Files as PowerShell writes them, and a small cluster to change one thing of. */
import { readHyperV } from '../../../src/import/hyperv/read.js'
import type { InputFile, Inventory, InventoryNode, InventoryVm } from '../../../src/import/inventory.js'

export type Json = Record<string, unknown>
export type Encoding = 'utf-8' | 'utf-8-bom' | 'utf-16le'

export const GIB = 2 ** 30

export function encode(text: string, encoding: Encoding = 'utf-8'): Uint8Array {
  if (encoding === 'utf-8') return new TextEncoder().encode(text)
  if (encoding === 'utf-8-bom') return new TextEncoder().encode(`\ufeff${text}`)
  // What `>` of Windows PowerShell 5.1 writes.
  return new Uint8Array(Buffer.from(`\ufeff${text}`, 'utf16le'))
}

export function file(value: unknown, name = 'export.json', encoding: Encoding = 'utf-8'): InputFile {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2)
  return { name, bytes: encode(text, encoding) }
}

export function read(...values: unknown[]): Inventory {
  return readHyperV(values.map((value, i) => file(value, `file${i + 1}.json`)))
}

export function vmOf(inventory: Inventory, id: string): InventoryVm {
  const vm = inventory.vms.find((each) => each.id === id)
  if (vm === undefined) throw new Error(`no VM ${id} in ${inventory.vms.map((each) => each.id).join(', ')}`)
  return vm
}

export function nodeOf(inventory: Inventory, id: string): InventoryNode {
  const node = inventory.nodes.find((each) => each.id === id)
  if (node === undefined) throw new Error(`no node ${id}`)
  return node
}

/** `place: message` of each fault. */
export function faults({ issues }: Inventory): string[] {
  return issues.map(({ origin, message }) => `${origin.place}: ${message}`)
}

export function assumptions({ assumptions: all }: Inventory): string {
  return all.map(({ origin, text }) => `${origin.place}: ${text}`).join('\n')
}

export const guid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`

export function vmRow(n: number, node: string, more: Json = {}): Json {
  return {
    Node: node,
    Name: `vm-${n}`,
    VMId: guid(n),
    State: 'Running',
    Status: 'Operating normally',
    PrimaryOperationalStatus: 'Ok',
    SecondaryOperationalStatus: '',
    MemoryAssigned: 8 * GIB,
    MemoryStartup: 4 * GIB,
    MemoryMaximum: 16 * GIB,
    DynamicMemoryEnabled: false,
    IsClustered: true,
    ReplicationMode: 'None',
    ...more,
  }
}

export function nodeRow(Name: string, more: Json = {}): Json {
  return { Name, State: 'Up', DrainStatus: 'NotInitiated', StatusInformation: 'Normal', ...more }
}

/** Three nodes, three VMs; tables of the collect script. */
export function collected(more: Json = {}): Json {
  const nodes = ['HV01', 'HV02', 'HV03']
  const vms = nodes.map((node, i) => vmRow(i + 1, node))
  return {
    Format: 'vmferry-inventory',
    Version: 1,
    CollectedAt: '2026-11-25T12:00:00.0000000+01:00',
    BackupsRead: false,
    Cluster: [
      { Name: 'CL01', Domain: 'corp.example', MaximumParallelMigrations: 1, ClusterEnforcedAntiAffinity: 0 },
    ],
    Nodes: nodes.map((Name) => nodeRow(Name)),
    Groups: vms.map(({ Name, Node }) => ({
      Name,
      GroupType: 'VirtualMachine',
      OwnerNode: Node,
      Priority: 2000,
      LockedFromMoving: '0',
    })),
    Resources: vms.map(({ Name, VMId }) => ({ Group: Name, Resource: `Virtual Machine ${Name}`, VMId })),
    Hosts: nodes.map((Node) => ({
      Node,
      FullyQualifiedDomainName: `${Node}.corp.example`,
      MemoryCapacity: 256 * GIB,
      VirtualMachineMigrationEnabled: true,
      MaximumVirtualMachineMigrations: 2,
      VirtualMachineMigrationPerformanceOption: 'Compression',
    })),
    Memory: nodes.map((Node) => ({
      Node,
      TotalVisibleMemorySize: 256 * 2 ** 20,
      FreePhysicalMemory: 240 * 2 ** 20,
    })),
    Processors: nodes.map((Node) => ({
      Node,
      Name: 'Intel(R) Xeon(R) Gold 5318Y CPU @ 2.10GHz',
      Manufacturer: 'GenuineIntel',
      Description: 'Intel64 Family 6 Model 106 Stepping 6',
    })),
    Vms: vms,
    VmProcessors: vms.map(({ Node, Name, VMId }) => ({
      Node,
      VMName: Name,
      VMId,
      CompatibilityForMigrationEnabled: false,
      CompatibilityForMigrationMode: 'MinimumFeatureSet',
    })),
    ...more,
  }
}

export const readCluster = (more: Json = {}): Inventory => read(collected(more))

/** The cluster with that one VM, vm-1 on HV01. */
export const readVm = (more: Json = {}): Inventory => readCluster({ Vms: [vmRow(1, 'HV01', more)] })
