/** Workers that outlive a plan: plans that share them are made in several threads at once, and the next one need not start its own. */
import { InvalidOptionError } from './errors.js'
import { show } from './model/issues.js'
import { coreCount, MOST_THREADS } from './solver/exact/cores.js'
import type { WorkerSession } from './worker/session.js'

export interface WorkersOptions {
  /** Plans that are made at once, each in a thread of its own; the rest wait for their turn. Integer from 1 to 64, default: the number of cores. */
  size?: number
  /**
   * Where the code of a worker is, for a bundle that does not bring it along: the bundle of `vmferry/worker`. A URL, or in Node an absolute
   * path.
   */
  url?: URL | string
}

/**
 * Keeps the workers that plans have started until `close()`: pass it to each as the option `workers`. Idle ones do not keep the process alive. A worker
 * that crashed, or that helped a plan that was aborted or ran into its time limit, is not kept.
 * @throws InvalidOptionError where an option is unknown or out of its range.
 */
export class Workers {
  /** Plans that are made at once. */
  readonly size: number
  readonly url: URL | string | undefined
  /** Why no worker can be started; `''`: nothing has shown that none can. Like the rest below, for the planner. */
  refusal = ''
  readonly #idle: WorkerSession[] = []
  /** Given back, with calls that are not settled yet. */
  readonly #returning = new Set<Promise<void>>()
  /** Plans that are being made. */
  #planning = 0
  /** In the order in which they came. */
  readonly #waiting = new Set<() => void>()
  #closed = false

  constructor(options: WorkersOptions = {}) {
    if (typeof options !== 'object' || options === null)
      throw new InvalidOptionError(`the options are ${show(options)}; they must be an object`)
    const { size = coreCount(), url, ...others } = options
    for (const name of Object.keys(others))
      throw new InvalidOptionError(`unknown option ${show(name)}; known are size, url`)
    if (!Number.isInteger(size) || size < 1 || size > MOST_THREADS)
      throw new InvalidOptionError(`size is ${show(size)}; it must be an integer from 1 to ${MOST_THREADS}`)
    if (url !== undefined && typeof url !== 'string' && !(url instanceof URL))
      throw new InvalidOptionError(`url is ${show(url)}; it must be a URL or text`)
    this.size = size
    this.url = url
  }

  /** Ends the idle ones now, and those in use with their plans. */
  close(): void {
    this.#closed = true
    for (const session of this.#idle.splice(0)) session.terminate('the workers are closed')
  }

  /** Waits until fewer than `size` plans are being made. @returns what ends the turn; undefined: it was aborted before it came. */
  turn(signal: AbortSignal | undefined): Promise<(() => void) | undefined> {
    const end = (): void => {
      const [next] = this.#waiting
      if (next === undefined) this.#planning--
      else next()
    }
    if (this.#planning < this.size) {
      this.#planning++
      return Promise.resolve(end)
    }
    return new Promise((resolve) => {
      const leave = (outcome: (() => void) | undefined): void => {
        this.#waiting.delete(begin)
        signal?.removeEventListener('abort', giveUp)
        resolve(outcome)
      }
      const begin = (): void => leave(end)
      const giveUp = (): void => leave(undefined)
      this.#waiting.add(begin)
      if (signal?.aborted) giveUp()
      else signal?.addEventListener('abort', giveUp)
    })
  }

  /** One that runs and is idle; undefined: there is none. */
  take(): WorkerSession | undefined {
    for (;;) {
      const session = this.#idle.pop()
      if (session === undefined || session.endReason === '') return session
    }
  }

  /** The same, after those that are on their way back, if need be: to stop takes a few milliseconds, to start a hundred. */
  async takeSoon(): Promise<WorkerSession | undefined> {
    for (;;) {
      const session = this.take()
      if (session !== undefined || this.#returning.size === 0) return session
      await Promise.race(this.#returning)
    }
  }

  /** Takes it back once its last calls have settled. */
  give(session: WorkerSession): void {
    const back = new Promise<void>((resolve) => session.whenIdle(resolve)).then(() => {
      this.#returning.delete(back)
      if (this.#closed && this.#waiting.size === 0) session.terminate('the workers are closed')
      else if (session.endReason === '') this.#idle.push(session)
    })
    this.#returning.add(back)
  }
}
