/**
 * What a cluster loses with one node at the end of a plan: the memory of the node's running VMs that could not be started on the
 * others. Two bounds, equal where the search for the best packing came to its end. MiB.
 */
import type { ResolvedNode, ResolvedVm } from '../model/problem.js'
import type { Replay } from './replay.js'
import { MEMORY_TOLERANCE } from './tolerance.js'

/** Hosts that all searches together may look at, about; each gets as much, but at least a few dives. */
const MOST_LOOKS = 5_000_000
const LEAST_DIVES = 4

export interface Loss {
  /** The node's running VMs, MiB. */
  runningMiB: number
  /** No packing leaves less than this without a place, MiB. */
  atLeastMiB: number
  /** A packing was found that leaves this, MiB. */
  atMostMiB: number
}

/** A node that takes VMs over. */
interface Host {
  id: string
  freeMiB: number
  /** Anti-affinity groups of the VMs there. */
  groups: Set<string>
}

/** By failing node: every node that is not down and that VMs run on at the end. */
export function lossesByNode(replay: Replay): Map<string, Loss> {
  const { problem, finalNode, finalState, drainModes } = replay
  const living = new Map<string, ResolvedVm[]>(problem.nodes.map((node) => [node.id, []]))
  for (const vm of problem.vms) living.get(finalNode.get(vm.id) ?? vm.node)?.push(vm)
  const runs = (vm: ResolvedVm) => finalState.get(vm.id) === 'running'
  const memory = (vms: readonly ResolvedVm[]) =>
    vms.reduce((sum, vm) => sum + (runs(vm) ? vm.memoryMiB : 0), 0)
  const takesOver = (node: ResolvedNode) => node.state === 'up' && !drainModes.has(node.id)
  // Where a whole node is lost, domains are not asked for.
  const aboutNodes = (group: string) => !problem.groupDomains.has(group)
  const steps = MOST_LOOKS / problem.nodes.length ** 2
  const losses = new Map<string, Loss>()
  for (const node of problem.nodes) {
    const restarted = (living.get(node.id) ?? []).filter(runs)
    if (node.state === 'down' || restarted.length === 0) continue
    const hosts = problem.nodes
      .filter((other) => other !== node && takesOver(other))
      .map((other): Host => {
        const there = living.get(other.id) ?? []
        return {
          id: other.id,
          freeMiB: Math.max(0, other.memoryMiB - memory(there)),
          groups: new Set(there.flatMap((vm) => vm.antiAffinity.filter(aboutNodes))),
        }
      })
    losses.set(node.id, {
      runningMiB: memory(restarted),
      ...leastLeftOut(restarted, hosts, aboutNodes, steps),
    })
  }
  return losses
}

/** Depth first, large VMs first, each on every host and then nowhere; cut where what is left cannot beat the best. */
function leastLeftOut(
  vms: readonly ResolvedVm[],
  hosts: readonly Host[],
  aboutNodes: (group: string) => boolean,
  share: number,
): Omit<Loss, 'runningMiB'> {
  const mostSteps = Math.max(share, LEAST_DIVES * vms.length)
  const order = [...vms].sort((a, b) => b.memoryMiB - a.memoryMiB)
  const rest = new Float64Array(order.length + 1)
  for (let i = order.length - 1; i >= 0; i--) rest[i] = rest[i + 1]! + order[i]!.memoryMiB
  const admits = (host: Host, vm: ResolvedVm) =>
    vm.memoryMiB <= host.freeMiB + MEMORY_TOLERANCE &&
    (vm.allowedNodes === undefined || vm.allowedNodes.has(host.id)) &&
    !vm.antiAffinity.some((group) => host.groups.has(group))
  const unavoidable = (from: number) => {
    const free = hosts.reduce((sum, host) => sum + host.freeMiB, 0)
    const over = rest[from]! - free
    return over > MEMORY_TOLERANCE ? over : 0
  }
  const homeless = order.reduce(
    (sum, vm) => sum + (hosts.some((host) => admits(host, vm)) ? 0 : vm.memoryMiB),
    0,
  )
  const atLeast = Math.max(homeless, unavoidable(0))
  let best = rest[0]!
  let steps = 0
  const place = (i: number, out: number): void => {
    if (i === order.length) {
      best = Math.min(best, out)
      return
    }
    const vm = order[i]!
    const least = out + unavoidable(i)
    const candidates = hosts.filter((host) => admits(host, vm)).sort((a, b) => a.freeMiB - b.freeMiB)
    for (const host of candidates) {
      if (least >= best - MEMORY_TOLERANCE || best <= atLeast || ++steps > mostSteps) return
      const added = vm.antiAffinity.filter((group) => aboutNodes(group) && !host.groups.has(group))
      host.freeMiB -= vm.memoryMiB
      for (const group of added) host.groups.add(group)
      place(i + 1, out)
      for (const group of added) host.groups.delete(group)
      host.freeMiB += vm.memoryMiB
    }
    if (out + vm.memoryMiB < best - MEMORY_TOLERANCE && steps <= mostSteps) place(i + 1, out + vm.memoryMiB)
  }
  place(0, 0)
  return { atLeastMiB: steps > mostSteps ? Math.min(atLeast, best) : best, atMostMiB: best }
}
