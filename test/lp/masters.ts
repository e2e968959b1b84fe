/** Masters of the matching LP, with and without windows, and brute-force pricing for them. */
import type { DualMaster, LinearProgram, LpSolution, SparseRows } from '../../src/lp/types.js'
import { below, type Column, program, type Random } from './programs.js'

export interface Instance {
  /** Ends of each migration. */
  ends: [number, number][]
  duration: number[]
  /** Length of each interval type; empty: no windows. */
  length: number[]
  /** allowed[k][i]: migration i may run in interval k. */
  allowed: boolean[][]
}

export function instance(random: Random, nodes: number, migrations: number, intervals: number): Instance {
  const ends: [number, number][] = []
  const duration: number[] = []
  for (let i = 0; i < migrations; i++) {
    const a = below(random, nodes)
    ends.push([a, (a + 1 + below(random, nodes - 1)) % nodes])
    duration.push(1000 * (1 + below(random, 30)))
  }
  const length = Array.from({ length: intervals }, () => 1000 * (1 + below(random, 500)))
  const allowed = length.map(() => ends.map(() => random() < 0.7))
  // Every migration needs a place.
  ends.forEach((_, i) => {
    if (intervals > 0 && !allowed.some((row) => row[i])) allowed[below(random, intervals)][i] = true
  })
  return { ends, duration, length, allowed }
}

/** Every maximal way to pick pairwise disjoint migrations among those allowed, as lists of indices. */
export function matchings(it: Instance, interval: number): number[][] {
  const found: number[][] = []
  const chosen: number[] = []
  const used = new Set<number>()
  const walk = (i: number) => {
    if (i === it.ends.length) {
      if (chosen.length > 0) found.push([...chosen])
      return
    }
    const [a, b] = it.ends[i]
    if (!used.has(a) && !used.has(b) && (interval < 0 || it.allowed[interval][i])) {
      used.add(a).add(b)
      chosen.push(i)
      walk(i + 1)
      chosen.pop()
      used.delete(a)
      used.delete(b)
    }
    walk(i + 1)
  }
  walk(0)
  return found
}

export function rowsOf(list: { entries: [number, number][]; rhs: number }[]): SparseRows {
  const rowStart = new Int32Array(list.length + 1)
  const index: number[] = []
  const value: number[] = []
  list.forEach((row, r) => {
    for (const [j, v] of row.entries) {
      index.push(j)
      value.push(v)
    }
    rowStart[r + 1] = index.length
  })
  return {
    rowStart,
    index: Int32Array.from(index),
    value: Float64Array.from(value),
    rhs: Float64Array.from(list, (row) => row.rhs),
  }
}

type Row = { entries: [number, number][]; rhs: number }

export function roundRow(it: Instance, interval: number, members: number[]): Row {
  const entries = members.map((i): [number, number] => [i, 1])
  if (it.length.length === 0) return { entries, rhs: 1 }
  return { entries: [...entries, [it.ends.length + interval, -1]], rhs: 0 }
}

export function profitOf(it: Instance): Float64Array {
  return Float64Array.from([...it.duration, ...it.length.map(() => 0)])
}

/** The rows to begin with: every single migration wherever it is allowed, and the normalisation. */
export function firstRows(it: Instance): Row[] {
  const rows: Row[] = []
  const intervals = it.length.length === 0 ? [-1] : it.length.map((_, k) => k)
  for (const k of intervals) {
    it.ends.forEach((_, i) => {
      if (k < 0 || it.allowed[k][i]) rows.push(roundRow(it, k, [i]))
    })
  }
  if (it.length.length > 0) {
    rows.push({ entries: it.length.map((len, k): [number, number] => [it.ends.length + k, len]), rhs: 1 })
  }
  return rows
}

/** The whole master at once, as a minimisation of −profit. */
export function fullProgram(it: Instance): LinearProgram {
  const rows = [...firstRows(it)]
  const intervals = it.length.length === 0 ? [-1] : it.length.map((_, k) => k)
  for (const k of intervals)
    for (const members of matchings(it, k)) if (members.length > 1) rows.push(roundRow(it, k, members))
  const columns: Column[] = [...profitOf(it)].map((p) => ({ cost: -p, entries: [] }))
  rows.forEach((row, r) => {
    for (const [j, v] of row.entries) columns[j].entries.push([r, v])
  })
  return program(
    columns,
    rows.map(() => -Infinity),
    rows.map((row) => row.rhs),
  )
}

/** Column generation to the end, each interval adding its heaviest violated rounds. */
export async function generateColumns(
  it: Instance,
  master: DualMaster,
  perInterval = 3,
  maxIterations = 400,
): Promise<{ last: LpSolution; rows: number; iterations: number }> {
  const intervals = it.length.length === 0 ? [-1] : it.length.map((_, k) => k)
  const all = intervals.map((k) => matchings(it, k))
  const first = firstRows(it)
  let rows = first.length
  let last = await master.addRowsAndSolve(rowsOf(first))
  for (let iteration = 1; iteration <= maxIterations; iteration++) {
    if (last.status !== 'optimal') return { last, rows, iterations: iteration }
    const y = last.x
    const size = Math.max(...y)
    const added: Row[] = []
    intervals.forEach((k, n) => {
      const limit = k < 0 ? 1 : y[it.ends.length + k]
      const scored = all[n]
        .map((members) => ({ members, weight: members.reduce((sum, i) => sum + y[i], 0) }))
        .filter(({ weight }) => weight > limit + 1e-8 * size)
        .sort((p, q) => q.weight - p.weight)
      for (const { members } of scored.slice(0, perInterval)) added.push(roundRow(it, k, members))
    })
    if (added.length === 0) return { last, rows, iterations: iteration }
    rows += added.length
    last = await master.addRowsAndSolve(rowsOf(added))
  }
  throw new Error('column generation does not end')
}
