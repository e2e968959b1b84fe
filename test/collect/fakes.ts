/** Fake cmdlets of a three-node cluster, which give what the real ones do: enums, bytes, TimeSpans, objects whose text is their name. */
import type { Arguments, CommandContext, ParameterSpec } from '../powershell/interpreter/commands.js'
import {
  DateTime,
  Interpreter,
  type InterpreterOptions,
  PSEnum,
  PSObject,
  psObject,
  type ScriptBlock,
  TimeSpan,
  toText,
  type Value,
} from '../powershell/interpreter/index.js'

const GIB = 2 ** 30
export const guid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`

type Row = Record<string, Value>
type Wrong = Record<string, string>

const one = (type: string, name: string, value: number): PSEnum => new PSEnum(type, name, { [name]: value })
export const STATE = {
  running: one('Microsoft.HyperV.PowerShell.VMState', 'Running', 2),
  off: one('Microsoft.HyperV.PowerShell.VMState', 'Off', 3),
  paused: one('Microsoft.HyperV.PowerShell.VMState', 'Paused', 9),
}
const OK = one('Microsoft.HyperV.PowerShell.VMOperationalStatus', 'Ok', 2)

/** An object of the FailoverClusters module: as text it is its name. */
function named(name: string, more: Row = {}): PSObject {
  const object = psObject({ Name: name, ...more }, 'Microsoft.FailoverClusters.PowerShell.ClusterObject')
  object.display = () => name
  return object
}

const hours = (n: number): TimeSpan => new TimeSpan(BigInt(n) * 36_000_000_000n)
/** A local time of 2026-11-24. */
const clock = (hour: number, minute = 0): DateTime => {
  const days = BigInt(Date.UTC(2026, 10, 24) / 86_400_000 - Date.UTC(1, 0, 1) / 86_400_000)
  // Date.UTC takes year 1 for 1901.
  const offset = BigInt((Date.UTC(1901, 0, 1) - Date.parse('0001-01-01T00:00:00Z')) / 86_400_000)
  return new DateTime(((days + offset) * 1440n + BigInt(hour * 60 + minute)) * 600_000_000n, 'Local', 60)
}

export interface World {
  vms: Row[]
  nodes: Row[]
  cluster: Row | undefined
  /** Cmdlets that fail, by `Cmdlet` or `Cmdlet NODE` or `CimClass NODE`, with the error's text. */
  failing: Wrong
  /** They fail with an error that ends nothing by itself: -ErrorAction decides. */
  gently: boolean
  /** Every call of a fake, as `Cmdlet NODE`. */
  calls: string[]
}

export function vm(n: number, node: string, more: Row = {}): Row {
  return {
    Name: `vm-${n}`,
    VMId: guid(n),
    ComputerName: node,
    State: STATE.running,
    Status: 'Operating normally',
    PrimaryOperationalStatus: OK,
    SecondaryOperationalStatus: null,
    MemoryAssigned: 8 * GIB,
    MemoryDemand: 6 * GIB,
    MemoryStartup: 4 * GIB,
    MemoryMinimum: GIB / 2,
    MemoryMaximum: 16 * GIB,
    DynamicMemoryEnabled: false,
    ProcessorCount: 4,
    Generation: 2,
    Version: '10.0',
    IsClustered: true,
    Uptime: hours(30),
    ReplicationMode: one('Microsoft.HyperV.PowerShell.VMReplicationMode', 'None', 0),
    ...more,
  }
}

export function world(): World {
  return {
    vms: [
      vm(1, 'HV01'),
      vm(2, 'HV02'),
      vm(3, 'HV03', { State: STATE.off, MemoryAssigned: 0, Uptime: hours(0) }),
      vm(4, 'HV03', { State: STATE.paused, DynamicMemoryEnabled: true }),
    ],
    nodes: ['HV01', 'HV02', 'HV03', 'HV04'].map((Name) => ({
      Name,
      State: one('ClusterNodeState', Name === 'HV04' ? 'Down' : 'Up', Name === 'HV04' ? 1 : 0),
      DrainStatus: one('NodeDrainStatus', 'NotInitiated', 0),
      StatusInformation: one('NodeStatusInformation', 'Normal', 0),
    })),
    cluster: {
      Domain: 'corp.example',
      MaximumParallelMigrations: 1,
      ClusterEnforcedAntiAffinity: 1,
      ClusterFunctionalLevel: 12,
      SetSMBBandwidthLimit: 0,
      SMBBandwidthLimitFactor: 2500,
    },
    failing: {},
    gently: false,
    calls: [],
  }
}

const COMPUTER: Record<string, ParameterSpec> = {
  ComputerName: { type: 'string' },
  VMName: { type: 'string[]' },
}
const CLUSTER: Record<string, ParameterSpec> = {
  Cluster: { type: 'string' },
  Name: { type: 'string', position: 0 },
  Group: { type: 'string' },
  Resource: { type: 'string' },
}

export function interpreter(at: World, options: InterpreterOptions = {}): Interpreter {
  const ps = new Interpreter(options)
  const fake = (
    name: string,
    parameters: Record<string, ParameterSpec>,
    run: (args: Record<string, string>, ctx: CommandContext, raw: Arguments) => Value,
  ): void =>
    ps.register(name, parameters, (args, ctx) => {
      const texts = Object.fromEntries(Object.entries(args).map(([key, value]) => [key, toText(value)]))
      const call = [name, texts.ClassName, texts.ComputerName, texts.Resource ?? texts.Group]
        .filter(Boolean)
        .join(' ')
      at.calls.push(call)
      const wrong = at.failing[call] ?? at.failing[name]
      if (wrong !== undefined) {
        if (!at.gently) ctx.fail(wrong)
        ctx.error(wrong)
        return undefined
      }
      return run(texts, ctx, args)
    })
  const onNode = (rows: readonly Row[], node: string): Value =>
    rows.filter(({ ComputerName }) => ComputerName === node).map((row) => psObject(row))

  // Hyper-V
  fake('Get-VM', COMPUTER, ({ ComputerName }) => onNode(at.vms, ComputerName))
  fake('Get-VMHost', COMPUTER, ({ ComputerName }) =>
    psObject({
      FullyQualifiedDomainName: `${ComputerName}.corp.example`,
      MemoryCapacity: 256 * GIB,
      LogicalProcessorCount: 64,
      VirtualMachineMigrationEnabled: true,
      MaximumVirtualMachineMigrations: 2,
      MaximumStorageMigrations: 2,
      VirtualMachineMigrationPerformanceOption: one('VMMigrationPerformance', 'Compression', 1),
      VirtualMachineMigrationAuthenticationType: one('MigrationAuthenticationType', 'Kerberos', 1),
      UseAnyNetworkForMigration: false,
      NumaSpanningEnabled: true,
    }),
  )
  fake('Get-VMProcessor', COMPUTER, ({ ComputerName }) =>
    onNode(
      at.vms.map((row) => ({
        ComputerName: row.ComputerName,
        VMName: row.Name,
        VMId: row.VMId,
        CompatibilityForMigrationEnabled: row.Name === 'vm-2',
        CompatibilityForMigrationMode: one('Mode', 'MinimumFeatureSet', 0),
      })),
      ComputerName,
    ),
  )
  fake('Get-VMNetworkAdapter', COMPUTER, ({ ComputerName }) =>
    onNode(
      at.vms.map((row) => ({
        ComputerName: row.ComputerName,
        VMName: row.Name,
        VMId: row.VMId,
        IovWeight: 0,
        IovUsage: 0,
        VmqUsage: row.Name === 'vm-1' ? 1 : 0,
      })),
      ComputerName,
    ),
  )
  fake('Get-VMSnapshot', COMPUTER, ({ ComputerName }) =>
    ComputerName === 'HV02'
      ? [
          psObject({
            VMName: 'vm-2',
            VMId: guid(2),
            Name: 'before',
            SnapshotType: one('SnapshotType', 'Standard', 0),
            State: STATE.off,
          }),
        ]
      : [],
  )
  fake('Get-VMMigrationNetwork', COMPUTER, () => [psObject({ Subnet: '10.0.2.0/24', Priority: 10 })])

  // Windows
  fake(
    'Get-CimInstance',
    {
      ClassName: { type: 'string', position: 0 },
      Namespace: { type: 'string' },
      ComputerName: { type: 'string' },
    },
    ({ ClassName, ComputerName }) => cim(ClassName, ComputerName),
  )

  // Failover clustering
  fake('Get-Cluster', CLUSTER, ({ Name }, ctx) => {
    if (at.cluster === undefined) return ctx.fail('The cluster service is not running on this computer.')
    return psObject({ Name: Name ?? 'CL01', ...at.cluster })
  })
  fake('Get-ClusterNode', CLUSTER, () => at.nodes.map((row) => psObject(row)))
  fake('Get-ClusterNetwork', CLUSTER, () => [
    psObject({
      Name: 'Management',
      Id: 'id-1',
      Role: one('Role', 'ClusterAndClient', 3),
      State: 'Up',
      Address: '10.0.1.0',
      AddressMask: '255.255.255.0',
      Metric: 70_000,
    }),
    psObject({
      Name: 'LM',
      Id: 'id-2',
      Role: one('Role', 'Cluster', 1),
      State: 'Up',
      Address: '10.0.2.0',
      AddressMask: '255.255.255.0',
      Metric: 30_000,
    }),
  ])
  fake('Get-ClusterResourceType', CLUSTER, () => named('Virtual Machine'))
  fake(
    'Get-ClusterParameter',
    { Name: { type: 'string' }, InputObject: { pipeline: true } },
    (_, __, { InputObject, Name }) => {
      const object = InputObject as PSObject
      if (toText(Name ?? '') === 'VMID' || toText(Name ?? '').toLowerCase() === 'vmid')
        return psObject({ ClusterObject: object, Name: 'VmID', Value: object.get('FakeVmId') })
      return [
        psObject({ Name: 'MigrationExcludeNetworks', Value: '' }),
        psObject({ Name: 'MoveTypeThreshold', Value: 2000 }),
      ]
    },
  )
  fake('Get-ClusterGroup', CLUSTER, () => [
    named('Cluster Group', { GroupType: one('GroupType', 'Cluster', 1), AntiAffinityClassNames: [] }),
    ...at.vms.map(({ Name, ComputerName }) => {
      const n = toText(Name)
      return named(`role ${n}`, {
        Id: guid(100),
        GroupType: one('GroupType', 'VirtualMachine', 111),
        State: 'Online',
        OwnerNode: named(toText(ComputerName)),
        Priority: n === 'vm-1' ? 3000 : 2000,
        AntiAffinityClassNames: n === 'vm-1' || n === 'vm-2' ? ['SQL'] : [],
        LockedFromMoving: 0,
      })
    }),
  ])
  fake('Get-ClusterResource', CLUSTER, () =>
    at.vms.flatMap(({ Name, VMId }) => [
      named(`Virtual Machine ${toText(Name)}`, {
        ResourceType: named('Virtual Machine'),
        OwnerGroup: named(`role ${toText(Name)}`),
        FakeVmId: VMId,
      }),
      named(`Virtual Machine Configuration ${toText(Name)}`, {
        ResourceType: named('Virtual Machine Configuration'),
        OwnerGroup: named(`role ${toText(Name)}`),
      }),
    ]),
  )
  fake('Get-ClusterOwnerNode', CLUSTER, ({ Resource, Group }) => {
    if (Group !== undefined)
      return psObject({ ClusterObject: Group, OwnerNodes: Group === 'role vm-1' ? [named('HV02')] : [] })
    const nodes = Resource === 'Virtual Machine vm-1' ? ['HV01', 'HV02'] : ['HV01', 'HV02', 'HV03', 'HV04']
    return psObject({ ClusterObject: Resource, OwnerNodes: nodes.map((name) => named(name)) })
  })
  fake('Get-ClusterAffinityRule', { CimSession: { type: 'string' } }, () => [
    psObject({
      Name: 'shop',
      RuleType: one('RuleType', 'SameNode', 2),
      Enabled: 1,
      Groups: ['role vm-2', 'role vm-3'],
    }),
  ])

  // Remoting: the block runs here, and what it puts out says where.
  fake(
    'Invoke-Command',
    {
      ComputerName: { type: 'string' },
      ScriptBlock: { type: 'scriptblock' },
      ArgumentList: { type: 'object[]' },
    },
    ({ ComputerName }, ctx, { ScriptBlock: block, ArgumentList }) => {
      const output: Value[] = []
      const list =
        ArgumentList === undefined ? [] : Array.isArray(ArgumentList) ? ArgumentList : [ArgumentList]
      ctx.invoke(block as ScriptBlock, null, (value) => output.push(value), list)
      for (const value of output) if (value instanceof PSObject) value.set('PSComputerName', ComputerName)
      return output
    },
  )
  ps.register(
    'Coreinfo.exe',
    { nobanner: { type: 'switch' }, accepteula: { type: 'switch' }, f: { type: 'switch' } },
    () => COREINFO.split('\n'),
  )

  // Backups
  fake('Get-WBPolicy', {}, () => psObject({}))
  fake('Get-WBSchedule', { Policy: {} }, () => [clock(21), clock(3, 30)])
  fake('Get-WBJob', { Previous: { type: 'int' } }, () => [
    psObject({ JobType: 'Backup', StartTime: clock(21), EndTime: clock(21, 50) }),
    psObject({ JobType: 'Recovery', StartTime: clock(22), EndTime: clock(23) }),
  ])
  const job = (Name: string, Id: string) => psObject({ Name, Id, IsScheduleEnabled: true })
  fake('Get-VBRJob', {}, () => [
    job('Nightly', guid(50)),
    job('Monthly', guid(51)),
    job('Often', guid(52)),
    psObject({ Name: 'Idle', Id: guid(53), IsScheduleEnabled: false }),
  ])
  fake('Get-VBRBackupSession', {}, () => [
    psObject({ JobId: guid(50), CreationTime: clock(1), EndTime: clock(1, 40) }),
  ])
  fake('Get-VBRJobScheduleOptions', { Job: {} }, (_, __, { Job }) => {
    const name = toText((Job as PSObject).get('Name'))
    const on = (Enabled: boolean, more: Row = {}) => psObject({ Enabled, ...more })
    return psObject({
      OptionsDaily: on(name === 'Nightly', { TimeLocal: clock(22, 30), DaysSrv: ['Monday', 'Friday'] }),
      OptionsMonthly: on(name === 'Monthly', {
        TimeLocal: clock(4),
        DayOfWeek: 'Saturday',
        DayNumberInMonth: 'Second',
        DayOfMonth: '1',
      }),
      OptionsPeriodically: on(name === 'Often'),
      OptionsContinuous: on(false),
    })
  })
  fake('Get-VBRJobObject', { Job: {} }, (_, __, { Job }) => {
    const name = toText((Job as PSObject).get('Name'))
    return (name === 'Nightly' ? ['vm-1', 'vm-2'] : ['vm-3']).map((each) => psObject({ Name: each }))
  })
  return ps
}

export const COREINFO = [
  'Intel(R) Xeon(R) Gold 6248 CPU @ 2.50GHz',
  'Intel64 Family 6 Model 85 Stepping 7, GenuineIntel',
  'AVX2      \t*\tSupports AVX2',
  'SSE4a     \t-\tSupports Streaming SIMD Extensions 4a',
].join('\n')

function cim(className: string, node: string): Value {
  const index = Number(node.slice(-2))
  switch (className) {
    case 'Win32_OperatingSystem':
      return psObject({
        Caption: 'Windows Server 2025',
        Version: '10.0.26100',
        TotalVisibleMemorySize: 256 * 2 ** 20,
        FreePhysicalMemory: 200 * 2 ** 20,
      })
    case 'Win32_Processor':
      return [0, 1].map(() =>
        psObject({
          Name: 'Intel(R) Xeon(R) Gold 6248 CPU @ 2.50GHz',
          Manufacturer: 'GenuineIntel',
          Description: 'Intel64 Family 6 Model 85 Stepping 7',
          NumberOfCores: 20,
          NumberOfLogicalProcessors: 40,
        }),
      )
    case 'MSFT_NetAdapter':
      return [
        psObject({
          Name: 'Mgmt',
          InterfaceDescription: 'NIC',
          InterfaceIndex: 1,
          Speed: 1e9,
          InterfaceOperationalStatus: 1,
          HardwareInterface: true,
        }),
        psObject({
          Name: 'LM',
          InterfaceDescription: 'NIC',
          InterfaceIndex: 2,
          Speed: 25e9,
          InterfaceOperationalStatus: 1,
          HardwareInterface: true,
        }),
      ]
    case 'MSFT_NetIPAddress':
      return [1, 2].map((i) =>
        psObject({ InterfaceIndex: i, IPAddress: `10.0.${i}.${10 + index}`, PrefixLength: 24 }),
      )
    case 'MSFT_NetAdapterRdmaSettingData':
      return [psObject({ Name: 'LM', Enabled: true })]
    case 'MSFT_NetAdapterVmqSettingData':
      return [psObject({ Name: 'Mgmt', Enabled: true })]
    case 'MSFT_NetAdapterSriovSettingData':
      return []
    case 'MSFT_NetOffloadGlobalSetting':
      return [psObject({ Chimney: 0 })]
    default:
      throw new Error(`no fake of ${className}`)
  }
}
