import fs from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { FileSystem } from '../../src/cli/io.js'
import { planToJson } from '../../src/io/json.js'
import { planToTable } from '../../src/io/table/plan.js'
import { maintenanceNight, smallPlan } from '../io/fixtures.js'
import { createHarness, type Harness } from './harness.js'

const { plan, problem } = maintenanceNight()
const JSON_TEXT = planToJson(plan)
const SUMMARY = '6 migrations, makespan 0:20:35, partial: 1 VM left unplaced\n'

let cli: Harness
let input: string
beforeEach(() => {
  cli = createHarness()
  input = cli.write('p.json', '{}')
})

describe('formats', () => {
  it('prints a table, or what --format says', async () => {
    const table = planToTable(plan, problem, { width: 100, color: false, ascii: false, all: false })
    expect(await cli.run('plan', input)).toEqual({ code: 3, out: table, err: '' })
    expect(await cli.run('plan', input, '-o', '-')).toEqual({ code: 3, out: table, err: '' })
    expect(await cli.run('plan', input, '--format', 'json')).toEqual({ code: 3, out: JSON_TEXT, err: '' })
  })

  it.each([
    ['plan.json', [], 'json'],
    ['plan', [], 'json'],
    ['plan.txt', [], 'table'],
    ['plan.json', ['--format', 'table'], 'table'],
    ['plan.txt', ['--format', 'json'], 'json'],
  ])('writes %s %j as %s', async (name, options, format) => {
    const { code, out, err } = await cli.run('plan', input, '-o', cli.path(name), ...options)
    expect([code, out]).toEqual([3, ''])
    expect(err).toBe(`vmferry: wrote ${cli.path(name)}: ${SUMMARY}`)
    expect(cli.read(name).startsWith(format === 'json' ? '{' : 'prod-cluster-01')).toBe(true)
    expect(cli.files()).toEqual([name, 'p.json'].sort())
  })

  it.each([
    ['plan.csv', [], 'vm,from,to,'],
    ['plan.ics', [], 'BEGIN:VCALENDAR'],
    ['rounds', ['--format', 'ics-rounds'], 'BEGIN:VCALENDAR'],
    ['order.ps1', ['--format', 'cau'], '# Order of nodes'],
    ['night.ps1', [], '#Requires -Version 5.1\n# prod-cluster-01: empties HV01'],
  ])('writes %s %j', async (name, options, beginning) => {
    expect((await cli.run('plan', input, '-o', cli.path(name), ...options)).code).toBe(3)
    expect(cli.read(name).startsWith(beginning)).toBe(true)
  })

  it.each([
    [
      'ics',
      'start: is missing; a calendar needs the instant of second 0: write it, as "2026-11-23T20:00:00+01:00"',
    ],
    [
      'ics-rounds',
      'start: is missing; a calendar needs the instant of second 0: write it, as "2026-11-23T20:00:00+01:00"',
    ],
    [
      'cau',
      'request.drain: names no node; an order for Cluster-Aware Updating is that in which nodes are emptied, or worked on',
    ],
  ])('refuses %s before the search where the problem lacks what it needs', async (format, message) => {
    cli.planner.resolveProblem = () => smallPlan().problem
    cli.planner.plan = () => Promise.reject(new Error('searched'))
    expect(await cli.refused('plan', input, '-o', cli.path('out'), '--format', format)).toBe(
      `vmferry: ${input}: ${message}\n`,
    )
    expect(cli.files()).toEqual(['p.json'])
  })

  it('says nothing on standard error when quiet', async () => {
    expect(await cli.run('plan', input, '-q', '-o', cli.path('o.json'))).toEqual({
      code: 3,
      out: '',
      err: '',
    })
  })

  it('exits with 0 where every VM is placed', async () => {
    cli.planner.plan = async () => smallPlan().plan
    expect((await cli.run('plan', input, '-q')).code).toBe(0)
  })
})

describe('writing a file', () => {
  it('replaces a file at once and keeps its permissions', async () => {
    const output = cli.write('o.json', 'old')
    fs.chmodSync(output, 0o640)
    await cli.run('plan', input, '-o', output)
    expect(cli.read('o.json')).toBe(JSON_TEXT)
    expect(fs.statSync(output).mode & 0o777).toBe(0o640)
    expect(cli.files()).toEqual(['o.json', 'p.json'])
  })

  it('writes through a symbolic link, also one whose target does not exist yet', async () => {
    fs.mkdirSync(cli.path('sub'))
    fs.symlinkSync(join('sub', 'real.json'), cli.path('link.json'))
    for (let i = 0; i < 2; i++) {
      await cli.run('plan', input, '-o', cli.path('link.json'))
      expect(fs.lstatSync(cli.path('link.json')).isSymbolicLink()).toBe(true)
      expect(cli.read('sub/real.json')).toBe(JSON_TEXT)
    }
    expect(fs.readdirSync(cli.path('sub'))).toEqual(['real.json'])
  })

  it('writes to a device as it is', async () => {
    const { code } = await cli.run('plan', input, '-o', '/dev/null')
    expect(code).toBe(3)
    expect(fs.statSync('/dev/null').isCharacterDevice()).toBe(true)
  })

  it.each(['p.json', './p.json', 'link.json', 'hard.json'])(
    'never overwrites the problem: %s',
    async (name) => {
      fs.symlinkSync('p.json', cli.path('link.json'))
      fs.linkSync(input, cli.path('hard.json'))
      const output = `${cli.folder}/${name}`
      expect(await cli.refused('plan', input, '-o', output)).toBe(
        `vmferry: -o ${output}: the same file as ${input}, which would be lost\n`,
      )
      expect(cli.read('p.json')).toBe('{}')
    },
  )

  it('never overwrites the file that standard input comes from', async () => {
    const { dev, ino } = fs.statSync(input)
    cli.io.stdin = {
      isTTY: false,
      async *chunks() {
        yield Buffer.from('{}')
      },
      identity: () => ({ dev, ino }),
    }
    expect(await cli.refused('plan', '-', '-o', input)).toBe(
      `vmferry: -o ${input}: the same file as standard input, which would be lost\n`,
    )
  })

  it('finds out before the search that a path cannot be written', async () => {
    let searched = false
    cli.planner.plan = async () => {
      searched = true
      return plan
    }
    fs.mkdirSync(cli.path('folder'))
    fs.symlinkSync('loop', cli.path('loop'))
    const cases: [string, string][] = [
      [cli.path('folder'), 'it is a folder; name a file in it'],
      [cli.path('none/o.json'), `cannot be written: the folder ${cli.path('none')} does not exist`],
      [cli.path('p.json/o.json'), 'cannot be written: a part of its path is not a folder'],
      [cli.path('loop'), 'cannot be written: its symbolic links go round in a circle'],
    ]
    for (const [output, reason] of cases) {
      expect(await cli.refused('plan', input, '-o', output)).toBe(`vmferry: -o ${output}: ${reason}\n`)
    }
    expect(searched).toBe(false)
  })

  it('asks whether folder and file may be written', async () => {
    const output = cli.write('o.json', 'old')
    const accessSync: FileSystem['accessSync'] = (path) => {
      if (path === output) throw Object.assign(new Error('EACCES'), { code: 'EACCES' })
    }
    cli.io.fs = { ...fs, accessSync }
    expect(await cli.refused('plan', input, '-o', output)).toBe(
      `vmferry: -o ${output}: cannot be written: permission denied\n`,
    )
  })

  it.each(['writeFileSync', 'fsyncSync', 'fchmodSync', 'renameSync'] as const)(
    'leaves the old file and nothing else behind when %s fails',
    async (step) => {
      const output = cli.write('o.json', 'old')
      const fail = () => {
        throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })
      }
      cli.io.fs = { ...fs, [step]: fail }
      expect(await cli.refused('plan', input, '-o', output)).toBe(
        `vmferry: -o ${output}: cannot be written: no space left on the device\n`,
      )
      expect(cli.read('o.json')).toBe('old')
      expect(cli.files()).toEqual(['o.json', 'p.json'])
    },
  )

  it('touches the old file only by the final rename', async () => {
    const output = cli.write('o.json', 'old')
    const seen: string[] = []
    cli.io.fs = {
      ...fs,
      renameSync: (from, to) => {
        seen.push(cli.read('o.json'), fs.readFileSync(from, 'utf8') === JSON_TEXT ? 'complete' : 'cut')
        fs.renameSync(from, to)
      },
    }
    await cli.run('plan', input, '-o', output)
    expect(seen).toEqual(['old', 'complete'])
  })
})

describe('what the terminal can show', () => {
  async function table(env: Record<string, string>, tty: boolean, argv: string[] = []): Promise<string> {
    cli = createHarness({ tty })
    cli.io.env = env
    return (await cli.run('plan', cli.write('p.json', '{}'), '-q', ...argv)).out
  }
  const utf8 = { LANG: 'en_US.UTF-8' }

  it.each<[Record<string, string>, boolean, string[], boolean]>([
    [utf8, true, [], true],
    [utf8, false, [], false],
    [{ ...utf8, NO_COLOR: '1' }, true, [], false],
    [{ ...utf8, NO_COLOR: '' }, true, [], true],
    [{ ...utf8, FORCE_COLOR: '1' }, false, [], true],
    [{ ...utf8, FORCE_COLOR: '0' }, true, [], false],
    [{ ...utf8, FORCE_COLOR: '1', NO_COLOR: '1' }, false, [], true],
    [{ ...utf8, FORCE_COLOR: '1' }, true, ['--no-color'], false],
    [{ ...utf8, TERM: 'dumb' }, true, [], false],
  ])('colours: %j, terminal %s, %j: %s', async (env, tty, argv, coloured) => {
    expect((await table(env, tty, argv)).includes('\x1b[')).toBe(coloured)
  })

  it('has the summary last on a terminal, first where it goes elsewhere', async () => {
    const [shown, piped] = [await table({ ...utf8, NO_COLOR: '1' }, true), await table(utf8, false)]
    expect(piped).toMatch(/^prod-cluster-01 /)
    expect(shown).toMatch(/^Nodes\n/)
    expect(shown.trimEnd().split('\n\n').at(-1)).toMatch(/^prod-cluster-01 /)
  })

  it('never colours a file', async () => {
    cli.io.env = { ...utf8, FORCE_COLOR: '1' }
    await cli.run('plan', input, '-o', cli.path('o.txt'))
    expect(cli.read('o.txt')).not.toContain('\x1b')
  })

  it.each<[Record<string, string>, string[], boolean]>([
    [utf8, [], false],
    [{ LANG: 'C' }, [], true],
    [{}, [], true],
    [{ LANG: 'en_US.UTF-8', LC_ALL: 'POSIX' }, [], true],
    [{ LANG: 'C', LC_CTYPE: 'C.utf8' }, [], false],
    [{ ...utf8, TERM: 'dumb' }, [], true],
    [utf8, ['--ascii'], true],
  ])('ASCII: %j %j: %s', async (env, argv, ascii) => {
    expect(!(await table(env, false, argv)).includes('▀')).toBe(ascii)
  })

  it('shows Unicode on Windows, which has no locale', async () => {
    cli.io.env = {}
    cli.io.platform = 'win32'
    expect((await cli.run('plan', input)).out).toContain('▀')
  })

  it('fits the terminal, or --width', async () => {
    const width = (text: string) => Math.max(...text.split('\n').map((line) => line.length))
    cli.io.stdout.columns = 73
    expect(width((await cli.run('plan', input)).out)).toBe(73)
    cli.io.stdout.columns = 20
    expect(width((await cli.run('plan', input)).out)).toBe(40)
    expect(width((await cli.run('plan', input, '--width', '120')).out)).toBe(120)
  })
})
