import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { check } from '../../src/check/check.js'
import { InvalidOptionError, InvalidProblemError } from '../../src/errors.js'
import type { Plan } from '../../src/model/plan.js'
import type { Problem } from '../../src/model/problem.js'
import { plan as planProblem } from '../../src/plan.js'
import type { QuietOptions } from '../../src/quiet/options.js'
import { quiet } from '../../src/quiet/quiet.js'
import { migration, plan } from '../io/fixtures.js'

const problem: Problem = {
  version: 1,
  name: 'sample',
  start: '2026-11-23T20:00:00+01:00',
  nodes: ['A', 'B', 'C'].map((id) => ({
    id,
    cpu: { model: 'Icelake-Server' },
    memoryMiB: 65_536,
    migrationMbps: 10_000,
  })),
  vms: ['v', 'w', 'x'].map((id) => ({ id, node: 'A', memoryMiB: 1024 })),
  windows: [
    { node: 'B', start: 150, end: 200 },
    { vm: 'x', start: 0, end: 20, kind: 'blackout' },
    { start: 900, end: 1000 },
  ],
  request: { moves: [] },
  policy: { horizonSeconds: 1000 },
}
const moves = plan([
  migration('v', 'A', 'B', 10, 40),
  migration('w', 'A', 'C', 40, 70),
  migration('v', 'B', 'C', 100, 130),
])

function spansOf(options: QuietOptions) {
  const { nodes, vms, common } = quiet(problem, moves, options)
  const flat = (spans: { startSeconds: number; endSeconds: number }[]) =>
    spans.map((s) => `${s.startSeconds}-${s.endSeconds}`).join(' ')
  return {
    common: flat(common),
    ...Object.fromEntries(nodes.map(({ node, spans }) => [node, flat(spans)])),
    ...Object.fromEntries(vms.map(({ vm, spans }) => [vm, flat(spans)])),
  }
}

describe('quiet', () => {
  it('finds the spans of each node and VM, and those that all nodes share', () => {
    expect(spansOf({ durationSeconds: 10 })).toEqual({
      A: '0-10 70-1000',
      B: '0-10 40-100 130-1000',
      C: '0-40 70-100 130-1000',
      v: '0-10 40-100 130-1000',
      w: '0-40 70-1000',
      x: '0-1000',
      common: '0-10 70-100 130-1000',
    })
    expect(spansOf({ durationSeconds: 31, until: 140 })).toEqual({
      A: '70-140',
      B: '40-100',
      C: '0-40',
      v: '40-100',
      w: '0-40 70-140',
      x: '0-140',
      common: '',
    })
  })

  it('counts only what is chosen', () => {
    expect(spansOf({ durationSeconds: 20, nodes: ['A'] })).toEqual({ A: '70-1000', common: '70-1000' })
    expect(spansOf({ durationSeconds: 20, vms: ['w'] })).toEqual({
      w: '0-40 70-1000',
      common: '0-40 70-1000',
    })
    expect(spansOf({ durationSeconds: 20, nodes: ['A', 'A'], vms: ['v', 'x'] })).toEqual({
      A: '70-1000',
      v: '40-100 130-1000',
      x: '0-1000',
      common: '70-100 130-1000',
    })
  })

  it('suggests the first common span and names the windows that it meets', () => {
    const window = { kind: 'backup', node: 'B', startSeconds: 150, endSeconds: 200 }
    expect(quiet(problem, moves, { durationSeconds: 60 }).best).toEqual({
      startSeconds: 130,
      endSeconds: 190,
      quietUntilSeconds: 1000,
      windows: [window],
    })
    const windowsOf = (options: QuietOptions) => quiet(problem, moves, options).best?.windows
    expect(windowsOf({ durationSeconds: 20 })).toEqual([])
    expect(windowsOf({ durationSeconds: 10, nodes: ['A'] })).toEqual([])
    expect(windowsOf({ durationSeconds: 10, vms: ['x'] })).toEqual([
      { kind: 'blackout', vm: 'x', startSeconds: 0, endSeconds: 20 },
    ])
    expect(windowsOf({ durationSeconds: 800, nodes: ['C'] })).toEqual([
      { kind: 'backup', startSeconds: 900, endSeconds: 1000 },
    ])
    expect(quiet(problem, moves, { durationSeconds: 871 })).toMatchObject({ common: [] })
    expect(quiet(problem, moves, { durationSeconds: 871 })).not.toHaveProperty('best')
  })

  it('names the longest span where none is long enough, and no other', () => {
    const { longest, nodes, vms } = quiet(problem, moves, { durationSeconds: 931 })
    expect(longest).toEqual({ startSeconds: 130, endSeconds: 1000 })
    expect(nodes.map((each) => each.longest?.startSeconds)).toEqual([70, 130, 130])
    expect(vms.map((each) => each.longest?.startSeconds)).toEqual([130, 70, undefined])
    expect(quiet(problem, moves, { durationSeconds: 20 })).not.toHaveProperty('longest')
    const busy = plan([migration('v', 'A', 'B', 0, 1000)])
    expect(quiet(problem, busy, { durationSeconds: 1 })).not.toHaveProperty('longest')
    // Of equal ones the first.
    const even = plan([migration('v', 'A', 'B', 100, 900)])
    expect(quiet(problem, even, { durationSeconds: 200 }).longest?.startSeconds).toBe(0)
  })

  it('takes an instant for the end', () => {
    const report = quiet(problem, moves, { durationSeconds: 1, until: '2026-11-23T19:02:00Z' })
    expect(report).toMatchObject({ version: 1, problem: 'sample', durationSeconds: 1, untilSeconds: 120 })
  })

  it('agrees with asking second by second', () => {
    const ids = ['A', 'B', 'C'] as const
    const legs = fc.array(
      fc.record({
        vm: fc.constantFrom('v', 'w', 'x'),
        from: fc.constantFrom(...ids),
        to: fc.constantFrom(...ids),
        at: fc.integer({ min: 0, max: 60 }),
        takes: fc.integer({ min: 0, max: 25 }),
      }),
      { maxLength: 8 },
    )
    fc.assert(
      fc.property(
        legs,
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 90 }),
        (drawn, least, until) => {
          const made = plan(drawn.map((d) => migration(d.vm, d.from, d.to, d.at, d.at + d.takes)))
          const report = quiet(problem, made, { durationSeconds: least, until })
          const expected = (touches: (d: (typeof drawn)[number]) => boolean) => {
            // An empty migration, [at, at), still parts what is before it from what is after.
            const spans: { startSeconds: number; endSeconds: number }[] = []
            let first = 0
            for (let second = 0; second <= until; second++) {
              const busy = drawn.some((d) => touches(d) && second >= d.at && second < d.at + d.takes)
              const cut = drawn.some((d) => touches(d) && d.at === second && d.takes === 0)
              if (second === until || busy || cut) {
                if (second - first >= least) spans.push({ startSeconds: first, endSeconds: second })
                first = busy ? second + 1 : second
              }
            }
            return spans
          }
          for (const { node, spans } of report.nodes)
            expect(spans).toEqual(expected((d) => d.from === node || d.to === node))
          for (const { vm, spans } of report.vms) expect(spans).toEqual(expected((d) => d.vm === vm))
          expect(report.common).toEqual(expected(() => true))
        },
      ),
    )
  })

  it('leaves no migration of a real plan inside a span', async () => {
    const drained: Problem = { ...problem, windows: [], request: { drain: ['A'] } }
    const made: Plan = await planProblem(drained, { effort: 1, thread: 'caller' })
    expect(check(drained, made)).toEqual([])
    expect(made.migrations).toHaveLength(3)
    const { common, best } = quiet(drained, made, { durationSeconds: 600 })
    expect(best?.startSeconds).toBe(made.makespanSeconds)
    for (const span of common)
      for (const m of made.migrations)
        expect(m.endSeconds <= span.startSeconds || m.startSeconds >= span.endSeconds).toBe(true)
  })

  it('changes neither of its arguments', () => {
    const before = structuredClone({ problem, moves })
    quiet(problem, moves, { durationSeconds: 10 })
    expect({ problem, moves }).toEqual(before)
  })
})

describe('misuse', () => {
  it.each<[unknown, string]>([
    [undefined, 'the options are undefined; they must be an object'],
    [{}, 'durationSeconds is undefined; it must be a number of seconds above 0'],
    [{ durationSeconds: 0 }, 'durationSeconds is 0;'],
    [{ durationSeconds: '2h' }, 'durationSeconds is "2h";'],
    [{ durationSeconds: Number.NaN }, 'durationSeconds is NaN;'],
    [{ duration: 5 }, '"duration" is not an option'],
    [{ durationSeconds: 1, node: ['A'] }, '"node" is not an option; did you mean "nodes"?'],
    [
      { durationSeconds: 1, until: 1001 },
      'until is 1001; it must be after the start of the plan and at most the horizon',
    ],
    [{ durationSeconds: 1, until: 0 }, 'until is 0;'],
    [
      { durationSeconds: 1, until: '2026-11-23T18:00:00Z' },
      'until is "2026-11-23T18:00:00Z"; it must be after',
    ],
    [{ durationSeconds: 1, until: '2026-11-23' }, 'until is "2026-11-23", which is a date without a time'],
    [{ durationSeconds: 1, nodes: ['a'] }, 'nodes has "a", which is not the id of a node'],
    [{ durationSeconds: 1, vms: ['A'] }, 'vms has "A", which is not the id of a VM'],
    [{ durationSeconds: 1, vms: [7] }, 'vms has 7, which is not the id of a VM'],
    [{ durationSeconds: 1, nodes: [] }, 'nodes is an array of 0; it must be an array of ids, and not empty'],
    [{ durationSeconds: 1, nodes: 'A' }, 'nodes is "A"; it must be an array of ids'],
  ])('%j', (options, message) => {
    const ask = () => quiet(problem, moves, options as QuietOptions)
    expect(ask).toThrow(InvalidOptionError)
    expect(ask).toThrow(message)
  })

  it('an instant needs a start', () => {
    const { start: _, ...without } = problem
    expect(() => quiet(without, moves, { durationSeconds: 1, until: '2026-11-23T20:10:00Z' })).toThrow(
      'but the problem has no start',
    )
  })

  it('a plan of another problem is refused with every fault', () => {
    const wrong = plan([migration('nobody', 'A', 'D', 5, 4)])
    let error: unknown
    try {
      quiet(problem, wrong, { durationSeconds: 1 })
    } catch (thrown) {
      error = thrown
    }
    if (!(error instanceof InvalidProblemError)) throw error
    expect(error.issues).toEqual([
      { path: 'migrations[0].vm', message: '"nobody" is not the id of a VM of the problem' },
      { path: 'migrations[0].to', message: '"D" is not the id of a node of the problem' },
      { path: 'migrations[0].endSeconds', message: '4 is before its start, 5' },
    ])
    expect(() => quiet(problem, { version: 1 } as Plan, { durationSeconds: 1 })).toThrow(InvalidProblemError)
    expect(() => quiet({} as Problem, moves, { durationSeconds: 1 })).toThrow(InvalidProblemError)
  })
})
