/**
 * Exact search over the times of fixed legs: makespan probes between bound and incumbent, neighbourhoods, and refutation just below the
 * incumbent, all by the kernel's failure-directed search (Vilím, Laborie, Shaw 2015). A target that is found lowers the incumbent, one that
 * is refuted raises the bound; both may end the search. Dead ends are counted, not seconds.
 */
import type { ExactRun, ExactSearch, Kernel, ScheduleProblem } from '../kernel/types.js'
import type { Instance } from '../model/instance.js'
import { destructiveBound } from './bounds/destructive.js'
import { pairCount, spend } from './dead-ends.js'
import { type Leg, scheduleProblemOf } from './legs.js'
import { Neighbourhoods } from './neighbourhood.js'
import { Random } from './random.js'
import type { Run } from './run.js'
import type { Timeline } from './timeline.js'
import type { ForbiddenIntervals } from './wishes.js'

/** Dead ends that the first turn grants, and how much more each further one. */
const FIRST_TURN = 200
const TURN_GROWTH = 2
/** Part of a turn that each way of the scout gets for one question. */
const SCOUT_SHARE = 0.25
/** Above so many pairs refutations get rare, and the main search gets less in comparison. */
const PAIRS_FOR_PROOF = 2000
/** Dead ends that one neighbourhood may meet. */
const NEIGHBOURHOOD = 60
/** Part of the dead ends that may go into raising the bound first. */
const REFUTATION_SHARE = 0.1
/** Above this many legs on one node the pairs alone would fill the kernel's memory. */
const MAX_PAIRS = 400_000

export interface ExactOutcome {
  timeline: Timeline
  /** No schedule of these legs ends earlier, ticks. */
  bound: number
  failures: number
}

/** Is the problem of a size that the exact search can hold? */
export function exactSearchFits(legs: readonly Leg[]): boolean {
  return legs.length > 1 && pairCount(legs) <= MAX_PAIRS
}

/**
 * @param timeline an incumbent with every leg scheduled.
 * @param low a bound that holds for these legs, ticks.
 * @param grid ticks: the least makespan is a multiple of it, and so is `low`.
 * @param failures dead ends to spend in all.
 * @param onBetter told of every better incumbent, and of every better bound.
 */
export async function searchExactly(
  instance: Instance,
  kernel: Kernel,
  forbidden: ForbiddenIntervals,
  run: Run,
  timeline: Timeline,
  low: number,
  grid: number,
  failures: number,
  onBetter: (timeline: Timeline, bound: number) => void,
): Promise<ExactOutcome> {
  const problem = scheduleProblemOf(instance, forbidden, timeline.legs)
  const search = new Proof(
    kernel,
    problem,
    run,
    { timeline, bound: low, failures: 0 },
    grid,
    failures,
    onBetter,
  )
  try {
    return await search.search(low)
  } finally {
    search.dispose()
  }
}

/**
 * Two searches side by side. The *main* one asks for makespan − grid and goes on where it stopped, so that no refutation is begun twice. The
 * *scout* tries the bound itself, which often is the optimum; steps down from the incumbent, guided by it; and looks around in
 * neighbourhoods of it. Each turn grants twice as many dead ends as the last.
 */
class Proof {
  readonly #main: ExactSearch
  readonly #scout: ExactSearch
  readonly #run: Run
  readonly #state: ExactOutcome
  readonly #grid: number
  readonly #failures: number
  readonly #onBetter: (timeline: Timeline, bound: number) => void
  readonly #neighbourhoods: Neighbourhoods
  readonly #pairs: number
  readonly #mainShare: number

  constructor(
    kernel: Kernel,
    problem: ScheduleProblem,
    run: Run,
    state: ExactOutcome,
    grid: number,
    failures: number,
    onBetter: (timeline: Timeline, bound: number) => void,
  ) {
    this.#main = kernel.createExactSearch(problem)
    this.#scout = kernel.createExactSearch(problem)
    this.#run = run
    this.#state = state
    this.#grid = grid
    this.#failures = failures
    this.#onBetter = onBetter
    this.#pairs = pairCount(state.timeline.legs)
    this.#mainShare = Math.min(1, PAIRS_FOR_PROOF / this.#pairs)
    this.#neighbourhoods = new Neighbourhoods(new Random(run.options.seed ^ 0x1b873593))
  }

  dispose(): void {
    this.#main.dispose()
    this.#scout.dispose()
  }

  async search(low: number): Promise<ExactOutcome> {
    const state = this.#state
    await this.#refute(low)
    let asked = -1
    for (let turn = FIRST_TURN; this.#going; turn *= TURN_GROWTH) {
      const part = Math.ceil(turn * SCOUT_SHARE)
      await this.#scoutAt(state.bound, part, true)
      await this.#descend(part)
      await this.#lookAround(part)
      const until = state.failures + Math.ceil(turn * this.#mainShare)
      while (this.#going && state.failures < until) {
        const target = state.timeline.makespan - this.#grid
        if (asked !== target) {
          this.#main.begin({ target, hint: state.timeline.start, mirror: true, keepRatings: true })
          asked = target
        }
        await this.#spend(this.#main, until - state.failures, target)
      }
    }
    return state
  }

  /** Destructive improvement of the bound before all else. */
  async #refute(low: number): Promise<void> {
    const { timeline } = this.#state
    const share = Math.ceil(this.#failures * REFUTATION_SHARE)
    const { start, bound, failures } = await destructiveBound(
      this.#scout,
      this.#run,
      low,
      timeline.makespan,
      this.#grid,
      timeline.start,
      share,
      this.#pairs,
    )
    this.#state.failures += failures
    if (start !== undefined) {
      this.#state.timeline = timelineOf(timeline, start)
      this.#onBetter(this.#state.timeline, this.#state.bound)
    }
    this.#raise(bound)
  }

  get #going(): boolean {
    const { bound, timeline, failures } = this.#state
    return bound < timeline.makespan && failures < this.#failures && !this.#run.stopped
  }

  #raise(bound: number): void {
    const onGrid = Math.ceil(bound / this.#grid) * this.#grid
    if (onGrid <= this.#state.bound) return
    this.#state.bound = onGrid
    this.#onBetter(this.#state.timeline, onGrid)
  }

  /** `guided` by the incumbent a search finds sooner, and refutes later. */
  async #scoutAt(target: number, allowed: number, guided: boolean): Promise<ExactRun['status']> {
    if (!this.#going) return 'limit'
    this.#scout.begin({ target, hint: this.#state.timeline.start, mirror: true, guided })
    return this.#spend(this.#scout, allowed, target)
  }

  /** Steps down from the incumbent, twice as far after each success, half as far where a target resists. */
  async #descend(allowed: number): Promise<void> {
    const state = this.#state
    let step = Math.max(1, Math.floor((state.timeline.makespan - state.bound) / this.#grid / 4))
    while (this.#going) {
      const target = Math.max(state.bound, state.timeline.makespan - step * this.#grid)
      const status = await this.#scoutAt(target, allowed, true)
      if (status === 'found') step *= 2
      else if (step === 1) return
      else step = Math.floor(step / 2)
    }
  }

  async #lookAround(allowed: number): Promise<void> {
    const state = this.#state
    const until = state.failures + allowed
    while (this.#going && state.failures < until) {
      const target = state.timeline.makespan - this.#grid
      const shape = this.#neighbourhoods.begin(this.#scout, state.timeline, target)
      const status = await this.#spend(this.#scout, NEIGHBOURHOOD, undefined)
      // A neighbourhood that is refuted at once has cost something too.
      state.failures++
      this.#neighbourhoods.digest(shape, status)
    }
  }

  /** Runs what was begun for at most so many dead ends; `target` undefined: a refutation says nothing of the whole. */
  async #spend(
    search: ExactSearch,
    allowed: number,
    target: number | undefined,
  ): Promise<ExactRun['status']> {
    const state = this.#state
    const { status, start, spent } = await spend(
      search,
      this.#run,
      this.#pairs,
      Math.min(allowed, this.#failures - state.failures),
    )
    state.failures += spent
    if (status === 'found') {
      state.timeline = timelineOf(state.timeline, start)
      this.#onBetter(state.timeline, state.bound)
    } else if (status === 'refuted' && target !== undefined) {
      this.#raise(target + this.#grid)
    }
    return status
  }
}

/**
 * Any schedule of all legs at all, where schedule generation left some out: its lists know no waiting for what is not there yet.
 * `refuted`: there is none, whatever the order.
 */
export async function findSchedule(
  instance: Instance,
  kernel: Kernel,
  forbidden: ForbiddenIntervals,
  run: Run,
  timeline: Timeline,
  failures: number,
): Promise<{ status: 'found' | 'refuted' | 'limit'; timeline: Timeline }> {
  const search = kernel.createExactSearch(scheduleProblemOf(instance, forbidden, timeline.legs))
  try {
    search.begin({ target: instance.horizon, hint: timeline.start })
    const { status, start } = await spend(search, run, pairCount(timeline.legs), failures)
    return { status, timeline: status === 'found' ? timelineOf(timeline, start) : timeline }
  } finally {
    search.dispose()
  }
}

function timelineOf(before: Timeline, start: Int32Array): Timeline {
  const { legs } = before
  let makespan = 0
  legs.forEach((leg, i) => {
    makespan = Math.max(makespan, start[i] + leg.duration)
  })
  const order = Int32Array.from(legs, (_, i) => i).sort((a, b) => start[a] - start[b] || a - b)
  return { legs, order, start, round: new Int32Array(legs.length), makespan, unscheduledWeight: 0 }
}
