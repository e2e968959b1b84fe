/**
 * `tolerateNodeFailure` as a wish about where VMs end: what a plan lacks, and a search for targets that lack less. It ranks after the
 * weight left unplaced and before the cost.
 */
import type { Instance } from '../../model/instance.js'
import { isInPlace } from '../../model/ways.js'
import { Random } from '../random.js'
import type { Run } from '../run.js'
import type { Decision } from '../schedule/legs.js'
import type { Wish } from '../wishes/wish.js'
import { FailureTest, type Shortage, type Standing } from './node-failure.js'
import type { AssignmentParameters } from './parameters.js'
import { mayStay } from './search.js'
import type { AssignmentState } from './state.js'

/** MiB, over all nodes. */
export interface Uncovered {
  /** What is not shown to find a place when its node fails. */
  atMost: number
  /**
   * What no plan covers that fulfils the same wishes: what runs on a node and on those that take over is then the same wherever it runs, and
   * so is what it exceeds their memory by.
   */
  least: number
}

export function uncoveredBy(shortages: readonly Shortage[]): Uncovered {
  let atMost = 0
  let least = 0
  for (const shortage of shortages) {
    atMost += shortage.atMost
    least += Math.max(0, shortage.running - shortage.free)
  }
  return { atMost, least }
}

export class Tolerance {
  readonly #instance: Instance
  readonly #test: FailureTest
  readonly #parameters: AssignmentParameters
  readonly #steps: number

  constructor(instance: Instance, parameters: AssignmentParameters) {
    const { failureLeastSteps, failureSteps } = parameters
    this.#parameters = parameters
    this.#instance = instance
    this.#test = new FailureTest(instance)
    this.#steps = Math.max(failureLeastSteps, Math.floor(failureSteps / Math.max(1, instance.nodeCount) ** 2))
  }

  /** What is missing, node by node; [] where every failure is shown to be survived. */
  shortages(wishes: readonly Wish[], choiceOf: (w: number) => Decision['choice']): Shortage[] {
    return this.#test.shortages(this.#standing(wishes, choiceOf), this.#steps)
  }

  #standing(wishes: readonly Wish[], choiceOf: (w: number) => Decision['choice']): Standing {
    const { vmNode, problem } = this.#instance
    const end = vmNode.slice()
    const running = Uint8Array.from(problem.vms, (vm) => (vm.state === 'running' ? 1 : 0))
    wishes.forEach((wish, w) => {
      const choice = choiceOf(w)
      if (choice === undefined) return
      end[wish.vm] = choice.node
      if (isInPlace(choice.kind)) running[wish.vm] = 0
    })
    return { end, running }
  }

  /** MiB of a state that are not shown to be covered, over all nodes. */
  #uncovered(state: AssignmentState, steps: number): number {
    const standing = this.#standing(state.wishes, (w) => state.wishes[w].choices[state.chosen[w]])
    return uncoveredBy(this.#test.shortages(standing, steps)).atMost
  }

  /**
   * Changes targets by single moves and swaps as long as less weight is unplaced, or less uncovered, or the cost falls by the estimate of
   * `state`, in this order. Never leaves more unplaced than before.
   *
   * @param share of the work of one search.
   */
  async improve(state: AssignmentState, run: Run, seed: number, share = 1): Promise<void> {
    const { wishes } = state
    const movable = wishes.map((_, w) => w).filter((w) => wishes[w].choices.length > 1)
    if (movable.length === 0) return
    const { nodeCount, vmCount } = this.#instance
    const { failureMostTries, failureSearchWork, failureStepsInSearch } = this.#parameters
    const tries = Math.ceil(share * Math.min(failureMostTries, failureSearchWork / (vmCount * nodeCount + 1)))
    const steps = Math.min(this.#steps, failureStepsInSearch)
    const random = new Random(seed)
    const measure = () => ({
      unplaced: state.unplacedWeight,
      uncovered: this.#uncovered(state, steps),
      cost: state.makespan() + state.penalty,
    })
    let now = measure()
    if (now.uncovered === 0) return
    for (let i = 0; i < tries; i++) {
      if ((i & 31) === 31 && (await run.breathe())) break
      const w = movable[random.below(movable.length)]
      const other = random.below(2) === 0 ? -1 : movable[random.below(movable.length)]
      const undo = change(state, random, w, other)
      if (undo === undefined) continue
      const then = measure()
      if (isNoWorse(then, now)) now = then
      else undo()
    }
  }
}

interface Measure {
  unplaced: number
  uncovered: number
  cost: number
}

function isNoWorse(a: Measure, b: Measure): boolean {
  if (a.unplaced !== b.unplaced) return a.unplaced < b.unplaced
  if (a.uncovered !== b.uncovered) return a.uncovered < b.uncovered
  return a.cost <= b.cost
}

/**
 * Moves wish w, and with `other` ≥ 0 that one too, each to a choice drawn. Returns what takes it back; undefined, with the state as before,
 * where that is not admitted.
 */
function change(state: AssignmentState, random: Random, w: number, other: number): (() => void) | undefined {
  const { wishes } = state
  const c = random.below(wishes[w].choices.length)
  if (c === state.chosen[w] || other === w || (other >= 0 && state.together(w, other))) return undefined
  const before = state.held(w)
  if (other < 0) {
    if (!state.admits(w, c)) return undefined
    const undo = () => state.giveBack(w, before)
    state.set(w, c)
    if (mayStay(state, w, -1)) return undo
    undo()
    return undefined
  }
  const otherBefore = state.held(other)
  const d = random.below(wishes[other].choices.length)
  const undo = () => {
    state.giveBack(w, before)
    state.giveBack(other, otherBefore)
  }
  state.set(other, -1)
  state.set(w, -1)
  if (state.admits(w, c)) {
    state.set(w, c)
    if (state.admits(other, d)) {
      state.set(other, d)
      if (mayStay(state, w, other)) return undo
    }
  }
  undo()
  return undefined
}
