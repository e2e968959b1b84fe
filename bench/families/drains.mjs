/** Families in which the planner chooses the targets. */
import { node, nodeId, roughSeconds, sized, vm, window } from './cluster.mjs'

/** VMs over all nodes until each holds `fill` (a share) of its memory; offloads, boot nodes and groups at random. */
function populate(random, nodes, vmCount, sizes, fill) {
  const used = new Map(nodes.map((n) => [n.id, 0]))
  const vms = []
  for (let i = 0; i < vmCount; i++) {
    const home = random.integer(0, nodes.length - 1)
    const each = vm(random, i, home, sizes)
    const boot = random.chance(0.2) ? random.pick(nodes) : nodes[home]
    const uses = nodes[home].offloads.includes('rdma') && random.chance(0.4) ? ['rdma'] : []
    const group = random.chance(0.15) ? [`group-${random.integer(0, 4)}`] : []
    const on = used.get(each.node) + each.memoryMiB
    if (on > nodes[home].memoryMiB * fill) continue
    used.set(each.node, on)
    // A VM started on a newer node than its own could not run where it is: then it was started at home.
    const possible = boot.cpu.features.every((f) => nodes[home].cpu.features.includes(f))
    vms.push({
      ...each,
      ...(possible && boot.id !== each.node ? { bootNode: boot.id } : {}),
      offloads: uses,
      ...(group.length > 0 ? { antiAffinity: group } : {}),
    })
  }
  return vms
}

/** Rough seconds that emptying the nodes takes: the longest of them, and the whole work over the nodes that are left. */
function drainSpan(nodes, vms, drained) {
  const work = drained.map((id) => {
    const own = nodes.find((n) => n.id === id)
    return vms
      .filter((v) => v.node === id)
      .reduce((sum, v) => sum + roughSeconds(v.memoryMiB, own.migrationMbps), 0)
  })
  const total = work.reduce((sum, seconds) => sum + seconds, 0)
  return Math.max(...work, total / (nodes.length - drained.length))
}

/** One to three nodes to be emptied in a mixed cluster: CPUs of three generations, two kinds of link, offloads, groups, memory. */
export function drain(random, options) {
  const nodeCount = sized(random, options.nodes, 5, 14)
  const vmCount = sized(random, options.vms, 30, 100)
  const nodes = Array.from({ length: nodeCount }, (_, i) =>
    node(i, {
      generation: random.integer(0, 2),
      memoryMiB: 131_072,
      migrationMbps: random.pick([1000, 10_000]),
      offloads: random.chance(0.5) ? ['rdma'] : [],
    }),
  )
  const vms = populate(random, nodes, vmCount, [2048, 4096, 4096, 8192, 16_384, 32_768], 0.85)
  const count = Math.min(random.integer(1, 3), nodeCount - 2)
  const drained = random
    .shuffle(nodes)
    .slice(0, count)
    .map(({ id }) => id)
  const span = drainSpan(nodes, vms, drained)
  const windows = Array.from({ length: random.integer(0, 5) }, () => {
    const scope = random.chance(0.6) ? { node: random.pick(nodes).id } : { vm: random.pick(vms).id }
    return window(random, scope, span, [0.1, 0.25])
  })
  return { nodes, vms, windows, request: { drain: drained }, policy: { allowParking: false } }
}

/** Two nodes to half of all to be emptied while every node, theirs and the others', has two to three backup windows. */
export function evacuate(random, options) {
  const nodeCount = sized(random, options.nodes, 8, 13)
  const vmCount = sized(random, options.vms, 50, 80)
  const count = random.integer(2, nodeCount >> 1)
  const nodes = Array.from({ length: nodeCount }, (_, i) =>
    node(i, {
      generation: random.integer(0, 2),
      memoryMiB: 262_144,
      migrationMbps: random.pick([10_000, 10_000, 25_000]),
      offloads: random.chance(0.5) ? ['rdma'] : [],
    }),
  )
  const vms = populate(random, nodes, vmCount, { low: 2048, high: 40_960 }, 0.7)
  const drained = Array.from({ length: count }, (_, i) => nodeId(i))
  const span = drainSpan(nodes, vms, drained)
  const windows = nodes.flatMap(({ id }) =>
    Array.from({ length: random.integer(2, 3) }, () => window(random, { node: id }, span, [0.05, 0.1])),
  )
  return { nodes, vms, windows, request: { drain: drained }, policy: { allowParking: false } }
}
