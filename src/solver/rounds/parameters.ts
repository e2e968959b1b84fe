/** Parameters of schedules with barriers. Steps are those of the exact search over rounds, some three million a second. */
import { count, growth, numbers, share, type ValuesOf } from '../dials.js'

export const ROUNDS = {
  /** Steps for a try and for the proof, and the share of the try. */
  exactSteps: count(100_000, 400_000, 2_000_000, 12_000_000, 72_000_000),
  exactTry: share(0.2),

  /** Schedules that repacking starts from: the incumbent, and what annealing makes of it with other seeds; steps for each. */
  starts: count(2, 3, 6, 12, 24),
  /** Ends of migrations that annealing looks up from each start. */
  annealWork: count(500_000, 2_000_000, 10_000_000, 50_000_000, 250_000_000),
  /** Temperature at the start and at the end, as shares of the makespan. */
  annealHot: share(0.02),
  annealCold: share(3e-4),
  /** Share of proposals that change the order of rounds, and of the others' that open a new round. */
  annealOrderShare: share(0.35),
  annealNewRound: share(0.02),
  repackSteps: count(60_000, 250_000, 1_000_000, 3_000_000, 10_000_000),
  /** Steps that one neighbourhood may take at first, and how it grows when none of a size helps any more. */
  repackFirstSteps: count(1500),
  repackGrowth: growth(4),
  /** What a neighbourhood costs besides, in steps. */
  repackBeginning: count(20),
  /** Rounds opened at once, at first and at most. */
  repackFirstOpen: count(2),
  repackMostOpen: count(8),

  /** Sets of rounds that are tried for each size, where rounds may trade places: this many for each round opened, at most so many. */
  repackSetsPerRound: count(4),
  repackMostSets: count(400),

  /** Lists, one for each: the time of a round's migrations to this power is what it is chosen by, over its length. */
  listDensities: numbers([1, 1.25, 1.6]),
  /** Rounds that a list is chosen from, each time. */
  listCandidates: count(48),
  /** Some hold no migration longer than these quantiles; … */
  listQuantiles: numbers([0, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75]),
  /** … others come of durations with noise, from this share on and up to so much more, where no more legs than so many are left. */
  listNoise: share(0.15),
  listMoreNoise: share(0.35),
  listNoisyLegs: count(400),
  /** Above this many legs, growing candidates would cost more than annealing wins back. */
  listMostLegs: count(4000),
}
export type RoundsParameters = ValuesOf<typeof ROUNDS>
