/** LPs in a worker that is started by the first call and never keeps the process alive. */
import { PlannerError } from '../errors.js'
import { emptySolution } from '../lp/javascript-lp-solver.js'
import { createInlineLpService } from '../lp/service.js'
import type { DualMaster, LinearProgram, LpOptions, LpService, LpSolution, SparseRows } from '../lp/types.js'
import { assertOptions, assertProfit, assertRows } from '../lp/validate.js'
import type { Workers } from '../workers.js'
import type { WorkerFactory } from './handle.js'
import { type Answer, isLpSolution, plannerErrorOf } from './protocol.js'
import { WorkerLost, WorkerSession } from './session.js'
import { startWorker } from './start.js'

export type { WorkerFactory, WorkerHandle } from './handle.js'

export interface WorkerLpServiceOptions {
  /** Aborting terminates the worker; pending and later calls answer `failed`. */
  signal?: AbortSignal
  /** Wall-clock seconds after which a call is given up and its worker terminated, > 0. Default 60. */
  backstopSeconds?: number
  /** Starts the worker; default: a thread in Node, a module worker in browsers. */
  workerFactory?: WorkerFactory
  /** Keeps the worker when the service is closed, and has one ready perhaps. */
  workers?: Workers | undefined
}

const DEFAULT_BACKSTOP_SECONDS = 60
const CLOSED = 'the LP service is closed'
const ABORTED = 'aborted'

function rebuild(answer: Answer<unknown> & { ok: false }): Error {
  return plannerErrorOf(answer.error) ?? new WorkerLost(`the worker reports: ${answer.error.message}`)
}

class WorkerLpService implements LpService {
  readonly #factory: WorkerFactory
  readonly #backstopSeconds: number
  readonly #workers: Workers | undefined
  readonly #signal: AbortSignal | undefined
  readonly #onAbort = () => this.#session?.terminate(ABORTED)
  #session: WorkerSession | undefined
  /** Takes over for good where no worker can be started; `fallbackNote` says why. */
  #fallback: LpService | undefined
  #fallbackNote = ''
  #closed = false
  #masterCount = 0

  constructor(options: WorkerLpServiceOptions) {
    this.#workers = options.workers
    this.#factory = options.workerFactory ?? (() => startWorker(this.#workers?.url))
    this.#backstopSeconds = options.backstopSeconds ?? DEFAULT_BACKSTOP_SECONDS
    if (!(this.#backstopSeconds > 0)) {
      throw new PlannerError(
        'INVALID_LP',
        `backstopSeconds is ${this.#backstopSeconds}, expected a number > 0`,
      )
    }
    this.#signal = options.signal
    this.#signal?.addEventListener('abort', this.#onAbort)
  }

  solve(lp: LinearProgram, options: LpOptions = {}): Promise<LpSolution> {
    return this.run(
      options,
      lp.columnCount,
      () => lp.rowCount,
      (session) => session.call((api) => api.solve(lp, options)),
      (service) => service.solve(lp, options),
    )
  }

  async createDualMaster(profit: Float64Array, options: LpOptions = {}): Promise<DualMaster> {
    assertProfit(profit)
    assertOptions(options)
    return new RemoteDualMaster(this, this.#masterCount++, profit.slice(), options)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#signal?.removeEventListener('abort', this.#onAbort)
    const session = this.current()
    if (session !== undefined && this.#workers !== undefined) this.#workers.give(session)
    else session?.terminate(CLOSED)
    this.#session = undefined
    await this.#fallback?.close()
  }

  /** The running session, or undefined where none runs and none is to be started. */
  current(): WorkerSession | undefined {
    return this.#session?.endReason === '' ? this.#session : undefined
  }

  /** Runs one call in the worker, else in the fallback, else answers `failed`. Only bad input rejects. */
  async run(
    options: LpOptions,
    columns: number,
    rows: () => number,
    remote: (session: WorkerSession) => Promise<Answer<unknown>>,
    inline: (service: LpService) => Promise<LpSolution>,
  ): Promise<LpSolution> {
    const backend = options.backend === 'highs' ? 'highs' : 'javascript-lp-solver'
    const failed = (note: string) => emptySolution('failed', backend, note)
    if (this.#closed) return failed(CLOSED)
    if (this.#signal?.aborted) return failed(ABORTED)
    if (this.#fallback === undefined) {
      const session = this.#obtain()
      if (session !== undefined) {
        try {
          const answer = await remote(session)
          if (!answer.ok) throw rebuild(answer)
          return isLpSolution(answer.value, columns, rows()) ? answer.value : session.distrust()
        } catch (cause) {
          if (!(cause instanceof WorkerLost)) throw cause
          const wasStopped = this.#closed || this.#signal?.aborted === true
          if (session.started || session.timedOut || wasStopped) return failed(cause.message)
          this.#fallBack(cause.message)
        }
      }
    }
    const service = this.#fallback as LpService | undefined
    if (service === undefined) return failed(CLOSED)
    const solution = await inline(service)
    return { ...solution, note: [this.#fallbackNote, solution.note].filter((part) => part !== '').join('; ') }
  }

  #obtain(): WorkerSession | undefined {
    const running = this.current()
    if (running !== undefined) return running
    const kept = this.#workers?.take()
    if (kept !== undefined) {
      kept.backstopSeconds = this.#backstopSeconds
      this.#session = kept
      return kept
    }
    try {
      const handle = this.#factory()
      if (handle !== undefined) {
        this.#session = new WorkerSession(handle, this.#backstopSeconds)
        return this.#session
      }
      this.#fallBack('this platform has none')
    } catch (cause) {
      this.#fallBack(String(cause))
    }
    return undefined
  }

  #fallBack(reason: string): void {
    this.#fallback ??= createInlineLpService()
    this.#fallbackNote ||= `solved in the caller's thread: no worker could be started (${reason})`
  }
}

/**
 * A master that lives in the worker. It keeps all rows: when its worker is lost, the next call builds it again in the new one, call by
 * call, so that it comes out the same.
 */
class RemoteDualMaster implements DualMaster {
  readonly #service: WorkerLpService
  readonly #id: number
  readonly #profit: Float64Array
  readonly #options: LpOptions
  readonly #batches: SparseRows[] = []
  #rowCount = 0
  #home: WorkerSession | undefined
  #sent = 0
  #inline: Promise<DualMaster> | undefined
  #disposed = false
  #queue: Promise<unknown> = Promise.resolve()

  constructor(service: WorkerLpService, id: number, profit: Float64Array, options: LpOptions) {
    this.#service = service
    this.#id = id
    this.#profit = profit
    this.#options = { ...options }
  }

  async addRowsAndSolve(rows: SparseRows): Promise<LpSolution> {
    assertRows(rows, this.#profit.length)
    const copy: SparseRows = {
      rowStart: rows.rowStart.slice(),
      index: rows.index.slice(),
      value: rows.value.slice(),
      rhs: rows.rhs.slice(),
    }
    const turn = this.#queue.then(() => this.#add(copy))
    this.#queue = turn.catch(() => undefined)
    return turn
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return
    this.#disposed = true
    await this.#queue
    await (await this.#inline)?.dispose()
    const session = this.#home
    if (session === undefined || session !== this.#service.current()) return
    try {
      await session.call((api) => api.disposeMaster(this.#id))
    } catch (cause) {
      // The worker is gone, and the master with it.
      if (!(cause instanceof WorkerLost)) throw cause
    }
  }

  async #add(rows: SparseRows): Promise<LpSolution> {
    if (this.#disposed) {
      const backend = this.#options.backend === 'highs' ? 'highs' : 'javascript-lp-solver'
      return emptySolution('failed', backend, 'the master is disposed of', Infinity)
    }
    this.#batches.push(rows)
    this.#rowCount += rows.rhs.length
    const solution = await this.#service.run(
      this.#options,
      this.#profit.length,
      () => this.#rowCount,
      (session) => this.#solveIn(session),
      (service) => this.#solveInline(service),
    )
    return solution.status === 'failed' ? { ...solution, bound: Infinity } : solution
  }

  async #solveIn(session: WorkerSession): Promise<Answer<unknown>> {
    const isNew = this.#home !== session
    // Only an answer proves that the worker still has this master: without one it is built again.
    this.#home = undefined
    if (isNew) {
      this.#sent = 0
      const created = await session.call((api) => api.createMaster(this.#id, this.#profit, this.#options))
      if (!created.ok) return created
    }
    for (;;) {
      const batch = this.#batches[this.#sent++]
      const answer = await session.call((api) => api.addRowsAndSolve(this.#id, batch))
      if (!answer.ok) return answer
      if (this.#sent < this.#batches.length) continue
      this.#home = session
      return answer
    }
  }

  async #solveInline(service: LpService): Promise<LpSolution> {
    if (this.#inline === undefined) {
      this.#inline = service.createDualMaster(this.#profit, this.#options)
      this.#sent = 0
    }
    const master = await this.#inline
    for (;;) {
      const solution = await master.addRowsAndSolve(this.#batches[this.#sent++])
      if (this.#sent === this.#batches.length) return solution
    }
  }
}

/**
 * An LP service in a worker: a thread in Node, a module worker in browsers, started by the first call. Same answers as
 * `createInlineLpService`, to the bit. A call whose worker crashes, hangs beyond the backstop or answers nonsense settles as `failed`
 * with a note, and the next call starts a fresh worker. Where none can be started (no `Worker`, a content security policy) calls are
 * solved in the caller's thread, and their `note` says so. An idle worker does not keep the process alive; `close()` ends it at once.
 * @throws PlannerError (`INVALID_LP`) on a backstop ≤ 0, and as a rejection of calls with malformed input.
 */
export function createWorkerLpService(options: WorkerLpServiceOptions = {}): LpService {
  return new WorkerLpService(options)
}
