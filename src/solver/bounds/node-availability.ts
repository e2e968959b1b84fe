/**
 * How much migration time a node has before an instant: what is left between the windows of the node and of the cluster, times its
 * slots. Gaps too short for the node's shortest migration are closed: nothing fits there.
 */
import type { Instance, Intervals } from '../../model/instance.js'
import { unionIntervals } from '../../model/intervals.js'

export class NodeAvailability {
  readonly #slots: Int32Array
  /** By node: closed intervals (pairs), and the closed time before each of them. */
  readonly #closed: Intervals[]
  readonly #before: Float64Array[]

  /** @param shortest [N] shortest live migration that can touch each node, ticks. */
  constructor(instance: Instance, shortest: Int32Array) {
    this.#slots = instance.nodeSlots
    this.#closed = []
    this.#before = []
    for (let n = 0; n < instance.nodeCount; n++) {
      const windows = unionIntervals(instance.clusterWindows, instance.nodeWindows[n])
      const closed = closeShortGaps(windows, shortest[n])
      const before = new Float64Array(closed.length / 2)
      let sum = 0
      for (let i = 0; i < before.length; i++) {
        before[i] = sum
        sum += closed[2 * i + 1] - closed[2 * i]
      }
      this.#closed.push(closed)
      this.#before.push(before)
    }
  }

  /** Slot-ticks that node n has in [0, t). */
  freeBefore(n: number, t: number): number {
    return this.#slots[n] * (t - this.#closedBefore(n, t))
  }

  /** The earliest instant before which node n has `work` slot-ticks; 0 for no work. */
  earliest(n: number, work: number): number {
    if (work <= 0) return 0
    const need = work / this.#slots[n]
    const closed = this.#closed[n]
    const before = this.#before[n]
    // The number of closed intervals that begin before `need` free ticks have passed.
    let low = 0
    let high = before.length
    while (low < high) {
      const mid = (low + high) >>> 1
      if (closed[2 * mid] - before[mid] < need) low = mid + 1
      else high = mid
    }
    const passed = low === 0 ? 0 : before[low - 1] + (closed[2 * low - 1] - closed[2 * low - 2])
    return Math.ceil(need + passed)
  }

  /** Instants at which node n closes or opens again. */
  boundaries(n: number): Intervals {
    return this.#closed[n]
  }

  slots(n: number): number {
    return this.#slots[n]
  }

  #closedBefore(n: number, t: number): number {
    const closed = this.#closed[n]
    const before = this.#before[n]
    let low = 0
    let high = before.length
    while (low < high) {
      const mid = (low + high) >>> 1
      if (closed[2 * mid] < t) low = mid + 1
      else high = mid
    }
    if (low === 0) return 0
    return before[low - 1] + Math.min(t, closed[2 * low - 1]) - closed[2 * low - 2]
  }
}

/** Joins intervals (and time 0) whose gap is shorter than `shortest`. */
export function closeShortGaps(intervals: Intervals, shortest: number): Intervals {
  if (intervals.length === 0) return intervals
  const out: number[] = []
  let end = 0
  for (let i = 0; i < intervals.length; i += 2) {
    const start = intervals[i] - end < shortest ? end : intervals[i]
    if (out.length > 0 && start === end) out[out.length - 1] = intervals[i + 1]
    else out.push(start, intervals[i + 1])
    end = intervals[i + 1]
  }
  return Int32Array.from(out)
}
