// Memory of a matching run: records of nodes, vertices and edges, the adjacency, and work lists, one after another in the caller's
// scratch region. `src/kernel/matching.ts` computes its size.
//
// A half-edge 2k or 2k + 1 is edge k on its way to its first or second end; half ^ 1 goes back.

import { clearQueue } from './matching-queue'
import { MatchEdge, MatchGraph, MatchNode, MatchVertex, none, QUEUE_ITEM_BYTES } from './records'

// Labels, which are also the rate at which the vertices' duals change.
export const OUTER = -1
export const UNREACHED = 0
export const INNER = 1

export const NONE = -1

// A node is a vertex (0 … n − 1) or a blossom (n …).

export let vertexTotal: i32 = 0
export let edgeTotal: i32 = 0
/** An odd set family without crossings over n vertices has at most this many members of three or more. */
export let blossomTotal: i32 = 0
export let nodes = none<MatchNode>()
export let vertices = none<MatchVertex>()
export let edges = none<MatchEdge>()
export let largestWeight: i32 = 0
/** [blossomTotal] i32 */
export let unusedBlossoms: usize = 0
/** [vertices + blossoms] i32: nodes whose edges must be looked at again. */
export let rescans: usize = 0
/** [blossomTotal] pairs of i32: blossoms whose inside must be rematched, and the vertex to leave out. */
export let rotations: usize = 0

@inline
export function node(b: i32): MatchNode {
  return nodes.at(b)
}

@inline
export function vertex(v: i32): MatchVertex {
  return vertices.at(v)
}

@inline
export function topOf(v: i32): i32 {
  return vertex(v).top
}

@inline
export function mateOf(v: i32): i32 {
  return vertex(v).mate
}

@inline
export function labelOf(b: i32): i32 {
  return node(b).label
}

/** The vertex that a half-edge leads to. */
@inline
export function endOf(half: i32): i32 {
  return edges.at(half >> 1).endsAt((half & 1) << 2)
}

@inline
export function weightOf(edge: i32): i32 {
  return edges.at(edge).weight
}

@inline
export function wordAt(base: usize, index: i32): i32 {
  return load<i32>(base + ((<usize>index) << 2))
}

@inline
export function setWord(base: usize, index: i32, value: i32): void {
  store<i32>(base + ((<usize>index) << 2), value)
}

/** Links each edge of positive weight into a list of its lower end, lowest index first. */
function listByLowerEnd(graph: MatchGraph, links: usize): void {
  const endA = graph.endA
  const endB = graph.endB
  const weight = graph.weight
  for (let edge = graph.edgeCount - 1; edge >= 0; edge--) {
    if (wordAt(weight, edge) <= 0) continue
    const a = wordAt(endA, edge)
    const b = wordAt(endB, edge)
    assert(a != b && a >= 0 && b >= 0 && a < vertexTotal && b < vertexTotal)
    assert(wordAt(weight, edge) <= 1 << 29)
    const lower = vertex(min(a, b))
    setWord(links, edge, lower.firstOfTree)
    lower.firstOfTree = edge
  }
}

/** Marks with 1 the heaviest of each set of parallel edges, the first of equal ones; the others with 0. */
function markHeaviest(graph: MatchGraph, links: usize, taken: usize): void {
  const endA = graph.endA
  const endB = graph.endB
  const weight = graph.weight
  for (let v = 0; v < vertexTotal; v++) {
    for (let edge = vertex(v).firstOfTree; edge != NONE; edge = wordAt(links, edge)) {
      const a = wordAt(endA, edge)
      const upper = vertex(a == v ? wordAt(endB, edge) : a)
      if (upper.seenFrom == v) {
        const rival = upper.seenEdge
        if (wordAt(weight, edge) <= wordAt(weight, rival)) {
          setWord(taken, edge, 0)
          continue
        }
        setWord(taken, rival, 0)
      }
      upper.seenFrom = v
      upper.seenEdge = edge
      setWord(taken, edge, 1)
    }
  }
}

/** Copies the edges that take part, in the caller's order, and counts them at their ends (in `adjacent`). */
function takeEdges(graph: MatchGraph, taken: usize): void {
  const endA = graph.endA
  const endB = graph.endB
  const weight = graph.weight
  const edgeCount = graph.edgeCount
  let at = edges
  for (let edge = 0; edge < edgeCount; edge++) {
    const w = wordAt(weight, edge)
    if (w <= 0 || wordAt(taken, edge) == 0) continue
    const a = wordAt(endA, edge)
    const b = wordAt(endB, edge)
    at.endsSet(0, a)
    at.endsSet(4, b)
    at.weight = w
    at.origin = edge
    at = at.at(1)
    vertex(a).adjacent += 1
    vertex(b).adjacent += 1
    largestWeight = max(largestWeight, w)
  }
  edgeTotal = <i32>at.placesAfter(edges)
}

/** Turns the counts into addresses and fills in the half-edges. */
function fillAdjacency(adjacency: usize): void {
  let end = adjacency
  for (let v = 0; v <= vertexTotal; v++) {
    end += vertex(v).adjacent << 2
    vertex(v).adjacent = end
  }
  for (let half = (edgeTotal << 1) - 1; half >= 0; half--) {
    const from = vertex(endOf(half ^ 1))
    const at = from.adjacent - 4
    store<i32>(at, half)
    from.adjacent = at
  }
}

/** Lays out the scratch region and reads the graph: positive weights only, and one edge a pair of vertices. Blossoms stay blank. */
export function readGraph(graph: MatchGraph): void {
  const vertexCount = graph.vertexCount
  const edgeCount = graph.edgeCount
  vertexTotal = vertexCount
  blossomTotal = vertexCount >> 1
  largestWeight = 0
  nodes = changetype<MatchNode>(graph.scratch)
  vertices = changetype<MatchVertex>(nodes.at(vertexCount + blossomTotal))
  edges = changetype<MatchEdge>(vertices.at(vertexCount + 1))
  const queue = changetype<usize>(edges.at(edgeCount))
  rotations = queue + <usize>(edgeCount + blossomTotal) * QUEUE_ITEM_BYTES
  const adjacency = rotations + ((<usize>blossomTotal) << 3)
  rescans = adjacency + ((<usize>edgeCount) << 3)
  unusedBlossoms = rescans + ((<usize>(vertexCount + blossomTotal)) << 2)
  assert(unusedBlossoms + ((<usize>blossomTotal) << 2) <= graph.scratch + graph.scratchBytes)

  for (let v = 0; v <= vertexCount; v++) {
    vertex(v).adjacent = 0
    vertex(v).firstOfTree = NONE
    vertex(v).seenFrom = NONE
  }
  // The queue's and the adjacency's room serves for what reading needs.
  listByLowerEnd(graph, queue)
  markHeaviest(graph, queue, adjacency)
  takeEdges(graph, adjacency)
  fillAdjacency(adjacency)
  clearQueue(queue, edgeTotal + blossomTotal)
}
