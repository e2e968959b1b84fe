/** The threads that a search may use: this one, and helpers in workers. */
import type { RestartResult, RestartTask } from '../assignment/joint-restart.js'
import type { LaneTask } from './lane.js'

/** What a lane is told when an epoch begins. Plain data. */
export interface LaneUpdate {
  /** [legs] start ticks of the incumbent. */
  start: Int32Array
  /** Ticks. */
  bound: number
  /** Dead ends of the epoch, ≥ 1. */
  failures: number
}

/** What it tells when it has ended. Plain data. */
export interface LaneReport {
  /** [legs] start ticks of the best schedule that it knows; empty where that is the one it was told. */
  start: Int32Array
  /** Ticks. */
  bound: number
  /** Dead ends of the kernel, for statistics. */
  failures: number
  /** It has spent all it may, or nothing is left to search. */
  done: boolean
}

/** A lane that keeps in step with others, wherever it runs. */
export interface SteppedLane {
  advance(update: LaneUpdate): Promise<LaneReport>
  /** Stops it at once, also within an epoch. */
  end(): void
}

/** A thread that searches on its own. Everything it does settles; where it has crashed or been stopped, as `HelperLost`. */
export interface Helper {
  lane(task: LaneTask, first: Omit<LaneUpdate, 'failures'>): SteppedLane
  restart(task: RestartTask): Promise<RestartResult>
}

/** A helper crashed, hung or was stopped: what it was about is lost. */
export class HelperLost extends Error {}

export interface SearchPool {
  /** Threads that search, this one included: 1 where there are no helpers, or none are left. */
  readonly threads: number
  /** Why there are fewer than were asked for; `''`: there are not. */
  readonly note: string
  /** Starts the helpers, without waiting, so that they are there when they are needed. */
  prepare(): void
  /** All of them once they run, threads − 1; none where they cannot be started. Never rejects. */
  helpers(): Promise<readonly Helper[]>
  /** The helper was lost: from now on this thread searches alone. */
  giveUp(lost: HelperLost): void
  close(): void
}

/** This thread alone. */
export const ALONE: SearchPool = {
  threads: 1,
  note: '',
  prepare: () => undefined,
  helpers: async () => [],
  giveUp: () => undefined,
  close: () => undefined,
}
