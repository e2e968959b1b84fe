/**
 * Edge colouring of multigraphs: vertices are nodes, edges are migrations of one second. Without windows or memory a shortest
 * plan has as many seconds as the graph needs colours (starts can be shifted left to whole seconds), so theory knows its length:
 *
 * - at least Δ, the largest degree, and at least Γ, the largest ⌈2·e(S) / (|S| − 1)⌉ over odd vertex sets S;
 * - at most Δ + μ, μ the largest multiplicity (Vizing 1964), and at most ⌊3Δ/2⌋ (Shannon 1949);
 * - Δ where the graph is bipartite (Kőnig 1916);
 * - at most max(Δ + 1, Γ) (Goldberg 1973 and Seymour 1979 conjectured, Chen, Jing and Zang 2019 proved): where Γ > Δ, exactly Γ.
 */
import { node, nodeId, pair, sized, vmId } from './cluster.mjs'

/** Most vertices for which every odd set is looked at. */
const MAX_ENUMERATED = 16

export function edgeColouring(random, options) {
  const vertexCount = sized(random, options.nodes, 5, 12)
  const drawnEdges = random.integer(3 * vertexCount, 6 * vertexCount)
  const multiplicity = sized(random, options.multiplicity, 2, 5)
  const bipartite = options.bipartite ?? false
  const count = new Map()
  const edges = []
  const left = vertexCount >> 1
  const room =
    multiplicity * (bipartite ? left * (vertexCount - left) : (vertexCount * (vertexCount - 1)) / 2)
  const edgeCount = options.edges ?? options.vms ?? Math.min(drawnEdges, room)
  if (edgeCount > room) {
    throw new RangeError(
      `${edgeCount} edges do not fit: ${vertexCount} vertices and multiplicity ${multiplicity} hold ${room}`,
    )
  }
  const drawnBalance = random.chance(0.7)
  const balanced = options.balanced ?? drawnBalance
  const degree = new Array(vertexCount).fill(0)
  const drawPair = () =>
    bipartite
      ? random.shuffle([random.integer(0, left - 1), random.integer(left, vertexCount - 1)])
      : pair(random, vertexCount)
  const free = () => {
    for (;;) {
      const [a, b] = drawPair()
      const key = Math.min(a, b) * vertexCount + Math.max(a, b)
      if ((count.get(key) ?? 0) < multiplicity) return { a, b, key, load: Math.max(degree[a], degree[b]) }
    }
  }
  while (edges.length < edgeCount) {
    // Balanced: the best of a few draws, so that no single vertex decides and odd sets can.
    const drawn = Array.from({ length: balanced ? 8 : 1 }, free)
    const { a, b, key } = drawn.reduce((best, each) => (each.load < best.load ? each : best))
    count.set(key, (count.get(key) ?? 0) + 1)
    degree[a]++
    degree[b]++
    edges.push([a, b])
  }
  const problem = {
    nodes: Array.from({ length: vertexCount }, (_, i) => node(i)),
    vms: edges.map(([from], i) => ({ id: vmId(i), node: nodeId(from), memoryMiB: 1024 })),
    request: { moves: edges.map(([, to], i) => ({ vm: vmId(i), to: nodeId(to), durationSeconds: 1 })) },
  }
  return { problem, best: facts(vertexCount, edges, count, bipartite) }
}

function facts(vertexCount, edges, count, bipartite) {
  const degree = new Array(vertexCount).fill(0)
  for (const end of edges.flat()) degree[end]++
  const maxDegree = Math.max(...degree)
  const multiplicity = Math.max(...count.values())
  const oddSet = bipartite ? 0 : oddSetBound(vertexCount, edges)
  const bound = Math.max(maxDegree, oddSet ?? 0)
  const vizing = maxDegree + multiplicity
  const shannon = Math.floor((3 * maxDegree) / 2)
  const goldberg = oddSet === undefined ? Infinity : Math.max(maxDegree + 1, oddSet)
  const upper = bipartite ? maxDegree : Math.min(vizing, shannon, goldberg)
  return {
    ...(upper === bound ? { cost: bound } : {}),
    bound,
    upperBound: upper,
    maxDegree,
    multiplicity,
    ...(oddSet === undefined ? {} : { oddSet }),
    vizing,
    shannon,
    bipartite,
  }
}

/** Γ by enumeration; undefined where the graph has too many vertices. Edges inside each set grow by its lowest vertex. */
function oddSetBound(vertexCount, edges) {
  if (vertexCount > MAX_ENUMERATED) return undefined
  const between = Array.from({ length: vertexCount }, () => new Array(vertexCount).fill(0))
  for (const [a, b] of edges) {
    between[a][b]++
    between[b][a]++
  }
  const inside = new Int32Array(1 << vertexCount)
  let best = 0
  for (let set = 1; set < inside.length; set++) {
    const lowest = 31 - Math.clz32(set & -set)
    const rest = set & (set - 1)
    let edgesInside = inside[rest]
    let size = 1
    for (let others = rest; others !== 0; others &= others - 1) {
      edgesInside += between[lowest][31 - Math.clz32(others & -others)]
      size++
    }
    inside[set] = edgesInside
    if (size >= 3 && size % 2 === 1) best = Math.max(best, Math.ceil((2 * edgesInside) / (size - 1)))
  }
  return best
}
