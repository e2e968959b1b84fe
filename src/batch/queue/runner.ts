/** Plans that workers elsewhere make: each problem is a job of the queue, by its content, and its result is fetched from there. */
import type { EventEmitter } from 'node:events'
import { PlannerError } from '../../errors.js'
import type { Plan } from '../../model/plan.js'
import type { Progress } from '../../solver/progress.js'
import { plannerErrorOf } from '../../worker/protocol.js'
import { contentKey } from '../key.js'
import type { PlanRunner } from '../runner.js'
import { loadQueuePackages, type QueueAddress, waitForConnection } from './connection.js'
import {
  ATTEMPTS,
  BACKOFF_MS,
  JOB_NAME,
  type JobData,
  jobId,
  KEEP_SECONDS,
  MOST_EVENTS,
  type QueuedProblem,
  REASON,
} from './jobs.js'

export interface QueueRunnerOptions {
  address: QueueAddress
  version: string
  /** 1 is taken first; 2,097,151 last. Default: behind none and before all that have one. */
  priority?: number | undefined
  /** Problems in the queue at once. */
  atOnce?: number
  /** Told once for each change: that nobody works, that the connection is lost, that it is back. */
  notify(message: string): void
}

const AT_ONCE = 128
/** Jobs are looked at so often, whatever events say: events may be lost with a connection, jobs with a Redis that forgets. */
const LOOK_MS = 3_000
/** Jobs that are looked at at once. */
const LOOKED = 32

type Settled = { plan: Plan } | { error: Error }

/** A job, and those in this process who asked for it: most often one. */
interface Waiting {
  data: QueuedProblem
  settle: Set<(settled: Settled) => void>
  watch: Set<(progress: Progress) => void>
}

/** @throws InvalidOptionError where a package is missing or the queue cannot be reached */
export async function queueRunner(options: QueueRunnerOptions): Promise<PlanRunner> {
  const { address, version, priority, atOnce = AT_ONCE, notify } = options
  const { bullmq, connect } = await loadQueuePackages()
  const client = connect(address)
  await waitForConnection(client, address)
  const listener = client.duplicate()
  const queue = new bullmq.Queue<JobData>(address.name, {
    connection: client,
    streams: { events: { maxLen: MOST_EVENTS } },
  })
  const events = new bullmq.QueueEvents(address.name, { connection: listener })
  const waiting = new Map<string, Waiting>()
  let connected = true
  let closing = false
  const tell = (now: boolean) => (): void => {
    if (connected === now || closing) return
    connected = now
    notify(now ? 'the queue is back' : 'the connection to the queue is lost; waiting for it')
  }
  client.on('close', tell(false)).on('ready', tell(true))
  // Errors of connections are told by what they do to jobs; unheard they would end the process.
  for (const each of [client, listener, queue, events] as EventEmitter[]) each.on('error', () => undefined)

  let complaint = ''
  /** Of what Redis refuses, such as a job for which it has no memory; once for each reason. */
  const complain = ({ message }: Error): void => {
    if (!connected || message === complaint) return
    complaint = message
    notify(`the queue refuses: ${message}`)
  }

  const submit = (id: string, data: QueuedProblem) =>
    queue.add(JOB_NAME, data, {
      jobId: id,
      attempts: ATTEMPTS,
      backoff: { type: 'exponential', delay: BACKOFF_MS },
      removeOnComplete: { age: KEEP_SECONDS },
      removeOnFail: { age: KEEP_SECONDS },
      ...(priority === undefined ? {} : { priority }),
    })

  /** Once: whoever comes later finds nobody who waits. */
  function finish(id: string, settled: Settled): void {
    const mine = waiting.get(id)
    waiting.delete(id)
    for (const settle of mine?.settle ?? []) settle(settled)
  }

  async function look(id: string): Promise<void> {
    const mine = waiting.get(id)
    if (mine === undefined) return
    const job = await queue.getJob(id)
    if (job === undefined || job === null) {
      // Lost, or removed by somebody who was cancelled.
      if (waiting.has(id)) await submit(id, mine.data)
      return
    }
    const state = await job.getState()
    if (state === 'failed') finish(id, { error: failureOf(job.failedReason ?? '') })
    if (state !== 'completed') return
    // Read before it was done, it still has the problem.
    const { data } = (await queue.getJob(id)) ?? {}
    if (data !== undefined && 'answer' in data) finish(id, outcomeOf(data.answer))
  }

  let looking = false
  async function lookAtAll(): Promise<void> {
    if (looking || !connected) return
    looking = true
    try {
      const ids = [...waiting.keys()]
      for (let i = 0; i < ids.length; i += LOOKED)
        await Promise.all(ids.slice(i, i + LOOKED).map((id) => look(id).catch(complain)))
      await tellOfWorkers()
    } catch {
      // Next time.
    } finally {
      looking = false
    }
  }

  let idleLooks = 0
  async function tellOfWorkers(): Promise<void> {
    idleLooks = waiting.size > 0 && (await queue.getWorkersCount()) === 0 ? idleLooks + 1 : 0
    if (idleLooks === 2)
      notify(`no worker of version ${version} listens to ${address.label}; waiting for one`)
  }

  const lookAt = ({ jobId: id }: { jobId: string }): void => void look(id).catch(complain)
  events.on('completed', lookAt).on('failed', lookAt)
  events.on('progress', ({ jobId: id, data }) => {
    for (const watch of waiting.get(id)?.watch ?? []) watch(data as Progress)
  })
  await events.waitUntilReady()
  const timer = setInterval(() => void lookAtAll(), LOOK_MS)

  return {
    atOnce,
    async run(problem, jobOptions, { signal, onProgress, timeoutSeconds, key } = {}) {
      const text = JSON.stringify(problem)
      const id = jobId(key ?? contentKey(text, jobOptions, version))
      const cancelled = (): PlannerError => new PlannerError('CANCELLED', 'it was cancelled')
      if (signal?.aborted) throw cancelled()
      const before = waiting.get(id)
      const mine = before ?? {
        data: {
          problem: text,
          options: jobOptions,
          timeoutSeconds,
          ...(onProgress && { watched: true }),
        },
        settle: new Set(),
        watch: new Set(),
      }
      waiting.set(id, mine)
      let own = (_: Settled): void => undefined
      const outcome = new Promise<Settled>((resolve) => {
        own = resolve
      })
      mine.settle.add(own)
      if (onProgress) mine.watch.add(onProgress)
      const leave = (): void => {
        own({ error: cancelled() })
        mine.settle.delete(own)
        if (onProgress) mine.watch.delete(onProgress)
        if (mine.settle.size > 0 || waiting.get(id) !== mine) return
        waiting.delete(id)
        queue.remove(id).catch(() => undefined)
      }
      signal?.addEventListener('abort', leave)
      // Where it does not get through, it is tried again with the next look.
      if (before === undefined) begin(id, mine.data).catch(complain)
      try {
        const settled = await outcome
        if ('plan' in settled) return settled.plan
        throw settled.error
      } finally {
        signal?.removeEventListener('abort', leave)
      }
    },
    async close() {
      closing = true
      clearInterval(timer)
      for (const id of [...waiting.keys()])
        finish(id, { error: new PlannerError('CANCELLED', 'the queue was closed') })
      await Promise.all([events.close(), queue.close()].map((closed) => closed.catch(() => undefined)))
      client.disconnect()
      listener.disconnect()
    },
  }

  /** One that failed for an earlier caller is begun anew; one that is there or done is taken as it is. */
  async function begin(id: string, data: QueuedProblem): Promise<void> {
    const there = await queue.getJob(id)
    if (there !== undefined && there !== null && (await there.isFailed()))
      await there.remove().catch(() => undefined)
    await submit(id, data)
    await look(id)
  }
}

function outcomeOf(answer: Extract<JobData, { answer: unknown }>['answer']): Settled {
  if (answer.ok) return { plan: answer.value }
  return { error: plannerErrorOf(answer.error) ?? new PlannerError('INTERNAL', answer.error.message) }
}

function failureOf(reason: string): PlannerError {
  const [, code, message] = REASON.exec(reason) ?? []
  // What BullMQ itself says: the job outlived too many workers.
  return new PlannerError(code ?? 'WORKER_LOST', message ?? (reason || 'its workers ended'))
}
