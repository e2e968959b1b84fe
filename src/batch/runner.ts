/** What makes the plans of a batch, a sweep or a service: threads of this process, or workers behind a queue. */
import { PlannerError } from '../errors.js'
import type { Plan } from '../model/plan.js'
import type { Problem } from '../model/problem.js'
import { plan } from '../plan.js'
import type { PlanOptions } from '../plan-options.js'
import type { Progress } from '../solver/progress.js'
import { planInWorker } from '../worker/plan-client.js'
import { Workers, type WorkersOptions } from '../workers.js'

/** What decides the plan, beside the problem. */
export type JobOptions = Pick<
  PlanOptions,
  'schedule' | 'seed' | 'effort' | 'timeLimitSeconds' | 'uncertainty' | 'parameters'
>

export interface RunHooks {
  /** Aborting cancels the job. */
  signal?: AbortSignal | undefined
  onProgress?: ((progress: Progress) => void) | undefined
  /** Names problem and options: `contentKey`. Default: made of them where it is needed. */
  key?: string | undefined
  /** Wall-clock seconds from its turn on after which it fails, > 0. Default none. */
  timeoutSeconds?: number | undefined
}

export interface PlanRunner {
  /** Plans that are made at once; further ones wait for their turn. */
  readonly atOnce: number
  /**
   * The plan that `plan()` would make.
   * @throws InvalidProblemError, InvalidOptionError as `plan` does
   * @throws PlannerError with the code `CANCELLED` where it was aborted, `TIMEOUT`, or `WORKER_LOST` where the thread that made it ended twice
   */
  run(problem: Problem, options: JobOptions, hooks?: RunHooks): Promise<Plan>
  close(): Promise<void>
}

/** How often a plan is begun whose thread is lost: once more may be another problem's fault, not its own. */
const ATTEMPTS = 2

class Lost extends Error {}

/** @param given threads to share, which are then not closed; else how many to keep: as many as there are cores. */
export function localRunner(given: Workers | WorkersOptions = {}): PlanRunner {
  const workers = given instanceof Workers ? given : new Workers(given)

  async function attempt(problem: Problem, options: PlanOptions): Promise<Plan> {
    return planInWorker(problem, options, workers, async (note) => {
      // Not in the calling thread what has just ended another: it has to outlive the rest of the batch.
      if (note !== '' && workers.refusal === '') throw new Lost(note)
      return plan(problem, { ...options, workers })
    })
  }

  return {
    atOnce: workers.size,
    async run(problem, options, { signal, onProgress, timeoutSeconds } = {}) {
      const limit = stopsAt(signal, timeoutSeconds)
      const hooks = { signal: limit.signal, ...(onProgress === undefined ? {} : { onProgress }) }
      try {
        for (let tried = 1; ; tried++) {
          if (limit.reason() !== undefined) break
          try {
            const made = await attempt(problem, { ...options, ...hooks })
            if (limit.reason() === undefined) return made
            break
          } catch (cause) {
            if (!(cause instanceof Lost)) throw cause
            if (tried === ATTEMPTS)
              throw new PlannerError('WORKER_LOST', `no thread could finish it: ${cause.message}`, { cause })
          }
        }
        if (limit.reason() === 'CANCELLED') throw new PlannerError('CANCELLED', 'it was cancelled')
        throw new PlannerError('TIMEOUT', `it took longer than ${timeoutSeconds} s, and was given up`)
      } finally {
        limit.release()
      }
    },
    async close() {
      if (workers !== given) workers.close()
    },
  }
}

/** One signal of both, that leaves nothing behind at the other, which may outlive a thousand jobs. */
function stopsAt(signal: AbortSignal | undefined, timeoutSeconds: number | undefined) {
  const controller = new AbortController()
  let reason: 'CANCELLED' | 'TIMEOUT' | undefined
  const stop = (why: typeof reason): void => {
    reason ??= why
    controller.abort()
  }
  const cancel = (): void => stop('CANCELLED')
  if (signal?.aborted === true) cancel()
  signal?.addEventListener('abort', cancel)
  const timer =
    timeoutSeconds === undefined ? undefined : setTimeout(() => stop('TIMEOUT'), timeoutSeconds * 1000)
  return {
    signal: controller.signal,
    reason: () => reason,
    release(): void {
      clearTimeout(timer)
      signal?.removeEventListener('abort', cancel)
    },
  }
}
