/**
 * Destructive improvement (Klein & Scholl 1999): assume that a schedule ends by T, try to refute it, and where that succeeds raise the
 * bound above T. First by propagation alone, then by searches of a few hundred dead ends each.
 */
import type { ExactSearch } from '../../kernel/types.js'
import { spend } from '../exact/dead-ends.js'
import type { Run } from '../run.js'
import type { Leg } from '../schedule/legs.js'
import type { Wish } from '../wishes/wish.js'

/**
 * Is what is refuted of these legs refuted of every plan? Only where each wish has one way to be fulfilled and takes it: with another
 * target, by way of a parking node or with a VM left unplaced a plan has other legs, and may end earlier. And only where these legs have
 * a schedule: where they have none, another plan may make room or park.
 *
 * @param wishes those with a choice.
 */
export function legsAreForced(wishes: readonly Wish[], legs: readonly Leg[]): boolean {
  return (
    legs.length === wishes.length &&
    wishes.every((w) => w.choices.length === 1 && !w.makesRoom) &&
    legs.every((l) => !l.parking && l.predecessor < 0)
  )
}

/** Runs the search that was begun with this target, for at most so many dead ends. */
type SpendOn = (search: ExactSearch, allowed: number, target: number) => ReturnType<typeof spend>

export interface DestructiveBound {
  /** Ticks, a multiple of the grid, at least `low`: no schedule of the search's tasks ends earlier. */
  bound: number
  /** Start ticks of the last schedule that was found on the way, undefined: none. It ends by `high`. */
  start: Int32Array | undefined
  /** Ticks: the target that `start` met; the `high` given where none was found. */
  high: number
  /** Dead ends met. */
  failures: number
}

export interface DestructiveTask {
  /** A bound that holds, ticks, a multiple of `grid`. */
  low: number
  /** A makespan that these tasks reached, ticks, a multiple of `grid`, at least `low`. */
  high: number
  /** Ticks, ≥ 1: the least makespan is a multiple of it. */
  grid: number
  /** [tasks] start ticks of an incumbent, −1 none. */
  hint: Int32Array
  /** Dead ends to spend on searches, ≥ 0; 0: propagation only. */
  failures: number
  /** Pairs of the search's tasks that share a node: what makes a dead end dear. */
  pairs: number
}

/**
 * Bounds the makespan of the search's tasks, all of which are scheduled, with no other duration or resource than theirs
 * (`legsAreForced`). The search begun ends.
 *
 * @param spendOn runs what was begun, for a caller that counts dead ends itself.
 */
export async function destructiveBound(
  search: ExactSearch,
  run: Run,
  { low, high, grid, hint, failures, pairs }: DestructiveTask,
  spendOn: SpendOn = (search, allowed) => spend(search, run, pairs, allowed),
): Promise<DestructiveBound> {
  const state: DestructiveBound = { bound: low, start: undefined, high, failures: 0 }
  state.bound = Math.ceil(search.rootBound(low, high) / grid) * grid
  const probe = Math.ceil(failures / run.parameters.exact.refutationProbes)
  // What lies between the bound and the least target that resisted: the greatest that can be refuted, by bisection.
  let open = high
  while (state.bound < open && state.failures < failures && !(await run.breathe())) {
    const target = Math.floor((state.bound + open - 1) / 2 / grid) * grid
    search.begin({ target, hint: state.start ?? hint, mirror: true })
    const found = await spendOn(search, Math.min(probe, failures - state.failures), target)
    state.failures += found.spent
    if (found.status === 'refuted') state.bound = target + grid
    else open = target
    if (found.status === 'found') {
      state.start = found.start
      state.high = target
    }
  }
  return state
}
