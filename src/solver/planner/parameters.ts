/** Parameters of the planner: how its phases share the work, and when what is left is not worth it. */
import { count, counts, flag, share, type ValuesOf } from '../dials.js'

export const PLANNER = {
  /** Tasks placed by schedule generation. Effort 3 is about a second on a machine of 2024, each step a factor of about six. */
  work: count(500_000, 3_000_000, 20_000_000, 120_000_000, 700_000_000),
  /** Dead ends times pairs of tasks that share a node, for that is what one costs. Effort 3 is about five seconds on a machine of 2024. */
  proofWork: count(2e6, 1.5e7, 1e8, 5e8, 3e9),
  /** The search goes on where what is left to gain is small and the problem large. */
  patient: flag(false, false, false, true, true),

  /** Share of the search work that a schedule gets before the bounds are asked for. */
  firstSearch: share(0.05),
  /** Work that such a search gets at most: what the bounds say may spare the rest. Without windows the exact search does that sooner. */
  firstSearchMost: count(300_000),
  firstSearchMostWithoutWindows: count(60_000),
  /** Share of the exact search's work that a hunt for any schedule at all may take. */
  feasibility: share(0.05),
  /** Looks at movers, as a share of the work, that a plan's searches for orders may take in all. */
  transit: share(0.5),

  /** Work of each turn of searching targets and proving: a time limit then finds both done. From effort 4 on there are turns before the last. */
  turnWork: counts(
    [500_000],
    [3_000_000],
    [20_000_000],
    [20_000_000, 120_000_000],
    [20_000_000, 120_000_000, 700_000_000],
  ),
  /** Columns of LPs that one proof of that turn may solve. */
  turnColumns: counts([4_000], [20_000], [100_000], [100_000, 500_000], [100_000, 500_000, 2_500_000]),
  /** Share of a turn's work for choosing targets and order at once, and how many of its plans are scheduled. */
  jointSearch: share(0.6),
  jointPlans: count(4),
  /** Assignments that are tried, or tried again because their nodes pack worse than their work says. */
  passes: count(2, 5, 10, 20, 40),
  /** Share of the search work that each of them gets, and of a search for targets that survive a node's failure. */
  passSearch: share(0.02),
  passTolerance: share(0.1),
  /** Moves of annealing in each pass: the search work by this, within limits. */
  passWorkPerMove: count(400),
  passMovesLeast: count(2000),
  passMovesMost: count(60_000),

  /** Schedules that are tried to tell what keeps VMs unplaced; beyond, their targets' memory answers. */
  reasonTries: count(64),

  /** With no more wishes, and no more combinations of ways to fulfil them, every assignment that could be better is looked at. */
  exhaustMostWishes: count(10),
  exhaustMostCombinations: count(1e10),
  /** Looks at partial assignments, assignments that come out of it, and how many of those are scheduled in all. */
  exhaustLooks: count(20_000, 60_000, 300_000, 1_000_000, 3_000_000),
  exhaustFound: count(500, 2000, 6000, 20_000, 50_000),
  /** Share of the looks and of what comes out of them that goes before: it makes a better incumbent to hold all others against. */
  exhaustFirst: share(0.05),
  exhaustAssignments: count(100, 400, 1500, 6000, 20_000),
  /** Dead ends, or steps of the search for rounds, that one of them may take. */
  exhaustFailures: count(200, 500, 1000, 2000, 5000),
  exhaustRoundSteps: count(2000, 5000, 10_000, 20_000, 50_000),

  /** Share of the exact search's work that is spent before the long local search. */
  firstProof: share(0.02),
  /** Share of the local search's work where the exact search follows, which finds more in the same time on few pairs … */
  polishBeforeProof: share(0.1),
  /** … and less on so many. */
  polishPairsForAll: count(10_000),
  polishMostBeforeProof: count(10_000_000),
  /** What a dead end costs where memory binds, against one where it does not. */
  deadEndWithMemory: count(4),
  /** On so many pairs a gap below this share of the cost gets only this share of the search, and no other targets. */
  nearPairs: count(5000),
  near: share(5e-4),
  nearShare: share(0.1),
  /** Remedies are tried, so many of them at most, on problems of this many migrations times nodes in all. */
  remedies: flag(true),
  remedyTrials: count(8, 12, 16, 24, 32),
  remedyWork: count(200_000, 1_000_000, 4_000_000, 20_000_000, 100_000_000),

  /** Share of the evaluations so far for drained nodes to be empty earlier at the same cost, and the tasks placed that this may take in any case. */
  tieShare: share(0.1),
  tieLeastWork: count(2000),

  /** On so many pairs, what is near enough is left as it is, unless the run is patient. */
  nearLeftAlonePairs: count(100_000),
}
export type PlannerParameters = ValuesOf<typeof PLANNER>
