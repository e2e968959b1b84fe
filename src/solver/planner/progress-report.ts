/** What the user hears while the planner works. */
import { ticksToSeconds } from '../../model/ticks.js'
import type { PlanBound } from '../bounds/plan-bound.js'
import type { Told } from '../run.js'
import type { PlannerContext } from './context.js'
import { type Incumbent, isBetterPlan } from './incumbent.js'

export class ProgressReport {
  readonly #context: PlannerContext
  #told: Incumbent | undefined
  #toldSpare = 0
  #standing: Told = { makespanSeconds: undefined, lowerBoundSeconds: 0, unplaced: 0 }

  constructor(context: PlannerContext) {
    this.#context = context
  }

  /** What is told never gets worse: an incumbent that loses against one told before is not told. */
  announce(incumbent: Incumbent | undefined, bound: PlanBound): void {
    const reached = ticksToSeconds(bound.makespan)
    const wider = bound.spare > this.#toldSpare
    const lowerBoundSeconds = wider ? reached : Math.max(this.#standing.lowerBoundSeconds, reached)
    this.#toldSpare = bound.spare
    this.#standing = { ...this.#standing, lowerBoundSeconds }
    if (incumbent !== undefined && (this.#told === undefined || isBetterPlan(incumbent, this.#told))) {
      this.#told = incumbent
      const { decisions, makesRoom, timeline } = incumbent
      const asked = this.#context.request.wishes.filter((w) => !w.makesRoom).length
      const placed = decisions.filter((d, w) => d.choice !== undefined && !makesRoom[w]).length
      const makespanSeconds = ticksToSeconds(timeline.makespan)
      this.#standing = { makespanSeconds, lowerBoundSeconds, unplaced: asked - placed }
    }
    this.#context.run.tell(this.#standing)
  }
}
