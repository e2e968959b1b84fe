/** The search in a worker: lanes of the exact search, and restarts of the joint search. Only what the caller's thread grants is spent. */
import { loadKernel } from '../kernel/kernel.js'
import { checkPlanOptions } from '../plan-options.js'
import { runRestart } from '../solver/assignment/joint-restart.js'
import { LocalLane } from '../solver/exact/stepped-lane.js'
import { Run } from '../solver/run.js'
import { answer, type SearchWorkerApi } from './protocol.js'

export function createSearchWorkerApi(): SearchWorkerApi {
  const lanes = new Map<number, { lane: LocalLane; stop: AbortController }>()
  return {
    openLane: (id, task, first) =>
      answer(async () => {
        const stop = new AbortController()
        const run = new Run({ ...checkPlanOptions({ signal: stop.signal }), parameters: task.parameters })
        const lane = new LocalLane(await loadKernel(), task, run, first, () => undefined)
        lanes.set(id, { lane, stop })
        return null
      }),
    advanceLane: (id, update) =>
      answer(async () => {
        const open = lanes.get(id)
        if (open === undefined) throw new Error(`there is no lane ${id}`)
        return open.lane.advance(update)
      }),
    endLane: (id) =>
      answer(async () => {
        const open = lanes.get(id)
        lanes.delete(id)
        open?.stop.abort()
        open?.lane.end()
        return null
      }),
    restart: (task) => answer(async () => runRestart(await loadKernel(), new Run(checkPlanOptions()), task)),
  }
}
