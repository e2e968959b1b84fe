/** What nodes have little of (memory, vCPUs, devices of a kind), as it is taken and promised in the course of a night. */
import type { Space } from '../../model/instance.js'

export class Rooms {
  /** What it is, and of which kind. */
  readonly space: Space
  readonly #capacity: Float64Array
  /** [V] */
  readonly size: Float64Array
  /** [N] of what is there, arrives or leaves. */
  readonly used: Float64Array
  /** [N] of commitments that have not started: to come, … */
  readonly #coming: Float64Array
  /** … and that have not ended: to go. */
  readonly #going: Float64Array
  /** [N] of VMs that belong there, and are not there nor committed to it. */
  readonly #away: Float64Array

  constructor(space: Space) {
    const nodes = space.used.length
    this.space = space
    this.#capacity = space.capacity
    this.size = space.size
    this.used = space.used.slice()
    this.#coming = new Float64Array(nodes)
    this.#going = new Float64Array(nodes)
    this.#away = new Float64Array(nodes)
  }

  /** What can be promised: what is under way and to go counts as gone. */
  free(n: number): number {
    return this.#capacity[n] - this.used[n] - this.#coming[n] + this.#going[n]
  }

  /** The same without what belongs there and is to come back. */
  freeOfOthers(n: number): number {
    return this.free(n) - this.#away[n]
  }

  /** Where the VM is to be changes. */
  destine(v: number, home: number, from: number, to: number): void {
    if (from === home && to !== home) this.#away[home] += this.size[v]
    else if (from !== home && to === home) this.#away[home] -= this.size[v]
  }

  promise(v: number, from: number, to: number): void {
    this.#coming[to] += this.size[v]
    this.#going[from] += this.size[v]
  }

  takeBack(v: number, from: number, to: number): void {
    this.#coming[to] -= this.size[v]
    this.#going[from] -= this.size[v]
  }

  /** Begins to arrive. */
  arrive(v: number, to: number): void {
    this.#coming[to] -= this.size[v]
    this.used[to] += this.size[v]
  }

  /** Has left. */
  leave(v: number, from: number): void {
    this.used[from] -= this.size[v]
    this.#going[from] -= this.size[v]
  }

  /** Would it fit this very instant? */
  takes(v: number, n: number): boolean {
    return this.size[v] === 0 || this.used[n] + this.size[v] <= this.#capacity[n]
  }

  /** Is there as much now, and left for all that were promised some before it? */
  admits(v: number, to: number, queue: readonly number[]): boolean {
    const { size } = this
    if (size[v] === 0) return true
    let left = this.#capacity[to] - this.used[to] - size[v]
    if (left < 0) return false
    for (const earlier of queue) {
      if (earlier === v) return true
      left -= size[earlier]
      if (left < 0) return false
    }
    return true
  }
}
