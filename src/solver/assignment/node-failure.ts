/**
 * Can the cluster lose any one node at the end of a plan (`tolerateNodeFailure`)? The node's running VMs are to be started on the others:
 * a packing of their memory into what is free there, with owners and anti-affinity. Best fit decreasing first, which shows most that can
 * be shown; then branch and bound, with a budget. Both ends of what is missing are certain: nothing leaves less than `atLeast`, and a
 * packing leaves `atMost`. MiB.
 */
import type { Instance } from '../../model/instance.js'

/** MiB of float noise that a sum of memories may carry. */
const NOISE = 1e-6

export interface Shortage {
  node: number
  /** MiB of its running VMs that no packing places. */
  atLeast: number
  /** MiB that the best packing found leaves out. */
  atMost: number
  /** MiB that runs on the node. */
  running: number
  /** MiB free on the nodes that take VMs over. */
  free: number
}

/** How the VMs stand at the end of a plan. */
export interface Standing {
  /** [V] node. */
  end: Int32Array
  /** [V] 1: running. */
  running: Uint8Array
}

/** One VM that has to be started again. */
interface Item {
  vm: number
  size: number
  /** Nodes that could take it, were they as free as they are before anything is started. */
  hosts: readonly number[]
}

export class FailureTest {
  readonly #instance: Instance
  /** [N] 1: takes VMs over. */
  readonly #takes: Uint8Array
  readonly #size: Float64Array
  readonly #allowed: readonly (Uint8Array | undefined)[]
  readonly #free: Float64Array
  /** Groups × N: VMs there. */
  readonly #groupCount: Int32Array
  /** [V] groups that are about nodes: where a whole node is lost, domains are not asked for. */
  readonly #groups: readonly Int32Array[]

  constructor(instance: Instance) {
    const { problem, nodeCount, nodeIndex, drained } = instance
    this.#instance = instance
    // A drained node receives nothing, not even then.
    this.#takes = Uint8Array.from(problem.nodes, (node, n) =>
      node.state === 'up' && drained[n] === 0 ? 1 : 0,
    )
    this.#size = Float64Array.from(problem.vms, (vm) => vm.memoryMiB)
    const { groups, vmGroups } = instance
    const aboutNodes = groups.map((group) => !problem.groupDomains.has(group))
    this.#groups = aboutNodes.includes(false)
      ? vmGroups.map((own) => own.filter((g) => aboutNodes[g]))
      : vmGroups
    this.#groupCount = new Int32Array(instance.groups.length * nodeCount)
    this.#free = new Float64Array(nodeCount)
    const masks = new Map<ReadonlySet<string>, Uint8Array>()
    this.#allowed = problem.vms.map(({ allowedNodes }) => {
      if (allowedNodes === undefined) return undefined
      const known = masks.get(allowedNodes) ?? new Uint8Array(nodeCount)
      masks.set(allowedNodes, known)
      for (const id of allowedNodes) known[nodeIndex.get(id) ?? -1] = 1
      return known
    })
  }

  /**
   * Nodes whose failure is not shown to be survived, by index.
   *
   * @param steps placements that branch and bound may try for each node, 0: best fit alone.
   */
  shortages(standing: Standing, steps: number): Shortage[] {
    const { nodeCount, problem } = this.#instance
    const { end, running } = standing
    const living: number[][] = Array.from({ length: nodeCount }, () => [])
    this.#groupCount.fill(0)
    problem.nodes.forEach((node, n) => {
      this.#free[n] = node.memoryMiB
    })
    for (let vm = 0; vm < end.length; vm++) {
      if (running[vm] === 1) {
        living[end[vm]].push(vm)
        this.#free[end[vm]] -= this.#size[vm]
      }
      for (const g of this.#groups[vm]) this.#groupCount[g * nodeCount + end[vm]]++
    }
    const found: Shortage[] = []
    for (let n = 0; n < nodeCount; n++) {
      if (problem.nodes[n].state === 'down' || living[n].length === 0) continue
      const shortage = this.#shortage(n, living[n], steps)
      if (shortage.atMost > NOISE) found.push(shortage)
    }
    return found
  }

  #shortage(node: number, vms: readonly number[], steps: number): Shortage {
    const hosts: number[] = []
    let free = 0
    for (let n = 0; n < this.#takes.length; n++) {
      if (n === node || this.#takes[n] === 0 || this.#free[n] <= NOISE) continue
      hosts.push(n)
      free += this.#free[n]
    }
    const items = vms
      .map((vm): Item => ({ vm, size: this.#size[vm], hosts: hosts.filter((n) => this.#admits(vm, n)) }))
      .sort((a, b) => b.size - a.size || a.hosts.length - b.hosts.length || a.vm - b.vm)
    const running = items.reduce((sum, item) => sum + item.size, 0)
    const homeless = items.reduce((sum, item) => sum + (item.hosts.length === 0 ? item.size : 0), 0)
    const over = running - homeless - free
    const bound = homeless + (over > NOISE ? over : 0)
    const greedy = this.#bestFit(items)
    const state: Search = { best: greedy, bound, steps, complete: true }
    if (greedy > bound + NOISE && steps > 0) {
      const rest = new Float64Array(items.length + 1)
      for (let i = items.length - 1; i >= 0; i--) rest[i] = rest[i + 1] + items[i].size
      this.#branch(items, rest, 0, 0, free, state)
    }
    const proven = state.best <= bound + NOISE || (steps > 0 && state.complete)
    return { node, atLeast: proven ? state.best : bound, atMost: state.best, running, free }
  }

  #admits(vm: number, n: number): boolean {
    if (this.#size[vm] > this.#free[n] + NOISE || this.#allowed[vm]?.[n] === 0) return false
    for (const g of this.#groups[vm]) if (this.#groupCount[g * this.#takes.length + n] > 0) return false
    return true
  }

  #put(vm: number, n: number, sign: 1 | -1): void {
    this.#free[n] -= sign * this.#size[vm]
    for (const g of this.#groups[vm]) this.#groupCount[g * this.#takes.length + n] += sign
  }

  /** Each on the node that it leaves the least free; what fits nowhere is left out. MiB left out. */
  #bestFit(items: readonly Item[]): number {
    const placed: [number, number][] = []
    let out = 0
    for (const { vm, size, hosts } of items) {
      let best = -1
      for (const n of hosts)
        if (this.#admits(vm, n) && (best < 0 || this.#free[n] < this.#free[best])) best = n
      if (best < 0) {
        out += size
        continue
      }
      this.#put(vm, best, 1)
      placed.push([vm, best])
    }
    for (const [vm, n] of placed) this.#put(vm, n, -1)
    return out
  }

  /** Item i on each node, then on none. `out`: MiB left out so far; `free`: MiB free in all. */
  #branch(
    items: readonly Item[],
    rest: Float64Array,
    i: number,
    out: number,
    free: number,
    state: Search,
  ): void {
    if (out + Math.max(0, rest[i] - free) >= state.best - NOISE) return
    if (i === items.length) {
      state.best = out
      return
    }
    const { vm, size, hosts } = items[i]
    const open = hosts.filter((n) => this.#admits(vm, n)).sort((a, b) => this.#free[a] - this.#free[b])
    for (const n of open) {
      if (state.steps-- <= 0) {
        state.complete = false
        return
      }
      this.#put(vm, n, 1)
      this.#branch(items, rest, i + 1, out, free - size, state)
      this.#put(vm, n, -1)
      if (!state.complete || state.best <= state.bound + NOISE) return
    }
    this.#branch(items, rest, i + 1, out + size, free, state)
  }
}

interface Search {
  best: number
  bound: number
  steps: number
  complete: boolean
}
