/** Parameters of the list search over fixed legs, of who stops over, and of node failures; and what a whole run may spend. */
import { count, flag, share, type ValuesOf } from './dials.js'

export const SEARCH = {
  /** Tasks placed by schedule generation. Effort 3 is about a second on a machine of 2024, each step a factor of about six. */
  work: count(500_000, 3_000_000, 20_000_000, 120_000_000, 700_000_000),
  /** Dead ends times pairs of tasks that share a node, for that is what one costs. Effort 3 is about five seconds on a machine of 2024. */
  proofWork: count(2e6, 1.5e7, 1e8, 5e8, 3e9),
  /** The search goes on where what is left to gain is small and the problem large. */
  patient: flag(false, false, false, true, true),

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

  /** Stop-overs tried in one step of parking, evaluations for each of them, and steps. */
  parkingCandidates: count(300),
  parkingEvaluations: count(30),
  parkingSteps: count(60),
  /** Of these candidates pairs are tried, where no single one helps. */
  parkingPairsOf: count(24),
  /** VMs that leave one node to make room for one. */
  roomEvictions: count(4),

  /** Placements times nodes that branch and bound may try for one answer about node failures, about; and the least for one failing node. */
  failureSteps: count(2_000_000),
  failureLeastSteps: count(500),
  /** The same for one failing node while targets are searched. */
  failureStepsInSearch: count(200),
  /** Work of a search for targets that survive failures: VMs × nodes looked at, and the most tries. */
  failureSearchWork: count(60_000_000),
  failureMostTries: count(20_000),

  /** Legs on one node make pairs; above so many of these they alone would fill the kernel's memory: no exact search. */
  exactMostPairs: count(400_000),
}
export type SearchParameters = ValuesOf<typeof SEARCH>
