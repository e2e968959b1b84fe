// The alternating trees of the matching (see matching.ts): which nodes are in them, and how duals and events follow the clock.

import {
  ADJACENT,
  BASE,
  CHAIN,
  DUAL,
  FIRST,
  LABEL,
  LAST,
  MATE,
  NONE,
  OUTER,
  PARENT,
  STAMP,
  TOP,
  TREE,
  TREE_FIRST,
  TREE_NEXT,
  TREE_PREVIOUS,
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
  const duals = load<i64>(node(a), DUAL) + load<i64>(node(b), DUAL) - <i64>rate * clock
  return duals - ((<i64>weightOf(edge)) << 1)
}

export function joinTree(b: i32, tree: i32): void {
  const at = node(b)
  const first = load<i32>(vertex(tree), TREE_FIRST)
  store<i32>(at, tree, TREE)
  store<i32>(at, first, TREE_NEXT)
  store<i32>(at, NONE, TREE_PREVIOUS)
  if (first != NONE) store<i32>(node(first), b, TREE_PREVIOUS)
  store<i32>(vertex(tree), b, TREE_FIRST)
}

export function leaveTree(b: i32): void {
  const at = node(b)
  const next = load<i32>(at, TREE_NEXT)
  const previous = load<i32>(at, TREE_PREVIOUS)
  if (next != NONE) store<i32>(node(next), previous, TREE_PREVIOUS)
  if (previous != NONE) store<i32>(node(previous), next, TREE_NEXT)
  else store<i32>(vertex(load<i32>(at, TREE)), next, TREE_FIRST)
}

/** The stored duals of a node's vertices, as their rate changes now. */
export function rebase(b: i32, from: i32, to: i32): void {
  const shift = <i64>(from - to) * clock
  const last = load<i32>(node(b), LAST)
  for (let v = load<i32>(node(b), FIRST); ; v = load<i32>(vertex(v), CHAIN)) {
    store<i64>(node(v), load<i64>(node(v), DUAL) + shift, DUAL)
    if (v == last) return
  }
}

/** The same for the blossom's own dual. */
export function rebaseBlossom(b: i32, from: i32, to: i32): void {
  if (b >= vertexTotal) store<i64>(node(b), load<i64>(node(b), DUAL) - <i64>(from - to) * clock, DUAL)
}

export function relabel(b: i32, label: i32): void {
  const old = labelOf(b)
  rebase(b, old, label)
  rebaseBlossom(b, old, label)
  store<i32>(node(b), label, LABEL)
}

export function rescanLater(b: i32): void {
  setWord(rescans, rescanCount++, b)
}

/** An inner blossom must be opened when its dual is used up. */
export function awaitOpening(b: i32): void {
  if (b < vertexTotal) return
  const time = load<i64>(node(b), DUAL)
  if (time < deadline) setEvent(edgeTotal + b - vertexTotal, time)
}

/** Queues the edges of the node's vertices that are on their way to becoming tight. */
function scan(b: i32): void {
  const last = load<i32>(node(b), LAST)
  for (let v = load<i32>(node(b), FIRST); ; v = load<i32>(vertex(v), CHAIN)) {
    const top = topOf(v)
    const label = labelOf(top)
    const end = load<usize>(vertex(v + 1), ADJACENT)
    for (let at = load<usize>(vertex(v), ADJACENT); at < end; at += 4) {
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
    store<i64>(at, deadline, DUAL)
    store<i32>(at, OUTER, LABEL)
    store<i32>(at, NONE, PARENT)
    store<i32>(at, v, BASE)
    store<i32>(at, v, FIRST)
    store<i32>(at, v, LAST)
    store<i32>(at, 0, STAMP)
    store<i32>(vertex(v), v, TOP)
    store<i32>(vertex(v), NONE, MATE)
    store<i32>(vertex(v), NONE, TREE_FIRST)
    joinTree(v, v)
  }
  for (let edge = 0; edge < edgeTotal; edge++) appendEvent(edge, deadline - weightOf(edge))
  orderQueue()
}
