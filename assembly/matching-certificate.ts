// Proof of a finished matching, for the debug build: the duals are feasible, and complementary slackness holds (Edmonds 1965). It
// trusts nothing of the search but mates, duals and the nesting of blossoms.

import {
  NONE,
  blossomTotal,
  edgeTotal,
  endOf,
  labelOf,
  mateOf,
  node,
  topOf,
  vertexTotal,
  vertex,
  weightOf,
} from './matching-graph'

/** Doubled dual of a vertex. */
function vertexDual(v: i32, clock: i64): i64 {
  return node(v).dual + <i64>labelOf(topOf(v)) * clock
}

function blossomDual(b: i32, clock: i64): i64 {
  return node(b).dual - <i64>labelOf(b) * clock
}

/** Sum of the duals of the blossoms that hold both ends. */
function commonBlossomDuals(v: i32, w: i32, clock: i64): i64 {
  let sum: i64 = 0
  // Stamps of the search are positive, and so left alone.
  for (let b = node(v).parent; b != NONE; b = node(b).parent) node(b).stamp = NONE
  for (let b = node(w).parent; b != NONE; b = node(b).parent) {
    if (node(b).stamp == NONE) sum += blossomDual(b, clock)
  }
  for (let b = node(v).parent; b != NONE; b = node(b).parent) node(b).stamp = 0
  return sum
}

/** Vertices of the blossom; asserts that exactly one of them, its base, is not matched inside it. */
function assertFull(b: i32): i64 {
  const at = node(b)
  const last = at.last
  let size: i64 = 0
  for (let v = at.first; ; v = vertex(v).chain) {
    size++
    let holder = mateOf(v) == NONE ? NONE : endOf(mateOf(v))
    while (holder != NONE && holder != b) holder = node(holder).parent
    assert((holder == b) != (v == at.base))
    if (v == last) break
  }
  assert((size & 1) == 1 && size >= 3)
  return size
}

/** Asserts that the matching is one of largest weight, the clock standing at `clock`. */
export function assertOptimal(clock: i64): void {
  let primal: i64 = 0
  let dual: i64 = 0
  for (let v = 0; v < vertexTotal; v++) {
    const mate = mateOf(v)
    const own = vertexDual(v, clock)
    assert(own >= 0)
    if (mate == NONE) {
      assert(own == 0)
    } else {
      assert(endOf(mate ^ 1) == v && mateOf(endOf(mate)) == (mate ^ 1))
      primal += <i64>weightOf(mate >> 1)
    }
    dual += own
  }
  for (let edge = 0; edge < edgeTotal; edge++) {
    const v = endOf(edge << 1)
    const w = endOf((edge << 1) ^ 1)
    const duals = vertexDual(v, clock) + vertexDual(w, clock) + 2 * commonBlossomDuals(v, w, clock)
    const slack = duals - 2 * <i64>weightOf(edge)
    assert(slack >= 0)
    assert(slack == 0 || mateOf(w) != edge << 1)
  }
  for (let b = vertexTotal; b < vertexTotal + blossomTotal; b++) {
    if (node(b).first == NONE) continue
    const own = blossomDual(b, clock)
    assert(own >= 0)
    dual += own * (assertFull(b) - 1)
  }
  // Each matched edge was counted at both of its ends, and the duals are doubled.
  assert(primal == dual)
}
