/** Parameters of the list search over fixed legs. */
import { count, share, type ValuesOf } from '../dials.js'

export const SCHEDULE = {
  /** The squeaky wheel is worth this much work even in a short search. */
  wheelLeastWork: count(1_000_000),
  /** Evaluations for each of its ways of serving, whatever the work: at least, and at most. */
  wheelFewest: count(30),
  wheelMost: count(200),
  /** Share of its evaluations without a better schedule after which a way of serving is given up. */
  wheelPatience: share(0.5),

  /** From so many legs on, memory binds here and there rather than everywhere; of fewer, annealing finds more. */
  manyLegs: count(300),
  /** So near the target, as a share of it, many legs are not worth filling gaps without a look at memory. */
  manyLegsNear: share(5e-4),
  /** From so many legs on an evaluation takes milliseconds: this near the target is then enough, unless the run is patient. */
  thousandsOfLegs: count(5000),
  thousandsOfLegsNear: share(5e-5),
  /** Rounds of posting predecessors for memory. */
  postingRounds: count(40),

  /** Annealing moves one task a step: fewer steps than this for each leg lead nowhere. */
  annealStepsPerLeg: count(4),
  /** Evaluations beyond this many times the square of the legs find nothing new: a few legs have few lists. */
  annealEvaluationsBySquare: count(1000),
}
export type ScheduleParameters = ValuesOf<typeof SCHEDULE>
