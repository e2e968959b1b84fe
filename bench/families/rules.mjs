/** A night under the rules that clusters have: racks with uplinks, slots, vCPUs, devices, ways, limits, groups of all kinds, order, deadlines. */
import { nodeId, sized, vm, window } from './cluster.mjs'

const RACK = 8
const SIZES = [1024, 2048, 4096, 4096, 8192, 16_384, 32_768]
const FEATURES = ['sse4_2', 'avx', 'avx2', 'avx512f']

/** A rack's worth of nodes is emptied, part of them to given nodes, and one VM in fifty is moved besides. */
export function rules(random, options) {
  const nodeCount = sized(random, options.nodes, 8, 16)
  const vmCount = sized(random, options.vms, 60, 200)
  const rackOf = (n) => `R${Math.floor(n / Math.min(RACK, nodeCount / 2))}`
  const racks = [...new Set(Array.from({ length: nodeCount }, (_, n) => rackOf(n)))]
  const memoryMiB = 4096 * Math.ceil((vmCount * 8192) / nodeCount / 0.6 / 4096)
  const nodes = Array.from({ length: nodeCount }, (_, n) => ({
    id: nodeId(n),
    cpu: { vendor: 'Intel', features: FEATURES.slice(0, random.integer(3, 4)) },
    memoryMiB,
    migrationMbps: random.pick([10_000, 25_000]),
    slots: random.pick([1, 2]),
    offloads: random.chance(0.5) ? ['rdma'] : [],
    domains: { rack: rackOf(n) },
    cores: 64,
    ...(random.chance(0.2) ? { reserveMiB: memoryMiB / 16 } : {}),
    ...(random.chance(0.1) ? { streamMbps: 7000 } : {}),
    devices: { gpu: n % 4 === 0 ? 4 : 0 },
  }))
  const used = nodes.map(() => 0)
  const gpus = nodes.map(() => 0)
  const vms = []
  for (let i = 0; i < vmCount; i++) {
    const home = random.integer(0, nodeCount - 1)
    const each = vm(random, i, home, SIZES)
    if (used[home] + each.memoryMiB > 0.8 * memoryMiB) continue
    used[home] += each.memoryMiB
    const gpu = nodes[home].devices.gpu > 0 && gpus[home] < 2 && random.chance(0.1)
    if (gpu) gpus[home]++
    vms.push({
      ...each,
      vcpus: random.pick([1, 2, 2, 4, 8]),
      ...(gpu ? { devices: { gpu: 1 } } : {}),
      ...(random.chance(0.3) ? { copyMiB: each.memoryMiB / 2 } : {}),
      ...(random.chance(0.05) ? { durationFactor: 1.2 } : {}),
      ...(random.chance(0.04) ? { ways: ['live', 'restart'] } : {}),
      ...(random.chance(0.01) ? { ways: ['stop'] } : {}),
      ...(random.chance(0.1) ? { maxBlackoutSeconds: 30 } : {}),
      ...(random.chance(0.1)
        ? { preferredNodes: [nodeId(random.integer(0, nodeCount - 1)), each.node] }
        : {}),
    })
  }
  group(random, vms, vmCount / 40, 3, (g) => ({ antiAffinity: [`apart-${g}`] }))
  group(random, vms, vmCount / 60, 3, (g) => ({
    antiAffinity: [{ group: `spread-${g}`, penaltySeconds: 60, domain: 'rack' }],
  }))
  group(random, vms, vmCount / 60, 2, (g) => ({ affinity: [{ group: `near-${g}`, penaltySeconds: 30 }] }))
  group(random, vms, vmCount / 50, 2, (g) => ({ serial: [`one-by-one-${g}`] }))
  const drained = random
    .shuffle(nodes)
    .slice(0, Math.max(1, Math.floor(nodeCount / 8)))
    .map(({ id }) => id)
  const gone = new Set(drained)
  const span = (drained.length * memoryMiB * 8.388608) / 10_000
  const others = nodes.filter(({ id }) => !gone.has(id))
  const moves = vms
    .filter(
      (each) =>
        !gone.has(each.node) && each.devices === undefined && each.ways === undefined && random.chance(0.02),
    )
    .map((each) => ({ vm: each.id, to: [random.pick(others), random.pick(others)].map(({ id }) => id) }))
    .map(({ vm: id, to }) => ({
      vm: id,
      ...(random.chance(0.2) ? {} : { to: [...new Set(to)] }),
      ...(random.chance(0.3) ? { by: Math.round(60 + 2 * span) } : {}),
    }))
  const movers = vms.filter((each) => gone.has(each.node)).map(({ id }) => id)
  const order = Array.from({ length: Math.floor(movers.length / 20) }, (_, i) =>
    movers.slice(20 * i, 20 * i + 3),
  ).filter(({ length }) => length > 1)
  const windows = [
    ...nodes
      .filter(() => random.chance(0.3))
      .map(({ id }) => window(random, { node: id }, span, [0.05, 0.15])),
    ...vms.filter(() => random.chance(0.05)).map(({ id }) => window(random, { vm: id }, span, [0.05, 0.15])),
  ]
  const drain = drained.map((id, i) => ({
    node: id,
    ...(i % 3 === 1 ? { to: others.filter((_, n) => n % 2 === 0).map((each) => each.id) } : {}),
    ...(i % 3 === 2 ? { by: Math.round(120 + 3 * span) } : {}),
  }))
  return {
    nodes,
    vms,
    windows,
    networks: racks.map((rack) => ({
      id: `uplink-${rack}`,
      nodes: nodes.filter(({ domains }) => domains.rack === rack).map(({ id }) => id),
      mbps: 40_000,
    })),
    request: { drain, ...(moves.length > 0 ? { moves } : {}), ...(order.length > 0 ? { order } : {}) },
    policy: {
      maxVcpusPerCore: 6,
      concurrentMigrations: Math.max(2, nodeCount >> 1),
      antiAffinityInTransit: true,
      allowRestart: true,
    },
  }
}

/** Gives so many groups of VMs on different nodes what `of` says, none to a VM that has its key already. */
function group(random, vms, groups, size, of) {
  for (let g = 0; g < Math.floor(groups); g++) {
    const homes = new Set()
    for (let k = 0; k < size; k++) {
      const member = random.pick(vms)
      const [[key, value]] = Object.entries(of(g))
      if (homes.has(member.node) || member[key] !== undefined) continue
      homes.add(member.node)
      member[key] = value
    }
  }
}
