// Memory of a matching run: records of nodes, vertices and edges, the adjacency, and work lists, one after another in the caller's
// scratch region. `src/kernel/matching.ts` computes its size.
//
// A half-edge 2k or 2k + 1 is edge k on its way to its first or second end; half ^ 1 goes back.

import { QUEUE_ITEM_BYTES, clearQueue } from './matching-queue'

// Labels, which are also the rate at which the vertices' duals change.
export const OUTER = -1
export const UNREACHED = 0
export const INNER = 1

export const NONE = -1

// A node is a vertex (0 … n − 1) or a blossom (n …), 64 bytes. "Top" nodes are in no blossom; sub-nodes of a blossom form a ring.
export const NODE_SHIFT = 6
export const DUAL = 0 // i64, see matching.ts
export const LABEL = 8
export const TREE = 12 // root vertex of the tree that a labelled top node is in
export const PARENT = 16
export const BASE = 20 // the vertex not matched inside
export const ENTRY = 24 // of an inner node: the half-edge to the outer node that reached it
export const FIRST = 28 // its vertices are a chain from FIRST to LAST; NONE in a blossom that is not in use
export const LAST = 32
export const NEXT = 36 // ring
export const PREVIOUS = 40
export const ACROSS = 44 // half-edge to the next of the ring
export const TREE_NEXT = 48 // list of the tree's top nodes
export const TREE_PREVIOUS = 52
export const HEAD = 56 // of a blossom: the sub-node with the base
export const STAMP = 60

// What only a vertex has, 32 bytes; one record more ends the last adjacency.
const VERTEX_SHIFT = 5
export const TOP = 0
export const CHAIN = 4
export const MATE = 8 // half-edge to the vertex it is matched with
export const ADJACENT = 12 // address of its first half-edge
export const TREE_FIRST = 16
const SEEN_FROM = 20
const SEEN_EDGE = 24

// An edge that takes part, 16 bytes: both ends, weight, index in the caller's list.
export const EDGE_SHIFT = 4
export const WEIGHT = 8
export const ORIGIN = 12

export let vertexTotal: i32 = 0
export let edgeTotal: i32 = 0
/** An odd set family without crossings over n vertices has at most this many members of three or more. */
export let blossomTotal: i32 = 0
export let nodes: usize = 0
export let vertices: usize = 0
export let edges: usize = 0
export let largestWeight: i32 = 0
/** [blossomTotal] i32 */
export let unusedBlossoms: usize = 0
/** [vertices + blossoms] i32: nodes whose edges must be looked at again. */
export let rescans: usize = 0
/** [blossomTotal] pairs of i32: blossoms whose inside must be rematched, and the vertex to leave out. */
export let rotations: usize = 0

@inline
export function node(b: i32): usize {
  return nodes + ((<usize>b) << NODE_SHIFT)
}

@inline
export function vertex(v: i32): usize {
  return vertices + ((<usize>v) << VERTEX_SHIFT)
}

@inline
export function topOf(v: i32): i32 {
  return load<i32>(vertex(v), TOP)
}

@inline
export function mateOf(v: i32): i32 {
  return load<i32>(vertex(v), MATE)
}

@inline
export function labelOf(b: i32): i32 {
  return load<i32>(node(b), LABEL)
}

/** The vertex that a half-edge leads to. */
@inline
export function endOf(half: i32): i32 {
  return load<i32>(edges + ((<usize>(half >> 1)) << EDGE_SHIFT) + ((<usize>(half & 1)) << 2))
}

@inline
export function weightOf(edge: i32): i32 {
  return load<i32>(edges + ((<usize>edge) << EDGE_SHIFT), WEIGHT)
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
function listByLowerEnd(edgeCount: i32, endA: usize, endB: usize, weight: usize, links: usize): void {
  for (let edge = edgeCount - 1; edge >= 0; edge--) {
    if (wordAt(weight, edge) <= 0) continue
    const a = wordAt(endA, edge)
    const b = wordAt(endB, edge)
    assert(a != b && a >= 0 && b >= 0 && a < vertexTotal && b < vertexTotal)
    assert(wordAt(weight, edge) <= 1 << 29)
    const lower = vertex(min(a, b))
    setWord(links, edge, load<i32>(lower, TREE_FIRST))
    store<i32>(lower, edge, TREE_FIRST)
  }
}

/** Marks with 1 the heaviest of each set of parallel edges, the first of equal ones; the others with 0. */
function markHeaviest(endA: usize, endB: usize, weight: usize, links: usize, taken: usize): void {
  for (let v = 0; v < vertexTotal; v++) {
    for (let edge = load<i32>(vertex(v), TREE_FIRST); edge != NONE; edge = wordAt(links, edge)) {
      const a = wordAt(endA, edge)
      const upper = vertex(a == v ? wordAt(endB, edge) : a)
      if (load<i32>(upper, SEEN_FROM) == v) {
        const rival = load<i32>(upper, SEEN_EDGE)
        if (wordAt(weight, edge) <= wordAt(weight, rival)) {
          setWord(taken, edge, 0)
          continue
        }
        setWord(taken, rival, 0)
      }
      store<i32>(upper, v, SEEN_FROM)
      store<i32>(upper, edge, SEEN_EDGE)
      setWord(taken, edge, 1)
    }
  }
}

/** Copies the edges that take part, in the caller's order, and counts them at their ends (in ADJACENT). */
function takeEdges(edgeCount: i32, endA: usize, endB: usize, weight: usize, taken: usize): void {
  let at = edges
  for (let edge = 0; edge < edgeCount; edge++) {
    const w = wordAt(weight, edge)
    if (w <= 0 || wordAt(taken, edge) == 0) continue
    const a = wordAt(endA, edge)
    const b = wordAt(endB, edge)
    store<i32>(at, a)
    store<i32>(at, b, 4)
    store<i32>(at, w, WEIGHT)
    store<i32>(at, edge, ORIGIN)
    at += 1 << EDGE_SHIFT
    store<i32>(vertex(a), load<i32>(vertex(a), ADJACENT) + 1, ADJACENT)
    store<i32>(vertex(b), load<i32>(vertex(b), ADJACENT) + 1, ADJACENT)
    largestWeight = max(largestWeight, w)
  }
  edgeTotal = <i32>((at - edges) >> EDGE_SHIFT)
}

/** Turns the counts into addresses and fills in the half-edges. */
function fillAdjacency(adjacency: usize): void {
  let end = adjacency
  for (let v = 0; v <= vertexTotal; v++) {
    end += load<usize>(vertex(v), ADJACENT) << 2
    store<usize>(vertex(v), end, ADJACENT)
  }
  for (let half = (edgeTotal << 1) - 1; half >= 0; half--) {
    const from = vertex(endOf(half ^ 1))
    const at = load<usize>(from, ADJACENT) - 4
    store<i32>(at, half)
    store<usize>(from, at, ADJACENT)
  }
}

/** Lays out the scratch region and reads the graph: positive weights only, and one edge a pair of vertices. Blossoms stay blank. */
export function readGraph(
  vertexCount: i32,
  edgeCount: i32,
  endA: usize,
  endB: usize,
  weight: usize,
  scratch: usize,
  scratchBytes: usize,
): void {
  vertexTotal = vertexCount
  blossomTotal = vertexCount >> 1
  largestWeight = 0
  nodes = scratch
  vertices = nodes + ((<usize>(vertexCount + blossomTotal)) << NODE_SHIFT)
  edges = vertices + ((<usize>(vertexCount + 1)) << VERTEX_SHIFT)
  const queue = edges + ((<usize>edgeCount) << EDGE_SHIFT)
  rotations = queue + <usize>(edgeCount + blossomTotal) * QUEUE_ITEM_BYTES
  const adjacency = rotations + ((<usize>blossomTotal) << 3)
  rescans = adjacency + ((<usize>edgeCount) << 3)
  unusedBlossoms = rescans + ((<usize>(vertexCount + blossomTotal)) << 2)
  assert(unusedBlossoms + ((<usize>blossomTotal) << 2) <= scratch + scratchBytes)

  for (let v = 0; v <= vertexCount; v++) {
    store<i32>(vertex(v), 0, ADJACENT)
    store<i32>(vertex(v), NONE, TREE_FIRST)
    store<i32>(vertex(v), NONE, SEEN_FROM)
  }
  // The queue's and the adjacency's room serves for what reading needs.
  listByLowerEnd(edgeCount, endA, endB, weight, queue)
  markHeaviest(endA, endB, weight, queue, adjacency)
  takeEdges(edgeCount, endA, endB, weight, adjacency)
  fillAdjacency(adjacency)
  clearQueue(queue, edgeTotal + blossomTotal)
}
