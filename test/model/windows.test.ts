import { describe, expect, test } from 'vitest'
import { resolveProblem } from '../../src/model/validate.js'
import { faultsAfter, type Loose, validProblem } from './build.js'

/** The occurrences of one window as [start, end] pairs, the plan beginning 2026-11-23 (a Monday) at 20:00+01:00. */
function occurrences(window: Loose, policy: Loose = {}, start?: string): [number, number][] {
  const problem = validProblem()
  problem.windows = [window]
  problem.policy = policy
  if (start !== undefined) problem.start = start
  return resolveProblem(problem).windows.map((w) => [w.startSeconds, w.endSeconds])
}

const HOUR = 3600
const DAY = 24 * HOUR

describe('windows without a rule', () => {
  test('numbers, instants and durations', () => {
    expect(occurrences({ start: 60, end: 120 })).toEqual([[60, 120]])
    expect(occurrences({ start: 60, durationSeconds: 0.5 })).toEqual([[60, 60.5]])
    expect(occurrences({ start: '2026-11-23T22:00:00+01:00', durationSeconds: HOUR })).toEqual([
      [2 * HOUR, 3 * HOUR],
    ])
    expect(occurrences({ start: '2026-11-23T21:00:00Z', end: '2026-11-24T00:30+01:00' })).toEqual([
      [2 * HOUR, 4.5 * HOUR],
    ])
    expect(occurrences({ start: 0, end: '2026-11-23T20:00:01.250+01:00' })).toEqual([[0, 1.25]])
  })

  test('cut to the horizon, or dropped', () => {
    expect(occurrences({ start: '2026-11-23T19:00:00+01:00', durationSeconds: 2 * HOUR })).toEqual([
      [0, HOUR],
    ])
    expect(occurrences({ start: '2026-11-23T19:00:00+01:00', durationSeconds: HOUR })).toEqual([])
    expect(occurrences({ start: 50, end: 200 }, { horizonSeconds: 100 })).toEqual([[50, 100]])
    expect(occurrences({ start: 100, end: 200 }, { horizonSeconds: 100 })).toEqual([])
  })

  test('sorted by start, then by place', () => {
    const problem = validProblem()
    problem.windows = [
      { start: 50, end: 60 },
      { node: 'HV01', start: 10, end: 90, kind: 'blackout' },
      { vm: 'web-01', start: 10, end: 20 },
    ]
    expect(resolveProblem(problem).windows).toEqual([
      { node: 'HV01', startSeconds: 10, endSeconds: 90, kind: 'blackout', source: 1 },
      { vm: 'web-01', startSeconds: 10, endSeconds: 20, kind: 'backup', source: 2 },
      { startSeconds: 50, endSeconds: 60, kind: 'backup', source: 0 },
    ])
  })
})

describe('windows with a rule', () => {
  test('days are days of the start’s own clock', () => {
    // 23:30 on Tuesday in Tokyo is 14:30 UTC, 18.5 hours after the plan's start.
    const window = {
      start: '2026-11-24T23:30:00+09:00',
      durationSeconds: HOUR,
      rrule: 'FREQ=WEEKLY;BYDAY=TU,WE',
    }
    expect(occurrences(window)).toEqual([
      [19.5 * HOUR, 20.5 * HOUR],
      [43.5 * HOUR, 44.5 * HOUR],
    ])
  })

  test('a numeric start counts from the problem’s, on its clock', () => {
    // 20:00 + 5 h is Tuesday, 01:00.
    expect(occurrences({ start: 5 * HOUR, durationSeconds: HOUR, rrule: 'FREQ=WEEKLY;BYDAY=TU,SA' })).toEqual(
      [
        [5 * HOUR, 6 * HOUR],
        [4 * DAY + 5 * HOUR, 4 * DAY + 6 * HOUR],
      ],
    )
  })

  test('an occurrence that began before the plan is cut', () => {
    const window = { start: '2026-11-20T19:30:00+01:00', durationSeconds: HOUR, rrule: 'FREQ=DAILY' }
    const found = occurrences(window, { horizonSeconds: 2 * DAY })
    expect(found).toEqual([
      [0, 0.5 * HOUR],
      [23.5 * HOUR, 24.5 * HOUR],
      [47.5 * HOUR, 48 * HOUR],
    ])
  })

  test('COUNT counts from the first instant, before the plan too', () => {
    const window = { start: '2026-11-21T22:00:00+01:00', durationSeconds: HOUR, rrule: 'FREQ=DAILY;COUNT=4' }
    expect(occurrences(window)).toEqual([
      [2 * HOUR, 3 * HOUR],
      [26 * HOUR, 27 * HOUR],
    ])
  })

  test('UNTIL includes its instant, its whole day, and is in UTC with Z', () => {
    const window = { start: '2026-11-23T22:00:00+01:00', durationSeconds: HOUR }
    const count = (until: string): number =>
      occurrences({ ...window, rrule: `FREQ=DAILY;UNTIL=${until}` }).length
    expect(count('20261124T210000Z')).toBe(2)
    expect(count('20261124T205959Z')).toBe(1)
    expect(count('20261124T220000')).toBe(2)
    expect(count('20261124')).toBe(2)
    expect(count('20200101')).toBe(0)
  })

  test('fractions of a second are kept', () => {
    expect(
      occurrences({ start: 0.25, durationSeconds: 0.5, rrule: 'FREQ=HOURLY;BYMINUTE=0;COUNT=2' }),
    ).toEqual([
      [0.25, 0.75],
      [3600.25, 3600.75],
    ])
  })
})

test('a thousand windows, each with a rule and a start of its own, take about a second at most', () => {
  const problem = validProblem()
  problem.windows = Array.from({ length: 1000 }, (_, i) => ({
    start: `2026-11-${10 + (i % 10)}T${String(10 + (i % 7))}:${String(i % 60).padStart(2, '0')}:00+01:00`,
    durationSeconds: 60 + i,
    rrule: ['FREQ=DAILY', 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', 'FREQ=DAILY;COUNT=30;BYHOUR=1,13'][i % 3],
  }))
  const before = process.cpuUsage()
  expect(resolveProblem(problem).windows.length).toBeGreaterThan(5_000)
  const { user, system } = process.cpuUsage(before)
  expect((user + system) / 1000).toBeLessThan(1_500)
})

type Case = [name: string, window: Loose, path: string, words: string[]]

describe('faults of windows', () => {
  test.each<Case>([
    ['no start', { end: 5 }, 'windows[0].start', ['missing', 'seconds']],
    ['no end', { start: 5 }, 'windows[0]', ['neither "end" nor "durationSeconds"']],
    [
      'two ends',
      { start: 5, end: 6, durationSeconds: 1 },
      'windows[0]',
      ['both "end" and "durationSeconds"'],
    ],
    ['VM and node', { vm: 'web-01', node: 'HV01', start: 0, end: 1 }, 'windows[0]', ['both "vm" and "node"']],
    [
      'open already',
      { start: -60, end: 60 },
      'windows[0].start',
      ['-60', '0 for a window that is open already'],
    ],
    ['negative end', { start: 0, end: -1 }, 'windows[0].end', ['-1']],
    ['no length', { start: 60, end: 60 }, 'windows[0].end', ['60', 'the instant at which it starts']],
    ['a trace', { start: 60, end: 60 + 1e-9 }, 'windows[0].end', ['less than a microsecond after its start']],
    ['a trace of a duration', { start: 1.5, durationSeconds: 1e-9 }, 'windows[0].durationSeconds', ['1e-9']],
    ['beyond all time', { start: 1e13, durationSeconds: 1 }, 'windows[0].start', ['at most 1000000000000']],
    ['backwards', { start: 60, end: 30 }, 'windows[0].end', ['30 s before it starts']],
    ['infinite', { start: 0, end: Number.POSITIVE_INFINITY }, 'windows[0].end', ['Infinity']],
    ['no duration', { start: 0, durationSeconds: 0 }, 'windows[0].durationSeconds', ['at least 0.000001']],
    ['duration as text', { start: 0, durationSeconds: '2h' }, 'windows[0].durationSeconds', ['7200']],
    ['unknown kind', { start: 0, end: 1, kind: 'back-up' }, 'windows[0].kind', ['did you mean "backup"?']],
    [
      'seconds as text',
      { start: '3600', end: 7200 },
      'windows[0].start',
      ['"3600"', 'write 3600, without quotes'],
    ],
    ['no offset', { start: '2026-11-23T22:00:00', end: 9e5 }, 'windows[0].start', ['no offset']],
    ['only a date', { start: '2026-11-23', end: 9e5 }, 'windows[0].start', ['without a time']],
    ['30 February', { start: '2026-02-30T22:00:00Z', end: 9e5 }, 'windows[0].start', ['no date', '01 to 28']],
    ['month 13', { start: '2026-13-01T22:00:00Z', end: 9e5 }, 'windows[0].start', ['month']],
    ['24 o’clock', { start: '2026-11-23T24:00:00Z', end: 9e5 }, 'windows[0].start', ['time of day']],
    ['offset of 25 hours', { start: '2026-11-23T22:00:00+25:00', end: 9e5 }, 'windows[0].start', ['offset']],
    ['rule not text', { start: 0, durationSeconds: 1, rrule: 5 }, 'windows[0].rrule', ['5 is not text']],
    [
      'bad rule',
      { start: 0, durationSeconds: 1, rrule: 'FREQ=DAYLY' },
      'windows[0].rrule',
      ['FREQ="DAYLY"', '"DAILY"?'],
    ],
    [
      'too many',
      {
        start: 0,
        durationSeconds: 1,
        rrule: 'FREQ=HOURLY;BYMINUTE=0,1,2,3,4,5;BYSECOND=0,1,2,3,4,5,6,7,8,9,10',
      },
      'windows[0].rrule',
      ['more than 10000', 'horizon'],
    ],
  ])('%s', (_, window, path, words) => {
    const faults = faultsAfter((p) => (p.windows = [window]))
    expect(faults.map((fault) => fault.path)).toEqual([path])
    for (const word of words) expect(faults[0].message).toContain(word)
  })

  test.each<Case>([
    [
      'a date',
      { start: '2026-11-23T22:00:00+01:00', durationSeconds: 60 },
      'windows[0].start',
      ['no "start"'],
    ],
    ['an end', { start: 0, end: '2026-11-23T22:00:00+01:00' }, 'windows[0].end', ['no "start"']],
    [
      'a rule',
      { start: 0, durationSeconds: 60, rrule: 'FREQ=DAILY' },
      'windows[0].rrule',
      ['needs the problem\'s "start"'],
    ],
  ])('without the problem’s start: %s', (_, window, path, words) => {
    const faults = faultsAfter((p) => {
      delete p.start
      p.windows = [window]
    })
    expect(faults.map((fault) => fault.path)).toEqual([path])
    for (const word of words) expect(faults[0].message).toContain(word)
  })

  test('a faulty start of the problem is the only fault', () => {
    const faults = faultsAfter((p) => {
      p.start = '2026-11-23 20:00'
      p.windows = [{ start: '2026-11-23T22:00:00+01:00', durationSeconds: 60, rrule: 'FREQ=DAILY' }]
    })
    expect(faults.map((fault) => fault.path)).toEqual(['start'])
  })
})
