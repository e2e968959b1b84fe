/** Parameters of the exact search. Work is dead ends; a dead end costs about as much as there are pairs of legs that share a node. */
import { count, growth, share, type ValuesOf } from '../dials.js'

export const EXACT = {
  /** Dead ends that the first turn grants, and how much more each further one. */
  firstTurn: count(200),
  turnGrowth: growth(2),
  /** Part of a turn that each way of the scout gets for one question. */
  scoutShare: share(0.25),
  /** Above so many pairs refutations get rare, and the main search gets less in comparison. */
  pairsForProof: count(2000),
  /** Part of the dead ends that may go into raising the bound first, and part of these for one probe: 1 ÷ probes. */
  refutationShare: share(0.1),
  refutationProbes: count(12),
  /** Dead ends that one neighbourhood may meet. */
  neighbourhood: count(60),
  /** Share of the legs that a neighbourhood sets free: at first, at least, at most. */
  freeAtFirst: share(0.25),
  freeAtLeast: share(0.02),
  freeAtMost: share(0.95),
  /** How that grows when a neighbourhood was searched to its end, and what is left of it when it was not. */
  freeGrowth: growth(1.15),
  freeShrink: share(0.9),
  /** Decisions that cost as much as a dead end: deep dives without one are work too. */
  nodesPerDeadEnd: count(8),
  /** Below so many pairs a dead end costs no less. */
  fewestPairs: count(50),
  /** With several threads: dead ends times pairs of an epoch, about 50 ms. */
  epochWork: count(1e6),
  /** Part of the dead ends of one thread that each lane may spend: two lanes do its work in half the time, further ones do more. */
  laneShare: share(0.5),
  /** Legs on one node make pairs; above so many of these they alone would fill the kernel's memory: no exact search. */
  mostPairs: count(400_000),
}
export type ExactParameters = ValuesOf<typeof EXACT>
