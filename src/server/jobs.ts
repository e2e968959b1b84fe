/** Work that outlives a request: in the order in which it came, so much at once, with what is known of it until it is forgotten. */
import { randomUUID } from 'node:crypto'
import type { Progress } from '../solver/progress.js'
import type { Refusal } from './refusal.js'

export type JobKind = 'plan' | 'explain'
export type JobState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled'

export interface JobHooks {
  signal: AbortSignal
  onProgress: (progress: Progress) => void
}

/** What is told of a job, beside its result. */
export interface JobView {
  id: string
  kind: JobKind
  state: JobState
  /** ISO 8601, UTC. */
  createdAt: string
  startedAt?: string
  endedAt?: string
  /** The latest. */
  progress?: Progress
  /** Of a failed one. */
  error?: Omit<Refusal, 'headers'>
}

export interface JobLimits {
  /** Jobs that run at once. */
  atOnce: number
  /** Jobs that may wait. */
  mostWaiting: number
  /** Jobs that have ended and are remembered, … */
  mostKept: number
  /** … characters of all their results, … */
  mostCharacters: number
  /** … and for how long. */
  keepSeconds: number
}

export class Job {
  readonly view: JobView
  /** JSON. */
  result: string | undefined
  readonly #stop = new AbortController()
  readonly #work: (hooks: JobHooks) => Promise<string>
  readonly #refusalOf: (error: unknown) => Refusal
  /** Raised with every change. */
  #version = 0
  #tellEnd: () => void = () => undefined
  /** Resolves once it has ended. */
  readonly end = new Promise<void>((resolve) => {
    this.#tellEnd = resolve
  })
  readonly #watchers = new Set<() => void>()

  constructor(
    kind: JobKind,
    work: (hooks: JobHooks) => Promise<string>,
    refusalOf: (error: unknown) => Refusal,
  ) {
    this.view = { id: randomUUID(), kind, state: 'queued', createdAt: now() }
    this.#work = work
    this.#refusalOf = refusalOf
  }

  get ended(): boolean {
    return this.view.state !== 'queued' && this.view.state !== 'running'
  }

  async run(): Promise<void> {
    if (this.ended) return
    this.#change({ state: 'running', startedAt: now() })
    try {
      const { signal } = this.#stop
      this.result = await this.#work({ signal, onProgress: (progress) => this.#change({ progress }) })
      if (!this.ended) this.#change({ state: 'done', endedAt: now() })
    } catch (cause) {
      if (this.ended) return
      const { headers: _, ...error } = this.#refusalOf(cause)
      this.#change({ state: 'failed', endedAt: now(), error })
    }
  }

  /** It ends at once for those who ask; its thread hears of it. */
  cancel(): void {
    if (this.ended) return
    this.#change({ state: 'cancelled', endedAt: now() })
    this.#stop.abort()
  }

  /** Resolves with the first version above `seen`, or after so many seconds. */
  async changed(seen: number, seconds: number): Promise<number> {
    if (this.#version > seen) return this.#version
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        clearTimeout(timer)
        this.#watchers.delete(wake)
        resolve()
      }
      const timer = setTimeout(wake, seconds * 1000)
      this.#watchers.add(wake)
    })
    return this.#version
  }

  /** Resolves once it has ended, or after so many seconds; with whether it has. */
  async settled(seconds: number): Promise<boolean> {
    if (!this.ended && seconds > 0) {
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, seconds * 1000)
      })
      await Promise.race([this.end, late])
      clearTimeout(timer)
    }
    return this.ended
  }

  #change(change: Partial<JobView>): void {
    Object.assign(this.view, change)
    this.#version++
    if (this.ended) this.#tellEnd()
    for (const wake of [...this.#watchers]) wake()
  }
}

function now(): string {
  return new Date().toISOString()
}

export class Jobs {
  readonly #limits: JobLimits
  readonly #all = new Map<string, Job>()
  readonly #waiting: Job[] = []
  /** Their threads are busy, cancelled or not. */
  readonly #running = new Set<Job>()
  /** In the order in which they ended. */
  readonly #ended = new Set<Job>()
  #stopping = false

  constructor(limits: JobLimits) {
    this.#limits = limits
  }

  get stopping(): boolean {
    return this.#stopping
  }

  /** Undefined: too many wait already. */
  add(job: Job): Job | undefined {
    if (this.#stopping || this.#waiting.length >= this.#limits.mostWaiting) return undefined
    this.#all.set(job.view.id, job)
    this.#waiting.push(job)
    this.#next()
    return job
  }

  get(id: string): Job | undefined {
    return this.#all.get(id)
  }

  /** Ends it where it has not, and forgets it. */
  remove(job: Job): void {
    job.cancel()
    this.#all.delete(job.view.id)
    this.#ended.delete(job)
    const at = this.#waiting.indexOf(job)
    if (at >= 0) this.#waiting.splice(at, 1)
  }

  /** Takes no more, ends those that wait, and gives those that run so many seconds. */
  async stop(graceSeconds: number): Promise<void> {
    this.#stopping = true
    for (const job of this.#waiting.splice(0)) job.cancel()
    await Promise.all([...this.#running].map((job) => job.settled(graceSeconds)))
    for (const job of this.#running) job.cancel()
  }

  #next(): void {
    while (this.#running.size < this.#limits.atOnce) {
      const job = this.#waiting.shift()
      if (job === undefined) return
      this.#running.add(job)
      void job.run().then(() => {
        this.#running.delete(job)
        this.#keep(job)
        this.#next()
      })
    }
  }

  #keep(job: Job): void {
    if (!this.#all.has(job.view.id)) return
    this.#ended.add(job)
    setTimeout(() => this.remove(job), this.#limits.keepSeconds * 1000).unref()
    let characters = 0
    const kept = [...this.#ended].reverse()
    kept.forEach((each, i) => {
      characters += each.result?.length ?? 0
      // The newest is kept however large it is.
      if (i > 0 && (i >= this.#limits.mostKept || characters > this.#limits.mostCharacters)) this.remove(each)
    })
  }
}
