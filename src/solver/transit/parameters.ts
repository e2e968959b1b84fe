/** Parameters of the searches for orders that memory admits. States are those of the sequence search. */
import { count, growth, share, type ValuesOf } from '../dials.js'

export const TRANSIT = {
  /** States of the first run of each number of stop-overs, and how much more each restart gets. */
  firstRun: count(400),
  runGrowth: growth(1.5),
  /** Share of what is left that one number of stop-overs may spend before the next one is tried. */
  budgetShare: share(0.3),

  /** Other orders with as few stop-overs that are tried, and states that all of them may take. */
  variants: count(12),
  variantStates: count(6000),
  /** Evaluations of an order's list, for each leg, before the best order is chosen. */
  quickEvaluations: count(30),
  /** Work of choosing stop-overs by time, by the square of the migrations: each try schedules all, and tries grow with them. */
  greedyWork: count(600),

  /** Sets of VMs that stay which are looked at, at most. */
  staySets: count(4000),
  /** States that a set is granted at least, and as a share of what is left; and the share of the set of none, which is to be hoped for. */
  stayLeastStates: count(1000),
  stayShare: share(0.1),
  stayNoneShare: share(0.5),

  /** VMs that move away to make room in transit, at most. */
  roomEvictions: count(4),
  /** VMs that are considered for it; of more, those on the targets of what waits. */
  roomCandidates: count(200),
  /** Share of the states left that one question may look at. */
  roomShare: share(0.2),

  /** Stop-overs tried in one step of parking, evaluations for each of them, and steps. */
  parkingCandidates: count(300),
  parkingEvaluations: count(30),
  parkingSteps: count(60),
  /** Of these candidates pairs are tried, where no single one helps. */
  parkingPairsOf: count(24),
  /** VMs that leave one node for good to make room for one. */
  makeRoomEvictions: count(4),
}
export type TransitParameters = ValuesOf<typeof TRANSIT>
