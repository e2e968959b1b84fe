/** One restart of the joint search: annealing from one list, in whatever thread. */
import type { Kernel, ModeList, MultiModeAnnealResult, MultiModeProblem } from '../../kernel/types.js'
import type { Run } from '../run.js'

/**
 * Choices of all wishes and a schedule of them. At its end every node has room and no arrival shares a group. Its times keep slots and
 * windows; they are those of a valid plan where no node's memory can bind (`bindingMemoryNodes` of the legs), as where only drained nodes
 * are left. Elsewhere memory during the moves was not looked at, and the choices have to be scheduled again. Barriers (`rounds`) always.
 */
export interface JointPlan {
  /** [wishes] choice, −1 unplaced. */
  chosen: Int32Array
  /** [wishes] permutation of the wishes: the list that generated it; `legList` has it for the legs. */
  order: Int32Array
  /** [wishes] ticks, −1 unplaced. */
  start: Int32Array
  unplacedWeight: number
  /** Ticks. */
  makespan: number
  penalty: number
}

/** Plain data: it crosses to other threads. */
export interface RestartTask {
  problem: MultiModeProblem
  /** To begin with. */
  list: ModeList
  /** To spend, ≥ 1. */
  evaluations: number
  /** Any u32. */
  seed: number
  /** As in `JointSearch`. */
  makespanBound: number
  costBound: number
  keep: number
}

export interface RestartResult {
  /** Best first; at least one. */
  plans: JointPlan[]
  evaluations: number
  /** A plan meets the bound, or nothing is left to try: no further restart is of use. */
  done: boolean
}

/** Choices tried between two looks at the clock. */
const SLICE_WORK = 60_000

function costOf({ makespan, penalty }: JointPlan): number {
  return makespan + penalty
}

/** Less weight unplaced first, then less cost. */
function compare(a: JointPlan, b: JointPlan): number {
  return a.unplacedWeight - b.unplacedWeight || costOf(a) - costOf(b)
}

/** @param plans those to add to. */
export async function runRestart(
  kernel: Kernel,
  run: Run,
  { problem, list, evaluations: total, seed, makespanBound, costBound, keep }: RestartTask,
  plans = new BestPlans(keep),
): Promise<RestartResult> {
  const slice = Math.max(1, Math.floor(SLICE_WORK / Math.max(1, problem.duration.length)))
  const scheduler = kernel.createMultiModeScheduler(problem)
  try {
    let current = list
    let spent = 0
    while (spent < total) {
      const result = scheduler.anneal({
        ...current,
        evaluations: Math.min(slice, total - spent),
        spent,
        total,
        seed,
        target: makespanBound,
        enough: costBound,
      })
      spent += result.evaluations
      run.count('evaluations', result.evaluations)
      current = result.current
      const plan = planOf(result)
      plans.add(plan)
      const done = plan.unplacedWeight === 0 && costOf(plan) <= costBound
      if (done || problem.taskCount < 2 || (await run.breathe()))
        return { plans: plans.list, evaluations: spent, done: true }
    }
    return { plans: plans.list, evaluations: spent, done: false }
  } finally {
    scheduler.dispose()
  }
}

function planOf({
  mode,
  order,
  start,
  unscheduledWeight,
  makespan,
  penalty,
}: MultiModeAnnealResult): JointPlan {
  return { chosen: mode, order, start, unplacedWeight: unscheduledWeight, makespan, penalty }
}

/** A few plans with distinct choices. */
export class BestPlans {
  readonly list: JointPlan[] = []
  readonly #keep: number

  constructor(keep: number) {
    this.#keep = keep
  }

  add(plan: JointPlan): void {
    const key = plan.chosen.join()
    const same = this.list.findIndex((p) => p.chosen.join() === key)
    if (same >= 0) {
      if (compare(plan, this.list[same]) >= 0) return
      this.list.splice(same, 1)
    }
    this.list.push(plan)
    this.list.sort(compare)
    this.list.length = Math.min(this.list.length, this.#keep)
  }
}
