/**
 * The matching LP: the preemptive relaxation of the schedule, solved by column generation.
 *
 * Rows are groups of migrations of one node pair with the same forbidden intervals, their durations summed. A column is a round (a
 * matching) used in one type of time: instants at which the same rows are open are alike. At a trial makespan T the master
 * asks by what factor θ all time before T would have to be stretched to hold all work; θ > 1 refutes T. Its dual prices π
 * give, by weak duality, the bound
 *
 *     least T with ∫₀ᵀ W_t(π) dt ≥ Σ d_i π_i,   W_t(π) = weight of a maximum-weight matching of the rows open at t,
 *
 * which holds for *any* π ≥ 0. Only this counts: the LP proposes π, the kernel computes each W exactly in integers, and the sum is
 * exact too. Trial makespans follow Newton's method: the bound of one master is the T of the next.
 *
 * With several slots a node stands as that many vertices, which relaxes nothing but that a migration could run beside itself.
 * (Fractional edge colouring by matchings: Edmonds 1965; its column generation: Gilmore & Gomory 1961.)
 */

import type { Kernel, WeightedGraph } from '../../kernel/types.js'
import { firstWhere, greatest } from '../../lists.js'
import type { LpService, SparseRows } from '../../lp/types.js'
import type { SearchContext } from '../context.js'
import type { Run } from '../run.js'
import { isBipartite } from './bipartite.js'
import { closeShortGaps } from './node-availability.js'
import type { FixedLeg } from './plan-bound.js'

/** Integer value of the dearest row when prices are made integers for the kernel. */
const PRICE_SCALE = 2 ** 24
/** Reduced cost that makes a column worth adding, relative to a stretch factor of about 1. */
const REDUCED_COST_TOLERANCE = 1e-7

interface Row {
  from: number
  to: number
  /** Legs that it stands for. */
  members: number
  /** Summed duration, ticks. */
  work: number
  /** Forbidden for every member, gaps too short for the shortest member closed. */
  closed: Int32Array
}

/** Time at which the same rows are open. */
interface TimeType {
  open: Uint8Array
  /** Flat pairs [start, end), in order; the last type's last piece is open-ended (end = Infinity). */
  pieces: number[]
}

export interface MatchingLpResult {
  /** Certified makespan bound, ticks. */
  bound: number
  /** Rounds of the last master with a positive share, as lists of node pairs' leg groups; most used first. */
  rounds: number[][]
  /** [legs] row of each leg, −1 where it holds no slot. */
  rowOfLeg: Int32Array
  /** `''`, or why the LP was left out or ended early. */
  note: string
}

export interface MatchingLpTask {
  /** Each must happen. */
  legs: readonly FixedLeg[]
  /** A bound that holds already, ticks. */
  known: number
  /** A makespan that was reached: no bound above it is needed, ticks. */
  enough: number
  /** Whether the LP's rounds are of use where its bound is known without it. */
  wantsRounds: boolean
}

export async function matchingLpBound(
  { instance, kernel, run, forbidden }: SearchContext,
  lp: LpService,
  { legs, known, enough, wantsRounds }: MatchingLpTask,
): Promise<MatchingLpResult> {
  const { nodeSlots: slots, horizon } = instance
  const { matchingMostRows, matchingMostEdges, matchingMostTypes, matchingMasters } = run.parameters.bounds
  const { rows, rowOfLeg } = makeRows(
    legs,
    legs.map(({ vm, from, to }) => forbidden.of(vm, from, to)),
  )
  const result: MatchingLpResult = { bound: known, rounds: [], rowOfLeg, note: '' }
  if (rows.length === 0) return result
  if (!wantsRounds && loadsAreExact(rows, slots)) {
    result.bound = Math.max(known, largestLoad(rows))
    result.note = 'left out: no windows and no odd cycle, so that node loads are all it could see'
    return result
  }
  const edges = rows.length > matchingMostRows ? Number.POSITIVE_INFINITY : edgeCount(rows, slots)
  if (edges > matchingMostEdges) {
    result.note = `left out: ${rows.length} rows`
    return result
  }
  const graph = expandSlots(rows, slots)
  const types = timeTypes(rows, enough, horizon)
  if (types.length > matchingMostTypes) {
    result.note = `left out: ${types.length} types of time`
    return result
  }
  const pricer = new Pricer(kernel, rows, graph, types)
  const pool = new ColumnPool(rows.length, types)
  const problem = { lp, run, rows, types, pricer, pool }

  let trial = Math.max(known, 1)
  for (let master = 0; master < matchingMasters && trial < enough; master++) {
    const outcome = await solveMaster(problem, trial, enough)
    if (outcome.bound > result.bound) result.bound = outcome.bound
    result.rounds = outcome.rounds
    if (outcome.note !== '') result.note = outcome.note
    if (run.stopped || outcome.note !== '' || result.bound <= trial) break
    // Newton: without windows one master is exact.
    if (types.length === 1) break
    trial = result.bound
  }
  run.count('columns', pool.size)
  return result
}

function makeRows(legs: readonly FixedLeg[], forbidden: readonly Int32Array[]) {
  const rows: Row[] = []
  const rowOfLeg = new Int32Array(legs.length).fill(-1)
  const listIds = new Map<Int32Array, number>()
  const index = new Map<string, number>()
  const shortest: number[] = []
  legs.forEach((leg, i) => {
    if (leg.shortest === 0) return
    let list = listIds.get(forbidden[i])
    if (list === undefined) {
      list = listIds.size
      listIds.set(forbidden[i], list)
    }
    const key = `${Math.min(leg.from, leg.to)},${Math.max(leg.from, leg.to)},${list}`
    let r = index.get(key)
    if (r === undefined) {
      r = rows.length
      index.set(key, r)
      rows.push({ from: leg.from, to: leg.to, members: 0, work: 0, closed: forbidden[i] })
      shortest.push(leg.shortest)
    }
    rows[r].work += leg.work
    rows[r].members += leg.atOnce
    shortest[r] = Math.min(shortest[r], leg.shortest)
    rowOfLeg[i] = r
  })
  rows.forEach((row, r) => {
    row.closed = closeShortGaps(row.closed, shortest[r])
  })
  return { rows, rowOfLeg }
}

/**
 * Without windows and odd cycles the preemptive relaxation is as long as the busiest node's load (Kőnig 1916). A
 * node with several slots may have too few migrations to fill them: left to the LP.
 */
function loadsAreExact(rows: readonly Row[], slots: Int32Array): boolean {
  if (rows.some(({ from, to, closed }) => closed.length > 0 || slots[from] > 1 || slots[to] > 1)) return false
  return isBipartite(rows)
}

function largestLoad(rows: readonly Row[]): number {
  const load = new Map<number, number>()
  for (const { from, to, work } of rows) {
    load.set(from, (load.get(from) ?? 0) + work)
    load.set(to, (load.get(to) ?? 0) + work)
  }
  return greatest(load.values())
}

interface ExpandedGraph {
  vertexCount: number
  endA: Int32Array
  endB: Int32Array
  /** [edges] row of each edge. */
  row: Int32Array
}

/** Migrations of each node. */
function degrees(rows: readonly Row[]): Map<number, number> {
  const degree = new Map<number, number>()
  for (const { from, to, members } of rows) {
    degree.set(from, (degree.get(from) ?? 0) + members)
    degree.set(to, (degree.get(to) ?? 0) + members)
  }
  return degree
}

/** Edges that `expandSlots` would make. */
function edgeCount(rows: readonly Row[], slots: Int32Array): number {
  const degree = degrees(rows)
  const copies = (node: number) => Math.min(slots[node], degree.get(node) ?? 0)
  return rows.reduce((sum, { from, to }) => sum + copies(from) * copies(to), 0)
}

/** One vertex a slot, but no more of them than the node has migrations. */
function expandSlots(rows: readonly Row[], slots: Int32Array): ExpandedGraph {
  const degree = degrees(rows)
  const first = new Map<number, number>()
  const copies = new Map<number, number>()
  let vertexCount = 0
  for (const [node, members] of degree) {
    const count = Math.min(slots[node], members)
    first.set(node, vertexCount)
    copies.set(node, count)
    vertexCount += count
  }
  const endA: number[] = []
  const endB: number[] = []
  const row: number[] = []
  rows.forEach(({ from, to }, r) => {
    for (let i = 0; i < (copies.get(from) ?? 0); i++) {
      for (let j = 0; j < (copies.get(to) ?? 0); j++) {
        endA.push((first.get(from) ?? 0) + i)
        endB.push((first.get(to) ?? 0) + j)
        row.push(r)
      }
    }
  })
  return { vertexCount, endA: Int32Array.from(endA), endB: Int32Array.from(endB), row: Int32Array.from(row) }
}

/** Cuts time at every boundary of a row's closed intervals and merges pieces at which the same rows are open. */
function timeTypes(rows: readonly Row[], until: number, horizon: number): TimeType[] {
  const cuts = new Set<number>([0])
  const end = Math.min(until, horizon)
  for (const { closed } of rows) for (const t of closed) if (t < end) cuts.add(t)
  const times = [...cuts].sort((a, b) => a - b)
  const types = new Map<string, TimeType>()
  times.forEach((start, i) => {
    const open = new Uint8Array(rows.length)
    rows.forEach(({ closed }, r) => {
      open[r] = isClosed(closed, start) ? 0 : 1
    })
    const key = open.join('')
    let type = types.get(key)
    if (type === undefined) {
      type = { open, pieces: [] }
      types.set(key, type)
    }
    type.pieces.push(start, i + 1 < times.length ? times[i + 1] : Number.POSITIVE_INFINITY)
  })
  return [...types.values()]
}

function isClosed(closed: Int32Array, t: number): boolean {
  for (let i = 0; i < closed.length && closed[i] <= t; i += 2) if (t < closed[i + 1]) return true
  return false
}

/** Ticks of the type's time in [0, t). */
function lengthBefore(type: TimeType, t: number): number {
  let length = 0
  for (let i = 0; i < type.pieces.length && type.pieces[i] < t; i += 2) {
    length += Math.min(type.pieces[i + 1], t) - type.pieces[i]
  }
  return length
}

interface PricedRound {
  type: number
  rows: number[]
  weight: number
}

class Pricer {
  readonly #kernel: Kernel
  readonly #rows: readonly Row[]
  readonly #types: readonly TimeType[]
  readonly #graph: ExpandedGraph

  constructor(kernel: Kernel, rows: readonly Row[], graph: ExpandedGraph, types: readonly TimeType[]) {
    this.#kernel = kernel
    this.#rows = rows
    this.#graph = graph
    this.#types = types
  }

  /** Maximum-weight round of each type under integer prices. */
  rounds(prices: Int32Array): PricedRound[] {
    const { vertexCount, endA, endB, row } = this.#graph
    return this.#types.map(({ open }, type) => {
      const weight = new Int32Array(row.length)
      for (let e = 0; e < row.length; e++) weight[e] = open[row[e]] === 1 ? prices[row[e]] : 0
      const graph: WeightedGraph = { vertexCount, endA, endB, weight }
      const matching = this.#kernel.maximumWeightMatching(graph)
      return { type, rows: Array.from(matching.edges, (e) => row[e]), weight: matching.weight }
    })
  }

  /** The certified bound of integer prices and their rounds: exact integers throughout. */
  bound(prices: Int32Array, rounds: readonly PricedRound[], limit: number): number {
    let need = 0n
    this.#rows.forEach(({ work }, r) => {
      need += BigInt(work) * BigInt(prices[r])
    })
    const have = (t: number) => {
      let sum = 0n
      for (const { type, weight } of rounds)
        sum += BigInt(lengthBefore(this.#types[type], t)) * BigInt(weight)
      return sum
    }
    if (have(limit) < need) return limit
    return firstWhere(limit, (mid) => have(mid) >= need)
  }
}

/** Columns found so far, without repeats. */
class ColumnPool {
  readonly rounds: { type: number; rows: number[] }[] = []
  readonly #seen = new Set<string>()
  readonly #rowCount: number

  constructor(rowCount: number, types: readonly TimeType[]) {
    this.#rowCount = rowCount
    // One row alone in each type in which it is open bounds the first master.
    types.forEach(({ open }, type) => {
      for (let r = 0; r < rowCount; r++) if (open[r] === 1) this.add(type, [r])
    })
  }

  get size(): number {
    return this.rounds.length
  }

  add(type: number, rows: number[]): boolean {
    const sorted = [...rows].sort((a, b) => a - b)
    const key = `${type}:${sorted.join(',')}`
    if (this.#seen.has(key)) return false
    this.#seen.add(key)
    this.rounds.push({ type, rows: sorted })
    return true
  }

  /**
   * Columns from `first` on whose type has time before the trial, as rows of the dual master. Variables: a price for each row, then a
   * value for each type; Σ π over the round − μ_type ≤ 0. The first call adds Σ length·μ ≤ 1. `sent` gets the index of each.
   */
  asRows(first: number, lengths: Float64Array, sent: number[]): SparseRows {
    const rowStart = [0]
    const index: number[] = []
    const value: number[] = []
    const rhs: number[] = []
    if (first === 0) {
      lengths.forEach((length, type) => {
        if (length === 0) return
        index.push(this.#rowCount + type)
        value.push(length)
      })
      rowStart.push(index.length)
      rhs.push(1)
    }
    for (let c = first; c < this.rounds.length; c++) {
      const { type, rows } = this.rounds[c]
      if (lengths[type] === 0) continue
      sent.push(c)
      for (let i = 0; i < rows.length; ) {
        let j = i
        while (j < rows.length && rows[j] === rows[i]) j++
        index.push(rows[i])
        value.push(j - i)
        i = j
      }
      index.push(this.#rowCount + type)
      value.push(-1)
      rowStart.push(index.length)
      rhs.push(0)
    }
    return {
      rowStart: Int32Array.from(rowStart),
      index: Int32Array.from(index),
      value: Float64Array.from(value),
      rhs: Float64Array.from(rhs),
    }
  }
}

interface MatchingProblem {
  lp: LpService
  run: Run
  rows: readonly Row[]
  types: readonly TimeType[]
  pricer: Pricer
  pool: ColumnPool
}

/** Column generation at one trial makespan. */
async function solveMaster(
  { lp, run, rows, types, pricer, pool }: MatchingProblem,
  trial: number,
  enough: number,
): Promise<{ bound: number; rounds: number[][]; note: string }> {
  const { matchingIterations, matchingStalled } = run.parameters.bounds
  // All in units of the trial makespan: coefficients near 1.
  const lengths = Float64Array.from(types, (type) => lengthBefore(type, trial) / trial)
  const profit = new Float64Array(rows.length + types.length)
  rows.forEach(({ work }, r) => {
    profit[r] = work / trial
  })
  const master = await lp.createDualMaster(profit)
  let bound = 0
  let note = ''
  let rounds: number[][] = []
  try {
    const sent: number[] = []
    let done = 0
    let stalled = 0
    for (let iteration = 0; iteration < matchingIterations; iteration++) {
      const solution = await master.addRowsAndSolve(pool.asRows(done, lengths, sent))
      run.countLp(solution)
      if (solution.status !== 'optimal') {
        note = `ended early: the master was ${solution.status}`
        break
      }
      done = pool.size
      rounds = usedRounds(pool, sent, solution.dual)
      const prices = integerPrices(solution.x, rows.length)
      const priced = pricer.rounds(prices.values)
      const certified = pricer.bound(prices.values, priced, enough)
      if (certified > bound) {
        if (certified > bound + 1) stalled = 0
        bound = certified
      }
      let added = false
      for (const round of priced) {
        if (lengths[round.type] === 0) continue
        const reducedCost = round.weight / prices.scale - solution.x[rows.length + round.type]
        if (reducedCost > REDUCED_COST_TOLERANCE && round.rows.length > 0)
          added = pool.add(round.type, round.rows) || added
      }
      // A master value θ ≤ 1 can refute nothing: more columns only lower it.
      if (!added || bound >= enough || solution.objective <= 1 || ++stalled > matchingStalled) break
      if (await run.breathe()) break
    }
  } finally {
    await master.dispose()
  }
  return { bound, rounds, note }
}

function integerPrices(y: Float64Array, rowCount: number): { values: Int32Array; scale: number } {
  let top = 0
  for (let r = 0; r < rowCount; r++) if (y[r] > top) top = y[r]
  const scale = top > 0 ? PRICE_SCALE / top : 1
  const values = new Int32Array(rowCount)
  for (let r = 0; r < rowCount; r++) values[r] = Math.round(Math.max(0, y[r]) * scale)
  return { values, scale }
}

/** Rounds with a positive share in the master's primal solution, most used first. The first dual is the normalisation row's. */
function usedRounds(pool: ColumnPool, sent: readonly number[], dual: Float64Array): number[][] {
  const used: { rows: number[]; share: number; index: number }[] = []
  sent.forEach((column, i) => {
    const share = Math.abs(dual[i + 1] ?? 0)
    if (share > 1e-9) used.push({ rows: pool.rounds[column].rows, share, index: column })
  })
  used.sort((a, b) => b.share - a.share || a.index - b.index)
  return used.map((u) => u.rows)
}
