/** LPs in the caller's thread. */
import { createWarmDualMaster } from './dual-master.js'
import { emptySolution } from './javascript-lp-solver.js'
import { solveProgram } from './solve.js'
import type { DualMaster, LinearProgram, LpOptions, LpService, LpSolution } from './types.js'

const CLOSED = 'the LP service is closed'

/** The backend named in an answer that no backend gave. */
function named(options: LpOptions | undefined): LpSolution['backend'] {
  return options?.backend === 'highs' ? 'highs' : 'javascript-lp-solver'
}

/**
 * Solves in the caller's thread, blocking it during each solve. After `close()` every call answers `failed`.
 * @throws PlannerError (`INVALID_LP`), as a rejection, on malformed input.
 */
export function createInlineLpService(): LpService {
  let closed = false
  const masters = new Set<DualMaster>()
  return {
    async solve(lp: LinearProgram, options?: LpOptions): Promise<LpSolution> {
      if (closed) return emptySolution('failed', named(options), CLOSED)
      return solveProgram(lp, options)
    },
    async createDualMaster(profit: Float64Array, options?: LpOptions): Promise<DualMaster> {
      const master = createWarmDualMaster(profit, options)
      masters.add(master)
      const dispose = () => {
        masters.delete(master)
        return master.dispose()
      }
      if (closed) await dispose()
      return {
        async addRowsAndSolve(rows) {
          if (closed) return emptySolution('failed', named(options), CLOSED, Infinity)
          return master.addRowsAndSolve(rows)
        },
        dispose,
      }
    },
    async close(): Promise<void> {
      closed = true
      const open = [...masters]
      masters.clear()
      await Promise.all(open.map((master) => master.dispose()))
    },
  }
}
