/** The search in a worker: lanes of the exact search, and restarts of the joint search. Only what the caller's thread grants is spent. */
import { loadKernel } from '../kernel/kernel.js'
import { runRestart } from '../solver/assignment/joint-restart.js'
import { LocalLane } from '../solver/lanes/stepped-lane.js'
import { type Parameters, parametersAt } from '../solver/parameters.js'
import { Run } from '../solver/run.js'
import { answer, type SearchWorkerApi } from './protocol.js'

export function createSearchWorkerApi(): SearchWorkerApi {
  const lanes = new Map<number, { lane: LocalLane; stop: AbortController }>()
  return {
    openLane: (id, task, first) =>
      answer(async () => {
        const stop = new AbortController()
        const run = helperRun(task.parameters, stop.signal)
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
    restart: (task) =>
      answer(async () => runRestart(await loadKernel(), helperRun(parametersAt(EFFORT)), task)),
  }
}

/** Any: what a helper may spend comes with its task. */
const EFFORT = 3

function helperRun(parameters: Parameters, signal?: AbortSignal): Run {
  return new Run({
    schedule: 'timeline',
    seed: 0,
    effort: EFFORT,
    timeLimitSeconds: Number.POSITIVE_INFINITY,
    signal,
    onProgress: undefined,
    parameters,
    overridden: {},
  })
}
