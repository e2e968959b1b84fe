/** What the user hears while the planner works. */
import { ticksToSeconds } from '../../model/ticks.js'
import type { PlanBound } from '../bounds/plan-bound.js'
import type { PlannerContext } from './context.js'
import { type Incumbent, isBetterPlan } from './incumbent.js'

export class ProgressReport {
  readonly #context: PlannerContext
  #told: Incumbent | undefined
  #toldSpare = 0

  constructor(context: PlannerContext) {
    this.#context = context
  }

  /** What is told never gets worse: an incumbent that loses against one told before is not told. */
  announce(incumbent: Incumbent | undefined, bound: PlanBound): void {
    const run = this.#context.run
    const lowerBound = ticksToSeconds(bound.makespan)
    const wider = bound.spare > this.#toldSpare
    run.lowerBoundSeconds = wider ? lowerBound : Math.max(run.lowerBoundSeconds, lowerBound)
    this.#toldSpare = bound.spare
    if (incumbent !== undefined && (this.#told === undefined || isBetterPlan(incumbent, this.#told))) {
      this.#told = incumbent
      run.makespanSeconds = ticksToSeconds(incumbent.timeline.makespan)
      const asked = this.#context.request.wishes.filter((w) => !w.makesRoom).length
      const placed = incumbent.decisions.filter(
        (d, w) => d.choice !== undefined && !incumbent.makesRoom[w],
      ).length
      run.unplaced = asked - placed
    }
    run.report(true)
  }
}
