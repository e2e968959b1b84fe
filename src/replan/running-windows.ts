/** What migrations under way keep the rest of a run from, as windows of its problem. */
import { least } from '../lists.js'
import { compileInstance } from '../model/compile.js'
import { ONE_SLOT } from '../model/duration.js'
import { crosses, MBPS_PER_MIBPS } from '../model/networks.js'
import type { Migration } from '../model/plan.js'
import type { ProblemWindow, ResolvedProblem } from '../model/problem.js'

export interface RunningMigration {
  migration: Migration
  /** How long it is expected to take yet, > 0. */
  leftSeconds: number
  /** It has taken longer than the plan said. */
  late: boolean
}

/** @param working nodes that are worked on meanwhile */
export function windowsOfRunning(
  running: readonly RunningMigration[],
  problem: ResolvedProblem,
  horizonSeconds: number,
  working: readonly string[] = [],
): ProblemWindow[] {
  const windows = [runningWindows, limitWindows, turnWindows, networkWindows]
  return windows
    .flatMap((of) => of(running, problem, horizonSeconds))
    .flatMap((window) => aroundWorks(window, problem, working))
}

/** A window of the cluster is one of every node but those under work, where nothing migrates anyway and no work may meet a window. */
function aroundWorks(
  window: ProblemWindow,
  { nodes }: ResolvedProblem,
  working: readonly string[],
): ProblemWindow[] {
  if (working.length === 0 || window.vm !== undefined) return [window]
  if (window.node !== undefined) return working.includes(window.node) ? [] : [window]
  return nodes.filter(({ id }) => !working.includes(id)).map(({ id }) => ({ ...window, node: id }))
}

/**
 * A VM under way counts at its target, where its memory is taken already. Its windows keep all else off until it has arrived:
 * - itself;
 * - of a live migration both nodes, each of which has a slot taken (a node with more slots is blocked whole: no window takes just one);
 * - of every other kind the source, if it may receive at all: the memory there is free only afterwards. Of a save in place the
 *   node, which saves its VMs one after another. (A node that is drained, on which alone VMs are shut down, receives nothing.)
 */
function runningWindows(
  running: readonly RunningMigration[],
  problem: ResolvedProblem,
  horizonSeconds: number,
): ProblemWindow[] {
  const drained = new Set(problem.drains.map(({ node }) => node))
  const busy = new Map<string, number>()
  const windows: ProblemWindow[] = []
  for (const { migration, leftSeconds } of running) {
    const { vm, from, to, kind } = migration
    const end = Math.min(leftSeconds, horizonSeconds)
    windows.push({ vm, start: 0, end, kind: 'blackout' })
    const receives = problem.nodeById.get(from)?.state === 'up' && !drained.has(from)
    const nodes = kind === 'live' ? [from, to] : kind === 'save-in-place' || receives ? [from] : []
    for (const node of nodes) busy.set(node, Math.max(busy.get(node) ?? 0, end))
  }
  for (const [node, end] of busy) windows.push({ node, start: 0, end, kind: 'blackout' })
  return windows
}

/**
 * What is under way counts towards the limits of the cluster: where what is asked for could exceed one beside it, the whole cluster waits until
 * it has ended. (No limit of a problem is for a while.)
 */
function limitWindows(
  running: readonly RunningMigration[],
  { vms, moves, drains, policy }: ResolvedProblem,
  horizonSeconds: number,
): ProblemWindow[] {
  const drained = new Set(drains.map(({ node }) => node))
  const moved = new Set(moves.map(({ vm }) => vm))
  const under = new Set(running.map(({ migration }) => migration.vm))
  const asked = vms.filter(
    (vm) => !under.has(vm.id) && (policy.allowMakeRoom || moved.has(vm.id) || drained.has(vm.node)),
  ).length
  const disrupts =
    policy.allowRestart ||
    policy.allowSave ||
    drains.some(({ mode }) => mode === 'save') ||
    vms.some(({ ways }) => ways !== undefined && (ways.size > 1 || !ways.has('live')))
  let end = 0
  for (const live of [true, false]) {
    const most = live ? (policy.concurrentMigrations ?? Infinity) : policy.concurrentRestarts
    const beside = Math.max(0, most - (live || disrupts ? asked : 0))
    const left = running
      .filter(({ migration }) => (migration.kind === 'live') === live)
      .map(({ leftSeconds }) => leftSeconds)
      .sort((a, b) => b - a)
    if (left.length > beside) end = Math.max(end, left[beside]!)
  }
  return end === 0 ? [] : [{ start: 0, end: Math.min(end, horizonSeconds), kind: 'blackout' }]
}

/**
 * What is under way holds its share of the networks that it crosses: as long as a network may have too little left for what is asked for, the
 * nodes on its smaller side are closed. (No network of a problem is narrower for a while.)
 */
function networkWindows(
  running: readonly RunningMigration[],
  problem: ResolvedProblem,
  horizonSeconds: number,
): ProblemWindow[] {
  const { networks, durations, nodeIndex, vmIndex } = compileInstance(problem)
  const until = new Map<string, number>()
  for (const network of networks) {
    const crossing = running.flatMap(
      ({ migration: { vm, from, to, kind, slots = ONE_SLOT }, leftSeconds }) => {
        const ends = [nodeIndex.get(from)!, nodeIndex.get(to)!] as const
        if (kind !== 'live' || !crosses(network, ...ends)) return []
        return [{ leftSeconds, mibps: durations.live(vmIndex.get(vm)!, ...ends, slots).mibps }]
      },
    )
    const sides = [1, 0].map((side) => problem.nodes.filter((_, n) => network.inside[n] === side))
    // No more can cross than the links of either side carry.
    const links = sides.map((nodes) =>
      nodes.reduce((sum, each) => sum + (each.migrationMbps * each.linkEfficiency) / MBPS_PER_MIBPS, 0),
    )
    let free = network.mibps - least(links) - crossing.reduce((sum, { mibps }) => sum + mibps, 0)
    let end = 0
    for (const { leftSeconds, mibps } of crossing.sort((a, b) => a.leftSeconds - b.leftSeconds)) {
      if (free >= 0) break
      end = leftSeconds
      free += mibps
    }
    if (end === 0) continue
    const [inside, outside] = sides
    for (const { id } of inside.length <= outside.length ? inside : outside)
      until.set(id, Math.max(until.get(id) ?? 0, end))
  }
  return [...until].map(([node, end]) => ({
    node,
    start: 0,
    end: Math.min(end, horizonSeconds),
    kind: 'blackout',
  }))
}

/** Others of its serial groups, and those that the request's order puts behind it, wait for a VM that is under way. */
function turnWindows(
  running: readonly RunningMigration[],
  { vms, vmById, order }: ResolvedProblem,
  horizonSeconds: number,
): ProblemWindow[] {
  const until = new Map<string, number>()
  for (const { migration, leftSeconds } of running) {
    const { serial } = vmById.get(migration.vm)!
    const others = serial.length === 0 ? [] : vms.filter((vm) => vm.serial.some((g) => serial.includes(g)))
    const behind = order.flatMap((list) => {
      const place = list.indexOf(migration.vm)
      return place < 0 ? [] : list.slice(place + 1)
    })
    const end = Math.min(leftSeconds, horizonSeconds)
    for (const vm of new Set([...others.map(({ id }) => id), ...behind]))
      if (vm !== migration.vm) until.set(vm, Math.max(until.get(vm) ?? 0, end))
  }
  return [...until].map(([vm, end]) => ({ vm, start: 0, end, kind: 'blackout' }))
}
