/** The command: what it passes on, what it writes, and how it ends. */
import { beforeEach, describe, expect, it } from 'vitest'
import { InvalidOptionError, InvalidProblemError } from '../../src/errors.js'
import type { QuietOptions } from '../../src/quiet/options.js'
import { nightQuiet } from '../io/fixtures.js'
import { createHarness, type Harness } from './harness.js'

let cli: Harness
let files: [string, string]
beforeEach(() => {
  cli = createHarness({ stdin: '{"stdin":1}' })
  files = [cli.write('p.json', '{"nodes":[]}'), cli.write('plan.json', '{"migrations":[]}')]
})

async function optionsOf(...argv: string[]): Promise<QuietOptions> {
  let seen: QuietOptions | undefined
  cli.planner.quiet = (_, __, options) => {
    seen = options
    return nightQuiet()
  }
  expect((await cli.run('quiet', ...files, ...argv)).code).toBe(0)
  return seen!
}

describe('options', () => {
  it('are passed on, and left to the library where they are not given', async () => {
    expect(await optionsOf('--duration', '2h')).toEqual({ durationSeconds: 7200 })
    const chosen = ['--node', 'HV01', '--node', 'HV02', '--vm', 'sql-07']
    expect(await optionsOf('--duration', '1h30m', '--until', '8h', ...chosen)).toEqual({
      durationSeconds: 5400,
      until: 28_800,
      nodes: ['HV01', 'HV02'],
      vms: ['sql-07'],
    })
    const instant = '2026-11-24T06:00:00+01:00'
    expect((await optionsOf('--duration', '1', '--until', instant)).until).toBe(instant)
    const local = ['--duration', '1', '--until', '2026-11-24T06:00', '--zone', 'Europe/Berlin']
    expect((await optionsOf(...local)).until).toBe(instant)
  })

  it.each([
    ['90m', 5400],
    ['2h', 7200],
    ['1h30m', 5400],
    ['5400', 5400],
    ['0.5', 0.5],
    ['45s', 45],
    ['1.5h', 5400],
    ['1d2h3m4s', 93_784],
  ])('--duration %s is %d s', async (text, seconds) => {
    expect((await optionsOf('--duration', text)).durationSeconds).toBe(seconds)
  })

  const none = ['', '2 h', ...'0 0h -1 -1h 1h-30m 30m1h 2H 1e3 1h30 h 1.2.3 . two'.split(' ')]
  it.each(none)('--duration %j is a usage error', async (text) => {
    const err = await cli.refused('quiet', ...files, `--duration=${text}`)
    expect(err).toContain('It must be a length of time above 0, as in 90m, 2h, 1h30m or 5400 (seconds).\n')
    expect(err).toContain('(vmferry quiet --help shows all options)')
  })

  it.each([
    [[], "required option '--duration <time>' not specified"],
    [['--duration', '1h', '--until', 'tomorrow'], 'It must be a length of time from the start of the plan'],
    [['--duration', '1h', '--format', 'csv'], 'Allowed choices are json, table.'],
  ])('%j is a usage error', async (argv, message) => {
    const err = await cli.refused('quiet', ...files, ...argv)
    expect(err).toContain(message)
    expect(err).toMatch(/^vmferry: /)
  })

  it('that name nothing in the problem are bad input', async () => {
    cli.planner.quiet = () => {
      throw new InvalidOptionError('nodes has "hv01", which is not the id of a node; did you mean "HV01"?')
    }
    expect(await cli.refused('quiet', ...files, '--duration', '1h', '--node', 'hv01')).toBe(
      'vmferry: nodes has "hv01", which is not the id of a node; did you mean "HV01"?\n',
    )
  })
})

describe('documents', () => {
  it('go to the library, either of them from standard input, not both', async () => {
    const seen: unknown[] = []
    cli.planner.quiet = (_, plan) => {
      seen.push(plan)
      return nightQuiet()
    }
    await cli.run('quiet', ...files, '--duration', '1h')
    await cli.run('quiet', files[0], '-', '--duration', '1h')
    expect(cli.documents).toEqual([{ nodes: [] }, { nodes: [] }])
    expect(seen).toEqual([{ migrations: [] }, { stdin: 1 }])
    expect(await cli.refused('quiet', '-', '-', '--duration', '1h')).toBe(
      'vmferry: problem and plan are both "-": only one of them can come from standard input\n',
    )
  })

  it('are named where they have faults', async () => {
    const fault = (message: string) => () => {
      throw new InvalidProblemError([{ path: 'migrations[0].vm', message }])
    }
    cli.planner.quiet = fault('"x" is not the id of a VM of the problem')
    expect((await cli.run('quiet', ...files, '--duration', '1h')).err).toBe(
      `vmferry: ${files[1]}: migrations[0].vm: "x" is not the id of a VM of the problem\n`,
    )
    cli.planner.resolveProblem = fault('of the problem')
    expect((await cli.run('quiet', ...files, '--duration', '1h')).err).toContain(`${files[0]}: `)
  })
})

describe('what is written', () => {
  it('is a table, or JSON where that is asked for', async () => {
    const { code, out, err } = await cli.run('quiet', ...files, '--duration', '10m')
    expect([code, err]).toEqual([0, ''])
    expect(out).toContain('best         20:17:35, quiet until 22:00:00')
    const json = await cli.run('quiet', ...files, '--duration', '10m', '--format', 'json')
    expect(JSON.parse(json.out)).toEqual(nightQuiet())
    expect(Object.keys(JSON.parse(json.out)).slice(2, 5)).toEqual(['durationSeconds', 'untilSeconds', 'best'])
  })

  it('goes to a file, whole, and never over an input', async () => {
    const { code, out, err } = await cli.run('quiet', ...files, '--duration', '10m', '-o', cli.path('q.json'))
    expect([code, out]).toEqual([0, ''])
    expect(err).toBe(`vmferry: wrote ${cli.path('q.json')}: quiet for 0:10:00 from 1054.567 s\n`)
    expect(JSON.parse(cli.read('q.json'))).toEqual(nightQuiet())
    const clash = await cli.run('quiet', ...files, '--duration', '10m', '-o', files[1])
    expect([clash.code, clash.err]).toEqual([
      2,
      `vmferry: -o ${files[1]}: the same file as ${files[1]}, which would be lost\n`,
    ])
    expect(await cli.run('quiet', ...files, '--duration', '10m', '-q', '-o', cli.path('q.txt'))).toEqual({
      code: 0,
      out: '',
      err: '',
    })
    expect(cli.read('q.txt')).toContain('prod-cluster-01')
  })

  it('comes with exit code 3 where no span is common', async () => {
    const { best: _, ...none } = { ...nightQuiet(), common: [] }
    cli.planner.quiet = () => none
    const { code, out } = await cli.run('quiet', ...files, '--duration', '10m')
    expect(code).toBe(3)
    expect(out).toContain('best         none: they share no span that long')
    expect((await cli.run('quiet', ...files, '--duration', '10m', '-o', cli.path('q.json'))).err).toContain(
      'no common span of 0:10:00',
    )
  })
})
