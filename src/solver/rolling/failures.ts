/** `tolerateNodeFailure` beside works: what the night's end lacks, were any one node to fail. It ranks behind what is left undone and before the cost. */
import type { Instance } from '../../model/instance.js'
import { FailureTest, type Shortage, type Standing } from '../assignment/node-failure.js'
import type { AssignmentParameters } from '../assignment/parameters.js'
import { type Uncovered, uncoveredBy } from '../assignment/tolerance.js'

const NOTHING: Uncovered = Object.freeze({ atMost: 0, least: 0 })
/** Nights end alike: so many ends are remembered. */
const REMEMBERED = 1000

export class Failures {
  readonly #test: FailureTest | undefined
  readonly #steps: number
  readonly #stepsInSearch: number
  readonly #known = new Map<string, Uncovered>()

  constructor(instance: Instance, parameters: AssignmentParameters) {
    const { failureLeastSteps, failureSteps, failureStepsInSearch } = parameters
    if (instance.problem.policy.tolerateNodeFailure) this.#test = new FailureTest(instance)
    this.#steps = Math.max(failureLeastSteps, Math.floor(failureSteps / Math.max(1, instance.nodeCount) ** 2))
    this.#stepsInSearch = Math.min(this.#steps, failureStepsInSearch)
  }

  /** MiB over all nodes, by the search's measure. */
  uncovered(standing: Standing): Uncovered {
    if (this.#test === undefined) return NOTHING
    const key = `${standing.end.join()} ${standing.running.join('')}`
    let known = this.#known.get(key)
    if (known === undefined) {
      known = uncoveredBy(this.#test.shortages(standing, this.#stepsInSearch))
      if (this.#known.size >= REMEMBERED) this.#known.clear()
      this.#known.set(key, known)
    }
    return known
  }

  /** Node by node; [] where every failure is shown to be survived. */
  shortages(standing: Standing): Shortage[] {
    return this.#test?.shortages(standing, this.#steps) ?? []
  }
}
