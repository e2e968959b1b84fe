import { describe, expect, it } from 'vitest'
import { createWarmDualMaster } from '../../src/lp/dual-master.js'
import { solveWithHighs } from '../../src/lp/highs.js'
import type { LpOptions } from '../../src/lp/types.js'
import { seeds } from '../cases.js'
import { firstRows, fullProgram, generateColumns, instance, profitOf, roundRow, rowsOf } from './masters.js'
import { below, createRandom } from './programs.js'

describe('column generation ends at the optimum of the whole master', () => {
  for (const backend of ['javascript-lp-solver', 'highs', 'auto'] as const) {
    it(`with ${backend}`, async () => {
      for (const seed of seeds(45)) {
        const random = createRandom(seed * 104729)
        const intervals = seed % 3 === 0 ? 0 : 1 + below(random, 5)
        const it = instance(random, 4 + below(random, 4), 3 + below(random, 9), intervals)
        const master = createWarmDualMaster(profitOf(it), { backend })
        const { last, rows } = await generateColumns(it, master, 1 + (seed % 4))
        const full = await solveWithHighs(fullProgram(it))
        expect(last.status, `seed ${seed}: ${last.note}`).toBe('optimal')
        expect(Math.abs(last.objective + full.objective)).toBeLessThanOrEqual(1e-6 * Math.abs(full.objective))
        // Strong duality, by hand: the duals weigh the rounds, and the right-hand sides are 1 for every row but rounds with a window.
        expect(last.dual.length).toBe(rows)
        expect(last.dual.every((v) => v >= 0)).toBe(true)
        expect(last).toMatchObject({
          note: '',
          backend: backend === 'auto' ? 'javascript-lp-solver' : backend,
        })
        await master.dispose()
      }
    })
  }
})

describe('a dual master', () => {
  const base = () => instance(createRandom(77), 12, 40, 3)

  /** Random rounds, six per call: feeds the master as pricing would, without the cost of exact pricing. */
  async function grow(options: LpOptions, calls: number) {
    const it = base()
    const random = createRandom(5)
    const master = createWarmDualMaster(profitOf(it), options)
    const answers = [await master.addRowsAndSolve(rowsOf(firstRows(it)))]
    for (let call = 0; call < calls; call++) {
      const rows = Array.from({ length: 6 }, () => {
        const interval = below(random, 3)
        const used = new Set<number>()
        const members: number[] = []
        for (let trial = 0; trial < 60; trial++) {
          const i = below(random, it.ends.length)
          const [a, b] = it.ends[i]
          if (!it.allowed[interval][i] || used.has(a) || used.has(b)) continue
          used.add(a).add(b)
          members.push(i)
        }
        return roundRow(
          it,
          interval,
          members.sort((p, q) => p - q),
        )
      })
      answers.push(await master.addRowsAndSolve(rowsOf(rows)))
    }
    await master.dispose()
    return answers
  }

  it('grown warm agrees with HiGHS grown warm, call by call, and never rises', async () => {
    const tableau = await grow({ backend: 'javascript-lp-solver' }, 40)
    const highs = await grow({ backend: 'highs' }, 40)
    tableau.forEach((answer, k) => {
      expect(answer.status).toBe('optimal')
      expect(answer.objective / highs[k].objective).toBeCloseTo(1, 6)
      if (k > 0) expect(answer.objective).toBeLessThanOrEqual(tableau[k - 1].objective * (1 + 1e-9))
    })
    expect(tableau[40].objective).toBeLessThan(0.8 * tableau[0].objective)
  })

  it('gives the same bytes each time', async () => {
    expect(await grow({}, 8)).toEqual(await grow({}, 8))
  })

  it('goes over to HiGHS at the pivot limit, and stops there where it may not', async () => {
    const atMost = (pivotsMost: number) => ({ parameters: { pivotsMost, pivotsLeast: 1 } })
    const alone = await grow({ backend: 'javascript-lp-solver', ...atMost(5) }, 1)
    expect(alone[0]).toMatchObject({ status: 'limit', note: '5 pivots made' })
    expect(await grow({ backend: 'javascript-lp-solver', ...atMost(5) }, 1)).toEqual(alone)
    const auto = await grow(atMost(25), 10)
    const free = await grow({}, 10)
    expect(free[0].backend).toBe('javascript-lp-solver')
    const handed = auto.findIndex((a) => a.backend === 'highs')
    expect(handed).toBeGreaterThanOrEqual(0)
    expect(auto[handed].note).toMatch(/^javascript-lp-solver: limit, 25 pivots made/)
    for (const [k, a] of auto.entries()) {
      if (a.status === 'optimal') expect(a.objective / free[k].objective).toBeCloseTo(1, 6)
    }
  })

  it('takes HiGHS from the start above its size', async () => {
    const count = 10
    const parameters = { masterVariables: count - 1 }
    const master = createWarmDualMaster(new Float64Array(count).fill(1), { parameters })
    const rows = rowsOf([
      { entries: Array.from({ length: count }, (_, j): [number, number] => [j, 1]), rhs: 2 },
    ])
    expect(await master.addRowsAndSolve(rows)).toMatchObject({
      status: 'optimal',
      objective: 2,
      backend: 'highs',
      note: 'too large for javascript-lp-solver',
    })
    await master.dispose()
  })

  it('says unbounded without enough rows and recovers with them; knows infeasible rows', async () => {
    const master = createWarmDualMaster(Float64Array.of(1, 2))
    expect((await master.addRowsAndSolve(rowsOf([{ entries: [[0, 1]], rhs: 3 }]))).status).toBe('unbounded')
    const bounded = await master.addRowsAndSolve(rowsOf([{ entries: [[1, 1]], rhs: 1 }]))
    expect(bounded).toMatchObject({ status: 'optimal', objective: 5 })
    expect([...bounded.dual]).toEqual([1, 2])
    expect((await master.addRowsAndSolve(rowsOf([{ entries: [[0, 1]], rhs: -1 }]))).status).toBe('infeasible')
    await master.dispose()
  })

  it('serves calls made at once in their order, none after disposal', async () => {
    const master = createWarmDualMaster(Float64Array.of(1), { backend: 'highs' })
    const answers = await Promise.all(
      [3, 2, 1].map((rhs) => master.addRowsAndSolve(rowsOf([{ entries: [[0, 1]], rhs }]))),
    )
    expect(answers.map((a) => [a.objective, a.dual.length])).toEqual([
      [3, 1],
      [2, 2],
      [1, 3],
    ])
    await master.dispose()
    await master.dispose()
    expect((await master.addRowsAndSolve(rowsOf([]))).status).toBe('failed')
  })

  it('rejects malformed rows and profits', async () => {
    expect(() => createWarmDualMaster(Float64Array.of(Number.NaN))).toThrow(/profit\[0\] is NaN/)
    const master = createWarmDualMaster(Float64Array.of(1, 1))
    const entries: [number, number][][] = [
      [[2, 1]],
      [[-1, 1]],
      [[0, Number.NaN]],
      [
        [0, 1],
        [0, 1],
      ],
    ]
    for (const bad of entries) {
      await expect(master.addRowsAndSolve(rowsOf([{ entries: bad, rhs: 1 }]))).rejects.toMatchObject({
        code: 'INVALID_LP',
      })
    }
    await expect(
      master.addRowsAndSolve(rowsOf([{ entries: [[0, 1]], rhs: Infinity }])),
    ).rejects.toMatchObject({ code: 'INVALID_LP' })
    expect(
      await master.addRowsAndSolve(
        rowsOf([
          {
            entries: [
              [0, 1],
              [1, 1],
            ],
            rhs: 1,
          },
        ]),
      ),
    ).toMatchObject({ objective: 1 })
  })
})
