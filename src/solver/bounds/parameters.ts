/** Parameters of the bounds: how much is looked at. Whether a bound holds never depends on them. */
import { count, growth, share, type ValuesOf } from '../dials.js'

export const BOUNDS = {
  /** States of the single-node search over all nodes: about 2 µs each, so that effort 3 is about a second at most. */
  singleNodeStates: count(20_000, 120_000, 600_000, 3_000_000, 15_000_000),
  /** Share of what is left of them that one node may take. */
  singleNodeShare: share(0.5),
  /** A first try with so few states settles nearly every node, and spares the memory that the whole share would need. */
  singleNodeFirstStates: count(1000),
  /** Each further try may look at this many times more, and begins anew: a call of the kernel cannot be interrupted. */
  singleNodeGrowth: growth(8),

  /** States of the search over how the slots of nodes are shared: about 2 µs each. */
  sharedNodeStates: count(10_000, 60_000, 200_000, 1_000_000, 5_000_000),

  /** Up to so many nodes every odd set is looked at. */
  oddSetEnumeratedNodes: count(12),
  /** Most nodes of a set that is grown, and most ends of a wish that counts. */
  oddSetMostGrown: count(13),
  /** Third nodes that are tried with a pair. */
  oddSetThirds: count(3),
  /** Nodes and groups looked at in all: about 30 ms. */
  oddSetSteps: count(4_000_000),

  /** Above these the matching LP is left out. */
  matchingMostRows: count(400),
  matchingMostEdges: count(6000),
  matchingMostTypes: count(256),
  /** Masters, one a trial makespan; iterations of each; and those without a better certificate after which it is given up. */
  matchingMasters: count(12),
  matchingIterations: count(600),
  matchingStalled: count(120),

  /** Above these the LP over rounds is left out. */
  roundsMostClasses: count(400),
  roundsMostEdges: count(6000),
  /** Rounds added to a master at once. */
  roundsAdded: count(60),
  /** Masters of the LP without windows: at most, and times the kinds of migration. */
  roundsFreeSolves: count(600),
  roundsFreeSolvesByClasses: count(20_000),
  /** Masters of the LP over cells of time, and how many cells. */
  roundsSolves: count(30, 60, 100, 400, 1500),
  roundsCells: count(16, 32, 64, 96, 160),
  /** Trial makespans nearer to each other than this share are not told apart. */
  roundsPrecision: share(1e-3),
  /** Share of the best duals so far in the duals that are priced (Wentges 1997). */
  roundsSmoothing: share(0.5),
}
export type BoundParameters = ValuesOf<typeof BOUNDS>
