// Propagation on a resource of capacity 1: the energy of decided predecessors, overload, and edge finding (Carlier & Pinson 1989; the
// rule in the form of Vilím 2004: where W ∪ {i} cannot end by the latest end of W, i comes after all of W). O(n²) a pass.
import { raiseInSnapshot, takeSnapshot, takeThresholds } from './exact-snapshot'
import { decide } from './exact-state'
import { Propagator, Search, Snapshot } from './records'

/** Each member after its decided predecessors, packed as early as they can be. */
function afterPredecessors(search: Search, resource: Propagator, end: Snapshot, mirrored: bool): bool {
  const first = search.snapshot
  const count = resource.memberCount
  const before = resource.before
  const rowStride: u32 = mirrored ? 1 : count
  const columnStride: u32 = mirrored ? count : 1
  for (let at = first; at != end; at = at.at(1)) {
    const column = before + at.member * columnStride
    let ect = i64.MIN_VALUE
    for (let p = first; p != end; p = p.at(1)) {
      if (load<u8>(column + p.member * rowStride)) {
        ect = max(ect, p.est) + p.duration
      }
    }
    if (ect > at.est && !raiseInSnapshot(search, resource, at, ect, mirrored)) return false
  }
  return true
}

/** Member `record` after every member that must end by `tick`, and these end no earlier than `ect`. */
function putAfter(
  search: Search,
  resource: Propagator,
  end: Snapshot,
  record: Snapshot,
  tick: i64,
  ect: i64,
  mirrored: bool,
): bool {
  const count = resource.memberCount
  const before = resource.before
  const pairs = resource.pairs
  const rowStride: u32 = mirrored ? 1 : count
  const column = record.member * (mirrored ? count : 1)
  for (let p = search.snapshot; p != end; p = p.at(1)) {
    if (p.lct > tick) continue
    const cell = column + p.member * rowStride
    if (!load<u8>(before + cell) && !decide(search, load<usize>(pairs + (cell << 2)))) return false
  }
  return ect <= record.est || raiseInSnapshot(search, resource, record, ect, mirrored)
}

/** W: the members that must end by `tick`, `energy` their summed duration. */
function findEdges(
  search: Search,
  resource: Propagator,
  end: Snapshot,
  tick: i64,
  energy: i64,
  mirrored: bool,
): bool {
  const hits = search.hits
  let hit = hits
  let rest = energy
  let ect = i64.MIN_VALUE
  for (let p = search.snapshot; p != end; p = p.at(1)) {
    const est = p.est
    const packed = est + rest
    if (p.lct <= tick) {
      ect = max(ect, packed)
      rest -= p.duration
    } else if (max(ect, packed) + p.duration > tick) {
      assert(hit < hits + (resource.memberCount << 2))
      store<Snapshot>(hit, p)
      hit += 4
    }
  }
  if (ect > tick) return false
  for (let h = hits; h < hit; h += 4) {
    if (!putAfter(search, resource, end, load<Snapshot>(h), tick, ect, mirrored)) return false
  }
  return true
}

function pass(search: Search, resource: Propagator, mirrored: bool): bool {
  const membersEnd = takeSnapshot(search, resource, mirrored)
  if (!afterPredecessors(search, resource, membersEnd, mirrored)) return false
  takeThresholds(search, membersEnd)
  const first = search.thresholds
  const end = first.at(resource.memberCount)
  let energy: i64 = 0
  for (let t = first; t != end; t = t.at(1)) {
    const tick = t.tick
    energy += t.amount
    // A single member in W is a matter between pairs, which the links have settled.
    if (t == first || (t.at(1) != end && t.at(1).tick == tick)) continue
    if (!findEdges(search, resource, membersEnd, tick, energy, mirrored)) return false
  }
  return true
}

export function propagateUnary(search: Search, resource: Propagator): bool {
  return pass(search, resource, false) && pass(search, resource, true)
}
