/**
 * What a schedule of rounds gets after annealing: an exact try, the LP's bound and prices, repacking of a few rounds at a time, and the
 * exact search once more with what the LP knows.
 */
import type { LpService } from '../../lp/types.js'
import type { Instance } from '../../model/instance.js'
import { roundsLpBound } from '../bounds/rounds-lp.js'
import type { SearchContext } from '../context.js'
import { type Leg, scheduleProblemOf } from '../schedule/legs.js'
import type { Timeline } from '../schedule/timeline.js'
import type { ForbiddenIntervals } from '../wishes/forbidden.js'
import { annealRounds } from './anneal.js'
import { searchRounds } from './exact.js'
import { firstComeRounds } from './first-come.js'
import { improveRounds } from './improve.js'
import { type Rounds, RoundsProblem } from './problem.js'

export interface RoundsOutcome {
  timeline: Timeline
  /** Ticks: no schedule of rounds for these legs ends earlier. `known` where nothing better was proven. */
  bound: number
  /** Name of the bound that decided, `''`: the known one. */
  by: string
  /** What became of the LP, `''`: it was not needed. */
  note: string
}

export interface RoundsTask extends SearchContext {
  lp: LpService
  /** An incumbent with every leg scheduled. */
  timeline: Timeline
  /** Ticks: a bound for these legs. */
  known: number
  /** Legs that go by way of another node, or leave some VMs out, are improved, but nothing is proven of them. */
  prove: boolean
  /** Only what takes next to no time: before a long local search. */
  quick: boolean
  onBetter: (timeline: Timeline, bound: number, by: string) => void
}

export async function solveRounds(task: RoundsTask): Promise<RoundsOutcome> {
  const { kernel, lp, run, prove, onBetter } = task
  const { seed } = run.options
  const { exactSteps, exactTry, starts, annealWork, repackSteps } = run.parameters.rounds
  const { roundsCells, roundsSolves } = run.parameters.bounds
  const problem = roundsProblemOf(task.instance, task.forbidden, task.timeline.legs)
  const outcome: RoundsOutcome = { timeline: task.timeline, bound: task.known, by: '', note: '' }
  const met = () => run.stopped || outcome.bound >= outcome.timeline.makespan
  const raise = (bound: number, by: string) => {
    if (bound <= outcome.bound) return
    outcome.bound = bound
    outcome.by = by
    onBetter(outcome.timeline, bound, outcome.by)
  }
  const take = (rounds: Rounds) => {
    const better = timelineOf(problem, outcome.timeline.legs, rounds)
    if (better === undefined || better.makespan >= outcome.timeline.makespan) return
    outcome.timeline = better
    onBetter(better, outcome.bound, outcome.by)
  }
  const current = () => problem.roundsOf(outcome.timeline.round)
  let steps = exactSteps
  const search = async (allowed: number, prices: Float64Array | undefined) => {
    if (!prove) return
    run.enter('exact')
    const found = await searchRounds(problem, {
      upper: outcome.timeline.makespan,
      steps: allowed,
      relaxed: problem.roomWithinRound,
      pause: () => run.breathe(),
      ...(prices === undefined ? {} : { prices }),
    })
    steps -= found.steps
    if (found.status === 'found' && !problem.roomWithinRound) take(found.rounds)
    raise(found.bound, 'exact-search')
  }

  if (task.quick) {
    take(firstComeRounds(problem))
    if (!met()) await search(Math.ceil(steps * exactTry), undefined)
    return outcome
  }
  let prices: Float64Array | undefined
  if (!met()) {
    run.enter('bound')
    const found = await roundsLpBound(kernel, lp, run, problem, {
      known: outcome.bound,
      enough: outcome.timeline.makespan,
      cells: prove ? roundsCells : 1,
      maxSolves: roundsSolves,
      rounds: current(),
    })
    prices = found.prices
    outcome.note = found.note === '' ? 'LP over rounds solved' : `LP over rounds ${found.note}`
    if (prove) raise(found.bound, 'rounds-lp')
  }
  run.enter('rounds')
  for (let start = 0; start < starts && !met(); start++) {
    const target = outcome.bound
    const options = { target, work: annealWork, seed: seed + start }
    // What there is is looked at as it is first.
    const rounds = start === 0 ? current() : await annealRounds(problem, run, current(), options)
    take(rounds)
    await improveRounds(problem, run, rounds, {
      target,
      prices,
      steps: repackSteps,
      seed: seed + start,
      onBetter: take,
    })
  }
  if (!met()) await search(steps, prices)
  return outcome
}

export function roundsProblemOf(
  instance: Instance,
  forbidden: ForbiddenIntervals,
  legs: readonly Leg[],
): RoundsProblem {
  return new RoundsProblem(scheduleProblemOf(instance, forbidden, legs, 'rounds'))
}

/** Undefined where slots, memory or the horizon do not allow the rounds. */
export function timelineOf(
  problem: RoundsProblem,
  legs: readonly Leg[],
  rounds: Rounds,
): Timeline | undefined {
  const timed = problem.allows(rounds) ? problem.time(rounds) : undefined
  if (timed === undefined) return undefined
  const { start, round } = timed
  const order = Int32Array.from(legs, (_, i) => i).sort(
    (a, b) => round[a] - round[b] || start[a] - start[b] || a - b,
  )
  return { ...timed, legs, order, unscheduledWeight: 0 }
}
