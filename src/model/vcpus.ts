/** The one place that says how many vCPUs may run on a node, to planner and checker alike. */
import type { Policy, ResolvedNode } from './problem.js'

/** What a product of cores and a ratio may carry of float noise. */
const NOISE = 1e-6

/** Running ones, once one has begun to arrive. Infinity: no limit. */
export function vcpuLimit({ cores }: Pick<ResolvedNode, 'cores'>, { maxVcpusPerCore }: Policy): number {
  if (cores === undefined || maxVcpusPerCore === undefined) return Number.POSITIVE_INFINITY
  return Math.floor(cores * maxVcpusPerCore + NOISE)
}

/** The least whole ratio at which the node may run so many more vCPUs than now; 1 where it has no cores to speak of. */
export function ratioFor(node: Pick<ResolvedNode, 'cores'>, policy: Policy, more: number): number {
  const { cores = 1 } = node
  return Math.max(1, Math.ceil((vcpuLimit(node, policy) + more) / cores))
}
