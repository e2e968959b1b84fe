/** Helpers of a search in workers, which start when they are asked for and never keep the process alive. */
import type { RestartResult } from '../solver/assignment/joint-restart.js'
import {
  type Helper,
  HelperLost,
  type LaneReport,
  type SearchPool,
  type SteppedLane,
} from '../solver/exact/pool.js'
import type { Workers } from '../workers.js'
import type { WorkerFactory } from './handle.js'
import { type Answer, plannerErrorOf } from './protocol.js'
import { WorkerLost, WorkerSession } from './session.js'
import { startWorker } from './start.js'

export interface SearchPoolOptions {
  /** Aborting terminates the helpers. */
  signal?: AbortSignal
  /** Starts a worker; default: a thread in Node, a module worker in browsers. */
  workerFactory?: WorkerFactory
  /** Keeps the helpers when the pool is closed, and has some ready perhaps. */
  workers?: Workers | undefined
  /** Wall-clock seconds after which a helper that does not answer is given up, > 0. Default 600: a long restart on a busy machine answers by then. */
  backstopSeconds?: number
}

const DEFAULT_BACKSTOP_SECONDS = 600

class WorkerSearchPool implements SearchPool {
  threads: number
  note = ''
  readonly #factory: WorkerFactory
  readonly #backstopSeconds: number
  readonly #workers: Workers | undefined
  readonly #signal: AbortSignal | undefined
  readonly #onAbort = () => this.#terminate('aborted')
  #sessions: WorkerSession[] = []
  #closed = false
  #started: Promise<readonly Helper[]> | undefined

  constructor(threads: number, options: SearchPoolOptions) {
    this.threads = threads
    this.#factory = options.workerFactory ?? (() => startWorker(options.workers?.url))
    this.#workers = options.workers
    this.#backstopSeconds = options.backstopSeconds ?? DEFAULT_BACKSTOP_SECONDS
    this.#signal = options.signal
    this.#signal?.addEventListener('abort', this.#onAbort)
  }

  get #aborted(): boolean {
    return this.#signal?.aborted === true
  }

  /** No helper is of use any more. */
  get #over(): boolean {
    return this.#closed || this.#aborted
  }

  prepare(): void {
    void this.helpers()
  }

  helpers(): Promise<readonly Helper[]> {
    this.#started ??= this.#start()
    return this.#started
  }

  giveUp(lost: HelperLost): void {
    if (this.#aborted) return
    this.#searchAlone(`a helper was lost (${lost.message}): the rest in one thread`)
  }

  close(): void {
    this.#closed = true
    this.#signal?.removeEventListener('abort', this.#onAbort)
    const sessions = this.#sessions.splice(0)
    for (const session of sessions) {
      if (this.#workers !== undefined && session.endReason === '') this.#workers.give(session)
      else session.terminate('the search is over')
    }
  }

  async #start(): Promise<readonly Helper[]> {
    if (this.#aborted) return []
    try {
      for (let i = 1; i < this.threads; i++) {
        const kept = await this.#workers?.takeSoon()
        if (this.#over) {
          if (kept !== undefined) this.#workers?.give(kept)
          return []
        }
        this.#sessions.push(kept ?? this.#fresh())
      }
      for (const session of this.#sessions) {
        session.backstopSeconds = this.#backstopSeconds
      }
      await Promise.all(this.#sessions.map((session) => session.call((api) => api.hello())))
      return this.#sessions.map((session) => new WorkerHelper(session))
    } catch (cause) {
      if (this.#over) return []
      const reason = cause instanceof WorkerLost ? cause.message : String(cause)
      this.#searchAlone(`one thread: no worker could be started (${reason})`)
      return []
    }
  }

  #fresh(): WorkerSession {
    const handle = this.#factory()
    if (handle === undefined) throw new WorkerLost('this platform has none')
    return new WorkerSession(handle, this.#backstopSeconds)
  }

  #searchAlone(note: string): void {
    this.#terminate(note)
    this.#sessions = []
    this.#started = Promise.resolve([])
    this.threads = 1
    this.note ||= note
  }

  #terminate(reason: string): void {
    for (const session of this.#sessions) session.terminate(reason)
  }
}

/** Lanes of all plans that a kept worker has served: none may take another's number. */
let lanes = 0

class WorkerHelper implements Helper {
  readonly #session: WorkerSession

  constructor(session: WorkerSession) {
    this.#session = session
  }

  lane(...[task, first]: Parameters<Helper['lane']>): SteppedLane {
    const id = lanes++
    const opened = this.#call((api) => api.openLane(id, task, first))
    opened.catch(() => undefined)
    return {
      advance: async (update) => {
        await opened
        return (await this.#call((api) => api.advanceLane(id, update))) as LaneReport
      },
      end: () => {
        this.#call((api) => api.endLane(id)).catch(() => undefined)
      },
    }
  }

  async restart(...[task]: Parameters<Helper['restart']>): Promise<RestartResult> {
    return (await this.#call((api) => api.restart(task))) as RestartResult
  }

  /** @throws HelperLost, and PlannerError where the helper's own work threw one. */
  async #call(send: Parameters<WorkerSession['call']>[0]): Promise<unknown> {
    let answer: Answer<unknown>
    try {
      answer = await this.#session.call(send)
    } catch (cause) {
      throw cause instanceof WorkerLost ? new HelperLost(cause.message) : cause
    }
    if (answer.ok) return answer.value
    throw plannerErrorOf(answer.error) ?? new HelperLost(answer.error.message)
  }
}

/**
 * A pool of so many threads, the caller's included. All helpers start or none does: a plan is made by as many threads as were asked for, or by
 * one, and `note` says why.
 * @param threads ≥ 2.
 */
export function createSearchPool(threads: number, options: SearchPoolOptions = {}): SearchPool {
  return new WorkerSearchPool(threads, options)
}
