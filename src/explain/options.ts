/** The options of `explain()`: those of `plan()`, and what to explain. */

import { InvalidOptionError } from '../errors.js'
import { MOST_RELAXATIONS } from '../model/explanation.js'
import { didYouMean, show } from '../model/issues.js'
import type { ResolvedProblem } from '../model/problem.js'
import { type CheckedPlanOptions, checkPlanOptions, type PlanOptions } from '../plan-options.js'
import type { Progress } from '../solver/progress.js'

/** How far an explanation is: the plan of the problem is step 0, each changed problem one more. */
export interface ExplainProgress extends Progress {
  step: number
  /** Steps in all; 1 until the plan of step 0 is there and changes have been chosen. */
  steps: number
  /** The change that is being planned, in words; `''` at step 0. */
  change: string
}

export interface ExplainOptions extends Omit<PlanOptions, 'onProgress'> {
  /** Id of the one VM to explain, of the request or not. Default: every VM of the request. */
  vm?: string
  /** Id of the one node to explain. Default: every node. */
  node?: string
  /** Most changes that are planned, an integer from 0 to 100. Default: 5, 6, 8, 12 or 16 by effort, fewer where many VMs are asked for. */
  relaxations?: number
  /** Called as that of `plan()` is, for each plan that is made. What it throws ends the explanation. */
  onProgress?: (progress: ExplainProgress) => void
}

export interface CheckedExplainOptions {
  /** Without the progress listener: that of the explanation hears of every plan. */
  plan: CheckedPlanOptions
  vm: string | undefined
  node: string | undefined
  /** `undefined`: see `mostRelaxations`. */
  relaxations: number | undefined
  onProgress: ((progress: ExplainProgress) => void) | undefined
}

/** Fills in defaults. @throws InvalidOptionError that names the option, its value and the range. */
export function checkExplainOptions(options: ExplainOptions = {}): CheckedExplainOptions {
  if (typeof options !== 'object' || options === null)
    throw new InvalidOptionError(`the options are ${show(options)}; they must be an object`)
  const { vm, node, relaxations, onProgress, ...rest } = options
  const plan = checkPlanOptions(rest, ['vm', 'node', 'relaxations', 'onProgress'])
  for (const [name, id] of [
    ['vm', vm],
    ['node', node],
  ] as const) {
    if (id !== undefined && typeof id !== 'string')
      throw new InvalidOptionError(`${name} is ${show(id)}; it must be an id`)
  }
  if (
    relaxations !== undefined &&
    !(Number.isInteger(relaxations) && relaxations >= 0 && relaxations <= MOST_RELAXATIONS)
  ) {
    throw new InvalidOptionError(
      `relaxations is ${show(relaxations)}; it must be an integer from 0 to ${MOST_RELAXATIONS}`,
    )
  }
  if (onProgress !== undefined && typeof onProgress !== 'function')
    throw new InvalidOptionError('onProgress must be a function')
  return { plan, vm, node, relaxations, onProgress }
}

/** How many changes are planned at most. @param vms that are asked for */
export function mostRelaxations({ relaxations, plan }: CheckedExplainOptions, vms: number): number {
  if (relaxations !== undefined) return relaxations
  const { relaxations: usual, plannedVms } = plan.parameters.explain
  return Math.max(1, Math.min(usual, Math.floor(plannedVms / Math.max(1, vms))))
}

/** @throws InvalidOptionError where the problem has no VM or node of that id. */
export function checkSubjects(problem: ResolvedProblem, { vm, node }: CheckedExplainOptions): void {
  if (vm !== undefined && !problem.vmById.has(vm))
    throw new InvalidOptionError(
      `vm is ${show(vm)}, which is not the id of a VM${didYouMean(vm, problem.vmById.keys())}`,
    )
  if (node !== undefined && !problem.nodeById.has(node))
    throw new InvalidOptionError(
      `node is ${show(node)}, which is not the id of a node${didYouMean(node, problem.nodeById.keys())}`,
    )
}
