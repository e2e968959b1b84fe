// The alternating trees of the matching (see matching.ts): which nodes are in them, and how duals and events follow the clock.

/** How far the dual of the free vertices has sunk. */
static i64 clock = 0;
/** Where it reaches 0, and the sweep ends. */
static i64 deadline = 0;
static i32 rescanCount = 0;

/** Doubled slack of an edge between two top nodes. */
static i64 slackOf(i32 edge, i32 a, i32 b, i32 rate) {
  i64 duals = I64(node(a), MATCH_NODE_DUAL) + I64(node(b), MATCH_NODE_DUAL) - (i64)rate * clock;
  return duals - (((i64)weightOf(edge)) << 1);
}

static void joinTree(i32 b, i32 tree) {
  usize at = node(b);
  i32 first = I32(vertex(tree), MATCH_VERTEX_FIRST_OF_TREE);
  I32(at, MATCH_NODE_TREE) = tree;
  I32(at, MATCH_NODE_NEXT_OF_TREE) = first;
  I32(at, MATCH_NODE_PREVIOUS_OF_TREE) = NONE;
  if (first != NONE) I32(node(first), MATCH_NODE_PREVIOUS_OF_TREE) = b;
  I32(vertex(tree), MATCH_VERTEX_FIRST_OF_TREE) = b;
}

static void leaveTree(i32 b) {
  usize at = node(b);
  i32 next = I32(at, MATCH_NODE_NEXT_OF_TREE);
  i32 previous = I32(at, MATCH_NODE_PREVIOUS_OF_TREE);
  if (next != NONE) I32(node(next), MATCH_NODE_PREVIOUS_OF_TREE) = previous;
  if (previous != NONE) I32(node(previous), MATCH_NODE_NEXT_OF_TREE) = next;
  else I32(vertex(I32(at, MATCH_NODE_TREE)), MATCH_VERTEX_FIRST_OF_TREE) = next;
}

/** The stored duals of a node's vertices, as their rate changes now. */
static void rebase(i32 b, i32 from, i32 to) {
  i64 shift = (i64)(from - to) * clock;
  i32 last = I32(node(b), MATCH_NODE_LAST);
  for (i32 v = I32(node(b), MATCH_NODE_FIRST); ; v = I32(vertex(v), MATCH_VERTEX_CHAIN)) {
    I64(node(v), MATCH_NODE_DUAL) = I64(node(v), MATCH_NODE_DUAL) + shift;
    if (v == last) return;
  }
}

/** The same for the blossom's own dual. */
static void rebaseBlossom(i32 b, i32 from, i32 to) {
  if (b >= vertexTotal) I64(node(b), MATCH_NODE_DUAL) = I64(node(b), MATCH_NODE_DUAL) - (i64)(from - to) * clock;
}

static void relabel(i32 b, i32 label) {
  i32 old = labelOf(b);
  rebase(b, old, label);
  rebaseBlossom(b, old, label);
  I32(node(b), MATCH_NODE_LABEL) = label;
}

static void rescanLater(i32 b) {
  setWord(rescans, rescanCount++, b);
}

/** An inner blossom must be opened when its dual is used up. */
static void awaitOpening(i32 b) {
  if (b < vertexTotal) return;
  i64 time = I64(node(b), MATCH_NODE_DUAL);
  if (time < deadline) setEvent(edgeTotal + b - vertexTotal, time);
}

/** Queues the edges of the node's vertices that are on their way to becoming tight. */
static void scan(i32 b) {
  i32 last = I32(node(b), MATCH_NODE_LAST);
  for (i32 v = I32(node(b), MATCH_NODE_FIRST); ; v = I32(vertex(v), MATCH_VERTEX_CHAIN)) {
    i32 top = topOf(v);
    i32 label = labelOf(top);
    usize end = PTR(vertex(v + 1), MATCH_VERTEX_ADJACENT);
    for (usize at = PTR(vertex(v), MATCH_VERTEX_ADJACENT); at < end; at += 4) {
      i32 half = I32(at, 0);
      i32 w = endOf(half);
      i32 other = topOf(w);
      i32 rate = -label - labelOf(other);
      if (rate <= 0 || other == top) continue;
      i64 time = clock + (slackOf(half >> 1, v, w, rate) >> (rate - 1));
      if (time < deadline) advanceEvent(half >> 1, time);
    }
    if (v == last) return;
  }
}

/** Looks again at the edges of all nodes that asked for it. */
static void rescan(void) {
  while (rescanCount > 0) scan(wordAt(rescans, --rescanCount));
}

static void setClock(i64 time) {
  clock = time;
}

/** Every vertex is free, and so the root of a tree of its own. */
static void plantTrees(void) {
  clock = 0;
  deadline = largestWeight;
  rescanCount = 0;
  for (i32 v = 0; v < vertexTotal; v++) {
    usize at = node(v);
    I64(at, MATCH_NODE_DUAL) = deadline;
    I32(at, MATCH_NODE_LABEL) = OUTER;
    I32(at, MATCH_NODE_PARENT) = NONE;
    I32(at, MATCH_NODE_BASE) = v;
    I32(at, MATCH_NODE_FIRST) = v;
    I32(at, MATCH_NODE_LAST) = v;
    I32(at, MATCH_NODE_STAMP) = 0;
    I32(vertex(v), MATCH_VERTEX_TOP) = v;
    I32(vertex(v), MATCH_VERTEX_MATE) = NONE;
    I32(vertex(v), MATCH_VERTEX_FIRST_OF_TREE) = NONE;
    joinTree(v, v);
  }
  for (i32 edge = 0; edge < edgeTotal; edge++) appendEvent(edge, deadline - weightOf(edge));
  orderQueue();
}
