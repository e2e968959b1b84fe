import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  bandwidthMiBps,
  Durations,
  isLimitedByStream,
  liveDuration,
  ONE_SLOT,
  saveDuration,
  saveInPlaceDuration,
} from '../../src/model/duration.js'
import type { Policy, ProblemNode, ProblemVm } from '../../src/model/problem.js'
import { resolveProblem } from '../../src/model/validate.js'
import { MBPS_OF_100_MIB, problemOf } from '../problem.js'

const POLICY = { setupSeconds: 2, maxPasses: 10, stopThresholdMiB: 32, saveMiBps: 400 }

describe('bandwidth', () => {
  const link = (
    migrationMbps: number,
    slots = 1,
    linkEfficiency = 1,
    streamMbps = Number.POSITIVE_INFINITY,
  ) => ({
    migrationMbps,
    slots,
    linkEfficiency,
    streamMbps,
  })

  test.each([
    ['the slower end', link(8388.608), link(16777.216), 1000, false],
    ['an end shared by its slots', link(8388.608), link(16777.216, 4), 500, false],
    ['each end by its own efficiency', link(8388.608, 2, 0.5), link(8388.608, 1, 0.2), 200, false],
    ['compression', link(8388.608, 1, 1.6), link(16777.216), 1600, false],
    [
      'one stream, by the lesser limit',
      link(16777.216, 1, 1, 4194.304),
      link(16777.216, 2, 1, 8000),
      500,
      true,
    ],
    [
      'a stream that its share of the link does not fill',
      link(16777.216, 4, 1, 8388.608),
      link(16777.216),
      500,
      false,
    ],
  ])('%s decides', (_, a, b, expected, byStream) => {
    expect(bandwidthMiBps(a, b, ONE_SLOT)).toBeCloseTo(expected, 9)
    expect(bandwidthMiBps(b, a, ONE_SLOT)).toBeCloseTo(expected, 9)
    expect(isLimitedByStream(a, b, ONE_SLOT)).toBe(byStream)
  })
})

describe('live migration, worked by hand', () => {
  const vm = (copyMiB: number, dirtyMiBps: number, workingSetMiB = copyMiB, durationFactor = 1) => ({
    copyMiB,
    dirtyMiBps,
    workingSetMiB,
    durationFactor,
  })

  test('nothing is dirtied: one pass', () => {
    expect(liveDuration(vm(1000, 0), 100, POLICY)).toEqual({
      seconds: 12,
      blackoutSeconds: 0,
      converges: true,
    })
  })

  test('what is left after the first pass is below the threshold', () => {
    // 10 s × 3.2 MiB/s = 32 MiB, not more than 32: 0.32 s blackout.
    expect(liveDuration(vm(1000, 3.2), 100, POLICY)).toEqual({
      seconds: 12.32,
      blackoutSeconds: 0.32,
      converges: true,
    })
  })

  test('passes shrink by dirty rate ÷ bandwidth', () => {
    // 1000 → 500 → 250 → 125 → 62.5 → 31.25: five passes of 10 + 5 + 2.5 + 1.25 + 0.625 s, then 0.3125 s.
    expect(liveDuration(vm(1000, 50), 100, POLICY)).toEqual({
      seconds: 2 + 19.375 + 0.3125,
      blackoutSeconds: 0.3125,
      converges: true,
    })
  })

  test('the working set bounds what a pass leaves', () => {
    // 1000 → 100 (not 500) → 50 → 25.
    expect(liveDuration(vm(1000, 50, 100), 100, POLICY)).toEqual({
      seconds: 2 + 10 + 1 + 0.5 + 0.25,
      blackoutSeconds: 0.25,
      converges: true,
    })
  })

  test('dirtied as fast as copied: stops when a pass gains nothing', () => {
    // 1000 → min(200, 2000) = 200 → 200: after the second pass nothing is gained.
    expect(liveDuration(vm(1000, 200, 200), 100, POLICY)).toEqual({
      seconds: 2 + 10 + 2 + 2,
      blackoutSeconds: 2,
      converges: false,
    })
    expect(liveDuration(vm(1000, 100), 100, POLICY)).toEqual({
      seconds: 2 + 10 + 10,
      blackoutSeconds: 10,
      converges: false,
    })
  })

  test('the last pass allowed', () => {
    // Passes 0, 1 and 2 of 10, 5 and 2.5 s; 125 MiB are left.
    const policy = { ...POLICY, maxPasses: 3 }
    expect(liveDuration(vm(1000, 50), 100, policy)).toEqual({
      seconds: 2 + 17.5 + 1.25,
      blackoutSeconds: 1.25,
      converges: false,
    })
    const one = { ...POLICY, maxPasses: 1 }
    expect(liveDuration(vm(1000, 50), 100, one)).toEqual({
      seconds: 2 + 10 + 5,
      blackoutSeconds: 5,
      converges: false,
    })
  })

  test('no working set, no blackout', () => {
    expect(liveDuration(vm(1000, 50, 0), 100, POLICY)).toEqual({
      seconds: 12,
      blackoutSeconds: 0,
      converges: true,
    })
  })

  test('a factor stretches all passes, the blackout among them, and not the set-up', () => {
    expect(liveDuration(vm(1000, 3.2, 1000, 1.5), 100, POLICY)).toEqual({
      seconds: 2 + 1.5 * 10 + 1.5 * 0.32,
      blackoutSeconds: 1.5 * 0.32,
      converges: true,
    })
  })

  test('more bandwidth never takes longer, and the copy takes at least one pass', () => {
    const positive = fc.double({ min: 0.1, max: 1e5, noNaN: true })
    fc.assert(
      fc.property(
        positive,
        fc.double({ min: 0, max: 1e4, noNaN: true }),
        positive,
        positive,
        (memory, dirty, working, bandwidth) => {
          const { seconds, blackoutSeconds } = liveDuration(vm(memory, dirty, working), bandwidth, POLICY)
          expect(seconds).toBeGreaterThanOrEqual(POLICY.setupSeconds + memory / bandwidth)
          expect(blackoutSeconds).toBeLessThanOrEqual(seconds - POLICY.setupSeconds)
          expect(blackoutSeconds).toBeLessThanOrEqual((working / bandwidth) * (1 + 1e-12))
        },
      ),
    )
  })
})

test('saves', () => {
  expect(saveDuration(4000, POLICY)).toBe(22)
  expect(saveInPlaceDuration(4000, POLICY)).toBe(10)
})

describe('what a live migration may take of its ends', () => {
  const wide = (parts: Partial<ProblemNode>, policy: Partial<Policy> = {}, vm: Partial<ProblemVm> = {}) => {
    const node = { migrationMbps: 2 * MBPS_OF_100_MIB, slots: 2 }
    const problem = problemOf({
      nodes: [
        { id: 'A', ...node },
        { id: 'B', ...node, ...parts },
      ],
      vms: [{ id: 'a', node: 'A', memoryMiB: 1000, ...vm }],
      request: { drain: ['A'] },
      networks: [{ id: 'net', nodes: ['A'], mbps: 1.5 * MBPS_OF_100_MIB }],
      policy: { setupSeconds: 2, linkEfficiency: 1, ...policy },
    })
    const ways = new Durations(resolveProblem(problem)).liveWays(0, 0, 1)
    return ways.map(({ slots, ticks, mibps }) => ({ slots, ticks, mibps: Number(mibps.toFixed(6)) }))
  }
  const one = { slots: { from: 1, to: 1 }, ticks: 12_000, mibps: 100 }

  test.each<[string, ReturnType<typeof wide>, object[]]>([
    [
      'all of both, where that is faster; no more than the network that it crosses has',
      wide({}),
      [one, { slots: { from: 2, to: 2 }, ticks: 8_667, mibps: 150 }],
    ],
    [
      'all of the slower end alone, where the other has enough',
      wide({ migrationMbps: MBPS_OF_100_MIB }),
      [
        { slots: { from: 1, to: 1 }, ticks: 22_000, mibps: 50 },
        { slots: { from: 1, to: 2 }, ticks: 12_000, mibps: 100 },
      ],
    ],
    ['one, where a stream gets no more', wide({ streamMbps: MBPS_OF_100_MIB }), [one]],
    ['one, where the policy says so', wide({}, { wideMigrations: false }), [one]],
    ['one, where no memory is copied', wide({}, {}, { state: 'off' }), [{ ...one, ticks: 2_000, mibps: 0 }]],
  ])('%s', (_, ways, expected) => {
    expect(ways).toMatchObject(expected)
    expect(ways).toHaveLength(expected.length)
  })
})

describe('durations of a problem, in ticks with the start lag', () => {
  const problem = problemOf({
    nodes: ['A', 'B', 'C'],
    vms: ['a@A 1000', { id: 'saved', node: 'A', memoryMiB: 1000, state: 'saved' }, 'small@A 500'],
    request: { drain: ['A'] },
    policy: { setupSeconds: 2, saveMiBps: 100, restartSeconds: 30, startLagSeconds: 1, linkEfficiency: 1 },
  })
  const durations = new Durations(resolveProblem(problem))

  test.each([
    ['save', () => durations.save(0), 23_000, 22],
    ['save in place', () => durations.saveInPlace(0), 11_000, 10],
    ['restart', () => durations.restart(), 31_000, 30],
    ['live', () => durations.live(0, 0, 1, ONE_SLOT), 13_000, 0],
    ['live, once more', () => durations.live(0, 0, 2, ONE_SLOT), 13_000, 0],
    ['live, of less memory', () => durations.live(2, 0, 1, ONE_SLOT), 8_000, 0],
    ['live, saved before', () => durations.live(1, 0, 1, ONE_SLOT), 3_000, 0],
  ])('%s', (_, of, ticks, blackoutSeconds) => {
    expect(of()).toMatchObject({ ticks, blackoutSeconds })
  })
})
