// The blossoms of the matching (see matching.ts): closing, rematching and opening them.

import {
  awaitOpening,
  clock,
  joinTree,
  leaveTree,
  rebase,
  rebaseBlossom,
  rescanLater,
} from './matching-forest'
import {
  INNER,
  NONE,
  OUTER,
  UNREACHED,
  blossomTotal,
  endOf,
  labelOf,
  mateOf,
  node,
  rotations,
  setWord,
  topOf,
  unusedBlossoms,
  vertex,
  vertexTotal,
  wordAt,
} from './matching-graph'

let unusedCount: i32 = 0
let stamp: i32 = 0

/** No blossom is in use. */
export function clearBlossoms(): void {
  stamp = 0
  for (let b = vertexTotal; b < vertexTotal + blossomTotal; b++) {
    node(b).label = UNREACHED
    node(b).first = NONE
    node(b).stamp = 0
    setWord(unusedBlossoms, b - vertexTotal, b)
  }
  unusedCount = blossomTotal
}

/** The outer node two levels up, NONE above the root. */
function outerAbove(b: i32): i32 {
  const half = mateOf(node(b).base)
  return half == NONE ? NONE : topOf(endOf(node(topOf(endOf(half))).entry))
}

/** The lowest outer node that is above, or is, each of two outer nodes of one tree. */
function commonAncestor(a: i32, b: i32): i32 {
  stamp++
  while (node(a).stamp != stamp) {
    node(a).stamp = stamp
    a = outerAbove(a)
    // One of the two climbs at a time, so that the work stays near the size of the blossom.
    if (b != NONE) {
      const swap = a
      a = b
      b = swap
    }
    assert(a != NONE)
  }
  return a
}

function linkRing(a: i32, b: i32, half: i32): void {
  node(a).next = b
  node(a).across = half
  node(b).previous = a
}

/** Half-edge to the node above. */
function upwards(b: i32): i32 {
  return labelOf(b) == OUTER ? mateOf(node(b).base) : node(b).entry
}

/** A tight edge between outer nodes `a` and `b` of one tree (its half-edge leads to `b`) closes an odd ring: a new blossom. */
export function closeBlossom(a: i32, b: i32, half: i32): void {
  const head = commonAncestor(a, b)
  linkRing(a, b, half)
  for (let x = a; x != head; ) {
    const up = upwards(x)
    const above = topOf(endOf(up))
    linkRing(above, x, up ^ 1)
    x = above
  }
  for (let x = b; x != head; ) {
    const up = upwards(x)
    const above = topOf(endOf(up))
    linkRing(x, above, up)
    x = above
  }

  assert(unusedCount > 0)
  const blossom = wordAt(unusedBlossoms, --unusedCount)
  const at = node(blossom)
  const tree = node(head).tree
  // A dual of 0 now, that rises while the blossom is outer.
  at.dual = -clock
  at.label = OUTER
  at.parent = NONE
  at.head = head
  at.base = node(head).base
  at.first = node(head).first
  let last = NONE
  let x = head
  do {
    const sub = node(x)
    const label = sub.label
    leaveTree(x)
    rebaseBlossom(x, label, UNREACHED)
    sub.label = UNREACHED
    sub.parent = blossom
    if (last != NONE) vertex(last).chain = sub.first
    last = sub.last
    for (let v = sub.first; ; v = vertex(v).chain) {
      vertex(v).top = blossom
      if (v == last) break
    }
    if (label == INNER) {
      rebase(x, INNER, OUTER)
      rescanLater(x)
    }
    x = sub.next
  } while (x != head)
  at.last = last
  joinTree(blossom, tree)
}

function subNodeWith(v: i32, blossom: i32): i32 {
  let sub = v
  while (node(sub).parent != blossom) sub = node(sub).parent
  return sub
}

/** Whether the way round the ring that begins with a matched edge, which is the even one to the head, goes forward. */
function evenWayIsForward(sub: i32, head: i32): bool {
  let forward = true
  for (let x = sub; x != head; x = node(x).next) forward = !forward
  return forward
}

@inline
function step(b: i32, forward: bool): i32 {
  return forward ? node(b).next : node(b).previous
}

/** The half-edge from a ring's node to its neighbour `to`, `from` lying just before it on the way. */
@inline
function ringEdge(from: i32, to: i32, forward: bool): i32 {
  return forward ? node(from).across : node(to).across ^ 1
}

function rotateLater(b: i32, v: i32, count: i32): i32 {
  if (node(b).base == v) return count
  const at = rotations + ((<usize>count) << 3)
  store<i32>(at, b)
  store<i32>(at, v, 4)
  return count + 1
}

/** Rematches the inside of a node so that `v` is what is left over: its new base. */
export function rotate(b: i32, v: i32): void {
  // The order does not matter: what happens in a sub-node leaves the mate of its new base alone.
  let count = rotateLater(b, v, 0)
  while (count > 0) {
    const at = rotations + ((<usize>--count) << 3)
    const blossom = load<i32>(at)
    const base = load<i32>(at, 4)
    const sub = subNodeWith(base, blossom)
    const head = node(blossom).head
    const forward = evenWayIsForward(sub, head)
    count = rotateLater(sub, base, count)
    for (let x = sub; x != head; ) {
      const y = step(x, forward)
      const z = step(y, forward)
      const half = ringEdge(y, z, forward)
      const inY = endOf(half ^ 1)
      const inZ = endOf(half)
      vertex(inY).mate = half
      vertex(inZ).mate = half ^ 1
      count = rotateLater(y, inY, count)
      count = rotateLater(z, inZ, count)
      x = z
    }
    node(blossom).head = sub
    node(blossom).base = base
  }
}

/** Opens an inner blossom whose dual is 0: the even way from its entry to its base stays in the tree, the rest becomes unreached. */
export function openBlossom(blossom: i32): void {
  const at = node(blossom)
  const tree = at.tree
  const head = at.head
  let entry = at.entry
  const first = subNodeWith(endOf(entry ^ 1), blossom)
  const forward = evenWayIsForward(first, head)
  leaveTree(blossom)

  node(first).label = INNER
  node(first).entry = entry
  for (let x = first; x != head; ) {
    const y = step(x, forward)
    x = step(y, forward)
    entry = ringEdge(y, x, forward) ^ 1
    node(y).label = OUTER
    node(x).label = INNER
    node(x).entry = entry
  }

  let x = head
  do {
    const sub = node(x)
    const label = sub.label
    const last = sub.last
    sub.parent = NONE
    for (let v = sub.first; ; v = vertex(v).chain) {
      vertex(v).top = x
      if (v == last) break
    }
    rebase(x, INNER, label)
    rebaseBlossom(x, UNREACHED, label)
    if (label != UNREACHED) joinTree(x, tree)
    if (label == INNER) awaitOpening(x)
    else rescanLater(x)
    x = sub.next
  } while (x != head)

  at.label = UNREACHED
  at.first = NONE
  setWord(unusedBlossoms, unusedCount++, blossom)
}

