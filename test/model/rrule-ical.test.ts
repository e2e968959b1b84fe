/** Rules of a problem against ical.js, which expands them by code of its own. */

import fc from 'fast-check'
import ICAL from 'ical.js'
import { expect, it } from 'vitest'
import { resolveProblem } from '../../src/model/validate.js'
import { cases, quota } from '../cases.js'

const DAY_MS = 86_400_000
const days = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']
const rule = fc.oneof(
  fc.integer({ min: 1, max: 5 }).map((n) => `FREQ=DAILY;INTERVAL=${n}`),
  fc.integer({ min: 1, max: 30 }).map((n) => `FREQ=HOURLY;INTERVAL=${n}`),
  fc
    .tuple(fc.integer({ min: 1, max: 3 }), fc.subarray(days, { minLength: 1 }), fc.constantFrom('MO', 'SU'))
    .map(([n, by, first]) => `FREQ=WEEKLY;INTERVAL=${n};BYDAY=${by.join()};WKST=${first}`),
  fc
    .tuple(fc.constantFrom(1, 2, 3, 4, -1), fc.constantFrom(...days))
    .map(([n, day]) => `FREQ=MONTHLY;BYDAY=${n}${day}`),
  fc.constantFrom(1, 15, 28, 31, -1).map((day) => `FREQ=MONTHLY;BYMONTHDAY=${day}`),
  fc
    .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 }))
    .map(([m, d]) => `FREQ=YEARLY;BYMONTH=${m};BYMONTHDAY=${d}`),
)

const sample = fc.record({
  rule,
  end: fc.oneof(
    fc.constant(''),
    fc.integer({ min: 1, max: 60 }).map((n) => `;COUNT=${n}`),
    fc.integer({ min: 0, max: 90 }).map((n) => `until ${n}`),
  ),
  offset: fc.constantFrom('+01:00', '-08:00', '+05:30', '+00:00', '+14:00'),
  day: fc.integer({ min: 0, max: 400 }),
  minute: fc.integer({ min: 0, max: 1439 }),
})

it('recurs as in ical.js, at any offset', () => {
  let seen = 0
  fc.assert(
    fc.property(sample, (s) => {
      const wallMs = Date.UTC(2026, 0, 1) + s.day * DAY_MS + s.minute * 60_000
      const wall = new Date(wallMs).toISOString().slice(0, 19)
      const untilMs = s.end.startsWith('until') ? wallMs + Number(s.end.slice(6)) * DAY_MS : undefined
      const end =
        untilMs === undefined
          ? s.end
          : `;UNTIL=${new Date(untilMs).toISOString().slice(0, 19).replace(/[-:]/g, '')}`
      const horizonSeconds = 100 * 86_400
      const resolved = resolveProblem({
        version: 1,
        start: `${wall}${s.offset}`,
        nodes: [{ id: 'a', cpu: { vendor: 'Intel', features: [] }, memoryMiB: 1, migrationMbps: 1 }],
        vms: [],
        windows: [{ start: `${wall}${s.offset}`, durationSeconds: 1, rrule: `${s.rule}${end}` }],
        request: { drain: ['a'] },
        policy: { horizonSeconds },
      })
      const iterator = ICAL.Recur.fromString(`${s.rule}${end}`).iterator(
        ICAL.Time.fromString(wall, undefined as never),
      )
      const expected: number[] = []
      for (let next = iterator.next(); next !== null && next !== undefined; next = iterator.next()) {
        const seconds = (Date.parse(`${next.toString()}Z`) - wallMs) / 1000
        if (seconds >= horizonSeconds) break
        expected.push(seconds)
      }
      seen += expected.length
      expect(resolved.windows.map(({ startSeconds }) => startSeconds)).toEqual(expected)
    }),
    { numRuns: cases(400) },
  )
  expect(seen).toBeGreaterThan(quota(1000))
})
