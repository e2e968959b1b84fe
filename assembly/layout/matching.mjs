// Matching (assembly/matching-graph.ts lays its region out and fills it). Nodes, vertices, edges and half-edges are told by number, −1 none.
export const MATCHING = {
  // A node is a vertex or, behind these, a blossom. "Top" nodes are in no blossom; sub-nodes of a blossom form a ring.
  MatchNode: {
    bytes: 64,
    fields: {
      /** See assembly/matching.ts. */
      dual: 'i64',
      label: 'i32',
      /** Root vertex of the tree that a labelled top node is in. */
      tree: 'i32',
      parent: 'i32',
      /** The vertex not matched inside. */
      base: 'i32',
      /** Of an inner node: the half-edge to the outer node that reached it. */
      entry: 'i32',
      /** Its vertices are a chain from first to last; first is −1 in a blossom that is not in use. */
      first: 'i32',
      last: 'i32',
      /** Ring. */
      next: 'i32',
      previous: 'i32',
      /** Half-edge to the next of the ring. */
      across: 'i32',
      /** List of the tree's top nodes. */
      nextOfTree: 'i32',
      previousOfTree: 'i32',
      /** Of a blossom: the sub-node with the base. */
      head: 'i32',
      stamp: 'i32',
    },
  },

  // What only a vertex has; one more ends the last adjacency.
  MatchVertex: {
    bytes: 32,
    fields: {
      top: 'i32',
      chain: 'i32',
      /** Half-edge to the vertex it is matched with. */
      mate: 'i32',
      /** Its first half-edge. */
      adjacent: 'address',
      firstOfTree: 'i32',
      seenFrom: 'i32',
      seenEdge: 'i32',
    },
  },

  // An edge that takes part; origin: its index in the caller's list.
  MatchEdge: { bytes: 16, fields: { ends: 'i32[2]', weight: 'i32', origin: 'i32' } },

  // What is asked: a graph without loops, weights up to 2^29.
  MatchGraph: {
    fields: {
      vertexCount: 'i32',
      edgeCount: 'i32',
      /** [edges] i32 each. */
      endA: 'address',
      endB: 'address',
      weight: 'address',
      scratch: 'address',
      scratchBytes: 'u32',
      /** [vertices / 2] i32: the chosen edges, ascending. */
      result: 'address',
    },
  },
}
