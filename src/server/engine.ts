/** What the API does with threads: plans by the batch's runner, the rest in workers of this process, so that the server's own thread stays free. */
import type { Remote } from 'comlink'
import { localRunner, type PlanRunner } from '../batch/runner.js'
import { PlannerError } from '../errors.js'
import type { ExplainOptions } from '../explain/options.js'
import type { ImportedProblem } from '../import/build.js'
import { ImportError } from '../import/failure.js'
import type { Explanation } from '../model/explanation.js'
import type { Violation } from '../model/plan.js'
import { type CallHooks, callWorker } from '../worker/plan-client.js'
import { plannerErrorOf } from '../worker/protocol.js'
import { WorkerLost } from '../worker/session.js'
import { Workers } from '../workers.js'
import type { ImportForm } from './import-form.js'
import type { JobHooks } from './jobs.js'
import type { ServerWorkerApi } from './worker-api.js'
import { WORKER_URL } from './worker-url.js'

export interface Engine {
  runner: PlanRunner
  explain(problem: unknown, options: ExplainOptions, hooks: JobHooks, seconds: number): Promise<Explanation>
  check(problem: unknown, plan: unknown, seconds: number): Promise<Violation[]>
  importForm(form: ImportForm, seconds: number): Promise<ImportedProblem>
  close(): Promise<void>
}

/**
 * @param size plans and explanations at once; checks and imports have a thread of their own, and do not wait for these.
 * @param runner makes the plans, and is closed with the rest; default: threads of this process.
 */
export function createEngine(size: number, runner?: PlanRunner): Engine {
  const code = WORKER_URL === undefined ? {} : { url: WORKER_URL }
  const planning = new Workers({ size, ...code })
  const reading = new Workers({ size: 1, ...code })
  const plans = runner ?? localRunner(planning)
  return {
    runner: plans,
    explain: (problem, options, hooks, seconds) =>
      inTurn(planning, { ...hooks, backstopSeconds: seconds }, (api, id, asked) =>
        api.explain(id, problem, { ...options, ...asked }),
      ) as Promise<Explanation>,
    check: (problem, plan, seconds) =>
      inTurn(reading, { backstopSeconds: seconds }, (api) => api.check(problem, plan)) as Promise<
        Violation[]
      >,
    async importForm(form, seconds) {
      const read = await inTurn(reading, { backstopSeconds: seconds }, (api) => api.importFiles(form))
      const { issues } = read as { issues?: ConstructorParameters<typeof ImportError>[0] }
      if (issues !== undefined) throw new ImportError(issues)
      return read as ImportedProblem
    },
    async close() {
      await plans.close()
      planning.close()
      reading.close()
    },
  }
}

/** @throws what the call threw; PlannerError `TIMEOUT`, `CANCELLED` or `WORKER_LOST` */
async function inTurn(
  workers: Workers,
  hooks: CallHooks & { backstopSeconds: number },
  send: (
    api: Remote<ServerWorkerApi>,
    ...rest: Parameters<Parameters<typeof callWorker>[2]> extends [unknown, ...infer R] ? R : never
  ) => Promise<unknown>,
): Promise<unknown> {
  const endTurn = await workers.turn(hooks.signal)
  if (endTurn === undefined) throw new PlannerError('CANCELLED', 'it was cancelled')
  const startMs = performance.now()
  try {
    const answer = await callWorker(workers, hooks, (api, ...rest) =>
      // They are started with the server's entry.
      send(api as Remote<ServerWorkerApi>, ...rest),
    )
    if (answer.ok) return answer.value
    throw plannerErrorOf(answer.error) ?? new Error(answer.error.message)
  } catch (cause) {
    if (!(cause instanceof WorkerLost)) throw cause
    if (performance.now() - startMs >= hooks.backstopSeconds * 1000)
      throw new PlannerError('TIMEOUT', `it took longer than ${hooks.backstopSeconds} s, and was given up`)
    throw new PlannerError('WORKER_LOST', 'the thread that did it ended')
  } finally {
    endTurn()
  }
}
