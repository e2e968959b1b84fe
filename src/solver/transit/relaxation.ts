/**
 * Which VMs wait for each other in a circle. In the delete relaxation (Bonet & Geffner 2001), a VM that moves frees its node and takes
 * nothing on its target; what cannot move even so waits for room that only VMs can free which wait themselves.
 */
import { hasRoom, type Mover, type Places } from './places.js'

export interface Standing {
  /** By space and place. */
  free: readonly Float64Array[]
  /** Place by mover. */
  at: Int32Array
  /** By mover: 0 at home, 1 at its stop, 2 where it shall be. */
  stage: Uint8Array
}

export class Relaxation {
  readonly #movers: readonly Mover[]
  readonly #free: readonly Float64Array[]
  readonly #group: Int32Array

  constructor({ free, movers }: Places) {
    this.#movers = movers
    this.#free = free.map((each) => each.slice())
    this.#group = new Int32Array(free[0].length)
  }

  /**
   * The number of groups of nodes that block each other: VMs that wait go from one to another of the same group, so each group needs a VM of
   * its own to step aside. `Infinity` where that is no help: with all stops open there is still one that can never move.
   *
   * @param asked movers that are not yet where they shall be.
   * @param spare movers that may be evicted.
   */
  deadlocks(standing: Standing, asked: readonly number[], spare: readonly number[]): number {
    const { at, stage } = standing
    this.#begin(standing)
    const blocked = this.#advance(asked, at, stage, false)
    if (blocked.length === 0) return 0
    const stuck = this.#advance([...blocked, ...spare], at, stage, true)
    if (stuck.some((m) => !this.#movers[m].evictable)) return Number.POSITIVE_INFINITY
    return this.#groups(blocked, at)
  }

  /** Those of the movers, all at home, that could not move even if all others did and every stop were open. */
  stuck(standing: Standing, movers: readonly number[]): readonly number[] {
    this.#begin(standing)
    return this.#advance(movers, standing.at, standing.stage, true)
  }

  #begin(standing: Standing): void {
    for (let s = 0; s < this.#free.length; s++) this.#free[s].set(standing.free[s])
  }

  /** Moves what can move until nothing can; returns the rest. */
  #advance(movers: readonly number[], at: Int32Array, stage: Uint8Array, aside: boolean): readonly number[] {
    const free = this.#free
    let waiting = movers
    for (let before = -1; before !== waiting.length && waiting.length > 0; ) {
      before = waiting.length
      waiting = waiting.filter((m) => {
        const { sizes, targets, stops } = this.#movers[m]
        const room = (node: number) => hasRoom(free, sizes, node)
        const goes = targets.some(room) || (aside && stage[m] === 0 && stops.some(room))
        if (goes) for (let s = 0; s < sizes.length; s++) free[s][at[m]] += sizes[s]
        return !goes
      })
    }
    return waiting
  }

  #groups(blocked: readonly number[], at: Int32Array): number {
    const group = this.#group
    for (let n = 0; n < group.length; n++) group[n] = n
    const rootOf = (n: number) => {
      let root = n
      while (group[root] !== root) root = group[root]
      return root
    }
    for (const m of blocked) for (const t of this.#movers[m].targets) group[rootOf(t)] = rootOf(at[m])
    return new Set(blocked.map((m) => rootOf(at[m]))).size
  }
}
