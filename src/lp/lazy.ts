/** An LP service that is made when the first LP comes: most small problems need none, and then no worker starts. */
import type { Workers } from '../workers.js'
import type { DualMaster, LinearProgram, LpOptions, LpService, LpSolution } from './types.js'

/** How a plan gets its LP service: the thread that is asked for, what ends an LP early, and workers that may be at hand. */
export type LpServiceFactory = (
  thread: 'worker' | 'caller',
  signal: AbortSignal,
  workers?: Workers,
) => LpService

export const createLazyLpService: LpServiceFactory = (thread, signal, workers) => {
  let service: Promise<LpService> | undefined
  const get = () => {
    service ??=
      thread === 'worker'
        ? import('../worker/client.js').then((m) => m.createWorkerLpService({ signal, workers }))
        : import('./service.js').then((m) => m.createInlineLpService())
    return service
  }
  return {
    async solve(lp: LinearProgram, options?: LpOptions): Promise<LpSolution> {
      return (await get()).solve(lp, options)
    },
    async createDualMaster(profit: Float64Array, options?: LpOptions): Promise<DualMaster> {
      return (await get()).createDualMaster(profit, options)
    },
    async close(): Promise<void> {
      await (await service)?.close()
    },
  }
}
