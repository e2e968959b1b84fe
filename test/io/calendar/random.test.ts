/** Random series, read here and by ical.js alone. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readCalendarWindows } from '../../../src/on-demand.js'
import { cases } from '../../cases.js'
import { calendar, event, startsByIcal, VTIMEZONES } from './oracle.js'

const DAY_MS = 86_400_000
const two = (n: number) => String(n).padStart(2, '0')
/** Wall-clock time as a calendar has it. */
const local = (ms: number) => new Date(ms).toISOString().slice(0, 19).replace(/[-:]/g, '')
const days = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']

const rule = fc.oneof(
  fc.record({ interval: fc.integer({ min: 1, max: 3 }) }).map((r) => `FREQ=DAILY;INTERVAL=${r.interval}`),
  fc
    .record({
      interval: fc.integer({ min: 1, max: 2 }),
      by: fc.subarray(days, { minLength: 1, maxLength: 4 }),
    })
    .map((r) => `FREQ=WEEKLY;INTERVAL=${r.interval};BYDAY=${r.by.join()}`),
  fc
    .record({ day: fc.constantFrom(...days), nth: fc.constantFrom(1, 2, 3, 4, -1) })
    .map((r) => `FREQ=MONTHLY;BYDAY=${r.nth}${r.day}`),
  fc.integer({ min: 1, max: 28 }).map((day) => `FREQ=MONTHLY;BYMONTHDAY=${day}`),
  fc
    .record({ hours: fc.uniqueArray(fc.constantFrom(0, 5, 12, 22), { minLength: 1 }) })
    .map((r) => `FREQ=DAILY;BYHOUR=${r.hours.sort((a, b) => a - b).join()}`),
)

const series = fc.record({
  zone: fc.constantFrom(...Object.keys(VTIMEZONES)),
  // Around the changes of the clocks, in spring and in autumn, north and south.
  month: fc.constantFrom('2026-03-01', '2026-03-20', '2026-10-01', '2026-10-20'),
  day: fc.integer({ min: 0, max: 20 }),
  // No clock is changed then: of a time that comes twice, ical.js takes the second, RFC 5545 the first. Tests by hand have those.
  hour: fc.constantFrom(0, 4, 5, 12, 18, 22, 23),
  minute: fc.integer({ min: 0, max: 59 }),
  rule,
  end: fc.oneof(
    fc.constant(''),
    fc.integer({ min: 1, max: 40 }).map((n) => `;COUNT=${n}`),
    fc.integer({ min: 0, max: 50 }).map((n) => `until ${n}`),
  ),
  excluded: fc.uniqueArray(fc.integer({ min: 0, max: 12 }), { maxLength: 4 }),
})

describe('series in zones', () => {
  it.each(['by the VTIMEZONE of the file', 'by the name of the zone'])(
    'are those of ical.js, %s',
    async (how) => {
      let seen = 0
      await fc.assert(
        fc.asyncProperty(series, async (s) => {
          const firstMs = Date.parse(`${s.month}T${two(s.hour)}:${two(s.minute)}:00Z`) + s.day * DAY_MS
          const end = s.end.startsWith('until')
            ? `;UNTIL=${local(firstMs + Number(s.end.slice(6)) * DAY_MS + 43_200_000)}Z`
            : s.end
          const lines = (exdates: string[]) =>
            event(
              `DTSTART;TZID=${s.zone}:${local(firstMs)}`,
              'DURATION:PT1H',
              `RRULE:${s.rule}${end}`,
              ...(exdates.length === 0 ? [] : [`EXDATE;TZID=${s.zone}:${exdates.join()}`]),
            )
          const fromMs = firstMs - 2 * DAY_MS
          const toMs = firstMs + 60 * DAY_MS
          // Which occurrences to leave out, ical.js says.
          const all = startsByIcal(calendar(VTIMEZONES[s.zone], lines([])), fromMs, toMs)
          const wall = (ms: number) => {
            const parts = new Intl.DateTimeFormat('sv-SE', {
              timeZone: s.zone,
              dateStyle: 'short',
              timeStyle: 'medium',
            })
            return parts.format(ms).replace(' ', 'T').replace(/[-:]/g, '')
          }
          const exdates = s.excluded.flatMap((n) => (n < all.length ? [wall(all[n])] : []))
          const expected = startsByIcal(calendar(VTIMEZONES[s.zone], lines(exdates)), fromMs, toMs)
          expect(expected).toHaveLength(all.length - exdates.length)
          seen += expected.length
          const text = how.includes('VTIMEZONE')
            ? calendar(VTIMEZONES[s.zone], lines(exdates))
            : calendar(lines(exdates))
          const start = new Date(fromMs).toISOString()
          const { windows } = await readCalendarWindows(text, {
            start,
            horizonSeconds: (toMs - fromMs) / 1000,
          })
          expect(windows.map((w) => Date.parse(String(w.start)))).toEqual(expected)
          for (const w of windows)
            expect(Date.parse(String(w.end)) - Date.parse(String(w.start))).toBe(3_600_000)
        }),
        { numRuns: cases(1650) },
      )
      expect(seen).toBeGreaterThan(1000)
    },
  )
})
