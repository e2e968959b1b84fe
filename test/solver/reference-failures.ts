/** What the format document says about the failure of a node, for the exact references. */
import type { Cluster } from './reference-cluster.js'

/** Over all nodes that may fail: the least memory of their running VMs that cannot be started elsewhere, MiB. Where each VM is, and whether it runs. */
export function uncoveredAt(cluster: Cluster, end: readonly number[], running: readonly boolean[]): number {
  return cluster.nodes.reduce((sum, _, n) => sum + lostWith(cluster, n, end, running), 0)
}

function lostWith(
  cluster: Cluster,
  failed: number,
  end: readonly number[],
  running: readonly boolean[],
): number {
  if ((cluster.nodes[failed].state ?? 'up') === 'down') return 0
  const vms = cluster.vms.map((_, v) => v).filter((v) => end[v] === failed && running[v])
  const place = [...end]
  const runs = [...running]
  for (const v of vms) {
    place[v] = -1
    runs[v] = false
  }
  const fits = (v: number, n: number) => {
    const node = cluster.nodes[n]
    if (n === failed || (node.state ?? 'up') !== 'up' || cluster.drains.has(node.id)) return false
    if (!(cluster.vms[v].allowedNodes?.includes(node.id) ?? true)) return false
    let memory = cluster.vms[v].memoryMiB
    for (let o = 0; o < place.length; o++) {
      if (place[o] !== n || o === v) continue
      if (runs[o]) memory += cluster.vms[o].memoryMiB
      if (cluster.groups.apart(v, o).some(({ domain }) => domain === undefined)) return false
    }
    return memory <= node.memoryMiB
  }
  const least = (i: number): number => {
    if (i === vms.length) return 0
    const v = vms[i]
    let best = cluster.vms[v].memoryMiB + least(i + 1)
    for (let n = 0; n < cluster.nodes.length; n++) {
      if (!fits(v, n)) continue
      place[v] = n
      runs[v] = true
      best = Math.min(best, least(i + 1))
      place[v] = -1
      runs[v] = false
    }
    return best
  }
  return least(0)
}
