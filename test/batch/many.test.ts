/** `planMany()` and what makes its plans, in the built package: worker threads of Node 20 cannot run the sources. */
import { afterAll, describe, expect, it } from 'vitest'
import { FAMILIES, generate } from '../../bench/families/index.mjs'
import type { PlanManyOptions, PlannedOne } from '../../src/batch/many.js'
import type * as runner from '../../src/batch/runner.js'
import type { Plan } from '../../src/model/plan.js'
import type { Problem } from '../../src/model/problem.js'
import { problemOf } from '../problem.js'
import { built, run } from '../worker/built.js'
import { wide } from '../worker/wide.js'

const { InvalidOptionError, InvalidProblemError, plan, planMany, Workers } = built.library
const { localRunner } = (await import(
  new URL('../../dist/batch/runner.js', import.meta.url).href
)) as typeof runner

const stable = ({ statistics, ...rest }: Plan) =>
  JSON.stringify({ ...rest, ...statistics, runtimeSeconds: 0 })
/** One that takes milliseconds, by its name known again. */
const small = (name: string): Problem => ({
  ...problemOf({ nodes: ['A', 'B'], vms: ['a@A', 'b@A'], request: { moves: ['a>B', 'b>B'] } }),
  name,
})
const faulty = (name: string): Problem => ({
  ...small(name),
  vms: [{ id: 'x', node: 'nowhere', memoryMiB: -1 }],
})
/** One that takes longer than any test. */
const endless = wide(40)
const all = async (results: AsyncIterable<PlannedOne>): Promise<PlannedOne[]> => {
  const list: PlannedOne[] = []
  for await (const result of results) list.push(result)
  return list
}

describe('planMany', () => {
  const workers = new Workers({ size: 2 })
  afterAll(() => workers.close())

  it('gives the plans of plan() in the order of the problems, and errors in the place of theirs', async () => {
    const kinds = FAMILIES.filter((family) => ['moves', 'odd', 'drain', 'slots'].includes(family))
    const problems = kinds.flatMap((family, i) => [generate(family, 1, 1).problem, faulty(`faulty ${i}`)])
    const results = await all(planMany(problems, { effort: 1, seed: 3, jobs: 2 }))
    expect(results.map(({ index }) => index)).toEqual(problems.map((_, i) => i))
    for (const { index, plan: made, error } of results) {
      if (index % 2 === 0)
        expect(stable(made!)).toBe(stable(await plan(problems[index]!, { effort: 1, seed: 3 })))
      else expect(error).toBeInstanceOf(InvalidProblemError)
    }
    expect((results[1]!.error as InstanceType<typeof InvalidProblemError>).issues.length).toBeGreaterThan(1)
  }, 120_000)

  it('takes no more problems than there is room for, and none after a break; then nothing is left running', async () => {
    let taken = 0
    let returned = false
    async function* source() {
      try {
        for (;;) yield small(`${taken++}`)
      } finally {
        returned = true
      }
    }
    let got = 0
    for await (const { index } of planMany(source(), { workers, effort: 1, ahead: 6 })) {
      expect(index).toBe(got++)
      // Whoever waits here, the source waits too.
      if (got === 5) await new Promise((resolve) => setTimeout(resolve, 300))
      expect(taken - got).toBeLessThanOrEqual(7)
      if (got === 20) break
    }
    expect(got).toBe(20)
    await expect.poll(() => returned, { timeout: 20_000 }).toBe(true)
    const end = taken
    await plan(small('after'), { workers })
    expect(taken).toBe(end)
  }, 60_000)

  it('gives what is ready first, where order does not matter: a long one holds up none', async () => {
    const stop = new AbortController()
    const got: number[] = []
    const results = planMany([endless, ...Array.from({ length: 20 }, (_, i) => small(`${i}`))], {
      ...{ workers, ordered: false, ahead: 4, effort: 5, signal: stop.signal },
    })
    await expect(
      (async () => {
        for await (const { index } of results)
          if (got.push(index) === 20) stop.abort(new RangeError('enough'))
      })(),
    ).rejects.toThrow('enough')
    expect(got).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
    expect((await plan(small('after'), { workers })).makespanSeconds).toBe(20)
  }, 60_000)

  it('throws what its source throws, after the results before', async () => {
    function* source() {
      yield small('first')
      throw new RangeError('no more')
    }
    const results = planMany(source(), { workers })
    expect((await results.next()).value?.index).toBe(0)
    await expect(results.next()).rejects.toThrow('no more')
  })

  it.each<[string, unknown, object, RegExp]>([
    ['text', 'abc', {}, /the problems are "abc"; it must be an array/],
    ['nothing', undefined, {}, /the problems are undefined/],
    ['one problem', small('x'), {}, /must be an array, or something else to iterate over/],
    ['no jobs', [], { jobs: 0 }, /jobs is 0; it must be an integer from 1 to 64/],
    ['half a result', [], { ahead: 0.5 }, /ahead is 0.5/],
    ['order by name', [], { ordered: 'name' }, /ordered is "name"; it must be true or false/],
    ['threads', [], { threads: 2 }, /threads is no option of planMany/],
    ['an effort', [], { effort: 9 }, /effort is 9/],
    ['unknown', [], { size: 2 }, /unknown option "size"; known are .*jobs, ahead, ordered/],
  ])('refuses %s', async (_, problems, options, message) => {
    const results = planMany(problems as Problem[], options as PlanManyOptions)
    const error = await results.next().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(InvalidOptionError)
    expect((error as Error).message).toMatch(message)
  })

  it('lets the process end by itself', async () => {
    const code = `import { planMany } from ${JSON.stringify(built.libraryUrl)}
for await (const { plan } of planMany([${JSON.stringify(small('x'))}])) console.log(plan.makespanSeconds)`
    expect(await run(code)).toEqual({ code: 0, output: '20\n' })
  })
})

describe('a runner of this process', () => {
  const local = localRunner({ size: 1 })
  afterAll(() => local.close())

  it.each<[string, runner.RunHooks, string]>([
    ['cancelled under way', { signal: AbortSignal.timeout(300) }, 'CANCELLED'],
    ['cancelled before', { signal: AbortSignal.abort() }, 'CANCELLED'],
    ['out of time', { timeoutSeconds: 0.3 }, 'TIMEOUT'],
  ])(
    'gives up what is %s, and goes on',
    async (_, hooks, code) => {
      await expect(local.run(endless, { effort: 5 }, hooks)).rejects.toMatchObject({ code })
      expect((await local.run(small('next'), {})).makespanSeconds).toBe(20)
    },
    60_000,
  )

  it('outlives a thread that ends: the plan is made in another, and given up where that ends too', async () => {
    let deaths = 1
    const kill = (worker: {
      terminate(): Promise<number>
      once(event: 'message', heard: () => void): void
    }) =>
      worker.once('message', () => {
        if (deaths-- > 0) setTimeout(() => void worker.terminate(), 300)
      })
    const events = process as unknown as NodeJS.EventEmitter
    events.on('worker', kill)
    try {
      const fresh = localRunner({ size: 1 })
      const made = await fresh.run(wide(12), { effort: 3 })
      expect(deaths).toBeLessThan(0)
      expect(made.statistics.threadsNote).toBeUndefined()
      await fresh.close()
      const again = localRunner({ size: 1 })
      deaths = 2
      await expect(again.run(endless, { effort: 5 })).rejects.toMatchObject({ code: 'WORKER_LOST' })
      expect((await again.run(small('next'), {})).makespanSeconds).toBe(20)
      await again.close()
    } finally {
      events.off('worker', kill)
    }
  }, 60_000)
})
