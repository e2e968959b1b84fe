// Exact maximum-weight matching in a general graph: the primal-dual method of Edmonds (1965) in the form of Galil (1986), arranged
// as one sweep. All free vertices have the same dual at all times, so one clock drives every alternating tree at once: it is how
// far the dual of the free vertices has sunk below its start, the largest weight. Edges that become tight and blossoms that must
// be opened are events of a queue. Unlike in Galil's stages, an augmentation clears its own two trees only; the others grow on.
// When the clock reaches the largest weight, the free vertices' duals are 0, and complementary slackness holds.
//
// Duals of vertices are kept doubled, those of blossoms plain: everything is an integer, and slacks are doubled ones. A dual that
// changes with the clock is stored as its value at time 0: label × clock is added for a vertex, taken away for a blossom.

import { clearBlossoms, closeBlossom, openBlossom, rotate } from './matching-blossom'
import { assertOptimal } from './matching-certificate'
import {
  awaitOpening,
  clock,
  deadline,
  joinTree,
  plantTrees,
  relabel,
  rescan,
  rescanLater,
  setClock,
  slackOf,
} from './matching-forest'
import {
  INNER,
  NONE,
  OUTER,
  UNREACHED,
  edgeTotal,
  edges,
  endOf,
  labelOf,
  mateOf,
  node,
  readGraph,
  topOf,
  vertex,
  vertexTotal,
} from './matching-graph'
import { advanceEvent, queueIsEmpty, takeEvent } from './matching-queue'
import { MatchGraph } from './records'

let freeCount: i32 = 0

/** An outer node has reached an unreached one over `half`: that becomes inner, and what it is matched with outer. */
function grow(b: i32, half: i32): void {
  const tree = node(topOf(endOf(half ^ 1))).tree
  relabel(b, INNER)
  node(b).entry = half ^ 1
  joinTree(b, tree)
  awaitOpening(b)
  const partner = topOf(endOf(mateOf(node(b).base)))
  assert(labelOf(partner) == UNREACHED && partner != b)
  relabel(partner, OUTER)
  joinTree(partner, tree)
  rescanLater(partner)
}

/** Matches `v` over `half` and turns the path from there to its tree's root. */
function flip(v: i32, half: i32): void {
  for (;;) {
    const outer = topOf(v)
    const above = mateOf(node(outer).base)
    rotate(outer, v)
    vertex(v).mate = half
    if (above == NONE) return
    const inner = topOf(endOf(above))
    const entry = node(inner).entry
    const w = endOf(entry ^ 1)
    rotate(inner, w)
    vertex(w).mate = entry
    v = endOf(entry)
    half = entry ^ 1
  }
}

/** All of the tree becomes unreached. Of these only what was inner can have edges that outer nodes are about to reach anew. */
function dissolve(tree: i32): void {
  for (let b = vertex(tree).firstOfTree; b != NONE; b = node(b).nextOfTree) {
    if (labelOf(b) == INNER) rescanLater(b)
    relabel(b, UNREACHED)
  }
  vertex(tree).firstOfTree = NONE
}

function meetEdge(edge: i32): void {
  const half = edge << 1
  const v = endOf(half ^ 1)
  const w = endOf(half)
  const a = topOf(v)
  const b = topOf(w)
  const rate = -labelOf(a) - labelOf(b)
  // An event can be out of date: labels have changed since. Whatever makes an edge tight earlier has queued it anew.
  if (a == b || rate <= 0) return
  const slack = slackOf(edge, v, w, rate)
  assert(slack >= 0 && (rate == 1 || (slack & 1) == 0))
  if (slack > 0) {
    const time = clock + (slack >> (rate - 1))
    if (time < deadline) advanceEvent(edge, time)
    return
  }
  if (rate == 1) {
    if (labelOf(a) == OUTER) grow(b, half)
    else grow(a, half ^ 1)
    return
  }
  const treeA = node(a).tree
  const treeB = node(b).tree
  if (treeA == treeB) {
    closeBlossom(a, b, half)
    return
  }
  flip(v, half)
  flip(w, half ^ 1)
  dissolve(treeA)
  dissolve(treeB)
  freeCount -= 2
}

function meetBlossom(b: i32): void {
  const at = node(b)
  if (at.label == INNER && at.dual == clock) openBlossom(b)
}

/** Vertices that have an edge at all; the others can be left alone. */
function countFree(): i32 {
  let count = 0
  for (let v = 0; v < vertexTotal; v++) {
    if (vertex(v).adjacent != vertex(v + 1).adjacent) count++
  }
  return count
}

/** Writes the caller's indices of the matched edges, ascending. */
function writeMatching(result: usize): i32 {
  let out = result
  for (let edge = 0; edge < edgeTotal; edge++) {
    const half = edge << 1
    if (mateOf(endOf(half ^ 1)) != half) continue
    store<i32>(out, edges.at(edge).origin)
    out += 4
  }
  return <i32>((out - result) >> 2)
}

/**
 * Finds a matching of largest summed weight; edges of weight ≤ 0 are left out, and of parallel ones all but the heaviest (the first of
 * equals). Writes the chosen edges to `graph.result` and returns their number. The debug build proves each answer by complementary
 * slackness.
 */
export function maximumWeightMatching(graph: MatchGraph): i32 {
  readGraph(graph)
  clearBlossoms()
  plantTrees()
  freeCount = countFree()
  while (!queueIsEmpty()) {
    // One free vertex finds no other to be matched with: what follows would only complete the duals, for the debug build.
    if (ASC_NO_ASSERT && freeCount < 2) break
    const event = takeEvent()
    const item = <i32>(<u32>event)
    setClock(<i64>(event >> 32))
    if (item < edgeTotal) meetEdge(item)
    else meetBlossom(vertexTotal + item - edgeTotal)
    rescan()
  }
  if (!ASC_NO_ASSERT) assertOptimal(deadline)
  return writeMatching(graph.result)
}
