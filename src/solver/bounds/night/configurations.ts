/**
 * Few VMs, one work after another: every way in which the VMs can lie on the nodes. A migration that has started counts on its target; in the
 * order of their starts migrations lead from one configuration that memory admits to another. While a node is worked on, all that can be
 * reached without it is free; between two works only so much is reached as the slots carry in that time.
 */
import { addAll, least } from '../../../lists.js'
import { penaltyToTicks } from '../../../model/ticks.js'
import { type Night, ROAMS } from '../../rolling/night.js'
import type { Ends } from './ends.js'
import type { Memory } from './memory.js'

/** Codes of configurations, admitted or not. */
const MOST_CODES = 4_200_000

/**
 * Ticks; 0 where there are more configurations than may be looked at.
 *
 * @param home VMs return or pay for it
 * @param work edges that may be looked at
 */
export function configurationBound(
  night: Night,
  memory: Memory,
  ends: Ends,
  home: boolean,
  work: number,
): number {
  const graph = Configurations.of(night, memory, ends.nodes.length, work)
  return graph === undefined ? 0 : new Orders(night, ends, graph, home).bound()
}

class Configurations {
  readonly vms: readonly number[]
  /** [configurations × VMs] nodes. */
  readonly at: Uint8Array
  readonly count: number
  readonly first: number
  readonly #index: Int32Array
  readonly #codes: Int32Array
  readonly #power: readonly number[]

  private constructor(
    vms: readonly number[],
    at: Uint8Array,
    codes: Int32Array,
    index: Int32Array,
    power: number[],
    first: number,
  ) {
    this.vms = vms
    this.at = at
    this.count = codes.length
    this.first = first
    this.#codes = codes
    this.#index = index
    this.#power = power
  }

  static of(night: Night, { most }: Memory, works: number, work: number): Configurations | undefined {
    const { instance, nodes, role, held } = night
    const { vmMemory, vmNode, nodeSlots } = instance
    const vms = [...role.keys()].filter((v) => role[v] === ROAMS && vmMemory[v] > 0)
    // Whoever may rest, or be restarted, may be nowhere for a while.
    if (vms.some((v) => night.ways.plain[v] === 0)) return undefined
    if (nodes ** vms.length > MOST_CODES || role.some((of) => of !== 0 && of !== ROAMS)) return undefined
    if (nodeSlots.some((slots) => slots < 1)) return undefined
    const runs = 2 * works * 2 ** (works - 1)
    const limit = Math.floor(work / (runs * Math.max(1, vms.length) * nodes))
    const used = Float64Array.from(held)
    for (const v of vms) used[vmNode[v]] -= vmMemory[v]
    const power = vms.map((_, i) => nodes ** i)
    const allowed = vms.map((v) =>
      Array.from({ length: nodes }, (_, n) => n).filter((n) => n === vmNode[v] || night.mayBe(v, n)),
    )
    const index = new Int32Array(nodes ** vms.length).fill(-1)
    const codes: number[] = []
    const at: number[] = []
    const chosen: number[] = []
    let tooMany = false
    const place = (i: number, code: number) => {
      if (tooMany) return
      if (i === vms.length) {
        if (codes.length >= limit) {
          tooMany = true
          return
        }
        index[code] = codes.length
        codes.push(code)
        addAll(at, chosen)
        return
      }
      for (const n of allowed[i]) {
        const size = vmMemory[vms[i]]
        if (used[n] + size > most[n]) continue
        used[n] += size
        chosen.push(n)
        place(i + 1, code + n * power[i])
        chosen.pop()
        used[n] -= size
      }
    }
    place(0, 0)
    const first = index[vms.reduce((code, v, i) => code + vmNode[v] * power[i], 0)]
    if (tooMany || first < 0) return undefined
    return new Configurations(vms, Uint8Array.from(at), Int32Array.from(codes), index, power, first)
  }

  /** −1: memory does not admit it. */
  after(c: number, i: number, to: number): number {
    const from = this.at[c * this.vms.length + i]
    return this.#index[this.#codes[c] + (to - from) * this.#power[i]]
  }

  isEmpty(c: number, n: number): boolean {
    const { length } = this.vms
    for (let i = 0; i < length; i++) if (this.at[c * length + i] === n) return false
    return true
  }

  /** [configurations] of those in which the node is empty the component within which it stays so; −1: it is not. */
  components(n: number, nodes: number): { of: Int32Array; count: number } {
    const of = new Int32Array(this.count).fill(-1)
    let count = 0
    const stack: number[] = []
    for (let c = 0; c < this.count; c++) {
      if (of[c] >= 0 || !this.isEmpty(c, n)) continue
      of[c] = count
      stack.push(c)
      for (let d = stack.pop(); d !== undefined; d = stack.pop()) {
        for (let i = 0; i < this.vms.length; i++) {
          for (let to = 0; to < nodes; to++) {
            const next = to === n ? -1 : this.after(d, i, to)
            if (next < 0 || of[next] >= 0) continue
            of[next] = count
            stack.push(next)
          }
        }
      }
      count++
    }
    return { of, count }
  }
}

/** When the i-th VM has passed from a to b, as far as this relaxation sees it, where all before it had by t. */
type Passing = (t: number, i: number, a: number, b: number) => number

class Orders {
  readonly #night: Night
  readonly #ends: Ends
  readonly #graph: Configurations
  readonly #home: boolean
  /** [VMs × nodes] ticks that migrations from there or to there take of the node's slots together. */
  readonly #share: Float64Array
  readonly #components: ReturnType<Configurations['components']>[]
  readonly #heap = new Heap()

  constructor(night: Night, ends: Ends, graph: Configurations, home: boolean) {
    this.#night = night
    this.#ends = ends
    this.#graph = graph
    this.#home = home
    const { nodes } = night
    this.#share = new Float64Array(graph.vms.length * nodes)
    graph.vms.forEach((v, i) => {
      for (let n = 0; n < nodes; n++)
        this.#share[i * nodes + n] = Math.min(night.content(v, n), night.instance.horizon + 1)
    })
    this.#components = ends.nodes.map((n) => graph.components(n, nodes))
  }

  bound(): number {
    const { nodes, head, finish } = this.#ends
    const { instance, settle } = this.#night
    const count = nodes.length
    const before = nodes.map((n) =>
      nodes.reduce((set, m, j) => (this.#isBefore(m, n) ? set | (1 << j) : set), 0),
    )
    /** Of each set of works done and the last of them: [configurations] from when on they may be had. */
    const known = new Map<number, Float64Array>()
    const start = new Float64Array(this.#graph.count).fill(Number.POSITIVE_INFINITY)
    start[this.#graph.first] = 0
    for (let j = 0; j < count; j++) if (before[j] === 0) put(this, 1 << j, j, start, 0)
    let best = Number.POSITIVE_INFINITY
    const all = (1 << count) - 1
    for (let set = 1; set <= all; set++) {
      for (let i = 0; i < count; i++) {
        const from = known.get(set * count + i)
        if (from === undefined) continue
        if (set === all) best = Math.min(best, this.#end(nodes[i], from, finish))
        for (let j = 0; j < count; j++)
          if ((set & (1 << j)) === 0 && (before[j] & ~set) === 0)
            put(this, set | (1 << j), j, from, settle[nodes[i]])
        known.delete(set * count + i)
      }
    }
    return best === Number.POSITIVE_INFINITY ? instance.horizon : Math.floor(best)

    function put(self: Orders, set: number, j: number, from: Float64Array, wait: number): void {
      const into = self.#worked(j, from, wait, head[nodes[j]])
      const old = known.get(set * count + j)
      if (old === undefined) known.set(set * count + j, into)
      else
        into.forEach((t, c) => {
          if (t < old[c]) old[c] = t
        })
    }
  }

  #isBefore(m: number, n: number): boolean {
    const { after, rank } = this.#night
    return after[n].includes(m) || rank[m] < rank[n]
  }

  /** From when on configurations may be had after the work on the j-th node, from those before it. */
  #worked(j: number, from: Float64Array, wait: number, head: number): Float64Array {
    const n = this.#ends.nodes[j]
    const { of, count } = this.#components[j]
    const own = this.#reach(from, this.#own(n))
    const all = this.#reach(from, this.#shared())
    const earliest = least(from)
    const ready = new Float64Array(count).fill(Number.POSITIVE_INFINITY)
    for (let c = 0; c < own.length; c++)
      if (of[c] >= 0) ready[of[c]] = Math.min(ready[of[c]], Math.max(own[c], all[c]))
    const ended = ready.map((t) => {
      if (t === Number.POSITIVE_INFINITY) return t
      const start = this.#night.workStart(n, Math.floor(Math.max(t + 1e-6, head, earliest + wait)))
      return start < 0 ? Number.POSITIVE_INFINITY : start + this.#night.workTicks[n]
    })
    return Float64Array.from(of, (component) => (component < 0 ? Number.POSITIVE_INFINITY : ended[component]))
  }

  /** Slots of one node carry what comes and goes; where there is one, one after another, each when windows admit it. */
  #own(n: number): Passing {
    const { nodes, instance } = this.#night
    const slots = instance.nodeSlots[n]
    return (t, i, a, b) => {
      if (a !== n && b !== n) return t
      const share = this.#share[i * nodes + n]
      return slots === 1 ? this.#ended(t, i, a, b, share) : t + share / slots
    }
  }

  /** A migration takes slots of two nodes; where each has one, no more than half of the nodes, rounded down, take part in some at once. */
  #shared(): Passing {
    const { nodes, instance } = this.#night
    const slots = instance.nodeSlots.reduce((a, b) => a + b, 0)
    const pairs = instance.nodeSlots.every((each) => each === 1) ? Math.floor(nodes / 2) : 0
    return (t, i, a, b) => {
      const x = this.#share[i * nodes + a]
      const y = this.#share[i * nodes + b]
      if (pairs === 1) return this.#ended(t, i, a, b, Math.max(x, y))
      return t + (pairs > 0 ? Math.max(x, y) / pairs : (x + y) / slots)
    }
  }

  #ended(t: number, i: number, a: number, b: number, ticks: number): number {
    const start = this.#night.start(this.#graph.vms[i], a, b, Math.floor(t + 1e-6), Math.floor(ticks + 1e-6))
    return start < 0 ? Number.POSITIVE_INFINITY : Math.max(start, t) + ticks
  }

  /** Dijkstra's from many configurations at once, each from its time on. */
  #reach(from: Float64Array, passed: Passing): Float64Array {
    const { vms, at, count } = this.#graph
    const { nodes } = this.#night
    const k = vms.length
    const time = from.slice()
    const heap = this.#heap
    for (let c = 0; c < count; c++) if (time[c] < Number.POSITIVE_INFINITY) heap.push(time[c], c)
    while (heap.size > 0) {
      const t = heap.least
      const c = heap.pop()
      if (t > time[c]) continue
      for (let i = 0; i < k; i++) {
        const a = at[c * k + i]
        for (let b = 0; b < nodes; b++) {
          if (b === a) continue
          const next = this.#graph.after(c, i, b)
          if (next < 0) continue
          const then = passed(t, i, a, b)
          if (then >= time[next]) continue
          time[next] = then
          heap.push(then, next)
        }
      }
    }
    return time
  }

  /** The least cost of ways home after the last work, or of what its own node says of them. */
  #end(last: number, from: Float64Array, finish: Ends['finish']): number {
    const ended = least(from)
    const alone = finish(last, ended)
    const { instance, returnHome, nodes } = this.#night
    if (!this.#home || !returnHome) return alone
    const { policy } = instance.problem
    const stay = penaltyToTicks(Math.max(0, policy.notHomePenaltySeconds - policy.migrationPenaltySeconds))
    const { vms, at } = this.#graph
    const k = vms.length
    // Of those that never can the payment is counted elsewhere.
    const home = vms.map((v) =>
      this.#night.isBarredFromHome(v) || this.#night.ways.wanted[v] !== undefined ? -1 : this.#night.home[v],
    )
    const ways = [this.#shared(), ...Array.from({ length: nodes }, (_, n) => this.#own(n))]
    let best = alone
    for (const way of ways) {
      const time = this.#reach(from, way)
      let cheapest = Number.POSITIVE_INFINITY
      time.forEach((t, c) => {
        if (t >= cheapest) return
        let away = 0
        for (let i = 0; i < k; i++) if (home[i] >= 0 && at[c * k + i] !== home[i]) away++
        cheapest = Math.min(cheapest, t + away * stay)
      })
      best = Math.max(best, cheapest)
    }
    return best
  }
}

/** Keys with numbers, the least first. */
class Heap {
  #keys = new Float64Array(1024)
  #values = new Int32Array(1024)
  size = 0

  get least(): number {
    return this.#keys[0]
  }

  push(key: number, value: number): void {
    if (this.size === this.#keys.length) {
      const keys = new Float64Array(2 * this.size)
      keys.set(this.#keys)
      this.#keys = keys
      const values = new Int32Array(2 * this.size)
      values.set(this.#values)
      this.#values = values
    }
    const keys = this.#keys
    const values = this.#values
    let i = this.size++
    for (; i > 0; ) {
      const up = (i - 1) >> 1
      if (keys[up] <= key) break
      keys[i] = keys[up]
      values[i] = values[up]
      i = up
    }
    keys[i] = key
    values[i] = value
  }

  pop(): number {
    const keys = this.#keys
    const values = this.#values
    const top = values[0]
    const key = keys[--this.size]
    const value = values[this.size]
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      if (child >= this.size) break
      if (child + 1 < this.size && keys[child + 1] < keys[child]) child++
      if (keys[child] >= key) break
      keys[i] = keys[child]
      values[i] = values[child]
      i = child
    }
    keys[i] = key
    values[i] = value
    return top
  }
}
