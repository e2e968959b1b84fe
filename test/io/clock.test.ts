import { describe, expect, it } from 'vitest'
import { renderAxis } from '../../src/io/table/axis.js'
import { createClock, formatPercent, formatSeconds, formatSpan } from '../../src/io/table/clock.js'

const noStart = { start: undefined }
const start = (iso: string, offsetMinutes: number) => ({ start: { epochMs: Date.parse(iso), offsetMinutes } })

describe('amounts', () => {
  it('formats spans and seconds', () => {
    expect(formatSpan(0)).toBe('0:00:00')
    expect(formatSpan(3599.6)).toBe('1:00:00')
    expect(formatSpan(360_000)).toBe('100:00:00')
    expect(formatSeconds(1264.567)).toBe('1264.567')
    expect(formatSeconds(31.25)).toBe('31.25')
  })

  it.each([
    [0, '0 %'],
    [0.00001, '< 0.01 %'],
    [0.035694, '3.57 %'],
    [0.999999, '> 99.99 %'],
    [1, '100 %'],
  ])('shows a share of %d as %s', (share, text) => {
    expect(formatPercent(share)).toBe(text)
  })
})

describe('createClock', () => {
  it('shows local time in the offset of the start', () => {
    const clock = createClock(start('2026-11-23T20:00:00+01:00', 60), 3600)
    expect(clock.start).toBe('2026-11-23 20:00:00 +01:00')
    expect(clock.instant(31.25)).toBe('20:00:31')
    expect(clock.unit).toBe('')
  })

  it('dates every instant as soon as the plan ends on another day there', () => {
    const clock = createClock(start('2026-12-31T23:30:00-05:30', -330), 1800)
    expect(clock.start).toBe('2026-12-31 23:30:00 -05:30')
    expect(clock.instant(0)).toBe('12-31 23:30:00')
    expect(clock.instant(1800)).toBe('01-01 00:00:00')
    expect(createClock(start('2026-12-31T23:30:00-05:30', -330), 1799).instant(0)).toBe('23:30:00')
  })

  it('names its unit where there is no start', () => {
    expect(createClock(noStart, 119).unit).toBe(' (s)')
    expect(createClock(noStart, 119).instant(31.25)).toBe('31.3')
    expect(createClock(noStart, 3599).unit).toBe(' (m:ss)')
    expect(createClock(noStart, 3599).instant(754.5)).toBe('12:35')
    expect(createClock(noStart, 3600).unit).toBe(' (h:mm:ss)')
    expect(createClock(noStart, 3600).instant(754.5)).toBe('0:12:35')
  })
})

describe('renderAxis', () => {
  it.each([
    [0.02, '|0          |0.005s      |0.01s      |0.015s'],
    [90, '|0      |15s    |30s     |45s    |1m     |1m15'],
    [5400, '|0      |15m    |30m     |45m    |1h     |1h15'],
    [800_000, '|0        |2d        |4d        |6d        |8d'],
    [200_000, '|0        |12h       |24h       |36h       |48h'],
  ])('%d seconds from the start', (makespan, expected) => {
    expect(renderAxis(makespan, 50, createClock(noStart, makespan), '|')).toBe(expected)
  })

  it('ticks at round clock times, whatever the start', () => {
    const clock = createClock(start('2026-11-23T20:07:00+05:45', 345), 3600)
    expect(renderAxis(3600, 60, clock, '|')).toBe(
      '   |20:10    |20:20    |20:30    |20:40    |20:50    |21:00',
    )
  })

  it('shows seconds in a short plan and days in a long one', () => {
    const short = createClock(start('2026-11-23T20:00:00Z', 0), 60)
    expect(renderAxis(60, 48, short, '|')).toBe('|20:00:00   |20:00:15   |20:00:30   |20:00:45')
    const long = createClock(start('2026-11-23T20:00:00Z', 0), 5 * 86_400)
    expect(renderAxis(5 * 86_400, 50, long, '|')).toBe(' |11-24    |11-25    |11-26    |11-27    |11-28')
  })
})
