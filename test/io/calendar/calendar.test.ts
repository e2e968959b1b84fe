import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InvalidProblemError } from '../../../src/errors.js'
import type { CalendarOptions } from '../../../src/io/calendar/options.js'
import { resolveProblem } from '../../../src/model/validate.js'
import { readCalendarWindows } from '../../../src/on-demand.js'
import { calendar, event, VTIMEZONES } from './oracle.js'

const night: CalendarOptions = { start: '2026-11-23T20:00:00+01:00', horizonSeconds: 7 * 86_400 }

async function windowsOf(text: string, options: Partial<CalendarOptions> = {}) {
  const { windows } = await readCalendarWindows(text, { ...night, ...options })
  return windows.map(({ start, end, vm, node }) => [vm ?? node ?? '*', start, end].join(' '))
}

async function faultOf(text: string, options: Partial<CalendarOptions> = {}): Promise<string> {
  try {
    await readCalendarWindows(text, { ...night, ...options })
  } catch (error) {
    if (!(error instanceof InvalidProblemError)) throw error
    return error.issues.map(({ path, message }) => `${path}: ${message}`).join('\n')
  }
  return 'no fault'
}

describe('dates and zones', () => {
  it.each([
    ['UTC', 'DTSTART:20261124T010000Z', '* 2026-11-24T01:00:00Z 2026-11-24T03:00:00Z'],
    [
      'IANA',
      'DTSTART;TZID=America/New_York:20261124T010000',
      '* 2026-11-24T01:00:00-05:00 2026-11-24T03:00:00-05:00',
    ],
    [
      'half an hour',
      'DTSTART;TZID=Asia/Kolkata:20261124T010000',
      '* 2026-11-24T01:00:00+05:30 2026-11-24T03:00:00+05:30',
    ],
    [
      'Windows',
      'DTSTART;TZID=W. Europe Standard Time:20261124T010000',
      '* 2026-11-24T01:00:00+01:00 2026-11-24T03:00:00+01:00',
    ],
    [
      'in quotes',
      'DTSTART;TZID="Eastern Standard Time":20261124T010000',
      '* 2026-11-24T01:00:00-05:00 2026-11-24T03:00:00-05:00',
    ],
    [
      'of Mozilla',
      'DTSTART;TZID=/mozilla.org/20050126_1/Europe/Berlin:20261124T010000',
      '* 2026-11-24T01:00:00+01:00 2026-11-24T03:00:00+01:00',
    ],
  ])('%s', async (_, start, expected) => {
    expect(await windowsOf(calendar(event(start, 'DURATION:PT2H')))).toEqual([expected])
  })

  it('takes the VTIMEZONE of the file before a zone of the same name', async () => {
    const own = VTIMEZONES['Asia/Kolkata']
      .replaceAll('+0530', '+0545')
      .replace('Asia/Kolkata', 'Europe/Berlin')
    const text = calendar(own, event('DTSTART;TZID=Europe/Berlin:20261124T010000', 'DURATION:PT1H'))
    expect(await windowsOf(text)).toEqual(['* 2026-11-24T01:00:00+05:45 2026-11-24T02:00:00+05:45'])
  })

  it('takes times without a zone and dates in the zone that is given, else in that of the calendar', async () => {
    const floating = event('DTSTART:20261124T010000', 'DTEND:20261124T020000')
    const day = event('DTSTART;VALUE=DATE:20261124', 'DTEND;VALUE=DATE:20261126')
    expect(await windowsOf(calendar(floating), { zone: 'Europe/London' })).toEqual([
      '* 2026-11-24T01:00:00Z 2026-11-24T02:00:00Z',
    ])
    expect(await windowsOf(calendar(floating), { zone: '-03:30' })).toEqual([
      '* 2026-11-24T01:00:00-03:30 2026-11-24T02:00:00-03:30',
    ])
    expect(await windowsOf(calendar(day), { zone: 'Tokyo Standard Time' })).toEqual([
      '* 2026-11-24T00:00:00+09:00 2026-11-26T00:00:00+09:00',
    ])
    expect(await windowsOf(calendar('X-WR-TIMEZONE:Europe/Berlin', floating, ''))).toEqual([
      '* 2026-11-24T01:00:00+01:00 2026-11-24T02:00:00+01:00',
    ])
    expect(await windowsOf(calendar(event('DTSTART:20261124')), { zone: 'UTC' })).toEqual([
      '* 2026-11-24T00:00:00Z 2026-11-25T00:00:00Z',
    ])
    expect(await faultOf(calendar(floating))).toMatch(
      /^line 5: event "1@test": "DTSTART:20261124T010000" is a time without a zone; .*--zone/,
    )
    expect(await faultOf(calendar(day))).toMatch(/is a date; say in which zone/)
  })

  it('reads a time that comes twice as the first, and one that is left out with the offset before it', async () => {
    const at = (time: string) => calendar(event(`DTSTART;TZID=Europe/Berlin:${time}`, 'DURATION:PT10M'))
    const spring = { start: '2026-03-28T00:00:00Z' }
    const autumn = { start: '2026-10-24T00:00:00Z' }
    expect(await windowsOf(at('20260329T023000'), spring)).toEqual([
      '* 2026-03-29T03:30:00+02:00 2026-03-29T03:40:00+02:00',
    ])
    expect(await windowsOf(at('20261025T023000'), autumn)).toEqual([
      '* 2026-10-25T02:30:00+02:00 2026-10-25T02:40:00+02:00',
    ])
    const own = calendar(
      VTIMEZONES['Europe/Berlin'],
      event('DTSTART;TZID=Europe/Berlin:20261025T023000', 'DURATION:PT10M'),
    )
    expect(await windowsOf(own, autumn)).toEqual(['* 2026-10-25T02:30:00+02:00 2026-10-25T02:40:00+02:00'])
  })

  it('counts the days of a duration by the clock, and everything else exactly', async () => {
    const from = (...lines: string[]) =>
      calendar(event('DTSTART;TZID=Europe/Berlin:20261024T120000', ...lines))
    const autumn = { start: '2026-10-24T00:00:00Z' }
    const start = '* 2026-10-24T12:00:00+02:00'
    expect(await windowsOf(from('DURATION:P1D'), autumn)).toEqual([`${start} 2026-10-25T12:00:00+01:00`])
    expect(await windowsOf(from('DURATION:PT24H'), autumn)).toEqual([`${start} 2026-10-25T11:00:00+01:00`])
    expect(await windowsOf(from('DURATION:P1DT1H30M5S'), autumn)).toEqual([
      `${start} 2026-10-25T13:30:05+01:00`,
    ])
    expect(await windowsOf(from('DURATION:P1W'), autumn)).toEqual([`${start} 2026-10-31T12:00:00+01:00`])
    // The length is that of the first occurrence, on every day.
    const series = await windowsOf(
      calendar(
        event(
          'DTSTART;TZID=Europe/Berlin:20261023T220000',
          'DTEND;TZID=Europe/Berlin:20261024T060000',
          'RRULE:FREQ=DAILY;COUNT=3',
        ),
      ),
      autumn,
    )
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

  it('has occurrences that are moved, cancelled or free', async () => {
    expect(await starts(daily(), override('DTSTART:20261125T230000Z', 'DURATION:PT1H'))).toEqual([
      '24T22:00',
      '25T23:00',
      '26T22:00',
    ])
    expect(await starts(override('DTSTART:20261125T230000Z', 'DURATION:PT1H'), daily())).toHaveLength(3)
    expect(await starts(daily(), override('DTSTART:20261125T230000Z', 'STATUS:CANCELLED'))).toEqual([
      '24T22:00',
      '26T22:00',
    ])
    expect(await starts(daily(), override('DTSTART:20261125T230000Z', 'TRANSP:TRANSPARENT'))).toEqual([
      '24T22:00',
      '26T22:00',
    ])
    expect(
      await starts(daily('STATUS:CANCELLED'), override('DTSTART:20261125T230000Z', 'DURATION:PT1H')),
    ).toEqual([])
    expect(await starts(daily('TRANSP:TRANSPARENT'))).toEqual([])
    expect(await starts(daily('STATUS:CONFIRMED', 'TRANSP:OPAQUE'))).toHaveLength(3)
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

describe('scope and kind', () => {
  const scope = { vms: ['sql-07', 'a,b'], nodes: ['HV02'] }
  const of = (...lines: string[]) => calendar(event('DTSTART:20261124T220000Z', 'DURATION:PT1H', ...lines))

  it.each([
    [['SUMMARY:Backup of everything'], [{}]],
    [['SUMMARY:vm: sql-07'], [{ vm: 'sql-07' }]],
    [['LOCATION:Node:HV02'], [{ node: 'HV02' }]],
    [['CATEGORIES:Backup,vm:sql-07,node: HV02'], [{ vm: 'sql-07' }, { node: 'HV02' }]],
    [
      ['X-VMFERRY-VM:sql-07', 'X-VMFERRY-NODE:HV02', 'SUMMARY:vm: nobody'],
      [{ vm: 'sql-07' }, { node: 'HV02' }],
    ],
    [['X-VMFERRY-VM:a\\,b', 'X-VMFERRY-VM:a\\,b'], [{ vm: 'a,b' }]],
  ])('%j', async (lines, expected) => {
    const { windows } = await readCalendarWindows(of(...lines), { ...night, scope })
    expect(windows).toHaveLength(expected.length)
    for (const [index, window] of windows.entries()) {
      const { vm, node, kind } = window
      expect({ vm, node }).toEqual({ vm: undefined, node: undefined, ...expected[index] })
      expect(kind).toBe('backup')
    }
  })

  it('refuses names that the problem lacks', async () => {
    expect(await faultOf(of('SUMMARY:vm: sql-7'), { scope })).toBe(
      'line 7: event "1@test": "SUMMARY:vm: sql-7" names "sql-7", and the problem has no such VM; did you mean "sql-07"?',
    )
    expect(await faultOf(of('X-VMFERRY-NODE:HV09'), { scope })).toMatch(/no such node; did you mean "HV02"/)
    expect(await faultOf(of('X-VMFERRY-NODE:'), { scope })).toMatch(/names no node/)
  })

  it('is a blackout where a category says so', async () => {
    const { windows } = await readCalendarWindows(of('CATEGORIES:Change,BLACKOUT'), night)
    expect(windows[0].kind).toBe('blackout')
  })

  it('is that of the series for an occurrence that lost it', async () => {
    const text = calendar(
      event('DTSTART:20261124T220000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;COUNT=2', 'X-VMFERRY-VM:sql-07'),
      event('RECURRENCE-ID:20261125T220000Z', 'DTSTART:20261125T230000Z', 'DURATION:PT1H', 'SUMMARY:moved'),
    )
    expect((await readCalendarWindows(text, { ...night, scope })).windows.map(({ vm }) => vm)).toEqual([
      'sql-07',
      'sql-07',
    ])
  })

  it('gives windows that a problem takes', async () => {
    const { windows } = await readCalendarWindows(of('X-VMFERRY-VM:sql-07', 'RRULE:FREQ=DAILY'), {
      ...night,
      scope,
    })
    const cpu = { vendor: 'Intel', features: [] }
    const resolved = resolveProblem({
      version: 1,
      start: night.start,
      nodes: [{ id: 'HV01', cpu, memoryMiB: 1024, migrationMbps: 1000 }],
      vms: [{ id: 'sql-07', node: 'HV01', memoryMiB: 10 }],
      windows,
      request: { moves: [], drain: ['HV01'] },
    })
    expect(resolved.windows).toHaveLength(6)
    expect(resolved.windows[0]).toMatchObject({
      vm: 'sql-07',
      startSeconds: 27 * 3600,
      endSeconds: 28 * 3600,
    })
  })
})

describe('faults', () => {
  const of = (...lines: string[]) => calendar(event(...lines))
  const ok = ['DTSTART:20261124T220000Z', 'DURATION:PT1H']

  it.each([
    ['', /^: has no BEGIN:VCALENDAR/],
    ['{"version":1}', /^line 1: "\{.*" is no line of a calendar/],
    ['SUMMARY:x', /^line 1: .* stands before BEGIN:VCALENDAR/],
    [
      'BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261124T220000Z',
      /^line 1: .* has no END.*\nline 2: .* cut off/,
    ],
    [
      'BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR',
      /^line 3: "END:VCALENDAR" ends .* in VEVENT, which begins at line 2/,
    ],
    ['BEGIN:VEVENT\nEND:VEVENT', /^line 1: BEGIN:VEVENT stands outside every calendar/],
    [of('DURATION:PT1H'), /^line 3: event "1@test": the event has no DTSTART/],
    [of('DTSTART:20261124T220000Z'), /neither DTEND nor DURATION/],
    [of(...ok, 'DTEND:20261124T230000Z'), /both DTEND and DURATION/],
    [of('DTSTART:20261124T220000Z', 'DTEND:20261124T220000Z'), /^line 6: .*is not after the start/],
    [of('DTSTART:20261124T220000Z', 'DTEND:20261124'), /one of DTSTART and DTEND is a date/],
    [of('DTSTART:20261124T220000Z', 'DURATION:PT0S'), /is no duration above 0/],
    [of('DTSTART:20261124T220000Z', 'DURATION:-PT1H'), /is no duration above 0/],
    [of('DTSTART:20261124T220000Z', 'DURATION:1h'), /is no duration above 0/],
    [of('DTSTART:20261124T220000+0100', 'DURATION:PT1H'), /^line 5: .*has no date such as/],
    [of('DTSTART:tomorrow', 'DURATION:PT1H'), /^line 5: /],
    [of('DTSTART:20261131T220000Z', 'DURATION:PT1H'), /is not in the calendar/],
    [of('DTSTART:20261130T250000Z', 'DURATION:PT1H'), /time of day that does not exist/],
    [
      of('DTSTART;TZID=Europe/Berlino:20261124T220000', 'DURATION:PT1H'),
      /^line 5: .*"Europe\/Berlino" is no time zone.*did you mean "Europe\/Berlin"\?.*no VTIMEZONE/,
    ],
    [of('DTSTART;TZID=:20261124T220000', 'DURATION:PT1H'), /is no time zone/],
    [
      of(...ok, 'RRULE:FREQ=FORTNIGHTLY'),
      /^line 7: event "1@test": "RRULE:FREQ=FORTNIGHTLY": FREQ="FORTNIGHTLY" is not valid/,
    ],
    [of(...ok, 'RRULE:FREQ=MINUTELY'), /not supported/],
    [of(...ok, 'EXRULE:FREQ=DAILY'), /EXRULE is not supported/],
    [of(...ok, 'RECURRENCE-ID;RANGE=THISANDFUTURE:20261124T220000Z'), /RANGE is not supported/],
    [of(...ok, 'RDATE;VALUE=DATE:20261125'), /one of DTSTART and RDATE is a date/],
    [of(...ok, 'EXDATE:2026'), /^line 7: /],
    [
      of(...ok, 'DTSTART:20261124T220000Z'),
      /^line 7: event "1@test": DTSTART is there twice; the first is at line 5/,
    ],
    [calendar('CALSCALE:HEBREW', event(...ok)), /^line 3: .*only the Gregorian calendar/],
    [of(...ok, 'SEQUENCE:x'), /no whole number/],
    [of(...ok, 'no line at all'), /^line 7: "no line at all" is no line of a calendar/],
    [of('DTSTART;TZID="open:20261124T220000', 'DURATION:PT1H'), /^line 5: .*cannot be read/],
  ])('%j', async (text, message) => {
    expect(await faultOf(text)).toMatch(message)
  })

  it('of a VTIMEZONE name its line', async () => {
    const berlin = VTIMEZONES['Europe/Berlin']
    const uses = event('DTSTART;TZID=Europe/Berlin:20261124T220000', 'DURATION:PT1H')
    expect(await faultOf(calendar(berlin.replace('TZOFFSETTO:+0100', 'TZOFFSETTO:one'), uses))).toMatch(
      /^line 9: .*is no offset/,
    )
    expect(await faultOf(calendar(berlin.replace('BYDAY=-1SU', 'BYDAY=-9SU'), uses))).toMatch(
      /^line 7: .*BYDAY/,
    )
    expect(await faultOf(calendar('BEGIN:VTIMEZONE', 'TZID:Europe/Berlin', 'END:VTIMEZONE', uses))).toMatch(
      /^line 3: .*neither STANDARD/,
    )
  })

  it('of all events are told at once, and of the options', async () => {
    const two = calendar(event('DTSTART:x', 'DURATION:PT1H'), event('UID:2').replace('UID:1@test\r\n', ''))
    expect((await faultOf(two)).split('\n').length).toBeGreaterThanOrEqual(2)
    expect(await faultOf(of(...ok), { zone: 'Mars' })).toMatch(/^zone: "Mars" is no time zone/)
    expect(await faultOf(of(...ok), { start: 'noon' })).toMatch(/^start: "noon" is no ISO 8601 instant/)
    await expect(readCalendarWindows('', { ...night, file: 'b.ics' })).rejects.toThrow(
      /^the calendar b.ics has 1 fault/,
    )
  })
})

describe('text', () => {
  it('may be folded, have any line ends, and parts that are not looked at', async () => {
    const folded = [
      '\ufeffbegin:vcalendar',
      'BEGIN:VTODO',
      'DTSTART:never',
      'END:VTODO',
      'BEGIN:VEVENT',
      'DTSTART;TZID=Euro',
      ' pe/Berlin:2026112',
      '\t4T220000 ',
      'DESCRIPTION;X="un',
      ' closed:\\n',
      'DTEND;TZID=Europe/Berlin:20261124T230000',
      'BEGIN:VALARM',
      'TRIGGER:-PT5M',
      'DURATION:nonsense',
      'END:VALARM',
      '',
      'END:VEVENT',
      'end:vcalendar',
    ]
    for (const end of ['\n', '\r\n', '\r'])
      expect(await windowsOf(folded.join(end))).toEqual([
        '* 2026-11-24T22:00:00+01:00 2026-11-24T23:00:00+01:00',
      ])
  })

  it('of prototypes and deep nesting does no harm', async () => {
    expect(await faultOf(`${'BEGIN:X\n'.repeat(100_000)}`)).toMatch(/^line 1: .*nested deeper|nested deeper/)
    expect(await faultOf('BEGIN:CONSTRUCTOR\nX:1\nEND:CONSTRUCTOR')).toMatch(/no BEGIN:VCALENDAR/)
    const odd = calendar(
      event(
        'DTSTART:20261124T220000Z',
        'DURATION:PT1H',
        '__proto__:x',
        'CONSTRUCTOR:x',
        'SUMMARY;__proto__=1:vm',
      ),
    )
    expect(await windowsOf(odd)).toHaveLength(1)
  })

  it('of any kind is read or refused', async () => {
    const good = calendar(
      VTIMEZONES['Europe/Berlin'],
      event(
        'DTSTART;TZID=Europe/Berlin:20261124T220000',
        'DTEND;TZID=Europe/Berlin:20261125T060000',
        'RRULE:FREQ=WEEKLY;BYDAY=TU,WE;COUNT=5',
        'EXDATE;TZID=Europe/Berlin:20261125T220000',
        'RDATE;VALUE=PERIOD:20261126T010000Z/PT30M',
        'CATEGORIES:vm: a,BLACKOUT',
        'SEQUENCE:3',
      ),
      event(
        'RECURRENCE-ID:20261201T210000Z',
        'DTSTART:20261201T230000Z',
        'DURATION:P1DT2H',
        'STATUS:CONFIRMED',
      ),
    )
    const piece = fc.oneof(
      fc.string({ maxLength: 4 }),
      fc.constantFrom(
        '\r\n',
        '\r\n ',
        ':',
        ';',
        '=',
        ',',
        '"',
        '/',
        'Z',
        'T',
        '-',
        '99999999',
        'P',
        'BEGIN:VEVENT\r\n',
        'END:VEVENT\r\n',
      ),
    )
    const change = fc.tuple(fc.nat(good.length), fc.nat(6), piece)
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        let text = good
        for (const [position, removed, added] of changes)
          text = text.slice(0, position) + added + text.slice(position + removed)
        try {
          const { windows } = await readCalendarWindows(text, {
            ...night,
            zone: 'UTC',
            scope: { vms: ['a'], nodes: [] },
          })
          for (const { start, end } of windows) {
            expect(String(start)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$/)
            expect(Date.parse(String(end))).toBeGreaterThan(Date.parse(String(start)))
          }
        } catch (error) {
          if (!(error instanceof InvalidProblemError)) throw error
        }
      }),
      { numRuns: 1500 },
    )
  }, 60_000)

  it('with many unknown names is refused in time', async () => {
    const events = Array.from({ length: 20_000 }, (_, i) =>
      event(`DTSTART;TZID=Europa/Berlin${i}:20261124T220000`, 'DURATION:PT1H').replace('1@', `${i}@`),
    )
    expect((await faultOf(calendar(...events))).split('\n')).toHaveLength(1001)
  }, 60_000)

  it('of many events is read in time', async () => {
    const events = Array.from({ length: 5_000 }, (_, index) =>
      event(
        `DTSTART;TZID=Europe/Berlin:20261124T2200${String(index % 60).padStart(2, '0')}`,
        'DURATION:PT1H',
      ).replace('1@', `${index}@`),
    )
    expect(await windowsOf(calendar(...events))).toHaveLength(5_000)
    const exdates = Array.from({ length: 20_000 }, () => '20261124T220000').join()
    expect(
      await windowsOf(calendar(event('DTSTART:20261124T220000Z', 'DURATION:PT1H', `EXDATE:${exdates}`)), {
        zone: 'UTC',
      }),
    ).toEqual([])
  })
})
