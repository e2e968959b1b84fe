/** An explanation: the plan, what it rests on, where each VM can go and why not elsewhere, what fills each node's time, what would help. */

import { addAll } from '../lists.js'
import type { Change, Explanation } from '../model/explanation.js'
import type { Plan } from '../model/plan.js'
import type { Problem, ResolvedProblem } from '../model/problem.js'
import { resolveProblem } from '../model/validate.js'
import { type PlannedProblem, planResolved } from '../plan.js'
import type { CheckedPlanOptions } from '../plan-options.js'
import { Workers } from '../workers.js'
import { explainBound } from './bound.js'
import { gatherFacts } from './facts.js'
import { explainNightBound, nightChanges, worthOfAtOnce } from './night.js'
import { explainNode } from './nodes.js'
import {
  type CheckedExplainOptions,
  checkExplainOptions,
  checkSubjects,
  type ExplainOptions,
  mostRelaxations,
} from './options.js'
import { byGain, chooseChanges, type PlannedChange, plannable, relaxationOf } from './relaxations.js'
import { VmExplainer } from './vms.js'

/** A search shorter than this says nothing, milliseconds. */
const LEAST_MS = 5

/** What `explain()` promises (src/explain.ts). */
export async function explainProblem(problem: Problem, options?: ExplainOptions): Promise<Explanation> {
  checkExplainOptions(options)
  return explainResolved(problem as Problem, resolveProblem(problem), options)
}

/** The same for a problem that is validated, beside which its document is: changes are to be applied to that. */
export async function explainResolved(
  document: Problem,
  problem: ResolvedProblem,
  options?: ExplainOptions,
): Promise<Explanation> {
  const checked = checkExplainOptions(options)
  checkSubjects(problem, checked)
  // Its plans share workers: the first that needs one starts it.
  const workers = checked.plan.workers ?? new Workers()
  const shared = { ...checked, plan: { ...checked.plan, workers } }
  try {
    return await new Explainer(document, problem, shared).explain()
  } finally {
    if (checked.plan.workers === undefined) workers.close()
  }
}

class Explainer {
  readonly #raw: Problem
  readonly #problem: ResolvedProblem
  readonly #options: CheckedExplainOptions
  readonly #deadline: number
  #step = 0
  #steps = 1

  constructor(raw: Problem, problem: ResolvedProblem, options: CheckedExplainOptions) {
    this.#raw = raw
    this.#problem = problem
    this.#options = options
    this.#deadline = performance.now() + options.plan.timeLimitSeconds * 1000
  }

  async explain(): Promise<Explanation> {
    const { plan: planOptions, vm, node, relaxations: wished } = this.#options
    const limits = planOptions.parameters.explain
    const { plan, boundNodes, complete } = await this.#plan(
      this.#problem,
      '',
      wished === 0 ? 1 : limits.planShare,
    )
    const facts = await gatherFacts(this.#problem, plan, limits)
    const { instance } = facts
    const vms = new VmExplainer(facts)
    const most = mostRelaxations(this.#options, vms.asked().length)
    const indexOf = (id: string) => instance.vmIndex.get(id) ?? -1
    const isNight = this.#problem.works !== undefined
    const bound = isNight ? explainNightBound(this.#problem, plan) : explainBound(facts, boundNodes)
    const unplaced = plan.unplaced.map((entry) => vms.explain(indexOf(entry.vm)))
    const first = node === undefined ? -1 : (instance.nodeIndex.get(node) ?? -1)
    const { changes, ruledOut } = isNight
      ? {
          changes: plannable(this.#raw, nightChanges(this.#raw, this.#problem, plan), most),
          ruledOut: [],
        }
      : await chooseChanges(this.#raw, facts, bound, unplaced, { vm, node }, most)
    const { relaxations, notComputed } = await this.#relax(plan, changes)
    if (isNight) addAll(bound.sentences, worthOfAtOnce(this.#problem, plan, relaxations))
    return {
      version: 1,
      problem: this.#problem.name,
      schedule: planOptions.schedule,
      seed: planOptions.seed,
      effort: planOptions.effort,
      ...(vm === undefined ? {} : { vm }),
      ...(node === undefined ? {} : { node }),
      plan,
      complete,
      vms: (vm === undefined ? vms.asked() : [indexOf(vm)]).map((v) => vms.explain(v)),
      nodes: (first < 0 ? this.#problem.nodes.map((_, n) => n) : [first]).map((n) => explainNode(facts, n)),
      bound,
      relaxations,
      ruledOut,
      notComputed,
    }
  }

  /** Plans each change in turn, with an equal share of the time that is left. */
  async #relax(
    today: Plan,
    changes: readonly PlannedChange[],
  ): Promise<Pick<Explanation, 'relaxations' | 'notComputed'>> {
    this.#steps = changes.length + 1
    const relaxations: Explanation['relaxations'] = []
    const notComputed: Change[] = []
    for (const [i, { change, changed }] of changes.entries()) {
      if (this.#options.plan.signal?.aborted === true || this.#deadline - performance.now() < LEAST_MS) {
        notComputed.push(change)
        continue
      }
      this.#step = i + 1
      const { plan, complete } = await this.#plan(changed, change.change, 1 / (changes.length - i))
      relaxations.push(relaxationOf(change, this.#problem, today, plan, complete))
    }
    return { relaxations: relaxations.sort(byGain), notComputed }
  }

  /** A plan within a share of the time that is left. */
  async #plan(problem: ResolvedProblem, change: string, share: number): Promise<PlannedProblem> {
    const { onProgress } = this.#options
    const options: CheckedPlanOptions = {
      ...this.#options.plan,
      timeLimitSeconds: Math.max(LEAST_MS, (this.#deadline - performance.now()) * share) / 1000,
    }
    if (change !== '') {
      // Of a changed problem only its figures are told.
      const { parameters } = options
      options.parameters = { ...parameters, planner: { ...parameters.planner, remedies: false } }
    }
    if (onProgress !== undefined) {
      options.onProgress = (progress) =>
        onProgress({ ...progress, step: this.#step, steps: this.#steps, change })
    }
    return planResolved(problem, options)
  }
}
