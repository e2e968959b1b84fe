/** A lane that runs in epochs, in this thread. */
import type { Kernel } from '../../kernel/types.js'
import type { Run } from '../run.js'
import type { Timeline } from '../schedule/timeline.js'
import { Lane, type LaneTask, timelineOf } from './lane.js'
import { EpochMeter } from './meter.js'
import type { LaneReport, LaneUpdate, SteppedLane } from './pool.js'

export class LocalLane implements SteppedLane {
  readonly #lane: Lane
  readonly #run: Run
  readonly #meter = new EpochMeter()
  /** What ended the search before its time. */
  #fault: { cause: unknown } | undefined
  #done = false

  constructor(
    kernel: Kernel,
    task: LaneTask,
    run: Run,
    { start, bound }: Omit<LaneUpdate, 'failures'>,
    onBetter: (timeline: Timeline, bound: number) => void,
  ) {
    const state = { timeline: timelineOf(task.legs, start), bound, failures: 0 }
    this.#run = run
    this.#lane = new Lane(kernel, task, run, state, this.#meter, onBetter)
    void this.#search()
  }

  async advance({ start, bound, failures }: LaneUpdate): Promise<LaneReport> {
    const { state } = this.#lane
    const told = timelineOf(state.timeline.legs, start)
    // Equal ones too: all lanes go on from the same incumbent.
    if (told.makespan <= state.timeline.makespan) state.timeline = told
    state.bound = Math.max(state.bound, bound)
    const before = state.timeline
    const failuresBefore = this.#run.counters.failures
    if (!this.#done) await this.#meter.epoch(failures)
    if (this.#fault !== undefined) throw this.#fault.cause
    return {
      start: state.timeline === before ? new Int32Array(0) : state.timeline.start,
      bound: state.bound,
      failures: this.#run.counters.failures - failuresBefore,
      done: this.#done,
    }
  }

  end(): void {
    this.#done = true
    this.#meter.close()
    this.#lane.dispose()
  }

  async #search(): Promise<void> {
    try {
      await this.#lane.search()
    } catch (cause) {
      if (!this.#done) this.#fault = { cause }
    }
    this.#done = true
    this.#meter.close()
  }
}
