/**
 * One run of the planner: its clock, its limits, its counters, and when it lets the event loop breathe. Work is counted in
 * evaluations; the clock decides only where the user set a time limit.
 */
import type { ScheduleKind } from '../model/plan.js'
import type { Effort, Value } from './dials.js'
import type { Parameters } from './parameters.js'
import type { Progress } from './progress.js'

/** How long the search may hold the thread before it yields, milliseconds. */
const SLICE_MS = 12
const PROGRESS_MS = 100

export interface RunOptions {
  schedule: ScheduleKind
  seed: number
  effort: Effort
  timeLimitSeconds: number
  signal: AbortSignal | undefined
  onProgress: ((progress: Progress) => void) | undefined
  parameters: Parameters
  /** Those of them that differ from the effort's, as `group.name`. */
  overridden: Readonly<Record<string, Value>>
}

/** What the search does at the moment. */
export type Phase = 'targets' | 'bound' | 'timeline' | 'rounds' | 'parking' | 'room' | 'exact'

/** Work done, for statistics; `failures` are dead ends of the exact search. */
export interface Counters {
  lpSolves: number
  columns: number
  roundsScored: number
  evaluations: number
  failures: number
}

/** Where a plan stands that is being made. */
export interface Told {
  /** Of the incumbent; undefined before there is one. */
  makespanSeconds: number | undefined
  lowerBoundSeconds: number
  /** VMs that the incumbent leaves unplaced; with maintenance, works that it leaves undone. */
  unplaced: number
}

export class Run {
  readonly options: RunOptions
  readonly #started = performance.now()
  readonly #deadline: number
  readonly #counters: Counters = { lpSolves: 0, columns: 0, roundsScored: 0, evaluations: 0, failures: 0 }
  readonly #lpNotes = new Set<string>()
  #lastYield = this.#started
  #lastProgress = Number.NEGATIVE_INFINITY
  #phase: Phase = 'targets'
  #cut: 'aborted' | 'time-limit' | undefined
  #told: Told = { makespanSeconds: undefined, lowerBoundSeconds: 0, unplaced: 0 }

  constructor(options: RunOptions) {
    this.options = options
    this.#deadline = this.#started + options.timeLimitSeconds * 1000
  }

  get parameters(): Parameters {
    return this.options.parameters
  }

  get counters(): Readonly<Counters> {
    return this.#counters
  }

  /** Notes of the LP layer about answers that had to be taken elsewhere. */
  get lpNotes(): ReadonlySet<string> {
    return this.#lpNotes
  }

  get elapsedSeconds(): number {
    return (performance.now() - this.#started) / 1000
  }

  /** The same, as plans tell it. */
  get runtimeSeconds(): number {
    return Math.round(this.elapsedSeconds * 1e6) / 1e6
  }

  /** Wall-clock time left, milliseconds; Infinity without a limit. */
  get remainingMs(): number {
    return this.#deadline - performance.now()
  }

  /** The user's limit is reached: stop and return the incumbent. */
  get stopped(): boolean {
    if (this.options.signal?.aborted === true) this.#cut = 'aborted'
    else if (performance.now() >= this.#deadline) this.#cut ??= 'time-limit'
    return this.#cut !== undefined
  }

  /** What the search was told to stop for, if it was; unlike `stopped` this does not look at the clock. */
  get cut(): 'aborted' | 'time-limit' | undefined {
    return this.#cut
  }

  enter(phase: Phase): void {
    this.#phase = phase
  }

  count(what: keyof Counters, by = 1): void {
    this.#counters[what] += by
  }

  /** Counts an answer of the LP layer. */
  countLp({ note }: { readonly note: string }): void {
    this.#counters.lpSolves++
    if (note !== '') this.#lpNotes.add(note)
  }

  /** Lets timers, messages and the abort signal through when the slice is used up, and reports. True: stop. */
  async breathe(): Promise<boolean> {
    const now = performance.now()
    if (now - this.#lastYield >= SLICE_MS) {
      if (now - this.#lastProgress >= PROGRESS_MS) this.#report(now)
      await yieldToEventLoop()
      this.#lastYield = performance.now()
    }
    return this.stopped
  }

  /** Tells the user at once that the plan stands better. */
  tell(told: Told): void {
    this.#told = told
    this.#report(performance.now())
  }

  #report(now: number): void {
    const { onProgress } = this.options
    if (onProgress === undefined) return
    this.#lastProgress = now
    const { makespanSeconds: makespan, lowerBoundSeconds, unplaced } = this.#told
    const open = (makespan ?? 0) - lowerBoundSeconds
    onProgress({
      phase: this.#phase,
      elapsedSeconds: this.elapsedSeconds,
      evaluations: this.#counters.evaluations,
      makespanSeconds: makespan,
      lowerBoundSeconds,
      gap: makespan === undefined ? undefined : makespan === 0 ? 0 : Math.max(0, open / makespan),
      unplaced,
    })
  }
}

const channelQueue: (() => void)[] = []
let channel: MessageChannel | undefined

/** A macrotask turn: setImmediate in Node, a message to ourselves in a browser (timers there are clamped to 4 ms). */
export function yieldToEventLoop(): Promise<void> {
  const immediate = (globalThis as { setImmediate?: (f: () => void) => unknown }).setImmediate
  if (immediate !== undefined) return new Promise((resolve) => immediate(() => resolve()))
  if (channel === undefined) {
    channel = new MessageChannel()
    channel.port1.onmessage = () => channelQueue.shift()?.()
  }
  const { port2 } = channel
  return new Promise((resolve) => {
    channelQueue.push(resolve)
    port2.postMessage(0)
  })
}
