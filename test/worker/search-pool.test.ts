/** Plans by several threads, in the built package: worker threads of Node 20 cannot run the sources. */
import { describe, expect, it } from 'vitest'
import type { Plan } from '../../src/model/plan.js'
import type { Problem } from '../../src/model/problem.js'
import type { PlanOptions } from '../../src/plan-options.js'
import { ALONE } from '../../src/solver/exact/pool.js'
import type { WorkerHandle } from '../../src/worker/handle.js'
import { plainModes, randomList } from '../kernel/multi-mode-problems.js'
import { random as createRandom } from '../kernel/schedule-problems.js'
import { dense } from '../lp/programs.js'
import { built, createInlineLpService, createWorkerLpService, run, startNodeWorker } from './built.js'

const { check, plan } = built.library

/** Every job has a migration to every machine, in such times that no node is the bottleneck: proofs take work. */
function openShop(jobs: number, seed: number): Problem {
  let state = seed
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  // Rows and columns sum up to the same: a sum of permutations.
  const durations = Array.from({ length: jobs }, () => new Array<number>(jobs).fill(0))
  for (let k = 0; k < 3 * jobs; k++) {
    const columns = Array.from({ length: jobs }, (_, i) => i)
    for (let i = jobs - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1))
      ;[columns[i], columns[j]] = [columns[j], columns[i]]
    }
    const ticks = 1 + Math.floor(random() * 60)
    columns.forEach((column, row) => {
      durations[row][column] += ticks
    })
  }
  const cpu = { vendor: 'Intel' as const, features: [] }
  const node = (id: string) => ({ id, cpu, memoryMiB: 1e6, migrationMbps: 10000 })
  const moves = durations.flatMap((row, j) =>
    row.flatMap((durationSeconds, m) =>
      durationSeconds > 0 ? [{ vm: `${j}-${m}`, to: `machine-${m}`, durationSeconds }] : [],
    ),
  )
  return {
    version: 1,
    name: 'open-shop',
    nodes: [...durations.map((_, j) => node(`job-${j}`)), ...durations.map((_, m) => node(`machine-${m}`))],
    vms: moves.map(({ vm }) => ({ id: vm, node: `job-${vm.split('-')[0]}`, memoryMiB: 1 })),
    request: { moves },
  }
}

const stable = (result: Plan) =>
  JSON.stringify({ ...result, statistics: { ...result.statistics, runtimeSeconds: 0 } })

function newRun(options: PlanOptions = {}) {
  return new built.Run(built.checkPlanOptions({ effort: 2, thread: 'caller', ...options }))
}

/** By a pool of threads whose workers come from `workerFactory`. */
async function planWith(
  problem: Problem,
  threads: number,
  workerFactory: () => WorkerHandle | undefined,
  options: PlanOptions = {},
): Promise<Plan> {
  const { createSearchPool, planProblem, resolveProblem } = built
  const run = newRun(options)
  const lp = createInlineLpService()
  const pool = createSearchPool(threads, {
    workerFactory,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  })
  try {
    return (await planProblem(resolveProblem(problem), run, lp, pool)).plan
  } finally {
    pool.close()
    await lp.close()
  }
}

/** A worker whose messages, both ways, are each held back for some milliseconds, in order. */
function delayed(delay: () => number): WorkerHandle {
  const handle = startNodeWorker()
  if (handle === undefined) throw new Error('Node has workers')
  const inOrder = () => {
    let before = Promise.resolve()
    return (deliver: () => void) => {
      before = before.then(() => new Promise((resolve) => setTimeout(resolve, delay()))).then(deliver)
    }
  }
  const there = inOrder()
  const back = inOrder()
  const wrapped = new Map<unknown, EventListener>()
  const { endpoint } = handle
  return {
    ...handle,
    endpoint: {
      postMessage: (message, transfer) => there(() => endpoint.postMessage(message, transfer)),
      addEventListener(type, listener) {
        const late: EventListener = (event) =>
          back(() => (typeof listener === 'function' ? listener(event) : listener.handleEvent(event)))
        wrapped.set(listener, late)
        endpoint.addEventListener(type, late)
      },
      removeEventListener(type, listener) {
        endpoint.removeEventListener(type, wrapped.get(listener) ?? (listener as EventListener))
      },
    },
  }
}

describe('with several threads', () => {
  // It takes the proof of another incumbent, epoch after epoch, and is not done with it.
  const shop = openShop(7, 2)

  let turn = 0
  it.each<[threads: number, delay: () => number]>([
    [2, () => 20 * Math.random()],
    [3, () => (turn++ % 5 === 0 ? 40 : 1)],
  ])(
    '%i make the same plan whichever is the faster',
    async (threads, delay) => {
      const prompt = await plan(shop, { effort: 2, threads })
      expect(stable(await planWith(shop, threads, () => delayed(delay)))).toBe(stable(prompt))
      expect(check(shop, prompt)).toEqual([])
      expect(prompt.statistics.threads).toBe(threads)
      expect(prompt.statistics.threadsNote).toBeUndefined()
      expect(prompt.statistics.failures).toBeGreaterThan(1000)
    },
    60_000,
  )

  it('restarts of the joint search come out as they do in one thread', async () => {
    const { createSearchPool, loadKernel, runRestarts } = built
    const kernel = await loadKernel()
    const random = createRandom(7)
    const problem = plainModes(random, 20, 6)
    const tasks = Array.from({ length: 5 }, (_, seed) => ({
      problem,
      list: randomList(random, problem),
      evaluations: 5000,
      seed,
      makespanBound: 0,
      costBound: 0,
      keep: 3,
    }))
    const alone = newRun()
    const plans = await runRestarts(kernel, alone, ALONE, tasks)
    for (const threads of [2, 3]) {
      const pool = createSearchPool(threads, { workerFactory: () => delayed(() => 15 * Math.random()) })
      const run = newRun()
      expect(await runRestarts(kernel, run, pool, tasks)).toEqual(plans)
      expect(run.counters).toEqual(alone.counters)
      expect(pool.threads).toBe(threads)
      pool.close()
    }
  }, 60_000)

  it('what is proven is what one thread proves', async () => {
    for (const seed of [1, 4, 6]) {
      const problem = openShop(6, seed)
      const [one, two] = [await plan(problem, { effort: 2 }), await plan(problem, { effort: 2, threads: 2 })]
      expect([one.proven, two.proven]).toEqual([true, true])
      expect(two.makespanSeconds).toBe(one.makespanSeconds)
    }
  }, 60_000)

  it('one thread is the default', async () => {
    expect(stable(await plan(shop, { effort: 1, threads: 1 }))).toBe(stable(await plan(shop, { effort: 1 })))
  }, 60_000)

  it('0 is the number of cores, and the plan names it', async () => {
    const result = await plan(shop, { effort: 1, threads: 0 })
    expect(result.statistics.threads).toBeGreaterThanOrEqual(1)
  }, 60_000)
})

describe('a search in several threads ends', () => {
  const large = openShop(9, 3)

  it('at the time limit', async () => {
    const started = performance.now()
    const result = await plan(large, { effort: 5, threads: 2, timeLimitSeconds: 1.5 })
    expect(performance.now() - started).toBeLessThan(6000)
    expect(check(large, result)).toEqual([])
  }, 60_000)

  it('when it is aborted, also while it waits for a helper', async () => {
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 1500)
    const started = performance.now()
    const result = await planWith(large, 2, () => delayed(() => 5000), {
      effort: 5,
      signal: controller.signal,
    })
    expect(performance.now() - started).toBeLessThan(6000)
    expect(check(large, result)).toEqual([])
    expect(result.statistics.threadsNote).toBeUndefined()
  }, 60_000)

  it('and no worker keeps the process alive', async () => {
    const script = `
      import { plan } from ${JSON.stringify(built.libraryUrl)}
      const result = await plan(${JSON.stringify(openShop(6, 5))}, { effort: 1, threads: 2 })
      console.log(result.statistics.threads)`
    expect(await run(script, 60)).toEqual({ code: 0, output: '2\n' })
  }, 60_000)
})

describe('kept workers', () => {
  it('serve one plan after another: none starts twice, and the plans are the same', async () => {
    const { Workers } = built.library
    const workers = new Workers()
    const shop = openShop(6, 1)
    let started = 0
    const planKept = async () => {
      const pool = built.createSearchPool(2, {
        workers,
        workerFactory() {
          started++
          return startNodeWorker()
        },
      })
      const lp = createInlineLpService()
      try {
        return (await built.planProblem(built.resolveProblem(shop), newRun(), lp, pool)).plan
      } finally {
        pool.close()
      }
    }
    const plans = [await planKept(), await planKept(), await planKept()]
    expect(started).toBe(1)
    expect(new Set(plans.map(stable)).size).toBe(1)
    workers.close()
    await planKept()
    expect(started).toBe(2)
  }, 60_000)

  it('serve linear programs, too', async () => {
    const { Workers } = built.library
    const workers = new Workers()
    let started = 0
    const solve = async () => {
      const service = createWorkerLpService({
        workers,
        workerFactory() {
          started++
          return startNodeWorker()
        },
      })
      const solution = await service.solve(dense([1], [[3, [1], Infinity]]))
      await service.close()
      return solution.objective
    }
    expect([await solve(), await solve()]).toEqual([3, 3])
    expect(started).toBe(1)
    workers.close()
  }, 60_000)

  it('end with their plan where it is aborted', async () => {
    const { Workers } = built.library
    const workers = new Workers()
    const large = openShop(9, 3)
    const result = await plan(large, { effort: 5, threads: 2, timeLimitSeconds: 1.5, workers })
    expect(check(large, result)).toEqual([])
    expect(workers.take()).toBeUndefined()
  }, 60_000)
})

describe('without helpers', () => {
  const shop = openShop(7, 2)

  it('where none can be started, one thread makes its plan and says so', async () => {
    const alone = await planWith(shop, 2, () => undefined)
    expect(alone.statistics).toMatchObject({
      threads: 1,
      threadsNote: 'one thread: no worker could be started (this platform has none)',
    })
    const one = await plan(shop, { effort: 2 })
    expect(alone.migrations).toEqual(one.migrations)
    expect(alone.statistics.failures).toBe(one.statistics.failures)
  }, 60_000)

  it('where one throws, the other is not left running', async () => {
    let terminated = 0
    let turn = 0
    const factory = () => {
      if (turn++ === 1) throw new Error('no more')
      const handle = delayed(() => 0)
      const terminate = () => {
        terminated++
        handle.terminate()
      }
      return { ...handle, terminate }
    }
    const result = await planWith(shop, 3, factory)
    expect(result.statistics.threadsNote).toMatch(/no more/)
    expect(terminated).toBe(1)
  }, 60_000)

  it('where one crashes on the way, the rest is done in one thread and the plan says so', async () => {
    let calls = 0
    const factory = () => {
      const handle = delayed(() => 0)
      let crash = (_reason: string): void => undefined
      return {
        ...handle,
        endpoint: {
          ...handle.endpoint,
          postMessage(message: unknown) {
            handle.endpoint.postMessage(message)
            if (++calls === 6) crash('it crashed')
          },
        },
        onEnd(listener: (reason: string) => void) {
          crash = listener
          handle.onEnd(listener)
        },
      }
    }
    const result = await planWith(shop, 2, factory)
    expect(check(shop, result)).toEqual([])
    expect(result.statistics).toMatchObject({
      threads: 1,
      threadsNote: 'a helper was lost (it crashed): the rest in one thread',
    })
    expect(result.makespanSeconds).toBeGreaterThanOrEqual(result.lowerBoundSeconds)
  }, 60_000)
})
