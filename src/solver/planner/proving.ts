/** Better times for what is chosen, and proofs that there are none: local search, exact search, rounds. */
import { legsAreForced } from '../bounds/destructive.js'
import type { MatchingLpResult } from '../bounds/matching-lp.js'
import type { PlanBound } from '../bounds/plan-bound.js'
import { pairCount } from '../dead-ends.js'
import { exactSearchFits, searchExactly } from '../exact.js'
import { ALONE } from '../lanes/pool.js'
import { roundLists } from '../rounds/lists.js'
import { solveRounds } from '../rounds/solve.js'
import { isBetter, solveTimeline, type Timeline, type TimelineSearch } from '../timeline.js'
import type { Wish } from '../wishes.js'
import type { Bounding } from './bounding.js'
import { deadEnds, isNearEnough } from './budget.js'
import type { PlannerContext } from './context.js'
import { type Incumbent, parks, retimed } from './incumbent.js'
import type { ProgressReport } from './progress-report.js'

export class Proving {
  readonly #context: PlannerContext
  readonly #bounding: Bounding
  readonly #progress: ProgressReport

  constructor(context: PlannerContext, bounding: Bounding, progress: ProgressReport) {
    this.#context = context
    this.#bounding = bounding
    this.#progress = progress
  }

  /** The rest of the search work, on the incumbent's decisions. */
  async polish(
    incumbent: Incumbent,
    bound: PlanBound,
    lpRounds: MatchingLpResult | undefined,
    lists: readonly Int32Array[],
  ): Promise<Incumbent> {
    const { schedule, seed } = this.#context.run.options
    if (this.#isGoodEnough(incumbent, bound)) return incumbent
    this.#context.run.enter(schedule)
    const { timeline } = incumbent
    const { legs } = timeline
    if (this.#canProve(incumbent)) this.#context.pool.prepare()
    const orders: Int32Array[] = [timeline.order, ...lists.filter((list) => list.length === legs.length)]
    if (schedule === 'rounds') {
      const forbidden = legs.map((l) => this.#context.forbidden.of(l.vm, l.from, l.to))
      const sameLegs = lpRounds !== undefined && lpRounds.rowOfLeg.length === legs.length
      orders.push(
        ...(await roundLists(
          this.#context.instance,
          this.#context.kernel,
          this.#context.run,
          legs,
          forbidden,
          sameLegs ? lpRounds.rounds : [],
          sameLegs ? lpRounds.rowOfLeg : undefined,
        )),
      )
    }
    // The incumbent's wishes are those of its legs: only `wish` indices into the same list are needed.
    const search: TimelineSearch = {
      schedule,
      target: bound.makespan,
      work: this.#polishWork(incumbent) * this.#shareOf(incumbent, bound),
      seed: seed ^ 0x9e3779b9,
      orders,
    }
    const polished = await solveTimeline(
      this.#context.instance,
      this.#context.kernel,
      this.#context.forbidden,
      this.#context.run,
      legs,
      search,
      (t) => {
        if (t.unscheduledWeight === 0) this.#progress.announce(retimed(incumbent, t), bound)
      },
    )
    if (!isBetter(polished, timeline)) return incumbent
    return retimed(incumbent, polished)
  }

  /**
   * Exact search over the times of what is chosen, `quick` before the long local search. What it refutes bounds the plan only where nothing else could be chosen.
   */
  async prove(
    wishes: readonly Wish[],
    incumbent: Incumbent,
    bound: PlanBound,
    quick: boolean,
  ): Promise<[Incumbent, PlanBound]> {
    if (this.#context.run.options.schedule === 'rounds')
      return this.#proveRounds(wishes, incumbent, bound, quick)
    const { firstProof } = this.#context.run.parameters.planner
    const share = quick ? firstProof : 1 - firstProof
    const { timeline } = incumbent
    if (!this.#canProve(incumbent) || this.#isGoodEnough(incumbent, bound)) return [incumbent, bound]
    this.#context.run.enter('exact')
    const fixed = legsAreForced(wishes, timeline.legs)
    const at = (t: Timeline) => retimed(incumbent, t)
    const within = (value: number) => (fixed ? this.#bounding.raised(bound, value, 'exact-search') : bound)
    const outcome = await searchExactly(
      this.#context.instance,
      this.#context.kernel,
      this.#context.forbidden,
      this.#context.run,
      // The first, short search is over sooner than helpers are there.
      quick ? ALONE : this.#context.pool,
      timeline,
      bound.makespan,
      this.#bounding.grid,
      deadEnds(
        this.#context.instance,
        this.#context.run,
        timeline.legs,
        share * this.#shareOf(incumbent, bound),
      ),
      (t, value) => this.#progress.announce(at(t), within(value)),
    )
    return [at(outcome.timeline), within(outcome.bound)]
  }

  /** The same for rounds: bounds, repacking and exact search of their own. */
  async #proveRounds(
    wishes: readonly Wish[],
    incumbent: Incumbent,
    bound: PlanBound,
    quick: boolean,
  ): Promise<[Incumbent, PlanBound]> {
    const { timeline } = incumbent
    const prove = incumbent.unplacedWeight === 0 && !parks(incumbent)
    const fixed = prove && wishes.every((w) => w.choices.length === 1 && !w.makesRoom)
    const at = (t: Timeline) => retimed(incumbent, t)
    const within = (value: number, by: string) => (fixed ? this.#bounding.raised(bound, value, by) : bound)
    const outcome = await solveRounds({
      instance: this.#context.instance,
      kernel: this.#context.kernel,
      lp: this.#context.lp,
      run: this.#context.run,
      forbidden: this.#context.forbidden,
      timeline,
      known: bound.makespan,
      prove,
      quick,
      onBetter: (t, value, by) => this.#progress.announce(at(t), within(value, by)),
    })
    if (outcome.note !== '')
      this.#bounding.lpStory = [this.#bounding.lpStory, outcome.note].filter((s) => s !== '').join('; ')
    return [at(outcome.timeline), within(outcome.bound, outcome.by)]
  }

  /** So near the bound, on so many pairs, that only a patient run goes on. */
  #isGoodEnough(incumbent: Incumbent, bound: PlanBound): boolean {
    const { search, planner } = this.#context.run.parameters
    if (search.patient || !isNearEnough(this.#context.run, incumbent, bound)) return false
    return pairCount(incumbent.timeline.legs) > planner.nearLeftAlonePairs
  }

  /** Of its work, what a search is worth where so little is left to gain. */
  #shareOf(incumbent: Incumbent, bound: PlanBound): number {
    const { nearShare } = this.#context.run.parameters.planner
    return isNearEnough(this.#context.run, incumbent, bound) ? nearShare : 1
  }

  /** Work units of the long local search. */
  #polishWork(incumbent: Incumbent): number {
    const { work } = this.#context.run.parameters.search
    if (!this.#canProve(incumbent)) return work
    const { polishBeforeProof, polishPairsForAll, polishMostBeforeProof } =
      this.#context.run.parameters.planner
    const share = polishBeforeProof + pairCount(incumbent.timeline.legs) / polishPairsForAll
    return Math.min(work * Math.min(1, share), polishMostBeforeProof)
  }

  /** Is the exact search of use for an incumbent: timelines of moderate size. */
  #canProve({ timeline }: Incumbent): boolean {
    return (
      this.#context.run.options.schedule === 'timeline' && exactSearchFits(this.#context.run, timeline.legs)
    )
  }
}
