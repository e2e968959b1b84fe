import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { utcMs } from '../../src/model/instant.js'
import { expandRule, RuleError } from '../../src/model/rrule.js'
import { cases, quota } from '../cases.js'
import { bruteForce, readKnownRule } from './rrule-oracle.js'

const DAY = 86_400_000
const budget = (): { candidates: number } => ({ candidates: 1_000_000 })

/** Occurrences as `2026-11-23T22:00`, from the first instant on, for at most `days` days. */
function expand(rule: string, first: string, days = 4000): string[] {
  const firstMs = Date.parse(`${first}Z`)
  const range = { firstMs, fromMs: firstMs - 1, toMs: firstMs + days * DAY, offsetMinutes: 0 }
  return expandRule(rule, range, budget()).map((ms) => new Date(ms).toISOString().slice(0, 16))
}

function faultOf(rule: string): string {
  try {
    expand(rule, '2026-11-23T22:00')
  } catch (error) {
    if (error instanceof RuleError) return error.message
    throw error
  }
  return ''
}

describe('rules with known answers', () => {
  test.each([
    ['FREQ=DAILY;COUNT=3', ['2026-11-23T22:00', '2026-11-24T22:00', '2026-11-25T22:00']],
    ['freq=daily;interval=10;count=2', ['2026-11-23T22:00', '2026-12-03T22:00']],
    ['FREQ=HOURLY;INTERVAL=8;COUNT=3', ['2026-11-23T22:00', '2026-11-24T06:00', '2026-11-24T14:00']],
    [
      'FREQ=DAILY;BYHOUR=6,23;BYMINUTE=30;COUNT=3',
      ['2026-11-23T23:30', '2026-11-24T06:30', '2026-11-24T23:30'],
    ],
    ['FREQ=WEEKLY;BYDAY=SA,MO;COUNT=3', ['2026-11-23T22:00', '2026-11-28T22:00', '2026-11-30T22:00']],
    // RFC 5545's own pair of examples: the start of the week decides which weeks are the second ones.
    [
      'FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO',
      ['2026-11-24T22:00', '2026-11-29T22:00', '2026-12-08T22:00', '2026-12-13T22:00'],
    ],
    [
      'FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU',
      ['2026-11-24T22:00', '2026-12-06T22:00', '2026-12-08T22:00', '2026-12-20T22:00'],
    ],
    ['FREQ=MONTHLY;BYDAY=1SU,-1SU;COUNT=3', ['2026-11-29T22:00', '2026-12-06T22:00', '2026-12-27T22:00']],
    ['FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3', ['2026-11-30T22:00', '2026-12-31T22:00', '2027-01-31T22:00']],
    ['FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=2', ['2027-08-13T22:00', '2028-10-13T22:00']],
    [
      'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3',
      ['2026-11-30T22:00', '2026-12-31T22:00', '2027-01-29T22:00'],
    ],
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;COUNT=2', ['2028-02-29T22:00', '2032-02-29T22:00']],
    ['FREQ=YEARLY;BYDAY=20MO;COUNT=2', ['2027-05-17T22:00', '2028-05-15T22:00']],
    ['FREQ=YEARLY;BYYEARDAY=1,-1;COUNT=3', ['2026-12-31T22:00', '2027-01-01T22:00', '2027-12-31T22:00']],
    ['FREQ=YEARLY;BYMONTHDAY=24;COUNT=2', ['2026-11-24T22:00', '2026-12-24T22:00']],
    ['FREQ=DAILY;BYDAY=TU;UNTIL=20261201T220000', ['2026-11-24T22:00', '2026-12-01T22:00']],
  ])('%s', (rule, wanted) => {
    expect(expand(rule, '2026-11-23T22:00')).toEqual(wanted)
  })

  test('a first instant that does not fit the rule is no occurrence, and is not counted', () => {
    expect(expand('FREQ=MONTHLY;BYMONTHDAY=24;COUNT=1', '2026-11-23T22:00')).toEqual(['2026-11-24T22:00'])
  })

  test('an offset and a fraction of a second: UNTIL with Z is moved to the wall clock, and is inclusive', () => {
    const until = (rule: string, firstMs: number): number =>
      expandRule(rule, { firstMs, fromMs: firstMs - 1, toMs: firstMs + 9 * DAY, offsetMinutes: 60 }, budget())
        .length
    const firstMs = Date.UTC(2026, 10, 23, 22)
    expect(until('FREQ=DAILY;UNTIL=20261124T210000Z', firstMs)).toBe(2)
    expect(until('FREQ=DAILY;UNTIL=20261124T205959Z', firstMs)).toBe(1)
    expect(until('FREQ=DAILY;UNTIL=20261124T220000', firstMs)).toBe(2)
    expect(until('FREQ=DAILY;UNTIL=20261124T220000', firstMs + 250)).toBe(1)
  })

  test('a month without that day is left out', () => {
    expect(expand('FREQ=MONTHLY;COUNT=3', '2026-01-31T01:00')).toEqual([
      '2026-01-31T01:00',
      '2026-03-31T01:00',
      '2026-05-31T01:00',
    ])
    expect(expand('FREQ=YEARLY;COUNT=2', '2024-02-29T01:00')).toEqual([
      '2024-02-29T01:00',
      '2028-02-29T01:00',
    ])
  })

  test('a position from the end sees the whole of a period that the range cuts', () => {
    const firstMs = Date.UTC(2026, 10, 2)
    const range = { firstMs, fromMs: firstMs - 1, toMs: Date.UTC(2026, 10, 20), offsetMinutes: 0 }
    expect(expandRule('FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1', range, budget())).toEqual([])
  })
})

describe('faulty rules name the bad part', () => {
  test.each([
    ['', 'empty'],
    ['nonsense', '"NONSENSE" is not a part'],
    ['RRULE:FREQ=DAILY', 'without "RRULE:"'],
    [
      'DTSTART:20260101T000000Z\nRRULE:FREQ=DAILY',
      '"DTSTART:20260101T000000Z\\u000aRRULE:FREQ" is not a part',
    ],
    ['FREQ=DAILY\nDTSTART:20260101T000000Z', 'FREQ="DAILY\\u000aDTSTART:20260101T000000Z"'],
    ['FREQ=DAILY;DTSTART=20260101T000000Z', '"DTSTART" is not a part'],
    ['FREQ=DAILY;COUNT=3\nEXDATE:20261124T220000Z', 'COUNT="3\\u000aEXDATE:20261124T220000Z"'],
    ['FREQ=WEEKLY;BYDAY=MO\nRDATE:20260101', 'BYDAY has "MO\\u000aRDATE:20260101"'],
    ['FREQ=DAILY;RSCALE=HEBREW', '"RSCALE" is not a part'],
    ['FREQ=DAILY;INTERVAL=2.5', 'INTERVAL="2.5"'],
    ['FREQ=DAILY;BYHOUR=+5', 'BYHOUR has "+5"'],
    ['FREQ=DAILY;BYHOUR=5,24', 'BYHOUR has "24"'],
    ['FREQ=DAILY=3', 'FREQ="DAILY=3"'],
    ['FREQ', 'FREQ has no value'],
    ['COUNT=3', 'FREQ is missing'],
    ['FREQ=SECONDLY', 'FREQ=SECONDLY is not supported'],
    ['FREQ=MINUTELY;INTERVAL=30', 'FREQ=MINUTELY is not supported'],
    ['FREQ=FORTNIGHTLY', 'FREQ="FORTNIGHTLY"'],
    ['FREQ=DAILY;', '"" is not a part'],
    ['FREQ=DAILY;FREQ=DAILY', 'FREQ is there twice'],
    ['FREQ=DAILY;INTERVALL=2', 'did you mean "INTERVAL"?'],
    ['FREQ=DAILY;INTERVAL=0', 'INTERVAL="0"'],
    ['FREQ=DAILY;INTERVAL=-1', 'INTERVAL="-1"'],
    ['FREQ=DAILY;INTERVAL=1001', 'from 1 to 1000'],
    ['FREQ=DAILY;COUNT=0', 'COUNT="0"'],
    ['FREQ=DAILY;COUNT=x', 'COUNT="X"'],
    ['FREQ=DAILY;COUNT=2;UNTIL=20270101', 'COUNT and UNTIL'],
    ['FREQ=DAILY;UNTIL=2027-01-01', 'UNTIL="2027-01-01"'],
    ['FREQ=DAILY;UNTIL=20270230', 'no such date'],
    ['FREQ=DAILY;UNTIL=20270101T250000', 'no such time'],
    ['FREQ=WEEKLY;WKST=MON', 'WKST="MON"'],
    ['FREQ=WEEKLY;BYDAY=MON', 'BYDAY has "MON"'],
    ['FREQ=WEEKLY;BYDAY=2MO', 'BYDAY with numeric value'],
    ['FREQ=MONTHLY;BYDAY=0MO', 'BYDAY has "0MO"'],
    ['FREQ=MONTHLY;BYDAY=6MO', '"6MO"'],
    ['FREQ=MONTHLY;BYMONTHDAY=32', 'BYMONTHDAY has "32"'],
    ['FREQ=MONTHLY;BYMONTHDAY=0', 'BYMONTHDAY has "0"'],
    ['FREQ=WEEKLY;BYMONTHDAY=1', 'BYMONTHDAY MUST NOT be used when FREQ is WEEKLY'],
    ['FREQ=DAILY;BYYEARDAY=1', 'BYYEARDAY MUST NOT'],
    ['FREQ=YEARLY;BYWEEKNO=20', 'BYWEEKNO is not supported'],
    ['FREQ=DAILY;BYMONTH=13', 'BYMONTH has "13"'],
    ['FREQ=DAILY;BYHOUR=24', 'BYHOUR has "24"'],
    ['FREQ=DAILY;BYMINUTE=', 'BYMINUTE has ""'],
    ['FREQ=DAILY;BYSECOND=60', 'BYSECOND has "60"'],
    ['FREQ=DAILY;BYSETPOS=1', 'BYSETPOS MUST be used with another'],
    [`FREQ=DAILY;BYHOUR=${'1,'.repeat(600)}`, 'longer than 1000'],
    ['FREQ=DAILY;BYHOUR=0,1,2,3,4', 'more than 10000 occurrences'],
    // What the library was found to expand wrongly.
    ['FREQ=YEARLY;BYDAY=MO,-1FR', 'BYDAY with and without positions is not supported with FREQ=YEARLY'],
    ['FREQ=YEARLY;BYMONTHDAY=1,2;BYDAY=-1FR', 'BYMONTHDAY together with BYDAY=-1FR is not supported'],
    ['FREQ=YEARLY;BYMONTHDAY=1;BYYEARDAY=1', 'BYYEARDAY together with BYMONTHDAY is not supported'],
    ['FREQ=YEARLY;BYDAY=MO;BYYEARDAY=1', 'BYYEARDAY together with BYDAY is not supported'],
  ])('%s', (rule, words) => {
    expect(faultOf(rule)).toContain(words)
  })
})

/** Milliseconds of processor time. */
function cpuMs(run: () => void): number {
  const before = process.cpuUsage()
  run()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

describe('no rule hangs, and none is silently short', () => {
  const FAR = Date.UTC(2026, 10, 23)
  const ANCIENT = utcMs(1, 1, 1)
  const run = (rule: string, firstMs: number, toMs = FAR + 7 * DAY): number[] | string => {
    try {
      return expandRule(rule, { firstMs, fromMs: FAR, toMs, offsetMinutes: 0 }, budget())
    } catch (error) {
      if (error instanceof RuleError) return error.message
      throw error
    }
  }
  const list = (size: number): string => integers(0, size - 1).join(',')

  test.each([
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=1',
    'FREQ=MONTHLY;BYMONTH=4;BYMONTHDAY=31',
    'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=HOURLY;INTERVAL=24;BYHOUR=5',
    'FREQ=YEARLY;INTERVAL=1000;BYMONTH=2;BYMONTHDAY=30;COUNT=1',
    'FREQ=WEEKLY;BYMONTH=2;BYDAY=MO;BYSETPOS=300',
  ])('%s never matches', (rule) => {
    const spent = cpuMs(() => {
      expect(run(rule, FAR)).toEqual([])
      for (const [first, to] of [
        [ANCIENT, FAR + 7 * DAY],
        [FAR, 1e300],
        [ANCIENT, 1e300],
      ]) {
        const found = run(rule, first, to)
        if (typeof found === 'string')
          expect(found).toMatch(/shorten policy.horizonSeconds|nearer to the start/)
        else expect(found).toEqual([])
      }
    })
    expect(spent).toBeLessThan(2_000)
  })

  test.each([
    ['FREQ=HOURLY', 'more than 200000 periods of FREQ=HOURLY'],
    ['FREQ=HOURLY;COUNT=3', 'more than 200000 periods of FREQ=HOURLY'],
    ['FREQ=DAILY', 'more than 200000 periods of FREQ=DAILY'],
    ['FREQ=MONTHLY;COUNT=1000000', 'its COUNT begins too long ago'],
    ['FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;COUNT=1000000', 'its COUNT begins too long ago'],
    ['FREQ=WEEKLY;BYDAY=MO,TU,WE;BYSETPOS=-1;COUNT=1000000', 'its COUNT begins too long ago'],
    ['FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;COUNT=1000000', 'its COUNT begins too long ago'],
  ])('%s from the year 1 on is refused at once', (rule, words) => {
    expect(cpuMs(() => expect(run(rule, ANCIENT)).toContain(words))).toBeLessThan(500)
  })

  test('a first instant beyond every calendar has no occurrence', () => {
    expect(run('FREQ=DAILY', 1e18, 1e300)).toEqual([])
  })

  test('too many instants to choose from are refused at once', () => {
    const times = `BYHOUR=${list(24)};BYMINUTE=${list(60)};BYSECOND=${list(60)}`
    const spent = cpuMs(() => {
      for (const rule of [`FREQ=DAILY;${times}`, `FREQ=DAILY;${times};BYSETPOS=-1`, `FREQ=YEARLY;${times}`])
        expect(run(rule, FAR)).toContain('more than 40000 instants')
      expect(run('FREQ=DAILY;BYHOUR=1', FAR, 1e300)).toContain('more than 200000 periods')
    })
    expect(spent).toBeLessThan(500)
  })

  test.each([
    ['FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU', ANCIENT, 6],
    ['FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR,SA,SU', ANCIENT, 6],
    ['FREQ=DAILY', FAR - 190_000 * DAY, 6],
    ['FREQ=DAILY;COUNT=190004', FAR - 190_000 * DAY, 3],
    ['FREQ=DAILY;BYHOUR=0;COUNT=38004', FAR - 38_000 * DAY, 3],
    ['FREQ=HOURLY;COUNT=190004', FAR - 190_000 * (DAY / 24), 3],
    ['FREQ=HOURLY;BYMINUTE=0;COUNT=38004', FAR - 38_000 * (DAY / 24), 3],
    ['FREQ=WEEKLY;BYDAY=MO,TU;COUNT=30001', FAR - 15_000 * 7 * DAY, 0],
  ])('%s from far back on is followed to its end', (rule, firstMs, wanted) => {
    const spent = cpuMs(() => {
      // From FAR itself on nothing counts that starts at FAR.
      expect(run(rule, firstMs)).toHaveLength(wanted)
    })
    expect(spent).toBeLessThan(2_000)
  })

  test('what all rules together look at is bounded', () => {
    const few = { candidates: 1_000 }
    const range = { firstMs: FAR - 900 * DAY, fromMs: FAR, toMs: FAR + DAY, offsetMinutes: 0 }
    expect(expandRule('FREQ=DAILY;BYHOUR=0;COUNT=1000000', range, few)).toEqual([])
    expect(() => expandRule('FREQ=DAILY;BYHOUR=0;COUNT=1000000', range, few)).toThrow('write fewer or rarer')
  })
})

const pick = <T>(values: readonly T[], max: number) =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: max })
const integers = (min: number, max: number) => Array.from({ length: max - min + 1 }, (_, i) => min + i)
const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']
const first = fc.oneof(
  fc
    .integer({ min: Date.UTC(2023, 0, 1) / 1000, max: Date.UTC(2029, 0, 1) / 1000 })
    .map((seconds) => seconds * 1000),
  // Days that not every month, or year, has.
  fc
    .constantFrom(
      '2024-02-29T05:10:20Z',
      '2024-01-31T23:00:00Z',
      '2024-12-31T00:00:00Z',
      '2025-08-31T12:00:00Z',
    )
    .map(Date.parse),
)
const until = fc
  .tuple(
    fc.integer({ min: Date.UTC(2023, 0, 1) / 1000, max: Date.UTC(2031, 0, 1) / 1000 }),
    fc.constantFrom('date', 'local', 'utc'),
  )
  .map(([seconds, form]) => {
    const text = new Date(seconds * 1000).toISOString().replace(/[-:]|\..*/g, '')
    return form === 'date' ? text.slice(0, 8) : form === 'utc' ? `${text}Z` : text
  })

/** One part in `n`; nothing otherwise. */
function part(name: string, values: fc.Arbitrary<unknown>, n = 4): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 1, arbitrary: values.map((value) => `;${name}=${value}`) },
    { weight: n - 1, arbitrary: fc.constant('') },
  )
}

test('agrees with a walk over every hour or day', () => {
  const rule = fc.constantFrom('HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY').chain((freq) => {
    const placed = freq === 'MONTHLY' || freq === 'YEARLY'
    const positions = placed ? ['', '', '1', '2', '5', '-1', '-2', '-5'] : ['']
    const byDay = fc.uniqueArray(
      fc.tuple(fc.constantFrom(...positions), fc.constantFrom(...WEEKDAYS)).map((pair) => pair.join('')),
      { minLength: 1, maxLength: 4 },
    )
    const none = fc.constant('')
    const yearDays = pick([1, 60, 100, 200, 365, 366, -1, -100, -306, -366], 4)
    return fc
      .tuple(
        fc.constant(`FREQ=${freq}`),
        part('INTERVAL', fc.integer({ min: 1, max: 5 }), 2),
        part('BYMONTH', pick(integers(1, 12), 4)),
        freq === 'WEEKLY' ? none : part('BYMONTHDAY', pick([...integers(1, 31), -1, -2, -15, -29, -31], 4)),
        part('BYDAY', byDay, 2),
        freq === 'YEARLY' || freq === 'HOURLY' ? part('BYYEARDAY', yearDays) : none,
        part('BYHOUR', pick(integers(0, 23), 3)),
        part('BYMINUTE', pick(integers(0, 59), 2)),
        part('BYSECOND', pick(integers(0, 59), 2)),
        part('BYSETPOS', pick([1, 2, 3, -1, -2], 2)),
        part('WKST', fc.constantFrom(...WEEKDAYS), 2),
        fc.oneof(none, part('COUNT', fc.integer({ min: 1, max: 40 }), 2), part('UNTIL', until, 2)),
      )
      .map((parts) => parts.join(''))
  })
  let compared = 0
  let occurring = 0
  fc.assert(
    fc.property(
      rule,
      first,
      fc.integer({ min: -20, max: 300 }),
      fc.integer({ min: 1, max: 120 }),
      fc.constantFrom(0, 60, -330),
      (text, firstMs, from, days, offsetMinutes) => {
        const fromMs = firstMs + from * DAY
        const range = { firstMs, fromMs, toMs: fromMs + days * DAY, offsetMinutes }
        let starts: number[]
        try {
          starts = expandRule(text, range, budget())
        } catch (error) {
          if (error instanceof RuleError) return
          throw error
        }
        const wanted = bruteForce(readKnownRule(text, offsetMinutes), firstMs, fromMs, range.toMs)
        expect(starts).toEqual(wanted)
        compared++
        if (wanted.length > 0) occurring++
      },
    ),
    { numRuns: cases(500) },
  )
  // Neither refusals nor empty answers may be what agrees.
  expect(compared).toBeGreaterThan(quota(400))
  expect(occurring).toBeGreaterThan(quota(150))
})
