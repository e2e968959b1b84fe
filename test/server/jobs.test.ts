/** Jobs, with an engine that does what it is told: how many there are, wait, are remembered, and what becomes of them. */
import { afterEach, describe, expect, it } from 'vitest'
import { PlannerError } from '../../src/errors.js'
import { type ApiLimits, createApi, DEFAULT_LIMITS } from '../../src/server/api.js'
import { createApp } from '../../src/server/app.js'
import type { Engine } from '../../src/server/engine.js'
import type { JobHooks } from '../../src/server/jobs.js'
import { type Listening, listen } from '../../src/server/listen.js'
import type { Progress } from '../../src/solver/progress.js'

const TOKEN = 'a-token-of-the-tests-0123456789'

interface Making {
  name: string
  finish(plan?: object): void
  fail(error: Error): void
  tell(makespanSeconds: number): void
  aborted: boolean
}

let server: Listening | undefined
let api: ReturnType<typeof createApi> | undefined
afterEach(async () => {
  await Promise.all([api?.stop(0), server?.stop(0)])
})

/** One plan at once; each is made when the test says so. */
async function start(limits: Partial<ApiLimits> = {}) {
  const making: Making[] = []
  const engine = {
    atOnce: 1,
    plan: (problem: string, _: unknown, { signal, onProgress }: JobHooks) =>
      new Promise<string>((resolve, reject) => {
        const each: Making = {
          name: (JSON.parse(problem) as { name: string }).name,
          finish: (plan = {}) => resolve(JSON.stringify(plan)),
          fail: reject,
          tell: (makespanSeconds) => onProgress({ makespanSeconds } as Progress),
          aborted: false,
        }
        signal.addEventListener('abort', () => {
          each.aborted = true
          reject(new PlannerError('CANCELLED', 'it was cancelled'))
        })
        making.push(each)
      }),
    close: async () => undefined,
  } as unknown as Engine
  const log: string[] = []
  const internal: unknown[] = []
  api = createApi({
    engine,
    token: TOKEN,
    version: '1',
    openapi: '{}',
    limits: { ...DEFAULT_LIMITS, ...limits },
    internal: (error) => internal.push(error),
  })
  server = await listen(
    createApp({ page: undefined, api: api.routes, log: (line) => log.push(line) }).fetch,
    { port: 0 },
  )
  const { url } = server
  const send = async (method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
    fetch(new URL(path, url), {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, ...headers },
      ...(body === undefined ? {} : { body }),
    })
  return {
    making,
    log,
    internal,
    send,
    get: async (path: string, headers = {}) =>
      (await send('GET', path, headers)).json() as Promise<Record<string, unknown>>,
    async plan(name: string, prefer = 'respond-async') {
      const answer = await send(
        'POST',
        '/plan',
        { 'content-type': 'application/json', prefer },
        JSON.stringify({ name }),
      )
      return {
        status: answer.status,
        at: answer.headers.get('location') ?? '',
        body: (await answer.json()) as Record<string, unknown>,
      }
    },
  }
}

const soon = async (holds: () => boolean) => {
  for (let i = 0; i < 200 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 10))
  expect(holds()).toBe(true)
}

describe('jobs', () => {
  it('run in their order, so many at once, and are told apart', async () => {
    const { making, plan, get, log, internal } = await start()
    const [a, b] = [await plan('a'), await plan('b')]
    expect([a.body.state, b.body.state]).toEqual(['running', 'queued'])
    expect(making.map(({ name }) => name)).toEqual(['a'])
    making[0]!.finish({ of: 'a' })
    await soon(() => making.length === 2)
    expect(await get(a.at)).toMatchObject({ state: 'done', result: { of: 'a' } })
    making[1]!.tell(50)
    expect(await get(b.at)).toMatchObject({ state: 'running', progress: { makespanSeconds: 50 } })
    const fault = new TypeError('secret-vm has no node')
    making[1]!.fail(fault)
    const { error } = await get(b.at, { prefer: 'wait=5' })
    expect(error).toEqual({ status: 500, code: 'INTERNAL', detail: 'an internal error of vmferry' })
    expect(internal).toEqual([fault])
    expect(log.join()).not.toContain('secret')
  })

  it('more than may wait are refused, and again taken once there is room', async () => {
    const { making, plan, send } = await start({ mostWaiting: 1 })
    const [, b] = [await plan('a'), await plan('b')]
    const refused = await plan('c')
    expect([refused.status, refused.body.code]).toEqual([429, 'QUEUE_FULL'])
    expect((await send('DELETE', b.at)).status).toBe(204)
    expect((await plan('d')).status).toBe(202)
    making[0]!.finish()
    await soon(() => making.length === 2)
    expect(making[1]!.name).toBe('d')
  })

  it('bodies beyond the room are refused until jobs give it back', async () => {
    const { making, plan } = await start({ mostBytes: 100, roomBytes: 120 })
    const name = 'x'.repeat(60)
    expect((await plan(name)).status).toBe(202)
    const refused = await plan(name)
    expect([refused.status, refused.body.code]).toEqual([503, 'BUSY'])
    making[0]!.finish()
    await soon(() => making[0] !== undefined)
    expect((await plan(name)).status).toBe(202)
  })

  it('DELETE ends one that runs', async () => {
    const { making, plan, send } = await start()
    const { at } = await plan('a')
    const watching = send('GET', at, { accept: 'text/event-stream' }).then((answer) => answer.text())
    await soon(() => making.length === 1)
    expect((await send('DELETE', at)).status).toBe(204)
    expect(making[0]!.aborted).toBe(true)
    expect(await watching).toMatch(/event: cancelled\ndata: .*"state":"cancelled"/)
    expect((await send('GET', at)).status).toBe(404)
    expect((await send('DELETE', at)).status).toBe(404)
  })

  it('a client that goes while it waits takes its job along', async () => {
    const { making, plan, send } = await start()
    const leaving = new AbortController()
    const url = server!.url
    const gone = fetch(new URL('/plan', url), {
      method: 'POST',
      body: '{"name":"a"}',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', prefer: 'wait=30' },
      signal: leaving.signal,
    }).catch(() => 'gone')
    await soon(() => making.length === 1)
    leaving.abort()
    expect(await gone).toBe('gone')
    await soon(() => making[0]!.aborted)
    expect((await plan('b')).status).toBe(202)
    expect((await send('GET', '/health')).status).toBe(200)
  })

  it('those that have ended are forgotten: beyond so many, and after a while', async () => {
    const { making, plan, get, send } = await start({ mostKept: 2, keepSeconds: 0.4 })
    const places: string[] = []
    for (const name of ['a', 'b', 'c']) {
      const { at } = await plan(name)
      places.push(at)
      await soon(() => making.at(-1)?.name === name)
      making.at(-1)!.finish({ of: name })
      await get(at, { prefer: 'wait=5' })
    }
    const states = async () => Promise.all(places.map(async (at) => (await send('GET', at)).status))
    expect(await states()).toEqual([404, 200, 200])
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(await states()).toEqual([404, 404, 404])
  })

  it('more watchers than there may be are refused', async () => {
    const { making, plan, send } = await start({ mostStreams: 1 })
    const { at } = await plan('a')
    const leaving = new AbortController()
    const first = await fetch(new URL(at, server!.url), {
      headers: { authorization: `Bearer ${TOKEN}`, accept: 'text/event-stream' },
      signal: leaving.signal,
    })
    expect(first.status).toBe(200)
    expect((await send('GET', at, { accept: 'text/event-stream' })).status).toBe(503)
    leaving.abort()
    making[0]!.tell(5)
    let status = 0
    for (let i = 0; i < 100 && status !== 200; i++) {
      making[0]!.tell(i)
      const again = await send('GET', at, { accept: 'text/event-stream' })
      status = again.status
      if (status === 200) making[0]!.finish()
      await again.text()
    }
    expect(status).toBe(200)
  })

  it('a stop lets those that run end, ends those that wait, and takes none more', async () => {
    const { making, plan, get, send } = await start()
    const waiting = plan('a', 'wait=30')
    await soon(() => making.length === 1)
    const queued = plan('b', 'wait=30')
    await soon(() => server !== undefined)
    await new Promise((resolve) => setTimeout(resolve, 100))
    const stopped = api!.stop(5)
    expect((await queued).status).toBe(503)
    expect((await plan('c')).body.code).toBe('STOPPING')
    expect(await get('/health')).toMatchObject({ status: 'stopping' })
    making[0]!.finish({ of: 'a' })
    expect(await waiting).toMatchObject({ status: 200, body: { of: 'a' } })
    await stopped
    expect((await send('GET', '/health')).status).toBe(503)
  })

  it('of a stop that takes too long, those that run are ended', async () => {
    const { making, plan } = await start()
    const waiting = plan('a', 'wait=30')
    await soon(() => making.length === 1)
    await api!.stop(0.1)
    expect(making[0]!.aborted).toBe(true)
    expect((await waiting).status).toBe(503)
  })
})
