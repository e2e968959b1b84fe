import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import type { LinearProgram, SparseRows } from '../../src/lp/types.js'
import type { WorkerHandle } from '../../src/worker/handle.js'
import { nodeEndpoint } from '../../src/worker/node-endpoint.js'
import { firstRows, generateColumns, instance, profitOf, rowsOf } from '../lp/masters.js'
import { anything, assignment, coveringMaster, createRandom, dense } from '../lp/programs.js'
import { clientUrl, createInlineLpService, createWorkerLpService, run, startNodeWorker } from './built.js'
import { fakeWorker, never } from './fakes.js'

const tiny = (): LinearProgram => dense([1], [[3, [1], Infinity]])
const oneRow = (rhs: number): SparseRows => rowsOf([{ entries: [[0, 1]], rhs }])

/** Workers as they are, kept to be terminated. */
function realWorkers() {
  const handles: WorkerHandle[] = []
  const workerFactory = () => {
    const handle = startNodeWorker()
    if (handle !== undefined) handles.push(handle)
    return handle
  }
  return { handles, workerFactory }
}

/** A thread that runs `code` behind the real Node plumbing. */
function threadRunning(code: string) {
  const worker = new Worker(code, { eval: true })
  let end = (_reason: string): void => undefined
  worker.on('error', (error) => end(`the worker failed: ${String(error)}`))
  worker.on('exit', (status) => end(`the worker ended with code ${status}`))
  return {
    worker,
    endpoint: nodeEndpoint(worker),
    onEnd(listener: (reason: string) => void) {
      end = listener
    },
    setReferenced: (referenced: boolean) => (referenced ? worker.ref() : worker.unref()),
    terminate: () => void worker.terminate(),
  }
}

describe('the worker answers as the inline service does, byte for byte', () => {
  it('programs on both backends', async () => {
    const service = createWorkerLpService()
    const inline = createInlineLpService()
    for (let seed = 1; seed <= 8; seed++) {
      const random = createRandom(seed * 31)
      for (const lp of [anything(random), anything(random, true), assignment(random, 5, 4)]) {
        for (const backend of ['auto', 'highs'] as const) {
          expect(await service.solve(lp, { backend })).toEqual(await inline.solve(lp, { backend }))
        }
      }
    }
    const large = coveringMaster(createRandom(3), 110, 500)
    const answer = await service.solve(large)
    expect(answer).toEqual(await inline.solve(large))
    expect(answer.backend).toBe('highs')
    await service.close()
  })

  it('dual masters', async () => {
    const service = createWorkerLpService()
    const inline = createInlineLpService()
    for (let seed = 1; seed <= 6; seed++) {
      const it = instance(createRandom(seed * 13), 6, 10, seed % 4)
      const remote = await service.createDualMaster(profitOf(it))
      const local = await inline.createDualMaster(profitOf(it))
      expect(await generateColumns(it, remote)).toEqual(await generateColumns(it, local))
      await remote.dispose()
      await remote.dispose()
      expect((await remote.addRowsAndSolve(rowsOf(firstRows(it)))).status).toBe('failed')
    }
    await service.close()
  })

  it('and keeps the caller’s arrays', async () => {
    const service = createWorkerLpService()
    const lp = tiny()
    await service.solve(lp)
    expect(lp.cost.length).toBe(1)
    expect(lp.value.buffer.byteLength).toBe(8)
    await service.close()
  })

  it('bad input rejects with its code', async () => {
    const service = createWorkerLpService()
    const bad = { ...tiny(), cost: Float64Array.of(Number.NaN) }
    await expect(service.solve(bad)).rejects.toMatchObject({ name: 'PlannerError', code: 'INVALID_LP' })
    await expect(service.createDualMaster(Float64Array.of(Number.NaN))).rejects.toMatchObject({
      code: 'INVALID_LP',
    })
    const master = await service.createDualMaster(Float64Array.of(1))
    await expect(master.addRowsAndSolve(oneRow(Infinity))).rejects.toMatchObject({ code: 'INVALID_LP' })
    expect(await master.addRowsAndSolve(oneRow(2))).toMatchObject({ status: 'optimal', objective: 2 })
    await service.close()
    expect(() => createWorkerLpService({ backstopSeconds: 0 })).toThrow(/backstopSeconds is 0/)
  })
})

describe('every call settles', () => {
  it('when the worker is stuck: the backstop terminates it, and the next call gets a fresh one', async () => {
    let calls = 0
    const real = createInlineLpService()
    const fake = fakeWorker(async (_, lp) =>
      ++calls === 1 ? never() : { ok: true, value: await real.solve(lp as LinearProgram) },
    )
    const service = createWorkerLpService({ workerFactory: fake.factory, backstopSeconds: 0.05 })
    expect(await service.solve(tiny())).toMatchObject({
      status: 'failed',
      note: 'no answer from the worker within 0.05 s',
    })
    expect(fake).toMatchObject({ started: 1, terminated: 1, referenced: false })
    expect(await service.solve(tiny())).toMatchObject({ status: 'optimal', objective: 3 })
    expect(fake).toMatchObject({ started: 2, terminated: 1 })
    await service.close()
    expect(fake.terminated).toBe(2)
  })

  it('when a real thread spins', async () => {
    const service = createWorkerLpService({
      backstopSeconds: 0.3,
      workerFactory: () => threadRunning('for (;;) {}'),
    })
    expect((await service.solve(tiny())).note).toBe('no answer from the worker within 0.3 s')
    await service.close()
  })

  it('when it crashes in the middle of calls: all of them fail, the next one is served', async () => {
    const real = createInlineLpService()
    let crashing = true
    const fake = fakeWorker(async (_, lp) =>
      crashing ? never() : { ok: true, value: await real.solve(lp as LinearProgram) },
    )
    const service = createWorkerLpService({ workerFactory: fake.factory })
    const pending = [service.solve(tiny()), service.solve(tiny()), service.solve(tiny())]
    setTimeout(() => fake.crash('out of memory'), 30)
    for (const answer of await Promise.all(pending)) {
      expect(answer).toMatchObject({ status: 'failed', note: 'out of memory' })
    }
    crashing = false
    expect((await service.solve(tiny())).status).toBe('optimal')
    expect(fake.started).toBe(2)
    await service.close()
  })

  it('when the real worker is terminated from outside', async () => {
    const { handles, workerFactory } = realWorkers()
    const service = createWorkerLpService({ workerFactory })
    expect((await service.solve(tiny())).status).toBe('optimal')
    const pending = service.solve(coveringMaster(createRandom(8), 30, 120, true), { backend: 'highs' })
    handles[0].terminate()
    expect(await pending).toMatchObject({ status: 'failed', note: 'the worker ended with code 1' })
    expect((await service.solve(tiny())).status).toBe('optimal')
    expect(handles.length).toBe(2)
    await service.close()
  })

  it('when it answers wrongly', async () => {
    const right = await createInlineLpService().solve(tiny())
    const wrong: unknown[] = [
      undefined,
      42,
      { ok: true },
      { ok: false, error: null },
      { ok: true, value: null },
      { ok: true, value: { ...right, status: 'splendid' } },
      { ok: true, value: { ...right, backend: 'abacus' } },
      { ok: true, value: { ...right, x: [3] } },
      { ok: true, value: { ...right, x: Float64Array.of(3, 3) } },
      { ok: true, value: { ...right, x: new Float64Array(0) } },
      { ok: true, value: { ...right, dual: Float64Array.of(1, 1) } },
      { ok: true, value: { ...right, objective: '3' } },
      { ok: true, value: { ...right, objective: Number.NaN } },
      { ok: true, value: { ...right, note: undefined } },
    ]
    for (const value of wrong) {
      const fake = fakeWorker(() => value)
      const service = createWorkerLpService({ workerFactory: fake.factory, backstopSeconds: 5 })
      expect(await service.solve(tiny()), JSON.stringify(value)).toMatchObject({
        status: 'failed',
        note: 'the worker gave an answer that cannot be right',
      })
      expect(fake.terminated).toBe(1)
      await service.close()
    }
    const fake = fakeWorker(() => ({ ok: true, value: right }))
    const service = createWorkerLpService({ workerFactory: fake.factory })
    expect(await service.solve(tiny())).toEqual(right)
    await service.close()
  })

  it('when it reports an error of its own', async () => {
    const fake = fakeWorker(() => ({ ok: false, error: { code: '', message: 'stack overflow' } }))
    const service = createWorkerLpService({ workerFactory: fake.factory })
    expect(await service.solve(tiny())).toMatchObject({
      status: 'failed',
      note: 'the worker reports: stack overflow',
    })
    await service.close()
  })

  it('when the service is closed; and later calls fail', async () => {
    const fake = fakeWorker(never)
    const service = createWorkerLpService({ workerFactory: fake.factory })
    const master = await service.createDualMaster(Float64Array.of(1))
    const pending = [service.solve(tiny()), master.addRowsAndSolve(oneRow(1))]
    setTimeout(() => void service.close(), 20)
    for (const answer of await Promise.all(pending)) {
      expect(answer).toMatchObject({ status: 'failed', note: 'the LP service is closed' })
    }
    await service.close()
    expect(await service.solve(tiny())).toMatchObject({ status: 'failed', note: 'the LP service is closed' })
    expect(fake).toMatchObject({ started: 1, terminated: 1, referenced: false })
  })

  it('when the signal aborts, before or during', async () => {
    const controller = new AbortController()
    const fake = fakeWorker(never)
    const service = createWorkerLpService({ workerFactory: fake.factory, signal: controller.signal })
    const pending = service.solve(tiny())
    setTimeout(() => controller.abort(), 20)
    expect(await pending).toMatchObject({ status: 'failed', note: 'aborted' })
    expect(await service.solve(tiny())).toMatchObject({ status: 'failed', note: 'aborted' })
    expect(fake).toMatchObject({ started: 1, terminated: 1 })
    await service.close()
  })
})

describe('a dual master outlives its worker', () => {
  it('is built again in the next one, to the same bytes', async () => {
    const it = instance(createRandom(21), 6, 9, 2)
    const rows = firstRows(it)
    const half = rows.length >> 1
    const batches = [rows.slice(half), rows.slice(0, half)].map(rowsOf)
    const { handles, workerFactory } = realWorkers()
    const service = createWorkerLpService({ workerFactory })
    const remote = await service.createDualMaster(profitOf(it))
    const local = await createInlineLpService().createDualMaster(profitOf(it))
    expect(await remote.addRowsAndSolve(batches[0])).toEqual(await local.addRowsAndSolve(batches[0]))
    handles[0].terminate()
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(await remote.addRowsAndSolve(batches[1])).toEqual(await local.addRowsAndSolve(batches[1]))
    expect(handles.length).toBe(2)
    await service.close()
  })
})

describe('without a worker calls are solved in the caller’s thread, and say so', () => {
  const note = (reason: string) => `solved in the caller's thread: no worker could be started (${reason})`

  it('where the platform has none', async () => {
    const service = createWorkerLpService({ workerFactory: () => undefined })
    expect(await service.solve(tiny())).toMatchObject({
      status: 'optimal',
      note: note('this platform has none'),
    })
    const master = await service.createDualMaster(Float64Array.of(1))
    expect(await master.addRowsAndSolve(oneRow(2))).toMatchObject({
      objective: 2,
      note: note('this platform has none'),
    })
    expect((await master.addRowsAndSolve(oneRow(1))).objective).toBe(1)
    await master.dispose()
    await service.close()
    expect((await service.solve(tiny())).status).toBe('failed')
  })

  it('where a policy forbids it', async () => {
    const service = createWorkerLpService({
      workerFactory: () => {
        throw new Error('blocked by policy')
      },
    })
    expect((await service.solve(tiny())).note).toBe(note('Error: blocked by policy'))
    await service.close()
  })

  it('where it crashes at its start', async () => {
    const service = createWorkerLpService({
      workerFactory: () => threadRunning('throw new Error("no such module")'),
    })
    const master = await service.createDualMaster(Float64Array.of(1))
    const answers = await Promise.all([service.solve(tiny()), master.addRowsAndSolve(oneRow(4))])
    expect(answers.map((a) => a.objective)).toEqual([3, 4])
    for (const a of answers) expect(a.note).toBe(note('the worker failed: Error: no such module'))
    await service.close()
  })

  it('where it speaks another protocol', async () => {
    const fake = fakeWorker(() => ({ ok: true, value: -1 }), false)
    const service = createWorkerLpService({ workerFactory: fake.factory })
    expect((await service.solve(tiny())).note).toMatch(/no worker could be started/)
    expect(fake.terminated).toBe(1)
    await service.close()
  })
})

describe('the process', () => {
  const prelude = `
    const { createWorkerLpService } = await import(${JSON.stringify(clientUrl)})
    const lp = { rowCount: 1, columnCount: 1, cost: Float64Array.of(1), columnStart: Int32Array.of(0, 1), rowIndex: Int32Array.of(0),
      value: Float64Array.of(1), rowLower: Float64Array.of(3), rowUpper: Float64Array.of(Infinity), upper: Float64Array.of(Infinity) }
    const service = createWorkerLpService()`

  it('ends though close() was forgotten, and stays while a call is pending', async () => {
    const result = await run(`${prelude}
      const master = await service.createDualMaster(Float64Array.of(1))
      const rows = { rowStart: Int32Array.of(0, 1), index: Int32Array.of(0), value: Float64Array.of(1), rhs: Float64Array.of(2) }
      const a = await service.solve(lp, { backend: 'highs' })
      const b = await master.addRowsAndSolve(rows)
      console.log(a.objective, b.objective, "[" + a.note + b.note + "]")`)
    expect(result).toEqual({ code: 0, output: '3 2 []\n' })
  })

  it('ends where nothing was called, and after close()', async () => {
    expect(await run(prelude)).toEqual({ code: 0, output: '' })
    const closed = await run(`${prelude}
      const before = await service.solve(lp)
      console.log(before.status + before.note)
      await service.close()
      console.log((await service.solve(lp)).note)`)
    expect(closed).toEqual({ code: 0, output: 'optimal\nthe LP service is closed\n' })
  })

  it('gathers no listeners, on the signal or on the worker, over many calls', async () => {
    const result = await run(`
      import { getEventListeners } from 'node:events'
      process.on('warning', (w) => console.log(w.name, w.message))
      ${prelude
        .replace(
          'createWorkerLpService()',
          'createWorkerLpService({ signal: globalThis.abort.signal, workerFactory })',
        )
        .replace(
          'const { createWorkerLpService }',
          `globalThis.abort = new AbortController()
        const { startNodeWorker } = await import(${JSON.stringify(new URL('./node-worker.js', clientUrl).href)})
        let listeners = 0
        const workerFactory = () => {
          const handle = startNodeWorker()
          const { endpoint } = handle
          return { ...handle, endpoint: { ...endpoint, addEventListener: (...args) => { listeners++; endpoint.addEventListener(...args) } } }
        }
        const { createWorkerLpService }`,
        )}
      let notes = ''
      for (let i = 0; i < 300; i++) notes += (await service.solve(lp)).note
      const during = getEventListeners(globalThis.abort.signal, 'abort').length
      await service.close()
      console.log(listeners, during, getEventListeners(globalThis.abort.signal, 'abort').length + notes)`)
    expect(result).toEqual({ code: 0, output: '1 1 0\n' })
  })
})
