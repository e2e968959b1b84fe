/**
 * The schedule of fixed legs: several first lists, the squeaky wheel on the best of them, then annealing of the list in the kernel
 * until the incumbent meets the bound or the work budget ends. The serial scheme where memory cannot bind, the event scheme where it can; the rounds scheme
 * for schedules with barriers.
 */
import type {
  GenerationScheme,
  Kernel,
  ScheduleProblem,
  ScheduleResult,
  Scheduler,
} from '../../kernel/types.js'
import type { ScheduleKind } from '../../model/plan.js'
import type { SearchContext } from '../context.js'
import type { Run } from '../run.js'
import { bottleneckFirst, firstLists, tasksThatMayWait } from './first-lists.js'
import { type Leg, scheduleProblemOf } from './legs.js'
import { memoryHolds, postPredecessors } from './memory-posting.js'
import type { ScheduleParameters } from './parameters.js'
import { type SqueakyWheel, turnSqueakyWheel } from './squeaky-wheel.js'

export interface Timeline extends ScheduleResult {
  legs: readonly Leg[]
  /** The list that generates it; where memory binds, in the scheme that heeds it or in the one that does not. */
  order: Int32Array
}

export interface TimelineSearch {
  schedule: ScheduleKind
  /** Stop at this makespan once all legs are scheduled, ticks. */
  target: number
  /** Work units: tasks placed. */
  work: number
  seed: number
  /** Further lists to begin with. */
  orders?: readonly Int32Array[]
}

/** Evaluations between two looks at the clock, as work units. */
const SLICE_WORK = 60_000

/** A schedule is better that leaves less weight out, then that ends earlier. */
export function isBetter(a: ScheduleResult, b: ScheduleResult): boolean {
  if (a.unscheduledWeight !== b.unscheduledWeight) return a.unscheduledWeight < b.unscheduledWeight
  return a.makespan < b.makespan
}

export async function solveTimeline(
  context: SearchContext,
  legs: readonly Leg[],
  search: TimelineSearch,
  onBetter?: (timeline: Timeline) => void,
): Promise<Timeline> {
  const empty = new Int32Array(0)
  if (legs.length === 0) {
    return { legs, order: empty, start: empty, round: empty, makespan: 0, unscheduledWeight: 0 }
  }
  const { instance, kernel, forbidden } = context
  const problem = scheduleProblemOf(instance, forbidden, legs, search.schedule)
  const scheduler = kernel.createScheduler(problem)
  try {
    return await new ListSearch(context, legs, problem, scheduler, search, onBetter).solve()
  } finally {
    scheduler.dispose()
  }
}

class ListSearch {
  readonly #kernel: Kernel
  readonly #run: Run
  readonly #legs: readonly Leg[]
  readonly #problem: ScheduleProblem
  readonly #scheduler: Scheduler
  readonly #search: TimelineSearch
  readonly #onBetter: ((timeline: Timeline) => void) | undefined
  readonly #scheme: GenerationScheme
  readonly #parameters: ScheduleParameters
  #best: Timeline | undefined
  /** The best that comes of a list in the search's own scheme. */
  #listed: Timeline | undefined

  constructor(
    { kernel, run }: SearchContext,
    legs: readonly Leg[],
    problem: ScheduleProblem,
    scheduler: Scheduler,
    search: TimelineSearch,
    onBetter: ((timeline: Timeline) => void) | undefined,
  ) {
    this.#kernel = kernel
    this.#run = run
    this.#parameters = run.parameters.schedule
    this.#legs = legs
    this.#problem = problem
    this.#scheduler = scheduler
    this.#search = search
    this.#onBetter = onBetter
    this.#scheme = search.schedule === 'rounds' ? 'rounds' : problem.memoryNodeCount > 0 ? 'event' : 'serial'
  }

  async solve(): Promise<Timeline> {
    const { orders = [], seed, target, work } = this.#search
    for (const order of [...orders, ...firstLists(this.#problem, seed, target)]) {
      this.#take(order, this.#evaluate(order))
      if (this.#reached() || this.#run.stopped) break
    }
    if (work > 1 && !this.#reached()) await this.#turnWheel()
    if (!this.#reached()) await this.#anneal()
    if (this.#best === undefined) throw new Error('no first list was evaluated')
    return this.#best
  }

  #evaluate(order: Int32Array): ScheduleResult {
    return this.#scheduler.evaluate(order, this.#scheme)
  }

  #take(order: Int32Array, result: ScheduleResult): void {
    this.#run.count('evaluations')
    if (this.#listed === undefined || isBetter(result, this.#listed))
      this.#listed = { legs: this.#legs, order, ...result }
    this.#keep(order, result)
  }

  #keep(order: Int32Array, result: ScheduleResult): void {
    if (this.#best !== undefined && !isBetter(result, this.#best)) return
    const { start, round, makespan, unscheduledWeight } = result
    this.#best = { legs: this.#legs, order, start, round, makespan, unscheduledWeight }
    this.#onBetter?.(this.#best)
  }

  /** Makespan at which a search of thousands of legs stops, but for great effort: what is left takes longest to find. */
  #enough(): number {
    const { target } = this.#search
    const { thousandsOfLegs, thousandsOfLegsNear } = this.#parameters
    const { patient } = this.#run.parameters.planner
    const goesOn = this.#legs.length < thousandsOfLegs || patient
    return goesOn ? target : target * (1 + thousandsOfLegsNear)
  }

  /** All legs are scheduled, by the target or as near to it as `slack` times it. */
  #reached(slack = 0): boolean {
    const best = this.#best
    return best?.unscheduledWeight === 0 && best.makespan <= this.#search.target * (1 + slack)
  }

  async #turnWheel(): Promise<void> {
    const { orders = [], seed, target, work } = this.#search
    const wheel = {
      problem: this.#problem,
      order: orders[0] ?? bottleneckFirst(this.#problem, target),
      target,
      enough: this.#enough(),
      seed,
      work: Math.max(work, this.#parameters.wheelLeastWork),
      parameters: this.#parameters,
      breathe: () => this.#run.breathe(),
    }
    if (this.#scheme === 'event') {
      if (this.#legs.length < this.#parameters.manyLegs) return
      await this.#fillGaps(wheel)
      if (this.#reached(this.#parameters.manyLegsNear)) return
      wheel.work = work
    }
    await turnSqueakyWheel({
      ...wheel,
      evaluate: (order) => this.#evaluate(order),
      take: (order, result) => this.#take(order, result),
    })
  }

  /**
   * Gaps filled without a look at memory are worth more than the scheme that heeds it, which leaves nothing idle for a better task to come.
   * What comes of them is kept where memory holds all the same; where it does not, arrivals are made to wait for departures.
   */
  async #fillGaps(wheel: Omit<SqueakyWheel, 'evaluate' | 'take'>): Promise<void> {
    const problem = this.#problem
    let blind: (ScheduleResult & { order: Int32Array }) | undefined
    const turn = (predecessor: Int32Array) =>
      this.#under(predecessor, (scheduler) =>
        turnSqueakyWheel({
          ...wheel,
          evaluate: (order) => scheduler.evaluate(order, 'serial'),
          take: (order, result) => {
            this.#run.count('evaluations')
            if (blind === undefined || isBetter(result, blind)) blind = { order, ...result }
            const better = this.#best === undefined || isBetter(result, this.#best)
            if (better && memoryHolds(problem, result.start)) this.#keep(order, result)
          },
        }),
      )
    await turn(problem.predecessor)
    if (blind === undefined || this.#reached() || this.#run.stopped) return
    const { order } = blind
    const predecessor = await postPredecessors(
      problem,
      tasksThatMayWait(problem, wheel.target),
      this.#parameters.postingRounds,
      async (given) => {
        await this.#run.breathe()
        this.#run.count('evaluations')
        return this.#under(given, (scheduler) => scheduler.evaluate(order, 'serial').start)
      },
    )
    if (predecessor !== undefined && !this.#run.stopped) await turn(predecessor)
  }

  /** With a scheduler of the same problem under other predecessors. */
  async #under<T>(predecessor: Int32Array, use: (scheduler: Scheduler) => T | Promise<T>): Promise<T> {
    const scheduler = this.#kernel.createScheduler({ ...this.#problem, predecessor })
    try {
      return await use(scheduler)
    } finally {
      scheduler.dispose()
    }
  }

  async #anneal(): Promise<void> {
    const { length } = this.#legs
    const { work, seed, target } = this.#search
    const { annealEvaluationsBySquare, annealStepsPerLeg } = this.#parameters
    const total = Math.max(1, Math.min(work / length, annealEvaluationsBySquare * length ** 2) | 0)
    if (this.#listed === undefined || length === 1 || total < annealStepsPerLeg * length) return
    const slice = Math.max(1, Math.min(total, Math.floor(SLICE_WORK / length)))
    let current = this.#listed.order
    for (let spent = 0; spent < total && !this.#reached(); ) {
      if (await this.#run.breathe()) return
      const result = this.#scheduler.anneal({
        scheme: this.#scheme,
        order: current,
        evaluations: Math.min(slice, total - spent),
        spent,
        total,
        seed,
        target,
      })
      spent += Math.max(1, result.evaluations)
      this.#run.count('evaluations', result.evaluations)
      current = result.current
      this.#keep(result.order, result)
    }
  }
}
