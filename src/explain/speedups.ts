/** Changes that may make the plan shorter or cheaper: about the nodes that decide or end last, their windows, and the largest VMs on them. */

import { least } from '../lists.js'
import { isLimitedByStream, ONE_SLOT } from '../model/duration.js'
import type { BoundExplanation, Change } from '../model/explanation.js'
import type { Space } from '../model/instance.js'
import type { ResolvedWindow } from '../model/problem.js'
import { allowsWay } from '../model/ways.js'
import { countsTowards } from '../solver/schedule/resources.js'
import type { ChangeMaker } from './changes.js'
import { fasterLink } from './changes.js'
import type { Facts } from './facts.js'
import { moreVcpus } from './remedies.js'

/**
 * Lists of their own, by kind, each the most promising first.
 *
 * @param first id of the node to begin with, if any.
 */
export function speedups(
  facts: Facts,
  maker: ChangeMaker,
  bound: BoundExplanation,
  first: string | undefined,
): Change[][] {
  if (facts.plan.makespanSeconds === 0) return []
  const nodes = criticalNodes(facts, bound, first)
  const alone = nodes.slice(0, facts.limits.nodes)
  const together = nodes.slice(0, facts.limits.nodesTogether)
  const carry = alone.filter((n) => liveSeconds(facts, n) > 0)
  const slots = carry.map((n) => maker.slot([n]))
  if (together.length > 1) slots.splice(1, 0, maker.slot(together))
  return [
    slots,
    limits(facts, maker),
    turns(facts, maker),
    networks(facts, maker),
    windows(facts, maker, bound, nodes),
    carry
      .slice(0, facts.limits.links)
      .map((n) => link(facts, maker, n))
      .filter((c) => c !== undefined),
    ...facts.instance.spaces.map((space, s) => room(facts, maker, space, s)),
    restarts(facts, maker, alone),
    resumes(facts, maker),
    allowances(facts, maker),
  ]
}

/** Limits of the cluster that more migrations of the plan count towards than may be under way at once. */
function limits({ instance, plan }: Facts, maker: ChangeMaker): Change[] {
  return instance.limits
    .filter((limit) => plan.migrations.filter((m) => countsTowards(limit, m)).length > limit.most)
    .map((limit) => maker.limit(limit))
}

/** Networks that several migrations of the plan cross, those that are crossed longest first. */
function networks({ problem, plan, limits }: Facts, maker: ChangeMaker): Change[] {
  const busy = problem.networks.map(({ nodes }) => {
    const crosses = (from: string, to: string) => nodes.has(from) !== nodes.has(to)
    const crossing = plan.migrations.filter((m) => m.kind === 'live' && crosses(m.from, m.to))
    const seconds = crossing.reduce((sum, m) => sum + m.endSeconds - m.startSeconds, 0)
    return { count: crossing.length, seconds }
  })
  return [...busy.keys()]
    .filter((n) => busy[n].count > 0)
    .sort((a, b) => busy[b].seconds - busy[a].seconds || a - b)
    .slice(0, limits.networks)
    .map((n) => maker.network(n))
}

/** Serial groups of which several VMs migrate, those that migrate longest first, and the order of the request. */
function turns({ problem, plan, limits }: Facts, maker: ChangeMaker): Change[] {
  const vms = new Map<string, Set<string>>()
  const busy = new Map<string, number>()
  for (const { vm, startSeconds, endSeconds } of plan.migrations) {
    for (const group of problem.vmById.get(vm)?.serial ?? []) {
      vms.set(group, (vms.get(group) ?? new Set()).add(vm))
      busy.set(group, (busy.get(group) ?? 0) + endSeconds - startSeconds)
    }
  }
  const groups = [...vms.keys()].filter((group) => vms.get(group)!.size > 1)
  groups.sort((a, b) => busy.get(b)! - busy.get(a)! || (a < b ? -1 : 1))
  const moving = new Set(plan.migrations.map(({ vm }) => vm))
  const isOrdered = problem.order.some((list) => list.filter((vm) => moving.has(vm)).length > 1)
  return [
    ...(isOrdered ? [maker.withoutOrder()] : []),
    ...groups.slice(0, limits.serialGroups).map((group) => maker.withoutSerial(group)),
  ]
}

/** Seconds of live migration from and to a node. */
function liveSeconds({ problem, plan }: Facts, n: number): number {
  const { id } = problem.nodes[n]
  return plan.migrations.reduce(
    (sum, m) =>
      sum + (m.kind === 'live' && (m.from === id || m.to === id) ? m.endSeconds - m.startSeconds : 0),
    0,
  )
}

/** The node asked about, those that the bound names, those that end last, and the busiest, each once. */
function criticalNodes(facts: Facts, bound: BoundExplanation, first: string | undefined): number[] {
  const { instance, problem } = facts
  const index = (id: string) => instance.nodeIndex.get(id) ?? -1
  const busy = Float64Array.from(problem.nodes, (_, n) => liveSeconds(facts, n))
  const byWork = (nodes: readonly number[]) => [...nodes].sort((a, b) => busy[b] - busy[a] || a - b)
  const vmNodes = bound.vms.length === 1 ? [index(problem.vmById.get(bound.vms[0])?.node ?? '')] : []
  const busiest = byWork(problem.nodes.map((_, n) => n).filter((n) => busy[n] > 0))
  return [
    ...new Set([
      ...(first === undefined ? [] : [index(first)]),
      ...byWork(bound.nodes.map(index)),
      ...vmNodes,
      ...byWork(bound.lastNodes.map(index)),
      ...busiest.slice(0, 2),
    ]),
  ].filter((n) => n >= 0)
}

/**
 * Windows that close a critical node, hold up a VM that moves there, or stop the cluster: those that the bound counts first, then by what
 * they take from the plan.
 */
function windows(
  facts: Facts,
  maker: ChangeMaker,
  bound: BoundExplanation,
  nodes: readonly number[],
): Change[] {
  const { problem, plan } = facts
  const ids = new Set(nodes.map((n) => problem.nodes[n].id))
  const vms = new Set([...bound.vms.slice(0, facts.limits.nodesTogether), ...bound.lastVms])
  for (const m of plan.migrations) if (ids.has(m.from) || ids.has(m.to)) vms.add(m.vm)
  const counts = (w: ResolvedWindow) =>
    w.vm !== undefined ? vms.has(w.vm) : w.node === undefined || ids.has(w.node)
  const decides = new Set(bound.windows.map((w) => w.index))
  const taken = new Map<number, number>()
  for (const w of problem.windows) {
    const overlap = Math.min(w.endSeconds, plan.makespanSeconds) - w.startSeconds
    if (overlap <= 0 || !counts(w)) continue
    // A window of a VM closes nothing to others.
    const share = w.vm !== undefined ? 0.5 : 1
    taken.set(w.source, (taken.get(w.source) ?? 0) + overlap * share)
  }
  const until = Math.ceil(plan.makespanSeconds)
  return [...taken]
    .sort((a, b) => Number(decides.has(b[0])) - Number(decides.has(a[0])) || b[1] - a[1] || a[0] - b[0])
    .slice(0, facts.limits.windows)
    .map(([index]) => maker.window(index, until))
}

/**
 * A migration goes as fast as its slower end: where that is the other one throughout, the partners get a faster link too; where one stream
 * fills neither, faster streams.
 */
function link(facts: Facts, maker: ChangeMaker, n: number): Change | undefined {
  const { problem, instance, plan } = facts
  const given = new Set(problem.moves.filter((m) => m.durationSeconds !== undefined).map((m) => m.vm))
  const { id, migrationMbps, slots } = problem.nodes[n]
  const partners = new Set<number>()
  let streams = true
  for (const m of plan.migrations) {
    const running = problem.vmById.get(m.vm)?.state === 'running'
    if (m.kind !== 'live' || given.has(m.vm) || !running || (m.from !== id && m.to !== id)) continue
    partners.add(instance.nodeIndex.get(m.from === id ? m.to : m.from) ?? -1)
    const ends = [problem.nodeById.get(m.from)!, problem.nodeById.get(m.to)!] as const
    if (!isLimitedByStream(...ends, m.slots ?? ONE_SLOT)) streams = false
  }
  if (partners.size === 0) return undefined
  const mbps = fasterLink(migrationMbps)
  if (streams) {
    const next = fasterLink(least([n, ...partners].map((p) => problem.nodes[p].streamMbps)))
    const limited = [n, ...partners].filter((p) => problem.nodes[p].streamMbps < next).sort((a, b) => a - b)
    return maker.stream(limited, next)
  }
  const waits = [...partners].some(
    (p) => problem.nodes[p].migrationMbps / problem.nodes[p].slots > migrationMbps / slots,
  )
  if (waits) return maker.link([n], mbps)
  const slower = [...partners].filter((p) => problem.nodes[p].migrationMbps < mbps).sort((a, b) => a - b)
  return maker.link([n, ...slower], mbps)
}

/** Memory, or another space, where VMs would rather go: refused for want of it, parked on their way there, or there without a penalty. */
function room(facts: Facts, maker: ChangeMaker, space: Space, s: number): Change[] {
  const { instance, request, endNode, endUsed, problem } = facts
  const { reason, device, capacity, size } = space
  const wanted = new Map<number, number>()
  const want = (node: number, amount: number) => {
    if (amount > 0) wanted.set(node, Math.max(wanted.get(node) ?? 0, amount))
  }
  for (const wish of request.wishes) {
    for (const [node, refusal] of wish.refusals)
      if (refusal.reason === reason && refusal.device === device)
        want(node, refusal.missing ?? (refusal.missingMiB ?? 0) * 1024)
    const chosen = wish.choices.find((c) => c.node === endNode[wish.vm])
    if (chosen === undefined) continue
    for (const choice of wish.choices) {
      if (choice.penalty >= chosen.penalty) continue
      want(choice.node, size[wish.vm] - (capacity[choice.node] - endUsed[s][choice.node]))
    }
  }
  for (const m of facts.plan.migrations) {
    const v = instance.vmIndex.get(m.vm) ?? -1
    if (m.parking === true && Number.isFinite(capacity[endNode[v]])) want(endNode[v], size[v])
  }
  const count = (n: number) => request.wishes.filter((w) => w.choices.some((c) => c.node === n)).length
  return [...wanted]
    .filter(([n]) => problem.nodes[n].state === 'up')
    .sort((a, b) => count(b[0]) - count(a[0]) || a[1] - b[1] || a[0] - b[0])
    .slice(0, 2)
    .flatMap(([n, amount]) => {
      if (reason === 'memory') return [maker.memory(n, Math.ceil(amount / 1024))]
      return device === undefined ? moreVcpus(maker, n, amount) : [maker.devices(n, device, amount)]
    })
}

/** The VM whose live migration holds a critical node for longest. */
function restarts(facts: Facts, maker: ChangeMaker, nodes: readonly number[]): Change[] {
  const { problem, instance, plan } = facts
  const ids = new Set(nodes.map((n) => problem.nodes[n].id))
  let longest: { vm: string; took: number } | undefined
  for (const m of plan.migrations) {
    const vm = problem.vmById.get(m.vm)
    if (m.kind !== 'live' || vm?.state !== 'running' || m.makesRoom === true) continue
    if (allowsWay(vm, problem.policy, 'restart')) continue
    if (!ids.has(m.from) && !ids.has(m.to)) continue
    const took = m.endSeconds - m.startSeconds
    if (longest === undefined || took > longest.took) longest = { vm: m.vm, took }
  }
  return longest === undefined ? [] : [maker.restartable([instance.vmIndex.get(longest.vm) ?? -1])]
}

/** A node that stands still could receive what live drains send. */
function resumes({ problem }: Facts, maker: ChangeMaker): Change[] {
  if (!problem.drains.some((drain) => drain.mode === 'live')) return []
  const drained = new Set(problem.drains.map((drain) => drain.node))
  const n = problem.nodes.findIndex((node) => node.state !== 'up' && !drained.has(node.id))
  return n < 0 ? [] : [maker.resume(n)]
}

/** What the policy forbids now. Making room is left out: it is used only where VMs stay unplaced. */
function allowances({ problem }: Facts, maker: ChangeMaker): Change[] {
  const { allowParking, allowSave } = problem.policy
  const found: Change[] = []
  if (!allowSave && problem.vms.some(({ ways }) => ways === undefined)) found.push(maker.allow('allowSave'))
  if (!allowParking) found.push(maker.allow('allowParking'))
  return found
}
