/** A planned night as a chart needs it: plain data that goes through JSON, with every name already fit to be shown. */
import { contentOverTime } from '../check/content.js'
import { replay } from '../check/replay.js'
import { memoryTaken } from '../check/rules/memory.js'
import { escapeText } from '../io/table/text.js'
import { kibToMiB } from '../model/memory.js'
import type { MigrationKind, Plan } from '../model/plan.js'
import type { ResolvedProblem, WindowKind } from '../model/problem.js'

export interface NightNode {
  id: string
  capacityMiB: number
  /** Migrations at once that its lane has room for. */
  slots: number
  /** Kind of domain → the one that the node is in. */
  domains: Record<string, string>
  /** The lower bound rests on it. */
  decides: boolean
  /** What lives there or arrives: second, MiB from then on, and so on; the first second is 0. */
  memory: number[]
}

export interface NightVm {
  id: string
  /** Of affinity and anti-affinity; left out where there is none. */
  groups?: string[]
}

/** Indices of the night's VMs and nodes. */
export interface NightMove {
  vm: number
  from: number
  to: number
  kind: MigrationKind
  start: number
  end: number
  /** Of each end, where that is more than one of one. */
  slots?: { from: number; to: number }
}

/** Without `vm` and `node` it is the cluster's. */
export interface NightWindow {
  vm?: number
  node?: number
  kind: WindowKind
  start: number
  end: number
  /** Index into the problem's windows. */
  source: number
}

/** A node is worked on. */
export interface NightWork {
  node: number
  start: number
  end: number
  /** Seconds that it may overrun before the night ends later. */
  slack: number
}

export interface Night {
  name: string
  /** Wall clock of second 0, as milliseconds of a day in UTC; undefined where the problem has no start. */
  localStartMs: number | undefined
  makespanSeconds: number
  lowerBoundSeconds: number
  /** Where the chart ends; default at the makespan. */
  untilSeconds?: number
  nodes: NightNode[]
  /** Those that migrate, by their first start. */
  vms: NightVm[]
  moves: NightMove[]
  works: NightWork[]
  /** Those that meet the plan. */
  windows: NightWindow[]
}

/** Bounds of which a plan names the nodes. */
const ABOUT_NODES = ['node-load', 'single-node', 'odd-set']

/** The nodes that the plan's lower bound rests on, as far as `statistics.bound` names them. */
export function decidingNodes({ statistics }: Plan, problem: Pick<ResolvedProblem, 'nodeById'>): string[] {
  const [method, ...rest] = statistics.bound.split(' ')
  if (!ABOUT_NODES.includes(method)) return []
  const named = rest.join(' ')
  const nodes = problem.nodeById.has(named) ? [named] : named.split('+')
  return nodes.every((id) => problem.nodeById.has(id)) ? nodes : []
}

function memoryOf(plan: Plan, problem: ResolvedProblem): (node: string) => number[] {
  const { initial, changes } = contentOverTime(replay(problem, plan), memoryTaken)
  return (node) => {
    let level = initial.get(node) ?? 0
    const steps = [0, kibToMiB(level)]
    for (const { atSeconds, delta } of (changes.get(node) ?? []).sort((a, b) => a.atSeconds - b.atSeconds)) {
      level += delta
      if (steps.at(-2) === atSeconds) steps.length -= 2
      steps.push(atSeconds, kibToMiB(level))
    }
    return steps
  }
}

/** @param untilSeconds where the chart ends, if it is to show more than the plan */
export function nightOf(plan: Plan, problem: ResolvedProblem, untilSeconds?: number): Night {
  const { start } = problem
  const memory = memoryOf(plan, problem)
  const deciding = new Set(decidingNodes(plan, problem))
  const nodeIndex = new Map(problem.nodes.map(({ id }, i) => [id, i]))
  const vmIndex = new Map<string, number>()
  for (const { vm } of plan.migrations) if (!vmIndex.has(vm)) vmIndex.set(vm, vmIndex.size)
  const soft = new Map<string, string[]>()
  for (const { group, vms } of problem.softRules)
    for (const vm of vms) soft.set(vm, [...(soft.get(vm) ?? []), group])
  return {
    name: escapeText(plan.problem || problem.name),
    localStartMs: start === undefined ? undefined : start.epochMs + start.offsetMinutes * 60_000,
    makespanSeconds: plan.makespanSeconds,
    lowerBoundSeconds: plan.lowerBoundSeconds,
    ...(untilSeconds === undefined ? {} : { untilSeconds }),
    nodes: problem.nodes.map(({ id, memoryMiB, slots, domains }) => ({
      id: escapeText(id),
      capacityMiB: memoryMiB,
      slots,
      domains: Object.fromEntries([...domains].map((pair) => pair.map(escapeText))),
      decides: deciding.has(id),
      memory: memory(id),
    })),
    vms: [...vmIndex.keys()].map((id) => {
      const vm = problem.vmById.get(id)!
      const groups = new Set([...vm.antiAffinity, ...vm.affinity, ...(soft.get(id) ?? [])])
      return { id: escapeText(id), ...(groups.size === 0 ? {} : { groups: [...groups].map(escapeText) }) }
    }),
    moves: plan.migrations.map((m) => ({
      vm: vmIndex.get(m.vm)!,
      from: nodeIndex.get(m.from)!,
      to: nodeIndex.get(m.to)!,
      kind: m.kind,
      start: m.startSeconds,
      end: m.endSeconds,
      ...(m.slots === undefined ? {} : { slots: m.slots }),
    })),
    works: (plan.maintenance ?? []).map(({ node, startSeconds, endSeconds, slackSeconds }) => ({
      node: nodeIndex.get(node)!,
      start: startSeconds,
      end: endSeconds,
      slack: slackSeconds,
    })),
    windows: problem.windows.flatMap(({ vm, node, kind, startSeconds, endSeconds, source }) => {
      if (startSeconds >= (untilSeconds ?? plan.makespanSeconds) || (vm !== undefined && !vmIndex.has(vm)))
        return []
      return [
        {
          ...(vm === undefined ? {} : { vm: vmIndex.get(vm)! }),
          ...(node === undefined ? {} : { node: nodeIndex.get(node)! }),
          kind,
          start: startSeconds,
          end: endSeconds,
          source,
        },
      ]
    }),
  }
}
