/** Dual master that leaves javascript-lp-solver for HiGHS where it must, with the rows it has. */
import { loadHighs } from './highs.js'
import { HighsMaster } from './highs-master.js'
import { emptySolution, objectiveAt } from './javascript-lp-solver.js'
import { lpParameters } from './parameters.js'
import { RowPool } from './row-pool.js'
import { type MasterAnswer, masterAnswer, TableauMaster } from './tableau-master.js'
import type { DualMaster, LpBackendName, LpOptions, LpSolution, SparseRows } from './types.js'
import { assertOptions, assertProfit, assertRows } from './validate.js'

class WarmDualMaster implements DualMaster {
  readonly #pool: RowPool
  readonly #options: LpOptions
  #backend: LpBackendName
  #reason = ''
  #tableau: TableauMaster | undefined
  #highs: HighsMaster | undefined
  #disposed = false
  #queue: Promise<unknown> = Promise.resolve()

  constructor(profit: Float64Array, options: LpOptions) {
    this.#pool = new RowPool(profit)
    this.#options = options
    const choice = options.backend ?? 'auto'
    this.#backend = choice === 'auto' ? 'javascript-lp-solver' : choice
    if (choice === 'auto' && profit.length > lpParameters(options.parameters).masterVariables) {
      this.#backend = 'highs'
      this.#reason = 'too large for javascript-lp-solver'
    }
  }

  async addRowsAndSolve(rows: SparseRows): Promise<LpSolution> {
    assertRows(rows, this.#pool.profit.length)
    // Loading HiGHS takes a while: calls made meanwhile have to wait for their turn.
    const turn = this.#queue.then(() => {
      if (this.#disposed) return emptySolution('failed', this.#backend, 'the master is disposed of', Infinity)
      this.#pool.add(rows)
      return this.#solve()
    })
    this.#queue = turn.catch(() => undefined)
    return turn
  }

  async dispose(): Promise<void> {
    this.#disposed = true
    await this.#queue
    this.#highs?.dispose()
    this.#highs = undefined
    this.#tableau = undefined
  }

  async #solve(): Promise<LpSolution> {
    if (this.#backend === 'javascript-lp-solver') {
      const answer = this.#solveOnTableau()
      if (answer.status === 'optimal' || this.#options.backend === 'javascript-lp-solver')
        return this.#toSolution(answer, '')
      this.#backend = 'highs'
      this.#tableau = undefined
      this.#reason = `javascript-lp-solver: ${answer.status}${answer.note === '' ? '' : `, ${answer.note}`}`
    }
    return this.#toSolution(await this.#solveOnHighs(), this.#reason)
  }

  /** A failed check may be rounding that has piled up over thousands of pivots: a fresh tableau gets one more chance. */
  #solveOnTableau(): MasterAnswer {
    let answer = masterAnswer('failed', '')
    for (let attempt = 0; attempt < 2 && answer.status === 'failed'; attempt++) {
      if (attempt > 0) this.#tableau = undefined
      this.#tableau ??= new TableauMaster(this.#pool, this.#options.parameters)
      try {
        answer = this.#certified(this.#tableau.solve())
      } catch (cause) {
        answer = masterAnswer('failed', String(cause))
      }
    }
    // What a work limit interrupted is no basis to go on from.
    if (answer.status !== 'optimal') this.#tableau = undefined
    return answer
  }

  async #solveOnHighs(): Promise<MasterAnswer> {
    let answer = masterAnswer('failed', '')
    for (let attempt = 0; attempt < 2 && answer.status === 'failed'; attempt++) {
      if (this.#highs === undefined) {
        try {
          this.#highs = new HighsMaster(await loadHighs(), this.#pool, this.#options)
        } catch (cause) {
          return masterAnswer('failed', `HiGHS could not be loaded: ${String(cause)}`)
        }
      }
      answer = this.#certified(this.#highs.solve())
      if (answer.status === 'failed') {
        this.#highs.dispose()
        this.#highs = undefined
      }
    }
    return answer
  }

  #certified(answer: MasterAnswer): MasterAnswer {
    if (answer.status !== 'optimal') return answer
    const fault = this.#pool.fault(answer.y, answer.dual)
    return fault === '' ? answer : masterAnswer('failed', fault)
  }

  #toSolution(answer: MasterAnswer, reason: string): LpSolution {
    const note = [reason, answer.note].filter((part) => part !== '').join('; ')
    if (answer.status !== 'optimal') {
      return emptySolution(
        answer.status,
        this.#backend,
        note,
        answer.status === 'infeasible' ? -Infinity : Infinity,
      )
    }
    const objective = objectiveAt(this.#pool.profit, answer.y)
    return {
      status: 'optimal',
      objective,
      x: answer.y,
      dual: answer.dual,
      bound: objective,
      backend: this.#backend,
      note,
    }
  }
}

/**
 * A dual master over `profit.length` variables (copied). `auto` starts on javascript-lp-solver up to `masterVariables` and goes over to HiGHS for good where an answer is not a certified optimum. Calls are served one after another. The rows of
 * the first call must bound the master, else the answer is `unbounded`. The objective is that of the maximisation, and `dual` ≥ 0 =
 * d objective / d rhs; `bound` repeats the objective (+∞ where there is none).
 * @throws PlannerError (`INVALID_LP`) on a profit that is not finite, malformed options, or (from `addRowsAndSolve`) malformed rows.
 */
export function createWarmDualMaster(profit: Float64Array, options: LpOptions = {}): DualMaster {
  assertProfit(profit)
  assertOptions(options)
  return new WarmDualMaster(profit, options)
}
