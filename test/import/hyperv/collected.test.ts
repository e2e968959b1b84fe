/** The file of the collect script. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readHyperV } from '../../../src/import/hyperv/read.js'
import { gapOf } from '../../../src/import/hyperv/warnings.js'
import { importProblem } from '../../../src/on-demand.js'
import { assumptions, collected, faults, file, GIB, guid, nodeOf, read, vmOf, vmRow } from './fixtures.js'

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
      state: 'up',
    })
    expect(problem.vms[0]).toEqual({
      id: 'vm-1',
      node: 'HV01',
      memoryMiB: 8192,
      compatibility: 'off',
      state: 'running',
      priority: 2000,
    })
    expect(problem.request).toEqual({ drain: ['HV03'] })
  })

  it('gives places by table', () => {
    const inventory = read(collected({ Vms: [vmRow(1, 'HV01'), vmRow(2, 'HV02', { MemoryAssigned: -1 })] }))
    expect(faults(inventory)).toEqual([
      'Vms[1].MemoryAssigned: -1 is no size; the cmdlet gives a number of bytes, 0 or more',
    ])
  })

  it('is refused in another version', () => {
    expect(faults(read(collected({ Version: 2 })))).toEqual([
      'Version: this vmferry reads version 1 of the file; collect again with the script that came with it',
    ])
  })

  it('says how old it is, and what it was not asked for', () => {
    const told = assumptions(read(collected()))
    expect(told).toContain('CollectedAt: what has changed since 2026-11-25T12:00:00.0000000+01:00')
    expect(told).toContain('BackupsRead: no backup schedules were read')
    expect(assumptions(read(collected({ BackupsRead: true })))).not.toContain('no backup schedules')
    expect(faults(read(collected({ CollectedAt: 'noon' })))).toEqual([
      'CollectedAt: is no ISO 8601 instant with an offset; collect again',
    ])
  })

  it('tells that the cluster balances by itself', () => {
    const told = (AutoBalancerMode: unknown) =>
      assumptions(read(collected({ Cluster: [{ Name: 'CL01', AutoBalancerMode }] })))
    expect(told(2)).toContain('Cluster[0].AutoBalancerMode: the cluster moves VMs by itself')
    expect(told(0)).not.toContain('balance')
  })

  it('is read from UTF-16, and with a byte order mark', () => {
    for (const encoding of ['utf-16le', 'utf-8-bom'] as const) {
      const inventory = readHyperV([file(collected(), 'a.json', encoding)])
      expect(inventory.issues).toEqual([])
      expect(inventory.vms).toHaveLength(3)
    }
  })

  it('counts as memory what is free and what the VMs have', () => {
    const off = vmRow(4, 'HV01', { State: 'Off', MemoryAssigned: 0 })
    const inventory = read(collected({ Vms: [vmRow(1, 'HV01'), off] }))
    expect(nodeOf(inventory, 'HV01').memoryMiB).toBe((240 + 8) * 1024)
    expect(nodeOf(inventory, 'HV02').memoryMiB).toBe(240 * 1024)
    expect(vmOf(inventory, 'vm-4')).toMatchObject({ state: 'off', memoryMiB: 4096 })
    expect(assumptions(inventory)).toContain('memory for VMs is what is free on a node and what its VMs have')
  })

  it('keeps back what Hyper-V reserves where nothing tells what is free', () => {
    const inventory = read(collected({ Memory: [] }))
    expect(nodeOf(inventory, 'HV01').memoryMiB).toBe(256 * 1024 - 384 - 64 * 256)
  })

  it('never counts less than what the VMs have', () => {
    const vms = [vmRow(1, 'HV01', { MemoryAssigned: 250 * GIB })]
    const inventory = read(collected({ Memory: [], Vms: vms }))
    expect(nodeOf(inventory, 'HV01').memoryMiB).toBe(250 * 1024)
  })

  it('takes the limit of the cluster before that of the host', () => {
    expect(nodeOf(read(collected()), 'HV01').slots).toBe(1)
    const Cluster = [{ Name: 'CL01' }]
    expect(nodeOf(read(collected({ Cluster })), 'HV01').slots).toBe(2)
    const wrong = [{ Name: 'CL01', MaximumParallelMigrations: 0 }]
    expect(faults(read(collected({ Cluster: wrong })))).toEqual([
      'Cluster[0].MaximumParallelMigrations: must be a number of migrations, 1 or more, not "0"',
    ])
  })

  it('leaves out a node that is down and was not read', () => {
    const document = collected()
    document.Nodes = [
      ...(document.Nodes as unknown[]),
      { Name: 'HV04', State: 'Down', DrainStatus: 'NotInitiated' },
    ]
    document.Warnings = [
      { Node: 'HV04', Source: 'Get-ClusterNode', Text: 'the node is down and was not read' },
    ]
    const inventory = read(document)
    expect(inventory.issues).toEqual([])
    expect(inventory.nodes.map(({ id }) => id)).toEqual(['HV01', 'HV02', 'HV03'])
    expect(assumptions(inventory)).toContain('HV04 is down, and nothing else is known of it: left out')
  })

  it('takes a node that is not surely up for one that nothing goes to', () => {
    const state = (more: object) =>
      nodeOf(
        read(collected({ Nodes: [{ Name: 'HV01', State: 'Up', DrainStatus: 'NotInitiated', ...more }] })),
        'HV01',
      ).state
    expect(state({})).toBe('up')
    expect(state({ State: 'Paused', DrainStatus: 'Completed' })).toBe('paused')
    expect(state({ State: 'Down' })).toBe('down')
    expect(state({ State: 'Joining' })).toBe('down')
    expect(state({ State: -1 })).toBe('down')
    expect(state({ DrainStatus: 'InProgress' })).toBe('paused')
    expect(state({ DrainStatus: 1 })).toBe('paused')
    expect(state({ StatusInformation: 'Quarantined' })).toBe('down')
    expect(state({ StatusInformation: 'Isolated, AvoidPlacement' })).toBe('down')
    expect(state({ StatusInformation: 'Quarantined, DrainFailed' })).toBe('down')
    expect(state({ StatusInformation: 2 + 16 })).toBe('down')
    expect(state({ StatusInformation: 'AvoidPlacement' })).toBe('paused')
    expect(state({ StatusInformation: '32' })).toBe('paused')
    expect(state({ StatusInformation: 'DrainInProgress' })).toBe('paused')
    expect(state({ StatusInformation: 'DrainCompleted', State: 'Paused' })).toBe('paused')
    expect(state({ StatusInformation: 'DrainFailed' })).toBe('up')
    expect(faults(read(collected({ Nodes: [{ Name: 'HV01', State: 'Sideways' }] })))[0]).toBe(
      'Nodes[0].State: must be Up, Down, Paused or Joining; it is "Sideways"',
    )
  })
})

describe('what could not be read', () => {
  const warned = (Source: string, Node = 'HV02') =>
    read(collected({ Warnings: [{ Node, Source, Text: 'Access is denied.' }] }))

  it('is a fault where a plan would be unsafe without it', () => {
    for (const source of [
      'Get-VM',
      'Get-ClusterGroup',
      'Get-ClusterResource',
      'Get-ClusterAffinityRule',
      'Windows Server Backup',
      'Veeam job Nightly',
    ]) {
      const [fault] = faults(warned(source))
      expect(fault).toContain(`Warnings[0]: could not be read: ${source} on HV02 (Access is denied.)`)
      expect(fault).toContain('collect again')
    }
  })

  it('is an assumption where it is safe', () => {
    for (const source of ['Coreinfo', 'Get-ClusterNetwork', 'MSFT_NetAdapter']) {
      const inventory = warned(source)
      expect(inventory.issues).toEqual([])
      expect(assumptions(inventory)).toContain(`could not be read: ${source} on HV02 (Access is denied.); `)
    }
  })

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
    const Warnings = [
      { Node: 'HV02', Source: 'Node', Text: 'it does not answer' },
      { Node: 'HV03', Source: 'Get-VMSwitch', Text: 'Access is denied.' },
    ]
    const document = collected({
      Warnings,
      PossibleOwners: ['HV01', 'HV02'].map((Node) => ({ Group: 'vm-1', Resource: 'x', Node })),
    })
    await expect(importProblem('hyperv', [file(document)])).rejects.toThrow(
      'leave it out with --exclude HV02',
    )
    const { problem, report } = await importProblem('hyperv', [file(document)], {
      exclude: ['hv02.corp.example'],
    })
    expect(problem.nodes.map(({ id }) => id)).toEqual(['HV01', 'HV03'])
    expect(problem.vms.map(({ id, allowedNodes }) => [id, allowedNodes])).toEqual([
      ['vm-1', ['HV01']],
      ['vm-3', undefined],
    ])
    expect(report.assumptions.map(({ text }) => text)).toContain(
      'left out with --exclude: HV02, and 1 VM there',
    )
    const gone = importProblem('hyperv', [file(document)], { exclude: ['HV02', 'HV09'], drain: ['HV02'] })
    await expect(gone).rejects.toThrow(/--exclude HV09: "HV09" is none.*--drain HV02: "HV02" is none/s)
  })
})

describe('single hosts', () => {
  const single = (more: object = {}) =>
    collected({
      Cluster: [],
      Groups: [],
      Resources: [],
      Nodes: ['HV01', 'HV02', 'HV03'].map((Name) => ({
        Name,
        State: 'Up',
        DrainStatus: '',
        StatusInformation: '',
      })),
      Vms: [vmRow(1, 'HV01', { IsClustered: false })],
      ...more,
    })

  it('let their VMs move, and have limits of their own', () => {
    const inventory = read(single())
    expect(inventory.issues).toEqual([])
    expect(vmOf(inventory, 'vm-1').allowedNodes).toBeUndefined()
    expect(nodeOf(inventory, 'HV01').slots).toBe(2)
  })

  it('take part in nothing where live migration is switched off', () => {
    const Hosts = [{ Node: 'HV01', MemoryCapacity: 256 * GIB, VirtualMachineMigrationEnabled: false }]
    const inventory = read(single({ Hosts }))
    expect(nodeOf(inventory, 'HV01').state).toBe('down')
    expect(assumptions(inventory)).toContain('live migration is switched off on HV01')
    const none = [{ Node: 'HV01', VirtualMachineMigrationEnabled: true, MaximumVirtualMachineMigrations: 0 }]
    expect(nodeOf(read(single({ Hosts: none })), 'HV01').state).toBe('down')
    expect(nodeOf(read(collected({ Hosts })), 'HV01').state).toBe('up')
  })

  it('take part in nothing where they allow no migrations, in a cluster only where it has no limit of its own', () => {
    const Hosts = [{ Node: 'HV01', VirtualMachineMigrationEnabled: true, MaximumVirtualMachineMigrations: 0 }]
    expect(nodeOf(read(collected({ Hosts })), 'HV01').state).toBe('up')
    const inventory = read(collected({ Hosts, Cluster: [{ Name: 'CL01' }] }))
    expect(inventory.issues).toEqual([])
    expect(nodeOf(inventory, 'HV01').state).toBe('down')
    expect(assumptions(inventory)).toContain('raise MaximumVirtualMachineMigrations there')
  })
})

describe('VMs', () => {
  const withState = (more: object) =>
    vmOf(read(collected({ Vms: [vmRow(1, 'HV01', more as never)] })), 'vm-1')

  it('have the state that Hyper-V says', () => {
    expect(withState({ State: 'Running' })).toMatchObject({ state: 'running' })
    expect(withState({ State: 2 }).state).toBe('running')
    expect(withState({ State: 3 }).state).toBe('off')
    expect(withState({ State: 'Saved' }).state).toBe('saved')
    expect(withState({ State: '6' }).state).toBe('saved')
    expect(withState({ State: 'FastSaved' }).state).toBe('saved')
    expect(withState({ State: 'running' }).allowedNodes).toBeUndefined()
  })

  it('stay where they are while they are in no state to move', () => {
    for (const more of [
      { State: 'Paused' },
      { State: 9 },
      { State: 'Starting' },
      { State: 'Saving' },
      { State: 'RunningCritical' },
      { SecondaryOperationalStatus: 'BackingUpVirtualMachine' },
      { SecondaryOperationalStatus: 'MergingDisks' },
      { PrimaryOperationalStatus: 'InService', SecondaryOperationalStatus: 'MigratingVirtualMachine' },
      { OperationalStatus: [2, 32772], SecondaryOperationalStatus: null },
    ]) {
      const vm = withState(more)
      expect(vm).toMatchObject({ state: 'running', memoryMiB: 8192, allowedNodes: ['HV01'] })
    }
    expect(withState({ State: 'OffCritical' })).toMatchObject({ state: 'off', allowedNodes: ['HV01'] })
    expect(assumptions(read(collected({ Vms: [vmRow(1, 'HV01', { State: 'Paused' })] })))).toContain(
      'Vms[0].State: VMs that are paused, which Hyper-V does not migrate stay where they are: vm-1',
    )
  })

  it('are told to be busy by the status in words where nothing else tells', () => {
    const bare = { PrimaryOperationalStatus: null, SecondaryOperationalStatus: null }
    expect(withState({ ...bare, Status: 'Backing up virtual machine' }).allowedNodes).toEqual(['HV01'])
    expect(withState({ ...bare, Status: 'Operating normally' }).allowedNodes).toBeUndefined()
  })

  it('have a fault where the state is none', () => {
    for (const State of ['Tired', 77, null, '', {}]) {
      const [fault] = faults(read(collected({ Vms: [vmRow(1, 'HV01', { State })] })))
      expect(fault).toMatch(/^Vms\[0\]\.State: is .*; it must be a state of Get-VM/)
    }
  })

  it('have memory by what is assigned, and the worst case where nothing is', () => {
    expect(withState({ MemoryAssigned: '4294967296' }).memoryMiB).toBe(4096)
    expect(withState({ MemoryAssigned: 4 * GIB + 1 }).memoryMiB).toBe(4097)
    expect(withState({ MemoryAssigned: 0, DynamicMemoryEnabled: true }).memoryMiB).toBe(16 * 1024)
    expect(withState({ MemoryAssigned: 0 }).memoryMiB).toBe(4096)
    expect(withState({ State: 'Saved', MemoryAssigned: 0 }).memoryMiB).toBe(4096)
  })

  it('have a fault where memory is none, or no bytes', () => {
    const fault = (more: object) => faults(read(collected({ Vms: [vmRow(1, 'HV01', more as never)] })))
    expect(fault({ MemoryAssigned: 8192 })[0]).toContain('is less than 1 MiB: was it converted?')
    expect(fault({ MemoryAssigned: 1e300 })[0]).toContain('is more memory than any host has')
    expect(fault({ MemoryAssigned: '8 GB' })[0]).toContain('"8 GB" is no size')
    expect(fault({ MemoryAssigned: 0, MemoryStartup: null, MemoryMaximum: null })[0]).toContain(
      'tells no memory of "vm-1"',
    )
  })

  it('see what their compatibility mode says, and everything where it is not known', () => {
    const mode = (more: object | undefined) => {
      const rows = more === undefined ? [] : [{ VMId: guid(1), VMName: 'x', ...more }]
      return vmOf(read(collected({ VmProcessors: rows })), 'vm-1').compatibility
    }
    expect(mode({ CompatibilityForMigrationEnabled: false })).toBe('off')
    expect(mode({ CompatibilityForMigrationEnabled: true, CompatibilityForMigrationMode: '' })).toBe(
      'minimum',
    )
    expect(mode({ CompatibilityForMigrationEnabled: 'True', CompatibilityForMigrationMode: 0 })).toBe(
      'minimum',
    )
    expect(
      mode({
        CompatibilityForMigrationEnabled: true,
        CompatibilityForMigrationMode: 'CommonClusterFeatureSet',
      }),
    ).toBe('cluster')
    expect(mode({ CompatibilityForMigrationEnabled: true, CompatibilityForMigrationMode: 1 })).toBe('cluster')
    expect(mode({ CompatibilityForMigrationEnabled: true, CompatibilityForMigrationMode: 'Quantum' })).toBe(
      'off',
    )
    expect(mode(undefined)).toBe('off')
    expect(assumptions(read(collected({ VmProcessors: [] })))).toContain(
      'VMs that do not tell their processor compatibility are taken to have it off: vm-1, vm-2 and vm-3',
    )
  })

  it('use the offloads that are in use', () => {
    const VmAdapters = [
      { VMId: guid(1), VMName: 'vm-1', IovUsage: 100, VmqUsage: 0 },
      { VMId: guid(1), VMName: 'vm-1', IovUsage: 0, VmqUsage: 1 },
    ]
    const inventory = read(collected({ VmAdapters }))
    expect(vmOf(inventory, 'vm-1').offloads).toEqual(['sriov', 'vmq'])
    expect(vmOf(inventory, 'vm-2').offloads).toBeUndefined()
  })

  it('are taken to have been started where they are', () => {
    const inventory = read(collected({ Vms: [vmRow(1, 'HV01'), vmRow(2, 'HV02', { State: 'Off' })] }))
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
    const told = assumptions(read(collected({ Memory, Vms })))
    expect(told).toContain('Vms[0]: VMs that have run for longer than their host were started elsewhere')
    expect(told).toContain('since Hyper-V does not tell: vm-2;')
  })

  it('that ask for more memory than they have are told', () => {
    const told = (more: object) =>
      assumptions(read(collected({ Vms: [vmRow(1, 'HV01', { DynamicMemoryEnabled: true, ...more })] })))
    expect(told({ MemoryDemand: 9 * GIB })).toContain('VMs that ask for more memory than is assigned to them')
    expect(told({ MemoryDemand: 8 * GIB })).not.toContain('ask for more')
  })

  it('keep the spaces around their names', () => {
    const Vms = [vmRow(1, 'HV01', { Name: ' a' }), vmRow(2, 'HV02', { Name: 'a' })]
    const Groups = [
      { Name: ' a', Priority: 3000 },
      { Name: 'a', Priority: 1000 },
    ]
    const inventory = read(collected({ Vms, Groups, Resources: [] }))
    expect(inventory.vms.map(({ id, priority }) => [id, priority])).toEqual([
      [' a', 3000],
      ['a', 1000],
    ])
  })

  it('are one by name', () => {
    const same = faults(read(collected({ Vms: [vmRow(1, 'HV01'), vmRow(1, 'HV02')] })))
    expect(same[0]).toContain(
      'Vms[1].Name: a second VM "vm-1", after Vms[0] in file1.json; the same VM is on HV01 and HV02',
    )
    const other = faults(read(collected({ Vms: [vmRow(1, 'HV01'), vmRow(2, 'HV02', { Name: 'VM-1' })] })))
    expect(other[0]).toContain('rename one')
  })

  it('are left out where they are replicas that wait', () => {
    const replica = vmRow(1, 'HV02', { State: 'Off', ReplicationMode: 'Replica' })
    const inventory = read(collected({ Vms: [vmRow(1, 'HV01'), replica] }))
    expect(inventory.issues).toEqual([])
    expect(inventory.vms.map(({ node }) => node)).toEqual(['HV01'])
  })

  it('are told once where they are replicas with a role', () => {
    const Vms = [vmRow(1, 'HV01'), vmRow(2, 'HV02', { State: 'Off', ReplicationMode: 'Replica' })]
    const told = assumptions(read(collected({ Vms }))).split('\n')
    expect(told.filter((line) => line.includes('vm-2'))).toEqual([
      'Vms[1]: left out, replicas that are off: vm-2',
    ])
    expect(told.some((line) => line.includes('roles whose VM no node has') && line.includes('vm-3'))).toBe(
      true,
    )
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
    const inventory = read(collected({ Coreinfo: [{ Node: 'HV01', Text: COREINFO }] }))
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
    const document = collected({
      Coreinfo: ['HV01', 'HV02', 'HV03'].map((Node) => ({ Node, Text: COREINFO })),
    })
    const { problem } = await importProblem('hyperv', [file(document)])
    expect(problem.nodes[0].cpu).toEqual({ vendor: 'Intel', features: ['avx2', 'avx512f', 'mpx', 'sse42'] })
  })

  it('are looked up where the text is no output of Coreinfo', () => {
    const inventory = read(collected({ Coreinfo: [{ Node: 'HV01', Text: 'Access is denied.' }] }))
    expect(nodeOf(inventory, 'HV01').cpu?.features).toBeUndefined()
    expect(assumptions(inventory)).toContain('Coreinfo[0].Text: no output of "Coreinfo.exe -f"')
  })

  it('are one kind in a node', () => {
    const processor = (Description: string) => ({
      Node: 'HV01',
      Name: 'x',
      Manufacturer: 'GenuineIntel',
      Description,
    })
    const same = 'Intel64 Family 6 Model 85 Stepping 7'
    expect(faults(read(collected({ Processors: [processor(same), processor(same)] })))).toEqual([])
    const two = faults(
      read(collected({ Processors: [processor(same), processor('Intel64 Family 6 Model 85 Stepping 4')] })),
    )
    expect(two[0]).toContain('Processors[1]: HV01 has two kinds of CPU')
  })
})
