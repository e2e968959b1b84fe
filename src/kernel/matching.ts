/** Exact maximum-weight matching in a general graph. */
import type { Arena } from './arena.js'
import {
  MATCH_EDGE_BYTES,
  MATCH_GRAPH,
  MATCH_NODE_BYTES,
  MATCH_VERTEX_BYTES,
  QUEUE_ITEM_BYTES,
} from './records.js'
import { Placed } from './table.js'
import type { Matching, WeightedGraph } from './types.js'

export interface MatchingExports {
  /** Of the `MatchGraph` at this address: how many edges are chosen. */
  maximumWeightMatching(graph: number): number
}

/** assembly/matching-graph.ts lays the region out. */
function scratchBytes(vertexCount: number, edgeCount: number): number {
  const blossoms = vertexCount >> 1
  const nodes = vertexCount + blossoms
  const adjacency = 8 * edgeCount
  const lists = 4 * nodes + 4 * blossoms + 8 * blossoms
  return (
    nodes * MATCH_NODE_BYTES +
    (vertexCount + 1) * MATCH_VERTEX_BYTES +
    edgeCount * MATCH_EDGE_BYTES +
    (edgeCount + blossoms) * QUEUE_ITEM_BYTES +
    adjacency +
    lists
  )
}

/**
 * A matching of largest summed weight, of whatever size: an edge of weight ≤ 0 is never in it, of parallel edges only the heaviest
 * may be, the lowest index of equals. The same graph gives the same matching.
 */
export function maximumWeightMatching(wasm: MatchingExports, arena: Arena, graph: WeightedGraph): Matching {
  const { vertexCount, endA, endB, weight } = graph
  const edgeCount = weight.length
  arena.reset()
  const bytes = scratchBytes(vertexCount, edgeCount)
  const result = arena.allocate((vertexCount >> 1) * 4)
  const { address } = new Placed(arena, MATCH_GRAPH, {
    vertexCount,
    edgeCount,
    endA: arena.place(endA),
    endB: arena.place(endB),
    weight: arena.place(weight),
    scratch: arena.allocate(bytes),
    scratchBytes: bytes,
    result,
  })
  const edges = arena.int32(result, wasm.maximumWeightMatching(address))
  return { weight: edges.reduce((sum, edge) => sum + weight[edge], 0), edges }
}
