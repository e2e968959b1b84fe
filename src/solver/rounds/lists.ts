/**
 * First lists for a schedule of rounds: candidate rounds are made in batches, scored by the kernel, and the densest valid one (most
 * migration time a tick of the round) is taken, until nothing is left. Candidates are maximal rounds grown around each of the
 * longest remaining migrations from several sortings, and the rounds that the LP master used.
 */

import type { RoundScorer, RoundTasks } from '../../kernel/types.js'
import { addAll, append, greatest } from '../../lists.js'
import type { Instance } from '../../model/instance.js'
import type { SearchContext } from '../context.js'
import { Random } from '../random.js'
import type { Run } from '../run.js'
import { IntervalClasses } from '../schedule/interval-classes.js'
import type { Leg } from '../schedule/legs.js'
import type { ForbiddenIntervals } from '../wishes/forbidden.js'
import type { RoundsParameters } from './parameters.js'

/** Rounds of an LP, by its rows. */
interface LpRounds {
  rounds: readonly number[][]
  rowOfLeg: Int32Array
}

/** @param lpRounds undefined: the LP was not asked, or had other legs. */
export async function roundLists(
  { instance, kernel, run, forbidden }: SearchContext,
  legs: readonly Leg[],
  lpRounds: LpRounds | undefined,
): Promise<Int32Array[]> {
  const live = legs.map((_, i) => i).filter((i) => legs[i].kind === 'live')
  if (live.length === 0 || live.length > run.parameters.rounds.listMostLegs) return []
  const tasks = roundTasks(instance, legs, forbidden)
  const scorer = kernel.createRoundScorer(tasks)
  const lists: Int32Array[] = []
  try {
    for (const density of run.parameters.rounds.listDensities) {
      lists.push(await peel(scorer, run, tasks, legs, live, lpRounds, density))
      if (run.stopped) break
    }
  } finally {
    scorer.dispose()
  }
  return lists
}

function roundTasks(instance: Instance, legs: readonly Leg[], forbidden: ForbiddenIntervals): RoundTasks {
  const classes = new IntervalClasses()
  const forbiddenClass = Int32Array.from(legs, ({ vm, from, to, duration }) =>
    classes.of(forbidden.ofMigration(vm, from, to, duration)),
  )
  const { forbiddenOffset, forbidden: flat } = classes.flat()
  return {
    nodeCount: instance.nodeCount,
    slots: instance.nodeSlots,
    source: Int32Array.from(legs, (l) => l.from),
    target: Int32Array.from(legs, (l) => l.to),
    duration: Int32Array.from(legs, (l) => l.duration),
    penalty: new Int32Array(legs.length),
    forbiddenClass,
    forbiddenOffset,
    forbidden: flat,
  }
}

/** Takes the best candidate round again and again; returns the legs in that order, those that hold no slot last. */
async function peel(
  scorer: RoundScorer,
  run: Run,
  tasks: RoundTasks,
  legs: readonly Leg[],
  live: readonly number[],
  lpRounds: LpRounds | undefined,
  density: number,
): Promise<Int32Array> {
  const random = new Random(run.options.seed ^ Math.round(density * 4096))
  let left = [...live].sort((a, b) => tasks.duration[b] - tasks.duration[a] || a - b)
  const used = new Int32Array(tasks.nodeCount)
  const order: number[] = []
  let time = 0
  while (left.length > 0) {
    if (await run.breathe()) break
    const candidates = makeCandidates(tasks, left, used, random, lpRounds, run.parameters.rounds)
    const stride = greatest(candidates.map((c) => c.length))
    const batch = {
      count: candidates.length,
      stride,
      tasks: new Int32Array(candidates.length * stride).fill(-1),
      start: new Int32Array(candidates.length).fill(time),
    }
    candidates.forEach((candidate, i) => {
      batch.tasks.set(candidate, i * stride)
    })
    const scores = scorer.score(batch)
    run.count('roundsScored', candidates.length)
    let best = -1
    let bestScore = Number.NEGATIVE_INFINITY
    for (let i = 0; i < candidates.length; i++) {
      // A round that meets a window is not lost: the decoder waits for it. It only counts less.
      const score =
        (scores.work[i] ** density / Math.max(1, scores.duration[i])) * (scores.flags[i] === 0 ? 1 : 0.5)
      if (score > bestScore) {
        bestScore = score
        best = i
      }
    }
    const taken = new Set(candidates[best])
    addAll(order, candidates[best])
    time = Math.min(time + scores.duration[best], 0x7000_0000)
    left = left.filter((i) => !taken.has(i))
  }
  const seen = new Set(order)
  for (let i = 0; i < legs.length; i++) if (!seen.has(i)) order.push(i)
  return Int32Array.from(order)
}

/** Maximal rounds of what is left. `used` is scratch, all 0. */
function makeCandidates(
  tasks: RoundTasks,
  left: readonly number[],
  used: Int32Array,
  random: Random,
  lpRounds: LpRounds | undefined,
  parameters: RoundsParameters,
): number[][] {
  const most = parameters.listCandidates
  const grow = (list: readonly number[], limit: number): number[] => {
    const round: number[] = []
    for (const i of list) {
      if (tasks.duration[i] > limit) continue
      const s = tasks.source[i]
      const t = tasks.target[i]
      if (used[s] >= tasks.slots[s] || used[t] >= tasks.slots[t]) continue
      used[s]++
      used[t]++
      round.push(i)
    }
    for (const i of round) {
      used[tasks.source[i]] = 0
      used[tasks.target[i]] = 0
    }
    return round
  }
  const candidates: number[][] = []
  const load = new Float64Array(tasks.nodeCount)
  for (const i of left) {
    load[tasks.source[i]] += tasks.duration[i]
    load[tasks.target[i]] += tasks.duration[i]
  }
  const byLoad = [...left].sort(
    (x, y) =>
      load[tasks.source[y]] + load[tasks.target[y]] - load[tasks.source[x]] - load[tasks.target[x]] || x - y,
  )
  for (const list of [left, byLoad]) {
    // `left` is sorted by duration: thresholds at its quantiles give rounds of alike durations.
    for (const q of parameters.listQuantiles) {
      const limit = tasks.duration[left[Math.floor(q * (left.length - 1))]]
      candidates.push(grow(list, limit))
    }
  }
  while (candidates.length < most && left.length <= parameters.listNoisyLegs) {
    const noise = parameters.listNoise + parameters.listMoreNoise * random.unit()
    const key = new Map(left.map((i) => [i, tasks.duration[i] * (1 + noise * (random.unit() - 0.5))]))
    const list = [...left].sort((x, y) => (key.get(y) ?? 0) - (key.get(x) ?? 0))
    candidates.push(grow(list, Number.POSITIVE_INFINITY))
  }
  if (lpRounds !== undefined) {
    const byRow = new Map<number, number[]>()
    for (const i of left) {
      const row = lpRounds.rowOfLeg[i]
      if (row < 0) continue
      append(byRow, row, i)
    }
    for (const rows of lpRounds.rounds.slice(0, most)) {
      const next = new Map<number, number>()
      const round: number[] = []
      for (const row of rows) {
        const position = next.get(row) ?? 0
        const leg = byRow.get(row)?.[position]
        if (leg === undefined) continue
        next.set(row, position + 1)
        round.push(leg)
      }
      if (round.length > 0)
        candidates.push(grow([...round, ...left.filter((i) => !round.includes(i))], Number.POSITIVE_INFINITY))
    }
  }
  return candidates.filter((c) => c.length > 0)
}
