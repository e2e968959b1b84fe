/** What happens between reading and writing: options, progress, interrupts. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { formatProgress, ProgressLine } from '../../src/cli/progress-line.js'
import type { PlanOptions } from '../../src/plan-options.js'
import type { Progress } from '../../src/solver/progress.js'
import { maintenanceNight, smallPlan } from '../io/fixtures.js'
import { createHarness, type Harness } from './harness.js'

const progress: Progress = {
  phase: 'timeline',
  elapsedSeconds: 4.21,
  evaluations: 1000,
  makespanSeconds: 1234.567,
  lowerBoundSeconds: 1190.5,
  gap: 0.0357,
  unplaced: 1,
}

describe('options', () => {
  let cli: Harness
  beforeEach(() => {
    cli = createHarness()
  })

  async function optionsOf(...argv: string[]): Promise<PlanOptions> {
    let seen: PlanOptions = {}
    cli.planner.plan = async (_, options) => {
      seen = options
      return smallPlan().plan
    }
    expect((await cli.run('plan', cli.write('p.json', '{}'), ...argv)).code).toBe(0)
    return seen
  }

  it('are passed on, and left to the library where they are not given', async () => {
    expect(await optionsOf()).toEqual({ signal: expect.any(AbortSignal) })
    const all = ['--schedule', 'rounds', '--seed', '7', '--effort', '5', '--time-limit', '0.5']
    expect(await optionsOf(...all)).toEqual({
      signal: expect.any(AbortSignal),
      schedule: 'rounds',
      seed: 7,
      effort: 5,
      timeLimitSeconds: 0.5,
    })
  })
})

describe('interrupts', () => {
  it('end the search, and the best plan so far is written', async () => {
    const cli = createHarness()
    cli.planner.plan = (_, { signal }) =>
      new Promise((resolve) => {
        signal?.addEventListener('abort', () => resolve(maintenanceNight().plan))
        setImmediate(() => cli.interrupt())
      })
    const { code, out, err } = await cli.run('plan', cli.write('p.json', '{}'))
    expect(code).toBe(3)
    expect(out).toContain('prod-cluster-01 · partial')
    expect(err).toBe('vmferry: interrupted: this is the best plan found so far\n')
    expect(cli.listening()).toBe(0)
  })

  it('are left alone again when the search fails', async () => {
    const cli = createHarness()
    cli.planner.plan = async () => {
      expect(cli.listening()).toBe(1)
      throw new Error('broken')
    }
    expect((await cli.run('plan', cli.write('p.json', '{}'))).code).toBe(1)
    expect(cli.listening()).toBe(0)
  })
})

describe('the progress line of a run', () => {
  async function progressOf(tty: boolean, env: Record<string, string>, ...argv: string[]) {
    const cli = createHarness({ tty })
    cli.io.env = { LANG: 'C.UTF-8', ...env }
    let asked = false
    cli.planner.plan = async (_, options) => {
      asked = options.onProgress !== undefined
      options.onProgress?.(progress)
      return smallPlan().plan
    }
    const { err } = await cli.run('plan', cli.write('p.json', '{}'), ...argv)
    return { asked, err }
  }

  it('is shown on a terminal and erased at the end', async () => {
    const line = 'timeline  makespan 0:20:35  bound 0:19:51  gap 3.57 %  1 VM unplaced  4.2 s'
    const { asked, err } = await progressOf(true, {})
    expect(asked).toBe(true)
    expect(err.replace(/reading .*p\.json/, 'reading p.json')).toBe(
      `\r\x1b[2Kreading p.json\r\x1b[2K${line}\r\x1b[2K`,
    )
  })

  it('tells what is read before it is read, and is gone before what is wrong with it', async () => {
    const cli = createHarness({ tty: true })
    const { err } = await cli.run('plan', cli.path('none.json'))
    const [nothing, reading, failure] = err.split('\r\x1b[2K')
    expect([nothing, reading.slice(0, 8)]).toEqual(['', 'reading '])
    expect(failure).toMatch(/^vmferry: .*none\.json: cannot be read/)
    const { err: standard } = await cli.run('plan', '-')
    expect(standard).not.toContain('reading -')
  })

  it.each<[boolean, Record<string, string>, string[]]>([
    [false, {}, []],
    [true, { TERM: 'dumb' }, []],
    [true, {}, ['--quiet']],
  ])('is not asked for: terminal %s, %j, %j', async (tty, env, argv) => {
    expect(await progressOf(tty, env, ...argv)).toEqual({ asked: false, err: '' })
  })

  it('is erased also when the search fails', async () => {
    const cli = createHarness({ tty: true })
    cli.planner.plan = async (_, options) => {
      options.onProgress?.(progress)
      throw new Error('broken')
    }
    const { err } = await cli.run('plan', cli.write('p.json', '{}'))
    expect(err).toContain('4.2 s\r\x1b[2Kvmferry: internal error: broken')
  })
})

describe('ProgressLine', () => {
  let written: string[]
  const line = () =>
    new ProgressLine({
      isTTY: true,
      columns: 80,
      write: (text) => {
        written.push(text)
        return Promise.resolve()
      },
    })
  const at = (elapsedSeconds: number): Progress => ({
    ...progress,
    elapsedSeconds,
    makespanSeconds: undefined,
    gap: undefined,
    unplaced: 0,
  })
  const shown = (seconds: string) => `\r\x1b[2Ktimeline  bound 0:19:51  ${seconds} s`
  beforeEach(() => {
    written = []
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('writes ten times a second at most, and the newest in the end', () => {
    const progressLine = line()
    for (let i = 0; i <= 250; i++) {
      progressLine.update(at(i))
      vi.advanceTimersByTime(1)
    }
    expect(written).toEqual([shown('0.0'), shown('99.0'), shown('199.0')])
    vi.advanceTimersByTime(100)
    expect(written.at(-1)).toBe(shown('250.0'))
    expect(written).toHaveLength(4)
  })

  it('goes on with the time where a long phase tells nothing, until it is cleared', () => {
    const progressLine = line()
    progressLine.update(at(7))
    vi.advanceTimersByTime(5000)
    expect(written).toEqual([7, 7.5, 8, 8.5, 9, 9.5, 10, 10.5, 11, 11.5, 12].map((s) => shown(s.toFixed(1))))
    progressLine.update(at(12.2))
    vi.advanceTimersByTime(499)
    expect(written.at(-1)).toBe(shown('12.2'))
    progressLine.clear()
    const count = written.length
    vi.advanceTimersByTime(5000)
    expect(written).toHaveLength(count)
  })

  it('leaves the line of a phase that took its time, with the figures that it ended with', () => {
    const progressLine = line()
    const told = (phase: string, seconds: number) => progressLine.update({ ...at(seconds), phase })
    told('targets', 0.1)
    told('timeline', 0.9)
    vi.advanceTimersByTime(100)
    told('timeline', 2.5)
    told('bound', 3.4)
    vi.advanceTimersByTime(100)
    told('timeline', 3.6)
    progressLine.clear()
    expect(written.filter((text) => text.endsWith('\n'))).toEqual([`${shown('3.4')}\n`])
    told('timeline', 9)
    told('bound', 9.1)
    expect(written.filter((text) => text.endsWith('\n'))).toHaveLength(1)
  })

  it('shows nothing after it was cleared', () => {
    const progressLine = line()
    progressLine.update(at(1))
    progressLine.update(at(2))
    progressLine.clear()
    vi.advanceTimersByTime(1000)
    expect(written).toEqual([shown('1.0'), '\r\x1b[2K'])
  })

  it('clears nothing that was never shown', () => {
    line().clear()
    expect(written).toEqual([])
  })

  it('survives a terminal that is gone', async () => {
    const write = vi.fn(() => Promise.reject(new Error('EIO')))
    new ProgressLine({ isTTY: true, columns: 80, write }).update(at(1))
    await Promise.resolve()
    expect(write).toHaveBeenCalledOnce()
  })

  it('leaves out from the end what does not fit', () => {
    expect(formatProgress(progress, 60)).toBe('timeline  makespan 0:20:35  bound 0:19:51  gap 3.57 %')
    expect(formatProgress(progress, 20)).toBe('timeline')
    expect(formatProgress({ ...progress, phase: '\x1b[1m' }, 20)).toBe('\\x1b[1m')
  })
})
