// Propagation on a resource of capacity 1: the energy of decided predecessors, overload, and edge finding (Carlier & Pinson 1989; the
// rule in the form of Vilím 2004: where W ∪ {i} cannot end by the latest end of W, i comes after all of W). O(n²) a pass.
import {
  BEFORE,
  HITS,
  MEMBER_COUNT,
  PAIRS,
  SNAPSHOT,
  SNAPSHOT_BYTES,
  S_DURATION,
  S_EST,
  S_LCT,
  S_MEMBER,
  THRESHOLDS,
  THRESHOLD_BYTES,
  T_AMOUNT,
  T_TICK,
} from './exact-layout'
import { raiseInSnapshot, takeSnapshot, takeThresholds } from './exact-snapshot'
import { decide } from './exact-state'

/** Each member after its decided predecessors, packed as early as they can be. */
function afterPredecessors(search: usize, resource: usize, end: usize, mirrored: bool): bool {
  const first = load<usize>(search, SNAPSHOT)
  const count = <usize>load<u32>(resource, MEMBER_COUNT)
  const before = load<usize>(resource, BEFORE)
  const rowStride: usize = mirrored ? 1 : count
  const columnStride: usize = mirrored ? count : 1
  for (let at = first; at < end; at += SNAPSHOT_BYTES) {
    const column = before + load<usize>(at, S_MEMBER) * columnStride
    let ect = i64.MIN_VALUE
    for (let p = first; p < end; p += SNAPSHOT_BYTES) {
      if (load<u8>(column + load<usize>(p, S_MEMBER) * rowStride)) {
        ect = max(ect, load<i64>(p, S_EST)) + load<i64>(p, S_DURATION)
      }
    }
    if (ect > load<i64>(at, S_EST) && !raiseInSnapshot(search, resource, at, ect, mirrored)) return false
  }
  return true
}

/** Member `record` after every member that must end by `tick`, and these end no earlier than `ect`. */
function putAfter(
  search: usize,
  resource: usize,
  end: usize,
  record: usize,
  tick: i64,
  ect: i64,
  mirrored: bool,
): bool {
  const count = <usize>load<u32>(resource, MEMBER_COUNT)
  const before = load<usize>(resource, BEFORE)
  const pairs = load<usize>(resource, PAIRS)
  const rowStride: usize = mirrored ? 1 : count
  const column = load<usize>(record, S_MEMBER) * (mirrored ? count : 1)
  for (let p = load<usize>(search, SNAPSHOT); p < end; p += SNAPSHOT_BYTES) {
    if (load<i64>(p, S_LCT) > tick) continue
    const cell = column + load<usize>(p, S_MEMBER) * rowStride
    if (!load<u8>(before + cell) && !decide(search, load<usize>(pairs + (cell << 2)))) return false
  }
  return ect <= load<i64>(record, S_EST) || raiseInSnapshot(search, resource, record, ect, mirrored)
}

/** W: the members that must end by `tick`, `energy` their summed duration. */
function findEdges(
  search: usize,
  resource: usize,
  end: usize,
  tick: i64,
  energy: i64,
  mirrored: bool,
): bool {
  const hits = load<usize>(search, HITS)
  let hit = hits
  let rest = energy
  let ect = i64.MIN_VALUE
  for (let p = load<usize>(search, SNAPSHOT); p < end; p += SNAPSHOT_BYTES) {
    const est = load<i64>(p, S_EST)
    const packed = est + rest
    if (load<i64>(p, S_LCT) <= tick) {
      ect = max(ect, packed)
      rest -= load<i64>(p, S_DURATION)
    } else if (max(ect, packed) + load<i64>(p, S_DURATION) > tick) {
      store<usize>(hit, p)
      hit += 4
    }
  }
  if (ect > tick) return false
  for (let h = hits; h < hit; h += 4) {
    if (!putAfter(search, resource, end, load<usize>(h), tick, ect, mirrored)) return false
  }
  return true
}

function pass(search: usize, resource: usize, mirrored: bool): bool {
  const end = takeSnapshot(search, resource, mirrored)
  if (!afterPredecessors(search, resource, end, mirrored)) return false
  takeThresholds(search, end)
  const first = load<usize>(search, THRESHOLDS)
  const last = first + (<usize>load<u32>(resource, MEMBER_COUNT) - 1) * THRESHOLD_BYTES
  let energy: i64 = 0
  for (let t = first; t <= last; t += THRESHOLD_BYTES) {
    const tick = load<i64>(t, T_TICK)
    energy += load<i64>(t, T_AMOUNT)
    // A single member in W is a matter between pairs, which the links have settled.
    if (t == first || (t < last && load<i64>(t + THRESHOLD_BYTES, T_TICK) == tick)) continue
    if (!findEdges(search, resource, end, tick, energy, mirrored)) return false
  }
  return true
}

export function propagateUnary(search: usize, resource: usize): bool {
  return pass(search, resource, false) && pass(search, resource, true)
}
