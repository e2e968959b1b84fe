/**
 * Nights of clusters whose links, set-up and VMs are not what the problem says: what a run of them writes down. It shares no code with the
 * duration model, and none with what learns.
 */

import type { Night } from '../../src/learn/observations.js'
import { planFingerprint } from '../../src/model/fingerprint.js'
import { parseJournal } from '../../src/model/journal.js'
import type { Migration, Plan } from '../../src/model/plan.js'
import type { Problem, ResolvedProblem } from '../../src/model/problem.js'
import { resolveProblem } from '../../src/model/validate.js'
import { Random } from '../../src/solver/random.js'
import { hostsOf } from '../problem.js'

export interface Truth {
  nodes: { id: string; efficiency: number }[]
  /** What the first pass sends, as a part of the memory. */
  vms: { id: string; sent: number }[]
  setupSeconds: number
}

export interface Cluster {
  problem: Problem
  truth: Truth
}

export interface ClusterOptions {
  nodes?: number
  vms?: number
  /** Efficiency of the first node, where it is not like the others. */
  slowNode?: number
}

export function cluster(seed: number, { nodes = 6, vms = 40, slowNode }: ClusterOptions = {}): Cluster {
  const random = new Random(seed)
  const between = (low: number, high: number) => low + (high - low) * random.unit()
  const base = between(0.35, 0.85)
  const truth: Truth = {
    nodes: Array.from({ length: nodes }, (_, n) => ({
      id: `HV${n + 1}`,
      efficiency: n === 0 && slowNode !== undefined ? slowNode : base * between(0.92, 1.08),
    })),
    vms: Array.from({ length: vms }, (_, v) => ({ id: `vm-${v}`, sent: between(0.55, 1) })),
    setupSeconds: between(3, 9),
  }
  const problem: Problem = {
    version: 1,
    name: `simulated ${seed}`,
    start: '2026-11-23T20:00:00Z',
    nodes: hostsOf(1_000_000, ...truth.nodes.map(({ id }) => id)),
    vms: truth.vms.map(({ id }) => ({
      id,
      node: truth.nodes[random.below(nodes)].id,
      memoryMiB: 2048 * 2 ** random.below(5),
      dirtyMiBps: random.below(3) === 0 ? 0 : Math.round(between(5, 120)),
    })),
    request: { moves: [] },
  }
  for (const vm of problem.vms) vm.workingSetMiB = vm.memoryMiB / 8
  return { problem, truth }
}

/** How long it really takes, seconds. */
function reality(
  { problem, truth }: Cluster,
  m: Pick<Migration, 'vm' | 'from' | 'to'>,
  random: Random,
): number {
  const vm = problem.vms.find(({ id }) => id === m.vm)!
  const { sent } = truth.vms.find(({ id }) => id === m.vm)!
  const link = Math.min(
    ...truth.nodes.filter(({ id }) => id === m.from || id === m.to).map(({ efficiency }) => efficiency),
  )
  const mibPerSecond = (link * 10_000 * 1e6) / 8 / 2 ** 20
  // It writes more on some nights than on others.
  const dirty = (vm.dirtyMiBps ?? 0) * (0.5 + random.unit())
  let left = vm.memoryMiB * sent
  let seconds = truth.setupSeconds
  for (let pass = 0; pass < 10 && left > 32; pass++) {
    seconds += left / mibPerSecond
    left = Math.min(vm.workingSetMiB!, (dirty * left) / mibPerSecond)
  }
  const noise = Math.exp(0.04 * (random.unit() + random.unit() + random.unit() - 1.5) * 2)
  const outlier = random.unit() < 0.03 ? 1 + 3 * random.unit() : 1
  return seconds * noise * outlier
}

/** A night on which so many VMs go somewhere else; the cluster stays as it was. */
export function night(simulated: Cluster, seed: number, migrations: number, pollSeconds = 5): Night {
  const random = new Random(seed)
  const { problem } = simulated
  const vms = [...problem.vms]
  for (let i = vms.length - 1; i > 0; i--) {
    const j = random.below(i + 1)
    ;[vms[i], vms[j]] = [vms[j], vms[i]]
  }
  const moved = vms.slice(0, migrations).map(({ id, node }) => {
    const others = problem.nodes.filter((each) => each.id !== node)
    return { vm: id, from: node, to: others[random.below(others.length)].id }
  })
  const free = new Map<string, number>()
  const events: { at: number; entry: object }[] = []
  const migrationsOfPlan: Migration[] = []
  for (const m of moved) {
    const start = Math.max(free.get(m.from) ?? 0, free.get(m.to) ?? 0)
    const end = start + reality(simulated, m, random)
    const seen = Math.ceil(end / pollSeconds) * pollSeconds
    for (const node of [m.from, m.to]) free.set(node, seen)
    events.push({ at: start, entry: { event: 'started', ...m, kind: 'live', leg: 0 } })
    events.push({ at: seen, entry: { event: 'ended', ...m, kind: 'live', leg: 0 } })
    migrationsOfPlan.push({
      ...m,
      kind: 'live',
      startSeconds: start,
      endSeconds: end,
      round: 0,
      blackoutSeconds: 0,
      lostOffloads: [],
      lostFeatures: [],
    })
  }
  const resolved: ResolvedProblem = resolveProblem({
    ...problem,
    request: { moves: moved.map(({ vm, to }) => ({ vm, to })) },
  })
  const plan = { migrations: migrationsOfPlan } as Plan
  return {
    problem: resolved,
    plan,
    journals: [parseJournal(journalText(resolved, plan, events, pollSeconds))],
  }
}

export function journalText(
  problem: ResolvedProblem,
  plan: Plan,
  events: readonly { at: number; entry: object }[],
  pollSeconds: number,
): string {
  const instant = (seconds: number) => new Date(problem.start!.epochMs + seconds * 1000).toISOString()
  const begin = {
    version: 1,
    event: 'begin',
    at: instant(0),
    problem: problem.name,
    plan: planFingerprint(plan),
    start: instant(0),
    pollSeconds,
  }
  const rest = [...events].sort((a, b) => a.at - b.at).map(({ at, entry }) => ({ ...entry, at: instant(at) }))
  return [begin, ...rest].map((entry) => JSON.stringify(entry)).join('\n')
}
