/** Families with fixed targets: only times are to be found. */
import { loads, node, nodeId, pair, sized, vm, vmId, window } from './cluster.mjs'

const TEMPLATES = [2048, 4096, 8192, 16_384, 32_768]

/** `count` VMs, each on one random node and bound for another. */
function randomMoves(random, nodeCount, count, sizes) {
  const vms = []
  const moves = []
  for (let i = 0; i < count; i++) {
    const [from, to] = pair(random, nodeCount)
    vms.push(vm(random, i, from, sizes))
    moves.push({ vm: vmId(i), to: nodeId(to) })
  }
  return { vms, moves }
}

/** A random cluster of mixed links, some backup windows on nodes and VMs. Some bottleneck node usually decides. */
export function moves(random, options) {
  const nodeCount = sized(random, options.nodes, 5, 12)
  const vmCount = sized(random, options.vms, 20, 70)
  const nodes = Array.from({ length: nodeCount }, (_, i) =>
    node(i, { migrationMbps: random.pick([1000, 10_000, 10_000]) }),
  )
  const { vms, moves: wanted } = randomMoves(random, nodeCount, vmCount, TEMPLATES)
  const span = Math.max(...loads(nodes, vms, wanted).values())
  const windows = Array.from({ length: random.integer(2, 8) }, () => {
    const scope = random.chance(0.6)
      ? { node: nodeId(random.integer(0, nodeCount - 1)) }
      : { vm: vmId(random.integer(0, vmCount - 1)) }
    return window(random, scope, span, [0.05, 0.15])
  })
  return { nodes, vms, windows, request: { moves: wanted } }
}

/** Three, five or seven equal nodes, moves along an odd cycle and some chords: no two of three nodes' pairs can overlap at all. */
export function odd(random, options) {
  const drawn = random.pick([3, 5, 7])
  const nodeCount = options.nodes ?? drawn
  const vmCount = sized(random, options.vms, 20, 36)
  const nodes = Array.from({ length: nodeCount }, (_, i) => node(i))
  const vms = []
  const wanted = []
  for (let i = 0; i < vmCount; i++) {
    const chord = random.chance(0.2)
    const onCycle = i % nodeCount
    const forward = random.chance(0.5)
    const next = (onCycle + 1) % nodeCount
    const [from, to] = chord ? pair(random, nodeCount) : forward ? [onCycle, next] : [next, onCycle]
    vms.push(vm(random, i, from, TEMPLATES))
    wanted.push({ vm: vmId(i), to: nodeId(to) })
  }
  return { nodes, vms, request: { moves: wanted } }
}

/**
 * Every node sends as many VMs as it receives, sizes are spread evenly, and each node has two or three backup windows inside the
 * schedule: no bottleneck stands out, and every node has to be packed around its own windows.
 */
export function tight(random, options) {
  const drawn = random.pick([4, 6, 6, 8, 8, 12])
  const nodeCount = options.nodes ?? drawn
  const perNode = sized(
    random,
    options.vms === undefined ? undefined : Math.ceil(options.vms / nodeCount),
    6,
    9,
  )
  const nodes = Array.from({ length: nodeCount }, (_, i) => node(i))
  const vms = []
  const wanted = []
  for (let k = 0; k < perNode; k++) {
    // A cyclic shift of a random order: no node sends to itself, each sends one and receives one.
    const order = random.shuffle(nodes.keys())
    const shift = random.integer(1, nodeCount - 1)
    order.forEach((from, position) => {
      const index = vms.length
      vms.push(vm(random, index, from, { low: 2048, high: 40_960 }))
      wanted.push({ vm: vmId(index), to: nodeId(order[(position + shift) % nodeCount]) })
    })
  }
  const span = Math.max(...loads(nodes, vms, wanted).values())
  const windows = nodes.flatMap(({ id }) =>
    Array.from({ length: random.integer(2, 3) }, () => window(random, { node: id }, span, [0.04, 0.1])),
  )
  return { nodes, vms, windows, request: { moves: wanted } }
}

/** As `moves`, on nodes with two or three slots: each of a node's migrations gets its share of the link. */
export function slots(random, options) {
  const problem = moves(random, options)
  for (const each of problem.nodes) each.slots = random.integer(2, 3)
  return problem
}

/** A big cluster: 24 nodes, 400 moves and a nightly window on every other node, unless other sizes are asked for. */
export function large(random, options) {
  const nodeCount = options.nodes ?? 24
  const vmCount = options.vms ?? 400
  const nodes = Array.from({ length: nodeCount }, (_, i) =>
    node(i, { migrationMbps: random.pick([10_000, 25_000]) }),
  )
  const { vms, moves: wanted } = randomMoves(random, nodeCount, vmCount, TEMPLATES)
  const span = Math.max(...loads(nodes, vms, wanted).values())
  const windows = nodes
    .filter((_, i) => i % 2 === 0)
    .map(({ id }) => window(random, { node: id }, span, [0.05, 0.1]))
  return { nodes, vms, windows, request: { moves: wanted } }
}

const SWAP_MIB = 65_536
const SWAP_SIZES = [2048, 4096, 4096, 8192, 16_384]

/**
 * Nodes filled to between 85 and 95 % (or between `options.fill` and 100 %) whose VMs trade places: memory admits few orders, since a VM
 * counts on both nodes while it moves; in the fullest ones none. Every node's end state fits.
 */
export function swap(random, options) {
  const nodeCount = sized(random, options.nodes, 3, 8)
  const nodes = Array.from({ length: nodeCount }, (_, i) => node(i, { memoryMiB: SWAP_MIB }))
  const vms = []
  for (let n = 0; n < nodeCount; n++) {
    const goal = (SWAP_MIB * random.integer(options.fill ?? 85, options.fill === undefined ? 95 : 100)) / 100
    // A node is as good as full only after many draws that do not fit any more.
    for (let used = 0, tries = 0; tries < (options.fill === undefined ? 20 : 100); tries++) {
      const candidate = vm(random, vms.length, n, SWAP_SIZES)
      if (used + candidate.memoryMiB > goal) continue
      used += candidate.memoryMiB
      vms.push(candidate)
    }
  }
  // End states are reached by exchanges of VMs about as big as each other; each leaves both nodes within their memory.
  const place = vms.map((v) => v.node)
  const used = new Map(nodes.map((n) => [n.id, 0]))
  for (const v of vms) used.set(v.node, used.get(v.node) + v.memoryMiB)
  for (let tries = 0; tries < 4 * vms.length; tries++) {
    const [a, b] = pair(random, vms.length)
    const difference = vms[b].memoryMiB - vms[a].memoryMiB
    const [nodeA, nodeB] = [place[a], place[b]]
    if (nodeA === nodeB) continue
    if (used.get(nodeA) + difference > SWAP_MIB || used.get(nodeB) - difference > SWAP_MIB) continue
    used.set(nodeA, used.get(nodeA) + difference)
    used.set(nodeB, used.get(nodeB) - difference)
    place[a] = nodeB
    place[b] = nodeA
  }
  const wanted = vms.flatMap((v, i) =>
    place[i] !== v.node && random.chance(0.8) ? [{ vm: v.id, to: place[i] }] : [],
  )
  return { nodes, vms, request: { moves: keepThatFit(nodes, vms, wanted) } }
}

/** Drops moves, last first, until the end state fits every node again (a move left out keeps its VM where it was). */
function keepThatFit(nodes, vms, wanted) {
  const kept = [...wanted]
  while (kept.length > 0) {
    const to = new Map(kept.map((m) => [m.vm, m.to]))
    const end = new Map(nodes.map((n) => [n.id, 0]))
    for (const v of vms) {
      const at = to.get(v.id) ?? v.node
      end.set(at, end.get(at) + v.memoryMiB)
    }
    const over = nodes.find((n) => end.get(n.id) > n.memoryMiB)
    if (over === undefined) return kept
    kept.splice(kept.map((m) => m.to).lastIndexOf(over.id), 1)
  }
  return kept
}

const ESTATE_SPARE = 0.2

/**
 * A whole cluster, or an estate: every VM moves, one in a hundred and one node in a hundred have a backup window, and memory is used to
 * 80 % where it is used most. 64 nodes and 8,000 VMs (the limits of a cluster) unless other sizes are asked for.
 */
export function estate(random, options) {
  const nodeCount = options.nodes ?? 64
  const vmCount = options.vms ?? 8000
  const links = Array.from({ length: nodeCount }, () => random.pick([10_000, 25_000]))
  const { vms, moves: wanted } = randomMoves(random, nodeCount, vmCount, TEMPLATES)
  const used = new Map(links.map((_, i) => [nodeId(i), 0]))
  const later = new Map(used)
  vms.forEach((v, i) => {
    used.set(v.node, used.get(v.node) + v.memoryMiB)
    later.set(wanted[i].to, later.get(wanted[i].to) + v.memoryMiB)
  })
  const nodes = links.map((migrationMbps, i) => {
    const most = Math.max(used.get(nodeId(i)), later.get(nodeId(i)), Math.max(...TEMPLATES))
    return node(i, { migrationMbps, memoryMiB: Math.ceil(most / (1 - ESTATE_SPARE)) })
  })
  const span = Math.max(...loads(nodes, vms, wanted).values())
  const scopes = [...vms.map(({ id }) => ({ vm: id })), ...nodes.map(({ id }) => ({ node: id }))]
  const windows = scopes
    .filter(() => random.chance(0.01))
    .map((scope) => window(random, scope, span, [0.05, 0.2]))
  return { nodes, vms, windows, request: { moves: wanted } }
}
