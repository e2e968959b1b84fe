/** Tables of nodes and VMs in the words of other tools, and what one may do about the columns that nobody knows. */
import { describe, expect, it } from 'vitest'
import { plan } from '../../src/index.js'
import { planToCsv } from '../../src/io/csv.js'
import { resolveProblem } from '../../src/model/validate.js'
import { csvFaults, file, importCsv, NODES, VMS } from './files.js'

const BRAND = 'Intel(R) Xeon(R) Gold 6338 CPU @ 2.00GHz'
const GIB = 2 ** 30

/** Two nodes, and a VM that runs, one that is off and, where the tool has them, a template. */
const TOOLS: Record<string, [nodes: string, vms: string]> = {
  'PowerCLI, Get-VMHost and Get-VM': [
    `"Name","ConnectionState","PowerState","NumCpu","CpuTotalMhz","MemoryTotalMB","MemoryTotalGB","ProcessorType"
"h1","Connected","PoweredOn","32","64000","65536.0","64.0","${BRAND}"
"h2","Maintenance","PoweredOn","32","64000","65535.4","63.9994","${BRAND}"`,
    `"Name","PowerState","Notes","NumCpu","MemoryMB","MemoryGB","VMHost","Id"
"web","PoweredOn","","4","8192","8","h1","VirtualMachine-vm-42"
"old","PoweredOff","","2","4096","4","h2","VirtualMachine-vm-43"`,
  ],
  RVTools: [
    `Host,Cluster,CPU Model,# CPU,# Memory,in Maintenance Mode
h1,C1,${BRAND},2,65536,False
h2,C1,${BRAND},2,65536,True`,
    `VM,Powerstate,Template,CPUs,Memory,Host,Cluster
web,poweredOn,False,4,8192,h1,C1
old,poweredOff,False,2,4096,h2,C1
golden,poweredOff,True,2,4096,h2,C1`,
  ],
  'Hyper-V, Get-VMHost and Get-VM': [
    `#TYPE Microsoft.HyperV.PowerShell.VMHost
"ComputerName","LogicalProcessorCount","MemoryCapacity","Name","CPU"
"h1","64","${64 * GIB}","h1","${BRAND}"
"h2","64","${64 * GIB}","h2","${BRAND}"`,
    `"Name","State","CpuUsage","MemoryAssigned","MemoryStartup","Status","VMId","Id","ComputerName"
"web","Running","3","${8 * GIB}","${2 * GIB}","Operating normally","0f6a","0f6a","h1"
"old","Off","0","0","${4 * GIB}","Operating normally","0f6b","0f6b","h2"`,
  ],
  Nutanix: [
    `Host Name;Hypervisor IP;CPU Model;Memory Capacity
h1;10.0.0.1;${BRAND};64 GiB
h2;10.0.0.2;${BRAND};64 GiB`,
    `VM Name;Host;IP Addresses;Cores;Memory Capacity;Power State
web;h1;10.0.1.1;4;8 GiB;On
old;h2;;2;4 GiB;Off`,
  ],
  'a table made at home': [
    `Server\tProcessor Type\tRAM (GB)\tRack
h1\t${BRAND}\t64\tA
h2\t${BRAND}\t64\tB`,
    `Virtual Machine\tPower\tRunning on\tRAM in GB\tOwner team
web\tON\th1\t8\tshop
old\tOFF\th2\t4\t`,
  ],
  'another, with the number of CPUs of VMs': [
    `Node Name,CPU Name,Total Memory GB,Sockets
h1,${BRAND},64,2
h2,${BRAND},64,2`,
    `Name,Host,CPU,Mem MB,Status,OS
web,h1,4,8192,Powered On,Linux
old,h2,2,4096,Stopped,Windows`,
  ],
  'ESXi by hand': [
    `ESXi,CPU Type,Physical Memory (GB),Rack
h1,${BRAND},64,A
h2,${BRAND},64,B`,
    `Server Name,ESXi,vRAM,Status,Owner team
web,h1,8 GB,Running,shop
old,h2,4 GB,Stopped,`,
  ],
  'System Center': [
    `ComputerName,CPU Model,TotalMemory (GB),OperatingSystem
h1,${BRAND},64,Windows
h2,${BRAND},64,Windows`,
    `Name,VMHost,MemoryAssignedMB,Status,OperatingSystem
web,h1,8192,Running,Windows
old,h2,4096,PoweredOff,Linux`,
  ],
}

describe('tables in the words of', () => {
  it.each(Object.entries(TOOLS))('%s', async (_, [nodes, vms]) => {
    const { problem, report } = await importCsv(nodes, vms, { ignoreColumns: true })
    expect(problem.nodes.map(({ id, cpu, memoryMiB }) => [id, cpu, Math.round(memoryMiB / 1024)])).toEqual([
      ['h1', { model: 'Icelake-Server' }, 64],
      ['h2', { model: 'Icelake-Server' }, 64],
    ])
    expect(problem.vms.map(({ id, node, memoryMiB, state }) => [id, node, memoryMiB, state])).toEqual([
      ['web', 'h1', 8192, 'running'],
      ['old', 'h2', 4096, 'off'],
    ])
    if (/maintenance/i.test(nodes)) expect(problem.nodes.map(({ state }) => state)).toEqual(['up', 'paused'])
    expect(report.assumptions.filter(({ text }) => text.startsWith('not read'))).toHaveLength(2)
    // Unasked, each table is one fault that names them all.
    const faults = await csvFaults(nodes, vms)
    expect(faults).toHaveLength(2)
    for (const fault of faults) expect(fault).toMatch(/has no columns? ".*--ignore-columns/)
  })
})

it('memory of a VM that is off need not be told, of any other it has to be', async () => {
  const rows = (state: string) =>
    `Name,State,CPUUsage(%),MemoryAssigned(M),ComputerName\nweb,Running,0,8192,HV01\nold,${state},0,0,HV02\n`
  const { problem, report } = await importCsv(NODES, rows('Off'), { ignoreColumns: true })
  expect(problem.vms[1]).toMatchObject({ id: 'old', memoryMiB: 1, state: 'off' })
  expect(report.assumptions.map(({ text }) => text).join()).toContain(
    'whose memory the files do not tell, count with 1 MiB, which no plan needs: old',
  )
  const faults = await csvFaults(NODES, rows('Running'), { ignoreColumns: true })
  expect(faults).toEqual([expect.stringContaining('0 is out of range')])
})

describe('columns that nobody knows', () => {
  const vms = VMS.replace('dirtyMiBps', 'IP').replace(';20', ';10.0.0.1').replace(';100', ';')

  it.each<[string, true | string[]]>([
    ['all of them', true],
    ['by name', ['IP', 'slot s']],
    ['by name, in another case', ['ip', 'SLOTS_X']],
  ])('are ignored on request: %s', async (_, ignoreColumns) => {
    const { problem, report } = await importCsv(
      NODES.replace('slots', ignoreColumns === true ? 'x' : 'slots'),
      vms,
      { ignoreColumns },
    )
    expect(problem.vms).toHaveLength(2)
    expect(report.assumptions.map(({ text }) => text)).toContainEqual(
      'not read, since a table of VMs has no such columns: IP',
    )
  })

  it('are faults where they are not those that are named', async () => {
    expect(await csvFaults(NODES, vms, { ignoreColumns: ['OS'] })).toEqual([
      'v.csv: line 1: a table of VMs has no column "IP"; remove or rename it, or give --ignore-columns, or --ignore-column NAME for each',
    ])
  })

  it('never hide that one is missing', async () => {
    const faults = await csvFaults(NODES, VMS.replace('memoryMiB', 'memorry'), { ignoreColumns: true })
    expect(faults).toEqual(['v.csv: line 1: no column memoryMiB; every one of the VMs needs it'])
  })
})

describe('a host that is none', () => {
  it('is one fault, at the first cell that names it, beside all others', async () => {
    const rows = ['a;HV9;1', 'b;hv9;1', 'c;HV9;1', 'd;HV9;1', 'e;HV8;1', 'f;;1', 'g;HV01;', 'h;HV02;1']
    expect(await csvFaults(NODES, `id;node;memoryMiB\n${rows.join('\n')}\n`)).toEqual([
      'v.csv: line 7, column "node": VM "f": the files do not tell its node',
      'v.csv: line 8: VM "g": the files do not tell its memory',
      'v.csv: line 2, column "node": 4 VMs (a, b, c and 1 more): their node "HV9" is none of the nodes; write the name of one of them',
      'v.csv: line 6, column "node": VM "e": its node "HV8" is none of the nodes; write the name of one of them',
    ])
  })
})

describe('moves', () => {
  it('may be the CSV of a plan', async () => {
    const named = VMS.replace('web-01', '"=1+1"')
    const first = await importCsv(NODES, named, { drain: ['HV01'] })
    const csv = planToCsv(await plan(first.problem), resolveProblem(first.problem))
    const { problem } = await importCsv(NODES, named, { moves: file('plan.csv', csv) })
    expect(problem.request).toEqual({ moves: [{ vm: '=1+1', to: 'HV02' }] })
  })

  it('of a plan go to where each VM ends', async () => {
    const head =
      'vm,from,to,kind,round,startSeconds,endSeconds,start,end,blackoutSeconds,parking,makesRoom,lostOffloads,lostFeatures'
    const rows = [
      'web-01,HV01,HV03,live,0,0,9,,,0,true,,,',
      'sql-01,HV02,HV01,live,1,9,18,,,0,,,,',
      'web-01,HV03,HV02,live,2,18,27,,,0,,,,',
      'old-01,HV01,HV01,save-in-place,2,18,27,,,0,,,,',
    ]
    const nodes = `${NODES}HV03;Icelake-Server;65536;10000;1\n`
    const moves = file('plan.csv', [head, ...rows, ''].join('\r\n'))
    const { problem } = await importCsv(nodes, `${VMS}old-01;HV01;1;1\n`, { moves })
    expect(problem.request).toEqual({
      moves: [
        { vm: 'sql-01', to: 'HV01' },
        { vm: 'web-01', to: 'HV02' },
      ],
    })
  })
})
