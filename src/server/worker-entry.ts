/**
 * Entry of the server's workers: those of the library, which do more. What takes long of a large document is done here, so that the server's own
 * thread stays free, and apart from the library, whose workers are not to bring it along.
 */
import { parentPort } from 'node:worker_threads'
import { expose } from 'comlink'
import { createLazyLpService } from '../lp/lazy.js'
import type { Plan } from '../model/plan.js'
import type { Problem } from '../model/problem.js'
import { createWorkerApi } from '../worker/host.js'
import { nodeEndpoint } from '../worker/node-endpoint.js'
import { createMakings, createPlanWorkerApi } from '../worker/plan-host.js'
import { answer } from '../worker/protocol.js'
import type { ServerWorkerApi } from './worker-api.js'

if (parentPort === null) throw new Error('this module is the entry of a worker thread')
const makings = createMakings()
const api: ServerWorkerApi = {
  ...createWorkerApi(createLazyLpService),
  ...createPlanWorkerApi(createLazyLpService, makings),
  explain: (id, problem, task) =>
    makings.make(id, task, async (options) => {
      const { explainProblem } = await import('../explain/explain.js')
      return explainProblem(problem as Problem, options)
    }),
  check: (problem, plan) =>
    answer(async () => {
      const { check } = await import('../check/check.js')
      return check(problem as Problem, plan as Plan)
    }),
  importFiles: ({ source, files, options }) =>
    answer(async () => {
      const [{ importFiles }, { ImportError }] = await Promise.all([
        import('../import/import.js'),
        import('../import/failure.js'),
      ])
      try {
        return await importFiles(source, files, options)
      } catch (cause) {
        if (cause instanceof ImportError) return { issues: cause.issues }
        throw cause
      }
    }),
}
expose(api, nodeEndpoint(parentPort))
