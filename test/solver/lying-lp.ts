/** An LP service whose answers are wrong in one given way, always. */
import { createInlineLpService } from '../../src/lp/service.js'
import type { DualMaster, LpService, LpSolution } from '../../src/lp/types.js'
import { Random } from '../../src/solver/random.js'

/** Changes a right answer into the wrong one. */
export type Lie = (solution: LpSolution, random: Random) => LpSolution

const none = new Float64Array(0)
const without = (status: LpSolution['status']): Lie => {
  return (s) => ({
    ...s,
    status,
    objective: Number.NaN,
    x: none,
    dual: none,
    bound: Number.NaN,
    note: 'a lie',
  })
}
const values = (of: (value: number, random: Random) => number): Lie => {
  return (s, random) => ({
    ...s,
    status: 'optimal',
    x: s.x.map((v) => of(v, random)),
    dual: s.dual.map((v) => of(v, random)),
  })
}

export const LIES: Readonly<Record<string, Lie>> = {
  'never solved': without('failed'),
  'called infeasible': without('infeasible'),
  'called unbounded': without('unbounded'),
  'stopped at its limit': without('limit'),
  'never optimal, with values': (s) => ({ ...s, status: 'limit' }),
  'objective and bound too high': (s) => ({ ...s, objective: s.objective * 3 + 50, bound: s.bound * 3 + 50 }),
  'objective and bound too low': (s) => ({ ...s, objective: s.objective / 3 - 50, bound: s.bound / 3 - 50 }),
  'objective not a number': (s) => ({ ...s, objective: Number.NaN, bound: Number.NaN }),
  'values ten times too high': values((v) => 10 * v),
  'values ten times too low': values((v) => v / 10),
  'values of the wrong sign': values((v) => -v),
  'values at random': values((_, random) => 4 * random.unit() - 2),
  'values all 1': values(() => 1),
  'values all −1': values(() => -1),
  'values all 0': values(() => 0),
  'values not numbers': values(() => Number.NaN),
  'some values not numbers': values((v, random) => (random.below(3) === 0 ? Number.NaN : v)),
  'values infinite': values(() => Number.POSITIVE_INFINITY),
  'values negative infinite': values(() => Number.NEGATIVE_INFINITY),
  'values huge': values(() => 1e308),
  'values huge and negative': values(() => -1e308),
  'values tiny': values(() => -5e-324),
  'called optimal, without values': (s) => ({ ...s, status: 'optimal', x: none, dual: none }),
  'half of the values missing': (s) => ({
    ...s,
    x: s.x.slice(0, s.x.length >> 1),
    dual: s.dual.slice(0, s.dual.length >> 1),
  }),
}

/** `close()` it like any other. */
export function createLyingLpService(lie: Lie, seed: number): LpService & { told: number } {
  const honest = createInlineLpService()
  const random = new Random(seed)
  const service = {
    told: 0,
    async solve(...call: Parameters<LpService['solve']>) {
      service.told++
      return lie(await honest.solve(...call), random)
    },
    async createDualMaster(...call: Parameters<LpService['createDualMaster']>): Promise<DualMaster> {
      const master = await honest.createDualMaster(...call)
      return {
        async addRowsAndSolve(rows) {
          service.told++
          return lie(await master.addRowsAndSolve(rows), random)
        },
        dispose: () => master.dispose(),
      }
    },
    close: () => honest.close(),
  }
  return service
}
