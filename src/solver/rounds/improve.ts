/**
 * Large neighbourhood search over rounds (Shaw 1998): a few rounds are opened and what they hold is packed anew, exactly. What comes
 * after them only gets earlier: whoever could start later may start no later than that. Where rounds may trade places, any few of them
 * are opened; else neighbours in time.
 */
import { Random } from '../random.js'
import type { Run } from '../run.js'
import { searchRounds } from './exact.js'
import type { RoundsParameters } from './parameters.js'
import type { Rounds, RoundsProblem } from './problem.js'

export interface ImproveOptions {
  /** Ticks: no better than this is needed. */
  target: number
  /** [tasks] certified prices, ticks. */
  prices: Float64Array | undefined
  /** Steps of the exact search to spend in all. */
  steps: number
  seed: number
  onBetter?: (rounds: Rounds) => void
}

/** @param rounds whole and within the horizon. Returns rounds that are over no later. */
export async function improveRounds(
  problem: RoundsProblem,
  run: Run,
  rounds: Rounds,
  options: ImproveOptions,
): Promise<Rounds> {
  const { repackFirstOpen, repackMostOpen, repackFirstSteps, repackGrowth, repackBeginning } =
    run.parameters.rounds
  const random = new Random(options.seed ^ 0x3c6ef372)
  let best = rounds
  let left = options.steps
  let open = repackFirstOpen
  let allowed = repackFirstSteps
  const makespan = () => problem.time(best)?.makespan ?? Number.POSITIVE_INFINITY
  while (left > 0 && makespan() > options.target && best.length > 1) {
    const size = Math.min(open, best.length)
    let improved = false
    for (const chosen of neighbourhoods(problem, best.length, size, random, run.parameters.rounds)) {
      if (left <= 0 || (await run.breathe())) return best
      const { rounds: repacked, steps } = await repack(
        problem,
        best,
        chosen,
        Math.min(allowed, left),
        options,
      )
      left -= steps + repackBeginning + problem.taskCount / 2
      if (repacked === undefined) continue
      best = repacked
      improved = true
      options.onBetter?.(best)
      break
    }
    if (improved) continue
    if (size === best.length || open >= repackMostOpen) {
      if (size === best.length && allowed >= left) break
      open = repackFirstOpen
      allowed *= repackGrowth
    } else open++
  }
  return best
}

/** Which rounds to open, by index, ascending. */
function neighbourhoods(
  problem: RoundsProblem,
  count: number,
  size: number,
  random: Random,
  { repackMostSets, repackSetsPerRound }: RoundsParameters,
): number[][] {
  const windows = Array.from({ length: count - size + 1 }, (_, first) =>
    Array.from({ length: size }, (_, i) => first + i),
  )
  const lists = problem.commutes
    ? Array.from({ length: Math.min(repackMostSets, repackSetsPerRound * count * size) }, () =>
        someOf(count, size, random),
      )
    : windows
  for (let i = lists.length - 1; i > 0; i--) {
    const j = random.below(i + 1)
    ;[lists[i], lists[j]] = [lists[j], lists[i]]
  }
  return lists
}

function someOf(count: number, size: number, random: Random): number[] {
  const chosen = new Set<number>()
  while (chosen.size < size) chosen.add(random.below(count))
  return [...chosen].sort((a, b) => a - b)
}

async function repack(
  problem: RoundsProblem,
  rounds: Rounds,
  chosen: readonly number[],
  steps: number,
  options: ImproveOptions,
): Promise<{ rounds: Rounds | undefined; steps: number }> {
  const first = chosen[0]
  let from = 0
  for (let r = 0; r < first; r++) from = problem.roundEnd(rounds[r], from)
  let end = from
  for (const r of chosen) end = problem.roundEnd(rounds[r], end)
  const left = new Int32Array(problem.classes.length)
  const later = new Int32Array(problem.classes.length)
  const open = new Set(chosen)
  for (let r = first; r < rounds.length; r++) {
    for (const c of rounds[r])
      if (open.has(r)) left[c]++
      else later[c]++
  }
  const outcome = await searchRounds(problem, {
    upper: end,
    steps,
    part: { from, left, later },
    ...(options.prices === undefined ? {} : { prices: options.prices }),
  })
  if (outcome.status !== 'found') return { rounds: undefined, steps: outcome.steps }
  const kept = rounds.filter((_, r) => r > first && !open.has(r))
  return { rounds: [...rounds.slice(0, first), ...outcome.rounds, ...kept], steps: outcome.steps }
}
