import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InvalidProblemError } from '../../../src/errors.js'
import { resolveProblem } from '../../../src/model/validate.js'
import { readCalendarWindows } from '../../../src/on-demand.js'
import { cases } from '../../cases.js'
import { faultOf, night, windowsOf } from './night.js'
import { calendar, event, VTIMEZONES } from './oracle.js'

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
    [of(...ok, 'DTEND:20261124T230000Z'), /both DTEND and DURATION/],
    [of('DTSTART:20261124T220000Z', 'DTEND:20261124T210000Z'), /^line 6: .*is before the start/],
    [of('DTSTART:20261124T220000Z', 'DTEND:20261124'), /one of DTSTART and DTEND is a date/],
    [of('DTSTART:20261124T220000Z', 'DURATION:-PT1H'), /is no duration of at least 0/],
    [of('DTSTART:20261124T220000Z', 'DURATION:1h'), /is no duration of at least 0/],
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
    const berlin = VTIMEZONES['Europe/Berlin'].replace('Europe/Berlin', 'Office')
    const uses = event('DTSTART;TZID=Office:20261124T220000', 'DURATION:PT1H')
    const fault = (...zone: string[]) => faultOf(calendar(...zone, uses))
    expect(await fault(berlin.replace('TZOFFSETTO:+0100', 'TZOFFSETTO:one'))).toMatch(
      /^line 9: .*is no offset/,
    )
    expect(await fault(berlin.replace('BYDAY=-1SU', 'BYDAY=-9SU'))).toMatch(/^line 7: .*BYDAY/)
    expect(await fault('BEGIN:VTIMEZONE', 'TZID:Office', 'END:VTIMEZONE')).toMatch(
      /^line 3: .*neither STANDARD/,
    )
  })

  it.each<[string, string[]]>([
    ['no DTSTART', ['DURATION:PT1H']],
    ['a rule that is not supported', [...ok, 'RRULE:FREQ=SECONDLY']],
    ['an end before its start', ['DTSTART:20261124T220000Z', 'DTEND:20261124T210000Z']],
    ['a zone of another world', ['DTSTART;TZID=Mars:20261124T220000', 'DURATION:PT1H']],
    ['a line that is none', [...ok, 'no line at all']],
    ['a date that is none', ['DTSTART:20261131T220000Z', 'DURATION:PT1H']],
    ['a VM that the problem lacks', [...ok, 'SUMMARY:vm: x']],
  ])('of one event leave it out, and not the others: %s', async (_, lines) => {
    const bad = event(...lines).replace('1@test', 'bad')
    const text = calendar(bad, event('DTSTART:20261125T220000Z', 'DURATION:PT1H'))
    const scope = { vms: ['sql-07'], nodes: [] }
    const read = await readCalendarWindows(text, { ...night, scope })
    expect(read.windows.map(({ start }) => start)).toEqual(['2026-11-25T22:00:00Z'])
    expect(read).toMatchObject({ events: 1, unread: 1, momentary: 0 })
    expect(read.faults.map(({ path }) => path)).toEqual([expect.stringMatching(/^line \d+$/)])
    await expect(readCalendarWindows(text, { ...night, scope, strict: true })).rejects.toThrow(/1 fault/)
  })

  it.each<[string, string[]]>([
    ['a time alone', ['DTSTART:20261124T220000Z']],
    ['an end at the start', ['DTSTART:20261124T220000Z', 'DTEND:20261124T220000Z']],
    ['no duration', ['DTSTART:20261124T220000Z', 'DURATION:PT0S']],
    ['a rule of moments', ['DTSTART:20261124T220000Z', 'RRULE:FREQ=DAILY']],
    [
      'an end at the start in another zone',
      ['DTSTART:20261124T220000Z', 'DTEND;TZID=Europe/Berlin:20261124T230000'],
    ],
    ['a date that ends on itself', ['DTSTART;VALUE=DATE:20261124', 'DTEND;VALUE=DATE:20261124']],
  ])('are none where an event takes no time: %s', async (_, lines) => {
    const text = calendar(event(...lines))
    const read = await readCalendarWindows(text, { ...night, zone: 'Europe/Berlin', strict: true })
    expect(read).toEqual({ windows: [], events: 0, free: 0, momentary: 1, unread: 0, faults: [] })
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
      ...['\ufeffbegin:vcalendar', 'BEGIN:VTODO', 'DTSTART:never', 'END:VTODO', 'BEGIN:VEVENT'],
      ...['DTSTART;TZID=Euro', ' pe/Berlin:2026112', '\t4T220000 ', 'DESCRIPTION;X="un', ' closed:\\n'],
      ...['DTEND;TZID=Europe/Berlin:20261124T230000', 'BEGIN:VALARM', 'TRIGGER:-PT5M', 'DURATION:nonsense'],
      ...['END:VALARM', '', 'END:VEVENT', 'end:vcalendar'],
    ]
    for (const end of ['\n', '\r\n', '\r'])
      expect(await windowsOf(folded.join(end))).toEqual([
        '* 2026-11-24T22:00:00+01:00 2026-11-24T23:00:00+01:00',
      ])
  })

  it('of prototypes and deep nesting does no harm', async () => {
    expect(await faultOf(`${'BEGIN:X\n'.repeat(100_000)}`)).toMatch(/^line 1: .*nested deeper|nested deeper/)
    expect(await faultOf('BEGIN:CONSTRUCTOR\nX:1\nEND:CONSTRUCTOR')).toMatch(/no BEGIN:VCALENDAR/)
    const lines = ['__proto__:x', 'CONSTRUCTOR:x', 'SUMMARY;__proto__=1:vm']
    const odd = calendar(event('DTSTART:20261124T220000Z', 'DURATION:PT1H', ...lines))
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
      fc.constantFrom('\r\n', '\r\n ', 'BEGIN:VEVENT\r\n', 'END:VEVENT\r\n', '99999999', ...':;=,"/ZT-P'),
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
      { numRuns: cases(3300) },
    )
  }, 60_000)

  it('with many unknown names is refused in time', async () => {
    const events = Array.from({ length: 20_000 }, (_, i) =>
      event(`DTSTART;TZID=Europa/Berlin${i}:20261124T220000`, 'DURATION:PT1H').replace('1@', `${i}@`),
    )
    expect((await faultOf(calendar(...events.slice(0, 2_000)))).split('\n')).toHaveLength(1001)
    const { unread, faults } = await readCalendarWindows(calendar(...events), night)
    expect([unread, faults.length]).toEqual([20_000, 1001])
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
