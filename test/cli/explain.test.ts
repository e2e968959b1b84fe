/** The command: what it passes on, what it writes, and how it ends. */
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { InvalidOptionError } from '../../src/errors.js'
import type { ExplainOptions } from '../../src/explain/options.js'
import type { Explanation } from '../../src/model/explanation.js'
import { nightExplained, smallPlan } from '../io/fixtures.js'
import { createHarness, type Harness } from './harness.js'

let cli: Harness
beforeEach(() => {
  cli = createHarness()
  cli.write('p.json', '{}')
})

const placed = (): Explanation => ({ ...nightExplained(), plan: smallPlan().plan })

async function optionsOf(...argv: string[]): Promise<ExplainOptions> {
  let seen: ExplainOptions = {}
  cli.planner.explain = async (_, __, options) => {
    seen = options
    return placed()
  }
  expect((await cli.run('explain', cli.path('p.json'), ...argv)).code).toBe(0)
  return seen
}

describe('options', () => {
  it('are passed on, and left to the library where they are not given', async () => {
    expect(await optionsOf()).toEqual({ signal: expect.any(AbortSignal) })
    const all = ['--schedule', 'rounds', '--seed', '7', '--effort', '2', '--time-limit', '9']
    expect(await optionsOf(...all, '--vm', 'sql-07', '--node', 'HV02', '--relaxations', '0')).toEqual({
      signal: expect.any(AbortSignal),
      schedule: 'rounds',
      seed: 7,
      effort: 2,
      timeLimitSeconds: 9,
      vm: 'sql-07',
      node: 'HV02',
      relaxations: 0,
    })
  })

  it.each([
    [['--relaxations', '101'], 'It must be an integer from 0 to 100.'],
    [['--relaxations', '-1'], 'It must be an integer from 0 to 100.'],
    [['--format', 'xml'], 'Allowed choices are json, table.'],
  ])('%j is a usage error', async (argv, message) => {
    const err = await cli.refused('explain', cli.path('p.json'), ...argv)
    expect(err).toContain(message)
    expect(err).toContain('(vmferry explain --help shows all options)')
  })

  it('that name nothing in the problem are bad input', async () => {
    cli.planner.explain = async () => {
      throw new InvalidOptionError('vm is "sql-7", which is not the id of a VM; did you mean "sql-07"?')
    }
    expect(await cli.refused('explain', cli.path('p.json'), '--vm', 'sql-7')).toBe(
      'vmferry: vm is "sql-7", which is not the id of a VM; did you mean "sql-07"?\n',
    )
  })
})

describe('what is written', () => {
  it('is a table, and the exit code says that VMs stay', async () => {
    const { code, out, err } = await cli.run('explain', cli.path('p.json'))
    expect(code).toBe(3)
    expect(out).toContain('What would help (2 changes planned)')
    expect(err).toBe('')
  })

  it('is JSON where that is asked for', async () => {
    const { out } = await cli.run('explain', cli.path('p.json'), '--format', 'json')
    expect(JSON.parse(out)).toEqual(nightExplained())
  })

  it('is JSON in a file, or a table by its name, and a note says so', async () => {
    const file = cli.path('why.json')
    expect(await cli.run('explain', cli.path('p.json'), '-o', file)).toEqual({
      code: 3,
      out: '',
      err: `vmferry: wrote ${file}: the plan is partial: 1 VM left unplaced; 1 of 2 changes would help\n`,
    })
    expect(JSON.parse(cli.read('why.json'))).toEqual(nightExplained())
    await cli.run('explain', cli.path('p.json'), '-q', '-o', cli.path('why.txt'))
    expect(cli.read('why.txt')).toContain('What decides')
  })

  it('never replaces the problem', async () => {
    expect(await cli.refused('explain', cli.path('p.json'), '-o', cli.path('p.json'))).toContain(
      'which would be lost',
    )
    expect(cli.read('p.json')).toBe('{}')
  })
})

describe('while it runs', () => {
  it('an interrupt ends it with what has been found', async () => {
    cli.planner.explain = (_, __, { signal }) =>
      new Promise((resolve) => {
        signal?.addEventListener('abort', () => resolve(nightExplained()))
        setImmediate(() => cli.interrupt())
      })
    const { code, out, err } = await cli.run('explain', cli.path('p.json'))
    expect(code).toBe(3)
    expect(out).toContain('What decides')
    expect(err).toBe('vmferry: interrupted: this is what was found so far\n')
    expect(cli.listening()).toBe(0)
  })

  it('a terminal sees which change is being planned', async () => {
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] })
    const terminal = createHarness({ tty: true })
    terminal.planner.explain = async (_, __, { onProgress }) => {
      const progress = {
        phase: 'timeline',
        elapsedSeconds: 1,
        evaluations: 1,
        makespanSeconds: 60,
        lowerBoundSeconds: 60,
        gap: 0,
        unplaced: 0,
      }
      onProgress?.({ ...progress, step: 0, steps: 1, change: '' })
      vi.advanceTimersByTime(200)
      onProgress?.({ ...progress, step: 3, steps: 9, change: 'one more slot on A' })
      vi.advanceTimersByTime(200)
      return placed()
    }
    const { err } = await terminal.run('explain', terminal.write('p.json', '{}'))
    vi.useRealTimers()
    expect(err).toContain('\x1b[2Ktimeline  makespan')
    expect(err).toContain('\x1b[2Kchange 3 of 8: timeline  makespan')
  })
})
