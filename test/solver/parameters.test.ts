import { describe, expect, it } from 'vitest'
import { explain, plan } from '../../src/index.js'
import { IssueList } from '../../src/model/issues.js'
import { EFFORTS } from '../../src/solver/dials.js'
import { overrideParameters, parametersAt } from '../../src/solver/parameters.js'
import { planOf, problemOf } from './problems.js'

const problem = problemOf({
  nodes: ['A', 'B', 'C', 'D'],
  vms: ['A', 'B', 'C', 'D'].flatMap((node, n) =>
    Array.from({ length: 4 }, (_, i) => ({ id: `${node}${i}`, node, memoryMiB: 500 + 310 * n + 170 * i })),
  ),
  windows: [{ node: 'B', start: 9, end: 31 }],
  request: { drain: ['A', 'C'] },
})

function overridden(overrides: unknown, effort: (typeof EFFORTS)[number] = 3) {
  const issues = new IssueList()
  const result = overrideParameters(effort, overrides, issues)
  return { ...result, faults: issues.items.map(({ path, message }) => `${path}: ${message}`) }
}

describe('parameters', () => {
  it.each(EFFORTS)('of effort %i, read back from JSON, are all allowed and replace nothing', (effort) => {
    const printed = JSON.parse(JSON.stringify(parametersAt(effort)))
    const { parameters, overridden: replaced, faults } = overridden(printed, effort)
    expect(parameters).toEqual(parametersAt(effort))
    expect([replaced, faults]).toEqual([{}, []])
  })

  it('some replace those of the effort, and are named; the others stay', () => {
    const { parameters, overridden: replaced } = overridden({
      exact: { firstTurn: 400, turnGrowth: 2 },
      planner: { turnWork: [1, 2], patient: true },
    })
    expect(replaced).toEqual({ 'exact.firstTurn': 400, 'planner.turnWork': [1, 2], 'planner.patient': true })
    const { exact, planner, ...others } = parametersAt(3)
    expect(parameters).toEqual({
      ...others,
      exact: { ...exact, firstTurn: 400 },
      planner: { ...planner, turnWork: [1, 2], patient: true },
    })
  })

  it.each([
    [
      { exact: { firstTrun: 1 } },
      'exact.firstTrun: is 1, but no parameter has this name; did you mean "firstTurn"?',
    ],
    [{ toString: {} }, 'toString: is an object, but no parameter has this name'],
    [{ exact: { firstTurn: 0 } }, 'exact.firstTurn: is 0; it must be an integer of at least 1'],
    [{ exact: { firstTurn: '200' } }, 'exact.firstTurn: is "200"; it must be an integer of at least 1'],
    [{ exact: { laneShare: 1.5 } }, 'exact.laneShare: is 1.5; it must be a number from 0 to 1'],
    [{ exact: { turnGrowth: 1 } }, 'exact.turnGrowth: is 1; it must be a number above 1'],
    [{ planner: { patient: 1 } }, 'planner.patient: is 1; it must be true or false'],
    [
      { planner: { turnWork: [] } },
      'planner.turnWork: is an array of 0; it must be a list of integers of at least 1',
    ],
    [{ planner: 3 }, 'planner: is 3; it must be an object'],
    [[], ': is an array of 0; it must be an object'],
  ])('%j is refused', (overrides, fault) => {
    expect(overridden(overrides).faults).toEqual([fault])
  })

  it('reach the search, and the plan names them', async () => {
    const usual = await planOf(problem, { effort: 2, parameters: {} })
    const options = { effort: 2, parameters: { planner: { passes: 1, work: 1000 } } } as const
    const brief = await planOf(problem, options)
    expect(usual.statistics.parameters).toBeUndefined()
    expect(brief.statistics.parameters).toBe('planner.passes=1 planner.work=1000')
    expect(brief.statistics.evaluations).toBeLessThan(usual.statistics.evaluations)
  })

  it('reach LPs and explanations', async () => {
    const lp = { tableauCells: 1, masterVariables: 1 }
    const { statistics } = await plan(problem, { parameters: { lp }, thread: 'caller' })
    expect(statistics.lp).toContain('too large for javascript-lp-solver')
    const { relaxations } = await explain(problem, {
      parameters: { explain: { relaxations: 1 } },
      thread: 'caller',
    })
    expect(relaxations).toHaveLength(1)
  })

  it('an option with a fault is refused by name', async () => {
    const parameters = { exact: { firstTurn: -1 } }
    await expect(planOf(problem, { parameters })).rejects.toThrow(
      'parameters.exact.firstTurn: is -1; it must be an integer of at least 1',
    )
  })
})
