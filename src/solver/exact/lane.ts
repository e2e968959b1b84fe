/**
 * One lane of the exact search over the times of fixed legs: makespan probes between bound and incumbent, neighbourhoods, and refutation just
 * below the incumbent, all by the kernel's failure-directed search (Vilím, Laborie, Shaw 2015). Dead ends are counted, not seconds.
 */
import type { ExactRun, ExactSearch, Kernel, ScheduleProblem } from '../../kernel/types.js'
import { destructiveBound } from '../bounds/destructive.js'
import type { Parameters } from '../parameters.js'
import { Random } from '../random.js'
import type { Run } from '../run.js'
import type { Leg } from '../schedule/legs.js'
import type { Timeline } from '../schedule/timeline.js'
import { pairCount, spend } from './dead-ends.js'
import { type Meter, UNMETERED } from './meter.js'
import { Neighbourhoods } from './neighbourhood.js'
import type { ExactParameters } from './parameters.js'

/**
 * What a lane does: `alone` all of it, in turns; `prove` asks for makespan − grid and goes on where it stopped; `scout` tries the bound, steps
 * down and looks around; `roam` only looks around.
 */
export type LaneRole = 'alone' | 'prove' | 'scout' | 'roam'

/** Plain data: it crosses to other threads. */
export interface LaneTask {
  role: LaneRole
  problem: ScheduleProblem
  legs: readonly Leg[]
  /** Any u32. */
  seed: number
  /** Ticks: the least makespan is a multiple of it, and so are bounds. */
  grid: number
  /** Dead ends to spend in all. */
  failures: number
  parameters: Parameters
}

export interface LaneState {
  timeline: Timeline
  /** No schedule of these legs ends earlier, ticks. */
  bound: number
  /** Dead ends spent. */
  failures: number
}

/**
 * The *main* search asks for makespan − grid and goes on where it stopped, so that no refutation is begun twice. The *scout* tries the bound
 * itself, which often is the optimum; steps down from the incumbent, guided by it; and looks around in neighbourhoods of it. Alone, a lane
 * does both in turns, each with twice as many dead ends as the last.
 */
export class Lane {
  readonly state: LaneState
  readonly #task: LaneTask
  readonly #main: ExactSearch | undefined
  readonly #scout: ExactSearch | undefined
  readonly #run: Run
  readonly #parameters: ExactParameters
  readonly #meter: Meter
  readonly #onBetter: (timeline: Timeline, bound: number) => void
  readonly #neighbourhoods: Neighbourhoods
  readonly #pairs: number
  readonly #mainShare: number
  /** Target of the main search, ticks; −1: none yet. */
  #asked = -1

  /** @param onBetter told of every better incumbent, and of every better bound, that this lane finds. */
  constructor(
    kernel: Kernel,
    task: LaneTask,
    run: Run,
    state: LaneState,
    meter: Meter,
    onBetter: (timeline: Timeline, bound: number) => void,
  ) {
    const { role, problem, legs, seed } = task
    this.state = state
    this.#task = task
    this.#main = role === 'alone' || role === 'prove' ? kernel.createExactSearch(problem) : undefined
    this.#scout = role === 'prove' ? undefined : kernel.createExactSearch(problem)
    this.#run = run
    this.#parameters = run.parameters.exact
    this.#meter = meter
    this.#onBetter = onBetter
    this.#pairs = pairCount(legs)
    this.#mainShare = Math.min(1, this.#parameters.pairsForProof / this.#pairs)
    this.#neighbourhoods = new Neighbourhoods(new Random(seed ^ 0x1b873593), this.#parameters)
  }

  dispose(): void {
    this.#main?.dispose()
    this.#scout?.dispose()
  }

  /** Searches until nothing is left between bound and incumbent, or to spend, or the run is stopped. */
  async search(): Promise<void> {
    const state = this.state
    const { role } = this.#task
    const { firstTurn, turnGrowth, scoutShare } = this.#parameters
    if (role === 'prove') {
      while (this.#going) await this.#refuteNext(this.#left)
      return
    }
    if (role !== 'roam') await this.#refute()
    for (let turn = firstTurn; this.#going; turn *= turnGrowth) {
      const part = Math.ceil(turn * scoutShare)
      if (role !== 'roam') {
        await this.#scoutAt(state.bound, part, true)
        await this.#descend(part)
      }
      await this.#lookAround(part)
      if (role !== 'alone') continue
      const until = state.failures + Math.ceil(turn * this.#mainShare)
      while (this.#going && state.failures < until) await this.#refuteNext(until - state.failures)
    }
  }

  /** The main search, for so many dead ends at most. */
  async #refuteNext(allowed: number): Promise<void> {
    const { timeline } = this.state
    const target = timeline.makespan - this.#task.grid
    if (this.#main === undefined) return
    if (this.#asked !== target) {
      this.#main.begin({ target, hint: timeline.start, mirror: true, keepRatings: true })
      this.#asked = target
    }
    await this.#spend(this.#main, allowed, target)
  }

  /** Destructive improvement of the bound before all else. */
  async #refute(): Promise<void> {
    if (this.#scout === undefined) return
    const { timeline, bound: low } = this.state
    const { start, bound } = await destructiveBound(
      this.#scout,
      this.#run,
      {
        low,
        high: timeline.makespan,
        grid: this.#task.grid,
        hint: timeline.start,
        failures: Math.ceil(this.#task.failures * this.#parameters.refutationShare),
        pairs: this.#pairs,
      },
      (search, allowed, target) => this.#meteredSpend(search, allowed, target),
    )
    if (start !== undefined) this.#take(start)
    this.#raise(bound)
  }

  get #left(): number {
    return this.#task.failures - this.state.failures
  }

  get #going(): boolean {
    const { bound, timeline } = this.state
    return bound < timeline.makespan && this.#left > 0 && !this.#meter.closed && !this.#run.stopped
  }

  /** Another lane may have answered the question meanwhile. What comes next below the incumbent always has to be asked. */
  #isOpen(target: number): boolean {
    const { bound, timeline } = this.state
    return target < timeline.makespan && target >= Math.min(bound, timeline.makespan - this.#task.grid)
  }

  #take(start: Int32Array): void {
    const timeline = timelineOf(this.state.timeline.legs, start)
    if (timeline.makespan >= this.state.timeline.makespan) return
    this.state.timeline = timeline
    this.#onBetter(timeline, this.state.bound)
  }

  #raise(bound: number): void {
    const { grid } = this.#task
    const onGrid = Math.ceil(bound / grid) * grid
    if (onGrid <= this.state.bound) return
    this.state.bound = onGrid
    this.#onBetter(this.state.timeline, onGrid)
  }

  /** `guided` by the incumbent a search finds sooner, and refutes later. */
  async #scoutAt(target: number, allowed: number, guided: boolean): Promise<ExactRun['status']> {
    if (!this.#going || this.#scout === undefined) return 'limit'
    this.#scout.begin({ target, hint: this.state.timeline.start, mirror: true, guided })
    return this.#spend(this.#scout, allowed, target)
  }

  /** Steps down from the incumbent, twice as far after each success, half as far where a target resists. */
  async #descend(allowed: number): Promise<void> {
    const state = this.state
    const { grid } = this.#task
    let step = Math.max(1, Math.floor((state.timeline.makespan - state.bound) / grid / 4))
    while (this.#going) {
      const target = Math.max(state.bound, state.timeline.makespan - step * grid)
      const status = await this.#scoutAt(target, allowed, true)
      if (status === 'found') step *= 2
      else if (step === 1) return
      else step = Math.floor(step / 2)
    }
  }

  async #lookAround(allowed: number): Promise<void> {
    const state = this.state
    const until = state.failures + allowed
    while (this.#going && state.failures < until && this.#scout !== undefined) {
      const target = state.timeline.makespan - this.#task.grid
      const shape = this.#neighbourhoods.begin(this.#scout, state.timeline, target)
      const status = await this.#spend(this.#scout, this.#parameters.neighbourhood, target, false)
      // A neighbourhood that is refuted at once has cost something too.
      state.failures++
      this.#neighbourhoods.digest(shape, status)
    }
  }

  /** Runs what was begun for at most so many dead ends; not `whole`: a refutation says nothing of all schedules. */
  async #spend(
    search: ExactSearch,
    allowed: number,
    target: number,
    whole = true,
  ): Promise<ExactRun['status']> {
    const { status, start } = await this.#meteredSpend(search, Math.min(allowed, this.#left), target)
    if (status === 'found') this.#take(start)
    else if (status === 'refuted' && whole) this.#raise(target + this.#task.grid)
    return status
  }

  /** `spend` in portions, as the meter grants them; what is left of them is given up once another lane has answered the question. */
  async #meteredSpend(search: ExactSearch, allowed: number, target: number): ReturnType<typeof spend> {
    let total = 0
    for (;;) {
      const wanted = allowed - total
      const granted = await this.#meter.grant(wanted)
      if (granted === 0 || (this.#meter !== UNMETERED && !this.#isOpen(target)))
        return { status: 'limit', start: NO_START, spent: total }
      const { status, start, spent } = await spend(search, this.#run, this.#pairs, granted)
      total += spent
      this.state.failures += spent
      this.#meter.spent(spent)
      if (status !== 'limit' || granted === wanted || total >= allowed || this.#run.stopped)
        return { status, start, spent: total }
    }
  }
}

const NO_START = new Int32Array(0)

/** The schedule of these starts, all of them ≥ 0. */
export function timelineOf(legs: readonly Leg[], start: Int32Array): Timeline {
  let makespan = 0
  legs.forEach((leg, i) => {
    makespan = Math.max(makespan, start[i] + leg.duration)
  })
  const order = Int32Array.from(legs, (_, i) => i).sort((a, b) => start[a] - start[b] || a - b)
  return { legs, order, start, round: new Int32Array(legs.length), makespan, unscheduledWeight: 0 }
}
