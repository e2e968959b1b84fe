/** Nights of rolling maintenance: every node is worked on, by one crew or more, VMs stay where they are then or go home. */
import { node, nodeId, vm } from './cluster.mjs'

const GIB = 1024
const HOUR = 3600

/** Backups of nodes follow one another through the night, as schedulers stagger them. */
function backups(random, nodes) {
  const first = random.integer(0, 3) * 1800
  return random.shuffle(nodes).map(({ id }, i) => ({
    node: id,
    start: first + i * 900,
    durationSeconds: random.pick([1200, 1800, 2700]),
  }))
}

/**
 * Memory in use is drawn from half of the cluster's to nearly all that the loss of one node would leave: that is what decides how much
 * of the changes can be hidden behind the works.
 */
export function night(random, { nodes: nodeCount = random.integer(4, 16), fill } = {}) {
  const memoryMiB = random.pick([256, 512, 768]) * GIB
  const nodes = Array.from({ length: nodeCount }, (_, n) =>
    node(n, { memoryMiB, migrationMbps: random.pick([10_000, 25_000]), generation: 1 }),
  )
  for (const each of nodes) each.migrationMbps = nodes[0].migrationMbps
  const share = (fill ?? random.integer(50, Math.floor(100 - 115 / nodeCount))) / 100
  const sizes = random
    .pick([
      [4, 8, 8, 16, 16, 32, 64],
      [2, 4, 4, 8, 8, 16],
      [8, 16, 32, 64, 128],
    ])
    .map((gib) => gib * GIB)
  const vms = []
  const used = new Array(nodeCount).fill(0)
  for (let full = 0; full < 20; ) {
    const made = vm(random, vms.length, random.integer(0, nodeCount - 1), sizes)
    const n = nodes.findIndex(({ id }) => id === made.node)
    if (
      used[n] + made.memoryMiB > share * memoryMiB * 1.05 ||
      sum(used) + made.memoryMiB > share * memoryMiB * nodeCount
    ) {
      full++
      continue
    }
    used[n] += made.memoryMiB
    vms.push({ ...made, ...(random.chance(0.03) ? { antiAffinity: [`g${vms.length % 7}`] } : {}) })
  }
  const windows = random.chance(0.6) ? backups(random, nodes) : []
  for (const each of vms)
    if (windows.length > 0 && random.chance(0.15))
      windows.push({ vm: each.id, start: random.integer(0, 6 * HOUR), durationSeconds: 600 })
  const maintenance = nodes.map((_, n) => ({
    node: nodeId(n),
    durationSeconds: random.pick([900, 1200, 1500, 1800]),
  }))
  return {
    nodes,
    vms,
    windows,
    request: { maintenance },
    policy: { maintenanceAtOnce: random.pick([1, 1, 2, 4]), returnHome: random.chance(0.5) },
  }
}

const sum = (numbers) => numbers.reduce((a, b) => a + b, 0)
