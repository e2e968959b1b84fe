/** Maximum-weight matching over typed arrays, by the method of assembly/matching.ts. */
import type { Matching, WeightedGraph } from '../../../src/kernel/types.js'
import { closeBlossom, openBlossom, rotate } from './blossom.js'
import {
  awaitOpening,
  INNER,
  joinTree,
  type MatchingState,
  NONE,
  OUTER,
  plantTrees,
  readGraph,
  relabel,
  rescan,
  rescanLater,
  slackOf,
  UNREACHED,
} from './matching-graph.js'

/** An outer node has reached an unreached one over `half`: that becomes inner, and what it is matched with outer. */
function grow(s: MatchingState, b: number, half: number): void {
  const tree = s.tree[s.top[s.endOf[half ^ 1]]]
  relabel(s, b, INNER)
  s.entry[b] = half ^ 1
  joinTree(s, b, tree)
  awaitOpening(s, b)
  const partner = s.top[s.endOf[s.mate[s.base[b]]]]
  relabel(s, partner, OUTER)
  joinTree(s, partner, tree)
  rescanLater(s, partner)
}

/** Matches `start` over `over` and turns the path from there to its tree's root. */
function flip(s: MatchingState, start: number, over: number): void {
  const { top, endOf, mate } = s
  let v = start
  let half = over
  for (;;) {
    const outer = top[v]
    const above = mate[s.base[outer]]
    rotate(s, outer, v)
    mate[v] = half
    if (above === NONE) return
    const inner = top[endOf[above]]
    const entry = s.entry[inner]
    const w = endOf[entry ^ 1]
    rotate(s, inner, w)
    mate[w] = entry
    v = endOf[entry]
    half = entry ^ 1
  }
}

/** All of the tree becomes unreached. */
function dissolve(s: MatchingState, tree: number): void {
  for (let b = s.treeFirst[tree]; b !== NONE; b = s.treeNext[b]) {
    if (s.label[b] === INNER) rescanLater(s, b)
    relabel(s, b, UNREACHED)
  }
  s.treeFirst[tree] = NONE
}

/** Vertices that the event has matched. */
function meetEdge(s: MatchingState, edge: number): number {
  const half = 2 * edge
  const v = s.endOf[half ^ 1]
  const w = s.endOf[half]
  const a = s.top[v]
  const b = s.top[w]
  const rate = -s.label[a] - s.label[b]
  if (a === b || rate <= 0) return 0
  const slack = slackOf(s, edge, v, w, rate)
  if (slack > 0) {
    const time = s.clock + (rate === 2 ? slack / 2 : slack)
    if (time < s.largest) s.queue.advance(edge, time)
    return 0
  }
  if (rate === 1) {
    if (s.label[a] === OUTER) grow(s, b, half)
    else grow(s, a, half ^ 1)
    return 0
  }
  const treeA = s.tree[a]
  const treeB = s.tree[b]
  if (treeA === treeB) {
    closeBlossom(s, a, b, half)
    return 0
  }
  flip(s, v, half)
  flip(s, w, half ^ 1)
  dissolve(s, treeA)
  dissolve(s, treeB)
  return 2
}

export function maximumWeightMatching(graph: WeightedGraph): Matching {
  const s = readGraph(graph)
  plantTrees(s)
  let free = 0
  for (let v = 0; v < s.vertexCount; v++) if (s.first[v] !== s.first[v + 1]) free++
  while (s.queue.size > 0 && free >= 2) {
    s.clock = s.queue.time
    const item = s.queue.take()
    const blossom = s.vertexCount + item - s.edgeCount
    if (item < s.edgeCount) free -= meetEdge(s, item)
    else if (s.label[blossom] === INNER && s.dual[blossom] === s.clock) openBlossom(s, blossom)
    rescan(s)
  }
  const edges: number[] = []
  let weight = 0
  for (let edge = 0; edge < s.edgeCount; edge++) {
    if (s.mate[s.endOf[2 * edge + 1]] !== 2 * edge) continue
    edges.push(s.origin[edge])
    weight += s.weight[edge]
  }
  return { weight, edges: Int32Array.from(edges) }
}
