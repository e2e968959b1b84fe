/** Whole plans in a worker. */
import type { LpServiceFactory } from '../lp/lazy.js'
import type { Plan } from '../model/plan.js'
import { resolveProblem } from '../model/validate.js'
import { checkPlanOptions, type PlanOptions } from '../plan-options.js'
import { runPlan } from '../run-plan.js'
import { ALONE } from '../solver/exact/pool.js'
import type { Progress } from '../solver/progress.js'
import { Run } from '../solver/run.js'
import { Workers } from '../workers.js'
import { type Answer, answer, type PlanTask, type PlanWorkerApi } from './protocol.js'

/** A plan that is being made, or what else is watched and aborted as one. */
interface Making {
  stop: AbortController
  told: Progress[]
  /** Answers the call that waits for more, where one does. */
  tell: (() => void) | undefined
  made: boolean
}

/** All that are being made. */
export interface Makings extends Pick<PlanWorkerApi, 'abortPlan' | 'progressOf'> {
  /** @param work gets the options of the task, a signal, and a listener where somebody asks for progress */
  make<T>(id: number, task: PlanTask, work: (options: PlanOptions) => Promise<T>): Promise<Answer<T>>
}

export function createMakings(): Makings {
  const all = new Map<number, Making>()
  // The worker for LPs serves one plan after another, as this one does.
  let workers: Workers | undefined
  const make: Makings['make'] = (id, { aborted, watched, url, ...rest }, work) =>
    answer(async () => {
      const making: Making = {
        stop: new AbortController(),
        told: [],
        tell: undefined,
        made: false,
      }
      all.set(id, making)
      if (aborted) making.stop.abort()
      const onProgress = (progress: Progress): void => {
        making.told.push(progress)
        making.tell?.()
      }
      workers ??= new Workers({ size: 1, ...(url === undefined ? {} : { url }) })
      try {
        return await work({
          ...rest,
          signal: making.stop.signal,
          workers,
          ...(watched ? { onProgress } : {}),
        })
      } finally {
        making.made = true
        making.tell?.()
        if (!watched) all.delete(id)
      }
    })
  return {
    make,
    abortPlan: (id) =>
      answer(async () => {
        all.get(id)?.stop.abort()
        return null
      }),
    progressOf: (id) =>
      answer(async () => {
        const making = all.get(id)
        if (making === undefined) return null
        if (making.told.length === 0 && !making.made)
          await new Promise<void>((resolve) => {
            making.tell = resolve
          })
        making.tell = undefined
        if (making.told.length > 0) return making.told.splice(0)
        all.delete(id)
        return null
      }),
  }
}

/** @throws as `plan` does */
export async function makePlan(
  problem: unknown,
  given: PlanOptions,
  createLps: LpServiceFactory,
): Promise<Plan> {
  const options = checkPlanOptions(given)
  const run = new Run(options)
  return (await runPlan(resolveProblem(problem), options, run, createLps, () => ALONE)).plan
}

export function createPlanWorkerApi(createLps: LpServiceFactory): PlanWorkerApi {
  const { make, ...makings } = createMakings()
  return {
    plan: (id, problem, task) => make(id, task, (options) => makePlan(problem, options, createLps)),
    ...makings,
  }
}
