/** Small files that make much of little: read or refused, soon. */
import { describe, expect, it } from 'vitest'
import { InvalidProblemError } from '../../../src/errors.js'
import { readCalendarWindows } from '../../../src/on-demand.js'
import { night } from './night.js'
import { calendar, event } from './oracle.js'

const hour = ['DTSTART:20261124T220000Z', 'DURATION:PT1H']
const dates = (zone: '' | 'Z') => new Array(200_000).fill(`20261123T200000${zone}`).join(',')
const zone = (id: string, ...lines: string[]) =>
  [
    'BEGIN:VTIMEZONE',
    `TZID:${id}`,
    'BEGIN:STANDARD',
    'DTSTART:19700101T000000',
    'TZOFFSETFROM:+0100',
    'TZOFFSETTO:+0000',
    ...lines,
    'END:STANDARD',
    'END:VTIMEZONE',
  ].join('\r\n')
const events = (count: number, linesOf: (i: number) => string[]) =>
  Array.from({ length: count }, (_, i) => event(...linesOf(i)).replace('1@', `${i}@`))

/** Milliseconds of processor time: other work on the machine must not fail a test. */
async function cpuMs(run: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage()
  await run()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

describe('a calendar', () => {
  it.each<[string, string, number | RegExp]>([
    [
      'with time zones that change every day, each asked for',
      calendar(
        ...Array.from({ length: 400 }, (_, i) => zone(`Z${i}`, 'RRULE:FREQ=DAILY')),
        ...events(400, (i) => [`DTSTART;TZID=Z${i}:20261124T220000`, 'DURATION:PT1H']),
      ),
      /RRULE:FREQ=DAILY": all rules together have too many occurrences to look at/,
    ],
    [
      'with a time zone of 200,000 changes',
      calendar(zone('Z', `RDATE:${dates('Z')}`), event('DTSTART;TZID=Z:20261124T220000', 'DURATION:PT1H')),
      1,
    ],
    ['with 200,000 dates added', calendar(event(...hour, `RDATE:${dates('Z')}`)), 2],
    ['with 200,000 dates left out', calendar(event(...hour, `EXDATE:${dates('Z')}`)), 1],
    [
      'with 300 rules of 10,000 hours',
      calendar(...events(300, () => ['DTSTART:20260101T000000Z', 'DURATION:PT1M', 'RRULE:FREQ=HOURLY'])),
      300 * 168,
    ],
    ['with a million parameters', calendar(event(`DTSTART${';X=1'.repeat(1e6)}:20261124T220000Z`)), 0],
    [
      'with a million parameters behind a colon in quotes',
      calendar(event(`DTSTART;Y="a:b"${';X=1'.repeat(1e6)}:20261124T220000Z`)),
      0,
    ],
    [
      'with 20,000 paths in front of one zone',
      calendar(
        ...events(20_000, (i) => [`DTSTART;TZID=/own${i}/Europe/Berlin:20261124T220000`, 'DURATION:PT1M']),
      ),
      20_000,
    ],
    [
      'with a path of a million slashes',
      calendar(event(`DTSTART;TZID=${'/'.repeat(1e6)}:20261124T220000`)),
      0,
    ],
    [
      'with 20,000 zones of its own and times without one',
      calendar(
        'X-WR-TIMEZONE:UTC\r\n'.repeat(20_000).trimEnd(),
        ...events(2_000, () => ['DTSTART:20261124T220000', 'DURATION:PT1M']),
      ),
      0,
    ],
  ])(
    '%s',
    async (_, text, expected) => {
      let told: number | string = ''
      const spent = await cpuMs(async () => {
        try {
          told = (await readCalendarWindows(text, night)).windows.length
        } catch (error) {
          if (!(error instanceof InvalidProblemError)) throw error
          told = error.message
        }
      })
      if (typeof expected === 'number') expect(told).toBe(expected)
      else expect(told).toMatch(expected)
      expect(spent).toBeLessThan(5_000)
    },
    30_000,
  )
})
