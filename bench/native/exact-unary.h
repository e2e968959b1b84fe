// Propagation on a resource of capacity 1: the energy of decided predecessors, overload, and edge finding (Carlier & Pinson 1989; the
// rule in the form of Vilím 2004: where W ∪ {i} cannot end by the latest end of W, i comes after all of W). O(n²) a pass.

/** Each member after its decided predecessors, packed as early as they can be. */
static bool afterPredecessors(usize search, usize resource, usize end, bool mirrored) {
  usize first = PTR(search, SNAPSHOT);
  usize count = (usize)U32(resource, MEMBER_COUNT);
  usize before = PTR(resource, BEFORE);
  usize rowStride = mirrored ? 1 : count;
  usize columnStride = mirrored ? count : 1;
  for (usize at = first; at < end; at += SNAPSHOT_BYTES) {
    usize column = before + PTR(at, S_MEMBER) * columnStride;
    i64 ect = INT64_MIN;
    for (usize p = first; p < end; p += SNAPSHOT_BYTES) {
      if (U8(column + PTR(p, S_MEMBER) * rowStride, 0)) {
        ect = MAX(ect, I64(p, S_EST)) + I64(p, S_DURATION);
      }
    }
    if (ect > I64(at, S_EST) && !raiseInSnapshot(search, resource, at, ect, mirrored)) return false;
  }
  return true;
}

/** Member `record` after every member that must end by `tick`, and these end no earlier than `ect`. */
static bool putAfter(usize search, usize resource, usize end, usize record, i64 tick, i64 ect, bool mirrored) {
  usize count = (usize)U32(resource, MEMBER_COUNT);
  usize before = PTR(resource, BEFORE);
  usize pairs = PTR(resource, PAIRS);
  usize rowStride = mirrored ? 1 : count;
  usize column = PTR(record, S_MEMBER) * (mirrored ? count : 1);
  for (usize p = PTR(search, SNAPSHOT); p < end; p += SNAPSHOT_BYTES) {
    if (I64(p, S_LCT) > tick) continue;
    usize cell = column + PTR(p, S_MEMBER) * rowStride;
    if (!U8(before + cell, 0) && !decide(search, PTR(pairs + (cell << 2), 0))) return false;
  }
  return ect <= I64(record, S_EST) || raiseInSnapshot(search, resource, record, ect, mirrored);
}

/** W: the members that must end by `tick`, `energy` their summed duration. */
static bool findEdges(usize search, usize resource, usize end, i64 tick, i64 energy, bool mirrored) {
  usize hits = PTR(search, HITS);
  usize hit = hits;
  i64 rest = energy;
  i64 ect = INT64_MIN;
  for (usize p = PTR(search, SNAPSHOT); p < end; p += SNAPSHOT_BYTES) {
    i64 est = I64(p, S_EST);
    i64 packed = est + rest;
    if (I64(p, S_LCT) <= tick) {
      ect = MAX(ect, packed);
      rest -= I64(p, S_DURATION);
    } else if (MAX(ect, packed) + I64(p, S_DURATION) > tick) {
      U32(hit, 0) = (u32)p;
      hit += 4;
    }
  }
  if (ect > tick) return false;
  for (usize h = hits; h < hit; h += 4) {
    if (!putAfter(search, resource, end, PTR(h, 0), tick, ect, mirrored)) return false;
  }
  return true;
}

static bool pass(usize search, usize resource, bool mirrored) {
  usize end = takeSnapshot(search, resource, mirrored);
  if (!afterPredecessors(search, resource, end, mirrored)) return false;
  takeThresholds(search, end);
  usize first = PTR(search, THRESHOLDS);
  usize last = first + ((usize)U32(resource, MEMBER_COUNT) - 1) * THRESHOLD_BYTES;
  i64 energy = 0;
  for (usize t = first; t <= last; t += THRESHOLD_BYTES) {
    i64 tick = I64(t, T_TICK);
    energy += I64(t, T_AMOUNT);
    // A single member in W is a matter between pairs, which the links have settled.
    if (t == first || (t < last && I64(t + THRESHOLD_BYTES, T_TICK) == tick)) continue;
    if (!findEdges(search, resource, end, tick, energy, mirrored)) return false;
  }
  return true;
}

static bool propagateUnary(usize search, usize resource) {
  return pass(search, resource, false) && pass(search, resource, true);
}
