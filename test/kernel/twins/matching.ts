/** Plain twins of the matching routine: slow, and exact for other reasons than it. */
import type { WeightedGraph } from '../../../src/kernel/types.js'

/** Most vertices that `heaviestByMasks` takes. */
export const MAX_MASK_VERTICES = 14

/** Weight of a heaviest matching in any graph of up to 14 vertices, by dynamic programming over sets of vertices. */
export function heaviestByMasks(graph: WeightedGraph): number {
  const n = graph.vertexCount
  const best = Array.from({ length: n }, () => new Array<number>(n).fill(0))
  graph.weight.forEach((weight, edge) => {
    const a = graph.endA[edge]
    const b = graph.endB[edge]
    best[a][b] = best[b][a] = Math.max(best[a][b], weight)
  })
  // heaviest[set]: the vertices of the set only. Its highest vertex stays alone, or has one of the others.
  const heaviest = new Float64Array(1 << n)
  for (let set = 1; set < 1 << n; set++) {
    const highest = 31 - Math.clz32(set)
    const others = set ^ (1 << highest)
    let value = heaviest[others]
    for (let v = 0; v < highest; v++) {
      if ((others >> v) & 1 && best[highest][v] > 0) {
        value = Math.max(value, best[highest][v] + heaviest[others ^ (1 << v)])
      }
    }
    heaviest[set] = value
  }
  return heaviest[(1 << n) - 1]
}

/**
 * Weight of a heaviest matching between `left` (rows) and right vertices (columns), `weight[row][column]`, by the method of
 * shortest augmenting paths with potentials (Kuhn 1955, Jonker and Volgenant 1987); a pair of weight ≤ 0 counts as none.
 */
export function heaviestAssignment(weight: number[][], columnCount: number): number {
  const rows = weight.length
  // A square matrix of costs; what is padded, or does not help, costs 0: those pairs mean "alone".
  const size = Math.max(rows, columnCount)
  const cost = (row: number, column: number) => -Math.max(0, weight[row]?.[column] ?? 0)
  const rowPotential = new Float64Array(size)
  const columnPotential = new Float64Array(size)
  const rowOf = new Int32Array(size).fill(-1)
  for (let first = 0; first < size; first++) {
    const distance = new Float64Array(size).fill(Number.POSITIVE_INFINITY)
    const before = new Int32Array(size).fill(-1)
    const done = new Uint8Array(size)
    let row = first
    let from = -1
    let offset = 0
    let column = -1
    do {
      for (let j = 0; j < size; j++) {
        if (done[j]) continue
        const through = offset + cost(row, j) - rowPotential[row] - columnPotential[j]
        if (through < distance[j]) {
          distance[j] = through
          before[j] = from
        }
      }
      column = -1
      for (let j = 0; j < size; j++) {
        if (!done[j] && (column < 0 || distance[j] < distance[column])) column = j
      }
      done[column] = 1
      offset = distance[column]
      from = column
      row = rowOf[column]
    } while (row >= 0)

    rowPotential[first] += offset
    for (let j = 0; j < size; j++) {
      if (!done[j] || j === column) continue
      rowPotential[rowOf[j]] += offset - distance[j]
      columnPotential[j] -= offset - distance[j]
    }
    for (let j = column; j >= 0; j = before[j]) rowOf[j] = before[j] < 0 ? first : rowOf[before[j]]
  }
  let total = 0
  for (let column = 0; column < size; column++) total -= cost(rowOf[column], column)
  return total
}
