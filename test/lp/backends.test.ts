import { describe, expect, it } from 'vitest'
import { feasibilityFault, lpFault } from '../../src/lp/certify.js'
import { solveWithHighs } from '../../src/lp/highs.js'
import { lpPackage, solveWithJavascriptLpSolver } from '../../src/lp/javascript-lp-solver.js'
import type { LinearProgram, LpSolution } from '../../src/lp/types.js'
import { anything, assignment, below, coveringMaster, createRandom, dense, type Random } from './programs.js'

const INF = Infinity

/** Solves with both backends and compares; counts what came out. */
async function compare(
  make: (random: Random) => LinearProgram,
  seeds: number,
): Promise<Record<string, number>> {
  const seen: Record<string, number> = {}
  for (let seed = 1; seed <= seeds; seed++) {
    const lp = make(createRandom(seed * 7919))
    const small = solveWithJavascriptLpSolver(lp)
    const highs = await solveWithHighs(lp)
    expect(small.status, `seed ${seed}: ${small.note} / ${highs.note}`).toBe(highs.status)
    if (small.status === 'optimal') {
      expect(Math.abs(small.objective - highs.objective)).toBeLessThanOrEqual(
        1e-6 * Math.max(1, Math.abs(highs.objective)),
      )
      for (const s of [small, highs]) {
        expect(lpFault(lp, s.x, s.dual)).toBe('')
        expect(s.bound).toBe(s.objective)
      }
    }
    seen[small.status] = (seen[small.status] ?? 0) + 1
  }
  return seen
}

describe('both backends agree', () => {
  it('on arbitrary small programs: equalities, ranges, upper bounds, free rows, infeasible and unbounded ones', async () => {
    const seen = await compare((r) => anything(r), 300)
    expect(seen.optimal).toBeGreaterThan(75)
    expect(seen.infeasible).toBeGreaterThan(75)
    expect(seen.unbounded).toBeGreaterThan(25)
  })

  it('on covering masters', async () => {
    expect(await compare((r) => coveringMaster(r, 10 + below(r, 30), 60 + below(r, 150)), 25)).toEqual({
      optimal: 25,
    })
  })

  it('on assignment programs', async () => {
    expect(await compare((r) => assignment(r, 4 + below(r, 10), 3 + below(r, 10)), 80)).toEqual({
      optimal: 80,
    })
  })
})

describe('javascript-lp-solver', () => {
  /** The package's own pivot rules on the unscaled program, stopped after so many pivots. */
  function stockLoops(lp: LinearProgram, maxPivots: number): boolean {
    const model = new lpPackage.Model()
    model.usePresolve = false
    const variables = [...lp.cost].map((cost, j) => model.addVariable(cost, `x${j}`, false, false))
    for (let i = 0; i < lp.rowCount; i++) {
      const sides = [
        ...(lp.rowUpper[i] < INF ? [model.smallerThan(lp.rowUpper[i])] : []),
        ...(lp.rowLower[i] > -INF ? [model.greaterThan(lp.rowLower[i])] : []),
      ]
      for (const side of sides) {
        for (let j = 0; j < lp.columnCount; j++) {
          for (let k = lp.columnStart[j]; k < lp.columnStart[j + 1]; k++) {
            if (lp.rowIndex[k] === i) side.addTerm(lp.value[k], variables[j])
          }
        }
      }
    }
    model.tableau.setModel(model)
    const pivot = model.tableau.pivot.bind(model.tableau)
    let pivots = 0
    model.tableau.pivot = (row, column) => {
      if (++pivots > maxPivots) throw new RangeError('loops')
      pivot(row, column)
    }
    try {
      model.tableau.simplex()
      return false
    } catch (error) {
      if (error instanceof RangeError) return true
      throw error
    }
  }

  it('solves the assignment programs on which the package alone loops for ever', async () => {
    let loops = 0
    for (let seed = 1; seed <= 60; seed++) {
      const lp = assignment(createRandom(seed * 7919), 10, 8)
      if (!stockLoops(lp, 4000)) continue
      loops++
      const answer = solveWithJavascriptLpSolver(lp)
      const highs = await solveWithHighs(lp)
      expect(answer.status).toBe('optimal')
      expect(answer.objective).toBeCloseTo(highs.objective, 6)
    }
    expect(loops).toBeGreaterThan(0)
  })

  it('solves a program that cycles under the textbook rule (Beale 1955)', () => {
    const lp = dense(
      [-0.75, 150, -0.02, 6],
      [
        [-INF, [0.25, -60, -0.04, 9], 0],
        [-INF, [0.5, -90, -0.02, 3], 0],
        [-INF, [0, 0, 1, 0], 1],
      ],
    )
    const answer = solveWithJavascriptLpSolver(lp)
    expect(answer.status).toBe('optimal')
    expect(answer.objective).toBeCloseTo(-0.05, 9)
  })

  it('stops at the pivot limit, each time at the same place', () => {
    const lp = coveringMaster(createRandom(5), 30, 150)
    const parameters = { pivotsMost: 7, pivotsLeast: 1 }
    const first = solveWithJavascriptLpSolver(lp, { parameters })
    expect(first).toMatchObject({ status: 'limit', note: '7 pivots made' })
    expect(first.x.length).toBe(0)
    expect(solveWithJavascriptLpSolver(lp, { parameters })).toEqual(first)
    expect(solveWithJavascriptLpSolver(lp).status).toBe('optimal')
  })

  it('holds in units far from 1', async () => {
    for (const scale of [1e-6, 1e6]) {
      const lp = assignment(createRandom(3), 6, 5)
      lp.value = lp.value.map((v) => v * scale)
      lp.rowLower = lp.rowLower.map((b) => b * scale)
      lp.rowUpper = lp.rowUpper.map((b) => b * scale)
      lp.cost = lp.cost.map((c) => c / scale)
      const small = solveWithJavascriptLpSolver(lp)
      const highs = await solveWithHighs(lp)
      expect(small.status).toBe('optimal')
      expect(small.objective / highs.objective).toBeCloseTo(1, 6)
    }
  })
})

describe('duals', () => {
  const lp = () =>
    dense(
      [3, 5, 4],
      [
        [7, [1, 2, 1], INF],
        [-INF, [1, -1, 0], 4],
        [2.5, [0, 1, 3], 2.5],
      ],
      { upper: [INF, INF, 2] },
    )

  it('are d objective / d right-hand side in both backends', async () => {
    const solvers: ((p: LinearProgram) => LpSolution | Promise<LpSolution>)[] = [
      (p) => solveWithJavascriptLpSolver(p),
      (p) => solveWithHighs(p),
    ]
    for (const solve of solvers) {
      const base = await solve(lp())
      for (let i = 0; i < 3; i++) {
        const moved = lp()
        moved.rowLower[i] += 1e-4
        moved.rowUpper[i] += 1e-4
        const slope = ((await solve(moved)).objective - base.objective) / 1e-4
        expect(base.dual[i]).toBeCloseTo(slope, 4)
      }
      expect([...base.dual].some((y) => Math.abs(y) > 0.1)).toBe(true)
    }
  })
})

describe('highs', () => {
  it('solves integer programs, down to a limit of nodes, where a bound is left that holds', async () => {
    const optima = { optimal: 0, infeasible: 0 }
    for (let seed = 1; seed <= 80; seed++) {
      const lp = anything(createRandom(seed * 7919), true)
      const answer = await solveWithHighs(lp)
      if (lp.integer === undefined || !(answer.status in optima)) continue
      optima[answer.status as keyof typeof optima]++
      const relaxed = await solveWithHighs({ ...lp, integer: new Uint8Array(lp.columnCount) })
      if (answer.status === 'infeasible') continue
      expect(feasibilityFault(lp, answer.x)).toBe('')
      expect(answer.dual.length).toBe(0)
      expect(answer.objective).toBeGreaterThanOrEqual(relaxed.objective - 1e-6)
    }
    expect(optima.optimal).toBeGreaterThan(15)
    expect(optima.infeasible).toBeGreaterThan(15)
    const lp = coveringMaster(createRandom(9), 40, 160, true)
    const best = await solveWithHighs(lp)
    const limited = await solveWithHighs(lp, { maxNodes: 0 })
    expect(best.status).toBe('optimal')
    expect(limited.bound).toBeLessThanOrEqual(best.objective + 1e-6)
    expect(limited.x.length === 0 || limited.objective >= best.objective - 1e-6).toBe(true)
  })

  it('leaves no model behind: 200 solves do not make its memory grow', async () => {
    const { loadHighs } = await import('../../src/lp/highs.js')
    const lp = coveringMaster(createRandom(11), 30, 200)
    await solveWithHighs(lp)
    const before = (await loadHighs()).memoryBytes
    for (let i = 0; i < 200; i++) await solveWithHighs(lp)
    expect((await loadHighs()).memoryBytes).toBe(before)
  })
})
