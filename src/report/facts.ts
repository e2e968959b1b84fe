/** What a report says, as plain values: the three things wanted first, what is lost, and a row for each node and migration. */
import type { Night } from '../chart/night.js'
import { replay } from '../check/replay.js'
import { greatest } from '../lists.js'
import type { MaintainedNode, Migration, Plan } from '../model/plan.js'
import type { ResolvedNode, ResolvedProblem } from '../model/problem.js'

export interface NodeFacts {
  node: ResolvedNode
  decides: boolean
  /** Running VMs there. */
  vmsBefore: number
  vmsAfter: number
  /** MiB of running VMs there, and the most that it held meanwhile. */
  memoryBefore: number
  memoryAfter: number
  memoryPeak: number
  sends: number
  receives: number
  /** Seconds since when it is empty; undefined where it is not, or was not asked to be. */
  emptyAt: number | undefined
  drained: boolean
  /** What is done on it; undefined where nothing is. */
  work: MaintainedNode | undefined
}

/** How often each occurs, or what it adds up to. */
function tally<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  amountOf = (_: T) => 1,
): (key: string) => number {
  const sums = new Map<string, number>()
  for (const item of items) sums.set(keyOf(item), (sums.get(keyOf(item)) ?? 0) + amountOf(item))
  return (key) => sums.get(key) ?? 0
}

export function nodeFacts(plan: Plan, problem: ResolvedProblem, night: Night): NodeFacts[] {
  const { finalNode, finalState } = replay(problem, plan)
  const works = new Map((plan.maintenance ?? []).map((work) => [work.node, work]))
  const drained = new Set(problem.drains.map(({ node }) => node))
  const emptyAt = new Map(plan.drained.map(({ node, atSeconds }) => [node, atSeconds]))
  const before = problem.vms.filter(({ state }) => state === 'running')
  const after = problem.vms.filter(({ id }) => finalState.get(id) === 'running')
  const moved = plan.migrations.filter(({ from, to }) => from !== to)
  const vmsBefore = tally(before, ({ node }) => node)
  const memoryBefore = tally(
    before,
    ({ node }) => node,
    ({ memoryMiB }) => memoryMiB,
  )
  const vmsAfter = tally(after, ({ id }) => finalNode.get(id)!)
  const sends = tally(moved, ({ from }) => from)
  const receives = tally(moved, ({ to }) => to)
  return problem.nodes.map((node, n) => {
    const { id } = node
    const levels = night.nodes[n].memory.filter((_, i) => i % 2 === 1)
    return {
      node,
      decides: night.nodes[n].decides,
      vmsBefore: vmsBefore(id),
      vmsAfter: vmsAfter(id),
      memoryBefore: memoryBefore(id),
      memoryAfter: levels.at(-1)!,
      memoryPeak: greatest(levels, memoryBefore(id)),
      sends: sends(id),
      receives: receives(id),
      emptyAt: emptyAt.get(id),
      drained: drained.has(id),
      work: works.get(id),
    }
  })
}

/** Something that the night takes from a VM for good, or stops it for. */
export interface Loss {
  vm: string
  what: string
}

/** Blackouts up to this go unnoticed, seconds. */
const LONG_BLACKOUT = 1

/** What happens to a VM that does not move live. */
const STOPS: Record<Exclude<Migration['kind'], 'live'>, string> = {
  restart: 'is shut down, moved and started again',
  save: 'is saved, moved and resumed',
  'save-in-place': 'is saved where it is',
  'stop-in-place': 'is shut down where it is',
  'resume-in-place': 'is resumed where it is',
  'start-in-place': 'is started where it is',
}
/** After these it runs again. */
const BRIEF: readonly Migration['kind'][] = ['restart', 'save']

/** @param span how a number of seconds is shown */
export function losses({ migrations }: Plan, span: (seconds: number) => string): Loss[] {
  return migrations.flatMap((m) => {
    const { vm, kind, blackoutSeconds } = m
    const found: string[] = []
    const down = BRIEF.includes(kind) ? `: down for ${span(blackoutSeconds)}` : ''
    if (kind !== 'live') found.push(STOPS[kind] + down)
    if (kind === 'live' && blackoutSeconds > LONG_BLACKOUT)
      found.push(`stands still for ${Number(blackoutSeconds.toFixed(1))} s`)
    if (m.lostOffloads.length > 0) found.push(`loses offloads on ${m.to}: ${m.lostOffloads.join(', ')}`)
    if (m.lostFeatures.length > 0) found.push(`loses CPU features: ${m.lostFeatures.join(', ')}`)
    return found.map((what) => ({ vm, what }))
  })
}
