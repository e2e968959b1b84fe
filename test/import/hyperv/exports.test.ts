/** Exports made by hand, in the shapes of Windows PowerShell 5.1 and PowerShell 7. */
import { describe, expect, it } from 'vitest'
import { readHyperV } from '../../../src/import/hyperv/read.js'
import { importProblem } from '../../../src/import/import.js'
import { assumptions, faults, file, GIB, guid, nodeOf, read, vmOf } from './fixtures.js'

/** `Get-VM | ConvertTo-Json` of 5.1: numbers for enums, TimeSpans as objects, CIM sessions cut off. */
const VM_51 = {
  VMName: 'sql-01',
  VMId: guid(1),
  Id: guid(1),
  Name: 'sql-01',
  State: 2,
  OperationalStatus: [2],
  PrimaryOperationalStatus: 2,
  SecondaryOperationalStatus: null,
  Status: 'Normaler Betrieb',
  Uptime: { Ticks: 863_999_990_000, Days: 0, Hours: 23, TotalMinutes: 1439.99 },
  CreationTime: '/Date(1700000000000)/',
  CimSession: { ComputerName: null, InstanceId: guid(9) },
  ComputerName: 'HV01',
  MemoryAssigned: 34_359_738_368,
  MemoryStartup: 34_359_738_368,
  MemoryMaximum: 1_099_511_627_776,
  DynamicMemoryEnabled: false,
  IsClustered: true,
  ReplicationMode: 0,
  NetworkAdapters: ['VMNetworkAdapter (Name = …)'],
}

/** The same by PowerShell 7 with -EnumsAsStrings. */
const VM_7 = {
  ...VM_51,
  State: 'Running',
  OperationalStatus: ['Ok'],
  PrimaryOperationalStatus: 'Ok',
  ReplicationMode: 'None',
  Uptime: '23:59:59.9990000',
  CreationTime: '2023-11-14T23:13:20.0000000+01:00',
}

const HOST = {
  Name: 'HV01',
  ComputerName: 'HV01',
  MemoryCapacity: 274_877_906_944,
  MaximumVirtualMachineMigrations: 2,
}
const CPU = {
  SystemName: 'HV01',
  Name: 'AMD EPYC 7543 32-Core Processor                ',
  Manufacturer: 'AuthenticAMD',
  Caption: 'AMD64 Family 25 Model 1 Stepping 1',
  NumberOfCores: 32,
  ProcessorId: '178BFBFF00A00F11',
}

describe('Get-VM by hand', () => {
  it('is the same from both shells', () => {
    const [old, current] = [VM_51, VM_7].map((vm) => read([vm], [HOST], [CPU]))
    expect(old.issues).toEqual([])
    expect({ ...old, assumptions: [] }).toEqual({ ...current, assumptions: [] })
    expect(vmOf(old, 'sql-01')).toMatchObject({ node: 'HV01', state: 'running', memoryMiB: 32_768 })
    expect(nodeOf(old, 'HV01').cpu).toMatchObject({
      vendor: 'AuthenticAMD',
      texts: ['AMD64 Family 25 Model 1 Stepping 1', '0x00A00F11', 'AMD EPYC 7543 32-Core Processor'],
    })
  })

  it('is one object where there is one VM, an array of arrays, or wrapped in value and Count', () => {
    for (const shape of [
      VM_51,
      [VM_51],
      [[VM_51]],
      { value: [VM_51], Count: 1 },
      { vms: [VM_51] },
      { vms: VM_51 },
    ]) {
      const inventory = read(shape, HOST, CPU)
      expect(inventory.issues).toEqual([])
      expect(inventory.vms.map(({ id }) => id)).toEqual(['sql-01'])
    }
  })

  it('comes in UTF-16 from `>`', () => {
    const files = [
      file([VM_51], 'vms.json', 'utf-16le'),
      file(HOST, 'host.json', 'utf-16le'),
      file(CPU, 'cpu.json'),
    ]
    const inventory = readHyperV(files)
    expect(inventory.issues).toEqual([])
    expect(inventory.vms[0].origin).toEqual({ file: 'vms.json', place: '[0]' })
  })

  it('may have names in any case, and enums of remote objects', () => {
    const remote = {
      name: 'sql-01',
      state: { value: 9, Value: 'Paused' },
      memoryAssigned: 8 * GIB,
      PSComputerName: 'hv01.corp.example',
    }
    const inventory = read([remote], [HOST], [CPU])
    expect(inventory.issues).toEqual([])
    expect(vmOf(inventory, 'sql-01')).toMatchObject({ node: 'HV01', allowedNodes: ['HV01'] })
  })

  it('needs no node where there is one, and names one where there are more', () => {
    const { ComputerName: _, ...bare } = VM_51
    expect(read([bare], [HOST]).vms[0].node).toBe('HV01')
    const two = [HOST, { ...HOST, Name: 'HV02', ComputerName: 'HV02' }]
    expect(faults(read([bare], two))[0]).toContain(
      'does not tell on which node "sql-01" is; export ComputerName',
    )
  })

  it('tells its nodes where nothing else does, and the import asks for the rest', async () => {
    const inventory = read([
      VM_51,
      { ...VM_51, VMName: 'b', Name: 'b', VMId: guid(2), ComputerName: 'HV02.corp.example' },
    ])
    expect(inventory.nodes.map(({ id }) => id)).toEqual(['HV01', 'HV02'])
    expect(inventory.issues).toEqual([])
    await expect(importProblem('hyperv', [file([VM_51])])).rejects.toThrow(/memory of node "HV01"/)
  })

  it('becomes a problem with what the other cmdlets gave', async () => {
    const files = [
      file([VM_51], 'vms.json', 'utf-16le'),
      file(HOST, 'host.json'),
      file({ ...HOST, Name: 'HV02', ComputerName: 'HV02' }, 'host2.json'),
      file([CPU, { ...CPU, SystemName: 'HV02' }], 'cpu.json'),
      file(
        {
          VMName: 'sql-01',
          VMId: guid(1),
          CompatibilityForMigrationEnabled: true,
          CompatibilityForMigrationMode: 0,
        },
        'p.json',
      ),
      file(
        [{ Name: 'sql-01', GroupType: 111, OwnerNode: 'HV01', Priority: 3000, AntiAffinityClassNames: {} }],
        'groups.json',
      ),
    ]
    const { problem } = await importProblem('hyperv', files)
    expect(problem.vms).toEqual([
      {
        id: 'sql-01',
        node: 'HV01',
        memoryMiB: 32_768,
        compatibility: 'minimum',
        state: 'running',
        priority: 3000,
      },
    ])
    expect(problem.nodes[1]).toMatchObject({ id: 'HV02', cpu: { model: 'EPYC-Milan' }, slots: 2 })
  })

  it('takes the memory of Get-VMMemory where Get-VM has none', () => {
    const vm = { Name: 'a', State: 3, ComputerName: 'HV01', MemoryStartup: null, MemoryAssigned: 0 }
    const memory = { VMName: 'a', Startup: 2 * GIB, Maximum: 4 * GIB, Buffer: 20, MaximumPerNumaNode: 90_000 }
    expect(read([vm], [memory], [HOST]).vms[0].memoryMiB).toBe(2048)
  })

  it('reads owners by hand', () => {
    const hosts = ['HV01', 'HV02', 'HV03'].map((Name) => ({ ...HOST, Name, ComputerName: Name }))
    const groups = [{ Name: 'sql-01', GroupType: 111, OwnerNode: 'HV01', Priority: 2000 }]
    const owners = (OwnerNodes: unknown) =>
      vmOf(
        read([VM_51], hosts, groups, [{ ClusterObject: { Name: 'Virtual Machine sql-01' }, OwnerNodes }]),
        'sql-01',
      ).allowedNodes
    expect(owners([{ Name: 'HV01' }, { Name: 'HV02' }])).toEqual(['HV01', 'HV02'])
    expect(owners('HV02')).toEqual(['HV02'])
    expect(owners({})).toEqual([])
    expect(owners(['HV01', 'HV02', 'HV03'])).toBeUndefined()
    expect(
      owners(
        'System.Collections.ObjectModel.Collection`1[Microsoft.FailoverClusters.PowerShell.ClusterNode]',
      ),
    ).toEqual(['HV01'])
  })
})

describe('what a cluster has and an export lacks', () => {
  it('is told: states, roles, owners', () => {
    const bare = assumptions(read([VM_51], [HOST]))
    expect(bare).toContain(
      '[0].IsClustered: VMs of a cluster, whose nodes are all taken to be up; export Get-ClusterNode too',
    )
    expect(bare).toContain('priorities, owners and anti-affinity of clustered VMs are not known: sql-01')
    const roles = [{ Name: 'sql-01', GroupType: 111, Priority: 2000 }]
    const nodes = [{ Name: 'HV01', State: 0, DrainStatus: 0, NodeWeight: 1 }]
    const more = assumptions(read([VM_51], [HOST], roles, nodes))
    expect(more).not.toContain('taken to be up')
    expect(more).toContain('possible owners are not known, so that every node is taken for one')
    const single = assumptions(read([{ ...VM_51, IsClustered: false }], [HOST]))
    expect(single).not.toContain('cluster')
  })
})

describe('faults of a file', () => {
  it('are told with the file', () => {
    expect(faults(read('{ "Name": "x", '))[0]).toContain('not JSON as ConvertTo-Json writes it: line 1')
    expect(faults(read([]))[0]).toContain('has no object that vmferry knows')
    expect(faults(read([{ Color: 'red' }]))[0]).toContain('has no object that vmferry knows')
    expect(faults(readHyperV([{ name: 'x.json', bytes: new Uint8Array() }]))[0]).toContain('empty')
    expect(faults(read(42))[0]).toContain('has no object that vmferry knows')
  })

  it('do not hide what the other files hold', () => {
    const inventory = read('nonsense', [VM_51], [HOST])
    expect(inventory.issues).toHaveLength(1)
    expect(inventory.vms).toHaveLength(1)
  })

  it('are remarks where only some rows are known', () => {
    const inventory = read([VM_51, { Color: 'red' }, 7], [HOST])
    expect(inventory.issues).toEqual([])
    expect(assumptions(inventory)).toContain(
      '[1]: left out (and 1 more): no object of a cmdlet that vmferry knows',
    )
  })

  it('name a node given twice, and a second cluster', () => {
    expect(faults(read([HOST], [HOST]))[0]).toContain('a second node "HV01", after [0] in file1.json')
    const cluster = (Name: string) => ({ Name, MaximumParallelMigrations: 1 })
    expect(faults(read([HOST], cluster('A'), cluster('B')))[0]).toContain('a second cluster')
  })
})
