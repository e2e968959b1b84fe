import { readFileSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { createHarness, type Harness } from './harness.js'

let cli: Harness
beforeEach(() => {
  cli = createHarness()
  cli.write('p.json', '{}')
})

describe('help and version', () => {
  it.each([
    ['--help', 'Examples:', 'docs/format.md', 'vmferry check cluster.json plan.json'],
    ['plan --help', '--time-limit <seconds>', 'NO_COLOR', 'docs/format.md'],
    ['explain --help', '--relaxations <n>', 'What would help most?', 'docs/explain.md'],
    ['export --help', '--format <format>', 'docs/runbook.md'],
    ['quiet --help', '--duration <time>', '--until <time>', 'docs/library.md'],
    ['cpu --help', 'A..B', '--format <format>', 'docs/cpu.md'],
    ['help check', '<PLAN.json>', 'docs/format.md'],
  ])('%j teaches, on standard output, without loading the planner', async (argv, ...parts) => {
    const { code, out, err } = await cli.run(...argv.split(' '))
    expect(code).toBe(0)
    expect(err).toBe('')
    for (const part of [...parts, 'Exit codes:']) expect(out).toContain(part)
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100)
    expect(cli.plannerLoads()).toBe(0)
  })

  it('shows the version of package.json', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
    expect(await cli.run('--version')).toEqual({ code: 0, out: `${version}\n`, err: '' })
  })

  it('answers no arguments with the help, on standard error, as a usage error', async () => {
    expect(await cli.refused()).toContain('Usage: vmferry')
  })
})

describe('usage errors', () => {
  it.each([
    ['plam', "unknown command 'plam'\n(Did you mean plan?)\n(vmferry --help shows the commands)\n"],
    ['plan', "missing required argument 'PROBLEM.json'\n(vmferry plan --help shows all options)\n"],
    [
      'plan p.json --efort 3',
      "unknown option '--efort'\n(Did you mean --effort?)\n(vmferry plan --help shows all options)\n",
    ],
    ['check p.json', "missing required argument 'PLAN.json'\n(vmferry check --help shows all options)\n"],
    [
      'plan p.json --format xml',
      "option '--format <format>' argument 'xml' is invalid. Allowed choices are json, table, csv, ics, ics-rounds, cau, powershell, html, svg, svg-dark, mermaid.\n(vmferry plan --help shows all options)\n",
    ],
    [
      'plan p.json \x1b[31m',
      "too many arguments for 'plan'. Expected 1 argument but got 2.\n(vmferry plan --help shows all options)\n",
    ],
  ])('%j', async (argv, err) => {
    expect(await cli.refused(...argv.split(' '))).toBe(`vmferry: ${err}`)
    expect(cli.plannerLoads()).toBe(0)
  })

  it.each([
    ['--effort', '0', 'It must be an integer from 1 to 5.'],
    ['--effort', '2.5', 'It must be an integer from 1 to 5.'],
    ['--seed', '4294967296', 'It must be an integer from 0 to 4294967295.'],
    ['--seed', '-1', 'It must be an integer from 0 to 4294967295.'],
    ['--seed', '', 'It must be an integer from 0 to 4294967295.'],
    ['--time-limit', '0', 'It must be a number of seconds above 0, as in 90 or 0.5.'],
    ['--time-limit', '1e999', 'It must be a number of seconds above 0, as in 90 or 0.5.'],
    ['--time-limit', '5m', 'It must be a number of seconds above 0, as in 90 or 0.5.'],
    ['--width', '39', 'It must be an integer from 40 to 1000.'],
    ['--schedule', 'lines', 'Allowed choices are timeline, rounds.'],
  ])('%s %j', async (option, value, reason) => {
    expect(await cli.refused('plan', cli.path('p.json'), option, value)).toContain(
      `argument '${value}' is invalid. ${reason}\n`,
    )
  })

  it('shows control characters of an argument, and does not obey them', async () => {
    const { err } = await cli.run('\x1b[31mplan')
    expect(err).toContain("unknown command '\\x1b[31mplan'")
  })

  it('takes one of the two documents of check from standard input, not both', async () => {
    expect(await cli.refused('check', '-', '-')).toBe(
      'vmferry: problem and plan are both "-": only one of them can come from standard input\n',
    )
  })
})
