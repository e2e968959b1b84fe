/** A worker of the queue: takes problems, plans them in threads of this process, and puts the results in their place. */
import type { EventEmitter } from 'node:events'
import { PlannerError } from '../../errors.js'
import type { Problem } from '../../model/problem.js'
import type { Progress } from '../../solver/progress.js'
import { answer } from '../../worker/protocol.js'
import { localRunner, type PlanRunner } from '../runner.js'
import { loadQueuePackages, type QueueAddress, waitForConnection } from './connection.js'
import { type JobData, MOST_STALLS, REPORT_MS } from './jobs.js'

/** `planned`; `refused`: the problem is none; `failed`: an attempt that may be made again. */
export type JobOutcome = 'planned' | 'refused' | 'failed'

export interface QueueWorkerOptions {
  address: QueueAddress
  /** Plans at once; undefined: as many as there are cores. */
  jobs: number | undefined
  /** A worker that is silent for so long is taken for dead, and its jobs are given to others. > 0. */
  lockSeconds: number
  onStart?(): void
  onEnd?(outcome: JobOutcome, seconds: number): void
  notify(message: string): void
  /** Default: threads of this process. */
  runner?: PlanRunner
}

export interface QueueWorker {
  atOnce: number
  /** Whether Redis answers. */
  ready(): Promise<boolean>
  /** Jobs of the queue by state. */
  counts(): Promise<Record<string, number>>
  /** Takes no more jobs, and waits for those under way; after so many seconds they are given back. */
  stop(graceSeconds: number): Promise<void>
}

/** What the same problem would end with again, on any worker. */
const REFUSALS = new Set(['INVALID_PROBLEM', 'INVALID_OPTION'])
const READY_MS = 2_000
const COUNTED = ['waiting', 'prioritized', 'delayed', 'active', 'completed', 'failed'] as const

/** @throws InvalidOptionError where a package is missing or the queue cannot be reached */
export async function startQueueWorker(options: QueueWorkerOptions): Promise<QueueWorker> {
  const { address, jobs, lockSeconds, notify } = options
  const { bullmq, connect } = await loadQueuePackages()
  const client = connect(address)
  await waitForConnection(client, address)
  const runner = options.runner ?? localRunner(jobs === undefined ? {} : { size: jobs })
  const leaving = new AbortController()

  const worker = new bullmq.Worker<JobData, null>(
    address.name,
    async (job, token) => {
      if ('answer' in job.data) return null
      const { problem, options: jobOptions, timeoutSeconds, watched } = job.data
      const began = performance.now()
      let outcome: JobOutcome = 'failed'
      let reported = Number.NEGATIVE_INFINITY
      const onProgress = (progress: Progress): void => {
        if (performance.now() - reported < REPORT_MS) return
        reported = performance.now()
        // A report that is lost is followed by another, or by the plan.
        job.updateProgress({ ...progress }).catch(() => undefined)
      }
      options.onStart?.()
      try {
        const made = await answer(() =>
          runner.run(JSON.parse(problem) as Problem, jobOptions, {
            timeoutSeconds,
            signal: leaving.signal,
            ...(watched && { onProgress }),
          }),
        )
        if (leaving.signal.aborted) {
          await job.moveToWait(token)
          throw new bullmq.WaitingError()
        }
        if (!made.ok && !REFUSALS.has(made.error.code))
          throw attemptError(made.error.code, made.error.message)
        await job.updateData({ answer: made })
        outcome = made.ok ? 'planned' : 'refused'
        return null
      } finally {
        options.onEnd?.(outcome, (performance.now() - began) / 1000)
      }
    },
    {
      connection: client,
      concurrency: runner.atOnce,
      lockDuration: lockSeconds * 1000,
      stalledInterval: lockSeconds * 1000,
      maxStalledCount: MOST_STALLS,
    },
  )
  const queue = new bullmq.Queue<JobData>(address.name, { connection: client })

  /** What took too long once takes too long again; all else is tried again after a while. */
  function attemptError(code: string, message: string): Error {
    const reason = `${code || 'INTERNAL'}: ${message}`
    return code === 'TIMEOUT' ? new bullmq.UnrecoverableError(reason) : new PlannerError(code, reason)
  }

  let connected = true
  const tell = (now: boolean) => (): void => {
    if (connected === now) return
    connected = now
    if (!leaving.signal.aborted)
      notify(now ? 'the queue is back' : 'the connection to the queue is lost; waiting for it')
  }
  client.on('close', tell(false)).on('ready', tell(true))
  for (const each of [client, queue, worker] as EventEmitter[]) each.on('error', () => undefined)
  await worker.waitUntilReady()

  return {
    atOnce: runner.atOnce,
    async ready() {
      let timer: ReturnType<typeof setTimeout> | undefined
      const late = new Promise<false>((resolve) => {
        timer = setTimeout(() => resolve(false), READY_MS)
      })
      const answered = client.ping().then(
        () => worker.isRunning() && !worker.closing,
        () => false,
      )
      return (await Promise.race([answered, late]).finally(() => clearTimeout(timer))) === true
    },
    counts: () => queue.getJobCounts(...COUNTED),
    async stop(graceSeconds) {
      let timer: ReturnType<typeof setTimeout> | undefined
      const out = new Promise<'out'>((resolve) => {
        timer = setTimeout(() => resolve('out'), graceSeconds * 1000)
      })
      const closed = worker.close()
      if ((await Promise.race([closed, out])) === 'out') {
        // They are given back at once, so that others need not wait for a lock.
        leaving.abort()
        await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, READY_MS))])
      }
      clearTimeout(timer)
      leaving.abort()
      await queue.close().catch(() => undefined)
      client.disconnect()
      await runner.close()
    },
  }
}
