/** VMs that cannot be migrated live, and those that can to some nodes only. */
import { describe, expect, it } from 'vitest'
import { importProblem, plan } from '../../../src/index.js'
import {
  assumptions,
  collected,
  file,
  GIB,
  guid,
  type Json,
  read,
  readCluster,
  vmOf,
  vmRow,
} from './fixtures.js'

const NODES = ['HV01', 'HV02', 'HV03']
const vhdx = 'C:\\ClusterStorage\\Volume1\\disk.vhdx'
const of = (n: number, more: Json = {}): Json => ({ Node: 'HV01', VMName: `vm-${n}`, VMId: guid(n), ...more })
const owner = (n: number, Node: string): Json => ({
  Group: `vm-${n}`,
  Resource: `Virtual Machine vm-${n}`,
  Node,
})
const everywhere = (more: Json): Json[] => NODES.map((Node) => ({ Node, ...more }))

/** What else a VM n of HV01 has: fields of its row and its role's, and rows of tables. */
interface Kind {
  vm?: Json
  role?: Json
  rows?: (n: number) => Record<string, Json[]>
  /** In the report. */
  line: string
}

const KINDS: Record<string, Kind> = {
  'a device of the host': {
    rows: (n) => ({
      AssignableDevices: [of(n, { InstanceID: 'PCIP\\VEN_10DE', LocationPath: 'PCIROOT(0)' })],
    }),
    line: 'VMs that have devices of their host stay',
  },
  'a partition of a GPU': {
    rows: (n) => ({ GpuPartitions: [of(n, { SupportsOutgoingLiveMigration: true })] }),
    line: "VMs that have a partition of their host's GPU stay",
  },
  'VMs of its own': {
    rows: (n) => ({
      VmProcessors: [
        of(n, { CompatibilityForMigrationEnabled: false, ExposeVirtualizationExtensions: true }),
      ],
    }),
    line: 'VMs that may run virtual machines of their own (ExposeVirtualizationExtensions) stay',
  },
  'a passed-through disk': {
    rows: (n) => ({ HardDisks: [of(n, { Path: 'Disk 3 10.00 GB Bus 0', DiskNumber: 3 })] }),
    line: 'VMs that have a disk of their host passed through stay',
  },
  'persistent memory': {
    rows: (n) => ({ HardDisks: [of(n, { ControllerType: 'PMEM', Path: vhdx, DiskNumber: null })] }),
    line: 'VMs that have persistent memory stay',
  },
  'a local disk': {
    rows: (n) => ({
      HardDisks: [of(n, { Path: vhdx }), of(n, { Path: 'D:\\VMs\\data.vhdx', DiskNumber: null })],
      VhdFiles: [{ Node: 'HV01', Path: 'd:\\vms\\DATA.vhdx', FileSize: 99.5 * GIB }],
    }),
    line: ': 100 GiB)',
  },
  'a local configuration': {
    vm: { ConfigurationLocation: 'C:\\ProgramData\\Microsoft\\Windows\\Hyper-V' },
    line: 'VMs that have their configuration on storage of their host alone stay',
  },
  'an image of a local disk': {
    rows: (n) => ({ DvdDrives: [of(n, { DvdMediaType: 'ISO', Path: 'C:\\iso\\setup.iso' })] }),
    line: 'VMs that have an image of a local disk in their DVD drive stay',
  },
  "the host's DVD drive": {
    rows: (n) => ({ DvdDrives: [of(n, { DvdMediaType: 'PassThrough', Path: 'D:' })] }),
    line: 'VMs that use the DVD drive of their host stay',
  },
  'a switch of no other node': {
    rows: (n) => ({ VmAdapters: [of(n, { SwitchName: 'Lab' })] }),
    line: 'VMs go only to nodes that have their virtual switch',
  },
  'a version of no other node': {
    vm: { Version: '12.0' },
    line: 'VMs go only to nodes that support their version',
  },
  'a TPM whose keys no other node has': {
    rows: (n) => ({ Security: [of(n, { TpmEnabled: true, Shielded: false })] }),
    line: 'are known to have the keys of their virtual TPM',
  },
  'a shield that no other node lifts': {
    rows: (n) => ({ Security: [of(n, { TpmEnabled: true, Shielded: true })] }),
    line: 'are known to be guarded like their own, since they are shielded',
  },
  'a locked role': { role: { LockedFromMoving: '1' }, line: 'VMs whose role is locked stay' },
  'a role locked by its status': {
    role: { StatusInformation: '1025' },
    line: 'VMs whose role is locked stay',
  },
  'a queued role': { role: { StatusInformation: '4' }, line: 'VMs whose role waits for a migration' },
  'no role': { vm: { IsClustered: false }, line: 'VMs that are no role of the cluster stay' },
  'owners that could not be read': {
    rows: (n) => ({ PossibleOwners: [owner(n, '?')] }),
    line: 'VMs whose possible owners could not be read stay',
  },
  'one possible owner': {
    rows: (n) => ({ PossibleOwners: [owner(n, 'HV01')] }),
    line: 'VMs that only their own node may have stay there',
  },
  'a pause': { vm: { State: 'Paused' }, line: 'VMs that are paused' },
  'a start under way': { vm: { State: 'Starting' }, line: 'VMs that are starting' },
  'lost storage': { vm: { State: 'RunningCritical' }, line: 'VMs that have lost their storage' },
  'a backup under way': {
    vm: { SecondaryOperationalStatus: 'BackingUpVirtualMachine' },
    line: 'VMs that are busy: BackingUpVirtualMachine',
  },
  'a migration under way': {
    vm: { SecondaryOperationalStatus: 'MigratingVirtualMachine' },
    line: 'VMs that are busy: MigratingVirtualMachine',
  },
}

/** All kinds on HV01, and behind them one VM that may move. */
function cluster(kinds: readonly Kind[]): Json {
  const count = kinds.length + 1
  const vms = [...kinds, {} as Kind].map(({ vm = {} }, i) =>
    vmRow(i + 1, 'HV01', { MemoryAssigned: GIB, Version: '10.0', ConfigurationLocation: vhdx, ...vm }),
  )
  const document = collected({ Vms: vms, VmProcessors: [] })
  const tables: Record<string, Json[]> = {
    HardDisks: [of(count, { Path: vhdx, DiskNumber: null }), of(count, { Path: '\\\\sofs\\vms\\a.vhdx' })],
    DvdDrives: [of(count, { DvdMediaType: 'None', Path: '' })],
    VmAdapters: [of(count, { SwitchName: 'lan' }), of(count, { SwitchName: '' })],
    Security: [of(count, { TpmEnabled: false, Shielded: false })],
    Switches: [...everywhere({ Name: 'LAN', SwitchType: 'External' }), { Node: 'HV01', Name: 'Lab' }],
    Guardians: NODES.map((Node) => ({ Node, Mode: '', Certificates: Node === 'HV01' ? 'A1,A2' : 'A1' })),
  }
  for (const [i, { rows }] of kinds.entries())
    for (const [table, more] of Object.entries(rows?.(i + 1) ?? {}))
      tables[table] = [...(tables[table] ?? []), ...more]
  const hosts = (document.Hosts as Json[]).map((host) => ({
    ...host,
    SupportedVmVersions: host.Node === 'HV01' ? '10.0,12.0' : '9.0,10.0',
  }))
  const groups = vms.map(({ Name, IsClustered }, i) => ({
    Name: IsClustered === false ? 'another' : Name,
    GroupType: 'VirtualMachine',
    Priority: 2000,
    LockedFromMoving: '0',
    StatusInformation: '0',
    ...kinds[i]?.role,
  }))
  const resources = groups.flatMap(({ Name }, i) =>
    Name === 'another' ? [] : [{ Group: Name, VMId: guid(i + 1) }],
  )
  return { ...document, ...tables, Hosts: hosts, Groups: groups, Resources: resources }
}

describe('a VM with', () => {
  it.each(Object.entries(KINDS))('%s stays, and has its line', (_, kind) => {
    const inventory = read(cluster([kind]))
    expect(inventory.issues).toEqual([])
    expect(vmOf(inventory, 'vm-1').allowedNodes).toEqual(['HV01'])
    expect(vmOf(inventory, 'vm-2').allowedNodes).toBeUndefined()
    const lines = assumptions(inventory).split('\n')
    expect(lines.find((line) => line.includes(kind.line) && line.includes('vm-1'))).toBeDefined()
  })

  it('all of them: a drain of their node moves the one that may', async () => {
    const kinds = Object.values(KINDS)
    const { problem } = await importProblem('hyperv', [file(cluster(kinds))], { drain: ['HV01'] })
    const { migrations, unplaced } = await plan(problem, { effort: 1 })
    expect(migrations.map(({ vm }) => vm)).toEqual([`vm-${kinds.length + 1}`])
    expect(unplaced).toHaveLength(kinds.length)
  })

  it('disks that go with its role may move, unless one is on the drive of Windows', () => {
    const disks = (Path: string, more: Json = {}) =>
      vmOf(readCluster({ HardDisks: [of(1, { Path })], ...more }), 'vm-1').allowedNodes
    const Resources = [{ Group: 'vm-1', Resource: 'Cluster Disk 3', ResourceType: 'Physical Disk' }]
    expect(disks('V:\\vm-1.vhdx')).toEqual(['HV01'])
    expect(disks('V:\\vm-1.vhdx', { Resources })).toBeUndefined()
    expect(disks('C:\\vm-1.vhdx', { Resources })).toEqual(['HV01'])
    for (const path of ['\\\\?\\Volume{1}\\a.vhdx', '\\\\localhost\\c$\\a.vhdx', '\\\\.\\PHYSICALDRIVE3'])
      expect(disks(path)).toEqual(['HV01'])
  })

  it('nothing that runs in it may move although it could run VMs', () => {
    const off = { Vms: [vmRow(1, 'HV01', { State: 'Off' })] }
    const VmProcessors = [
      of(1, { CompatibilityForMigrationEnabled: true, ExposeVirtualizationExtensions: true }),
    ]
    expect(vmOf(readCluster({ ...off, VmProcessors }), 'vm-1').allowedNodes).toBeUndefined()
  })

  it('what only some nodes have goes to those', () => {
    const Switches = ['HV01', 'HV03'].map((Node) => ({ Node, Name: 'LAN' }))
    const VmAdapters = [of(1, { SwitchName: 'lan' })]
    expect(vmOf(readCluster({ Switches, VmAdapters }), 'vm-1').allowedNodes).toEqual(['HV01', 'HV03'])
    const Security = [of(1, { TpmEnabled: true })]
    const guardians = (Mode: string, keys: string[]) =>
      keys.map((Certificates, i) => ({ Node: NODES[i], Mode, Certificates }))
    const allowed = (Guardians: Json[]) => vmOf(readCluster({ Security, Guardians }), 'vm-1').allowedNodes
    expect(allowed(guardians('', ['A,B', 'C,B,A', 'A']))).toEqual(['HV01', 'HV02'])
    expect(allowed(guardians('Local', ['A', 'A', 'A']))).toBeUndefined()
    expect(allowed(guardians('HostGuardianService', ['', '', '']))).toBeUndefined()
    expect(allowed(guardians('', ['', '', '']))).toEqual(['HV01'])
    expect(allowed([])).toEqual(['HV01'])
  })

  it('tables that could not be read of its node stays', () => {
    for (const Source of ['AssignableDevice', 'HardDiskDrive', 'Security', 'Processor'].map(
      (s) => `Get-VM${s}`,
    )) {
      const inventory = readCluster({ Warnings: [{ Node: 'HV02', Source, Text: 'Access is denied.' }] })
      expect(inventory.vms.map(({ allowedNodes }) => allowedNodes)).toEqual([undefined, ['HV02'], undefined])
      expect(assumptions(inventory)).toContain(
        `Warnings[0]: could not be read: ${Source} on HV02 (Access is denied.); its VMs stay where they are`,
      )
      expect(assumptions(inventory)).toContain(
        `in ways that could not be read stay where they are: vm-2 (${Source})`,
      )
    }
  })
})

describe('exports by hand', () => {
  it('of the same cmdlets tell the same', () => {
    const { Vms, Hosts, Processors } = collected() as Record<string, Json[]>
    const object = { VMId: guid(1), VMName: 'vm-1', ComputerName: 'HV01' }
    const of = (row: Json) => vmOf(read(Vms, Hosts, Processors, [{ ...object, ...row }]), 'vm-1').allowedNodes
    const drive = { ControllerType: 1, ControllerLocation: 0 }
    expect(of({ ...drive, Path: 'D:\\a.vhdx', DiskNumber: null })).toEqual(['HV01'])
    expect(of({ ...drive, DvdMediaType: 1, Path: 'D:\\a.iso' })).toEqual(['HV01'])
    expect(of({ InstanceID: 'x', LocationPath: 'PCIROOT(0)' })).toEqual(['HV01'])
    expect(of({ MinPartitionVRAM: 1 })).toEqual(['HV01'])
    expect(of({ TpmEnabled: true })).toEqual(['HV01'])
  })
})
