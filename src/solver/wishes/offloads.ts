/** What a VM loses of its offloads where. */
import { append } from '../../lists.js'
import type { Instance } from '../../model/instance.js'

/** How many offloads that a VM uses each node lacks. Counted for all nodes at once, since wishes go from VM to VM. */
export class OffloadLosses {
  readonly #instance: Instance
  /** Nodes by the offload that they offer. */
  readonly #offering = new Map<string, number[]>()
  #vm = -1
  /** [N] */
  readonly #kept: Int32Array

  constructor(instance: Instance) {
    this.#instance = instance
    this.#kept = new Int32Array(instance.nodeCount)
    instance.problem.nodes.forEach(({ offloads }, node) => {
      for (const offload of offloads) {
        append(this.#offering, offload, node)
      }
    })
  }

  lost(vm: number, node: number): number {
    const { offloads } = this.#instance.problem.vms[vm]
    if (offloads.length === 0) return 0
    if (vm !== this.#vm) {
      this.#vm = vm
      this.#kept.fill(0)
      for (const offload of offloads) for (const n of this.#offering.get(offload) ?? []) this.#kept[n]++
    }
    return offloads.length - this.#kept[node]
  }
}
