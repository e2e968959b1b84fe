/**
 * One run of the planner: its clock, its limits, its counters, and when it lets the event loop breathe. Work is counted in
 * evaluations; the clock decides only where the user set a time limit.
 */
import type { Parameters } from './parameters.js'
import type { CheckedPlanOptions } from './plan-options.js'
import type { Progress } from './progress.js'

/** How long the search may hold the thread before it yields, milliseconds. */
const SLICE_MS = 12
const PROGRESS_MS = 100

export class Run {
  readonly options: CheckedPlanOptions
  readonly #started = performance.now()
  readonly #deadline: number
  #lastYield = this.#started
  #lastProgress = Number.NEGATIVE_INFINITY
  phase = 'targets'
  evaluations = 0
  /** Dead ends of the exact search. */
  failures = 0
  roundsScored = 0
  lpSolves = 0
  columns = 0
  /** Notes of the LP layer about answers that had to be taken elsewhere. */
  readonly lpNotes = new Set<string>()
  /** For progress: incumbent and bound, seconds. */
  makespanSeconds: number | undefined
  lowerBoundSeconds = 0
  unplaced = 0
  /** Of the finished plan: indices of the nodes that its lower bound rests on; empty where it rests on no certain ones. */
  boundNodes: readonly number[] = []

  constructor(options: CheckedPlanOptions) {
    this.options = options
    this.#deadline = this.#started + options.timeLimitSeconds * 1000
  }

  get elapsedSeconds(): number {
    return (performance.now() - this.#started) / 1000
  }

  /** Wall-clock time left, milliseconds; Infinity without a limit. */
  get remainingMs(): number {
    return this.#deadline - performance.now()
  }

  /** The user's limit is reached: stop and return the incumbent. */
  get stopped(): boolean {
    return this.options.signal?.aborted === true || performance.now() >= this.#deadline
  }

  get parameters(): Parameters {
    return this.options.parameters
  }

  /** Lets timers, messages and the abort signal through when the slice is used up, and reports. True: stop. */
  async breathe(): Promise<boolean> {
    const now = performance.now()
    if (now - this.#lastYield >= SLICE_MS) {
      this.report(false)
      await yieldToEventLoop()
      this.#lastYield = performance.now()
    }
    return this.stopped
  }

  /** Tells the user where the search stands; `important`: at once, else at most ten times a second. */
  report(important: boolean): void {
    const { onProgress } = this.options
    if (onProgress === undefined) return
    const now = performance.now()
    if (!important && now - this.#lastProgress < PROGRESS_MS) return
    this.#lastProgress = now
    const { makespanSeconds, lowerBoundSeconds } = this
    const progress: Progress = {
      phase: this.phase,
      elapsedSeconds: this.elapsedSeconds,
      evaluations: this.evaluations,
      makespanSeconds,
      lowerBoundSeconds,
      gap:
        makespanSeconds === undefined
          ? undefined
          : makespanSeconds === 0
            ? 0
            : Math.max(0, (makespanSeconds - lowerBoundSeconds) / makespanSeconds),
      unplaced: this.unplaced,
    }
    onProgress(progress)
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
