/** Changes that may let VMs move which the plan leaves where they are, by what keeps each of them off the nodes it was asked for. */
import { addAll } from '../lists.js'
import type { Change, NodeForVm, Obstacle, VmExplanation } from '../model/explanation.js'
import { allowsWay } from '../model/ways.js'
import { laterDeadlines } from '../solver/report/later-deadlines.js'
import type { ChangeMaker } from './changes.js'
import type { Facts } from './facts.js'

/**
 * For each of the heaviest VMs that stay, what would take away the only obstacle before some node; then what would help several at
 * once. Lists of their own, so that the caller can take the best of each first.
 *
 * @param explained of every VM that the plan leaves unplaced.
 * @param first id of the VM to begin with, if it is one of them.
 */
export function remedies(
  facts: Facts,
  maker: ChangeMaker,
  explained: readonly VmExplanation[],
  first: string | undefined,
): Change[][] {
  const { instance, limits } = facts
  const weight = (entry: VmExplanation) =>
    entry.vm === first ? Number.POSITIVE_INFINITY : instance.vmWeight[instance.vmIndex.get(entry.vm) ?? -1]
  // Stable: VMs of one weight stay in the problem's order.
  const heaviest = [...explained].sort((a, b) => weight(b) - weight(a)).slice(0, limits.unplacedVms)
  return [together(facts, maker, explained), ...heaviest.map((entry) => alone(facts, maker, entry))]
}

/** Nodes that the request allows, with what keeps the VM off each of them. */
function askedNodes(entry: VmExplanation): NodeForVm[] {
  return entry.nodes.filter((node) => node.asked)
}

const isCpu = ({ reason }: Obstacle) => reason === 'cpu-features' || reason === 'cpu-vendor'

/** A restart would take the VM to some node. */
function restartHelps({ problem, instance }: Facts, entry: VmExplanation): boolean {
  const vm = problem.vms[instance.vmIndex.get(entry.vm) ?? -1]
  if (vm.state !== 'running' || allowsWay(vm, problem.policy, 'restart')) return false
  return askedNodes(entry).some(({ obstacles }) => obstacles.length > 0 && obstacles.every(isCpu))
}

function together(facts: Facts, maker: ChangeMaker, explained: readonly VmExplanation[]): Change[] {
  const { problem, instance } = facts
  const { policy } = problem
  const found: Change[] = []
  const index = (entry: VmExplanation) => instance.vmIndex.get(entry.vm) ?? -1
  const stuck = explained.filter((entry) => restartHelps(facts, entry)).map(index)
  if (stuck.length > 1) found.push(maker.restartable(stuck))
  const wants = (...reasons: string[]) =>
    explained.filter((entry) =>
      askedNodes(entry).some(
        ({ obstacles, blocked }) =>
          (blocked !== undefined && reasons.includes(blocked.reason)) ||
          obstacles.some(({ reason }) => reasons.includes(reason)),
      ),
    )
  const crowded = wants('memory', 'vcpus', 'devices', 'anti-affinity')
  if (crowded.length > 0 && !policy.allowMakeRoom) found.push(maker.allow('allowMakeRoom'))
  if (crowded.length > 0 && !policy.allowParking) found.push(maker.allow('allowParking'))
  const full = wants('memory')
  if (full.length > 1) {
    const node = roomiest(facts, full)
    const total = full.reduce((sum, entry) => sum + entry.memoryMiB, 0)
    if (node >= 0) found.push(maker.memory(node, Math.ceil(total)))
  }
  const late = wants('window', 'horizon', 'deadline', 'blackout')
  if (!policy.allowSave && late.some((entry) => problem.vms[index(entry)].ways === undefined))
    found.push(maker.allow('allowSave'))
  return found
}

/** The node that most of the VMs want, if only it had the memory; of several, the one with most of it free at the end. −1: none. */
function roomiest({ instance, endUsed, problem }: Facts, entries: readonly VmExplanation[]): number {
  const wanted = new Float64Array(instance.nodeCount)
  for (const entry of entries)
    for (const { node, obstacles, blocked } of askedNodes(entry)) {
      const memoryOnly = obstacles.every(({ reason }) => reason === 'memory')
      if (memoryOnly && (obstacles.length > 0 || blocked !== undefined))
        wanted[instance.nodeIndex.get(node) ?? -1]++
    }
  const [{ capacity }] = instance.spaces
  const free = (n: number) => capacity[n] - endUsed[0][n]
  return problem.nodes.reduce((best, _, n) => {
    if (wanted[n] === 0) return best
    if (best < 0 || wanted[n] > wanted[best]) return n
    return wanted[n] === wanted[best] && free(n) > free(best) ? n : best
  }, -1)
}

function alone(facts: Facts, maker: ChangeMaker, entry: VmExplanation): Change[] {
  const { problem, instance } = facts
  const v = instance.vmIndex.get(entry.vm) ?? -1
  const own = instance.vmNode[v]
  const found: Change[] = []
  if (restartHelps(facts, entry)) found.push(maker.restartable([v]))
  const { ways } = problem.vms[v]
  if (ways !== undefined && entry.state === 'running')
    for (const way of ['live', 'save', 'stop'] as const) if (!ways.has(way)) found.push(maker.way(v, way))
  const index = ({ node }: Lack) => instance.nodeIndex.get(node) ?? -1
  const memory = leastLack(entry, 'memory', Math.ceil(entry.memoryMiB))
  if (memory !== undefined) found.push(maker.memory(index(memory), memory.more))
  const vcpus = leastLack(entry, 'vcpus', problem.vms[v].vcpus)
  if (vcpus !== undefined) addAll(found, moreVcpus(maker, index(vcpus), vcpus.more))
  for (const [device, own] of problem.vms[v].devices) {
    const lack = leastLack(entry, 'devices', own, device)
    if (lack !== undefined) found.push(maker.devices(index(lack), device, lack.more))
  }
  if (problem.nodes[own].state === 'down') found.push(maker.resume(own))
  /** The first node before which nothing stands but this. */
  const only = (reason: Obstacle['reason']) =>
    askedNodes(entry).find(
      ({ obstacles }) => obstacles.length > 0 && obstacles.every((o) => o.reason === reason),
    )
  const group = only('anti-affinity')?.obstacles[0].group ?? rivalGroup(facts, v, entry)
  if (group !== undefined) found.push(maker.withoutGroup(v, group))
  if (only('allowed-nodes') !== undefined) found.push(maker.anyOwner(v))
  const closed = only('window')
  if (closed !== undefined) {
    const { windows = [] } = closed.obstacles[0]
    for (const index of windows.slice(0, 2)) found.push(maker.window(index))
  }
  const isOverdue = askedNodes(entry).some(
    ({ obstacles, blocked }) =>
      blocked?.reason === 'deadline' || obstacles.some(({ reason }) => reason === 'deadline'),
  )
  const wish = isOverdue ? facts.request.wishes[facts.request.wishOf[v]] : undefined
  for (const by of wish === undefined ? [] : laterDeadlines(instance, wish).slice(0, 2))
    found.push(maker.deadline(v, by))
  const late = closed ?? only('horizon')
  if (late !== undefined && !instance.horizonClamped) found.push(maker.horizon(problem.policy.horizonSeconds))
  const asleep = askedNodes(entry).find(
    ({ node, obstacles }) =>
      obstacles.length === 1 &&
      problem.nodeById.get(node)?.state !== 'up' &&
      obstacles[0].reason === 'node-state',
  )
  if (asleep !== undefined) found.push(maker.resume(instance.nodeIndex.get(asleep.node) ?? -1))
  return found
}

interface Lack {
  node: string
  more: number
}

/**
 * Where the least more of a space would let the VM in. Where it would fit at the end but no order leads there, it needs its own size in
 * transit.
 */
function leastLack(
  entry: VmExplanation,
  space: 'memory' | 'vcpus' | 'devices',
  own: number,
  device?: string,
): Lack | undefined {
  let least: Lack | undefined
  for (const { node, obstacles, blocked } of askedNodes(entry)) {
    let more = 0
    if (blocked !== undefined) {
      if (blocked.reason !== space) continue
      const missing = space === 'memory' ? blocked.missingMiB : (blocked.missing ?? 0)
      more = missing > 0 ? missing : own
    } else if (obstacles.length > 0 && obstacles.every((o) => o.reason === space && o.device === device)) {
      more = obstacles[0].missingMiB ?? obstacles[0].missing ?? 0
    }
    if (more > 0 && (least === undefined || more < least.more)) least = { node, more }
  }
  return least
}

/** Of the cluster's ratio, or of the node's cores. */
export function moreVcpus(maker: ChangeMaker, node: number, more: number): Change[] {
  return [maker.vcpuRatio(node, more), maker.cores(node, more)]
}

/** A group of the VM that others have on a node which it could go to otherwise. */
function rivalGroup({ problem, instance }: Facts, v: number, entry: VmExplanation): string | undefined {
  const rivals = askedNodes(entry).find(({ blocked }) => blocked?.reason === 'anti-affinity')?.blocked?.rivals
  const rival = rivals?.[0]
  if (rival === undefined) return undefined
  const theirs = problem.vms[instance.vmIndex.get(rival) ?? -1].antiAffinity
  return problem.vms[v].antiAffinity.find((group) => theirs.includes(group))
}
