/** Better times for what is chosen, and proofs that there are none: local search, exact search, rounds. */
import { addAll } from '../../lists.js'
import { legsAreForced } from '../bounds/destructive.js'
import { pairCount } from '../exact/dead-ends.js'
import { exactSearchFits, searchExactly } from '../exact/exact.js'
import { ALONE } from '../exact/pool.js'
import { roundLists } from '../rounds/lists.js'
import { solveRounds } from '../rounds/solve.js'
import { isBetter, solveTimeline, type Timeline, type TimelineSearch } from '../schedule/timeline.js'
import type { Bounding } from './bounding.js'
import { deadEnds, isNearEnough } from './budget.js'
import type { PlannerContext } from './context.js'
import { type Incumbent, parks, retimed } from './incumbent.js'
import type { ProgressReport } from './progress-report.js'
import type { Standing } from './standing.js'

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
  async polish(standing: Standing): Promise<void> {
    if (this.#bounding.meets(standing) || this.#isGoodEnough(standing)) return
    const { incumbent, bound, lists, matching } = standing
    const { run, pool } = this.#context
    const { schedule, seed } = run.options
    run.enter(schedule)
    const { timeline } = incumbent
    const { legs } = timeline
    if (this.#canProve(incumbent)) pool.prepare()
    const orders: Int32Array[] = [timeline.order, ...lists.filter((list) => list.length === legs.length)]
    if (schedule === 'rounds') {
      const sameLegs = matching?.rowOfLeg.length === legs.length
      addAll(orders, await roundLists(this.#context, legs, sameLegs ? matching : undefined))
    }
    // The incumbent's wishes are those of its legs: only `wish` indices into the same list are needed.
    const search: TimelineSearch = {
      schedule,
      target: bound.makespan,
      work: this.#polishWork(incumbent) * this.#shareOf(standing),
      seed: seed ^ 0x9e3779b9,
      orders,
    }
    const polished = await solveTimeline(this.#context, legs, search, (t) => {
      if (t.unscheduledWeight === 0) this.#progress.announce(retimed(incumbent, t), bound)
    })
    if (isBetter(polished, timeline)) standing.incumbent = retimed(incumbent, polished)
  }

  /**
   * Exact search over the times of what is chosen, `quick` before the long local search. What it refutes bounds the plan only where
   * nothing else could be chosen.
   */
  async prove(standing: Standing, quick: boolean): Promise<void> {
    if (this.#bounding.meets(standing)) return
    const { instance, run, pool } = this.#context
    if (run.options.schedule === 'rounds') return this.#proveRounds(standing, quick)
    const { state, incumbent, bound } = standing
    const { timeline } = incumbent
    if (!this.#canProve(incumbent) || this.#isGoodEnough(standing)) return
    run.enter('exact')
    const { firstProof } = run.parameters.planner
    const share = (quick ? firstProof : 1 - firstProof) * this.#shareOf(standing)
    const fixed = legsAreForced(state.wishes, timeline.legs)
    const at = (t: Timeline) => retimed(incumbent, t)
    const within = (value: number) => (fixed ? this.#bounding.raised(bound, value, 'exact-search') : bound)
    const task = {
      timeline,
      low: bound.makespan,
      grid: this.#bounding.grid,
      failures: deadEnds(instance, run, timeline.legs, share),
    }
    // The first, short search is over sooner than helpers are there.
    const outcome = await searchExactly(this.#context, quick ? ALONE : pool, task, (t, value) =>
      this.#progress.announce(at(t), within(value)),
    )
    standing.incumbent = at(outcome.timeline)
    standing.bound = within(outcome.bound)
  }

  /** The same for rounds: bounds, repacking and exact search of their own. */
  async #proveRounds(standing: Standing, quick: boolean): Promise<void> {
    const { state, incumbent, bound } = standing
    const { timeline } = incumbent
    const prove = incumbent.unplacedWeight === 0 && !parks(incumbent)
    const fixed = prove && state.wishes.every((w) => w.choices.length === 1 && !w.makesRoom)
    const at = (t: Timeline) => retimed(incumbent, t)
    const within = (value: number, by: string) => (fixed ? this.#bounding.raised(bound, value, by) : bound)
    const outcome = await solveRounds({
      ...this.#context,
      timeline,
      known: bound.makespan,
      prove,
      quick,
      onBetter: (t, value, by) => this.#progress.announce(at(t), within(value, by)),
    })
    if (outcome.note !== '') this.#bounding.lpNotes.push(outcome.note)
    standing.incumbent = at(outcome.timeline)
    standing.bound = within(outcome.bound, outcome.by)
  }

  /** So near the bound, on so many pairs, that only a patient run goes on. */
  #isGoodEnough(standing: Standing): boolean {
    const { patient, nearLeftAlonePairs } = this.#context.run.parameters.planner
    if (patient || !isNearEnough(this.#context.run, standing)) return false
    return pairCount(standing.incumbent.timeline.legs) > nearLeftAlonePairs
  }

  /** Of its work, what a search is worth where so little is left to gain. */
  #shareOf(standing: Standing): number {
    const { nearShare } = this.#context.run.parameters.planner
    return isNearEnough(this.#context.run, standing) ? nearShare : 1
  }

  /** Work units of the long local search. */
  #polishWork(incumbent: Incumbent): number {
    const { run } = this.#context
    const { work, polishBeforeProof, polishPairsForAll, polishMostBeforeProof } = run.parameters.planner
    const share = Math.min(1, polishBeforeProof + pairCount(incumbent.timeline.legs) / polishPairsForAll)
    // Rounds are annealed as wholes afterwards.
    if (run.options.schedule === 'rounds') return work * share
    return this.#canProve(incumbent) ? Math.min(work * share, polishMostBeforeProof) : work
  }

  /** Is the exact search of use for an incumbent: timelines of moderate size. */
  #canProve({ timeline }: Incumbent): boolean {
    return (
      this.#context.run.options.schedule === 'timeline' && exactSearchFits(this.#context.run, timeline.legs)
    )
  }
}
