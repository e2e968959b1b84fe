// Exact maximum-weight matching in a general graph: the primal-dual method of Edmonds (1965) in the form of Galil (1986), arranged
// as one sweep. All free vertices have the same dual at all times, so one clock drives every alternating tree at once: it is how
// far the dual of the free vertices has sunk below its start, the largest weight. Edges that become tight and blossoms that must
// be opened are events of a queue. Unlike in Galil's stages, an augmentation clears its own two trees only; the others grow on.
// When the clock reaches the largest weight, the free vertices' duals are 0, and complementary slackness holds.
//
// Duals of vertices are kept doubled, those of blossoms plain: everything is an integer, and slacks are doubled ones. A dual that
// changes with the clock is stored as its value at time 0: label × clock is added for a vertex, taken away for a blossom.

static i32 freeCount = 0;

/** An outer node has reached an unreached one over `half`: that becomes inner, and what it is matched with outer. */
static void grow(i32 b, i32 half) {
  i32 tree = I32(node(topOf(endOf(half ^ 1))), MATCH_NODE_TREE);
  relabel(b, INNER);
  I32(node(b), MATCH_NODE_ENTRY) = half ^ 1;
  joinTree(b, tree);
  awaitOpening(b);
  i32 partner = topOf(endOf(mateOf(I32(node(b), MATCH_NODE_BASE))));
  relabel(partner, OUTER);
  joinTree(partner, tree);
  rescanLater(partner);
}

/** Matches `v` over `half` and turns the path from there to its tree's root. */
static void flip(i32 v, i32 half) {
  for (;;) {
    i32 outer = topOf(v);
    i32 above = mateOf(I32(node(outer), MATCH_NODE_BASE));
    rotate(outer, v);
    I32(vertex(v), MATCH_VERTEX_MATE) = half;
    if (above == NONE) return;
    i32 inner = topOf(endOf(above));
    i32 entry = I32(node(inner), MATCH_NODE_ENTRY);
    i32 w = endOf(entry ^ 1);
    rotate(inner, w);
    I32(vertex(w), MATCH_VERTEX_MATE) = entry;
    v = endOf(entry);
    half = entry ^ 1;
  }
}

/** All of the tree becomes unreached. Of these only what was inner can have edges that outer nodes are about to reach anew. */
static void dissolve(i32 tree) {
  for (i32 b = I32(vertex(tree), MATCH_VERTEX_FIRST_OF_TREE); b != NONE; b = I32(node(b), MATCH_NODE_NEXT_OF_TREE)) {
    if (labelOf(b) == INNER) rescanLater(b);
    relabel(b, UNREACHED);
  }
  I32(vertex(tree), MATCH_VERTEX_FIRST_OF_TREE) = NONE;
}

static void meetEdge(i32 edge) {
  i32 half = edge << 1;
  i32 v = endOf(half ^ 1);
  i32 w = endOf(half);
  i32 a = topOf(v);
  i32 b = topOf(w);
  i32 rate = -labelOf(a) - labelOf(b);
  // An event can be out of date: labels have changed since. Whatever makes an edge tight earlier has queued it anew.
  if (a == b || rate <= 0) return;
  i64 slack = slackOf(edge, v, w, rate);
  if (slack > 0) {
    i64 time = clock + (slack >> (rate - 1));
    if (time < deadline) advanceEvent(edge, time);
    return;
  }
  if (rate == 1) {
    if (labelOf(a) == OUTER) grow(b, half);
    else grow(a, half ^ 1);
    return;
  }
  i32 treeA = I32(node(a), MATCH_NODE_TREE);
  i32 treeB = I32(node(b), MATCH_NODE_TREE);
  if (treeA == treeB) {
    closeBlossom(a, b, half);
    return;
  }
  flip(v, half);
  flip(w, half ^ 1);
  dissolve(treeA);
  dissolve(treeB);
  freeCount -= 2;
}

static void meetBlossom(i32 b) {
  usize at = node(b);
  if (I32(at, MATCH_NODE_LABEL) == INNER && I64(at, MATCH_NODE_DUAL) == clock) openBlossom(b);
}

/** Vertices that have an edge at all; the others can be left alone. */
static i32 countFree(void) {
  i32 count = 0;
  for (i32 v = 0; v < vertexTotal; v++) {
    if (PTR(vertex(v), MATCH_VERTEX_ADJACENT) != PTR(vertex(v + 1), MATCH_VERTEX_ADJACENT)) count++;
  }
  return count;
}

/** Writes the caller's indices of the matched edges, ascending. */
static i32 writeMatching(usize result) {
  usize out = result;
  for (i32 edge = 0; edge < edgeTotal; edge++) {
    i32 half = edge << 1;
    if (mateOf(endOf(half ^ 1)) != half) continue;
    I32(out, 0) = I32(edges + (usize)edge * MATCH_EDGE_BYTES, MATCH_EDGE_ORIGIN);
    out += 4;
  }
  return (i32)((out - result) >> 2);
}

/**
 * Finds a matching of largest summed weight in the MatchGraph at this address; edges of weight ≤ 0 are left out, and of parallel ones
 * all but the heaviest (the first of equals). Writes the chosen edges to its result and returns their number.
 */
static i32 match(usize graph) {
  readGraph(graph);
  clearBlossoms();
  plantTrees();
  freeCount = countFree();
  while (!queueIsEmpty()) {
    // One free vertex finds no other to be matched with: what follows would only complete the duals.
    if (freeCount < 2) break;
    u64 event = takeEvent();
    i32 item = (i32)((u32)event);
    setClock((i64)(event >> 32));
    if (item < edgeTotal) meetEdge(item);
    else meetBlossom(vertexTotal + item - edgeTotal);
    rescan();
  }
  return writeMatching(PTR(graph, MATCH_GRAPH_RESULT));
}
