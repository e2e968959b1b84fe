/** What a worker tells those who watch it: whether it lives, whether it is ready, and figures for Prometheus. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { optional } from './optional.js'
import type { JobOutcome, QueueWorker } from './worker.js'

export interface Figures {
  started(): void
  ended(outcome: JobOutcome, seconds: number): void
  /** In Prometheus' text format, and the type of its content. */
  text(): Promise<{ type: string; body: string }>
}

/** Seconds; plans take from milliseconds to minutes. */
const BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800]

/**
 * @param worker undefined until it has started
 * @throws InvalidOptionError where prom-client is not installed
 */
export async function createFigures(worker: () => QueueWorker | undefined): Promise<Figures> {
  const loaded = await optional<typeof import('prom-client') & { default?: typeof import('prom-client') }>(
    'prom-client',
    '--listen',
  )
  const { Registry, Counter, Gauge, Histogram, collectDefaultMetrics } = loaded.default ?? loaded
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const of = { registers: [registry] }
  const jobs = new Counter({
    ...{
      name: 'vmferry_jobs_total',
      help: 'Jobs that ended here, by outcome',
      labelNames: ['outcome'],
      ...of,
    },
  })
  const seconds = new Histogram({
    ...{ name: 'vmferry_job_seconds', help: 'How long jobs took here', buckets: BUCKETS, ...of },
  })
  const active = new Gauge({ name: 'vmferry_jobs_active', help: 'Jobs that are being planned here', ...of })
  const queued = new Gauge({
    ...{ name: 'vmferry_queue_jobs', help: 'Jobs of the queue, by state', labelNames: ['state'], ...of },
    async collect() {
      const counts = (await worker()?.ready()) ? await worker()?.counts() : undefined
      this.reset()
      for (const [state, count] of Object.entries(counts ?? {})) this.set({ state }, count)
    },
  })
  queued.reset()
  for (const outcome of ['planned', 'refused', 'failed'] as const) jobs.inc({ outcome }, 0)
  return {
    started: () => active.inc(),
    ended(outcome, took) {
      active.dec()
      jobs.inc({ outcome })
      seconds.observe(took)
    },
    text: async () => ({ type: registry.contentType, body: await registry.metrics() }),
  }
}

const MOST_HEAD = 8 * 1024
const PATIENCE_MS = 5_000

/** `/healthz`: the process lives; `/readyz`: it takes jobs, else 503; `/metrics`. @returns where it listens, and what ends it */
export async function listenForHealth(
  { host, port }: { host: string; port: number },
  worker: () => QueueWorker | undefined,
  figures: Figures,
): Promise<{ port: number; close(): void }> {
  const answerTo = async (path: string): Promise<[status: number, type: string, body: string]> => {
    const plain = 'text/plain; charset=utf-8'
    if (path === '/healthz') return [200, plain, 'ok\n']
    if (path === '/readyz') {
      const ready = (await worker()?.ready()) === true
      return ready ? [200, plain, 'ready\n'] : [503, plain, 'not ready\n']
    }
    if (path !== '/metrics') return [404, plain, '/healthz, /readyz and /metrics are here\n']
    const { type, body } = await figures.text()
    return [200, type, body]
  }
  const server = createServer(
    { maxHeaderSize: MOST_HEAD, requestTimeout: PATIENCE_MS },
    (request, response) => {
      const end = (status: number, type: string, body: string): void => {
        response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' })
        response.end(request.method === 'HEAD' ? undefined : body)
      }
      if (request.method !== 'GET' && request.method !== 'HEAD')
        return end(405, 'text/plain', 'GET or HEAD\n')
      const [path = ''] = (request.url ?? '').split('?', 1)
      answerTo(path).then(
        (answer) => end(...answer),
        () => end(500, 'text/plain', 'cannot be told\n'),
      )
    },
  )
  server.headersTimeout = PATIENCE_MS
  server.maxConnections = 64
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  server.unref()
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
