import { describe, expect, it } from 'vitest'
import { check, parsePlan } from '../../src/check/check.js'
import { InvalidProblemError, type Issue } from '../../src/errors.js'
import type { ProblemVm } from '../../src/model/problem.js'
import { leg, problemOf } from '../problem.js'
import { planOf, unplaced } from './fixture.js'
import { RIGHT_PLANS } from './right-plans.js'

const problem = {
  ...problemOf({
    nodes: ['A', 'B'],
    vms: ['a1@A'],
    windows: [{ vm: 'a1', start: 12, durationSeconds: 100 }],
    request: { moves: ['a1>B'] },
    policy: { setupSeconds: 2 },
  }),
  name: 'by hand',
}
const plan = () => planOf({ makespanSeconds: 12, cost: 12, migrations: [leg('a1 A>B 0-12')] })

/** Through JSON, as the plan comes from a file. */
function issuesOf(change: (plan: Record<string, never>) => void): Issue[] {
  const json = JSON.parse(JSON.stringify(plan()))
  change(json)
  try {
    check(problem, json)
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidProblemError)
    expect((error as Error).message).toMatch(/^the plan has /)
    return [...(error as InvalidProblemError).issues]
  }
  return []
}

describe('check', () => {
  it('finds a right plan right', () => {
    expect(check(problem, plan())).toEqual([])
    expect(check(problem, JSON.parse(JSON.stringify(plan())))).toEqual([])
  })

  it('finds a wrong plan wrong', () => {
    const windows = [{ vm: 'a1', start: 11, durationSeconds: 100 }]
    expect(check({ ...problem, windows }, plan())).toMatchObject([
      { rule: 'window', subject: 'a1', atSeconds: 11, excess: 1 },
    ])
  })

  it('throws for a problem that breaks the format', () => {
    const wrong = { ...problem, vms: [{ id: 'a1', node: 'A' } as ProblemVm] }
    expect(() => check(wrong, plan())).toThrow(InvalidProblemError)
    expect(() => check(wrong, plan())).toThrow(/the problem has/)
  })
})

describe("a plan's shape", () => {
  it('takes more keys in statistics, and a plan without the name of its bound', () => {
    const { bound: _, ...statistics } = plan().statistics
    expect(parsePlan({ ...plan(), statistics: { ...statistics, phase: 'exact', nodes: 3 } })).toMatchObject({
      statistics: { phase: 'exact', nodes: 3, bound: '' },
    })
  })

  it('names every fault with its path', () => {
    const issues = issuesOf((json: Record<string, unknown>) => {
      json.status = 'best'
      delete json.gap
      json.makespanSeconds = '12'
      json.makespan = 12
      json.lowerbound = 12
      Object.assign((json.migrations as object[])[0]!, { kind: 'warm', round: 0.5, parking: false, note: '' })
      json.unplaced = [{ vm: '', reason: 'luck', detail: '', nodes: { B: 'luck' }, remedies: [1] }]
      json.drained = [{ node: 'A' }]
    })
    expect(issues.map(({ path }) => path).sort()).toEqual(
      [
        'status',
        'gap',
        'makespanSeconds',
        'makespan',
        'lowerbound',
        'migrations[0].kind',
        'migrations[0].round',
        'migrations[0].parking',
        'migrations[0].note',
        'unplaced[0].vm',
        'unplaced[0].reason',
        'unplaced[0].nodes.B',
        'unplaced[0].remedies[0]',
        'drained[0].atSeconds',
      ].sort(),
    )
    const message = (path: string) => issues.find((issue) => issue.path === path)!.message
    expect(message('makespanSeconds')).toMatch(/number.*"12"/)
    expect(message('status')).toMatch(/"best"/)
    expect(message('gap')).toMatch(/missing/)
    expect(message('makespan')).toMatch(/unknown key/)
  })

  it.each(Object.entries(RIGHT_PLANS))('is that of %s', (_, make) => {
    expect(parsePlan(JSON.parse(JSON.stringify(make().plan)))).toEqual(make().plan)
  })

  it.each<[words: string, put: (word: string) => object]>([
    ['optimal feasible partial infeasible', (status) => ({ status })],
    ['timeline rounds', (schedule) => ({ schedule })],
    ['live restart save save-in-place', (kind) => ({ migrations: [{ ...leg('a1 A>B 0-12'), kind }] })],
    [
      'cpu-vendor cpu-features memory anti-affinity affinity allowed-nodes window node-state',
      (reason) => ({ unplaced: [{ ...unplaced('a1'), reason, nodes: { B: reason } }] }),
    ],
    [
      'backup-missed backup-tight makes-room node-failure horizon-clamped',
      (code) => ({ warnings: [{ code, message: '' }] }),
    ],
  ])('has the words %s', (words, put) => {
    for (const word of words.split(' ')) {
      expect(parsePlan({ ...plan(), ...put(word) })).toMatchObject(put(word))
      expect(() => parsePlan({ ...plan(), ...put(`${word}s`) })).toThrow(`"${word}s"`)
    }
  })

  it.each([null, 1, 'plan', []])('refuses %j', (input) => {
    expect(() => parsePlan(input)).toThrow(InvalidProblemError)
  })

  it('refuses numbers that are none', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => parsePlan({ ...plan(), cost: value })).toThrow(/cost/)
    }
    expect(parsePlan({ ...plan(), cost: 1e15, gap: -1e15, version: 7 })).toMatchObject({ version: 7 })
    for (const cost of [-1.1e15, 1.1e15]) {
      expect(() => parsePlan({ ...plan(), cost })).toThrow(`from ${-1e15} to ${1e15}`)
    }
    expect(() => parsePlan({ ...plan(), version: '1' })).toThrow(/version: .*number/)
  })
})
