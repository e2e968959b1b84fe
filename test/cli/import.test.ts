/** The command: what it passes on, what it writes where, and how it ends. */
import fs from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { resolveProblem } from '../../src/model/validate.js'
import { NODES, VMS } from '../import/files.js'
import { createHarness, type Harness } from './harness.js'

let cli: Harness
let files: [string, string]
beforeEach(() => {
  cli = createHarness({ stdin: VMS })
  files = [cli.write('n.csv', NODES), cli.write('v.csv', VMS)]
})

const importing = (...argv: string[]) => cli.run('import', 'csv', ...files, ...argv)

async function problemOf(...argv: string[]) {
  const { code, out, err } = await importing('-q', ...argv)
  expect([code, err]).toEqual([0, ''])
  return resolveProblem(JSON.parse(out))
}

describe('options', () => {
  it('say what is wanted', async () => {
    const moves = cli.write('m.csv', 'vm,to,duration\nsql-01,HV01,54\n')
    const windows = cli.write('w.csv', 'scope,start,duration\nweb-01,0,1h\n')
    const instants = '2026-11-24T21:00:00+01:00,2026-11-24T22:00:00+01:00'
    const more = cli.write('x.csv', `scope,start,end\ncluster,${instants}\n`)
    const argv = `--drain hv01 --drain HV02=save --moves ${moves} --windows ${windows} --windows ${more}
      --start 2026-11-24T20:00:00+01:00 --cpu HV02=EPYC-Rome --mbps 25Gbps --mbps HV01=40000 --slots 2 --slots HV02=4
      --reserve 1GiB`
    const problem = await problemOf(...argv.split(/\s+/), '--name', 'a = b')
    expect(problem).toMatchObject({
      name: 'a = b',
      nodes: [
        { id: 'HV01', vendor: 'Intel', migrationMbps: 40_000, slots: 2 },
        { id: 'HV02', vendor: 'AMD', migrationMbps: 25_000, slots: 4 },
      ],
      moves: [{ vm: 'sql-01', to: ['HV01'], durationSeconds: 54 }],
      drains: [
        { node: 'HV01', mode: 'live' },
        { node: 'HV02', mode: 'save' },
      ],
      windows: [
        { vm: 'web-01', startSeconds: 0, endSeconds: 3600 },
        { startSeconds: 3600, endSeconds: 7200 },
      ],
      policy: { reserveMiB: 1024 },
    })
  })

  it.each([
    ['--drain HV01=livee', "option '--drain <node>' argument 'HV01=livee' is invalid. It must be the name"],
    ['--drain =save', 'Before = it must have the name of a node.'],
    ['--cpu HV01=', 'It must be a CPU model, or NODE=MODEL.'],
    ['--mbps 0', 'It must be megabits per second, as in 25000 or 25Gbps, or NODE=N.'],
    ['--mbps HV01=ten', 'It must be megabits per second'],
    ['--slots 0', 'It must be an integer from 1 to 1000000.'],
    ['--slots HV01=1.5', 'It must be an integer'],
    ['--reserve -1', 'It must be a number of MiB'],
    ['--encoding latin1', 'Allowed choices are windows-1252.'],
    ['--yes', "unknown option '--yes'"],
  ])('%s is a usage error', async (argv, message) => {
    const err = await cli.refused('import', 'csv', ...files, ...argv.split(' '))
    expect(err).toMatch(/^vmferry: /)
    expect(err).toContain(message)
    expect(err).toContain('(vmferry import --help shows all options)')
  })

  it.each([
    [['import'], "missing required argument 'SOURCE'"],
    [['import', 'csv'], "missing required argument 'FILE'"],
    [['import', 'cvs', 'x'], "'cvs' is invalid for argument 'SOURCE'"],
  ])('%j is a usage error', async (argv, message) => {
    expect(await cli.refused(...argv)).toContain(message)
  })
})

describe('files', () => {
  it('come from standard input too, once', async () => {
    const { code, out } = await cli.run('import', 'csv', files[0], '-')
    expect(code).toBe(0)
    expect(JSON.parse(out).vms).toHaveLength(2)
    expect(await cli.refused('import', 'csv', files[0], '-', '--moves', '-')).toBe(
      'vmferry: "-" is given twice: only one file can come from standard input\n',
    )
  })

  it('that are not there, or no files, are bad input', async () => {
    const missing = cli.path('missing.csv')
    expect(await cli.refused('import', 'csv', files[0], missing)).toBe(
      `vmferry: ${missing}: cannot be read: no such file\n`,
    )
    expect((await cli.run('import', 'csv', cli.folder)).err).toContain('it is a folder; name a file in it')
    expect((await importing('--moves', missing)).code).toBe(2)
  })

  it('that are no text are bad input', async () => {
    expect((await cli.run('import', 'csv', cli.write('e.csv', '\0\0'))).code).toBe(2)
  })
})

describe('faults and questions', () => {
  it('are told all at once, with file and cell, and nothing is written', async () => {
    cli.write(
      'n.csv',
      NODES.replace('Icelake-Server', 'Intel(R) Xeon(R) CPU @ 2.20GHz').replace('65536', '65.536'),
    )
    cli.write('v.csv', VMS.replace('web-01', '\x1b[31m\u202e').replace('HV01', 'HV9'))
    const before = cli.files()
    const { code, out, err } = await importing('-o', cli.path('p.json'), '--report', cli.path('r.txt'))
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain('vmferry: the import has 2 faults\n')
    expect(err).toContain(`  ${files[0]}: line 2, column "memoryMiB": "65.536" may be 65536 or 65.536;`)
    expect(err).toContain('; answer with --cpu HV01=MODEL, or with --cpu MODEL for every node')
    expect(cli.files()).toEqual(before)
    cli.write('n.csv', NODES)
    const again = await importing('-o', cli.path('p.json'))
    expect(again.err).toBe(
      `vmferry: ${files[1]}: line 2, column "node": VM "\\u001b[31m\\u202e": its node "HV9" is none of the nodes; write the name of one of them\n`,
    )
    expect(cli.files()).toEqual(before)
  })

  it('are answered by options', async () => {
    cli.write('n.csv', NODES.replaceAll('Icelake-Server', '?'))
    expect((await importing()).code).toBe(2)
    expect((await problemOf('--cpu', 'EPYC-Milan')).nodes.map(({ vendor }) => vendor)).toEqual(['AMD', 'AMD'])
  })
})

describe('what is written', () => {
  const sparse = () => cli.write('n.csv', 'id,cpu,memoryMiB\nHV01,EPYC,65536\nHV02,EPYC,65536\n')

  it('is the problem on standard output, and a summary with what was assumed beside it', async () => {
    sparse()
    const { code, out, err } = await importing('--drain', 'HV01')
    expect(code).toBe(0)
    expect(JSON.parse(out).version).toBe(1)
    expect(err.split('\n').slice(0, 2)).toEqual([
      'vmferry: 2 nodes, 2 VMs, 0 windows, 1 drain, 0 moves; 2 assumptions',
      `  ${files[0]}: HV01 and HV02: migration network of 10 Gbit/s, which decides how long migrations take; --mbps N or --mbps NODE=N says otherwise`,
    ])
  })

  it('tells of names without obeying them', async () => {
    cli.write(
      'n.csv',
      'id,cpu,memoryMiB\n"a\x1b[2J\nvmferry: all is well",EPYC,65536\nHV01,EPYC,65536\nHV02,EPYC,65536\n',
    )
    const { code, err } = await importing()
    expect(code).toBe(0)
    expect(err.trimEnd().split('\n')).toHaveLength(4)
    expect(err).toContain('"a\\u001b[2J\\u000avmferry: all is well", HV01 and HV02: migration network')
  })

  it.each([
    ['writeFileSync', 1],
    ['writeFileSync', 2],
    ['fsyncSync', 2],
    ['renameSync', 1],
    ['renameSync', 2],
  ] as const)('goes to both files or to neither, where %s fails the %dth time', async (name, which) => {
    const [problem, report] = [cli.write('p.json', 'old problem'), cli.write('r.txt', 'old report')]
    for (const paths of [
      [problem, report],
      [cli.path('new.json'), report],
      [problem, cli.path('new.txt')],
    ]) {
      const before = cli.files()
      let calls = 0
      const failing = (...args: never[]) => {
        if (++calls === which) throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
        return (fs[name] as (...args: never[]) => void)(...args)
      }
      cli.io.fs = { ...fs, [name]: failing }
      const { code, err } = await importing('-o', paths[0], '--report', paths[1])
      expect([code, err]).toEqual([2, expect.stringContaining('cannot be written')])
      expect(cli.files()).toEqual(before)
      expect([problem, report].map((path) => fs.readFileSync(path, 'utf8'))).toEqual([
        'old problem',
        'old report',
      ])
    }
  })

  it('is no way to a terminal for what names hold', async () => {
    const names = ['a\u009b31m', 'b\u202etxt', 'c\u009d0;x\u009c', 'd\u2066e', 'f\u007f', 'g\u2028h']
    const rows = names.map((name) => `"${name}",HV01,1`).join('\n')
    const vms = cli.write('v.csv', `id,node,memoryMiB\n${rows}\n`)
    const { code, out, err } = await cli.run('import', 'csv', files[0], vms)
    expect(code).toBe(0)
    expect(out + err).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
    expect(JSON.parse(out).vms.map(({ id }: { id: string }) => id)).toEqual(names)
  })

  it('goes to files, the report too', async () => {
    sparse()
    const [problem, report] = [cli.path('p.json'), cli.path('r.txt')]
    const { code, out, err } = await importing('--drain', 'HV01', '-o', problem, '--report', report)
    expect([code, out]).toEqual([0, ''])
    expect(err).toBe(
      `vmferry: wrote ${problem}: 2 nodes, 2 VMs, 0 windows, 1 drain, 0 moves; 2 assumptions, in ${report}\n`,
    )
    expect(cli.read('p.json')).toMatch(/^\{\n {2}"version": 1,\n.*\}\n$/s)
    expect(cli.read('r.txt').split('\n')).toHaveLength(4)
  })

  it('never goes over an input, nor both to one file', async () => {
    const moves = cli.write('m.csv', 'vm,to\nweb-01,HV02\n')
    for (const [option, input] of [
      ['-o', files[0]],
      ['--report', files[1]],
      ['-o', moves],
    ]) {
      expect(await cli.refused('import', 'csv', ...files, '--moves', moves, option, input)).toBe(
        `vmferry: ${option} ${input}: the same file as ${input}, which would be lost\n`,
      )
    }
    expect(await cli.refused('import', 'csv', ...files, '-o', cli.path('x'), '--report', cli.path('x'))).toBe(
      `vmferry: -o and --report name the same file, ${cli.path('x')}\n`,
    )
    expect(cli.files()).toEqual(['m.csv', 'n.csv', 'v.csv'])
    expect(cli.read('n.csv')).toBe(NODES)
  })

  it('is a summary of many assumptions, unless a file takes them', async () => {
    const nodes = Array.from(
      { length: 30 },
      (_, i) => `N${i},${6}-${i < 15 ? 106 : 143}-${i % 15},1024\n`,
    ).join('')
    cli.write('n.csv', `id,cpu,memoryMiB\n${nodes}`)
    cli.write('v.csv', 'id,node,memoryMiB\na,N0,1\n')
    const { err } = await importing()
    expect(err.trimEnd().split('\n')).toHaveLength(22)
    expect(err).toContain('\n  and 16 more; --report FILE has all of them\n')
    expect((await importing('--report', '-')).err.trimEnd().split('\n')).toHaveLength(37)
    const report = cli.path('r.txt')
    await importing('--report', report)
    expect(cli.read('r.txt').trimEnd().split('\n')).toHaveLength(37)
  })
})
