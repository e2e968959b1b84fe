/**
 * The worker's side of the protocol: an inline LP service, lanes and restarts of the search, and whole plans; what comes after the first is
 * loaded when it is asked for.
 */

import type { LpServiceFactory } from '../lp/lazy.js'
import { createInlineLpService } from '../lp/service.js'
import type { DualMaster } from '../lp/types.js'
import {
  answer,
  type PlanWorkerApi,
  PROTOCOL_VERSION,
  type SearchWorkerApi,
  type WorkerApi,
} from './protocol.js'

/** @param createLps for the plans that are made here. */
export function createWorkerApi(createLps: LpServiceFactory): WorkerApi {
  const service = createInlineLpService()
  const masters = new Map<number, DualMaster>()
  let search: Promise<SearchWorkerApi> | undefined
  const searching = () => {
    search ??= import('./search-host.js').then((host) => host.createSearchWorkerApi())
    return search
  }
  let plans: Promise<PlanWorkerApi> | undefined
  const planning = () => {
    plans ??= import('./plan-host.js').then((host) => host.createPlanWorkerApi(createLps))
    return plans
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
    plan: async (...call) => (await planning()).plan(...call),
    abortPlan: async (...call) => (await planning()).abortPlan(...call),
    progressOf: async (...call) => (await planning()).progressOf(...call),
  }
}
