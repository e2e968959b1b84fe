/** Every number of the format at either end of its range: the plan is one of finite figures, and the checker finds nothing. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { check } from '../../src/check/check.js'
import type { Policy, Problem } from '../../src/model/problem.js'
import { plan } from '../../src/plan.js'

const ends = (min: number, usual: number, max: number) => fc.constantFrom(min, usual, usual, usual, max)
const memory = ends(0.001, 4096, 2 ** 40)
const anyMemory = ends(0, 32, 2 ** 40)
const seconds = (usual: number) => ends(0, usual, 1e9)
const span = (usual: number) => ends(1e-6, usual, 1e9)
const rate = (usual: number) => ends(0.001, usual, 1e9)
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })

const policy: fc.Arbitrary<Partial<Policy>> = fc.record(
  {
    allowRestart: fc.boolean(),
    allowSave: fc.boolean(),
    allowMakeRoom: fc.boolean(),
    tolerateNodeFailure: fc.boolean(),
    reserveMiB: ends(0, 0, 2 ** 40),
    offloadPenaltySeconds: seconds(30),
    featureLossPenaltySeconds: seconds(10),
    restartSeconds: seconds(180),
    restartPenaltySeconds: seconds(600),
    saveMiBps: rate(400),
    savePenaltySeconds: seconds(300),
    linkEfficiency: ends(0.001, 0.9, 1),
    setupSeconds: seconds(2),
    startLagSeconds: seconds(0),
    maxPasses: ends(1, 10, 10_000),
    stopThresholdMiB: anyMemory,
    horizonSeconds: span(604_800),
  },
  { requiredKeys: [] },
)

const problems: fc.Arbitrary<Problem> = fc
  .record({
    nodes: fc.array(
      fc.record({
        memoryMiB: ends(0.001, 2 ** 20, 2 ** 40),
        migrationMbps: rate(10_000),
        slots: ends(1, 1, 1_000_000),
        offloads: fc.subarray(['a', 'b', 'c']),
        vendor: fc.constantFrom('Intel' as const, 'AMD' as const),
      }),
      { minLength: 3, maxLength: 3 },
    ),
    vms: fc.array(
      fc.record({
        at: fc.nat(2),
        memoryMiB: memory,
        dirtyMiBps: ends(0, 20, 1e9),
        workingSetMiB: anyMemory,
        offloads: fc.subarray(['a', 'b', 'c']),
        priority: ends(0, 2000, 1e9),
        restartable: fc.boolean(),
        state: fc.constantFrom('running' as const, 'running' as const, 'off' as const),
        durationSeconds: optional(span(25)),
      }),
      { minLength: 1, maxLength: 6 },
    ),
    windows: fc.array(fc.tuple(ends(0, 60, 1e12), span(30)), { maxLength: 2 }),
    save: fc.boolean(),
    policy,
  })
  .map(({ nodes, vms, windows, save, policy }) => {
    const held = nodes.map(() => 0)
    const fitting = vms.filter(({ at, memoryMiB, state }) => {
      if (state !== 'running') return true
      if (held[at] + memoryMiB > nodes[at].memoryMiB) return false
      held[at] += memoryMiB
      return true
    })
    const moves = fitting.flatMap(({ at, durationSeconds }, i) =>
      at === 0 || i % 3 === 0 ? [] : [{ vm: `v${i}`, to: `n${(at + i) % 3}`, durationSeconds }],
    )
    return {
      version: 1,
      nodes: nodes.map(({ vendor, ...node }, i) => ({
        id: `n${i}`,
        cpu: { vendor, features: ['x'] },
        ...node,
      })),
      vms: fitting.map(({ at, durationSeconds: _, ...vm }, i) => ({ id: `v${i}`, node: `n${at}`, ...vm })),
      windows: windows.map(([start, durationSeconds]) => ({ start, durationSeconds })),
      request: {
        moves: moves.map((move) => JSON.parse(JSON.stringify(move))),
        drain: [{ node: 'n0', mode: save ? 'save' : 'live' }],
      },
      policy,
    } satisfies Problem
  })

test('every number at either end of its range', async () => {
  await fc.assert(
    fc.asyncProperty(
      problems,
      fc.constantFrom('timeline' as const, 'rounds' as const),
      async (problem, schedule) => {
        const made = await plan(problem, { schedule, effort: 1, thread: 'caller' })
        expect(check(problem, made)).toEqual([])
        expect(JSON.stringify(made)).not.toMatch(/NaN|Infinity|null/)
      },
    ),
    { numRuns: 150 },
  )
}, 60_000)
