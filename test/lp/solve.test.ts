import { describe, expect, it } from 'vitest'
import { lpFault, provesInfeasible, provesUnbounded } from '../../src/lp/certify.js'
import { createInlineLpService } from '../../src/lp/service.js'
import { solveProgram } from '../../src/lp/solve.js'
import type { LinearProgram, LpOptions } from '../../src/lp/types.js'
import { assignment, coveringMaster, createRandom, dense } from './programs.js'

const INF = Infinity
const tiny = (): LinearProgram => dense([1, 2], [[3, [1, 1], INF]], { upper: [2, INF] })

describe('auto', () => {
  it('takes javascript-lp-solver for small programs, with nothing to note', async () => {
    expect(await solveProgram(tiny())).toMatchObject({
      status: 'optimal',
      objective: 4,
      bound: 4,
      backend: 'javascript-lp-solver',
      note: '',
    })
  })

  it('takes HiGHS for large ones and says so', async () => {
    const lp = coveringMaster(createRandom(2), 120, 600)
    const answer = await solveProgram(lp)
    expect(answer).toMatchObject({
      status: 'optimal',
      backend: 'highs',
      note: 'too large for javascript-lp-solver',
    })
    expect(lpFault(lp, answer.x, answer.dual)).toBe('')
  })

  it('goes over to HiGHS when javascript-lp-solver meets its limit', async () => {
    // One pivot is too few for the tableau; after presolve HiGHS needs none.
    const answer = await solveProgram(
      dense(
        [1, 1],
        [
          [1, [1, 0], INF],
          [2, [0, 1], INF],
        ],
      ),
      { parameters: { pivotsMost: 1, pivotsLeast: 1 } },
    )
    expect(answer).toMatchObject({
      status: 'optimal',
      objective: 3,
      backend: 'highs',
      note: 'javascript-lp-solver: limit, 1 pivots made',
    })
  })

  it('leaves integers to HiGHS', async () => {
    // 2x = 2y + 1 has no integer point.
    const lp = dense([1, 0], [[1, [2, -2], 1]], { integer: true, upper: [9, 9] })
    for (const backend of ['auto', 'javascript-lp-solver'] as const)
      expect(await solveProgram(lp, { backend })).toMatchObject({ status: 'infeasible', backend: 'highs' })
  })

  it('knows crossed bounds for infeasible', async () => {
    const rows = { ...tiny(), rowUpper: Float64Array.of(2) }
    const columns = { ...tiny(), upper: Float64Array.of(-1, INF) }
    for (const lp of [rows, columns])
      for (const backend of ['auto', 'highs', 'javascript-lp-solver'] as const)
        expect((await solveProgram(lp, { backend })).status).toBe('infeasible')
  })

  it('solves programs without rows or columns', async () => {
    for (const backend of ['highs', 'javascript-lp-solver'] as const) {
      const noRows = dense([-1, 1], [], { upper: [3, INF] })
      expect(await solveProgram(noRows, { backend })).toMatchObject({ status: 'optimal', objective: -3 })
      expect((await solveProgram(dense([-1], []), { backend })).status).toBe('unbounded')
      expect((await solveProgram(dense([], [[-1, [], 1]]), { backend })).status).toBe('optimal')
      expect((await solveProgram(dense([], [[1, [], 1]]), { backend })).status).toBe('infeasible')
    }
  })
})

describe('malformed input is rejected', () => {
  const broken: [string, (lp: LinearProgram) => void][] = [
    ['NaN cost', (lp) => (lp.cost[0] = NaN)],
    ['infinite cost', (lp) => (lp.cost[0] = INF)],
    ['NaN coefficient', (lp) => (lp.value[1] = NaN)],
    ['NaN row bound', (lp) => (lp.rowLower[0] = NaN)],
    ['lower bound of +∞', (lp) => (lp.rowLower[0] = INF)],
    ['NaN upper bound', (lp) => (lp.upper[0] = NaN)],
    ['row index out of range', (lp) => (lp.rowIndex[0] = 1)],
    ['negative row index', (lp) => (lp.rowIndex[0] = -1)],
    ['decreasing starts', (lp) => (lp.columnStart[1] = 3)],
    ['short cost', (lp) => (lp.cost = new Float64Array(1))],
    ['fractional row count', (lp) => (lp.rowCount = 0.5)],
    ['doubled entry', (lp) => (lp.columnStart = Int32Array.of(0, 2, 2))],
  ]
  it.each(broken)('%s', async (_, spoil) => {
    const lp = tiny()
    spoil(lp)
    await expect(solveProgram(lp)).rejects.toMatchObject({ code: 'INVALID_LP' })
  })

  it.each([{ backend: 'simplex' }, { maxNodes: -1 }, { maxNodes: 1.5 }])('option %j', async (options) => {
    await expect(solveProgram(tiny(), options as LpOptions)).rejects.toMatchObject({ code: 'INVALID_LP' })
  })

  it('leaves prototypes alone, and programs and options with strange keys too', async () => {
    const options = JSON.parse('{"__proto__": {"backend": "nonsense"}, "constructor": 1}') as LpOptions
    const lp = Object.assign(tiny(), JSON.parse('{"toString": 7}'))
    expect((await solveProgram(lp, options)).objective).toBe(4)
    expect(Object.keys(Object.prototype)).toEqual([])
  })
})

describe('certificates', () => {
  it('reject what is not feasible, not dual feasible, or not tight', () => {
    const lp = tiny()
    const check = (x: number[], y: number[]) => lpFault(lp, Float64Array.from(x), Float64Array.from(y))
    expect(check([2, 1], [2])).toBe('')
    expect(check([2, 0.999], [2])).toMatch(/^row 0 is/)
    expect(check([2.1, 1], [2])).toMatch(/^x\[0\] is 2.1, above/)
    expect(check([4, -1], [2])).toMatch(/^x\[0\]/)
    expect(check([2, -1e-3], [2])).toMatch(/^x\[1\] is -0.001, below/)
    expect(check([2, 1], [2.01])).toMatch(/^reduced cost 1/)
    expect(check([2, 1], [1.9])).toMatch(/^the duality gap/)
    expect(check([2, 1], [-1])).toMatch(/^dual\[0\]/)
    expect(check([2, Number.NaN], [2])).toMatch(/NaN/)
  })

  it('hold their relative tolerance for values of 1e-6 too', () => {
    const lp = dense([1], [[1, [1e6], INF]])
    expect(lpFault(lp, Float64Array.of(1e-6), Float64Array.of(1e-6))).toBe('')
    expect(lpFault(lp, Float64Array.of(0.9e-6), Float64Array.of(1e-6))).not.toBe('')
    expect(lpFault(lp, Float64Array.of(1e-6), Float64Array.of(0.9e-6))).not.toBe('')
  })

  it('take no wrong Farkas ray and no wrong unbounded ray', () => {
    const infeasible = dense(
      [0],
      [
        [2, [1], INF],
        [-INF, [1], 1],
      ],
    )
    expect(provesInfeasible(infeasible, Float64Array.of(1, -1))).toBe(true)
    expect(provesInfeasible(infeasible, Float64Array.of(1, -3))).toBe(false)
    expect(provesInfeasible(infeasible, Float64Array.of(0, 0))).toBe(false)
    const unbounded = dense([-1, 0], [[-INF, [1, -1], 1]])
    const proven = (x: number[], ray: number[]) =>
      provesUnbounded(unbounded, Float64Array.from(x), Float64Array.from(ray))
    expect(proven([0, 0], [1, 1])).toBe(true)
    expect(proven([0, 0], [1, 0])).toBe(false)
    expect(proven([5, 0], [1, 1])).toBe(false)
    expect(proven([0, 0], [0, 1])).toBe(false)
  })
})

describe('the inline service', () => {
  it('gives the same bytes again, and answers failed once closed', async () => {
    const service = createInlineLpService()
    const lp = assignment(createRandom(4), 8, 6)
    const first = await service.solve(lp)
    expect(await service.solve(lp)).toEqual(first)
    const master = await service.createDualMaster(Float64Array.of(1))
    await service.close()
    await service.close()
    expect(await service.solve(lp)).toMatchObject({ status: 'failed', note: 'the LP service is closed' })
    const rows = {
      rowStart: Int32Array.of(0, 1),
      index: Int32Array.of(0),
      value: Float64Array.of(1),
      rhs: Float64Array.of(1),
    }
    expect((await master.addRowsAndSolve(rows)).status).toBe('failed')
    expect((await (await service.createDualMaster(Float64Array.of(1))).addRowsAndSolve(rows)).status).toBe(
      'failed',
    )
  })
})
