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
  ACROSS,
  BASE,
  CHAIN,
  DUAL,
  ENTRY,
  FIRST,
  HEAD,
  INNER,
  LABEL,
  LAST,
  MATE,
  NEXT,
  NONE,
  OUTER,
  PARENT,
  PREVIOUS,
  STAMP,
  TOP,
  TREE,
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
    store<i32>(node(b), UNREACHED, LABEL)
    store<i32>(node(b), NONE, FIRST)
    store<i32>(node(b), 0, STAMP)
    setWord(unusedBlossoms, b - vertexTotal, b)
  }
  unusedCount = blossomTotal
}

/** The outer node two levels up, NONE above the root. */
function outerAbove(b: i32): i32 {
  const half = mateOf(load<i32>(node(b), BASE))
  return half == NONE ? NONE : topOf(endOf(load<i32>(node(topOf(endOf(half))), ENTRY)))
}

/** The lowest outer node that is above, or is, each of two outer nodes of one tree. */
function commonAncestor(a: i32, b: i32): i32 {
  stamp++
  while (load<i32>(node(a), STAMP) != stamp) {
    store<i32>(node(a), stamp, STAMP)
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
  store<i32>(node(a), b, NEXT)
  store<i32>(node(a), half, ACROSS)
  store<i32>(node(b), a, PREVIOUS)
}

/** Half-edge to the node above. */
function upwards(b: i32): i32 {
  return labelOf(b) == OUTER ? mateOf(load<i32>(node(b), BASE)) : load<i32>(node(b), ENTRY)
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
  const tree = load<i32>(node(head), TREE)
  // A dual of 0 now, that rises while the blossom is outer.
  store<i64>(at, -clock, DUAL)
  store<i32>(at, OUTER, LABEL)
  store<i32>(at, NONE, PARENT)
  store<i32>(at, head, HEAD)
  store<i32>(at, load<i32>(node(head), BASE), BASE)
  store<i32>(at, load<i32>(node(head), FIRST), FIRST)
  let last = NONE
  let x = head
  do {
    const sub = node(x)
    const label = load<i32>(sub, LABEL)
    leaveTree(x)
    rebaseBlossom(x, label, UNREACHED)
    store<i32>(sub, UNREACHED, LABEL)
    store<i32>(sub, blossom, PARENT)
    if (last != NONE) store<i32>(vertex(last), load<i32>(sub, FIRST), CHAIN)
    last = load<i32>(sub, LAST)
    for (let v = load<i32>(sub, FIRST); ; v = load<i32>(vertex(v), CHAIN)) {
      store<i32>(vertex(v), blossom, TOP)
      if (v == last) break
    }
    if (label == INNER) {
      rebase(x, INNER, OUTER)
      rescanLater(x)
    }
    x = load<i32>(sub, NEXT)
  } while (x != head)
  store<i32>(at, last, LAST)
  joinTree(blossom, tree)
}

function subNodeWith(v: i32, blossom: i32): i32 {
  let sub = v
  while (load<i32>(node(sub), PARENT) != blossom) sub = load<i32>(node(sub), PARENT)
  return sub
}

/** Whether the way round the ring that begins with a matched edge, which is the even one to the head, goes forward. */
function evenWayIsForward(sub: i32, head: i32): bool {
  let forward = true
  for (let x = sub; x != head; x = load<i32>(node(x), NEXT)) forward = !forward
  return forward
}

@inline
function step(b: i32, forward: bool): i32 {
  return forward ? load<i32>(node(b), NEXT) : load<i32>(node(b), PREVIOUS)
}

/** The half-edge from a ring's node to its neighbour `to`, `from` lying just before it on the way. */
@inline
function ringEdge(from: i32, to: i32, forward: bool): i32 {
  return forward ? load<i32>(node(from), ACROSS) : load<i32>(node(to), ACROSS) ^ 1
}

function rotateLater(b: i32, v: i32, count: i32): i32 {
  if (load<i32>(node(b), BASE) == v) return count
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
    const head = load<i32>(node(blossom), HEAD)
    const forward = evenWayIsForward(sub, head)
    count = rotateLater(sub, base, count)
    for (let x = sub; x != head; ) {
      const y = step(x, forward)
      const z = step(y, forward)
      const half = ringEdge(y, z, forward)
      const inY = endOf(half ^ 1)
      const inZ = endOf(half)
      store<i32>(vertex(inY), half, MATE)
      store<i32>(vertex(inZ), half ^ 1, MATE)
      count = rotateLater(y, inY, count)
      count = rotateLater(z, inZ, count)
      x = z
    }
    store<i32>(node(blossom), sub, HEAD)
    store<i32>(node(blossom), base, BASE)
  }
}

/** Opens an inner blossom whose dual is 0: the even way from its entry to its base stays in the tree, the rest becomes unreached. */
export function openBlossom(blossom: i32): void {
  const at = node(blossom)
  const tree = load<i32>(at, TREE)
  const head = load<i32>(at, HEAD)
  let entry = load<i32>(at, ENTRY)
  const first = subNodeWith(endOf(entry ^ 1), blossom)
  const forward = evenWayIsForward(first, head)
  leaveTree(blossom)

  store<i32>(node(first), INNER, LABEL)
  store<i32>(node(first), entry, ENTRY)
  for (let x = first; x != head; ) {
    const y = step(x, forward)
    x = step(y, forward)
    entry = ringEdge(y, x, forward) ^ 1
    store<i32>(node(y), OUTER, LABEL)
    store<i32>(node(x), INNER, LABEL)
    store<i32>(node(x), entry, ENTRY)
  }

  let x = head
  do {
    const sub = node(x)
    const label = load<i32>(sub, LABEL)
    const last = load<i32>(sub, LAST)
    store<i32>(sub, NONE, PARENT)
    for (let v = load<i32>(sub, FIRST); ; v = load<i32>(vertex(v), CHAIN)) {
      store<i32>(vertex(v), x, TOP)
      if (v == last) break
    }
    rebase(x, INNER, label)
    rebaseBlossom(x, UNREACHED, label)
    if (label != UNREACHED) joinTree(x, tree)
    if (label == INNER) awaitOpening(x)
    else rescanLater(x)
    x = load<i32>(sub, NEXT)
  } while (x != head)

  store<i32>(at, UNREACHED, LABEL)
  store<i32>(at, NONE, FIRST)
  setWord(unusedBlossoms, unusedCount++, blossom)
}

