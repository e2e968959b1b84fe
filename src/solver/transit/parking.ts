/**
 * Parking: where memory, or another space, admits no order of direct moves, VMs go by way of a third node. Candidates are the VMs that wait and those that
 * stand in their way; each is tried by way of each node that can hold it, and the stop-over that leaves least unscheduled (then ends
 * earliest) is kept, until everything moves or nothing helps. Where no single stop-over helps, pairs are tried.
 */
import { bulkOf } from '../../model/spaces.js'
import { type Decision, legsOf } from '../schedule/legs.js'
import { isBetter, solveTimeline, type Timeline } from '../schedule/timeline.js'
import type { TransitContext } from './transit.js'

/**
 * Changes `decisions` to use stop-overs; returns the best timeline that it reached, never worse than `timeline`.
 *
 * @param most stop-overs, or pairs of them, that are added.
 */
export async function park(
  context: TransitContext,
  decisions: Decision[],
  timeline: Timeline,
  most = context.run.parameters.transit.parkingSteps,
): Promise<Timeline> {
  let best = timeline
  for (let step = 0; step < most && best.unscheduledWeight > 0; step++) {
    const candidates = stopOvers(context, decisions, best)
    const found = await tryAll(context, decisions, best, candidates)
    if (found === undefined) break
    best = found.timeline
    for (const { wish, node } of found.stops) decisions[wish].parking = node
    if (context.run.stopped) break
  }
  return best
}

interface StopOver {
  wish: number
  node: number
}

interface Found {
  timeline: Timeline
  stops: StopOver[]
}

async function tryAll(
  context: TransitContext,
  decisions: Decision[],
  best: Timeline,
  candidates: readonly StopOver[],
): Promise<Found | undefined> {
  let found: Found | undefined
  const consider = async (stops: StopOver[]) => {
    const timeline = await withStops(context, decisions, stops)
    if (isBetter(timeline, found?.timeline ?? best)) {
      if (timeline.unscheduledWeight < best.unscheduledWeight) found = { timeline, stops }
    }
  }
  for (const stop of candidates) {
    await consider([stop])
    if (await context.run.breathe()) return found
  }
  if (found !== undefined) return found
  const few = candidates.slice(0, context.run.parameters.transit.parkingPairsOf)
  for (const a of few) {
    for (const b of few) {
      if (a.wish >= b.wish) continue
      await consider([a, b])
      if (found !== undefined || (await context.run.breathe())) return found
    }
  }
  return found
}

async function withStops(
  context: TransitContext,
  decisions: Decision[],
  stops: readonly StopOver[],
): Promise<Timeline> {
  const { instance, run, wishes, search } = context
  const before = stops.map(({ wish }) => decisions[wish].parking)
  for (const { wish, node } of stops) decisions[wish].parking = node
  const legs = legsOf(instance, wishes, decisions)
  stops.forEach(({ wish }, i) => {
    decisions[wish].parking = before[i]
  })
  const timeline = await solveTimeline(context, legs, {
    schedule: search.schedule,
    target: 0,
    work: run.parameters.transit.parkingEvaluations * legs.length,
    seed: search.seed,
  })
  return timeline
}

/** VMs that wait for room first, then those that sit where others want to be; smallest first: they park most cheaply. */
function stopOvers(context: TransitContext, decisions: readonly Decision[], timeline: Timeline): StopOver[] {
  const { instance, maker, wishes } = context
  const waiting = new Set<number>()
  const wanted = new Set<number>()
  timeline.legs.forEach((leg, i) => {
    if (timeline.start[i] >= 0) return
    waiting.add(leg.wish)
    wanted.add(leg.to)
  })
  const blockers = wishes
    .map((_, w) => w)
    .filter(
      (w) =>
        !waiting.has(w) && decisions[w].choice?.kind === 'live' && wanted.has(instance.vmNode[wishes[w].vm]),
    )
  const size = (w: number) => bulkOf(instance, wishes[w].vm)
  const order = [
    ...[...waiting].sort((a, b) => size(a) - size(b) || a - b),
    ...blockers.sort((a, b) => size(a) - size(b) || a - b),
  ]
  const stops: StopOver[] = []
  for (const w of order) {
    const { choice, parking } = decisions[w]
    if (choice?.kind !== 'live' || parking >= 0 || size(w) === 0) continue
    const own = instance.vmNode[wishes[w].vm]
    for (let node = 0; node < instance.nodeCount; node++) {
      if (node === own || node === choice.node) continue
      if (!maker.canStopOver(wishes[w].vm, node, choice.node, wishes[w].given)) continue
      stops.push({ wish: w, node })
      if (stops.length >= context.run.parameters.transit.parkingCandidates) return stops
    }
  }
  return stops
}
