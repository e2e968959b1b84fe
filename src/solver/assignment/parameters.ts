/** Parameters of choosing targets, and of proofs about it. */
import { count, share, type ValuesOf } from '../dials.js'

export const ASSIGNMENT = {
  /** Above so many choices the LP is left out: docs/algorithm.md. */
  lpMostChoices: count(30_000),
  /** LP passes: the forbidden time before the trial makespan is that of the pass before. */
  lpPasses: count(3),
  /** Choices above which placing the most is left to the search: the MIP would take too long. */
  mipMostChoices: count(4000),
  mipNodes: count(4000),

  /** Moves of annealing: the search work by this, within limits. */
  annealWorkPerMove: count(60),
  annealMovesLeast: count(4000),
  annealMovesMost: count(400_000),
  /** Temperature at the start, as a share of the makespan and a second; at the end, as a share of that. */
  annealHot: share(0.05),
  annealCold: share(1e-4),
  /** What an even use of nodes counts beside the cost: this share of the mean time at which they are done. */
  annealEvenness: share(0.05),

  /** Restarts that share the joint search's work at most, and evaluations by task below which there are fewer. */
  jointRestarts: count(6),
  jointEvaluationsPerTask: count(400),
  /** Choices tried, in all, below which helpers would not be worth their start: some tenths of a second. */
  jointWorkForHelpers: count(2_000_000),

  /** Columns of a master above which it is left out, and of all masters together. */
  proofMostColumns: count(6000),
  proofMostAllColumns: count(200_000),
  /** LPs that are solved one after the other for cuts before a master is branched on. */
  cutRounds: count(30),
  /** They end after so many that brought the bound nearer to the cutoff by less than this share of what was left. */
  cutVain: count(3),
  cutWorth: share(0.02),
  /** Of a proof's work: which ends are out of reach with so little weight unplaced. */
  proofEndsShare: share(0.5),
  /** Of a proof's work, where only the makespan is asked for: the cost decides. */
  proofMakespanShare: share(0.2),
  /** Different sums of weights that are told apart. */
  proofMostSums: count(20_000),
  /** Times that single-node bounds and assignment proofs follow each other. */
  proofPasses: count(4),

  /** Placements times nodes that branch and bound may try for one answer about node failures, about; and the least for one failing node. */
  failureSteps: count(2_000_000),
  failureLeastSteps: count(500),
  /** The same for one failing node while targets are searched. */
  failureStepsInSearch: count(200),
  /** Work of a search for targets that survive failures: VMs × nodes looked at, and the most tries. */
  failureSearchWork: count(60_000_000),
  failureMostTries: count(20_000),
}
export type AssignmentParameters = ValuesOf<typeof ASSIGNMENT>
