/** Source `csv`: what each column gives, and what is refused, with its place. */

import { describe, expect, it } from 'vitest'
import { importProblem } from '../../src/index.js'
import { row } from '../cases.js'
import { csvFaults, faultsOf, file, importCsv, NODES, VMS } from './files.js'

describe('nodes and VMs', () => {
  it('have every column of the format', async () => {
    const nodes = `Host\tOther names\tCPU Vendor\tFlags\tMemory (GB)\tGbps\tslots\toffloads\tstate
HV01\thv01.corp.example, 10.0.0.1\tGenuineIntel\tavx2 sse4_2, vmx\t64\t2,5\t2\trdma|rss\tPaused
HV02\t\tIntel\tavx2\t0,5\t10\t\t\t
`
    const vms = `VM,Owner Node,RAM,state,dirty rate,working set,bootNode,compatibility,offloads,Possible Owners,antiAffinity,affinity,priority,restartable
"web ""1""",10.0.0.1,"1,5 GiB",running,20 MiB/s,512 MiB,hv02,minimum,rdma,"HV01;HV02","web tier|x",shop,High,yes
old,hv02,512 MiB,off,,,,,,,,,7,FALSE
`
    const { problem, report } = await importCsv(nodes, vms, { drain: ['hv01.corp.example'] })
    expect(problem).toEqual({
      version: 1,
      nodes: [
        {
          id: 'HV01',
          cpu: { vendor: 'Intel', features: ['avx2', 'sse42'] },
          memoryMiB: 65536,
          migrationMbps: 2500,
          slots: 2,
          offloads: ['rdma', 'rss'],
          state: 'paused',
        },
        {
          id: 'HV02',
          cpu: { vendor: 'Intel', features: ['avx2'] },
          memoryMiB: 512,
          migrationMbps: 10000,
        },
      ],
      vms: [
        {
          id: 'web "1"',
          node: 'HV01',
          memoryMiB: 1536,
          dirtyMiBps: 20,
          workingSetMiB: 512,
          bootNode: 'HV02',
          compatibility: 'minimum',
          offloads: ['rdma'],
          state: 'running',
          allowedNodes: ['HV01', 'HV02'],
          antiAffinity: ['web tier', 'x'],
          affinity: ['shop'],
          priority: 3000,
          restartable: true,
        },
        { id: 'old', node: 'HV02', memoryMiB: 512, state: 'off', priority: 7, restartable: false },
      ],
      request: { drain: ['HV01'] },
    })
    expect(report.assumptions.map(({ origin, text }) => `${origin.file}: ${text}`)).toEqual([
      'n.csv: HV02: one migration at once, sending or receiving; --slots N or --slots NODE=N says otherwise',
    ])
  })

  it('may be in any files, in any order', async () => {
    const [a, b] = [VMS.split('\n').slice(0, 2).join('\n'), 'id;node;memoryMiB\nsql-01;HV02;16384\n']
    const { problem } = await importProblem('csv', [file('b', b), file('n', NODES), file('a', a)])
    expect(problem.vms.map(({ id }) => id)).toEqual(['sql-01', 'web-01'])
  })

  it.each(
    Object.entries<[nodes: string, vms: string, ...faults: string[]]>({
      'a misspelt column': row(
        NODES.replace('memoryMiB', 'memoryMib2'),
        VMS,
        'n.csv: line 1: a table of nodes has no column "memoryMib2" (did you mean "memoryMiB"?); remove or rename it, or give --ignore-columns, or --ignore-column NAME for each',
        'n.csv: line 1: no column memoryMiB; every one of the nodes needs it',
      ),
      'a column of something else': row(
        NODES,
        VMS.replace('dirtyMiBps', 'owner name of it'),
        'v.csv: line 1: a table of VMs has no column "owner name of it"; remove or rename it, or give --ignore-columns, or --ignore-column NAME for each',
      ),
      'a column by two names': row(
        NODES.replace('slots', 'node').replace('id', 'host'),
        VMS,
        'n.csv: line 1, column "node": the same column as "host"; remove one of them',
      ),
      'two columns of memory that differ': row(
        NODES.replace('slots', 'memory GB').replace(';1\n', ';64\n'),
        VMS,
        'n.csv: line 3, column "memory GB": 1024 MiB, where memoryMiB has 65536 MiB; remove one of the columns',
      ),
      'no memory': row(
        NODES.replace('memoryMiB', 'state').replaceAll('65536', 'up'),
        VMS,
        'n.csv: line 1: no column memoryMiB; every one of the nodes needs it',
      ),
      'an empty id and memory': row(
        NODES,
        VMS.replace('web-01', '').replace('16384', ''),
        'v.csv: line 2, column "id": empty; write the name of the VM',
      ),
      'no memory of one VM': row(
        NODES,
        VMS.replace('16384', ''),
        'v.csv: line 3: VM "sql-01": the files do not tell its memory',
      ),
      'an ambiguous number': row(
        NODES.replace('65536', '65.536'),
        VMS,
        'n.csv: line 2, column "memoryMiB": "65.536" may be 65536 or 65.536; write 65536, or 65.5360',
      ),
      'no unit': row(
        NODES.replace('memoryMiB', 'memory'),
        VMS,
        'n.csv: line 2, column "memory": "65536" has no unit; write it as in 64 GiB',
        'n.csv: line 3, column "memory": "65536" has no unit; write it as in 64 GiB',
      ),
      'an unknown state': row(
        NODES,
        VMS.replace('dirtyMiBps', 'state').replace(';20', ';runing').replace(';100', ';off'),
        'v.csv: line 2, column "state": "runing" is unknown; write running, saved or off; did you mean "running"?',
      ),
      'an unknown priority': row(
        NODES,
        VMS.replace('dirtyMiBps', 'priority').replace(';20', ';urgent'),
        'v.csv: line 2, column "priority": "urgent" is no priority; write high, medium, low, none or an integer',
      ),
      'a misspelt feature': row(
        NODES.replace('cpu', 'vendor')
          .replaceAll('Icelake-Server', 'Intel')
          .replace('slots', 'features')
          .replaceAll(';1\n', ';sse4_2 avx22\n'),
        VMS,
        'n.csv: line 2, column "features": "avx22" is no feature that is known; did you mean "avx2"?',
        'n.csv: line 3, column "features": "avx22" is no feature that is known; did you mean "avx2"?',
      ),
      'a node that is none': row(
        NODES,
        VMS.replace('HV01', 'HV03'),
        'v.csv: line 2, column "node": VM "web-01": its node "HV03" is none of the nodes; did you mean "HV01"?',
      ),
      'a VM twice': row(
        NODES,
        VMS.replace('sql-01', 'web-01'),
        'v.csv: line 3: a VM "web-01" stands at v.csv: line 2 already; rename one of the two',
      ),
      'a node twice': row(
        NODES.replace('HV02', 'hv01'),
        VMS.replace('HV02', 'HV01'),
        'n.csv: line 3: the node "hv01" stands at n.csv: line 2 already; remove one of the two',
      ),
      'no VMs': row(
        NODES,
        NODES.replaceAll('HV0', 'N'),
        'n.csv, v.csv: no table of VMs; add a file with the columns id, node and memoryMiB',
      ),
      'no nodes': row(
        VMS,
        VMS.replace('web-01', 'a').replace('sql-01', 'b'),
        'n.csv, v.csv: no table of nodes; add a file with the columns id, cpu and memoryMiB',
      ),
      moves: row(NODES, 'vm;to\nweb-01;HV02\n', 'v.csv: a table of moves; give it with --moves'),
      windows: row(NODES, 'vm;start;end\nweb-01;0;1\n', 'v.csv: a table of windows; give it with --windows'),
      'something else': row(
        NODES,
        'a;b\n1;2\n',
        'v.csv: line 1: the columns "a", "b" are neither those of nodes (id, cpu, memoryMiB, …) nor those of VMs (id, node, memoryMiB, …)',
      ),
      'a value out of range': row(
        NODES.replace('65536;10000;1', '65536;0;1'),
        VMS,
        'n.csv: line 2: migrationMbps: 0 is out of range; write a number of Mbps of at least 0.001 and at most 1000000000',
      ),
      'a fraction of a slot': row(
        NODES.replace('10000;1', '10000;1.5'),
        VMS,
        'n.csv: line 2: slots: 1.5 is out of range; write an integer of at least 1 and at most 1000000',
      ),
    }),
  )('are refused with %s', async (_, [nodes, vms, ...faults]) => {
    expect(await csvFaults(nodes, vms)).toEqual(faults)
  })

  it('ask for CPUs together with other faults', async () => {
    const faults = await csvFaults(NODES.replace('Icelake-Server', 'Xeon'), VMS.replace('8192', '8.192'))
    expect(faults).toHaveLength(2)
    expect(faults[0]).toContain('v.csv: line 2, column "memoryMiB": "8.192" may be')
    expect(faults[1]).toContain('n.csv: line 2, column "cpu": HV01: "Xeon" ')
  })

  it('do not miss nodes that could not be read', async () => {
    const work = importCsv(NODES.replace('cpu', 'cpux'), VMS, { cpu: [{ node: 'HV01', value: 'EPYC' }] })
    expect(await faultsOf(work)).toEqual([
      'n.csv: line 1: a table of nodes has no column "cpux" (did you mean "cpu"?); remove or rename it, or give --ignore-columns, or --ignore-column NAME for each',
    ])
  })

  it('take names for what they are: formulas, prototypes, quotes', async () => {
    const names = ['__proto__', 'constructor', "=cmd|' /C calc'!A0", '@SUM(1)', 'say "hi"', '名前', '-x']
    const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`
    const nodes = ['id;cpu;memoryMiB', ...names.map((name) => `${quoted(name)};EPYC;1024`)].join('\n')
    const vms = ['id;node;memoryMiB', ...names.map((name) => `${quoted(name)};${quoted(name)};1`)].join('\n')
    const { problem } = await importCsv(nodes, vms, { drain: ['__proto__'] })
    expect(problem.nodes.map(({ id }) => id)).toEqual(names)
    expect(problem.vms.map(({ node }) => node)).toEqual(names)
    expect(problem.request).toEqual({ drain: ['__proto__'] })
  })

  it('refuse names that are too long', async () => {
    const long = 'x'.repeat(2_000_000)
    const [fault] = await csvFaults(NODES, VMS.replace('web-01', long))
    expect(fault).toMatch(
      /^v\.csv: line 2: id: "x{60}…" \(2000000 characters\) is longer than 1024 characters/,
    )
  })
})
