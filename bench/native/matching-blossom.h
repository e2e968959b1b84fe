// The blossoms of the matching (see matching.ts): closing, rematching and opening them.

static i32 unusedCount = 0;
static i32 stamp = 0;

/** No blossom is in use. */
static void clearBlossoms(void) {
  stamp = 0;
  for (i32 b = vertexTotal; b < vertexTotal + blossomTotal; b++) {
    I32(node(b), MATCH_NODE_LABEL) = UNREACHED;
    I32(node(b), MATCH_NODE_FIRST) = NONE;
    I32(node(b), MATCH_NODE_STAMP) = 0;
    setWord(unusedBlossoms, b - vertexTotal, b);
  }
  unusedCount = blossomTotal;
}

/** The outer node two levels up, NONE above the root. */
static i32 outerAbove(i32 b) {
  i32 half = mateOf(I32(node(b), MATCH_NODE_BASE));
  return half == NONE ? NONE : topOf(endOf(I32(node(topOf(endOf(half))), MATCH_NODE_ENTRY)));
}

/** The lowest outer node that is above, or is, each of two outer nodes of one tree. */
static i32 commonAncestor(i32 a, i32 b) {
  stamp++;
  while (I32(node(a), MATCH_NODE_STAMP) != stamp) {
    I32(node(a), MATCH_NODE_STAMP) = stamp;
    a = outerAbove(a);
    // One of the two climbs at a time, so that the work stays near the size of the blossom.
    if (b != NONE) {
      i32 swap = a;
      a = b;
      b = swap;
    }
  }
  return a;
}

static void linkRing(i32 a, i32 b, i32 half) {
  I32(node(a), MATCH_NODE_NEXT) = b;
  I32(node(a), MATCH_NODE_ACROSS) = half;
  I32(node(b), MATCH_NODE_PREVIOUS) = a;
}

/** Half-edge to the node above. */
static i32 upwards(i32 b) {
  return labelOf(b) == OUTER ? mateOf(I32(node(b), MATCH_NODE_BASE)) : I32(node(b), MATCH_NODE_ENTRY);
}

/** A tight edge between outer nodes `a` and `b` of one tree (its half-edge leads to `b`) closes an odd ring: a new blossom. */
static void closeBlossom(i32 a, i32 b, i32 half) {
  i32 head = commonAncestor(a, b);
  linkRing(a, b, half);
  for (i32 x = a; x != head; ) {
    i32 up = upwards(x);
    i32 above = topOf(endOf(up));
    linkRing(above, x, up ^ 1);
    x = above;
  }
  for (i32 x = b; x != head; ) {
    i32 up = upwards(x);
    i32 above = topOf(endOf(up));
    linkRing(x, above, up);
    x = above;
  }

  i32 blossom = wordAt(unusedBlossoms, --unusedCount);
  usize at = node(blossom);
  i32 tree = I32(node(head), MATCH_NODE_TREE);
  // A dual of 0 now, that rises while the blossom is outer.
  I64(at, MATCH_NODE_DUAL) = -clock;
  I32(at, MATCH_NODE_LABEL) = OUTER;
  I32(at, MATCH_NODE_PARENT) = NONE;
  I32(at, MATCH_NODE_HEAD) = head;
  I32(at, MATCH_NODE_BASE) = I32(node(head), MATCH_NODE_BASE);
  I32(at, MATCH_NODE_FIRST) = I32(node(head), MATCH_NODE_FIRST);
  i32 last = NONE;
  i32 x = head;
  do {
    usize sub = node(x);
    i32 label = I32(sub, MATCH_NODE_LABEL);
    leaveTree(x);
    rebaseBlossom(x, label, UNREACHED);
    I32(sub, MATCH_NODE_LABEL) = UNREACHED;
    I32(sub, MATCH_NODE_PARENT) = blossom;
    if (last != NONE) I32(vertex(last), MATCH_VERTEX_CHAIN) = I32(sub, MATCH_NODE_FIRST);
    last = I32(sub, MATCH_NODE_LAST);
    for (i32 v = I32(sub, MATCH_NODE_FIRST); ; v = I32(vertex(v), MATCH_VERTEX_CHAIN)) {
      I32(vertex(v), MATCH_VERTEX_TOP) = blossom;
      if (v == last) break;
    }
    if (label == INNER) {
      rebase(x, INNER, OUTER);
      rescanLater(x);
    }
    x = I32(sub, MATCH_NODE_NEXT);
  } while (x != head);
  I32(at, MATCH_NODE_LAST) = last;
  joinTree(blossom, tree);
}

static i32 subNodeWith(i32 v, i32 blossom) {
  i32 sub = v;
  while (I32(node(sub), MATCH_NODE_PARENT) != blossom) sub = I32(node(sub), MATCH_NODE_PARENT);
  return sub;
}

/** Whether the way round the ring that begins with a matched edge, which is the even one to the head, goes forward. */
static bool evenWayIsForward(i32 sub, i32 head) {
  bool forward = true;
  for (i32 x = sub; x != head; x = I32(node(x), MATCH_NODE_NEXT)) forward = !forward;
  return forward;
}

static i32 step(i32 b, bool forward) {
  return forward ? I32(node(b), MATCH_NODE_NEXT) : I32(node(b), MATCH_NODE_PREVIOUS);
}

/** The half-edge from a ring's node to its neighbour `to`, `from` lying just before it on the way. */
static i32 ringEdge(i32 from, i32 to, bool forward) {
  return forward ? I32(node(from), MATCH_NODE_ACROSS) : I32(node(to), MATCH_NODE_ACROSS) ^ 1;
}

static i32 rotateLater(i32 b, i32 v, i32 count) {
  if (I32(node(b), MATCH_NODE_BASE) == v) return count;
  usize at = rotations + (((usize)count) << 3);
  I32(at, 0) = b;
  I32(at, 4) = v;
  return count + 1;
}

/** Rematches the inside of a node so that `v` is what is left over: its new base. */
static void rotate(i32 b, i32 v) {
  // The order does not matter: what happens in a sub-node leaves the mate of its new base alone.
  i32 count = rotateLater(b, v, 0);
  while (count > 0) {
    usize at = rotations + (((usize)--count) << 3);
    i32 blossom = I32(at, 0);
    i32 base = I32(at, 4);
    i32 sub = subNodeWith(base, blossom);
    i32 head = I32(node(blossom), MATCH_NODE_HEAD);
    bool forward = evenWayIsForward(sub, head);
    count = rotateLater(sub, base, count);
    for (i32 x = sub; x != head; ) {
      i32 y = step(x, forward);
      i32 z = step(y, forward);
      i32 half = ringEdge(y, z, forward);
      i32 inY = endOf(half ^ 1);
      i32 inZ = endOf(half);
      I32(vertex(inY), MATCH_VERTEX_MATE) = half;
      I32(vertex(inZ), MATCH_VERTEX_MATE) = half ^ 1;
      count = rotateLater(y, inY, count);
      count = rotateLater(z, inZ, count);
      x = z;
    }
    I32(node(blossom), MATCH_NODE_HEAD) = sub;
    I32(node(blossom), MATCH_NODE_BASE) = base;
  }
}

/** Opens an inner blossom whose dual is 0: the even way from its entry to its base stays in the tree, the rest becomes unreached. */
static void openBlossom(i32 blossom) {
  usize at = node(blossom);
  i32 tree = I32(at, MATCH_NODE_TREE);
  i32 head = I32(at, MATCH_NODE_HEAD);
  i32 entry = I32(at, MATCH_NODE_ENTRY);
  i32 first = subNodeWith(endOf(entry ^ 1), blossom);
  bool forward = evenWayIsForward(first, head);
  leaveTree(blossom);

  I32(node(first), MATCH_NODE_LABEL) = INNER;
  I32(node(first), MATCH_NODE_ENTRY) = entry;
  for (i32 x = first; x != head; ) {
    i32 y = step(x, forward);
    x = step(y, forward);
    entry = ringEdge(y, x, forward) ^ 1;
    I32(node(y), MATCH_NODE_LABEL) = OUTER;
    I32(node(x), MATCH_NODE_LABEL) = INNER;
    I32(node(x), MATCH_NODE_ENTRY) = entry;
  }

  i32 x = head;
  do {
    usize sub = node(x);
    i32 label = I32(sub, MATCH_NODE_LABEL);
    i32 last = I32(sub, MATCH_NODE_LAST);
    I32(sub, MATCH_NODE_PARENT) = NONE;
    for (i32 v = I32(sub, MATCH_NODE_FIRST); ; v = I32(vertex(v), MATCH_VERTEX_CHAIN)) {
      I32(vertex(v), MATCH_VERTEX_TOP) = x;
      if (v == last) break;
    }
    rebase(x, INNER, label);
    rebaseBlossom(x, UNREACHED, label);
    if (label != UNREACHED) joinTree(x, tree);
    if (label == INNER) awaitOpening(x);
    else rescanLater(x);
    x = I32(sub, MATCH_NODE_NEXT);
  } while (x != head);

  I32(at, MATCH_NODE_LABEL) = UNREACHED;
  I32(at, MATCH_NODE_FIRST) = NONE;
  setWord(unusedBlossoms, unusedCount++, blossom);
}

