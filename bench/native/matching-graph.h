// Memory of a matching run: records of nodes, vertices and edges, the adjacency, and work lists, one after another in the caller's
// scratch region. `src/kernel/matching.ts` computes its size.
//
// A half-edge 2k or 2k + 1 is edge k on its way to its first or second end; half ^ 1 goes back.

// Labels, which are also the rate at which the vertices' duals change.
enum { OUTER = -1 };
enum { UNREACHED = 0 };
enum { INNER = 1 };

enum { NONE = -1 };

// A node is a vertex (0 … n − 1) or a blossom (n …).

static i32 vertexTotal = 0;
static i32 edgeTotal = 0;
/** An odd set family without crossings over n vertices has at most this many members of three or more. */
static i32 blossomTotal = 0;
static usize nodes = 0;
static usize vertices = 0;
static usize edges = 0;
static i32 largestWeight = 0;
/** [blossomTotal] i32 */
static usize unusedBlossoms = 0;
/** [vertices + blossoms] i32: nodes whose edges must be looked at again. */
static usize rescans = 0;
/** [blossomTotal] pairs of i32: blossoms whose inside must be rematched, and the vertex to leave out. */
static usize rotations = 0;

static usize node(i32 b) {
  return nodes + (usize)b * MATCH_NODE_BYTES;
}

static usize vertex(i32 v) {
  return vertices + (usize)v * MATCH_VERTEX_BYTES;
}

static i32 topOf(i32 v) {
  return I32(vertex(v), MATCH_VERTEX_TOP);
}

static i32 mateOf(i32 v) {
  return I32(vertex(v), MATCH_VERTEX_MATE);
}

static i32 labelOf(i32 b) {
  return I32(node(b), MATCH_NODE_LABEL);
}

/** The vertex that a half-edge leads to. */
static i32 endOf(i32 half) {
  return I32(edges + (usize)(half >> 1) * MATCH_EDGE_BYTES + (((usize)(half & 1)) << 2), MATCH_EDGE_ENDS);
}

static i32 weightOf(i32 edge) {
  return I32(edges + (usize)edge * MATCH_EDGE_BYTES, MATCH_EDGE_WEIGHT);
}

static i32 wordAt(usize base, i32 index) {
  return I32(base + (((usize)index) << 2), 0);
}

static void setWord(usize base, i32 index, i32 value) {
  I32(base + (((usize)index) << 2), 0) = value;
}

/** Links each edge of positive weight into a list of its lower end, lowest index first. */
static void listByLowerEnd(usize graph, usize links) {
  usize endA = PTR(graph, MATCH_GRAPH_END_A), endB = PTR(graph, MATCH_GRAPH_END_B);
  usize weight = PTR(graph, MATCH_GRAPH_WEIGHT);
  for (i32 edge = I32(graph, MATCH_GRAPH_EDGE_COUNT) - 1; edge >= 0; edge--) {
    if (wordAt(weight, edge) <= 0) continue;
    i32 a = wordAt(endA, edge);
    i32 b = wordAt(endB, edge);
    usize lower = vertex(MIN(a, b));
    setWord(links, edge, I32(lower, MATCH_VERTEX_FIRST_OF_TREE));
    I32(lower, MATCH_VERTEX_FIRST_OF_TREE) = edge;
  }
}

/** Marks with 1 the heaviest of each set of parallel edges, the first of equal ones; the others with 0. */
static void markHeaviest(usize graph, usize links, usize taken) {
  usize endA = PTR(graph, MATCH_GRAPH_END_A), endB = PTR(graph, MATCH_GRAPH_END_B);
  usize weight = PTR(graph, MATCH_GRAPH_WEIGHT);
  for (i32 v = 0; v < vertexTotal; v++) {
    for (i32 edge = I32(vertex(v), MATCH_VERTEX_FIRST_OF_TREE); edge != NONE; edge = wordAt(links, edge)) {
      i32 a = wordAt(endA, edge);
      usize upper = vertex(a == v ? wordAt(endB, edge) : a);
      if (I32(upper, MATCH_VERTEX_SEEN_FROM) == v) {
        i32 rival = I32(upper, MATCH_VERTEX_SEEN_EDGE);
        if (wordAt(weight, edge) <= wordAt(weight, rival)) {
          setWord(taken, edge, 0);
          continue;
        }
        setWord(taken, rival, 0);
      }
      I32(upper, MATCH_VERTEX_SEEN_FROM) = v;
      I32(upper, MATCH_VERTEX_SEEN_EDGE) = edge;
      setWord(taken, edge, 1);
    }
  }
}

/** Copies the edges that take part, in the caller's order, and counts them at their ends (in MATCH_VERTEX_ADJACENT). */
static void takeEdges(usize graph, usize taken) {
  usize endA = PTR(graph, MATCH_GRAPH_END_A), endB = PTR(graph, MATCH_GRAPH_END_B);
  usize weight = PTR(graph, MATCH_GRAPH_WEIGHT);
  usize at = edges;
  for (i32 edge = 0; edge < I32(graph, MATCH_GRAPH_EDGE_COUNT); edge++) {
    i32 w = wordAt(weight, edge);
    if (w <= 0 || wordAt(taken, edge) == 0) continue;
    i32 a = wordAt(endA, edge);
    i32 b = wordAt(endB, edge);
    I32(at, MATCH_EDGE_ENDS) = a;
    I32(at, MATCH_EDGE_ENDS + 4) = b;
    I32(at, MATCH_EDGE_WEIGHT) = w;
    I32(at, MATCH_EDGE_ORIGIN) = edge;
    at += MATCH_EDGE_BYTES;
    I32(vertex(a), MATCH_VERTEX_ADJACENT) = I32(vertex(a), MATCH_VERTEX_ADJACENT) + 1;
    I32(vertex(b), MATCH_VERTEX_ADJACENT) = I32(vertex(b), MATCH_VERTEX_ADJACENT) + 1;
    largestWeight = MAX(largestWeight, w);
  }
  edgeTotal = (i32)((at - edges) / MATCH_EDGE_BYTES);
}

/** Turns the counts into addresses and fills in the half-edges. */
static void fillAdjacency(usize adjacency) {
  usize end = adjacency;
  for (i32 v = 0; v <= vertexTotal; v++) {
    end += PTR(vertex(v), MATCH_VERTEX_ADJACENT) << 2;
    U32(vertex(v), MATCH_VERTEX_ADJACENT) = (u32)end;
  }
  for (i32 half = (edgeTotal << 1) - 1; half >= 0; half--) {
    usize from = vertex(endOf(half ^ 1));
    usize at = PTR(from, MATCH_VERTEX_ADJACENT) - 4;
    I32(at, 0) = half;
    U32(from, MATCH_VERTEX_ADJACENT) = (u32)at;
  }
}

/** Lays out the scratch region and reads the graph: positive weights only, and one edge a pair of vertices. Blossoms stay blank. */
static void readGraph(usize graph) {
  i32 vertexCount = I32(graph, MATCH_GRAPH_VERTEX_COUNT), edgeCount = I32(graph, MATCH_GRAPH_EDGE_COUNT);
  vertexTotal = vertexCount;
  blossomTotal = vertexCount >> 1;
  largestWeight = 0;
  nodes = PTR(graph, MATCH_GRAPH_SCRATCH);
  vertices = nodes + (usize)(vertexCount + blossomTotal) * MATCH_NODE_BYTES;
  edges = vertices + (usize)(vertexCount + 1) * MATCH_VERTEX_BYTES;
  usize queue = edges + (usize)edgeCount * MATCH_EDGE_BYTES;
  rotations = queue + (usize)(edgeCount + blossomTotal) * QUEUE_ITEM_BYTES;
  usize adjacency = rotations + (((usize)blossomTotal) << 3);
  rescans = adjacency + (((usize)edgeCount) << 3);
  unusedBlossoms = rescans + (((usize)(vertexCount + blossomTotal)) << 2);

  for (i32 v = 0; v <= vertexCount; v++) {
    I32(vertex(v), MATCH_VERTEX_ADJACENT) = 0;
    I32(vertex(v), MATCH_VERTEX_FIRST_OF_TREE) = NONE;
    I32(vertex(v), MATCH_VERTEX_SEEN_FROM) = NONE;
  }
  // The queue's and the adjacency's room serves for what reading needs.
  listByLowerEnd(graph, queue);
  markHeaviest(graph, queue, adjacency);
  takeEdges(graph, adjacency);
  fillAdjacency(adjacency);
  clearQueue(queue, edgeTotal + blossomTotal);
}
