/**
 * What the tasks that remain still cost in rounds, at the least: the bounds that guide the exact search over rounds. By classes, so that
 * they are cheap enough to be asked for at every state.
 */
import { doneBy } from '../../model/intervals.js'
import type { RoundsProblem } from './problem.js'

export class RemainingBound {
  readonly #problem: RoundsProblem
  readonly #byDuration: readonly number[]
  /** [classes] certified price of one task, ticks. */
  readonly #price: Float64Array
  readonly #degree: Int32Array
  readonly #work: Float64Array

  /** @param prices [tasks] such that no round's sum exceeds its longest member; undefined: none. */
  constructor(problem: RoundsProblem, prices: Float64Array | undefined) {
    this.#problem = problem
    const { classes } = problem
    this.#byDuration = classes
      .map((_, c) => c)
      .sort((a, b) => classes[b].duration - classes[a].duration || a - b)
    this.#price = Float64Array.from(classes, ({ tasks }) =>
      prices === undefined ? 0 : tasks.reduce((least, i) => Math.min(least, prices[i]), Infinity),
    )
    this.#degree = new Int32Array(problem.problem.resourceCount)
    this.#work = new Float64Array(problem.problem.resourceCount)
  }

  /** [classes] certified price of a task of each class, ticks; 0 without prices. */
  get prices(): Float64Array {
    return this.#price
  }

  /**
   * A tick before which what is left cannot be done.
   * @param left [classes] tasks left of each class.
   * @param now ticks: when the next round may start.
   */
  finish(left: ArrayLike<number>, now: number): number {
    const { classes } = this.#problem
    const { capacity, horizon } = this.#problem.problem
    const degree = this.#degree.fill(0)
    const work = this.#work.fill(0)
    let least = 0
    let need = 0
    let priced = 0
    let before = 0
    let latest = now
    // Rounds of length ≥ w are at least as many as the migrations of length ≥ w on any one resource: the sum over all w.
    for (const c of this.#byDuration) {
      const count = left[c]
      if (count === 0) continue
      const { uses, duration, tasks } = classes[c]
      least += (before - duration) * need
      before = duration
      for (let k = 0; k < uses.length; k += 2) {
        const r = uses[k]
        degree[r] += count * uses[k + 1]
        work[r] += count * uses[k + 1] * duration
        const rounds = capacity[r] === 1 ? degree[r] : Math.ceil(degree[r] / capacity[r])
        if (rounds > need) need = rounds
      }
      if (need === 0) need = 1
      priced += count * this.#price[c]
      const end = this.#problem.earliestEnd(tasks[0], now)
      if (end < 0) return horizon + 1
      if (end > latest) latest = end
    }
    least += before * need
    let finish = Math.max(latest, now + least, now + Math.ceil(priced))
    for (let r = 0; r < work.length; r++) {
      if (work[r] === 0 || this.#problem.closed[r].length === 0) continue
      finish = Math.max(finish, doneBy(this.#problem.closed[r], now, Math.ceil(work[r] / capacity[r])))
    }
    return finish
  }
}
