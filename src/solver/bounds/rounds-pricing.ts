/**
 * Pricing for the LP over rounds: for every span of cells and every length, the dearest round by a maximum-weight matching, exact in
 * integers. It finds columns, and what a bound needs: by how much any round at all is worth more than its time costs.
 */
import type { Kernel } from '../../kernel/types.js'
import type { RoundsProblem } from '../rounds/problem.js'
import { type Cells, type Span, type TimePrices, timeCost } from './rounds-cells.js'

export interface PricedRound {
  span: Span
  /** Classes of its members, with repeats. */
  members: number[]
  /** Longest member, ticks. */
  length: number
  /** Worth of its members ÷ cost of its time. */
  ratio: number
}

export interface Pricing {
  /** Rounds worth more than their time, the dearest of each span. */
  rounds: PricedRound[]
  /** No round is worth more than `worth / cost` ≥ 1 times its time: exact integers. `cost` 0: some round costs nothing. */
  worth: number
  cost: number
}

/** Relative excess that makes a round worth reporting. */
const TOLERANCE = 1e-6

/** Ends of tasks as vertices: one for each slot, no more of them than tasks. */
interface Graph {
  vertexCount: number
  endA: Int32Array
  endB: Int32Array
  /** [edges] index into `pairs`. */
  pair: Int32Array
}

export class RoundsPricer {
  readonly #kernel: Kernel
  readonly #problem: RoundsProblem
  readonly #graph: Graph
  /** [classes] the pair of nodes that it runs between. */
  readonly #pairOf: Int32Array
  readonly #pairCount: number
  /** Classes, shortest first. */
  readonly #byDuration: readonly number[]
  matchings = 0

  constructor(kernel: Kernel, problem: RoundsProblem) {
    this.#kernel = kernel
    this.#problem = problem
    const pairs = new Map<string, number>()
    this.#pairOf = Int32Array.from(problem.classes, ({ resourceA: a, resourceB: b }) => {
      const key = `${Math.min(a, b)},${Math.max(a, b)}`
      const pair = pairs.get(key) ?? pairs.size
      pairs.set(key, pair)
      return pair
    })
    this.#pairCount = pairs.size
    this.#graph = makeGraph(problem, this.#pairOf, pairs.size)
    this.#byDuration = problem.classes
      .map((_, c) => c)
      .sort((a, b) => problem.classes[a].duration - problem.classes[b].duration || a - b)
  }

  get edgeCount(): number {
    return this.#graph.pair.length
  }

  /** @param prices [classes] integers from 0 to 2^28, one task's worth. */
  price(cells: Cells, prices: Int32Array, time: TimePrices): Pricing {
    const any = this.#anywhere(prices)
    const result: Pricing = { rounds: [], worth: 1, cost: 1 }
    // The same tasks are open in many spans.
    const known = new Map<string, { worth: number; members: number[] }>()
    for (let first = 0; first < cells.count; first++) {
      for (let last = first; last < cells.count; last++) {
        const span = { first, last }
        // Whatever is longer costs no less: once even the dearest round is not worth the inner cells, none of longer spans is.
        const least = timeCost(cells, span, 0, time) ?? 0
        if (any.most <= least) break
        if (!cells.closes(span)) continue
        const best = this.#priceSpan(cells, span, prices, time, any.upTo, result, known)
        if (best !== undefined) result.rounds.push(best)
      }
    }
    return result
  }

  #priceSpan(
    cells: Cells,
    span: Span,
    prices: Int32Array,
    time: TimePrices,
    upTo: Float64Array,
    result: Pricing,
    known: Map<string, { worth: number; members: number[] }>,
  ): PricedRound | undefined {
    const { classes } = this.#problem
    const bestOfPair = new Int32Array(this.#pairCount).fill(-1)
    let found: PricedRound | undefined
    let changed = false
    const order = this.#byDuration
    for (let k = 0; k < order.length; k++) {
      const c = order[k]
      if (prices[c] > 0 && cells.fits(c, span)) {
        const rival = bestOfPair[this.#pairOf[c]]
        if (rival < 0 || prices[c] > prices[rival]) {
          bestOfPair[this.#pairOf[c]] = c
          changed = true
        }
      }
      const { duration } = classes[c]
      const next = k + 1 < order.length ? classes[order[k + 1]].duration : Number.POSITIVE_INFINITY
      if (!changed || next === duration) continue
      // Lengths below the inner cells' cost the same: only the longest of them counts.
      if (next <= cells.inner(span)) continue
      const cost = timeCost(cells, span, duration, time)
      if (cost === undefined) break
      changed = false
      if (upTo[k] <= cost) continue
      const { worth, members } = this.#match(bestOfPair, prices, known)
      if (worth * result.cost > result.worth * cost) {
        result.worth = worth
        result.cost = cost
      }
      if (worth <= cost * (1 + TOLERANCE)) continue
      const ratio = cost === 0 ? Number.POSITIVE_INFINITY : worth / cost
      if (found === undefined || ratio > found.ratio) {
        const length = members.reduce((longest, m) => Math.max(longest, classes[m].duration), 0)
        found = { span, members, length, ratio }
      }
    }
    return found
  }

  #match(
    bestOfPair: Int32Array,
    prices: Int32Array,
    known: Map<string, { worth: number; members: number[] }>,
  ): { worth: number; members: number[] } {
    const key = bestOfPair.join()
    const before = known.get(key)
    if (before !== undefined) return before
    const { vertexCount, endA, endB, pair } = this.#graph
    const weight = new Int32Array(pair.length)
    for (let e = 0; e < pair.length; e++) {
      const c = bestOfPair[pair[e]]
      if (c >= 0) weight[e] = prices[c]
    }
    const matching = this.#kernel.maximumWeightMatching({ vertexCount, endA, endB, weight })
    this.matchings++
    const answer = {
      worth: matching.weight,
      members: Array.from(matching.edges, (e) => bestOfPair[pair[e]]),
    }
    known.set(key, answer)
    return answer
  }

  /** Worth of the dearest round of tasks up to each place of `#byDuration`, whenever it may run; and of all tasks. */
  #anywhere(prices: Int32Array): { upTo: Float64Array; most: number } {
    const { classes } = this.#problem
    const order = this.#byDuration
    const upTo = new Float64Array(order.length)
    const bestOfPair = new Int32Array(this.#pairCount).fill(-1)
    let most = 0
    let changed = false
    for (let k = 0; k < order.length; k++) {
      const c = order[k]
      const rival = bestOfPair[this.#pairOf[c]]
      if (prices[c] > 0 && (rival < 0 || prices[c] > prices[rival])) {
        bestOfPair[this.#pairOf[c]] = c
        changed = true
      }
      const last = k + 1 === order.length || classes[order[k + 1]].duration > classes[c].duration
      if (changed && last) {
        most = this.#match(bestOfPair, prices, new Map()).worth
        changed = false
      }
      upTo[k] = most
    }
    return { upTo, most }
  }
}

function makeGraph(problem: RoundsProblem, pairOf: Int32Array, pairCount: number): Graph {
  const { capacity, resourceCount } = problem.problem
  const degree = new Int32Array(resourceCount)
  const tasksOf = new Int32Array(pairCount)
  const endsOf: [number, number][] = Array.from({ length: pairCount }, () => [-1, -1])
  problem.classes.forEach(({ resourceA, resourceB, tasks }, c) => {
    if (resourceA >= 0) degree[resourceA] += tasks.length
    if (resourceB >= 0) degree[resourceB] += tasks.length
    tasksOf[pairOf[c]] += tasks.length
    endsOf[pairOf[c]] = [resourceA, resourceB]
  })
  let vertexCount = 0
  const slots = Array.from(degree, (d, r) => {
    const count = Math.min(d, capacity[r])
    vertexCount += count
    return Array.from({ length: count }, (_, i) => vertexCount - count + i)
  })
  const endA: number[] = []
  const endB: number[] = []
  const pair: number[] = []
  endsOf.forEach(([a, b], p) => {
    // A task without a second resource gets a vertex of its own there.
    const other = (r: number, opposite: number) => {
      if (r >= 0) return slots[r]
      const count = opposite >= 0 ? slots[opposite].length : tasksOf[p]
      vertexCount += count
      return Array.from({ length: count }, (_, i) => vertexCount - count + i)
    }
    const left = other(a, b)
    const right = other(b, a)
    for (const u of left) {
      for (const v of right) {
        endA.push(u)
        endB.push(v)
        pair.push(p)
      }
    }
  })
  return {
    vertexCount,
    endA: Int32Array.from(endA),
    endB: Int32Array.from(endB),
    pair: Int32Array.from(pair),
  }
}
