import * as fc from 'fast-check'
import { check, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sweepToSvg } from '../../src/chart/sweep.js'
import { sweepToCsv } from '../../src/io/sweep.js'
import type { Plan } from '../../src/model/plan.js'
import { resolveProblem } from '../../src/model/validate.js'
import { freeMemoryAfter } from '../../src/sweep/memory.js'
import { frontierOf, type Sweep, type SweepRow } from '../../src/sweep/sweep.js'
import { problemOf } from '../problem.js'

const rowOf = (index: number, parts: Partial<SweepRow> = {}): SweepRow => ({
  ...{
    index,
    settings: { slots: `${index}` },
    status: 'optimal',
    proven: true,
    lowerBoundSeconds: 0,
    costSeconds: 0,
  },
  ...{
    makespanSeconds: 10,
    penaltiesSeconds: 0,
    migrations: 1,
    unplaced: 0,
    freeMiB: 100,
    frontier: false,
    ...parts,
  },
})

describe('the frontier', () => {
  it.each<[string, Partial<SweepRow>[], number[]]>([
    ['one that is better in everything', [{}, { makespanSeconds: 9, freeMiB: 101 }], [1]],
    [
      'those of which each is better in something',
      [{ makespanSeconds: 9 }, { freeMiB: 101 }, { migrations: 0 }],
      [0, 1, 2],
    ],
    ['equal ones, all of them', [{}, {}, { makespanSeconds: 11 }], [0, 1]],
    ['more memory, not less', [{ freeMiB: 100 }, { freeMiB: 200 }], [1]],
    ['fewer VMs left', [{ unplaced: 1 }, {}], [1]],
  ])('has %s', (_, rows, indices) => {
    expect(frontierOf(rows.map((parts, i) => rowOf(i, parts))).map(({ index }) => index)).toEqual(indices)
  })

  it('has nobody that another beats, and everybody else is beaten by one of it', () => {
    const few = fc.integer({ min: 0, max: 3 })
    const some = fc.record({
      makespanSeconds: few,
      penaltiesSeconds: few,
      migrations: few,
      unplaced: few,
      freeMiB: few,
    })
    const beats = (a: SweepRow, b: SweepRow) => {
      const gains = [
        b.makespanSeconds - a.makespanSeconds,
        b.penaltiesSeconds - a.penaltiesSeconds,
        b.migrations - a.migrations,
        b.unplaced - a.unplaced,
        a.freeMiB - b.freeMiB,
      ]
      return Math.min(...gains) >= 0 && Math.max(...gains) > 0
    }
    const outcome = check(
      property(fc.array(some, { maxLength: 12 }), (list) => {
        const rows = list.map((parts, i) => rowOf(i, parts))
        const frontier = frontierOf(rows)
        return rows.every((row) => frontier.includes(row) !== frontier.some((other) => beats(other, row)))
      }),
    )
    expect(outcome.failed, JSON.stringify(outcome.counterexample)).toBe(false)
  })
})

describe('free memory after a plan', () => {
  const problem = resolveProblem(
    problemOf({
      nodes: ['A 1000', 'B 1000', 'C 900'],
      vms: ['a@A 300', 'b@A 200', { id: 'c', node: 'B', memoryMiB: 100, state: 'off' }, 'd@C 850'],
      request: { drain: ['C'] },
    }),
  )
  const move = (vm: string, to: string, kind = 'live') => ({ vm, to, kind })
  it.each<[string, object[], string[], number]>([
    ['nothing moves', [], [], 50],
    ['a drained node does not count', [move('d', 'B')], ['C'], 150],
    ['the last of several legs', [move('d', 'A'), move('d', 'B')], ['C'], 150],
    ['what is saved holds none', [move('d', 'C', 'save-in-place')], [], 500],
    ['what is off holds none, wherever it goes', [move('d', 'B', 'stop-in-place'), move('c', 'A')], [], 500],
    [
      'what is started again does',
      [move('a', 'A', 'stop-in-place'), move('d', 'B'), move('a', 'A', 'start-in-place')],
      ['C'],
      150,
    ],
  ])('%s', (_, migrations, drained, free) => {
    const plan = { migrations, drained: drained.map((node) => ({ node })) } as unknown as Plan
    expect(freeMemoryAfter(problem, plan)).toBe(free)
  })
})

describe('a sweep is written', () => {
  const sweep: Sweep = {
    ...{
      version: 1,
      problem: '</svg><script>',
      dimensions: [{ name: 'drain', values: ['=A', 'B'] }],
      best: 0,
    },
    rows: [
      { ...rowOf(0, { frontier: true, start: '2026-11-23T20:00:00+01:00' }), settings: { drain: '=cmd()' } },
      { ...rowOf(1, { makespanSeconds: 20, freeMiB: 50 }), settings: { drain: 'B' } },
      { index: 2, settings: { drain: 'C' }, error: 'it took "too" long' },
    ],
  }
  it('as CSV that is no formula', () => {
    expect(sweepToCsv(sweep).split('\r\n')).toEqual([
      'drain,start,status,proven,makespanSeconds,lowerBoundSeconds,penaltiesSeconds,costSeconds,migrations,unplaced,freeMiB,frontier,best,error',
      "'=cmd(),2026-11-23T20:00:00+01:00,optimal,true,10,0,0,0,1,0,100,true,true,",
      'B,,optimal,true,20,0,0,0,1,0,50,false,,',
      'C,,,,,,,,,,,,,"it took ""too"" long"',
      '',
    ])
  })

  it('as a chart: a point for each plan in each panel, the best last, and no element of a name', () => {
    const svg = sweepToSvg(sweep)
    expect(svg).not.toContain('<script')
    // Three of the legend, two in each of three panels.
    expect(svg.match(/<(?:circle|path d="M[^"]*A)/g)).toHaveLength(9)
  })
})
