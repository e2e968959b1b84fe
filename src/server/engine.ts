/** What the API does with threads. All documents go in and come out as text. */
import type { Remote } from 'comlink'
import type { JobOptions, PlanRunner } from '../batch/runner.js'
import { PlannerError } from '../errors.js'
import type { ExplainOptions } from '../explain/options.js'
import { ImportError } from '../import/failure.js'
import { parseJson } from '../model/parse.js'
import type { Problem } from '../model/problem.js'
import { type CallHooks, callWorker } from '../worker/plan-client.js'
import { plannerErrorOf } from '../worker/protocol.js'
import { WorkerLost } from '../worker/session.js'
import { Workers } from '../workers.js'
import type { ImportForm } from './import-form.js'
import type { JobHooks } from './jobs.js'
import type { ServerWorkerApi } from './worker-api.js'
import { WORKER_URL } from './worker-url.js'

/** Every call has wall-clock seconds after which it is given up, with its thread. */
export interface Engine {
  /** Plans and explanations that are made at once. */
  readonly atOnce: number
  plan(problem: string, options: JobOptions, hooks: JobHooks, seconds: number): Promise<string>
  explain(problem: string, options: ExplainOptions, hooks: JobHooks, seconds: number): Promise<string>
  check(body: string, seconds: number): Promise<string>
  importForm(form: ImportForm, seconds: number): Promise<string>
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
  return {
    atOnce: runner?.atOnce ?? size,
    async plan(problem, options, hooks, seconds) {
      if (runner !== undefined)
        return JSON.stringify(
          await runner.run(parseJson(problem) as Problem, options, { ...hooks, timeoutSeconds: seconds }),
        )
      return (await inTurn(planning, { ...hooks, backstopSeconds: seconds }, (api, id, asked) =>
        api.planText(id, problem, { ...options, ...asked }),
      )) as string
    },
    explain: (problem, options, hooks, seconds) =>
      inTurn(planning, { ...hooks, backstopSeconds: seconds }, (api, id, asked) =>
        api.explainText(id, problem, { ...options, ...asked }),
      ) as Promise<string>,
    check: (body, seconds) =>
      inTurn(reading, { backstopSeconds: seconds }, (api) => api.checkText(body)) as Promise<string>,
    async importForm(form, seconds) {
      const read = await inTurn(reading, { backstopSeconds: seconds }, (api) => api.importFiles(form))
      if (typeof read === 'string') return read
      throw new ImportError((read as { issues: ConstructorParameters<typeof ImportError>[0] }).issues)
    },
    async close() {
      await runner?.close()
      planning.close()
      reading.close()
    },
  }
}

type Send = Parameters<typeof callWorker>[2]
type ServerSend = (
  api: Remote<ServerWorkerApi>,
  id: Parameters<Send>[1],
  asked: Parameters<Send>[2],
) => Promise<unknown>

/** @throws what the call threw; PlannerError `TIMEOUT`, `CANCELLED` or `WORKER_LOST` */
async function inTurn(
  workers: Workers,
  hooks: CallHooks & { backstopSeconds: number },
  send: ServerSend,
): Promise<unknown> {
  const endTurn = await workers.turn(hooks.signal)
  if (endTurn === undefined) throw new PlannerError('CANCELLED', 'it was cancelled')
  const startMs = performance.now()
  try {
    // They are started with the server's entry.
    const answer = await callWorker(workers, hooks, (api, ...rest) =>
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
