/**
 * When works can be, all at once: a linear program with a variable for each work and each short span in which it may start (the time-indexed
 * formulation of scheduling, Dyer & Wolsey 1990). At each instant of a grid works take crews and memory: their own node's for as long as they last, and before and after it what its slots
 * cannot have sent or taken by then, its windows counted. VMs that windows hold where they are keep works from their nodes. Where fewer works than all can be done
 * by T, no plan ends by T. The program only proposes prices of the instants: what they prove is reckoned here, by weak duality.
 */
import { greatest } from '../../../lists.js'
import type { LpService } from '../../../lp/types.js'
import type { Intervals } from '../../../model/instance.js'
import { freeTimeBefore, unionIntervals } from '../../../model/intervals.js'
import type { Night } from '../../rolling/night.js'
import type { Ends } from './ends.js'
import { type HeldRow, heldRows } from './held.js'
import { type Corner, loadsOf, type Memory, rampOf } from './memory.js'

/** Clips of memory (see `memoryBound`), from none to just below the largest node. */
const CLIPS = 6
/** In the program shares are multiples of this, and left out below the least. */
const GRAIN = 2 ** -14
const LEAST_SHARE = 2 ** -10
/** Steps of the grid: with fewer it says too little. */
const LEAST_STEPS = 40
/** Of what would be enough: the bound is not looked for more closely. */
const CLOSE = 1e-3
/** Parts of a step by which starts are told apart where prices are judged. */
const PARTS = 16
/** Of a work. */
const TOLERANCE = 1e-6

export interface TimeIndexedLimits {
  /** Ticks: what is known, and what would be enough. */
  low: number
  high: number
  /** Variables of a program, steps of its grid, and programs that are solved, at most. */
  variables: number
  steps: number
  programs: number
}

/** @returns ticks; `low` where nothing better is proven. */
export async function timeIndexedBound(
  night: Night,
  ends: Ends,
  memory: Memory | undefined,
  crews: number,
  lp: LpService,
  { low, high, variables, steps: most, programs }: TimeIndexedLimits,
): Promise<number> {
  const { nodes } = ends
  const steps = Math.min(most, Math.floor(variables / Math.max(1, nodes.length)))
  if (nodes.length < 2 || high <= low || steps < LEAST_STEPS) return low
  const program = new Program(night, ends, memory, crews, Math.ceil(high / steps), steps)
  let proven = low
  let beyond = high
  for (let i = 0; i < programs && beyond - proven > CLOSE * high; i++) {
    // What is wanted is often true: the first looks just below it.
    const at = i === 0 ? beyond - 1 : Math.floor((proven + beyond) / 2)
    const prices = await program.pricesAt(at, lp)
    const reached = prices === undefined ? 0 : program.provenBy(prices)
    if (reached > proven) proven = Math.min(reached, high)
    if (reached <= at) beyond = at
  }
  return proven
}

class Program {
  readonly #night: Night
  readonly #ends: Ends
  readonly #step: number
  readonly #steps: number
  readonly #clips: readonly Clip[]
  readonly #held: readonly HeldRow[]
  readonly #profiles: readonly (Profile | undefined)[]
  /** [rows] crews at each instant, then memory above each clip at each, then what is held. */
  readonly #capacity: Float64Array

  constructor(
    night: Night,
    ends: Ends,
    memory: Memory | undefined,
    crews: number,
    step: number,
    steps: number,
  ) {
    this.#night = night
    this.#ends = ends
    this.#step = step
    this.#steps = steps
    this.#clips = memory === undefined ? [] : clipsOf(memory, ends.nodes)
    this.#held = heldRows(night, ends.nodes)
    this.#profiles = ends.nodes.map((n) => (memory === undefined ? undefined : new Profile(night, memory, n)))
    const instants = steps + 1
    const shared = (1 + this.#clips.length) * instants
    this.#capacity = new Float64Array(shared + this.#held.length).fill(1)
    this.#capacity.fill(crews, 0, instants)
    this.#held.forEach(({ most }, i) => {
      this.#capacity[shared + i] = most
    })
  }

  /** What the work takes of a row at least, wherever in [first, last] it starts. */
  #share(work: number, row: number, first: number, last: number): number {
    const instants = this.#steps + 1
    const kind = Math.floor(row / instants)
    const length = this.#night.workTicks[this.#ends.nodes[work]]
    if (kind > this.#clips.length) {
      const { from, until, shares } = this.#held[row - (1 + this.#clips.length) * instants]
      return last < until && first + length > from ? shares[work] : 0
    }
    const t = (row % instants) * this.#step
    if (kind === 0) return t >= last && t < first + length ? 1 : 0
    const { clip, most } = this.#clips[kind - 1]
    // As a function of the start what is free at an instant rises, and falls again.
    const profile = this.#profiles[work]!
    return Math.max(0, Math.min(profile.at(t, first), profile.at(t, last)) - clip) / most
  }

  /** The first start of the work in (from, until]; −1: there is none. */
  #start(work: number, from: number, until: number): number {
    const n = this.#ends.nodes[work]
    const start = this.#night.workStart(n, Math.max(this.#ends.head[n], from + 1))
    return start > until ? -1 : start
  }

  #end(work: number, start: number): number {
    const n = this.#ends.nodes[work]
    return this.#ends.finish(n, start + this.#night.workTicks[n])
  }

  /** Of rows, by the most works that can be done by so late; undefined where there is no answer. */
  async pricesAt(end: number, lp: LpService): Promise<Float64Array | undefined> {
    const works = this.#ends.nodes.length
    const columnStart = [0]
    const rowIndex: number[] = []
    const value: number[] = []
    for (let work = 0; work < works; work++) {
      for (let k = -1; k < this.#steps; k++) {
        const start = this.#start(work, k * this.#step, (k + 1) * this.#step)
        if (start < 0 || this.#end(work, start) > end) continue
        rowIndex.push(work)
        value.push(1)
        for (let row = 0; row < this.#capacity.length; row++) {
          const share =
            Math.floor(this.#share(work, row, start, (start + (k + 1) * this.#step) / 2) / GRAIN) * GRAIN
          if (share < LEAST_SHARE) continue
          rowIndex.push(works + row)
          value.push(share)
        }
        columnStart.push(rowIndex.length)
      }
    }
    const columnCount = columnStart.length - 1
    if (columnCount === 0) return new Float64Array(this.#capacity.length)
    const rowUpper = new Float64Array(works + this.#capacity.length).fill(1)
    rowUpper.set(this.#capacity, works)
    const { dual } = await lp.solve(
      {
        rowCount: rowUpper.length,
        columnCount,
        cost: new Float64Array(columnCount).fill(-1),
        columnStart: Int32Array.from(columnStart),
        rowIndex: Int32Array.from(rowIndex),
        value: Float64Array.from(value),
        rowLower: new Float64Array(rowUpper.length).fill(Number.NEGATIVE_INFINITY),
        rowUpper,
        upper: new Float64Array(columnCount).fill(Number.POSITIVE_INFINITY),
      },
      { backend: 'highs' },
    )
    return dual.length === 0 ? undefined : dual.slice(works).map((price) => Math.max(0, -price))
  }

  /**
   * No plan ends before this. At any prices works that are done by T are at most what all rows are worth, and of each work what its best start by T
   * yields: 1 less its price.
   */
  provenBy(prices: Float64Array): number {
    const works = this.#ends.nodes.length
    const priced = [...prices.keys()].filter((row) => prices[row] > 0)
    let most = priced.reduce((sum, row) => sum + this.#capacity[row] * prices[row], 0)
    if (most > works - TOLERANCE) return 0
    const starts: { work: number; first: number; last: number; end: number }[] = []
    const fine = Math.max(1, Math.ceil(this.#step / PARTS))
    for (let work = 0; work < works; work++) {
      for (let from = -1; from < this.#steps * this.#step; from += fine) {
        const first = this.#start(work, from, from + fine)
        if (first >= 0) starts.push({ work, first, last: from + fine, end: this.#end(work, first) })
      }
    }
    starts.sort((a, b) => a.end - b.end)
    const yields = new Float64Array(works)
    for (const { work, first, last, end } of starts) {
      let own = 1
      for (const row of priced) own -= this.#share(work, row, first, last) * prices[row]
      if (own <= yields[work]) continue
      most += own - yields[work]
      yields[work] = own
      if (most > works - TOLERANCE) return end
    }
    return Number.POSITIVE_INFINITY
  }
}

interface Clip {
  clip: number
  most: number
}

/** How much a clip leaves of what is free, at most. */
function clipsOf({ most, free }: Memory, nodes: readonly number[]): Clip[] {
  const sizes = [...most].sort((a, b) => b - a)
  const largest = greatest(nodes.map((n) => most[n]))
  const clips: Clip[] = []
  for (let i = 0; i < CLIPS; i++) {
    const clip = (largest * i) / CLIPS
    let highest = 0
    let together = 0
    sizes.forEach((size, j) => {
      together += size
      highest = Math.max(highest, Math.min(free, together) - (j + 1) * clip)
    })
    if (highest > 0) clips.push({ clip, most: highest })
  }
  return clips
}

/** What is free on a node at least before, while and after it is worked on. */
class Profile {
  readonly #closed: Intervals
  readonly #corners: readonly Corner[]
  readonly #most: number
  readonly #length: number

  constructor(night: Night, { most }: Memory, n: number) {
    const { clusterWindows, nodeWindows, nodeSlots } = night.instance
    this.#closed = unionIntervals(clusterWindows, nodeWindows[n])
    this.#corners = rampOf(loadsOf(night, n), nodeSlots[n])
    this.#most = most[n]
    this.#length = night.workTicks[n]
  }

  /** At an instant, where the work begins at `start`. */
  at(t: number, start: number): number {
    const end = start + this.#length
    if (t >= start && t < end) return this.#most
    const [from, until] = t < start ? [t, start] : [end, t]
    const open = freeTimeBefore(this.#closed, until) - freeTimeBefore(this.#closed, from)
    return this.#most - carried(this.#corners, open)
  }
}

/** Memory that slots carry in so many ticks. */
function carried(corners: readonly Corner[], ticks: number): number {
  let [low, high] = [0, corners.length - 1]
  if (ticks >= corners[high].ticks) return corners[high].memory
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (corners[middle].ticks <= ticks) low = middle
    else high = middle
  }
  const [a, b] = [corners[low], corners[high]]
  return a.memory + ((b.memory - a.memory) * (ticks - a.ticks)) / (b.ticks - a.ticks)
}
