/** Exact maximum-weight matching in a general graph. */
import type { Arena } from './arena.js'
import { MATCH_EDGE_BYTES, MATCH_NODE_BYTES, MATCH_VERTEX_BYTES, QUEUE_ITEM_BYTES } from './records.js'
import type { Matching, WeightedGraph } from './types.js'

export interface MatchingExports {
  /** Writes the chosen edges, ascending, to `result` and returns how many there are. */
  maximumWeightMatching(
    vertexCount: number,
    edgeCount: number,
    endA: number,
    endB: number,
    weight: number,
    scratch: number,
    scratchBytes: number,
    result: number,
  ): number
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
  const scratchAt = arena.allocate(bytes)
  const resultAt = arena.allocate((vertexCount >> 1) * 4)
  const endAAt = arena.place(endA)
  const endBAt = arena.place(endB)
  const weightAt = arena.place(weight)
  const count = wasm.maximumWeightMatching(
    vertexCount,
    edgeCount,
    endAAt,
    endBAt,
    weightAt,
    scratchAt,
    bytes,
    resultAt,
  )
  const edges = arena.int32(resultAt, count)
  let total = 0
  for (let i = 0; i < count; i++) total += weight[edges[i]]
  return { weight: total, edges }
}
