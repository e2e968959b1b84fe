/** From choices to times: a schedule, stop-overs where memory needs them, and who stays where there is no way. */
import type { Instance } from '../../model/instance.js'
import type { AssignmentState } from '../assignment/state.js'
import type { Uncovered } from '../assignment/tolerance.js'
import type { PlanBound } from '../bounds/plan-bound.js'
import { exactSearchFits, findSchedule } from '../exact/exact.js'
import { type Decision, legsOf, spaceBinds } from '../schedule/legs.js'
import { byDueDate, legsBefore } from '../schedule/order.js'
import { isBetter, solveTimeline, type Timeline, type TimelineSearch } from '../schedule/timeline.js'
import { cross } from '../transit/cross.js'
import { orderLike, scheduleInOrder } from '../transit/sequence-schedule.js'
import type { TransitContext } from '../transit/transit.js'
import { dropRivals } from '../wishes/rivals.js'
import type { Wish } from '../wishes/wishes.js'
import type { Bounding } from './bounding.js'
import { deadEnds } from './budget.js'
import type { PlannerContext } from './context.js'
import { type Incumbent, incumbentOf, isBetterPlan, uncoveredOf } from './incumbent.js'
import type { ProgressReport } from './progress-report.js'

export function decisionsOf(state: AssignmentState): Decision[] {
  return state.wishes.map((wish, w) => ({ choice: wish.choices[state.chosen[w]], parking: -1 }))
}

export class Settling {
  readonly #context: PlannerContext
  readonly #bounding: Bounding
  readonly #progress: ProgressReport
  /** Looks at movers that searches for orders may still take. */
  readonly transit: { states: number }

  constructor(context: PlannerContext, bounding: Bounding, progress: ProgressReport) {
    this.#context = context
    this.#bounding = bounding
    this.#progress = progress
    this.transit = { states: context.run.parameters.planner.work * context.run.parameters.planner.transit }
  }

  /** Times for the state's assignment, with stop-overs where memory needs them. */
  async schedule(
    state: AssignmentState,
    bound: PlanBound,
    share: number,
    orders: readonly Int32Array[] = [],
  ): Promise<Incumbent> {
    this.#context.run.enter(this.#context.run.options.schedule)
    const search = { ...this.searchFor(bound, share), orders }
    const decisions = decisionsOf(state)
    // What deadlines leave behind in any case had better not be in the way of the rest.
    const fewer = this.#bounding.withoutLate(state.wishes, decisions)
    const rest = fewer && (await this.#settle(state.wishes, fewer, search, bound))
    if (rest === undefined) return this.#settle(state.wishes, decisions, search, bound)
    const { manyLegs } = this.#context.run.parameters.schedule
    const isLeast = rest.unplacedWeight <= this.#bounding.leastUnplaced
    if (isLeast || rest.timeline.legs.length > manyLegs) return rest
    const all = await this.#settle(state.wishes, decisions, search, bound)
    return isBetterPlan(rest, all) ? rest : all
  }

  searchFor(bound: PlanBound, share: number): TimelineSearch {
    const { schedule, seed } = this.#context.run.options
    const { clusterWindows, nodeWindows, vmWindows } = this.#context.instance
    const open = [clusterWindows, ...nodeWindows, ...vmWindows].every((list) => list.length === 0)
    const { planner } = this.#context.run.parameters
    const most = open ? planner.firstSearchMostWithoutWindows : planner.firstSearchMost
    const work = Math.min(planner.work * share, most)
    return { schedule, target: bound.makespan, work, seed }
  }

  transitContext(wishes: readonly Wish[], search: TimelineSearch): TransitContext {
    return { ...this.#context, wishes, search }
  }

  /** Schedules decisions; parks where memory blocks; drops what still cannot move. */
  async #settle(
    wishes: readonly Wish[],
    decisions: Decision[],
    search: TimelineSearch,
    bound: PlanBound,
  ): Promise<Incumbent> {
    const { instance, forbidden, run } = this.#context
    const time = (some: Decision[], how: TimelineSearch) => {
      let uncovered: Uncovered | undefined
      const legs = legsOf(instance, wishes, some)
      const orders = [...(how.orders ?? []), ...byDueDate(instance, legs)]
      return solveTimeline(this.#context, legs, { ...how, orders }, (t) => {
        if (t.unscheduledWeight > 0) return
        uncovered ??= uncoveredOf(this.#context, wishes, some)
        this.#progress.announce(incumbentOf(this.#context, wishes, some, t, uncovered), bound)
      })
    }
    let timeline = await time(decisions, search)
    // Where not even one VM could move, none can be the first.
    const stuck = timeline.start.every((start) => start < 0)
    const exact = search.schedule === 'timeline' && !stuck && timeline.unscheduledWeight > 0
    // Of so many that deadlines keep from going, who could stay is not what it finds out.
    const { manyLegs } = run.parameters.schedule
    const isVain = timeline.legs.length > manyLegs && byDueDate(instance, timeline.legs).length > 0
    if (exact && !isVain && exactSearchFits(run, timeline.legs)) {
      const failures = deadEnds(instance, run, timeline.legs, run.parameters.planner.feasibility)
      const found = await findSchedule(this.#context, timeline.legs, timeline.start, failures)
      timeline = found.timeline ?? timeline
    }
    const leftOut = new Set<number>()
    if (timeline.unscheduledWeight > 0 && spaceBinds(instance, timeline.legs)) {
      run.enter('parking')
      const context = this.transitContext(wishes, search)
      const crossing = await cross(context, decisions, timeline, this.transit)
      crossing.decisions.forEach((decision, w) => {
        if (decisions[w].choice !== undefined && decision.choice === undefined) leftOut.add(w)
        decisions[w] = decision
      })
      timeline = crossing.timeline
      this.#bounding.learnUnplaced(crossing.least)
      run.enter(search.schedule)
    }
    // What could not be scheduled stays; its parked half must not happen either.
    while (timeline.unscheduledWeight > 0) {
      const keptBack = waitsForOthers(instance, timeline)
      timeline.legs.forEach((leg, i) => {
        // One that stays binds nobody: those behind it are asked again.
        if (timeline.start[i] >= 0 || keptBack.has(leg.wish)) return
        leftOut.add(leg.wish)
        decisions[leg.wish] = { choice: undefined, parking: -1 }
      })
      dropRivals(instance, wishes, decisions)
      const legs = legsOf(instance, wishes, decisions)
      const order = orderLike(legs, timeline)
      const inOrder = scheduleInOrder(instance, forbidden, legs, order, search.schedule)
      timeline = await time(decisions, { ...search, work: 1, orders: [order] })
      if (inOrder !== undefined && isBetter(inOrder, timeline)) timeline = inOrder
    }
    const uncovered = uncoveredOf(this.#context, wishes, decisions)
    return { ...incumbentOf(this.#context, wishes, decisions, timeline, uncovered), leftOut }
  }
}

/** Wishes with a leg that waits for one of another VM that is not scheduled. */
function waitsForOthers(instance: Instance, { legs, start }: Timeline): ReadonlySet<number> {
  const before = legsBefore(instance, legs)
  return new Set(legs.flatMap(({ wish }, i) => (before[i].some((k) => start[k] < 0) ? [wish] : [])))
}
