/** Workers that outlive a plan, so that the next one need not start its own. */
import type { WorkerSession } from './worker/session.js'

/**
 * Keeps the workers that plans have started, for LPs and for further threads, until `close()`: pass it to each as the option `workers`. Idle
 * ones do not keep the process alive. Plans that run at the same time get workers of their own. A worker that crashed, or whose plan was aborted or ran into
 * its time limit, is not kept.
 */
export class Workers {
  readonly #idle: WorkerSession[] = []
  /** Given back, with calls that are not settled yet. */
  readonly #returning = new Set<Promise<void>>()
  #closed = false

  /** Ends the idle ones now, and those in use with their plans. */
  close(): void {
    this.#closed = true
    for (const session of this.#idle.splice(0)) session.terminate('the workers are closed')
  }

  /** One that runs and is idle; undefined: there is none. Like the rest below, for the planner. */
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
      if (this.#closed) session.terminate('the workers are closed')
      else if (session.endReason === '') this.#idle.push(session)
    })
    this.#returning.add(back)
  }
}
