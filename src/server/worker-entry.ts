/**
 * Entry of the server's workers: those of the library, which do more. It is apart from the library, whose workers are not to bring along what
 * the server alone needs.
 */
import { parentPort } from 'node:worker_threads'
import { expose } from 'comlink'
import { PlannerError } from '../errors.js'
import { createLazyLpService } from '../lp/lazy.js'
import { isArray } from '../model/issues.js'
import { parseJson } from '../model/parse.js'
import type { Plan } from '../model/plan.js'
import type { Problem } from '../model/problem.js'
import { createWorkerApi } from '../worker/host.js'
import { nodeEndpoint } from '../worker/node-endpoint.js'
import { createMakings, makePlan } from '../worker/plan-host.js'
import { answer } from '../worker/protocol.js'
import type { ServerWorkerApi } from './worker-api.js'

if (parentPort === null) throw new Error('this module is the entry of a worker thread')
const { make, ...makings } = createMakings()
const api: ServerWorkerApi = {
  ...createWorkerApi(createLazyLpService),
  ...makings,
  planText: (id, problem, task) =>
    make(id, task, async (options) =>
      JSON.stringify(await makePlan(parseJson(problem), options, createLazyLpService)),
    ),
  explainText: (id, problem, task) =>
    make(id, task, async (options) => {
      const { explainProblem } = await import('../explain/explain.js')
      return JSON.stringify(await explainProblem(parseJson(problem) as Problem, options))
    }),
  checkText: (text) =>
    answer(async () => {
      const { check } = await import('../check/check.js')
      const body = parseJson(text)
      const keys = typeof body === 'object' && body !== null && !isArray(body) ? Object.keys(body).sort() : []
      if (keys.join() !== 'plan,problem')
        throw new PlannerError('INVALID_BODY', 'the body has to be an object of two keys, problem and plan')
      const { problem, plan } = body as { problem: Problem; plan: Plan }
      return JSON.stringify({ violations: check(problem, plan) })
    }),
  importFiles: ({ source, files, options }) =>
    answer(async () => {
      const [{ importFiles }, { ImportError }] = await Promise.all([
        import('../import/import.js'),
        import('../import/failure.js'),
      ])
      try {
        return JSON.stringify(await importFiles(source, files, options))
      } catch (cause) {
        if (cause instanceof ImportError) return { issues: cause.issues }
        throw cause
      }
    }),
}
expose(api, nodeEndpoint(parentPort))
