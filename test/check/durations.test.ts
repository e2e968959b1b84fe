import { describe, expect, it } from 'vitest'
import { mebibytesPerSecond } from '../../src/check/bandwidth.js'
import { liveExpectations } from '../../src/check/rules/duration.js'
import type { Plan } from '../../src/model/plan.js'
import { leg, MBPS_OF_100_MIB } from '../problem.js'
import { loosen, problemOf, resolvedMoveOf } from './fixture.js'
import { type Parts, testWrongPlans, violationsOf, wrong } from './mutate.js'
import { antiAffinity, type Case, drain, moves, parking, saveInPlace } from './right-plans.js'

describe('pre-copy model, at 100 MiB per second', () => {
  const duration = (vm: object, policy: object = {}, target: object = {}) => {
    const problem = problemOf({
      nodes: [{ id: 'A' }, { id: 'B', ...target }],
      vms: [{ id: 'v', node: 'A', ...vm }],
      policy,
    })
    return liveExpectations(
      problem.vms[0]!,
      mebibytesPerSecond(problem, problem.nodes[0]!, problem.nodes[1]!, { from: 1, to: 1 }),
      problem.policy,
    )
  }

  it.each([
    ['nothing dirtied', {}, {}, 12, 0],
    ['two passes, little left', { dirtyMiBps: 10 }, {}, 13.1, 0.1],
    ['dirties faster than the link', { dirtyMiBps: 200 }, {}, 22, 10],
    ['small working set', { dirtyMiBps: 200, workingSetMiB: 50 }, {}, 2 + 10 + 0.5 + 0.5, 0.5],
    ['three passes at most', { dirtyMiBps: 50 }, { maxPasses: 3 }, 2 + 10 + 5 + 2.5 + 1.25, 1.25],
    ['one pass at most', { dirtyMiBps: 50 }, { maxPasses: 1 }, 2 + 10 + 5, 5],
    ['just below the threshold', { dirtyMiBps: 3.199 }, {}, 2 + 10 + 0.3199, 0.3199],
    ['just above the threshold', { dirtyMiBps: 3.201 }, {}, 2 + 10 + 0.3201 + 0.010246401, 0.010246401],
    ['half the link', {}, { linkEfficiency: 0.5 }, 22, 0],
    ['one stream of half the link', {}, { streamMbps: MBPS_OF_100_MIB / 2 }, 22, 0],
    ['a first pass of what is in use', { copyMiB: 600, dirtyMiBps: 10 }, {}, 2 + 6 + 0.6 + 0.06, 0.06],
    ['half as long again', { durationFactor: 1.5, dirtyMiBps: 3 }, {}, 2 + 15 + 0.45, 0.45],
  ])('%s', (_, vm, policy, seconds, blackout) => {
    const [expected, ...others] = duration(vm, policy)
    expect(others).toEqual([])
    expect(expected!.duration).toBeCloseTo(seconds, 9)
    expect(expected!.blackout).toBeCloseTo(blackout, 9)
  })

  it('takes the slower end, and shares its link among its slots', () => {
    expect(duration({}, {}, { slots: 4 })[0]!.duration).toBeCloseTo(42, 9)
    expect(duration({}, {}, { slots: 4, migrationMbps: 4 * 838.8608 })[0]!.duration).toBeCloseTo(12, 9)
    expect(duration({}, {}, { migrationMbps: 419.4304 })[0]!.duration).toBeCloseTo(22, 9)
  })
})

describe('a pass that leaves exactly as much as makes it the last', () => {
  const withDirty = (dirtyMiBps: number, end: number, blackoutSeconds: number) =>
    violationsOf({
      from: moves,
      change: (plan, { vm, windows }) => {
        vm('a1').dirtyMiBps = dirtyMiBps
        windows.length = 0
        plan.migrations = [
          leg(`a1 A>B 0-${end}`, { blackoutSeconds, lostOffloads: ['rdma'] }),
          ...plan.migrations.slice(1, 2),
          leg(`a2 A>C ${end}-${end + 20}`, { round: 1 }),
          leg(`b1 B>C ${end + 20}-${end + 22}`, { round: 2 }),
        ]
        loosen(plan)
      },
    }).map(({ rule, subject }) => [rule, subject])

  it('may be the last or not: dirtied as fast as sent', () => {
    expect(withDirty(100, 22, 10)).toEqual([])
    expect(withDirty(100, 102, 10)).toEqual([])
    expect(withDirty(100, 52, 10)).toEqual([])
    expect(withDirty(100, 112, 10)).toEqual([])
    expect(withDirty(100, 122, 10)).toEqual([['duration', 'a1']])
  })

  it('may be the last or not: the threshold left', () => {
    expect(withDirty(3.2, 12.32, 0.32)).toEqual([])
    expect(withDirty(3.2, 12.331, 0.01024)).toEqual([])
    expect(withDirty(3.2, 12.32, 0.01024)).toEqual([['duration', 'a1']])
  })
})

describe('the start lag', () => {
  const lagging = (from: () => Case, ends: number[], change: (plan: Plan, parts: Parts) => void = () => {}) =>
    violationsOf({
      from,
      change: (plan, parts) => {
        parts.policy.startLagSeconds = 5
        for (const [i, migration] of plan.migrations.entries()) {
          const lasts = migration.endSeconds - migration.startSeconds + 5
          Object.assign(migration, { startSeconds: ends[i]! - lasts, endSeconds: ends[i]! })
        }
        if (plan.drained[0] !== undefined) plan.drained[0].atSeconds = Math.max(...ends)
        change(plan, parts)
        loosen(plan)
      },
    }).map(({ rule, subject, message }) => `${rule} ${subject}: ${message}`)

  it('is in the time of every kind, and in no blackout', () => {
    // Live, restart, save.
    expect(lagging(drain, [17, 185, 27])).toEqual([])
    expect(lagging(saveInPlace, [6, 13])).toEqual([])
    expect(lagging(parking, [17, 34, 51])).toEqual([])
    const longer = (plan: Plan) => {
      for (const migration of plan.migrations.slice(1)) migration.blackoutSeconds += 5
    }
    expect(lagging(drain, [17, 185, 27], longer)).toEqual([
      expect.stringMatching(/^duration r1: .* blackout of 185 s, but the model says 180 s/),
      expect.stringMatching(/^duration s1: .* blackout of 27 s, but the model says 22 s/),
    ])
  })

  it('is in a given time too', () => {
    const given = (blackoutSeconds: number) =>
      lagging(parking, [17, 34, 54], ({ migrations }, { problem }) => {
        problem.moves = ['a1>B 15', 'b1>A'].map(resolvedMoveOf)
        Object.assign(migrations[2]!, { startSeconds: 34, blackoutSeconds })
      })
    expect(given(15)).toEqual([])
    expect(given(16)).toEqual([
      expect.stringMatching(/^duration a1: .* blackout of 16 s, but it has to lie within 0 s and 15 s/),
    ])
  })
})

it('a blackout may be rounded to a millisecond', () => {
  expect(violationsOf({ from: moves, legs: { 0: { blackoutSeconds: 0.101 } } })).toEqual([])
})

describe('wrong durations', () => {
  testWrongPlans('duration', {
    'a live migration that is 1 ms too short': wrong(moves, 'a1 @0 -0.001', ({ migrations }) => {
      migrations[0]!.endSeconds -= 0.001
    }),
    'a live migration that is 1 ms too long': wrong(parking, 'a1 +0.001', (plan) => {
      plan.migrations[2]!.endSeconds += 0.001
      loosen(plan)
    }),
    'a blackout that the model does not give': wrong(moves, 'a1 +0.1', {
      legs: { 0: { blackoutSeconds: 0.2 } },
    }),
    'a duration that the request gives': wrong(moves, 'a2 -8', { legs: { 2: { endSeconds: 25.1 } } }),
    'a given duration with a longer blackout': wrong(moves, 'a2 +1', {
      legs: { 2: { blackoutSeconds: 21 } },
    }),
    'a given duration with a negative blackout': wrong(moves, 'a2 -1', {
      legs: { 2: { blackoutSeconds: -1 } },
    }),
    'a given duration is for the last leg, not for the parking leg': wrong(parking, 'a1 @24 -3', {
      moves: ['a1>B 15', 'b1>A'],
    }),
    'float noise rounded up to a whole millisecond': wrong(antiAffinity, 'a2 +0.001', {
      moves: ['a1>B', { vm: 'a2', to: 'C', durationSeconds: 0.1 + 0.2 }],
      legs: { 1: { endSeconds: 12.301 } },
      change: loosen,
    }),
    'a saved VM moves in the set-up time': wrong(moves, 'b1 -1', {
      legs: { 3: { endSeconds: 34.1 } },
      change: loosen,
    }),
    'a VM that is off moves in the set-up time': wrong(moves, 'c1 -1', { legs: { 1: { endSeconds: 1 } } }),
    'a restart': wrong(drain, 'r1 -80', {
      legs: { 1: { endSeconds: 100 } },
      change: (plan) => {
        plan.drained[0]!.atSeconds = 100
        loosen(plan)
      },
    }),
    'a restart stands still all the time': wrong(drain, 'r1 -180', { legs: { 1: { blackoutSeconds: 0 } } }),
    'a save': wrong(drain, 's1 +1', { legs: { 2: { endSeconds: 23 } } }),
    'a save in place': wrong(saveInPlace, 'a1 -0.1', { legs: { 0: { endSeconds: 0.9 } } }),
  })
})
