/** Plans that share `Workers`: each is made in one of its workers when its turn comes. */
import type { Remote } from 'comlink'
import type { Plan } from '../model/plan.js'
import type { Problem } from '../model/problem.js'
import type { PlanOptions } from '../plan-options.js'
import type { Workers } from '../workers.js'
import { type Answer, type PlanTask, plannerErrorOf, type WorkerApi } from './protocol.js'
import { WorkerLost, WorkerSession } from './session.js'
import { startWorker } from './start.js'

/** Wall-clock seconds that a worker may take to start. */
const START_SECONDS = 60

/** Plans of all `Workers`: none may take another's number. */
let plans = 0

/**
 * @param options as `plan()` takes them, and checked.
 * @param planHere makes the plan in the calling thread: where it is aborted before its turn, or no worker can make it, which `note` says.
 */
export async function planInWorker(
  problem: Problem,
  options: PlanOptions,
  workers: Workers,
  planHere: (note: string) => Promise<Plan>,
): Promise<Plan> {
  const endTurn = await workers.turn(options.signal)
  if (endTurn === undefined) return planHere('')
  try {
    if (workers.refusal === '') return await makePlan(problem, options, workers)
    return await planHere(workers.refusal)
  } catch (cause) {
    if (!(cause instanceof WorkerLost)) throw cause
    return await planHere(workers.refusal || `planned in the caller's thread: ${cause.message}`)
  } finally {
    endTurn()
  }
}

/** @throws WorkerLost where the worker did not make it. */
async function makePlan(problem: Problem, options: PlanOptions, workers: Workers): Promise<Plan> {
  const { signal, onProgress, threads: _, workers: __, ...rest } = options
  const answer = await callWorker(workers, { signal, onProgress }, (api, id, asked) =>
    api.plan(id, problem, { ...rest, ...asked }),
  )
  if (answer.ok) return answer.value as Plan
  throw plannerErrorOf(answer.error) ?? new WorkerLost(`the worker reports: ${answer.error.message}`)
}

export interface CallHooks {
  signal?: AbortSignal | undefined
  onProgress?: PlanOptions['onProgress'] | undefined
  /** Wall-clock seconds after which the worker is given up, > 0. Default: never, since a plan takes as long as it takes. */
  backstopSeconds?: number
}

/**
 * One call of one worker, which is kept afterwards.
 * @param send gets a number that no other call has, and what of the hooks the worker has to know.
 * @throws WorkerLost where there is no answer
 */
export async function callWorker(
  workers: Workers,
  { signal, onProgress, backstopSeconds = Number.POSITIVE_INFINITY }: CallHooks,
  send: (
    api: Remote<WorkerApi>,
    id: number,
    asked: Pick<PlanTask, 'aborted' | 'watched' | 'url'>,
  ) => Promise<unknown>,
): Promise<Answer<unknown>> {
  const session = await openSession(workers)
  session.backstopSeconds = backstopSeconds
  const id = plans++
  const abort = (): void => {
    session.call((api) => api.abortPlan(id)).catch(() => undefined)
  }
  const asked = {
    aborted: signal?.aborted === true,
    watched: onProgress !== undefined,
    url: workers.url?.toString(),
  }
  signal?.addEventListener('abort', abort)
  try {
    const answered = session.call((api) => send(api, id, asked))
    answered.catch(() => undefined)
    if (onProgress !== undefined) {
      try {
        await follow(session, id, onProgress)
      } catch (thrown) {
        abort()
        await follow(session, id, () => undefined).catch(() => undefined)
        throw thrown
      }
    }
    return await answered
  } finally {
    signal?.removeEventListener('abort', abort)
    workers.give(session)
  }
}

async function openSession(workers: Workers): Promise<WorkerSession> {
  return (await workers.takeSoon()) ?? (await startSession(workers))
}

async function startSession(workers: Workers): Promise<WorkerSession> {
  try {
    const handle = startWorker(workers.url)
    if (handle === undefined) throw new WorkerLost('this platform has none')
    const session = new WorkerSession(handle, START_SECONDS)
    await session.call((api) => api.hello())
    return session
  } catch (cause) {
    const reason = cause instanceof WorkerLost ? cause.message : String(cause)
    workers.refusal = `planned in the caller's thread: no worker could be started (${reason})`
    throw new WorkerLost(reason)
  }
}

/** Passes on what the worker tells, until the plan is made. What the listener throws passes through. */
async function follow(
  session: WorkerSession,
  id: number,
  onProgress: NonNullable<PlanOptions['onProgress']>,
): Promise<void> {
  for (;;) {
    const answer = await session.call((api) => api.progressOf(id))
    // What failed fails the plan as well, which says why.
    if (!answer.ok || answer.value === null) return
    for (const progress of answer.value as Parameters<typeof onProgress>[0][]) onProgress(progress)
  }
}
