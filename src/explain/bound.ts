/** What the lower bound rests on: the nodes, VMs and windows that decide it, and the plan's own last migrations. */
import { least } from '../lists.js'
import type { BoundExplanation, ExplainedWindow } from '../model/explanation.js'
import type { ResolvedWindow } from '../model/problem.js'
import { ticksToSeconds, toMicroseconds } from '../model/ticks.js'
import { staysInPlace } from '../solver/assignment/companions.js'
import { leastNodeWork, leastWorkOf } from '../solver/bounds/node-load.js'
import { earliestEnds } from '../solver/bounds/plan-bound.js'
import type { Wish } from '../solver/wishes/wish.js'
import { boundSentences } from './bound-sentences.js'
import type { Facts } from './facts.js'

/** @param boundNodes indices of the nodes that the bound rests on, as the planner's run tells them. */
export function explainBound(facts: Facts, boundNodes: readonly number[]): BoundExplanation {
  const { problem, plan, request } = facts
  const method = plan.statistics.bound.split(' ', 1)[0]
  const open = request.wishes.filter((wish) => wish.choices.length > 0)
  const single = method === 'single-vm' ? slowestAlone(facts, open) : undefined
  const parked = plan.migrations.some((m) => m.parking === true)
  const last = plan.migrations.filter((m) => m.endSeconds === plan.makespanSeconds)
  const explained: BoundExplanation = {
    method,
    lowerBoundSeconds: plan.lowerBoundSeconds,
    costLowerBound: plan.costLowerBound,
    gap: plan.gap,
    proven: plan.proven,
    nodes: boundNodes.map((n) => problem.nodes[n].id),
    vms: single === undefined ? carriedBy(facts, boundNodes, open) : [problem.vms[single.vm].id],
    windows: windowsBefore(facts, boundNodes, single),
    lastNodes: unique(last.flatMap((m) => [m.from, m.to])),
    lastVms: unique(last.map((m) => m.vm)),
    penalties: leastPenalties(facts, open),
    sentences: [],
  }
  // A parked VM's legs have durations of their own: the sum would not be what the bound added up.
  if (boundNodes.length === 1 && !parked) {
    const work = leastNodeWork(facts.instance, open, spareWeight(facts, open))[boundNodes[0]]
    if (work > 0) explained.workSeconds = ticksToSeconds(Math.ceil(work - 1e-6))
  }
  explained.sentences = boundSentences(facts, explained, boundNodes)
  return explained
}

/** The VM that ends last were each alone, and the node by which it would end first. */
function slowestAlone({ instance, forbidden }: Facts, open: readonly Wish[]) {
  let slowest: { vm: number; node: number; ends: number } | undefined
  earliestEnds(instance, forbidden, open).forEach((ends, w) => {
    const first = ends.reduce((best, end, c) => (end < ends[best] ? c : best), 0)
    if (slowest === undefined || ends[first] > slowest.ends)
      slowest = { vm: open[w].vm, node: open[w].choices[first].node, ends: ends[first] }
  })
  return slowest
}

/** Weight of the VMs that could move by themselves and stay all the same: the bound allows for as much to stay. */
function spareWeight({ instance, problem, unplacedOf }: Facts, open: readonly Wish[]): number {
  const staying = open.filter((wish) => unplacedOf.has(problem.vms[wish.vm].id))
  return staying.reduce((sum, wish) => sum + instance.vmWeight[wish.vm], 0)
}

/** Whose migrations the nodes carry whatever is chosen: of one node those from it and to it, of several those that stay among them. */
function carriedBy({ instance, problem }: Facts, nodes: readonly number[], open: readonly Wish[]): string[] {
  const inside = new Set(nodes)
  const carries = (wish: Wish): boolean => {
    const from = instance.vmNode[wish.vm]
    if (staysInPlace(wish)) return inside.has(from)
    const { atSource, target } = leastWorkOf(wish)
    if (atSource === 0) return false
    if (nodes.length === 1) return from === nodes[0] || target === nodes[0]
    return inside.has(from) && wish.choices.every((choice) => inside.has(choice.node))
  }
  return open.filter(carries).map((wish) => problem.vms[wish.vm].id)
}

/** Occurrences that close a deciding node, or hold up the deciding VM on its best way, before the bound. */
function windowsBefore(
  { problem, instance, plan }: Facts,
  boundNodes: readonly number[],
  single: { vm: number; node: number } | undefined,
): ExplainedWindow[] {
  const at = single === undefined ? boundNodes : [instance.vmNode[single.vm], single.node]
  const nodes = new Set(at.map((n) => problem.nodes[n].id))
  const vm = single === undefined ? undefined : problem.vms[single.vm].id
  if (nodes.size === 0) return []
  const counts = (w: ResolvedWindow) =>
    w.vm !== undefined ? w.vm === vm : w.node === undefined || nodes.has(w.node)
  return problem.windows
    .filter((w) => w.startSeconds < plan.lowerBoundSeconds && counts(w))
    .map(({ source, vm, node, kind, startSeconds, endSeconds }) => ({
      index: source,
      ...(vm === undefined ? {} : { vm }),
      ...(node === undefined ? {} : { node }),
      kind,
      startSeconds,
      endSeconds,
    }))
}

/** What each VM pays at least; nothing is certain where a VM may stay instead. */
function leastPenalties({ problem, plan }: Facts, open: readonly Wish[]): BoundExplanation['penalties'] {
  if (plan.unplaced.length > 0) return []
  return open
    .map((wish) => ({
      vm: problem.vms[wish.vm].id,
      leastSeconds: toMicroseconds(least(wish.choices.map((choice) => choice.penalty))),
    }))
    .filter(({ leastSeconds }) => leastSeconds > 0)
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)]
}
