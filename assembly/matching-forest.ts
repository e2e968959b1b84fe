// The alternating trees of the matching (see matching.ts): which nodes are in them, and how duals and events follow the clock.

import {
  NONE,
  OUTER,
  edgeTotal,
  endOf,
  labelOf,
  largestWeight,
  node,
  rescans,
  setWord,
  topOf,
  vertex,
  vertexTotal,
  weightOf,
  wordAt,
} from './matching-graph'
import { advanceEvent, appendEvent, orderQueue, setEvent } from './matching-queue'

/** How far the dual of the free vertices has sunk. */
export let clock: i64 = 0
/** Where it reaches 0, and the sweep ends. */
export let deadline: i64 = 0
let rescanCount: i32 = 0

/** Doubled slack of an edge between two top nodes. */
export function slackOf(edge: i32, a: i32, b: i32, rate: i32): i64 {
  const duals = node(a).dual + node(b).dual - <i64>rate * clock
  return duals - ((<i64>weightOf(edge)) << 1)
}

export function joinTree(b: i32, tree: i32): void {
  const at = node(b)
  const first = vertex(tree).firstOfTree
  at.tree = tree
  at.nextOfTree = first
  at.previousOfTree = NONE
  if (first != NONE) node(first).previousOfTree = b
  vertex(tree).firstOfTree = b
}

export function leaveTree(b: i32): void {
  const at = node(b)
  const next = at.nextOfTree
  const previous = at.previousOfTree
  if (next != NONE) node(next).previousOfTree = previous
  if (previous != NONE) node(previous).nextOfTree = next
  else vertex(at.tree).firstOfTree = next
}

/** The stored duals of a node's vertices, as their rate changes now. */
export function rebase(b: i32, from: i32, to: i32): void {
  const shift = <i64>(from - to) * clock
  const last = node(b).last
  for (let v = node(b).first; ; v = vertex(v).chain) {
    node(v).dual = node(v).dual + shift
    if (v == last) return
  }
}

/** The same for the blossom's own dual. */
export function rebaseBlossom(b: i32, from: i32, to: i32): void {
  if (b >= vertexTotal) node(b).dual = node(b).dual - <i64>(from - to) * clock
}

export function relabel(b: i32, label: i32): void {
  const old = labelOf(b)
  rebase(b, old, label)
  rebaseBlossom(b, old, label)
  node(b).label = label
}

export function rescanLater(b: i32): void {
  setWord(rescans, rescanCount++, b)
}

/** An inner blossom must be opened when its dual is used up. */
export function awaitOpening(b: i32): void {
  if (b < vertexTotal) return
  const time = node(b).dual
  if (time < deadline) setEvent(edgeTotal + b - vertexTotal, time)
}

/** Queues the edges of the node's vertices that are on their way to becoming tight. */
function scan(b: i32): void {
  const last = node(b).last
  for (let v = node(b).first; ; v = vertex(v).chain) {
    const top = topOf(v)
    const label = labelOf(top)
    const end = vertex(v + 1).adjacent
    for (let at = vertex(v).adjacent; at < end; at += 4) {
      const half = load<i32>(at)
      const w = endOf(half)
      const other = topOf(w)
      const rate = -label - labelOf(other)
      if (rate <= 0 || other == top) continue
      const time = clock + (slackOf(half >> 1, v, w, rate) >> (rate - 1))
      if (time < deadline) advanceEvent(half >> 1, time)
    }
    if (v == last) return
  }
}

/** Looks again at the edges of all nodes that asked for it. */
export function rescan(): void {
  while (rescanCount > 0) scan(wordAt(rescans, --rescanCount))
}

export function setClock(time: i64): void {
  clock = time
}

/** Every vertex is free, and so the root of a tree of its own. */
export function plantTrees(): void {
  clock = 0
  deadline = largestWeight
  rescanCount = 0
  for (let v = 0; v < vertexTotal; v++) {
    const at = node(v)
    at.dual = deadline
    at.label = OUTER
    at.parent = NONE
    at.base = v
    at.first = v
    at.last = v
    at.stamp = 0
    vertex(v).top = v
    vertex(v).mate = NONE
    vertex(v).firstOfTree = NONE
    joinTree(v, v)
  }
  for (let edge = 0; edge < edgeTotal; edge++) appendEvent(edge, deadline - weightOf(edge))
  orderQueue()
}
