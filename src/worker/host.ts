/** The worker's side of the protocol: an inline LP service, and lanes and restarts of the search, which are loaded when they are asked for. */
import { createInlineLpService } from '../lp/service.js'
import type { DualMaster } from '../lp/types.js'
import { answer, PROTOCOL_VERSION, type SearchWorkerApi, type WorkerApi } from './protocol.js'

export function createWorkerApi(): WorkerApi {
  const service = createInlineLpService()
  const masters = new Map<number, DualMaster>()
  let search: Promise<SearchWorkerApi> | undefined
  const searching = () => {
    search ??= import('./search-host.js').then((host) => host.createSearchWorkerApi())
    return search
  }
  return {
    hello: () => answer(async () => PROTOCOL_VERSION),
    solve: (lp, options) => answer(() => service.solve(lp, options)),
    createMaster: (id, profit, options) =>
      answer(async () => {
        await masters.get(id)?.dispose()
        masters.set(id, await service.createDualMaster(profit, options))
        return null
      }),
    addRowsAndSolve: (id, rows) =>
      answer(async () => {
        const master = masters.get(id)
        if (master === undefined) throw new Error(`there is no dual master ${id}`)
        return master.addRowsAndSolve(rows)
      }),
    disposeMaster: (id) =>
      answer(async () => {
        await masters.get(id)?.dispose()
        masters.delete(id)
        return null
      }),
    openLane: async (...call) => (await searching()).openLane(...call),
    advanceLane: async (...call) => (await searching()).advanceLane(...call),
    endLane: async (...call) => (await searching()).endLane(...call),
    restart: async (...call) => (await searching()).restart(...call),
  }
}
