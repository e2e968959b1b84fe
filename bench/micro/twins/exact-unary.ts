/** Propagation on a resource of capacity 1 over typed arrays, by the method of assembly/exact-unary.ts. */
import { decide, type ExactState, lower, raise } from './exact-state.js'

/** Snapshots of members in struct-of-arrays form, by ascending est, and thresholds by ascending latest end. */
export class UnaryRule {
  readonly #est: Int32Array
  readonly #lct: Int32Array
  readonly #duration: Int32Array
  readonly #member: Int32Array
  readonly #tick: Int32Array
  readonly #amount: Int32Array
  readonly #hits: Int32Array

  constructor(mostMembers: number) {
    this.#est = new Int32Array(mostMembers)
    this.#lct = new Int32Array(mostMembers)
    this.#duration = new Int32Array(mostMembers)
    this.#member = new Int32Array(mostMembers)
    this.#tick = new Int32Array(mostMembers)
    this.#amount = new Int32Array(mostMembers)
    this.#hits = new Int32Array(mostMembers)
  }

  #takeSnapshot(s: ExactState, resource: number, mirrored: boolean): void {
    const ests = this.#est
    const lcts = this.#lct
    const durations = this.#duration
    const numbers = this.#member
    const members = s.members[resource]
    const order = s.orders[resource]
    const count = members.length
    const first = mirrored ? count : 0
    for (let k = 0; k < count; k++) {
      const member = order[first + k]
      const task = members[member]
      const duration = s.duration[task]
      const from = s.est[task]
      const until = s.lst[task] + duration
      const est = mirrored ? -until : from
      let p = k
      for (; p > 0 && ests[p - 1] > est; p--) {
        ests[p] = ests[p - 1]
        lcts[p] = lcts[p - 1]
        durations[p] = durations[p - 1]
        numbers[p] = numbers[p - 1]
      }
      ests[p] = est
      lcts[p] = mirrored ? -from : until
      durations[p] = duration
      numbers[p] = member
    }
    for (let k = 0; k < count; k++) order[first + k] = numbers[k]
  }

  #takeThresholds(count: number): void {
    const ticks = this.#tick
    const amounts = this.#amount
    for (let k = 0; k < count; k++) {
      const tick = this.#lct[k]
      let p = k
      for (; p > 0 && ticks[p - 1] > tick; p--) {
        ticks[p] = ticks[p - 1]
        amounts[p] = amounts[p - 1]
      }
      ticks[p] = tick
      amounts[p] = this.#duration[k]
    }
  }

  #raise(s: ExactState, resource: number, k: number, tick: number, mirrored: boolean): boolean {
    const task = s.members[resource][this.#member[k]]
    return mirrored ? lower(s, task, -tick - this.#duration[k], 0) : raise(s, task, tick, 0)
  }

  /** Each member after its decided predecessors, packed as early as they can be. */
  #afterPredecessors(s: ExactState, resource: number, count: number, mirrored: boolean): boolean {
    const ests = this.#est
    const durations = this.#duration
    const numbers = this.#member
    const { cells } = s
    const first = s.cellFirst[resource]
    const rowStride = mirrored ? 1 : count
    const columnStride = mirrored ? count : 1
    for (let k = 0; k < count; k++) {
      const column = first + numbers[k] * columnStride
      let ect = -0x8000_0000
      for (let p = 0; p < count; p++) {
        if (cells[column + numbers[p] * rowStride] !== 0) {
          ect = Math.max(ect, ests[p]) + durations[p]
        }
      }
      if (ect > ests[k] && !this.#raise(s, resource, k, ect, mirrored)) return false
    }
    return true
  }

  /** Member `k` after every member that must end by `tick`, and these end no earlier than `ect`. */
  #putAfter(
    s: ExactState,
    resource: number,
    count: number,
    k: number,
    tick: number,
    ect: number,
    mirrored: boolean,
  ): boolean {
    const numbers = this.#member
    const rowStride = mirrored ? 1 : count
    const column = s.cellFirst[resource] + numbers[k] * (mirrored ? count : 1)
    for (let p = 0; p < count; p++) {
      if (this.#lct[p] > tick) continue
      const cell = column + numbers[p] * rowStride
      if (s.cells[cell] === 0 && !decide(s, s.pairs[cell])) return false
    }
    return ect <= this.#est[k] || this.#raise(s, resource, k, ect, mirrored)
  }

  /** W: the members that must end by `tick`, `energy` their summed duration. */
  #findEdges(
    s: ExactState,
    resource: number,
    count: number,
    tick: number,
    energy: number,
    mirrored: boolean,
  ): boolean {
    const ests = this.#est
    const lcts = this.#lct
    const durations = this.#duration
    const hits = this.#hits
    let hitCount = 0
    let rest = energy
    let ect = -0x8000_0000
    for (let p = 0; p < count; p++) {
      const packed = ests[p] + rest
      const later = Math.max(ect, packed)
      if (lcts[p] <= tick) {
        ect = later
        rest -= durations[p]
      } else if (later + durations[p] > tick) {
        hits[hitCount++] = p
      }
    }
    if (ect > tick) return false
    for (let h = 0; h < hitCount; h++) {
      if (!this.#putAfter(s, resource, count, hits[h], tick, ect, mirrored)) return false
    }
    return true
  }

  #pass(s: ExactState, resource: number, mirrored: boolean): boolean {
    const count = s.members[resource].length
    this.#takeSnapshot(s, resource, mirrored)
    if (!this.#afterPredecessors(s, resource, count, mirrored)) return false
    this.#takeThresholds(count)
    const ticks = this.#tick
    let energy = 0
    for (let t = 0; t < count; t++) {
      energy += this.#amount[t]
      if (t === 0 || (t + 1 < count && ticks[t + 1] === ticks[t])) continue
      if (!this.#findEdges(s, resource, count, ticks[t], energy, mirrored)) return false
    }
    return true
  }

  propagate(s: ExactState, resource: number): boolean {
    return this.#pass(s, resource, false) && this.#pass(s, resource, true)
  }
}
