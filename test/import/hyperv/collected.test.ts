/** The file of the collect script. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readHyperV } from '../../../src/import/hyperv/read.js'
import { gapOf } from '../../../src/import/hyperv/warnings.js'
import { importProblem } from '../../../src/on-demand.js'
import {
  assumptions,
  collected,
  faults,
  file,
  GIB,
  guid,
  type Json,
  nodeOf,
  nodeRow,
  readCluster,
  readVm,
  vmOf,
  vmRow,
} from './fixtures.js'

const first = (more: Json = {}) => nodeOf(readCluster(more), 'HV01')

describe('a collected file', () => {
  it('becomes a problem', async () => {
    const { problem } = await importProblem('hyperv', [file(collected())], { drain: ['hv03.corp.example'] })
    expect(problem.name).toBe('CL01')
    expect(problem.nodes[0]).toEqual({
      id: 'HV01',
      cpu: { model: 'Icelake-Server' },
      memoryMiB: 248 * 1024,
      migrationMbps: 10_000,
      slots: 1,
      linkEfficiency: 2,
      streamMbps: 14_000,
      state: 'up',
    })
    const vm = { id: 'vm-1', node: 'HV01', memoryMiB: 8192, compatibility: 'off', state: 'running' }
    expect(problem.vms[0]).toEqual({ ...vm, priority: 2000 })
    expect(problem.request).toEqual({ drain: ['HV03'] })
  })

  it('has logical processors by the host, else by its sockets', () => {
    const sockets = (counts: (number | null)[]) =>
      counts.map((NumberOfLogicalProcessors) => ({
        Node: 'HV01',
        Name: 'Intel(R) Xeon(R) Gold 5318Y CPU @ 2.10GHz',
        Manufacturer: 'GenuineIntel',
        Description: 'Intel64 Family 6 Model 106 Stepping 6',
        NumberOfLogicalProcessors,
      }))
    expect(first({ Processors: sockets([48, 48]) }).cores).toBe(96)
    expect(first({ Processors: sockets([48, null]) }).cores).toBeUndefined()
    const Hosts = [{ Node: 'HV01', MemoryCapacity: 256 * GIB, LogicalProcessorCount: 64 }]
    expect(first({ Processors: sockets([48, 48]), Hosts }).cores).toBe(64)
  })

  it.each<[Json, string]>([
    [
      { Vms: [vmRow(1, 'HV01'), vmRow(2, 'HV02', { MemoryAssigned: -1 })] },
      'Vms[1].MemoryAssigned: -1 is no size; the cmdlet gives a number of bytes, 0 or more',
    ],
    [
      { Version: 2 },
      'Version: this vmferry reads version 1 of the file; collect again with the script that came with it',
    ],
    [{ CollectedAt: 'noon' }, 'CollectedAt: is no ISO 8601 instant with an offset; collect again'],
    [
      { Cluster: [{ Name: 'CL01', MaximumParallelMigrations: 0 }] },
      'Cluster[0].MaximumParallelMigrations: must be a number of migrations, 1 or more, not "0"',
    ],
  ])('with a fault gives its place by table: %j', (more, fault) => {
    expect(faults(readCluster(more))).toEqual([fault])
  })

  it('says how old it is, and what it was not asked for', () => {
    const told = assumptions(readCluster())
    expect(told).toContain('CollectedAt: what has changed since 2026-11-25T12:00:00.0000000+01:00')
    expect(told).toContain('BackupsRead: no backup schedules were read')
    expect(assumptions(readCluster({ BackupsRead: true }))).not.toContain('no backup schedules')
  })

  it('tells that the cluster balances by itself', () => {
    const told = (AutoBalancerMode: unknown) =>
      assumptions(readCluster({ Cluster: [{ Name: 'CL01', AutoBalancerMode }] }))
    expect(told(2)).toContain('Cluster[0].AutoBalancerMode: the cluster moves VMs by itself')
    expect(told(0)).not.toContain('balance')
  })

  it.each(['utf-16le', 'utf-8-bom'] as const)('is read from %s', (encoding) => {
    const inventory = readHyperV([file(collected(), 'a.json', encoding)])
    expect(inventory.issues).toEqual([])
    expect(inventory.vms).toHaveLength(3)
  })

  it('counts as memory what is free and what the VMs have', () => {
    const off = vmRow(4, 'HV01', { State: 'Off', MemoryAssigned: 0 })
    const inventory = readCluster({ Vms: [vmRow(1, 'HV01'), off] })
    expect(nodeOf(inventory, 'HV01').memoryMiB).toBe((240 + 8) * 1024)
    expect(nodeOf(inventory, 'HV02').memoryMiB).toBe(240 * 1024)
    expect(vmOf(inventory, 'vm-4')).toMatchObject({ state: 'off', memoryMiB: 4096 })
    expect(assumptions(inventory)).toContain('memory for VMs is what is free on a node and what its VMs have')
  })

  it('keeps back what Hyper-V reserves where nothing tells what is free, but never what the VMs have', () => {
    expect(first({ Memory: [] }).memoryMiB).toBe(256 * 1024 - 384 - 64 * 256)
    const Vms = [vmRow(1, 'HV01', { MemoryAssigned: 250 * GIB })]
    expect(first({ Memory: [], Vms }).memoryMiB).toBe(250 * 1024)
  })

  it('takes the limit of the cluster before that of the host', () => {
    expect(first().slots).toBe(1)
    expect(first({ Cluster: [{ Name: 'CL01' }] }).slots).toBe(2)
  })

  it('leaves out a node that is down and was not read', () => {
    const inventory = readCluster({
      Nodes: [...(collected().Nodes as Json[]), { Name: 'HV04', State: 'Down', DrainStatus: 'NotInitiated' }],
      Warnings: [{ Node: 'HV04', Source: 'Get-ClusterNode', Text: 'the node is down and was not read' }],
    })
    expect(inventory.issues).toEqual([])
    expect(inventory.nodes.map(({ id }) => id)).toEqual(['HV01', 'HV02', 'HV03'])
    expect(assumptions(inventory)).toContain('HV04 is down, and nothing else is known of it: left out')
  })

  it.each<[Json, string]>([
    [{}, 'up'],
    [{ State: 'Paused', DrainStatus: 'Completed' }, 'paused'],
    [{ State: 'Down' }, 'down'],
    [{ State: 'Joining' }, 'down'],
    [{ State: -1 }, 'down'],
    [{ DrainStatus: 'InProgress' }, 'paused'],
    [{ DrainStatus: 1 }, 'paused'],
    [{ StatusInformation: 'Quarantined' }, 'down'],
    [{ StatusInformation: 'Isolated, AvoidPlacement' }, 'down'],
    [{ StatusInformation: 'Quarantined, DrainFailed' }, 'down'],
    [{ StatusInformation: 2 + 16 }, 'down'],
    [{ StatusInformation: 'AvoidPlacement' }, 'paused'],
    [{ StatusInformation: '32' }, 'paused'],
    [{ StatusInformation: 'DrainInProgress' }, 'paused'],
    [{ StatusInformation: 'DrainCompleted', State: 'Paused' }, 'paused'],
    [{ StatusInformation: 'DrainFailed' }, 'up'],
  ])('takes a node that is not surely up for one that nothing goes to: %j is %s', (more, state) => {
    const row = { Name: 'HV01', State: 'Up', DrainStatus: 'NotInitiated', ...more }
    expect(first({ Nodes: [row] }).state).toBe(state)
  })

  it('has a fault where the state of a node is none', () => {
    expect(faults(readCluster({ Nodes: [{ Name: 'HV01', State: 'Sideways' }] }))[0]).toBe(
      'Nodes[0].State: must be Up, Down, Paused or Joining; it is "Sideways"',
    )
  })
})

describe('what could not be read', () => {
  const warned = (Source: string, Node = 'HV02') =>
    readCluster({ Warnings: [{ Node, Source, Text: 'Access is denied.' }] })

  it.each([
    'Get-VM',
    'Get-ClusterGroup',
    'Get-ClusterResource',
    'Get-ClusterAffinityRule',
    'Windows Server Backup',
    'Veeam job Nightly',
  ])('is a fault where a plan would be unsafe without it: %s', (source) => {
    const [fault] = faults(warned(source))
    expect(fault).toContain(`Warnings[0]: could not be read: ${source} on HV02 (Access is denied.)`)
    expect(fault).toContain('collect again')
  })

  it.each(['Coreinfo', 'Get-ClusterNetwork', 'MSFT_NetAdapter'])(
    'is an assumption where it is safe: %s',
    (source) => {
      const inventory = warned(source)
      expect(inventory.issues).toEqual([])
      expect(assumptions(inventory)).toContain(`could not be read: ${source} on HV02 (Access is denied.); `)
    },
  )

  it('has a consequence for each reading of the script', () => {
    const script = readFileSync(new URL('../../../collect/Get-VmferryInventory.ps1', import.meta.url), 'utf8')
    const sources = [
      ...[...script.matchAll(/Read-Source (?:''|\$\w+) (?:'([^'$]+)'|"([^"]+)")/g)],
      ...[...script.matchAll(/Add-NodeRow '\w+' (?:'([^']+)'|"([^"]+)")/g)],
      ...[...script.matchAll(/(?:-Source|Read-NewerClass) '([^']+)'/g)],
    ].map(
      ([, plain, expanded]) => plain ?? expanded.replace(/\$\{kind\}/, 'Rdma').replace(/\$.*/, '-Resource x'),
    )
    expect(sources.length).toBeGreaterThan(30)
    for (const source of sources) expect(gapOf(source, 'HV01')?.follows, source).toBeDefined()
  })

  it('goes with a node that is left out', async () => {
    const files = [
      file(
        collected({
          Warnings: [
            { Node: 'HV02', Source: 'Node', Text: 'it does not answer' },
            { Node: 'HV03', Source: 'Get-VMSwitch', Text: 'Access is denied.' },
          ],
          PossibleOwners: ['HV01', 'HV02'].map((Node) => ({ Group: 'vm-1', Resource: 'x', Node })),
        }),
      ),
    ]
    await expect(importProblem('hyperv', files)).rejects.toThrow('leave it out with --exclude HV02')
    const { problem, report } = await importProblem('hyperv', files, { exclude: ['hv02.corp.example'] })
    expect(problem.nodes.map(({ id }) => id)).toEqual(['HV01', 'HV03'])
    expect(problem.vms.map(({ id, allowedNodes }) => [id, allowedNodes])).toEqual([
      ['vm-1', ['HV01']],
      ['vm-3', undefined],
    ])
    expect(report.assumptions.map(({ text }) => text)).toContain(
      'left out with --exclude: HV02, and 1 VM there',
    )
    const gone = importProblem('hyperv', files, { exclude: ['HV02', 'HV09'], drain: ['HV02'] })
    await expect(gone).rejects.toThrow(/--exclude HV09: "HV09" is none.*--drain HV02: "HV02" is none/s)
  })
})

describe('single hosts', () => {
  const single = (more: Json = {}) =>
    readCluster({
      Cluster: [],
      Groups: [],
      Resources: [],
      Nodes: ['HV01', 'HV02', 'HV03'].map((Name) =>
        nodeRow(Name, { DrainStatus: '', StatusInformation: '' }),
      ),
      Vms: [vmRow(1, 'HV01', { IsClustered: false })],
      ...more,
    })
  const off = [{ Node: 'HV01', MemoryCapacity: 256 * GIB, VirtualMachineMigrationEnabled: false }]
  const none = [{ Node: 'HV01', VirtualMachineMigrationEnabled: true, MaximumVirtualMachineMigrations: 0 }]

  it('let their VMs move, and have limits of their own', () => {
    const inventory = single()
    expect(inventory.issues).toEqual([])
    expect(vmOf(inventory, 'vm-1').allowedNodes).toBeUndefined()
    expect(nodeOf(inventory, 'HV01').slots).toBe(2)
  })

  it('take part in nothing where live migration is switched off', () => {
    const inventory = single({ Hosts: off })
    expect(nodeOf(inventory, 'HV01').state).toBe('down')
    expect(assumptions(inventory)).toContain('live migration is switched off on HV01')
    expect(first({ Hosts: off }).state).toBe('up')
  })

  it('take part in nothing where they allow no migrations, in a cluster only where it has no limit of its own', () => {
    expect(nodeOf(single({ Hosts: none }), 'HV01').state).toBe('down')
    expect(first({ Hosts: none }).state).toBe('up')
    const inventory = readCluster({ Hosts: none, Cluster: [{ Name: 'CL01' }] })
    expect(inventory.issues).toEqual([])
    expect(nodeOf(inventory, 'HV01').state).toBe('down')
    expect(assumptions(inventory)).toContain('raise MaximumVirtualMachineMigrations there')
  })
})

describe('VMs', () => {
  const vm = (more: Json) => vmOf(readVm(more), 'vm-1')

  it.each<[unknown, string]>([
    ['Running', 'running'],
    ['running', 'running'],
    [2, 'running'],
    [3, 'off'],
    ['Saved', 'saved'],
    ['6', 'saved'],
    ['FastSaved', 'saved'],
  ])('have the state that Hyper-V says: %j is %s', (State, state) => {
    expect(vm({ State }).state).toBe(state)
    expect(vm({ State }).allowedNodes).toBeUndefined()
  })

  it.each<[Json]>([
    [{ State: 'Paused' }],
    [{ State: 9 }],
    [{ State: 'Starting' }],
    [{ State: 'Saving' }],
    [{ State: 'RunningCritical' }],
    [{ SecondaryOperationalStatus: 'BackingUpVirtualMachine' }],
    [{ SecondaryOperationalStatus: 'MergingDisks' }],
    [{ PrimaryOperationalStatus: 'InService', SecondaryOperationalStatus: 'MigratingVirtualMachine' }],
    [{ OperationalStatus: [2, 32772], SecondaryOperationalStatus: null }],
  ])('stay where they are while they are in no state to move: %j', (more) => {
    expect(vm(more)).toMatchObject({ state: 'running', memoryMiB: 8192, allowedNodes: ['HV01'] })
  })

  it('stay where they are while off and in no state to move, and are told', () => {
    expect(vm({ State: 'OffCritical' })).toMatchObject({ state: 'off', allowedNodes: ['HV01'] })
    expect(assumptions(readVm({ State: 'Paused' }))).toContain(
      'Vms[0].State: VMs that are paused, which Hyper-V does not migrate stay where they are: vm-1',
    )
  })

  it.each<[Json, number | undefined]>([
    [{ ProcessorCount: 8 }, 8],
    [{ ProcessorCount: '8' }, 8],
    [{ ProcessorCount: 0 }, undefined],
    [{}, undefined],
  ])('have as many vCPUs as are told: %j', (more, vcpus) => {
    expect(vm(more).vcpus).toBe(vcpus)
  })

  it('are told to be busy by the status in words where nothing else tells', () => {
    const bare = { PrimaryOperationalStatus: null, SecondaryOperationalStatus: null }
    expect(vm({ ...bare, Status: 'Backing up virtual machine' }).allowedNodes).toEqual(['HV01'])
    expect(vm({ ...bare, Status: 'Operating normally' }).allowedNodes).toBeUndefined()
  })

  it.each(['Tired', 77, null, '', {}])('have a fault where the state is none: %j', (State) => {
    expect(faults(readVm({ State }))[0]).toMatch(/^Vms\[0\]\.State: is .*; it must be a state of Get-VM/)
  })

  it.each<[Json, number]>([
    [{ MemoryAssigned: '4294967296' }, 4096],
    [{ MemoryAssigned: 4 * GIB + 1 }, 4097],
    [{ MemoryAssigned: 0, DynamicMemoryEnabled: true }, 16 * 1024],
    [{ MemoryAssigned: 0 }, 4096],
    [{ State: 'Saved', MemoryAssigned: 0 }, 4096],
  ])('have memory by what is assigned, and the worst case where nothing is: %j', (more, memoryMiB) => {
    expect(vm(more).memoryMiB).toBe(memoryMiB)
  })

  it.each<[Json, string]>([
    [{ MemoryAssigned: 8192 }, 'is less than 1 MiB: was it converted?'],
    [{ MemoryAssigned: 1e300 }, 'is more memory than any host has'],
    [{ MemoryAssigned: '8 GB' }, '"8 GB" is no size'],
    [{ MemoryAssigned: 0, MemoryStartup: null, MemoryMaximum: null }, 'tells no memory of "vm-1"'],
  ])('have a fault where memory is none, or no bytes: %j', (more, fault) => {
    expect(faults(readVm(more))[0]).toContain(fault)
  })

  it.each<[unknown, unknown, string]>([
    [false, undefined, 'off'],
    [true, '', 'minimum'],
    ['True', 0, 'minimum'],
    [true, 'CommonClusterFeatureSet', 'cluster'],
    [true, 1, 'cluster'],
    [true, 'Quantum', 'off'],
  ])('see what their compatibility mode says: %j, %j is %s', (enabled, mode, compatibility) => {
    const modes = { CompatibilityForMigrationEnabled: enabled, CompatibilityForMigrationMode: mode }
    const VmProcessors = [{ VMId: guid(1), VMName: 'x', ...modes }]
    expect(vmOf(readCluster({ VmProcessors }), 'vm-1').compatibility).toBe(compatibility)
  })

  it('see everything where their compatibility mode is not known', () => {
    const inventory = readCluster({ VmProcessors: [] })
    expect(vmOf(inventory, 'vm-1').compatibility).toBe('off')
    expect(assumptions(inventory)).toContain(
      'VMs that do not tell their processor compatibility are taken to have it off: vm-1, vm-2 and vm-3',
    )
  })

  it('use the offloads that are in use', () => {
    const used = { VMId: guid(1), VMName: 'vm-1', IovUsage: 0, VmqUsage: 0 }
    const inventory = readCluster({
      VmAdapters: [
        { ...used, IovUsage: 100 },
        { ...used, VmqUsage: 1 },
      ],
    })
    expect(vmOf(inventory, 'vm-1').offloads).toEqual(['sriov', 'vmq'])
    expect(vmOf(inventory, 'vm-2').offloads).toBeUndefined()
  })

  it('are taken to have been started where they are', () => {
    const inventory = readCluster({ Vms: [vmRow(1, 'HV01'), vmRow(2, 'HV02', { State: 'Off' })] })
    expect(inventory.vms.every(({ bootNode }) => bootNode === undefined)).toBe(true)
    expect(assumptions(inventory)).toContain('since Hyper-V does not tell: vm-1;')
  })

  it('that have run for longer than their host were started elsewhere', () => {
    const times = { LastBootUpTime: '/Date(1795568400000)/', LocalDateTime: '/Date(1795604400000)/' }
    const Memory = [
      { Node: 'HV01', UptimeSeconds: 36_000 },
      { Node: 'HV02', ...times },
    ]
    const Vms = [vmRow(1, 'HV01', { UptimeSeconds: 36_301 }), vmRow(2, 'HV02', { Uptime: '10:05:00' })]
    const told = assumptions(readCluster({ Memory, Vms }))
    expect(told).toContain('Vms[0]: VMs that have run for longer than their host were started elsewhere')
    expect(told).toContain('since Hyper-V does not tell: vm-2;')
  })

  it('that ask for more memory than they have are told', () => {
    const told = (GiB: number) => assumptions(readVm({ DynamicMemoryEnabled: true, MemoryDemand: GiB * GIB }))
    expect(told(9)).toContain('VMs that ask for more memory than is assigned to them')
    expect(told(8)).not.toContain('ask for more')
  })

  it('keep the spaces around their names', () => {
    const Vms = [vmRow(1, 'HV01', { Name: ' a' }), vmRow(2, 'HV02', { Name: 'a' })]
    const Groups = [
      { Name: ' a', Priority: 3000 },
      { Name: 'a', Priority: 1000 },
    ]
    const inventory = readCluster({ Vms, Groups, Resources: [] })
    expect(inventory.vms.map(({ id, priority }) => [id, priority])).toEqual([
      [' a', 3000],
      ['a', 1000],
    ])
  })

  it.each<[Json, string]>([
    [
      vmRow(1, 'HV02'),
      'Vms[1].Name: a second VM "vm-1", after Vms[0] in file1.json; the same VM is on HV01 and HV02',
    ],
    [vmRow(2, 'HV02', { Name: 'VM-1' }), 'rename one'],
  ])('are one by name', (second, fault) => {
    expect(faults(readCluster({ Vms: [vmRow(1, 'HV01'), second] }))[0]).toContain(fault)
  })

  it('are left out where they are replicas that wait, and told once where these have a role', () => {
    const replica = { State: 'Off', ReplicationMode: 'Replica' }
    const same = readCluster({ Vms: [vmRow(1, 'HV01'), vmRow(1, 'HV02', replica)] })
    expect(same.issues).toEqual([])
    expect(same.vms.map(({ node }) => node)).toEqual(['HV01'])
    const lines = assumptions(readCluster({ Vms: [vmRow(1, 'HV01'), vmRow(2, 'HV02', replica)] })).split('\n')
    expect(lines.filter((line) => line.includes('vm-2'))).toEqual([
      'Vms[1]: left out, replicas that are off: vm-2',
    ])
    expect(lines).toContainEqual(expect.stringMatching(/roles whose VM no node has.*vm-3/))
  })

  it('on a node that is not there are a fault of the import', async () => {
    const document = collected({ Vms: [vmRow(1, 'HV09')] })
    await expect(importProblem('hyperv', [file(document)])).rejects.toThrow('"HV09" is none of the nodes')
  })
})

describe('CPUs', () => {
  const COREINFO = [
    'Intel(R) Xeon(R) Gold 6248 CPU @ 2.50GHz',
    'Intel64 Family 6 Model 85 Stepping 7, GenuineIntel',
    'Microcode signature: 05003006',
    'HTT       \t*\tHyperthreading enabled',
    'HYPERVISOR\t*\tHypervisor is present',
    'AVX512F   \t*\tSupports AVX-512 Foundation',
    'AVX2      \t*\tSupports AVX2',
    'SSE4.2    \t*\tSupports Streaming SIMD Extensions 4.2',
    'SSE4a     \t-\tSupports Streaming SIMD Extensions 4a',
  ].join('\n')

  it('have the features that Coreinfo lists', () => {
    const inventory = readCluster({ Coreinfo: [{ Node: 'HV01', Text: COREINFO }] })
    expect(nodeOf(inventory, 'HV01').cpu).toEqual({
      features: ['HTT', 'HYPERVISOR', 'AVX512F', 'AVX2', 'SSE4.2'],
      vendor: 'GenuineIntel',
      texts: [
        'Intel64 Family 6 Model 85 Stepping 7',
        'Intel64 Family 6 Model 106 Stepping 6',
        'Intel(R) Xeon(R) Gold 5318Y CPU @ 2.10GHz',
      ],
      origin: { file: 'file1.json', place: 'Coreinfo[0].Text' },
    })
    expect(nodeOf(inventory, 'HV02').cpu?.features).toBeUndefined()
  })

  it('lose what a guest never sees on the way to the problem', async () => {
    const Coreinfo = ['HV01', 'HV02', 'HV03'].map((Node) => ({ Node, Text: COREINFO }))
    const { problem } = await importProblem('hyperv', [file(collected({ Coreinfo }))])
    expect(problem.nodes[0].cpu).toEqual({ vendor: 'Intel', features: ['avx2', 'avx512f', 'mpx', 'sse42'] })
  })

  it('are looked up where the text is no output of Coreinfo', () => {
    const inventory = readCluster({ Coreinfo: [{ Node: 'HV01', Text: 'Access is denied.' }] })
    expect(nodeOf(inventory, 'HV01').cpu?.features).toBeUndefined()
    expect(assumptions(inventory)).toContain('Coreinfo[0].Text: no output of "Coreinfo.exe -f"')
  })

  it('are one kind in a node', () => {
    const told = (...steppings: number[]) =>
      faults(
        readCluster({
          Processors: steppings.map((stepping) => ({
            Node: 'HV01',
            Name: 'x',
            Manufacturer: 'GenuineIntel',
            Description: `Intel64 Family 6 Model 85 Stepping ${stepping}`,
          })),
        }),
      )
    expect(told(7, 7)).toEqual([])
    expect(told(7, 4)[0]).toContain('Processors[1]: HV01 has two kinds of CPU')
  })
})
