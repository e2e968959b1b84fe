/** What a matching works on, in typed arrays: the graph, and its nodes (assembly/matching-graph.ts says what each field means). */
import type { WeightedGraph } from '../../../src/kernel/types.js'
import { EventHeap } from './event-heap.js'

export const OUTER = -1
export const UNREACHED = 0
export const INNER = 1
export const NONE = -1

export interface MatchingState {
  vertexCount: number
  edgeCount: number
  blossomCount: number
  largest: number
  /** [half-edges] vertex that it leads to. */
  endOf: Int32Array
  /** [edges] */
  weight: Int32Array
  /** [edges] index in the caller's list. */
  origin: Int32Array
  /** [vertices + 1] first of each vertex's half-edges in `adjacent`. */
  first: Int32Array
  adjacent: Int32Array
  // [vertices]
  top: Int32Array
  chain: Int32Array
  mate: Int32Array
  treeFirst: Int32Array
  // [vertices + blossoms]
  dual: Float64Array
  label: Int32Array
  tree: Int32Array
  parent: Int32Array
  base: Int32Array
  entry: Int32Array
  head: Int32Array
  tail: Int32Array
  next: Int32Array
  previous: Int32Array
  across: Int32Array
  treeNext: Int32Array
  treePrevious: Int32Array
  ringHead: Int32Array
  stamp: Int32Array
  unused: Int32Array
  unusedCount: number
  rescans: Int32Array
  rescanCount: number
  stamps: number
  clock: number
  queue: EventHeap
}

/** Edges of positive weight, of parallel ones the heaviest, the first of equals; in the caller's order. */
function edgesOf({ vertexCount, endA, endB, weight }: WeightedGraph): number[] {
  const best = new Map<number, number>()
  for (let edge = 0; edge < weight.length; edge++) {
    if (weight[edge] <= 0) continue
    const low = Math.min(endA[edge], endB[edge])
    const pair = low * vertexCount + endA[edge] + endB[edge] - low
    const rival = best.get(pair)
    if (rival === undefined || weight[edge] > weight[rival]) best.set(pair, edge)
  }
  return [...best.values()].sort((a, b) => a - b)
}

export function readGraph(graph: WeightedGraph): MatchingState {
  const n = graph.vertexCount
  const blossoms = n >> 1
  const edges = edgesOf(graph)
  const m = edges.length
  const endOf = new Int32Array(2 * m)
  const first = new Int32Array(n + 1)
  for (let e = 0; e < m; e++) {
    endOf[2 * e] = graph.endA[edges[e]]
    endOf[2 * e + 1] = graph.endB[edges[e]]
    first[endOf[2 * e]]++
    first[endOf[2 * e + 1]]++
  }
  let sum = 0
  for (let v = 0; v <= n; v++) {
    sum += first[v]
    first[v] = sum
  }
  const adjacent = new Int32Array(2 * m)
  for (let half = 2 * m - 1; half >= 0; half--) adjacent[--first[endOf[half ^ 1]]] = half
  const weight = Int32Array.from(edges, (e) => graph.weight[e])
  const nodes = () => new Int32Array(n + blossoms)
  return {
    vertexCount: n,
    edgeCount: m,
    blossomCount: blossoms,
    largest: weight.reduce((a, b) => Math.max(a, b), 0),
    endOf,
    weight,
    origin: Int32Array.from(edges),
    first,
    adjacent,
    top: new Int32Array(n),
    chain: new Int32Array(n),
    mate: new Int32Array(n).fill(NONE),
    treeFirst: new Int32Array(n).fill(NONE),
    dual: new Float64Array(n + blossoms),
    label: nodes(),
    tree: nodes(),
    parent: nodes().fill(NONE),
    base: nodes(),
    entry: nodes(),
    head: nodes().fill(NONE),
    tail: nodes(),
    next: nodes(),
    previous: nodes(),
    across: nodes(),
    treeNext: nodes(),
    treePrevious: nodes(),
    ringHead: nodes(),
    stamp: nodes(),
    unused: Int32Array.from({ length: blossoms }, (_, i) => n + i),
    unusedCount: blossoms,
    rescans: nodes(),
    rescanCount: 0,
    stamps: 0,
    clock: 0,
    queue: new EventHeap(m + blossoms),
  }
}

/** Doubled slack of an edge between two top nodes. */
export function slackOf(s: MatchingState, edge: number, v: number, w: number, rate: number): number {
  return s.dual[v] + s.dual[w] - rate * s.clock - 2 * s.weight[edge]
}

export function joinTree(s: MatchingState, b: number, tree: number): void {
  const first = s.treeFirst[tree]
  s.tree[b] = tree
  s.treeNext[b] = first
  s.treePrevious[b] = NONE
  if (first !== NONE) s.treePrevious[first] = b
  s.treeFirst[tree] = b
}

export function leaveTree(s: MatchingState, b: number): void {
  const next = s.treeNext[b]
  const previous = s.treePrevious[b]
  if (next !== NONE) s.treePrevious[next] = previous
  if (previous !== NONE) s.treeNext[previous] = next
  else s.treeFirst[s.tree[b]] = next
}

/** The stored duals of a node's vertices, as their rate changes now. */
export function rebase(s: MatchingState, b: number, from: number, to: number): void {
  const { dual, chain } = s
  const shift = (from - to) * s.clock
  const last = s.tail[b]
  for (let v = s.head[b]; ; v = chain[v]) {
    dual[v] += shift
    if (v === last) return
  }
}

export function rebaseBlossom(s: MatchingState, b: number, from: number, to: number): void {
  if (b >= s.vertexCount) s.dual[b] -= (from - to) * s.clock
}

export function relabel(s: MatchingState, b: number, label: number): void {
  const old = s.label[b]
  rebase(s, b, old, label)
  rebaseBlossom(s, b, old, label)
  s.label[b] = label
}

export function rescanLater(s: MatchingState, b: number): void {
  s.rescans[s.rescanCount++] = b
}

/** An inner blossom must be opened when its dual is used up. */
export function awaitOpening(s: MatchingState, b: number): void {
  if (b >= s.vertexCount && s.dual[b] < s.largest) s.queue.set(s.edgeCount + b - s.vertexCount, s.dual[b])
}

/** Queues the edges of the node's vertices that are on their way to becoming tight. */
function scan(s: MatchingState, b: number): void {
  const { first, adjacent, endOf, top, label, chain, queue, clock, largest } = s
  const last = s.tail[b]
  for (let v = s.head[b]; ; v = chain[v]) {
    const own = top[v]
    const ownLabel = label[own]
    for (let k = first[v]; k < first[v + 1]; k++) {
      const half = adjacent[k]
      const w = endOf[half]
      const other = top[w]
      const rate = -ownLabel - label[other]
      if (rate <= 0 || other === own) continue
      const slack = slackOf(s, half >> 1, v, w, rate)
      const time = clock + (rate === 2 ? slack / 2 : slack)
      if (time < largest) queue.advance(half >> 1, time)
    }
    if (v === last) return
  }
}

export function rescan(s: MatchingState): void {
  while (s.rescanCount > 0) scan(s, s.rescans[--s.rescanCount])
}

/** Every vertex is free, and so the root of a tree of its own. */
export function plantTrees(s: MatchingState): void {
  for (let v = 0; v < s.vertexCount; v++) {
    s.dual[v] = s.largest
    s.label[v] = OUTER
    s.base[v] = v
    s.head[v] = v
    s.tail[v] = v
    s.top[v] = v
    joinTree(s, v, v)
  }
  for (let edge = 0; edge < s.edgeCount; edge++) s.queue.append(edge, s.largest - s.weight[edge])
  s.queue.order()
}
