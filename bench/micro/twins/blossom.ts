/** Blossoms of the matching, by the method of assembly/matching-blossom.ts. */
import {
  awaitOpening,
  INNER,
  joinTree,
  leaveTree,
  type MatchingState,
  NONE,
  OUTER,
  rebase,
  rebaseBlossom,
  rescanLater,
  UNREACHED,
} from './matching-graph.js'

/** The outer node two levels up, NONE above the root. */
function outerAbove(s: MatchingState, b: number): number {
  const half = s.mate[s.base[b]]
  return half === NONE ? NONE : s.top[s.endOf[s.entry[s.top[s.endOf[half]]]]]
}

/** The lowest outer node that is above, or is, each of two outer nodes of one tree. */
function commonAncestor(s: MatchingState, first: number, second: number): number {
  const { stamp } = s
  const mark = ++s.stamps
  let a = first
  let b = second
  while (stamp[a] !== mark) {
    stamp[a] = mark
    a = outerAbove(s, a)
    if (b !== NONE) {
      const swap = a
      a = b
      b = swap
    }
  }
  return a
}

function linkRing(s: MatchingState, a: number, b: number, half: number): void {
  s.next[a] = b
  s.across[a] = half
  s.previous[b] = a
}

/** Half-edge to the node above. */
function upwards(s: MatchingState, b: number): number {
  return s.label[b] === OUTER ? s.mate[s.base[b]] : s.entry[b]
}

/** A tight edge between outer nodes `a` and `b` of one tree (its half-edge leads to `b`) closes an odd ring: a new blossom. */
export function closeBlossom(s: MatchingState, a: number, b: number, half: number): void {
  const { top, endOf, label, parent, head, tail, chain, next } = s
  const root = commonAncestor(s, a, b)
  linkRing(s, a, b, half)
  for (let x = a; x !== root; ) {
    const up = upwards(s, x)
    const above = top[endOf[up]]
    linkRing(s, above, x, up ^ 1)
    x = above
  }
  for (let x = b; x !== root; ) {
    const up = upwards(s, x)
    const above = top[endOf[up]]
    linkRing(s, x, above, up)
    x = above
  }
  const blossom = s.unused[--s.unusedCount]
  const tree = s.tree[root]
  s.dual[blossom] = -s.clock
  label[blossom] = OUTER
  parent[blossom] = NONE
  s.ringHead[blossom] = root
  s.base[blossom] = s.base[root]
  head[blossom] = head[root]
  let last = NONE
  let x = root
  do {
    const old = label[x]
    leaveTree(s, x)
    rebaseBlossom(s, x, old, UNREACHED)
    label[x] = UNREACHED
    parent[x] = blossom
    if (last !== NONE) chain[last] = head[x]
    last = tail[x]
    for (let v = head[x]; ; v = chain[v]) {
      top[v] = blossom
      if (v === last) break
    }
    if (old === INNER) {
      rebase(s, x, INNER, OUTER)
      rescanLater(s, x)
    }
    x = next[x]
  } while (x !== root)
  tail[blossom] = last
  joinTree(s, blossom, tree)
}

function subNodeWith(s: MatchingState, v: number, blossom: number): number {
  let sub = v
  while (s.parent[sub] !== blossom) sub = s.parent[sub]
  return sub
}

/** Whether the way round the ring that begins with a matched edge goes forward. */
function evenWayIsForward(s: MatchingState, sub: number, head: number): boolean {
  let forward = true
  for (let x = sub; x !== head; x = s.next[x]) forward = !forward
  return forward
}

function step(s: MatchingState, b: number, forward: boolean): number {
  return forward ? s.next[b] : s.previous[b]
}

/** The half-edge from a ring's node to its neighbour `to`. */
function ringEdge(s: MatchingState, from: number, to: number, forward: boolean): number {
  return forward ? s.across[from] : s.across[to] ^ 1
}

/** Rematches the inside of a node so that `v` is its new base. */
export function rotate(s: MatchingState, b: number, v: number): void {
  if (s.base[b] === v) return
  const { mate, endOf } = s
  const sub = subNodeWith(s, v, b)
  const head = s.ringHead[b]
  const forward = evenWayIsForward(s, sub, head)
  rotate(s, sub, v)
  for (let x = sub; x !== head; ) {
    const y = step(s, x, forward)
    const z = step(s, y, forward)
    const half = ringEdge(s, y, z, forward)
    const inY = endOf[half ^ 1]
    const inZ = endOf[half]
    mate[inY] = half
    mate[inZ] = half ^ 1
    rotate(s, y, inY)
    rotate(s, z, inZ)
    x = z
  }
  s.ringHead[b] = sub
  s.base[b] = v
}

/** Opens an inner blossom whose dual is 0. */
export function openBlossom(s: MatchingState, blossom: number): void {
  const { top, endOf, label, parent, head, tail, chain, next } = s
  const tree = s.tree[blossom]
  const ringHead = s.ringHead[blossom]
  let entry = s.entry[blossom]
  const first = subNodeWith(s, endOf[entry ^ 1], blossom)
  const forward = evenWayIsForward(s, first, ringHead)
  leaveTree(s, blossom)
  label[first] = INNER
  s.entry[first] = entry
  for (let x = first; x !== ringHead; ) {
    const y = step(s, x, forward)
    x = step(s, y, forward)
    entry = ringEdge(s, y, x, forward) ^ 1
    label[y] = OUTER
    label[x] = INNER
    s.entry[x] = entry
  }
  let x = ringHead
  do {
    const own = label[x]
    const last = tail[x]
    parent[x] = NONE
    for (let v = head[x]; ; v = chain[v]) {
      top[v] = x
      if (v === last) break
    }
    rebase(s, x, INNER, own)
    rebaseBlossom(s, x, UNREACHED, own)
    if (own !== UNREACHED) joinTree(s, x, tree)
    if (own === INNER) awaitOpening(s, x)
    else rescanLater(s, x)
    x = next[x]
  } while (x !== ringHead)
  label[blossom] = UNREACHED
  head[blossom] = NONE
  s.unused[s.unusedCount++] = blossom
}
