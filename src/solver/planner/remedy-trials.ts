/** Remedies are tried before they are told: each changed problem is planned, quickly, as long as there is work left for it. */
import { loadKernel } from '../../kernel/kernel.js'
import { compileInstance } from '../../model/compile.js'
import type { Plan } from '../../model/plan.js'
import type { ResolvedProblem } from '../../model/problem.js'
import { parametersAt } from '../parameters.js'
import type { Alternatives, Remedy } from '../report/remedies.js'
import { Run } from '../run.js'
import { readAsked } from '../wishes/asked.js'

/** A look costs so much less than a plan. */
const LOOKS_PER_TRIAL = 8

export type PlanWith = (problem: ResolvedProblem, run: Run) => Promise<Plan>

/** A VM that stays, and what may help it. */
export interface Stayer {
  vm: string
  remedies: readonly Alternatives[]
}

export class RemedyTrials {
  readonly #problem: ResolvedProblem
  readonly #run: Run
  readonly #planWith: PlanWith
  readonly #known = new Map<string, Plan>()
  /** Weight that the plan leaves unplaced. */
  readonly #weight: number
  /** Plans that may still be made, and looks at whether a plan is worth making. */
  #left: number
  #looks: number

  constructor(problem: ResolvedProblem, plan: Plan, run: Run, planWith: PlanWith) {
    const { remedyTrials, remedyWork } = run.parameters.planner
    const size = Math.max(1, (plan.migrations.length + plan.unplaced.length) * problem.nodes.length)
    this.#problem = problem
    this.#run = run
    this.#planWith = planWith
    this.#weight = this.#unplacedWeight(plan)
    this.#left = Math.min(remedyTrials, Math.floor(remedyWork / size))
    this.#looks = LOOKS_PER_TRIAL * this.#left
  }

  #unplacedWeight({ unplaced }: Plan): number {
    return unplaced.reduce((sum, { vm }) => sum + (this.#problem.vmById.get(vm)?.priority ?? 0) + 1, 0)
  }

  /** By VM: the remedies that help, and those that nobody has tried, as such. Heavy VMs first have theirs tried. */
  async tell(stayers: readonly Stayer[]): Promise<ReadonlyMap<string, string[]>> {
    const priority = ({ vm }: Stayer) => this.#problem.vmById.get(vm)?.priority ?? 0
    const told = new Map<string, string[]>()
    for (const stayer of [...stayers].sort((a, b) => priority(b) - priority(a))) {
      const texts: string[] = []
      for (const alternatives of stayer.remedies) {
        const text = await this.#tryInTurn(stayer.vm, alternatives)
        if (text !== undefined) texts.push(text)
      }
      told.set(stayer.vm, texts)
    }
    return told
  }

  async #tryInTurn(vm: string, alternatives: Alternatives): Promise<string | undefined> {
    let untried: Remedy | undefined
    for (const remedy of alternatives) {
      const plan = await this.#planOf(vm, remedy)
      if (plan === 'untried') untried ??= remedy
      else if (plan !== undefined && this.#places(vm, plan)) {
        const target = plan.migrations.findLast((m) => m.vm === vm)?.to
        return remedy.text(target)
      }
    }
    return untried === undefined ? undefined : `untested: ${untried.text(undefined)}`
  }

  /** It moves, and no heavier VM stays for it. */
  #places(vm: string, plan: Plan): boolean {
    return plan.unplaced.every((entry) => entry.vm !== vm) && this.#unplacedWeight(plan) < this.#weight
  }

  /** Undefined: the VM has no way to any node even so. */
  async #planOf(vm: string, { key, apply }: Remedy): Promise<Plan | 'untried' | undefined> {
    const known = this.#known.get(key)
    if (known !== undefined) return known
    if (apply === undefined || this.#left <= 0 || this.#looks <= 0 || (await this.#run.breathe()))
      return 'untried'
    const changed = apply(this.#problem)
    this.#looks--
    if (!(await hasWay(changed, vm))) return undefined
    this.#left--
    const plan = await this.#planWith(changed, this.#quickRun())
    // A plan that a limit cut short says nothing of what a whole search finds.
    if (plan.statistics.stopped === 'time-limit' || plan.statistics.stopped === 'aborted') return 'untried'
    this.#known.set(key, plan)
    return plan
  }

  #quickRun(): Run {
    const parameters = parametersAt(1)
    // Whether it is placed is asked, not how soon all would be done, nor whether that is proven.
    const quick = { remedies: false, turnColumns: [0], proofWork: 0 }
    return new Run({
      ...this.#run.options,
      effort: 1,
      timeLimitSeconds: this.#run.remainingMs / 1000,
      onProgress: undefined,
      parameters: { ...parameters, planner: { ...parameters.planner, ...quick } },
      overridden: {},
    })
  }
}

/** Could the VM be placed at all, whatever becomes of the others? */
async function hasWay(problem: ResolvedProblem, vm: string): Promise<boolean> {
  const instance = compileInstance(problem)
  const { request } = readAsked(instance, await loadKernel())
  const v = instance.vmIndex.get(vm) ?? -1
  return request.wishOf[v] < 0 || request.wishes[request.wishOf[v]].choices.length > 0
}
