/** Better targets, and proofs that there are none. */
import { jointSearch, legList } from '../assignment/joint.js'
import { proveAssignment, proveReach } from '../assignment/prove.js'
import { refineBound } from '../assignment/refine.js'
import { annealAssignment, placeGreedily, relieve, restore } from '../assignment/search.js'
import { earliestEnds } from '../bounds/plan-bound.js'
import type { Timeline } from '../schedule/timeline.js'
import { softFloor } from '../wishes/soft-rules.js'
import type { Bounding } from './bounding.js'
import { isNearEnough } from './budget.js'
import type { PlannerContext } from './context.js'
import { isBetterPlan, parks } from './incumbent.js'
import type { ProgressReport } from './progress-report.js'
import type { Settling } from './settling.js'
import type { Standing } from './standing.js'

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
   * of the incumbent.
   */
  async improve(standing: Standing): Promise<void> {
    const { run } = this.#context
    const { turnWork, turnColumns } = run.parameters.planner
    for (const [turn, work] of turnWork.entries()) {
      const columns = turnColumns[Math.min(turn, turnColumns.length - 1)]
      await this.#searchJointly(standing, turn, work)
      await this.#prove(standing, columns)
      if (turn === 0) {
        await this.#searchByFeedback(standing)
        await this.#prove(standing, columns)
      }
      if (this.#bounding.meetsProven(standing) || isNearEnough(run, standing)) break
    }
  }

  /**
   * What no choice of targets can better, in weight unplaced, makespan and cost; assignments that the proofs come upon are scheduled.
   * Nothing is said of plans that make room or park.
   *
   * @param work columns of LPs that one proof may solve.
   */
  async #prove(standing: Standing, work: number): Promise<void> {
    const { wishes } = standing.state
    if (this.#bounding.meetsProven(standing) || wishes.some((w) => w.makesRoom)) return
    await this.#proveUnplaced(standing, work)
    if (standing.incumbent.unplacedWeight !== standing.bound.spare) this.#bounding.rebound(standing)
    if (parks(standing.incumbent) || this.#bounding.meets(standing)) return
    if (standing.incumbent.unplacedWeight === 0 && wishes.every((w) => w.choices.length === 1)) return
    this.#context.run.enter('targets')
    const { cost: cutoff, unplacedWeight: spare, timeline } = standing.incumbent
    // Nothing new is to be had where the incumbent is as good as it was.
    if (this.#bounding.knows(spare, cutoff, work)) return
    const refinement = { ...this.#context, wishes, spare, work }
    const reach = await this.#proveReach(standing, work)
    const low = reach.bound
    const { fixed, open } = softFloor(this.#context.instance, wishes, spare)
    const cost = await refineBound(refinement, 'cost', low, cutoff - fixed)
    const free = open.length === 0 && wishes.every((w) => w.choices.every((c) => c.penalty === 0))
    const makespan = free ? cost : await refineBound(refinement, 'makespan', low, timeline.makespan)
    this.#bounding.learn({ spare, makespan: makespan.bound, cost: cost.bound + fixed, cutoff, work })
    this.#bounding.rebound(standing)
    this.#progress.announce(standing.incumbent, standing.bound)
    await this.#tryAssignments(standing, candidatesOf([...reach.found, ...cost.candidates]))
    if (standing.incumbent.unplacedWeight !== standing.bound.spare) this.#bounding.rebound(standing)
  }

  /** Which ends are out of reach of plans that leave no more unplaced. */
  async #proveReach({ state, incumbent, bound }: Standing, work: number) {
    const { instance, run, lp, forbidden, availability } = this.#context
    const { unplacedWeight: spare, timeline } = incumbent
    const low = bound.makespan
    if (spare === 0 || instance.othersMayMove) return { bound: low, found: [] }
    const { wishes } = state
    const problem = { instance, wishes, availability, earliestEnd: earliestEnds(instance, forbidden, wishes) }
    const share = work * run.parameters.assignment.proofEndsShare
    return proveReach(problem, lp, run, { spare, low, high: timeline.makespan, work: share })
  }

  async #proveUnplaced(standing: Standing, work: number): Promise<void> {
    const { instance, run, lp, forbidden, availability } = this.#context
    const { state, incumbent } = standing
    if (incumbent.unplacedWeight <= this.#bounding.leastUnplaced || instance.othersMayMove) return
    run.enter('targets')
    const { wishes } = state
    const problem = { instance, wishes, availability, earliestEnd: earliestEnds(instance, forbidden, wishes) }
    const options = {
      objective: 'unplaced',
      spare: 0,
      low: 0,
      cutoff: incumbent.unplacedWeight,
      work,
    } as const
    const proof = await proveAssignment(problem, lp, run, options)
    this.#bounding.learnUnplaced(proof?.bound ?? 0)
    await this.#tryAssignments(standing, candidatesOf(proof?.found))
  }

  /** Targets and order at once (`assignment/joint.ts`); what it finds is scheduled like any other choice. */
  async #searchJointly(standing: Standing, turn: number, work: number): Promise<void> {
    const { run, pool } = this.#context
    const { schedule, seed, effort } = run.options
    const { state, bound } = standing
    const { wishes } = state
    if (this.#bounding.meets(standing) || schedule === 'rounds' || wishes.some((w) => w.makesRoom)) return
    if (wishes.every((w) => w.choices.length <= 1)) return
    run.enter('targets')
    const { jointSearch: share, jointPlans: keep } = run.parameters.planner
    // Its costs are those of choices alone.
    const { fixed, least } = softFloor(this.#context.instance, wishes, bound.spare)
    const plans = await jointSearch(this.#context, pool, wishes, {
      work: work * share,
      // Each turn has a seed of its own.
      seed: seed ^ (0x6a09e667 + Math.min(3, effort) + turn),
      makespanBound: bound.makespan,
      costBound: bound.cost - fixed - least,
      keep,
      first: [state.chosen.slice()],
    })
    const candidates = plans.map((plan) => ({ chosen: plan.chosen, list: legList(plan) }))
    await this.#tryAssignments(standing, candidates)
  }

  /** Schedules assignments as long as there is something to gain. The state ends at that of the best. */
  async #tryAssignments(standing: Standing, candidates: readonly Candidate[]): Promise<void> {
    const { run, tolerance } = this.#context
    const { state, bound } = standing
    let bestChosen: Int32Array = state.chosen.slice()
    const { passes, passSearch, passTolerance } = run.parameters.planner
    for (const { chosen, list } of candidates.slice(0, passes)) {
      if (this.#bounding.meets(standing)) break
      restore(state, chosen)
      // What a candidate leaves out of account (who stays where it is, room to be made, affinity) may be in its way.
      await relieve(state, run)
      await placeGreedily(state, run)
      await tolerance?.improve(state, run, run.options.seed, passTolerance)
      const asIs = list !== undefined && chosen.every((c, w) => c === state.chosen[w])
      const now = await this.#settling.schedule(state, bound, passSearch, asIs ? [list] : [])
      if (!isBetterPlan(now, standing.incumbent)) continue
      standing.incumbent = now
      bestChosen = state.chosen.slice()
    }
    restore(state, bestChosen)
  }

  /**
   * Where nodes pack worse around their windows than their work says, the loss is written to their account and targets are chosen
   * again: a cut for the eye of the search only, not for the bound.
   */
  async #searchByFeedback(standing: Standing): Promise<void> {
    const { run, tolerance } = this.#context
    const { state, bound } = standing
    if (state.wishes.every((w) => w.choices.length <= 1)) return
    let now = standing.incumbent
    let bestChosen = state.chosen.slice()
    const { passes, passSearch, passTolerance, ...each } = run.parameters.planner
    const byWork = Math.floor(run.parameters.planner.work / each.passWorkPerMove)
    const moves = Math.min(each.passMovesMost, Math.max(each.passMovesLeast, byWork))
    for (let pass = 0; pass < passes && !this.#bounding.meets(standing); pass++) {
      if (isNearEnough(run, standing)) break
      run.enter('targets')
      const finish = this.#finishByNode(now.timeline)
      for (let n = 0; n < finish.length; n++) {
        const loss = finish[n] - (state.finish[n] - state.allowance[n])
        if (loss > 0 && finish[n] >= now.timeline.makespan) state.allow(n, Math.max(state.allowance[n], loss))
      }
      const seed = run.options.seed + pass + 1
      await annealAssignment(state, run, moves, seed ^ 0x2545f491)
      await tolerance?.improve(state, run, seed, passTolerance)
      now = await this.#settling.schedule(state, bound, passSearch)
      if (!isBetterPlan(now, standing.incumbent)) continue
      standing.incumbent = now
      bestChosen = state.chosen.slice()
    }
    restore(state, bestChosen)
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
