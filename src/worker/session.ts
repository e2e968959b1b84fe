/** One running worker: calls that always settle. */
import { type Remote, wrap } from 'comlink'
import type { WorkerHandle } from './handle.js'
import { type Answer, asAnswer, PROTOCOL_VERSION, type WorkerApi } from './protocol.js'

/** A call that got no usable answer: the worker crashed, was stuck or was terminated, or answered nonsense. */
export class WorkerLost extends Error {}

/**
 * Owns a worker handle. Calls race against the worker's end, the backstop and `terminate()`; the first of those that strikes ends the
 * session for all of them. The worker keeps the process alive only while calls are pending.
 */
export class WorkerSession {
  /** Why the session ended, `''` while it has not. */
  endReason = ''
  /** Whether the worker has answered at all: if not, it could not be started. */
  started = false
  /** Whether the backstop ended it. */
  timedOut = false
  readonly #handle: WorkerHandle
  readonly #api: Remote<WorkerApi>
  /** Wall-clock seconds after which a call is given up, > 0; Infinity: never. */
  backstopSeconds: number
  readonly #pending = new Set<(lost: WorkerLost) => void>()
  #greeting: Promise<void> | undefined
  #onIdle: (() => void) | undefined

  constructor(handle: WorkerHandle, backstopSeconds: number) {
    this.#handle = handle
    this.backstopSeconds = backstopSeconds
    handle.onEnd((reason) => this.terminate(reason))
    this.#api = wrap<WorkerApi>(handle.endpoint)
  }

  /** @throws WorkerLost */
  async call(send: (api: Remote<WorkerApi>) => Promise<unknown>): Promise<Answer<unknown>> {
    this.#greeting ??= this.#greet()
    await this.#greeting
    return this.#race(send)
  }

  terminate(reason: string): void {
    if (this.endReason !== '') return
    this.endReason = reason
    this.#handle.setReferenced(false)
    this.#handle.terminate()
    const waiting = [...this.#pending]
    this.#pending.clear()
    for (const reject of waiting) reject(new WorkerLost(reason))
    this.#idle()
  }

  /** Calls back once no call is pending any more, at once where none is. */
  whenIdle(callback: () => void): void {
    if (this.#pending.size === 0) callback()
    else this.#onIdle = callback
  }

  #idle(): void {
    const onIdle = this.#onIdle
    this.#onIdle = undefined
    onIdle?.()
  }

  /** Ends the session over an answer that cannot be right. */
  distrust(): never {
    const reason = 'the worker gave an answer that cannot be right'
    this.terminate(reason)
    throw new WorkerLost(reason)
  }

  async #greet(): Promise<void> {
    const hello = await this.#race((api) => api.hello())
    if (!hello.ok || hello.value !== PROTOCOL_VERSION) this.distrust()
    this.started = true
  }

  #race(send: (api: Remote<WorkerApi>) => Promise<unknown>): Promise<Answer<unknown>> {
    if (this.endReason !== '') return Promise.reject(new WorkerLost(this.endReason))
    return new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer)
        this.#pending.delete(lose)
        if (this.#pending.size > 0 || this.endReason !== '') return
        this.#handle.setReferenced(false)
        this.#idle()
      }
      const lose = (lost: WorkerLost) => {
        settle()
        reject(lost)
      }
      const timer = Number.isFinite(this.backstopSeconds)
        ? setTimeout(() => {
            this.timedOut = true
            this.terminate(`no answer from the worker within ${this.backstopSeconds} s`)
          }, this.backstopSeconds * 1000)
        : undefined
      if (this.#pending.size === 0) this.#handle.setReferenced(true)
      this.#pending.add(lose)
      send(this.#api).then(
        (value) => {
          const answer = asAnswer(value)
          if (answer === undefined && this.#pending.has(lose)) {
            this.terminate('the worker gave an answer that cannot be right')
          } else if (answer !== undefined) {
            settle()
            resolve(answer)
          }
        },
        // Not what the worker did, but the way there: a message that cannot be cloned.
        (cause: unknown) => {
          settle()
          reject(new WorkerLost(`the message could not be sent: ${String(cause)}`))
        },
      )
    })
  }
}
