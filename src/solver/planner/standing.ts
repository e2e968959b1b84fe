/** Where a plan stands while it is made: it goes from phase to phase, and each leaves it no worse. */
import type { AssignmentState } from '../assignment/state.js'
import type { MatchingLpResult } from '../bounds/matching-lp.js'
import type { PlanBound } from '../bounds/plan-bound.js'
import type { Wish } from '../wishes/wish.js'
import type { Incumbent } from './incumbent.js'

/** An incumbent beside what no plan can better. */
export interface Reached {
  incumbent: Incumbent
  bound: PlanBound
}

export interface Standing extends Reached {
  /** Targets: those of the incumbent, between phases. */
  state: AssignmentState
  /** Node prices that the assignment LPs proposed. */
  readonly prices: readonly Float64Array[]
  /** Wishes that the bound is of. */
  bounded: readonly Wish[]
  /** Lists for the long local search to begin with. */
  readonly lists: Int32Array[]
  /** Rounds of the matching LP, undefined: none was solved. */
  matching: MatchingLpResult | undefined
}
