/** Seeded program makers for the LP tests: covering masters, assignment LPs, and arbitrary small ones. */
import type { LinearProgram } from '../../src/lp/types.js'

export type Random = () => number

export function createRandom(seed: number): Random {
  let state = seed >>> 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state / 4294967296
  }
}

export function below(random: Random, limit: number): number {
  return Math.floor(random() * limit)
}

export interface Column {
  cost: number
  entries: [row: number, value: number][]
  upper?: number
  integer?: boolean
}

export function program(columns: Column[], rowLower: number[], rowUpper: number[]): LinearProgram {
  const columnStart = new Int32Array(columns.length + 1)
  const rowIndex: number[] = []
  const value: number[] = []
  columns.forEach((column, j) => {
    for (const [row, v] of column.entries) {
      rowIndex.push(row)
      value.push(v)
    }
    columnStart[j + 1] = rowIndex.length
  })
  const lp: LinearProgram = {
    rowCount: rowLower.length,
    columnCount: columns.length,
    cost: Float64Array.from(columns, (c) => c.cost),
    columnStart,
    rowIndex: Int32Array.from(rowIndex),
    value: Float64Array.from(value),
    rowLower: Float64Array.from(rowLower),
    rowUpper: Float64Array.from(rowUpper),
    upper: Float64Array.from(columns, (c) => c.upper ?? Infinity),
  }
  if (columns.some((c) => c.integer)) lp.integer = Uint8Array.from(columns, (c) => (c.integer ? 1 : 0))
  return lp
}

/** By rows: what each is at least, its coefficients, what it is at most. */
export function dense(
  cost: readonly number[],
  rows: readonly (readonly [least: number, coefficients: readonly number[], most: number])[],
  rest: { upper?: readonly number[]; integer?: boolean } = {},
): LinearProgram {
  const columns = cost.map((each, j): Column => {
    const entries = rows.flatMap(([, { [j]: v }], i): Column['entries'] => (v === 0 ? [] : [[i, v]]))
    return { cost: each, entries, upper: rest.upper?.[j] ?? Infinity, integer: rest.integer === true }
  })
  const [least, most] = [rows.map(([bound]) => bound), rows.map(([, , bound]) => bound)]
  return program(columns, least, most)
}

/** `rows` migrations over `nodes` nodes, `count` random matchings with their longest member as cost; each covered once. */
export function coveringMaster(random: Random, rows: number, count: number, integer = false): LinearProgram {
  const nodes = Math.max(6, Math.round(rows / 5))
  const ends = Array.from({ length: rows }, () => {
    const a = below(random, nodes)
    const b = (a + 1 + below(random, nodes - 1)) % nodes
    return { a, b, duration: 10 + below(random, 20) * 10 }
  })
  const columns: Column[] = ends.map((e, i) => ({ cost: e.duration, entries: [[i, 1]], integer }))
  while (columns.length < count) {
    const used = new Uint8Array(nodes)
    const members = new Set<number>()
    for (let trial = 0; trial < nodes; trial++) {
      const i = below(random, rows)
      if (used[ends[i].a] || used[ends[i].b]) continue
      used[ends[i].a] = 1
      used[ends[i].b] = 1
      members.add(i)
    }
    const sorted = [...members].sort((p, q) => p - q)
    columns.push({
      cost: Math.max(...sorted.map((i) => ends[i].duration)),
      entries: sorted.map((i) => [i, 1]),
      integer,
    })
  }
  return program(columns, new Array(rows).fill(1), new Array(rows).fill(Infinity))
}

/**
 * Assignment of `classes` VM classes to `nodes` nodes, least T: Σ_j x_ij = count_i, Σ_i t_ij x_ij − T ≤ 0, memory rows. The shape
 * on which stock javascript-lp-solver loops for ever.
 */
export function assignment(random: Random, classes: number, nodes: number, integer = false): LinearProgram {
  const counts = Array.from({ length: classes }, () => 1 + below(random, 6))
  const seconds = Array.from({ length: classes }, () => 20 + below(random, 400))
  const memory = Array.from({ length: classes }, () => [4, 8, 16, 32, 64][below(random, 5)] * 1024)
  const speed = Array.from({ length: nodes }, () => [1, 1, 2][below(random, 3)])
  const need = counts.reduce((sum, n, i) => sum + n * memory[i], 0)
  const columns: Column[] = []
  for (let i = 0; i < classes; i++) {
    for (let j = 0; j < nodes; j++) {
      if (random() < 0.2 && j !== i % nodes) continue
      columns.push({
        cost: 0,
        integer,
        entries: [
          [i, 1],
          [classes + j, seconds[i] / speed[j]],
          [classes + nodes + j, memory[i]],
        ],
      })
    }
  }
  columns.push({ cost: 1, entries: Array.from({ length: nodes }, (_, j) => [classes + j, -1]) })
  const free = new Array(nodes).fill(-Infinity)
  return program(
    columns,
    [...counts, ...free, ...free],
    [...counts, ...new Array(nodes).fill(0), ...new Array(nodes).fill((need / nodes) * 1.6)],
  )
}

/** Small integers everywhere: ties, degenerate vertices, equalities, ranges, free rows, infeasible and unbounded programs. */
export function anything(random: Random, integer = false): LinearProgram {
  const rows = below(random, 9)
  const count = 1 + below(random, 9)
  const columns: Column[] = Array.from({ length: count }, () => {
    const entries: [number, number][] = []
    for (let i = 0; i < rows; i++) if (random() < 0.5) entries.push([i, below(random, 9) - 3])
    const column: Column = { cost: below(random, 11) - 3, entries }
    if (random() < 0.4) column.upper = below(random, 6)
    if (integer && random() < 0.7) column.integer = true
    return column
  })
  const low: number[] = []
  const high: number[] = []
  for (let i = 0; i < rows; i++) {
    const kind = below(random, 5)
    const b = random() < 0.3 ? 0 : below(random, 12) - 4
    low.push(kind === 0 || kind === 4 ? -Infinity : b)
    high.push(
      kind === 0 || kind === 2 ? b : kind === 3 ? b + below(random, 4) : kind === 1 ? Infinity : Infinity,
    )
    if (kind === 2) low[i] = b
  }
  return program(columns, low, high)
}
