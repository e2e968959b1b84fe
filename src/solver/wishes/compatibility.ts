/** Which VMs run on which nodes: facts that every choice rests on, made once by the kernel. */
import type { Kernel } from '../../kernel/types.js'
import type { Instance } from '../../model/instance.js'

/** [rows × W] the masks of the rows that are named. */
function rowsOf(masks: Uint32Array, words: number, rows: readonly number[]): Uint32Array {
  const chosen = new Uint32Array(rows.length * words)
  rows.forEach((row, i) => {
    chosen.set(masks.subarray(row * words, (row + 1) * words), i * words)
  })
  return chosen
}

/** [vendors × W] the features that every node of the vendor has. */
function vendorBaselines(instance: Instance, kernel: Kernel): Uint32Array {
  const { vendors, nodeVendor, nodeMask, maskWords } = instance
  const baselines = new Uint32Array(vendors.length * maskWords)
  vendors.forEach((_, vendor) => {
    const own = [...nodeVendor.keys()].filter((n) => nodeVendor[n] === vendor)
    baselines.set(kernel.intersection(rowsOf(nodeMask, maskWords, own), maskWords), vendor * maskWords)
  })
  return baselines
}

/** Facts about VM × node that every choice rests on: made once, by the kernel. */
export class Compatibility {
  /** [sets × N] 1: the node has every feature of the set. VMs see few different sets. */
  readonly #fits: Uint8Array
  /** [V] the set that the VM sees. */
  readonly #setOf: Int32Array
  /** [V × vendors] features of the VM's boot node that the vendor's baseline lacks. */
  readonly lost: Uint16Array
  readonly #instance: Instance

  constructor(instance: Instance, kernel: Kernel) {
    this.#instance = instance
    const words = instance.maskWords
    const sets = new Map<readonly string[], number>()
    const examples: number[] = []
    this.#setOf = Int32Array.from(instance.problem.vms, ({ features }, vm) => {
      const known = sets.get(features) ?? sets.size
      if (known === sets.size) {
        sets.set(features, known)
        examples.push(vm)
      }
      return known
    })
    this.#fits = kernel.subsetMatrix(rowsOf(instance.vmMask, words, examples), instance.nodeMask, words)
    const boot = instance.problem.vms.map((vm) => instance.nodeIndex.get(vm.bootNode) ?? 0)
    const seen = rowsOf(instance.bootMask, words, boot)
    this.lost = kernel.missingCounts(seen, vendorBaselines(instance, kernel), words)
  }

  sameVendor(vm: number, node: number): boolean {
    return this.#instance.vmVendor[vm] === this.#instance.nodeVendor[node]
  }

  /** A running or saved VM can go on running on the node. */
  runsOn(vm: number, node: number): boolean {
    return this.sameVendor(vm, node) && this.#fits[this.#setOf[vm] * this.#instance.nodeCount + node] === 1
  }
}
