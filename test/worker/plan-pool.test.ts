/** Plans that share `Workers`, in the built package: worker threads of Node 20 cannot run the sources. */
import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import type { Plan } from '../../src/model/plan.js'
import type { Problem } from '../../src/model/problem.js'
import type { PlanOptions } from '../../src/plan-options.js'
import { built } from './built.js'
import { wide } from './wide.js'

const { check, InvalidOptionError, InvalidProblemError, plan, Workers } = built.library

const example = (name: string): Problem =>
  JSON.parse(readFileSync(new URL(`../../examples/${name}/problem.json`, import.meta.url), 'utf8'))
const night = example('maintenance-night')
const four = example('four-nodes')
/** Without what depends on the clock. */
const stable = (result: Plan) => ({ ...result, statistics: { ...result.statistics, runtimeSeconds: 0 } })

/** Threads that have started in this process: `process` tells of each. */
let started = 0
const count = () => started++
process.on('worker', count)
afterAll(() => process.off('worker', count))

describe('plans that share workers', () => {
  const workers = new Workers({ size: 2 })
  afterAll(() => workers.close())

  it.each<[string, Problem, PlanOptions]>([
    ['a timeline', night, { effort: 1 }],
    ['rounds', night, { effort: 1, schedule: 'rounds' }],
    ['another seed, LPs in the thread that plans', night, { effort: 1, seed: 5, thread: 'caller' }],
    ['parameters of its own', four, { parameters: { planner: { passes: 1, firstSearch: 0.01 } } }],
  ])(
    'are those of the calling thread: %s',
    async (_, problem, options) => {
      const shared = await plan(problem, { ...options, workers })
      expect(stable(shared)).toEqual(stable(await plan(problem, options)))
      expect(shared.statistics.threadsNote).toBeUndefined()
    },
    60_000,
  )

  it('are made by so many threads and no more, however many there are', async () => {
    const bounded = new Workers({ size: 2 })
    started = 0
    const plans = await Promise.all(
      Array.from({ length: 40 }, (_, seed) => plan(four, { seed, effort: 1, workers: bounded })),
    )
    expect(started).toBe(2)
    expect(plans.map(({ makespanSeconds }) => makespanSeconds)).toEqual(plans.map(() => 105))
    bounded.close()
  }, 60_000)

  it('leave the memory as it is', async () => {
    const some = async (n: number) => {
      await Promise.all(Array.from({ length: n }, (_, seed) => plan(four, { seed, effort: 1, workers })))
      return process.memoryUsage().rss
    }
    // Three heaps grow to what they need first.
    const before = await some(400)
    // Each that stayed would cost its kernel's memory alone, some hundred KiB.
    expect((await some(400)) - before).toBeLessThan(60e6)
  }, 120_000)

  it('tell their progress, the last of it too', async () => {
    const told: (number | undefined)[] = []
    const result = await plan(night, { effort: 1, workers, onProgress: (p) => told.push(p.makespanSeconds) })
    expect(told.length).toBeGreaterThan(0)
    expect(told.at(-1)).toBe(result.makespanSeconds)
  }, 60_000)

  it('end with what their listener throws', async () => {
    const enough = new RangeError('enough')
    const listener = () => {
      throw enough
    }
    await expect(plan(night, { effort: 5, workers, onProgress: listener })).rejects.toBe(enough)
    expect((await plan(four, { workers })).makespanSeconds).toBe(105)
  }, 60_000)

  it('are refused as they are in the calling thread', async () => {
    const wrong = { ...four, vms: [{ id: 'x', node: 'nowhere', memoryMiB: -1 }] }
    const [alone, shared] = await Promise.all(
      [{}, { workers }].map((options) => plan(wrong, options).catch((error: unknown) => error)),
    )
    expect(shared).toBeInstanceOf(InvalidProblemError)
    expect(shared).toEqual(alone)
    expect((shared as InstanceType<typeof InvalidProblemError>).issues).toEqual(
      (alone as InstanceType<typeof InvalidProblemError>).issues,
    )
    await expect(plan(four, { workers, seed: -1 })).rejects.toBeInstanceOf(InvalidOptionError)
  })

  it.each<[string, () => PlanOptions]>([
    ['an abort', () => ({ signal: AbortSignal.timeout(400) })],
    ['a limit', () => ({ timeLimitSeconds: 0.4 })],
    ['an abort before they begin', () => ({ signal: AbortSignal.abort() })],
  ])(
    'end at %s, with the best plan so far',
    async (_, limit) => {
      await plan(four, { workers })
      const large = wide(40)
      const begun = performance.now()
      const result = await plan(large, { effort: 5, workers, ...limit() })
      expect(performance.now() - begun).toBeLessThan(8000)
      expect(check(large, result)).toEqual([])
      expect(result.statistics.threadsNote).toBeUndefined()
    },
    60_000,
  )

  it('end at an abort while they wait, and those behind them go on', async () => {
    const one = new Workers({ size: 1 })
    const stop = new AbortController()
    const first = plan(wide(40), { effort: 5, timeLimitSeconds: 4, workers: one })
    const second = plan(four, { signal: stop.signal, workers: one })
    const third = plan(four, { workers: one })
    stop.abort()
    const winner = await Promise.race([first.then(() => 1), second.then(() => 2), third.then(() => 3)])
    expect(winner).toBe(2)
    expect(check(four, await second)).toEqual([])
    expect((await third).makespanSeconds).toBe(105)
    one.close()
    await first
  }, 60_000)

  it('go on after the workers are closed', async () => {
    const closed = new Workers({ size: 1 })
    started = 0
    const plans = [1, 2, 3].map((seed) => plan(four, { seed, effort: 1, workers: closed }))
    closed.close()
    for (const each of plans) expect((await each).makespanSeconds).toBe(105)
    expect(started).toBe(1)
  }, 60_000)
})

describe('where a worker cannot make the plan', () => {
  it('it is made in the calling thread, which says so', async () => {
    const workers = new Workers({ size: 2, url: new URL('no-such-file.mjs', import.meta.url) })
    const plans = await Promise.all([1, 2, 3].map((seed) => plan(four, { seed, effort: 1, workers })))
    for (const { makespanSeconds, statistics } of plans) {
      expect(makespanSeconds).toBe(105)
      expect(statistics.threadsNote).toMatch(
        /^planned in the caller's thread: no worker could be started \(.*no-such-file/,
      )
    }
    workers.close()
  }, 60_000)

  it('nor can what no message carries be sent there', async () => {
    const workers = new Workers({ size: 1 })
    const result = await plan(new Proxy(four, {}), { effort: 1, workers })
    expect(result.makespanSeconds).toBe(105)
    expect(result.statistics.threadsNote).toContain('the message could not be sent')
    expect((await plan(four, { workers })).statistics.threadsNote).toBeUndefined()
    workers.close()
  }, 60_000)
})

describe('the options of Workers', () => {
  it.each<[unknown, string]>([
    [{ size: 0 }, 'size is 0; it must be an integer from 1 to 64'],
    [{ size: 65 }, 'size is 65'],
    [{ size: 1.5 }, 'size is 1.5'],
    [{ size: '2' }, 'size is "2"'],
    [{ url: 5 }, 'url is 5'],
    [{ threads: 2 }, 'unknown option "threads"; known are size, url'],
    [null, 'the options are null'],
  ])('must not be %j', (options, message) => {
    expect(() => new Workers(options as ConstructorParameters<typeof Workers>[0])).toThrow(message)
  })
})
