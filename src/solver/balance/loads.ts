/**
 * Loads of nodes, as shares of what each has: the memory of running VMs, their virtual CPUs. A spread is the highest share less the lowest, over all
 * nodes that count.
 */
import type { BalanceMetric } from '../../model/problem.js'

/** What VMs weigh and nodes hold, of one metric. */
export interface Metric {
  name: BalanceMetric
  /** [V] */
  size: Float64Array
  /** [N] > 0 for nodes that count. */
  capacity: Float64Array
}

/** Where every VM is, and what that makes of each node. */
export class Loads {
  readonly metrics: readonly Metric[]
  /** Indices of the nodes that count. */
  readonly nodes: readonly number[]
  /** [V] */
  readonly end: Int32Array
  /** By metric: [N] sums of sizes. */
  readonly sums: readonly Float64Array[]

  constructor(metrics: readonly Metric[], nodes: readonly number[], end: Int32Array) {
    this.metrics = metrics
    this.nodes = nodes
    this.end = end.slice()
    this.sums = metrics.map(({ size, capacity }) => {
      const sums = new Float64Array(capacity.length)
      end.forEach((node, vm) => {
        sums[node] += size[vm]
      })
      return sums
    })
  }

  move(vm: number, to: number): void {
    const from = this.end[vm]
    this.metrics.forEach(({ size }, m) => {
      this.sums[m][from] -= size[vm]
      this.sums[m][to] += size[vm]
    })
    this.end[vm] = to
  }

  share(m: number, node: number): number {
    return this.sums[m][node] / this.metrics[m].capacity[node]
  }

  /** The nodes of the highest and the lowest share, and what lies between. */
  spread(m: number): { high: number; low: number; spread: number } {
    let high = this.nodes[0] ?? -1
    let low = high
    for (const node of this.nodes) {
      if (this.share(m, node) > this.share(m, high)) high = node
      if (this.share(m, node) < this.share(m, low)) low = node
    }
    return { high, low, spread: high < 0 ? 0 : this.share(m, high) - this.share(m, low) }
  }

  /** By how much the worst metric is above what is allowed; 0: none is. */
  excess(within: number): number {
    return this.metrics.reduce((worst, _, m) => Math.max(worst, this.spread(m).spread - within), 0)
  }

  /** Sum of squares of what each share is off its metric's mean: falls where a move helps though the worst stays as it is. */
  unevenness(): number {
    let sum = 0
    this.metrics.forEach((_, m) => {
      let total = 0
      for (const node of this.nodes) total += this.share(m, node)
      const mean = total / this.nodes.length
      for (const node of this.nodes) sum += (this.share(m, node) - mean) ** 2
    })
    return sum
  }
}
