/**
 * How migrations fit between windows: a live migration lies in one gap of the windows of its pair of nodes and its VM, and with it in one gap of
 * each node's own windows; and of a gap no more can be used than some set of migrations fills (subset sums). A master whose columns say not only
 * where to but also in which gap knows this, where one that counts each node's free time as a whole does not.
 */
import type { Instance, Intervals } from '../../model/instance.js'
import { unionIntervals } from '../../model/intervals.js'
import type { ForbiddenIntervals } from '../wishes/forbidden.js'
import type { Wish } from '../wishes/wish.js'

/** Longest gap whose subset sums are enumerated, ticks; longer ones count whole. */
const MAX_GAP = 4_000_000
/** Most durations that are added up for one gap. */
const MAX_ITEMS = 400

export interface Gap {
  /** Ticks. */
  start: number
  /** Ticks; Infinity after the last window. */
  end: number
}

/** The free time between closed intervals: the gaps that begin before `until`. */
export function gapsBetween(closed: Intervals, until = Number.POSITIVE_INFINITY): Gap[] {
  const gaps: Gap[] = []
  let start = 0
  for (let i = 0; i < closed.length && start < until; i += 2) {
    if (closed[i] > start) gaps.push({ start, end: closed[i] })
    start = closed[i + 1]
  }
  if (start < until) gaps.push({ start, end: Number.POSITIVE_INFINITY })
  return gaps
}

export class Packing {
  readonly #instance: Instance
  readonly #forbidden: ForbiddenIntervals
  readonly #wishes: readonly Wish[]
  /** By node: gaps of its own windows and the cluster's. */
  readonly #gaps: Gap[][]
  readonly #until: number
  readonly #fill = new Map<string, number>()
  /** By closed intervals: the gaps between them. */
  readonly #between = new Map<Intervals, Gap[]>()

  /**
   * @param wishes those that compete for the gaps.
   * @param until ticks: nothing that starts then or later is of interest.
   */
  constructor(instance: Instance, forbidden: ForbiddenIntervals, wishes: readonly Wish[], until: number) {
    this.#until = until
    this.#instance = instance
    this.#forbidden = forbidden
    this.#wishes = wishes
    this.#gaps = Array.from({ length: instance.nodeCount }, (_, n) =>
      gapsBetween(unionIntervals(instance.clusterWindows, instance.nodeWindows[n]), until),
    )
  }

  /** Gaps in which a live migration of the VM to the node can lie. */
  gapsOf(vm: number, node: number, duration: number): Gap[] {
    const closed = this.#forbidden.of(vm, this.#instance.vmNode[vm], node)
    let gaps = this.#between.get(closed)
    if (gaps === undefined) {
      gaps = gapsBetween(closed, this.#until)
      this.#between.set(closed, gaps)
    }
    return gaps.filter((gap) => gap.end - gap.start >= duration)
  }

  /** The gap of the node's own windows around an instant at which it is open. */
  around(node: number, at: number): Gap {
    const found = this.#gaps[node].find((gap) => gap.start <= at && at < gap.end)
    if (found === undefined) throw new Error(`node ${node} is closed at ${at}`)
    return found
  }

  /** The most slot-ticks of a gap of the node's own that migrations can fill; a whole number for each slot. */
  fill(node: number, gap: Gap): number {
    const key = `${node},${gap.start}`
    let most = this.#fill.get(key)
    if (most === undefined) {
      most = this.#instance.nodeSlots[node] * this.#mostIn(node, gap.end - gap.start)
      this.#fill.set(key, most)
    }
    return most
  }

  #mostIn(node: number, length: number): number {
    if (length > MAX_GAP) return length
    const { vmNode } = this.#instance
    const mask = (1n << BigInt(length + 1)) - 1n
    let sums = 1n
    let items = 0
    for (const wish of this.#wishes) {
      const durations = new Set<number>()
      for (const { kind, node: to, duration } of wish.choices)
        if (kind === 'live' && duration <= length && (to === node || vmNode[wish.vm] === node))
          durations.add(duration)
      items += durations.size
      if (items > MAX_ITEMS) return length
      let next = sums
      for (const duration of durations) next |= (sums << BigInt(duration)) & mask
      sums = next
    }
    return bitLength(sums) - 1
  }
}

function bitLength(value: bigint): number {
  const digits = value.toString(16)
  return 4 * (digits.length - 1) + (32 - Math.clz32(Number.parseInt(digits[0], 16)))
}
