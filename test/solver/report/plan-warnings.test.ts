/** Warnings about the plan as a whole: what is not known of VMs, rules at another offset, and searches that were cut short. */
import { describe, expect, it } from 'vitest'
import { describeMakespan, describeStatus } from '../../../src/io/table/header.js'
import type { Plan } from '../../../src/model/plan.js'
import type { ProblemVm } from '../../../src/model/problem.js'
import { explainUnplaced } from '../../../src/solver/report/unplaced.js'
import { partsOf } from '../parts.js'
import { INTEL, type ProblemParts, planOf, problemOf } from '../problems.js'

const codes = ({ warnings }: Plan) => warnings.map(({ code }) => code)

describe('dirty-unknown', () => {
  const a = { id: 'a', node: 'A' }
  const b = { id: 'b', node: 'A', dirtyMiBps: 3 }
  it.each<[string, ProblemParts['vms'], string, ProblemParts['request'], boolean]>([
    ['no rate at all', [a, b], 'a b', { drain: ['A'] }, true],
    ['one of two is known', [a, b], 'a', { drain: ['A'] }, false],
    ['a rate of 0 is one', [a], '', { drain: ['A'] }, false],
    ['what stays does not matter', [a, { ...b, node: 'B' }], 'a', { drain: ['A'] }, true],
    ['what is off has none', [{ ...a, state: 'off' }], 'a', { drain: ['A'] }, false],
    ['what is saved in place is not copied', [a], 'a', { drain: [{ node: 'A', mode: 'save' }] }, false],
    ['a time that was measured is no estimate', [a], 'a', { moves: ['a>B 7'] }, false],
    ['a move is, by the model', [a], 'a', { moves: ['a>B'] }, true],
    ['nothing is asked', [a], 'a', { moves: [] }, false],
  ])('%s', async (_, vms, unknown, request, told) => {
    const problem = problemOf({ nodes: ['A', 'B'], vms, request })
    for (const vm of problem.vms) if (unknown.includes(vm.id)) delete vm.dirtyMiBps
    const plan = await planOf(problem)
    expect(codes(plan).includes('dirty-unknown')).toBe(told)
    expect(describeMakespan(plan, '10 s')).toBe(
      told ? '10 s, a lower estimate: no dirty rates are known' : '10 s',
    )
  })
})

describe('blackouts', () => {
  it.each<[string, Partial<ProblemVm>, string[]]>([
    ['5 s are not long, more is', { dirtyMiBps: 1000, workingSetMiB: 500 }, ['not-converging']],
    ['of 5.01 s', { dirtyMiBps: 1000, workingSetMiB: 501 }, ['not-converging', 'blackout-long']],
    ['that shrink enough', { dirtyMiBps: 20 }, []],
    [
      'that end by their number',
      { dirtyMiBps: 99, workingSetMiB: 1000 },
      ['not-converging', 'blackout-long'],
    ],
    ['of a VM that is saved', { dirtyMiBps: 1000, state: 'saved' }, []],
  ])('%s', async (_, vm, expected) => {
    const problem = problemOf({
      nodes: ['A', 'B'],
      vms: [{ id: 'a', node: 'A', ...vm }],
      request: { moves: ['a>B'] },
    })
    expect(codes(await planOf(problem))).toEqual(expected)
  })
})

describe('searches that are cut short', () => {
  /** More than can be proven at once. */
  const problem = problemOf({
    nodes: ['A', 'B', 'C', 'D'],
    vms: Array.from({ length: 24 }, (_, i) => ({
      id: `v${i}`,
      node: 'ABCD'[i % 4]!,
      memoryMiB: 100 + 37 * ((i * 7) % 11),
    })),
    windows: ['A', 'B', 'C', 'D'].flatMap((node, i) =>
      [0, 1, 2].map((k) => ({
        node,
        start: 5 + 7 * i + 19 * k,
        durationSeconds: 4,
        kind: 'blackout' as const,
      })),
    ),
    request: { moves: Array.from({ length: 24 }, (_, i) => `v${i}>${'ABCD'[(i + 1 + (i % 3)) % 4]}`) },
  })

  it('by an abort say so, in words too', async () => {
    const plan = await planOf(problem, { signal: AbortSignal.abort() })
    expect(plan.statistics.stopped).toBe('aborted')
    expect(codes(plan)).toEqual(['cut-short'])
    expect(describeStatus(plan)).toMatch(/^feasible \(gap .*\); search cut short by an abort$/)
  })

  it('by a time limit as well', async () => {
    const plan = await planOf(problem, { timeLimitSeconds: 1e-6 })
    expect(plan.statistics.stopped).toBe('time-limit')
    expect(plan.warnings[0]?.message).toMatch(/cut short by the time limit/)
    expect(describeStatus(plan)).toMatch(/; search cut short by the time limit$/)
  })

  it('tell it where a VM stays for which something may have been found, and nowhere else', async () => {
    const { instance, state, open } = partsOf(
      problemOf({ nodes: ['A', 'B'], vms: ['a@A'], request: { moves: ['a>B'] } }),
    )
    const said = (cut?: 'aborted') =>
      explainUnplaced(instance, state, open[0]!, () => instance.spaces[0], cut).entry.detail
    expect(said('aborted')).toBe(`${said()}; the search was cut short by an abort`)
    const B = { id: 'B', cpu: { ...INTEL, vendor: 'AMD' as const } }
    const certain = problemOf({ nodes: ['A', B], vms: ['a@A'], request: { moves: ['a>B'] } })
    const proof = await planOf(certain, { signal: AbortSignal.abort() })
    expect(proof.unplaced[0]?.detail).not.toMatch(/cut short/)
  })

  it('are none where all is proven, or the work is done', async () => {
    const easy = problemOf({ nodes: ['A', 'B'], vms: ['a@A'], request: { drain: ['A'] } })
    expect(await planOf(easy)).toMatchObject({ statistics: { stopped: 'proven' }, warnings: [] })
    expect(await planOf(easy, { signal: AbortSignal.abort() })).toMatchObject({
      statistics: { stopped: 'proven' },
    })
    const done = await planOf(problem)
    expect(done.statistics.stopped).toBe(done.proven ? 'proven' : 'budget')
    expect(codes(done)).toEqual([])
  })
})

describe('rules that keep another offset', () => {
  it('are told once for each, by their places', async () => {
    const rule = { node: 'B', durationSeconds: 60, rrule: 'FREQ=DAILY' }
    const parts: ProblemParts = {
      nodes: ['A', 'B'],
      vms: ['a@A'],
      windows: [
        { ...rule, start: '2026-10-01T22:00:00+02:00' },
        { ...rule, start: '2026-10-01T22:00:00+02:00', zone: 'Europe/Berlin' },
        { ...rule, start: '2026-11-01T22:00:00+01:00' },
        { ...rule, start: '2026-10-02T22:00:00+02:00' },
      ],
      request: { drain: ['A'] },
    }
    const plan = await planOf({ ...problemOf(parts), start: '2026-11-23T20:00:00+01:00' })
    const told = plan.warnings.filter(({ code }) => code === 'fixed-offset')
    expect(told).toHaveLength(1)
    expect(told[0]?.message).toMatch(
      /windows\[0\], windows\[3\] keep the clock of \+02:00, and the plan starts at \+01:00/,
    )
  })
})
