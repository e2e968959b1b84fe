/** Better targets, and proofs that there are none. */
import { jointSearch, legList } from '../assignment/joint.js'
import { proveAssignment } from '../assignment/prove.js'
import { refineBound } from '../assignment/refine.js'
import { annealAssignment, placeGreedily, relieve, restore } from '../assignment/search.js'
import type { AssignmentState } from '../assignment/state.js'
import type { NodeAvailability } from '../bounds/node-availability.js'
import { earliestEnds, type PlanBound } from '../bounds/plan-bound.js'
import type { Timeline } from '../timeline.js'
import type { Bounding } from './bounding.js'
import { isNearEnough } from './budget.js'
import type { PlannerContext } from './context.js'
import { type Incumbent, isBetterPlan, parks } from './incumbent.js'
import type { ProgressReport } from './progress-report.js'
import type { Settling } from './settling.js'

/** An assignment to be scheduled. */
interface Candidate {
  /** [wishes] choice, −1 unplaced. */
  chosen: Int32Array
  /** List of the legs of all that is placed, where one is known. */
  list?: Int32Array
}

function candidatesOf(found: readonly Int32Array[] = []): Candidate[] {
  return found.map((chosen) => ({ chosen }))
}

export class Targeting {
  readonly #context: PlannerContext
  readonly #bounding: Bounding
  readonly #settling: Settling
  readonly #progress: ProgressReport

  constructor(context: PlannerContext, bounding: Bounding, settling: Settling, progress: ProgressReport) {
    this.#context = context
    this.#bounding = bounding
    this.#settling = settling
    this.#progress = progress
  }

  /**
   * Search for targets and order, and proofs, in turns of growing work, so that a time limit finds both done. The state ends at the targets
   * of the incumbent that is returned.
   */
  async improve(
    state: AssignmentState,
    availability: NodeAvailability,
    prices: readonly Float64Array[],
    first: Incumbent,
    firstBound: PlanBound,
  ): Promise<[Incumbent, PlanBound]> {
    let [incumbent, bound] = [first, firstBound]
    const { turnWork, turnColumns } = this.#context.run.parameters.planner
    const prove = async (turn: number) => {
      const columns = turnColumns[Math.min(turn, turnColumns.length - 1)]
      ;[incumbent, bound] = await this.#prove(state, availability, prices, incumbent, bound, columns)
    }
    for (const [turn, work] of turnWork.entries()) {
      incumbent = await this.#searchJointly(state, bound, incumbent, turn, work)
      await prove(turn)
      if (turn === 0) {
        incumbent = await this.#searchByFeedback(state, bound, incumbent)
        await prove(turn)
      }
      if (this.#bounding.meetsProven(incumbent, bound) || this.#isNearEnough(incumbent, bound)) break
    }
    return [incumbent, bound]
  }

  /**
   * What no choice of targets can better, in weight unplaced, makespan and cost; assignments that the proofs come upon are scheduled.
   * Nothing is said of plans that make room or park.
   */
  async #prove(
    state: AssignmentState,
    availability: NodeAvailability,
    prices: readonly Float64Array[],
    first: Incumbent,
    firstBound: PlanBound,
    columns: number,
  ): Promise<[Incumbent, PlanBound]> {
    let incumbent = first
    let bound = firstBound
    const { wishes } = state
    const instance = this.#context.instance
    if (this.#bounding.meetsProven(incumbent, bound) || wishes.some((w) => w.makesRoom))
      return [incumbent, bound]
    const earliestEnd = earliestEnds(instance, this.#context.forbidden, wishes)
    if (incumbent.unplacedWeight > this.#bounding.leastUnplaced && !instance.problem.policy.allowMakeRoom) {
      this.#context.run.enter('targets')
      const proof = await proveAssignment(
        { instance, wishes, availability, earliestEnd },
        this.#context.lp,
        this.#context.run,
        { objective: 'unplaced', spare: 0, low: 0, cutoff: incumbent.unplacedWeight, work: columns },
      )
      this.#bounding.leastUnplaced = Math.max(this.#bounding.leastUnplaced, proof?.bound ?? 0)
      incumbent = await this.#tryAssignments(state, bound, incumbent, candidatesOf(proof?.found))
    }
    if (incumbent.unplacedWeight !== bound.spare)
      bound = this.#bounding.bound(wishes, availability, prices, incumbent.unplacedWeight)
    if (parks(incumbent) || this.#bounding.meets(incumbent, bound)) return [incumbent, bound]
    if (incumbent.unplacedWeight === 0 && wishes.every((w) => w.choices.length === 1))
      return [incumbent, bound]
    this.#context.run.enter('targets')
    const refinement = {
      instance,
      kernel: this.#context.kernel,
      lp: this.#context.lp,
      run: this.#context.run,
      forbidden: this.#context.forbidden,
      wishes,
      spare: incumbent.unplacedWeight,
      work: columns,
    }
    const free = wishes.every((w) => w.choices.every((c) => c.penalty === 0))
    const { spare } = refinement
    // Nothing new is to be had where the incumbent is as good as it was.
    if (this.#bounding.knows(spare, incumbent.cost, columns)) return [incumbent, bound]
    const cost = await refineBound(refinement, 'cost', bound.makespan, incumbent.cost)
    const makespan = free
      ? cost.bound
      : (await refineBound(refinement, 'makespan', bound.makespan, incumbent.timeline.makespan)).bound
    this.#bounding.learn({ spare, makespan, cost: cost.bound, cutoff: incumbent.cost, work: columns })
    bound = this.#bounding.bound(wishes, availability, prices, spare)
    this.#progress.announce(incumbent, bound)
    incumbent = await this.#tryAssignments(state, bound, incumbent, candidatesOf(cost.candidates))
    if (incumbent.unplacedWeight !== bound.spare)
      bound = this.#bounding.bound(wishes, availability, prices, incumbent.unplacedWeight)
    return [incumbent, bound]
  }

  /** Targets and order at once (`assignment/joint.ts`); what it finds is scheduled like any other choice. */
  async #searchJointly(
    state: AssignmentState,
    bound: PlanBound,
    first: Incumbent,
    turn: number,
    work: number,
  ): Promise<Incumbent> {
    const { schedule, seed, effort } = this.#context.run.options
    const { jointSearch: share, jointPlans } = this.#context.run.parameters.planner
    const { wishes } = state
    if (this.#bounding.meets(first, bound) || schedule === 'rounds' || wishes.some((w) => w.makesRoom))
      return first
    if (wishes.every((w) => w.choices.length <= 1)) return first
    this.#context.run.enter('targets')
    const plans = await jointSearch(
      this.#context.instance,
      this.#context.kernel,
      this.#context.forbidden,
      this.#context.run,
      this.#context.pool,
      wishes,
      {
        work: work * share,
        // A turn begins as the last turn of the effort before it did.
        seed: seed ^ (0x6a09e667 + Math.min(3, effort) + turn),
        makespanBound: bound.makespan,
        costBound: bound.cost,
        keep: jointPlans,
        first: [state.chosen.slice()],
      },
    )
    const candidates = plans.map((plan) => ({ chosen: plan.chosen, list: legList(plan) }))
    return this.#tryAssignments(state, bound, first, candidates)
  }

  /** Schedules assignments as long as there is something to gain. The state ends at that of the best. */
  async #tryAssignments(
    state: AssignmentState,
    bound: PlanBound,
    first: Incumbent,
    candidates: readonly Candidate[],
  ): Promise<Incumbent> {
    let best = first
    let bestChosen: Int32Array = state.chosen.slice()
    const { passes, passSearch, passTolerance } = this.#context.run.parameters.planner
    for (const { chosen, list } of candidates.slice(0, passes)) {
      if (this.#bounding.meets(best, bound)) break
      restore(state, chosen)
      // What a candidate leaves out of account (who stays where it is, room to be made, affinity) may be in its way.
      relieve(state)
      placeGreedily(state)
      await this.#context.tolerance?.improve(
        state,
        this.#context.run,
        this.#context.run.options.seed,
        passTolerance,
      )
      const asIs = list !== undefined && chosen.every((c, w) => c === state.chosen[w])
      const now = await this.#settling.schedule(state, bound, passSearch, asIs ? [list] : [])
      if (!isBetterPlan(now, best)) continue
      best = now
      bestChosen = state.chosen.slice()
    }
    restore(state, bestChosen)
    return best
  }

  /**
   * Where nodes pack worse around their windows than their work says, the loss is written to their account and targets are chosen
   * again: a cut for the eye of the search only, not for the bound.
   */
  async #searchByFeedback(state: AssignmentState, bound: PlanBound, first: Incumbent): Promise<Incumbent> {
    if (state.wishes.every((w) => w.choices.length <= 1)) return first
    let best = first
    let now = first
    let bestChosen = state.chosen.slice()
    const { passes, passSearch, passTolerance, ...each } = this.#context.run.parameters.planner
    for (let pass = 0; pass < passes && !this.#bounding.meets(best, bound); pass++) {
      if (this.#isNearEnough(best, bound)) break
      this.#context.run.enter('targets')
      const finish = this.#finishByNode(now.timeline)
      for (let n = 0; n < finish.length; n++) {
        const loss = finish[n] - (state.finish[n] - state.allowance[n])
        if (loss > 0 && finish[n] >= now.timeline.makespan) state.allow(n, Math.max(state.allowance[n], loss))
      }
      const byWork = Math.floor(this.#context.run.parameters.search.work / each.passWorkPerMove)
      const moves = Math.min(each.passMovesMost, Math.max(each.passMovesLeast, byWork))
      await annealAssignment(
        state,
        this.#context.run,
        moves,
        (this.#context.run.options.seed + pass + 1) ^ 0x2545f491,
      )
      await this.#context.tolerance?.improve(
        state,
        this.#context.run,
        this.#context.run.options.seed + pass + 1,
        passTolerance,
      )
      now = await this.#settling.schedule(state, bound, passSearch)
      if (isBetterPlan(now, best)) {
        best = now
        bestChosen = state.chosen.slice()
      }
    }
    restore(state, bestChosen)
    return best
  }

  #isNearEnough(incumbent: Incumbent, bound: PlanBound): boolean {
    return isNearEnough(this.#context.run, incumbent, bound)
  }

  #finishByNode(timeline: Timeline): Float64Array {
    const finish = new Float64Array(this.#context.instance.nodeCount)
    timeline.legs.forEach((leg, i) => {
      if (leg.kind !== 'live') return
      const end = timeline.start[i] + leg.duration
      if (end > finish[leg.from]) finish[leg.from] = end
      if (end > finish[leg.to]) finish[leg.to] = end
    })
    return finish
  }
}
