/** The API with a queue: plans by workers in processes of their own, over a real Redis. It runs dist/: build first. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Plan } from '../../src/model/plan.js'
import type { Problem } from '../../src/model/problem.js'
import { type Command, endAll, freePort, Redis, startWorker, vmferry, whyNoRedis } from '../batch/redis.js'
import { withoutClock } from '../solver/problems.js'
import { built } from '../worker/built.js'

const SECRET = 'ge heim%/:@'
const TOKEN = 'a-token-that-nobody-may-see'
const missing = whyNoRedis()
if (missing !== undefined) console.log(missing)

describe.skipIf(missing !== undefined)('the API with a queue', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vmferry-api-queue-'))
  const problem = readFileSync(
    new URL('../../examples/maintenance-night/problem.json', import.meta.url),
    'utf8',
  )
  let redis: Redis
  let server: Command
  let url = ''
  let env: Record<string, string> = {}

  beforeAll(async () => {
    const port = await freePort()
    redis = new Redis(['--port', String(port), '--requirepass', SECRET])
    await redis.start()
    env = { VMFERRY_QUEUE: `redis://127.0.0.1:${port}`, VMFERRY_REDIS_PASSWORD: SECRET, VMFERRY_TOKEN: TOKEN }
    server = vmferry(folder, env, 'serve', '--api', '--port', '0', '--queue')
    await vi.waitUntil(() => /http:\S+/.test(server.output()), { timeout: 30_000 })
    url = /http:\S+/.exec(server.output())![0]
  })
  afterAll(async () => {
    endAll()
    await redis.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const send = (path: string, body?: string, prefer = 'wait=30') =>
    fetch(new URL(path, url), {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', prefer },
      ...(body === undefined ? {} : { body }),
    })

  it('a job waits for a worker, and is the plan that plan() makes', async () => {
    const started = await send('/plan?effort=1&seed=3', problem, 'respond-async')
    expect(started.status).toBe(202)
    const at = started.headers.get('location')!
    expect(await (await send(at, undefined, 'wait=1')).json()).toMatchObject({ state: 'running' })
    await startWorker(folder, env, '--lock', '2')
    const { state, result } = (await (await send(at)).json()) as { state: string; result: Plan }
    expect(state).toBe('done')
    const wanted = await built.library.plan(JSON.parse(problem) as Problem, { effort: 1, seed: 3 })
    expect(withoutClock(result)).toBe(withoutClock(wanted))
  })

  it('a job tells how it goes at its worker', async () => {
    const at = (await send('/plan?effort=3&seed=4', problem, 'respond-async')).headers.get('location')!
    const stream = await fetch(new URL(at, url), {
      headers: { authorization: `Bearer ${TOKEN}`, accept: 'text/event-stream' },
    })
    const events = await stream.text()
    expect(events).toMatch(/event: progress\ndata: .*"progress":\{"phase":"\w+","elapsedSeconds":/)
    expect(events).toMatch(/event: done\n/)
  })

  it('faults are told as without a queue', async () => {
    const answer = await send('/plan', '{"version":1}')
    expect(answer.status).toBe(422)
    expect(await answer.json()).toMatchObject({ code: 'INVALID_PROBLEM', issues: { length: 3 } })
    expect((await send('/plan', '{')).status).toBe(400)
  })

  it('a stop is one in order, and nothing secret was said', async () => {
    server.child.kill('SIGTERM')
    expect(await server.end).toBe('0')
    for (const secret of [TOKEN, SECRET, encodeURIComponent(SECRET)])
      expect(server.output()).not.toContain(secret)
  })
})
