/** What options add, what is assumed, and where faults of the whole are told. */

import { describe, expect, it } from 'vitest'
import { buildProblem } from '../../src/import/build.js'
import type { Inventory } from '../../src/import/inventory.js'
import { problemToJson } from '../../src/import/problem-text.js'
import { reportLines, summariseReport } from '../../src/import/report.js'
import { check, type ImportOptions, InvalidOptionError, importProblem, plan } from '../../src/index.js'
import { parseJson } from '../../src/model/parse.js'
import { row } from '../cases.js'
import { csvFaults, faultsOf, file, importCsv, NODES, VMS } from './files.js'

const START = '2026-11-24T20:00:00+01:00'

describe('what is assumed', () => {
  it('is the network, the slots, the dirty rate, and that nothing is requested', async () => {
    const nodes = 'id,cpu,memoryMiB\nA,EPYC,1024\nB,EPYC,1024\nC,EPYC,1024\nD,EPYC,1024\n'
    const { problem, report } = await importCsv(nodes, 'vm,node,memoryMiB\nx,A,512\n')
    expect(problem.nodes[3]).toEqual({
      id: 'D',
      cpu: { model: 'EPYC' },
      memoryMiB: 1024,
      migrationMbps: 10_000,
    })
    expect(problem.request).toEqual({ moves: [] })
    expect(summariseReport(report)).toBe('4 nodes, 1 VM, 0 windows, 0 drains, 0 moves; 4 assumptions')
    expect(reportLines(report)).toEqual([
      'n.csv: A, B, C and 1 more: migration network of 10 Gbit/s, which decides how long migrations take; --mbps N or --mbps NODE=N says otherwise',
      'n.csv: A, B, C and 1 more: one migration at once, sending or receiving; --slots N or --slots NODE=N says otherwise',
      'v.csv: all VMs: nothing written to memory during a migration, since the files do not tell dirty rates: each takes at least as long as planned; --dirty N, or dirtyMiBps in the problem, says otherwise',
      'n.csv: nothing is requested; give --drain NODE, --maintain NODES or --moves FILE, or write the request into the problem',
    ])
  })

  it('is nothing where all is told, and not the dirty rate of a VM that is off', async () => {
    const vms = `${VMS.replace('dirtyMiBps', 'state').replace(';20', ';off').replace(';100', ';saved')}`
    expect((await importCsv(NODES, vms, { drain: ['HV01'] })).report.assumptions).toEqual([])
  })

  it.each([
    ['65537', ['HV01 holds 65537 of 65536 MiB; it only sends until it fits']],
    ['65536.0005', []],
    ['65536', []],
  ])('report a node that holds more than its memory: %s', async (memory, expected) => {
    const work = importCsv(NODES, VMS.replace('8192', memory), { drain: ['HV01'] })
    const { report } = await work
    const told = report.assumptions.map(({ text }) => text).filter((text) => text.includes(' holds '))
    expect(told).toEqual(expected.map((text) => text.replace('HV01', '"HV01"')))
  })
})

describe('options', () => {
  it('say what the files do not, or say it again', async () => {
    const { problem } = await importCsv(NODES, VMS, {
      name: 'rack',
      start: START,
      drain: ['hv01', { node: 'HV02', mode: 'save' }],
      mbps: [{ value: 25_000 }, { node: 'hv02', value: 40_000 }],
      slots: [{ node: 'HV01', value: 2 }],
      reserveMiB: 1024,
    })
    expect(problem).toMatchObject({
      name: 'rack',
      start: START,
      nodes: [
        { migrationMbps: 25_000, slots: 2 },
        { migrationMbps: 40_000, slots: 1 },
      ],
      request: { drain: ['HV01', { node: 'HV02', mode: 'save' }] },
      policy: { reserveMiB: 1024 },
    })
    expect(Object.keys(problem)).toEqual(['version', 'name', 'start', 'nodes', 'vms', 'request', 'policy'])
  })

  it('are judged where they stand', async () => {
    expect(
      await csvFaults(NODES, VMS, {
        start: 'tomorrow',
        drain: ['HV01', 'hv01'],
        slots: [{ value: 0.5 }],
        name: 'x'.repeat(2000),
      }),
    ).toEqual([
      expect.stringMatching(/^--name: "x+…" \(2000 characters\) is longer/),
      expect.stringMatching(/^--start tomorrow: "tomorrow" is no ISO 8601 instant/),
      expect.stringMatching(/^n\.csv: line 2: slots: 0\.5 is out of range/),
      expect.stringMatching(/^n\.csv: line 3: slots: /),
      '--drain hv01: "HV01" is drained by request.drain[0] already; name each node once',
    ])
    expect(await csvFaults(NODES, VMS, { drain: ['HV3'], mbps: [{ node: 'X', value: 1 }] })).toEqual([
      expect.stringMatching(/^--mbps X=1: "X" is none of the nodes/),
      expect.stringMatching(/^--drain HV3: "HV3" is none of the nodes/),
    ])
  })

  it.each([
    [{ drains: ['HV01'] }, '"drains" is not an option; did you mean "drain"?'],
    [{ name: 1 }, 'name is 1; it must be a text'],
    [{ maintain: 'HV01', workSeconds: 60 }, 'maintain is "HV01"; it must be an array'],
    [{ maintain: 'all' }, 'maintain is given without workSeconds; give both'],
    [{ workSeconds: 60 }, 'workSeconds is given without maintain; give both'],
    [{ maintain: 'all', workSeconds: 0 }, 'workSeconds is 0; it must be a number above 0'],
    [{ drain: 'HV01' }, 'drain is "HV01"; it must be an array'],
    [{ drain: [{}] }, 'drain has an object; each element must be the id of a node'],
    [{ moves: 'm.csv' }, 'moves is "m.csv"; it must be { name: string, bytes: Uint8Array }'],
    [{ windows: [{ name: 'w' }] }, 'windows has an object'],
    [{ cpu: ['EPYC'] }, 'cpu has "EPYC"; each element must be { node?: string, value: string }'],
    [{ mbps: [{ value: '1' }] }, 'mbps has an object'],
    [{ slots: [undefined] }, 'slots has undefined'],
    [{ reserveMiB: -1 }, 'reserveMiB is -1; it must be a number of at least 0'],
    [{ encoding: 'latin1' }, 'encoding is "latin1"; it must be "windows-1252"'],
    [null, 'the options are null'],
  ])('%j is misuse', async (options, message) => {
    const work = importCsv(NODES, VMS, options as never)
    await expect(work).rejects.toThrow(InvalidOptionError)
    await expect(work).rejects.toThrow(message)
  })

  it('ask for works on all nodes, or on some', async () => {
    const { problem, report } = await importCsv(NODES, VMS, { maintain: 'all', workSeconds: 1500 })
    const work = (node: string) => ({ node, durationSeconds: 1500 })
    expect([problem.request, report.works]).toEqual([{ maintenance: [work('HV01'), work('HV02')] }, 2])
    const some = await importCsv(NODES, VMS, { maintain: ['hv02'], workSeconds: 60 })
    expect(some.problem.request.maintenance).toEqual([{ node: 'HV02', durationSeconds: 60 }])
    expect(await csvFaults(NODES, VMS, { maintain: ['HV3', 'HV01', 'hv01'], workSeconds: 60 })).toEqual([
      expect.stringMatching(/^--maintain HV3: "HV3" is none of the nodes/),
    ])
  })

  it('are for a source that there is, and for files', async () => {
    const files = [file('a', 'b')]
    await expect(importProblem('csvs' as never, files)).rejects.toThrow(
      'the source is "csvs"; it must be one of hyperv, rvtools, csv, proxmox, libvirt; did you mean "csv"?',
    )
    await expect(importProblem('__proto__' as never, files)).rejects.toThrow(InvalidOptionError)
    await expect(importProblem('csv', [])).rejects.toThrow('the files must be an array')
    await expect(importProblem('csv', [{ name: 'a', bytes: 'b' }] as never)).rejects.toThrow(
      InvalidOptionError,
    )
  })

  it('read code pages where asked, moves and windows too', async () => {
    const latin = (name: string, text: string) => ({
      name,
      bytes: new Uint8Array(Buffer.from(text, 'latin1')),
    })
    const files = [file('n', NODES), latin('v', 'id;node;memoryMiB\nGärtner;HV01;8\n')]
    const moves = latin('m', 'vm;to\nGärtner;HV02\n')
    const windows = [latin('w', 'vm;start;end\ngärtner;0;1\n')]
    expect((await faultsOf(importProblem('csv', files)))[0]).toContain('v: line 2: not UTF-8: byte 0xe4')
    const { problem } = await importProblem('csv', files, { moves, windows, encoding: 'windows-1252' })
    expect(problem.request.moves).toEqual([{ vm: 'Gärtner', to: 'HV02' }])
    expect(problem.windows).toEqual([{ vm: 'Gärtner', start: 0, end: 1 }])
    const broken = [file('n', NODES), { name: 'v', bytes: Uint8Array.of(0x69, 0x81) }]
    expect((await faultsOf(importProblem('csv', broken, { encoding: 'windows-1252' })))[0]).toContain(
      'not Windows-1252',
    )
  })
})

describe('dirty rates that the files do not tell', () => {
  const states =
    'id;node;memoryMiB;dirtyMiBps;state\na;HV01;1;;\nb;HV01;1;5;running\nc;HV02;1;;off\nd;HV02;1;0;\ne;HV02;1;;saved\n'

  it.each([
    [undefined, [undefined, 5, undefined, 0, undefined]],
    [20, [20, 5, undefined, 0, undefined]],
    [0, [0, 5, undefined, 0, undefined]],
  ])('are those of --dirty: %s', async (dirtyMiBps, expected) => {
    const options = dirtyMiBps === undefined ? {} : { dirtyMiBps }
    const { problem, report } = await importCsv(NODES, states, options)
    expect(problem.vms.map((vm) => vm.dirtyMiBps)).toEqual(expected)
    const said = dirtyMiBps === undefined ? 'nothing written' : `${dirtyMiBps} MiB/s written`
    expect(report.assumptions.map(({ text }) => text)).toContainEqual(
      expect.stringContaining(`1 of 5 VMs: ${said} to memory during a migration`),
    )
  })
})

describe('moves', () => {
  const withMoves = (text: string) => importCsv(NODES, VMS, { moves: file('m.csv', text) })

  it('are read from a table', async () => {
    const { problem } = await withMoves('VM,Target,Duration\nWEB-01,hv02,54\nsql-01,HV01,"2,5 min"\n')
    expect(problem.request).toEqual({
      moves: [
        { vm: 'web-01', to: 'HV02', durationSeconds: 54 },
        { vm: 'sql-01', to: 'HV01', durationSeconds: 150 },
      ],
    })
  })

  it('have faults with their place', async () => {
    expect(await faultsOf(withMoves('vm;to;durationSeconds\nweb;HV9;1h30\n;HV01;\nsql-01;HV01;0\n'))).toEqual(
      [
        'm.csv: line 2, column "durationSeconds": "1h30" is no number; write it as in 54 or 2min',
        'm.csv: line 2, column "vm": "web" is none of the VMs; write the name of one of them',
        'm.csv: line 2, column "to": "HV9" is none of the nodes; write the name of one of them',
        'm.csv: line 3, column "vm": empty; write the name of the VM',
      ],
    )
    expect(await faultsOf(withMoves('vm;to\nweb-01;HV02\nweb-01;HV01\n'))).toEqual([
      'm.csv: line 3: vm: "web-01" is moved by request.moves[0] already; write one move for each VM',
    ])
    expect(await faultsOf(withMoves('vm;from\nweb-01;HV02\n'))).toEqual([
      expect.stringContaining('m.csv: line 1: a table of moves has no column "from"'),
      'm.csv: line 1: no column to; every move needs it',
    ])
    expect(await faultsOf(withMoves(''))).toEqual(['m.csv: empty'])
  })
})

describe('windows', () => {
  const withWindows = (text: string, start?: string) =>
    importCsv(NODES, VMS, { windows: [file('w.csv', text)], ...(start === undefined ? {} : { start }) })

  it('are read from a table, by scope', async () => {
    const text = `scope;start;end;duration;rrule;kind
vm:web-01;${START};;2h;"FREQ=DAILY;COUNT=2";Backup
NODE: hv01.corp.example;3600;7200;;;
HV02;10min;;"0,5 h";;blackout
cluster;0;60;;;
`
    expect((await withWindows(text, START)).problem.windows).toEqual([
      { vm: 'web-01', start: START, durationSeconds: 7200, rrule: 'FREQ=DAILY;COUNT=2', kind: 'backup' },
      { node: 'HV01', start: 3600, end: 7200 },
      { node: 'HV02', start: 600, durationSeconds: 1800, kind: 'blackout' },
      { start: 0, end: 60 },
    ])
  })

  it.each(
    Object.entries<[string, string | undefined, object]>({
      'times of day': row('HV01;22:00;02:00', undefined, {
        start: '2026-11-23T22:00:00+01:00',
        end: '2026-11-24T02:00:00+01:00',
      }),
      'an end that is behind the start': row('HV01;02:00;01:30', undefined, {
        start: '2026-11-24T02:00:00+01:00',
        end: '2026-11-25T01:30:00+01:00',
      }),
      'dates as spreadsheets have them': row('HV01;2026-11-24 02:00;2026-11-24 03:00:30', undefined, {
        start: '2026-11-24T02:00:00+01:00',
        end: '2026-11-24T03:00:30+01:00',
      }),
      'another zone': row('HV01;2026-11-24T02:00;03:00', 'America/New_York', {
        start: '2026-11-24T02:00:00-05:00',
        end: '2026-11-24T03:00:00-05:00',
      }),
      'a name of Windows': row('HV01;2026-07-01T02:00;2026-07-01T03:00', 'W. Europe Standard Time', {
        start: '2026-07-01T02:00:00+02:00',
        end: '2026-07-01T03:00:00+02:00',
      }),
    }),
  )('may have local times: %s', async (_, [row, zone, expected]) => {
    const windows = [file('w.csv', `scope;start;end\n${row}\n`)]
    const { problem } = await importCsv(NODES, VMS, {
      windows,
      start: '2026-11-23T20:00:00+01:00',
      ...(zone === undefined ? {} : { zone }),
    })
    expect(problem.windows).toEqual([{ node: 'HV01', ...expected }])
  })

  it.each<[string, ImportOptions, string]>([
    ['02:00', {}, 'nothing says in which time zone; give --zone'],
    ['02:00', { zone: 'Europe/Berlin' }, 'the problem has no start'],
    ['25:00', { start: START }, 'has no such time of day'],
    ['2026-11-24T02:00', { start: START, zone: 'Mars' }, '"Mars" is no time zone'],
  ])('refuse the local time %s with %j', async (time, options, message) => {
    const windows = [file('w.csv', `scope;start;duration\nHV01;${time};1h\n`)]
    const faults = await csvFaults(NODES, VMS, { windows, ...options })
    expect(faults).toEqual([expect.stringContaining(message)])
    expect(faults[0]).toContain('w.csv: line 2, column "start"')
  })

  it('are read from a table, by columns of VMs and nodes', async () => {
    const { problem } = await withWindows('vm,node,start,end\nweb-01,,0,1\n,HV01,2,3\n')
    expect(problem.windows).toEqual([
      { vm: 'web-01', start: 0, end: 1 },
      { node: 'HV01', start: 2, end: 3 },
    ])
  })

  it('have faults with their place', async () => {
    expect(
      await faultsOf(
        withWindows(
          'scope;vm;start;end\nHV01;web-01;0;1\n;;0;1\nHV9;;0;1\nvm:x;;0;1\nHV01;;;1\nHV01;;24.11.2026 20:00;1\n',
        ),
      ),
    ).toEqual([
      'w.csv: line 2, column "scope": says whom the window covers twice; write vm:NAME, node:NAME or cluster',
      'w.csv: line 3, column "scope": says whom the window covers in no column; write vm:NAME, node:NAME or cluster',
      'w.csv: line 4, column "scope": "HV9" is none of the VMs and nodes; write the name of one of them, or cluster',
      'w.csv: line 5, column "scope": "x" is none of the VMs; write the name of one of them',
      'w.csv: line 6, column "start": empty; write seconds from the start of the plan, or an instant',
      'w.csv: line 7, column "start": "24.11.2026 20:00" is no number; write it as in 3600 (seconds from the start), 02:00 or 2026-11-23T22:00:00+01:00',
    ])
    expect(await faultsOf(withWindows(`scope;start;duration\nHV01;${START};1h\nHV02;0;\n`))).toEqual([
      `w.csv: line 2: start: "${START}" is a date, and the problem has no "start"; write one, or seconds here`,
      'w.csv: line 3: has neither "end" nor "durationSeconds"; write one of them',
    ])
    expect(await faultsOf(withWindows('kind;rrule\nbackup;x\n'))).toEqual([
      'w.csv: line 1: no column scope or vm or node; every window needs it',
      'w.csv: line 1: no column start; every window needs it',
      'w.csv: line 1: no column end or duration; every window needs it',
    ])
  })

  it('of a calendar need a start', async () => {
    const calendar = { windows: [file('w.ics', 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n')] }
    expect(await csvFaults(NODES, VMS, calendar)).toEqual([
      'w.ics: a calendar needs the start of the plan; give --start, as in 2026-11-24T20:00:00+01:00',
    ])
  })

  it('need more than a name that a VM and a node share', async () => {
    const vms = VMS.replace('web-01', 'HV01')
    const options = (scope: string) => ({ windows: [file('w', `scope;start;end\n${scope};0;1\n`)] })
    expect(await csvFaults(NODES, vms, options('hv01'))).toEqual([
      'w: line 2, column "scope": "hv01" is a VM and a node; write vm:hv01 or node:hv01',
    ])
    expect((await importCsv(NODES, vms, options('node:hv01'))).problem.windows).toMatchObject([
      { node: 'HV01' },
    ])
  })
})

describe('an inventory', () => {
  const origin = { file: 'cluster.json', place: '$.x' }
  const inventory = (): Inventory => ({
    name: 'from the files',
    nodes: [{ id: 'A', aliases: ['a.corp'], cpu: { texts: ['EPYC'], origin }, memoryMiB: 64, origin }],
    vms: [{ id: 'x', node: 'A.CORP', memoryMiB: 8, allowedNodes: ['a'], origin }],
    windows: [
      { vm: 'X', start: 0, end: 1 },
      { node: 'a.corp', start: 2, end: 3 },
    ],
    assumptions: [{ origin, text: 'as the reader says' }],
    issues: [],
  })
  const build = (change: (inventory: Inventory) => void = () => undefined, options = {}) => {
    const changed = inventory()
    change(changed)
    return buildProblem(changed, [file('cluster.json', '')], options)
  }

  it('keeps its name, its windows and its assumptions, with names resolved', async () => {
    const { problem, report } = await build()
    expect(problem).toMatchObject({
      name: 'from the files',
      vms: [{ node: 'A', allowedNodes: ['A'] }],
      windows: [
        { vm: 'x', start: 0, end: 1 },
        { node: 'A', start: 2, end: 3 },
      ],
    })
    expect(report.assumptions[0]).toEqual({ origin, text: 'as the reader says' })
    expect((await build(undefined, { name: 'mine' })).problem.name).toBe('mine')
  })

  it('has its faults told where they stand', async () => {
    expect(
      await faultsOf(
        build(({ nodes, vms, windows }) => {
          delete nodes[0].memoryMiB
          vms[0].node = ''
          vms[0].bootNode = 'B'
          vms[0].allowedNodes = ['C']
          windows[0].vm = 'y'
        }),
      ),
    ).toEqual([
      'cluster.json: $.x: the files do not tell the memory of node "A"',
      'cluster.json: $.x: VM "x": the files do not tell its node',
      'cluster.json: $.x: VM "x": its boot node "B" is none of the nodes; write the name of one of them',
      'cluster.json: $.x: VM "x": its possible owner "C" is none of the nodes; write the name of one of them',
      'cluster.json: window 1: vm "y" is none of the VMs; write the name of one of them',
    ])
  })

  it('with faults of its reader has nothing else reported but CPUs', async () => {
    expect(
      await faultsOf(
        build(({ nodes, vms, issues }) => {
          nodes[0].cpu = { texts: ['Casclake'], origin }
          vms[0].node = 'B'
          issues.push({ origin, message: 'broken' })
        }),
      ),
    ).toEqual(['cluster.json: $.x: broken', expect.stringContaining('Cascadelake-Server')])
  })
})

describe('the problem as text', () => {
  it('is what it was, and plans', async () => {
    const windows = [file('w', 'scope;start;end\ncluster;0;1\n')]
    const { problem } = await importCsv(NODES, VMS, {
      drain: ['HV01', { node: 'HV02' }],
      windows,
      reserveMiB: 5,
    })
    const text = problemToJson(problem)
    expect(parseJson(text)).toEqual(problem)
    expect(text.split('\n').filter((line) => line.includes('"web-01"'))).toHaveLength(1)
    const drained = { ...problem, request: { drain: ['HV01'] } }
    expect(check(drained, await plan(drained, { effort: 1 }))).toEqual([])
  })

  it('shows lists that are empty, and names as JSON wants them', () => {
    const text = problemToJson({ version: 1, nodes: [], vms: [], name: '"\ud800\n', request: { moves: [] } })
    expect(text).toBe(
      '{\n  "version": 1,\n  "name": "\\"\\ud800\\n",\n  "nodes": [],\n  "vms": [],\n  "request": {\n    "moves": []\n  }\n}\n',
    )
  })
})
