/**
 * The same night as others do it, by what is published of them: one node after another, each VM to the node with the most free memory, windows ignored.
 *
 * - A drain: VMs by priority, as many at once as the node has slots, placed by memory (Microsoft 2012, Draining Nodes for Planned Maintenance).
 * - Cluster-Aware Updating: one node at a time is drained, worked on and resumed; its roles come back at once, or not (Microsoft, FailbackMode
 *   of Add-CauClusterRole: Immediate or NoFailback).
 * - XO's rolling pool update: one host at a time; all VMs go home when the last is done (Vates, Rolling Pool Update).
 *
 * What is not published is decided in their favour: VMs of one priority go largest first, all choose with the memory in view, and going home XO
 * uses every link at once.
 */
import { loadKernel } from '../kernel/kernel.js'
import { least } from '../lists.js'
import { compileInstance } from '../model/compile.js'
import type { Instance } from '../model/instance.js'
import type { ResolvedProblem } from '../model/problem.js'
import { ticksToSeconds } from '../model/ticks.js'
import { readAsked } from '../solver/wishes/asked.js'
import type { WishMaker } from '../solver/wishes/maker.js'

/** A night as somebody else would have done it. */
export interface PeerNight {
  name: string
  makespanSeconds: number
  migrations: number
  /** VMs that find no place, so that their node is not emptied. */
  stuck: string[]
  /** Migrations that are under way in a window. */
  windowsMet: number
}

interface Peer {
  name: string
  /** When VMs of a node that was worked on go home. */
  home: 'at once' | 'never' | 'in the end'
}

const FOR_DRAINS: readonly Peer[] = [{ name: 'a plain drain in order of name', home: 'never' }]
const FOR_WORKS: readonly Peer[] = [
  { name: 'Cluster-Aware Updating, failback at once', home: 'at once' },
  { name: 'Cluster-Aware Updating without failback', home: 'never' },
  { name: 'a rolling pool update of XO', home: 'in the end' },
]

/** @returns nights of all peers that do what is asked; none where nothing is drained, moved or worked on */
export async function peerNights(problem: ResolvedProblem): Promise<PeerNight[]> {
  const { works, moves, drains } = problem
  if ((works ?? []).length + moves.length + drains.length === 0) return []
  const instance = compileInstance(problem)
  const { maker } = readAsked(instance, await loadKernel())
  const peers = works === undefined ? FOR_DRAINS : FOR_WORKS
  return peers.map((peer) => new Simulation(instance, maker).run(peer))
}

/** How Cluster-Aware Updating does the works in any order: VMs go home at once where the plan brings them home, else never. */
export async function cauSimulator(
  problem: ResolvedProblem,
): Promise<(order: readonly string[]) => PeerNight> {
  const instance = compileInstance(problem)
  const { maker } = readAsked(instance, await loadKernel())
  const [atOnce, never] = FOR_WORKS
  const peer = problem.policy.returnHome ? atOnce : never
  return (order) => new Simulation(instance, maker).run(peer!, order)
}

class Simulation {
  readonly #instance: Instance
  readonly #maker: WishMaker
  /** [V] */
  readonly #at: Int32Array
  /** By node: ticks at which each of its slots is free again. */
  readonly #slots: readonly number[][]
  /** By node: what comes at its start and goes at its end, KiB, in order of time. */
  readonly #memory: readonly { at: number; kib: number }[][]
  readonly #closed = new Set<number>()
  readonly #stuck: string[] = []
  #migrations = 0
  #windowsMet = 0
  #end = 0

  constructor(instance: Instance, maker: WishMaker) {
    const { nodeCount, nodeSlots, vmNode, spaces } = instance
    this.#instance = instance
    this.#maker = maker
    this.#at = vmNode.slice()
    this.#slots = Array.from({ length: nodeCount }, (_, n) =>
      new Array<number>(Math.min(nodeSlots[n], instance.vmCount)).fill(0),
    )
    this.#memory = Array.from({ length: nodeCount }, (_, n) => [{ at: 0, kib: spaces[0].used[n] }])
    instance.drained.forEach((mode, n) => {
      if (mode !== 0) this.#closed.add(n)
    })
  }

  /** @param order nodes to work on, in turn; default all, by name */
  run({ name, home }: Peer, order?: readonly string[]): PeerNight {
    const { problem, vmIndex, nodeIndex, drained } = this.#instance
    const byName = (a: string, b: string) => (a < b ? -1 : 1)
    let now = 0
    for (const id of problem.nodes.map((node) => node.id).sort(byName)) {
      const node = nodeIndex.get(id)!
      if (drained[node] !== 0) now = this.#empty(node, now)
    }
    for (const { vm, to } of problem.moves) {
      const v = vmIndex.get(vm)!
      const targets = to?.map((each) => nodeIndex.get(each)!)
      if (targets?.includes(this.#at[v]) !== true) this.#place(v, now, targets)
    }
    now = this.#end
    const works = new Map((problem.works ?? []).map((work) => [work.node, work]))
    for (const id of order ?? [...works.keys()].sort(byName)) {
      const work = works.get(id)!
      const node = nodeIndex.get(id)!
      this.#closed.add(node)
      const before = this.#stuck.length
      const emptied = this.#empty(node, now)
      // A node that is not empty is not worked on, and the next has its turn.
      const end = this.#stuck.length > before ? emptied : Math.ceil(emptied + 1000 * work.durationSeconds)
      this.#closed.delete(node)
      this.#end = Math.max(this.#end, end)
      now = home === 'at once' ? this.#return(node, end) : end
    }
    if (home === 'in the end') this.#returnAll(now)
    return {
      name,
      makespanSeconds: ticksToSeconds(this.#end),
      migrations: this.#migrations,
      stuck: this.#stuck,
      windowsMet: this.#windowsMet,
    }
  }

  /** All that runs there leaves, highest priority and largest first. @returns when the last has gone */
  #empty(node: number, now: number): number {
    const { problem, spaces } = this.#instance
    const [memory] = spaces
    const there = problem.vms.flatMap(({ state }, vm) =>
      this.#at[vm] === node && state === 'running' ? [vm] : [],
    )
    there.sort(
      (a, b) => problem.vms[b].priority - problem.vms[a].priority || memory.size[b] - memory.size[a] || a - b,
    )
    return there.reduce((last, vm) => Math.max(last, this.#place(vm, now, undefined)), now)
  }

  /** @returns when all that lived there at the start is back */
  #return(node: number, now: number): number {
    return this.#away(node).reduce((last, vm) => Math.max(last, this.#place(vm, now, [node])), now)
  }

  #away(node: number): number[] {
    return [...this.#at.keys()].filter((vm) => this.#instance.vmNode[vm] === node && this.#at[vm] !== node)
  }

  /** Those that find no room wait until others have gone. */
  #returnAll(now: number): void {
    const { vmNode, nodeCount } = this.#instance
    let left = Array.from({ length: nodeCount }, (_, node) => this.#away(node)).flat()
    for (let before = -1; left.length !== before; ) {
      before = left.length
      left = left.filter((vm) => this.#migrate(vm, now, [vmNode[vm]]) === undefined)
    }
    for (const vm of left) this.#stuck.push(this.#instance.problem.vms[vm].id)
  }

  /** @returns its end; `now` where it finds no place, which is noted */
  #place(vm: number, now: number, targets: readonly number[] | undefined): number {
    const end = this.#migrate(vm, now, targets)
    if (end === undefined) this.#stuck.push(this.#instance.problem.vms[vm].id)
    return end ?? now
  }

  /** As soon as both ends have a slot, to the node with the most free memory then. @returns its end */
  #migrate(vm: number, now: number, targets: readonly number[] | undefined): number | undefined {
    const { nodeCount, durations, spaces, nodeWindows, vmWindows, clusterWindows } = this.#instance
    const from = this.#at[vm]
    const need = spaces[0].size[vm]
    const candidates = targets ?? Array.from({ length: nodeCount }, (_, n) => n)
    let best: { node: number; start: number; free: number } | undefined
    for (const node of candidates) {
      if (node === from || this.#closed.has(node) || !this.#mayStand(vm, node)) continue
      const start = Math.max(now, least(this.#slots[from]), least(this.#slots[node]))
      const free = this.#free(node, start) - need
      if (free < 0) continue
      if (best === undefined || free > best.free) best = { node, start, free }
    }
    if (best === undefined) return undefined
    const { node, start } = best
    const end = start + durations.live(vm, from, node, { from: 1, to: 1 }).ticks
    for (const each of [from, node]) {
      const slots = this.#slots[each]
      slots[slots.indexOf(least(slots))] = end
    }
    this.#note(node, start, need)
    this.#note(from, end, -need)
    for (const windows of [clusterWindows, nodeWindows[from], nodeWindows[node], vmWindows[vm]])
      for (let w = 0; w < windows.length; w += 2)
        if (windows[w] < end && windows[w + 1] > start) this.#windowsMet++
    this.#at[vm] = node
    this.#migrations++
    this.#end = Math.max(this.#end, end)
    return end
  }

  #mayStand(vm: number, node: number): boolean {
    return node === this.#instance.vmNode[vm] || this.#maker.canStand(vm, node)
  }

  /** KiB that the node has for one more from then on, whatever has been decided. */
  #free(node: number, at: number): number {
    let used = 0
    let most = 0
    for (const change of this.#memory[node]) {
      if (change.at > at) most = Math.max(most, used)
      used += change.kib
    }
    return this.#instance.spaces[0].capacity[node] - Math.max(most, used)
  }

  #note(node: number, at: number, kib: number): void {
    const changes = this.#memory[node]
    let place = changes.length
    while (place > 0 && changes[place - 1].at > at) place--
    changes.splice(place, 0, { at, kib })
  }
}
