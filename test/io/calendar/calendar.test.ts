import { describe, expect, it } from 'vitest'
import { readCalendarWindows } from '../../../src/on-demand.js'
import { faultOf, night, windowsOf } from './night.js'
import { calendar, event, VTIMEZONES } from './oracle.js'

const autumn = { start: '2026-10-24T00:00:00Z' }

describe('dates and zones', () => {
  it.each([
    [':20261125T010000Z', 'Z'],
    [';TZID=America/New_York:20261125T010000', '-05:00'],
    [';TZID=Asia/Kolkata:20261125T010000', '+05:30'],
    [';TZID=W. Europe Standard Time:20261125T010000', '+01:00'],
    [';TZID="Eastern Standard Time":20261125T010000', '-05:00'],
    // Behind what programs put in front.
    [';TZID=/mozilla.org/20050126_1/Europe/Berlin:20261125T010000', '+01:00'],
    [';TZID=/mozilla.org/20070129_1/Europe/Berlin:20261125T010000', '+01:00'],
    [';TZID=/freeassociation.sourceforge.net/Europe/Berlin:20261125T010000', '+01:00'],
    [';TZID=/freeassociation.sourceforge.net/Tzfile/Europe/Berlin:20261125T010000', '+01:00'],
    [';TZID=/softwarestudio.org/Tzfile/America/Argentina/Salta:20261125T010000', '-03:00'],
    [';TZID=/softwarestudio.org/Olson_20011030_5/Asia/Tokyo:20261125T010000', '+09:00'],
    [';TZID=/citadel.org/20210210_1/US/Eastern:20261125T010000', '-05:00'],
    [';TZID=/freeassociation.sourceforge.net/Tzfile/UTC:20261125T010000', 'Z'],
  ])('DTSTART%s is at %s', async (start, offset) => {
    expect(await windowsOf(calendar(event(`DTSTART${start}`, 'DURATION:PT2H')))).toEqual([
      `* 2026-11-25T01:00:00${offset} 2026-11-25T03:00:00${offset}`,
    ])
  })

  it.each([
    ['Europe/Berlin', '+01:00'],
    ['W. Europe Standard Time', '+01:00'],
    ['America/New_York', '-05:00'],
    ['Eastern Standard Time', '-05:00'],
    ['Australia/Sydney', '+11:00'],
    ['/freeassociation.sourceforge.net/Tzfile/Europe/Berlin', '+01:00'],
  ])('knows %s better than a VTIMEZONE that lists a few changes of its clocks', async (zone, offset) => {
    const change = 'DTSTART:20260329T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200'
    const block = [
      'BEGIN:VTIMEZONE',
      `TZID:${zone}`,
      'BEGIN:DAYLIGHT',
      change,
      'END:DAYLIGHT',
      'END:VTIMEZONE',
    ]
    const uses = event(`DTSTART;TZID=${zone}:20261125T010000`, `DTEND;TZID=${zone}:20261125T020000`)
    expect(await windowsOf(calendar(...block, uses))).toEqual([
      `* 2026-11-25T01:00:00${offset} 2026-11-25T02:00:00${offset}`,
    ])
  })

  it('takes the VTIMEZONE of the file for any other name', async () => {
    const own = VTIMEZONES['Asia/Kolkata'].replaceAll('+0530', '+0545').replace('Asia/Kolkata', 'Office')
    const text = calendar(own, event('DTSTART;TZID=Office:20261124T010000', 'DURATION:PT1H'))
    expect(await windowsOf(text)).toEqual(['* 2026-11-24T01:00:00+05:45 2026-11-24T02:00:00+05:45'])
  })

  it.each([
    ['Europe/Berlin', '20261025', '20261026', '2026-10-25T00:00:00+02:00 2026-10-26T00:00:00+01:00'],
    ['Europe/Berlin', '20260329', '20260330', '2026-03-29T00:00:00+01:00 2026-03-30T00:00:00+02:00'],
    ['Europe/Berlin', '20261024', '20261027', '2026-10-24T00:00:00+02:00 2026-10-27T00:00:00+01:00'],
    ['America/New_York', '20261101', '20261102', '2026-11-01T00:00:00-04:00 2026-11-02T00:00:00-05:00'],
    ['Australia/Sydney', '20261004', '20261005', '2026-10-04T00:00:00+10:00 2026-10-05T00:00:00+11:00'],
    ['Asia/Kolkata', '20261025', '20261026', '2026-10-25T00:00:00+05:30 2026-10-26T00:00:00+05:30'],
  ])('ends a day at midnight, in %s on %s too', async (zone, from, to, expected) => {
    const whole = [`DTSTART;VALUE=DATE:${from}`, `DTEND;VALUE=DATE:${to}`]
    const options = { zone, start: `${expected.slice(0, 25)}`, horizonSeconds: 3600 }
    expect(await windowsOf(calendar(event(...whole)), options)).toEqual([`* ${expected}`])
    // Of a series that began where the clocks were not changed.
    const [month, year] = [from.slice(4, 6), from.slice(0, 4)]
    if (month !== '03' && to === String(Number(from) + 1)) {
      const daily = [`DTSTART;VALUE=DATE:${year}0901`, `DTEND;VALUE=DATE:${year}0902`, 'RRULE:FREQ=DAILY']
      expect(await windowsOf(calendar(event(...daily)), options)).toEqual([`* ${expected}`])
    }
  })

  const floating = event('DTSTART:20261124T010000', 'DTEND:20261124T020000')
  const day = event('DTSTART;VALUE=DATE:20261124', 'DTEND;VALUE=DATE:20261126')

  it.each<[string[], { zone?: string }, string]>([
    [[floating], { zone: 'Europe/London' }, '* 2026-11-24T01:00:00Z 2026-11-24T02:00:00Z'],
    [[floating], { zone: '-03:30' }, '* 2026-11-24T01:00:00-03:30 2026-11-24T02:00:00-03:30'],
    [[day], { zone: 'Tokyo Standard Time' }, '* 2026-11-24T00:00:00+09:00 2026-11-26T00:00:00+09:00'],
    [
      ['X-WR-TIMEZONE:Europe/Berlin', floating, ''],
      {},
      '* 2026-11-24T01:00:00+01:00 2026-11-24T02:00:00+01:00',
    ],
    [[event('DTSTART:20261124')], { zone: 'UTC' }, '* 2026-11-24T00:00:00Z 2026-11-25T00:00:00Z'],
  ])(
    'takes times without a zone and dates in the zone that is given, else in that of the calendar: %j, %j',
    async (parts, options, expected) => {
      expect(await windowsOf(calendar(...parts), options)).toEqual([expected])
    },
  )

  it('refuses times without a zone and dates where there is none', async () => {
    expect(await faultOf(calendar(floating))).toMatch(
      /^line 5: event "1@test": "DTSTART:20261124T010000" is a time without a zone; .*--zone/,
    )
    expect(await faultOf(calendar(day))).toMatch(/is a date; say in which zone/)
  })

  it('reads a time that comes twice as the first, and one that is left out with the offset before it', async () => {
    const at = (time: string) => event(`DTSTART;TZID=Europe/Berlin:${time}`, 'DURATION:PT10M')
    expect(await windowsOf(calendar(at('20260329T023000')), { start: '2026-03-28T00:00:00Z' })).toEqual([
      '* 2026-03-29T03:30:00+02:00 2026-03-29T03:40:00+02:00',
    ])
    for (const zones of [[], [VTIMEZONES['Europe/Berlin']]])
      expect(await windowsOf(calendar(...zones, at('20261025T023000')), autumn)).toEqual([
        '* 2026-10-25T02:30:00+02:00 2026-10-25T02:40:00+02:00',
      ])
  })

  it.each([
    ['P1D', '2026-10-25T12:00:00+01:00'],
    ['PT24H', '2026-10-25T11:00:00+01:00'],
    ['P1DT1H30M5S', '2026-10-25T13:30:05+01:00'],
    ['P1W', '2026-10-31T12:00:00+01:00'],
  ])('counts the days of a duration by the clock, and everything else exactly: %s', async (duration, end) => {
    const text = calendar(event('DTSTART;TZID=Europe/Berlin:20261024T120000', `DURATION:${duration}`))
    expect(await windowsOf(text, autumn)).toEqual([`* 2026-10-24T12:00:00+02:00 ${end}`])
  })

  it('gives every occurrence the length of the first', async () => {
    const night = ['DTSTART;TZID=Europe/Berlin:20261023T220000', 'DTEND;TZID=Europe/Berlin:20261024T060000']
    const series = await windowsOf(calendar(event(...night, 'RRULE:FREQ=DAILY;COUNT=3')), autumn)
    expect(series.map((window) => window.split(' ')[2])).toEqual([
      '2026-10-24T06:00:00+02:00',
      '2026-10-25T05:00:00+01:00',
      '2026-10-26T06:00:00+01:00',
    ])
  })

  it('ends endless rules at the horizon, and begins with what is under way', async () => {
    const text = calendar(event('DTSTART:20200101T180000Z', 'DURATION:PT2H', 'RRULE:FREQ=DAILY'))
    const windows = await windowsOf(text, { horizonSeconds: 2 * 86_400 })
    expect(windows.map((window) => window.split(' ')[1])).toEqual([
      '2026-11-23T18:00:00Z',
      '2026-11-24T18:00:00Z',
      '2026-11-25T18:00:00Z',
    ])
  })

  it('counts both hours where one comes twice, for a rule of hours', async () => {
    const text = calendar(
      event('DTSTART;TZID=Europe/Berlin:20261025T000000', 'DURATION:PT5M', 'RRULE:FREQ=HOURLY;COUNT=4'),
    )
    expect(
      (await windowsOf(text, { start: '2026-10-24T22:00:00Z' })).map((window) => window.slice(13, 18)),
    ).toEqual(['00:00', '01:00', '02:00', '02:00', '03:00'])
  })
})

describe('series', () => {
  const daily = (...lines: string[]) =>
    event('DTSTART;TZID=Europe/Berlin:20261124T220000', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;COUNT=3', ...lines)
  const override = (...lines: string[]) => event('RECURRENCE-ID;TZID=Europe/Berlin:20261125T220000', ...lines)
  const starts = async (...parts: string[]) =>
    (await windowsOf(calendar(...parts))).map((w) => w.split(' ')[1].slice(8, 16))

  it.each([
    [[], ['24T22:00', '25T22:00', '26T22:00']],
    [['EXDATE;TZID=Europe/Berlin:20261125T220000'], ['24T22:00', '26T22:00']],
    [['EXDATE:20261125T210000Z,20261124T210000Z'], ['26T22:00']],
    [['EXDATE;TZID=America/New_York:20261125T160000'], ['24T22:00', '26T22:00']],
    [['EXDATE;VALUE=DATE:20261126'], ['24T22:00', '25T22:00']],
    [
      ['RDATE;TZID=Europe/Berlin:20261128T010000,20261128T030000'],
      ['24T22:00', '25T22:00', '26T22:00', '28T01:00', '28T03:00'],
    ],
    [['RDATE;TZID=Europe/Berlin:20261125T220000'], ['24T22:00', '25T22:00', '26T22:00']],
  ])('%j', async (lines, expected) => {
    expect(await starts(daily(...lines))).toEqual(expected)
  })

  it('has periods with their own ends', async () => {
    const text = calendar(
      event(
        'DTSTART:20261124T220000Z',
        'DURATION:PT1H',
        'RDATE;VALUE=PERIOD:20261125T010000Z/PT30M,20261126T010000Z/20261126T020000Z',
      ),
    )
    expect(await windowsOf(text)).toEqual([
      '* 2026-11-24T22:00:00Z 2026-11-24T23:00:00Z',
      '* 2026-11-25T01:00:00Z 2026-11-25T01:30:00Z',
      '* 2026-11-26T01:00:00Z 2026-11-26T02:00:00Z',
    ])
  })

  it.each([
    ['moved', [daily(), override('DTSTART:20261125T230000Z', 'DURATION:PT1H')], '24T22:00 25T23:00 26T22:00'],
    [
      'moved, and told first',
      [override('DTSTART:20261125T230000Z', 'DURATION:PT1H'), daily()],
      '24T22:00 25T23:00 26T22:00',
    ],
    ['cancelled', [daily(), override('DTSTART:20261125T230000Z', 'STATUS:CANCELLED')], '24T22:00 26T22:00'],
    ['free', [daily(), override('DTSTART:20261125T230000Z', 'TRANSP:TRANSPARENT')], '24T22:00 26T22:00'],
    [
      'moved in a cancelled series',
      [daily('STATUS:CANCELLED'), override('DTSTART:20261125T230000Z', 'DURATION:PT1H')],
      '',
    ],
    ['all free', [daily('TRANSP:TRANSPARENT')], ''],
    ['all there', [daily('STATUS:CONFIRMED', 'TRANSP:OPAQUE')], '24T22:00 25T22:00 26T22:00'],
  ])('has occurrences that are %s', async (_, parts, expected) => {
    expect((await starts(...parts)).join(' ')).toBe(expected)
  })

  it('takes the last version of an event, and refuses two of the same', async () => {
    expect(await starts(daily('SEQUENCE:1'), daily('SEQUENCE:2', 'EXDATE:20261125T210000Z'))).toEqual([
      '24T22:00',
      '26T22:00',
    ])
    expect(await faultOf(calendar(daily(), daily()))).toMatch(
      /^line 9: event "1@test": the same UID, .* as the event at line 3/,
    )
    const loose = daily().replace('UID:1@test\r\n', '')
    expect(await starts(loose, loose)).toHaveLength(6)
  })

  it('tells how many events there were', async () => {
    const read = await readCalendarWindows(
      calendar(
        daily(),
        event('DTSTART:20261224', 'UID:2')
          .replace('UID:1@test\r\n', '')
          .replace('\r\nEND', '\r\nTRANSP:TRANSPARENT\r\nEND'),
      ),
      night,
    )
    expect(read).toMatchObject({ events: 1, free: 1 })
    expect(read.windows).toHaveLength(3)
  })
})
