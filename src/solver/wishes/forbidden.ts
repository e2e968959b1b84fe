/** When a migration may not be under way, and by when it has to have ended. */
import type { Instance, Intervals } from '../../model/instance.js'
import { NO_INTERVALS, unionIntervals } from '../../model/intervals.js'

/** The union of all windows that a migration of `vm` from `from` to `to` must avoid; lists are shared where they are equal. */
export class ForbiddenIntervals {
  readonly #instance: Instance
  readonly #cache = new Map<string, Intervals>()

  constructor(instance: Instance) {
    this.#instance = instance
  }

  of(vm: number, from: number, to: number): Intervals {
    const { clusterWindows, nodeWindows, vmWindows } = this.#instance
    const own = vmWindows[vm]
    const low = nodeWindows[from].length === 0 ? -1 : from
    const high = nodeWindows[to].length === 0 ? -1 : to
    const key = `${Math.min(low, high)},${Math.max(low, high)},${own.length === 0 ? -1 : vm}`
    let list: Intervals | undefined = this.#cache.get(key)
    if (list === undefined) {
      list = [nodeWindows[from], nodeWindows[to], own].reduce(unionIntervals, clusterWindows)
      this.#cache.set(key, list)
    }
    return list
  }

  /** Of the two nodes and the cluster alone. */
  ofNodes(from: number, to: number): Intervals {
    const { clusterWindows, nodeWindows } = this.#instance
    return [nodeWindows[from], nodeWindows[to]].reduce(unionIntervals, clusterWindows)
  }

  /** The same for a migration of that many ticks: one of none occupies no instant, and meets no window. It keeps its deadline. */
  ofMigration(vm: number, from: number, to: number, duration: number): Intervals {
    if (duration > 0) return this.of(vm, from, to)
    const { horizon } = this.#instance
    const by = deadlineOf(this.#instance, vm, from)
    // An instant inside is in it, one at its start is not; so the horizon has to be inside.
    return by < horizon ? Int32Array.of(Math.max(0, by), horizon + 1) : NO_INTERVALS
  }
}

/** By when a migration of the VM that leaves the node has to end, ticks; negative where that is over. */
export function deadlineOf(
  { vmDeadline, nodeDeadline }: Pick<Instance, 'vmDeadline' | 'nodeDeadline'>,
  vm: number,
  from: number,
): number {
  return Math.min(vmDeadline[vm], nodeDeadline[from])
}
