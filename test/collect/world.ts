/** A cluster to read, and runs of the script on it. */
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { InputFile } from '../../src/import/inventory.js'
import {
  Pwsh,
  type ScriptArguments,
  type ScriptRequest,
  type ScriptResult,
  type World,
} from '../powershell/pwsh.js'

export const SCRIPT = fileURLToPath(new URL('../../collect/Get-VmferryInventory.ps1', import.meta.url))
const GIB = 2 ** 30
export const NODES = ['HV01', 'HV02', 'HV03']
export const guid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`

export type Row = Record<string, unknown>
export const vmRow = (n: number, more: Row = {}): Row => ({ VMName: `vm-${n}`, VMId: guid(n), ...more })
const onEach = (row: (node: string, i: number) => Row): Row[] =>
  NODES.map((Node, i) => ({ Node, ComputerName: Node, ...row(Node, i) }))

/** Three nodes and one that is down; four VMs that may move, but for where affinity and owners bind them. */
export function inventoryWorld(more: Partial<World> = {}): Partial<World> {
  const vms = [1, 2, 3, 4].map((n) => ({
    name: `vm-${n}`,
    id: guid(n),
    node: NODES[Math.min(n, 3) - 1],
    memoryMiB: 8192,
    state: n === 3 ? ('Off' as const) : ('Running' as const),
    ...(n === 1 ? { allowedNodes: ['HV01', 'HV02'] } : {}),
  }))
  return {
    nodes: [...NODES, 'HV04'].map((name) => ({
      name,
      memoryMiB: 256 * 1024,
      state: name === 'HV04' ? 'Down' : 'Up',
    })),
    vms,
    maximumParallelMigrations: 1,
    ...more,
    tables: { ...tables(vms.map(({ id }) => id)), ...more.tables },
  }
}

function tables(ids: readonly string[]): Record<string, Row[]> {
  const vms = (row: Row) => ids.map((_, i) => vmRow(i + 1, row))
  return {
    'Get-VM': ids.map((VMId) => ({
      VMId,
      MemoryStartup: 4 * GIB,
      ProcessorCount: 4,
      MemoryDemand: 6 * GIB,
      MemoryStatus: 'OK',
      ReplicationMode: 'None',
      ConfigurationLocation: 'C:\\ClusterStorage\\Volume1',
    })),
    'Get-VMHost': onEach((Node) => ({
      FullyQualifiedDomainName: `${Node}.example.test`,
      MemoryCapacity: 256 * GIB,
      VirtualMachineMigrationEnabled: true,
      MaximumVirtualMachineMigrations: 2,
      VirtualMachineMigrationPerformanceOption: 'Compression',
      SupportedVmVersions: ['10.0', '12.0'],
    })),
    'Get-WindowsFeature': onEach((node) => ({ Name: 'FS-SMBBW', Installed: node !== 'HV03' })),
    'Get-SmbBandwidthLimit': [{ Node: 'HV01', Category: 'LiveMigration', BytesPerSecond: 2 ** 30 }],
    'Get-VMProcessor': vms({
      CompatibilityForMigrationEnabled: true,
      CompatibilityForMigrationMode: 'MinimumFeatureSet',
      ExposeVirtualizationExtensions: false,
    }),
    'Get-VMNetworkAdapter': vms({ SwitchName: 'LAN', IovWeight: 0, IovUsage: 0, VmqUsage: 0 }),
    'Get-VMSwitch': onEach(() => ({ Name: 'LAN', SwitchType: 'External' })),
    'Get-VMHardDiskDrive': vms({
      ControllerType: 'SCSI',
      Path: 'C:\\ClusterStorage\\Volume1\\a.vhdx',
      DiskNumber: null,
    }),
    'Get-VMDvdDrive': vms({ DvdMediaType: 'None', Path: '' }),
    'Get-VMSecurity': vms({ TpmEnabled: false, Shielded: false }),
    'Get-VMSnapshot': [vmRow(2, { Name: 'before', SnapshotType: 'Standard', State: 'Off' })],
    'Get-ClusterGroup': [
      { Name: 'vm-1', Priority: 3000, AntiAffinityClassNames: ['SQL'] },
      { Name: 'vm-2', AntiAffinityClassNames: ['SQL'] },
    ],
    'Get-ClusterOwnerNode': [{ Group: 'vm-1', Owner: 'HV02' }],
    'Get-ClusterParameter': [
      { Name: 'MigrationExcludeNetworks', Value: 'id-1' },
      { Name: 'MoveTypeThreshold', Value: 2000 },
    ],
    'Get-ClusterNetwork': [network('Management', 1, 'ClusterAndClient'), network('LM', 2, 'Cluster')],
    'Get-ClusterAffinityRule': [{ Name: 'shop', RuleType: 2, Enabled: 1, Groups: ['vm-2', 'vm-3'] }],
    'Get-ClusterFaultDomain': [{ Name: 'North', Type: 'Site', ParentName: '' }],
    Win32_OperatingSystem: onEach(() => ({
      Caption: 'Microsoft Windows Server 2025 Datacenter',
      Version: '10.0.26100',
      TotalVisibleMemorySize: 256 * 2 ** 20,
      FreePhysicalMemory: 200 * 2 ** 20,
      LastBootUpTime: '2026-11-01T04:00:00',
    })),
    Win32_Processor: onEach(() => ({
      Name: 'Intel(R) Xeon(R) Gold 6248 CPU @ 2.50GHz',
      Manufacturer: 'GenuineIntel',
      Description: 'Intel64 Family 6 Model 85 Stepping 7',
      NumberOfCores: 20,
      NumberOfLogicalProcessors: 40,
    })),
    MSFT_NetAdapter: [1, 2].flatMap((n) =>
      onEach(() => ({
        Name: ['Mgmt', 'LM'][n - 1],
        InterfaceDescription: 'An adapter',
        InterfaceIndex: n,
        Speed: [1e9, 25e9][n - 1],
        InterfaceOperationalStatus: 1,
        HardwareInterface: true,
      })),
    ),
    MSFT_NetAdapterRdmaSettingData: [{ Name: 'LM', Enabled: true }],
    MSFT_NetAdapterVmqSettingData: [],
    MSFT_NetAdapterSriovSettingData: [],
    MSFT_NetIPAddress: [1, 2].flatMap((n) =>
      onEach((_, i) => ({ InterfaceIndex: n, IPAddress: `10.0.${n}.${11 + i}`, PrefixLength: 24 })),
    ),
    MSFT_NetOffloadGlobalSetting: onEach(() => ({ Chimney: 0 })),
    'Get-WBPolicy': [{}],
    'Get-WBSchedule': [
      { Hour: 21, Minute: 0 },
      { Hour: 3, Minute: 30 },
    ],
    'Get-WBJob': [
      { JobType: 'Backup', StartTime: '2026-11-20T21:00:00', EndTime: '2026-11-20T22:40:00' },
      { JobType: 'Backup', StartTime: '2026-11-21T21:00:00', EndTime: '2026-11-21T21:50:00' },
      { JobType: 'Recovery', StartTime: '2026-11-21T22:00:00', EndTime: '2026-11-22T22:00:00' },
    ],
    'Get-VBRJob': ['Nightly', 'Monthly', 'Often', 'Idle'].map((Name, i) => ({
      Name,
      Id: guid(50 + i),
      IsScheduleEnabled: Name !== 'Idle',
    })),
    'Get-VBRBackupSession': [
      { JobId: guid(50), CreationTime: '2026-11-21T22:30:00', EndTime: '2026-11-21T23:10:00' },
      { JobId: guid(50), CreationTime: '2026-11-22T22:30:00', EndTime: '2026-11-22T22:40:00' },
    ],
    'Get-VBRJobObject': [
      { Job: 'Nightly', Name: 'vm-1' },
      { Job: 'Nightly', Name: 'vm-2' },
      { Job: 'Monthly', Name: 'vm-3' },
    ],
    'Get-VBRJobScheduleOptions': [
      schedule('Nightly', {
        OptionsDaily: { Enabled: true, TimeLocal: { Hour: 22, Minute: 30 }, DaysSrv: ['Monday', 'Friday'] },
      }),
      schedule('Monthly', {
        OptionsMonthly: {
          Enabled: true,
          TimeLocal: { Hour: 4, Minute: 0 },
          DayNumberInMonth: 'OnDay',
          DayOfWeek: 'Saturday',
          DayOfMonth: { Day: 15, IsLast: false },
          Months: ['January', 'July'],
        },
      }),
      schedule('Often', { OptionsPeriodically: { Enabled: true } }),
    ],
  }
}

const network = (Name: string, n: number, Role: string): Row => ({
  Name,
  Id: `id-${n}`,
  Role,
  State: 'Up',
  Address: `10.0.${n}.0`,
  AddressMask: '255.255.255.0',
  Metric: 1000 * n,
})

function schedule(Job: string, more: Row): Row {
  const off = { Enabled: false }
  return {
    Job,
    OptionsDaily: off,
    OptionsMonthly: off,
    OptionsPeriodically: off,
    OptionsContinuous: off,
    ...more,
  }
}

export interface Collected extends ScriptResult {
  /** Undefined where nothing was written. */
  json: Record<string, Row[]> | undefined
  file: InputFile
  warnings: string[]
  folder: string
}

let pwsh: Pwsh | undefined

/** Runs the script on the cluster; writes into a folder of its own. */
export async function collect(
  world: Partial<World>,
  given: ScriptArguments = { Cluster: 'CL01' },
  how: Partial<ScriptRequest> = {},
): Promise<Collected> {
  pwsh ??= new Pwsh()
  const folder = mkdtempSync(join(tmpdir(), 'vmferry-collect-'))
  await pwsh.build(world)
  const result = await pwsh.run({
    path: SCRIPT,
    arguments: { OutFile: join(folder, 'inventory.json'), ...given },
    ...how,
    prelude: `$env:COMPUTERNAME = 'HV01'; ${how.prelude ?? ''}`,
  })
  const [name] = readdirSync(folder)
  const text = name === undefined ? '' : readFileSync(join(folder, name), 'utf8')
  const warnings = result.shown.filter(({ stream }) => stream === 'warning').map((each) => each.text)
  return {
    ...result,
    json: name === undefined ? undefined : JSON.parse(text.replace(/^\ufeff/, '')),
    file: { name: 'inventory.json', bytes: new TextEncoder().encode(text) },
    warnings,
    folder,
  }
}
