/** The worker's side: an inline LP service behind the protocol. */
import { createInlineLpService } from '../lp/service.js'
import type { DualMaster } from '../lp/types.js'
import { answer, type LpWorkerApi, PROTOCOL_VERSION } from './protocol.js'

export function createLpWorkerApi(): LpWorkerApi {
  const service = createInlineLpService()
  const masters = new Map<number, DualMaster>()
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
  }
}
