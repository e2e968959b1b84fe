/** Local times: which instant they are, and what is wrong with them. */
import { describe, expect, it } from 'vitest'
import { readLocalOption } from '../../src/cli/local-option.js'
import { isLocalTime } from '../../src/io/local-time.js'
import { parseInstant } from '../../src/model/instant.js'

function instant(text: string) {
  const parsed = parseInstant(text)
  if (typeof parsed === 'string') throw new Error(parsed)
  return parsed
}
const read = (text: string, start: string | undefined, zone?: string) =>
  readLocalOption('--until', text, { start: start === undefined ? undefined : instant(start), zone })

describe('a local time', () => {
  it.each([
    ['02:00', '2026-11-23T20:00:00+01:00', undefined, '2026-11-24T02:00:00+01:00'],
    ['2:00', '2026-11-23T20:00:00+01:00', undefined, '2026-11-24T02:00:00+01:00'],
    ['22:15:30', '2026-11-23T20:00:00+01:00', undefined, '2026-11-23T22:15:30+01:00'],
    ['20:00', '2026-11-23T20:00:00+01:00', undefined, '2026-11-23T20:00:00+01:00'],
    ['02:00', '2026-11-23T19:00:00Z', 'Europe/Berlin', '2026-11-24T02:00:00+01:00'],
    ['02:00', '2026-11-23T23:30:00Z', 'Europe/Berlin', '2026-11-24T02:00:00+01:00'],
    ['02:00', '2026-11-23T23:30:00Z', 'Eastern Standard Time', '2026-11-24T02:00:00-05:00'],
    ['06:00', '2026-10-24T22:00:00+02:00', 'Europe/Berlin', '2026-10-25T06:00:00+01:00'],
    ['06:00', '2026-12-31T22:00:00+01:00', undefined, '2027-01-01T06:00:00+01:00'],
    ['2026-11-24T02:00', '2026-11-23T20:00:00+01:00', undefined, '2026-11-24T02:00:00+01:00'],
    ['2026-11-24 02:00', '2026-11-23T20:00:00+01:00', undefined, '2026-11-24T02:00:00+01:00'],
    ['2026-07-01T02:00', undefined, 'Europe/Berlin', '2026-07-01T02:00:00+02:00'],
    ['2026-07-01T02:00:05', undefined, '-03:30', '2026-07-01T02:00:05-03:30'],
  ])('%s from %s in %s is %s', async (text, start, zone, expected) => {
    expect(isLocalTime(text)).toBe(true)
    expect(await read(text, start, zone)).toBe(expected)
  })

  it.each([
    ['25:00', '2026-11-23T20:00:00+01:00', undefined, /--until 25:00: has no such time of day/],
    ['2026-11-31T02:00', undefined, 'UTC', /is no date of the calendar/],
    ['2026-11-24T02:00', undefined, undefined, /nothing says in which time zone; give --zone/],
    ['02:00', undefined, 'Europe/Berlin', /the problem has no start/],
    ['02:00', '2026-11-23T20:00:00+01:00', 'Mars', /--zone: "Mars" is no time zone/],
  ])('%s from %s in %s is refused', async (text, start, zone, message) => {
    await expect(read(text, start, zone)).rejects.toThrow(message)
  })

  it.each(['2026-11-24T02:00Z', '2026-11-24T02:00:00+01:00', '2h', '120', 'noon', '2026-11-24'])(
    'is nothing like %s',
    (text) => expect(isLocalTime(text)).toBe(false),
  )
})
