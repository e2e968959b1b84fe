/** What was done, and can be undone: a list of problems with the plans that were made of them. */
import type { Plan } from '../../src/model/plan.js'
import type { Problem } from '../../src/model/problem.js'
import type { SearchOptions } from '../engine/api.js'

/** In words of the page: a key, and what it names. */
export interface Done {
  key: string
  name?: string
}

export interface Step {
  done: Done
  problem: Problem
  options: SearchOptions
  /** Of this problem with these options; undefined: not made yet. */
  plan: Plan | undefined
}

export interface History {
  steps: readonly Step[]
  /** The step that is shown. */
  at: number
}

/** Steps that are kept: what is older is forgotten. */
export const MOST_STEPS = 100

export const begin = (step: Step): History => ({ steps: [step], at: 0 })

export const stepOf = ({ steps, at }: History): Step => steps[at]

/** What was undone before is forgotten. */
export function push({ steps, at }: History, step: Step): History {
  const kept = [...steps.slice(0, at + 1), step].slice(-MOST_STEPS)
  return { steps: kept, at: kept.length - 1 }
}

export const canUndo = ({ at }: History): boolean => at > 0
export const canRedo = ({ steps, at }: History): boolean => at < steps.length - 1
export const undo = (history: History): History =>
  canUndo(history) ? { ...history, at: history.at - 1 } : history
export const redo = (history: History): History =>
  canRedo(history) ? { ...history, at: history.at + 1 } : history

/** Migrations of all plans that are kept: beyond, those of the steps that are farthest from the one shown are made again when they are wanted. */
export const MOST_MIGRATIONS = 100_000

function withinBudget({ steps, at }: History): History {
  const order = [...steps.keys()].sort((a, b) => Math.abs(a - at) - Math.abs(b - at))
  let left = MOST_MIGRATIONS
  const kept = new Set(
    order.filter((i, nth) => {
      left -= steps[i].plan?.migrations.length ?? 0
      // What is shown, and what it is compared with, always are.
      return left >= 0 || nth < 2
    }),
  )
  return { steps: steps.map((step, i) => (kept.has(i) ? step : { ...step, plan: undefined })), at }
}

/** The plan goes to the step that it was made of, wherever the history has gone meanwhile. */
export function withPlan(history: History, of: Step, plan: Plan): History {
  return withinBudget({
    ...history,
    steps: history.steps.map((step) => (step === of ? { ...step, plan } : step)),
  })
}

/** The plan shown: of this step, or, while that has none, the last one before it, which is then out of date. */
export function shownPlan({ steps, at }: History): { plan: Plan; stale: boolean } | undefined {
  for (let i = at; i >= 0; i--) {
    const { plan } = steps[i]
    if (plan !== undefined) return { plan, stale: i < at }
  }
  return undefined
}

/** The latest plan before the one of this step: what it is compared with. */
export function planBefore({ steps, at }: History): Plan | undefined {
  return steps.slice(0, at).findLast(({ plan }) => plan !== undefined)?.plan
}
