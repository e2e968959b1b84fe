/** Parts that the families share: CPUs, nodes, VMs, windows. Ids are of fixed width, so that text order is number order. */

/** Three generations, each a superset of the one before: what was started on an old node runs on a newer one, not the reverse. */
const GENERATIONS = [
  ['sse4_2', 'popcnt', 'aes', 'avx', 'xsave'],
  ['sse4_2', 'popcnt', 'aes', 'avx', 'xsave', 'avx2', 'fma', 'bmi1'],
  ['sse4_2', 'popcnt', 'aes', 'avx', 'xsave', 'avx2', 'fma', 'bmi1', 'avx512f', 'avx512bw'],
]

/** More than any family ever fills: memory plays no part. */
export const PLENTY_MIB = 16_000_000

export const nodeId = (index) => `HV${String(index).padStart(3, '0')}`
export const vmId = (index) => `vm${String(index).padStart(5, '0')}`

/** `generation` 0 to 2. */
export function node(
  index,
  { generation = 1, memoryMiB = PLENTY_MIB, migrationMbps = 10_000, offloads = [], slots = 1 } = {},
) {
  return {
    id: nodeId(index),
    cpu: { vendor: 'Intel', features: GENERATIONS[generation] },
    memoryMiB,
    migrationMbps,
    ...(slots === 1 ? {} : { slots }),
    offloads,
  }
}

/** A running VM whose memory is one of a few sizes (as templates give them), or any multiple of 512 MiB in [low, high]. */
export function vm(random, index, on, sizes) {
  const memoryMiB = Array.isArray(sizes)
    ? random.pick(sizes)
    : 512 * random.integer(sizes.low / 512, sizes.high / 512)
  return {
    id: vmId(index),
    node: nodeId(on),
    memoryMiB,
    dirtyMiBps: random.pick([0, 5, 5, 20, 60]),
    workingSetMiB: Math.max(256, memoryMiB / random.pick([1, 2, 4, 8])),
  }
}

/** Seconds that the VM takes between nodes of this link, but for set-up time and repeated passes: good enough to place windows. */
export function roughSeconds(memoryMiB, migrationMbps) {
  return 2 + (memoryMiB * 8.388608) / (migrationMbps * 0.9)
}

/** A window of `scope` with its start in [0, within] and its length a share in [low, high] of `within`; whole seconds. */
export function window(random, scope, within, [low, high]) {
  const start = random.integer(0, Math.round(within))
  const length = Math.max(
    1,
    Math.round((within * random.integer(Math.round(low * 1000), Math.round(high * 1000))) / 1000),
  )
  return { ...scope, start, end: start + length }
}

/** A number of the user's, or one drawn from [low, high]. The draw is made in both cases: other draws stay what they were. */
export function sized(random, given, low, high) {
  const drawn = random.integer(low, high)
  return given ?? drawn
}

/** Two different numbers below `count`. */
export function pair(random, count) {
  const first = random.integer(0, count - 1)
  const second = (first + random.integer(1, count - 1)) % count
  return [first, second]
}

/** Rough seconds of work of each node under the given moves. */
export function loads(nodes, vms, moves) {
  const load = new Map(nodes.map((n) => [n.id, 0]))
  const byId = new Map(nodes.map((n) => [n.id, n]))
  const vmById = new Map(vms.map((v) => [v.id, v]))
  for (const { vm: id, to } of moves) {
    const moving = vmById.get(id)
    const [a, b] = [byId.get(moving.node), byId.get(to)]
    const seconds =
      roughSeconds(moving.memoryMiB, Math.min(a.migrationMbps, b.migrationMbps)) /
      Math.min(a.slots ?? 1, b.slots ?? 1)
    load.set(a.id, load.get(a.id) + seconds)
    load.set(b.id, load.get(b.id) + seconds)
  }
  return load
}
