/** `vmferry serve --api`: plans, explanations, checks and imports over HTTP (docs/api.md). */
import { type Context, Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { ExplainOptions } from '../explain/options.js'
import type { PlanOptions } from '../plan-options.js'
import { formOf, limitedBody, Room, textOf } from './body.js'
import type { Engine } from './engine.js'
import { bearerToken, type ServerEnv } from './guard.js'
import { readImport } from './import-form.js'
import { Job, type JobHooks, type JobKind, Jobs, type JobView } from './jobs.js'
import { EXPLAIN_PARAMETERS, type Parameter, PLAN_PARAMETERS, readQuery } from './query.js'
import { BUSY, type Refusal, Refused, refusalOf, refuse } from './refusal.js'

export interface ApiLimits {
  /** Of one body. */
  mostBytes: number
  /** Of all bodies that are held at once, jobs' included. */
  roomBytes: number
  /** For the search of one job, which then has found what it has found. */
  jobSeconds: number
  /** For a check or an import. */
  callSeconds: number
  /** Jobs that wait for their turn. */
  mostWaiting: number
  /** Jobs that have ended and are remembered. */
  mostKept: number
  keepSeconds: number
  /** Clients that watch jobs. */
  mostStreams: number
}

export const DEFAULT_LIMITS: ApiLimits = {
  mostBytes: 16 * 2 ** 20,
  roomBytes: 256 * 2 ** 20,
  jobSeconds: 300,
  callSeconds: 60,
  mostWaiting: 100,
  mostKept: 100,
  keepSeconds: 900,
  mostStreams: 64,
}

export interface ApiParts {
  engine: Engine
  token: string
  version: string
  /** JSON. */
  openapi: string
  limits: ApiLimits
  /** As of `createApp`, of those in jobs. */
  internal?: ((error: unknown) => void) | undefined
}

/** For a request that says nothing of it, to be answered by the result itself … */
const WAIT_SECONDS = 2
/** … and at most, whatever it says. */
const MOST_WAIT_SECONDS = 30
const HEARTBEAT_SECONDS = 15
/** Beyond the time that a search is given, for what is not searching: then its thread is given up. */
const GRACE_SECONDS = 30
const JSON_TYPE = { 'content-type': 'application/json', 'cache-control': 'no-store' }
/** Characters of all results that are remembered. */
const MOST_CHARACTERS = 128 * 2 ** 20

/** Methods by path: all else is refused by them. */
export const ROUTES = {
  '/health': ['GET'],
  '/openapi.json': ['GET'],
  '/plan': ['POST'],
  '/explain': ['POST'],
  '/check': ['POST'],
  '/import': ['POST'],
  '/jobs/:id': ['GET', 'DELETE'],
} as const

export function createApi({ engine, token, version, openapi, limits, internal }: ApiParts) {
  const routes = new Hono<ServerEnv>()
  const room = new Room(limits.roomBytes)
  const jobs = new Jobs({
    atOnce: engine.atOnce,
    mostWaiting: limits.mostWaiting,
    mostKept: limits.mostKept,
    mostCharacters: MOST_CHARACTERS,
    keepSeconds: limits.keepSeconds,
  })
  let streams = 0

  routes.get('/health', (c) =>
    c.json({ status: jobs.stopping ? 'stopping' : 'ok', version }, jobs.stopping ? 503 : 200),
  )
  routes.get('/openapi.json', (c) => c.body(openapi, 200, { 'content-type': 'application/json' }))

  const known = bearerToken(token)
  for (const path of Object.keys(ROUTES))
    if (path !== '/health' && path !== '/openapi.json') routes.use(path, known)
  const json = limitedBody('application/json', limits.mostBytes, room)
  const form = limitedBody('multipart/form-data', limits.mostBytes, room)

  routes.post('/plan', json, async (c) => {
    const options = readOptions<Parameters<Engine['plan']>[1]>(c, PLAN_PARAMETERS)
    const problem = await textOf(c)
    return startJob(c, 'plan', (hooks) =>
      engine.plan(problem, options, hooks, limits.jobSeconds + GRACE_SECONDS),
    )
  })

  routes.post('/explain', json, async (c) => {
    const options = readOptions<ExplainOptions>(c, EXPLAIN_PARAMETERS)
    const problem = await textOf(c)
    return startJob(c, 'explain', (hooks) =>
      engine.explain(problem, options, hooks, limits.jobSeconds + GRACE_SECONDS),
    )
  })

  routes.post('/check', json, async (c) =>
    c.body(await engine.check(await textOf(c), limits.callSeconds), 200, JSON_TYPE),
  )

  routes.post('/import', form, async (c) =>
    c.body(await engine.importForm(await readImport(await formOf(c)), limits.callSeconds), 200, JSON_TYPE),
  )

  routes.get('/jobs/:id', async (c) => {
    const job = jobOf(c)
    if (!/\btext\/event-stream\b/.test(c.req.header('accept') ?? '')) {
      await job.settled(preferredWait(c, 0))
      return c.body(told(job), 200, JSON_TYPE)
    }
    if (streams >= limits.mostStreams) return refuse(c, BUSY)
    streams++
    return streamSSE(c, (stream) => watch(job, stream).finally(() => streams--))
  })

  routes.delete('/jobs/:id', (c) => {
    jobs.remove(jobOf(c))
    return c.body(null, 204)
  })

  for (const [path, methods] of Object.entries(ROUTES))
    routes.all(path, (c) =>
      refuse(c, {
        status: 405,
        code: 'METHOD_NOT_ALLOWED',
        detail: `this path takes ${methods.join(' and ')}`,
        headers: { allow: methods.join(', ') },
      }),
    )

  function readOptions<T extends Pick<PlanOptions, 'timeLimitSeconds'>>(
    c: Context<ServerEnv>,
    parameters: Readonly<Record<string, Parameter>>,
  ): T {
    const given = readQuery(new URL(c.req.url).searchParams, parameters) as unknown as T
    return {
      ...given,
      timeLimitSeconds: Math.min(given.timeLimitSeconds ?? limits.jobSeconds, limits.jobSeconds),
    }
  }

  function jobOf(c: Context<ServerEnv>): Job {
    const job = jobs.get(c.req.param('id') ?? '')
    if (job !== undefined) return job
    throw new Refused({
      status: 404,
      code: 'NO_SUCH_JOB',
      detail: 'there is no job of this id: it never was, was deleted, or ended too long ago',
    })
  }

  function refusalOfJob(error: unknown): Refusal {
    const refusal = refusalOf(error)
    if (refusal.code === 'INTERNAL') internal?.(error)
    return refusal
  }

  /** Answers with the result where it comes soon, else with where it will be. */
  async function startJob(
    c: Context<ServerEnv>,
    kind: JobKind,
    work: (hooks: JobHooks) => Promise<string>,
  ): Promise<Response> {
    const wait = preferredWait(c, WAIT_SECONDS)
    const job = new Job(kind, work, refusalOfJob)
    if (!jobs.add(job))
      return refuse(c, jobs.stopping ? STOPPING : { ...BUSY, status: 429, code: 'QUEUE_FULL' })
    const { release } = c.var
    c.set('release', undefined)
    void job.end.then(release)
    // Who has gone would never learn the job's id.
    const gone = (): void => jobs.remove(job)
    c.env.outgoing.once('close', gone)
    const settled = await job.settled(wait)
    c.env.outgoing.off('close', gone)
    if (!settled) {
      const location = `/jobs/${job.view.id}`
      return c.json(job.view, 202, { location, 'retry-after': '1', 'cache-control': 'no-store' })
    }
    jobs.remove(job)
    const { error } = job.view
    if (error !== undefined) return refuse(c, error)
    if (job.result === undefined) return refuse(c, STOPPING)
    return c.body(job.result, 200, JSON_TYPE)
  }

  return {
    routes,
    /** Takes no job more, gives those that run so many seconds, and ends its threads. */
    async stop(graceSeconds: number): Promise<void> {
      await jobs.stop(graceSeconds)
      await engine.close()
    },
  }
}

const STOPPING = { ...BUSY, code: 'STOPPING', detail: 'the server is about to stop' }

/** Seconds, as RFC 7240 has it: `Prefer: wait=10`, `Prefer: respond-async`. */
function preferredWait(c: Context<ServerEnv>, otherwise: number): number {
  const asked = c.req.header('prefer') ?? ''
  const wait = /(?:^|[,;]) *wait *= *(\d{1,9}) *(?:$|[,;])/i.exec(asked)?.[1]
  if (wait !== undefined) return Math.min(MOST_WAIT_SECONDS, Number(wait))
  return /(?:^|[,;]) *respond-async *(?:$|[,;])/i.test(asked) ? 0 : otherwise
}

/** JSON, with the result where there is one. */
function told(job: Job): string {
  const view = JSON.stringify(job.view satisfies JobView)
  return job.view.state === 'done' ? `${view.slice(0, -1)},"result":${job.result}}` : view
}

/** Tells each change, or the latest of those that came while the client was slow, and then the end. */
async function watch(job: Job, stream: Parameters<Parameters<typeof streamSSE>[1]>[0]): Promise<void> {
  for (let seen = -1; !stream.aborted; ) {
    const version = await job.changed(seen, HEARTBEAT_SECONDS)
    if (job.ended) return stream.writeSSE({ event: job.view.state, data: told(job) })
    if (version === seen) await stream.write(': still there\n\n')
    else await stream.writeSSE({ event: 'progress', data: told(job) })
    seen = version
  }
}
