/**
 * Every round worth taking next, from a set of tasks that is left. A round that could hold one more task by the time it is over is
 * never better than the one that does, so only maximal ones count, unless memory binds: then more moved may be worse. Where
 * rounds may trade places, the next one may as well be that of the longest task left.
 */
import { fits, hold, type RoundsProblem } from './problem.js'

/** Kinds of task that are looked at in the time of a step. */
export const KINDS_A_STEP = 32

/** Told of a round: classes of its members (with repeats) and the tick at which it is over. False: enough. */
export type OnRound = (members: readonly number[], end: number) => boolean

export class Expander {
  readonly #problem: RoundsProblem
  /** [classes] certified price of a task. */
  readonly #price: Float64Array
  /** Arrivals may use what leaves in the same round. */
  readonly #relaxed: boolean
  readonly #inUse: Int32Array
  readonly #arriving: Float64Array
  readonly #leaving: Float64Array
  readonly #members: number[] = []
  readonly #end: Int32Array
  /** Calls of the recursion since the beginning, each counted by how many kinds of task it looked at. */
  steps = 0

  #left: Int32Array = new Int32Array(0)
  #order: number[] = []
  #free: Float64Array = new Float64Array(0)
  #slack = 0
  #onRound: OnRound = () => false
  #limit = 0
  #going = true

  constructor(problem: RoundsProblem, price: Float64Array, relaxed: boolean) {
    this.#problem = problem
    this.#price = price
    this.#relaxed = relaxed
    this.#inUse = new Int32Array(problem.problem.resourceCount)
    this.#arriving = new Float64Array(problem.problem.memoryNodeCount)
    this.#leaving = new Float64Array(problem.problem.memoryNodeCount)
    this.#end = new Int32Array(problem.classes.length)
  }

  /**
   * @param left [classes] tasks left of each class.
   * @param ready [classes] 1 where predecessors are done.
   * @param limits `now`, ticks: the round starts no earlier; `upper`, ticks: only what may still be done before is of interest; `priced`:
   * summed price of all that is left, ticks; `limit`: `steps` at which to give up. False is then returned.
   */
  rounds(
    left: Int32Array,
    ready: Uint8Array,
    free: Float64Array,
    { now, upper, priced, limit }: Readonly<Record<'now' | 'upper' | 'priced' | 'limit', number>>,
    onRound: OnRound,
  ): boolean {
    const { classes, commutes } = this.#problem
    this.#left = left
    this.#free = free
    this.#onRound = onRound
    this.#limit = limit
    this.#going = true
    const order: number[] = []
    for (let c = 0; c < classes.length; c++) {
      if (left[c] === 0 || ready[c] === 0) continue
      this.#end[c] = this.#problem.earliestEnd(classes[c].tasks[0], now)
      if (this.#end[c] >= 0) order.push(c)
    }
    order.sort((a, b) => this.#end[b] - this.#end[a] || classes[b].duration - classes[a].duration || a - b)
    this.#order = order
    for (let p = 0; p < order.length && this.#going; p++) {
      const c = order[p]
      if (this.#take(c)) {
        const end = this.#end[c]
        // The round costs its length and wins its members' prices: that must leave the finish below `upper`.
        this.#slack = upper - end - priced + this.#price[c]
        this.#grow(p, p, end)
        this.#untake(c)
      }
      if (commutes) break
    }
    return this.#going || this.steps < limit
  }

  /** Decides on the class at place `p` and all after it. */
  #grow(p: number, top: number, end: number): void {
    this.steps += 1 + this.#order.length / KINDS_A_STEP
    if (this.steps >= this.#limit) this.#going = false
    if (!this.#going) return
    let place = p
    while (place < this.#order.length && !this.#fits(this.#order[place])) place++
    if (place === this.#order.length) {
      if (this.#slack > 0 && this.#isMaximal(top) && !this.#onRound(this.#members, end)) this.#going = false
      return
    }
    if (this.#slack + this.#winnable(place) <= 0) return
    const c = this.#order[place]
    if (this.#take(c)) {
      this.#slack += this.#price[c]
      this.#grow(place, top, end)
      this.#slack -= this.#price[c]
      this.#untake(c)
    }
    this.#grow(place + 1, top, end)
  }

  #take(c: number): boolean {
    if (!this.#fits(c)) return false
    const { uses, taken, given } = this.#problem.classes[c]
    hold(uses, this.#inUse, 1)
    for (const [r, amount] of taken) this.#arriving[r] += amount
    for (const [r, amount] of given) this.#leaving[r] += amount
    this.#left[c]--
    this.#members.push(c)
    return true
  }

  #untake(c: number): void {
    const { uses, taken, given } = this.#problem.classes[c]
    hold(uses, this.#inUse, -1)
    for (const [r, amount] of taken) this.#arriving[r] -= amount
    for (const [r, amount] of given) this.#leaving[r] -= amount
    this.#left[c]++
    this.#members.pop()
  }

  /** One more of the class: by count, resources and (as far as one can say before the round is whole) memory. */
  #fits(c: number): boolean {
    if (this.#left[c] === 0) return false
    const { uses, taken } = this.#problem.classes[c]
    if (!fits(uses, this.#inUse, this.#problem.problem.capacity)) return false
    return this.#relaxed || taken.every(([r, amount]) => this.#arriving[r] + amount <= this.#free[r])
  }

  /** Nothing more would fit that ends by the round's end; relaxed memory must balance. */
  #isMaximal(top: number): boolean {
    if (this.#arriving.length > 0) {
      return this.#arriving.every((sum, r) => sum === 0 || sum <= this.#free[r] + this.#leaving[r])
    }
    let first = top
    const end = this.#end[this.#order[top]]
    while (first > 0 && this.#end[this.#order[first - 1]] === end) first--
    for (let p = first; p < this.#order.length; p++) if (this.#fits(this.#order[p])) return false
    return true
  }

  /** At least what prices of places from `p` on can add to the round: each slot at half the dearest member that it could take. */
  #winnable(p: number): number {
    const { capacity } = this.#problem.problem
    const { classes } = this.#problem
    let sum = 0
    const best = this.#best.fill(0)
    for (let q = p; q < this.#order.length; q++) {
      const c = this.#order[q]
      const price = this.#price[c]
      if (price === 0) continue
      const { resourceA, resourceB, uses } = classes[c]
      if (!fits(uses, this.#inUse, capacity)) continue
      if (resourceA < 0 || resourceB < 0) {
        sum += price * this.#left[c]
        continue
      }
      if (price > best[resourceA]) best[resourceA] = price
      if (price > best[resourceB]) best[resourceB] = price
    }
    for (let r = 0; r < best.length; r++) {
      if (best[r] > 0) sum += (best[r] * (capacity[r] - this.#inUse[r])) / 2
    }
    return sum
  }

  get #best(): Float64Array {
    this.#bestScratch ??= new Float64Array(this.#problem.problem.resourceCount)
    return this.#bestScratch
  }
  #bestScratch: Float64Array | undefined
}
